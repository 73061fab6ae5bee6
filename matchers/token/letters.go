package token

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// hashBeyond is the hash of the run of n bytes, some of them beyond ASCII, that b
// begins with, flags included, when it is a plain word: letters of one script,
// without marks, entities or zero-width characters. The first byte tells which
// script to expect.
func hashBeyond(b []byte, n int) (uint64, bool) {
	switch c := b[0]; {
	case c < 0xCD:
		if hash, ok := hashLatin(b, n); ok {
			return hash, true
		}
		return hashLong(b[:n])
	case c < 0xE0:
		return hashTwos(b, n)
	case c < 0xE3:
		return hashThrees(b, n)
	}
	return 0, false
}

// nonJoiner is the zero-width character that parts the prefixes and endings of
// Persian words.
var nonJoiner = []byte("\u200c")

// hashJoined is the hash of a word that would be plain without non-joiners.
func hashJoined(word []byte) (uint64, bool) {
	if len(word) > 40 || bytes.IndexByte(word, nonJoiner[0]) < 0 {
		return 0, false
	}
	var room [64]byte
	joined := room[:0]
	before, behind, found := bytes.Cut(word, nonJoiner)
	for ; found; before, behind, found = bytes.Cut(behind, nonJoiner) {
		if len(before) == 0 || len(behind) == 0 || !utf8.RuneStart(behind[0]) { // a half finds no other half
			return 0, false
		}
		joined = append(joined, before...)
	}
	joined = append(joined, before...)
	return hashBeyond(room[:], len(joined))
}

// hashTwos is the hash of a word of letters of two bytes each: of Cyrillic, Greek,
// Arabic or Hebrew. It goes by eight letters, so that few lengths decide a branch.
func hashTwos(b []byte, n int) (uint64, bool) {
	var hash, all, missing uint64
	for odd := n & 1; ; n -= 16 {
		if len(b) < 16 {
			return 0, false
		}
		m := &keep[min(n, 16)&31]
		lo, hi := fourTwos((*[8]byte)(b))&m[0], fourTwos((*[8]byte)(b[8:]))&m[1]
		hash = mix(lo&laneValues^hash, hi&laneValues)
		all |= lo | hi
		missing |= m[0]&^lo | m[1]&^hi
		if n < 16 || missing&(laneLetter*fourLanes) != 0 {
			look := (all&(laneOdd*fourLanes) - 1) >> 62 & lookBit // when none is odd
			return hash&payloadMask | look, missing&(laneLetter*fourLanes) == 0 && odd == 0
		}
		b = b[16:]
	}
}

// A lane is the entry of a letter in 16 bits: 11 of its folded form, and these.
const (
	laneLetter = 1 << 15
	laneOdd    = 1 << 14

	fourLanes  = 0x0001000100010001
	laneValues = 0x7ff * fourLanes
)

// lane holds the letters that UTF-8 writes in two bytes and that fold to such
// letters again, by these bytes: Cyrillic, Greek, Arabic, Hebrew, not é. What is
// none is zero; most of the table is, and never touched.
var lane = func() *[1 << 16]uint16 {
	table := new([1 << 16]uint16)
	for r, e := range two {
		if e.class() != letter || e.size() != 16 || e.value() >= 0x800 {
			continue
		}
		l := &table[0x80C0|r>>6|r&0x3f<<8]
		*l = laneLetter | uint16(e.value())
		if e&odd != 0 {
			*l |= laneOdd
		}
	}
	return table
}()

// fourTwos gives the lanes of four letters of two bytes.
func fourTwos(b *[8]byte) uint64 {
	return uint64(lane[binary.LittleEndian.Uint16(b[:])]) |
		uint64(lane[binary.LittleEndian.Uint16(b[2:])])<<16 |
		uint64(lane[binary.LittleEndian.Uint16(b[4:])])<<32 |
		uint64(lane[binary.LittleEndian.Uint16(b[6:])])<<48
}

// hashThrees is the same for letters of three bytes each that fold to themselves:
// of Devanagari and its kin.
func hashThrees(b []byte, n int) (uint64, bool) {
	var hash, wrong uint64
	if n%3 != 0 {
		return 0, false
	}
	for n = n / 3 * 2; ; n -= 16 {
		if len(b) < 24 {
			return 0, false
		}
		m := &keep[min(n, 16)&31]
		lo, wrongLo := fourThrees((*[12]byte)(b))
		var hi, wrongHi uint64
		if n > 8 {
			hi, wrongHi = fourThrees((*[12]byte)(b[12:]))
		}
		hash = mix(lo&m[0]^hash, hi&m[1])
		wrong |= wrongLo&m[0] | wrongHi&m[1]
		if n < 16 || wrong != 0 {
			return hash & payloadMask, wrong == 0
		}
		b = b[24:]
	}
}

// themselves has a bit for each character of three bytes that folds to itself and
// is a letter or a token of its own.
var themselves = func() (t struct{ letter, single [1 << 10]uint64 }) {
	for r := rune(0x800); r < 0x10000; r++ {
		switch folding(r) {
		case uint32(letter) << 24:
			t.letter[r>>6] |= 1 << (r & 63)
		case uint32(single) << 24:
			t.single[r>>6] |= 1 << (r & 63)
		}
	}
	return t
}()

// fourThrees gives the letters that twelve bytes are. Wrong is not zero in the
// lanes of those that are something else.
func fourThrees(b *[12]byte) (lanes, wrong uint64) {
	x, y := binary.LittleEndian.Uint64(b[:8]), binary.LittleEndian.Uint64(b[4:])
	l0, w0 := oneThree(x)
	l1, w1 := oneThree(x >> 24)
	l2, w2 := oneThree(y >> 16)
	l3, w3 := oneThree(y >> 40)
	return l0 | l1<<16 | l2<<32 | l3<<48, w0 | w1<<16 | w2<<32 | w3<<48
}

// oneThree is the same for the character that x begins with.
func oneThree(x uint64) (r, wrong uint64) {
	page, c := x&0xf<<6|x>>8&0x3f, x>>16&0x3f
	form := x&0xC0C0F0 ^ 0x8080E0
	return page<<6 | c, ^(themselves.letter[page]>>c)&1 | form>>4&0xffff | form>>14
}
