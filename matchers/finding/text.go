package finding

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/monitor/news"
)

// word is a run of letters, a run of digits, or one Han character.
type word struct {
	start, end int
	fold       string
	first      rune
	upper      bool // begins with a capital
	caps       bool // two letters or more, all capitals
	digit      bool
	sentence   int32
}

func (w *word) arabic() bool { return w.first >= 0x600 && w.first <= 0x6FF && !w.digit }

// text is one field, split into words, with what the lexicon knows of them.
type text struct {
	field    news.Field
	s        string
	lang     string
	words    []word
	matches  []match // in the order of their first word
	at       []int32 // index of the first match at or after a word
	mentions []mention
	seen     map[news.Finding]bool
	found    []news.Finding
	until    int  // words before it belong to a number that was read
	shouting bool // hardly a small letter: capitals mean nothing
}

// mention is an accepted mention, by the words it covers.
type mention struct {
	*news.Mention
	first, last int
}

func newText(l *lexicon, field news.Field, s, lang string, mentions []news.Mention) *text {
	t := &text{field: field, s: s, lang: lang, words: split(s), seen: map[news.Finding]bool{}}
	t.shouting = shouts(s)
	t.at = make([]int32, len(t.words)+1)
	for i := range t.words {
		t.at[i] = int32(len(t.matches))
		t.matches = l.at(t, i, t.matches)
	}
	t.at[len(t.words)] = int32(len(t.matches))
	t.placeMentions(mentions)
	return t
}

// shouts says that a text is written in capitals.
func shouts(s string) bool {
	small, large := 0, 0
	for _, r := range s[:min(len(s), 400)] {
		switch {
		case unicode.IsLower(r):
			small++
		case unicode.IsUpper(r):
			large++
		}
	}
	return large > 8 && large > 4*small
}

func (t *text) placeMentions(mentions []news.Mention) {
	for i := range mentions {
		m := &mentions[i]
		inText := m.Field == news.InText || m.Field == ""
		if !m.Accepted || inText != (t.field == news.InText) || m.Start < 0 || m.End > len(t.s) || m.Start >= m.End {
			continue
		}
		first := sort.Search(len(t.words), func(i int) bool { return t.words[i].end > m.Start })
		last := sort.Search(len(t.words), func(i int) bool { return t.words[i].start >= m.End }) - 1
		if first <= last {
			t.mentions = append(t.mentions, mention{m, first, last})
		}
	}
	sort.SliceStable(t.mentions, func(i, j int) bool { return t.mentions[i].first < t.mentions[j].first })
}

// mentionAt is the longest mention that begins at word i.
func (t *text) mentionAt(i int) (mention, bool) {
	k := sort.Search(len(t.mentions), func(k int) bool { return t.mentions[k].first >= i })
	best, ok := mention{}, false
	for ; k < len(t.mentions) && t.mentions[k].first == i; k++ {
		if !ok || t.mentions[k].last > best.last {
			best, ok = t.mentions[k], true
		}
	}
	return best, ok
}

// mentioned says that word i lies inside a mention.
func (t *text) mentioned(i int) bool {
	k := sort.Search(len(t.mentions), func(k int) bool { return t.mentions[k].first > i })
	for n := 0; k > 0 && n < 4; n++ {
		if k--; t.mentions[k].last >= i {
			return true
		}
	}
	return false
}

// find is the longest phrase of a kind that begins at word i.
func (t *text) find(i int, k kind) (match, bool) {
	best, ok := match{}, false
	if i < 0 || i >= len(t.words) {
		return best, false
	}
	for _, m := range t.matches[t.at[i]:t.at[i+1]] {
		if m.kind == k && (!ok || m.last > best.last) {
			best, ok = m, true
		}
	}
	return best, ok
}

// endsWith is the longest phrase of a kind that ends at word i.
func (t *text) endsWith(i int, k kind) (match, bool) {
	for n := 3; n >= 0; n-- {
		if m, ok := t.find(i-n, k); ok && m.last == i {
			return m, true
		}
	}
	return match{}, false
}

