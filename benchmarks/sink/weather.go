package main

import (
	"math/rand"
	"sync"
	"sync/atomic"
	"time"
)

// weather decides which requests are served, and when.
type weather struct {
	latency time.Duration
	busy    float64
	capped  atomic.Bool // rate is not 0

	mutex  sync.Mutex
	chance *rand.Rand
	rate   float64 // requests per second; 0 is no cap
	tokens float64
	filled time.Time
}

// A bucket holds what a tenth of a second brings: bursts are short, as services have them.
const burstSeconds = 0.1

func newWeather(latency time.Duration, busy float64, requestsPerSecondMax int, seed int64) *weather {
	rate := float64(requestsPerSecondMax)
	made := &weather{
		latency: latency,
		busy:    busy,
		rate:    rate,
		chance:  rand.New(rand.NewSource(seed)),
		tokens:  max(rate*burstSeconds, 1),
		filled:  time.Now(),
	}
	made.capped.Store(rate > 0)
	return made
}

// serves waits for the latency and returns whether the request is served; else it is answered 503.
func (w *weather) serves() bool {
	if w.latency > 0 {
		time.Sleep(w.latency)
	}
	if w.busy == 0 && !w.capped.Load() {
		return true
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.busy > 0 && w.chance.Float64() < w.busy {
		return false
	}
	return w.rate == 0 || w.take()
}

// allow changes the cap; 0 is none.
func (w *weather) allow(rate float64) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.fill()
	if w.rate == 0 {
		w.tokens = rate
	}
	w.rate = rate
	w.tokens = min(w.tokens, max(rate*burstSeconds, 1))
	w.capped.Store(rate > 0)
}

func (w *weather) fill() {
	now := time.Now()
	w.tokens = min(w.tokens+now.Sub(w.filled).Seconds()*w.rate, max(w.rate*burstSeconds, 1))
	w.filled = now
}

func (w *weather) take() bool {
	w.fill()
	if w.tokens < 1 {
		return false
	}
	w.tokens--
	return true
}
