package monitor

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/armswatch/armswatch/monitor/fetch"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/page"
	"github.com/armswatch/armswatch/monitor/store"
)

// The troubles of a source that answers, beside "failing" and "gone" for one
// that does not.
const (
	isEmpty   = "empty"    // lists nothing, though it once did
	isCut     = "cut"      // ends before its end
	isCapped  = "capped"   // longer than what is read
	isMissed  = "missed"   // rolls over faster than it is polled
	isUndated = "undated"  // gives no dates
	isGarbled = "garbled"  // not in the encoding that it claims
	isFlood   = "flooding" // lists far more at once than an outlet writes
	isSilent  = "silent"   // for longer than its own rhythm explains
)

// trouble is what is wrong with a source. The zero value is nothing.
type trouble struct {
	state string
	text  string
	after int // polls in a row in this state before the operators are told
}

// memory is what the next poll wants to know of a source. Times are Unix
// seconds, so that the column stays short.
type memory struct {
	Failing  episode `json:"failing,omitzero"` // does not answer
	Content  episode `json:"content,omitzero"` // answers and is not well
	Newest   int64   `json:"newest,omitempty"` // date of the newest entry
	Pause    int64   `json:"pause,omitempty"`  // longest usual time between two entries, seconds
	Window   int64   `json:"window,omitempty"` // what the list covers, seconds
	TTL      int64   `json:"ttl,omitempty"`    // what the feed asks for, seconds
	Map      string  `json:"map,omitempty"`    // the sitemap of an index that the validators are for
	Missed   int     `json:"missed,omitempty"` // entries that rolled over unseen, estimated, in all
	MovedOff string  `json:"moved,omitempty"`  // the move that the operators were told of

	Page *page.Past `json:"page,omitempty"` // of a watched page
}

// episode is one kind of trouble from its beginning to its end.
type episode struct {
	State string `json:"state,omitempty"`
	Polls int    `json:"polls,omitempty"`
	Since int64  `json:"since,omitempty"`
	Text  string `json:"text,omitempty"`
	Told  bool   `json:"told,omitempty"`
}

func recall(text string) (m memory) {
	_ = json.Unmarshal([]byte(text), &m) // what cannot be read is forgotten
	return m
}

func (m memory) String() string {
	b, err := json.Marshal(m)
	if err != nil {
		return "" // numbers and strings
	}
	return string(b)
}

// step brings an episode up to date with what a poll found and returns what the
// operators are to be told: one line when a trouble lasts, one when it is over.
func (e *episode) step(source string, t trouble, now time.Time) (lines []string) {
	if e.State != "" && e.State != t.state {
		if e.Told {
			lines = append(lines, fmt.Sprintf("%s is no longer %s, after %s.", source, e.State, span(now.Sub(time.Unix(e.Since, 0)))))
		}
		*e = episode{}
	}
	if t.state == "" {
		return lines
	}
	if e.State == "" {
		e.State, e.Since = t.state, now.Unix()
	}
	e.Text = t.text
	if e.Polls++; e.Polls >= t.after && !e.Told {
		e.Told = true
		lines = append(lines, fmt.Sprintf("%s is %s: %s", source, t.state, t.text))
	}
	return lines
}

