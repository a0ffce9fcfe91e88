package main

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const blobPageMax = 5000

// blob answers a request to a container, or to a blob in it: "container" or "container/blob".
func (s *service) blob(answer http.ResponseWriter, request *http.Request, path string) {
	container, name, _ := strings.Cut(path, "/")
	query := request.URL.Query()
	comp := query.Get("comp")
	answer.Header().Set("x-ms-version", request.Header.Get("x-ms-version"))
	switch {
	case name == "" && comp == "list":
		s.blobList(answer, container, query.Get)
	case name == "":
		s.blobContainer(answer, request)
	case request.Method == http.MethodPut && comp == "block":
		s.blobBlock(answer, request, path, query.Get("blockid"))
	case request.Method == http.MethodPut && comp == "blocklist":
		s.blobCommit(answer, request, path)
	case request.Method == http.MethodPut && comp == "":
		s.blobPut(answer, request, path)
	case request.Method == http.MethodDelete && comp == "":
		s.blobDelete(answer, request, path)
	case (request.Method == http.MethodGet || request.Method == http.MethodHead) && comp == "":
		s.blobShow(answer, request, path)
	default:
		fail(answer, true, http.StatusMethodNotAllowed, "UnsupportedHttpVerb")
	}
}

func (s *service) blobContainer(answer http.ResponseWriter, request *http.Request) {
	answer.Header().Set("ETag", quoted("0x1"))
	answer.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
	if request.Method == http.MethodPut {
		answer.WriteHeader(http.StatusCreated)
		return
	}
	answer.WriteHeader(http.StatusOK)
}

func (s *service) blobShow(answer http.ResponseWriter, request *http.Request, path string) {
	stored := s.objects.get(path)
	if stored == nil {
		fail(answer, true, http.StatusNotFound, "BlobNotFound")
		return
	}
	asked := request.Header.Get("x-ms-range")
	if asked != "" {
		request.Header.Set("Range", asked)
	}
	if stored.hasMD5 {
		sum := base64.StdEncoding.EncodeToString(stored.md5[:])
		// Of the whole blob: with a range, Content-MD5 would be the range's.
		answer.Header().Set("x-ms-blob-content-md5", sum)
		if request.Header.Get("Range") == "" {
			answer.Header().Set("Content-MD5", sum)
		}
	}
	show(answer, request, stored)
}

func (s *service) blobPut(answer http.ResponseWriter, request *http.Request, path string) {
	received, ok := s.blobReceive(answer, request)
	if !ok {
		return
	}
	stored := s.newBlob(request, received)
	stored.hasMD5 = true
	s.blobStore(answer, request, path, stored)
}

func (s *service) blobReceive(answer http.ResponseWriter, request *http.Request) (body, bool) {
	received, err := s.objects.receive(request)
	if err != nil {
		fail(answer, true, http.StatusBadRequest, "IncompleteBody")
		return received, false
	}
	given := request.Header.Get("Content-MD5")
	if given != "" && given != base64.StdEncoding.EncodeToString(received.md5[:]) {
		fail(answer, true, http.StatusBadRequest, "Md5Mismatch")
		return received, false
	}
	return received, true
}

// newBlob returns a blob with an ETag of its own: Azure's changes with every write, also of equal bytes.
func (s *service) newBlob(request *http.Request, received body) *object {
	contentType := request.Header.Get("x-ms-blob-content-type")
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	headers := kept(request, contentType, "X-Ms-Meta-", "X-Ms-Access-Tier")
	headers.Set("x-ms-blob-type", "BlockBlob")
	if encoding := request.Header.Get("x-ms-blob-content-encoding"); encoding != "" {
		headers.Set("Content-Encoding", encoding)
	}
	etag := fmt.Sprintf("0x%X", time.Now().UnixNano()+s.objects.serial.Add(1))
	return &object{body: received, etag: etag, modified: time.Now(), headers: headers}
}

