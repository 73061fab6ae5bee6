package decode

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// xmlDecl matches an XML declaration with an encoding, anywhere near the start:
// some feeds have junk before it.
var xmlDecl = regexp.MustCompile(`<\?xml[^>]*?\bencoding\s*=\s*["']?([A-Za-z0-9._:-]+)["']?[^>]*?>`)

func xmlDeclared(head []byte) string {
	if m := xmlDecl.FindSubmatch(head); m != nil {
		return clean(string(m[1]))
	}
	return ""
}

// redeclare makes a text's XML declaration say UTF-8, which it now is.
func redeclare(text []byte) []byte {
	m := xmlDecl.FindSubmatchIndex(head(text))
	if m == nil || strings.EqualFold(string(text[m[2]:m[3]]), "utf-8") {
		return text
	}
	out := make([]byte, 0, len(text)+len("utf-8"))
	out = append(out, text[:m[2]]...)
	out = append(out, "utf-8"...)
	return append(out, text[m[3]:]...)
}

// htmlDeclared is the charset that a page's meta elements declare.
func htmlDeclared(head []byte) string {
	z := html.NewTokenizer(bytes.NewReader(head))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return xmlDeclared(head) // an XHTML page may declare like XML
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			if string(name) == "body" {
				return xmlDeclared(head)
			}
			if string(name) == "meta" && more {
				if label := metaCharset(z); label != "" {
					return label
				}
			}
		}
	}
}

func metaCharset(z *html.Tokenizer) string {
	var charset, content string
	isType := false
	for more := true; more; {
		var key, val []byte
		key, val, more = z.TagAttr()
		switch string(key) {
		case "charset":
			charset = string(val)
		case "content":
			content = string(val)
		case "http-equiv":
			isType = strings.EqualFold(strings.TrimSpace(string(val)), "content-type")
		}
	}
	if charset == "" && isType {
		charset = charsetParam(content)
	}
	if !utf8.ValidString(charset) {
		return ""
	}
	return metaLabel(clean(charset))
}

// metaLabel is a label found by reading the text as if it were ASCII: it
// cannot be what it says if it says UTF-16.
func metaLabel(label string) string {
	if wide(label) {
		return "utf-8"
	}
	return label
}
