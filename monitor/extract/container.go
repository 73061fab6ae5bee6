package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/armswatch/armswatch/monitor/decode/markup"
)

// container is the element that a page itself names as the body of its
// article: by itemprop, else by a class like article-body. It is nil when
// there is none, or when none of several stands out.
func container(doc *html.Node) *html.Node {
	sizes := map[*html.Node]int{}
	measure(doc, sizes)
	var best *html.Node
	most := 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || sizes[n] == 0 {
			continue
		}
		belief := bodyBelief(n)
		if belief > 0 && sizes[n]*belief > most {
			best, most = n, sizes[n]*belief
		}
	}
	return best
}

// bodyBelief is how sure an element's names are that it is an article's body.
func bodyBelief(n *html.Node) int {
	belief := 0
	for _, a := range n.Attr {
		switch a.Key {
		case "itemprop":
			if strings.EqualFold(a.Val, "articleBody") {
				return 3
			}
		case "class", "id":
			for name := range strings.FieldsSeq(a.Val) {
				if namesBody(name) {
					belief = 2
				}
			}
		}
	}
	if belief == 0 && n.DataAtom == atom.Article {
		return 1
	}
	return belief
}

func namesBody(name string) bool {
	first, second := false, false
	for part := range nameParts(name) {
		switch part {
		case "article", "entry", "post", "story", "news", "articlebody", "blog", "node":
			first = true
		case "body", "content", "text", "copy":
			second = second || first
		case "wrapper", "container", "header", "meta", "preview", "summary", "related", "list", "item", "col", "row":
			return false
		}
		if part == "articlebody" || part == "storybody" || part == "articletext" {
			second, first = true, true
		}
	}
	return first && second
}

// long are the blocks that are paragraphs, in bytes.
func long(blocks []block) int {
	size := 0
	for _, b := range blocks {
		if b.prose() {
			size += len(b.text)
		}
	}
	return size
}

// prose says that a block is a paragraph, not a short line or a list of links.
func (b block) prose() bool {
	const paragraph = 80
	return len(b.text) >= paragraph && b.share() < 0.4
}

// inLinked is the text that JSON-LD gives for the article, a line for each
// paragraph.
func (l *linkedData) inLinked() []block {
	s := l.text("articleBody")
	if strings.Contains(s, "</p>") || strings.Contains(s, "<br") {
		if doc, err := markup.Parse([]byte(s)); err == nil {
			return blocksOf(doc)
		}
	}
	var out []block
	for line := range strings.Lines(html.UnescapeString(s)) {
		if line = markup.Clean(line); line != "" {
			out = append(out, block{text: line})
		}
	}
	return out
}
