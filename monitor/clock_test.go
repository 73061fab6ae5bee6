package monitor

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
)

// A newsroom is one database that lives through days of the clock a test
// gives it, with a digest route for each spec.
type newsroom struct {
	t     *testing.T
	zone  *time.Location
	store *store.Store
	setup *Setup
	m     *Monitor

	mu     sync.Mutex
	sealed map[string][]string // by route: its periods, as often as they were sealed
}

var digestSpecs = []string{"0 0 * * *", "30 0 * * *", "30 1 * * *", "30 2 * * *", "0 7 * * *"}

func newNewsroom(t *testing.T, zone string) *newsroom {
	t.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "armswatch.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	n := &newsroom{t: t, zone: z, store: st, setup: &Setup{Zone: z}, sealed: map[string][]string{}}
	for _, spec := range digestSpecs {
		n.setup.Routes = append(n.setup.Routes, news.Route{Name: spec, Channel: "terminal", Schedule: spec})
	}
	return n
}

// start starts the program, as after a crash, when the clock says now.
func (n *newsroom) start(now time.Time) {
	n.t.Helper()
	n.m = New(Options{Store: n.store})
	n.m.setup.Store(n.setup)
	list, err := ticks(n.setup, now)
	if err != nil {
		n.t.Fatal(err)
	}
	if err := n.store.SyncSchedule(n.t.Context(), list); err != nil {
		n.t.Fatal(err)
	}
}

// tick is one tick when the clock says now.
func (n *newsroom) tick(now time.Time) {
	n.t.Helper()
	if err := n.m.enqueueAt(n.t.Context(), now); err != nil {
		n.t.Fatal(err)
	}
}

// through ticks every step from one time to another.
func (n *newsroom) through(from, to time.Time, step time.Duration) {
	n.t.Helper()
	for now := from; now.Before(to); now = now.Add(step) {
		n.tick(now)
	}
}

// work does the jobs that the ticks have enqueued: seals, as the program does.
func (n *newsroom) work() {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), time.Minute)
	defer cancel()
	seal := func(ctx context.Context, s store.Seal) error {
		d := news.Delivery{
			Key: "digest/" + s.Route + "/" + s.Period, Kind: news.DigestDelivery, Channel: "terminal",
			Route: s.Route, Period: s.Period, Payload: []byte(`{}`),
		}
		first, err := n.store.SealDigest(ctx, d, 0, time.Now())
		if err == nil && first {
			n.mu.Lock()
			n.sealed[s.Route] = append(n.sealed[s.Route], s.Period)
			n.mu.Unlock()
		}
		return err
	}
	go func() {
		defer cancel()
		for idle := 0; idle < 3 && ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
			idle++
			if b, err := n.store.Backlog(ctx, time.Time{}); err != nil || b.Jobs > 0 {
				idle = 0
			}
		}
	}()
	err := n.store.Work(ctx, store.Workers{
		Seal:    seal,
		Prune:   func(context.Context, store.Prune) error { return nil },
		Deliver: func(context.Context, store.Deliver) error { return nil },
	}, store.WorkOptions{})
	if err != nil && n.t.Context().Err() == nil && ctx.Err() == nil {
		n.t.Fatal(err)
	}
}

// eachDay fails unless every route has one digest for each local date from one
// to another, both included, and none twice.
func (n *newsroom) eachDay(from, to string) {
	n.t.Helper()
	n.work()
	for _, r := range n.setup.Routes {
		n.mu.Lock()
		got := slices.Clone(n.sealed[r.Name])
		n.mu.Unlock()
		slices.Sort(got)
		if twice := slices.Compact(slices.Clone(got)); len(twice) != len(got) {
			n.t.Errorf("%s %s: a period was sealed twice: %v", n.zone, r.Name, got)
		}
		for d := date(n.t, from); !d.After(date(n.t, to)); d = d.AddDate(0, 0, 1) {
			day := d.Format(time.DateOnly)
			count := 0
			for _, p := range got {
				if strings.HasPrefix(p, day) {
					count++
				}
			}
			if count != 1 {
				n.t.Errorf("%s, route %q: %d digests on %s", n.zone, r.Name, count, day)
			}
		}
	}
}

func date(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// at is a time of the newsroom's zone.
func (n *newsroom) at(s string) time.Time {
	n.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, n.zone)
	if err != nil {
		n.t.Fatal(err)
	}
	return at
}

