package scan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/armswatch/armswatch/matchers/scan"
	"github.com/armswatch/armswatch/matchers/scan/sample"
	"github.com/armswatch/armswatch/matchers/token"
)

// found is what an index of forms finds in a text, as strings.
func found(forms []string, text string) []string {
	var out []string
	tokens := token.Append(nil, text)
	for _, h := range index(forms).Append(nil, text, tokens) {
		out = append(out, fmt.Sprintf("%s: %s", forms[h.Form], text[tokens[h.First].Start:tokens[h.Last].End]))
	}
	return out
}

func index(forms []string) *scan.Index {
	list := make([]scan.Form, len(forms))
	for i, f := range forms {
		list[i].Text = f
	}
	return scan.New(list)
}

func TestAppend(t *testing.T) {
	for _, c := range []struct {
		name, form string
		yes, no    []string
	}{
		{
			"inside a designator nothing, hyphen and space are equal", "F-16",
			[]string{"F-16", "F16", "F 16", "F‑16", "F–16", "F−16", "f-16", "F&#8209;16", "F&nbsp;16", "Ｆ－１６", "F\u200b-16", "F“16”"},
			[]string{"F.16", "F/16", "F, 16", "F--16", "F    16", "F\n16", "F-160", "F-1 6", "AF-16 but glued", "F-"},
		},
		{
			"between words a space, a hyphen, quotes and brackets", "AT-14 Spriggan",
			[]string{"AT-14 (Spriggan)", "AT-14 “Spriggan”", "AT14-Spriggan", "AT 14 «Spriggan»", "АТ-14 Spriggan"},
			[]string{"AT-14, Spriggan", "AT-14/Spriggan", "AT-14\nSpriggan", "AT-14 the Spriggan"},
		},
		{"a name in quotes", "9М133 Корнет", []string{"9М133 «Корнет»", "9M133 Корнет", "9М133-Корнет"}, []string{"9М133 Kornet"}},
		{"a dot goes with its space", "Mk. 19", []string{"Mk. 19", "Mk 19", "Mk-19", "MK19", "Mk.19"}, []string{"Mk, 19"}},
		{"and may stand for one", "vz 58", []string{"vz. 58", "vz.58"}, []string{"vz: 58"}},
		{"numbers keep their gap", "7.62 x 39", []string{"7.62 x 39", "7.62x39", "7.62×39"}, []string{"7,62x39", "7-62 x 39", "7 62 x 39", "762x39"}},
		{"numbers with a hyphen", "9M133-1", []string{"9M133-1", "9М133‑1"}, []string{"9M133 1", "9M133.1"}},
		{"a slash is a hyphen too", "F/A-18", []string{"F/A-18", "F-A-18", "F A 18", "FA-18 is one token less and so is not", "F/A18"}, []string{"F.A-18"}},
		{"Cyrillic that looks Latin, both ways", "Т-72", []string{"T-72", "Т-72", "т72"}, []string{"Д-72"}},
		{"the same from Latin", "TAM 2", []string{"ТАМ-2"}, nil},
		{"only beside numbers", "TAM", []string{"Tam", "tam"}, []string{"там", "ТАМ"}},
		{"mixed letters are Latin", "ZALA 421-16E2", []string{"ZALA 421-16Е2", "ZАLА 421-16E2"}, nil},
		{"accents do not count", "Pucará", []string{"Pucara", "PUCARÁ", "Pucara\u0301"}, []string{"Pucar"}},
		{"Han by character", "短号", []string{"短号", "用短号反坦克导弹", "短號"}, []string{"短 x 号", "号短"}},
		{"Arabic letters", "كورنيت", []string{"كورنيت", "کورنیت", "كـورنيت"}, []string{"كورنيتو"}},
		{"an apostrophe", "People's Liberation Army", []string{"People’s Liberation Army"}, []string{"Peoples Liberation Army"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, text := range append(c.yes, c.form) {
				want := !strings.Contains(text, "less and so is not")
				if got := found([]string{c.form}, "xx, "+text+" yy"); (len(got) == 1) != want {
					t.Errorf("%q in %q: %q, want one hit: %v", c.form, text, got, want)
				}
			}
			for _, text := range c.no {
				if strings.Contains(text, "glued") {
					continue // an edge: the caller's business
				}
				if got := found([]string{c.form}, text); len(got) != 0 {
					t.Errorf("%q in %q: %q, want none", c.form, text, got)
				}
			}
		})
	}
}

