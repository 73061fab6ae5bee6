package date

import (
	"testing"
	"time"
)

var now = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

func TestParse(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"2025-10-03", "2025-10-03T00:00:00Z"},
		{"2025-10-03T14:05:06Z", "2025-10-03T14:05:06Z"},
		{"2025-10-03T14:05:06+0200", "2025-10-03T14:05:06+02:00"},
		{"2025-10-03T14:05", "2025-10-03T14:05:00Z"},
		{"2025-10-03 14:05:06 -05:00", "2025-10-03T14:05:06-05:00"},
		{"2025-10-03T14:05:06.123Z", "2025-10-03T14:05:06Z"},
		{"20251003", "2025-10-03T00:00:00Z"},
		{"1676551869", "2023-02-16T12:51:09Z"},
		{"1676551869000", "2023-02-16T12:51:09Z"},
		{"Fri, 03 Oct 2025 14:05:00 GMT", "2025-10-03T14:05:00Z"},
		{"Sun Nov 23 16:00:00 EDT 2014", "2014-11-23T16:00:00-04:00"},
		{"Friday, October 3, 2025 - 12:26", "2025-10-03T12:26:00Z"},
		{"October 3rd, 2025 at 4:05 p.m. EST", "2025-10-03T16:05:00-05:00"},
		{"Oct. 3, 2025", "2025-10-03T00:00:00Z"},
		{"Posted on 3 October 2025", "2025-10-03T00:00:00Z"},
		{"3-Oct-2025", "2025-10-03T00:00:00Z"},
		{"3. Oktober 2025, 14:05 Uhr", "2025-10-03T14:05:00Z"},
		{"Freitag, 3. März 2023", "2023-03-03T00:00:00Z"},
		{"3 octobre 2025 à 14h05", "2025-10-03T14:05:00Z"},
		{"1er février 2024", "2024-02-01T00:00:00Z"},
		{"3 de octubre de 2025", "2025-10-03T00:00:00Z"},
		{"3 октября 2025 г., 14:05", "2025-10-03T14:05:00Z"},
		{"3 Ekim 2025 saat 14:05", "2025-10-03T14:05:00Z"},
		{"2025. október 3.", "2025-10-03T00:00:00Z"},
		{"2025年10月3日 14時05分", "2025-10-03T14:05:00Z"},
		{"2025년 10월 3일", "2025-10-03T00:00:00Z"},
		{"03.10.2025", "2025-10-03T00:00:00Z"},
		{"13/10/2025", "2025-10-13T00:00:00Z"},
		{"10/13/2025", "2025-10-13T00:00:00Z"},
		{"03/10/25 9:07 am", "2025-10-03T09:07:00Z"},
		{"8:15 am EST, Jan 5 2017", "2017-01-05T08:15:00-05:00"},
		{"12:05 AM, 5 January 2017", "2017-01-05T00:05:00Z"},
		{"3 October", "2025-10-03T00:00:00Z"},
		{"18 May", "2026-05-18T00:00:00Z"},
		{"3 hours ago", "2026-05-20T09:00:00Z"},
		{"vor 2 Tagen", "2026-05-18T12:00:00Z"},
		{"il y a 5 minutes", "2026-05-20T11:55:00Z"},
		{"an hour ago", "2026-05-20T11:00:00Z"},
		{"Yesterday", "2026-05-19T00:00:00Z"},
		{"Fri, 3 Oct 2025 14:05:00 GMT+03:00", "2025-10-03T14:05:00+03:00"},
		{"", ""},
		{"soon", ""},
		{"2925-10-03", ""},
		{"31 February 2025", ""},
		{"1.2.3", ""},
		{"99/99/9999", ""},
		{"Copyright 2025", ""},
		{"may", ""},
		{"1999999999", ""},
		{"M1 Abrams", ""},
	} {
		got := ""
		if at, ok := Parse(c.in, Options{Now: now}); ok {
			got = at.Format("2006-01-02T15:04:05Z07:00")
		}
		if got != c.want {
			t.Errorf("Parse(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestParseMonthFirst(t *testing.T) {
	at, _ := Parse("05/12/2025", Options{Now: now, MonthFirst: true})
	if at.Month() != time.May || at.Day() != 12 {
		t.Errorf("month first: %v", at)
	}
	if at, _ := Parse("05.12.2025", Options{Now: now, MonthFirst: true}); at.Month() != time.December {
		t.Errorf("with full stops the day comes first everywhere: %v", at)
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"LONDON, 3 October 2025 - A report by 4 experts", "2025-10-03"},
		{"It fell 3.10 to 20 points, said May 5 people", ""},
		{"On May 5 they met", ""},
		{"(10/12/2024) Statement", "2024-12-10"},
		{"version 1.2.2024.7", ""},
		{"Release 2024-12-10T10:00:00Z", "2024-12-10"},
	} {
		got := ""
		if at, ok := Find(c.in, Options{Now: now}); ok {
			got = at.Format(time.DateOnly)
		}
		if got != c.want {
			t.Errorf("Find(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestOfURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://x.org/2025/10/03/a-title":           "2025-10-03",
		"https://x.org/news/2025-10-03-a-title":      "2025-10-03",
		"https://x.org/us-news/2016/nov/29/standing": "2016-11-29",
		"https://x.org/politics/articles/20251003/x": "2025-10-03",
		"https://x.org/article/2025/1003/x.html":     "2025-10-03",
		"https://x.org/2025/10/a-title":              "",
		"https://x.org/id/20259999/x":                "",
		"https://x.org/v/2025/10/3d-printing":        "",
		"https://x.org/?d=2025/10/03":                "",
		"https://x.org/2931/10/03/":                  "",
	} {
		got := ""
		if at, ok := OfURL(in, Options{Now: now}); ok {
			got = at.Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("OfURL(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMonthFirst(t *testing.T) {
	for _, c := range []struct {
		lang, url string
		want      bool
	}{
		{"en-US", "https://a.co.uk/", true},
		{"en-GB", "https://a.com/", false},
		{"en", "https://a.com/", true},
		{"", "https://a.gov/", true},
		{"", "https://a.org/", false},
		{"de", "https://a.com/", false},
	} {
		if got := MonthFirst(c.lang, c.url); got != c.want {
			t.Errorf("MonthFirst(%q, %q) = %v", c.lang, c.url, got)
		}
	}
}

// FuzzParse: no text makes it panic, and what it gives lies within its limits.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"3 October 2025", "2025年10月3日", "12:05 AM, 5 January 2017", "10/13/25", "GMT+", "\xff 3", "vor 2 Tagen"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, read := range []func(string, Options) (time.Time, bool){Parse, Find} {
			if at, ok := read(s, Options{Now: now}); ok && (at.Year() < 1990 || at.After(now.Add(24*time.Hour))) {
				t.Errorf("%q read as %v", s, at)
			}
		}
	})
}
