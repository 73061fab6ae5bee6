package weapon

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/matchers/catalogue"
	"github.com/armswatch/armswatch/matchers/token"
)

// judge decides over the candidates of one document.
type judge struct {
	fields   [2]*field
	proofs   map[int]int // system -> places that name it beyond doubt
	codes    map[int]int // system -> those of them that are no bare word
	others   map[int]int // system -> places where its name is a person's, or a thing's of peace
	firms    map[int]int // system -> places that name its maker, of the same name
	document bool        // long enough to have named its subject
	game     bool        // it speaks of computer games, whose bare names are no weapons
}

func newJudge(title, text *field) *judge {
	return &judge{fields: [2]*field{title, text}, proofs: map[int]int{}, codes: map[int]int{}, others: map[int]int{}, firms: map[int]int{}, document: len(text.text) > 600}
}

// judge looks at each candidate by itself, then again with what the document
// has said: a name that one place proves is proved everywhere.
func (j *judge) judge() {
	for _, d := range j.fields {
		for i := range d.found {
			d.weigh(&d.found[i])
		}
	}
	j.learn()
	j.game = slices.ContainsFunc(j.fields[:], (*field).ofGames)
	for _, d := range j.fields {
		for i := range d.found {
			j.decide(&d.found[i])
		}
	}
	j.again()
	for _, d := range j.fields {
		d.homonyms()
	}
}

// again looks once more at names whose system the article has named elsewhere: those
// that fell short by one and stand as things do, counted or in the plural, and those
// that nothing speaks against, when a class noun stood near the other.
func (j *judge) again() {
	named, nouned := map[int]bool{}, map[int]bool{}
	for _, d := range j.fields {
		for i := range d.found {
			if c := &d.found[i]; c.accepted {
				named[c.form.system] = true
				nouned[c.form.system] = nouned[c.form.system] || c.noun > 0 || !c.form.bare()
			}
		}
	}
	for _, d := range j.fields {
		for i := range d.found {
			c := &d.found[i]
			switch {
			case c.accepted || c.vetoed || !named[c.form.system]:
			case c.score == j.threshold(c)-1 && d.thing(c) > 0, nouned[c.form.system] && j.spotless(c):
				c.add(1, "the article names this system elsewhere")
				c.accepted = true
			}
		}
	}
}

// spotless says that nothing speaks against a bare name.
func (j *judge) spotless(c *candidate) bool {
	return c.form.bare() && c.form.class != catalogue.Quoted && !c.lower && !c.raised && !c.person && !c.civil &&
		j.others[c.form.system]+j.firms[c.form.system] == 0 && !j.game &&
		!slices.ContainsFunc(c.reasons, func(r string) bool { return r[0] == '-' })
}

// From these scores on a name that is a word proves its system for the rest of the
// article; one of a poison or a fire weapon, of which there is only one thing.
const (
	provesAlone  = 6
	provesBeside = 3 // with a class noun beside it
	commonProves = 3
)

func (c *candidate) proof() bool {
	return !c.vetoed && (c.sure || c.score >= provesAlone || c.form.bare() && c.noun == 3 && c.score >= provesBeside || c.form.class == catalogue.Common && c.score >= commonProves)
}

// learn counts the places that name a system beyond doubt.
func (j *judge) learn() {
	for _, d := range j.fields {
		for _, system := range d.doubtful {
			j.others[system]++
		}
		for _, system := range d.firms {
			j.firms[system]++
		}
		for i := range d.found {
			switch c := &d.found[i]; {
			case c.proof():
				j.proofs[c.form.system]++
				if !c.form.bare() {
					j.codes[c.form.system]++
				}
			case c.person || c.civil:
				j.others[c.form.system]++
			}
		}
	}
}

