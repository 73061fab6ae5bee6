package number

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxWords bounds the words of one number.
const maxWords = 16

// kind says what a word does in a number.
type kind uint8

const (
	unit    kind = iota + 1 // 0 to 19, and any value that stands as a whole below 100
	tens                    // 20, 30, ...
	hundred                 // multiplies what stands before it by 100
	sums                    // 200, 300, ... as one word
	scale                   // thousand, million, ...
	article                 // "a" in "a hundred"
	joint                   // "and"
	plural                  // "hundreds", "dozens": only a magnitude
)

// entry is one number word.
type entry struct {
	kind   kind
	value  uint64 // of unit, tens, sums
	factor uint64 // of a scale: times factor times ten to the exp
	exp    int
	many   bool // a scale in the plural: alone it gives only a magnitude
}

// words reads a number in words.
func words(text string, i int, lang string) (Number, int, bool) {
	lang = guess(text, i, lang)
	table := tables[lang]
	if table == nil {
		return Number{}, 0, false
	}
	w, end := wordAt(text, i)
	if w == "" {
		return Number{}, 0, false
	}
	e, ok := lookup(table, lang, w)
	if !ok {
		return Number{}, 0, false
	}
	if e.kind == plural || e.many {
		return vague(text, i, end, e, lang)
	}
	s := sum{}
	if !s.add(e, lang) {
		return Number{}, 0, false
	}
	stop, good := end, s.valid()
	for range maxWords {
		w, next := wordAfter(text, end)
		if w == "" {
			break
		}
		e, ok := lookup(table, lang, w)
		if !ok || !s.add(e, lang) {
			break
		}
		if end = next; s.valid() {
			stop, good = end, true
		}
	}
	if !good {
		return Number{}, 0, false
	}
	return Number{mantissa: s.value(), Words: true}, stop, true
}

// Begins says that a word, folded, may begin a number in words of a language. It
// is a cheap question to ask before [At].
func Begins(fold, lang string) bool {
	if fold == "" {
		return false
	}
	lang = guess(fold, 0, Base(lang))
	_, ok := lookup(tables[lang], lang, fold)
	return ok
}

// sum adds number words up as they are said.
type sum struct {
	total, current uint64 // finished scales; the part below a thousand
	last           uint64 // the smallest scale so far
	low            uint64 // values of this part must be below it
	open           bool   // ends in an article or "and"
	any            bool
}

func (s *sum) valid() bool   { return s.any && !s.open }
func (s *sum) value() uint64 { return s.total + s.current }

// add takes one more word, or says that it does not continue this number.
func (s *sum) add(e entry, lang string) bool {
	if s.low == 0 && !s.any {
		s.low, s.last = 1000, 1<<62
	}
	switch e.kind {
	case article:
		if s.any || s.open {
			return false
		}
		s.open = true
		return true
	case joint:
		if !s.any || s.open || lang == "en" && s.low < 100 {
			return false
		}
		s.open = true
		return true
	case unit, tens, sums:
		return s.small(e, lang)
	case hundred:
		if s.current >= 100 {
			return false
		}
		s.current = max(1, s.current) * 100
		s.low = 100
	case scale:
		return s.scale(e)
	default:
		return false
	}
	s.any, s.open = true, false
	return true
}

func (s *sum) small(e entry, lang string) bool {
	if !s.any && s.open {
		return false // "a seven"
	}
	low := s.low
	if lang == "fr" && e.value >= 10 && e.value < 20 && (s.current%100 == 60 || s.current%100 == 80) {
		low = 20 // soixante-dix, quatre-vingt-dix
	}
	if lang == "fr" && e.value == 20 && s.current%100 == 4 {
		s.current, s.low, s.open = s.current-4+80, 20, false
		return true
	}
	if e.value >= low && (e.value < 1000 || s.any) {
		if lang != "ar" || e.kind != tens || s.current%100 == 0 || s.current%100 > 9 {
			return false
		} // else four and forty
	}
	if e.value >= 1000 { // a German compound
		s.total, s.last, s.low, s.any = e.value, 1000, 1000, true
		return true
	}
	s.current += e.value
	switch {
	case e.value >= 100:
		s.low = 100
	case e.kind == tens:
		s.low = 10
	case lang == "fr" && e.value == 10:
		s.low = 10 // dix-sept
	default:
		s.low = 1
	}
	s.any, s.open = true, false
	return true
}

