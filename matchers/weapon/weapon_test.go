package weapon_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/matchers/catalogue"
	"github.com/armswatch/armswatch/matchers/weapon"
	"github.com/armswatch/armswatch/monitor/news"
)

func finder(tb testing.TB) *weapon.Finder {
	tb.Helper()
	c, err := catalogue.Load()
	if err != nil {
		tb.Fatal(err)
	}
	return weapon.New(c)
}

func accepted(f *weapon.Finder, text string) (surfaces, systems []string) {
	for _, m := range f.Find(weapon.Doc{Text: text}) {
		if m.Accepted {
			surfaces, systems = append(surfaces, m.Surface), append(systems, m.System)
		}
	}
	return surfaces, systems
}

func TestNamesThatAreWeapons(t *testing.T) {
	f := finder(t)
	tests := []struct{ text, system string }{
		{"The group captured Russian Kornet and Metis missiles.", "9m133-kornet"},
		{"The group captured Russian Kornet and Metis anti-tank missiles.", "9k115-metis"},
		{"Chinese HJ-8 and European MILAN and HOT missiles were found.", "hj-8"},
		{"Chinese HJ-8 and European MILAN and HOT missiles were found.", "milan"},
		{"Chinese HJ-8 and European MILAN and HOT missiles were found.", "hot"},
		{"Contracts for 140 M1A1 Abrams tanks were signed.", "m1-abrams"},
		{"A squadron of F16 jets took off.", "f-16-fighting-falcon"},
		{"A squadron of F-16 jets took off.", "f-16-fighting-falcon"},
		{"A squadron of F 16 jets took off.", "f-16-fighting-falcon"},
		{"A squadron of F&#8209;16 jets took off.", "f-16-fighting-falcon"},
		{"A squadron of F‑16C/D jets took off.", "f-16-fighting-falcon"},
		{"Rebels fired Stinger missiles at the helicopter.", "fim-92-stinger"},
		{"The sale of Hawk anti-aircraft batteries was approved.", "mim-23-hawk"},
		{"Боевики применили ПТРК «Корнет» против танка.", "9m133-kornet"},
		{"وأطلق المقاتلون صواريخ كورنيت على الدبابات.", "9m133-kornet"},
		{"Several hundred M-16 rifles were stolen.", "m16"},
		{"They seized AK-47s and ammunition.", "ak-47"},
		{"Islamic State fighters seized Kornet, Metis, HOT and MILAN weapons.", "hot"},
		{"Islamic State fighters seized Kornet, Metis, HOT and MILAN weapons.", "milan"},
		{"Rebels used MILANs and TOWs against the regime's T-72s.", "milan"},
		{"Militants fired RPGs at the convoy.", "rpg-generic"},
		{"Britain named the nerve agent as Novichok, a chemical weapon of the Soviet army. Novichok is difficult to detect.", "novichok"},
		{"Afghan fighters downed helicopters with Stingers.", "fim-92-stinger"},
		{"The Bundeswehr delivered 40 Marders.", "marder"},
		{"MH17 was shot down by a Buk.", "9k37-buk"},
		{"A Lancet hit a Ukrainian howitzer, Russian footage showed.", "lancet"},
		{"A Chinook was shot down in Afghanistan.", "ch-47-chinook"},
		{"The suspect carried a Glock and two magazines of ammunition.", "glock-17"},
		{"The marines have amphibious light tanks such as the Type 63, artillery, and missiles.", "type-63-amphibious-tank"},
		{"Tornados from RAF Marham, Typhoons from RAF Lossiemouth and C-130 Hercules took part, with F-15s from Lakenheath.", "tornado"},
		{"The raid hit six MiG-29s, two Su-22s and a Galeb.", "g-2-galeb"},
		{"中国向埃及出口红旗-9防空导弹。", "hq-9"},
		{"以色列F-16战斗机轰炸加沙。", "f-16-fighting-falcon"},
		{"乌军用海马斯火箭炮袭击仓库。", "m142-himars"},
		{"Deutschland liefert zwei Patriot-Systeme an die Ukraine.", "mim-104-patriot"},
		{"RAF Tornados bombed targets in Libya.", "tornado"},
		{"Poland will give its MiG-29s to Ukraine.", "mig-29"},
		{"Guns, made by|Smith & Wesson Model 625", "smith-wesson-revolver"},
	}
	for _, tt := range tests {
		if _, systems := accepted(f, tt.text); !slices.Contains(systems, tt.system) {
			t.Errorf("%q: %v, want %s", tt.text, systems, tt.system)
			for _, m := range f.Find(weapon.Doc{Text: tt.text}) {
				t.Logf("   %q %s %s %d %q", m.Surface, m.System, m.Class, m.Score, m.Reasons)
			}
		}
	}
}

