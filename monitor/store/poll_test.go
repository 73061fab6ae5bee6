package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
)

func aNewSourceIsDueAtOnce(t *testing.T, b bench) {
	b.sync(feed("A"), feed("B"))
	polls := b.duePolls("a.example", t0)
	equal(t, polls, []store.Poll{{Source: "A", First: true}})
	states := must[[]news.SourceState](t)(b.Sources(t.Context()))
	equal(t, states, []news.SourceState{
		{Source: "A", Kind: news.Feed, URL: "https://a.example/feed", State: "new", NextPoll: t0},
		{Source: "B", Kind: news.Feed, URL: "https://b.example/feed", State: "new", NextPoll: t0},
	})
}

func aChangedSourceLosesItsValidators(t *testing.T, b bench) {
	a := feed("A")
	b.sync(a)
	p := b.polled("A", news.Reading{}, entry("1"))
	p.ETag, p.LastModified, p.Interval = `"1"`, "yesterday", time.Minute
	ok(t, b.RecordPoll(t.Context(), p))
	b.sync(a) // the same
	if polls := b.duePolls("a.example", t0); len(polls) != 0 {
		t.Errorf("an unchanged source is due again: %+v", polls)
	}
	a.Items = "article.post"
	b.sync(a)
	polls := b.duePolls("a.example", t0)
	equal(t, polls, []store.Poll{{Source: "A", LastSuccess: t0, Interval: time.Minute}})
	if n := b.poll("A", news.Reading{}, entry("1")); n != 0 {
		t.Errorf("%d articles of a changed source are new again", n)
	}
}

func aRemovedSourceIsKeptAndNotPolled(t *testing.T, b bench) {
	b.sync(feed("A"), feed("B"))
	b.poll("A", news.Reading{}, entry("1"))
	b.sync(feed("B"))
	later := t0.Add(24 * time.Hour)
	if polls := b.duePolls("a.example", later); len(polls) != 0 {
		t.Errorf("a removed source is due: %+v", polls)
	}
	if states := must[[]news.SourceState](t)(b.Sources(t.Context())); len(states) != 1 {
		t.Errorf("sources = %+v, want B only", states)
	}
	// A poll that was under way when the config changed does not bring it back.
	b.poll("A", news.Reading{}, entry("1"))
	ok(t, b.RecordPoll(t.Context(), store.Polled{Source: "A", At: t0, Next: t0, Err: "503"}))
	if polls := b.duePolls("a.example", later); len(polls) != 0 {
		t.Errorf("a removed source is due: %+v", polls)
	}
	b.sync(feed("A"), feed("B"))
	polls := b.duePolls("a.example", t0)
	if len(polls) != 1 || polls[0].First {
		t.Errorf("a source that came back: %+v, want due and with its history", polls)
	}
}

func aFailedPollChangesNothingButTheFailure(t *testing.T, b bench) {
	b.sync(feed("A"))
	p := b.polled("A", news.Reading{}, entry("1"))
	p.ETag, p.Interval = `"1"`, 10*time.Minute
	ok(t, b.RecordPoll(t.Context(), p))
	fail := store.Polled{Source: "A", At: t0.Add(time.Hour), Next: t0.Add(2 * time.Hour), Err: "fetch: 503"}
	ok(t, b.RecordPoll(t.Context(), fail))
	ok(t, b.RecordPoll(t.Context(), fail))
	st := must[[]news.SourceState](t)(b.Sources(t.Context()))[0]
	equal(t, st, news.SourceState{
		Source: "A", Kind: news.Feed, URL: "https://a.example/feed", State: "failing",
		LastPoll: t0.Add(time.Hour), LastSuccess: t0, NextPoll: t0.Add(2 * time.Hour), Articles: 1, Failures: 2, Error: "fetch: 503",
	})
	polls := b.duePolls("a.example", t0.Add(2*time.Hour))
	equal(t, polls, []store.Poll{{Source: "A", ETag: `"1"`, LastSuccess: t0, Failures: 2, Interval: 10 * time.Minute}})
	b.poll("A", news.Reading{})
	if st := must[[]news.SourceState](t)(b.Sources(t.Context()))[0]; st.State != "ok" || st.Failures != 0 || st.Error != "" {
		t.Errorf("after a success: %+v", st)
	}
}

func aGoneSourceIsNotPolledAgain(t *testing.T, b bench) {
	b.sync(feed("A"))
	ok(t, b.RecordPoll(t.Context(), store.Polled{Source: "A", At: t0, Next: t0.Add(time.Hour), Err: "410", Gone: true}))
	b.sync(feed("A"))
	if polls := b.duePolls("a.example", t0.AddDate(1, 0, 0)); len(polls) != 0 {
		t.Errorf("a gone source is due: %+v", polls)
	}
	moved := feed("A")
	moved.URL = "https://a.example/rss"
	b.sync(moved)
	if polls := b.duePolls("a.example", t0); len(polls) != 1 {
		t.Error("a gone source with another URL is not due")
	}
}