func (j *judge) decide(c *candidate) {
	if c.vetoed {
		return
	}
	if c.sure {
		c.accepted = true
		return
	}
	ambiguous := j.others[c.form.system] > 0 && (c.form.bare() || c.form.class == catalogue.Case)
	elsewhere := j.proofs[c.form.system]
	if j.firms[c.form.system] > 0 && c.noun < 3 && elsewhere == 0 && c.form.bare() {
		ambiguous = true
	}
	if ambiguous {
		elsewhere = j.codes[c.form.system]
	} else if c.proof() {
		elsewhere-- // it does not vouch for itself
	}
	switch {
	case ambiguous && elsewhere == 0:
		c.add(-6, "a namesake is in the article")
	case elsewhere > 0:
		c.add(4, "the article names this system beyond doubt elsewhere")
	case j.document && len(j.proofs) >= 3:
		c.add(1, fmt.Sprintf("the article names %d other systems", len(j.proofs)))
	}
	if j.game && c.form.bare() {
		c.add(-6, "the article is about a game")
	}
	c.accepted = c.score >= j.threshold(c)
}

// ofGames says whether a text that names systems by bare words is about computer games:
// what gamers do at war is none.
func (d *field) ofGames() bool {
	n := 0
	if slices.ContainsFunc(d.found, func(c candidate) bool { return c.form.bare() && c.score > 0 }) {
		for _, t := range d.tokens {
			if d.lexicon.words[token.Fold(t.Of(d.text))]&gameBit != 0 {
				n++
			}
		}
	}
	return n >= 2
}

func (j *judge) threshold(c *candidate) int {
	switch c.form.class {
	case catalogue.Common:
		return 1
	case catalogue.Word:
		return 3
	}
	return 2
}

func (c *candidate) add(n int, reason string) {
	c.score += n
	c.reasons = append(c.reasons, fmt.Sprintf("%+d %s", n, reason))
}

func (c *candidate) veto(reason string) {
	c.vetoed = true
	c.reasons = append(c.reasons, "no: "+reason)
}

// weigh scores a candidate by its own letters and the words around it.
func (d *field) weigh(c *candidate) {
	words := d.around(c)
	d.weighCase(c, words)
	if c.vetoed {
		return
	}
	c.person = d.mayBePerson(c) && d.isPerson(c, words)
	if c.person {
		c.add(-4, "a person")
	}
	d.weighContext(c, words)
	others := c.score
	d.weighOthers(c)
	if c.raised && c.noun < 3 { // some houses write all names so, beside a noun or in a list
		c.add(-2+min(1, c.score-others), "in capitals that its name has not")
	}
	d.weighForm(c)
	switch c.form.class {
	case catalogue.Strong:
		if c.score >= 0 && !c.person && (!c.apart || c.score > 0) && (c.score >= 2 || !d.everyday(c)) {
			c.sure = true
			c.reasons = append(c.reasons, "the name is unmistakable")
		}
	case catalogue.Acro:
		if utf8.RuneCountInString(d.text[c.start:c.end]) > 3 {
			c.add(2, "an acronym in capitals")
		} else {
			c.add(1, "a short acronym in capitals")
		}
		c.sure = c.score >= 3
	case catalogue.Medium:
		c.add(1, "a code")
		c.sure = c.score >= 4
	}
}

// tame says whether the word before a class noun tells that it is none of war.
func (d *field) tame(c *candidate, w near) bool {
	i := c.last + w.distance
	if w.distance < 0 {
		i = c.first + w.distance
	}
	return i > 0 && d.lexicon.words[token.Fold(d.tokens[i-1].Of(d.text))]&tameBit != 0
}

// givenName says whether a name is a word or somebody's name in a script without
// capitals: nothing tells it from them but a class noun beside it.
func (d *field) givenName(c *candidate) bool {
	first, _ := utf8.DecodeRuneInString(c.form.text)
	return c.form.bare() && !c.quoted && unicode.In(first, unicode.Arabic, unicode.Hebrew, unicode.Hangul, unicode.Devanagari) && len(d.lexicon.daily[token.Fold(c.form.text)]) > 0
}