// Names that are something else; most were met in real texts.
func TestNamesThatAreNot(t *testing.T) {
	f := finder(t)
	for _, text := range []string{
		"The city of Milan opened its new metro line, and Milan beat Inter in the derby.",
		"It was a hot summer, and red-hot coals lay in the yard.",
		"New gun laws were passed by the Senate.",
		"Stacey Abrams says she will run for governor of Georgia.",
		"Joseph Bradley, the congressman, did not answer.",
		"Senator Bradley spoke first.",
		"The King Fahd hospital was opened.",
		"Caesars World reported a profit.",
		"Timo Glock won the race in Singapore.",
		"Kim Sarin is a singer.",
		"The Cray C-90 computer was sold to a bank.",
		"U2 and The B-52s played in Dublin.",
		"F5 Networks shares rose 3 percent.",
		"Print it on A4 paper, both sides.",
		"The judge handed out B-2 notes to the jury.",
		"The patent covers BMP-1 type proteins and compositions.",
		"MI6 recruited him in London.",
		"Adam Shaheen is an actor.",
		"The actor Arjun won a prize.",
		"Neptune is the eighth planet.",
		"The Tor browser hides where you are.",
		"The Apache server was updated last night.",
		"Fancy Bear hackers sent mails.",
		"The Houston Astros won again.",
		"The S&P 500 index rose.",
		"Hawks return to the old mill.",
		"The New England Patriots beat the Atlanta Falcons.",
		"It did no harm to anybody.",
		"Tony Hawk rode his skateboard.",
		"The Patriot Act was extended.",
		"On the A10 motorway traffic stood still.",
		"Two rockets landed in the western Negev on Saturday morning.",
		"Hunter said the border was open. \"They are coming,\" Hunter insisted.",
		"Он сказал, что там был конкурс.",
		"Началась атака на город.",
		"Mi6 or MI6: the agent met his handlers, said a former soldier.",
		"The spy agencies MI5 and MI6 have identified the British fighter.",
		"LAST UPDATED AT 14:41 ON Tue 10 Feb 2015",
		"Cartier's Tank watch lists for $22,000.",
		"U.S. Defense Department spokeswoman Dana White said the mission was a message.",
		"WATCH: IS DANA ROHRABACHER BEING GROOMED AS A RUSSIAN AGENT?",
		"Rep. Duncan Hunter said fighters crossed the border with weapons.",
		"\"They aren't flying bombers over American cities,\" said Hunter.",
		"A Carrier employee told Fox & Friends about the army.",
		"The revolver became New Nambu M60.",
		"The Patriots lost to the Ravens on Sunday, and the defense fired its coach.",
		"Collier, a Jaguars tackle, was shot in September.",
		"Flight F-100 was delayed, an airline plane.",
		"General Leclerc's troops freed Paris.",
		"Jaguar cars and an osprey nest were found by the navy.",
		"He served as a captain in the militia during the Black Hawk War.",
		"Koh-i-Noor is a diamond.",
		"She won the men's 400 metres and the company Inc's 300 mln loan.",
		"A ticket costs $A100, says the army.",
		"He held A-A-J-10 in a game of poker.",
		"The score was S-300-339 in the end.",
		"Там были солдаты и оружие.",
		"An F4U landed on the carrier.",
		"أكلنا كورنيتو في الحرب.",
		"After T-72 hours the troops may leave.",
		"The M4 motorway was closed by the army.",
		"See page F-16 of the report on arms.",
		"The sailors of HMS Tiger and USS Stark waved.",
		"An RPG game for consoles is out.",
		"A B-45 Tornado flew over the base.",
		"He served at 14, a 10-year term, as 10 soldiers did with t 34 men.",
		"Kitty Hawk is a town; the Patriots are a team.",
		"The al-Qassam brigades said they would fight.",
		"The Apache tribe fought the US army.",
		"Британская разведка Ми-6 завербовала его.",
		"Hawker Typhoon fighters attacked German tanks in 1944, and the Typhoons came back.",
		"Tiger tanks fought at Kursk in 1943, and soldiers feared the Tigers.",
		"The Senator, Bradley, and AKM Samsuzzoha met in Tora Bora.",
		"A G-5 meeting was held; the LG G3 and the K-9 team were shown.",
		"The IL-18 and BMP-1 proteins were measured.",
		"The Black Hawk mining company and the Harriers athletics club merged.",
		"These are legal landmines for the company.",
		"PKM is a railway in Gdansk.",
		"Новый Град и Богдан Хмельницкий.",
		"Трасса Р18 закрыта.",
		"قال سلجوق بيرقدار إن الشركة ستبيع المزيد.",
	} {
		if surfaces, systems := accepted(f, text); len(surfaces) > 0 {
			t.Errorf("%q: accepts %q as %v", text, surfaces, systems)
			for _, m := range f.Find(weapon.Doc{Text: text}) {
				t.Logf("   %q %s %s %d %q", m.Surface, m.System, m.Class, m.Score, m.Reasons)
			}
		}
	}
}

