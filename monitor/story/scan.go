package story

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word of a text as the scanner sees it.
type token struct {
	word  uint32 // hash of the word in small letters
	stem  uint32 // hash of its stem; 0 for a word that every text has
	upper bool   // begins with a capital
	caps  bool   // is all capitals
	digit bool   // is a figure
	year  bool   // is a figure from 1900 to 2099
	day   bool   // is a figure from 1 to 31
	month uint8  // 1 to 12 for the name of a month
	first bool   // begins a sentence
	glued bool   // nothing but a space stands between it and the one before
	quote bool   // within quotation marks
}

// maxBytes of a text are read, and no more.
const maxBytes = 64 << 10

// scanner cuts texts into tokens. Its buffers are used again.
type scanner struct {
	tokens []token
	low    []byte
}

// scan returns the tokens of s, at most so many; they are valid until the next
// call.
func (sc *scanner) scan(s string, most int) []token {
	sc.tokens = sc.tokens[:0]
	s = s[:min(len(s), maxBytes)]
	first, glued, quote, low := true, false, false, false
	for i := 0; i < len(s) && len(sc.tokens) < most; {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if isWord(r) {
			t, n := sc.word(s[i:])
			t.first, t.glued, t.quote = first, glued, quote
			sc.tokens = append(sc.tokens, t)
			first, glued = false, true
			i += n
			continue
		}
		switch r {
		case ' ':
		case '.', '!', '?', '\n', ':', '。', '؟':
			first, glued = true, false
		case '"', '«', '»': // they point in or out, by country
			quote, glued = !quote, false
		case '„':
			quote, low, glued = true, true, false
		case '“': // ends what a low one began
			quote, low, glued = !low, false, false
		case '”':
			quote, low, glued = false, false, false
		default:
			glued = false
		}
		if r == '\n' {
			quote = false
		}
		i += size
	}
	return sc.tokens
}

func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// word reads the word at the beginning of s and says how many bytes it takes.
func (sc *scanner) word(s string) (token, int) {
	var t token
	first, _ := utf8.DecodeRuneInString(s)
	t.upper, t.digit = unicode.IsUpper(first), unicode.IsDigit(first)
	t.caps = t.upper
	sc.low = sc.low[:0]
	i, letters := 0, 0
	for i < len(s) {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if !isWord(r) && !sc.joins(r, t.digit, s[i+size:]) {
			break
		}
		i += size
		switch {
		case !isWord(r):
			continue // the point of a thousand, the dots of U.S.
		case ideograph(r):
			if letters > 0 {
				return sc.done(t), i - size
			}
			sc.low, t.caps = utf8.AppendRune(sc.low, r), false
			return sc.done(t), i // each is a word of its own
		}
		letters++
		t.caps = t.caps && !unicode.IsLower(r)
		sc.low = utf8.AppendRune(sc.low, unicode.ToLower(r))
	}
	t.caps = t.caps && letters > 1
	return sc.done(t), max(i, 1)
}

// joins says whether r stands within a word: a point or comma between figures,
// a point between single capitals.
func (sc *scanner) joins(r rune, digit bool, rest string) bool {
	if r != '.' && r != ',' || rest == "" {
		return false
	}
	if digit {
		return '0' <= rest[0] && rest[0] <= '9'
	}
	one := len(sc.low) == 1 || len(sc.low) == 2 // U.S., U.S.A.
	return r == '.' && one && 'A' <= rest[0] && rest[0] <= 'Z' && (len(rest) == 1 || rest[1] == '.' || rest[1] == ' ' || rest[1] == '\'')
}

