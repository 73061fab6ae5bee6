package extract

import (
	"strings"
	"unicode"

	"github.com/abadojack/whatlanggo"
)

// Language is the ISO 639-1 code of the language a text is written in; "" when
// that is not sure. Its little words give away the four languages that most of
// the news is in, at a hundredth of the cost of comparing trigrams; what they
// leave open, trigrams decide.
func Language(text string) string {
	const least, enough = 20, 2_000 // bytes
	if len(text) < least {
		return ""
	}
	if len(text) > enough {
		text = strings.ToValidUTF8(text[:enough], "")
	}
	if lang := byLittleWords(text); lang != "" {
		return lang
	}
	if strings.ContainsAny(text, "ыэ") && !strings.ContainsAny(text, "іўїқғұңөүҳҷәһӣӯ") {
		return "ru" // of the languages in Cyrillic letters, by its letters; trigrams are often unsure
	}
	info := whatlanggo.Detect(text)
	if !info.IsReliable() && info.Confidence < 0.5 {
		return ""
	}
	return info.Lang.Iso6391()
}

// littleWords are frequent words that the neighbours of a language do not share.
var littleWords = func() map[string]string {
	out := map[string]string{}
	for lang, words := range map[string]string{
		"en": "the of and to that was with is for by from are has have were which this at it not",
		"de": "der die das und ist den von zu mit auf für im nicht ein eine dem des sich auch werden",
		"fr": "les des et est dans une du pour qui sur par avec au ce cette sont aux",
		"es": "los las y por para con su como más lo pero sus fue ha",
	} {
		for w := range strings.FieldsSeq(words) {
			out[w] = lang
		}
	}
	return out
}()

// byLittleWords is the language of which a tenth of the words at least are
// little words, three times as many as of any other; "" when none is.
func byLittleWords(text string) string {
	count := map[string]int{}
	words := 0
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		words++
		if len(w) <= 7 { // no little word is longer
			if lang := littleWords[strings.ToLower(w)]; lang != "" {
				count[lang]++
			}
		}
	}
	best, second := "", 0
	for _, lang := range []string{"en", "de", "fr", "es"} {
		if n := count[lang]; n > count[best] {
			best, second = lang, count[best]
		} else {
			second = max(second, n)
		}
	}
	if n := count[best]; n < 5 || n*10 < words || n < 3*second {
		return ""
	}
	return best
}
