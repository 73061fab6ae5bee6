package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
)

// work does jobs until done says so, and stops.
func (b bench) work(w store.Workers, done func() bool) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 30*time.Second)
	defer cancel()
	stopped := make(chan error, 1)
	go func() { stopped <- b.Work(ctx, complete(w), store.WorkOptions{}) }()
	for !done() && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
	}
	if !done() {
		b.t.Error("not done after 30 s")
	}
	cancel()
	ok(b.t, <-stopped)
}

// complete fills in the workers a test has no use for.
func complete(w store.Workers) store.Workers {
	if w.Visit == nil {
		w.Visit = func(context.Context, store.Visit) error { return nil }
	}
	if w.Group == nil {
		w.Group = func(context.Context, store.Group) error { return nil }
	}
	if w.Deliver == nil {
		w.Deliver = func(context.Context, store.Deliver) error { return nil }
	}
	if w.Seal == nil {
		w.Seal = func(context.Context, store.Seal) error { return nil }
	}
	if w.Prune == nil {
		w.Prune = func(context.Context, store.Prune) error { return nil }
	}
	return w
}

// tick ticks as a process does, faster, until the caller calls what it returns.
func (b bench) tick() func() {
	ctx, cancel := context.WithCancel(b.t.Context())
	var ticking sync.WaitGroup
	ticking.Go(func() {
		for ctx.Err() == nil {
			if _, err := b.EnqueueDue(ctx, time.Now()); err != nil && ctx.Err() == nil {
				b.t.Error(err)
			}
			time.Sleep(tickEvery)
		}
	})
	return func() { cancel(); ticking.Wait() }
}

func (b bench) idle() func() bool {
	return func() bool {
		left, err := b.Backlog(b.t.Context(), t0)
		return err == nil && left.Jobs == 0
	}
}

func jobsAreDone(t *testing.T, b bench) {
	b.sync(feed("A"))
	b.add("n/1", t0)
	b.poll("A", matched("x"), entry("1"))
	ok(t, b.SyncSources(t.Context(), []news.Source{feed("B")}, t0))
	must[int](t)(b.EnqueueDue(t.Context(), t0))
	ok(t, b.SyncSchedule(t.Context(), []store.Tick{{Name: "digest/morning", Spec: "x", NextAt: t0}, {Name: "prune", Spec: "x", NextAt: t0}}))
	ok(t, b.Fire(t.Context(), t0, daily, period))
	var mu sync.Mutex
	did := map[string]int{}
	note := func(format string, args ...any) error {
		mu.Lock()
		defer mu.Unlock()
		did[fmt.Sprintf(format, args...)]++
		return nil
	}
	b.work(store.Workers{
		Visit:   func(_ context.Context, v store.Visit) error { return note("visit %s", v.Host) },
		Group:   func(context.Context, store.Group) error { return note("group") },
		Deliver: func(_ context.Context, d store.Deliver) error { return note("deliver %s", d.Channel) },
		Seal:    func(_ context.Context, s store.Seal) error { return note("seal %s %s", s.Route, s.Period) },
		Prune:   func(context.Context, store.Prune) error { return note("prune") },
	}, b.idle())
	equal(t, did, map[string]int{
		"visit b.example": 1, "group": 1, "deliver slack:#desk": 1,
		"seal morning 2026-11-01T07:00": 1, "prune": 1,
	})
}

// Two processes where the engine allows for two, and ticks all the time.
func aHostHasOneVisitor(t *testing.T, b bench) {
	b.sync(feed("A"), feed("B"), feed("C"))
	var mu sync.Mutex
	at, visits := map[string]bool{}, 0
	w := store.Workers{Visit: func(_ context.Context, v store.Visit) error {
		mu.Lock()
		if at[v.Host] {
			t.Errorf("two visitors at %s", v.Host)
		}
		at[v.Host] = true
		visits++
		mu.Unlock()
		time.Sleep(50 * time.Millisecond)
		mu.Lock()
		at[v.Host] = false
		mu.Unlock()
		return b.EndVisit(t.Context(), v.Host, 0)
	}}
	done := func() bool { mu.Lock(); defer mu.Unlock(); return visits >= 30 }
	stop := b.tick()
	defer stop()
	var others sync.WaitGroup
	defer others.Wait()
	if strings.HasPrefix(b.dsn, "postgres") {
		other := bench{t, open(t, b.dsn), b.dsn}
		stop := other.tick()
		defer stop()
		w := w
		visit := w.Visit
		w.Visit = func(ctx context.Context, v store.Visit) error {
			return errors.Join(visit(ctx, v), other.EndVisit(ctx, v.Host, 0))
		}
		others.Go(func() { other.work(w, done) })
	}
	b.work(w, done)
}