func aNoticeIsPartOfThePoll(t *testing.T, b bench) {
	b.sync(feed("A"))
	ok(t, b.RecordPoll(t.Context(), store.Polled{
		Source: "A", At: t0, Next: t0, Err: "404", Memory: `{"x":1}`,
		Notice: store.Notice{To: "slack:#operators", Lines: []string{"A is failing"}, At: t0, Zone: "UTC"},
	}))
	polls := b.duePolls("a.example", t0)
	equal(t, polls, []store.Poll{{Source: "A", First: true, Empty: true, Failures: 1, Memory: `{"x":1}`}})
	equal(t, b.waiting("slack:#operators"), []string{"A is failing"})
	ok(t, b.RecordPoll(t.Context(), store.Polled{Source: "A", At: t0, Next: t0, State: "silent", Trouble: "nothing new"}))
	st := must[[]news.SourceState](t)(b.Sources(t.Context()))[0]
	if st.State != "silent" || st.Error != "nothing new" || st.Failures != 0 {
		t.Errorf("state %+v", st)
	}
}

func noticesThatWaitAreOne(t *testing.T, b bench) {
	b.sync(feed("A"), feed("B"))
	notice := func(source string, lines ...string) {
		ok(t, b.RecordPoll(t.Context(), store.Polled{
			Source: source, At: t0, Next: t0,
			Notice: store.Notice{To: "slack:#operators", Lines: lines, At: t0.Add(time.Minute)},
		}))
	}
	notice("A", "one")
	notice("B", "two", "three")
	if d, due, err := b.Next(t.Context(), "slack:#operators", t0); err != nil || due || !d.DueAt.Equal(t0.Add(time.Minute)) {
		t.Errorf("%+v, due %v, %v: want it a minute later", d, due, err)
	}
	equal(t, b.waiting("slack:#operators"), []string{"one", "two", "three"})
	notice("A", "four") // the one before is being sent
	equal(t, b.waiting("slack:#operators"), []string{"four"})
}

// waiting claims what waits for a channel and returns its lines.
func (b bench) waiting(ch news.Channel) []string {
	b.t.Helper()
	later := t0.Add(time.Hour)
	d, due, err := b.Next(b.t.Context(), ch, later)
	if err != nil || !due || d.Kind != news.NoticeDelivery {
		b.t.Fatalf("%+v, due %v, %v: want a notice", d, due, err)
	}
	if d, _, err = b.Claim(b.t.Context(), d.ID, nil, later); err != nil {
		b.t.Fatal(err)
	}
	var m news.Digest
	ok(b.t, json.Unmarshal(d.Payload, &m))
	return m.Messages
}

func aMovedSourceBelongsToItsNewHost(t *testing.T, b bench) {
	b.sync(feed("A"))
	ok(t, b.RecordPoll(t.Context(), store.Polled{Source: "A", At: t0, Next: t0, Moved: "https://new.example/feed"}))
	polls := b.duePolls("new.example", t0)
	equal(t, polls, []store.Poll{{Source: "A", Empty: true, Moved: "https://new.example/feed", LastSuccess: t0}})
}

func aPollIsRecordedWhole(t *testing.T, b bench) {
	b.sync(feed("A"))
	p := b.polled("A", matched("anti-tank"), entry("1"), entry("2"))
	p.Articles[1].ReadHost = "pages.example"
	p.ETag, p.LastModified, p.Interval = `W/"x"`, "Sun, 01 Nov 2026 07:00:00 GMT", 20*time.Minute
	ok(t, b.RecordPoll(t.Context(), p))
	next := b.duePolls("a.example", t0.Add(time.Hour))
	equal(t, next, []store.Poll{{Source: "A", ETag: `W/"x"`, LastModified: p.LastModified, LastSuccess: t0, Interval: 20 * time.Minute}})
	waiting := must[[]store.Stored](t)(b.Ungrouped(t.Context(), 10))
	if len(waiting) != 1 {
		t.Fatalf("%d articles wait for grouping, want 1", len(waiting))
	}
	got := waiting[0].Article
	equal(t, got, news.Article{
		ID: got.ID, Source: "A", GUID: "guid-1", URL: "https://a.example/news/1", Title: entry("1").Title,
		Text: "Text of 1", Published: t0.Add(-time.Hour), FirstSeen: t0,
	})
	equal(t, waiting[0].Reading, matched("anti-tank"))
	reads := must[[]store.PendingRead](t)(b.PendingReads(t.Context(), "pages.example", t0, 10))
	if len(reads) != 1 || reads[0].Article.GUID != "guid-2" {
		t.Errorf("pending reads = %+v", reads)
	}
	left := must[store.Backlog](t)(b.Backlog(t.Context(), t0))
	equal(t, left, store.Backlog{Reads: 1, Ungrouped: 1, Jobs: 1})
}

