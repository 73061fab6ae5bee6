package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// paragraph is a long paragraph of a page, and how the page styles it.
type paragraph struct {
	block
	style string // its classes and those of its parent; "" when it has none
}

func paragraphs(doc *html.Node) []paragraph {
	var out []paragraph
	for n := range doc.Descendants() {
		if n.DataAtom != atom.P {
			continue
		}
		for _, b := range blocksOf(n) {
			if long([]block{b}) > 0 {
				out = append(out, paragraph{b, style(n)})
			}
		}
	}
	return out
}

func style(n *html.Node) string {
	own, around := classes(n), classes(n.Parent)
	if own == "" && around == "" {
		return ""
	}
	return own + " in " + around
}

func classes(n *html.Node) string {
	for _, a := range n.Attr {
		if a.Key == "class" {
			return strings.Join(strings.Fields(a.Val), " ")
		}
	}
	return ""
}

// rejoin puts back the paragraphs of an article that readability left out: a page
// may set one article in several pieces, with its beginning in a piece of its
// own. They are those styled as at least three in five of the paragraphs found.
func rejoin(found []block, page []paragraph) []block {
	at := map[string]int{}
	for i, b := range found {
		at[b.text] = i
	}
	styles, all := map[string]int{}, 0
	for _, p := range page {
		if _, ok := at[p.text]; ok {
			styles[p.style]++
			all++
		}
	}
	before, next := map[int][]block{}, len(found) // what is put back, the last first, before found[next]
	for _, p := range slices.Backward(page) {
		if i, ok := at[p.text]; ok {
			next = i
		} else if p.style != "" && styles[p.style]*5 >= all*3 {
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
