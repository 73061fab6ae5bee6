package markup

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Fragment is the visible text of a piece of HTML, as [Lines] gives it. It
// reads tag by tag and makes no tree, so that any input costs linear time and
// little memory; for the text of a feed's entries that is enough.
func Fragment(piece string) []string {
	z := html.NewTokenizer(strings.NewReader(piece))
	z.SetMaxBuf(maxBytes)
	f := fragment{}
	for {
		switch z.Next() {
		case html.ErrorToken:
			return f.w.done()
		case html.TextToken:
			if f.skip == "" {
				f.w.text(string(z.Text()), f.pre > 0)
			}
		case html.StartTagToken:
			f.start(z)
		case html.EndTagToken:
			name, _ := z.TagName()
			f.end(name)
		case html.SelfClosingTagToken:
			if name, _ := z.TagName(); Block(atom.Lookup(name)) && f.skip == "" {
				f.w.end()
			}
		}
	}
}

// fragment is the state of reading one.
type fragment struct {
	w     writer
	pre   int    // open pre elements
	skip  string // element whose content is not shown
	depth int    // of elements of its name within it
}

func (f *fragment) start(z *html.Tokenizer) {
	name, attrs := z.TagName()
	a := atom.Lookup(name)
	if f.skip != "" {
		if string(name) == f.skip {
			f.depth++
		}
		return
	}
	if (Silent(a) || attrs && hiddenTag(z)) && !void(a) {
		f.skip, f.depth = string(name), 1
		return
	}
	switch {
	case Block(a):
		f.w.end()
	case a == atom.Td || a == atom.Th:
		f.w.space = true
	}
	if a == atom.Pre {
		f.pre++
	}
}

func (f *fragment) end(name []byte) {
	if f.skip != "" {
		if string(name) == f.skip {
			if f.depth--; f.depth == 0 {
				f.skip = ""
			}
		}
		return
	}
	a := atom.Lookup(name)
	if Block(a) {
		f.w.end()
	}
	if a == atom.Pre && f.pre > 0 {
		f.pre--
	}
}

// hiddenTag says whether the attributes of a tag hide it.
func hiddenTag(z *html.Tokenizer) bool {
	hidden := false
	for more := true; more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "hidden":
			hidden = hidden || string(value) != "until-found"
		case "style":
			hidden = hidden || hides(string(bytes.ToLower(value)))
		}
	}
	return hidden
}

// void says whether an element has no content.
func void(a atom.Atom) bool {
	switch a {
	case atom.Br, atom.Hr, atom.Img, atom.Input, atom.Wbr, atom.Area, atom.Col, atom.Embed, atom.Param,
		atom.Base, atom.Link, atom.Meta, atom.Source, atom.Track:
		return true
	}
	return false
}
