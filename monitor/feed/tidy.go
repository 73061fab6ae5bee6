package feed

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
)

// Limits of what is handed to the parser. The deepest of 5,407 real feeds nests
// 12 elements, and the parser recurses once for each.
const (
	maxDepth      = 64
	maxElements   = 400_000
	maxAttributes = 256 // of one element
	// The parser copies all namespaces in force for each element that declares
	// one: so many copies, and so many in force at one place.
	maxNamespaceCopies = 1_000_000
	maxNamespaces      = 256
	maxMapURLs         = 60_000
	maxDirective       = 64 << 10
)

// document is a feed made fit for any XML parser.
type document struct {
	text  []byte
	root  string // local name, lower case
	items []item // whole ones
	cut   bool   // the feed ends before its end
	more  bool   // items beyond the limit were left out
	fixed bool   // markup was put right
}

// item is what the parser does not tell of an item.
type item struct {
	base  *url.URL // xml:base in force; nil where there is none
	lang  string   // xml:lang in force
	about string   // rdf:about
}

// element is an open element.
type element struct {
	name       string // in the feed
	out        string // as we write it
	base       *url.URL
	lang       string
	namespaces int // declared here
}

// tidier rewrites a feed, tag by tag, as XML that is well formed, is no deeper
// than maxDepth, and has its encoding, comments, document type and xml:base
// removed. What is no tag becomes text; what is not closed is closed; an end
// without a beginning is left out. An item that is not whole is left out.
type tidier struct {
	document
	in         []byte
	at         int // next byte to look at
	kept       int // in[:kept] is in text or left out
	stack      []element
	elements   int
	namespaces int      // in force
	copies     int      // of namespaces, made by the parser
	inItem     int      // depth of the stack with the open item, 0 when none is open
	itemStart  int      // offset of the open item in text
	item       item     // the open one
	base       *url.URL // of the document
}

// tidy never takes more than linear time. It fails for what is no feed, and for
// what no real feed is: too deep, too many elements, attributes or namespaces.
func tidy(in []byte, base *url.URL) (*document, error) {
	t := &tidier{in: in, base: base}
	for t.at < len(in) {
		lt := bytes.IndexByte(in[t.at:], '<')
		if lt < 0 {
			break
		}
		t.charData(t.at, t.at+lt)
		t.at += lt // charData leaves it alone
		done, err := t.markup()
		if err != nil {
			return nil, err
		}
		if done {
			break
		}
	}
	return t.end()
}

// markup reads one tag, comment, declaration or CDATA section. It says true
// when nothing behind it counts.
func (t *tidier) markup() (done bool, err error) {
	rest := t.in[t.at:]
	switch {
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return t.cdata(), nil
	case bytes.HasPrefix(rest, []byte("<!--")):
		return t.drop("-->"), nil
	case bytes.HasPrefix(rest, []byte("<?")):
		return t.drop(">"), nil
	case bytes.HasPrefix(rest, []byte("<!")):
		return t.directive(), nil
	case bytes.HasPrefix(rest, []byte("</")):
		return t.endTag(), nil
	}
	return t.startTag()
}

// flush takes over what was read and not yet taken, up to offset.
func (t *tidier) flush(offset int) {
	if len(t.stack) > 0 && offset > t.kept {
		t.text = append(t.text, t.in[t.kept:offset]...)
	}
	t.kept = offset
}

// skip leaves out in[from:to].
func (t *tidier) skip(from, to int) {
	t.flush(from)
	t.seam()
	t.kept, t.at = to, to
}

// seam sees to it that text before what is left out makes nothing new of the text
// behind it: a reference, or the end of a CDATA section.
func (t *tidier) seam() {
	if len(t.stack) == 0 || len(t.text) == 0 {
		return
	}
	tail := t.text[max(0, len(t.text)-maxReference):]
	if tail[len(tail)-1] == ']' {
		t.text = append(t.text[:len(t.text)-1], "&#93;"...)
		return
	}
	i := bytes.LastIndexByte(tail, '&')
	if i < 0 || bytes.ContainsAny(tail[i:], ";<>") {
		return
	}
	rest := string(tail[i+1:])
	t.text = append(append(t.text[:len(t.text)-len(rest)], "amp;"...), rest...)
}

// cdata keeps a CDATA section as it is.
func (t *tidier) cdata() (done bool) {
	i := bytes.Index(t.in[t.at:], []byte("]]>"))
	if i < 0 {
		return t.ends()
	}
	t.at += i + len("]]>")
	return false
}

// ends leaves out the rest of the document, which is not whole.
func (t *tidier) ends() (done bool) {
	t.skip(t.at, len(t.in))
	return true
}

// drop leaves out what begins here and ends with end.
func (t *tidier) drop(end string) (done bool) {
	i := bytes.Index(t.in[t.at:], []byte(end))
	if i < 0 {
		return t.ends()
	}
	t.skip(t.at, t.at+i+len(end))
	return false
}

// directive leaves out a document type, with the declarations inside it.
func (t *tidier) directive() (done bool) {
	depth, quote := 0, byte(0)
	for i := t.at + 2; i < min(len(t.in), t.at+maxDirective); i++ {
		switch c := t.in[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"', c == '\'':
			quote = c
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '>' && depth <= 0:
			t.skip(t.at, i+1)
			return false
		}
	}
	return t.drop(">") // quotes or brackets that do not match
}