func aPanicHarmsOneJob(t *testing.T, b bench) {
	b.sync(feed("A"), feed("B"))
	must[int](t)(b.EnqueueDue(t.Context(), t0))
	var visits atomic.Int32
	b.work(store.Workers{Visit: func(_ context.Context, v store.Visit) error {
		if v.Host == "a.example" && visits.Load() < 2 {
			visits.Add(1)
			panic("boom")
		}
		visits.Add(1)
		return nil
	}}, func() bool { return visits.Load() >= 2 })
}

func aSnoozeIsNoFailure(_ *testing.T, b bench) {
	b.articles("A", "1") // enqueues the job that groups
	var tries atomic.Int32
	b.work(store.Workers{Group: func(context.Context, store.Group) error {
		if tries.Add(1) < 4 {
			return store.Snooze(10 * time.Millisecond)
		}
		return nil
	}}, func() bool { return tries.Load() == 4 })
}

// A deliverer that has only a later delivery to wait for must not keep an
// alert waiting as long.
func aDelivererThatWaitsDoesNotBlock(t *testing.T, b bench) {
	b.add("later", time.Now().Add(time.Hour))
	b.add("now", t0)
	var runs atomic.Int32
	began := time.Now()
	b.work(store.Workers{Deliver: func(ctx context.Context, d store.Deliver) error {
		runs.Add(1)
		for {
			del, due, err := b.Next(ctx, d.Channel, time.Now())
			if err != nil {
				return err
			}
			if !due {
				if runs.Load() == 1 {
					go func() {
						time.Sleep(300 * time.Millisecond) // the job has ended by now
						b.add("alert", t0)
					}()
				}
				return store.Snooze(time.Until(del.DueAt))
			}
			if _, _, err := b.Claim(ctx, del.ID, []byte(`{}`), time.Now()); err != nil {
				return err
			}
			if err := b.Settle(ctx, del.ID, news.Outcome{State: news.Sent}, time.Now()); err != nil {
				return err
			}
		}
	}}, func() bool { return runs.Load() >= 2 })
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the alert waited %s", took)
	}
}

func workStopsSoftly(t *testing.T, b bench) {
	b.sync(feed("A"), feed("B"))
	must[int](t)(b.EnqueueDue(t.Context(), t0))
	ctx, cancel := context.WithCancel(t.Context())
	var started, finished, cut atomic.Int32
	stopped := make(chan error, 1)
	go func() {
		stopped <- b.Work(ctx, complete(store.Workers{Visit: func(ctx context.Context, v store.Visit) error {
			started.Add(1)
			if v.Host == "a.example" { // ends by itself soon after the stop
				time.Sleep(500 * time.Millisecond)
				finished.Add(1)
				return ctx.Err()
			}
			<-ctx.Done() // hangs until it is cut off
			cut.Add(1)
			return ctx.Err()
		}}), store.WorkOptions{})
	}()
	for started.Load() < 2 {
		time.Sleep(10 * time.Millisecond)
	}
	began := time.Now()
	cancel()
	ok(t, <-stopped)
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("stopping took %s", took)
	}
	if finished.Load() != 1 || cut.Load() != 1 {
		t.Errorf("%d visits finished and %d were cut off, want 1 and 1", finished.Load(), cut.Load())
	}
	// What was cut off is still due, and nobody holds it.
	if n := must[int](t)(b.EnqueueDue(t.Context(), t0)); n != 2 {
		t.Errorf("%d hosts wait, want both", n)
	}
}

