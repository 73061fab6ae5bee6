package weapon_test

import (
	"slices"
	"testing"

	"github.com/armswatch/armswatch/matchers/weapon"
	"github.com/armswatch/armswatch/monitor/news"
)

// A case for each kind of mistake that was met in texts nobody had tuned on.
func TestKindsOfNames(t *testing.T) {
	f := finder(t)
	tests := []struct{ kind, text, want, not string }{
		{"hyphen", "A Kilo-class boat left the harbour.", "kilo-class", ""},
		{"quoted", "Окупанти вдарили з «Граду» по Нікополю.", "bm-21-grad", ""},
		{"acronym counted", "The convoy was hit by a TOW fired from the ridge.", "bgm-71-tow", ""},
		{"code in the plural", "Croatia sent its M-84s to Ukraine.", "m-84", ""},
		{"two counted", "The army destroyed a Bradley and two Strykers.", "m2-bradley", ""},
		{"what belongs to it", "Brave Apache pilot saved Marines under fire.", "ah-64-apache", ""},
		{"crash of a name", "A Black Hawk crash killed three.", "uh-60-black-hawk", ""},
		{"poison", "Nerve agents such as VX and sarin were kept there.", "vx", ""},
		{"compound", "Geliefert wurden sechs Brückenlegepanzer Biber.", "biber-bridgelayer", ""},
		{"compound of another system", "Das Ortungsradar Cobra steht in der Ukraine.", "cobra-radar", "ah-1-cobra"},
		{"type", "Die Ukraine erhielt Flugabwehrkanonenpanzer des Typs Gepard.", "gepard", ""},
		{"noun before adjectives", "Enviaron misiles guiados antitanque Spike.", "spike", ""},
		{"many endings", "Kayıp MH-60 Black Hawk helikopterinden haber yok.", "uh-60-black-hawk", ""},
		{"small letters", "Four men with kalashnikovs fired from the roof.", "ak-47", ""},
		{"small letters, poison", "The use of novichok, a nerve agent, was condemned.", "novichok", ""},
		{"small letters, Ukrainian", "Сили оборони збили 15 шахедів.", "shahed-136", ""},
		{"house style", "I missili BRIMSTONE, STORM SHADOW e gli otto TORNADO della RAF.", "tornado", ""},
		{"named elsewhere", "The RAF Tornado squadron is in Cyprus. Eight Tornados fly from there.", "tornado", ""},
		{"variant in a small letter", "An F-35i was seen over the sea.", "f-35-lightning-ii", ""},
		{"spelling of another language", "Russland feuerte drei Kinschal ab.", "kh-47m2-kinzhal", ""},
		{"Polish endings", "Polska kupi 250 czołgów, czyli Abramsów.", "m1-abrams", ""},
		{"class noun of another language", "Norge köper artillerisystemet Archer.", "archer", ""},
		{"noun with an article, Arabic", "الطائرة من طراز مي 24 سقطت أمس.", "mi-24", ""},
		{"name that is no word", "Kyiv asked for 20 Hawkeis.", "hawkei", ""},
		{"initials of a state", "The militants were seen with U.S. Apaches and M16 rifles.", "ah-64-apache", ""},

		{"speaker", "Bayraktar said that the drone would be shown in May.", "", "bayraktar-tb2"},
		{"namesake", "Haluk Bayraktar, who heads the firm, spoke of missiles.", "", "bayraktar-tb2"},
		{"title behind", "Jeanne Shaheen, the senator, backed the sale of F-16s.", "f-16-fighting-falcon", "shaheen"},
		{"weapons far off", "Taurus: a fight with the boss is coming, keep your weapons down.", "", "taurus-kepd-350"},
		{"plural at the beginning", "Hornets attacked soldiers who cleared a field.", "", "f-a-18-hornet"},
		{"game", "In multiplayer the Punisher cannon does less damage, and the gameplay is faster: the missile of the Typhoon is weaker.", "", "eurofighter-typhoon"},
		{"operation", "Operation Hawkeye Strike began with F-15 jets and KC-135 tankers.", "f-15-eagle", "e-2-hawkeye"},
		{"firm", "México demandó a la compañía Barrett por los rifles.", "", "barrett-m82"},
		{"maker", "Saab Bofors Dynamics makes the launcher and the gun.", "", "bofors-40-mm"},
		{"measure", "Bei 45 Grad wird die Waffe ungenau, das G36 schießt schief.", "g36", "bm-21-grad"},
		{"another word in small letters", "Un lance-missile portable a été saisi.", "", "mgm-52-lance"},
		{"kind of thing", "Rockets of the multiple launch rocket system were shot down.", "", "m270-mlrs"},
		{"given name", "The skis were tested on Sam Shaheen's and my days.", "", "shaheen"},
	}
	for _, tt := range tests {
		_, systems := accepted(f, tt.text)
		if tt.want != "" && !slices.Contains(systems, tt.want) {
			t.Errorf("%s: %q: %v, want %s", tt.kind, tt.text, systems, tt.want)
		}
		if tt.not != "" && slices.Contains(systems, tt.not) {
			t.Errorf("%s: %q is taken for %s", tt.kind, tt.text, tt.not)
		}
	}
}

// In English no word is a compound, and what belongs to a weapon counts once.
func TestKindsOfNamesInEnglish(t *testing.T) {
	f := finder(t)
	for text, want := range map[string]bool{
		"Doctors writing in the Lancet set out to determine how many had died in the war.":   false,
		"Deputies found a Switchblade and methamphetamine below the driver.":                 false,
		"The Orion crew will fly to the Moon next year, and the Orion crew is well trained.": false,
		"The Patriot pilot scheme for schools was filmed in two towns.":                      false,
		"The rebels fired 12 Grad-type rockets at the town.":                                 true,
		"An Apache pilot was killed when insurgents fired at the base.":                      true,
	} {
		found := slices.ContainsFunc(f.Find(weapon.Doc{Text: text, Lang: "en"}), func(m news.Mention) bool { return m.Accepted })
		if found != want {
			t.Errorf("%q: a weapon: %v, want %v", text, found, want)
		}
	}
}
