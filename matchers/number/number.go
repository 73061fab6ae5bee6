// Package number reads numbers as people write them: "1,234", "1.234,5",
// "1 234", "forty-four", "vierundvierzig", "quatre-vingt-dix", "1.8 billion",
// "hundreds of thousands".
//
// It promises exact decimal values (no floating point on the way), time linear
// in what it reads, and no panic on any bytes. It is pure: no clock, network or
// disk. It knows nothing of what is counted; that is the business of
// matchers/finding and matchers/query, which share it.
package number

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Number is a decimal value of at least zero, exact. The zero Number is 0.
type Number struct {
	mantissa uint64
	exp      int // power of ten
	// Vague is the form of words of a number that gives only its magnitude, for
	// example "hundreds of thousands"; the value is then the least it can mean.
	Vague string
	// Words says that the number is written in words, not in figures.
	Words bool
}

// Of makes a whole number.
func Of(n uint64) Number { return Number{mantissa: n} }

// String gives the value in plain digits, with a point when it has a fraction:
// "1800000000", "1.5".
func (n Number) String() string {
	s := strconv.FormatUint(n.mantissa, 10)
	if n.mantissa == 0 || n.exp == 0 {
		return s
	}
	if n.exp > 0 {
		return s + strings.Repeat("0", n.exp)
	}
	if pad := -n.exp - len(s) + 1; pad > 0 {
		s = strings.Repeat("0", pad) + s
	}
	whole, part := s[:len(s)+n.exp], strings.TrimRight(s[len(s)+n.exp:], "0")
	if part == "" {
		return whole
	}
	return whole + "." + part
}

// Int is the value as a whole number; ok is false when it has a fraction or is
// larger than 10^18.
func (n Number) Int() (v int64, ok bool) {
	if n.exp > 18 {
		return 0, n.mantissa == 0
	}
	v, err := strconv.ParseInt(n.String(), 10, 64)
	return v, err == nil && v <= 1e18
}

// times multiplies by a factor and a power of ten; a number too large to hold
// stays as it is.
func (n Number) times(factor uint64, exp int) Number {
	if factor > 1 && n.mantissa > 1e18/factor || n.exp+exp > 30 {
		return n
	}
	n.mantissa *= factor
	n.exp += exp
	return n
}

// At reads the number that begins at byte i of text, in figures or in the words
// of the language (ISO 639-1; "" is taken as English, or by script). It gives
// the byte offset of its end. What is glued to other letters is no number:
// "M1A1", "60mm", "F-16". The caller sees to it that i begins a word.
func At(text string, i int, lang string) (n Number, end int, ok bool) {
	if i < 0 || i >= len(text) {
		return Number{}, 0, false
	}
	lang = Base(lang)
	if glued(text, i) {
		return Number{}, 0, false
	}
	if _, w := digitAt(text, i); w > 0 {
		return figures(text, i, lang)
	}
	return words(text, i, lang)
}

// Base reduces a language tag to its ISO 639-1 part: "en-GB" to "en".
func Base(lang string) string {
	if k := strings.IndexAny(lang, "-_"); k >= 0 {
		lang = lang[:k]
	}
	return strings.ToLower(lang)
}

// glued says that what begins at i continues a word, a number or a designator.
func glued(text string, i int) bool {
	r, w := utf8.DecodeLastRuneInString(text[:i])
	if w == 0 {
		return false
	}
	if isWide(r) {
		return false
	}
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(text[:i-w])
	_, digit := digitAt(text, i)
	switch {
	case digit == 0:
		return false
	case isHyphen(r):
		return unicode.IsLetter(before) && !isWide(before)
	case r == '.' || r == ',':
		return unicode.IsDigit(before)
	}
	return false
}

// isWide says that a letter belongs to a script written without spaces.
func isWide(r rune) bool {
	return r >= 0x2E80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

func isHyphen(r rune) bool {
	return r == '-' || r >= 0x2010 && r <= 0x2015 || r == 0x2212
}

func isSpace(r rune) bool {
	return r == ' ' || r == 0xA0 || r == 0x202F || r == 0x2009 || r == 0x2007
}

// digitAt gives the value of the decimal digit at i, of any script, and its
// width in bytes; width 0 means no digit.
func digitAt(text string, i int) (value uint64, width int) {
	if i >= len(text) {
		return 0, 0
	}
	if c := text[i]; c < utf8.RuneSelf {
		if c >= '0' && c <= '9' {
			return uint64(c - '0'), 1
		}
		return 0, 0
	}
	r, w := utf8.DecodeRuneInString(text[i:])
	for _, zero := range [...]rune{0x660, 0x6F0, 0x966, 0x9E6, 0xFF10} {
		if r >= zero && r <= zero+9 {
			return uint64(r - zero), w
		}
	}
	return 0, 0
}
