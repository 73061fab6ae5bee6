package token

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// The hash of a token is that of its folded characters as bytes: one for ASCII,
// two for the rest of the Basic Multilingual Plane, three beyond. They are mixed
// sixteen at a time.

const (
	mix0 = 0xa0761d6478bd642f
	mix1 = 0xe7037ed1a0b428db
)

// mix is the multiplication at the heart of wyhash.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^mix0, b^mix1)
	return hi ^ lo
}

// keep masks the bytes of a token out of the sixteen at its start.
var keep = func() (m [32][2]uint64) {
	for n := range m {
		for i := range min(n, 16) {
			m[n][i/8] |= 0xff << (8 * (i % 8))
		}
	}
	return
}()

const (
	ones  = 0x0101010101010101
	lower = 0x20 * ones
)

// hashShort is the hash of a run of n < 16 ASCII letters or digits that b begins
// with, flags included. It is small enough for the compiler to inline.
func hashShort(b *[16]byte, n int) uint64 {
	m := &keep[n&31]
	lo := (binary.LittleEndian.Uint64(b[:]) | lower) & m[0]
	hi := (binary.LittleEndian.Uint64(b[8:]) | lower) & m[1]
	return mix(lo, hi)&payloadMask | lo>>6&1 ^ 1
}

// hashLong is the same for a run of any length, with letters of two bytes that fold
// to ASCII among them.
func hashLong(run []byte) (uint64, bool) {
	var h hasher
	number := uint64(run[0])>>6&1 ^ 1
	for len(run) > 0 {
		switch c := uint64(run[0]); {
		case c == '&':
			return 0, false
		case c < utf8.RuneSelf:
			h.put(c|0x20, 8)
			run = run[1:]
		case len(run) == 1:
			return 0, false
		default:
			to := narrowed(c | uint64(run[1])<<8)
			if to == 0 {
				return 0, false
			}
			h.put(to, uint(bits.Len64(to)+7)&^7)
			run = run[2:]
		}
	}
	return h.sum() | number, true
}

// hasher hashes folded characters one by one.
type hasher struct {
	hash uint64 // of all the sixteens before
	lo   uint64 // the first eight bytes of this sixteen, when half is set
	acc  uint64 // the bytes since
	n    uint   // how many bits acc holds: less than 64
	half bool
}

// put takes a character of 8, 16 or 24 bits.
func (h *hasher) put(v uint64, size uint) {
	h.acc |= v << h.n
	h.n += size
	if h.n >= 64 {
		h.full()
		h.n -= 64
		h.acc = v >> (size - h.n)
	}
}

// full takes acc in as eight whole bytes.
func (h *hasher) full() {
	if h.half {
		h.hash = mix(h.lo^h.hash, h.acc)
	} else {
		h.lo = h.acc
	}
	h.half = !h.half
}

func (h *hasher) add(r rune) {
	switch {
	case r < 0x80:
		h.put(uint64(r), 8)
	case r < 0x10000:
		h.put(uint64(r), 16)
	default:
		h.put(uint64(r), 24)
	}
}

// sum is the hash, without flags.
func (h *hasher) sum() uint64 {
	if h.half {
		return mix(h.lo^h.hash, h.acc) & payloadMask
	}
	return mix(h.acc^h.hash, 0) & payloadMask
}

// hashSingle is the hash of a token of one character. No word has it: its bytes
// have a gap.
func hashSingle(v uint64) uint64 { return mix(v, 1) & payloadMask }
