package number_test

import (
	"strings"
	"testing"

	"github.com/armswatch/armswatch/matchers/number"
)

func TestAt(t *testing.T) {
	tests := []struct {
		text, lang, value, read string
	}{
		{"681 Stinger", "en", "681", "681"},
		{"1,234 rifles", "en", "1234", "1,234"},
		{"1,234,567.5 tonnes", "en", "1234567.5", "1,234,567.5"},
		{"1.234 Gewehre", "de", "1234", "1.234"},
		{"1.234.567,5 t", "de", "1234567.5", "1.234.567,5"},
		{"1.5 tonnes", "en", "1.5", "1.5"},
		{"1,5 tonnes", "fr", "1.5", "1,5"},
		{"1 234 fusils", "fr", "1234", "1 234"},
		{"1\u202f234 fusils", "fr", "1234", "1\u202f234"},
		{"1\u00a0234 rifles", "en", "1234", "1\u00a0234"},
		{"140 200 tanks", "en", "140", "140"},
		{"1'234 Gewehre", "de", "1234", "1'234"},
		{"1’234’567", "de", "1234567", "1’234’567"},
		{"1,00,000 rounds", "en", "100000", "1,00,000"},
		{"٤٤ صفحة", "ar", "44", "٤٤"},
		{"٦٬٨١١", "ar", "6811", "٦٬٨١١"},
		{"1.8 billion", "en", "1800000000", "1.8 billion"},
		{"1.234 billion", "en", "1234000000", "1.234 billion"},
		{"1,234 million", "en", "1234000000", "1,234 million"},
		{"1,8 Milliarden Euro", "de", "1800000000", "1,8 Milliarden"},
		{"1,8 milliard d'euros", "fr", "1800000000", "1,8 milliard"},
		{"1,8 mil millones", "es", "1800000000", "1,8 mil millones"},
		{"1,8 млрд руб.", "ru", "1800000000", "1,8 млрд"},
		{"5 тыс. винтовок", "ru", "5000", "5 тыс."},
		{"1.8bn", "en", "1800000000", "1.8bn"},
		{"10k rifles", "en", "10000", "10k"},
		{"2 hundred thousand", "en", "200000", "2 hundred thousand"},
		{"0.125 units", "en", "0.125", "0.125"},
		{"44页报告", "zh", "44", "44"},
		{"3万支步枪", "zh", "30000", "3万"},
		{"forty-four-page", "en", "44", "forty-four"},
		{"Forty four pages", "en", "44", "Forty four"},
		{"two hundred and fifty rifles", "en", "250", "two hundred and fifty"},
		{"a hundred tanks", "en", "100", "a hundred"},
		{"a dozen tanks", "en", "12", "a dozen"},
		{"two dozen", "en", "24", "two dozen"},
		{"two and a half", "en", "2", "two"},
		{"three million two hundred thousand and six", "en", "3200006", "three million two hundred thousand and six"},
		{"one hundred thousand million", "en", "100000000000", "one hundred thousand million"},
		{"nineteen hundred", "en", "1900", "nineteen hundred"},
		{"twenty twenty", "en", "20", "twenty"},
		{"vierundvierzig Seiten", "de", "44", "vierundvierzig"},
		{"zweihundertfünfzig", "de", "250", "zweihundertfünfzig"},
		{"dreitausendzweihundert", "de", "3200", "dreitausendzweihundert"},
		{"hunderttausend", "de", "100000", "hunderttausend"},
		{"zwölf", "de", "12", "zwölf"},
		{"quarante-quatre pages", "fr", "44", "quarante-quatre"},
		{"quatre-vingt-dix-sept", "fr", "97", "quatre-vingt-dix-sept"},
		{"soixante et onze", "fr", "71", "soixante et onze"},
		{"deux cent cinquante", "fr", "250", "deux cent cinquante"},
		{"vingt et un", "fr", "21", "vingt et un"},
		{"cuarenta y cuatro", "es", "44", "cuarenta y cuatro"},
		{"doscientos cincuenta mil", "es", "250000", "doscientos cincuenta mil"},
		{"dos mil millones", "es", "2000000000", "dos mil millones"},
		{"сорок четыре", "ru", "44", "сорок четыре"},
		{"двести пятьдесят тысяч", "ru", "250000", "двести пятьдесят тысяч"},
		{"أربعة وأربعون", "ar", "44", "أربعة وأربعون"},
		{"مئتين وخمسين", "ar", "250", "مئتين وخمسين"},
		{"ثلاثة آلاف", "ar", "3000", "ثلاثة آلاف"},
	}
	for _, test := range tests {
		n, end, ok := number.At(test.text, 0, test.lang)
		if !ok || n.String() != test.value || test.text[:end] != test.read {
			t.Errorf("At(%q, %s) = %s %q %v, want %s %q", test.text, test.lang, n, test.text[:end], ok, test.value, test.read)
		}
	}
}

func TestVague(t *testing.T) {
	tests := []struct{ text, lang, value, vague string }{
		{"hundreds of thousands of rifles", "en", "100000", "hundreds of thousands"},
		{"tens of thousands", "en", "10000", "tens of thousands"},
		{"dozens of tanks", "en", "12", "dozens"},
		{"thousands of tanks", "en", "1000", "thousands"},
		{"Hunderttausende Gewehre", "de", "100000", "Hunderttausende"},
		{"Millionen Schuss", "de", "1000000", "Millionen"},
		{"centaines de milliers de fusils", "fr", "100000", "centaines de milliers"},
		{"cientos de miles de fusiles", "es", "100000", "cientos de miles"},
		{"сотни тысяч автоматов", "ru", "100000", "сотни тысяч"},
		{"مئات الآلاف من البنادق", "ar", "100000", "مئات الآلاف"},
	}
	for _, test := range tests {
		n, _, ok := number.At(test.text, 0, test.lang)
		if !ok || n.String() != test.value || n.Vague != test.vague {
			t.Errorf("At(%q) = %s %q %v, want %s %q", test.text, n, n.Vague, ok, test.value, test.vague)
		}
	}
}

func TestNoNumber(t *testing.T) {
	for _, test := range []struct {
		text string
		at   int
	}{
		{"M1A1", 1},
		{"F-16", 2},
		{"60mm mortar", 0},
		{"1990s", 0},
		{"16th", 0},
		{"rifles", 0},
		{"a rifle", 0},
		{"and forty", 0},
		{"12345678901234567890", 0},
		{"", 0},
		{"1,234", 2},
		{"15.01.2016", 0},
	} {
		if n, end, ok := number.At(test.text, test.at, "en"); ok {
			t.Errorf("At(%q, %d) = %s, end %d: want none", test.text, test.at, n, end)
		}
	}
}

func FuzzAt(f *testing.F) {
	f.Add("1.234.567,5 millions", 0, "fr")
	f.Add("quatre-vingt-dix-sept mille", 0, "fr")
	f.Add(strings.Repeat("hundred thousand ", 20), 0, "en")
	f.Fuzz(func(t *testing.T, text string, at int, lang string) {
		n, end, ok := number.At(text, at, lang)
		if ok && (end <= at || end > len(text)) {
			t.Fatalf("end %d of %q at %d", end, text, at)
		}
		if len(n.String()) > 60 {
			t.Fatalf("value %s", n)
		}
	})
}
