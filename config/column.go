package config

import (
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// within moves a place to a byte offset inside its value, so that a problem in
// the middle of a rule points at its character. Values that run over lines keep
// their beginning.
func (c *checker) within(at place, offset int) place {
	if at.style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || strings.Contains(at.raw, "\n") || offset < 0 {
		return at
	}
	source := from(lineOf(c.data, at.line), at.col)
	switch {
	case at.style&yaml.DoubleQuotedStyle != 0:
		at.col += utf8.RuneCountInString(source[:skip(source, offset, escapeLen)])
	case at.style&yaml.SingleQuotedStyle != 0:
		at.col += utf8.RuneCountInString(source[:skip(source, offset, doubledLen)])
	default:
		at.col += utf8.RuneCountInString(source[:min(offset, len(source))])
	}
	return at
}

// skip finds where the byte at offset of a quoted value stands in its source,
// the quote included.
func skip(source string, offset int, length func(string) (source, value int)) int {
	i := 1
	for done := 0; done < offset && i < len(source); {
		n, v := length(source[i:])
		i, done = i+n, done+v
	}
	return min(i, len(source))
}

// escapeLen measures one character of a double-quoted value: how many bytes it
// takes in the source, and how many in the value.
func escapeLen(s string) (source, value int) {
	if s[0] != '\\' || len(s) == 1 {
		return 1, 1
	}
	switch s[1] {
	case 'x':
		return min(4, len(s)), 1
	case 'u':
		return min(6, len(s)), 3
	case 'U':
		return min(10, len(s)), 4
	}
	return 2, 1
}

// doubledLen is escapeLen for single quotes, where only a quote is written twice.
func doubledLen(s string) (source, value int) {
	if strings.HasPrefix(s, "''") {
		return 2, 1
	}
	return 1, 1
}
