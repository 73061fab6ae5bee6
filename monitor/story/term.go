package story

import (
	"math"
	"strconv"
)

// term is one feature of a text in four bytes: what kind of thing it is (3
// bits), a hash of it (24), how often it stands there (2) and whether it stands
// in the title, in the lead, and in the index (1 each). A document's terms are
// sorted, so that two documents are compared in one pass.
type term uint32

// The kinds of term.
const (
	aWord   = iota // a stem
	aBigram        // two stems in a row, in title and lead
	aName          // a run of words with capitals
	aNumber        // a figure, alone or with what it counts
	aQuote         // four words in a row within quotation marks
	aFact          // a finding, but for a country
	aDate          // a year, or a month with a day, said in the text
	aTopic         // a country or a system named: it finds articles of any language, but half of a desk's may share it
	kinds
)

const (
	inTitle   = 1 << 0
	inLead    = 1 << 1 // or in the title
	isIndexed = 1 << 4
	oftenAt   = 2 // shift of the two bits that say how often
	hashBits  = 24
)

// most is how many terms of a kind a document keeps.
var most = [kinds]int{aWord: 110, aBigram: 48, aName: 28, aNumber: 18, aQuote: 16, aFact: 30, aDate: 12, aTopic: 12}

const maxTerms = 110 + 48 + 28 + 18 + 16 + 30 + 12 + 12

func newTerm(kind int, hash uint32) term {
	return term(kind)<<29 | term(hash&(1<<hashBits-1))<<5
}

// key is the term without what differs from text to text.
func (t term) key() uint32 { return uint32(t) >> 5 }

func (t term) kind() int       { return int(t >> 29) }
func (t term) has(f term) bool { return t&f != 0 }
func (t term) often() float64  { return oftenWeight[t>>oftenAt&3] }

// weight is what the term weighs in its text: more when it stands there often,
// or in the headline.
func (t term) weight() float64 {
	if t.has(inTitle) {
		return 1.5 * t.often()
	}
	return t.often()
}

// oftenWeight is what a term weighs that stands in a text once, twice, three or
// four times, more often.
var oftenWeight = [4]float64{1, 1.6, 2.1, 2.7}

func oftenBits(n int) term {
	switch {
	case n <= 1:
		return 0
	case n == 2:
		return 1 << oftenAt
	case n <= 4:
		return 2 << oftenAt
	default:
		return 3 << oftenAt
	}
}

// norms are the sums that turn what two documents share into a share.
type norms struct {
	body, lead, title float32        // squared lengths: of all words, of those of the lead, of the title
	all               float32        // of all terms
	titleSum          float32        // of the rarity of the title's words
	rare              float32        // squared length of the rare words
	figures           float32        // of the rarity of the lead's figures
	year              float32        // the latest that the text speaks of; 0: of none
	sum               [kinds]float32 // of the rarity of each kind of term
}

func (w *Window) norm(terms []term) (n norms) {
	for _, t := range terms {
		r := float32(w.words.rarity(t.key()))
		n.sum[t.kind()] += r
		n.all += r * r * float32(t.weight()*t.weight())
		switch {
		case t.kind() == aNumber && t.has(inLead):
			n.figures += r
		case t.kind() == aDate:
			n.year = max(n.year, years[t.key()])
		}
		if t.kind() != aWord {
			continue
		}
		x := r * float32(t.often())
		n.body += x * x
		if r >= rareFrom {
			n.rare += x * x
		}
		if t.has(inLead) {
			n.lead += r * r
		}
		if t.has(inTitle) {
			n.title += r * r
			n.titleSum += r
		}
	}
	return n
}

// years by the key of their term.
var years = func() map[uint32]float32 {
	m := map[uint32]float32{}
	for y := 1900; y < 2100; y++ {
		m[newTerm(aDate, hash(strconv.Itoa(y))).key()] = float32(y)
	}
	return m
}()

func cosine(dot float64, a, b float32) float64 {
	if a <= 0 || b <= 0 {
		return 0
	}
	return dot / math.Sqrt(float64(a)*float64(b))
}

func share(part float64, whole float32) float64 {
	if whole <= 0 {
		return 0
	}
	return min(part/float64(whole), 1)
}
