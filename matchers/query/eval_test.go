package query_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/matchers/query"
	"github.com/armswatch/armswatch/monitor/news"
)

func mention(text, surface, system, name, category string) news.Mention {
	i := strings.Index(text, surface)
	return news.Mention{
		Field: news.InText, Start: i, End: i + len(surface), Surface: surface,
		System: system, Name: name, Category: category, Accepted: true,
	}
}

func TestEval(t *testing.T) {
	const text = "Amnesty International’s 44-page report found that ISIS captured large stockpiles of weapons. " +
		"The depots of the U.S.-led coalition were looted, with 1,234 rifles and an M1A1 Abrams tank. " +
		"The MOAB was not used. Arms transfers to Iraq must stop.\nA second paragraph names the Kornet missile and F-16s."
	doc := func() *query.Doc {
		return &query.Doc{
			Title: query.NewField("Report: ISIS armed with US weapons"), Text: query.NewField(text),
			Lang: "en", Source: "BBC News",
			Mentions: []news.Mention{
				mention(text, "Kornet", "9m133-kornet", "9M133 Kornet", "anti-tank-guided-missile"),
				mention(text, "M1A1 Abrams", "m1-abrams", "M1 Abrams", "battle-tank"),
				{Field: news.InText, Start: 0, End: 7, Surface: "Amnesty", System: "x", Name: "Amnesty", Accepted: false},
			},
			Publishers: []news.Finding{{Kind: news.Publisher, Field: news.InText, Start: 0, End: 21, Value: "Amnesty International"}},
		}
	}
	v := query.Vocabulary{Origin: func(system string) []string {
		return map[string][]string{"9m133-kornet": {"RUS"}, "m1-abrams": {"USA"}}[system]
	}}
	tests := []struct {
		rule string
		want string // proofs joined by |; "" for no match
	}{
		{`missile`, "missile"},
		{`missiles`, "missile"},
		{`stockpile`, "stockpiles"},
		{`capture`, "captured"},
		{`"missiles"`, ""},
		{`exact:missiles`, ""},
		{`exact:missile`, "missile"},
		{`arms`, "Arms"},
		{`armed`, "armed"},
		{`stockp*`, "stockpiles"},
		{`"<#>-page report"`, "44-page report"},
		{`"<#> rifles"`, "1,234 rifles"},
		{`"arms transfers"`, "Arms transfers"},
		{`“ARMS TRANSFERS”`, "Arms transfers"},
		{`"weapons the"`, ""},
		{`"stop a second"`, ""},
		{`F16`, "F-16"},
		{`"F 16"`, "F-16"},
		{`(captured OR seized OR looted) NEAR/8 (stockpile* OR depot* OR arsenal*)`, "captured large stockpiles|depots of the U.S.-led coalition were looted"},
		{`depots NEAR/5 looted`, "depots of the U.S.-led coalition were looted"},
		{`depots NEAR/4 looted`, ""},
		{`looted ONEAR/8 depots`, ""},
		{`depots ONEAR/8 looted`, "depots of the U.S.-led coalition were looted"},
		{`weapons NEAR/3 depots`, ""},
		{`weapons NEAR/3p depots`, "weapons. The depots"},
		{`weapons w/p used`, "weapons. The depots of the U.S.-led coalition were looted, with 1,234 rifles and an M1A1 Abrams tank. The MOAB was not used"},
		{`stop w/p second`, ""},
		{`captured w/s weapons`, "captured large stockpiles of weapons"},
		{`"coalition looted"~1`, "coalition were looted"},
		{`"coalition looted"~0`, ""},
		{`cs("MOAB")`, "MOAB"},
		{`cs("Moab")`, ""},
		{`moab`, "MOAB"},
		{`title:weapons`, "weapons"},
		{`title:stockpiles`, ""},
		{`text:"ISIS captured"`, "ISIS captured"},
		{`lang:en AND moab`, "MOAB"},
		{`lang:de AND moab`, ""},
		{`lang:en`, "Report: ISIS armed with US weapons"},
		{`source:BBC AND moab`, "MOAB"},
		{`source:Reuters AND moab`, ""},
		{`publisher:Amnesty AND moab`, "Amnesty International|MOAB"},
		{`"arms transfers" AND publisher:"Amnesty International"`, "Amnesty International|Arms transfers"},
		{`publisher:"Human Rights Watch"`, ""},
		{`weapon:Kornet`, "Kornet"},
		{`weapon:"9M133 Kornet"`, "Kornet"},
		{`weapon:Amnesty`, ""},
		{`weapon:any`, "M1A1 Abrams|Kornet"},
		{`category:battle-tank`, "M1A1 Abrams"},
		{`origin:RUS`, "Kornet"},
		{`origin:USA NEAR/3 rifles`, "rifles and an M1A1 Abrams"},
		{`weapon:Kornet NEAR/2 missile`, "Kornet missile"},
		{`title:weapon:Kornet`, ""},
		{`<#> NEAR/1 rifles`, "1,234 rifles"},
		{`moab AND NOT kornet`, ""},
		{`moab -sarin`, "MOAB"},
		{`sarin moab`, "MOAB"},
		{`sarin AND moab`, ""},
	}
	for _, test := range tests {
		e, err := v.Parse(test.rule)
		if err != nil {
			t.Errorf("%s: %v", test.rule, err)
			continue
		}
		d := doc()
		var got []string
		for _, h := range e.Eval(d) {
			f := d.Text.Text
			if h.Field == news.InTitle {
				f = d.Title.Text
			}
			got = append(got, f[h.Start:h.End])
		}
		if strings.Join(got, "|") != test.want {
			t.Errorf("%s: %q, want %q", test.rule, got, test.want)
		}
		if e.Match(doc()) != (test.want != "") {
			t.Errorf("%s: Match disagrees with Eval", test.rule)
		}
	}
}

