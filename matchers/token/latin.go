package token

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// hashLatin is the hash of a word of at most sixteen bytes that folds to ASCII.
// It has the word in two registers, where each character of two bytes gives way to
// what it folds to, and what stands behind it moves up.
func hashLatin(b []byte, n int) (uint64, bool) {
	if n > 16 || len(b) < 16 {
		return 0, false
	}
	m := &keep[n&31]
	lo, hi := binary.LittleEndian.Uint64(b)&m[0], binary.LittleEndian.Uint64(b[8:])&m[1]
	for beyond := lo & high; beyond != 0; beyond = lo & high {
		at := uint(bits.TrailingZeros64(beyond)) & 56
		switch to := narrowed(lo>>at | hi<<8<<(56-at)); {
		case to == 0:
			return 0, false
		case to < utf8.RuneSelf:
			lo = lo&(1<<at-1) | to<<at | (lo>>8|hi<<56)&(^uint64(0xff)<<at)
			hi >>= 8
			n--
		default:
			lo = lo&^(0xffff<<at) | to<<at
			hi = hi&^(0xffff>>(64-at)) | to>>(64-at)
		}
	}
	for beyond := hi & high; beyond != 0; beyond = hi & high {
		at := uint(bits.TrailingZeros64(beyond)) & 56
		switch to := narrowed(hi >> at); {
		case to == 0:
			return 0, false
		case to < utf8.RuneSelf:
			hi = hi&(1<<at-1) | to<<at | hi>>8&(^uint64(0xff)<<at)
			n--
		default:
			hi = hi&^(0xffff<<at) | to<<at
		}
	}
	m = &keep[n&31]
	lo, hi = lo|lower&m[0], hi|lower&m[1]
	const letters = 0x40 * ones // no & has this bit
	return mix(lo, hi) & payloadMask, n < 16 && ^lo&m[0]&letters|^hi&m[1]&letters == 0
}

// narrowed gives the ASCII letter, or the two as bytes, that the character of two
// bytes folds to that x begins with. It gives 0 for anything else.
func narrowed(x uint64) uint64 {
	if x&0xC0E0 != 0x80C0 {
		return 0
	}
	return uint64(narrow[x&0x1f<<6|x>>8&0x3f])
}

// narrow holds these for the characters of two bytes: e for é, ss for ß.
var narrow = func() (table [0x800]uint16) {
	for r, e := range two {
		switch {
		case e.class() == letter && e.size() == 8:
			table[r] = uint16(e.value())
		case e.class() == expand:
			_, to, _ := strings.Cut(expansions[e.value()], string(rune(r)))
			if len(to) == 2 && to[0] < utf8.RuneSelf && to[1] < utf8.RuneSelf {
				table[r] = uint16(to[0]) | uint16(to[1])<<8
			}
		}
	}
	return table
}()