// everyday says whether a name is a word of the text's language, too, or a person's,
// and stands where a capital proves nothing: in German, where a sentence begins,
// beside another name, or all in capitals, as abbreviations are.
func (d *field) everyday(c *candidate) bool {
	in := d.lexicon.daily[token.Fold(c.form.text)]
	if len(in) == 0 || c.quoted || d.lang != "" && !slices.Contains(in, d.lang) {
		return false
	}
	raised := token.CaseOf(d.text[c.start:c.end]).AllUpper() && !token.CaseOf(c.form.text).AllUpper() && !d.shouting
	return d.lang == "de" || d.begins(c.first) || raised || c.first == c.last && (d.named(c, -1) || d.named(c, 1))
}

// named says whether the word right before or behind a candidate is a name that the
// lexicon does not know.
func (d *field) named(c *candidate, distance int) bool {
	i := c.last + distance
	if distance < 0 {
		i = c.first + distance
	}
	if i < 0 || i >= len(d.tokens) {
		return false
	}
	w := d.tokens[i].Of(d.text)
	return token.CaseOf(w).Title() && !d.begins(max(i, c.first)) && d.lexicon.words[token.Fold(w)] == 0 &&
		d.tight(c, near{distance: distance}) && !d.within(c, near{distance: distance})
}

// weighForm looks at how a code is written, and at what owns a name.
func (d *field) weighForm(c *candidate) {
	if c.apart && c.form.class != catalogue.Strong {
		c.add(-2, "a code written apart")
	}
	if c.form.bare() && !c.quoted && dotted(d.text, c.start, c.end) {
		c.veto("a part of somebody's name")
	}
	if !prose(d.text, c.start, c.end) {
		c.veto("no prose around it")
	}
	if c.form.bare() && glued.MatchString(d.text[max(0, c.start-8):c.start]) && !d.owns(c, c.first-1) {
		c.add(-6, "the name of another system")
	}
	if c.form.class == catalogue.Weak && d.ownedByName(c) {
		c.add(-3, fmt.Sprintf("%q before it is a name", d.tokens[c.first-1].Of(d.text)))
	}
	if !c.form.bare() || c.first < 2 || token.Before(d.text, d.tokens, c.first) != token.Space {
		return
	}
	// "B-45 Tornado": the name is another designation's.
	last, before := d.tokens[c.first-1], d.tokens[c.first-2]
	if last.Digits() && last.End-last.Start <= 2 && !before.Digits() && before.End-before.Start <= 3 && token.Before(d.text, d.tokens, c.first-1).Only(token.Hyphen) &&
		token.CaseOf(before.Of(d.text)).AllUpper() && !d.owns(c, c.first-1) {
		c.add(-6, fmt.Sprintf("the name of another system, %s", d.text[before.Start:c.end]))
	}
}

// dotted says whether a Chinese name is parted by a dot from another, as the given and
// family names of foreigners are: 布雷德利·库珀.
func dotted(text string, start, end int) bool {
	first, _ := utf8.DecodeRuneInString(text[start:])
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return unicode.Is(unicode.Han, first) && (strings.ContainsRune("·•‧", before) || strings.ContainsRune("·•‧", after))
}

// glued is a designation of the kind that F4U is, before a name.
var glued = regexp.MustCompile(`(?:^|[^\pL\pN])[A-Z]{1,2}\d[A-Z] $`)

// ownedByName says whether a name that is no system's stands before a code:
// "Nambu M60", "Audi A4".
func (d *field) ownedByName(c *candidate) bool {
	if c.first == 0 || d.shouting || token.Before(d.text, d.tokens, c.first) != token.Space || d.begins(c.first-1) {
		return false
	}
	w := d.tokens[c.first-1].Of(d.text)
	return len(w) > 2 && token.CaseOf(w).Title() && d.lexicon.words[token.Fold(w)] == 0 && !d.within(c, near{distance: -1})
}

