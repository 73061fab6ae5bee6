package monitor

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/armswatch/armswatch/monitor/store"
)

// tickEvery is how often each process looks for work that became due. A tick
// with nothing due is two indexed reads.
const tickEvery = time.Second

// gatherFor is how long notices about sources are gathered: when the network is
// down, a thousand sources fail within minutes.
const gatherFor = time.Minute

// Run works until ctx ends, then lets what is under way finish.
func (m *Monitor) Run(ctx context.Context) error {
	m.gather = gatherFor
	return m.run(ctx, m.tick)
}

// Once does what is due now and what follows from it, then returns.
func (m *Monitor) Once(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	return m.run(ctx, func(ctx context.Context) error {
		defer stop()
		return m.drain(ctx)
	})
}

func (m *Monitor) run(ctx context.Context, tick func(context.Context) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return m.o.Store.Work(ctx, m.workers(), store.WorkOptions{Hosts: m.o.Hosts})
	})
	g.Go(func() error { return tick(ctx) })
	return g.Wait()
}

// tick enqueues what is due, every second. A failing store is logged once when
// it fails and once when it is well: the next tick tries again.
func (m *Monitor) tick(ctx context.Context) error {
	failing := false
	for wait := time.NewTicker(tickEvery); ; {
		err := m.enqueue(ctx)
		switch {
		case ctx.Err() != nil:
			wait.Stop()
			return nil //nolint:nilerr // we are stopping, and so failed
		case err != nil && !failing:
			m.o.Log.Error("tick failed; trying again every second", "error", err)
		case err == nil && failing:
			m.o.Log.Info("tick works again")
		}
		failing = err != nil
		m.o.Metrics.ticked()
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case <-wait.C:
		}
	}
}

func (m *Monitor) enqueue(ctx context.Context) error {
	return m.enqueueAt(ctx, time.Now().Round(0)) // the clock on the wall
}

func (m *Monitor) enqueueAt(ctx context.Context, now time.Time) error {
	if back := m.lastTick.Sub(now); m.lastTick.IsZero() || back > clockBack {
		if back > clockBack {
			m.o.Log.Warn("the clock went back; what it had put off is due again", "by", back)
		}
		if err := m.rewind(ctx, now); err != nil {
			return err
		}
	}
	m.lastTick = now
	if err := m.fire(ctx, now); err != nil {
		return err
	}
	_, err := m.o.Store.EnqueueDue(ctx, now)
	return err
}

// drain enqueues what is due until nothing is left.
func (m *Monitor) drain(ctx context.Context) error {
	idle := 0
	for idle < 2 { // twice, because a job's end may make another due
		if err := m.enqueue(ctx); err != nil {
			return err
		}
		left, err := m.o.Store.Backlog(ctx, time.Now())
		if err != nil {
			return err
		}
		idle++
		if left.Any() {
			idle = 0
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(150 * time.Millisecond):
		}
	}
	return nil
}