// span is a length of time for people, in one unit.
func span(d time.Duration) string {
	switch {
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", max(int(d.Minutes()), 1))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// sick records that a source does not answer. One that asks us to go is told of
// at once, one that refuses us when it does so twice, one that may only be slow
// after three polls.
func (m *Monitor) sick(done *store.Polled, mem memory, src news.Source, err error) {
	t := trouble{"failing", done.Err, 3}
	var fe *fetch.Error
	switch {
	case done.Gone:
		t.state, t.after = "gone", 1
	case !errors.As(err, &fe) || fe.Lasting: // what answers is no feed, or has no items
		t.after = 2
	}
	m.tell(done, mem.Failing.step(src.Name, t, done.At))
	done.Memory = mem.String()
}

// well records what a source that answered is like.
func (m *Monitor) well(done *store.Polled, mem memory, src news.Source, p store.Poll, l listing) {
	m.tell(done, mem.Failing.step(src.Name, trouble{}, done.At))
	t := mem.look(src, p, l, done)
	m.tell(done, mem.Content.step(src.Name, t, done.At))
	if mem.Content.Polls >= t.after {
		done.State, done.Trouble = t.state, t.text
	}
	if done.Moved != "" && done.Moved != mem.MovedOff {
		mem.MovedOff = done.Moved
		m.o.Log.Warn("source has moved", "source", src.Name, "to", fetch.Redact(done.Moved))
		m.tell(done, []string{fmt.Sprintf("%s has moved for good, to %s: it is polled there; write the new address into the config.",
			src.Name, fetch.Redact(done.Moved))})
	}
	done.Memory = mem.String()
}

// tell puts lines into the notice that the poll's transaction records.
func (m *Monitor) tell(done *store.Polled, lines []string) {
	if len(lines) == 0 {
		return
	}
	s := m.Setup()
	n := &done.Notice
	n.To, n.At, n.Lines = s.Operators, done.At.Add(m.gather), append(n.Lines, lines...)
	if s.Zone != nil {
		n.Zone = s.Zone.String()
	}
	for _, line := range lines {
		m.o.Log.Warn("source", "notice", line)
	}
}

// look says what is wrong with a source that answered, the worst first, and
// remembers its rhythm.
func (m *memory) look(src news.Source, p store.Poll, l listing, done *store.Polled) trouble {
	switch {
	case src.Kind == news.Watch: // it lists nothing, and may stay as it is for months
		return trouble{}
	case l.response.NotModified:
		return m.unchanged(done.At)
	}
	m.learn(l.entries)
	m.TTL = int64(min(l.ttl, slowest).Seconds())
	n := len(l.entries)
	switch {
	case n == 0 && !p.First && !p.Empty:
		return trouble{isEmpty, "it lists nothing any more, though it once did; look at it in a browser", 2}
	case l.cut:
		return trouble{isCut, fmt.Sprintf("it ends in the middle, after %d whole entries; what follows is not seen", n), 2}
	}
	if n := fresh(done); n > flood && !p.First {
		return trouble{isFlood, fmt.Sprintf("it lists %d entries at once that were not there before and claim to be new; look at it in a browser: it may have dated its archive anew", n), 1}
	}
	if t := m.rolledOver(src, p, l, done.At); t.state != "" {
		return t
	}
	switch {
	case l.garbled:
		return trouble{isGarbled, "many of its characters cannot be read: it is not in the encoding that it claims", 2}
	case l.capped:
		return trouble{isCapped, fmt.Sprintf("it is longer than what is read of a feed, %d entries", n), 2}
	case n >= 3 && m.Newest == 0 && src.Kind != news.Page && src.Kind != news.Watch:
		return trouble{isUndated, "its entries carry no dates: they are dated by when they are first seen", 2}
	}
	return m.silence(done.At)
}

// flood is how many new entries at once are more than an outlet writes in the
// days that count as news.
const flood = 300

// fresh counts the articles of a poll that are news.
func fresh(done *store.Polled) (n int) {
	for _, a := range done.Articles {
		if a.Known == 0 && !a.Article.Quiet {
			n++
		}
	}
	return n
}

// unchanged is what is wrong with a source that has not changed since it was
// last read: what was, but nothing rolled over, and it may have fallen silent.
func (m *memory) unchanged(now time.Time) trouble {
	if t := m.silence(now); t.state != "" {
		return t
	}
	switch c := m.Content; c.State {
	case "", isMissed, isFlood, isSilent:
		return trouble{}
	default:
		return trouble{c.State, c.Text, 2}
	}
}

// rolledOver says whether a list holds nothing that was there at the last poll,
// and estimates what came and went in between.
func (m *memory) rolledOver(src news.Source, p store.Poll, l listing, now time.Time) trouble {
	n := len(l.entries)
	if p.First || p.Empty || n == 0 || l.known > 0 || p.LastSuccess.IsZero() {
		return trouble{}
	}
	missed, known := unseen(l.entries, p.LastSuccess)
	if known && missed == 0 {
		return trouble{} // another list than before, yet without a gap
	}
	m.Missed += missed
	how := "how many is not known, since they carry no dates"
	if known {
		how = fmt.Sprintf("about %d of them", missed)
	}
	what := "it is polled sooner from now on"
	if src.Every > 0 || src.Schedule != "" {
		what = "poll it more often, or leave out its every and schedule"
	}
	return trouble{isMissed, fmt.Sprintf("its whole list changed within the %s since the last poll, so entries came and went unseen, %s; %s",
		span(now.Sub(p.LastSuccess)), how, what), 1}
}

// unseen estimates how many entries were published after since and have left
// the list already, at the pace of those that are in it. It says false when the
// dates tell nothing.
func unseen(entries []news.Entry, since time.Time) (int, bool) {
	at := dates(entries)
	if len(at) < 2 {
		return 0, false
	}
	newest, oldest := at[0], at[len(at)-1]
	if !oldest.After(since) || !newest.After(oldest) {
		return 0, true
	}
	return int(oldest.Sub(since).Seconds() / newest.Sub(oldest).Seconds() * float64(len(at)-1)), true
}

const (
	// A source is silent when nothing came for so many times its longest usual
	// pause, and never within a day and a half: weekends are no trouble.
	silentFactor = 3
	silentLeast  = 36 * time.Hour
)

func (m *memory) silence(now time.Time) trouble {
	if m.Pause == 0 || m.Newest == 0 {
		return trouble{}
	}
	quiet := now.Sub(time.Unix(m.Newest, 0))
	usual := time.Duration(m.Pause) * time.Second
	if quiet < max(silentFactor*usual, silentLeast) {
		return trouble{}
	}
	return trouble{isSilent, fmt.Sprintf("nothing new for %s; it never paused for longer than %s before", span(quiet), span(usual)), 1}
}

// learn takes the rhythm from the dates of a list.
func (m *memory) learn(entries []news.Entry) {
	const enough = 6 // entries, before their pauses say anything
	at := dates(entries)
	if len(at) == 0 {
		return
	}
	m.Newest = max(m.Newest, at[0].Unix())
	if m.Window = int64(at[0].Sub(at[len(at)-1]).Seconds()); len(at) < enough {
		return
	}
	longest := time.Duration(0)
	for i := 1; i < len(at); i++ {
		longest = max(longest, at[i-1].Sub(at[i]))
	}
	m.Pause = int64(longest.Seconds())
}

// dates are the dates of a list, newest first.
func dates(entries []news.Entry) []time.Time {
	var at []time.Time
	for _, e := range entries {
		if !e.Published.IsZero() {
			at = append(at, e.Published)
		}
	}
	slices.SortFunc(at, func(a, b time.Time) int { return b.Compare(a) })
	return at
}
