package weapon

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/matchers/catalogue"
	"github.com/armswatch/armswatch/matchers/token"
)

// thing is 1 when a name is in the plural, or counted, or has an article that
// people and places do not have, or is called a type, or stands in quotation marks;
// 2 when it is in the plural and counted. A plural where a sentence begins is no
// sign: any word has a capital there. Of codes only the weak are asked.
func (d *field) thing(c *candidate) int {
	switch {
	case c.form.class == catalogue.Case && (d.shouting || d.loud(c) || !token.CaseOf(strings.TrimSuffix(d.text[c.start:c.end], "s")).AllUpper()):
		return 0
	case c.form.class == catalogue.Weak:
		if name := d.text[c.start:c.end]; strings.HasSuffix(name, "s") && strings.Contains(name, "-") {
			return 1
		}
		return 0
	case !c.form.bare() && c.form.class != catalogue.Case && c.form.class != catalogue.Quoted:
		return 0
	}
	plural := 0
	if c.form.plural && !(c.form.class == catalogue.Word && d.begins(c.first)) {
		plural = 1
	}
	if d.counted(c, plural) {
		return plural + 1
	}
	if c.quoted && plural == 0 && !unicode.Is(unicode.Latin, firstRune(c.form.text)) {
		return 1
	}
	return plural
}

// counted says whether a number or an article of things stands before a name.
func (d *field) counted(c *candidate, plural int) bool {
	for i := c.first - 1; i >= max(0, c.first-2); i-- {
		if token.Before(d.text, d.tokens, i+1) != token.Space {
			return false
		}
		w := d.tokens[i].Of(d.text)
		of := d.lexicon.words[token.Fold(w)]
		single := w == "a" || w == "an" || w == "A" || w == "An"
		if d.tokens[i].Digits() || single && plural == 0 || !single && of&countBit != 0 || of&typeBit != 0 && i == c.first-1 {
			return true
		}
		if !token.CaseOf(w).AllLower() {
			return false
		}
	}
	return false
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// left is how far before a candidate a class noun still belongs to it, past the
// other names of a list and words that tell more of it: "missiles antiaériens
// Mistral", "missili anti-carro Milan e Spike".
func (d *field) left(c *candidate) int {
	first := d.list(c)
	n := c.first - first + 2
	for i := first - 1; i > max(0, first-5) && token.Before(d.text, d.tokens, i+1)&^(token.Space|token.Hyphen) == 0; i-- {
		w := d.tokens[i].Of(d.text)
		of := d.lexicon.words[token.Fold(w)]
		if of&(hardBit|typeBit|nationBit|makerBit) == 0 && !strings.EqualFold(w, "anti") {
			break
		}
		n = max(n, c.first-i+1)
	}
	return -n
}

// list is the first token of the list of names in which a candidate stands: of
// itself when none is before it.
func (d *field) list(c *candidate) int {
	first := c.first
	joined := !strings.HasPrefix(c.form.text, "و") && strings.HasPrefix(d.text[c.start:c.end], "و")
	for first > 0 && c.first-first < reach {
		before := first - 1
		gap := token.Before(d.text, d.tokens, first)
		switch {
		case gap&(token.Stop|token.Break|token.Bracket) != 0:
			return first
		case gap&^(token.Space|token.Quote) == 0 && d.lexicon.words[token.Fold(d.tokens[before].Of(d.text))]&andBit != 0:
			before--
		case gap&token.Comma == 0 && !joined:
			return first
		}
		near := d.between(before, before)
		k := slices.IndexFunc(near, func(o candidate) bool { return o.last == before && !o.vetoed })
		if k < 0 {
			return first
		}
		first = near[k].first
		joined = !strings.HasPrefix(near[k].form.text, "و") && strings.HasPrefix(d.text[near[k].start:near[k].end], "و")
	}
	return first
}

// names says whether a word is a class noun of a candidate's kind. Poisons are named by what they do.
func (d *field) names(c *candidate, w near) bool {
	kinds := d.kinds(c)
	switch of, known := d.lexicon.words[w.fold]; {
	case of&acronymBit != 0 && token.CaseOf(w.text).Title():
		return false
	case !known:
		return d.inflects(w.fold, kinds)
	case of&poisonBit != 0 && d.category(c) == "chemical-weapon":
		return true
	}
	return d.lexicon.names(w.fold, kinds)
}

// measure says whether a name behind a figure is a unit: "45 Grad" in German, not
// "40 Grad rockets".
func (d *field) measure(c *candidate) bool {
	if !c.form.bare() || d.lang != "de" && d.lang != "" || d.lexicon.words[token.Fold(d.text[c.start:c.end])]&measureBit == 0 {
		return false
	}
	ahead := d.ahead(c)
	return !slices.ContainsFunc(d.around(c), func(w near) bool { return w.distance > 0 && w.distance <= ahead && d.names(c, w) })
}

// afterState says whether a text ends in the initials of a state, as in "U.S. Apaches".
func afterState(text string) bool {
	text = strings.TrimRight(text, " \u00a0")
	return slices.ContainsFunc([]string{"U.S.", "U.K.", "U.N.", "U.A.E."}, func(s string) bool { return strings.HasSuffix(text, s) })
}

// mayBePerson says whether a name could be somebody's: Bayraktar and Kalashnikov
// are, too, where no article stands before them.
func (d *field) mayBePerson(c *candidate) bool {
	if c.form.class == catalogue.Strong {
		return c.first == c.last && !c.form.code && !c.form.plural && (c.first == 0 || d.lexicon.words[token.Fold(d.tokens[c.first-1].Of(d.text))]&(countBit|theBit) == 0)
	}
	return c.form.bare() || c.form.class == catalogue.Case
}

// isPerson says whether the name is somebody's: who speaks, or has a title or
// given name before.
func (d *field) isPerson(c *candidate, words []near) bool {
	for _, w := range words {
		of := d.lexicon.words[w.fold]
		switch {
		case w.distance == 1 && of&speechBit != 0, w.distance == -1 && of&titleBit != 0:
			return true
		case w.distance >= 2 && w.distance <= 3 && of&titleBit != 0 && d.thing(c) == 0 && token.Before(d.text, d.tokens, c.last+1)&token.Comma != 0:
			return true // "Shaheen, the senator"
		case w.distance == -1 && of&tellBit != 0 && d.thing(c) == 0 && !d.nounAfter(c, words) && d.tight(c, w):
			return true
		case w.distance == -2 && of&titleBit != 0 && token.CaseOf(w.text).Title() && d.given(c):
			return true
		case w.distance == -1 && of == 0 && !d.shouting && token.CaseOf(w.text).Title() && len(w.text) > 2 && d.tight(c, w) && !d.within(c, w) && d.spoken(c):
			return true
		}
	}
	return false
}

// given says whether what stands before a name may be a given name: "Duncan" in
// "Rep. Duncan Hunter".
func (d *field) given(c *candidate) bool {
	w := d.tokens[c.first-1].Of(d.text)
	return token.Before(d.text, d.tokens, c.first) == token.Space && token.CaseOf(w).Title() && d.lexicon.words[token.Fold(w)] == 0
}

// spoken says whether a word of speech stands within a few words behind.
func (d *field) spoken(c *candidate) bool {
	for i := c.last + 1; i < min(len(d.tokens), c.last+4); i++ {
		if d.lexicon.words[token.Fold(d.tokens[i].Of(d.text))]&speechBit != 0 {
			return true
		}
	}
	return false
}
