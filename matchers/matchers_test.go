package matchers_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/matchers/catalogue"
	"github.com/armswatch/armswatch/matchers/query"
	"github.com/armswatch/armswatch/monitor/news"
)

// article is the paragraph of the seed article that names most.
const article = `Amnesty International’s 44-page report, released late Monday, found that much of the equipment comes from stockpiles captured from the Iraqi military.
“Between 2011 and 2013, the US signed billions of dollars’ worth of contracts for 140 M1A1 Abrams tanks, F16 fighter aircraft, 681 Stinger shoulder held units, Hawk anti-aircraft batteries and other equipment”. It was warm in Milan, and the weather was hot.`

func newMatcher(t *testing.T, lists ...matchers.Watchlist) *matchers.Matcher {
	t.Helper()
	m, err := matchers.New(matchers.Options{Watchlists: lists})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMatch(t *testing.T) {
	m := newMatcher(t,
		matchers.Watchlist{Name: "us-made", Weapons: []string{"M1A1 Abrams", "F-16", "FIM-92 Stinger", "MIM-23 Hawk"}},
		matchers.Watchlist{Name: "tanks", Categories: []string{"battle-tank"}},
		matchers.Watchlist{Name: "reports", Phrases: []string{
			`"<#>-page report"`, `(captured OR seized) NEAR/8 (stockpile* OR depot*)`,
			`contract AND publisher:"Amnesty International"`, `weather NEAR/5 weapon:any`,
		}})
	var got []string
	for _, x := range m.Match(news.Article{Title: "F-16s for Iraq", Text: article, Lang: "en"}).Matches {
		text := article
		if x.Field == news.InTitle {
			text = "F-16s for Iraq"
		}
		got = append(got, x.Watchlist+" "+x.Rule+" "+text[x.Start:x.End])
		for _, s := range x.Marks {
			if !strings.Contains(x.Excerpt, x.Excerpt[s.Start:s.End]) || !strings.Contains(text[x.Start:x.End], x.Excerpt[s.Start:s.End]) {
				t.Errorf("%s: marks %q in %q", x.Rule, x.Excerpt[s.Start:s.End], x.Excerpt)
			}
		}
	}
	for _, want := range []string{
		`us-made weapon:"M1A1 Abrams" M1A1 Abrams`,
		`us-made weapon:"F-16" F-16s`,
		`us-made weapon:"F-16" F16 fighter`,
		`us-made weapon:"FIM-92 Stinger" Stinger`,
		`us-made weapon:"MIM-23 Hawk" Hawk anti-aircraft`,
		`tanks category:"battle-tank" M1A1 Abrams`,
		`reports "<#>-page report" 44-page report`,
		`reports (captured OR seized) NEAR/8 (stockpile* OR depot*) stockpiles captured`,
		`reports contract AND publisher:"Amnesty International" contracts`,
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no match %s", want)
		}
	}
	if slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "weather") }) {
		t.Error("Milan in hot weather is a weapon")
	}
	if t.Failed() {
		t.Log(strings.Join(got, "\n"))
	}
}

func TestExcerptIsTheSentence(t *testing.T) {
	m := newMatcher(t, matchers.Watchlist{Name: "w", Phrases: []string{`"Hawk"`, `report NEAR/40p contracts`}})
	text := "First one. “They bought Hawk batteries,” Lt. Col. J. Smith said. A report came.\nContracts followed. The end."
	var got []string
	for _, x := range m.Match(news.Article{Text: text}).Matches {
		got = append(got, x.Excerpt)
	}
	if want := []string{`“They bought Hawk batteries,” Lt. Col. J. Smith said.`}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	long := strings.Repeat("word ", 1000) + "Hawk" + strings.Repeat(" é", 1000)
	x := m.Match(news.Article{Text: long}).Matches
	if len(x) != 1 || len(x[0].Excerpt) > 700 || !utf8.ValidString(x[0].Excerpt) || !strings.Contains(x[0].Excerpt, "Hawk") {
		t.Errorf("excerpt of a long sentence: %+v", x)
	}
}