// near looks for a kind in the sentence of word i, at most reach words away.
func (t *text) near(i, reach int, k kind) bool {
	for n := 0; n <= reach; n++ {
		for _, j := range [...]int{i + n, i - n} {
			if _, ok := t.find(j, k); ok && t.words[j].sentence == t.words[i].sentence {
				return true
			}
		}
	}
	return false
}

// gap is what stands before word i.
func (t *text) gap(i int) string {
	if i <= 0 {
		return t.s[:t.words[0].start]
	}
	return t.s[t.words[i-1].end:t.words[i].start]
}

// after is what stands behind word i.
func (t *text) after(i int) string {
	if i+1 >= len(t.words) {
		return t.s[t.words[i].end:]
	}
	return t.s[t.words[i].end:t.words[i+1].start]
}

// joined says that word i goes on where the last ended: nothing but spaces,
// hyphens, quotes, dots of initials or an apostrophe between them.
func (t *text) joined(i int) bool {
	if i <= 0 || i >= len(t.words) || t.words[i].sentence != t.words[i-1].sentence {
		return false
	}
	return strings.Trim(t.gap(i), joints) == ""
}

const joints = " \u00a0\u202f\u2009-‐‑–—.'’‘\"“”„«»&()/\t\u200b"

// split cuts a text into words and counts its sentences.
func split(s string) []word {
	words := make([]word, 0, len(s)/6+1)
	var sentence int32
	prev := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		digit := unicode.IsDigit(r)
		if !digit && !unicode.IsLetter(r) {
			i += size
			continue
		}
		end := wordEnd(s, i+size, r, digit)
		w := word{start: i, end: end, first: r, digit: digit, upper: unicode.IsUpper(r)}
		w.fold = fold(s[i:end])
		w.caps = w.upper && allCaps(s[i:end])
		if len(words) > 0 && newSentence(s[prev:i], &words[len(words)-1], &w) {
			sentence++
		}
		w.sentence = sentence
		words = append(words, w)
		prev, i = end, end
	}
	return words
}

func wordEnd(s string, i int, first rune, digit bool) int {
	if wide(first) {
		return i
	}
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r < utf8.RuneSelf {
			letter := r|0x20 >= 'a' && r|0x20 <= 'z'
			if digit && (r < '0' || r > '9') || !digit && !letter {
				break
			}
		} else if digit != unicode.IsDigit(r) || wide(r) || !digit && !unicode.IsLetter(r) && !unicode.IsMark(r) {
			break
		}
		i += size
	}
	return i
}

// wide tells scripts written without spaces, where each character is a word.
func wide(r rune) bool {
	return r >= 0x2E80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// newSentence says that a sentence ends in the gap between two words.
func newSentence(gap string, before, next *word) bool {
	stop := false
	for _, r := range gap {
		switch r {
		case '\n', '!', '?', '…', '。', '！', '？', '؟', '۔':
			return true
		case '.':
			stop = true
		case ' ', '\u00a0', '\t', '"', '”', '“', '’', '\'', '»', '«', ')', '(':
			if stop && r != '.' {
				return before.endsSentence(next)
			}
		}
	}
	return false
}

// endsSentence says that the full stop behind a word is no abbreviation's.
func (w *word) endsSentence(next *word) bool {
	if unicode.IsLower(next.first) {
		return false
	}
	if w.upper && w.end-w.start == 1 {
		return false // an initial; U.S.
	}
	return !abbreviations[w.fold]
}

var abbreviations = wordSet(`mr mrs ms dr prof gen lt col maj capt sgt cpl adm cmdr sen rep gov pres st no nos vol inc corp
ltd co jr sr vs approx jan feb mar apr jun jul aug sept sep oct nov dec dept fig art bzw ca nr str abs hr fr usw т г гг ул им тыс млн млрд руб стр`)

func wordSet(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}
