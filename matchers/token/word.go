package token

import (
	"strings"
	"unicode/utf8"
)

// LatinHash is the hash of a word with Cyrillic letters that look Latin read as
// the Latin ones.
func LatinHash(word string) uint64 {
	var h hasher
	eachFolded(word, func(r rune) { h.add(lookAlike(r)) })
	return h.sum()
}

// Fold is the folded form of one token.
func Fold(word string) string {
	var b strings.Builder
	b.Grow(len(word))
	var latin, cyrillic bool
	eachFolded(word, func(r rune) {
		latin = latin || r < utf8.RuneSelf && r >= 'a'
		cyrillic = cyrillic || r >= 0x400 && r < 0x530
		b.WriteRune(r)
	})
	if latin && cyrillic {
		return strings.Map(lookAlike, b.String())
	}
	return b.String()
}

// eachFolded calls f with the folded characters of a word.
func eachFolded(word string, f func(rune)) {
	for i := 0; i < len(word); {
		r, width := char(word, i)
		i += width
		switch c, to := foldRune(r); c {
		case letter, digit, single:
			f(to)
		case expand:
			eachExpanded(to, f)
		}
	}
}

// eachExpanded calls f with the letters that the i-th of the expansions folds to.
func eachExpanded(i rune, f func(rune)) {
	for k, r := range expansions[i] {
		if k > 0 {
			f(r)
		}
	}
}

// HashOf is the hash that a token written like word has. Words of several
// tokens have none; it gives that of the first, and 0 for no token.
func HashOf(word string) uint64 {
	var room [64]Token
	if t := Append(room[:0], word); len(t) > 0 {
		return t[0].Hash
	}
	return 0
}