func (s *sum) scale(e entry) bool {
	by := e.factor
	for range e.exp {
		by *= 10
	}
	if s.current == 0 && s.total > 0 { // "mil millones", "hundred thousand million"
		if by <= s.last || s.total > 1e18/by {
			return false
		}
		s.total *= by
	} else {
		if by >= s.last || max(1, s.current) > 1e18/by || s.total > 1e18 {
			return false
		}
		s.total += max(1, s.current) * by
	}
	s.current, s.last, s.low = 0, by, 1000
	s.any, s.open = true, false
	return true
}

// vague reads "hundreds", "tens of thousands", "dozens".
func vague(text string, i, end int, e entry, lang string) (Number, int, bool) {
	n := Number{mantissa: max(e.factor, 1), exp: e.exp, Words: true}
	of, next := wordAfter(text, end)
	if ofWords[lang] != "" && of != ofWords[lang] {
		n.Vague = text[i:end]
		return n, end, true
	}
	w, last := of, next
	if ofWords[lang] != "" {
		w, last = wordAfter(text, next)
	}
	if f, ok := tables[lang][w]; ok && f.kind == scale && f.exp >= 3 {
		n = n.times(max(f.factor, 1), f.exp)
		end = last
	}
	n.Vague = strings.Join(strings.Fields(text[i:end]), " ")
	return n, end, true
}

// scaleAt reads a multiplier word after figures: million, Milliarden, млн.
func scaleAt(text string, i int, lang string) (entry, int, bool) {
	if r, w := utf8.DecodeRuneInString(text[min(i, len(text)):]); r == '万' || r == '萬' {
		return entry{kind: scale, factor: 1, exp: 4}, i + w, true
	} else if r == '亿' || r == '億' {
		return entry{kind: scale, factor: 1, exp: 8}, i + w, true
	}
	w, end := wordAfter(text, i)
	if w == "" {
		return entry{}, 0, false
	}
	lang = guess(text, end-1, lang)
	e, ok := tables[lang][w]
	if !ok {
		e, ok = tables["en"][w]
	}
	switch {
	case !ok:
		return entry{}, 0, false
	case e.kind == hundred:
		return entry{kind: scale, factor: 1, exp: 2}, end, true
	case e.kind == scale:
		if end < len(text) && text[end] == '.' && (w == "млн" || w == "млрд" || w == "тыс" || w == "mio" || w == "mrd") {
			end++
		}
		e.factor = max(e.factor, 1)
		return e, end, true
	}
	return entry{}, 0, false
}

// guess settles the language of the word at i: the script decides where it can.
func guess(text string, i int, lang string) string {
	for i > 0 && !utf8.RuneStart(text[i]) {
		i--
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	switch {
	case r < 0x370 && (lang == "" || lang == "ru" || lang == "ar" || tables[lang] == nil):
		return "en"
	case unicode.Is(unicode.Cyrillic, r):
		return "ru"
	case unicode.Is(unicode.Arabic, r):
		return "ar"
	}
	return lang
}

// wordAt gives the word that begins at i, folded, and its end.
func wordAt(text string, i int) (string, int) {
	j := i
	for j < len(text) && j-i < 80 {
		r, w := utf8.DecodeRuneInString(text[j:])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			break
		}
		j += w
	}
	return Fold(text[i:j]), j
}

// wordAfter is the next word when only spaces or one hyphen stand between.
func wordAfter(text string, i int) (string, int) {
	gaps := 0
	for i < len(text) && gaps < 4 {
		r, w := utf8.DecodeRuneInString(text[i:])
		if !isSpace(r) && !isHyphen(r) {
			break
		}
		i += w
		gaps++
	}
	if gaps == 0 {
		return "", i
	}
	return wordAt(text, i)
}