// Visits of many hosts record at the same time, with URLs in common.
func manyVisitsAtOnce(t *testing.T, b bench) {
	var sources []news.Source
	for i := range 24 {
		sources = append(sources, feed(fmt.Sprint("S", i)))
	}
	b.sync(sources...)
	must[int](t)(b.EnqueueDue(t.Context(), t0))
	b.work(store.Workers{Visit: func(ctx context.Context, v store.Visit) error {
		polls := v.Polls
		if len(polls) != 1 {
			return fmt.Errorf("%d polls", len(polls))
		}
		var entries []news.Entry
		for i := range 12 {
			entries = append(entries, entry(fmt.Sprint((i*7+int(v.Host[1]))%12)))
		}
		found, err := b.Identify(ctx, polls[0].Source, entries)
		if err != nil {
			return err
		}
		p := store.Polled{Source: polls[0].Source, At: t0, Next: t0.Add(time.Hour), Entries: len(entries)}
		for i, f := range found {
			if f.Known == 0 {
				f.Article = news.Article{URL: entries[i].URL, Title: entries[i].Title}
				f.Reading = matched("x")
				p.Articles = append(p.Articles, f)
			}
		}
		if err := b.RecordPoll(ctx, p); err != nil {
			return err
		}
		return b.EndVisit(ctx, v.Host, 0)
	}}, b.idle())
	if n := len(must[[]store.Stored](t)(b.Ungrouped(t.Context(), 1000))); n != 12 {
		t.Errorf("%d articles, want 12", n)
	}
	equal(t, must[store.Backlog](t)(b.Backlog(t.Context(), t0)), store.Backlog{Ungrouped: 12})
}

func TestAPanicIsOneLineAndStoppingIsNone(t *testing.T) {
	var log lines
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "a.db"),
		store.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	ok(t, err)
	defer func() { ok(t, s.Close()) }()
	ok(t, s.SyncSources(t.Context(), []news.Source{feed("A")}, t0))
	must[int](t)(s.EnqueueDue(t.Context(), t0))
	log.reset()
	var visits atomic.Int32
	bench{t, s, ""}.work(store.Workers{Visit: func(context.Context, store.Visit) error {
		if visits.Add(1) == 1 {
			panic("boom")
		}
		return nil
	}}, func() bool { return visits.Load() == 2 })
	if got := log.all(); len(got) != 1 || !strings.Contains(got[0], "job panicked") || !strings.Contains(got[0], "a.example") {
		t.Errorf("log of %d lines, want one about the panic: %q", len(got), got)
	}
}

// lines is a log that a test reads.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Reset()
}

func (l *lines) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Split(strings.TrimSpace(l.text.String()), "\n")
}

// The database was gone when a visit was to end: its lease stays, and is ours.
func aVisitThatCouldNotEndIsMadeAgain(t *testing.T, b bench) {
	b.sync(feed("A"))
	var visits atomic.Int32
	must[[]store.Visit](t)(b.BeginVisits(t.Context(), time.Now(), store.Visit{Host: "a.example"}))
	stop := b.tick()
	defer stop()
	b.work(store.Workers{Visit: func(context.Context, store.Visit) error {
		visits.Add(1)
		return nil
	}}, func() bool { return visits.Load() > 0 })
}

// Each process rewinds as it starts, and the clock of another machine is ahead of its.
func aClockThatIsBehindTakesNoVisit(t *testing.T, b bench) {
	if !strings.HasPrefix(b.dsn, "postgres") {
		return // one process has the database
	}
	b.sync(feed("A"))
	a := store.Visit{Host: "a.example"}
	if got := must[[]store.Visit](t)(b.BeginVisits(t.Context(), t0.Add(2*time.Second), a)); len(got) != 1 {
		t.Fatalf("%d visits, want one", len(got))
	}
	other := bench{t, open(t, b.dsn), b.dsn}
	ok(t, other.Rewind(t.Context(), t0, func(store.Tick) time.Time { return t0 }))
	if got := must[[]store.Visit](t)(other.BeginVisits(t.Context(), t0, a)); len(got) != 0 {
		t.Error("two visitors at a.example")
	}
}

// No other process asks a host before the gap after the last request is over.
func aHostRestsAfterAVisit(t *testing.T, b bench) {
	if !strings.HasPrefix(b.dsn, "postgres") {
		return // the one process keeps its gaps itself
	}
	b.sync(feed("A"))
	a, rest := store.Visit{Host: "a.example"}, 300*time.Millisecond
	must[[]store.Visit](t)(b.BeginVisits(t.Context(), time.Now(), a))
	ended := time.Now()
	ok(t, b.EndVisit(t.Context(), a.Host, rest))
	other := bench{t, open(t, b.dsn), b.dsn}
	for {
		if begun := must[[]store.Visit](t)(other.BeginVisits(t.Context(), time.Now(), a)); len(begun) > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if after := time.Since(ended); after < rest {
		t.Errorf("the next visit began %v after the last, want %v", after, rest)
	}
}
