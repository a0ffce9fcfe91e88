package main

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// service answers both dialects, under one weather.
type service struct {
	objects *objects
	weather *weather
	served  atomic.Int64
	busy    atomic.Int64
	uploads sync.Map // headers of the S3 uploads that are not complete
}

func newService(objects *objects, weather *weather) *service {
	return &service{objects: objects, weather: weather}
}

func (s *service) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	if request.URL.Path == "/-/stats" {
		s.stats(answer)
		return
	}
	if request.URL.Path == "/-/cap" {
		s.cap(answer, request)
		return
	}
	azure := request.Header.Get("x-ms-version") != ""
	if !s.weather.serves() {
		s.busy.Add(1)
		_, _ = io.Copy(io.Discard, request.Body)
		fail(answer, azure, http.StatusServiceUnavailable, map[bool]string{true: "ServerBusy", false: "SlowDown"}[azure])
		return
	}
	s.served.Add(1)
	path := strings.TrimPrefix(request.URL.Path, "/")
	if azure {
		// The account is the first label of a path, as with the emulators.
		_, path, _ = strings.Cut(path, "/")
		s.blob(answer, request, path)
		return
	}
	s.s3(answer, request, path)
}

// stats answers what was served since the start, and the CPU that it took.
func (s *service) stats(answer http.ResponseWriter) {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	cpu := float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
	answer.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(answer).Encode(map[string]any{
		"served": s.served.Load(), "busy": s.busy.Load(), "objects": s.objects.count(), "cpu_seconds": cpu,
	})
}

// cap changes the requests per second above which the answer is 503: ?requests-per-second=N, 0 is no cap.
func (s *service) cap(answer http.ResponseWriter, request *http.Request) {
	rate, err := strconv.ParseFloat(request.URL.Query().Get("requests-per-second"), 64)
	if err != nil || rate < 0 {
		http.Error(answer, "requests-per-second: a number", http.StatusBadRequest)
		return
	}
	s.weather.allow(rate)
	answer.WriteHeader(http.StatusNoContent)
}

// show answers a GET or HEAD of an object, with its ranges and conditions.
func show(answer http.ResponseWriter, request *http.Request, stored *object) {
	header := answer.Header()
	for name, values := range stored.headers {
		header[name] = values
	}
	header.Set("ETag", quoted(stored.etag))
	if stored.size == 0 && request.Header.Get("Range") != "" {
		// The services refuse every range of nothing; Go answers it whole.
		header.Set("Content-Range", "bytes */0")
		fail(answer, request.Header.Get("x-ms-version") != "", http.StatusRequestedRangeNotSatisfiable, "InvalidRange")
		return
	}
	http.ServeContent(answer, request, "", stored.modified, stored.reader())
}

// kept returns the headers of an upload that are answered with the object: those that begin like one of names.
func kept(request *http.Request, contentType string, names ...string) http.Header {
	headers := http.Header{"Content-Type": {contentType}}
	for name, values := range request.Header {
		for _, beginning := range names {
			if strings.HasPrefix(name, beginning) {
				if strings.Contains(beginning, "-Meta-") {
					// The services answer names of metadata in lower case; Go would capitalise them.
					name = strings.ToLower(name)
				}
				headers[name] = values
			}
		}
	}
	return headers
}

func fail(answer http.ResponseWriter, azure bool, status int, code string) {
	if azure {
		answer.Header().Set("x-ms-error-code", code)
	}
	document := struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
		Message string
	}{Code: code, Message: http.StatusText(status)}
	write(answer, status, document)
}

func write(answer http.ResponseWriter, status int, document any) {
	answer.Header().Set("Content-Type", "application/xml")
	answer.WriteHeader(status)
	_, _ = io.WriteString(answer, xml.Header)
	_ = xml.NewEncoder(answer).Encode(document)
}

func quoted(etag string) string { return `"` + etag + `"` }
