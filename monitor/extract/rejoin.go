package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/armswatch/armswatch/monitor/decode/markup"
)

// paragraph is a long paragraph of a page, and where it stands.
type paragraph struct {
	block
	place
}

// place is how the page styles a paragraph, and what the page says it is part of.
type place struct {
	style   string     // its classes and those of its parent; "" when it has none
	article *html.Node // the article element around it; nil when there is none
}

// paragraphs gives those of a page, of two of the same text the first.
func paragraphs(doc *html.Node) []paragraph {
	var out []paragraph
	seen := map[string]bool{}
	for n := range doc.Descendants() {
		if n.DataAtom != atom.P || around(n, atom.P) != nil {
			continue // one within another is read with it
		}
		for _, b := range blocksOf(n) {
			if b.prose() && !seen[b.text] {
				seen[b.text] = true
				out = append(out, paragraph{b, place{style(n), around(n, atom.Article)}})
			}
		}
	}
	return out
}

// around is the nearest element of a kind that a node stands in.
func around(n *html.Node, kind atom.Atom) *html.Node {
	n = n.Parent
	for n != nil && n.DataAtom != kind {
		n = n.Parent
	}
	return n
}

func style(n *html.Node) string {
	own, around := classes(n), classes(n.Parent)
	if own == "" && around == "" {
		return ""
	}
	return own + " in " + around
}

func classes(n *html.Node) string {
	return strings.Join(strings.Fields(markup.Attr(n, "class")), " ")
}

// rejoin puts back the paragraphs of an article that readability left out: a page
// may set one article in several pieces, with its beginning in a piece of its
// own. They are those styled as at least three in five of the paragraphs found,
// and in the same article element: comments and other articles may be styled so,
// too.
func rejoin(found []block, page []paragraph) []block {
	at := map[string]int{}
	for i, b := range found {
		at[b.text] = i
	}
	places, all := map[place]int{}, 0
	for _, p := range page {
		if _, ok := at[p.text]; ok {
			places[p.place]++
			all++
		}
	}
	before, next := map[int][]block{}, len(found) // what is put back, the last first, before found[next]
	for _, p := range slices.Backward(page) {
		if i, ok := at[p.text]; ok {
			next = i
		} else if p.style != "" && places[p.place]*5 >= all*3 {
			before[next] = append(before[next], p.block)
			at[p.text] = next
		}
	}
	if len(before) == 0 {
		return found
	}
	var out []block
	for i := range len(found) + 1 {
		for _, b := range slices.Backward(before[i]) {
			out = append(out, b)
		}
		if i < len(found) {
			out = append(out, found[i])
		}
	}
	return out
}
