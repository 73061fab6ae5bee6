package token_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/armswatch/armswatch/matchers/token"
	"github.com/armswatch/armswatch/matchers/token/foldtable"
)

// folded are the tokens of a text, each folded.
func folded(text string) []string {
	var out []string
	for _, t := range token.Append(nil, text) {
		out = append(out, token.Fold(t.Of(text)))
	}
	return out
}

// TestFoldTable guards the generated file.
func TestFoldTable(t *testing.T) {
	got, err := os.ReadFile("fold.bin")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, foldtable.Build()) {
		t.Error("fold.bin is stale: run go generate ./matchers/token")
	}
}

// TestEqual: what the catalogue's SPEC.md, section 1, says is equal is the same
// tokens, and so has the same hashes.
func TestEqual(t *testing.T) {
	for _, c := range []struct {
		rule   string
		tokens string // of each spelling, folded
		same   []string
	}{
		{"entities", "f 16", []string{
			"F&#8209;16", "F&#x2011;16", "F&nbsp;16", "F&shy;16", "F&ndash;16", "&#70;16", "F&#49;6", "F&#x31;6", "F&thinsp;16", "&Fopf;16",
		}},
		{"an entity inside a word", "men s", []string{"men&#8217;s", "men&rsquo;s", "men&apos;s", "men’s", "m&eacute;n's"}},
		{"hyphens", "f 16", []string{
			"F-16", "F16", "F 16", "F‐16", "F‑16", "F‒16", "F–16", "F—16", "F―16", "F−16", "F⁃16", "F﹘16", "F﹣16", "F－16",
		}},
		{"spaces", "f 16", []string{"F\u00a016", "F\u200916", "F\u202f16", "F\u300016", "F\t16", "F\u205f16"}},
		{"zero width and bidi", "kornet", []string{
			"Kor\u200bnet", "Kor\u200cnet", "Kor\u200dnet", "Kor\u00adnet", "\u202bKornet\u202c", "Kor\ufeffnet", "Kor\u2060net",
			"Kor\u200enet", "Kor\u200fnet", "Kor\u2066net\u2069", "Kornet\ufe0f", "Kor\u034fnet", "Kor\u061cnet",
		}},
		{"zero width in numbers", "155", []string{"1\u200b55", "15\u20605", "155\ufe0f"}},
		{"combining marks", "pucara", []string{"Pucará", "Pucara\u0301", "PUCARÁ", "P\u0301u\u0302c\u0327a\u0300r\u0323a\u0301\u0302", "Pučârã"}},
		{"dotted and dotless i", "hisar", []string{"HİSAR", "hisar", "HISAR", "hısar", "Hi\u0307sar"}},
		{"letters that normalisation leaves", "lodd", []string{"łøđđ", "ŁØĐĐ", "lodd", "ŀoðd"}},
		{"sharp s and ligatures", "strasse", []string{"Straße", "STRASSE", "STRAẞE", "straſse", "ﬆrasse"}},
		{"ligatures", "office", []string{"oﬃce", "oﬀice", "ofﬁce", "OFFICE"}},
		{"ae, oe, thorn", "aeoeth", []string{"æœþ", "ÆŒÞ", "aeoeth"}},
		{"full width", "f 16", []string{"Ｆ－１６", "ｆ１６", "Ｆ 16"}},
		{"mathematical alphabets", "f 16", []string{"𝐅-𝟏𝟔", "𝔽𝟙𝟞", "𝖋-𝟷𝟼"}},
		{"times", "7 62 x 39", []string{"7.62×39", "7.62x39", "7,62 X 39"}},
		{"Arabic-Indic and other digits", "16", []string{"١٦", "۱۶", "१६", "１６", "16", "1٦"}},
		{"superscripts are no digits", "m", []string{"m²", "m³", "M"}},
		{"Arabic letters", "كورنيت", []string{"كورنيت", "کورنیت", "كورنىت", "كـــورنيت", "كُورْنِيت", "ﻛﻮﺭﻧﻴﺖ"}},
		{"alef", "اباتشي", []string{"أباتشي", "إباتشي", "آباتشي", "ٱباتشي", "اباتشي", "أباتشى", "أپاتشي"}},
		{"Persian letters", "غرب فه", []string{"گرپ ڤة", "چرب فه", "غرب فۀ"}},
		{"lam and alef", "لالا", []string{"ﻻﻼ", "لالا", "لألإ", "ﻷﻹ"}},
		{"traditional Han", "导 弹", []string{"導彈", "导弹"}},
		{"compatibility Han", "豈", []string{"\uf900", "豈"}},
		{"Cyrillic case and accents", "корнет э", []string{"Корнет-Э", "КОРНЕТ-Э", "Ко́рнет-э"}},
		{"short i, io", "еи", []string{"ЁЙ", "ёй", "е\u0308и\u0306", "Еи"}},
		{"Ukrainian", "ґ", []string{"Ґ"}},
		{"Greek", "πυραυλος", []string{"Πύραυλος", "πύραυλος"}},
		{"Vietnamese", "dien bien phu", []string{"Điện Biên Phủ", "DIEN BIEN PHU"}},
		{"Latin and Cyrillic mixed", "m 1064 a 3", []string{"М1064А3", "M1064A3"}[1:]},
		{"mixed within a token", "zala", []string{"ZАLА", "ZАLA", "zala"}},
	} {
		want := strings.Fields(c.tokens)
		if c.rule == "Ukrainian" {
			want = []string{"г"}
		}
		hashes := hashesOf(strings.Join(want, " "))
		for _, s := range c.same {
			if d := cmp.Diff(want, folded(s)); d != "" {
				t.Errorf("%s: %q: -want +got\n%s", c.rule, s, d)
			}
			if got := hashesOf(s); !slices.Equal(got, hashes) {
				t.Errorf("%s: %q has hashes %x, want %x", c.rule, s, got, hashes)
			}
		}
	}
}

