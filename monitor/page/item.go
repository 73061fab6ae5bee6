package page

import (
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/armswatch/armswatch/monitor/decode/date"
	"github.com/armswatch/armswatch/monitor/decode/markup"
	"github.com/armswatch/armswatch/monitor/news"
)

const (
	maxTitle   = 500   // bytes; a longer one is cut
	maxSummary = 2_000 // bytes; a longer one is cut
)

// itemReader reads one item of a list after the other.
type itemReader struct {
	*compiled
	base  *url.URL
	dates date.Options
}

func (r *itemReader) entry(item *html.Node, n *counts) (news.Entry, bool) {
	link := r.linkOf(item)
	if link == nil {
		return news.Entry{}, false
	}
	n.linked++
	e := news.Entry{URL: markup.Resolve(r.base, markup.Attr(link, "href")), Title: r.titleOf(item, link)}
	if e.Title == "" {
		return news.Entry{}, false
	}
	n.titled++
	e.Published = r.dateOf(item, e.URL)
	e.Summary = summary(item, e.Title)
	return e, true
}

// linkOf is the link an item stands for. By convention: the item itself, the
// link of its heading, else its link with the most text.
func (r *itemReader) linkOf(item *html.Node) *html.Node {
	if r.link != nil {
		n := r.link.first(item)
		if n != nil && !r.leads(n) { // the selector took what surrounds the link
			n = r.longest(n)
		}
		return n
	}
	if r.leads(item) {
		return item
	}
	for d := range item.Descendants() {
		if isHeading(d) {
			if a := r.longest(d); a != nil {
				return a
			}
			if a := ancestorLink(d, item); a != nil && r.leads(a) {
				return a
			}
		}
	}
	if a := r.longest(item); a != nil {
		return a
	}
	if a := ancestorLink(item, nil); a != nil && r.leads(a) { // the whole item stands in a link
		return a
	}
	return nil
}

func (r *itemReader) leads(n *html.Node) bool {
	return n.DataAtom == atom.A && markup.Resolve(r.base, markup.Attr(n, "href")) != ""
}

// longest is the link below n with the most text, the first of equals. Links
// to lists of a subject or an author are passed over while others are there.
func (r *itemReader) longest(n *html.Node) *html.Node {
	var best *html.Node
	most := -1
	for d := range n.Descendants() {
		if !r.leads(d) {
			continue
		}
		size := utf8.RuneCountInString(linkText(d))
		if rel := markup.Attr(d, "rel"); strings.Contains(rel, "tag") || rel == "author" {
			size = 0
		}
		if size > most {
			best, most = d, size
		}
	}
	return best
}

// ancestorLink is the link around n, looking no higher than top.
func ancestorLink(n, top *html.Node) *html.Node {
	for p := n.Parent; p != nil && p != top; p = p.Parent {
		if p.DataAtom == atom.A {
			return p
		}
	}
	return nil
}

func isHeading(n *html.Node) bool {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return n.Type == html.ElementNode && markup.Attr(n, "role") == "heading"
}

// titleOf is the title of an item: by convention its heading, else the words
// of its link, unless these only invite to read on.
func (r *itemReader) titleOf(item, link *html.Node) string {
	if r.title != nil {
		if n := r.title.first(item); n != nil {
			return cut(linkText(n), maxTitle)
		}
		return ""
	}
	if t := headingWithin(link); t != "" {
		return cut(t, maxTitle)
	}
	text := linkText(link)
	if t := headingWithin(item); t != "" && (isInvitation(text) || len(text) > maxTitle || ancestorHeading(link, item)) {
		return cut(t, maxTitle)
	}
	if isInvitation(text) {
		text = firstNonEmpty(markup.Clean(markup.Attr(link, "aria-label")), markup.Clean(markup.Attr(link, "title")))
		if isInvitation(text) {
			text = longestLine(item)
		}
	}
	return cut(text, maxTitle)
}

func ancestorHeading(n, top *html.Node) bool {
	for p := n.Parent; p != nil && p != top; p = p.Parent {
		if isHeading(p) {
			return true
		}
	}
	return false
}

func headingWithin(n *html.Node) string {
	for d := range n.Descendants() {
		if isHeading(d) {
			if t := markup.Line(d); t != "" {
				return t
			}
		}
	}
	return ""
}

