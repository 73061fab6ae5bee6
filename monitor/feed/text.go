package feed

import (
	"html"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/armswatch/armswatch/monitor/decode/markup"
)

// line is text as one line, without markup and without the escapes that some
// feeds write twice.
func line(s string) string {
	s = plain(s)
	if strings.ContainsAny(s, "<&") {
		s = plain(html.UnescapeString(s))
	}
	return markup.Clean(s)
}

// plain is the text of a piece of HTML, a line for each block.
func plain(s string) string {
	s = strings.ToValidUTF8(strings.TrimSpace(s), "\ufffd")
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	return strings.Join(markup.Fragment(literal(s)), "\n")
}

// literal escapes each "<" that begins no element of HTML: "x <y> z" is text.
func literal(s string) string {
	var b strings.Builder
	from := 0
	for i := 0; ; i++ {
		j := strings.IndexByte(s[i:], '<')
		if j < 0 {
			break
		}
		i += j
		if isMarkup(s[i+1:]) {
			continue
		}
		b.WriteString(s[from:i])
		b.WriteString("&lt;")
		from = i + 1
	}
	if from == 0 {
		return s
	}
	b.WriteString(s[from:])
	return b.String()
}

func isMarkup(s string) bool {
	if strings.HasPrefix(s, "!--") || strings.HasPrefix(s, "![CDATA[") || strings.HasPrefix(s, "!DOCTYPE") || strings.HasPrefix(s, "?xml") {
		return true
	}
	s = strings.TrimPrefix(s, "/")
	const longest = 12 // blockquote, figcaption
	n := 0
	for n < len(s) && n <= longest && nameByte(s[n], n) {
		n++
	}
	name := s[:n]
	return strings.IndexByte(name, ':') > 0 || atom.Lookup([]byte(strings.ToLower(name))) != 0
}

// unescape resolves the references in an attribute's value.
func unescape(s string) string { return html.UnescapeString(s) }
