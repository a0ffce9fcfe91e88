package main

import (
	"bytes"
	"crypto/md5"
	"fmt"
	"io"
	"net/http"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// body is what was uploaded: its bytes, or with -zeros only their number and sum.
type body struct {
	size int64
	md5  [md5.Size]byte
	data []byte
}

// object is one stored state; it is never changed, only replaced.
type object struct {
	body
	etag     string // without quotes
	hasMD5   bool   // false for what was put together from parts
	modified time.Time
	headers  http.Header // what is answered beside it: content type, metadata, tier
}

// objects maps names to objects and keeps parts of uploads that are not complete.
type objects struct {
	zeros   bool
	serial  atomic.Int64
	mutex   sync.RWMutex
	byName  map[string]*object
	parts   map[string]map[string]body // by upload, then by part
	names   []string                   // sorted; nil when out of date
	buffers sync.Pool
}

func newObjects(zeros bool) *objects {
	return &objects{
		zeros:  zeros,
		byName: map[string]*object{},
		parts:  map[string]map[string]body{},
		buffers: sync.Pool{New: func() any {
			buffer := make([]byte, 256<<10)
			return &buffer
		}},
	}
}

// receive reads a request's body.
func (o *objects) receive(request *http.Request) (body, error) {
	sum := md5.New()
	var received body
	var err error
	if o.zeros {
		buffer := o.buffers.Get().(*[]byte)
		defer o.buffers.Put(buffer)
		// The plain writer hides ReadFrom, so that the buffer is used.
		received.size, err = io.CopyBuffer(struct{ io.Writer }{sum}, request.Body, *buffer)
	} else {
		received.data, err = readAll(request)
		received.size = int64(len(received.data))
		sum.Write(received.data)
	}
	copy(received.md5[:], sum.Sum(nil))
	return received, err
}

func readAll(request *http.Request) ([]byte, error) {
	if request.ContentLength < 0 {
		return io.ReadAll(request.Body)
	}
	data := make([]byte, request.ContentLength)
	_, err := io.ReadFull(request.Body, data)
	return data, err
}

func (o *objects) get(name string) *object {
	o.mutex.RLock()
	defer o.mutex.RUnlock()
	return o.byName[name]
}

// put stores new under name if the request's condition holds for what is there, in one step.
func (o *objects) put(name string, new *object, holds func(old *object) bool) bool {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	old := o.byName[name]
	if !holds(old) {
		return false
	}
	if old == nil {
		o.names = nil
	}
	o.byName[name] = new
	return true
}

func (o *objects) remove(name string, holds func(old *object) bool) (existed, held bool) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	old := o.byName[name]
	if !holds(old) {
		return old != nil, false
	}
	if old != nil {
		delete(o.byName, name)
		o.names = nil
	}
	return old != nil, true
}

// drop forgets all names that begin with prefix.
func (o *objects) drop(prefix string) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	for name := range o.byName {
		if strings.HasPrefix(name, prefix) {
			delete(o.byName, name)
		}
	}
	o.names = nil
}

func (o *objects) keepPart(upload, part string, received body) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.parts[upload] == nil {
		o.parts[upload] = map[string]body{}
	}
	o.parts[upload][part] = received
}

// join puts the named parts of an upload together, in this order, and forgets the upload.
func (o *objects) join(upload string, names []string) (body, []body, error) {
	o.mutex.Lock()
	kept := o.parts[upload]
	delete(o.parts, upload)
	o.mutex.Unlock()
	var whole body
	var parts []body
	for _, name := range names {
		part, known := kept[name]
		if !known {
			return whole, nil, fmt.Errorf("part %q was not uploaded", name)
		}
		whole.size += part.size
		parts = append(parts, part)
	}
	if !o.zeros {
		whole.data = make([]byte, 0, whole.size)
		for _, part := range parts {
			whole.data = append(whole.data, part.data...)
		}
	}
	return whole, parts, nil
}

func (o *objects) forget(upload string) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	delete(o.parts, upload)
}

// page returns up to count names that begin with prefix and are from `from` on, and the name after them.
func (o *objects) page(prefix, from string, count int) (names []string, next string) {
	sorted := o.sorted()
	start := sort.SearchStrings(sorted, max(prefix, from))
	for _, name := range sorted[start:] {
		if !strings.HasPrefix(name, prefix) {
			break
		}
		if len(names) == count {
			return names, name
		}
		names = append(names, name)
	}
	return names, ""
}

func (o *objects) sorted() []string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.names == nil {
		o.names = make([]string, 0, len(o.byName))
		for name := range o.byName {
			o.names = append(o.names, name)
		}
		sort.Strings(o.names)
	}
	return o.names
}

func (o *objects) count() int {
	o.mutex.RLock()
	defer o.mutex.RUnlock()
	return len(o.byName)
}

// holds returns the request's condition on what is stored.
func holds(request *http.Request) func(old *object) bool {
	unless, only := request.Header.Get("If-None-Match"), request.Header.Get("If-Match")
	return func(old *object) bool {
		if unless == "*" && old != nil {
			return false
		}
		return only == "" || (old != nil && (only == "*" || strings.Trim(only, `"`) == old.etag))
	}
}

// reader returns the object's bytes, for http.ServeContent.
func (s *object) reader() io.ReadSeeker {
	if s.data != nil || s.size == 0 {
		return bytes.NewReader(s.data)
	}
	return &zeros{size: s.size}
}

// zeros reads as so many zero bytes.
type zeros struct{ size, position int64 }

func (z *zeros) Read(buffer []byte) (int, error) {
	left := z.size - z.position
	if left <= 0 {
		return 0, io.EOF
	}
	read := int(min(left, int64(len(buffer))))
	clear(buffer[:read])
	z.position += int64(read)
	return read, nil
}

func (z *zeros) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += z.position
	case io.SeekEnd:
		offset += z.size
	}
	z.position = offset
	return offset, nil
}
