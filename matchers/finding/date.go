package finding

import (
	"strconv"
	"strings"

	"github.com/armswatch/armswatch/monitor/news"
)

// readDate reads a span of years ("between 2011 and 2013", "2003-2007", "from
// 2003 to 2007") or a single year or day ("in 2014", "8 December 2015").
func (t *text) readDate(i int) {
	y, ok := t.year(i)
	if !ok {
		return
	}
	start, value := t.words[i].start, y
	end := t.words[i].end
	if last, y2, ok := t.secondYear(i); ok {
		if m, b := t.endsWith(i-1, between); b {
			start = t.words[m.first].start
		} else if m, b := t.endsWith(i-1, from); b {
			start = t.words[m.first].start
		}
		t.add(news.Finding{Kind: news.Period, Value: y + "-" + y2}, start, t.words[last].end)
		return
	}
	if t.secondOfSpan(i) {
		return
	}
	if m, day, first, ok := t.dayMonth(i); ok {
		value = y + "-" + m
		if day > 0 {
			value += "-" + pad(day)
		}
		start = t.words[first].start
	} else if !t.preposition(i - 1) {
		return
	}
	t.add(news.Finding{Kind: news.Period, Value: value}, start, end)
}

func pad(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// year reads a year in figures.
func (t *text) year(i int) (string, bool) {
	if i < 0 || i >= len(t.words) {
		return "", false
	}
	w := &t.words[i]
	if !w.digit || w.end-w.start != 4 || w.fold < "1900" || w.fold > "2099" || t.mentioned(i) {
		return "", false
	}
	if i > 0 && t.gap(i) == "" || i+1 < len(t.words) && t.after(i) == "" {
		return "", false // glued to letters
	}
	if strings.HasSuffix(t.s[:w.start], "$") || strings.HasSuffix(t.s[:w.start], "€") {
		return "", false
	}
	return t.s[w.start:w.end], true
}

// secondYear reads the end of a span that begins with the year at word i.
func (t *text) secondYear(i int) (last int, y string, ok bool) {
	if i+1 >= len(t.words) || t.words[i+1].sentence != t.words[i].sentence {
		return 0, "", false
	}
	if gap := strings.TrimSpace(t.after(i)); gap == "-" || gap == "–" || gap == "—" || gap == "/" {
		if y, ok := t.year(i + 1); ok {
			return i + 1, y, y > t.s[t.words[i].start:t.words[i].end]
		}
		if w := &t.words[i+1]; w.digit && w.end-w.start == 2 && gap != "/" { // 2003-07
			y = t.words[i].fold[:2] + w.fold
			return i + 1, y, y > t.words[i].fold
		}
		return 0, "", false
	}
	joins := t.joins(i + 1)
	if _, is := t.find(i+1, to); !is && !joins {
		return 0, "", false
	}
	if joins {
		if _, is := t.endsWith(i-1, between); !is {
			return 0, "", false
		}
	}
	y, ok = t.year(i + 2)
	return i + 2, y, ok && y > t.words[i].fold
}

// secondOfSpan says that the year at word i ends a span that was read.
func (t *text) secondOfSpan(i int) bool {
	for _, back := range []int{1, 2} {
		if _, ok := t.year(i - back); ok {
			if last, _, ok := t.secondYear(i - back); ok && last == i {
				return true
			}
		}
	}
	return false
}

// dayMonth reads the month, and perhaps the day, before the year at word i.
func (t *text) dayMonth(i int) (value string, day, first int, ok bool) {
	k := i - 1
	if k >= 0 && t.words[k].digit { // December 8, 2015
		if m, is := t.endsWith(k-1, month); is && t.words[k].sentence == t.words[i].sentence {
			d, _ := strconv.Atoi(t.words[k].fold)
			return m.value, validDay(d), m.first, true
		}
		return "", 0, 0, false
	}
	if k > 0 && (t.words[k].fold == "de" || t.words[k].fold == "of") {
		k--
	}
	m, is := t.endsWith(k, month)
	if !is {
		return "", 0, 0, false
	}
	first = m.first
	d := m.first - 1
	if d > 0 && t.words[d].fold == "de" {
		d--
	}
	if d >= 0 && t.words[d].digit && (t.words[d].sentence == t.words[i].sentence || t.after(d) == ". ") { // 8. Dezember
		n, _ := strconv.Atoi(t.words[d].fold)
		if day = validDay(n); day > 0 {
			first = d
		}
	}
	return m.value, day, first, true
}

func validDay(d int) int {
	if d >= 1 && d <= 31 {
		return d
	}
	return 0
}
