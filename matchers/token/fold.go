package token

import (
	"unicode"
	"unicode/utf8"

	_ "embed"
)

//go:generate go run ./gen

// foldTable says what each character of the Basic Multilingual Plane is: 256
// page numbers, then pages of 256 entries, class<<24 | distance to the folded form.
//
//go:embed fold.bin
var foldTable string

// class says what a character is to the tokeniser.
type class uint8

// The classes, as package foldtable numbers them.
const (
	separator class = iota
	letter
	digit
	single
	mark
	format
	expand
	closer // to be looked at more closely: no class of the table
)

// expansions are the letters that fold to several, each with its folded form.
var expansions = [...]string{
	"ßss", "ẞss", "æae", "Æae", "œoe", "Œoe", "þth", "Þth", "ĳij", "Ĳij", "ǆdz", "ǅdz", "Ǆdz",
	"ǉlj", "ǈlj", "Ǉlj", "ǌnj", "ǋnj", "Ǌnj", "ﬀff", "ﬁfi", "ﬂfl", "ﬃffi", "ﬄffl", "ﬅst", "ﬆst",
	"Ⅱii", "Ⅲiii", "Ⅳiv", "Ⅵvi", "Ⅶvii", "Ⅷviii", "Ⅸix", "Ⅺxi", "Ⅻxii", "ⅱii", "ⅲiii", "ⅳiv", "ⅵvi", "ⅶvii", "ⅷviii", "ⅸix",
	"ﻻلا", "ﻼلا", "ﻷلا", "ﻸلا", "ﻹلا", "ﻺلا", "ﻵلا", "ﻶلا",
}

// foldRune gives the class of a character and its folded form.
func foldRune(r rune) (class, rune) {
	if r < 0x10000 {
		e := folding(r)
		c, delta := class(e>>24), rune(e&0x1fffff)
		if c == expand {
			return c, delta
		}
		return c, (r + delta) & 0x1fffff
	}
	return foldAstral(r)
}

// folding is the table's entry of a character of the Basic Multilingual Plane.
func folding(r rune) uint32 {
	i := int(foldTable[r>>8])*1024 + int(r&0xff)*4 + 256
	e := foldTable[i : i+4]
	return uint32(e[0]) | uint32(e[1])<<8 | uint32(e[2])<<16 | uint32(e[3])<<24
}

// foldAstral does the same beyond the Basic Multilingual Plane.
func foldAstral(r rune) (class, rune) {
	switch {
	case r >= 0x1D400 && r <= 0x1D6A3: // mathematical alphabets of 52 letters
		return letter, 'a' + (r-0x1D400)%26
	case r >= 0x1D7CE && r <= 0x1D7FF: // and digits
		return digit, '0' + (r-0x1D7CE)%10
	case r >= 0x20000 && r <= 0x3FFFF:
		return single, r
	case unicode.Is(unicode.Mn, r):
		return mark, r
	case unicode.Is(unicode.Cf, r), r >= 0xE0100 && r <= 0xE01EF:
		return format, r
	case unicode.IsLetter(r):
		return letter, unicode.ToLower(r)
	case unicode.Is(unicode.Nd, r):
		return digit, r
	}
	return separator, r
}

// entry is what the tokeniser needs of a character of the Basic Multilingual
// Plane: its folded form in 16 bits, its class, its scripts, and how many bits
// of the hash's input it makes.
type entry uint32

const (
	latin    entry = 1 << 20 // a Latin letter
	cyrillic entry = 1 << 21
	odd      entry = 1 << 22 // a letter that neither is Latin nor looks so
	leftward entry = 1 << 23 // a letter written from right to left: Hebrew, Arabic
)

func (e entry) class() class  { return class(e >> 16 & 7) }
func (e entry) value() uint64 { return uint64(e & 0xffff) }
func (e entry) size() uint    { return uint(e >> 24) }

// near holds the entries below U+0800, which UTF-8 writes in one or two bytes,
// and two the same for what is written in two: none of ASCII is.
var near, two = func() (near, two [0x800]entry) {
	for r := range near {
		near[r] = newEntry(rune(r))
	}
	near['&'] = unknown
	two = near
	for r := range utf8.RuneSelf {
		two[r] = unknown
	}
	return near, two
}()

func newEntry(r rune) entry {
	c, to := foldRune(r)
	e := entry(to)&0xffff | entry(c)<<16 | script(to)
	if to < utf8.RuneSelf {
		return e | 8<<24
	}
	return e | 16<<24
}

// script says what a folded letter is taken for.
func script(r rune) entry {
	switch {
	case r < utf8.RuneSelf:
		return latin
	case r >= 0x590 && r < 0x780:
		return odd | leftward
	case r < 0x400 || r >= 0x530:
		return odd
	case lookAlike(r) == r:
		return cyrillic | odd
	}
	return cyrillic
}

// far is the entry of a character from U+0800 on.
func far(r rune) entry {
	e := folding(r)
	to := (uint32(r) + e) & 0x1fffff
	known := entry(to)&0xffff | entry(e>>24)<<16
	switch {
	case to >= 0x10000:
		return unknown
	case to >= 0x800:
		return known | odd | 16<<24
	case to >= utf8.RuneSelf:
		return known | near[to]&(cyrillic|odd|leftward) | 16<<24
	}
	return known | latin | 8<<24
}

// char reads one character or entity. The width is 1 or more.
func char(text string, i int) (r rune, width int) {
	c := text[i]
	if c < utf8.RuneSelf {
		if c == '&' {
			return entity(text[i:])
		}
		return rune(c), 1
	}
	r, width = utf8.DecodeRuneInString(text[i:])
	if r == utf8.RuneError && width == 1 {
		r = ' '
	}
	return r, width
}

// lookAlike gives the Latin letter that looks like a folded Cyrillic one, or
// the letter itself.
func lookAlike(r rune) rune {
	switch r {
	case 'а':
		return 'a'
	case 'в':
		return 'b'
	case 'е':
		return 'e'
	case 'к':
		return 'k'
	case 'м':
		return 'm'
	case 'н':
		return 'h'
	case 'о':
		return 'o'
	case 'р':
		return 'p'
	case 'с':
		return 'c'
	case 'т':
		return 't'
	case 'у':
		return 'y'
	case 'х':
		return 'x'
	case 'і':
		return 'i'
	case 'ѕ':
		return 's'
	case 'ј':
		return 'j'
	}
	return r
}
