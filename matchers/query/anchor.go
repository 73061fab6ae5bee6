package query

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/matchers/number"
)

// AnchorKind says what an anchor asks of an article.
type AnchorKind uint8

// The kinds of anchor.
const (
	Words     AnchorKind = iota + 1 // these folded words in a row, in title or text
	Prefix                          // a word that begins with these folded letters
	Mention                         // an accepted mention: of one of IDs, of any when IDs is nil
	Publisher                       // a finding of kind publisher
	Always                          // nothing that an index could look up
)

// Anchor is something an article must have for a rule to match.
type Anchor struct {
	Kind  AnchorKind
	Words []string // of Words; of Prefix, one
	IDs   []string // of Mention: catalogue ids, or nil
	// Of Prefix: the word whose inflections are meant, or the zero Inflected.
	Inflected Inflected
}

// Inflected is a word that a rule looks for in any inflection.
type Inflected struct{ Fold, Stem string }

// Stem is a word reduced to what its inflections share, for articles in a
// language as [Language] gives it.
func Stem(lang, word string) string { return stem(lang, strings.ToLower(word)) }

// Anchors gives a set of which at least one must be met by every article that
// the rule matches, chosen to be met rarely. An index over many rules evaluates
// a rule only on the articles that meet one. The anchors are those for articles
// in one language, "" when it is unknown: how words are inflected depends on it.
func (e Expr) Anchors(lang string) []Anchor {
	if e.root == nil {
		return nil
	}
	return language(Language(lang)).required(e.root).anchors
}

// Language is the language by whose rules words of an article are stemmed, as
// ISO 639-1, "" when it is unknown and "xx" for one that has no stemmer here.
func Language(tag string) string {
	lang := number.Base(tag)
	if lang == "" || stemmers[lang] != nil {
		return lang
	}
	return "xx"
}

// language is an ISO 639-1 code, or "".
type language string

// need is what a part of a rule requires, and how rare that is: 0 for what
// nearly every article has.
type need struct {
	anchors []Anchor
	rarity  int
}

func (lang language) required(n node) need {
	switch n := n.(type) {
	case *term:
		return n.need(lang)
	case *meta:
		return n.need()
	case *within:
		return lang.required(n.kid)
	case *near:
		return rarer(lang.required(n.left), lang.required(n.right))
	case *both:
		best := need{}
		for _, k := range n.pos {
			best = rarer(best, lang.required(k))
		}
		return best
	case *either:
		out := need{rarity: 1 << 20}
		for _, k := range n.kids {
			r := lang.required(k)
			if r.rarity == 0 {
				return need{}
			}
			out.anchors = append(out.anchors, r.anchors...)
			out.rarity = min(out.rarity, r.rarity)
		}
		return out
	}
	return need{}
}

func rarer(a, b need) need {
	if b.rarity > a.rarity {
		return b
	}
	return a
}

func (e *meta) need() need {
	switch e.kind {
	case "weapon", "category":
		return need{[]Anchor{{Kind: Mention, IDs: e.ids}}, 60}
	case "origin":
		return need{[]Anchor{{Kind: Mention}}, 30}
	case "publisher":
		return need{[]Anchor{{Kind: Publisher}}, 20}
	case "source":
		return need{[]Anchor{{Kind: Always}}, 5}
	}
	return need{[]Anchor{{Kind: Always}}, 1}
}

// need is the rarest run of plain words of a term, or one word of it.
func (t *term) need(lang language) need {
	var best need
	for i := 0; i < len(t.words); {
		w := &t.words[i]
		switch {
		case w.number:
			i++
		case w.prefix:
			best = rarer(best, need{[]Anchor{{Kind: Prefix, Words: []string{w.fold}}}, max(1, rarity(w.fold)-2)})
			i++
		case w.stemmed:
			best = rarer(best, w.stemNeed(lang))
			i++
		default:
			from := i
			var words []string
			sum := 0
			for ; i < len(t.words) && t.words[i].whole(); i++ {
				words = append(words, t.words[i].fold)
				sum += rarity(t.words[i].fold)
			}
			if designation(t.words) && !designation(t.words[from:i]) {
				continue // only beside its number can a word be read as Latin
			}
			best = rarer(best, need{[]Anchor{{Kind: Words, Words: words}}, sum + 3*(i-from-1)})
		}
	}
	return best
}

// other is the hash of the rarest word that every match has besides the words of
// its anchors, 0 when there is none.
func other(root node) uint64 {
	var known []string
	if a := language("").required(root).anchors; len(a) == 1 {
		known = a[0].Words
	}
	var hash uint64
	rarest := 1
	for _, w := range indispensable(nil, root) {
		if r := rarity(w.fold); r > rarest && !slices.Contains(known, w.fold) {
			rarest, hash = r, payload(w.hash)
		}
	}
	return hash
}

// indispensable appends the words that a part of a rule cannot do without and
// that can be read in one way: of a designation its figures.
func indispensable(dst []*pattern, n node) []*pattern {
	switch n := n.(type) {
	case *term:
		named := designation(n.words)
		for i := range n.words {
			if w := &n.words[i]; w.whole() && (!named || isFigure(w.raw)) {
				dst = append(dst, w)
			}
		}
	case *within:
		dst = indispensable(dst, n.kid)
	case *near:
		dst = indispensable(indispensable(dst, n.left), n.right)
	case *both:
		for _, k := range n.pos {
			dst = indispensable(dst, k)
		}
	}
	return dst
}

func isFigure(word string) bool { return strings.Trim(word, "0123456789") == "" }

// whole says that a pattern is one given word.
func (p *pattern) whole() bool { return !p.number && !p.prefix && !p.stemmed }

// rarity guesses how rare a word is: long ones are, names with digits are.
func rarity(word string) int {
	n := utf8.RuneCountInString(word)
	if frequent[word] {
		return 1
	}
	if strings.ContainsFunc(word, isWide) {
		return 4 * n
	}
	return 1 + min(n, 10)
}

func isWide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// stemNeed is the beginning that all inflections of a word share.
func (p *pattern) stemNeed(lang language) need {
	if stemLanguage(string(lang), p.lower) == "" {
		return need{[]Anchor{{Kind: Words, Words: []string{p.fold}}}, rarity(p.fold)}
	}
	stem := stem(string(lang), p.lower)
	begin := sharedStart(p.fold, stem)
	if begin == "" {
		return need{[]Anchor{{Kind: Always}}, 2}
	}
	return need{[]Anchor{{Kind: Prefix, Words: []string{begin}, Inflected: Inflected{p.fold, stem}}}, max(1, rarity(p.fold)-2)}
}

// tooCommon refuses rules that any article would meet.
func (p *parser) tooCommon(n node) error {
	if language("").required(n).rarity > 0 {
		return nil
	}
	at := max(strings.Index(p.src, numberMark), 0)
	return p.fail(at, `"`+numberMark+` rifles"`, "a number alone stands in almost every article")
}

// frequent are words that stand in most articles; they make poor anchors.
var frequent = set(`the a an and or of to in on at by for from with as is are was were be been it its this that
these those he she they we his her their our who which what not no has have had will would can could may said says
say new more most than over about after before into out up all also one two first last year years people government
der die das und ein eine von mit auf fur ist den dem le la les des du de et un une en que el los las por para con y
del il di che в на и не с по что о к из`)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}