func TestAnArticleVouchesForTheBareName(t *testing.T) {
	f := finder(t)
	text := "The army ordered 20 Apache attack helicopters.\nDelivery takes three years. The Apaches replace older machines, and each Apache carries two people."
	if got, _ := accepted(f, text); len(got) != 3 {
		t.Errorf("accepts %q, want all three", got)
	}
}

func TestANamesakeInTheArticleIsNotTheSystem(t *testing.T) {
	f := finder(t)
	text := "Rep. Duncan Hunter said at least ten fighters were caught at the border with car bombs and vehicles.\n" +
		"Hunter, a member of the House Armed Services Committee, said that the armoured vehicles were no use."
	if got, systems := accepted(f, text); len(got) > 0 {
		t.Errorf("accepts %q as %q", got, systems)
	}
}

func TestOffsetsAreOfTheOriginal(t *testing.T) {
	f := finder(t)
	title := "Über Kornet missiles"
	text := strings.Repeat("\u200bZürich ", 50) + "and the F&#8209;16 jets, with a Ko\u0301rnet missile."
	for _, m := range f.Find(weapon.Doc{Title: title, Text: text}) {
		field := text
		if m.Field == news.InTitle {
			field = title
		}
		if field[m.Start:m.End] != m.Surface {
			t.Errorf("%q stands at %d-%d, where the text has %q", m.Surface, m.Start, m.End, field[m.Start:m.End])
		}
	}
}

func TestBadInputIsLinear(t *testing.T) {
	f := finder(t)
	inputs := map[string]string{
		"ten megabytes on one line": strings.Repeat("the council met in the county hall on Tuesday ", 240_000)[:10<<20],
		"names and nothing else":    strings.Repeat("the Kornet missile and hot weather in Milan ", 24_000),
		"combining marks":           "a" + strings.Repeat("\u0301", 1_000_000),
		"NUL and broken UTF-8":      strings.Repeat("Kornet\x00\xff\xfe ", 50_000),
		"mixed direction":           strings.Repeat("صاروخ Kornet \u202e كورنيت ", 20_000),
		"codes without end":         strings.Repeat("F-16", 200_000),
		"Katakana without end":      strings.Repeat("トマホーク", 15_000),
		"Katakana behind names":     strings.Repeat("トマホーク", 200) + strings.Repeat("ア", 300_000),
		"Hangul and Han":            strings.Repeat("현무천궁鷹獵鷹", 8_000),
		"glued words of Arabic":     strings.Repeat("وكورنيت", 60_000),
		"a list without end":        strings.Repeat("Kornet, Metis, Milan y ", 4_000),
	}
	for name, text := range inputs {
		began := time.Now()
		f.Find(weapon.Doc{Text: text})
		if spent := time.Since(began); spent > time.Minute {
			t.Errorf("%s: %s", name, spent)
		} else {
			t.Logf("%s: %s for %d bytes", name, spent, len(text))
		}
	}
}

func FuzzFind(f *testing.F) {
	finder := finder(f)
	for _, s := range []string{"Kornet missiles", "F&#8209;16", "«Корнет»", "كورنيت", "T-72B3M/x", "M1A1 Abrams-", "\xffF-16\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		for _, m := range finder.Find(weapon.Doc{Title: text, Text: text}) {
			if m.Start < 0 || m.End > len(text) || m.Start >= m.End || text[m.Start:m.End] != m.Surface {
				t.Fatalf("%q at %d-%d", m.Surface, m.Start, m.End)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	f := finder(b)
	text := strings.Repeat("The council met on Tuesday to hear what the county would pay for. Members asked how long the work on the northern road would take. ", 20)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		f.Find(weapon.Doc{Text: text})
	}
}
