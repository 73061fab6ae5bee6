package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
)

func nothingOldIsNew(t *testing.T, b bench) {
	b.sync(feed("A"))
	first := []news.Entry{entry("1"), entry("2"), entry("3")}
	if n := b.poll("A", news.Reading{}, first...); n != 3 {
		t.Fatalf("%d new on the first poll, want 3", n)
	}
	with := func(f func(*news.Entry)) []news.Entry {
		out := make([]news.Entry, len(first))
		for i, e := range first {
			f(&e)
			out[i] = e
		}
		return out
	}
	for _, step := range []struct {
		name    string
		entries []news.Entry
	}{
		{"the same", first},
		{"reordered", []news.Entry{first[2], first[0], first[1]}},
		{"http", with(func(e *news.Entry) { e.URL = strings.Replace(e.URL, "https", "http", 1) })},
		{"guids changed", with(func(e *news.Entry) { e.GUID = "urn:uuid:" + e.GUID })},
		{"guids gone", with(func(e *news.Entry) { e.GUID = "" })},
		{"tracking", with(func(e *news.Entry) { e.GUID, e.URL = "", e.URL+"/?utm_source=rss&fbclid=1#top" })},
		{"guid is a URL", with(func(e *news.Entry) { e.GUID = "http://a.example/?p=" + e.GUID })},
		{"site moved", with(func(e *news.Entry) {
			e.GUID, e.URL = "https://new.example/?p="+e.GUID, "https://new.example/x/"+e.GUID
		})},
		{"links changed", with(func(e *news.Entry) { e.GUID, e.URL = "", e.URL+"/amp" })},
		{"left", nil},
		{"returned", first},
		{"edited", with(func(e *news.Entry) { e.Title = "Update: " + e.Title })},
	} {
		if n := b.poll("A", news.Reading{}, step.entries...); n != 0 {
			t.Errorf("%s: %d new, want 0", step.name, n)
		}
	}
	if n := b.poll("A", news.Reading{}, append(first, entry("4"))...); n != 1 {
		t.Errorf("a really new entry: %d new, want 1", n)
	}
}

func reusedGUIDsSwallowNothing(t *testing.T, b bench) {
	b.sync(feed("A"))
	same := func(from, to int) (list []news.Entry) {
		for i := from; i < to; i++ {
			e := entry(fmt.Sprint(i))
			e.GUID = "1"
			list = append(list, e)
		}
		return list
	}
	if n := b.poll("A", news.Reading{}, same(0, 3)...); n != 3 {
		t.Errorf("three entries of one GUID: %d new, want 3", n)
	}
	if n := b.poll("A", news.Reading{}, same(0, 3)...); n != 0 {
		t.Errorf("the same again: %d new, want 0", n)
	}
	// One of them alone in a later poll: the GUID stays out of it.
	for i := 3; i < 6; i++ {
		if n := b.poll("A", news.Reading{}, same(i, i+1)...); n != 1 {
			t.Errorf("entry %d with the old GUID: %d new, want 1", i, n)
		}
	}
	// GUIDs that are positions in the list.
	b.sync(feed("B"))
	position := func(numbers ...string) (list []news.Entry) {
		for i, n := range numbers {
			e := entry("b" + n)
			e.GUID = fmt.Sprint("https://b.example/#", i)
			list = append(list, e)
		}
		return list
	}
	for i, step := range [][]string{{"2", "1"}, {"3", "2"}, {"4", "3"}, {"5", "4", "3"}} {
		want := 1
		if i == 0 {
			want = 2
		}
		if n := b.poll("B", news.Reading{}, position(step...)...); n != want {
			t.Errorf("positional GUIDs, poll %d: %d new, want %d", i, n, want)
		}
	}
}

func twoSourcesOfOneURLAreOneArticle(t *testing.T, b bench) {
	b.sync(feed("A"), feed("B"))
	// Both are identified before either is recorded, as two visits do.
	pa := b.polled("A", matched("x"), entry("1"))
	pb := b.polled("B", matched("x"), entry("1"), entry("2"))
	ok(t, b.RecordPoll(t.Context(), pa))
	ok(t, b.RecordPoll(t.Context(), pb))
	if n := len(must[[]store.Stored](t)(b.Ungrouped(t.Context(), 10))); n != 2 {
		t.Errorf("%d articles, want 2", n)
	}
}

func anEntryTwiceInAPollIsOneArticle(t *testing.T, b bench) {
	b.sync(feed("A"))
	b.poll("A", matched("x"), entry("1"), entry("2"), entry("1"))
	if n := len(must[[]store.Stored](t)(b.Ungrouped(t.Context(), 10))); n != 2 {
		t.Errorf("%d articles, want 2", n)
	}
	if n := b.poll("A", matched("x"), entry("1"), entry("2"), entry("1")); n != 0 {
		t.Errorf("%d new the second time", n)
	}
}

func anEditIsKept(t *testing.T, b bench) {
	b.sync(feed("A"))
	e := entry("1")
	b.poll("A", news.Reading{}, e)
	old := e.Title
	e.Title = "Correction: " + e.Title
	b.poll("A", matched("x"), e) // it matches now
	b.poll("A", matched("x"), e)
	waiting := must[[]store.Stored](t)(b.Ungrouped(t.Context(), 10))
	if len(waiting) != 1 || waiting[0].Article.Title != e.Title {
		t.Fatalf("to group: %+v", waiting)
	}
	for range 3 { // a headline that flaps
		e.Title = old
		b.poll("A", matched("x"), e)
		e.Title = "Correction: " + old
		b.poll("A", matched("x"), e)
	}
	tr := must[[]store.Trail](t)(b.Explain(t.Context(), e.URL))
	if len(tr) != 1 || len(tr[0].Revisions) != 2 {
		t.Fatalf("trails: %+v", tr)
	}
	if r := (store.Revision{At: t0, Title: old, Text: e.Content}); !slices.Contains(tr[0].Revisions, r) {
		t.Errorf("revisions %+v, want the first title among them", tr[0].Revisions)
	}
}

func aNamelessEntryIsKnownByItsContent(t *testing.T, b bench) {
	b.sync(feed("A"))
	list := []news.Entry{{Title: "Brief", Content: "One"}, {Title: "Brief", Content: "Two"}, {Content: "Three"}}
	if n := b.poll("A", news.Reading{}, list...); n != 3 {
		t.Errorf("%d new, want 3", n)
	}
	if n := b.poll("A", news.Reading{}, list...); n != 0 {
		t.Errorf("%d new the second time, want 0", n)
	}
	// Everything shared but the content.
	b.sync(feed("B"))
	var same []news.Entry
	for i := range 4 {
		same = append(same, news.Entry{GUID: "x", URL: "https://b.example/news", Title: fmt.Sprint("Note ", i), Content: fmt.Sprint(i)})
	}
	for i, want := range []int{4, 0, 0} {
		if n := b.poll("B", news.Reading{}, same...); n != want {
			t.Errorf("poll %d: %d new, want %d", i, n, want)
		}
	}
	one := []news.Entry{{GUID: "x", URL: "https://b.example/news", Title: "Note 9", Content: "9", Published: t0.Add(time.Minute)}}
	if n := b.poll("B", news.Reading{}, one...); n != 1 {
		t.Errorf("one more: %d new, want 1", n)
	}
}
