package token

import (
	"encoding/binary"
	"math/bits"
)

// plainWord is a word of letters without marks, entities or zero-width
// characters in it or behind it: its hash, and where it ends.
type plainWord struct {
	hash uint64
	end  int
}

// readWord reads the plain word at i, if there is one.
func readWord(src []byte, i int) (plainWord, bool) {
	if src[i]&0xE0 == 0xC0 {
		if w, ok := readLanes(src, i); ok {
			return w, true
		}
	}
	return readLetters(src, i)
}

// readLanes reads a word of letters of two bytes each that ASCII follows: most
// words of Cyrillic, Greek, Arabic or Hebrew. Where the word ends it knows from
// the highest bits of the bytes, so that the next one need not wait for the look
// at the letters; and it goes by eight letters, so that few lengths decide a branch.
func readLanes(src []byte, i int) (w plainWord, ok bool) {
	var hash, all, wrong uint64
	for width := 16; width == 16; {
		if i+16 > len(src) || wrong != 0 {
			return w, false
		}
		x, y := binary.LittleEndian.Uint64(src[i:]), binary.LittleEndian.Uint64(src[i+8:])
		width = beyondASCII(x)
		more := beyondASCII(y) & -(width >> 3) // none unless all of x is
		lo, wrongX := fourLetters(x, width)
		hi, wrongY := fourLetters(y, more)
		width += more
		i += width
		hash = mix(lo&laneValues^hash, hi&laneValues)
		all |= lo | hi
		wrong |= wrongX | wrongY | uint64(width&1)
	}
	if i >= len(src) || wrong != 0 || src[i] == '&' || isLetter(src[i]) {
		return w, false
	}
	hash &= payloadMask
	if laneScripts(all) == cyrillic {
		hash |= lookBit
	}
	return plainWord{hash, i}, true
}

// beyondASCII counts the bytes beyond ASCII that eight bytes begin with.
func beyondASCII(x uint64) int { return bits.TrailingZeros64(^x&high) / 8 }

// readLetters reads a word of letters of any scripts but Latin with Cyrillic:
// up to eight of ASCII at a time, others one by one.
func readLetters(src []byte, i int) (w plainWord, ok bool) {
	var hash, lo, acc uint64 // as in hasher
	var n uint
	var half bool
	var scripts entry
	for i+8 <= len(src) {
		x := binary.LittleEndian.Uint64(src[i:])
		e, width := readEntry(x)
		if e.class() != letter {
			ok = e.class() == separator || e.class() == digit || e.class() == single
			break
		}
		v, size := e.value(), e.size()
		if width == 1 {
			width = asciiLetters(x)
			size = uint(width) * 8
			v = (x | lower) & (1<<size - 1)
		}
		i += width
		scripts |= e
		acc |= v << n
		if n += size; n >= 64 {
			if half {
				hash = mix(lo^hash, acc)
			} else {
				lo = acc
			}
			half = !half
			n -= 64
			acc = v >> (size - n)
		}
	}
	scripts &= latin | cyrillic | odd
	if !ok || scripts == 0 || scripts&(latin|cyrillic) == latin|cyrillic {
		return w, false
	}
	if !half {
		lo, acc = acc, 0
	}
	hash = mix(lo^hash, acc) & payloadMask
	if scripts == cyrillic {
		hash |= lookBit
	}
	return plainWord{hash, i}, true
}

// readEntry gives the entry and the width of the character that eight bytes
// begin with.
func readEntry(x uint64) (entry, int) {
	switch {
	case x&0x80 == 0:
		return near[x&0x7f], 1
	case x&0xC0E0 == 0x80C0:
		return two[x&0x1f<<6|x>>8&0x3f], 2
	case x&0xC0C0F0 == 0x8080E0:
		return three(x), 3
	}
	return unknown, 1
}

// asciiLetters counts the ASCII letters that eight bytes begin with.
func asciiLetters(x uint64) int {
	y := x&^high | lower
	return bits.TrailingZeros64(^((y+(0x80-'a')*ones)&^(y+(0x80-'z'-1)*ones)&^x)&high) / 8
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

// fourLetters gives the lanes of the letters that the first n of eight bytes are,
// the rest zero. Wrong is not zero when they are something else.
func fourLetters(x uint64, n int) (lanes, wrong uint64) {
	lanes = uint64(lane[x&0x1f<<6|x>>8&0x3f]) |
		uint64(lane[x>>16&0x1f<<6|x>>24&0x3f])<<16 |
		uint64(lane[x>>32&0x1f<<6|x>>40&0x3f])<<32 |
		uint64(lane[x>>48&0x1f<<6|x>>56&0x3f])<<48
	const form, lead = 0xC0E0 * fourLanes, 0x80C0 * fourLanes
	first := uint64(1)<<(8*n) - 1
	return lanes & first, ((x&form ^ lead) | ^lanes&(laneLetter*fourLanes)) & first
}

func laneScripts(lanes uint64) entry {
	lanes |= lanes >> 32
	lanes |= lanes >> 16
	return entry(lanes&laneCyrillic)<<7 | entry(lanes&laneOdd)<<9
}
