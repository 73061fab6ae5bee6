package pdf

import (
	"bytes"
	"strconv"
	"strings"
)

// The values of a PDF. Numbers are float64; null is nil.
type (
	name    string
	str     string
	array   []any
	dict    map[name]any
	ref     int    // the number of the object meant
	keyword string // an operator, or a word of the file's structure
	stream  struct {
		dict dict
		data []byte // packed
	}
)

// lexer reads values from bytes.
type lexer struct {
	b    []byte
	at   int
	held int // values in arrays and dictionaries so far, at most maxHeld
}

// end is the keyword that stands for the end of the bytes.
const end = keyword("")

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool { return strings.IndexByte("()<>[]{}/%", c) >= 0 }

func (l *lexer) skipSpace() {
	for ; l.at < len(l.b); l.at++ {
		switch c := l.b[l.at]; {
		case c == '%':
			for l.at < len(l.b) && l.b[l.at] != '\n' && l.b[l.at] != '\r' {
				l.at++
			}
			l.at--
		case !isSpace(c):
			return
		}
	}
}

// value reads the next value, at most depth deep. What ends an array or a
// dictionary comes as a keyword, and so does what is deeper.
func (l *lexer) value(depth int) any {
	l.skipSpace()
	if l.at >= len(l.b) {
		return end
	}
	switch c := l.b[l.at]; c {
	case '/':
		l.at++
		return l.name()
	case '(':
		l.at++
		return l.literal()
	case '<':
		if l.at+1 < len(l.b) && l.b[l.at+1] == '<' {
			l.at += 2
			return l.dict(depth)
		}
		l.at++
		return l.hex()
	case '[':
		l.at++
		return l.array(depth)
	case '>':
		l.at++
		if l.at < len(l.b) && l.b[l.at] == '>' {
			l.at++
		}
		return keyword(">>")
	case ']', ')', '{', '}':
		l.at++
		return keyword([]byte{c})
	default:
		return l.word()
	}
}

// regular takes the characters up to a space or delimiter.
func (l *lexer) regular() []byte {
	from := l.at
	for l.at < len(l.b) && !isSpace(l.b[l.at]) && !isDelimiter(l.b[l.at]) {
		l.at++
	}
	return l.b[from:l.at]
}

// word reads a number or a keyword.
func (l *lexer) word() any {
	w := l.regular()
	if c := w[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
		if n, err := strconv.ParseFloat(string(w[:min(len(w), 32)]), 64); err == nil && n < 1e12 && n > -1e12 {
			return n
		}
		return 0.0
	}
	switch string(w) {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	return keyword(w[:min(len(w), 32)])
}

func (l *lexer) name() name {
	w := l.regular()
	if bytes.IndexByte(w, '#') < 0 {
		return name(w)
	}
	var out []byte
	for i := 0; i < len(w); i++ {
		if w[i] == '#' && i+2 < len(w) {
			if n, err := strconv.ParseUint(string(w[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(n))
				i += 2
				continue
			}
		}
		out = append(out, w[i])
	}
	return name(out)
}

// escapes are the characters that follow a backslash in a string, and what they mean.
var escapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}

func (l *lexer) literal() str {
	var out []byte
	for open := 1; l.at < len(l.b); l.at++ {
		c := l.b[l.at]
		switch c {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				l.at++
				return str(out)
			}
		case '\\':
			out = l.escape(out)
			continue
		}
		out = append(out, c)
	}
	return str(out)
}

// escape reads what a backslash begins, and stops at its last character.
func (l *lexer) escape(out []byte) []byte {
	l.at++
	if l.at >= len(l.b) {
		return out
	}
	c := l.b[l.at]
	if c >= '0' && c <= '7' {
		n := 0
		for i := 0; i < 3 && l.at < len(l.b) && l.b[l.at] >= '0' && l.b[l.at] <= '7'; i++ {
			n = n*8 + int(l.b[l.at]-'0')
			l.at++
		}
		l.at--
		return append(out, byte(n))
	}
	switch c {
	case '\r':
		if l.at+1 < len(l.b) && l.b[l.at+1] == '\n' {
			l.at++
		}
		return out
	case '\n':
		return out
	}
	if e, ok := escapes[c]; ok {
		c = e
	}
	return append(out, c)
}

func (l *lexer) hex() str {
	var out []byte
	high, odd := 0, false
	for ; l.at < len(l.b) && l.b[l.at] != '>'; l.at++ {
		d := hexDigit(l.b[l.at])
		if d < 0 {
			continue
		}
		if odd = !odd; odd {
			high = d
		} else {
			out = append(out, byte(high<<4|d))
		}
	}
	l.at++
	if odd {
		out = append(out, byte(high<<4))
	}
	return str(out)
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	default:
		return -1
	}
}

// array reads values up to the bracket. "12 0 R" becomes a reference.
func (l *lexer) array(depth int) any {
	if depth <= 0 {
		return end
	}
	var out array
	for ; l.held < maxHeld; l.held++ {
		v := l.value(depth - 1)
		switch k, isWord := v.(keyword); {
		case !isWord:
			out = append(out, v)
		case k == "R" && len(out) >= 2:
			out = append(out[:len(out)-2], refOf(out[len(out)-2]))
		case k == "]":
			return out
		case k == end || k == ">>" || k == "endobj":
			return out
		}
	}
	return out
}

// dict reads keys and values up to the brackets.
func (l *lexer) dict(depth int) any {
	if depth <= 0 {
		return end
	}
	out := dict{}
	var key name
	var got bool // the value of key
	for ; l.held < maxHeld; l.held++ {
		v := l.value(depth - 1)
		k, isWord := v.(keyword)
		switch {
		case isWord && k == "R": // the number before is the object's
			out[key] = refOf(out[key])
		case isWord && (k == ">>" || k == end || k == "endobj" || k == "stream"):
			return out
		case isWord:
		case key == "" || got && isName(v):
			key, _ = v.(name)
			got = false
		case !got:
			out[key], got = v, true
		}
	}
	return out
}

func isName(v any) bool {
	_, ok := v.(name)
	return ok
}

func refOf(v any) ref {
	n, _ := v.(float64)
	return ref(n)
}
