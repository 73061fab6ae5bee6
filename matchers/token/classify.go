package token

import "encoding/binary"

const high = 0x80 * ones

// classify looks at 64 bytes, eight in a register at a time, and gives three
// masks, bit i for byte i: ASCII letters, ASCII digits, and bytes that need a
// closer look: those beyond ASCII, and the & that may begin an entity.
//
// Each comparison adds what carries a byte of the class into its highest bit; no
// sum leaves its byte, as only seven bits of each take part. What is beyond a class
// is beyond its beginning too, so that the two together leave the class. Eight times those
// bits shifted together are the mask, turned about its diagonal.
func classify(b *[64]byte) (letters, digits, special uint64) {
	var plain uint64
	for i := 0; i < 64; i += 8 {
		x := binary.LittleEndian.Uint64(b[i : i+8])
		y := x &^ high
		z := y | lower
		l := (z + (0x80-'a')*ones) ^ (z + (0x80-'z'-1)*ones)
		d := (y + (0x80-'0')*ones) ^ (y + (0x80-'9'-1)*ones)
		p := ((y ^ '&'*ones) + 0x7f*ones) &^ x & high // all that is not special
		letters = letters>>1 | l&p
		digits = digits>>1 | d&p
		plain = plain>>1 | p
	}
	if plain != ^uint64(0) {
		special = ^transpose(plain)
	}
	return transpose(letters), transpose(digits), special
}

// transpose moves bit 8*j+i to 8*i+j: blocks of one, two and four bits change
// places with those across the diagonal.
func transpose(x uint64) uint64 {
	t := (x ^ x>>7) & 0x00aa00aa00aa00aa
	x ^= t ^ t<<7
	t = (x ^ x>>14) & 0x0000cccc0000cccc
	x ^= t ^ t<<14
	t = (x ^ x>>28) & 0x00000000f0f0f0f0
	return x ^ t ^ t<<28
}
