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

// progress draws how much of a piece of work is done, when stderr is a terminal and
// the work takes longer than slow. Asked for done and all, look may be wrong about
// all in the beginning. Call the returned function at the end of the work.
func progress(ctx context.Context, what string, look func(context.Context) (done, all int64)) (end func()) {
	if !isTerminal(os.Stderr) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		draw(ctx, what, look)
	}()
	return func() { cancel(); <-ended }
}

func draw(ctx context.Context, what string, look func(context.Context) (done, all int64)) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(slow):
	}
	p := mpb.New(mpb.WithOutput(os.Stderr), mpb.WithWidth(40), mpb.WithAutoRefresh())
	bar := p.AddBar(1, mpb.PrependDecorators(decor.Name(what+" ")),
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
		done, all := look(ctx)
		bar.SetTotal(max(all, done+1), false)
		bar.SetCurrent(done)
	}
}

// backlog looks at what is left to poll and to read.
func backlog(st *store.Store) func(context.Context) (done, all int64) {
	var most int64
	return func(ctx context.Context) (done, all int64) {
		b, err := st.Backlog(ctx, time.Now())
		if err != nil {
			return 0, most
		}
		left := int64(b.Polls + b.Reads)
		most = max(most, left)
		return most - left, most
	}
}
