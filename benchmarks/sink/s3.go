package main

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const s3PageMax = 1000

// s3 answers a request to a bucket, or to an object in it: "bucket" or "bucket/key".
func (s *service) s3(answer http.ResponseWriter, request *http.Request, path string) {
	bucket, key, _ := strings.Cut(path, "/")
	query := request.URL.Query()
	switch {
	case key == "" && request.Method == http.MethodGet:
		s.s3List(answer, bucket, query.Get)
	case key == "":
		answer.WriteHeader(http.StatusOK)
	case strings.HasPrefix(request.Header.Get("x-amz-content-sha256"), "STREAMING-"):
		fail(answer, false, http.StatusNotImplemented, "NotImplemented")
	case request.Method == http.MethodPut && query.Has("partNumber"):
		s.s3Part(answer, request, query.Get("uploadId"), query.Get("partNumber"))
	case request.Method == http.MethodPut:
		s.s3Put(answer, request, path)
	case request.Method == http.MethodPost && query.Has("uploads"):
		s.s3Begin(answer, request, bucket, key)
	case request.Method == http.MethodPost && query.Has("uploadId"):
		s.s3Complete(answer, request, path, query.Get("uploadId"))
	case request.Method == http.MethodDelete && query.Has("uploadId"):
		s.objects.forget(query.Get("uploadId"))
		answer.WriteHeader(http.StatusNoContent)
	case request.Method == http.MethodDelete:
		if _, held := s.objects.remove(path, holds(request)); !held {
			fail(answer, false, http.StatusPreconditionFailed, "PreconditionFailed")
			return
		}
		answer.WriteHeader(http.StatusNoContent)
	case request.Method == http.MethodGet || request.Method == http.MethodHead:
		stored := s.objects.get(path)
		if stored == nil {
			fail(answer, false, http.StatusNotFound, "NoSuchKey")
			return
		}
		show(answer, request, stored)
	default:
		fail(answer, false, http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}

func (s *service) s3Put(answer http.ResponseWriter, request *http.Request, name string) {
	received, ok := s.s3Receive(answer, request)
	if !ok {
		return
	}
	stored := &object{
		body: received, etag: hex.EncodeToString(received.md5[:]), hasMD5: true,
		modified: time.Now(), headers: s3Headers(request),
	}
	s.s3Store(answer, request, name, stored, func() {
		answer.Header().Set("ETag", quoted(stored.etag))
		answer.WriteHeader(http.StatusOK)
	})
}

// s3Receive reads a body and checks the sum that came with it.
func (s *service) s3Receive(answer http.ResponseWriter, request *http.Request) (body, bool) {
	received, err := s.objects.receive(request)
	if err != nil {
		fail(answer, false, http.StatusBadRequest, "IncompleteBody")
		return received, false
	}
	given := request.Header.Get("Content-MD5")
	if given != "" && given != base64.StdEncoding.EncodeToString(received.md5[:]) {
		fail(answer, false, http.StatusBadRequest, "BadDigest")
		return received, false
	}
	return received, true
}

func (s *service) s3Store(
	answer http.ResponseWriter, request *http.Request, name string, stored *object, succeed func(),
) {
	if s.objects.put(name, stored, holds(request)) {
		succeed()
		return
	}
	if request.Header.Get("If-Match") != "" && s.objects.get(name) == nil {
		fail(answer, false, http.StatusNotFound, "NoSuchKey")
		return
	}
	fail(answer, false, http.StatusPreconditionFailed, "PreconditionFailed")
}

func s3Headers(request *http.Request) http.Header {
	contentType := request.Header.Get("Content-Type")
	if contentType == "" {
		contentType = "binary/octet-stream"
	}
	return kept(request, contentType, "Content-Encoding", "X-Amz-Meta-", "X-Amz-Storage-Class")
}

func (s *service) s3Begin(answer http.ResponseWriter, request *http.Request, bucket, key string) {
	upload := strconv.FormatInt(s.objects.serial.Add(1), 10)
	s.uploads.Store(upload, s3Headers(request))
	write(answer, http.StatusOK, struct {
		XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
		Bucket   string
		Key      string
		UploadID string `xml:"UploadId"`
	}{Bucket: bucket, Key: key, UploadID: upload})
}

func (s *service) s3Part(answer http.ResponseWriter, request *http.Request, upload, number string) {
	received, ok := s.s3Receive(answer, request)
	if !ok {
		return
	}
	s.objects.keepPart(upload, number, received)
	answer.Header().Set("ETag", quoted(hex.EncodeToString(received.md5[:])))
	answer.WriteHeader(http.StatusOK)
}

func (s *service) s3Complete(answer http.ResponseWriter, request *http.Request, name, upload string) {
	var asked struct {
		Part []struct{ PartNumber string }
	}
	if xml.NewDecoder(request.Body).Decode(&asked) != nil {
		fail(answer, false, http.StatusBadRequest, "MalformedXML")
		return
	}
	numbers := make([]string, 0, len(asked.Part))
	for _, part := range asked.Part {
		numbers = append(numbers, part.PartNumber)
	}
	whole, parts, err := s.objects.join(upload, numbers)
	if err != nil {
		fail(answer, false, http.StatusBadRequest, "InvalidPart")
		return
	}
	var sums bytes.Buffer
	for _, part := range parts {
		sums.Write(part.md5[:])
	}
	etag := fmt.Sprintf("%x-%d", md5.Sum(sums.Bytes()), len(parts))
	headers, _ := s.uploads.LoadAndDelete(upload)
	known, _ := headers.(http.Header)
	stored := &object{body: whole, etag: etag, modified: time.Now(), headers: known}
	s.s3Store(answer, request, name, stored, func() {
		bucket, key, _ := strings.Cut(name, "/")
		write(answer, http.StatusOK, struct {
			XMLName xml.Name `xml:"CompleteMultipartUploadResult"`
			Bucket  string
			Key     string
			ETag    string
		}{Bucket: bucket, Key: key, ETag: quoted(etag)})
	})
}

type s3Entry struct {
	Key          string
	LastModified string
	ETag         string
	Size         int64
	StorageClass string
}

func (s *service) s3List(answer http.ResponseWriter, bucket string, query func(string) string) {
	count := s3PageMax
	if asked, err := strconv.Atoi(query("max-keys")); err == nil && asked < count {
		count = asked
	}
	from := query("continuation-token")
	if after := query("start-after"); from == "" && after != "" {
		from = after + "\x00"
	}
	names, next := s.objects.page(bucket+"/"+query("prefix"), bucket+"/"+from, count)
	page := struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		Name, Prefix          string
		KeyCount, MaxKeys     int
		IsTruncated           bool
		NextContinuationToken string `xml:",omitempty"`
		Contents              []s3Entry
	}{Name: bucket, Prefix: query("prefix"), KeyCount: len(names), MaxKeys: count, IsTruncated: next != ""}
	page.NextContinuationToken = strings.TrimPrefix(next, bucket+"/")
	for _, name := range names {
		if stored := s.objects.get(name); stored != nil {
			page.Contents = append(page.Contents, s3Entry{
				Key:          strings.TrimPrefix(name, bucket+"/"),
				LastModified: stored.modified.UTC().Format("2006-01-02T15:04:05.000Z"),
				ETag:         quoted(stored.etag),
				Size:         stored.size,
				StorageClass: "STANDARD",
			})
		}
	}
	write(answer, http.StatusOK, page)
}
