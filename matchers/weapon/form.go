package weapon

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/matchers/catalogue"
	"github.com/armswatch/armswatch/matchers/scan"
	"github.com/armswatch/armswatch/matchers/token"
)

func hasDigit(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

// cyrillicEndings are those of Russian and Ukrainian nouns.
var cyrillicEndings = strings.Fields("а у ом е ы ов ам ами ах и ой ою я ю ем ей ев ям ями ях і ів ові ею")

var hebrewPrefixes = strings.Fields("ו ה ב ל מ ש כ וה וב ול")

// namePrefixes are those of the Arabic ones that names are met with.
var namePrefixes = strings.Fields("ال و ب ل وال بال لل")

var arabicPrefixes = strings.Fields("ال و ب ك ل ف وال بال كال فال لل")

// inflections are the spellings under which a form is looked for.
func inflections(f catalogue.Form) []string {
	out := []string{f.Text}
	first, _ := utf8.DecodeRuneInString(f.Text)
	last, _ := utf8.DecodeLastRuneInString(f.Text)
	word := f.Text[strings.LastIndexAny(f.Text, " -")+1:]
	switch n := utf8.RuneCountInString(word); {
	case strings.ContainsAny(f.Text, "یکگچپژےٹڈہھں"): // Persian and Urdu glue nothing
	case hasDigit(f.Text) && unicode.Is(unicode.Arabic, first) && unicode.IsLetter(first): // وسوخوي 35
		for _, p := range namePrefixes {
			out = append(out, p+f.Text)
		}
	case hasDigit(f.Text) || !unicode.IsLetter(last):
	case unicode.Is(unicode.Latin, last) && n >= 3:
		out = append(out, f.Text+"s", f.Text+"es")
	case unicode.Is(unicode.Cyrillic, last) && n >= 4:
		stem := f.Text
		if strings.ContainsRune("аеиоуыэюяйьёі", unicode.ToLower(last)) {
			stem = strings.TrimSuffix(stem, string(last))
		}
		for _, e := range cyrillicEndings {
			out = append(out, stem+e)
		}
	case unicode.Is(unicode.Hebrew, last) && n >= 3:
		for _, p := range hebrewPrefixes {
			out = append(out, p+f.Text)
		}
	case unicode.Is(unicode.Arabic, last) && n >= 3:
		out = append(out, arabic(f.Text)...)
	}
	return out
}

// arabic are the spellings of an Arabic form with what may be glued before it.
func arabic(form string) []string {
	var out []string
	if rest, ok := strings.CutPrefix(form, "ال"); ok {
		for _, p := range []string{"وال", "بال", "لل"} {
			out = append(out, p+rest)
		}
		return out
	}
	words := strings.Fields(form)
	both := form // "براميل متفجرة" is "البراميل المتفجرة" when it is known which
	if len(words) == 2 {
		both = words[0] + " ال" + words[1]
	}
	for _, p := range namePrefixes {
		out = append(out, p+form)
		if both != form && strings.HasSuffix(p, "ل") {
			out = append(out, p+both)
		}
	}
	return out
}

// letters says whether a text has no capitals at all, or hardly a small letter. It
// looks at 4,000 bytes, less where the rest of them could not change the answer.
func letters(text string) (small, shouting bool) {
	const step = 256
	text = text[:min(len(text), 4000)]
	lower, upper := 0, 0
	for next, i := step, 0; i < len(text); {
		if b := text[i]; b < utf8.RuneSelf {
			lower += int(isLower[b])
			upper += int(isUpper[b])
			i++
		} else {
			r, n := utf8.DecodeRuneInString(text[i:])
			if unicode.IsLower(r) {
				lower++
			} else if unicode.IsUpper(r) {
				upper++
			}
			i += n
		}
		if i >= next {
			if upper > 0 && upper+len(text)-i <= 4*lower {
				return false, false
			}
			next = i + step
		}
	}
	return upper == 0 && lower > 20, upper > 12 && upper > 4*lower
}

// isLower and isUpper are 1 for the letters of ASCII.
var isLower, isUpper = func() (lower, upper [utf8.RuneSelf]uint8) {
	for b := byte('a'); b <= 'z'; b++ {
		lower[b], upper[b-'a'+'A'] = 1, 1
	}
	return lower, upper
}()

var (
	variant    = regexp.MustCompile(`^(?:['’]?s|[A-Z]{1,4}\d{0,2}[A-Z]{0,2}s?(?:/[A-Z]{1,2})?)$`)
	afterGlued = regexp.MustCompile(`^[\p{L}\p{N}'’/]*`)
)

// candidate checks the edges and the letter case of a hit.
func (d *field) candidate(h scan.Hit) (candidate, bool) {
	f := &d.forms[h.Form]
	c := candidate{form: f, first: int(h.First), last: int(h.Last), nearest: reach + 1}
	c.start, c.end = int(d.tokens[c.first].Start), int(d.tokens[c.last].End)
	c.exact = d.text[c.start:c.end] == f.text
	c.lower = token.CaseOf(d.text[c.start:c.end]).AllLower()
	c.quoted = quotedAt(d.text, c.start, c.end)
	c.apart = f.code && !c.quoted && token.CaseOf(f.text) != 0 && strings.ContainsAny(d.text[c.start:c.end], " \u00a0") && !strings.ContainsAny(f.text, " \u00a0")
	return c, d.leftEdge(&c) && d.rightEdge(&c) && (!f.code || d.small || d.sameCase(&c))
}

func (d *field) leftEdge(c *candidate) bool {
	if c.start == 0 {
		return true
	}
	if d.inWord(c) {
		return false
	}
	gap := token.Before(d.text, d.tokens, c.first)
	switch {
	case c.first > 0 && gap == 0 && !d.unspaced(c.start) && !d.glued(c):
		return false
	case touches(d.text[:c.start])&token.Currency != 0, c.form.code && gap&token.Other != 0 && gap.Tight() && d.text[c.start-1] != '|':
		return false // "$A100", "S&P 500"; a bar parts the cells of a table
	}
	if c.first == 0 || !gap.Tight() {
		return true
	}
	before := d.tokens[c.first-1]
	if (c.form.code || d.tokens[c.first].End-d.tokens[c.first].Start == 1) && gap == token.Apostrophe {
		return d.elided(before)
	}
	return gap != token.Hyphen || before.End-before.Start > 2 || before.Digits() || d.leftward(before)
}

// inWord says whether a short name in Hangul, or a bare one in Katakana, is the end of
// a longer word: a given name behind its family name, Hawk in Mohawk.
func (d *field) inWord(c *candidate) bool {
	before, _ := utf8.DecodeLastRuneInString(d.text[:c.start])
	first, _ := utf8.DecodeRuneInString(d.text[c.start:])
	switch {
	case unicode.Is(unicode.Hangul, first):
		return unicode.Is(unicode.Hangul, before) && utf8.RuneCountInString(c.form.text) <= 2
	case unicode.Is(unicode.Katakana, first):
		return c.form.bare() && katakana(before) && d.lexicon.words[token.Fold(lastKatakana(d.text[:c.start]))]&nounBit == 0
	}
	return false
}

// goesOn says whether a name in Katakana is the beginning of a longer word that no
// class noun makes: "トマホークステーキ" is a steak, "トマホークミサイル" a missile; or one in
// Hangul that of a place: "보라매병원" is a hospital.
func (d *field) goesOn(c *candidate) bool {
	last, _ := utf8.DecodeLastRuneInString(d.text[:c.end])
	rest := d.text[c.end:]
	switch {
	case unicode.Is(unicode.Hangul, last):
		return c.form.bare() && d.beginsWith(rest[:min(len(rest), 12)], siteBit)
	case katakana(last):
		rest = rest[:min(len(rest), longestWord)]
		run := rest[:len(rest)-len(strings.TrimLeftFunc(rest, katakana))]
		return run != "" && !d.beginsWith(run, nounBit|hardBit|milBit|crewBit)
	}
	return false
}

// beginsWith says whether a text begins with a word of one of the kinds.
func (d *field) beginsWith(text string, of bits) bool {
	for i := range text + " " {
		if d.lexicon.words[token.Fold(text[:i])]&of != 0 {
			return true
		}
	}
	return false
}

// longestWord is how many bytes of a word in Katakana are looked at: 20 characters.
const longestWord = 60

// katakana says whether a character stands within a word in Katakana.
func katakana(r rune) bool { return unicode.Is(unicode.Katakana, r) || r == 'ー' }

// lastKatakana is the word in Katakana that a text ends in.
func lastKatakana(text string) string {
	text = text[max(0, len(text)-longestWord):]
	return text[len(strings.TrimRightFunc(text, katakana)):]
}

// glued says whether the "and" or "the" of Arabic or Hebrew stands right before a
// name in Latin letters: "وF-16", "הF-35".
func (d *field) glued(c *candidate) bool {
	before := d.tokens[c.first-1]
	return before.End-before.Start <= 6 && d.leftward(before)
}

// leftward says whether a token is written from right to left.
func (d *field) leftward(t token.Token) bool {
	r, _ := utf8.DecodeRuneInString(t.Of(d.text))
	return unicode.In(r, unicode.Hebrew, unicode.Arabic)
}

// elided says whether a token is an article or the like that has lost its vowel:
// "l'AMX-10", "dell'F-35".
func (d *field) elided(t token.Token) bool {
	return d.lexicon.words[token.Fold(t.Of(d.text))]&elisionBit != 0
}

// touches says what kind of character a text ends in.
func touches(before string) token.Gap {
	_, width := utf8.DecodeLastRuneInString(before)
	return token.GapOf(before[len(before)-width:])
}

// unspaced says whether a script that does not part its words stands on a side
// of a place: F-16战斗机.
func (d *field) unspaced(at int) bool {
	before, _ := utf8.DecodeLastRuneInString(d.text[:at])
	after, _ := utf8.DecodeRuneInString(d.text[at:])
	return unicode.In(before, unspacedScripts...) || unicode.In(after, unspacedScripts...)
}

var unspacedScripts = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul}