// begins says whether a sentence begins with a token.
func (d *field) begins(i int) bool {
	_, ok := slices.BinarySearch(d.sentences, int32(i))
	return ok || i == 0
}

// owns says whether a candidate of the same system ends at a token.
func (d *field) owns(c *candidate, token int) bool {
	return slices.ContainsFunc(d.found, func(o candidate) bool { return o.form.system == c.form.system && o.last == token })
}

// prose says whether a text reads like sentences around a span: encoded files
// and tables of symbols do not.
func prose(text string, start, end int) bool {
	part := text[max(0, start-60):min(len(text), end+60)]
	odd, spaces := 0, 0
	for i := range len(part) {
		switch b := part[i]; {
		case b == ' ' || b == '\n':
			spaces++
		case strings.IndexByte("!#$%&*+;<=>?@[]\\^_{|}~`", b) >= 0:
			odd++
		}
	}
	return odd*5 < len(part) || spaces*8 > len(part)
}

// near is a word in the sentence of a candidate.
type near struct {
	text     string
	fold     string
	distance int // in tokens; negative before it
}

const reach = 14

func (d *field) around(c *candidate) []near {
	from, to := 0, len(d.tokens)
	next := sort.Search(len(d.sentences), func(i int) bool { return int(d.sentences[i]) > c.first })
	if next > 0 {
		from = int(d.sentences[next-1])
	}
	for next < len(d.sentences) && int(d.sentences[next]) <= c.last {
		next++
	}
	if next < len(d.sentences) {
		to = int(d.sentences[next])
	}
	far := reach
	if d.unspaced(c.start) || d.unspaced(c.end) {
		far *= 2 // of characters
	}
	var out []near
	for i := max(from, c.first-far); i < min(to, c.last+1+far); i++ {
		if i >= c.first && i <= c.last {
			continue
		}
		limit := min(to, c.last+1+far)
		if i < c.first {
			limit = c.first
		}
		w, fold, last := d.word(i, limit)
		at := distance(c, i)
		if at < 0 {
			at = distance(c, last)
		}
		out = append(out, near{w, fold, at})
		i = last
	}
	return out
}

// word is the word that begins at a token, its folded form, and its last token: of a
// script without spaces the longest one that is known.
func (d *field) word(i, limit int) (word, fold string, last int) {
	t := d.tokens[i]
	first := t.Of(d.text)
	folded := token.Fold(first)
	for n := min(d.lexicon.runs[folded], limit-i); n > 1; n-- {
		end := d.tokens[i+n-1]
		if int(end.End-t.Start) > 4*n {
			continue
		}
		word = d.text[t.Start:end.End]
		if fold = token.Fold(word); d.lexicon.words[fold] != 0 {
			return word, fold, i + n - 1
		}
	}
	return first, folded, i
}

// weighCase looks at the capitals of the name.
func (d *field) weighCase(c *candidate, words []near) {
	name := d.text[c.start:c.end]
	letters := token.CaseOf(name)
	singular := token.CaseOf(strings.TrimSuffix(strings.TrimRight(name, "s"), "’")) // RPGs are in capitals too
	followed := d.nounAfter(c, words) || d.endsInNoun(c)
	switch {
	case c.form.code:
		if d.small && !followed && token.CaseOf(c.form.text)&token.Upper != 0 {
			c.add(-9, "in small letters")
		}
	case letters == 0: // a script without capitals
	case (d.shouting || d.loud(c)) && c.form.class == catalogue.Case && !followed:
		c.add(-2, "everything is in capitals")
	case letters.AllLower() && token.CaseOf(c.form.text)&token.Upper != 0:
		switch {
		case c.first < c.last && strings.Contains(name, "-") && !strings.Contains(c.form.text, "-"):
			c.veto("another word in small letters") // "lance-missile"
		case followed:
			c.add(0, "in small letters, but a class noun follows")
		default:
			c.add(-9, "in small letters")
		}
	case c.form.bare() && singular.AllUpper() && !token.CaseOf(c.form.text).AllUpper() && !d.shouting:
		c.raised = true
	case c.form.class == catalogue.Case && !singular.AllUpper():
		c.add(-4, "not in capitals")
	case c.form.class == catalogue.Acro && !singular.AllUpper() && utf8.RuneCountInString(name) < 5:
		c.add(-4, "not in capitals")
	}
	switch {
	case c.form.class != catalogue.Quoted || c.quoted:
	case token.CaseOf(c.form.text) == 0:
		c.veto("not in quotation marks") // "قادر" is able, in every second line on missiles
	default:
		c.add(-2, "not in quotation marks")
	}
}

