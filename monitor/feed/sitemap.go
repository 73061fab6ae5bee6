package feed

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"slices"
	"strings"
	"time"

	"github.com/armswatch/armswatch/monitor/decode/markup"
	"github.com/armswatch/armswatch/monitor/news"
)

// Map is one sitemap of a sitemap index.
type Map struct {
	URL     string
	Updated time.Time // zero when the index does not say
}

// mapURL is one url of a sitemap, with what a news sitemap adds.
type mapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod"`
	News    struct {
		Title       string `xml:"title"`
		Published   string `xml:"publication_date"`
		Publication struct {
			Language string `xml:"language"`
		} `xml:"publication"`
	} `xml:"news"`
}

// sitemap reads a urlset, url by url, and keeps the newest.
func (r *reader) sitemap(doc *document) *Feed {
	out := &Feed{}
	each(doc, "url", func(u mapURL) {
		if e := r.mapped(u); e.URL != "" {
			out.Entries = append(out.Entries, e)
		}
	})
	slices.SortStableFunc(out.Entries, func(a, b news.Entry) int { return b.Published.Compare(a.Published) })
	if n := len(out.Entries); n > MaxEntries {
		out.Entries = slices.Clip(out.Entries[:MaxEntries])
		r.warn("the sitemap lists %d pages; the newest %d are read", n, MaxEntries)
		out.More = true
	}
	return out
}

func (r *reader) mapped(u mapURL) news.Entry {
	loc := strings.TrimSpace(u.Loc)
	e := news.Entry{
		URL: markup.Resolve(r.base, loc), GUID: loc, Title: line(u.News.Title),
		Lang: strings.TrimSpace(u.News.Publication.Language),
	}
	e.Published = r.date(nil, u.News.Published, u.LastMod)
	e.Updated = r.date(nil, u.LastMod)
	return e
}

// sitemapIndex lists the sitemaps of an index, the newest first: by their date,
// else those for news, else by their names, since archives are numbered.
func (r *reader) sitemapIndex(doc *document) *Feed {
	out := &Feed{}
	each(doc, "sitemap", func(u mapURL) {
		if m := (Map{URL: markup.Resolve(r.base, u.Loc), Updated: r.date(nil, u.LastMod)}); m.URL != "" {
			out.Maps = append(out.Maps, m)
		}
	})
	slices.SortStableFunc(out.Maps, func(a, b Map) int {
		return cmp.Or(b.Updated.Compare(a.Updated), newsFirst(a.URL, b.URL),
			cmp.Compare(len(b.URL), len(a.URL)), strings.Compare(b.URL, a.URL))
	})
	return out
}

func newsFirst(a, b string) int {
	inA, inB := strings.Contains(a, "news"), strings.Contains(b, "news")
	switch {
	case inA == inB:
		return 0
	case inA:
		return -1
	}
	return 1
}

// each decodes the elements of one name, one at a time.
func each(doc *document, name string, do func(mapURL)) {
	d := xml.NewDecoder(bytes.NewReader(doc.text))
	d.Strict = false
	for {
		t, err := d.Token()
		if err != nil {
			return // the document is tidy: this is its end
		}
		start, ok := t.(xml.StartElement)
		if !ok || !strings.EqualFold(start.Name.Local, name) {
			continue
		}
		var u mapURL
		if d.DecodeElement(&u, &start) == nil {
			do(u)
		}
	}
}
