package finding_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/armswatch/armswatch/matchers/finding"
	"github.com/armswatch/armswatch/monitor/news"
)

// find reads a text in which *asterisks* stand around the names of systems.
func find(text, lang string) (string, []news.Finding) {
	var mentions []news.Mention
	for {
		i := strings.IndexByte(text, '*')
		if i < 0 {
			break
		}
		n := strings.IndexByte(text[i+1:], '*')
		name := text[i+1 : i+1+n]
		text = text[:i] + name + text[i+n+2:]
		mentions = append(mentions, news.Mention{
			Field: news.InText, Start: i, End: i + n, Surface: name, Accepted: true,
			System: strings.ToLower(strings.ReplaceAll(name, " ", "-")), Name: name,
		})
	}
	return text, finding.Find(finding.Input{Text: text, Lang: lang, Mentions: mentions})
}

// shown is a finding as the tables below write it.
func shown(f news.Finding) string {
	return strings.Join(strings.Fields(fmt.Sprintf("%s %s %s", f.Approx, f.Value, f.Unit)), " ") + " | " + f.Text
}

type example struct {
	lang, text string
	want       []string
}

func check(t *testing.T, kind news.FindingKind, examples []example) {
	t.Helper()
	for _, e := range examples {
		text, found := find(e.text, e.lang)
		var got []string
		for _, f := range found {
			if text[f.Start:f.End] != f.Text {
				t.Errorf("%q: finding %+v has wrong offsets", text, f)
			}
			if f.Kind == kind {
				got = append(got, shown(f))
			}
		}
		if strings.Join(got, "\n") != strings.Join(e.want, "\n") {
			t.Errorf("%q:\n got %q\nwant %q", text, got, e.want)
		}
	}
}

func TestQuantities(t *testing.T) {
	check(t, news.Quantity, []example{
		{"en", "contracts for 140 *M1A1 Abrams* tanks and 681 *Stinger* shoulder held units", []string{"140 M1A1 Abrams | 140 M1A1 Abrams tanks", "681 Stinger | 681 Stinger shoulder held units"}},
		{"en", "more than 100 different types of arms and ammunition", []string{"more than 100 types of arms | more than 100 different types of arms and ammunition"}},
		{"en", "hundreds of thousands of rifles", []string{"at least 100000 rifles | hundreds of thousands of rifles"}},
		{"en", "dozens of tanks were lost", []string{"at least 12 tanks | dozens of tanks"}},
		{"en", "twenty-one *Leopard 2* tanks", []string{"21 Leopard 2 | twenty-one Leopard 2 tanks"}},
		{"en", "two hundred and fifty drones", []string{"250 drones | two hundred and fifty drones"}},
		{"en", "1,250 artillery shells", []string{"1250 shells | 1,250 artillery shells"}},
		{"en", "about 1.5 million rounds of ammunition", []string{"about 1500000 rounds | about 1.5 million rounds of ammunition"}},
		{"en", "at least 12 soldiers", []string{"at least 12 soldiers | at least 12 soldiers"}},
		{"en", "up to 40 *F-16* jets", []string{"up to 40 F-16 | up to 40 F-16 jets"}},
		{"en", "no fewer than seven helicopters", []string{"at least 7 helicopters | no fewer than seven helicopters"}},
		{"en", "between 20 and 30 tanks", []string{"20-30 tanks | between 20 and 30 tanks"}},
		{"en", "20 to 30 armoured vehicles", []string{"20-30 armoured vehicles | 20 to 30 armoured vehicles"}},
		{"en", "some 200–300 *Javelin* missiles", []string{"about 200-300 Javelin | some 200–300 Javelin missiles"}},
		{"en", "a dozen *HIMARS* launchers", []string{"12 HIMARS | a dozen HIMARS launchers"}},
		{"en", "31 Abrams-style main battle tanks", []string{"31 tanks | 31 Abrams-style main battle tanks"}},
		{"en", "2-3 million rounds", []string{"2000000-3000000 rounds | 2-3 million rounds"}},
		{"en", "the number of tanks, 20, and rifles", nil},
		{"en", "Some 200 people fled; 30 missiles fell", []string{"about 200 people | Some 200 people", "30 missiles | 30 missiles"}},
		{"en", "12 of the 31 *Abrams* were lost", []string{"31 Abrams | 31 Abrams"}},
		{"en", "an unspecified number of tanks", nil},
		{"en", "In 2014 tanks rolled in", nil},
		{"en", "on 12 May tanks rolled in", nil},
		{"en", "In 2014, 20 tanks rolled in", []string{"20 tanks | 20 tanks"}},
		{"en", "a 155 mm howitzer", nil},
		{"en", "the 3rd Tank Brigade", nil},
		{"en", "12 percent of rifles", nil},
		{"en", "$4 billion in weapons", nil},
		{"en", "It took 12 days to move the tanks", nil},
		{"de", "mehr als 1.200 Panzer und rund 30 *Gepard*", []string{"more than 1200 tanks | mehr als 1.200 Panzer", "about 30 Gepard | rund 30 Gepard"}},
		{"de", "vierzig *Marder* Schützenpanzer", []string{"40 Marder | vierzig Marder Schützenpanzer"}},
		{"fr", "plus de 100 chars et quarante missiles", []string{"more than 100 tanks | plus de 100 chars", "40 missiles | quarante missiles"}},
		{"es", "al menos 20 tanques", []string{"at least 20 tanks | al menos 20 tanques"}},
		{"ru", "более 100 танков и около 20 ракет", []string{"more than 100 tanks | более 100 танков", "about 20 missiles | около 20 ракет"}},
		{"ar", "أكثر من 100 دبابة", []string{"more than 100 tanks | أكثر من 100 دبابة"}},
		{"zh", "超过100辆坦克", []string{"more than 100 tanks | 超过100辆坦克"}},
	})
}