// loud says whether the words around a name are in capitals too, so that its
// own say nothing.
func (d *field) loud(c *candidate) bool {
	capitals, words := 0, 0
	for i := max(0, c.first-3); i < min(len(d.tokens), c.last+4); i++ {
		w := d.tokens[i].Of(d.text)
		if i >= c.first && i <= c.last || len(w) < 4 || d.tokens[i].Digits() || d.within(c, near{distance: distance(c, i)}) {
			continue
		}
		words++
		if token.CaseOf(w).AllUpper() {
			capitals++
		}
	}
	return capitals >= 2 && capitals*2 > words
}

// distance is how far a token is from a candidate, in tokens; negative before it.
func distance(c *candidate, i int) int {
	if i < c.first {
		return i - c.first
	}
	return i - c.last
}

// quotedAt says whether quotation marks open right before a span and close right
// behind it.
func quotedAt(text string, start, end int) bool {
	open, _ := utf8.DecodeLastRuneInString(text[:start])
	shut, _ := utf8.DecodeRuneInString(text[end:])
	return strings.ContainsRune("\"“„«", open) && strings.ContainsRune("\"”“»", shut)
}

// endsInNoun says whether the name's last word is a class noun: "AK rifle".
func (d *field) endsInNoun(c *candidate) bool {
	return c.last > c.first && d.lexicon.words[token.Fold(d.tokens[c.last].Of(d.text))]&nounBit != 0
}

// nounAfter says whether a class noun of the system's kind follows at once.
func (d *field) nounAfter(c *candidate, words []near) bool {
	for _, w := range words {
		if w.distance == 1 && d.lexicon.names(w.fold, d.kinds(c)) {
			return true
		}
	}
	return false
}

func (d *field) kinds(c *candidate) []string {
	return kindsOf(d.category(c))
}

