package matchers

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"

	"github.com/armswatch/armswatch/matchers/token"
)

// bitsPerKey is the size of the filters, which should stay in the first-level
// cache: a few tokens in a hundred pass that are in no rule.
const bitsPerKey = 16

// filterSize is the number of words of a filter, as a power of two.
func filterSize(keys int) int { return max(bits.Len(uint(keys*bitsPerKey/64)), 1) }

// wordIndex finds words and pairs of words. Its filter is a blocked Bloom
// filter as in package scan: both bits of a key stand in the word of the filter
// that the last token chooses.
type wordIndex struct {
	rules  map[wordKey][]int32
	filter []uint64
	shift  uint
}

// wordKey is two adjacent tokens; a zero before says one.
type wordKey struct{ before, hash uint64 }

func newWordIndex(keys int) wordIndex {
	n := filterSize(keys)
	return wordIndex{map[wordKey][]int32{}, make([]uint64, 1<<n), uint(64 - n)}
}

// add indexes words in a row by their longest pair.
func (x *wordIndex) add(words []string, rule int32) {
	hash := token.HashOf
	if slices.ContainsFunc(words, func(w string) bool { return strings.ContainsFunc(w, unicode.IsDigit) }) {
		hash = latinHash
	}
	last, longest := 0, 0
	for i := 1; i < len(words); i++ {
		if n := len(words[i-1]) + len(words[i]); n > longest {
			last, longest = i, n
		}
	}
	k := wordKey{hash: payload(hash(words[last]))}
	w := &x.filter[k.hash>>x.shift]
	if last > 0 {
		k.before = payload(hash(words[last-1]))
		*w |= 1<<(k.before>>14&63) | 1<<(k.before>>20&63)
	} else {
		*w |= 1<<(k.hash>>2&63) | 1<<(k.hash>>8&63)
	}
	x.rules[k] = append(x.rules[k], rule)
}

// latinHash is the hash of a word of a designation: rules read the Cyrillic Т of
// Т-72 as a T.
func latinHash(word string) uint64 {
	if t := token.Append(nil, word); len(t) > 0 && t[0].LooksLatin() {
		return token.LatinHash(word)
	}
	return token.HashOf(word)
}

// payload is a hash without the bits that say what the token is.
func payload(hash uint64) uint64 { return hash &^ 3 }

func (x *wordIndex) append(dst []int32, text string, tokens []token.Token) []int32 {
	if len(x.rules) == 0 {
		return dst
	}
	filter, shift := x.filter, x.shift&63
	before := uint64(0)
	for i := range tokens {
		h := tokens[i].Hash
		w := filter[h>>shift]
		alone := w >> (h >> 2 & 63) & (w >> (h >> 8 & 63))
		paired := w >> (before >> 14 & 63) & (w >> (before >> 20 & 63))
		either := h | before // a number and a word that looks Latin set both low bits
		if (alone|paired|either>>1&either)&1 != 0 {
			dst = x.at(dst, text, tokens, i)
		}
		before = h
	}
	return dst
}

// at looks token i up, alone and with the one before it.
func (x *wordIndex) at(dst []int32, text string, tokens []token.Token, i int) []int32 {
	h := tokens[i].Hash
	dst = append(dst, x.rules[wordKey{0, payload(h)}]...)
	if i == 0 {
		return dst
	}
	before := tokens[i-1].Hash
	dst = append(dst, x.rules[wordKey{payload(before), payload(h)}]...)
	if (h|before)&3 != 3 {
		return dst
	}
	a, b := latin(text, tokens[i-1]), latin(text, tokens[i])
	dst = append(append(dst, x.rules[wordKey{0, a}]...), x.rules[wordKey{0, b}]...)
	return append(dst, x.rules[wordKey{a, b}]...)
}

// latin is the hash of a token, of its Latin reading if it has one.
func latin(text string, t token.Token) uint64 {
	if t.LooksLatin() {
		return token.LatinHash(t.Of(text))
	}
	return payload(t.Hash)
}