// rightEdge checks what is glued to the end, and takes variant letters in.
func (d *field) rightEdge(c *candidate) bool {
	rest := d.text[c.end:]
	if i := c.last + 1; i < len(d.tokens) {
		gap := token.Before(d.text, d.tokens, i)
		next := d.tokens[i]
		if c.form.code && gap == token.Hyphen && next.Digits() && next.End-next.Start >= 2 {
			return false
		}
		if gap.Only(token.Dot|token.Comma) && gap != 0 && next.Digits() && d.tokens[c.last].Digits() {
			return false
		}
		if gap == 0 && d.goesOn(c) {
			return false
		}
		if gap != 0 || d.unspaced(c.end) {
			return true
		}
		if c.form.code && d.tokens[c.last].Digits() && d.leftward(next) {
			return true // "سو-30إم": a variant, or a space left out
		}
	}
	glued := afterGlued.FindString(rest[:min(len(rest), 40)])
	if glued == "" || glued[0] == '\'' || glued[0] == '/' || strings.HasPrefix(glued, "’") {
		return true
	}
	if !c.form.code || !variant.MatchString(glued) && !d.smallVariant(c, glued) || glued != "s" && oneDigit(d.text[c.start:c.end]) {
		return false
	}
	for c.last+1 < len(d.tokens) && int(d.tokens[c.last+1].End) <= c.end+len(glued) {
		c.last++
	}
	c.end = int(d.tokens[c.last].End)
	return true
}