// linkText is what a link says: its text, else its label, title or picture.
func linkText(n *html.Node) string {
	if t := markup.Line(n); t != "" {
		return t
	}
	for _, key := range []string{"aria-label", "title"} {
		if t := markup.Clean(markup.Attr(n, key)); t != "" {
			return t
		}
	}
	for d := range n.Descendants() {
		if d.DataAtom == atom.Img {
			if t := markup.Clean(markup.Attr(d, "alt")); t != "" {
				return t
			}
		}
	}
	return ""
}

// isInvitation says whether words name no article but invite to read one.
func isInvitation(s string) bool {
	s = strings.ToLower(strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }))
	switch s {
	case "", "read more", "more", "read", "continue reading", "full story", "read full story", "learn more", "view", "view more",
		"details", "download", "pdf", "download pdf", "here", "click here", "link", "see more", "read the release", "full text",
		"mehr", "weiterlesen", "mehr lesen", "lire la suite", "en savoir plus", "lire", "leer más", "ver más", "leggi tutto",
		"leggi", "saiba mais", "lees meer", "czytaj więcej", "подробнее", "читать далее", "devamı", "read article", "read report", "print":
		return true
	}
	return strings.HasPrefix(s, "read more ") && len(s) < 20
}

func longestLine(n *html.Node) string {
	best := ""
	for _, l := range markup.Lines(n) {
		if len(l) > len(best) {
			best = l
		}
	}
	return best
}

// dateOf is when an item was published; zero when it does not say.
func (r *itemReader) dateOf(item *html.Node, address string) time.Time {
	if r.date != nil {
		if n := r.date.first(item); n != nil {
			if t, ok := r.dateIn(n); ok {
				return t
			}
		}
		return time.Time{}
	}
	for _, looksDated := range []func(*html.Node) bool{isTime, namedDate} {
		for d := range item.Descendants() {
			if d.Type == html.ElementNode && looksDated(d) {
				if t, ok := r.dateIn(d); ok {
					return t
				}
			}
		}
	}
	if t, ok := r.dateAround(item); ok {
		return t
	}
	t, _ := date.OfURL(address, r.dates)
	return t
}

func isTime(n *html.Node) bool {
	return n.DataAtom == atom.Time || strings.EqualFold(markup.Attr(n, "itemprop"), "datePublished")
}

func namedDate(n *html.Node) bool {
	name := strings.ToLower(markup.Attr(n, "class") + " " + markup.Attr(n, "id"))
	return strings.Contains(name, "date") || strings.Contains(name, "time") || strings.Contains(name, "publish") || strings.Contains(name, "datum")
}

func (r *itemReader) dateIn(n *html.Node) (time.Time, bool) {
	for _, key := range []string{"datetime", "content", "data-timestamp", "data-date", "title"} {
		if v := markup.Attr(n, key); v != "" {
			if t, ok := date.Parse(v, r.dates); ok {
				return t, true
			}
		}
	}
	line := markup.Line(n)
	if t, ok := date.Find(line, r.dates); ok {
		return t, true
	}
	return date.Parse(line, r.dates)
}

// dateAround looks for a date in the lines of an item, and, for one that is a
// bare link, in the line it stands in.
func (r *itemReader) dateAround(item *html.Node) (time.Time, bool) {
	lines := markup.Lines(item)
	if item.DataAtom == atom.A && item.Parent != nil {
		if around := markup.Line(item.Parent); len(around) < 400 {
			lines = append(lines, around)
		}
	}
	const most = 12 // lines; a date further down belongs to something else
	for i, line := range lines {
		if i == most {
			break
		}
		if t, ok := date.Find(line, r.dates); ok {
			return t, true
		}
	}
	for i, line := range lines {
		if len(line) <= 24 && i < most && strings.ContainsFunc(line, unicode.IsDigit) {
			if t, ok := date.Parse(line, r.dates); ok { // "12/05/26", "3 hours ago"
				return t, true
			}
		}
	}
	return time.Time{}, false
}

// summary is the first paragraph of an item that is not its title.
func summary(item *html.Node, title string) string {
	if item.DataAtom == atom.A && markup.First(item, atom.P) == nil {
		return ""
	}
	const least = 40 // bytes; shorter lines are dates, tags and names
	for _, line := range markup.Lines(item) {
		if len(line) >= least && line != title && !strings.HasPrefix(title, line) && !strings.Contains(line, title) {
			return cut(line, maxSummary)
		}
	}
	return ""
}

// cut shortens a text to a number of bytes, at a space where one is near.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	s = s[:most]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	if i := strings.LastIndexByte(s, ' '); i > most-50 {
		s = s[:i]
	}
	return s + "…"
}

func firstNonEmpty(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
