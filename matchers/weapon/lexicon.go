package weapon

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/matchers/token"
)

//go:embed words.txt
var wordsText string

// bits say which kinds of word a word is.
type bits uint64

const (
	nounBit bits = 1 << iota
	hardBit
	milBit
	makerBit
	nationBit
	financeBit
	roadBit
	civilBit
	titleBit
	placeBit // before the name of a place
	unitBit  // behind a figure that is no code
	speechBit
	tellBit      // before somebody who is told
	musicBit     // of bands and their songs
	poisonBit    // of chemical weapons
	sportBit     // of games and teams
	countBit     // before things: "a", "two"
	numberBit    // before the number of a page or a road
	actBit       // behind a weapon that does something: "bombed", "fell"
	figureBit    // before a weapon that is a figure of speech: "legal landmines"
	suchBit      // before examples: "such as", "including"
	typeBit      // before the name of a type
	theBit       // articles that a person's name has not
	measureBit   // behind a figure, a measure: "45 Grad"
	operationBit // before the name of an operation or exercise
	acronymBit   // a class noun in capitals, a given name else: SAM
	firmBit      // before the name of a firm
	gameBit      // of computer games
	crewBit      // behind a weapon, what belongs to it: "Apache pilot"
	elisionBit   // what has lost its vowel before a name: "l'AMX-10"
	vesselBit    // before the name of a ship: HMS
	andBit       // between the names of a list
	siteBit      // behind the name of a place: "Flamingo Naval Base"
	weatherBit   // of the weather, and of animals in a zoo
	tameBit      // before a class noun that is none of war: "спортивный комплекс"
)

var bitNames = map[string]bits{
	"noun": nounBit, "hard": hardBit, "mil": milBit, "maker": makerBit, "nation": nationBit,
	"finance": financeBit, "road": roadBit, "civil": civilBit, "title": titleBit,
	"place": placeBit, "unit": unitBit, "speech": speechBit,
	"tell": tellBit, "music": musicBit, "poison": poisonBit, "such": suchBit, "type": typeBit, "the": theBit, "crew": crewBit, "firm": firmBit, "acronym": acronymBit, "operation": operationBit, "measure": measureBit, "game": gameBit, "figure": figureBit, "act": actBit,
	"elision": elisionBit, "vessel": vesselBit, "site": siteBit, "and": andBit, "weather": weatherBit, "tame": tameBit,
	"sport": sportBit, "count": countBit, "number": numberBit,
}

// lexicon holds the words of words.txt by their folded form.
type lexicon struct {
	words map[string]bits
	runs  map[string]int      // first character of a word of a script without spaces -> the most characters of one
	nouns map[string][]string // class noun -> kinds
	ends  map[string][]affix  // of German compounds, by their last two bytes
	stems map[string][]affix  // of nouns of languages with many endings, by their first three
	daily map[string][]string // form of a name -> languages that have it as a word
}

// affix is what the class nouns of a kind end or begin with.
type affix struct{ text, kind string }

// theLexicon is read once and never written after.
var theLexicon = sync.OnceValue(func() *lexicon {
	l := &lexicon{words: map[string]bits{}, runs: map[string]int{}, nouns: map[string][]string{}, ends: map[string][]affix{}, stems: map[string][]affix{}, daily: map[string][]string{}}
	for line := range strings.Lines(wordsText) {
		head, list, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok || head[0] == '#' {
			continue
		}
		kind, noun, _ := strings.Cut(head, " ")
		for w := range strings.FieldsSeq(list) {
			for _, part := range strings.FieldsFunc(w, func(r rune) bool { return r == '-' || r == '.' }) {
				fold := token.Fold(part)
				switch kind {
				case "everyday":
					l.daily[fold] = append(l.daily[fold], noun)
					continue
				case "compound":
					l.ends[fold[len(fold)-2:]] = append(l.ends[fold[len(fold)-2:]], affix{fold, noun})
					continue
				case "stem":
					l.stems[fold[:3]] = append(l.stems[fold[:3]], affix{fold, noun})
					continue
				}
				if len(part) < 5 && part != w {
					continue // the "to" of surface-to-air
				}
				l.addRun(fold)
				for _, f := range prefixed(fold) {
					l.words[f] |= bitNames[kind]
					if noun != "" {
						l.nouns[f] = append(l.nouns[f], noun)
					}
				}
			}
		}
	}
	return l
})

