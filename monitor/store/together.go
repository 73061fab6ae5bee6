package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// SQLite has one writer, and what a commit costs hardly depends on how much it
// commits. So transactions that wait for the writer are committed together: each
// is whole or nothing, as if it were alone, and returns when all are on disk.

// mostTogether is how many transactions share one commit, so that none takes
// long.
const mostTogether = 64

// together gathers the transactions that wait.
type together struct {
	turn    chan struct{} // held by the one that writes
	mu      sync.Mutex
	waiting []*share
}

// share is one transaction among those that are committed together. Its fields
// are written by whoever has the turn.
type share struct {
	ctx  context.Context
	f    func(context.Context, *tx) error
	done bool // committed
	solo bool // must be tried alone
}

func newTogether() *together { return &together{turn: make(chan struct{}, 1)} }

// write runs f with the transactions that wait beside it. When one of them
// fails, nothing of any is kept, and each is tried alone: then the failure is its
// own. A crash before the commit leaves nothing of all of them.
func (g *together) write(ctx context.Context, s *Store, f func(context.Context, *tx) error) error {
	mine := &share{ctx: ctx, f: f}
	g.mu.Lock()
	g.waiting = append(g.waiting, mine)
	g.mu.Unlock()
	select {
	case g.turn <- struct{}{}:
	case <-ctx.Done():
		if g.leave(mine) {
			return ctx.Err()
		}
		g.turn <- struct{}{} // it is being committed: hear how that ended
	}
	defer func() { <-g.turn }()
	for !mine.done && !mine.solo {
		g.run(s, g.take())
	}
	if mine.done {
		return nil
	}
	return s.alone(ctx, f)
}

// leave takes a transaction back that nobody has begun.
func (g *together) leave(mine *share) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, w := range g.waiting {
		if w == mine {
			g.waiting = append(g.waiting[:i:i], g.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// take takes those that wait, the first to come first.
func (g *together) take() []*share {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), mostTogether)
	batch := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	return batch
}

func (g *together) run(s *Store, batch []*share) {
	err := errAlone
	if len(batch) > 1 {
		err = s.alone(context.WithoutCancel(batch[0].ctx), func(_ context.Context, t *tx) error {
			for _, b := range batch {
				if err := protect(b, t); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, b := range batch {
		b.done, b.solo = err == nil, err != nil
	}
}

var errAlone = errors.New("nobody else waits")

// protect runs one of several transactions; its panic must not hit the one
// that happens to run it.
func protect(b *share, t *tx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r) // alone, it panics where it belongs
		}
	}()
	return b.f(t.s.engine.during(b.ctx), t)
}
