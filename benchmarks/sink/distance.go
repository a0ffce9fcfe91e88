package main

import (
	"net"
	"time"
)

// far answers at a listener what a nearer one answers, as if the way there and back took so long.
//
// Each piece of bytes arrives half a round trip after it was sent, however many are under way: distance costs
// time and no bandwidth. A connection costs a round trip of its own.
func far(front, near net.Listener, roundTrip time.Duration) {
	for {
		client, err := front.Accept()
		if err != nil {
			return
		}
		go func() {
			time.Sleep(roundTrip)
			service, err := net.Dial("tcp", near.Addr().String())
			if err != nil {
				_ = client.Close()
				return
			}
			go carry(service, client, roundTrip/2)
			carry(client, service, roundTrip/2)
		}()
	}
}

const (
	pieceBytes = 64 << 10
	piecesMax  = 1 << 12
)

type piece struct {
	bytes []byte
	due   time.Time
}

// carry moves bytes one way until they end, then says so at the other end.
func carry(to, from net.Conn, delay time.Duration) {
	underWay := make(chan piece, piecesMax)
	go func() {
		defer close(underWay)
		for {
			bytes := make([]byte, pieceBytes)
			count, err := from.Read(bytes)
			if count > 0 {
				underWay <- piece{bytes[:count], time.Now().Add(delay)}
			}
			if err != nil {
				underWay <- piece{nil, time.Now().Add(delay)}
				return
			}
		}
	}()
	for arriving := range underWay {
		time.Sleep(time.Until(arriving.due))
		if arriving.bytes == nil {
			break
		}
		if _, err := to.Write(arriving.bytes); err != nil {
			_ = from.Close()
			break
		}
	}
	if end, ok := to.(interface{ CloseWrite() error }); ok {
		_ = end.CloseWrite()
	}
	for range underWay { // what nobody takes any more
	}
}
