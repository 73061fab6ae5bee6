package finding

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/matchers/number"
)

//go:embed countries.txt
var countriesText string

//go:embed publishers.txt
var publishersText string

//go:embed units.txt
var unitsText string

//go:embed words.txt
var wordsText string

// kind says what a phrase of the lexicon is.
type kind uint8

const (
	country kind = iota + 1
	publisher
	unit
	document
	pages
	approx
	currency
	month
	before
	between
	from
	to
	titled
	author
	wrote
	says
	published
	by
	accord
)

var kinds = map[string]kind{
	"document": document, "pages": pages, "approx": approx, "currency": currency, "month": month,
	"before": before, "between": between, "from": from, "to": to, "titled": titled, "author": author,
	"wrote": wrote, "says": says, "published": published, "by": by, "accord": accord,
}

// form is one word of a phrase.
type form struct {
	fold string
	caps caps
	open bool // any ending
}

// caps says which capitals a word needs.
type caps uint8

const (
	anyCase  caps = iota
	capital       // the first letter
	capitals      // all of them
)

// phrase is one entry of the lexicon.
type phrase struct {
	kind  kind
	value string
	flag  byte   // of a publisher: + ? and = ; of a country: ! needs company
	lang  string // only in texts of this language
	words []form
}

// lexicon finds phrases by their first word.
type lexicon struct {
	heads map[string][]*phrase // by the first word
	stems map[string][]*phrase // by the first letters of an open first word
	names map[string]string    // English names of countries, by code
}

// stemLetters is how many letters of an open word are looked up.
const stemLetters = 3

// theLexicon is read once, on first use, and never written after.
var theLexicon = sync.OnceValue(func() *lexicon {
	l := &lexicon{heads: map[string][]*phrase{}, stems: map[string][]*phrase{}, names: map[string]string{}}
	eachLine(countriesText, func(line string) {
		code, forms, _ := strings.Cut(line, " ")
		l.addAll(country, code, 0, forms)
		name, _, _ := strings.Cut(forms, ";")
		l.names[code] = strings.TrimRight(name, "~!")
	})
	eachLine(publishersText, func(line string) {
		name, _, _ := strings.Cut(line[2:], ";")
		l.addAll(publisher, strings.TrimSpace(name), line[0], line[2:])
	})
	eachLine(unitsText, func(line string) {
		value, forms, _ := strings.Cut(line, ":")
		l.addAll(unit, value, 0, forms)
	})
	eachLine(wordsText, func(line string) {
		head, forms, _ := strings.Cut(line, ":")
		k, value, _ := strings.Cut(head, " ")
		l.addAll(kinds[k], value, 0, forms)
	})
	for _, list := range l.heads {
		slices.SortStableFunc(list, longest)
	}
	for _, list := range l.stems {
		slices.SortStableFunc(list, longest)
	}
	return l
})

func longest(a, b *phrase) int { return len(b.words) - len(a.words) }

func eachLine(text string, do func(string)) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			do(line)
		}
	}
}

func (l *lexicon) addAll(k kind, value string, flag byte, forms string) {
	for f := range strings.SplitSeq(forms, ";") {
		if f = strings.TrimSpace(f); f != "" {
			l.add(phrase{kind: k, value: value, flag: flag}, f)
		}
	}
}

// add reads one form: "de:Island", "Chad!", "=CAR", "afghanisch~".
func (l *lexicon) add(p phrase, s string) {
	if len(s) > 3 && s[2] == ':' {
		p.lang, s = s[:2], s[3:]
	}
	if rest, ok := strings.CutPrefix(s, "="); ok {
		p.flag, s = '=', rest
	}
	if rest, ok := strings.CutSuffix(s, "!"); ok {
		p.flag, s = '!', rest
	}
	for _, w := range split(s) {
		f := form{fold: w.fold, open: strings.HasPrefix(s[w.end:], "~")}
		switch {
		case allCaps(s[w.start:w.end]):
			f.caps = capitals
		case w.upper:
			f.caps = capital
		}
		p.words = append(p.words, f)
	}
	if len(p.words) == 0 {
		return
	}
	first := p.words[0]
	if first.open {
		key := letters(first.fold, stemLetters)
		l.stems[key] = append(l.stems[key], &p)
		return
	}
	l.heads[first.fold] = append(l.heads[first.fold], &p)
}

