package feed

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	ext "github.com/mmcdole/gofeed/extensions"

	"github.com/armswatch/armswatch/monitor/decode/date"
	"github.com/armswatch/armswatch/monitor/decode/markup"
	"github.com/armswatch/armswatch/monitor/news"
)

// maxAge is how old an entry may say it is; feeds hold years like 0001 and 1925.
const maxAge = 10 * 365 * 24 * time.Hour

// feed makes ours of gofeed's. Entries that say nothing are entries all the
// same: whether they are of use is for others to say.
func (r *reader) feed(f *gofeed.Feed, doc *document) *Feed {
	out := &Feed{Title: line(f.Title), Entries: make([]news.Entry, 0, len(f.Items))}
	for i, it := range f.Items {
		own := item{base: r.base, lang: f.Language}
		if len(doc.items) == len(f.Items) {
			own = doc.items[i].or(own)
		}
		out.Entries = append(out.Entries, r.entry(it, own))
	}
	return out
}

func (i item) or(other item) item {
	if i.base == nil {
		i.base = other.base
	}
	i.lang = cmp.Or(i.lang, other.lang)
	return i
}

func minutes(s string) time.Duration {
	const most = 7 * 24 * 60
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || n != n || n < 0 {
		return 0
	}
	return time.Duration(min(n, most) * float64(time.Minute))
}

func (r *reader) entry(it *gofeed.Item, own item) news.Entry {
	e := news.Entry{
		GUID:    strings.TrimSpace(cmp.Or(it.GUID, own.about)),
		Title:   line(cmp.Or(it.Title, mediaText(it.Extensions, "title"))),
		Lang:    strings.TrimSpace(own.lang),
		Summary: plain(cmp.Or(it.Description, mediaText(it.Extensions, "description"))),
		Content: plain(cmp.Or(it.Content, it.Custom[fullText])),
		URL:     link(it, own.base),
	}
	for _, a := range it.Authors {
		if a != nil && e.Author == "" {
			e.Author, _, _ = strings.Cut(line(cmp.Or(a.Name, a.Email)), " <") // and an address
		}
	}
	e.Published = r.date(it.PublishedParsed, append([]string{it.Published}, dates(it, "issued", "created", "date")...)...)
	e.Updated = r.date(it.UpdatedParsed, append([]string{it.Updated}, dates(it, "modified", "updated")...)...)
	if e.Published.IsZero() {
		e.Published = e.Updated
	}
	return e
}

// link is where an entry leads: feedburner's original before its redirect, then
// the link, then a GUID that is a URL.
func link(it *gofeed.Item, base *url.URL) string {
	candidates := append([]string{extension(it.Extensions, "feedburner", "origLink"), it.Link}, it.Links...)
	if strings.HasPrefix(it.GUID, "http://") || strings.HasPrefix(it.GUID, "https://") {
		candidates = append(candidates, it.GUID)
	}
	for _, c := range candidates {
		if c = strings.TrimSpace(c); c == "" {
			continue
		}
		if u := markup.Resolve(base, c); u != "" {
			return u
		}
	}
	return ""
}

func extension(e ext.Extensions, space, name string) string {
	for _, x := range e[space][name] {
		if v := strings.TrimSpace(x.Value); v != "" {
			return v
		}
	}
	return ""
}

// mediaText is what Media RSS says of a video, often the only text.
func mediaText(e ext.Extensions, name string) string {
	if e["media"] == nil {
		return ""
	}
	if v := extension(e, "media", name); v != "" {
		return v
	}
	for _, g := range e["media"]["group"] {
		for _, x := range g.Children[name] {
			if v := strings.TrimSpace(x.Value); v != "" {
				return v
			}
		}
	}
	return ""
}

// dates are the dates that an item gives in Dublin Core's words.
func dates(it *gofeed.Item, names ...string) []string {
	if len(it.Extensions) == 0 {
		return nil
	}
	var list []string
	for _, n := range names {
		list = append(list, extension(it.Extensions, "dcterms", n), extension(it.Extensions, "dc", n))
	}
	if it.DublinCoreExt != nil {
		list = append(list, it.DublinCoreExt.Date...)
	}
	return list
}

// date reads the first of texts that is a date. Ours reads more zones and
// month names than gofeed does, so gofeed's own reading comes last.
func (r *reader) date(parsed *time.Time, texts ...string) time.Time {
	for _, t := range texts {
		if t == "" {
			continue
		}
		if at, ok := date.Parse(line(t), date.Options{}); ok {
			return r.clamp(at)
		}
	}
	if parsed != nil {
		return r.clamp(*parsed)
	}
	return time.Time{}
}

// clamp keeps dates between ten years ago and now.
func (r *reader) clamp(at time.Time) time.Time {
	if r.o.Now.IsZero() {
		return at.UTC()
	}
	if at.After(r.o.Now) {
		return r.o.Now.UTC()
	}
	if oldest := r.o.Now.Add(-maxAge); at.Before(oldest) {
		return oldest.UTC()
	}
	return at.UTC()
}