// A poll whose last article cannot be stored must not leave the first, its
// names or the validators.
func aPollThatCannotBeRecordedLeavesNothing(t *testing.T, b bench) {
	b.sync(feed("A"))
	p := b.polled("A", matched("anti-tank"), entry("1"), entry("2"))
	p.ETag = `"new"`
	p.Articles[0].Article.ID = 7
	p.Articles[1].Article.ID = 7
	if err := b.RecordPoll(t.Context(), p); err == nil || !strings.Contains(err.Error(), "record poll of A") {
		t.Fatalf("two articles of one id: error %v", err)
	}
	left := must[store.Backlog](t)(b.Backlog(t.Context(), t0))
	equal(t, left, store.Backlog{Polls: 1})
	if polls := b.duePolls("a.example", t0); !polls[0].First || polls[0].ETag != "" {
		t.Errorf("after a failed record: %+v", polls)
	}
	if n := b.poll("A", matched("anti-tank"), entry("1"), entry("2")); n != 2 {
		t.Errorf("%d articles are new on the next poll, want 2: names were left behind", n)
	}
}

func aNotModifiedPollKeepsWhatItIsGiven(t *testing.T, b bench) {
	b.sync(feed("A"))
	p := b.polled("A", news.Reading{}, entry("1"))
	p.ETag = `"1"`
	ok(t, b.RecordPoll(t.Context(), p))
	ok(t, b.RecordPoll(t.Context(), store.Polled{Source: "A", At: t0.Add(time.Hour), Next: t0.Add(2 * time.Hour), ETag: `"1"`}))
	st := must[[]news.SourceState](t)(b.Sources(t.Context()))[0]
	if st.Articles != 1 || st.LastSuccess != t0.Add(time.Hour) || st.NextPoll != t0.Add(2*time.Hour) {
		t.Errorf("after 304: %+v", st)
	}
	if polls := b.duePolls("a.example", t0.Add(2*time.Hour)); polls[0].Empty || polls[0].ETag != `"1"` {
		t.Errorf("after 304: %+v", polls)
	}
}

func badTextIsStoredWithItsOffsets(t *testing.T, b bench) {
	b.sync(feed("A"))
	e := entry("1")
	e.Title, e.Content, e.GUID = "Korn\x00et \xff missiles", "a\x00b\xf0\x9f", "g\x00\xfe"
	b.poll("A", matched("x"), e)
	got := must[[]store.Stored](t)(b.Ungrouped(t.Context(), 10))[0].Article
	if got.Title != "Korn et ? missiles" || got.Text != "a b??" {
		t.Errorf("title %q, text %q", got.Title, got.Text)
	}
	if n := b.poll("A", matched("x"), e); n != 0 {
		t.Error("the same bad entry is new again")
	}
}

func aTeaserWaitsForItsPage(t *testing.T, b bench) {
	b.sync(feed("A"))
	p := b.polled("A", news.Reading{}, entry("1"))
	p.Articles[0].ReadHost = "a.example"
	ok(t, b.RecordPoll(t.Context(), p))
	reads := must[[]store.PendingRead](t)(b.PendingReads(t.Context(), "a.example", t0, 10))
	a := reads[0].Article

	later := t0.Add(time.Minute)
	ok(t, b.RecordRead(t.Context(), store.ReadDone{Stored: store.Stored{Article: a}, At: t0, Err: "503", Retry: later}))
	if n := len(must[[]store.PendingRead](t)(b.PendingReads(t.Context(), "a.example", t0, 10))); n != 0 {
		t.Errorf("%d reads pending before the retry", n)
	}
	reads = must[[]store.PendingRead](t)(b.PendingReads(t.Context(), "a.example", later, 10))
	if len(reads) != 1 || reads[0].Attempts != 1 {
		t.Fatalf("reads at the retry: %+v", reads)
	}
	// An edit meanwhile does not lose the pending read.
	e := entry("1")
	e.Title = "Correction: " + e.Title
	b.poll("A", matched("anti-tank"), e)
	if n := len(must[[]store.Stored](t)(b.Ungrouped(t.Context(), 10))); n != 0 {
		t.Errorf("%d articles to group while the page is unread", n)
	}
	a.Title, a.Text, a.Canonical = e.Title, "The whole text", "https://www.a.example/news/1-kornet"
	done := store.ReadDone{Stored: store.Stored{Article: a, Reading: matched("anti-tank")}, At: later}
	ok(t, b.RecordRead(t.Context(), done))
	waiting := must[[]store.Stored](t)(b.Ungrouped(t.Context(), 10))
	if len(waiting) != 1 || waiting[0].Article.Text != "The whole text" {
		t.Fatalf("to group after the read: %+v", waiting)
	}
	done.Article.Text = "again"
	ok(t, b.RecordRead(t.Context(), done)) // not pending any more
	if got := must[[]store.Stored](t)(b.Ungrouped(t.Context(), 10))[0].Article.Text; got != "The whole text" {
		t.Errorf("a second read changed the text to %q", got)
	}
	tr := must[[]store.Trail](t)(b.Explain(t.Context(), "http://a.example/news/1-kornet"))
	if len(tr) != 1 || tr[0].ReadState != "page" || !tr[0].Matched {
		t.Errorf("trail by canonical URL: %+v", tr)
	}
}

