package page

import (
	"net/url"
	"testing"
	"time"
)

// FuzzList feeds pages to the three that read one for its links. What they give
// must be of use: absolute web addresses, each once, and suggestions that List
// accepts as a config's.
func FuzzList(f *testing.F) {
	f.Add([]byte(`<main><ul><li><a href="/news/1-stinger-missiles-found">Stinger missiles found in depot</a> <time datetime="2015-12-08">8 Dec</time><li><a href="/news/2-kornet-seized-at-border">Kornet seized at the border</a></ul>`), "li", "a", "/news/*")
	f.Add([]byte(`<base href="https://b.example/x/"><link rel=alternate type=application/rss+xml href=feed><article><h2><a href=a>b</a></h2></article><article><h2><a href=c>d</a></h2></article>`), "article h2", "", "")
	f.Add([]byte(`<table><tr><td><a href="?id=1">Opinion 1</a><tr><td><a href="?id=2">Opinion 2</a><tr><td><a href="mailto:x">y</a></table>`), "", "", "*id=*")
	f.Fuzz(func(t *testing.T, body []byte, items, link, pattern string) {
		body = body[:min(len(body), 4000)]
		now := time.Date(2015, 12, 8, 12, 0, 0, 0, time.UTC)
		const at = "https://news.example/list"
		found, err := Suggest(body, Source{URL: at, Now: now})
		if err == nil && len(found) == 0 {
			t.Error("Suggest found nothing and said nothing")
		}
		listings := []Listing{{Items: items, Link: link, Pattern: pattern}}
		for _, s := range found {
			if err := CheckSelector(s.Items); err != nil {
				t.Errorf("Suggest gave items %q: %v", s.Items, err)
			}
			listings = append(listings, Listing{Items: s.Items, Link: s.Link})
		}
		for i, l := range listings {
			l.URL, l.Now = at, now
			entries, err := List(body, l)
			if err == nil && len(entries) == 0 || err != nil && i > 0 {
				t.Errorf("List(%+v): %d entries, %v", l, len(entries), err)
			}
			seen := map[string]bool{}
			for _, e := range entries {
				u, err := url.Parse(e.URL)
				if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || seen[e.URL] || e.Title == "" {
					t.Errorf("List(%+v): entry %+v", l, e)
				}
				seen[e.URL] = true
			}
		}
		links, _ := Feeds(body, Source{URL: at})
		for _, l := range links {
			if u, err := url.Parse(l.URL); err != nil || u.Host == "" {
				t.Errorf("Feeds: %+v", l)
			}
		}
	})
}
