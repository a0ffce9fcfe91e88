package main

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"time"
)

var token = regexp.MustCompile(`<NextContinuationToken>.*?</NextContinuationToken>`)

// recorded is an answer that is not sent yet.
type recorded struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorded) Header() http.Header { return r.header }

func (r *recorded) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorded) Write(data []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(data)
}

// face serves a request under the fault that it meets, and returns the status that its effect has: 0 is none.
func (s *service) face(answer http.ResponseWriter, request *http.Request, azure bool, met *rule, in *epoch) int {
	switch met.Fault {
	case "slow":
		time.Sleep(time.Duration(met.Seconds * float64(time.Second)))
	case "busy":
		s.busy.Add(1)
		_, _ = io.Copy(io.Discard, request.Body)
		fail(answer, azure, http.StatusServiceUnavailable, busyCode(azure))
		return 0
	case "error_before":
		_, _ = io.Copy(io.Discard, request.Body)
		fail(answer, azure, http.StatusInternalServerError, "InternalError")
		return 0
	case "cut_before":
		_, _ = io.Copy(io.Discard, request.Body)
		cut(answer, nil)
		return 0
	case "hold_before":
		data, err := io.ReadAll(request.Body)
		if !in.hold() || err != nil {
			cut(answer, nil)
			return 0
		}
		request.Body = io.NopCloser(bytes.NewReader(data))
	}
	made := &recorded{header: http.Header{}}
	s.serve(made, request, azure)
	s.send(answer, request, azure, made, met.Fault, in)
	return made.status
}

// send sends what a request was answered, or what the fault leaves of it.
func (s *service) send(
	answer http.ResponseWriter, request *http.Request, azure bool, made *recorded, fault string, in *epoch,
) {
	body := made.body.Bytes()
	switch fault {
	case "error_after":
		fail(answer, azure, http.StatusInternalServerError, "InternalError")
		return
	case "hold_after":
		if !in.hold() {
			cut(answer, nil)
			return
		}
	case "cut_after":
		cut(answer, beginning(request, made))
		return
	case "short":
		body = body[:len(body)/2]
	case "empty":
		body = nil
	case "tokenless":
		body = token.ReplaceAll(body, nil)
	}
	for name, values := range made.header {
		answer.Header()[name] = values
	}
	answer.WriteHeader(max(made.status, http.StatusOK))
	_, _ = answer.Write(body)
}

// beginning returns an answer as it would go over the wire, without the second half of its body, or of its head
// where it has none.
func beginning(request *http.Request, made *recorded) []byte {
	size := made.body.Len()
	var wire bytes.Buffer
	whole := http.Response{
		StatusCode: max(made.status, http.StatusOK), ProtoMajor: 1, ProtoMinor: 1, Request: request,
		Header: made.header, Body: io.NopCloser(&made.body), ContentLength: int64(size),
	}
	_ = whole.Write(&wire)
	if size == 0 {
		return wire.Bytes()[:wire.Len()/2]
	}
	return wire.Bytes()[:wire.Len()-(size+1)/2]
}

// cut sends the beginning of an answer, and ends the connection.
func cut(answer http.ResponseWriter, wire []byte) {
	connection, _, err := http.NewResponseController(answer).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_, _ = connection.Write(wire)
	_ = connection.Close()
}