func ideograph(r rune) bool {
	return r >= 0x2E80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

func (sc *scanner) done(t token) token {
	low := string(sc.low)
	t.word = hash(low)
	t.year = t.digit && len(low) == 4 && (low[:2] == "19" || low[:2] == "20")
	t.month = months[low]
	if t.digit {
		n, err := strconv.Atoi(low)
		t.day = err == nil && n >= 1 && n <= 31
		t.stem = t.word
	} else if s := stem(low); s != "" {
		t.stem = hash(s)
	}
	return t
}

// stem is a word without the endings of inflection; "" for a word that every
// text has. Names of one thing become one.
func stem(w string) string {
	if alias, ok := aliases[w]; ok {
		return alias
	}
	if common[w] || utf8.RuneCountInString(w) < 2 {
		return ""
	}
	if article, ok := strings.CutPrefix(w, "ال"); ok && len(article) > 4 {
		return article
	}
	for _, e := range endings {
		if len(w) > len(e)+3 && strings.HasSuffix(w, e) {
			return w[:len(w)-len(e)]
		}
	}
	return w
}

var endings = []string{"ings", "ing", "ies", "ied", "ers", "ed", "es", "er", "e", "y", "s"}

// aliases are words that name one thing, or the people and the capital of one
// country.
var aliases = func() map[string]string {
	m := map[string]string{}
	for _, line := range []string{
		"isis isil daesh daech игил داعش", "pentagon dod", "us u.s usa america american americans washington",
		"russia russian russians moscow kremlin russie russland rusia россия россии", "iraq iraqi iraqis baghdad irak irakischen irakische irakien irakienne iraquí iraquíes ирак ирака ираке العراق",
		"syria syrian syrians damascus syrie syrien siria сирия сирии سوريا", "iran iranian iranians tehran", "britain british uk u.k london britons",
		"china chinese beijing", "france french paris français française", "germany german germans berlin", "israel israeli israelis jerusalem",
		"ukraine ukrainian ukrainians kiev kyiv", "turkey turkish turks ankara", "saudi saudis riyadh", "yemen yemeni yemenis sanaa",
		"republican republicans gop", "democrat democrats democratic dems", "percent pct", "obama obamas", "scotus supreme",
		"kill killed kills killing killings dead death deaths die dies died dying", "shoot shot shooting shootings shoots gunman shooter gunfire",
		"report reports reported", "say says said", "quake earthquake", "apple apples", "win wins won winning", "buy bought buys buying acquire acquires acquired acquisition",
		"cut cuts cutting", "rise rises rose rising", "fall falls fell falling", "steal stole stolen steals", "arms weapons weapon weaponry armas waffen armes оружие оружия أسلحة",
	} {
		var to string
		for i := 0; line != ""; i++ {
			var w string
			w, line, _ = strings.Cut(line, " ")
			if i == 0 {
				to = w
			}
			m[w] = to
		}
	}
	return m
}()

// months by their names in English, German, French, Spanish, Russian (in the
// genitive, as in dates) and Arabic, and by the short forms of English.
var months = func() map[string]uint8 {
	m := map[string]uint8{}
	for _, line := range []string{
		"january february march april may june july august september october november december",
		"jan feb mar apr - jun jul aug sept oct nov dec", "- - - - - - - - sep - - -",
		"januar februar märz april mai juni juli august september oktober november dezember",
		"janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
		"يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
	} {
		for i, w := range strings.Fields(line) {
			m[w] = uint8(i + 1)
		}
	}
	delete(m, "-")
	return m
}()

var common = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`the a an and or but of to in on at by for with from as is are was were be been has have had it its this
that these those he she they we you i his her their our your not no will would can could may might do does did also after before if so all
who which what when where how than then there here over under about into out up down more most other some such only new one two three first last
just like get got him them us me my because while during between against through since until still even many much very being both each any
year years day days people time mr mrs ms according told another including made make
monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december
der die das und ist ein eine den dem des mit von zu im auf für sich auch nicht aus bei nach wie als im am werden wurde wird
le la les et des une un en que qui dans pour sur du au aux par pas plus est ont été avec ce cette son sa ses
el los las una y del por con para es se su lo al más como no ha han
и в на с что не он по как из за от для это его их был были к у о же
في من على إلى أن عن مع هذا هذه التي الذي كان`) {
		m[w] = true
	}
	return m
}()

// hash is FNV-1a with a finish, the same in every process: signatures are stored.
func hash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return mix(h)
}

func mix(h uint32) uint32 {
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 13
	h *= 0x297a2d39
	return h ^ h>>16
}

// join2 hashes two hashes in order.
func join2(a, b uint32) uint32 { return mix(a*0x9e3779b1 ^ (b + 0x7f4a7c15)) }
