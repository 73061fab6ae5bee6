package date

import (
	"net/url"
	"path"
	"strings"
	"time"
)

// MonthFirst says whether a page writes the month before the day in 05/12/2026,
// from the language it declares and its host.
func MonthFirst(lang, pageURL string) bool {
	lang = strings.ToLower(strings.ReplaceAll(lang, "_", "-"))
	switch {
	case lang == "en-us" || lang == "en-ph":
		return true
	case lang != "" && lang != "en":
		return false
	}
	switch topLevel(pageURL) {
	case "com", "gov", "us", "mil", "edu", "ph":
		return true
	}
	return false
}

// Zone is where a site writes its times, by the country of its host when that
// country has one zone the whole year; nil for all others.
func Zone(pageURL string) *time.Location {
	hours := map[string]float64{
		"jp": 9, "kr": 9, "cn": 8, "tw": 8, "hk": 8, "sg": 8, "my": 8, "ph": 8, "th": 7, "vn": 7, "in": 5.5, "pk": 5, "lk": 5.5,
		"np": 5.75, "bd": 6, "ae": 4, "om": 4, "ge": 4, "am": 4, "az": 4, "sa": 3, "iq": 3, "tr": 3, "ke": 3, "et": 3, "ug": 3, "tz": 3, "ye": 3,
		"za": 2, "ng": 1, "ar": -3, "pe": -5,
	}
	if h, ok := hours[topLevel(pageURL)]; ok {
		return time.FixedZone("", int(h*3600))
	}
	return nil
}

func topLevel(pageURL string) string {
	u, err := url.Parse(pageURL)
	if err != nil {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	return host[strings.LastIndexByte(host, '.')+1:]
}

// OfURL reads the date in the path of a URL: /2026/05/12/, /2026-05-12-,
// /20260512/, /2026/may/12/. A day is required.
func OfURL(address string, o Options) (time.Time, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return time.Time{}, false
	}
	r := reader{tokens: split(path.Clean(u.Path)), o: o}
	for i, t := range r.tokens {
		if t.kind != 'n' || r.tok(i-1).kind == 'w' && r.tok(i-1).text != "y" {
			continue
		}
		if y := t.value / 10000; t.digits == 8 && y >= 1990 {
			if d, ok := valid(y, t.value/100%100, t.value%100, 0); ok {
				if t, ok := o.within(time.Date(d.y, time.Month(d.m), d.d, 0, 0, 0, 0, o.zone())); ok {
					return t, true
				}
			}
		}
		if d, ok := r.pathDay(i); ok {
			if t, ok := o.within(time.Date(d.y, time.Month(d.m), d.d, 0, 0, 0, 0, o.zone())); ok {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

// pathDay reads 2026/05/12, 2026-05-12, 2026/may/12, 2026/0512.
func (r *reader) pathDay(i int) (day, bool) {
	t := r.tok(i)
	sep := r.tok(i + 1)
	if t.digits != 4 || !sep.is("/-_") {
		return day{}, false
	}
	m, d := r.tok(i+2), r.tok(i+4)
	switch {
	case m.kind == 'n' && m.digits == 4 && sep.text == "/" && r.tok(i+3).is("/"):
		return valid(t.value, m.value/100, m.value%100, 0)
	case !r.tok(i+3).is("/-_") || d.kind != 'n' || d.digits > 2 || r.tok(i+5).kind == 'w' && r.tok(i+5).glued:
		return day{}, false
	case m.kind == 'n' && m.digits <= 2:
		return valid(t.value, m.value, d.value, 0)
	case m.kind == 'w' && month(m.text) > 0:
		return valid(t.value, int(month(m.text)), d.value, 0)
	}
	return day{}, false
}
