package number

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold lowers a word and drops the marks that writers drop: accents of Latin
// letters, Arabic vowels and the forms of alef, the dots of ё.
func Fold(s string) string {
	plain := true
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	return strings.Map(foldRune, s)
}

// folds maps lower-case letters to what they are compared as.
var folds = pairs("áàâäãåāă=a éèêëēėęě=e íìîïīı=i óòôöõøőō=o úùûüūůű=u çćč=c ñńň=n šśş=s žźż=z ýÿ=y ğ=g ł=l ř=r ťţț=t ș=s đ=d ß=s ё=е أإآٱ=ا ة=ه ىی=ي ک=ك گ=ك")

func pairs(spec string) map[rune]rune {
	out := map[rune]rune{}
	for f := range strings.FieldsSeq(spec) {
		from, to, _ := strings.Cut(f, "=")
		for _, r := range from {
			out[r], _ = utf8.DecodeRuneInString(to)
		}
	}
	return out
}

func foldRune(r rune) rune {
	if r = unicode.ToLower(r); r < utf8.RuneSelf {
		return r
	}
	if to, ok := folds[r]; ok {
		return to
	}
	if r == 'ـ' || unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}
