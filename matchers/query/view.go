package query

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/matchers/token"
)

// Field is one text of an article.
type Field struct {
	Text string
	// Tokens are those of the text when they are at hand; nil: made when needed.
	Tokens []token.Token
}

// NewField prepares a text of which no tokens are at hand.
func NewField(text string) Field { return Field{Text: text} }

// view is a field prepared for rules: the tokens of package token, so that rules
// and weapon names agree on what a word is. Where they stand is worked out when
// a rule asks, because most rules are refused by the words alone.
type view struct {
	ready      bool
	text, lang string
	words      []token.Token
	placed     []place  // nil until asked for
	filter     []uint64 // of the words there are; nil until asked for
	folds      []string // "" until asked for
	stems      []string
}

// place is where a word stands.
type place struct {
	word      int32 // among the words a reader counts: grows by one at each space
	sentence  int32
	paragraph int32
}

func newView(f Field, lang string) view {
	tokens := f.Tokens
	if tokens == nil && f.Text != "" {
		tokens = token.Append(nil, f.Text)
	}
	return view{ready: true, text: f.Text, lang: lang, words: tokens}
}

// places is where the words stand.
func (v *view) places() []place {
	if v.placed != nil || len(v.words) == 0 {
		return v.placed
	}
	v.placed = make([]place, len(v.words))
	var p place
	starts := token.Sentences(nil, v.text, v.words)
	for i, t := range v.words {
		if i > 0 {
			p.pass(v.text[v.words[i-1].End:t.Start], wide(t.Of(v.text)))
		}
		if int(p.sentence)+1 < len(starts) && starts[p.sentence+1] == int32(i) {
			p.sentence++
		}
		v.placed[i] = p
	}
	return v.placed
}

// payload is a token's hash without the bits that say what it is.
func payload(hash uint64) uint64 { return hash &^ 3 }

// wide tells a character of a script written without spaces, which counts for a
// word by itself.
func wide(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return r >= 0x1100 && isWide(r)
}

// pass moves over the gap before a word.
func (p *place) pass(gap string, wide bool) {
	if gap == " " {
		p.word++
		return
	}
	if strings.Contains(gap, "\n") {
		p.paragraph++
	}
	if wide || strings.Contains(gap, "—") || strings.ContainsFunc(gap, unicode.IsSpace) {
		p.word++
	}
}

// fold is word i in folded form.
func (v *view) fold(i int) string {
	if v.folds == nil {
		v.folds = make([]string, len(v.words))
	}
	if v.folds[i] == "" {
		v.folds[i] = token.Fold(v.raw(i))
	}
	return v.folds[i]
}

// raw is word i as written.
func (v *view) raw(i int) string { return v.words[i].Of(v.text) }

// stem is word i reduced to what its inflections share.
func (v *view) stem(i int) string {
	if v.stems == nil {
		v.stems = make([]string, len(v.words))
	}
	if v.stems[i] == "" {
		v.stems[i] = stem(v.lang, strings.ToLower(v.raw(i)))
	}
	return v.stems[i]
}

// follows says that word i may continue the phrase of the word before it.
func (v *view) follows(i int, apart bool) bool {
	switch v.text[v.words[i-1].End:v.words[i].Start] {
	case "", " ", "-", "'", ",": // no sentence ends here
		return true
	}
	places := v.places()
	a, b := &places[i-1], &places[i]
	return a.paragraph == b.paragraph && (apart || a.sentence == b.sentence)
}
