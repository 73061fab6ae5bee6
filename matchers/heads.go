package matchers

import (
	"encoding/binary"
	"math/bits"
	"strings"

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

// head is the beginning of a word and the rule that asks for it.
type head struct {
	fold string
	rule int32
}

func newHeadIndex(keys int) headIndex {
	n := filterSize(keys)
	return headIndex{rules: map[headKey][]head{}, filter: make([]uint64, 1<<n), shift: uint(64 - n)}
}

// add indexes a rule by the beginning of a word, folded. It says no when that is
// too short.
func (x *headIndex) add(fold string, rule int32) bool {
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
	x.rules[k] = append(x.rules[k], head{fold, rule})
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
	small       = 0x2020202020202020 // makes ASCII letters small
	beyondASCII = 0x8080808080808080
)

// keep masks all but the first n bytes out of eight.
var keep = [9]uint64{0, 1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<32 - 1, 1<<40 - 1, 1<<48 - 1, 1<<56 - 1, 1<<64 - 1}

// firstBytes is the first eight bytes of a word, zeros behind its end.
func firstBytes(word string) uint64 {
	var b [8]byte
	copy(b[:], word)
	return binary.LittleEndian.Uint64(b[:])
}

// load is firstBytes of a token in small letters.
func load(text string, t token.Token) uint64 {
	n := min(t.End-t.Start, 8)
	if i := int(t.Start); i+8 <= len(text) {
		b := text[i : i+8]
		v := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		return (v | small) & keep[n]
	}
	return (firstBytes(t.Of(text)) | small) & keep[n]
}

func (x *headIndex) append(dst []int32, text string, tokens []token.Token) []int32 {
	if len(x.rules) == 0 {
		return dst
	}
	filter, shift := x.filter, x.shift&63
	for _, t := range tokens {
		first := load(text, t)
		if first&beyondASCII != 0 || first&0xff == '&' {
			fold := token.Fold(t.Of(text))
			first = firstBytes(fold)
			dst = x.at(x.at(dst, fold, first, 3), fold, first, 5)
			if x.hasTwo(first) {
				dst = x.at(dst, fold, first, 2)
			}
			continue
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
	heads := x.rules[headKey{first & keep[n], n}]
	if len(heads) == 0 {
		return dst
	}
	fold := token.Fold(word)
	for _, h := range heads {
		if strings.HasPrefix(fold, h.fold) {
			dst = append(dst, h.rule)
		}
	}
	return dst
}