// weighContext looks at the words around.
func (d *field) weighContext(c *candidate, words []near) {
	l := d.lexicon
	hard := map[string]bool{}
	manned, military, acts, music, sport, weather, noun, touched, farNoun, nation, maker, owned := false, false, false, false, false, false, false, false, false, false, false, false
	ahead, left := d.ahead(c), d.left(c)
	var crew []string    // words for what belongs to weapons
	behind := -3 * reach // the last class noun before it
	such := 0            // where "such as" and the like stand before it
	for _, w := range words {
		of := l.words[w.fold]
		switch {
		case of&suchBit != 0 && w.distance < 0:
			such = w.distance
		case d.names(c, w) && !d.tame(c, w):
			c.nearest = min(c.nearest, max(w.distance, -w.distance))
			switch {
			case w.distance > 0 && w.distance <= ahead, w.distance >= left && w.distance < 0:
				noun = true
			case c.form.class == catalogue.Word && of&nounBit != 0 && l.broad(w.fold), d.givenName(c):
			default:
				farNoun = true
			}
			touched = touched || (w.distance == 1 || w.distance == -1) && !slices.Contains(l.nouns[w.fold], "battery")
			if w.distance < 0 {
				behind = w.distance
			}
		}
		if of&crewBit != 0 && c.form.bare() {
			manned = manned || w.distance == 1 && d.tight(c, w)
			crew = append(crew, w.fold)
			of &^= hardBit | milBit
		}
		if of&(hardBit|nounBit) != 0 && !d.tame(c, w) && (c.form.class != catalogue.Quoted || !l.ofPeace(w.fold)) {
			hard[w.fold] = true
		}
		if of&poisonBit != 0 && c.form.class == catalogue.Common {
			hard[w.fold] = true
		}
		military = military || of&milBit != 0
		acts = acts || of&actBit != 0 && w.distance == 1
		music = music || of&musicBit != 0
		sport = sport || of&sportBit != 0
		weather = weather || of&weatherBit != 0
		nation = nation || of&nationBit != 0 && w.distance >= -2 && w.distance < 0
		maker = maker || of&makerBit != 0
		owned = owned || of&makerBit != 0 && w.distance == -1
		d.against(c, w, of)
	}
	if !manned { // such words count once
		for _, fold := range crew {
			if l.words[fold]&hardBit != 0 {
				hard[fold] = true
			}
			military = military || l.words[fold]&milBit != 0
		}
	}
	if such < 0 && behind >= such-2 && behind < such {
		noun, c.nearest = true, 1 // "light tanks such as the Type 63"
	}
	if music && !military && !noun && !farNoun && len(hard) == 0 {
		c.add(-3, "music is spoken of")
	}
	switch {
	case noun || d.endsInNoun(c):
		c.noun = 3
		c.add(3, "a class noun stands beside it")
	case farNoun:
		c.noun = 2
		c.add(2, "a class noun stands in the sentence")
	}
	if manned && !noun {
		c.add(2, "what belongs to weapons follows")
	}
	thing := d.thing(c)
	if thing > 0 {
		c.add(thing, "counted or with an article, as things are")
	}
	if acts && (thing > 0 || c.form.class == catalogue.Name) {
		c.add(1, "it does what weapons do")
	}
	if sport && !noun && (c.form.bare() || c.form.class == catalogue.Case) {
		c.add(-4, "sport is spoken of")
	}
	if weather && !touched && (c.form.bare() || d.everyday(c)) {
		c.add(-4, "the weather or a zoo is spoken of")
	}
	most := 3
	if c.form.bare() && c.noun == 0 {
		most = 1 // words for weapons alone make no weapon of a word
		if thing > 0 || c.form.class == catalogue.Name {
			most = 2
		}
	}
	if n := min(len(hard), most); n > 0 {
		c.add(n, "words for weapons near by: "+strings.Join(sortedKeys(hard), ", "))
	}
	if military {
		c.add(1, "military words near by")
	}
	if maker {
		c.add(1, "a maker is named")
	}
	if owned {
		c.add(2, "its maker stands before it")
	}
	if nation {
		c.add(1, "a nationality before it")
	}
}

// ahead is how far behind a candidate a class noun still belongs to it: three
// words, not past a comma or a bracket, and past the other names of a list.
func (d *field) ahead(c *candidate) int {
	halves, i := 0, c.last+1
	for ; i < min(len(d.tokens), c.last+1+reach) && halves < 6; i++ {
		gap := token.Before(d.text, d.tokens, i)
		if gap&(token.Bracket|token.Stop|token.Break) != 0 {
			break
		}
		next := d.between(i, i)
		if k := slices.IndexFunc(next, func(o candidate) bool { return o.first == i }); k >= 0 {
			i = next[k].last
			continue
		}
		if gap&token.Comma != 0 {
			break
		}
		halves += 2
		if d.unspaced(int(d.tokens[i].Start)) { // a character is half a word
			halves--
		}
	}
	return i - 1 - c.last
}

func sortedKeys(m map[string]bool) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys[:min(len(keys), 4)]
}

