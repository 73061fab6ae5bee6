package number

import (
	"strconv"
	"strings"
)

// ofWords is the word between two magnitudes: "hundreds of thousands".
var ofWords = map[string]string{"en": "of", "fr": "de", "es": "de"}

// tables holds the number words of each language, folded. It is never written.
//
// A line begins with what its words are: u a unit, t tens, s hundreds as one
// word, h the word hundred, x a scale (=power of ten, or =*factor), m a scale in
// the plural, p a bare magnitude, a an article, j the word and.
var tables = map[string]map[string]entry{
	"en": table(`
u zero=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12
u thirteen=13 fourteen=14 fifteen=15 sixteen=16 seventeen=17 eighteen=18 nineteen=19
t twenty=20 thirty=30 forty=40 fourty=40 fifty=50 sixty=60 seventy=70 eighty=80 ninety=90
h hundred
x thousand=3 million=6 billion=9 trillion=12 dozen=*12 lakh=5 crore=7
m thousands=3 millions=6 billions=9 trillions=12
p tens=1 hundreds=2 dozens=*12 scores=*20
a a an
j and`),
	"de": table(`
u null=0 ein=1 eins=1 eine=1 einen=1 einem=1 einer=1 zwei=2 drei=3 vier=4 funf=5 fuenf=5 sechs=6 sieben=7 acht=8 neun=9
u zehn=10 elf=11 zwolf=12 zwoelf=12 dreizehn=13 vierzehn=14 funfzehn=15 fuenfzehn=15 sechzehn=16 siebzehn=17 achtzehn=18 neunzehn=19
t zwanzig=20 dreisig=30 dreissig=30 vierzig=40 funfzig=50 fuenfzig=50 sechzig=60 siebzig=70 achtzig=80 neunzig=90
h hundert
x tausend=3 million=6 milliarde=9 billion=12 dutzend=*12 mio=6 mrd=9
m tausende=3 tausenden=3 tausender=3 millionen=6 milliarden=9 billionen=12
p hunderte=2 hunderten=2 hunderter=2 dutzende=*12 dutzenden=*12 dutzender=*12 zehntausende=4 zehntausenden=4 zehntausender=4
p hunderttausende=5 hunderttausenden=5 hunderttausender=5`),
	"fr": table(`
u zero=0 un=1 une=1 deux=2 trois=3 quatre=4 cinq=5 six=6 sept=7 huit=8 neuf=9 dix=10 onze=11 douze=12
u treize=13 quatorze=14 quinze=15 seize=16
t vingt=20 vingts=20 trente=30 quarante=40 cinquante=50 soixante=60 septante=70 huitante=80 octante=80 nonante=90
h cent cents
x mille=3 million=6 milliard=9 billion=12 douzaine=*12 vingtaine=*20 trentaine=*30 quarantaine=*40 cinquantaine=*50 centaine=2 millier=3 dizaine=1
m milliers=3 millions=6 milliards=9
p dizaines=1 centaines=2 douzaines=*12
j et`),
	"es": table(`
u cero=0 un=1 uno=1 una=1 dos=2 tres=3 cuatro=4 cinco=5 seis=6 siete=7 ocho=8 nueve=9 diez=10 once=11 doce=12
u trece=13 catorce=14 quince=15 dieciseis=16 diecisiete=17 dieciocho=18 diecinueve=19
u veintiun=21 veintiuno=21 veintiuna=21 veintidos=22 veintitres=23 veinticuatro=24 veinticinco=25 veintiseis=26 veintisiete=27 veintiocho=28 veintinueve=29
t veinte=20 treinta=30 cuarenta=40 cincuenta=50 sesenta=60 setenta=70 ochenta=80 noventa=90
s ciento=100 doscientos=200 doscientas=200 trescientos=300 trescientas=300 cuatrocientos=400 cuatrocientas=400 quinientos=500 quinientas=500
s seiscientos=600 seiscientas=600 setecientos=700 setecientas=700 ochocientos=800 ochocientas=800 novecientos=900 novecientas=900
h cien
x mil=3 millon=6 billon=12 docena=*12 centenar=2 millar=3 decena=1
m miles=3 millones=6 billones=12 millares=3
p cientos=2 centenares=2 decenas=1 docenas=*12
j y`),
	"ru": table(`
u ноль=0 один=1 одна=1 одно=1 одного=1 одной=1 два=2 две=2 двух=2 три=3 трех=3 четыре=4 четырех=4 пять=5 пяти=5 шесть=6 шести=6
u семь=7 семи=7 восемь=8 восьми=8 девять=9 девяти=9 десять=10 десяти=10 одиннадцать=11 одиннадцати=11 двенадцать=12 двенадцати=12
u тринадцать=13 тринадцати=13 четырнадцать=14 четырнадцати=14 пятнадцать=15 пятнадцати=15 шестнадцать=16 шестнадцати=16
u семнадцать=17 семнадцати=17 восемнадцать=18 восемнадцати=18 девятнадцать=19 девятнадцати=19
t двадцать=20 двадцати=20 тридцать=30 тридцати=30 сорок=40 сорока=40 пятьдесят=50 пятидесяти=50 шестьдесят=60 шестидесяти=60
t семьдесят=70 семидесяти=70 восемьдесят=80 восьмидесяти=80 девяносто=90 девяноста=90
s сто=100 ста=100 двести=200 двухсот=200 триста=300 трехсот=300 четыреста=400 четырехсот=400 пятьсот=500 пятисот=500
s шестьсот=600 шестисот=600 семьсот=700 семисот=700 восемьсот=800 восьмисот=800 девятьсот=900 девятисот=900
x тысяча=3 тысячу=3 тыс=3 миллион=6 млн=6 миллиард=9 млрд=9 трлн=12 триллион=12 дюжина=*12
m тысячи=3 тысяч=3 тысячами=3 тысячах=3 миллионы=6 миллионов=6 миллиона=6 миллиарды=9 миллиардов=9 миллиарда=9
p десятки=1 десятков=1 сотни=2 сотен=2 дюжины=*12`),
	"ar": table(`
u صفر=0 واحد=1 واحده=1 اثنان=2 اثنين=2 اثنتان=2 اثنتين=2 ثلاث=3 ثلاثه=3 اربع=4 اربعه=4 خمس=5 خمسه=5 ست=6 سته=6 سبع=7 سبعه=7
u ثماني=8 ثمان=8 ثمانيه=8 تسع=9 تسعه=9 عشر=10 عشره=10
t عشرون=20 عشرين=20 ثلاثون=30 ثلاثين=30 اربعون=40 اربعين=40 خمسون=50 خمسين=50 ستون=60 ستين=60 سبعون=70 سبعين=70 ثمانون=80 ثمانين=80 تسعون=90 تسعين=90
s مئه=100 مائه=100 مئتان=200 مئتين=200 مائتان=200 مائتين=200 ثلاثمئه=300 ثلاثمائه=300 اربعمئه=400 اربعمائه=400 خمسمئه=500 خمسمائه=500
s ستمئه=600 ستمائه=600 سبعمئه=700 سبعمائه=700 ثمانمئه=800 ثمانمائه=800 تسعمئه=900 تسعمائه=900
x الف=3 الفا=3 مليون=6 مليونا=6 مليار=9 مليارا=9
m الاف=3 الالاف=3 ملايين=6 الملايين=6 مليارات=9 المليارات=9
p عشرات=1 مئات=2
j و`),
}

