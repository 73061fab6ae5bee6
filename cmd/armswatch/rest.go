package main

import (
	"context"
	"runtime/debug"
	"time"
)

// restEvery is how often a running process gives back memory.
const restEvery = time.Minute

// rests gives back memory once a minute, until ctx ends: after a busy hour, or
// the first poll of everything, nobody else would.
func rests(ctx context.Context) {
	tick := time.NewTicker(restEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			rest()
		}
	}
}

// rest gives the system back the memory that nothing uses now. It takes some
// 20 ms of CPU.
func rest() {
	debug.FreeOSMemory()
	dropProgram()
}
