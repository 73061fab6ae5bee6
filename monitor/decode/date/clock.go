package date

import "time"

// clock is a time of day; its zone is nil when none is said.
type clock struct {
	h, min, s int
	zone      *time.Location
}

// clockNear reads the time behind a date that spans the tokens [from, to), or
// else the one before it. It returns the index after both.
func (r *reader) clockNear(from, to int) clock {
	for j := to; j < to+6 && j < len(r.tokens); j++ {
		if c, _, ok := r.clock(j); ok {
			return c
		}
		if !r.between(j) {
			break
		}
	}
	for j := max(0, from-10); j < from; j++ { // "8:15 am EST, 5 January 2017"
		if c, next, ok := r.clock(j); ok && r.joins(next, from) {
			return c
		}
	}
	return clock{}
}

// between says whether a token may stand between a date and its time.
func (r *reader) between(j int) bool {
	t := r.tok(j)
	return t.is(",.|-–—•·@(/") || weekday(t.text) || t.word("t", "at", "um", "à", "às", "a", "las", "alle", "ore", "kl",
		"klo", "om", "u", "o", "в", "о", "saat", "г", "р", "时", "de", "updated", "r")
}

func (r *reader) joins(from, to int) bool {
	if to-from > 4 {
		return false
	}
	for j := from; j < to; j++ {
		if !r.between(j) && !r.tok(j).word("on") {
			return false
		}
	}
	return from <= to
}

// clock reads 14:05, 14:05:30.250, 2.05 pm, 9am, 14h05, 14時05分.
func (r *reader) clock(j int) (clock, int, bool) {
	h := r.tok(j)
	if h.kind != 'n' || h.digits > 2 || h.value > 24 {
		return clock{}, 0, false
	}
	c := clock{h: h.value}
	sep, m := r.tok(j+1), r.tok(j+2)
	minutes := m.kind == 'n' && m.digits == 2 && m.value < 60
	switch {
	case minutes && (sep.is(":") || sep.word("h", "時", "시", "时", "点")):
		c.min = m.value
		j += 3
	case minutes && sep.is(".") && r.halfAt(j+3) != "":
		c.min = m.value
		j += 3
	case r.halfAt(j+1) != "" && h.value <= 12:
		j++
	default:
		return clock{}, 0, false
	}
	if s := r.tok(j + 1); r.tok(j).is(":") && s.kind == 'n' && s.digits == 2 && s.value <= 60 {
		c.s = min(s.value, 59)
		if j += 2; r.tok(j).is(".,") && r.tok(j+1).kind == 'n' && r.tok(j+1).glued {
			j += 2
		}
	}
	for r.tok(j).word("分", "秒", "분", "uhr", "h", "hrs", "val") {
		j++
	}
	j = c.half(r, j)
	if c.h == 24 {
		c.h = 23
		c.min = 59
	}
	c.zone, j = r.zone(j)
	return c, j, true
}

// halfAt is "am" or "pm" when one stands at j; "" otherwise.
func (r *reader) halfAt(j int) string {
	t := r.tok(j)
	switch {
	case t.word("am", "pm"):
		return t.text
	case t.word("a", "p") && r.tok(j+1).is(".") && r.tok(j+2).word("m"):
		return t.text + "m"
	}
	return ""
}

func (c *clock) half(r *reader, j int) int {
	half := r.halfAt(j)
	if half == "" {
		return j
	}
	if half == "pm" && c.h < 12 {
		c.h += 12
	} else if half == "am" && c.h == 12 {
		c.h = 0
	}
	if !r.tok(j).word("am", "pm") {
		j += 2
	}
	j++
	if r.tok(j).is(".") {
		j++
	}
	return j
}

// zones are the abbreviations of zones, in seconds east of Greenwich. Those
// with several meanings stand for the one news sites write.
var zones = map[string]int{
	"z": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 3600, "ist": 19800, "cet": 3600, "cest": 7200, "mez": 3600, "mesz": 7200,
	"eet": 7200, "eest": 10800, "msk": 10800, "trt": 10800, "sast": 7200, "wat": 3600, "eat": 10800, "pkt": 18000,
	"est": -18000, "edt": -14400, "et": -18000, "cst": -21600, "cdt": -18000, "ct": -21600, "mst": -25200, "mdt": -21600,
	"pst": -28800, "pdt": -25200, "pt": -28800, "hkt": 28800, "sgt": 28800, "jst": 32400, "kst": 32400,
	"aest": 36000, "aedt": 39600, "awst": 28800, "acst": 34200, "nzst": 43200, "nzdt": 46800,
}

func (r *reader) zone(j int) (*time.Location, int) {
	if r.tok(j).is("(") {
		j++
	}
	var sign int
	if s, ok := zones[r.tok(j).text]; ok && r.tok(j).kind == 'w' {
		if next := r.tok(j + 1); !next.is("+-") || !next.glued { // "GMT+02:00" goes on
			return fixed(s), j + 1
		}
		j++
	}
	switch t := r.tok(j); {
	case t.is("+"):
		sign = 1
	case t.is("-−"):
		sign = -1
	default:
		return nil, j
	}
	h, m := r.tok(j+1), r.tok(j+3)
	switch {
	case h.kind != 'n' || !h.glued:
		return nil, j
	case h.digits == 4 && h.value <= 1400:
		return fixed(sign * (h.value/100*3600 + h.value%100*60)), j + 2
	case h.digits <= 2 && h.value <= 14 && r.tok(j+2).is(":") && m.kind == 'n' && m.digits == 2:
		return fixed(sign * (h.value*3600 + m.value*60)), j + 4
	case h.digits <= 2 && h.value <= 14:
		return fixed(sign * h.value * 3600), j + 2
	}
	return nil, j
}

func fixed(seconds int) *time.Location {
	if seconds == 0 {
		return time.UTC
	}
	return time.FixedZone("", seconds)
}
