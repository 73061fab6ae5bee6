// Package sample makes text and phrases to measure with: news-like prose in
// English and in ten languages and scripts, always the same for the same seed.
// No line of it comes from a newspaper.
package sample

import (
	_ "embed"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed words.txt
var lists string

// words are the languages' words, the common ones first.
var words = func() map[string][]string {
	out := map[string][]string{}
	for line := range strings.Lines(lists) {
		f := strings.Fields(line)
		out[f[0]] = append(out[f[0]], f[1:]...)
	}
	return out
}()

// languages of the mix: Latin, Cyrillic, Greek, Arabic, Hebrew, Devanagari, Han.
var languages = []string{"fr", "de", "tr", "ru", "el", "ar", "fa", "he", "hi", "zh"}

// English gives articles of some 4 KB, size bytes in all.
func English(seed uint64, size int) []string {
	return articles(seed, size, []string{"en"})
}

// Mixed gives articles in ten languages, in turn, size bytes in all.
func Mixed(seed uint64, size int) []string {
	return articles(seed, size, languages)
}

func articles(seed uint64, size int, languages []string) []string {
	w := writer{random: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // text to measure with, no secret
	var out []string
	for i := 0; size > 0; i++ {
		w.words = words[languages[i%len(languages)]]
		a := w.article()
		size -= len(a)
		out = append(out, a)
	}
	return out
}

// writer writes prose of one language.
type writer struct {
	random *rand.Rand
	words  []string
	text   strings.Builder
}

func (w *writer) article() string {
	w.text.Reset()
	for w.text.Len() < 4000 {
		for range 2 + w.random.IntN(4) {
			w.sentence()
		}
		w.text.WriteString("\n")
	}
	return w.text.String()
}

// sentence is 6 to 30 words; one in eight is a quotation.
func (w *writer) sentence() {
	quote := w.random.IntN(8) == 0
	if quote {
		w.text.WriteString("“")
	}
	n := 6 + w.random.IntN(25)
	for i := range n {
		word := w.word()
		if i == 0 {
			word = capital(word)
		}
		w.text.WriteString(word)
		if i < n-1 {
			w.between(word)
		}
	}
	w.text.WriteString(".")
	if quote {
		w.text.WriteString("”")
	}
	w.text.WriteString(" ")
}

// shift flattens the head of the distribution so that English tokens are as long
// as in news: six bytes with what stands between them.
const shift = 18

// word follows the law of Zipf and Mandelbrot; one in forty is a number, one in
// sixty a code.
func (w *writer) word() string {
	switch k := w.random.IntN(240); {
	case k < 6:
		return strconv.Itoa(1 + w.random.IntN(2030))
	case k < 10:
		return code(w.random)
	}
	n := float64(len(w.words))
	return w.words[int(shift*(math.Pow((n+shift)/shift, w.random.Float64())-1))%len(w.words)]
}

func (w *writer) between(word string) {
	r, _ := utf8.DecodeRuneInString(word)
	switch k := w.random.IntN(40); {
	case k < 2:
		w.text.WriteString(", ")
	case unicode.Is(unicode.Han, r):
	case k == 2:
		w.text.WriteString("-")
	default:
		w.text.WriteString(" ")
	}
}

func capital(word string) string {
	r, n := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(r)) + word[n:]
}

// code is a designation such as weapons have: F-16, 9M133, BMP-3M.
func code(random *rand.Rand) string {
	letters := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte(byte('A' + random.IntN(26)))
		}
		return b.String()
	}
	switch random.IntN(3) {
	case 0:
		return letters(1+random.IntN(3)) + "-" + strconv.Itoa(1+random.IntN(400))
	case 1:
		return strconv.Itoa(1+random.IntN(9)) + letters(1) + strconv.Itoa(10+random.IntN(300))
	default:
		return letters(2) + "-" + strconv.Itoa(1+random.IntN(99)) + letters(1)
	}
}

// Forms gives n different phrases such as newsrooms look for: codes, made-up
// names of one to three words, and some names that occur in the texts.
func Forms(seed uint64, n int) []string {
	random := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // phrases to measure with, no secret
	seen := make(map[string]bool, n)
	out := make([]string, 0, n)
	for len(out) < n {
		if f := form(random); !seen[f] {
			seen[f] = true
			out = append(out, f)
		}
	}
	return out
}

func form(random *rand.Rand) string {
	switch k := random.IntN(20); {
	case k < 8:
		return code(random)
	case k < 9:
		return code(random) + " " + name(random)
	case k < 14:
		return name(random)
	case k < 18:
		return name(random) + " " + name(random)
	case k < 19:
		return rare(random) + " " + rare(random)
	default:
		return rare(random) + " " + name(random) + " " + rare(random)
	}
}

// rare is an English word that is not among the commonest.
func rare(random *rand.Rand) string {
	return words["en"][100+random.IntN(len(words["en"])-100)]
}

// name is a word that no language has, of two to four syllables.
func name(random *rand.Rand) string {
	const consonants, vowels = "bdfgklmnprstvz", "aeiou"
	var b strings.Builder
	for range 2 + random.IntN(3) {
		b.WriteByte(consonants[random.IntN(len(consonants))])
		b.WriteByte(vowels[random.IntN(len(vowels))])
	}
	return capital(b.String() + string(consonants[random.IntN(len(consonants))]))
}
