package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/armswatch/armswatch/monitor/news"
)

func TestURLKey(t *testing.T) {
	const want = "a.example/news/1"
	for _, u := range []string{
		"https://a.example/news/1", "http://a.example/news/1", "https://www.a.example/news/1", "https://A.Example/news/1/",
		"https://a.example:443/news/1", "http://a.example:80/news/1#comments", "https://a.example./news/1",
		"https://a.example/news/1?utm_source=rss&utm_medium=feed", "https://a.example/news/1?fbclid=x&gclid=y&mc_cid=z&ref=home&cmpid=1",
		" https://a.example/news/1 ", "https://a.example/news/1?", "https://a.example/news/1?at_medium=RSS",
	} {
		if got := urlKey(u); got != want {
			t.Errorf("urlKey(%q) = %q, want %q", u, got, want)
		}
	}
	for _, u := range []string{
		"", "https://a.example", "https://www.a.example/", "http://a.example/?utm_source=x", "mailto:x@y", "/news/1",
		"ftp://a.example/x", "https://%zz", "news/1",
	} {
		if got := urlKey(u); got != "" {
			t.Errorf("urlKey(%q) = %q, want none: it names no article", u, got)
		}
	}
	differ := []string{
		"https://a.example/news/2", "https://b.example/news/1", "https://a.example/news/1?id=2", "https://a.example/news/1?id=3",
		"https://a.example/News/1", "https://a.example:8080/news/1", "https://m.a.example/news/1", "https://a.example/news/1#!/x",
	}
	seen := map[string]string{want: "the first"}
	for _, u := range differ {
		if other, ok := seen[urlKey(u)]; ok {
			t.Errorf("%s and %s have one key", u, other)
		}
		seen[urlKey(u)] = u
	}
	if a, b := urlKey("https://a.example/?b=2&a=1"), urlKey("https://a.example?a=1&b=2"); a != b || a == "" {
		t.Errorf("the order of parameters matters: %q and %q", a, b)
	}
}

func TestTitleKey(t *testing.T) {
	day := time.Date(2026, 11, 1, 23, 30, 0, 0, time.UTC)
	long, short := "Inspectors find 17 missiles in camp", "Morning briefing"
	tests := []struct {
		a, b news.Entry
		same bool
	}{
		{news.Entry{Title: long, Published: day}, news.Entry{Title: "INSPECTORS find “17” missiles — in camp!", Published: day.Add(-time.Hour)}, true},
		{news.Entry{Title: long, Published: day}, news.Entry{Title: long, Published: day.Add(time.Hour)}, false},
		{news.Entry{Title: long, Published: day}, news.Entry{Title: long}, false},
		{news.Entry{Title: long}, news.Entry{Title: long}, true},
		{news.Entry{Title: short, Published: day}, news.Entry{Title: short, Published: day.Add(-8 * time.Hour)}, false},
		{news.Entry{Title: short, Published: day}, news.Entry{Title: short, Published: day}, true},
		{news.Entry{Title: "Ракеты найдены", Published: day}, news.Entry{Title: "ракеты найдены!", Published: day}, true},
	}
	for _, tt := range tests {
		if got := titleKey(tt.a) == titleKey(tt.b); got != tt.same {
			t.Errorf("%q %s and %q %s: same = %v, want %v", tt.a.Title, tt.a.Published, tt.b.Title, tt.b.Published, got, tt.same)
		}
	}
	for _, e := range []news.Entry{{}, {Title: "!?"}, {Title: short}, {Title: "four words are few"}} {
		if got := titleKey(e); got != "" {
			t.Errorf("titleKey(%+v) = %q, want none", e, got)
		}
	}
}

func TestPathOf(t *testing.T) {
	for guid, want := range map[string]string{
		"http://old.example/?p=12": "?p=12", "https://new.example?p=12": "?p=12", "https://a.example/x/1/": "/x/1?",
		"tag:a.example,2005:1": "", "17": "", "https://a.example/": "", "": "", "urn:uuid:1": "",
	} {
		if got := pathOf(guid); got != want {
			t.Errorf("pathOf(%q) = %q, want %q", guid, got, want)
		}
	}
}

func TestLongKeysStayApart(t *testing.T) {
	a, b := strings.Repeat("é", 5000)+"a", strings.Repeat("é", 5000)+"b"
	if short(a) == short(b) || len(short(a)) > 500 {
		t.Errorf("keys of %d and %d bytes", len(short(a)), len(short(b)))
	}
}

// A memory judges polls as the store does, without a database.
type memory struct {
	stored   map[key]holder
	articles map[news.ArticleID]news.Article
	last     news.ArticleID
}

func newMemory() *memory {
	return &memory{stored: map[key]holder{}, articles: map[news.ArticleID]news.Article{}}
}

