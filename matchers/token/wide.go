package token

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// wide reads a run that is no plain word, and gives the place to go on from: the
// run's end, unless an entity or a number goes on there. Most such runs are words
// with quotes or apostrophes, or characters that are tokens of their own.
func (s *scanner) wide(start, end int) int {
	for from := start; start < end; {
		if start = s.singles(start, end); start == end {
			break
		}
		part := s.part(start, end)
		var hash uint64
		ok := start != from || part != end // the whole is no plain word
		if ok {
			hash, ok = hashBeyond(s.src[start:], part-start)
		}
		if !ok {
			hash, ok = hashJoined(s.src[start:part])
		}
		if ok {
			s.out = append(s.out, Token{hash, int32(start), int32(part)})
			start = part
		} else {
			start = s.read(start, end)
		}
	}
	return start
}

// part is where the part of a run that begins at start ends: at the run's end or
// a punctuation mark of three bytes, not looked for beyond the length of a word.
func (s *scanner) part(start, end int) int {
	const longest = 128
	i := bytes.IndexByte(s.src[start:min(end, start+longest)], 0xE2)
	if i < 0 {
		return end
	}
	if e, _ := s.look(start + i); e.class() != separator {
		return end
	}
	return start + i
}

// read reads text character by character to a separator, and gives the place
// behind it, or that of the separator when the run that ends at end is over.
func (s *scanner) read(start, end int) int {
	b := builder{scanner: s}
	i := s.joint(start)
	for i < len(s.src) {
		e, width := b.look(i)
		switch c := e.class(); c {
		case letter, digit:
			b.open(c, i)
			i = b.run(c, i)
		case separator:
			b.close()
			if i >= end {
				return i
			}
			return i + width
		case single:
			b.close()
			b.emitSingle(e.value(), i, i+width)
			i = b.singles(i+width, end)
		default:
			i += b.rare(i)
		}
	}
	b.close()
	return i
}

// joint is where to begin when the run at start may go on with the token before
// it: a mark or a zero-width character joins two runs, and a digit beyond ASCII
// goes on with a number.
func (s *scanner) joint(start int) int {
	n := len(s.out)
	if n == 0 || int(s.out[n-1].End) != start {
		return start
	}
	r, _ := char(s.text, start)
	switch c, _ := foldRune(r); c {
	case mark, format, digit:
		start = int(s.out[n-1].Start)
		s.out = s.out[:n-1]
	}
	return start
}

// builder makes tokens out of characters.
type builder struct {
	*scanner
	hasher
	start, end int
	kind       class // letter or digit; separator when no token is open
	scripts    entry
}

// look gives the entry and the width of the character at i, when it is one of
// the Basic Multilingual Plane and no entity.
func (s *scanner) look(i int) (entry, int) {
	if c := s.src[i]; c < utf8.RuneSelf {
		return near[c], 1
	}
	return lookBeyond(s.src[i:])
}

// unknown is the entry of what has none.
const unknown = entry(closer) << 16

// lookBeyond gives the entry and the width of a character beyond ASCII.
func lookBeyond(src []byte) (entry, int) {
	if len(src) > 1 {
		if c, d := src[0], src[1]; c&0xE0 == 0xC0 && d&0xC0 == 0x80 {
			return two[uint(c&0x1f)<<6|uint(d&0x3f)], 2
		} else if c&0xF0 == 0xE0 && len(src) > 2 && d&0xC0 == 0x80 && src[2]&0xC0 == 0x80 {
			return three(uint32(c) | uint32(d)<<8 | uint32(src[2])<<16), 3
		}
	}
	return unknown, 1
}

// three is the entry of a character of three bytes.
func three(x uint32) entry {
	r := rune(x&0xf<<12 | x>>8&0x3f<<6 | x>>16&0x3f)
	if r < 0x800 {
		return unknown
	}
	return far(r)
}

// open makes sure that a token of a kind is open.
func (b *builder) open(kind class, i int) {
	if b.kind == kind {
		return
	}
	b.close()
	b.hasher = hasher{}
	b.kind, b.start, b.scripts = kind, i, 0
}

// turn begins another token where the direction of writing changes: a Latin name
// behind the "and" of Arabic, as in "وF-16".
func (b *builder) turn(i int) {
	b.close()
	b.open(letter, i)
}

func (b *builder) turnBefore(r rune, i int) {
	if (b.scripts|script(r))&(latin|leftward) == latin|leftward {
		b.turn(i)
	}
}

// close ends the token that is open, if any.
func (b *builder) close() {
	switch b.kind {
	case separator:
		return
	case digit:
		b.emit(b.sum() | digitBit)
	default:
		b.emit(b.word())
	}
	b.kind = separator
}

func (b *builder) word() uint64 {
	switch b.scripts & (latin | cyrillic | odd) {
	case cyrillic:
		return b.sum() | lookBit
	case latin | cyrillic, latin | cyrillic | odd:
		return LatinHash(b.text[b.start:b.end])
	}
	return b.sum()
}

func (b *builder) emitSingle(value uint64, start, end int) {
	b.start, b.end = start, end
	b.emit(hashSingle(value))
}

func (b *builder) emit(hash uint64) {
	b.out = append(b.out, Token{hash, int32(b.start), int32(b.end)})
}

// singles makes tokens of single characters as long as there are any, separators
// among them or not, and gives the place behind them.
func (s *scanner) singles(i, end int) int {
	out, src := s.out, s.src
	for end = min(end, len(src)-1); i+3 <= end; i += 3 {
		x := binary.LittleEndian.Uint32(src[i:])
		if x&0xC0C0F0 != 0x8080E0 {
			break
		}
		page, c := x&0xf<<6|x>>8&0x3f, x>>16&0x3f
		value := uint64(page<<6 | c)
		if themselves.single[page]>>c&1 == 0 {
			e := three(x)
			if e.class() == separator {
				continue
			} else if e.class() != single {
				break
			}
			value = e.value()
		}
		out = append(out, Token{hashSingle(value), int32(i), int32(i + 3)})
	}
	s.out = out
	return i
}

// run reads characters of a class as long as there are any, and gives the place
// behind them.
func (b *builder) run(kind class, i int) int {
	from := i
	for i < len(b.src) {
		e, width := b.look(i)
		if e.class() != kind {
			break
		}
		if (b.scripts|e)&(latin|leftward) == latin|leftward && kind == letter {
			if i > from {
				b.end = i
			}
			b.turn(i)
		}
		i += width
		b.scripts |= e
		b.put(e.value(), e.size())
	}
	b.end = i
	return i
}

// rare takes what has no entry of its own, and gives its width.
func (b *builder) rare(i int) int {
	r, width := char(b.text, i)
	c, to := foldRune(r)
	switch c {
	case format:
	case mark:
		b.end = max(b.end, i+width) // without a token open it does not matter
	case single:
		b.close()
		b.emitSingle(uint64(to), i, i+width)
	case letter, digit:
		b.open(c, i)
		if c == letter {
			b.turnBefore(to, i)
		}
		b.put1(to, i+width)
	case expand:
		b.open(letter, i)
		eachExpanded(to, func(r rune) { b.turnBefore(r, i) })
		eachExpanded(to, func(r rune) { b.put1(r, i+width) })
	default:
		b.close()
	}
	return width
}

func (b *builder) put1(r rune, end int) {
	b.scripts |= script(r)
	b.add(r)
	b.end = end
}