func TestAppendGivesAllOverlapsInOrder(t *testing.T) {
	forms := []string{"Iron Dome", "dome", "the Iron Dome battery", "", "iron", "Iron-Dome", "—"}
	got := found(forms, "The Iron Dome battery")
	want := []string{
		"the Iron Dome battery: The Iron Dome battery",
		"Iron Dome: Iron Dome", "iron: Iron", "Iron-Dome: Iron Dome",
		"dome: Dome",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestAppendKeepsWhatItIsGiven(t *testing.T) {
	text := "a hawk"
	before := scan.Hit{Form: 9, First: 9, Last: 9}
	got := index([]string{"hawk"}).Append([]scan.Hit{before}, text, token.Append(nil, text))
	if d := cmp.Diff([]scan.Hit{before, {Form: 0, First: 1, Last: 1}}, got); d != "" {
		t.Error(d)
	}
}

func TestNewOfNothing(t *testing.T) {
	if got := found(nil, "some text"); got != nil {
		t.Errorf("got %q", got)
	}
	if got := found([]string{"", "-"}, ""); got != nil {
		t.Errorf("got %q", got)
	}
}

// TestOracle: whatever the forms and the text, the hits are those of a search
// form by form.
func TestOracle(t *testing.T) {
	pieces := []string{
		"F", "16", "T", "Т", "72", "АТ", "AT", "14", "hawk", "Hawks", "Корнет", "нет", "短", "号", "كورنيت", "é", "ß", "там", "1", "a", "x", "×",
	}
	gaps := []string{"", "", " ", "-", "‑", "--", ". ", ".", "/", " “", "” ", " (", ")", ",", "\n", "    ", "\u200b", "&nbsp;", "'", "\xff", "\x00"}
	phrase := func(t *rapid.T, n int, label string) string {
		var b strings.Builder
		for range rapid.IntRange(1, n).Draw(t, label) {
			b.WriteString(rapid.SampledFrom(pieces).Draw(t, "piece"))
			b.WriteString(rapid.SampledFrom(gaps).Draw(t, "gap"))
		}
		return b.String()
	}
	rapid.Check(t, func(t *rapid.T) {
		var forms []string
		for range rapid.IntRange(0, 12).Draw(t, "forms") {
			forms = append(forms, phrase(t, 4, "form"))
		}
		text := phrase(t, 40, "text")
		same(t, forms, text)
	})
}

func TestOracleOnProse(t *testing.T) {
	forms := sample.Forms(1, 60)
	for _, text := range slices.Concat(sample.English(2, 8000), sample.Mixed(3, 40_000)) {
		f := forms
		for i := 0; i+30 < len(text); i += 400 {
			f = append(f, text[i:i+3+i%28])
		}
		same(t, f, text)
	}
}

func FuzzAppend(f *testing.F) {
	f.Add("F-16\nT-72\nhawk", "an F‑16, a Т-72 and a Hawk")
	f.Add("短号\n7.62", "短号 7.62 \xff\x00")
	f.Fuzz(func(t *testing.T, forms, text string) {
		if len(forms)+len(text) > 2000 {
			return
		}
		same(t, strings.Split(forms, "\n"), text)
	})
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func same(t fataler, forms []string, text string) {
	t.Helper()
	tokens := token.Append(nil, text)
	for _, loose := range []bool{false, true} {
		list := make([]scan.Form, len(forms))
		for i, f := range forms {
			list[i] = scan.Form{Text: f, Loose: loose}
		}
		got, want := scan.New(list).Append(nil, text, tokens), oracle(list, text, tokens)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("forms %+v in %q: -want +got\n%s", list, text, d)
		}
	}
}

// oracle tries each form at each token, by folded words.
func oracle(forms []scan.Form, text string, tokens []token.Token) []scan.Hit {
	list := make([][]token.Token, len(forms))
	for i, f := range forms {
		list[i] = token.Append(nil, f.Text)
	}
	var hits []scan.Hit
	for first := range tokens {
		for i, f := range forms {
			ft := list[i]
			if n := len(ft); n > 0 && first+n <= len(tokens) && fits(f, ft, text, tokens[first:first+n]) {
				hits = append(hits, scan.Hit{Form: int32(i), First: int32(first), Last: int32(first + n - 1)})
			}
		}
	}
	return hits
}

func fits(form scan.Form, formTokens []token.Token, text string, tokens []token.Token) bool {
	numbered := slices.ContainsFunc(formTokens, token.Token.Digits)
	for i, ft := range formTokens {
		a, b := token.Fold(ft.Of(form.Text)), token.Fold(tokens[i].Of(text))
		if a != b && (!numbered || latin(a) != latin(b)) {
			return false
		}
		if i == 0 || form.Loose {
			continue
		}
		want, got := form.Text[formTokens[i-1].End:ft.Start], text[tokens[i-1].End:tokens[i].Start]
		if !gapFits(want, got, formTokens[i-1].Digits() && ft.Digits()) {
			return false
		}
	}
	return true
}

// latin reads a word of Cyrillic letters that all look Latin as Latin.
func latin(word string) string {
	out := strings.NewReplacer("а", "a", "в", "b", "е", "e", "к", "k", "м", "m", "н", "h", "о", "o", "р", "p", "с", "c", "т", "t",
		"у", "y", "х", "x", "і", "i", "ѕ", "s", "ј", "j").Replace(word)
	if strings.ContainsFunc(out, func(r rune) bool { return r > unicode.MaxASCII }) {
		return word
	}
	return out
}

func gapFits(want, got string, numbers bool) bool {
	if got == "" {
		return true
	}
	w, g := token.GapOf(want), token.GapOf(got)
	allowed := w
	if !numbers {
		allowed |= token.Space | token.Hyphen
	}
	switch {
	case numbers:
	case w&token.Slash != 0:
	case w&(token.Space|token.Dot) != 0:
		allowed |= token.Quote | token.Bracket | token.Dot | token.Apostrophe
	default:
		allowed |= token.Quote
	}
	return len(got) <= 64 && g&^allowed == 0
}

// TestAppendIsLinear: no text makes the search slow.
func TestAppendIsLinear(t *testing.T) {
	x := index([]string{"a a a a", "a a", "a", "F-16", "T-72", "16 16", "к-2"})
	for name, text := range map[string]string{
		"one phrase":  strings.Repeat("a ", 200_000),
		"gaps":        strings.Repeat("F"+strings.Repeat(" ", 5000)+"16 ", 100),
		"look-alikes": strings.Repeat("Т 7 ", 100_000),
		"marks":       "F" + strings.Repeat("\u0301", 500_000) + "-16",
		"bytes":       strings.Repeat("\xff\x00", 300_000),
	} {
		start := time.Now()
		x.Append(nil, text, token.Append(nil, text))
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: %v for %d bytes", name, took, len(text))
		}
	}
}

func TestAppendDoesNotAllocate(t *testing.T) {
	x := index(sample.Forms(1, 1000))
	text := sample.English(1, 4000)[0]
	tokens := token.Append(nil, text)
	hits := make([]scan.Hit, 0, 100)
	if n := testing.AllocsPerRun(20, func() { hits = x.Append(hits[:0], text, tokens) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestIndexIsSmall(t *testing.T) {
	forms := sample.Forms(1, 20_000)
	if n := index(forms).Bytes() / len(forms); n > 150 {
		t.Errorf("%d bytes a form, want at most 150", n)
	}
}
