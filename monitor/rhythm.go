package monitor

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/schedule"
	"github.com/armswatch/armswatch/monitor/store"
)

const (
	// The learned interval stays between these.
	soonest = 2 * time.Minute
	slowest = 6 * time.Hour
	// untaught is the interval for a source that has taught us nothing yet.
	untaught = 15 * time.Minute
	// beats is how many polls there are between two entries of a regular source,
	// so that an entry is seen after a twentieth of its rhythm on average.
	beats = 10
	// windowShare is the share of what a list covers that may pass between two
	// polls: at a third, two polls may fail before anything is lost.
	windowShare = 3
	// jitter spreads polls of sources that would otherwise come together.
	jitter = 0.1
)

// next says when a source is polled again: as its config says, else by the
// rhythm learned from what it publishes. What server and feed ask for counts
// upwards only, and never against what the list's window needs.
func (m *Monitor) next(src news.Source, p store.Poll, l listing, now time.Time) (at time.Time, learned time.Duration) {
	if at, ok := scheduled(src, m.Setup().Zone, now); ok {
		return at, p.Interval
	}
	if src.Every > 0 {
		wait := src.Every
		if p.First { // sources that began together come apart
			wait -= time.Duration(float64(wait) / 2 * rand.Float64()) //nolint:gosec // jitter needs no secrecy
		}
		return now.Add(wait), p.Interval
	}
	mem := recall(p.Memory)
	need := slowest
	if window := time.Duration(mem.Window) * time.Second; window > 0 {
		need = clamp(window / windowShare)
	}
	learned = min(learn(p, l, now), need)
	asked := max(l.ttl, l.response.MaxAge)
	if l.response.NotModified {
		asked = max(asked, time.Duration(mem.TTL)*time.Second)
	}
	return now.Add(spread(max(learned, min(asked, need)))), learned
}

// latest is the last that the next poll of a source may wait for, whatever its config
// said when it was polled last.
func latest(src news.Source, zone *time.Location, now time.Time) time.Time {
	if at, ok := scheduled(src, zone, now); ok {
		return at
	}
	if src.Every > 0 {
		return now.Add(src.Every)
	}
	return now.Add(slowest + time.Duration(jitter*float64(slowest)))
}

// scheduled is the next time that a source's own cron spec gives, if it has one.
func scheduled(src news.Source, zone *time.Location, now time.Time) (at time.Time, ok bool) {
	if src.Schedule == "" {
		return at, false
	}
	spec, err := schedule.Parse(src.Schedule, zone)
	if err != nil {
		return at, false
	}
	return spec.Next(now), true
}

// learn is the interval that a poll teaches: by the dates of the entries, else
// by how many of them were there at the last poll, else what was learned before,
// a little longer each time that nothing changed.
func learn(p store.Poll, l listing, now time.Time) time.Duration {
	before := p.Interval
	if before == 0 {
		before = untaught
	}
	if l.response.NotModified {
		return clamp(before + before/8)
	}
	seen := !p.First && !p.Empty && len(l.entries) > 0
	share := 1.0
	if seen {
		share = float64(l.known) / float64(len(l.entries))
	}
	if d := rhythm(l.entries, now); d > 0 {
		if share == 0 { // faster than its dates say
			d = min(d, before/2)
		}
		return clamp(d)
	}
	switch {
	case !seen:
		return clamp(before)
	case share == 1:
		return clamp(before + before/8)
	case share < 1.0/windowShare:
		return clamp(before / 2)
	}
	return clamp(before)
}

func clamp(d time.Duration) time.Duration { return min(max(d, soonest), slowest) }

// rhythm is the interval at which a list of entries wants to be polled: a
// fraction of the time between two entries. It is 0 when the dates say nothing.
func rhythm(entries []news.Entry, now time.Time) time.Duration {
	at := dates(entries)
	at = slices.DeleteFunc(at, now.Before)
	if len(at) < 2 || at[0].Equal(at[len(at)-1]) {
		return 0
	}
	var gaps []time.Duration
	for i := range min(len(at)-1, 20) {
		gaps = append(gaps, at[i].Sub(at[i+1]))
	}
	slices.Sort(gaps)
	// A source that fell silent is asked less often, by and by.
	gap := max(gaps[len(gaps)/2], now.Sub(at[0])/4)
	return clamp(min(gap/beats, at[0].Sub(at[len(at)-1])/windowShare))
}

// backoff is the wait after so many failures in a row: it doubles from a minute
// to a day.
func (m *Monitor) backoff(failures int) time.Duration {
	wait := min(time.Minute<<min(max(failures-1, 0), 11), 24*time.Hour)
	return min(spread(wait), 24*time.Hour)
}

func spread(d time.Duration) time.Duration {
	return d + time.Duration(float64(d)*jitter*rand.Float64()) //nolint:gosec // jitter needs no secrecy
}
