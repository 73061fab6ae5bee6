package token_test

import (
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/matchers/token"
	"github.com/armswatch/armswatch/matchers/token/foldtable"
)

var dashes = strings.Repeat("-", 128)

var cyrillicGreekArabic = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0x370, Hi: 0x6ff, Stride: 1}}}

// plainToken is a token as the slow reader sees it.
type plainToken struct {
	start, end int
	fold       string
	digits     bool
}

// readPlainly reads a text character by character, as the package comment says.
func readPlainly(text string) []plainToken {
	var out []plainToken
	kind := foldtable.Separator
	for i := 0; i < len(text); {
		r, width := readChar(text[i:])
		class, fold := classOf(r)
		next := i + width
		switch class {
		case foldtable.Format:
		case foldtable.Mark:
			if kind != foldtable.Separator {
				out[len(out)-1].end = next
			}
		case foldtable.Separator:
			kind = class
		case foldtable.Single:
			out = append(out, plainToken{i, next, fold, false})
			kind = foldtable.Separator
		default:
			if kind != class || class == foldtable.Letter && turns(out[len(out)-1].fold+fold) {
				out = append(out, plainToken{start: i, digits: class == foldtable.Digit})
			}
			last := &out[len(out)-1]
			last.end, last.fold, kind = next, last.fold+fold, class
		}
		i = next
	}
	for i := range out {
		out[i].fold = readMixed(out[i].fold)
	}
	return out
}

// turns says whether a word has letters that are written in either direction.
func turns(word string) bool {
	latin := strings.ContainsFunc(word, func(r rune) bool { return r < utf8.RuneSelf })
	return latin && strings.ContainsFunc(word, func(r rune) bool { return r >= 0x590 && r < 0x780 })
}

// readChar reads a character, an entity or a byte that is neither.
func readChar(s string) (rune, int) {
	if s[0] == '&' {
		end := strings.IndexByte(s[:min(len(s), 12)], ';')
		if end < 2 {
			return '&', 1
		}
		r := []rune(html.UnescapeString(s[:end+1]))
		if len(r) == 1 && r[0] != utf8.RuneError {
			return r[0], end + 1
		}
		return '&', 1
	}
	r, width := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && width == 1 {
		return ' ', 1
	}
	return r, width
}

func classOf(r rune) (class int, fold string) {
	switch {
	case r >= 0x1D400 && r <= 0x1D6A3:
		return foldtable.Letter, string('a' + (r-0x1D400)%26)
	case r >= 0x1D7CE && r <= 0x1D7FF:
		return foldtable.Digit, string('0' + (r-0x1D7CE)%10)
	case r >= 0x20000 && r <= 0x3FFFF:
		return foldtable.Single, string(r)
	case r >= 0x10000 && unicode.Is(unicode.Mn, r):
		return foldtable.Mark, ""
	case r >= 0x10000 && unicode.Is(unicode.Cf, r), r >= 0xE0100 && r <= 0xE01EF:
		return foldtable.Format, ""
	case r >= 0x10000 && unicode.IsLetter(r):
		return foldtable.Letter, string(unicode.ToLower(r))
	case r >= 0x10000 && unicode.Is(unicode.Nd, r):
		return foldtable.Digit, string(r)
	case r >= 0x10000:
		return foldtable.Separator, ""
	}
	e := tableEntry(r)
	switch class = int(e >> 24); class {
	case foldtable.Expand:
		_, width := utf8.DecodeRuneInString(foldtable.Expansions[e&0xffffff])
		return foldtable.Letter, foldtable.Expansions[e&0xffffff][width:]
	case foldtable.Letter, foldtable.Digit, foldtable.Single:
		return class, string((r + rune(e&0xffffff)) & 0x1fffff)
	}
	return class, ""
}

var table = foldtable.Build()

func tableEntry(r rune) uint32 {
	i := 256 + int(table[r>>8])*1024 + int(r&0xff)*4
	return uint32(table[i]) | uint32(table[i+1])<<8 | uint32(table[i+2])<<16 | uint32(table[i+3])<<24
}

var latinLooks = strings.NewReplacer("а", "a", "в", "b", "е", "e", "к", "k", "м", "m", "н", "h", "о", "o", "р", "p", "с", "c", "т", "t",
	"у", "y", "х", "x", "і", "i", "ѕ", "s", "ј", "j")

// readMixed takes the Latin reading of a word of Latin and Cyrillic letters.
func readMixed(word string) string {
	latin := strings.ContainsFunc(word, func(r rune) bool { return r >= 'a' && r <= 'z' })
	cyrillic := strings.ContainsFunc(word, func(r rune) bool { return r >= 0x400 && r < 0x530 })
	if latin && cyrillic {
		return latinLooks.Replace(word)
	}
	return word
}

// hashes remembers the hash of each folded word: the same words, the same
// hashes, and no two words one.
var (
	hashOfFold = map[string]uint64{}
	foldOfHash = map[uint64]string{}
)

// same reads a text as the slow reader does, and in the midst of another, where
// blocks are read at once, as block by block.
func same(t fataler, text string) {
	t.Helper()
	amid := dashes[:len(text)*7%64] + text + dashes
	if got, want := token.Append(nil, amid), token.AppendBlocks(nil, amid); !slices.Equal(got, want) {
		t.Fatalf("%q: %v, and by blocks %v", amid, got, want)
	}
	got, want := token.Append(nil, text), readPlainly(text)
	inOrder(t, text, got)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || int(got[i].Start) != want[i].start || int(got[i].End) != want[i].end || got[i].Digits() != want[i].digits {
			t.Fatalf("%q: token %d of %v, want %v", text, i, got, want)
		}
		if f := token.Fold(got[i].Of(text)); f != want[i].fold {
			t.Fatalf("%q: token %d folds to %q, want %q", text, i, f, want[i].fold)
		}
		sameHash(t, text, got[i].Hash, want[i].fold)
	}
}

func sameHash(t fataler, text string, hash uint64, fold string) {
	t.Helper()
	if h, ok := hashOfFold[fold]; ok && h != hash {
		t.Fatalf("%q: %q has hash %x, and had %x", text, fold, hash, h)
	}
	if f, ok := foldOfHash[hash]; ok && f != fold {
		t.Fatalf("%q: %q has the hash of %q", text, fold, f)
	}
	if len(hashOfFold) < 1<<20 {
		hashOfFold[fold], foldOfHash[hash] = hash, fold
	}
}
