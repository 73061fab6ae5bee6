// Package extract reads an article out of its web page: text, title, authors,
// date, canonical address, language.
//
// The text is found by readability, the way a browser's reader view finds it,
// on a page from which menus, captions, share bars and the like were taken, or
// by a selector that the source's config gives. Where that finds much less than
// the page itself marks as the article's body, the marked body is taken. What
// invites to read elsewhere is then dropped line by line. What describes the
// article is read from the headline, JSON-LD, OpenGraph and other meta elements,
// bylines, the time element and the address, in that order of belief.
//
// A page that is a login, a consent or a robot check is an error, and so is one
// that the markup guard refuses. The package is pure: no clock, network or disk.
package extract

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	readability "codeberg.org/readeck/go-readability/v2"
	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"github.com/armswatch/armswatch/monitor/decode"
	"github.com/armswatch/armswatch/monitor/decode/markup"
)

// Options say where a page came from. All are optional.
type Options struct {
	URL         string // final URL; relative links stand on it
	ContentType string // as the server gave it
	Selector    string // CSS; overrides the search for the text
	Now         time.Time
}

// Page is what a page says of its article.
type Page struct {
	Text      string // plain text, a line for each paragraph
	Title     string
	Authors   []string
	Published time.Time // zero when unknown
	Canonical string    // absolute; "" when unknown or the site's front page
	Lang      string    // ISO 639-1; "" when unknown
	Reports   []string  // absolute addresses of PDFs that the article links to, the first few
}

// ErrNoText is wrapped by the error for a page without an article's text.
var ErrNoText = errors.New("no article text on the page")

// Read reads a page. Its errors wrap [ErrNoText] or markup.ErrRefused, or name
// the wall in front of the page. With [ErrNoText] comes what the page says of
// its article all the same.
func Read(body []byte, o Options) (*Page, error) {
	decoded, _ := decode.HTML(body, o.ContentType)
	doc, err := markup.Parse(decoded)
	if err != nil {
		return nil, err
	}
	if wall := markup.FindWall(doc); wall != markup.NoWall {
		return nil, fmt.Errorf("read article: the page is %s", wall)
	}
	base := markup.Base(doc, o.URL)
	p, facts := describe(doc, base, o)
	blocks, err := textOf(doc, base, facts, o)
	if err != nil {
		return p, err
	}
	p.Text = strings.Join(tidy(blocks, p, o), "\n")
	if p.Text == "" {
		return p, fmt.Errorf("read article: %w", ErrNoText)
	}
	if p.Lang == "" {
		p.Lang = Language(p.Title + "\n" + p.Text)
	}
	return p, nil
}

// textOf finds the text. It uses the page up.
func textOf(doc *html.Node, base *url.URL, f *facts, o Options) ([]block, error) {
	if o.Selector != "" {
		return selected(doc, o.Selector)
	}
	prune(doc)
	page := paragraphs(doc)
	var marked []block
	if n := container(doc); n != nil {
		marked = blocksOf(n)
	}
	found := readable(doc, base)
	for _, other := range [][]block{marked, f.linked.inLinked()} {
		if long(found)*2 < long(other) {
			found = other
		}
	}
	if len(found) == 0 {
		found = marked
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("read article: %w", ErrNoText)
	}
	return rejoin(found, page), nil
}

// selected is the text of what a selector selects.
func selected(doc *html.Node, sel string) ([]block, error) {
	match, err := cascadia.Compile(sel)
	if err != nil {
		return nil, fmt.Errorf("read article: content selector %q: %w", sel, err)
	}
	nodes := goquery.NewDocumentFromNode(doc).FindMatcher(match).Nodes
	if len(nodes) == 0 {
		return nil, fmt.Errorf("read article: content selector %q matches nothing on the page: %w", sel, ErrNoText)
	}
	var out []block
	for _, n := range nodes {
		out = append(out, blocksOf(n)...)
	}
	return out, nil
}

func readable(doc *html.Node, base *url.URL) []block {
	parser := readability.NewParser()
	parser.DisableJSONLD = true // ours is read already
	a, err := parser.ParseAndMutate(doc, base)
	if err != nil || a.Node == nil {
		return nil
	}
	return blocksOf(a.Node)
}