// TestIndexMissesNothing compares the index with evaluating every rule.
func TestIndexMissesNothing(t *testing.T) {
	rules := []string{
		`hope`, `die`, `city`, `run`, `ship`, `tank`, `arms`, `army`, `exact:tanks`, `missile`, `organisation`, `lie`, `gun AND NOT army`,
		`"arms transfers to"`, `stockpile*`, `T-72`, `"T-72 tank"`, `Т-72`, `"<#> tanks"`, `<#> NEAR/2 tank`, `cs("MOAB")`, `cs("moab")`,
		`Haus`, `Panzer`, `Lieferung`, `livraison`, `arma`, `ракета`, `صاروخ`, `导弹`, `Pucará`, `kitap`, `état*`, `"état major"`, `2024*`,
		`"the <#> and"`, `weapon:any`, `origin:RUS`, `origin:Russia`, `lang:de`, `source:reuters`, `publisher:"Amnesty International"`, `title:report`, `don't`, `U.S.-led`,
		`"TM-7200*"`, `"ТМ-7200*"`, `"led forces"`,
		`dépôts*`, `livraisonné`, `états*`,
	}
	texts := []string{
		"They were hoping, dying and lying in cities. He was running; shipped tanks and guns.", "The army armed itself. Hopes die. A city, ships.",
		"Arms transfers to Iraq: T-72 tanks, Т-72 and T72.", "44 tanks and MOAB bombs, moabs. The 12 and more. In 2024 and 2024-25.", "organisations and organisational matters",
		"Die Häuser und Panzern, Lieferungen im Haus", "les livraisons d’armes, l’État-major, etats", "las armas y un arma", "запуск ракетой, танки Т-72",
		"أطلقوا الصواريخ وصاروخ", "反坦克导弹系统", "the Pucara aircraft", "kitabı okudu", "don’t fire on U.S.-led forces", "Amnesty International said in its report that Kornet missiles were used.",
		"&Eacute;tat stockpiles MISSILES", "TM-72001", "ТМ-72001", "U.S.-led (“forces”)", "ﬁre Ｔ－７２", "",
		"les d&eacute;p&ocirc;ts livraisonn&eacute;s", "LES &#201;TATS ET DE&#x301;PO&#x302;TS", "Livraisonnes, livraisonnée",
	}
	exprs := make([]query.Expr, len(rules))
	c, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	v := matchers.Vocabulary(c)
	all := matchers.Watchlist{Name: "all", Phrases: rules}
	m := newMatcher(t, all)
	for i, r := range rules {
		if exprs[i], err = v.Parse(r); err != nil {
			t.Fatal(r, err)
		}
	}
	for _, lang := range []string{"", "en", "de", "fr", "es", "ru", "ar", "tr", "zh", "uk", "fi", "hu"} {
		for _, text := range texts {
			a := news.Article{Title: "A report", Text: text, Lang: lang, Source: "Reuters"}
			r := m.Read(a)
			met := map[string]bool{}
			for _, x := range r.Matches {
				met[x.Rule] = true
			}
			d := &query.Doc{Title: query.NewField(a.Title), Text: query.NewField(text), Lang: lang, Source: a.Source, Mentions: r.Mentions, Publishers: r.Findings}
			for _, e := range exprs {
				if e.Match(d) != met[e.String()] {
					t.Errorf("%s, language %q, %q: met %v, want %v", e, lang, text, met[e.String()], e.Match(d))
				}
			}
		}
	}
}