// against looks for what speaks against a candidate in one word near by.
func (d *field) against(c *candidate, w near, of bits) {
	beside := w.distance == 1 || w.distance == -1
	switch {
	case beside && of&civilBit != 0 && !c.form.code && c.form.class != catalogue.Strong:
		c.civil = true
		c.veto(fmt.Sprintf("%q beside it", w.text))
	case w.distance == -1 && c.form.bare() && len(w.text) == 1 && token.CaseOf(w.text).AllUpper() && token.Before(d.text, d.tokens, c.first)&token.Dot != 0 && !afterState(d.text[:c.start]):
		c.veto("an initial before it: a person")
	case w.distance == -1 && of&placeBit != 0 && c.form.bare():
		c.veto(fmt.Sprintf("%q before it: a place", w.text))
	case w.distance == -1 && d.tokens[c.first-1].Digits() && d.measure(c):
		c.veto("a measure")
	case w.distance == -1 && of&operationBit != 0 && c.form.bare() && token.CaseOf(w.text)&token.Upper != 0:
		c.veto(fmt.Sprintf("%q before it: an operation", w.text))
	case w.distance == -1 && of&vesselBit != 0 && c.form.bare() && d.category(c) != "warship" && token.CaseOf(w.text).AllUpper():
		c.veto(fmt.Sprintf("%q before it: a ship", w.text))
	case w.distance == 1 && of&siteBit != 0 && (c.form.bare() || d.mayBePerson(c)) && token.CaseOf(w.text).Title() && d.tight(c, w):
		c.veto(fmt.Sprintf("%q behind it: a place", w.text))
	case w.distance == -1 && of&firmBit != 0 && c.form.bare():
		c.veto(fmt.Sprintf("%q before it: a firm", w.text))
	case c.form.code && of&unitBit != 0 && w.distance >= 1 && w.distance <= 2:
		c.veto(fmt.Sprintf("%q behind it", w.text))
	case w.distance == -1 && of&titleBit != 0 && !c.form.code && c.form.class != catalogue.Strong:
		c.veto(fmt.Sprintf("%q before it", w.text))
	case w.distance == -1 && of&figureBit != 0 && token.CaseOf(c.form.text).AllLower():
		c.veto(fmt.Sprintf("%q before it: a figure of speech", w.text))
	case w.distance == -1 && c.form.code && of&numberBit != 0 && c.form.class == catalogue.Strong:
		c.add(-4, fmt.Sprintf("%q before it", w.text))
	case w.distance == -1 && c.form.code && of&numberBit != 0:
		c.veto(fmt.Sprintf("%q before it", w.text))
	case c.form.code && c.form.class != catalogue.Strong && of&(financeBit|roadBit) != 0 && w.distance <= 4 && w.distance >= -4:
		c.add(-3, fmt.Sprintf("%q near by", w.text))
	case beside && (c.form.bare() || c.form.class == catalogue.Case && !token.CaseOf(d.text[c.start:c.end]).AllUpper()) && of == 0 && !d.shouting && token.CaseOf(d.text[c.start:c.end]) != 0 && token.CaseOf(w.text).Title() && d.tight(c, w) && !d.within(c, w) && !d.inflects(w.fold, kinds):
		c.add(-2, fmt.Sprintf("%q beside it is a name", w.text))
	}
}

// tight says that only a space stands between a candidate and its neighbour.
func (d *field) tight(c *candidate, w near) bool {
	if w.distance < 0 {
		return token.Before(d.text, d.tokens, c.first) == token.Space && !slices.Contains(d.sentences, int32(c.first-1))
	}
	return token.Before(d.text, d.tokens, c.last+1) == token.Space
}

// within says whether a neighbour belongs to another name that was found.
func (d *field) within(c *candidate, w near) bool {
	i := c.last + w.distance
	if w.distance < 0 {
		i = c.first + w.distance
	}
	return slices.ContainsFunc(d.between(i, i), func(o candidate) bool { return o.first <= i && i <= o.last })
}

// between are the candidates that may hold any of the tokens from first to
// last; it costs no more in a text of a million names.
func (d *field) between(first, last int) []candidate {
	const longest = 24 // tokens of a form, and more
	begins := func(at int) int {
		return sort.Search(len(d.found), func(i int) bool { return d.found[i].first >= at })
	}
	return d.found[begins(first-longest):begins(last+1)]
}

