package news

import (
	"slices"
	"time"
)

// Route says which stories go to which channel, and when.
type Route struct {
	Name       string // unique; derived from channel and schedule unless given
	Channel    Channel
	Watchlists []string // stories that meet any of these; empty: all
	Sources    []string // only articles of these count; empty: all
	Languages  []string // ISO 639-1: only articles in these count; empty: all
	Now        bool     // tell each story at once (alert)
	Schedule   string   // cron spec of a digest when not Now
	SendEmpty  bool     // send a digest even with nothing in it

	MinOutlets int       // tell a story when so many outlets carry it; 0 and 1: with the first
	Only       []Telling // what of a story is told; empty: all of it
	Quiet      Quiet     // alerts wait for its end and come as one
	HoldUntil  time.Time // nothing is told before
	MaxPerHour int       // alerts an hour; those beyond come as one when it ends; 0: no limit
}

// Telling is a part of a story that a route may ask for.
type Telling string

// The parts of a story.
const (
	TellOriginal Telling = "original" // the story, once the original report is in it
	TellUpdate   Telling = "update"   // what later articles add
)

// Counts says whether an article counts for the route: its source, its
// language, and the watchlists it meets.
func (r Route) Counts(a Article, reading Reading) bool {
	if len(r.Sources) > 0 && !slices.Contains(r.Sources, a.Source) {
		return false
	}
	if len(r.Languages) > 0 && !slices.Contains(r.Languages, a.Lang) {
		return false
	}
	if len(r.Watchlists) == 0 {
		return len(reading.Matches) > 0
	}
	return slices.ContainsFunc(reading.Matches, func(m Match) bool { return slices.Contains(r.Watchlists, m.Watchlist) })
}

// Wants says whether the route asks for a part of a story.
func (r Route) Wants(t Telling) bool { return len(r.Only) == 0 || slices.Contains(r.Only, t) }

// Ripe says whether a story of these members is one that the route tells: told
// says that it was told before, which only leaves updates. Why not is one line.
func (r Route) Ripe(members []Member, told bool) (why string, ripe bool) {
	outlets := map[string]bool{}
	original := false
	for _, m := range members {
		outlets[m.Article.Source] = true
		original = original || m.Role == Original
	}
	switch {
	case told && !r.Wants(TellUpdate):
		return "the route takes no updates", false
	case told:
		return "", true
	case r.MinOutlets > 1 && len(outlets) < r.MinOutlets:
		return "too few outlets carry it yet", false
	case len(r.Only) > 0 && !r.Wants(TellOriginal):
		return "the route takes updates only", false
	case len(r.Only) > 0 && !original:
		return "the original report is not in it yet", false
	}
	return "", true
}

// Quiet is a time of day in which a route does not disturb, in minutes after
// midnight. From is not To, except in the zero value, which is no such time.
type Quiet struct{ From, To int }

// End is when the quiet time that t lies in is over; false when it lies in
// none. It is read in t's zone.
func (q Quiet) End(t time.Time) (time.Time, bool) {
	if q == (Quiet{}) {
		return t, false
	}
	minute := t.Hour()*60 + t.Minute()
	days := 0
	switch {
	case q.From < q.To && (minute < q.From || minute >= q.To):
		return t, false
	case q.From > q.To && minute < q.From && minute >= q.To:
		return t, false
	case q.From > q.To && minute >= q.From:
		days = 1
	}
	y, m, d := t.Date()
	return time.Date(y, m, d+days, q.To/60, q.To%60, 0, 0, t.Location()), true
}