func (s *service) blobStore(answer http.ResponseWriter, request *http.Request, path string, stored *object) {
	if !s.objects.put(path, stored, holds(request)) {
		if request.Header.Get("If-None-Match") == "*" {
			fail(answer, true, http.StatusConflict, "BlobAlreadyExists")
			return
		}
		fail(answer, true, http.StatusPreconditionFailed, "ConditionNotMet")
		return
	}
	header := answer.Header()
	header.Set("ETag", quoted(stored.etag))
	header.Set("Last-Modified", stored.modified.UTC().Format(http.TimeFormat))
	header.Set("x-ms-request-server-encrypted", "true")
	if stored.hasMD5 {
		header.Set("Content-MD5", base64.StdEncoding.EncodeToString(stored.md5[:]))
	}
	answer.WriteHeader(http.StatusCreated)
}

func (s *service) blobBlock(answer http.ResponseWriter, request *http.Request, path, block string) {
	received, ok := s.blobReceive(answer, request)
	if !ok {
		return
	}
	s.objects.keepPart(path, block, received)
	answer.WriteHeader(http.StatusCreated)
}

func (s *service) blobCommit(answer http.ResponseWriter, request *http.Request, path string) {
	var asked struct {
		Latest    []string
		Committed []string
	}
	if xml.NewDecoder(request.Body).Decode(&asked) != nil {
		fail(answer, true, http.StatusBadRequest, "InvalidXmlDocument")
		return
	}
	whole, _, err := s.objects.join(path, append(asked.Latest, asked.Committed...))
	if err != nil {
		fail(answer, true, http.StatusBadRequest, "InvalidBlockList")
		return
	}
	stored := s.newBlob(request, whole)
	// The sum of the whole is the client's: the service does not compute one of a list of blocks.
	given, err := base64.StdEncoding.DecodeString(request.Header.Get("x-ms-blob-content-md5"))
	if err == nil && len(given) == md5.Size {
		stored.hasMD5 = true
		copy(stored.md5[:], given)
	}
	s.blobStore(answer, request, path, stored)
}

func (s *service) blobDelete(answer http.ResponseWriter, request *http.Request, path string) {
	existed, held := s.objects.remove(path, holds(request))
	switch {
	case !existed:
		fail(answer, true, http.StatusNotFound, "BlobNotFound")
	case !held:
		fail(answer, true, http.StatusPreconditionFailed, "ConditionNotMet")
	default:
		answer.WriteHeader(http.StatusAccepted)
	}
}

type blobEntry struct {
	Name       string
	Properties struct {
		LastModified  string `xml:"Last-Modified"`
		Etag          string
		ContentLength int64  `xml:"Content-Length"`
		ContentType   string `xml:"Content-Type"`
		ContentMD5    string `xml:"Content-MD5,omitempty"`
		BlobType      string
		AccessTier    string
	}
}

func (s *service) blobList(answer http.ResponseWriter, container string, query func(string) string) {
	count := blobPageMax
	if asked, err := strconv.Atoi(query("maxresults")); err == nil && asked < count {
		count = asked
	}
	names, next := s.objects.page(container+"/"+query("prefix"), container+"/"+query("marker"), count)
	page := struct {
		XMLName       xml.Name `xml:"EnumerationResults"`
		ContainerName string   `xml:",attr"`
		Prefix        string
		Blobs         struct{ Blob []blobEntry }
		NextMarker    string
	}{ContainerName: container, Prefix: query("prefix")}
	page.NextMarker = strings.TrimPrefix(next, container+"/")
	for _, name := range names {
		if stored := s.objects.get(name); stored != nil {
			page.Blobs.Blob = append(page.Blobs.Blob, entryOf(strings.TrimPrefix(name, container+"/"), stored))
		}
	}
	write(answer, http.StatusOK, page)
}

func entryOf(name string, stored *object) blobEntry {
	entry := blobEntry{Name: name}
	properties := &entry.Properties
	properties.LastModified = stored.modified.UTC().Format(http.TimeFormat)
	properties.Etag = stored.etag
	properties.ContentLength = stored.size
	properties.ContentType = stored.headers.Get("Content-Type")
	properties.BlobType = "BlockBlob"
	properties.AccessTier = "Hot"
	if stored.hasMD5 {
		properties.ContentMD5 = base64.StdEncoding.EncodeToString(stored.md5[:])
	}
	return entry
}