// Zones whose changes are of every kind: by an hour at midnight, at one, two and
// three, by half an hour, by two hours, backwards in summer. Package schedule
// has all zones; here the schedule table, the queue and the seal take part.
func TestOneDigestForEachDateOverNightsOfDaylightSaving(t *testing.T) {
	t.Parallel()
	for zone, changes := range map[string][]string{
		"America/New_York":    {"2026-03-08", "2026-11-01"},
		"Africa/Cairo":        {"2026-04-24", "2026-10-29"},
		"Australia/Lord_Howe": {"2026-04-05", "2026-10-04"},
		"Antarctica/Troll":    {"2026-03-29", "2026-10-25"},
		"Europe/Dublin":       {"2027-03-28", "2027-10-31"},
		"Asia/Beirut":         {"2030-03-31", "2030-10-27"},
	} {
		n := newNewsroom(t, zone)
		for _, c := range changes {
			from := date(t, c).AddDate(0, 0, -2)
			begin := n.at(from.Format(time.DateOnly) + " 00:00").Add(-time.Minute)
			n.start(begin)
			if c == changes[0] {
				n.through(begin, begin.AddDate(0, 0, 5), 17*time.Minute)
			} else { // months of downtime, which make one more digest, late
				n.through(begin, begin.AddDate(0, 0, 5), 13*time.Minute)
			}
			n.eachDay(from.Format(time.DateOnly), from.AddDate(0, 0, 4).Format(time.DateOnly))
		}
	}
}

func TestOneDigestForEachDateWhateverTheClockDoes(t *testing.T) {
	t.Parallel()
	const step = 10 * time.Minute
	for name, live := range map[string]func(n *newsroom){
		"two hours back, after each digest": func(n *newsroom) {
			n.through(n.at("2026-06-10 08:00"), n.at("2026-06-11 07:05"), step)
			n.through(n.at("2026-06-11 05:05"), n.at("2026-06-14 00:00"), step)
		},
		"two days ahead and back": func(n *newsroom) {
			n.through(n.at("2026-06-10 08:00"), n.at("2026-06-11 12:00"), step)
			n.through(n.at("2026-06-13 12:00"), n.at("2026-06-13 12:30"), step)
			n.through(n.at("2026-06-11 12:30"), n.at("2026-06-14 00:00"), step)
		},
		"1970 for a while": func(n *newsroom) {
			n.through(n.at("2026-06-10 08:00"), n.at("2026-06-12 00:20"), step)
			n.through(time.Unix(0, 0), time.Unix(7200, 0), step)
			n.through(n.at("2026-06-12 02:20"), n.at("2026-06-14 00:00"), step)
		},
		"1970, restarted": func(n *newsroom) {
			n.through(n.at("2026-06-10 08:00"), n.at("2026-06-12 00:20"), step)
			n.start(time.Unix(0, 0))
			n.through(time.Unix(0, 0), time.Unix(7200, 0), step)
			n.start(n.at("2026-06-12 02:20"))
			n.through(n.at("2026-06-12 02:20"), n.at("2026-06-14 00:00"), step)
		},
		"2038 for a while": func(n *newsroom) {
			n.through(n.at("2026-06-10 08:00"), n.at("2026-06-12 00:20"), step)
			n.through(n.at("2038-01-19 03:14"), n.at("2038-01-19 04:14"), step)
			n.through(n.at("2026-06-12 01:20"), n.at("2026-06-14 00:00"), step)
		},
		"2038, restarted": func(n *newsroom) {
			n.through(n.at("2026-06-10 08:00"), n.at("2026-06-12 00:20"), step)
			n.start(n.at("2038-01-19 03:14"))
			n.through(n.at("2038-01-19 03:14"), n.at("2038-01-19 04:14"), step)
			n.start(n.at("2026-06-12 01:20"))
			n.through(n.at("2026-06-12 01:20"), n.at("2026-06-14 00:00"), step)
		},
		"down over the hour": func(n *newsroom) {
			n.through(n.at("2026-06-10 08:00"), n.at("2026-06-11 06:50"), step)
			n.start(n.at("2026-06-11 09:15"))
			n.through(n.at("2026-06-11 09:15"), n.at("2026-06-14 00:00"), step)
		},
		"restarted at each digest": func(n *newsroom) {
			for _, day := range []string{"2026-06-11", "2026-06-12", "2026-06-13"} {
				for _, hour := range []string{" 00:00", " 00:30", " 01:30", " 02:30", " 07:00"} {
					n.tick(n.at(day + hour).Add(-time.Second))
					n.start(n.at(day + hour))
					n.tick(n.at(day + hour))
					n.start(n.at(day + hour).Add(time.Second))
					n.tick(n.at(day + hour).Add(time.Second))
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNewsroom(t, "Europe/London")
			n.start(n.at("2026-06-10 08:00"))
			live(n)
			n.eachDay("2026-06-11", "2026-06-13")
		})
	}
}
