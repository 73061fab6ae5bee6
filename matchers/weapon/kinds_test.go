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
		{"glued to the \"and\" of Arabic", "تضم القوة طائرات F-15 وF-16 حديثة.", "f-16-fighting-falcon", ""},
		{"behind a hyphen in Hebrew", "מטוס ה-F-35 חזר לבסיס.", "f-35-lightning-ii", ""},
		{"space left out in Urdu", "دو ایف 16طیارے تباہ ہوئے۔", "f-16-fighting-falcon", ""},
		{"vowel lost before a code", "Les soldats montent dans l'AMX-10 RC.", "amx-10-rc", ""},
		{"context without spaces, Chinese", "军方展出了雄风反舰导弹。", "hsiung-feng", ""},
		{"context without spaces, Japanese", "海岸にホーク対空ミサイルを置いた。", "mim-23-hawk", ""},
		{"context without spaces, Korean", "육군은 낡은 호크 지대공 미사일을 치웠다.", "mim-23-hawk", ""},
		{"traditional characters", "烏軍用風暴陰影導彈擊中碼頭。", "storm-shadow", ""},
		{"noun before a list", "Arrivano i missili Milan e Aster.", "aster-30", ""},
		{"noun before a list, Arabic", "عرض الحرس صواريخ سجيل وعماد في الساحة.", "sejjil", ""},
		{"word that is a name in quotation marks", "حلّق صاروخ من طراز \"قيام\" فوق المدينة.", "qiam-1", ""},
		{"Dutch compound", "Er komt een Patriot-luchtafweersysteem bij.", "mim-104-patriot", ""},
		{"Finnish compound", "Suomi ostaa Archer-tykkijärjestelmiä.", "archer", ""},
		{"dative of German", "Die Luftwaffe übt mit drei Eurofightern.", "eurofighter-typhoon", ""},
		{"maker of its name", "Barrett Firearms sells rifles; the sniper fired a Barrett rifle at the truck.", "barrett-m82", ""},
		{"named elsewhere, nothing against it", "The Predator drone crashed near the base. Nobody saw where Predator had come from.", "mq-1-predator", ""},
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
		{"able, in Arabic", "الصاروخ قادر على حمل رأس حربي.", "", "ghader"},
		{"watch, in Arabic", "شاهد لحظة إسقاط طائرة مسيرة فوق المدينة.", "", "shahed-136"},
		{"strait", "مرت سفن حربية وصواريخ عبر مضيق هرمز.", "", "hermes-450"},
		{"calibre, in Chinese", "炮兵用大口径火箭炮射击。", "", "3m-54-kalibr"},
		{"mighty, in Hebrew", "פיצוץ אדיר נשמע ליד מטוסים של חיל האוויר.", "", "f-35-lightning-ii"},
		{"sky, in Hindi", "आकाश में मिसाइल दिखी।", "", "akash"},
		{"ship", "HMS Dragon sailed with missiles on board for drills.", "", "m47-dragon"},
		{"naval base", "Drones struck the Flamingo Naval Base at dawn.", "", "flamingo-fp-5"},
		{"army, in Romanian", "Armata Română cumpără rachete și tancuri.", "", "t-14-armata"},
		{"speaker, Turkish", "Füzeyi anlatan Bayraktar, törende konuştu.", "", "bayraktar-tb2"},
		{"firm", "Pistolas da Taurus foram achadas com um fuzil AR-15.", "", "taurus-kepd-350"},
		{"hospital, Russian", "Новые аппараты УЗИ привезли в поликлинику, врач примет детей.", "", "uzi"},
		{"party, Russian", "РПК объявила съезд, партия сложит полномочия.", "", "rpk"},
		{"family name, Hangul", "방송인 전현무가 골프를 배운다.", "", "hyunmoo"},
		{"tortoise, Hangul", "무덤 벽의 현무는 뱀을 감고 있다.", "", "hyunmoo"},
		{"shrine, Hangul", "새해 첫날 신궁에 사람이 몰렸다.", "", "chiron"},
		{"rocket far off, Hangul", "로켓처럼 빠른 투수가 나오자 관중은 북극성 같은 별이라고 했다.", "", "pukguksong-1"},
		{"longer word in Katakana", "夕食はトマホークステーキだった。", "", "tomahawk"},
		{"weapon in Katakana", "艦はトマホークミサイルを積む。", "tomahawk", ""},
		{"foreigner, Chinese", "演员布雷德利·库珀在片中射击坦克。", "", "m2-bradley"},
		{"hospital, Hangul", "보라매병원에 헬기가 내렸다.", "", "kf-21-boramae"},
		{"given name before a family name", "На финише Рафаль Майка был третьим.", "", "rafale"},
		{"aircraft in Russian", "Индия купит 26 Рафаль для флота.", "rafale", ""},
		{"fired alone, Hangul", "육군이 천무를 실사격했다.", "k239-chunmoo", ""},
		{"athletics, Katakana", "大会でジャベリンスローの記録が出た。", "", "fgm-148-javelin"},
		{"given name in Arabic", "سقط صاروخ على الحي ونجا الطفل عماد من القصف.", "", "emad"},
		{"missile in Arabic", "أطلق الحرس صاروخ عماد من الصحراء.", "emad", ""},
		{"weather, Italian", "Maltempo, un Tornado ferma aerei ed elicottero.", "", "tornado"},
		{"gusts that begin a sentence", "Rafales et grêle sont attendues ce soir sur la côte.", "", "rafale"},
		{"aircraft within a sentence", "Hier, trois Rafale ont quitté la base.", "rafale", ""},
		{"leopards that begin a sentence", "Леопарды вышли к деревне и утащили козу.", "", "leopard-2"},
		{"civil complex", "Спортивный комплекс «Ураган» откроют весной.", "", "bm-27-uragan"},
		{"complex of war", "Зенитный комплекс «Бук» сбил самолёт.", "9k37-buk", ""},
		{"quarter, Turkish", "Bayraktar Mahallesi yeni parkına kavuştu.", "", "bayraktar-tb2"},
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
