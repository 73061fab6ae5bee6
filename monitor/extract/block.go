package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/armswatch/armswatch/monitor/decode/markup"
)

// block is one line of a page's text, with what tells article from noise.
type block struct {
	text    string
	linked  int // bytes of the text that stand in links
	links   int
	heading bool
	item    bool // of a list
	quote   bool
}

// share is how much of the text is links, from 0 to 1.
func (b block) share() float64 {
	if b.text == "" {
		return 0
	}
	return float64(b.linked) / float64(len(b.text))
}

// blocksOf is the visible text below a node, a block for each line.
func blocksOf(n *html.Node) []block {
	var w blockWriter
	w.node(n, block{}, false)
	w.flush(block{})
	return w.out
}

type blockWriter struct {
	out    []block
	raw    strings.Builder
	linked int
	links  int
}

// node writes what is below n. Place holds the kind of block it stands in.
func (w *blockWriter) node(n *html.Node, place block, linked bool) {
	switch n.Type {
	case html.TextNode:
		w.write(n, place, linked)
		return
	case html.ElementNode:
		if markup.Silent(n.DataAtom) || markup.Hidden(n) {
			return
		}
	case html.CommentNode, html.DoctypeNode:
		return
	}
	isBlock := n.Type == html.ElementNode && markup.Block(n.DataAtom)
	if isBlock {
		w.flush(place)
	}
	inside := place
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		inside.heading = true
	case atom.Li:
		inside.item = true
	case atom.Blockquote:
		inside.quote = true
	case atom.A:
		linked = true
		w.links++
	case atom.Td, atom.Th:
		w.raw.WriteByte(' ')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c, inside, linked)
	}
	if isBlock {
		w.flush(inside)
	}
}

func (w *blockWriter) write(n *html.Node, place block, linked bool) {
	if p := n.Parent; p != nil && (p.DataAtom == atom.Pre || p.Parent != nil && p.Parent.DataAtom == atom.Pre) {
		for line := range strings.Lines(n.Data) {
			w.raw.WriteString(line)
			if strings.HasSuffix(line, "\n") {
				w.flush(place)
			}
		}
		return
	}
	w.raw.WriteString(n.Data)
	if linked {
		w.linked += len(strings.TrimSpace(n.Data))
	}
}

func (w *blockWriter) flush(kind block) {
	if w.raw.Len() == 0 {
		return
	}
	if kind.text = markup.Clean(w.raw.String()); kind.text != "" {
		kind.linked, kind.links = min(w.linked, len(kind.text)), w.links
		w.out = append(w.out, kind)
		w.linked, w.links = 0, 0
	}
	w.raw.Reset()
}
