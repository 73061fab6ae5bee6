// Package feed turns the bytes of a feed into entries: RSS, RDF, Atom, JSON
// Feed and news sitemaps.
//
// It promises that a feed which any reader can read is read: bytes are decoded
// first, faults of the XML repaired, a feed that was cut off keeps its whole
// entries, and what was repaired is said in [Feed.Warnings]. What is no feed is
// an [*Error] that says what it is instead. No input makes it slow or deep: the
// parser, gofeed, sees only what a first pass over the tags has made well
// formed, shallow and small. It is pure: no clock, network or disk.
package feed

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/rss"
	"golang.org/x/text/encoding/charmap"

	"github.com/armswatch/armswatch/monitor/decode"
	"github.com/armswatch/armswatch/monitor/news"
)

// MaxEntries is how many entries of a feed are read, the first ones; real feeds
// carry up to a few hundred. Of a sitemap it is the newest.
const MaxEntries = 5000

// Options say where a feed came from. All are optional.
type Options struct {
	URL         string    // final URL; relative links stand on it
	ContentType string    // as the server gave it
	Now         time.Time // when it was fetched: no entry is younger, or more than ten years older; zero: no limit
}

// Feed is what a feed says.
type Feed struct {
	Title    string
	Entries  []news.Entry  // in the order of the feed; a sitemap's newest first
	TTL      time.Duration // how long the feed says it may be kept; 0 when it does not
	Maps     []Map         // of a sitemap index, in place of entries: newest first
	Warnings []string      // what was wrong and repaired, one line each
	More     bool          // there are more entries than were read
	Cut      bool          // the feed ended before its end: the next poll may bring more
	Garbled  bool          // its text is not in the encoding that it claims
}

// Error says why bytes are no feed.
type Error struct {
	Msg string // what it is instead
	Fix string // what to do about it; may be empty
}

func (e *Error) Error() string {
	if e.Fix == "" {
		return "no feed: " + e.Msg
	}
	return "no feed: " + e.Msg + "; " + e.Fix
}

// Parse reads a feed. What is no feed is an [*Error].
func Parse(body []byte, o Options) (*Feed, error) {
	text, _ := decode.XML(body, o.ContentType)
	r := &reader{o: o, base: &url.URL{}}
	if u, err := url.Parse(o.URL); err == nil {
		r.base = u
	}
	text = bytes.TrimLeft(text, " \t\r\n\ufeff\x00")
	if len(text) == 0 {
		return nil, &Error{"the answer is empty", "look at the address in a browser"}
	}
	r.checkText(text)
	var f *Feed
	var err error
	if text[0] == '{' || text[0] == '[' {
		f, err = r.json(text)
	} else {
		f, err = r.xml(text)
	}
	if err != nil {
		return nil, err
	}
	f.Warnings, f.Garbled = r.warnings, r.garbled
	return f, nil
}

// reader carries what the readers of one feed share.
type reader struct {
	o        Options
	base     *url.URL
	warnings []string
	garbled  bool
}

func (r *reader) warn(format string, args ...any) {
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}

// garbledShare is how many replacement characters make a text garbled: one in
// so many bytes. One or two in a feed are one editor's mishap.
const garbledShare = 2000

func (r *reader) checkText(text []byte) {
	n := bytes.Count(text, []byte(string(utf8.RuneError)))
	if n > 2 && n > len(text)/garbledShare {
		r.garbled = true
		r.warn("%d characters cannot be read in the encoding that the feed claims", n)
	}
}

func (r *reader) xml(text []byte) (*Feed, error) {
	doc, err := tidy(r.withoutControls(text), r.base)
	if err != nil {
		return nil, err
	}
	switch {
	case doc.cut:
		r.warn("the feed is cut off after %d whole entries", len(doc.items))
	case doc.more:
		r.warn("the feed is longer than %d entries; the first ones are read", len(doc.items))
	case doc.fixed:
		r.warn("the markup of the feed was put right")
	}
	var f *Feed
	switch doc.root {
	case "urlset":
		f, err = r.sitemap(doc), nil
	case "sitemapindex":
		f, err = r.sitemapIndex(doc), nil
	default:
		f, err = r.parse(doc)
	}
	if err != nil {
		return nil, &Error{"it cannot be read as RSS or Atom: " + oneLine(err.Error()), "please report it with the file"}
	}
	f.Cut, f.More = doc.cut, doc.more || f.More
	return f, nil
}

// withoutControls replaces the characters that XML 1.0 does not have, and those
// between U+0080 and U+009F by what they are in windows-1252, which is what their
// writers meant.
func (r *reader) withoutControls(text []byte) []byte {
	if !hasControl(text) {
		return text
	}
	r.warn("control characters in the text")
	return bytes.Map(func(c rune) rune {
		switch {
		case control(c):
			return ' '
		case c >= 0x80 && c < 0xa0:
			return charmap.Windows1252.DecodeByte(byte(c))
		}
		return c
	}, text)
}

func hasControl(text []byte) bool {
	for i, c := range text {
		switch {
		case c < 0x20 && c != '\t' && c != '\n' && c != '\r':
			return true
		case c == 0xc2 && i+1 < len(text) && text[i+1] < 0xa0:
			return true
		case c == 0xef && i+2 < len(text) && text[i+1] == 0xbf && text[i+2] >= 0xbe:
			return true
		}
	}
	return false
}

// The translators do not look for pictures, which would parse all HTML.
var (
	rssTranslator  = gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	atomTranslator = gofeed.DefaultAtomTranslator{}
)

// parse hands a tidy document to gofeed.
func (r *reader) parse(doc *document) (*Feed, error) {
	if doc.root == "feed" {
		f, err := (&atom.Parser{}).Parse(bytes.NewReader(doc.text))
		if err != nil {
			return nil, err
		}
		g, err := atomTranslator.Translate(f)
		if err != nil {
			return nil, err
		}
		return r.feed(g, doc), nil
	}
	if doc.root == "channel" { // RSS 0.9 without its root
		doc.text = bytes.Join([][]byte{[]byte("<rss>"), doc.text, []byte("</rss>")}, nil)
	}
	f, err := (&rss.Parser{}).Parse(bytes.NewReader(doc.text))
	if err != nil {
		return nil, err
	}
	g, err := rssTranslator.Translate(f)
	if err != nil {
		return nil, err
	}
	out := r.feed(g, doc)
	out.TTL = minutes(f.TTL)
	return out, nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
