package monitor

import (
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/fetch"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// every lists n entries, the newest ago before noon, step apart.
func every(n int, ago, step time.Duration) []news.Entry {
	var list []news.Entry
	for i := range n {
		list = append(list, news.Entry{Published: noon.Add(-ago - time.Duration(i)*step)})
	}
	return list
}

func TestLearnedInterval(t *testing.T) {
	undated := make([]news.Entry, 20)
	polled := store.Poll{Interval: time.Hour, LastSuccess: noon.Add(-time.Hour)}
	for _, c := range []struct {
		name     string
		poll     store.Poll
		listing  listing
		from, to time.Duration
	}{
		{"nothing known", store.Poll{First: true}, listing{}, untaught, untaught},
		{"an entry each 10 minutes", polled, listing{entries: every(30, time.Minute, 10*time.Minute), known: 24}, soonest, soonest},
		{"an entry each 5 hours", polled, listing{entries: every(30, time.Hour, 5*time.Hour), known: 30}, 30 * time.Minute, 30 * time.Minute},
		{"a report a month", polled, listing{entries: every(20, 240*time.Hour, 720*time.Hour), known: 20}, slowest, slowest},
		{"a short list of a busy day", polled, listing{entries: every(3, 0, time.Hour), known: 2}, 6 * time.Minute, 40 * time.Minute},
		{"rolled over", polled, listing{entries: every(20, 0, 12*time.Hour)}, 30 * time.Minute, 30 * time.Minute},
		{"no dates, half is new", polled, listing{entries: undated, known: 10}, time.Hour, time.Hour},
		{"no dates, most is new", polled, listing{entries: undated, known: 2}, 30 * time.Minute, 30 * time.Minute},
		{"no dates, all is new", polled, listing{entries: undated}, 30 * time.Minute, 30 * time.Minute},
		{"no dates, nothing is new", polled, listing{entries: undated, known: 20}, 67 * time.Minute, 68 * time.Minute},
		{"not modified", polled, listing{response: &fetch.Response{NotModified: true}}, 67 * time.Minute, 68 * time.Minute},
	} {
		if c.listing.response == nil {
			c.listing.response = &fetch.Response{}
		}
		if got := learn(c.poll, c.listing, noon); got < c.from || got > c.to {
			t.Errorf("%s: %v, want %v to %v", c.name, got, c.from, c.to)
		}
	}
}

// What is asked for counts upwards, and the list's window counts more.
func TestNextPoll(t *testing.T) {
	m := New(Options{})
	m.setup.Store(&Setup{Zone: time.UTC})
	fresh := func(age time.Duration) *fetch.Response { return &fetch.Response{MaxAge: age} }
	day := memory{Window: int64((24 * time.Hour).Seconds())}.String()
	busy := memory{Window: int64((30 * time.Minute).Seconds())}.String()
	for _, c := range []struct {
		name    string
		src     news.Source
		poll    store.Poll
		listing listing
		from    time.Duration // with up to a tenth more
	}{
		{"fixed", news.Source{Every: time.Hour}, store.Poll{}, listing{response: fresh(0)}, time.Hour},
		{"by cron", news.Source{Schedule: "30 12 * * *"}, store.Poll{}, listing{response: fresh(0)}, 30 * time.Minute},
		{"Cache-Control", news.Source{}, store.Poll{Interval: 10 * time.Minute, Memory: day}, listing{response: fresh(2 * time.Hour)}, 2 * time.Hour},
		{"ttl", news.Source{}, store.Poll{Interval: 10 * time.Minute, Memory: day}, listing{response: fresh(0), ttl: time.Hour}, time.Hour},
		{"asked for less", news.Source{}, store.Poll{Interval: time.Hour, Memory: day}, listing{response: fresh(time.Minute)}, time.Hour},
		{"asked for a week", news.Source{}, store.Poll{Interval: time.Hour}, listing{response: fresh(168 * time.Hour)}, slowest},
		{"the window needs more", news.Source{}, store.Poll{Interval: 15 * time.Minute, Memory: busy}, listing{response: fresh(time.Hour)}, 10 * time.Minute},
	} {
		at, _ := m.next(c.src, c.poll, c.listing, noon)
		if got := at.Sub(noon); got < c.from || got > c.from+c.from/10 {
			t.Errorf("%s: in %v, want %v", c.name, got, c.from)
		}
	}
}

func TestBackoff(t *testing.T) {
	m := New(Options{})
	last := time.Duration(0)
	for n := 1; n < 40; n++ {
		got := m.backoff(n)
		if got < last*9/10 || got > 24*time.Hour || got < time.Minute {
			t.Errorf("after %d failures: %v, before %v", n, got, last)
		}
		last = got
	}
	if last < 23*time.Hour {
		t.Errorf("ends at %v", last)
	}
}

func TestUnseen(t *testing.T) {
	for _, c := range []struct {
		name    string
		entries []news.Entry
		since   time.Time
		want    int
		known   bool
	}{
		{"ten in ten minutes, an hour since", every(11, 0, time.Minute), noon.Add(-time.Hour), 50, true},
		{"reaches back", every(11, 0, time.Hour), noon.Add(-time.Hour), 0, true},
		{"no dates", make([]news.Entry, 5), noon.Add(-time.Hour), 0, false},
		{"all at once", every(5, 0, 0), noon.Add(-time.Hour), 0, true},
	} {
		if got, known := unseen(c.entries, c.since); got != c.want || known != c.known {
			t.Errorf("%s: %d, %v; want %d, %v", c.name, got, known, c.want, c.known)
		}
	}
}

func TestRolledOver(t *testing.T) {
	src := news.Source{Name: "site"}
	poll := store.Poll{LastSuccess: noon.Add(-time.Hour)}
	l := listing{entries: every(11, 0, time.Minute), response: &fetch.Response{}}
	var m memory
	got := m.look(src, poll, l, &store.Polled{At: noon})
	if got.state != isMissed || got.after != 1 || m.Missed != 50 {
		t.Errorf("%+v, missed %d", got, m.Missed)
	}
	l.known = 1
	if got := m.look(src, poll, l, &store.Polled{At: noon}); got.state != "" {
		t.Errorf("an overlap of one: %+v", got)
	}
}

func TestSilence(t *testing.T) {
	for _, c := range []struct {
		name  string
		ago   time.Duration
		step  time.Duration
		quiet bool
	}{
		{"hourly, a day ago", 24 * time.Hour, time.Hour, false},
		{"hourly, two days ago", 48 * time.Hour, time.Hour, true},
		{"weekly, ten days ago", 240 * time.Hour, 168 * time.Hour, false},
		{"weekly, a month ago", 720 * time.Hour, 168 * time.Hour, true},
	} {
		var m memory
		m.learn(every(10, c.ago, c.step))
		if got := m.silence(noon); (got.state == isSilent) != c.quiet {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}
