// Command sink is a blob service for measuring clients: it speaks enough of S3 and of Azure's blob service,
// keeps everything in memory, checks no signatures, and is several times faster than any client.
//
// Both dialects are answered at one address; requests with x-ms-version are Azure's. Names are paths:
// /bucket/key, /account/container/blob. Every bucket and container exists,
// but for those that were dropped. What is below /-/ steers it: faults, cap, drop, hangup, await, stats, writes.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	address := flag.String("address", "127.0.0.1:0", "where to listen; port 0 takes a free one")
	zeros := flag.Bool("zeros", false,
		"keep the sizes and sums of bodies only, and answer zeros: huge objects cost no memory")
	latency := flag.Duration("latency", 0, "wait before each answer")
	roundTrip := flag.Duration("round-trip", 0, "be so far away: every connection, and all that goes through it")
	busy := flag.Float64("busy", 0, "share of requests answered 503, from 0 to 1")
	requests := flag.Int("requests-per-second-max", 0, "answer 503 above this rate; 0 is no cap")
	seed := flag.Int64("seed", 1, "for -busy and faults: equal seeds, equal fates")
	keepsLedger := flag.Bool("ledger", false, "keep a line of each write, for /-/writes")
	guarded := flag.Bool("guarded", false, "end when standard input ends, so with the program that started it")
	flag.Parse()

	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	if *guarded {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
	}
	objects := newObjects(*zeros)
	weather := newWeather(*latency, *busy, *requests, *seed)
	fmt.Printf("http://%s\n", listener.Addr())
	if *roundTrip > 0 {
		near, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			log.Fatal(err)
		}
		go far(listener, near, *roundTrip)
		listener = near
	}
	service := newService(objects, weather, newFaults(*seed), *keepsLedger)
	server := &http.Server{Handler: service, ReadHeaderTimeout: time.Minute}
	service.hangUp = func() {
		server.SetKeepAlivesEnabled(false) // this closes the idle ones
		server.SetKeepAlivesEnabled(true)
	}
	log.Fatal(server.Serve(listener))
}
