package query

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/turkish"
)

// stemmers are the languages whose plain words are stemmed, after ISO 639-1.
// Words of other languages are compared as they are.
var stemmers = map[string]func(*snowballstem.Env) bool{
	"ar": arabic.Stem, "da": danish.Stem, "de": german.Stem, "en": english.Stem, "es": spanish.Stem,
	"fi": finnish.Stem, "fr": french.Stem, "hu": hungarian.Stem, "it": italian.Stem, "nb": norwegian.Stem,
	"nl": dutch.Stem, "no": norwegian.Stem, "pt": portuguese.Stem, "ro": romanian.Stem, "ru": russian.Stem,
	"sv": swedish.Stem, "tr": turkish.Stem,
}

// unlike are words that Snowball joins with a word of another meaning.
var unlike = map[string]bool{
	"arms": true, "armed": true, "arming": true, "army": true, "armies": true, "news": true, "goods": true,
	"customs": true, "means": true, "united": true, "missing": true, "being": true, "during": true,
}

// maxStem bounds the words that are stemmed, in bytes.
const maxStem = 60

// stem reduces a lower-case word to what its inflections share. The script
// decides where it contradicts the language.
func stem(lang, word string) string {
	if len(word) > maxStem || utf8.RuneCountInString(word) < 3 {
		return word
	}
	lang = stemLanguage(lang, word)
	if lang == "" || lang == "en" && unlike[word] {
		return word
	}
	env := snowballstem.NewEnv(word)
	stemmers[lang](env)
	out := env.Current()
	switch lang {
	case "en":
		return light(word, out)
	case "es", "pt", "fr":
		if out == word && len(word) > 3 { // too short for Snowball: armas
			return strings.TrimSuffix(word, "s")
		}
	}
	return out
}

// stemLanguage is the stemmer for a word: by script for Cyrillic and Arabic, by
// the language of the article for Latin letters, English when that is unknown.
func stemLanguage(lang, word string) string {
	r, _ := utf8.DecodeRuneInString(word)
	switch {
	case unicode.Is(unicode.Latin, r):
		if lang == "" || lang == "ru" || lang == "ar" {
			return "en"
		}
	case unicode.Is(unicode.Cyrillic, r):
		if lang != "ru" && lang != "" && stemmers[lang] == nil {
			return "" // Ukrainian, Bulgarian, Serbian: no stemmer of their own
		}
		return "ru"
	case unicode.Is(unicode.Arabic, r):
		if lang == "fa" || lang == "ur" || lang == "ps" || lang == "ckb" {
			return ""
		}
		return "ar"
	default:
		return ""
	}
	if stemmers[lang] == nil {
		return ""
	}
	return lang
}

// endings are the inflections of English. What Snowball removes beyond them
// makes another word: organization is no form of organ.
var endings = map[string]bool{
	"": true, "s": true, "es": true, "y": true, "e": true, "ed": true, "d": true, "ing": true, "ying": true,
	"ies": true, "ied": true, "is": true,
}

// light takes back what Snowball removed beyond inflection.
func light(word, stem string) string {
	k := 0
	for k < len(word) && k < len(stem) && word[k] == stem[k] {
		k++
	}
	rest := word[k:]
	if endings[rest] || doubled(word, k, rest) {
		return stem
	}
	switch {
	case strings.HasSuffix(word, "ies") && len(word) > 4:
		return word[:len(word)-3] + "i"
	case strings.HasSuffix(word, "y"):
		return word[:len(word)-1] + "i"
	case strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") && !strings.HasSuffix(word, "us"):
		return word[:len(word)-1]
	}
	return word
}

// doubled says that rest is -ed or -ing behind a doubled consonant: ship-ped.
func doubled(word string, k int, rest string) bool {
	return k > 0 && len(rest) > 1 && rest[0] == word[k-1] && (rest[1:] == "ed" || rest[1:] == "ing")
}
