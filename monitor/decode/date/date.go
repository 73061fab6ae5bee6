// Package date reads dates as web pages write them: ISO and RFC forms, numbers
// in either order, month names in twenty languages, Chinese, Japanese and
// Korean dates, "3 hours ago", and seconds since 1970.
//
// It is pure: the present is an argument. It imports nothing of ours.
package date

import (
	"strings"
	"time"
)

// Options say where a date stands, for what its words leave open.
type Options struct {
	// Now is the present. Dates more than a day later, or from before 1990, are
	// no dates. Zero: no limit, and relative dates and dates without a year are
	// not read.
	Now time.Time
	// MonthFirst reads 05/12/2026 as the 12th of May. Otherwise, and always in
	// 05.12.2026, the day comes first.
	MonthFirst bool
	// Zone is for times that name none; nil: UTC.
	Zone *time.Location
}

// Parse reads a text that is a date and little else: an attribute, or the text
// of an element that holds a date ("Posted: 3 October 2025, 14:05 CET").
func Parse(s string, o Options) (time.Time, bool) {
	const longest = 200 // bytes
	if s = strings.TrimSpace(s); s == "" || len(s) > longest {
		return time.Time{}, false
	}
	if t, ok := machine(s, o); ok {
		return o.within(t)
	}
	r := reader{tokens: split(s), o: o}
	for i := range r.tokens {
		if t, ok := r.at(i, true); ok {
			if t, ok := o.within(t); ok {
				return t, true
			}
		}
	}
	if t, ok := r.relative(); ok {
		return o.within(t)
	}
	return time.Time{}, false
}

// Find reads the first date in running text. Only dates with day, month and a
// year of four digits count.
func Find(s string, o Options) (time.Time, bool) {
	r := reader{tokens: split(s), o: o}
	for i := range r.tokens {
		if t, ok := r.at(i, false); ok {
			if t, ok := o.within(t); ok {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

func (o Options) within(t time.Time) (time.Time, bool) {
	if t.Year() < 1990 || !o.Now.IsZero() && t.After(o.Now.Add(24*time.Hour)) {
		return time.Time{}, false
	}
	return t, true
}

func (o Options) zone() *time.Location {
	if o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}

// machine reads the forms that machines write, which are strict and common.
func machine(s string, o Options) (time.Time, bool) {
	if t, ok := epoch(s); ok {
		return t, true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04Z07:00", time.RFC1123Z} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999999", "20060102T150405", "20060102", "20060102150405"} {
		if t, err := time.ParseInLocation(layout, s, o.zone()); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// epoch reads seconds or milliseconds since 1970, from the year 1990 to 2100.
func epoch(s string) (time.Time, bool) {
	if len(s) != 9 && len(s) != 10 && len(s) != 13 && len(s) != 12 {
		return time.Time{}, false
	}
	var n int64
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return time.Time{}, false
		}
		n = n*10 + int64(c-'0')
	}
	if len(s) >= 12 {
		if len(s) == 12 && strings.HasPrefix(s, "20") { // 202610031405
			return time.Time{}, false
		}
		return time.UnixMilli(n).UTC(), true
	}
	return time.Unix(n, 0).UTC(), true
}
