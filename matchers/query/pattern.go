package query

import (
	"slices"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/matchers/token"
)

// pattern is one word of a term.
type pattern struct {
	fold    string // the folded word
	hash    uint64 // of the token, without its lowest bits
	raw     string // as written, for cs()
	lower   string // as written in lower case, for stems
	number  bool   // <#>
	prefix  bool   // word*
	cased   bool
	stemmed bool
	apart   bool // the rule has a full stop before it: may begin a sentence
	latin   bool // of a designation: a Cyrillic word that looks Latin is the Latin one
	stems   *atomic.Pointer[stemOf]
}

// stemOf is the stem of a pattern in the language seen last, and what every word
// of that stem begins with.
type stemOf struct{ lang, stem, begin string }

// patterns splits the text of a term into words, after the same rules as the
// text of an article.
func patterns(text string, s style) []pattern {
	var out []pattern
	for i, piece := range strings.Split(text, numberMark) {
		if i > 0 {
			out = append(out, pattern{number: true})
		}
		out = append(out, piecePatterns(piece, s)...)
	}
	if designation(out) {
		for i := range out {
			out[i].asLatin()
		}
	}
	if s == plain && len(out) > 0 {
		p := &out[len(out)-1]
		p.stemmed = !p.number && !p.prefix && !designation(out) && utf8.RuneCountInString(p.fold) >= 3
		if p.stemmed {
			p.stems = &atomic.Pointer[stemOf]{}
		}
	}
	return out
}

// designation says that words hold a figure, as F-16 does. They have no
// inflections, and their Cyrillic letters may be read as the Latin ones that they
// look like: Т-72 is T-72.
func designation(words []pattern) bool {
	return slices.ContainsFunc(words, func(p pattern) bool { return strings.ContainsFunc(p.raw, unicode.IsDigit) })
}

// asLatin reads the word as Latin where that can be.
func (p *pattern) asLatin() {
	t := token.Append(nil, p.raw)
	p.latin = len(t) == 1
	if p.latin && t[0].LooksLatin() {
		p.hash = token.LatinHash(p.raw)
	}
}

func piecePatterns(piece string, s style) []pattern {
	v := newView(Field{Text: piece}, "")
	out := make([]pattern, 0, len(v.words))
	for i, w := range v.words {
		raw := v.raw(i)
		p := pattern{fold: v.fold(i), hash: payload(w.Hash), raw: raw, lower: strings.ToLower(raw), cased: s == cased}
		p.prefix = strings.HasPrefix(piece[w.End:], "*")
		if i > 0 {
			p.apart = strings.ContainsAny(piece[v.words[i-1].End:w.Start], ".!?")
		}
		out = append(out, p)
	}
	return out
}

// could is a quick refusal before the word is looked at as a whole.
func (p *pattern) could(v *view, i int) bool {
	switch {
	case p.prefix:
		return startsLike(v.raw(i), p.fold)
	case p.stemmed:
		return startsLike(v.raw(i), p.stem(v.lang).begin)
	}
	return p.same(v, i)
}

// startsLike says that a word may begin with folded letters: for certain where
// both are ASCII, perhaps where one is not.
func startsLike(word, fold string) bool {
	for i := range len(fold) {
		if i >= len(word) {
			return false
		}
		a, b := word[i], fold[i]
		if a >= utf8.RuneSelf || b >= utf8.RuneSelf || a == '&' { // an entity
			return true
		}
		if a|0x20 != b|0x20 {
			return false
		}
	}
	return true
}

// same says that word i is this word in folded form.
func (p *pattern) same(v *view, i int) bool {
	w := &v.words[i]
	return payload(w.Hash) == p.hash || p.latin && w.LooksLatin() && token.LatinHash(v.raw(i)) == p.hash
}

// is says that word i is this word.
func (p *pattern) is(v *view, i int) bool {
	switch {
	case p.prefix && p.cased:
		return strings.HasPrefix(v.raw(i), p.raw)
	case p.prefix:
		return strings.HasPrefix(v.fold(i), p.fold)
	case p.cased:
		return v.raw(i) == p.raw
	case p.same(v, i):
		return true
	case p.stemmed:
		return v.stem(i) == p.stem(v.lang).stem
	}
	return false
}

// stem is the stem of the word in a language.
func (p *pattern) stem(lang string) *stemOf {
	if s := p.stems.Load(); s != nil && s.lang == lang {
		return s
	}
	s := &stemOf{lang: lang, stem: stem(lang, p.lower)}
	if stemLanguage(lang, p.lower) == "" {
		s.begin = p.fold
	} else {
		s.begin = sharedStart(p.fold, s.stem)
	}
	p.stems.Store(s)
	return s
}

// sharedStart is what all inflections of a word begin with, folded: the stem but
// for its last letter, which some languages change (hope, hoping; kitap, kitabı).
// Arabic stems lose beginnings, too.
func sharedStart(fold, stem string) string {
	r, _ := utf8.DecodeRuneInString(fold)
	if unicode.Is(unicode.Arabic, r) {
		return ""
	}
	folded := token.Fold(stem)
	n := min(len(fold), max(len(folded)-1, 0))
	if strings.HasSuffix(stem, "ie") { // die, dying
		n = min(n, 1)
	}
	for k := range n {
		if fold[k] != folded[k] {
			n = k
			break
		}
	}
	for n > 0 && !utf8.ValidString(fold[:n]) {
		n--
	}
	return fold[:n]
}
