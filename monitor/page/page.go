// Package page reads web pages that are no feeds: a listing page becomes
// entries ([List]), a page whose text is watched becomes lines and what was
// added to them ([Watch], [Compare]), and a page nobody has described yet
// becomes suggestions of how to read it ([Suggest], [Feeds]).
//
// It promises that a selector which finds nothing is an error, never an empty
// list: an outlet that changes its layout is a source that broke, not one that
// fell silent. The package is pure: no clock, no network, no disk.
package page

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/armswatch/armswatch/monitor/decode"
	"github.com/armswatch/armswatch/monitor/decode/date"
	"github.com/armswatch/armswatch/monitor/decode/markup"
	"github.com/armswatch/armswatch/monitor/news"
)

// maxEntries is the most entries taken from one page, the first of them. The
// longest list met has 455.
const maxEntries = 1_000

// Listing says how a listing page is read. Only URL is required.
type Listing struct {
	// Items selects one item of the list. Empty: the likeliest list of the
	// page, as Suggest finds it.
	Items string
	// Title, Link and Date select within an item. Empty: the heading, its
	// link or else the item's longest, and <time> or else a date in the text.
	Title, Link, Date string
	// Pattern keeps only items whose URL fits: "/news/*", where * stands for
	// any characters. One that begins with / is compared with path and query,
	// any other with the whole URL.
	Pattern string

	URL         string // of the page; relative links stand on it
	ContentType string // as the server gave it
	Now         time.Time
}

// ErrNothing is wrapped by the error for a selector or pattern that finds
// nothing on the page.
var ErrNothing = errors.New("matches nothing on the page")

// List reads the entries of a listing page, in the order of the page, each URL
// once. Errors: a [*SelectorError] for what is no CSS, one that wraps
// [ErrNothing] when the page holds no such items, a [*WallError] when it is a
// login page or the like, and one that wraps markup.ErrRefused for a page
// beyond the limits.
func List(body []byte, l Listing) ([]news.Entry, error) {
	c, err := compile(l)
	if err != nil {
		return nil, err
	}
	doc, err := parse(body, l.ContentType)
	if err != nil {
		return nil, err
	}
	if c.items == nil {
		if err := c.likeliest(doc, l); err != nil {
			return nil, err
		}
	}
	entries, counts := c.entries(doc, l)
	if len(entries) > 0 {
		return entries, nil
	}
	if wall := markup.FindWall(doc); wall != markup.NoWall {
		return nil, &WallError{Wall: wall}
	}
	return nil, counts.err(l)
}

// WallError says that something else stands in front of the page.
type WallError struct {
	Wall markup.Wall
}

func (e *WallError) Error() string {
	return fmt.Sprintf("read page: the site shows %s instead of the page", e.Wall)
}

func parse(body []byte, contentType string) (*html.Node, error) {
	text, _ := decode.HTML(body, contentType)
	return markup.Parse(text)
}

// counts say how far items came, for the error when none arrived.
type counts struct {
	items, linked, titled int
}

func (n counts) err(l Listing) error {
	switch {
	case n.items == 0:
		return fmt.Errorf("read listing: items: %q %w", l.Items, ErrNothing)
	case n.linked == 0 && l.Link != "":
		return fmt.Errorf("read listing: link: %q %w within the %d items: it must select an <a href>", l.Link, ErrNothing, n.items)
	case n.linked == 0:
		return fmt.Errorf("read listing: items: %q selects %d elements, but none holds a link: select what surrounds the link (%w)", l.Items, n.items, ErrNothing)
	case n.titled == 0 && l.Title != "":
		return fmt.Errorf("read listing: title: %q %w within the %d items", l.Title, ErrNothing, n.items)
	case n.titled == 0:
		return fmt.Errorf("read listing: none of the %d items has a title: name a title selector (%w)", n.items, ErrNothing)
	default:
		return fmt.Errorf("read listing: pattern: %q fits none of the %d links (%w)", l.Pattern, n.linked, ErrNothing)
	}
}

func (c *compiled) entries(doc *html.Node, l Listing) ([]news.Entry, counts) {
	r := itemReader{compiled: c, base: markup.Base(doc, l.URL), dates: dateOptions(doc, l.URL, l.Now)}
	lang := ""
	if n := markup.First(doc, atom.Html); n != nil {
		lang = markup.Attr(n, "lang")
	}
	var n counts
	var out []news.Entry
	seen := map[string]bool{}
	for _, item := range c.items.all(doc) {
		n.items++
		e, ok := r.entry(item, &n)
		if !ok || seen[e.URL] || !c.fits(e.URL) {
			continue
		}
		seen[e.URL] = true
		e.Lang = lang
		if out = append(out, e); len(out) == maxEntries {
			break
		}
	}
	return out, n
}

// dateOptions are how dates of a page are read, from its language and host.
func dateOptions(doc *html.Node, pageURL string, now time.Time) date.Options {
	lang := ""
	if n := markup.First(doc, atom.Html); n != nil {
		lang = markup.Attr(n, "lang")
	}
	return date.Options{Now: now, MonthFirst: date.MonthFirst(lang, pageURL), Zone: date.Zone(pageURL)}
}
