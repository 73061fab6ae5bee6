package scan

import "github.com/armswatch/armswatch/matchers/token"

// The two low bits of a token's hash say what it is.
const (
	number     = 1 // a run of digits
	looksLatin = 2 // Cyrillic letters that look Latin
)

// plain is a hash by which tokens are compared.
func plain(h uint64) uint64 { return h &^ looksLatin }

func isNumber(h uint64) bool { return h&number != 0 }

// readsLatin says that one of two adjacent tokens is a number and the other may
// be read as Latin: Т-72.
func readsLatin(a, b uint64) bool { return (a|b)&(number|looksLatin) == number|looksLatin }

// phrases are forms as tokens and gaps, all in three slices: phrase i has the
// tokens from starts[i] to starts[i+1].
type phrases struct {
	starts   []uint32
	hashes   []uint64 // plain
	gaps     []gap    // before each token; the first has none
	numbered []bool   // by phrase: it holds a number
}

// phrase is one of them.
type phrase struct {
	hashes   []uint64
	gaps     []gap
	numbered bool
}

// newPhrases gives the phrases and, for each token, its length in bytes, 255 at most.
func newPhrases(forms []Form) (p phrases, lengths []uint8) {
	p = phrases{starts: make([]uint32, 1, len(forms)+1), numbered: make([]bool, len(forms))}
	var tokens []token.Token
	for i, f := range forms {
		tokens = token.Append(tokens[:0], f.Text)
		p.add(i, f, tokens)
		for _, t := range tokens {
			lengths = append(lengths, uint8(min(t.End-t.Start, 255)))
		}
	}
	p.hashes, p.gaps = clip(p.hashes), clip(p.gaps)
	return p, lengths
}

// clip gives back what append took in advance.
func clip[T any](s []T) []T { return append(make([]T, 0, len(s)), s...) }

func (p *phrases) add(form int, f Form, tokens []token.Token) {
	for _, t := range tokens {
		p.numbered[form] = p.numbered[form] || t.Digits()
	}
	for i, t := range tokens {
		h, g := t.Hash, gap(0)
		if p.numbered[form] && t.LooksLatin() {
			h = token.LatinHash(t.Of(f.Text))
		}
		switch {
		case f.Loose:
			g = anything
		case i > 0:
			g = allowed(token.Before(f.Text, tokens, i), tokens[i-1].Digits() && t.Digits())
		}
		p.hashes, p.gaps = append(p.hashes, plain(h)), append(p.gaps, g)
	}
	p.starts = append(p.starts, uint32(len(p.hashes)))
}

func (p *phrases) at(form int) phrase {
	from, to := p.starts[form], p.starts[form+1]
	return phrase{p.hashes[from:to], p.gaps[from:to], p.numbered[form]}
}

// reads says whether a text's token is the one wanted. Cyrillic letters that
// look Latin are read so only in a phrase with a number: Russian "там", there,
// is no TAM tank.
func (p *phrase) reads(want uint64, text string, t token.Token) bool {
	if plain(t.Hash) == want {
		return true
	}
	return p.numbered && t.LooksLatin() && token.LatinHash(t.Of(text)) == want
}

// gap is what may stand between two tokens of a phrase.
type gap token.Gap

const anything = ^gap(0)

// maxGap bounds a gap, in bytes: whatever stands in a longer one, it parts words.
const maxGap = 64

// admits says whether the text between two tokens is as the phrase allows.
func (g gap) admits(between string) bool {
	switch {
	case between == "" || g == anything:
		return true // also between numbers: only a zero-width character parts them
	case between == " ":
		return g&gap(token.Space) != 0
	case len(between) > maxGap:
		return false
	}
	return token.GapOf(between).Only(token.Gap(g))
}

// allowed is what may stand between two tokens where the form has a gap of a
// kind. Inside a designator nothing, a hyphen and a space are the same; between
// words quotes too, as in «AT-14 (Spriggan)»; a dot may go with its space, as in
// Mk. 19. Numbers keep their gap: 7.62 is not 7,62 nor 7-62.
func allowed(between token.Gap, numbers bool) gap {
	const designator = token.Space | token.Hyphen | token.Quote
	switch {
	case numbers:
		return gap(between)
	case between&token.Slash != 0:
		return gap(between | token.Space | token.Hyphen)
	case between&(token.Space|token.Dot) != 0:
		return gap(between | designator | token.Bracket | token.Dot | token.Apostrophe)
	}
	return gap(between | designator)
}
