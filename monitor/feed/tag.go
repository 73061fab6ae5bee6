package feed

import (
	"bytes"
	"net/url"
	"strings"
)

// attribute is one attribute as it is written again.
type attribute struct {
	name  string
	value []byte // between quotes, or bare
}

// tag is a start tag.
type tag struct {
	name    string
	attrs   []attribute
	closed  bool // <name/>
	rewrite bool // may not stay as it is
	end     int  // offset behind it
}

// startTag takes over a start tag. It says true when nothing behind it counts.
func (t *tidier) startTag() (done bool, err error) {
	start := t.at
	g, ok := parseTag(t.in, start)
	if !ok {
		t.literal(start)
		return false, nil
	}
	if t.root == "" {
		t.root = local(g.name)
		if err := knownRoot(t.root); err != nil {
			return false, err
		}
		t.text = make([]byte, 0, len(t.in)-start+64)
		t.kept = start
	}
	if err := t.count(&g); err != nil {
		return false, err
	}
	e := element{name: g.name, base: t.top().base, lang: t.top().lang}
	t.inspect(&g, &e)
	if !g.closed && isVoid(g.name) {
		g.closed, g.rewrite = true, true
	}
	t.flushTag(start)
	t.closeSame(g.name)
	isItem := t.beginItem(&g, e)
	t.rename(&g)
	e.out = g.name
	t.write(&g, start)
	if g.closed {
		t.namespaces -= e.namespaces
		if isItem { // <item/>
			t.wholeItem()
		}
		return len(t.stack) == 0 || t.more, nil
	}
	t.stack = append(t.stack, e)
	if isItem && t.root == "channel" {
		t.definition(&g)
	}
	return false, nil
}

// flushTag takes over what stands before a tag; at the root there is nothing.
func (t *tidier) flushTag(start int) {
	t.flush(start)
	t.kept = start
}

func (t *tidier) top() element {
	if len(t.stack) == 0 {
		return element{}
	}
	return t.stack[len(t.stack)-1]
}

func (t *tidier) count(g *tag) error {
	t.elements++
	switch {
	case t.elements > maxElements:
		return tooMuch("it holds more than %d elements", maxElements)
	case len(t.stack) >= maxDepth && !g.closed:
		return tooMuch("it nests deeper than %d elements", maxDepth)
	case len(g.attrs) > maxAttributes:
		return tooMuch("an element has more than %d attributes", maxAttributes)
	case t.namespaces > maxNamespaces || t.copies > maxNamespaceCopies:
		return tooMuch("it declares more than %d namespaces, or too often", maxNamespaces)
	}
	return nil
}

// inspect takes xml:base out of a tag and counts its namespaces. The parser
// joins bases wrongly and rewrites all HTML below them.
func (t *tidier) inspect(g *tag, e *element) {
	kept := g.attrs[:0]
	for _, a := range g.attrs {
		switch {
		case a.name == "xml:base":
			e.base = joined(e.base, t.base, string(a.value))
			g.rewrite = true
			continue
		case a.name == "xml:lang":
			e.lang = string(a.value)
		case strings.HasPrefix(a.name, "xmlns"):
			e.namespaces++
		}
		kept = append(kept, a)
	}
	g.attrs = kept
	if t.namespaces += e.namespaces; e.namespaces > 0 {
		t.copies += t.namespaces
	}
	if t.itemChild() && local(g.name) == "link" && e.base != nil {
		t.item.base = e.base
	}
}

// itemChild says whether the next element stands directly in an item.
func (t *tidier) itemChild() bool { return t.inItem > 0 && len(t.stack) == t.inItem }

// joined is the base that ref makes of base, or of the document's own URL.
func joined(base, document *url.URL, ref string) *url.URL {
	if base == nil {
		base = document
	}
	if base == nil {
		base = &url.URL{}
	}
	u, err := base.Parse(strings.TrimSpace(unescape(ref)))
	if err != nil || len(ref) > 2<<10 {
		return base
	}
	return u
}

// closeSame closes a paragraph or list item that the next one ends, so that HTML
// written by hand inside a feed does not nest.
func (t *tidier) closeSame(name string) {
	if top := t.top().name; (name == "p" || name == "li") && strings.EqualFold(top, name) {
		t.closeTop()
		t.fixed = true
	}
}

// beginItem says whether the tag begins an item.
func (t *tidier) beginItem(g *tag, e element) bool {
	if t.inItem > 0 || len(t.stack) == 0 || !t.isItem(g.name) {
		return false
	}
	t.inItem, t.itemStart = len(t.stack)+1, len(t.text)
	t.item = item{base: e.base, lang: e.lang, about: g.attr("rdf:about")}
	return true
}

// rename gives elements that the parser does not know the names of those that
// it does: the texts of items, RSS's several ways of carrying HTML and the
// dates of Atom 0.3. An Atom link that is written as one of RSS becomes one of
// Atom.
func (t *tidier) rename(g *tag) {
	if !t.itemChild() {
		return
	}
	name := local(g.name)
	switch {
	case t.root == "feed":
		if name == "created" {
			g.name, g.rewrite = "published", true
		} else if name == "link" && !g.closed && g.attr("href") == "" {
			to := max(bytes.IndexByte(t.in[g.end:], '<'), 0)
			g.attrs = append(g.attrs, attribute{"href", bytes.TrimSpace(t.in[g.end : g.end+to])})
			g.rewrite = true
		}
	case name == "body", name == "fullitem":
		g.name, g.attrs, g.rewrite = fullText, nil, true
	case name == "abstract":
		g.name, g.rewrite = "description", true
	}
}

// fullText is where the parser keeps what stands in elements of its name.
const fullText = "fullitem"