func hashesOf(text string) []uint64 {
	var out []uint64
	for _, t := range token.Append(nil, text) {
		out = append(out, t.Hash)
	}
	return out
}

func TestTokens(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		" \n\t—“”":                          "",
		"F-16":                              "F|16",
		"M1064A3":                           "M|1064|A|3",
		"9М133 «Корнет»":                    "9|М|133|Корнет",
		"don’t":                             "don|t",
		"AT&T":                              "AT|T",
		"a&b;c":                             "a|b|c",
		"&amp;&lt;x":                        "x",
		"红箭-8反坦克":                           "红|箭|8|反|坦|克",
		"ミサイルがm":                            "ミ|サ|イ|ル|が|m",
		"미사일":                               "미|사|일",
		"K\u00e9pi":                         "K\u00e9pi",
		"e\u0301\u0302 x":                   "e\u0301\u0302|x",
		"\u0301x":                           "x",
		"x \u0301":                          "x",
		"12\u030134":                        "12\u030134",
		"a\xffb":                            "a|b",
		"a\x00b":                            "a|b",
		"\xd0\xd0\x90":                      "А",
		"\xc1\x81x\xe0\x80\x80\xed\xa0":     "x",
		"मिसाइल हमला":                       "मिसाइल|हमला",
		"abc\u00adDEF":                      "abc\u00adDEF",
		"x²":                                "x",
		strings.Repeat("z", 70):             strings.Repeat("z", 70),
		"a" + strings.Repeat(" ", 63) + "b": "a|b",
	} {
		var got []string
		for _, k := range token.Append(nil, text) {
			got = append(got, k.Of(text))
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%q: %q, want %q", text, s, want)
		}
	}
}

func TestLooksLatin(t *testing.T) {
	for word, want := range map[string]bool{
		"Т": true, "там": true, "АТ": true, "КАМАЗ": false, "Корнет": true, "Калашников": false, "tam": false, "72": false, "ZАLА": false, "号": false,
		"снт": true, "э": false, "нехватка": true, "сорокам": true, "ѕј": true,
	} {
		k := token.Append(nil, word)
		if len(k) != 1 || k[0].LooksLatin() != want {
			t.Errorf("%s: looks Latin %v, want %v", word, k[0].LooksLatin(), want)
		}
	}
	if token.LatinHash("ТАМ") != token.HashOf("tam") {
		t.Error("ТАМ does not read as tam")
	}
}

