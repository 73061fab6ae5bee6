// Package scan finds which of many phrases stand in a text, in one pass over
// its tokens.
//
// It promises every occurrence, overlaps included, with hits identical to those
// of a search phrase by phrase, and time linear in the text whatever the text
// holds. It checks tokens and what stands between them; edges, letter case and
// meaning are the business of its callers. Inflected words are further forms to
// it: a form costs some 80 bytes and hardly any time, so callers register each
// spelling. The package is pure: no clock, network or disk.
//
// A phrase is indexed by the pair of adjacent tokens that fewest other phrases
// hold, a single token by itself. A text token costs two loads from a blocked
// Bloom filter (Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient
// Bloom Filters", 2007); what passes is looked up in a hash table, and then
// every token and gap of the phrase is compared.
package scan

import (
	"cmp"
	"slices"

	"github.com/armswatch/armswatch/matchers/token"
)

// Form is a phrase.
type Form struct {
	Text  string
	Loose bool // whatever stands between its tokens
}

// Hit is an occurrence of a form: its tokens, from First to Last.
type Hit struct {
	Form, First, Last int32
}

// Index finds forms. It is immutable and safe for concurrent use.
type Index struct {
	filter filter
	table  table
	forms  phrases
}

// New indexes forms; the number of a form is its place in the list. A form
// without a token is never found.
func New(forms []Form) *Index {
	p, lengths := newPhrases(forms)
	keys := p.keys(lengths)
	x := &Index{forms: p, filter: newFilter(len(keys)), table: newTable(keys)}
	for _, k := range keys {
		x.filter.add(k.key)
	}
	return x
}

// Append appends to dst every occurrence in a text, ordered by first token, then
// form, and returns it. The tokens must be those of the text. It allocates only
// when dst is too small.
func (x *Index) Append(dst []Hit, text string, tokens []token.Token) []Hit {
	if len(x.table.entries) == 0 {
		return dst
	}
	s := search{x, text, tokens, dst}
	for i := x.filter.next(tokens, 0); i < len(tokens); i = x.filter.next(tokens, i+1) {
		s.at(i)
	}
	slices.SortFunc(s.hits[len(dst):], func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Form, b.Form))
	})
	return s.hits
}

// search is one run over a text.
type search struct {
	*Index
	text   string
	tokens []token.Token
	hits   []Hit
}

// at looks for the phrases whose key ends with token i.
func (s *search) at(i int) {
	h := s.tokens[i].Hash
	s.candidates(i, single(h))
	if i == 0 {
		return
	}
	before := s.tokens[i-1].Hash
	s.candidates(i, pair(before, h))
	if !readsLatin(before, h) {
		return
	}
	if s.tokens[i].Digits() {
		s.candidates(i, pair(token.LatinHash(s.tokens[i-1].Of(s.text)), h))
	} else {
		s.candidates(i, pair(before, token.LatinHash(s.tokens[i].Of(s.text))))
	}
}

// candidates appends the phrases with a key that ends with token i and that fit.
func (s *search) candidates(i int, k key) {
	if !s.filter.has(k) {
		return
	}
	for _, e := range s.table.find(k) {
		first := i - int(e.last)
		if last, ok := s.fits(int(e.form), first); ok {
			s.hits = append(s.hits, Hit{e.form, int32(first), int32(last)})
		}
	}
}

// fits compares a phrase with the text from a token on.
func (s *search) fits(form, first int) (last int, ok bool) {
	p := s.forms.at(form)
	last = first + len(p.hashes) - 1
	if first < 0 || last >= len(s.tokens) {
		return 0, false
	}
	for k, want := range p.hashes {
		if !p.reads(want, s.text, s.tokens[first+k]) {
			return 0, false
		}
	}
	for k := 1; k < len(p.gaps); k++ {
		if !p.gaps[k].admits(s.text[s.tokens[first+k-1].End:s.tokens[first+k].Start]) {
			return 0, false
		}
	}
	return last, true
}

// Bytes is the memory that an index holds.
func (x *Index) Bytes() int {
	const slotSize, entrySize = 16, 8
	return 8*len(x.filter.words) + slotSize*len(x.table.slots) + entrySize*len(x.table.entries) +
		4*len(x.forms.starts) + 8*len(x.forms.hashes) + 2*len(x.forms.gaps) + len(x.forms.numbered)
}