// definition adds to an item of a Channel Definition Format file what it says
// in attributes.
func (t *tidier) definition(g *tag) {
	for _, a := range g.attrs {
		switch strings.ToLower(a.name) {
		case "href":
			t.text = append(append(append(t.text, "<link>"...), appendValue(nil, a.value)...), "</link>"...)
		case "lastmod":
			t.text = append(append(append(t.text, "<pubDate>"...), appendValue(nil, a.value)...), "</pubDate>"...)
		}
	}
}

// attr is the value of an attribute; "" when the tag has none.
func (g *tag) attr(name string) string {
	for _, a := range g.attrs {
		if a.name == name {
			return unescape(string(a.value))
		}
	}
	return ""
}

// isItem says whether an element of that name is an entry in a document of
// this kind. In a feed, the prefix of another vocabulary makes it none.
func (t *tidier) isItem(name string) bool {
	switch local(name) {
	case "item":
		return t.root == "rss" || t.root == "rdf" || t.root == "channel"
	case "entry":
		return t.root == "feed"
	case "url":
		return t.root == "urlset"
	case "sitemap":
		return t.root == "sitemapindex"
	}
	return false
}

func (t *tidier) write(g *tag, start int) {
	t.at, t.kept = g.end, g.end
	if !g.rewrite {
		t.text = append(t.text, t.in[start:g.end]...)
		return
	}
	t.text = append(append(t.text, '<'), g.name...)
	for _, a := range g.attrs {
		t.text = append(append(append(t.text, ' '), a.name...), '=', '"')
		t.text = appendValue(t.text, a.value)
		t.text = append(t.text, '"')
	}
	if g.closed {
		t.text = append(t.text, '/')
	}
	t.text = append(t.text, '>')
}

// appendValue writes an attribute's value between double quotes.
func appendValue(to, value []byte) []byte {
	for i, c := range value {
		switch {
		case c == '"':
			to = append(to, "&quot;"...)
		case c == '<':
			to = append(to, "&lt;"...)
		case c == '&' && illegalReference(value[i:]) > 0:
			to = append(to, "&amp;"...)
		default:
			to = append(to, c)
		}
	}
	return to
}

// parseTag reads the start tag at in[start]. It says false for what is none: no
// name, or no end before the next "<".
func parseTag(in []byte, start int) (tag, bool) {
	g := tag{name: tagName(in[start+1:])}
	if g.name == "" {
		return g, false
	}
	i := start + 1 + len(g.name)
	if i < len(in) && !space(in[i]) && in[i] != '/' && in[i] != '>' {
		return g, false
	}
	for i < len(in) {
		switch c := in[i]; {
		case c == '>':
			g.end = i + 1
			return g, true
		case space(c):
			i++
		case c == '/':
			g.closed = i+1 < len(in) && in[i+1] == '>'
			g.rewrite = g.rewrite || !g.closed
			i++
		case c == '<':
			return g, false
		default:
			i = g.attribute(in, i)
		}
	}
	return g, false
}

// attribute reads the attribute at in[i] and returns the offset behind it.
func (g *tag) attribute(in []byte, i int) int {
	from := i
	for i < len(in) && !space(in[i]) && strings.IndexByte("=/><\"'", in[i]) < 0 {
		i++
	}
	a := attribute{name: string(in[from:i])}
	j := skipSpace(in, i)
	switch {
	case j < len(in) && in[j] == '=':
		a.value, i = g.value(in, skipSpace(in, j+1))
	case i == from: // a stray quote
		g.rewrite = true
		return i + 1
	default:
		g.rewrite = true
	}
	if tagName([]byte(a.name)) != a.name || a.name == "" {
		g.rewrite = true
		return i
	}
	g.attrs = append(g.attrs, a)
	return i
}

// value reads an attribute's value, quoted or bare.
func (g *tag) value(in []byte, i int) ([]byte, int) {
	if i < len(in) && (in[i] == '"' || in[i] == '\'') {
		end := bytes.IndexByte(in[i+1:], in[i])
		if end >= 0 {
			v := in[i+1 : i+1+end]
			g.rewrite = g.rewrite || bytes.IndexByte(v, '<') >= 0 || hasIllegal(v)
			return v, i + end + 2
		}
	}
	g.rewrite = true
	from := i
	for i < len(in) && !space(in[i]) && in[i] != '>' && in[i] != '<' {
		i++
	}
	return in[from:i], i
}

func hasIllegal(v []byte) bool {
	for i := range v {
		if v[i] == '&' && illegalReference(v[i:]) > 0 {
			return true
		}
	}
	return false
}

// tagName is the name at the beginning of s, "" when there is none: a letter,
// then letters, digits and "-._", with at most one colon inside.
func tagName(s []byte) string {
	n, colons := 0, 0
	for n < len(s) && nameByte(s[n], n) {
		if s[n] == ':' {
			colons++
		}
		n++
	}
	if n == 0 || colons > 1 || s[n-1] == ':' {
		return ""
	}
	return string(s[:n])
}

func nameByte(c byte, i int) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
		return true
	case c >= '0' && c <= '9', c == '-', c == '.', c == ':':
		return i > 0
	}
	return false
}

// local is a name without its prefix, in lower case.
func local(name string) string {
	return strings.ToLower(name[strings.IndexByte(name, ':')+1:])
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func skipSpace(in []byte, i int) int {
	for i < len(in) && space(in[i]) {
		i++
	}
	return i
}

// isVoid says whether HTML has no end tag for an element.
func isVoid(name string) bool {
	switch strings.ToLower(name) {
	case "br", "hr", "img", "input", "wbr", "area", "col", "embed", "param":
		return true
	}
	return false
}
