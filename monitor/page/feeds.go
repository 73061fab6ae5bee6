package page

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/armswatch/armswatch/monitor/decode/markup"
)

// FeedLink is a feed that a page speaks of.
type FeedLink struct {
	URL      string
	Title    string // as the page names it; may be empty
	Declared bool   // by <link rel="alternate">; else by a link for readers
}

// maxFeeds is how many feeds of a page are listed; blogs declare one for each
// category.
const maxFeeds = 10

// Feeds lists the feeds that a page declares, then those it links to for its
// readers, each once, in the order of the page.
func Feeds(body []byte, s Source) ([]FeedLink, error) {
	doc, err := parse(body, s.ContentType)
	if err != nil {
		return nil, err
	}
	base := markup.Base(doc, s.URL)
	var declared, linked []FeedLink
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		var f FeedLink
		f.URL, _, _ = strings.Cut(markup.Resolve(base, markup.Attr(n, "href")), "#")
		switch {
		case f.URL == "":
		case n.DataAtom == atom.Link && feedType(n):
			f.Title, f.Declared = markup.Clean(markup.Attr(n, "title")), true
			declared = append(declared, f)
		case n.DataAtom == atom.A && feedAddress(f.URL):
			f.Title = markup.Line(n)
			linked = append(linked, f)
		}
	}
	var out []FeedLink
	for _, f := range slices.Concat(declared, linked) {
		known := slices.ContainsFunc(out, func(o FeedLink) bool { return o.URL == f.URL })
		if !known && len(out) < maxFeeds {
			out = append(out, f)
		}
	}
	return out, nil
}

// feedType says whether a link element declares a feed (HTML, "alternate").
func feedType(n *html.Node) bool {
	rel := strings.Fields(strings.ToLower(markup.Attr(n, "rel")))
	kind, _, _ := strings.Cut(strings.ToLower(markup.Attr(n, "type")), ";")
	switch strings.TrimSpace(kind) {
	case "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "text/xml", "application/xml":
		return slices.Contains(rel, "alternate") || slices.Contains(rel, "feed")
	}
	return slices.Contains(rel, "feed")
}

// feedAddress says whether an address looks like a feed's.
func feedAddress(url string) bool {
	path, _, _ := strings.Cut(strings.ToLower(url), "?")
	path = strings.TrimRight(path, "/")
	for _, end := range []string{"/feed", "/rss", "/atom", ".rss", ".atom", "rss.xml", "feed.xml", "atom.xml", "feed.json", "rss2.0"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}
