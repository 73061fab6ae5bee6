package matchers

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unsafe"

	"github.com/armswatch/armswatch/matchers/query"
	"github.com/armswatch/armswatch/matchers/token"
)

// bitsPerKey is the size of the filters, which should stay in the first-level
// cache: a few tokens in a hundred pass that are in no rule.
const bitsPerKey = 16

// filterSize is the number of words of a filter, as a power of two.
func filterSize(keys int) int { return max(bits.Len(uint(keys*bitsPerKey/64)), 1) }

// headIndex finds words by the bytes they begin with when folded: those of rules
// with a wildcard, and those that all inflections of a word share. It goes by
// five bytes, or by three or two where a rule has no more.
type headIndex struct {
	lang   string // of the articles, as query.Language gives it
	rules  map[headKey][]head
	filter []uint64 // a word for the first three bytes, with two bits for these alone or for five
	shift  uint
	two    *[1 << 10]uint64 // a bit for two bytes; nil when no rule is that short
}

// headKey is some first bytes and how many.
type headKey struct {
	first uint64
	bytes uint8
}

// head is the beginning of a word and the rule that asks for it. Most that do not
// fit are refused by first, the first eight bytes.
type head struct {
	first, mask uint64
	fold        string
	inflected   query.Inflected
	rule        int32
}

func newHeadIndex(keys int, lang string) headIndex {
	n := filterSize(keys)
	return headIndex{lang: lang, rules: map[headKey][]head{}, filter: make([]uint64, 1<<n), shift: uint(64 - n)}
}

// add indexes a rule by the beginning of a word, folded, which all inflections
// of a word share if one is given. It says no when the beginning is too short.
func (x *headIndex) add(fold string, inflected query.Inflected, rule int32) bool {
	first := firstBytes(fold)
	k := headKey{bytes: 5}
	switch n := len(fold); {
	case n >= 5:
		g, f := threeHash(first), fiveHash(first)
		x.filter[g>>x.shift] |= 1<<(f>>58) | 1<<(f>>52&63)
	case n >= 3:
		k.bytes = 3
		g := threeHash(first)
		x.filter[g>>x.shift] |= 1<<(g&63) | 1<<(g>>6&63)
	case n == 2:
		k.bytes = 2
		if x.two == nil {
			x.two = new([1 << 10]uint64)
		}
		x.two[first&0xffff>>6] |= 1 << (first & 63)
	default:
		return false
	}
	k.first = first & (1<<(8*k.bytes) - 1)
	x.rules[k] = append(x.rules[k], head{first, keep[min(len(fold), 8)], fold, inflected, rule})
	return true
}

// threeHash spreads the first three bytes over 64 bits.
func threeHash(first uint64) uint64 {
	h := (first & 0xffffff) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}

// fiveHash spreads the fourth and fifth byte.
func fiveHash(first uint64) uint64 { return (first >> 24 & 0xffff) * 0x9e3779b97f4a7c15 }

const (
	ones        = 0x0101010101010101
	small       = ones << 5 // makes ASCII letters small
	beyondASCII = ones << 7
	ampersands  = '&' * ones
)

// plain says that the first bytes of a word are their own folded form in small
// letters: ASCII, and no HTML entity begins among them.
func plain(first uint64) bool {
	x := first ^ ampersands // has a zero byte where an ampersand stands
	return (first|(x-ones)&^x)&beyondASCII == 0
}

// keep masks all but the first n bytes out of eight.
var keep = [9]uint64{0, 1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<32 - 1, 1<<40 - 1, 1<<48 - 1, 1<<56 - 1, 1<<64 - 1}

// firstBytes is the first eight bytes of a word, zeros behind its end.
func firstBytes(word string) uint64 {
	var b [8]byte
	copy(b[:], word)
	return binary.LittleEndian.Uint64(b[:])
}

// load is firstBytes of a token in small letters.
func load(text []byte, t token.Token) uint64 {
	n := min(t.End-t.Start, 8)
	if int(t.Start)+8 <= len(text) {
		return (binary.LittleEndian.Uint64(text[t.Start:]) | small) & keep[n]
	}
	return (firstBytes(string(text[t.Start:t.End])) | small) & keep[n]
}

func (x *headIndex) append(dst []int32, text string, tokens []token.Token) []int32 {
	if len(x.rules) == 0 {
		return dst
	}
	bytes := unsafe.Slice(unsafe.StringData(text), len(text)) //nolint:gosec // only read
	filter, shift := x.filter, x.shift&63
	for _, t := range tokens {
		first := load(bytes, t)
		if !plain(first) {
			first = firstBytes(token.Fold(t.Of(text)))
		}
		g := threeHash(first)
		w := filter[g>>shift]
		f := fiveHash(first)
		if w>>(g&63)&(w>>(g>>6&63))&1 != 0 {
			dst = x.at(dst, t.Of(text), first, 3)
		}
		if w>>(f>>58)&(w>>(f>>52&63))&1 != 0 {
			dst = x.at(dst, t.Of(text), first, 5)
		}
		if x.two != nil && x.hasTwo(first) {
			dst = x.at(dst, t.Of(text), first, 2)
		}
	}
	return dst
}

func (x *headIndex) hasTwo(first uint64) bool {
	return x.two != nil && x.two[first&0xffff>>6]>>(first&63)&1 != 0
}

// at looks up a word by the first n of its folded bytes.
func (x *headIndex) at(dst []int32, word string, first uint64, n uint8) []int32 {
	var fold, stem string // "" until needed
	for _, h := range x.rules[headKey{first & keep[n], n}] {
		if first&h.mask != h.first {
			continue
		}
		if fold == "" {
			fold = token.Fold(word)
		}
		if !strings.HasPrefix(fold, h.fold) {
			continue
		}
		if h.inflected.Stem != "" && fold != h.inflected.Fold {
			if stem == "" {
				stem = query.Stem(x.lang, word)
			}
			if stem != h.inflected.Stem {
				continue
			}
		}
		dst = append(dst, h.rule)
	}
	return dst
}