// The index refuses nothing that evaluation finds: rules and texts of few words
// that share beginnings, so that rules are met and missed often.
func TestIndexMissesNothingOfRandomRules(t *testing.T) {
	words := strings.Fields(`ship ships shipped shipping shipment stat state states status stating hope hoping hopes hopeful die dying died
		general generally generals livrer livraison livraisons livr&eacute;e livrée État etat état-major Haus Häuser häuslich lieferung lieferungen
		ракета ракетой ракеты танк Т-72 T-72 T72 صاروخ الصواريخ kitap kitabı 导弹 44 MOAB Kornet F-16`)
	random := rand.New(rand.NewPCG(3, 4))
	pick := func() string { return words[random.IntN(len(words))] }
	var rule func(depth int) string
	rule = func(depth int) string {
		a, b := pick(), pick()
		if depth > 0 {
			a, b = rule(depth-1), rule(depth-1)
			return []string{"(" + a + " AND " + b + ")", "(" + a + " OR " + b + ")", "(" + a + " AND NOT " + b + ")", "title:(" + a + ")", "(" + a + " NEAR/3 " + b + ")"}[random.IntN(5)]
		}
		return []string{a, a, a + "*", `"` + a + " " + b + `"`, "exact:" + a, `"` + a + " " + b + `*"`, `"<#> ` + a + `"`}[random.IntN(7)]
	}
	list := matchers.Watchlist{Name: "random"}
	var exprs []query.Expr
	seen := map[string]bool{}
	for len(exprs) < 400 {
		e, err := query.Parse(rule(random.IntN(3)))
		if err != nil || seen[e.String()] {
			continue // a * behind three letters, an AND in NEAR
		}
		seen[e.String()] = true
		exprs, list.Phrases = append(exprs, e), append(list.Phrases, e.String())
	}
	m := newMatcher(t, list)
	met := 0
	for i := range 300 {
		a := news.Article{Title: pick() + " " + pick(), Lang: []string{"", "en", "fr", "de", "ru", "uk", "tr", "ar", "fa"}[i%9]}
		for range random.IntN(12) {
			a.Text += pick() + " "
		}
		got := map[string]bool{}
		for _, x := range m.Match(a).Matches {
			got[x.Rule] = true
		}
		d := &query.Doc{Title: query.NewField(a.Title), Text: query.NewField(a.Text), Lang: a.Lang}
		for _, e := range exprs {
			want := e.Match(d)
			if want != got[e.String()] {
				t.Errorf("%s, language %q, %q: met %v, want %v", e, a.Lang, a.Text, got[e.String()], want)
			}
			if want {
				met++
			}
		}
	}
	if met < 1000 {
		t.Errorf("only %d rules were met", met)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, w := range []matchers.Watchlist{
		{Name: "a", Weapons: []string{"Kornat"}}, {Name: "a", Categories: []string{"tanx"}}, {Name: "a", Phrases: []string{"NOT x"}},
	} {
		if _, err := matchers.New(matchers.Options{Watchlists: []matchers.Watchlist{w}}); err == nil || !strings.Contains(err.Error(), "watchlist a") {
			t.Errorf("%+v: error %v", w, err)
		}
	}
}

func TestBadInput(t *testing.T) {
	m := newMatcher(t, matchers.Watchlist{Name: "w", Weapons: []string{"Kornet"}, Phrases: []string{
		`missile NEAR/9 captured`, `"<#> tanks"`, `stockpile*`, `publisher:"Amnesty International"`,
	}})
	const size = 1 << 16
	for name, text := range map[string]string{
		"invalid UTF-8":    strings.Repeat("Kornet \xff\xfe missile\xc3 44 tanks\x80", size/30),
		"NUL":              strings.Repeat("Kornet\x00missiles\x00 captured 44\x00 tanks ", size/35),
		"one line":         strings.Repeat("the committee heard on Monday that the price of wheat will rise again ", 10<<20/70) + "Stinger missiles",
		"one word":         strings.Repeat("a", size),
		"digits":           strings.Repeat("7", size),
		"numbers":          strings.Repeat("44 ", size/3),
		"combining marks":  "Kornet" + strings.Repeat("\u0301", 1_000_000) + " missiles",
		"mixed direction":  strings.Repeat("\u202eKornet\u202c صواريخ \u2067missiles\u2069 44 دبابة ", size/60),
		"quotation marks":  strings.Repeat("report “", size/10),
		"number words":     strings.Repeat("hundred thousand ", size/17),
		"publishers":       strings.Repeat("CAR report Amnesty ", size/19),
		"dots":             strings.Repeat(".", size),
		"entities":         strings.Repeat("&#8209;&amp;&eacute;", size/20),
		"countries, years": strings.Repeat("2003-2007 US ", size/13),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			read := m.Read
			if len(text) > 10<<20-100 {
				read = m.Match
			}
			r := read(news.Article{Title: text[:min(len(text), 4000)], Text: text})
			if d := time.Since(start); d > time.Minute {
				t.Errorf("took %v", d)
			}
			t.Logf("%d bytes in %v, %d mentions, %d findings", len(text), time.Since(start), len(r.Mentions), len(r.Findings))
			for _, x := range r.Mentions {
				if x.Field == news.InText && text[x.Start:x.End] != x.Surface {
					t.Fatalf("mention %+v", x)
				}
			}
			for _, x := range r.Findings {
				if x.Field == news.InText && text[x.Start:x.End] != x.Text {
					t.Fatalf("finding %+v", x)
				}
			}
		})
	}
}

func TestSeedArticle(t *testing.T) {
	data, err := os.ReadFile("../../shared/examples/seed-article.txt")
	if err != nil {
		t.Skipf("the seed article is not here: %v", err)
	}
	text := string(data)
	r := newMatcher(t).Read(news.Article{Text: text, Lang: "en"})
	systems := map[string]bool{}
	for _, m := range r.Mentions {
		if m.Accepted {
			systems[m.Name] = true
		}
		if text[m.Start:m.End] != m.Surface {
			t.Errorf("mention %+v has wrong offsets", m)
		}
	}
	for _, want := range []string{"9M133 Kornet", "9K115 Metis", "HJ-8", "MILAN", "HOT", "M1 Abrams", "F-16 Fighting Falcon", "FIM-92 Stinger", "MIM-23 Hawk"} {
		if !systems[want] {
			t.Errorf("no %s", want)
		}
		delete(systems, want)
	}
	if len(systems) > 0 {
		t.Errorf("too much: %v", systems)
	}
	for _, want := range []struct {
		kind         news.FindingKind
		value, words string
	}{
		{news.Pages, "44", "44-page"},
		{news.Publisher, "Amnesty International", "Amnesty"},
		{news.Quantity, "140", "140 M1A1 Abrams tanks"},
		{news.Quantity, "681", "681 Stinger"},
		{news.Quantity, "100", "more than 100 different types of arms"},
		{news.Quantity, "100000", "hundreds of thousands of US-manufactured assault rifles"},
		{news.Period, "2003-2007", "between 2003 and 2007"},
		{news.Period, "2011-2013", "Between 2011 and 2013"},
		{news.Author, "Patrick Wilcken", "Patrick Wilcken"},
		{news.Money, "1000000000", "billions of dollars"},
	} {
		if !slices.ContainsFunc(r.Findings, func(f news.Finding) bool {
			return f.Kind == want.kind && f.Value == want.value && strings.HasPrefix(text[f.Start:], want.words)
		}) {
			t.Errorf("no %s %s in %q", want.kind, want.value, want.words)
		}
	}
	for _, f := range r.Findings {
		t.Logf("%s %q %s %s %s", f.Kind, text[f.Start:f.End], f.Approx, f.Value, f.Unit)
	}
}