// weighOthers looks for other systems in the sentence.
func (d *field) weighOthers(c *candidate) {
	from, to := c.first-2*reach, c.last+2*reach
	codes, first, listed := 0, -1, false
	near := d.between(from, to)
	for k := range near {
		o := &near[k]
		if o.form.system == c.form.system || o.last < from || o.first > to || o.first <= c.last && c.first <= o.last {
			continue
		}
		if o.form.class == catalogue.Strong {
			if d.everyday(o) {
				continue
			}
			if first < 0 && c.form.bare() {
				first = k // a second one will do
				continue
			}
			if first >= 0 && near[first].form.system == o.form.system {
				continue
			}
			n := 3
			if c.form.code {
				n = 2
			}
			c.add(n, "beside "+d.text[o.start:o.end])
			return
		}
		if o.form.code && o.form.class != catalogue.Weak {
			codes++
		}
		listed = listed || o.form.bare() && c.form.bare() && max(o.first-c.last, c.first-o.last) <= 5 && d.counted(o, 0) && d.counted(c, 0)
	}
	if first >= 0 {
		c.add(2, "beside "+d.text[near[first].start:near[first].end])
		return
	}
	if c.form.code && codes == 0 {
		codes = d.codesNear(c)
	}
	switch {
	case codes > 1 && c.form.bare():
		c.add(2, "beside other codes")
	case codes > 0:
		c.add(1, "beside another code")
	case listed:
		c.add(1, "counted beside another name")
	}
}

// codesNear counts what looks like other designations in the words around:
// capitals, a hyphen, figures.
func (d *field) codesNear(c *candidate) int {
	n := 0
	for i := max(1, c.first-reach); i < min(len(d.tokens), c.last+reach); i++ {
		if i >= c.first && i <= c.last+1 || !d.tokens[i].Digits() {
			continue
		}
		letters := d.tokens[i-1]
		if letters.End-letters.Start <= 4 && letters.End-letters.Start >= 2 && token.CaseOf(letters.Of(d.text)).AllUpper() && token.Before(d.text, d.tokens, i) == token.Hyphen {
			n++
		}
	}
	return n
}

// homonyms decides which of several systems of one name is meant: the one whose
// class noun is nearest, then the one the name proves more, then the one the
// words and the other systems around fit better. The others are turned down.
func (d *field) homonyms() {
	for i := 0; i < len(d.found); {
		n := i + 1
		for n < len(d.found) && d.found[n].first == d.found[i].first && d.found[n].last == d.found[i].last {
			n++
		}
		best := i
		for k := i + 1; k < n; k++ {
			if d.found[k].fits()+d.alike(k, i, n) > d.found[best].fits()+d.alike(best, i, n) {
				best = k
			}
		}
		for k := i; k < n; k++ {
			if k != best && d.found[k].accepted {
				d.found[k].accepted = false
				d.found[k].reasons = append(d.found[k].reasons, "no: another system of this name fits better")
			}
		}
		i = n
	}
}

// alike weighs how many of the names around the homonyms from first to end are
// of the category of one of them, as in a list of tanks.
func (d *field) alike(k, first, end int) int {
	n := 0
	for _, o := range slices.Concat(d.found[max(0, first-2):first], d.found[end:min(len(d.found), end+2)]) {
		near := o.last >= d.found[k].first-reach && o.first <= d.found[k].last+reach
		if near && !o.vetoed && d.category(&o) == d.category(&d.found[k]) {
			n += 4
		}
	}
	return n
}

func (d *field) category(c *candidate) string {
	return d.catalogue.Systems()[c.form.system].Category
}

// fits weighs a homonym against the others.
func (c *candidate) fits() int {
	v := 10*c.noun - min(c.nearest, 9) - 6*rank(c.form.class) + 3*min(c.form.known, 6) + c.score
	if c.vetoed {
		v -= 100
	}
	return v
}