// poll returns the article of each entry.
func (m *memory) poll(entries ...news.Entry) []news.ArticleID {
	l := &listing{entries: entries, stored: m.stored, articles: m.articles}
	for _, e := range entries {
		l.names = append(l.names, namesOf("A", e))
	}
	out := make([]news.ArticleID, len(entries))
	taken := map[key]news.ArticleID{}
	for i, v := range l.judge() {
		for _, k := range v.spoiled {
			m.stored[k] = 0
		}
		out[i] = v.known
		for _, k := range v.keys {
			if id := taken[k]; id != 0 && out[i] == 0 {
				out[i] = id
			}
		}
		if out[i] == 0 {
			m.last++
			out[i] = m.last
			e := entries[i]
			m.articles[m.last] = news.Article{ID: m.last, Source: "A", GUID: e.GUID, URL: e.URL, Title: e.Title, Published: e.Published}
		}
		for _, k := range v.keys {
			taken[k] = out[i]
		}
	}
	for k, id := range taken {
		if _, there := m.stored[k]; !there {
			m.stored[k] = id
		}
	}
	return out
}

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func TestAGUIDThatContradictsAllElseIsNotBelieved(t *testing.T) {
	m := newMemory()
	one := news.Entry{GUID: "latest", URL: "https://a.example/1", Title: "One thing happened in the camp", Published: noon}
	two := news.Entry{GUID: "latest", URL: "https://a.example/2", Title: "Another thing happened at sea", Published: noon.AddDate(0, 0, 1)}
	a, b := m.poll(one)[0], m.poll(two)[0]
	if a == b {
		t.Error("a feed of one item and one GUID swallows every article but the first")
	}
	edited := two
	edited.Title, edited.URL = "Another thing happened at sea, twice", "https://a.example/2-twice"
	if m.poll(two)[0] != b {
		t.Error("the same entry is new again")
	}
	n := newMemory()
	two.GUID, edited.GUID = "2", "2"
	if n.poll(two)[0] != n.poll(edited)[0] {
		t.Error("an edited title with its URL makes a new article")
	}
}

// Whatever a feed does to GUIDs, links and order, as long as one honest name of
// an article stays, it is that article; and two articles are never one.
func TestArticlesAreNeitherDoubledNorSwallowed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMemory()
		truth := map[int]news.ArticleID{}
		entry := func(n int) news.Entry {
			return news.Entry{
				GUID: fmt.Sprint("id-", n), URL: fmt.Sprintf("https://a.example/news/%d", n),
				Title: fmt.Sprintf("Inspectors find missiles in camp number %d", n), Published: noon.Add(time.Duration(n) * time.Minute),
			}
		}
		newest := 0
		for range rapid.IntRange(2, 8).Draw(t, "polls") {
			newest += rapid.IntRange(0, 4).Draw(t, "new")
			first := max(0, newest-rapid.IntRange(0, 12).Draw(t, "listed"))
			style := rapid.SampledFrom([]string{
				"plain", "http", "tracking", "no guid", "new guids", "one guid", "positions", "one link",
				"new links", "edited",
			}).Draw(t, "style")
			numbers := []int{}
			for n := first; n < newest; n++ {
				numbers = append(numbers, n)
			}
			numbers = rapid.Permutation(numbers).Draw(t, "order")
			if style == "one link" && len(numbers) < 2 {
				style = "plain" // one entry whose URL we know and whose title is new has been edited, for all we can tell
			}
			var entries []news.Entry
			for i, n := range numbers {
				entries = append(entries, restyle(entry(n), style, i))
			}
			for i, id := range m.poll(entries...) {
				n := numbers[i]
				if was, ok := truth[n]; ok && was != id {
					t.Fatalf("%s: article %d was %d and is %d now: %+v", style, n, was, id, entries[i])
				}
				truth[n] = id
			}
			owner := map[news.ArticleID]int{}
			for n, id := range truth {
				if other, ok := owner[id]; ok {
					t.Fatalf("%s: articles %d and %d are one: %d", style, n, other, id)
				}
				owner[id] = n
			}
		}
	})
}

func restyle(e news.Entry, style string, position int) news.Entry {
	switch style {
	case "http":
		e.URL = strings.Replace(e.URL, "https", "http", 1)
	case "tracking":
		e.URL += "/?utm_source=rss#top"
	case "no guid":
		e.GUID = ""
	case "new guids":
		e.GUID = "urn:" + e.GUID
	case "one guid":
		e.GUID = "1"
	case "positions":
		e.GUID = fmt.Sprint("https://a.example/#", position)
	case "one link":
		e.URL = "https://a.example/news"
	case "new links":
		e.URL += "-moved"
	case "edited":
		e.Title = "Update: " + e.Title
	}
	return e
}
