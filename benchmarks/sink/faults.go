package main

import (
	"encoding/json"
	"math/rand"
	"net/http"
	"strings"
	"sync"
	"time"
)

// rule says what happens to which requests.
type rule struct {
	Fault   string  // hold_before, hold_after, cut_before, cut_after, error_before, error_after, busy, slow, short, empty, tokenless
	Of      string  // write, read, list; "" is all of them
	From    int     // the first of the matching requests, counted from 1 since the rules were set; 0 is 1
	To      int     // the last of them; 0 is no end
	Share   float64 // of those, from 0 to 1; 0 is all
	Seconds float64 // for slow
	matched int
}

// faults decides what happens to single requests. Equal rules and seeds meet equal orders of requests alike.
type faults struct {
	mutex  sync.Mutex
	chance *rand.Rand
	now    *epoch
}

// epoch is the time between two changes of the rules.
type epoch struct {
	rules   []*rule
	holding chan struct{} // closed when the first request is held
	once    sync.Once
	release *release
}

// release is what held requests wait for.
type release struct {
	over chan struct{} // closed when they go on
	late bool          // then: whether they are served, also those whose client is gone
}

func newFaults(seed int64) *faults {
	return &faults{chance: rand.New(rand.NewSource(seed)), now: newEpoch(nil, newRelease())}
}

func newEpoch(rules []*rule, release *release) *epoch {
	return &epoch{rules: rules, holding: make(chan struct{}), release: release}
}

func newRelease() *release { return &release{over: make(chan struct{})} }

// set replaces the rules by the JSON list in the body. What the old ones held is dropped; with ?held=serve it is
// served, with ?held=keep it waits for the next change.
func (f *faults) set(answer http.ResponseWriter, request *http.Request) {
	var rules []*rule
	if err := json.NewDecoder(request.Body).Decode(&rules); err != nil {
		http.Error(answer, err.Error(), http.StatusBadRequest)
		return
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	held := request.URL.Query().Get("held")
	waiting := f.now.release
	if held != "keep" {
		waiting.late = held == "serve"
		close(waiting.over)
		waiting = newRelease()
	}
	f.now = newEpoch(rules, waiting)
	answer.WriteHeader(http.StatusNoContent)
}

// await answers when a request is held: 204, or 504 after ?seconds=N.
func (f *faults) await(answer http.ResponseWriter, request *http.Request) {
	limit, err := time.ParseDuration(request.URL.Query().Get("seconds") + "s")
	if err != nil {
		http.Error(answer, "seconds: a number", http.StatusBadRequest)
		return
	}
	f.mutex.Lock()
	now := f.now
	f.mutex.Unlock()
	select {
	case <-now.holding:
		answer.WriteHeader(http.StatusNoContent)
	case <-time.After(limit):
		answer.WriteHeader(http.StatusGatewayTimeout)
	}
}

// fate returns the rule that a request meets, if any, and the epoch that it met it in.
func (f *faults) fate(kind string) (*rule, *epoch) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, one := range f.now.rules {
		if one.Of != "" && one.Of != kind {
			continue
		}
		one.matched++
		if one.matched < one.From || (one.To > 0 && one.matched > one.To) {
			continue
		}
		if one.Share == 0 || f.chance.Float64() < one.Share {
			return one, f.now
		}
	}
	return nil, f.now
}

// hold waits until other rules let it go on, and returns whether the request is to be served then.
func (e *epoch) hold() bool {
	e.once.Do(func() { close(e.holding) })
	<-e.release.over
	return e.release.late
}

// kindOf returns what a request is about: write, read or list.
func kindOf(request *http.Request) string {
	query := request.URL.Query()
	switch {
	case request.Method != http.MethodGet && request.Method != http.MethodHead:
		return "write"
	case query.Get("comp") == "list" || query.Has("list-type"):
		return "list"
	default:
		return "read"
	}
}

// placeOf returns the bucket, or the account and the container, of a request.
func placeOf(path string, azure bool) string {
	labels := strings.SplitN(strings.TrimPrefix(path, "/"), "/", 3)
	if azure && len(labels) > 1 {
		return labels[1]
	}
	return labels[0]
}
