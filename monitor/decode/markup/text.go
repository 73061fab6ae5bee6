package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Line is the visible text below a node as one line.
func Line(n *html.Node) string {
	var w writer
	w.node(n)
	return strings.Join(w.done(), " ")
}

// Lines is the visible text below a node, a line for each block of text
// (paragraph, heading, list item, table row). No line is empty.
func Lines(n *html.Node) []string {
	var w writer
	w.node(n)
	return w.done()
}

// Clean makes text fit for one line: white space is collapsed, and what is
// invisible (control characters, marks that turn the writing direction,
// zero-width characters) is left out.
func Clean(s string) string {
	var w writer
	w.text(s, false)
	return strings.Join(w.done(), " ")
}

// Silent says whether an element holds no text for people to read.
func Silent(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Template, atom.Head, atom.Iframe, atom.Object, atom.Embed, atom.Svg,
		atom.Math, atom.Canvas, atom.Audio, atom.Video, atom.Map, atom.Select, atom.Textarea, atom.Datalist:
		return true
	}
	return false
}

// Block says whether an element begins a line of text and ends it.
func Block(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.H1, atom.H2, atom.H3,
		atom.H4, atom.H5, atom.H6, atom.Section, atom.Article, atom.Aside, atom.Header, atom.Footer, atom.Main,
		atom.Nav, atom.Figure, atom.Figcaption, atom.Blockquote, atom.Pre, atom.Table, atom.Thead, atom.Tbody,
		atom.Tfoot, atom.Tr, atom.Caption, atom.Form, atom.Fieldset, atom.Legend, atom.Address, atom.Details,
		atom.Summary, atom.Dialog, atom.Hr, atom.Br, atom.Center, atom.Option, atom.Body, atom.Noscript:
		return true
	}
	return false
}

// writer gathers text into lines.
type writer struct {
	lines []string
	line  strings.Builder
	space bool // a space is due before the next character
	last  rune
}

func (w *writer) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		w.text(n.Data, inPre(n))
		return
	case html.ElementNode:
		if Silent(n.DataAtom) || Hidden(n) {
			return
		}
	case html.CommentNode, html.DoctypeNode:
		return
	}
	isBlock := n.Type == html.ElementNode && Block(n.DataAtom)
	if isBlock {
		w.end()
	}
	if n.DataAtom == atom.Td || n.DataAtom == atom.Th {
		w.space = true
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
	if isBlock {
		w.end()
	}
}

func inPre(n *html.Node) bool {
	return n.Parent != nil && (n.Parent.DataAtom == atom.Pre || n.Parent.DataAtom == atom.Code &&
		n.Parent.Parent != nil && n.Parent.Parent.DataAtom == atom.Pre)
}

func (w *writer) text(s string, pre bool) {
	for i := 0; i < len(s); {
		if n := word(s[i:]); n > 0 {
			w.lead()
			w.line.WriteString(s[i : i+n])
			i += n
			w.last = rune(s[i-1])
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch {
		case r == '\n' && pre:
			w.end()
		case unicode.IsSpace(r) || r == '\u2028' || r == '\u2029':
			w.space = true
		case invisible(r, w.last):
		default:
			w.lead()
			w.line.WriteRune(r)
			w.last = r
		}
	}
}

// lead writes the space that is due.
func (w *writer) lead() {
	if w.space && w.line.Len() > 0 {
		w.line.WriteByte(' ')
	}
	w.space = false
}

// word is the length of the printable ASCII at the beginning of s.
func word(s string) int {
	n := 0
	for n < len(s) && s[n] > ' ' && s[n] < 0x7f {
		n++
	}
	return n
}

func (w *writer) end() {
	if w.line.Len() > 0 {
		w.lines = append(w.lines, w.line.String())
		w.line.Reset()
	}
	w.space = false
}

func (w *writer) done() []string {
	w.end()
	return w.lines
}

// invisible says whether a character shows nothing and so can only mislead.
// The zero-width joiners are letters' business in the scripts from Arabic on,
// and in emoji.
func invisible(r, before rune) bool {
	switch {
	case r < 0x80:
		return r < ' ' || r == 0x7f
	case r == 0x200c || r == 0x200d:
		return before < 0x600
	}
	return r < 0xa0 || r == 0xad || r == unicode.ReplacementChar && before == r ||
		r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x206f ||
		r == 0xfeff || r == 0x180e || r == 0x61c || r >= 0xfff9 && r <= 0xfffb || r >= 0xe0000 && r <= 0xe007f
}