func TestDigits(t *testing.T) {
	text := "F-16 ١٦ 1\u200b6 x1x"
	var got []string
	for _, k := range token.Append(nil, text) {
		if k.Digits() {
			got = append(got, k.Of(text))
		}
	}
	if d := cmp.Diff([]string{"16", "١٦", "1\u200b6", "1"}, got); d != "" {
		t.Error(d)
	}
}

func TestHashOf(t *testing.T) {
	if got := token.HashOf(" -"); got != 0 {
		t.Errorf("no token has hash %x", got)
	}
	if token.HashOf("Kornet") != token.HashOf("kornet and more") {
		t.Error("a phrase has not the hash of its first word")
	}
}

// TestAppendAllocatesNothing where there is room.
func TestAppendAllocatesNothing(t *testing.T) {
	text := strings.Repeat("The “F-16” isn’t a Корнет, nor 红箭-8, nor&nbsp;HİSAR &#8211; كورنيت. ", 50)
	room := make([]token.Token, 0, len(text))
	if n := testing.AllocsPerRun(10, func() { room = token.Append(room[:0], text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestAppendIsLinear: bad input costs time in its length, and offsets stay right.
func TestAppendIsLinear(t *testing.T) {
	const size = 2 << 20
	for name, text := range map[string]string{
		"one word":            strings.Repeat("a", size),
		"one number":          strings.Repeat("7", size),
		"one line":            strings.Repeat("lorem ipsum ", 10<<20/12),
		"combining marks":     "a" + strings.Repeat("\u0301", 1_000_000) + " F-16",
		"words with marks":    strings.Repeat("a\u0301", size/3),
		"numbers with marks":  strings.Repeat("7\u0301", size/3),
		"Cyrillic":            strings.Repeat("я", size/2),
		"zero width":          strings.Repeat("\u200b", size/3),
		"bidi":                strings.Repeat("\u202eاب\u202c ab ", size/15),
		"ampersands":          strings.Repeat("&", size),
		"entities":            strings.Repeat("&#8209;", size/7),
		"unfinished entities": strings.Repeat("&nbsp", size/5),
		"invalid UTF-8":       strings.Repeat("\xff\xd0", size/2),
		"NUL":                 strings.Repeat("\x00", size),
		"Han":                 strings.Repeat("弹", size/3),
		"names with &":        strings.Repeat("café AT&T ", size/11),
		"quotes":              strings.Repeat("“é” ", size/9),
		"mixed":               strings.Repeat("aя", size/3),
	} {
		start := time.Now()
		tokens := token.Append(nil, text)
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%s: %v for %d bytes", name, took, len(text))
		}
		inOrder(t, text, tokens)
	}
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func inOrder(t fataler, text string, tokens []token.Token) {
	t.Helper()
	end := int32(0)
	for _, k := range tokens {
		if k.Start < end || k.End <= k.Start || int(k.End) > len(text) {
			t.Fatalf("token %d:%d after %d in %d bytes", k.Start, k.End, end, len(text))
		}
		end = k.End
	}
}

// TestOracle: the tokens are those of a reader that goes character by character.
func TestOracle(t *testing.T) {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{
			" ", "  ", "-", "F", "16", "the", "Abrams", "internationalisation", "&amp;", "&#8209;", "&nbsp;", "&#x41;", "&#49;", "&#769;", "&szlig;",
			"&", "&amp", ";", "é", "ß", "ﬃ", "Т", "Корнет", "противотанковый", "а", "\u0301", "\u200b", "\u00ad", "١٦", "९", "红", "箭", "ミ", "한",
			"كورنيت", "ـ", "ْ", "לבנון", "मिसाइल", "می\u200cشود", "Straße", "l’armée", "𝐅", "𝟏", "𠀀", "“", "’", "—", "\xff", "\xd0", "\xe0\x80", "\xf0\x9f", "\x00", "🚀", "²", "Ⅷ", "ǆ",
		}),
		rapid.StringMatching(`[a-zA-Z0-9 ]{0,40}`),
		rapid.StringN(0, 6, -1),
		rapid.StringOfN(rapid.RuneFrom(nil, cyrillicGreekArabic), 0, 20, -1),
	)
	rapid.Check(t, func(t *rapid.T) {
		same(t, strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "pieces"), ""))
	})
}

