package main

import (
	"context"
	"os"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/armswatch/armswatch/monitor/store"
)

// slow is how long work runs before it shows its progress.
const slow = 2 * time.Second

// progress draws how much of the backlog is done, when stderr is a terminal
// and the work takes longer than slow. Call the returned function when done.
func progress(ctx context.Context, st *store.Store) func() {
	if !isTerminal(os.Stderr) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		drawBacklog(ctx, st)
	}()
	return func() { cancel(); <-done }
}

func drawBacklog(ctx context.Context, st *store.Store) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(slow):
	}
	p := mpb.New(mpb.WithOutput(os.Stderr), mpb.WithWidth(40), mpb.WithAutoRefresh())
	var most int64 = 1
	bar := p.AddBar(most, mpb.PrependDecorators(decor.Name("polling and reading ")),
		mpb.AppendDecorators(decor.CountersNoUnit("%d of %d")), mpb.BarRemoveOnComplete())
	for wait := time.NewTicker(200 * time.Millisecond); ; {
		select {
		case <-ctx.Done():
			wait.Stop()
			bar.Abort(true)
			p.Wait()
			return
		case <-wait.C:
		}
		b, err := st.Backlog(ctx, time.Now())
		if err != nil {
			continue
		}
		left := int64(b.Polls + b.Reads)
		most = max(most, left+1)
		bar.SetTotal(most, false)
		bar.SetCurrent(most - left - 1)
	}
}
