package main

import (
	"encoding/json"
	"net/http"
	"sync"
)

// written is one request that carried something to be stored or deleted.
type written struct {
	Method string `json:"method"`
	Path   string `json:"path"`   // below the bucket or container
	Part   bool   `json:"part"`   // of something larger
	Effect int    `json:"effect"` // the status that it had or would have had; 0 if it was never looked at
}

// ledger keeps all writes in the order of their ends, where it is asked to.
type ledger struct {
	kept   bool
	mutex  sync.Mutex
	writes []written
}

func (l *ledger) note(request *http.Request, path string, effect int) {
	query := request.URL.Query()
	part := query.Has("partNumber") || query.Has("uploads") || query.Get("comp") == "block"
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.writes = append(l.writes, written{request.Method, path, part, effect})
}

func (l *ledger) tell(answer http.ResponseWriter) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	answer.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(answer).Encode(append([]written{}, l.writes...))
}
