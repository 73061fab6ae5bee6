package token

import (
	"html"
	"strings"
	"unicode/utf8"
)

// maxEntity bounds the length of an entity that is understood.
const maxEntity = 12

// entity decodes what s begins with: an HTML entity, or a plain &.
func entity(s string) (rune, int) {
	end := strings.IndexByte(s[:min(len(s), maxEntity)], ';')
	if end < 2 {
		return '&', 1
	}
	if r := numeric(s[1:end]); r != 0 {
		return r, end + 1
	}
	if r := common[s[1:end]]; r != 0 {
		return r, end + 1
	}
	decoded := html.UnescapeString(s[:end+1])
	if r, w := utf8.DecodeRuneInString(decoded); w == len(decoded) && r != utf8.RuneError {
		return r, end + 1
	}
	return '&', 1
}

// common entities are decoded without an allocation.
var common = map[string]rune{
	"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\'', "nbsp": 0xA0, "shy": 0xAD, "thinsp": 0x2009, "hellip": '…',
	"ndash": '–', "mdash": '—', "lsquo": '‘', "rsquo": '’', "ldquo": '“', "rdquo": '”', "laquo": '«', "raquo": '»',
}

// numeric decodes #8209 and #x2011. It gives 0 for anything else, and for the
// numbers that HTML reads as something else.
func numeric(name string) rune {
	if name[0] != '#' {
		return 0
	}
	digits, base := name[1:], rune(10)
	if digits != "" && digits[0]|0x20 == 'x' {
		digits, base = digits[1:], 16
	}
	var r rune
	for i := range len(digits) {
		d := digit36(digits[i])
		if d >= base || r > utf8.MaxRune {
			return 0
		}
		r = r*base + d
	}
	if r < 0xA0 && r >= 0x7F || !utf8.ValidRune(r) {
		return 0
	}
	return r
}

func digit36(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		return rune(c|0x20-'a') + 10
	}
	return 36
}
