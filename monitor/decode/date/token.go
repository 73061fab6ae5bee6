package date

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a number, a word or a mark of a text.
type token struct {
	kind   byte   // 'n' number, 'w' word in lower case, 'm' mark
	text   string // of a word without a closing full stop, of a mark as it stands
	value  int    // of a number
	digits int    // of a number
	glued  bool   // stands directly behind the token before it
}

// split cuts a text into tokens. White space only parts them. Each Chinese,
// Japanese or Korean character is a word of its own.
func split(s string) []token {
	var out []token
	glued := false
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= 0x80 {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		switch {
		case r >= '0' && r <= '9':
			j, v := i, 0
			for ; j < len(s) && s[j] >= '0' && s[j] <= '9'; j++ {
				if v < 1e8 {
					v = v*10 + int(s[j]-'0')
				}
			}
			out = append(out, token{kind: 'n', value: v, digits: j - i, glued: glued})
			i, glued = j, true
		case unicode.IsSpace(r):
			i, glued = i+size, false
		case wide(r):
			out = append(out, token{kind: 'w', text: s[i : i+size], glued: glued})
			i, glued = i+size, true
		case unicode.IsLetter(r):
			j := i + letters(s[i:])
			out = append(out, token{kind: 'w', text: strings.ToLower(s[i:j]), glued: glued})
			i, glued = j, true
		default:
			out = append(out, token{kind: 'm', text: s[i : i+size], glued: glued})
			i, glued = i+size, true
		}
	}
	return out
}

// letters is the length of the run of letters a text begins with.
func letters(s string) int {
	for i, r := range s {
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) || wide(r) {
			return i
		}
	}
	return len(s)
}

func wide(r rune) bool {
	return r >= 0x2e80 && (unicode.Is(unicode.Han, r) || unicode.Is(unicode.Hangul, r) ||
		unicode.Is(unicode.Hiragana, r) || unicode.Is(unicode.Katakana, r))
}

func (t token) is(texts string) bool {
	return t.kind == 'm' && strings.Contains(texts, t.text)
}

func (t token) word(words ...string) bool {
	return t.kind == 'w' && slices.Contains(words, t.text)
}