// charData puts right what may not stand in text: references to characters
// that XML does not have, and the end of a CDATA section that has no beginning.
func (t *tidier) charData(from, to int) {
	if len(t.stack) == 0 {
		return
	}
	s := t.in[from:to]
	for i := 0; i < len(s); {
		switch j := bytes.IndexAny(s[i:], "&]"); {
		case j < 0:
			return
		case s[i+j] == '&':
			i += j
			if n := illegalReference(s[i:]); n > 0 {
				t.replace(from+i, from+i+n, "")
				i += n
				continue
			}
			if endless(s[i:]) {
				t.replace(from+i, from+i+1, "&amp;")
			}
			i++
		case bytes.HasPrefix(s[i+j:], []byte("]]>")):
			i += j + 2
			t.replace(from+i, from+i+1, "&gt;")
			i++
		default:
			i += j + 1
		}
	}
}

// replace writes text in the place of in[from:to].
func (t *tidier) replace(from, to int, text string) {
	t.flush(from)
	if text == "" {
		t.seam()
	}
	t.text = append(t.text, text...)
	t.kept, t.fixed = to, true
}

// maxReference is the longest reference that is looked at, in bytes.
const maxReference = 14

// illegalReference is the length of a reference such as &#0; or &#xB;, 0 when
// s begins with none.
func illegalReference(s []byte) int {
	if len(s) < 4 || s[1] != '#' {
		return 0
	}
	end := bytes.IndexByte(s[:min(len(s), maxReference)], ';')
	if end < 0 {
		return 0
	}
	digits, base := s[2:end], int64(10)
	if len(digits) > 0 && (digits[0] == 'x' || digits[0] == 'X') {
		digits, base = digits[1:], 16
	}
	n := int64(0)
	for _, c := range digits {
		d := int64(hexDigit(c))
		if d < 0 || d >= base {
			return 0
		}
		n = n*base + d
	}
	if n > 0x10ffff || n >= 0xd800 && n < 0xe000 || control(rune(n)) {
		return end + 1
	}
	return 0
}

// endless says that s begins with more digits than any reference needs.
func endless(s []byte) bool {
	if len(s) < maxReference || s[1] != '#' {
		return false
	}
	for _, c := range s[2:maxReference] {
		if c != 'x' && c != 'X' && hexDigit(c) < 0 {
			return false
		}
	}
	return true
}

func hexDigit(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }

// control tells the characters that XML 1.0 does not have.
func control(c rune) bool {
	return c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0xfffe || c == 0xffff
}

// endTag closes the innermost element of that name, and those within it.
func (t *tidier) endTag() (done bool) {
	start := t.at
	name := tagName(t.in[start+2:])
	end := bytes.IndexAny(t.in[start+2:], "<>")
	if end < 0 && start+2+len(name) < len(t.in) || name == "" {
		t.literal(start)
		return false
	}
	to := len(t.in)
	if end >= 0 {
		if to = start + 2 + end; t.in[to] == '>' {
			to++
		}
	}
	i := len(t.stack) - 1
	for i >= 0 && !strings.EqualFold(t.stack[i].name, name) {
		i--
	}
	if i < 0 {
		t.skip(start, to)
		t.fixed = true
		return false
	}
	if i < len(t.stack)-1 || t.stack[i].out != name || t.in[to-1] != '>' || to-start != len(name)+3 {
		t.fixed = t.fixed || i < len(t.stack)-1
		t.flush(start)
		for len(t.stack) > i {
			t.closeTop()
		}
		t.kept, t.at = to, to
	} else {
		t.at = to
		t.flush(to)
		t.pop()
	}
	return len(t.stack) == 0 || t.more
}

// literal makes text of a "<" that begins no tag.
func (t *tidier) literal(at int) {
	if len(t.stack) > 0 {
		t.replace(at, at+1, "&lt;")
	}
	t.at = at + 1
}

// closeTop writes the end of the innermost element.
func (t *tidier) closeTop() {
	name := t.stack[len(t.stack)-1].out
	t.text = append(append(append(t.text, "</"...), name...), '>')
	t.pop()
}

func (t *tidier) pop() {
	top := t.stack[len(t.stack)-1]
	t.namespaces -= top.namespaces
	t.stack = t.stack[:len(t.stack)-1]
	if t.inItem > 0 && len(t.stack) < t.inItem {
		t.wholeItem()
	}
}

func (t *tidier) wholeItem() {
	t.items = append(t.items, t.item)
	t.inItem = 0
	limit := MaxEntries
	if t.root == "urlset" || t.root == "sitemapindex" {
		limit = maxMapURLs
	}
	t.more = len(t.items) >= limit
}

// end closes what is open, without the item that is not whole.
func (t *tidier) end() (*document, error) {
	if t.root == "" {
		return nil, &Error{"it holds no XML element", "look at the address in a browser"}
	}
	if len(t.stack) > 0 {
		if !t.more {
			t.cut = true
		}
		if t.inItem > 0 {
			t.text, t.stack = t.text[:t.itemStart], t.stack[:t.inItem-1]
			t.kept, t.inItem = len(t.in), 0
		} else {
			t.flush(max(t.kept, t.at))
		}
		for len(t.stack) > 0 {
			t.closeTop()
		}
	}
	return &t.document, nil
}

// tooMuch is the error for what no real feed is.
func tooMuch(format string, args ...any) error {
	return &Error{fmt.Sprintf(format, args...), "no real feed does; look at the address in a browser"}
}

// knownRoot says what a document is when it is no feed.
func knownRoot(root string) error {
	switch root {
	case "rss", "rdf", "feed", "channel", "urlset", "sitemapindex":
		return nil
	case "html", "head", "body", "div", "p", "script", "meta":
		return &Error{"it is a web page (HTML)", "name the feed's own address, or read the page with `page:`; `armswatch discover` finds both"}
	case "opml":
		return &Error{"it is a list of feeds (OPML)", "name one of the feeds in it"}
	}
	return &Error{fmt.Sprintf("its root element is <%.40s>", root), "RSS, Atom, RDF, JSON Feed and news sitemaps are read"}
}
