// Package token splits text into tokens, in one pass over the original bytes.
//
// A token is a maximal run of letters, a maximal run of digits, or one character
// of a script written without spaces (Han, kana, Hangul). Latin letters and those
// written from right to left make no run together: "וF". "F-16", "F16", "F 16"
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
	for base := 0; base <= len(s.src); { // the last block is never full, so that it ends what is open
		base = s.mend(s.ahead(base))
	}
}

// none ends a list of tokens.
const none = -1

// block emits the tokens that end in the block at base, and gives the place of the
// next. Those that are not short runs of ASCII wait for their hash: bare is the
// first of them, and the hash of each is the place of the next.
func (s *scanner) block(base int) (next, bare int) {
	letters, digits, special := classify(s.bytes(base))
	word := letters | special
	wordBefore, digitBefore := word<<1|s.word>>63, digits<<1|s.digit>>63
	starts := word&^wordBefore | digits&^digitBefore
	ends := wordBefore&^word | digitBefore&^digits
	// A special byte makes a carry that leaves its run at the end.
	carried, beyond := bits.Add64(word, special, s.beyond)
	carried &^= word

	out, src, start := s.room(), s.src, s.start
	if !s.open() {
		start = base + bits.TrailingZeros64(starts)
		starts &= starts - 1
	}
	bare, last := none, none
	for ; ends != 0; ends &= ends - 1 {
		bit := bits.TrailingZeros64(ends)
		end := base + bit
		t := Token{Start: int32(start), End: int32(end)}
		switch {
		case end-start < 16 && start+16 <= len(src) && carried>>(bit&63)&1 == 0:
			t.Hash = hashShort((*[16]byte)(src[start:]), end-start)
		case last == none:
			bare, last = len(out), len(out)
		default:
			out[last].Hash, last = uint64(len(out)), len(out)
		}
		out = append(out, t)
		start = base + bits.TrailingZeros64(starts)
		starts &= starts - 1
	}
	if last != none {
		out[last].Hash = ^uint64(0)
	}
	s.out, s.start = out, start
	s.word, s.digit, s.beyond = word, digits, beyond
	return base + 64, bare
}

// bytes are those of the block at base, with zeros behind the last.
func (s *scanner) bytes(base int) *[64]byte {
	if base+64 <= len(s.src) {
		return (*[64]byte)(s.src[base:])
	}
	var tail [64]byte
	copy(tail[:], s.src[base:])
	return &tail
}

// mend gives the tokens that wait for it their hash, and drops those that are none.
// What is no plain word may be several, or end elsewhere: then what stands behind it
// is read again. mend gives the place to go on from, else next.
func (s *scanner) mend(next, bare int) int {
	for moved := 0; bare != none; {
		i := bare + moved
		t := s.out[i]
		start, end := int(t.Start), int(t.End)
		bare = int(t.Hash)
		if hash, ok := hashBeyond(s.src[start:], end-start); ok {
			s.out[i].Hash = hash
			continue
		}
		behind := s.out[i+1:]
		s.out = s.out[:i]
		to := s.wide(start, end)
		more := len(s.out) - (i + 1)
		if to != end || more > 0 { // it has overwritten what stood behind
			s.word, s.digit, s.beyond = 0, 0, 0
			return to
		}
		s.out = append(s.out, behind...)
		moved += more
	}
	return next
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
