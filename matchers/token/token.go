// Package token splits text into tokens, in one pass over the original bytes.
//
// A token is a maximal run of letters, a maximal run of digits, or one character
// of a script written without spaces (Han, kana, Hangul). "F-16", "F16", "F 16"
// and "F&#8209;16" are the same two tokens; only the gap between them differs.
//
// A token carries the hash of its folded form: lower case, without accents and
// other marks, zero-width characters and tatweel dropped, full width and
// Arabic-Indic digits as ASCII, the variants of Arabic and Persian letters as
// one, traditional Han characters of weapon names as simplified ones, HTML
// entities decoded. A token that mixes Latin and Cyrillic letters takes the
// Latin reading of those that look alike.
//
// The package promises byte offsets into the original text, time linear in it,
// and no panic on any bytes; invalid UTF-8 separates tokens. It is pure: no
// clock, network or disk.
package token

import (
	"math/bits"
	"unsafe"
)

// Token is a piece of text: text[Start:End].
type Token struct {
	// Hash of the folded form. Its two lowest bits say more: see [Token.Digits]
	// and [Token.LooksLatin].
	Hash       uint64
	Start, End int32
}

const (
	digitBit    = 1 // a run of digits
	lookBit     = 2 // Cyrillic letters that all look like Latin ones
	payloadMask = ^uint64(digitBit | lookBit)
)

// Digits says that the token is a run of digits.
func (t Token) Digits() bool { return t.Hash&digitBit != 0 }

// LooksLatin says that the token is written in Cyrillic letters that all look
// like Latin ones, such as the Т of Т-72. [LatinHash] gives its other reading.
func (t Token) LooksLatin() bool { return t.Hash&lookBit != 0 }

// Of is the text of the token.
func (t Token) Of(text string) string { return text[t.Start:t.End] }

// MaxText is the length in bytes beyond which text is not read.
const MaxText = 1<<31 - 1

// Append appends the tokens of text to dst and returns it. It allocates only
// when dst is too small; len(text)/5+64 is right for most prose.
func Append(dst []Token, text string) []Token {
	text = text[:min(len(text), MaxText)]
	//nolint:gosec // read only, and bounded by text's own length
	s := scanner{src: unsafe.Slice(unsafe.StringData(text), len(text)), text: text, out: dst}
	s.run()
	return s.out
}

// scanner walks over text in blocks of 64 bytes, each seen as bit masks. A run
// that holds bytes beyond ASCII ends where ASCII separates it from the next, too.
type scanner struct {
	src  []byte
	text string
	out  []Token

	start       int    // of the run that goes on behind the last block
	beyond      uint64 // 1 when that run holds what is beyond ASCII
	word, digit uint64 // classes of the byte before the block, in bit 63
}

// open says that a run goes on behind the last block.
func (s *scanner) open() bool { return (s.word|s.digit)>>63 != 0 }

func (s *scanner) run() {
	base := 0
	for base+64 <= len(s.src) {
		next, l, d, x := s.ahead(base)
		if next+64 > len(s.src) {
			base = next
			break
		}
		base = s.block(next, l, d, x)
	}
	for base <= len(s.src) { // the last block is never full, so that it ends what is open
		var tail [64]byte
		copy(tail[:], s.src[base:])
		l, d, x := classify(&tail)
		base = s.block(base, l, d, x)
	}
}

// block emits the tokens that end in a block, and gives the place where the next
// begins. The masks have one bit for each byte: ASCII letters, ASCII digits, and
// bytes that need a closer look.
func (s *scanner) block(base int, letters, digits, special uint64) int {
	for {
		word := letters | special
		wordBefore, digitBefore := word<<1|s.word>>63, digits<<1|s.digit>>63
		starts := word&^wordBefore | digits&^digitBefore
		ends := wordBefore&^word | digitBefore&^digits
		// A special byte makes a carry that leaves its run at the end.
		carried, beyond := bits.Add64(word, special, s.beyond)
		next := -1
		if special|s.beyond == 0 {
			s.ascii(base, starts, ends)
		} else {
			next = s.mixed(base, runs{starts, ends, carried &^ word})
		}
		if next < 0 {
			s.word, s.digit, s.beyond = word, digits, beyond
			return base + 64
		}
		s.word, s.digit, s.beyond = 0, 0, 0
		if next >= base+64 {
			return next
		}
		rest := ^uint64(0) << (next - base)
		letters, digits, special = letters&rest, digits&rest, special&rest
	}
}

// runs are those of a block: where they start, where they end, and the ends of
// those that hold what is beyond ASCII.
type runs struct{ starts, ends, beyond uint64 }

// ascii emits tokens of ASCII letters and digits, and leaves in start where the
// run begins that does not end.
func (s *scanner) ascii(base int, starts, ends uint64) {
	out, src, start := s.room(), s.src, s.start
	if !s.open() {
		start = base + bits.TrailingZeros64(starts)
		starts &= starts - 1
	}
	for ends != 0 {
		end := base + bits.TrailingZeros64(ends)
		ends &= ends - 1
		var hash uint64
		if end-start < 16 && start+16 <= len(src) {
			hash = hashShort((*[16]byte)(src[start:]), end-start)
		} else {
			hash = hashLong(src[start:end])
		}
		out = append(out, Token{hash, int32(start), int32(end)})
		start = base + bits.TrailingZeros64(starts)
		starts &= starts - 1
	}
	s.out, s.start = out, start
}

// mixed does the same in a block with runs beyond ASCII. When one of them does
// not end where it seemed to, it gives the place to go on from, else -1.
func (s *scanner) mixed(base int, r runs) int {
	out, src, start := s.room(), s.src, s.start
	if !s.open() {
		start = base + bits.TrailingZeros64(r.starts)
		r.starts &= r.starts - 1
	}
	for r.ends != 0 {
		bit := bits.TrailingZeros64(r.ends)
		r.ends &= r.ends - 1
		end := base + bit
		var hash uint64
		ok := true
		switch {
		case r.beyond>>(bit&63)&1 != 0:
			if c := src[start]; c >= 0xCD && c < 0xE0 { // hashBeyond would say the same, a call later
				hash, ok = hashTwos(src[start:], end-start)
			} else {
				hash, ok = hashBeyond(src[start:], end-start)
			}
		case end-start < 16 && start+16 <= len(src):
			hash = hashShort((*[16]byte)(src[start:]), end-start)
		default:
			hash = hashLong(src[start:end])
		}
		if ok {
			out = append(out, Token{hash, int32(start), int32(end)})
		} else {
			s.out = out
			if next := s.wide(start, end); next != end {
				return next
			}
			out = s.out
		}
		start = base + bits.TrailingZeros64(r.starts)
		r.starts &= r.starts - 1
	}
	s.out, s.start = out, start
	return -1
}

// room makes sure that a block's tokens fit.
func (s *scanner) room() []Token {
	if cap(s.out)-len(s.out) >= 64 {
		return s.out
	}
	grown := make([]Token, len(s.out), 2*cap(s.out)+len(s.src)/8+64)
	copy(grown, s.out)
	return grown
}
