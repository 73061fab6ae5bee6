package token

import (
	"encoding/binary"
	"math/bits"
)

// hashBeyond is the hash of a run that holds bytes beyond ASCII, flags included,
// when it is a plain word: letters of one script, without marks, entities or
// zero-width characters. The first byte tells which script to expect.
func hashBeyond(src []byte, start, end int) (uint64, bool) {
	switch c := src[start]; {
	case c < 0xCD:
		return hashLatin(src, start, end)
	case c < 0xE0:
		return hashTwos(src, start, end)
	}
	return hashThrees(src, start, end)
}

// hashLatin is the hash of a word of at most sixteen bytes that folds to ASCII.
// Each letter of two bytes gives way to its one in a register, and what stands
// behind it moves up.
func hashLatin(src []byte, start, end int) (uint64, bool) {
	n := end - start
	if n > 16 || start+16 > len(src) {
		return 0, false
	}
	m := &keep[n&31]
	lo, hi := binary.LittleEndian.Uint64(src[start:])&m[0], binary.LittleEndian.Uint64(src[start+8:])&m[1]
	for beyond := lo & high; beyond != 0; beyond = lo & high {
		at := uint(bits.TrailingZeros64(beyond)) & 56
		to, ok := narrow(lo>>at | hi<<8<<(56-at))
		if !ok {
			return 0, false
		}
		behind := ^uint64(0xff) << at
		lo = lo&(1<<at-1) | to<<at | (lo>>8|hi<<56)&behind
		hi >>= 8
		n--
	}
	for beyond := hi & high; beyond != 0; beyond = hi & high {
		at := uint(bits.TrailingZeros64(beyond)) & 56
		to, ok := narrow(hi >> at)
		if !ok {
			return 0, false
		}
		behind := ^uint64(0xff) << at
		hi = hi&(1<<at-1) | to<<at | hi>>8&behind
		n--
	}
	m = &keep[n&31]
	lo, hi = lo|lower&m[0], hi|lower&m[1]
	const letters = 0x40 * ones // no & has this bit
	return mix(lo, hi) & payloadMask, n < 16 && ^lo&m[0]&letters|^hi&m[1]&letters == 0
}

// narrow gives the ASCII letter that the character of two bytes folds to that x
// begins with, if it is one.
func narrow(x uint64) (uint64, bool) {
	e := two[x&0x1f<<6|x>>8&0x3f]
	return e.value(), x&0xC0E0 == 0x80C0 && e&^0xffff == entry(letter)<<16|latin|8<<24
}

// hashTwos is the hash of a word of letters of two bytes each: of Cyrillic, Greek,
// Arabic or Hebrew. It goes by eight letters, so that few lengths decide a branch.
func hashTwos(src []byte, start, end int) (uint64, bool) {
	var hash, all, wrong uint64
	i := start
	for {
		if i+16 > len(src) {
			return 0, false
		}
		m := &keep[min(end-i, 16)&31]
		lo, wrongLo := fourTwos(binary.LittleEndian.Uint64(src[i:]), m[0])
		hi, wrongHi := fourTwos(binary.LittleEndian.Uint64(src[i+8:]), m[1])
		hash = mix(lo&laneValues^hash, hi&laneValues)
		all |= lo | hi
		wrong |= wrongLo | wrongHi
		if i += 16; i > end {
			break
		}
	}
	hash &= payloadMask
	if laneScripts(all) == cyrillic {
		hash |= lookBit
	}
	return hash, wrong|uint64(end-start)&1 == 0
}

// hashThrees is the same for letters of three bytes each that fold to such again:
// of Devanagari and its kin.
func hashThrees(src []byte, start, end int) (uint64, bool) {
	var hash uint64
	var wrong bool
	i := start
	for {
		if i+24 > len(src) {
			return 0, false
		}
		lo, wrongLo := fourThrees((*[12]byte)(src[i:]), min(end-i, 12))
		var hi uint64
		if end-i > 12 {
			var wrongHi bool
			hi, wrongHi = fourThrees((*[12]byte)(src[i+12:]), min(end-i-12, 12))
			wrong = wrong || wrongHi
		}
		hash = mix(lo^hash, hi)
		wrong = wrong || wrongLo
		if i += 24; i > end {
			break
		}
	}
	return hash & payloadMask, !wrong && (end-start)%3 == 0
}

// A lane is the entry of a letter in 16 bits: 11 of its folded form, and these.
const (
	laneLetter   = 1 << 15
	laneCyrillic = 1 << 14
	laneOdd      = 1 << 13

	fourLanes  = 0x0001000100010001
	laneValues = 0x7ff * fourLanes
)

// lane holds the letters that UTF-8 writes in two bytes and that fold to such
// letters again: Cyrillic, Greek, Arabic, Hebrew, not é. What is none is zero.
var lane = func() (table [0x800]uint16) {
	for r, e := range two {
		if e.class() != letter || e.size() != 16 || e.value() >= 0x800 {
			continue
		}
		table[r] = laneLetter | uint16(e.value())
		if e&cyrillic != 0 {
			table[r] |= laneCyrillic
		}
		if e&odd != 0 {
			table[r] |= laneOdd
		}
	}
	return table
}()

// fourTwos gives the lanes of the letters that stand under a mask in eight bytes,
// the rest zero. Wrong is not zero when they are something else.
func fourTwos(x, mask uint64) (lanes, wrong uint64) {
	const form, lead = 0xC0E0 * fourLanes, 0x80C0 * fourLanes
	at := x&(0x1f*fourLanes)<<6 | x>>8&(0x3f*fourLanes)
	lanes = uint64(lane[at&0x7ff]) | uint64(lane[at>>16&0x7ff])<<16 | uint64(lane[at>>32&0x7ff])<<32 | uint64(lane[at>>48&0x7ff])<<48
	return lanes & mask, (x&form ^ lead | ^lanes&(laneLetter*fourLanes)) & mask
}

func laneScripts(lanes uint64) entry {
	lanes |= lanes >> 32
	lanes |= lanes >> 16
	return entry(lanes&laneCyrillic)<<7 | entry(lanes&laneOdd)<<9
}

// fourThrees is the same for the first n bytes of twelve.
func fourThrees(b *[12]byte, n int) (lanes uint64, wrong bool) {
	x, y := binary.LittleEndian.Uint64(b[:8]), binary.LittleEndian.Uint64(b[4:])
	for i, c := range [4]uint64{x, x >> 24, y >> 16, y >> 40} {
		if i*3 >= n {
			break
		}
		e := three(uint32(c))
		wrong = wrong || c&0xC0C0F0 != 0x8080E0 || e&^0xffff != entry(letter)<<16|odd|16<<24
		lanes |= e.value() << (16 * i)
	}
	return lanes, wrong
}