func TestLanguages(t *testing.T) {
	for _, test := range []struct{ rule, lang, text, want string }{
		{`Lieferung`, "de", "Die Lieferungen begannen.", "Lieferungen"},
		{`Panzer`, "de", "Er sprach über die Panzern.", "Panzern"},
		{`livraison`, "fr", "Les livraisons d’armes", "livraisons"},
		{`"<#> pages"`, "fr", "un rapport de quarante-quatre pages", "quarante-quatre pages"},
		{`arma`, "es", "las armas", "armas"},
		{`ракета`, "ru", "запуск ракетой", "ракетой"},
		{`ракета`, "", "запуск ракетой", "ракетой"},
		{`exact:ракета`, "ru", "запуск ракетой", ""},
		{`صواريخ`, "ar", "أطلقوا الصواريخ", "الصواريخ"},
		{`导弹`, "zh", "反坦克导弹系统", "导弹"},
		{`"<#>页报告"`, "zh", "一份44页报告", "44页报告"},
		{`Pucará`, "en", "the Pucara aircraft", "Pucara"},
		{`"<#>-seitiger Bericht"`, "de", "ein vierundvierzigseitiger Bericht, ein 44-seitiger Bericht", "44-seitiger Bericht"},
	} {
		e, err := query.Parse(test.rule)
		if err != nil {
			t.Errorf("%s: %v", test.rule, err)
			continue
		}
		d := &query.Doc{Text: query.NewField(test.text), Lang: test.lang}
		got := ""
		if hits := e.Eval(d); len(hits) > 0 {
			got = test.text[hits[0].Start:hits[0].End]
		}
		if got != test.want {
			t.Errorf("%s in %q: %q, want %q", test.rule, test.text, got, test.want)
		}
	}
}

func TestMarks(t *testing.T) {
	const text = "fighters captured two large stockpiles"
	e, err := query.Parse(`captured NEAR/8 stockpile*`)
	if err != nil {
		t.Fatal(err)
	}
	hits := e.Eval(&query.Doc{Text: query.NewField(text)})
	want := []news.Span{{Start: 9, End: 17}, {Start: 28, End: 38}}
	if len(hits) != 1 || !slices.Equal(hits[0].Marks, want) {
		t.Errorf("hits %+v, want marks %v", hits, want)
	}
}

func TestNestedNear(t *testing.T) {
	e, err := query.Parse(`(alpha NEAR/4 bravo) NEAR/4 charlie`)
	if err != nil {
		t.Fatal(err)
	}
	d := &query.Doc{Text: query.NewField("alpha bravo x x bravo x x x x charlie")}
	if !e.Match(d) {
		t.Error("the nearer pair hides the one that matches")
	}
}

func TestHostileText(t *testing.T) {
	e, err := query.Parse(`(a NEAR/500 b) NEAR/500 (a NEAR/500 c) -"z z"`)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	e.Eval(&query.Doc{Text: query.NewField(strings.Repeat("a b a c ", 40000))})
	e.Eval(&query.Doc{Text: query.NewField(strings.Repeat("a", 1<<18))})
	e.Eval(&query.Doc{Text: query.NewField(strings.Repeat("\xff\x00", 1<<17))})
	e.Eval(&query.Doc{Text: query.NewField("a" + strings.Repeat("\u0301", 1<<17))})
	if d := time.Since(start); d > time.Minute {
		t.Errorf("took %v", d)
	}
}
