package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentences appends to dst the index of the first token of each sentence, in
// order, and returns it. The first is 0 when there are tokens at all. A line
// break ends a sentence, as paragraphs of an article are lines.
func Sentences(dst []int32, text string, tokens []Token) []int32 {
	for i := range tokens {
		if i > 0 && tokens[i].Start-tokens[i-1].End == 1 && text[tokens[i-1].End] == ' ' {
			continue // as most tokens do
		}
		if i == 0 || breaks(text, tokens, i) {
			dst = append(dst, int32(i))
		}
	}
	return dst
}

// breaks says that a sentence ends before token i.
func breaks(text string, tokens []Token, i int) bool {
	from, to := int(tokens[i-1].End), int(tokens[i].Start)
	if to-from <= 1 {
		if to == from {
			return false
		}
		switch text[from] {
		case '\n', '!', '?':
			return true
		}
		return false // a space, a hyphen, or a dot with nothing behind it
	}
	gap := text[from:to]
	stop := -1
	for k, r := range gap {
		switch r {
		case '\n', '。', '！', '？', '؟', '۔', '।':
			return true
		case '!', '?', '…':
			return endsHere(gap[k:]) || unicode.IsUpper(firstRune(text[to:]))
		case '.':
			stop = k
		}
	}
	if stop < 0 || !endsHere(gap[stop:]) {
		return false
	}
	return !goesOn(text, tokens, i)
}

// endsHere says that the gap from a stop on holds a space.
func endsHere(gap string) bool {
	return strings.ContainsFunc(gap, unicode.IsSpace)
}

// goesOn says that the stop before token i is not the end of a sentence, but
// that of an abbreviation, an initial or the number of a list.
func goesOn(text string, tokens []Token, i int) bool {
	before, next := tokens[i-1].Of(text), firstRune(tokens[i].Of(text))
	if unicode.IsLower(next) {
		return true
	}
	if before == "" || !unicode.IsLetter(firstRune(before)) {
		return false
	}
	n := utf8.RuneCountInString(before)
	if n == 1 && unicode.IsUpper(firstRune(before)) {
		return !dotted(text, tokens, i-1) || unicode.IsDigit(next) // J. Smith; but not: in the U.S. He
	}
	return n <= 6 && abbreviations[strings.ToLower(before)]
}

// dotted says that token i ends an abbreviation such as U.S.
func dotted(text string, tokens []Token, i int) bool {
	return i > 0 && tokens[i].Start-tokens[i-1].End == 1 && text[tokens[i-1].End] == '.'
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// abbreviations after which a capital does not begin a sentence.
var abbreviations = func() map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(`mr mrs ms dr prof gen lt col maj capt cpt sgt cpl pvt adm cmdr sen rep gov pres
hon rev st mt ft no nos vol fig figs art sec dept univ approx ca cf vs etc jan feb mar apr jun jul aug sept sep oct nov dec
brig supt det insp messrs op cit al jr sr mk vz wz pz hr fr dipl ing bzw str abs nr zb usw ul им ул тыс млн млрд руб гг стр
т г д им св о`) {
		out[w] = true
	}
	return out
}()
