package config

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// routeOptions checks what narrows a route or makes it wait.
func (c *checker) routeOptions(path string, r FileRoute, now bool) news.Route {
	out := news.Route{
		Sources: r.Sources, Languages: r.Languages,
		MinOutlets: c.number(join(path, "min_outlets"), r.MinOutlets),
		MaxPerHour: c.number(join(path, "max_per_hour"), r.MaxPerHour),
		Quiet:      c.quiet(join(path, "quiet"), r.Quiet),
		HoldUntil:  c.moment(join(path, "hold_until"), r.HoldUntil),
		Only:       c.only(join(path, "only"), r.Only),
	}
	if now && out.MaxPerHour == 0 {
		out.MaxPerHour = mostPerHour
	}
	c.knownSources(join(path, "sources"), r.Sources)
	c.languages(join(path, "languages"), r.Languages)
	for _, key := range []string{"quiet", "max_per_hour"} {
		if p := join(path, key); !now && c.given(p) {
			c.warn(c.keys[p], "%s has no meaning for digests", key)
		}
	}
	return out
}

// mostPerHour is how many alerts an hour a route has that says nothing of it.
const mostPerHour = 60

func (c *checker) number(path string, s Number) int {
	if !c.ok(path) {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(s)))
	if err != nil || n < 1 || n > 1_000_000 {
		c.fail(path, "%s is no whole number above 0", c.shown(path))
	}
	return n
}

func (c *checker) knownSources(base string, names []string) {
	var known []string
	for _, s := range c.file.Sources {
		known = append(known, s.Name)
	}
	for i, name := range names {
		if at := join(base, i); c.ok(at) && !slices.Contains(known, name) {
			c.fail(at, "no source is called %s%s", c.shown(at), c.unlessExpanded(at, didYouMean(name, known)))
		}
	}
}

var languageCode = regexp.MustCompile(`^[a-z]{2}$`)

func (c *checker) languages(base string, codes []string) {
	for i, code := range codes {
		if at := join(base, i); c.ok(at) && !languageCode.MatchString(code) {
			c.fail(at, "%s is no language: write two small letters, for example en", c.shown(at))
		}
	}
}

func (c *checker) only(base string, parts []string) []news.Telling {
	all := []string{string(news.TellOriginal), string(news.TellUpdate)}
	var out []news.Telling
	for i, part := range parts {
		if at := join(base, i); c.ok(at) && !slices.Contains(all, part) {
			c.fail(at, "%s is no part of a story: there are original and update", c.shown(at))
			continue
		}
		out = append(out, news.Telling(part))
	}
	return out
}

var quietTimes = regexp.MustCompile(`^([01]?\d|2[0-3]):([0-5]\d) *(?:-|–|to) *([01]?\d|2[0-3]):([0-5]\d)$`)

func (c *checker) quiet(path, s string) news.Quiet {
	if !c.ok(path) {
		return news.Quiet{}
	}
	m := quietTimes.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		c.fail(path, `%s is no time of day: write "22:00-06:30"`, c.shown(path))
		return news.Quiet{}
	}
	minutes := func(h, m string) int {
		hours, _ := strconv.Atoi(h) // the pattern holds digits only
		rest, _ := strconv.Atoi(m)
		return hours*60 + rest
	}
	q := news.Quiet{From: minutes(m[1], m[2]), To: minutes(m[3], m[4])}
	if q.From == q.To {
		c.fail(path, "this quiet time begins when it ends")
	}
	return q
}

// moment reads a date and time in the newsroom's zone, or one with its offset.
func (c *checker) moment(path, s string) time.Time {
	if !c.ok(path) {
		return time.Time{}
	}
	s = strings.TrimSpace(s)
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, c.at); err == nil {
			return t
		}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		c.fail(path, `%s is no date and time: write "2026-12-01 00:01"`, c.shown(path))
	}
	return t
}