func TestReports(t *testing.T) {
	check(t, news.Pages, []example{
		{"en", "Amnesty’s 44-page report", []string{"44 | 44-page"}},
		{"en", "a forty-four-page report", []string{"44 | forty-four-page"}},
		{"en", "The report, which runs to 120 pages,", []string{"120 | 120 pages"}},
		{"en", "She read 120 pages of a novel", nil},
		{"de", "ein 44-seitiger Bericht", []string{"44 | 44-seitiger"}},
		{"fr", "un rapport de 44 pages", []string{"44 | 44 pages"}},
		{"ru", "доклад на 44 страницах", []string{"44 | 44 страницах"}},
		{"zh", "一份44页的报告", []string{"44 | 44页"}},
	})
	check(t, news.Report, []example{
		{"en", "The report, titled “Taking Stock: The Arming of Islamic State”, says", []string{"Taking Stock: The Arming of Islamic State | Taking Stock: The Arming of Islamic State"}},
		{"en", `in a report entitled "Weapons of the Islamic State."`, []string{"Weapons of the Islamic State | Weapons of the Islamic State"}},
		{"en", "The report “says nothing new”, he said", nil},
		{"de", "Der Bericht „Waffen für den Krieg“ erschien", []string{"Waffen für den Krieg | Waffen für den Krieg"}},
		{"fr", "Le rapport intitulé « Des armes pour la guerre »", []string{"Des armes pour la guerre | Des armes pour la guerre"}},
	})
	check(t, news.Author, []example{
		{"en", "Patrick Wilcken, the report’s author told CNN", []string{"Patrick Wilcken | Patrick Wilcken"}},
		{"en", "said Ines Halvorsen, the author of the report", []string{"Ines Halvorsen | Ines Halvorsen"}},
		{"en", "a report written by Damien Spleeters", []string{"Damien Spleeters | Damien Spleeters"}},
		{"en", "Damien Spleeters, who wrote the report, said", []string{"Damien Spleeters | Damien Spleeters"}},
		{"en", "Damien Spleeters wrote the report", []string{"Damien Spleeters | Damien Spleeters"}},
		{"en", "He wrote to Barack Obama about a report", nil},
		{"en", "The author, whose novels sell", nil},
	})
	check(t, news.Publisher, []example{
		{"en", "Amnesty International’s report", []string{"Amnesty International | Amnesty International"}},
		{"en", "Conflict Armament Research (CAR) said", []string{"Conflict Armament Research | Conflict Armament Research"}},
		{"en", "In response to the report, Pentagon spokesman Smith spoke", nil},
		{"en", "a Pentagon report says", []string{"US Department of Defense | Pentagon"}},
		{"en", "Their CAR broke down", nil},
		{"en", "according to SIPRI, exports grew", []string{"Stockholm International Peace Research Institute | SIPRI"}},
	})
}