func aFailedReadStandsAsTheFeedGaveIt(t *testing.T, b bench) {
	b.sync(feed("A"))
	p := b.polled("A", news.Reading{}, entry("1"))
	p.Articles[0].ReadHost = "a.example"
	ok(t, b.RecordPoll(t.Context(), p))
	a := must[[]store.PendingRead](t)(b.PendingReads(t.Context(), "a.example", t0, 10))[0].Article
	ok(t, b.RecordRead(t.Context(), store.ReadDone{Stored: store.Stored{Article: a, Reading: matched("x")}, At: t0, Err: "404"}))
	if n := len(must[[]store.Stored](t)(b.Ungrouped(t.Context(), 10))); n != 1 {
		t.Errorf("%d articles to group, want 1", n)
	}
	tr := must[[]store.Trail](t)(b.Explain(t.Context(), a.URL))[0]
	if tr.ReadState != "failed" || tr.ReadError != "404" {
		t.Errorf("trail: %s %q", tr.ReadState, tr.ReadError)
	}
}

func theArchiveIsReadInParts(t *testing.T, b bench) {
	b.sync(feed("A"))
	var entries []news.Entry
	for i := range 1203 { // more than two pages
		e := entry(fmt.Sprint(i))
		e.Published = t0.Add(time.Duration(i) * time.Minute)
		entries = append(entries, e)
	}
	b.poll("A", news.Reading{}, entries...)
	read := func(from, to time.Time) (n int) {
		last := news.ArticleID(0)
		ok(t, b.EachArticle(t.Context(), from, to, func(a news.Article, _ news.Reading) error {
			if a.ID <= last || a.Text == "" || a.Published.Before(from) || a.Published.After(to) {
				t.Errorf("article %d of %s after %d", a.ID, a.Published, last)
			}
			last = a.ID
			n++
			return nil
		}))
		equal(t, must[int64](t)(b.CountArticles(t.Context(), from, to)), int64(n))
		return n
	}
	equal(t, read(t0, t0.AddDate(0, 0, 1)), 1203)
	equal(t, read(t0, t0.Add(599*time.Minute)), 600)
	equal(t, read(t0.AddDate(1, 0, 0), t0.AddDate(2, 0, 0)), 0)
	stop := errors.New("stop")
	if err := b.EachArticle(t.Context(), t0, t0.AddDate(0, 0, 1), func(news.Article, news.Reading) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
}

func whatAPageLeadsToIsStoredOnce(t *testing.T, b bench) {
	b.sync(feed("A"))
	p := b.polled("A", news.Reading{}, entry("1"), entry("2"))
	p.Articles[0].ReadHost, p.Articles[1].ReadHost = "a.example", "a.example"
	ok(t, b.RecordPoll(t.Context(), p))
	linked := store.Stored{Article: news.Article{URL: "https://b.example/report.pdf"}, ReadHost: "b.example"}
	for _, r := range must[[]store.PendingRead](t)(b.PendingReads(t.Context(), "a.example", t0, 10)) {
		ok(t, b.RecordRead(t.Context(), store.ReadDone{
			Stored: store.Stored{Article: r.Article}, At: t0, Linked: []store.Stored{linked, linked},
		}))
	}
	reads := must[[]store.PendingRead](t)(b.PendingReads(t.Context(), "b.example", t0, 10))
	if len(reads) != 1 || reads[0].Article.Source != "A" || reads[0].Article.ID == 0 {
		t.Errorf("%d reads wait at the other host, want 1: %+v", len(reads), reads)
	}
}