// TestEveryCharacter alone, between letters, between digits, after other scripts.
func TestEveryCharacter(t *testing.T) {
	var b strings.Builder
	for r := rune(0); r <= 0x1F000; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		b.Reset()
		fmt.Fprintf(&b, "%c a%cb 1%c2 я%cя 弹%c弹", r, r, r, r, r)
		same(t, b.String())
	}
}

// TestEveryPlace: a character at each place of words so long that they are read
// in one, two or three registers, and far enough from the text's end to be read so.
func TestEveryPlace(t *testing.T) {
	pieces := []string{
		"&", "é", "ß", "ø", "ǆ", "ə", "«", "×", "я", "т", "ά", "ي", "ـ", "\u0301", "\u200c", "’", "€", "म", "ტ", "ạ", "Ⅷ", "号", "號", "ミ", "𝐅",
		"x", "7", "\xff", "\xd0", "\xe0\xa4\xd0", "\xe0\xc4\xa4", "\xe0\x84\xa4", "\xd0\xa4\xb9",
	}
	for _, letter := range []string{"a", "é", "ß", "я", "т", "י", "ह", "号", "xÿzé"} {
		for _, piece := range pieces {
			for n := range 20 {
				for k := range n + 1 {
					word := strings.Repeat(letter, k) + piece + strings.Repeat(letter, n-k)
					text := word + " " + word + "7 " + strings.Repeat("-", 32)
					same(t, text)
					sameAlone(t, text)
				}
			}
		}
	}
}

// TestHalvesOfCharacters: a non-joiner between the bytes of a character leaves
// two pieces of invalid UTF-8, and no letter.
func TestHalvesOfCharacters(t *testing.T) {
	for _, letter := range []string{"é", "ا", "я", "क"} {
		for k := 1; k < len(letter); k++ {
			half := letter[:k] + "\u200c" + letter[k:]
			for _, text := range []string{half, "caf" + half, letter + half, half + letter} {
				same(t, text+" "+strings.Repeat("-", 64))
			}
		}
	}
}

// sameAlone compares each word's hash with that of its folded form at the end of
// a text, where words are read otherwise.
func sameAlone(t *testing.T, text string) {
	t.Helper()
	for _, k := range token.Append(nil, text) {
		if fold := token.Fold(k.Of(text)); token.HashOf(fold) != k.Hash {
			t.Fatalf("%q: %q has another hash alone", text, fold)
		}
	}
}

func FuzzAppend(f *testing.F) {
	for _, s := range []string{
		"The F&#8209;16 isn’t a «Корнет-Э» 红箭-8", "a\u0301\u0302" + strings.Repeat("x", 60) + "é", "\xff\xd0\x90&&amp;#",
		strings.Repeat("я", 40) + "2" + strings.Repeat("é1", 30),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) <= 4096 {
			same(t, text)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	for name, sentence := range map[string]string{
		"english": "The ministry said on Tuesday that two F-16 aircraft had left the base for the border region. ",
		"french":  "Le ministère a déclaré que deux avions F-16 étaient partis de la base vers la frontière. ",
		"russian": "Министерство заявило, что два самолёта вылетели с базы в сторону границы. ",
		"chinese": "国防部表示，两架飞机从基地起飞前往边境地区。",
	} {
		text := strings.Repeat(sentence, 50)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			var tokens []token.Token
			for b.Loop() {
				tokens = token.Append(tokens[:0], text)
			}
		})
	}
}