// allCaps says that a word is an acronym of two letters or more.
func allCaps(s string) bool {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) && !unicode.IsUpper(r) {
			return false
		}
		n++
	}
	return n > 1 && strings.ContainsFunc(s, unicode.IsUpper)
}

// letters is the first n letters of a word, or all of them.
func letters(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// match is a phrase that stands in a text.
type match struct {
	*phrase
	first, last int // words
}

// at finds the phrases that begin at word i: of each kind and value the longest.
func (l *lexicon) at(t *text, i int, out []match) []match {
	w := &t.words[i]
	from := len(out)
	try := func(list []*phrase, skip int) {
		for _, p := range list {
			last, ok := p.fits(t, i, skip)
			if !ok || slices.ContainsFunc(out[from:], func(m match) bool { return m.kind == p.kind && (m.last > last || m.value == p.value) }) {
				continue
			}
			out = append(out, match{p, i, last})
		}
	}
	try(l.heads[w.fold], 0)
	if w.first < utf8.RuneSelf && (t.lang == "en" || t.lang == "") {
		return out
	}
	try(l.stems[letters(w.fold, stemLetters)], 0)
	if w.arabic() {
		for _, skip := range proclitics(w.fold) {
			try(l.heads[w.fold[skip:]], skip)
			try(l.stems[letters(w.fold[skip:], stemLetters)], skip)
		}
	}
	return out
}

// fits says whether the phrase stands at word i; skip bytes of the first word
// are an Arabic article or conjunction.
func (p *phrase) fits(t *text, i, skip int) (last int, ok bool) {
	if i+len(p.words) > len(t.words) || p.lang != "" && p.lang != t.lang {
		return 0, false
	}
	for k := range p.words {
		f, w := &p.words[k], &t.words[i+k]
		if k > 0 && !t.joined(i+k) {
			return 0, false
		}
		if !f.fits(w, skip) && (k == 0 || !w.arabic() || !f.fitsArabic(w)) {
			return 0, false
		}
		skip = 0
	}
	return i + len(p.words) - 1, true
}

func (f *form) fits(w *word, skip int) bool {
	fold := w.fold[skip:]
	if f.open && !strings.HasPrefix(fold, f.fold) || !f.open && fold != f.fold {
		return false
	}
	switch f.caps {
	case capital:
		return w.upper
	case capitals:
		return w.caps
	}
	return true
}

// fitsArabic tries the word without its article.
func (f *form) fitsArabic(w *word) bool {
	for _, skip := range proclitics(w.fold) {
		if f.fits(w, skip) {
			return true
		}
	}
	return false
}

// proclitics gives the lengths, in bytes, of what may stand glued before an
// Arabic word: (و|ف)?(ب|ك|ل)?(ال)?, or لل.
func proclitics(w string) []int {
	var out []int
	i := 0
	for _, set := range []string{"وف", "بكل"} {
		if r, n := utf8.DecodeRuneInString(w[i:]); n > 0 && strings.ContainsRune(set, r) {
			i += n
			out = append(out, i)
		}
		for _, article := range []string{"ال", "لل"} {
			if strings.HasPrefix(w[i:], article) {
				out = append(out, i+len(article))
			}
		}
	}
	for _, article := range []string{"ال", "لل", "ل"} {
		if strings.HasPrefix(w, article) {
			out = append(out, len(article))
		}
		if i > 0 && strings.HasPrefix(w[i:], article) {
			out = append(out, i+len(article))
		}
	}
	return slices.DeleteFunc(out, func(n int) bool { return len(w)-n < 4 })
}

// fold is the form in which words are compared.
func fold(s string) string { return number.Fold(s) }
