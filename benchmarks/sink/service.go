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
	faults  *faults
	ledger  ledger
	served  atomic.Int64
	busy    atomic.Int64
	hangUp  func()   // closes the connections that wait for a request
	uploads sync.Map // headers of the S3 uploads that are not complete
	gone    sync.Map // buckets and containers that were dropped
}

func newService(objects *objects, weather *weather, faults *faults, keepsLedger bool) *service {
	return &service{objects: objects, weather: weather, faults: faults, ledger: ledger{kept: keepsLedger}}
}

func (s *service) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	if verb, found := strings.CutPrefix(request.URL.Path, "/-/"); found {
		s.control(answer, request, verb)
		return
	}
	azure := request.Header.Get("x-ms-version") != ""
	if !s.weather.serves() {
		s.busy.Add(1)
		_, _ = io.Copy(io.Discard, request.Body)
		fail(answer, azure, http.StatusServiceUnavailable, busyCode(azure))
		return
	}
	s.served.Add(1)
	kind := kindOf(request)
	met, in := s.faults.fate(kind)
	effect := 0
	switch {
	case met != nil:
		effect = s.face(answer, request, azure, met, in)
	case s.ledger.kept && kind == "write":
		made := &recorded{header: http.Header{}}
		s.serve(made, request, azure)
		effect = made.status
		defer s.send(answer, request, azure, made, "", in)
	default:
		s.serve(answer, request, azure)
	}
	if s.ledger.kept && kind == "write" {
		s.ledger.note(request, strings.TrimPrefix(request.URL.Path, "/"), effect)
	}
}

// serve answers a request as if there were no weather.
func (s *service) serve(answer http.ResponseWriter, request *http.Request, azure bool) {
	path := strings.TrimPrefix(request.URL.Path, "/")
	if s.isGone(request, azure) {
		_, _ = io.Copy(io.Discard, request.Body)
		code := map[bool]string{true: "ContainerNotFound", false: "NoSuchBucket"}[azure]
		fail(answer, azure, http.StatusNotFound, code)
		return
	}
	if azure {
		// The account is the first label of a path, as with the emulators.
		_, path, _ = strings.Cut(path, "/")
		s.blob(answer, request, path)
		return
	}
	s.s3(answer, request, path)
}

// isGone returns whether the bucket or container was dropped; whoever creates it brings it back, empty.
func (s *service) isGone(request *http.Request, azure bool) bool {
	place := placeOf(request.URL.Path, azure)
	_, gone := s.gone.Load(place)
	_, below, _ := strings.Cut(strings.TrimPrefix(request.URL.Path, "/"), place)
	if gone && request.Method == http.MethodPut && strings.Trim(below, "/") == "" {
		s.gone.Delete(place)
		return false
	}
	return gone
}

// control answers who steers the sink.
func (s *service) control(answer http.ResponseWriter, request *http.Request, verb string) {
	switch verb {
	case "stats":
		s.stats(answer)
	case "cap":
		s.cap(answer, request)
	case "faults":
		s.faults.set(answer, request)
	case "await":
		s.faults.await(answer, request)
	case "hangup":
		s.hangUp()
		answer.WriteHeader(http.StatusNoContent)
	case "writes":
		s.ledger.tell(answer)
	case "drop":
		place := request.URL.Query().Get("place")
		s.gone.Store(place, true)
		s.objects.drop(place + "/")
		answer.WriteHeader(http.StatusNoContent)
	default:
		http.NotFound(answer, request)
	}
}

func busyCode(azure bool) string {
	return map[bool]string{true: "ServerBusy", false: "SlowDown"}[azure]
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