// addRun takes note of a word that is a token for each of its characters.
func (l *lexicon) addRun(fold string) {
	if first, width := utf8.DecodeRuneInString(fold); unicode.In(first, unspacedScripts...) {
		l.runs[fold[:width]] = max(l.runs[fold[:width]], utf8.RuneCountInString(fold))
	}
}

// prefixed are a word and, when it is Arabic or Hebrew, what it is behind the article
// and the glued words.
func prefixed(fold string) []string {
	out := []string{fold}
	first, _ := utf8.DecodeRuneInString(fold)
	if unicode.Is(unicode.Hebrew, first) {
		for _, p := range hebrewPrefixes {
			out = append(out, p+fold)
		}
	}
	if unicode.Is(unicode.Arabic, first) && !strings.HasPrefix(fold, "ال") {
		for _, p := range arabicPrefixes {
			out = append(out, p+fold)
		}
	}
	return out
}

// names says whether a word is a class noun of one of the kinds.
func (l *lexicon) names(fold string, kinds []string) bool {
	return slices.ContainsFunc(l.nouns[fold], func(k string) bool { return k == "any" || slices.Contains(kinds, k) })
}

// broad says whether a class noun says too little of a word that stands far off:
// "weapons", "systems".
func (l *lexicon) broad(fold string) bool {
	return slices.Contains(l.nouns[fold], "any") || slices.Contains(l.nouns[fold], "broad")
}

// ofPeace says whether a class noun is one of many things of peace, too: "комплекс", "system".
func (l *lexicon) ofPeace(fold string) bool {
	kinds := l.nouns[fold]
	return len(kinds) > 0 && !slices.ContainsFunc(kinds, func(k string) bool { return k != "battery" })
}

// inflects says whether a word is a class noun of one of the kinds with more before
// it, as in German, or behind it: Ortungsradar, helikopterlerin. English has no such
// words, and others that end so: determine, ecosystem.
func (d *field) inflects(fold string, kinds []string) bool {
	l := d.lexicon
	return d.lang != "en" && len(fold) > 6 && (slices.ContainsFunc(l.ends[fold[len(fold)-2:]], func(a affix) bool {
		return len(fold) > len(a.text)+2 && strings.HasSuffix(fold, a.text) && slices.Contains(kinds, a.kind)
	}) || slices.ContainsFunc(l.stems[fold[:3]], func(a affix) bool {
		return strings.HasPrefix(fold, a.text) && slices.Contains(kinds, a.kind)
	}))
}

// kinds of class nouns that words are made of.
var kinds = []string{"missile", "battery", "flak", "tank", "vehicle", "gun", "aircraft", "ship", "bomb", "shell"}

// kindsOf are the kinds of class noun that fit a category.
func kindsOf(category string) []string {
	switch category {
	case "anti-tank-guided-missile", "anti-ship-missile", "air-to-air-missile", "air-to-surface-missile",
		"ballistic-missile", "cruise-missile", "anti-tank-rocket", "mlrs":
		return []string{"missile"}
	case "manpads":
		return []string{"missile", "battery"}
	case "air-defence":
		return []string{"missile", "battery", "flak"}
	case "radar-ew":
		return []string{"battery"}
	case "battle-tank":
		return []string{"tank"}
	case "apc", "ifv", "military-vehicle", "recovery-engineering":
		return []string{"vehicle", "tank"}
	case "combat-aircraft", "support-aircraft", "attack-helicopter", "support-helicopter", "uav", "armed-uav":
		return []string{"aircraft"}
	case "loitering-munition":
		return []string{"aircraft", "missile", "bomb"}
	case "warship", "torpedo":
		return []string{"ship"}
	case "landmine", "aerial-bomb":
		return []string{"bomb"}
	case "cluster-munition", "guided-bomb", "artillery-munition":
		return []string{"bomb", "missile", "shell"}
	}
	return []string{"gun"}
}