// smallVariant says whether a variant's letter is written small, as in F-35i; of a
// code that is sure and has its hyphen.
func (d *field) smallVariant(c *candidate, glued string) bool {
	return c.form.class == catalogue.Strong && len(glued) == 1 && glued[0] >= 'a' && glued[0] <= 'k' &&
		strings.Contains(d.text[c.start:c.end], "-") && !oneDigit(d.text[c.start:c.end])
}

// oneDigit tells a code like F4, to which a letter makes another code: F4U.
// F-4E is the F-4's.
func oneDigit(code string) bool {
	n := strings.IndexFunc(code, unicode.IsDigit)
	return n == len(code)-1 && n > 0 && code[n-1] != '-'
}

// sameCase says whether a code carries the capitals of its form.
func (d *field) sameCase(c *candidate) bool {
	i, raised := c.start, false
	for _, r := range c.form.text {
		if !unicode.IsLetter(r) {
			continue
		}
		var got rune
		for i < c.end && !unicode.IsLetter(got) {
			letter, n := utf8.DecodeRuneInString(d.text[i:])
			got, i = letter, i+n
		}
		if unicode.IsUpper(r) && unicode.IsLower(got) {
			return false
		}
		raised = raised || unicode.IsLower(r) && unicode.IsUpper(got)
	}
	// MI6 is no Mi-6, but MIG-29 and a headline's MI-8 are what they seem.
	return !raised || d.shouting || c.form.class != catalogue.Weak || strings.ContainsAny(d.text[c.start:c.end], "-‐‑–")
}
