// Package markup turns the HTML of a page nobody vouches for into a node tree,
// and reads from the tree what every reader of pages needs: its text, its
// links, and whether it is the page at all or a wall in front of it.
//
// It promises that no page makes it slow or large: what would is refused by a
// scan of the tags before the parser sees it. It takes UTF-8 (package decode
// makes it), knows no clock, no network and no disk, and imports nothing of
// ours.
package markup

import (
	"bytes"
	"errors"
	"fmt"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The limits of a page. The greatest values met in 297 real pages stand
// beside them; html.Parse itself refuses nesting deeper than 512 (met: 40).
const (
	maxBytes      = 10 << 20
	maxElements   = 300_000 // met: 11,529
	maxAttributes = 1_000   // of one element; met: 51
	maxRoots      = 16      // body and html tags: merging their attributes is quadratic; met: 7
	maxReopened   = 300_000 // see tagScan.reopened; met: 5,785
	maxNested     = 100e6   // bytes of text times the depth at which it stands; met: 14e6
)

// ErrRefused is wrapped by the errors for pages beyond the limits above.
var ErrRefused = errors.New("page refused")

// Parse makes the node tree of a page in UTF-8. Content of noscript elements
// is part of the tree, as in a browser that runs no scripts. A page beyond the
// limits is an error that wraps [ErrRefused].
func Parse(page []byte) (*html.Node, error) {
	if err := check(page); err != nil {
		return nil, err
	}
	doc, err := html.ParseWithOptions(bytes.NewReader(page), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil, fmt.Errorf("parse page: %w: %w", ErrRefused, err)
	}
	if nested(doc, 0) > maxNested {
		return nil, refuse("too much text stands too deep in nested elements")
	}
	return doc, nil
}

// nested is the text below a node times its depth. Readers of pages look at the text of
// an element once for each element around it.
func nested(n *html.Node, depth int) (sum int) {
	if n.Type == html.TextNode {
		return len(n.Data) * depth
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		sum += nested(c, depth+1)
	}
	return sum
}

// check scans the tags for what would make the parser slow. It costs a tenth
// of the parse.
func check(page []byte) error {
	if len(page) > maxBytes {
		return refuse("larger than %d MB", maxBytes>>20)
	}
	z := html.NewTokenizer(bytes.NewReader(page))
	var s tagScan
	for {
		switch z.Next() {
		case html.ErrorToken:
			return nil
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			s.start(atom.Lookup(name))
			for n := 0; more; n++ {
				if n >= maxAttributes {
					return refuse("an element has more than %d attributes", maxAttributes)
				}
				_, _, more = z.TagAttr()
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			s.end(atom.Lookup(name))
		}
		if err := s.err(); err != nil {
			return err
		}
	}
}

func refuse(format string, args ...any) error {
	return fmt.Errorf("parse page: %w: "+format, append([]any{ErrRefused}, args...)...)
}

// tagScan counts what makes parsing dear.
type tagScan struct {
	elements, roots int
	// open holds how many of each formatting element (b, font, ...) are open.
	// The parser opens them anew in each block that follows, so that 400 of
	// them make 400 nodes of each <p>: reopened counts these nodes.
	open     [len(formatting)]int
	openAll  int
	reopened int
}

var formatting = [...]atom.Atom{
	atom.A, atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I,
	atom.Nobr, atom.S, atom.Small, atom.Strike, atom.Strong, atom.Tt, atom.U,
}

func formattingIndex(a atom.Atom) int {
	for i, f := range formatting {
		if a == f {
			return i
		}
	}
	return -1
}

func (s *tagScan) start(a atom.Atom) {
	s.elements++
	if a == atom.Body || a == atom.Html {
		s.roots++
	}
	if i := formattingIndex(a); i >= 0 {
		// An open <a> or <nobr> is closed by the next one.
		if s.open[i] == 0 || a != atom.A && a != atom.Nobr {
			s.open[i]++
			s.openAll++
		}
		return
	}
	s.reopened += s.openAll
}

func (s *tagScan) end(a atom.Atom) {
	if i := formattingIndex(a); i >= 0 && s.open[i] > 0 {
		s.open[i]--
		s.openAll--
	}
}

func (s *tagScan) err() error {
	switch {
	case s.elements > maxElements:
		return refuse("more than %d elements", maxElements)
	case s.roots > maxRoots:
		return refuse("more than %d body and html tags", maxRoots)
	case s.reopened > maxReopened:
		return refuse("formatting elements are left open around more than %d others", maxReopened)
	}
	return nil
}
