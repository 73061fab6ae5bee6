package date

import "time"

// reader reads the tokens of one text.
type reader struct {
	tokens []token
	o      Options
}

func (r *reader) tok(i int) token {
	if i < 0 || i >= len(r.tokens) {
		return token{}
	}
	return r.tokens[i]
}

// day is a date without a time, and where it ends.
type day struct {
	y, m, d int
	next    int
}

// at reads the date that begins at token i, and the time behind or before it.
// Loose also takes years of two digits and dates without a year.
func (r *reader) at(i int, loose bool) (time.Time, bool) {
	d, ok := r.day(i, loose)
	if !ok {
		return time.Time{}, false
	}
	c := r.clockNear(i, d.next)
	zone := c.zone
	if zone == nil {
		zone = r.o.zone()
	}
	return time.Date(d.y, time.Month(d.m), d.d, c.h, c.min, c.s, 0, zone), true
}

func (r *reader) day(i int, loose bool) (day, bool) {
	t := r.tok(i)
	switch {
	case t.kind == 'n' && t.digits == 4:
		return r.yearFirst(i)
	case t.kind == 'n' && t.digits <= 2 && !r.insideNumber(i):
		if d, ok := r.numeric(i, loose); ok {
			return d, true
		}
		return r.dayMonth(i, loose)
	case t.kind == 'w' && month(t.text) > 0:
		return r.monthDay(i, loose)
	}
	return day{}, false
}

// insideNumber says whether a number is the tail of something else: 1.05,
// v2-05, #05.
func (r *reader) insideNumber(i int) bool {
	t, before := r.tok(i), r.tok(i-1)
	if !t.glued {
		return false
	}
	return before.kind == 'w' && !wideWord(before) || before.is("#$€£") ||
		before.is(".,:/-") && r.tok(i-2).kind == 'n' && before.glued
}

func wideWord(t token) bool {
	for _, c := range t.text {
		return wide(c)
	}
	return false
}

// yearFirst reads 2026-05-12, 2026/5/12, 2026.05.12, 2026年5月12日 and
// "2026. május 12".
func (r *reader) yearFirst(i int) (day, bool) {
	y := r.tok(i).value
	sep := r.tok(i + 1)
	if sep.word("年", "년") {
		m, d := r.tok(i+2), r.tok(i+4)
		if r.tok(i+3).word("月", "월") && r.tok(i+5).word("日", "일") && m.kind == 'n' && d.kind == 'n' {
			return valid(y, m.value, d.value, i+6)
		}
		return day{}, false
	}
	j := i + 1
	if sep.is("-/.") {
		j++
	}
	m, d := r.tok(j), r.tok(j+2)
	if m.kind == 'n' && m.digits <= 2 && sep.is("-/.") && r.tok(j+1).is(sep.text) && d.kind == 'n' && d.digits <= 2 {
		return valid(y, m.value, d.value, j+3)
	}
	if mon := month(m.text); m.kind == 'w' && mon > 0 { // 2026. május 12., 2026-May-12
		j++
		if r.tok(j).is("-.") {
			j++
		}
		if d := r.tok(j); d.kind == 'n' && d.digits <= 2 {
			return valid(y, int(mon), d.value, j+1)
		}
	}
	return day{}, false
}

// numeric reads 12/05/2026, 12.5.2026, 12-05-2026 and, when loose, 12/05/26.
func (r *reader) numeric(i int, loose bool) (day, bool) {
	sep := r.tok(i + 1)
	a, b, y := r.tok(i), r.tok(i+2), r.tok(i+4)
	if !sep.is("/.-") || !r.tok(i+3).is(sep.text) || b.kind != 'n' || y.kind != 'n' || b.digits > 2 {
		return day{}, false
	}
	year := y.value
	switch {
	case y.digits == 2 && loose && sep.text != "-":
		year += century(year)
	case y.digits != 4:
		return day{}, false
	}
	if r.tok(i+5).is(sep.text) && r.tok(i+6).kind == 'n' && r.tok(i+6).glued {
		return day{}, false // 1.2.2026.4: a version
	}
	d, m := a.value, b.value
	if m > 12 || r.o.MonthFirst && sep.text != "." && d <= 12 {
		d, m = m, d
	}
	return valid(year, m, d, i+5)
}

func century(y int) int {
	if y < 70 {
		return 2000
	}
	return 1900
}

// dayMonth reads "12 May 2026", "12. Mai 2026", "12 de mayo de 2026", "the
// 12th of May, 2026", "12-May-2026".
func (r *reader) dayMonth(i int, loose bool) (day, bool) {
	j := i + 1
	for r.tok(j).word("st", "nd", "rd", "th", "er", "º", "de", "of", "ª", "o", "ο", "der") || r.tok(j).is(".-º°/") {
		j++
	}
	if r.tok(j).kind != 'w' || j > i+4 {
		return day{}, false
	}
	m := month(r.tok(j).text)
	if m == 0 {
		return day{}, false
	}
	return r.year(int(m), r.tok(i).value, j+1, loose)
}

// monthDay reads "May 12, 2026", "May 12th 2026", "Mayo 12 de 2026".
func (r *reader) monthDay(i int, loose bool) (day, bool) {
	j := i + 1
	if r.tok(j).is(".-/") {
		j++
	}
	d := r.tok(j)
	if d.kind != 'n' || d.digits > 2 {
		return day{}, false
	}
	j++
	if r.tok(j).word("st", "nd", "rd", "th") {
		j++
	}
	return r.year(int(month(r.tok(i).text)), d.value, j, loose)
}

// year reads the year behind day and month, or supplies it.
func (r *reader) year(m, d, j int, loose bool) (day, bool) {
	end := j
	for n := 0; n < 3 && (r.tok(j).is(",.-/'’") || r.tok(j).word("de", "del", "of", "г", "р")); n++ {
		j++
	}
	if y := r.tok(j); y.kind == 'n' && y.digits == 4 && !r.tok(j+1).is(":") {
		return valid(y.value, m, d, j+1)
	} else if loose && y.kind == 'n' && y.digits == 2 && j > end && r.tok(j-1).is("-'’/") {
		return valid(y.value+century(y.value), m, d, j+1)
	}
	if _, next, ok := r.clock(end); ok { // "Oct 3 14:05:00 EDT 2025"
		if y := r.tok(next); y.kind == 'n' && y.digits == 4 {
			return valid(y.value, m, d, end)
		}
	}
	if !loose || r.o.Now.IsZero() {
		return day{}, false
	}
	y := r.o.Now.Year()
	if time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).After(r.o.Now.Add(36 * time.Hour)) {
		y--
	}
	return valid(y, m, d, end)
}

func valid(y, m, d, next int) (day, bool) {
	if y < 1900 || y > 2200 || m < 1 || m > 12 || d < 1 {
		return day{}, false
	}
	if time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Day() != d {
		return day{}, false
	}
	return day{y, m, d, next}, true
}
