// Package monitor is the line from poll to story: what is due is fetched, read,
// matched, recorded, grouped, and handed to the deliveries that the routes ask
// for. Each step is a visit to a host or a job of the queue, which the store hands
// out; this package says what they do and when they are due. The packages below
// it do the thinking and are pure, except fetch, which alone reaches the
// network, and store, which alone knows SQL.
//
// Read it in the order of the line: tick.go, visit.go, poll.go, read.go,
// group.go, route.go.
package monitor

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/armswatch/armswatch/monitor/fetch"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/monitor/story"
)

// Matcher says which mentions, matches and findings an article holds. It is
// safe for concurrent use.
type Matcher interface {
	Match(a news.Article) news.Reading
	Read(a news.Article) news.Reading // with the findings also of an article that meets no watchlist
}

// Setup is what the config decides. It is replaced as a whole on reload, so a
// job sees one config from its start to its end.
type Setup struct {
	Sources   []news.Source
	Routes    []news.Route
	Operators news.Channel // where notices about sources go; "" for nowhere
	Matcher   Matcher
	Zone      *time.Location
	Keep      time.Duration // how long unmatched articles stay searchable; 0: one year
}

// Options are the parts a Monitor works with.
type Options struct {
	Store   *store.Store
	Fetch   *fetch.Client
	Log     *slog.Logger
	Metrics *Metrics // nil: count nothing
	// Deliver and Seal do the jobs that belong to package notify.
	Deliver func(context.Context, store.Deliver) error
	Seal    func(context.Context, store.Seal) error
	// Hosts is how many hosts are visited at once; 0 means 64, enough to hide
	// slow hosts on two cores.
	Hosts int
}

// Monitor runs the line. Make one with [New], give it a [Setup] with Use, then
// Run or Once it.
type Monitor struct {
	o       Options
	setup   atomic.Pointer[Setup]
	sources atomic.Pointer[map[string]*news.Source] // of the setup, by name

	lastTick time.Time  // by the clock on the wall; zero before the first
	grouping sync.Mutex // one window; the queue already lets only one group job run
	window   *story.Window
	seq      int64 // the last grouped article the window has seen

	// parsing is taken by the byte while something is parsed that is not short.
	parsing *semaphore.Weighted
	// gather is how long a notice about a source waits for others to join it.
	gather time.Duration
}

// New returns a Monitor without a setup.
func New(o Options) *Monitor {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics(nil)
	}
	return &Monitor{o: o, parsing: semaphore.NewWeighted(mostParsed)}
}

// Use makes s the setup: sources and schedule are brought in line with it, and
// every job that starts from now on works by it.
func (m *Monitor) Use(ctx context.Context, s *Setup) error {
	now := time.Now()
	if err := m.o.Store.SyncSources(ctx, s.Sources, now); err != nil {
		return err
	}
	ticks, err := ticks(s, now)
	if err != nil {
		return err
	}
	if err := m.o.Store.SyncSchedule(ctx, ticks); err != nil {
		return err
	}
	byName := make(map[string]*news.Source, len(s.Sources))
	by := make(map[string]time.Time, len(s.Sources))
	for i := range s.Sources {
		byName[s.Sources[i].Name] = &s.Sources[i]
		by[s.Sources[i].Name] = latest(s.Sources[i], s.Zone, now)
	}
	if err := m.o.Store.PollBy(ctx, by); err != nil {
		return err
	}
	m.sources.Store(&byName)
	m.setup.Store(s)
	return nil
}

// Setup returns the setup in use.
func (m *Monitor) Setup() *Setup { return m.setup.Load() }

func (m *Monitor) source(name string) (news.Source, bool) {
	s := (*m.sources.Load())[name]
	if s == nil {
		return news.Source{}, false
	}
	return *s, true
}

func (m *Monitor) workers() store.Workers {
	return store.Workers{
		Visit:   m.Visit,
		Group:   m.Group,
		Deliver: m.o.Deliver,
		Seal:    m.o.Seal,
		Prune:   m.Prune,
	}
}

// strange is how late pruning may be and still believe the clock: a clock that
// is years ahead for a minute must not forget years.
const strange = 30 * 24 * time.Hour

// Prune deletes what is older than the setup keeps.
func (m *Monitor) Prune(ctx context.Context, _ store.Prune) error {
	keep := m.Setup().Keep
	if keep == 0 {
		keep = 365 * 24 * time.Hour
	}
	now := time.Now()
	due, err := m.o.Store.LastTick(ctx, "prune")
	if err != nil {
		return err
	}
	if late := now.Sub(due); late > strange && !due.IsZero() {
		m.o.Log.Warn("nothing pruned: it was due long ago, and the clock may be wrong; tomorrow's will", "due", due.Format(time.RFC3339))
		return nil
	}
	n, err := m.o.Store.Prune(ctx, now, keep)
	if err != nil {
		return err
	}
	m.o.Log.Info("pruned", "rows", n, "keep", keep)
	return nil
}
