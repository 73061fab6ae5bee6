package token

import (
	"unicode"
	"unicode/utf8"
)

// Gap says what stands between two tokens: which kinds of character, each a
// bit. The zero Gap is no gap at all, as between the letter and the number of
// F16; zero-width characters count as nothing.
type Gap uint16

// The kinds of character in a gap.
const (
	Space      Gap = 1 << iota // any space but a line break
	Hyphen                     // one hyphen, dash or minus
	Dot                        // . and the middle dot
	Slash                      // / and \
	Apostrophe                 // ' and the like
	Quote                      // double quotes and guillemets
	Bracket                    // ( ) [ ] { }
	Comma                      // , ; : and their kin
	Stop                       // ! ? … and the full stops of other scripts
	Break                      // a line break
	Currency                   // $ and other signs of money
	Wide                       // more than one hyphen, or more than three spaces
	Other                      // anything else
)

// Tight says that nothing but punctuation stands in the gap, no space.
func (g Gap) Tight() bool { return g&(Space|Break) == 0 }

// Only says that nothing else than the kinds given stands in the gap.
func (g Gap) Only(kinds Gap) bool { return g&^kinds == 0 }

// GapOf classifies the text between two tokens, or before the first one.
func GapOf(text string) Gap {
	var g Gap
	spaces, hyphens := 0, 0
	for i := 0; i < len(text); {
		r, width := char(text, i)
		i += width
		k := gapKind(r)
		g |= k
		switch k {
		case Space:
			spaces++
		case Hyphen:
			hyphens++
		}
	}
	if spaces > 3 || hyphens > 1 {
		g |= Wide
	}
	return g
}

func gapKind(r rune) Gap {
	switch r {
	case ' ', '\t', 0xA0, 0x1680, 0x202F, 0x205F, 0x3000:
		return Space
	case '\n', '\r', 0x0B, 0x0C, 0x85, 0x2028, 0x2029:
		return Break
	case '-', 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0x2043, 0xFE58, 0xFE63, 0xFF0D:
		return Hyphen
	case '.', '·', '．', '・', '•':
		return Dot
	case '/', '\\', '／', '⁄':
		return Slash
	case '\'', '’', '‘', '‛', 'ʼ', 'ʻ', 'ʹ', '`', '´', '＇', '′':
		return Apostrophe
	case '"', '“', '”', '„', '‟', '«', '»', '‹', '›', '「', '」', '『', '』', '《', '》', '〈', '〉', '＂', '″':
		return Quote
	case '(', ')', '[', ']', '{', '}', '（', '）', '［', '］', '【', '】':
		return Bracket
	case ',', ';', ':', '，', '、', '；', '：', '،', '؛':
		return Comma
	case '!', '?', '…', '。', '！', '？', '؟', '۔', '।', '॥', '։':
		return Stop
	}
	if r >= 0x2000 && r <= 0x200A {
		return Space
	}
	return rareGap(r)
}

func rareGap(r rune) Gap {
	if c, _ := foldRune(r); c == format || c == mark {
		return 0
	}
	if r == '$' || r >= utf8.RuneSelf && unicode.Is(unicode.Sc, r) {
		return Currency
	}
	return Other
}

// Before is the gap before token i: from the end of the token before it, or
// from the beginning of the text.
func Before(text string, tokens []Token, i int) Gap {
	from := 0
	if i > 0 {
		from = int(tokens[i-1].End)
	}
	if i >= len(tokens) {
		return GapOf(text[from:])
	}
	return GapOf(text[from:tokens[i].Start])
}

// Case says how a word is capitalised. A word of a script without case, and a
// number, has none of the bits.
type Case uint8

// The bits of a Case.
const (
	First Case = 1 << iota // the first letter is a capital
	Upper                  // there is a capital
	Lower                  // there is a small letter
)

// CaseOf looks at the letters of a word.
func CaseOf(word string) Case {
	var c Case
	first := true
	for i := 0; i < len(word); {
		b := word[i]
		if b < utf8.RuneSelf && b != '&' {
			i++
			switch {
			case b >= 'a' && b <= 'z':
				c |= Lower
			case b >= 'A' && b <= 'Z':
				c |= Upper
				if first {
					c |= First
				}
			}
			first = false
			continue
		}
		r, width := char(word, i)
		i += width
		switch {
		case unicode.IsLower(r):
			c |= Lower
		case unicode.IsUpper(r), unicode.IsTitle(r):
			c |= Upper
			if first {
				c |= First
			}
		default:
			continue
		}
		first = false
	}
	return c
}

// AllUpper says that every letter is a capital.
func (c Case) AllUpper() bool { return c&Upper != 0 && c&Lower == 0 }

// AllLower says that every letter is small.
func (c Case) AllLower() bool { return c&Lower != 0 && c&Upper == 0 }

// Title says that the word begins with a capital and goes on in small letters,
// perhaps with more capitals.
func (c Case) Title() bool { return c&First != 0 && c&Lower != 0 }