// table reads the lines described at tables.
func table(lines string) map[string]entry {
	kinds := map[string]entry{
		"u": {kind: unit}, "t": {kind: tens}, "s": {kind: sums}, "h": {kind: hundred},
		"x": {kind: scale}, "m": {kind: scale, many: true}, "p": {kind: plural},
		"a": {kind: article}, "j": {kind: joint},
	}
	out := map[string]entry{}
	for line := range strings.Lines(lines) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		for _, f := range fields[1:] {
			e := kinds[fields[0]]
			word, value, _ := strings.Cut(f, "=")
			out[word] = withValue(e, value)
		}
	}
	return out
}

func withValue(e entry, value string) entry {
	factor, isFactor := strings.CutPrefix(value, "*")
	v, _ := strconv.ParseUint(factor, 10, 64)
	switch e.kind {
	case unit, tens, sums:
		e.value = v
	case scale, plural:
		if e.factor = 1; isFactor {
			e.factor = v
		} else {
			e.exp = int(v)
		}
	}
	return e
}

// lookup finds a word, a German compound, or an Arabic word behind "and".
func lookup(table map[string]entry, lang, w string) (entry, bool) {
	if e, ok := table[w]; ok {
		return e, true
	}
	switch lang {
	case "de":
		if v, ok := compound(table, w); ok {
			return entry{kind: sums, value: v}, true
		}
	case "ar":
		if rest, ok := strings.CutPrefix(w, "و"); ok {
			e, found := table[rest]
			return e, found
		}
	}
	return entry{}, false
}

// compound reads a German number written as one word: vierundvierzig,
// zweihundertfünfzig, dreitausendzweihundert.
func compound(table map[string]entry, w string) (uint64, bool) {
	if len(w) > 60 {
		return 0, false
	}
	if a, b, ok := strings.Cut(w, "tausend"); ok {
		return parts(table, a, b, 1000)
	}
	if a, b, ok := strings.Cut(w, "hundert"); ok {
		return parts(table, a, b, 100)
	}
	if a, b, ok := strings.Cut(w, "und"); ok {
		one, ten := table[a], table[b]
		if one.kind == unit && one.value > 0 && one.value < 10 && ten.kind == tens {
			return ten.value + one.value, true
		}
	}
	if e := table[w]; (e.kind == unit || e.kind == tens) && w != "" {
		return e.value, true
	}
	return 0, false
}

// parts joins what stands before and after a hundred or thousand.
func parts(table map[string]entry, a, b string, by uint64) (uint64, bool) {
	head, tail := uint64(1), uint64(0)
	var ok bool
	if a != "" {
		if head, ok = compound(table, a); !ok || head == 0 || head >= by {
			return 0, false
		}
	}
	if b = strings.TrimPrefix(b, "und"); b != "" {
		if tail, ok = compound(table, b); !ok || tail >= by {
			return 0, false
		}
	}
	return head*by + tail, true
}
