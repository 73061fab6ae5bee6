package finding

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/armswatch/armswatch/matchers/number"
	"github.com/armswatch/armswatch/monitor/news"
)

// count is a number read at a word, with what stands around it.
type count struct {
	value       string
	words       bool
	vague       string
	start, end  int  // bytes of the number
	first, last int  // words
	money       bool // can be nothing but a sum of money
}

// maxWords is how many words may stand between a number and what it counts:
// "140 American-made M1A1 Abrams tanks".
const maxWords = 4

// numberAt reads the number that begins at word i.
func (t *text) numberAt(i int) (count, bool) {
	w := &t.words[i]
	if !w.digit && !number.Begins(w.fold, t.lang) && !wide(w.first) {
		return count{}, false
	}
	n, end, ok := number.At(t.s, w.start, t.lang)
	if !ok || end <= w.start {
		return count{}, false
	}
	c := count{value: n.String(), words: n.Words, vague: n.Vague, start: w.start, end: end, first: i, last: i}
	for c.last+1 < len(t.words) && t.words[c.last+1].start < end {
		c.last++
	}
	return c, true
}

// readNumber reads the number at word i and what it counts: pages, money, a
// weapon system or a class of things.
func (t *text) readNumber(i int) {
	if i < t.until || t.mentioned(i) {
		return
	}
	c, ok := t.numberAt(i)
	if !ok {
		c, ok = t.shortMillion(i)
	}
	if !ok {
		return
	}
	if t.readPages(c) || t.isYear(c) {
		return
	}
	c = t.upTo(c)
	if t.readMoney(c) || c.money {
		return
	}
	t.readQuantity(c)
}

// upTo reads the second number of a range: "20 to 30", "20-30", "between 20 and
// 30", "2-3 million".
func (t *text) upTo(c count) count {
	k := c.last + 1
	if c.vague != "" || c.money || k >= len(t.words) || t.words[k].sentence != t.words[c.last].sentence {
		return c
	}
	start := c.start
	if m, is := t.endsWith(c.first-1, between); is && t.joins(k) {
		start, k = t.words[m.first].start, k+1
	} else if _, is := t.find(k, to); is {
		k++
	} else if strings.Trim(t.gap(k), " -‐‑–—") != "" || strings.Trim(t.gap(k), " ") == "" {
		return c
	}
	if k >= len(t.words) {
		return c
	}
	d, ok := t.numberAt(k)
	if !ok || d.words != c.words || d.vague != "" {
		return c
	}
	low := c.value
	if scale := strings.TrimLeft(t.s[d.start:d.end], "0123456789.,"); scale != "" && !c.words && strings.Trim(t.s[c.start:c.end], "0123456789.,") == "" {
		if n, _, is := number.At(t.s[c.start:c.end]+scale, 0, t.lang); is {
			low = n.String()
		}
	}
	if !less(low, d.value) {
		return c
	}
	return count{value: low + "-" + d.value, words: c.words, start: start, end: d.end, first: c.first, last: d.last}
}

// joins says that word i is an "and".
func (t *text) joins(i int) bool {
	switch t.words[i].fold {
	case "and", "und", "et", "y", "и":
		return true
	}
	return false
}

// less compares two numbers in plain digits.
func less(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x < y
}

// shortMillion reads 45m and 1.8b, which are sums of money behind a sign of money
// and may be anything else without one.
func (t *text) shortMillion(i int) (count, bool) {
	if !t.words[i].digit || !t.signBefore(t.words[i].start) {
		return count{}, false
	}
	last := i
	for last+2 < len(t.words) && t.words[last+1].digit && len(t.gap(last+1)) == 1 && strings.Trim(t.gap(last+1), ".,") == "" {
		last++
	}
	if last+1 >= len(t.words) || t.gap(last+1) != "" {
		return count{}, false
	}
	scale := map[string]string{"m": " million", "b": " billion", "tn": " trillion"}[t.words[last+1].fold]
	n, _, ok := number.At(t.s[t.words[i].start:t.words[last].end]+scale, 0, "en")
	if scale == "" || !ok {
		return count{}, false
	}
	return count{value: n.String(), start: t.words[i].start, end: t.words[last+1].end, first: i, last: last + 1, money: true}, true
}

// signs are the signs of money and their ISO 4217 codes.
var signs = []struct{ sign, code string }{{"$", "USD"}, {"€", "EUR"}, {"£", "GBP"}, {"₽", "RUB"}, {"¥", "JPY"}}

func (t *text) signBefore(i int) bool {
	for _, s := range signs {
		if strings.HasSuffix(t.s[:i], s.sign) {
			return true
		}
	}
	return false
}

func (t *text) readPages(c count) bool {
	m, ok := t.find(c.last+1, pages)
	if !ok || t.words[c.last].sentence != t.words[m.first].sentence {
		return false
	}
	if !t.near(m.last, 12, document) && m.value != "adjective" {
		return false
	}
	t.until = m.last + 1
	t.add(news.Finding{Kind: news.Pages, Value: c.value}, c.start, t.words[m.last].end)
	return true
}

