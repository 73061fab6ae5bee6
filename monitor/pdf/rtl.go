package pdf

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// logical puts a line of Arabic or Hebrew that was drawn from left to right, as
// it is seen, into the order in which it is read, and its letters into their
// plain forms. Words and numbers that run the other way within it stay as they
// are. Other lines come back untouched.
func logical(s string) string {
	runes := []rune(s)
	rtl, ltr := 0, 0
	for _, r := range runes {
		switch {
		case isRTL(r):
			rtl++
		case unicode.IsLetter(r):
			ltr++
		}
	}
	if rtl <= ltr {
		return s
	}
	slices.Reverse(runes)
	for i := 0; i < len(runes); {
		n := ltrRun(runes[i:])
		slices.Reverse(runes[i : i+n])
		i += max(n, 1)
	}
	return plain(string(runes))
}

// ltrRun is how many runes at the beginning are words and numbers that run
// from left to right, with what stands between them.
func ltrRun(runes []rune) int {
	n := 0
	for i, r := range runes {
		switch {
		case isRTL(r):
			return n
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			n = i + 1
		case n == 0:
			return 0
		}
	}
	return n
}

func isRTL(r rune) bool { return unicode.In(r, unicode.Arabic, unicode.Hebrew) && !unicode.IsDigit(r) }

// plain writes the forms that letters take within words as the letters.
func plain(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= 0xfb1d && r <= 0xfdff || r >= 0xfe70 && r <= 0xfefc {
			b.WriteString(norm.NFKC.String(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