func TestPeriodsCountriesMoney(t *testing.T) {
	check(t, news.Period, []example{
		{"en", "Between 2011 and 2013, the US signed", []string{"2011-2013 | Between 2011 and 2013"}},
		{"en", "the war of 2003-2007", []string{"2003-2007 | 2003-2007"}},
		{"en", "from 2003 to 2007 and in 2014", []string{"2003-2007 | from 2003 to 2007", "2014 | 2014"}},
		{"en", "on 8 December 2015 and December 9, 2015", []string{"2015-12-08 | 8 December 2015", "2015-12-09 | December 9, 2015"}},
		{"en", "in May 2016", []string{"2016-05 | May 2016"}},
		{"en", "2015 rifles", nil},
		{"en", "the 1990s", nil},
		{"de", "zwischen 2011 und 2013", []string{"2011-2013 | zwischen 2011 und 2013"}},
		{"de", "am 8. Dezember 2015", []string{"2015-12-08 | 8. Dezember 2015"}},
		{"fr", "entre 2011 et 2013", []string{"2011-2013 | entre 2011 et 2013"}},
		{"es", "el 8 de diciembre de 2015", []string{"2015-12-08 | 8 de diciembre de 2015"}},
		{"ru", "8 декабря 2015 года", []string{"2015-12-08 | 8 декабря 2015"}},
	})
	check(t, news.Country, []example{
		{"en", "Iraqi forces took Russian missiles", []string{"IRQ Iraq | Iraqi", "RUS Russia | Russian"}},
		{"en", "the U.S. and the United Arab Emirates", []string{"USA United States of America | U.S.", "ARE United Arab Emirates | United Arab Emirates"}},
		{"en", "North Korea and South Korean officials", []string{"PRK North Korea | North Korea", "KOR South Korea | South Korean"}},
		{"en", "let us go", nil},
		{"en", "a turkey and some china", nil},
		{"de", "irakische Truppen und russische Raketen", []string{"IRQ Iraq | irakische", "RUS Russia | russische"}},
		{"ar", "القوات العراقية", []string{"IRQ Iraq | العراقية"}},
	})
	check(t, news.Money, []example{
		{"en", "a deal worth $1.8 billion", []string{"1800000000 USD | $1.8 billion"}},
		{"en", "billions of dollars’ worth of contracts", []string{"at least 1000000000 USD | billions of dollars"}},
		{"en", "more than €300 million", []string{"more than 300000000 EUR | more than €300 million"}},
		{"en", "£45m was paid", []string{"45000000 GBP | £45m"}},
		{"de", "für 300 Millionen Euro", []string{"300000000 EUR | 300 Millionen Euro"}},
		{"ru", "2 млрд рублей", []string{"2000000000 RUB | 2 млрд рублей"}},
	})
}

func TestCountryCode(t *testing.T) {
	for name, want := range map[string]string{"RUS": "RUS", "rus": "RUS", "Russia": "RUS", "Iranian": "IRN", "United Kingdom": "GBR", "Ruritania": "", "XXQ": "", "": ""} {
		if code, err := finding.CountryCode(name); code != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", name, code, err, want)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("Amnesty’s 44-page report “Taking Stock” says 681 Stinger, 2003-2007, $1.8 billion", "en")
	f.Add("более 100 танков между 2011 и 2013", "ru")
	f.Add("more than hundreds of thousands of , . CAR 20 to 30 \xff rifles", "")
	f.Fuzz(func(t *testing.T, text, lang string) {
		text = text[:min(len(text), 2000)]
		in := finding.Input{Title: text, Text: text, Lang: lang, Mentions: []news.Mention{{Start: 3, End: len(text) / 2, Accepted: true, System: "x", Name: "X"}}}
		for _, x := range finding.Find(in) {
			if x.Start < 0 || x.End > len(text) || x.Start >= x.End || text[x.Start:x.End] != x.Text || x.Value == "" || x.Kind == "" {
				t.Fatalf("%+v in %q", x, text)
			}
		}
	})
}