func (t *text) readMoney(c count) bool {
	unit, start, end, last := "", c.start, c.end, c.last
	before, behind := t.s[max(0, t.words[c.first].start-8):t.words[c.first].start], t.s[c.end:min(len(t.s), c.end+8)]
	for _, s := range signs {
		if strings.HasSuffix(strings.TrimRight(before, " "), s.sign) {
			unit, start = s.code, min(start, t.words[c.first].start-len(before)+strings.LastIndex(before, s.sign))
		} else if strings.HasPrefix(strings.TrimLeft(behind, " \u00a0"), s.sign) {
			unit, end = s.code, c.end+strings.Index(behind, s.sign)+len(s.sign)
		}
	}
	if unit == "" {
		k := c.last + 1
		if c.vague != "" && k < len(t.words) && t.of(k) { // billions of dollars
			k++
		}
		m, ok := t.find(k, currency)
		if !ok {
			return false
		}
		unit, end, last = m.value, t.words[m.last].end, m.last
	}
	t.until = last + 1
	a, from := t.approxBefore(c, start)
	if c.vague != "" && a == "" {
		a = "at least"
	}
	t.add(news.Finding{Kind: news.Money, Value: c.value, Unit: unit, Approx: a}, from, end)
	return true
}

// of says that word i stands between a magnitude and what it counts.
func (t *text) of(i int) bool {
	switch t.words[i].fold {
	case "of", "de", "d", "von":
		return true
	}
	return false
}

// isYear tells a bare year, which counts nothing.
func (t *text) isYear(c count) bool {
	if c.words || len(c.value) != 4 || c.end-c.start != 4 || c.value < "1900" || c.value > "2099" {
		return false
	}
	_, counts := t.find(c.last+1, unit)
	_, system := t.mentionAt(c.last + 1)
	return !counts && !system || t.preposition(c.first-1)
}

func (t *text) preposition(i int) bool {
	if i < 0 {
		return false
	}
	switch t.words[i].fold {
	case "in", "since", "until", "by", "seit", "en", "desde", "depuis", "от", "в", "с", "during", "from", "of":
		return true
	}
	return false
}

// readQuantity looks for what a number counts, a few words behind it.
func (t *text) readQuantity(c count) {
	approx, from := t.approxBefore(c, c.start)
	f := news.Finding{Kind: news.Quantity, Value: c.value, Approx: approx}
	if c.vague != "" && f.Approx == "" {
		f.Approx = "at least"
	}
	last, ok := t.counted(c, &f)
	if !ok {
		return
	}
	t.until = c.last + 1
	t.add(f, from, t.words[last].end)
}

// counted finds the system or unit a number counts.
func (t *text) counted(c count, f *news.Finding) (last int, ok bool) {
	for k := c.last + 1; k < len(t.words) && k <= c.last+1+maxWords; k++ {
		if !t.goesOn(k) {
			break
		}
		if m, is := t.mentionAt(k); is {
			f.System, f.Unit = m.System, m.Name
			last, ok = m.last, true
			if u, noun := t.find(m.last+1, unit); noun && t.goesOn(m.last+1) {
				last = u.last
			}
			return last, ok
		}
		if u, is := t.find(k, unit); is {
			f.Unit = u.value
			// "81 assault rifles": a longer unit may begin here, a system may follow.
			if m, is := t.mentionAt(u.last + 1); is && t.goesOn(u.last+1) {
				f.System, f.Unit = m.System, m.Name
				return m.last, true
			}
			return u.last, true
		}
		if _, date := t.find(k, month); date || t.words[k].digit || stops(t.words[k].fold) {
			break
		}
	}
	return 0, false
}

// goesOn says that word i belongs to the same run of words as the one before.
func (t *text) goesOn(i int) bool {
	return i < len(t.words) && t.words[i].sentence == t.words[i-1].sentence && strings.Trim(t.gap(i), joints+",") == "" && !strings.Contains(t.gap(i), ",")
}

// stops are the words behind which a number counts nothing more.
func stops(w string) bool {
	switch w {
	case "and", "or", "in", "on", "at", "by", "for", "from", "to", "with", "that", "which", "who", "were", "was", "had", "have", "has", "is", "are",
		"killed", "years", "days", "hours", "minutes", "months", "weeks", "year", "day", "hour", "month", "week",
		"miles", "mile", "kilometres", "kilometers", "metres", "meters", "km", "m", "cm", "mm", "kg", "kt", "percent", "per", "pc",
		"und", "et", "y", "и", "die", "der":
		return true
	}
	return false
}

// approxBefore is how sure a number that begins at a byte is, and where the words
// for that begin.
func (t *text) approxBefore(c count, start int) (value string, from int) {
	k := c.first - 1
	for k >= 0 && t.words[k].start >= start { // the "between" of a range
		k--
	}
	if k >= 0 && t.words[k].sentence == t.words[c.first].sentence {
		if m, ok := t.endsWith(k, approx); ok {
			return m.value, t.words[m.first].start
		}
	}
	if r, size := utf8.DecodeLastRuneInString(t.s[:start]); r == '~' || r == '≈' {
		return "about", start - size
	}
	return "", start
}
