// Package sample makes messages about an invented report, for tests of the
// channels and for `armswatch send-test`. Nothing in it is true.
package sample

import (
	_ "embed"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify/digest"
)

// Route is the route the messages are for.
var Route = news.Route{Name: "morning", Channel: "terminal", Watchlists: []string{"us-made", "anti-tank", "reports"}, Schedule: "0 7 * * *", MinOutlets: 2}

// Story is a story of four articles: an original report, its reprint, own
// reporting with another number, and a follow-up.
func Story(now time.Time) news.Story {
	return news.Story{ID: 7, Members: []news.Member{
		member(1, "Tracewell Institute", news.Original, "Taking Stock: new report traces the captured arms of northern Iraq",
			"The institute publishes a 44-page report on captured weapons. Among them are Russian Kornet missiles and 681 Stinger units.", "681", now.Add(-9*time.Hour)),
		member(2, "The Harbour Courier", news.Reprint, "Captured depots armed fighters, report says",
			"The institute publishes a 44-page report on captured weapons. Among them are Russian Kornet missiles and 681 Stinger units.", "681", now.Add(-8*time.Hour)),
		member(3, "Quayside Daily", news.Own, "861 Stinger missiles in wrong hands, says institute",
			"Among the captured arms of the 44-page report are Kornet missiles and 861 Stinger units, the paper writes.", "861", now.Add(-7*time.Hour),
			news.Novelty{Kind: news.Quantity, Text: "says 861 FIM-92 Stinger where others say 681", Clash: true}),
		member(4, "Continental Review", news.Own, "Ministers halt licences after report",
			"Two ministries halted licences after the 44-page report named Kornet missiles and 681 Stinger units.", "681", now.Add(-2*time.Hour),
			news.Novelty{Kind: news.Country, Text: "names DEU"}),
	}}
}

// Held is a story that one outlet has.
func Held(now time.Time) news.Story {
	return news.Story{ID: 8, Members: []news.Member{member(5, "Vale Radio News", news.Original, "Stinger crates seen at the northern border",
		"Drivers saw crates marked as Kornet and 20 Stinger at the border, and spoke of a 44-page report.", "20", now.Add(-time.Hour))}}
}

func member(n int, source string, role news.Role, title, text, stingers string, at time.Time, added ...news.Novelty) news.Member {
	host := strings.ToLower(strings.ReplaceAll(source, " ", "-")) + ".example"
	m := news.Member{
		Article: news.Article{ID: news.ArticleID(n), Source: source, URL: "https://" + host + "/report", Title: title, Text: text, Lang: "en", Published: at, FirstSeen: at},
		Role:    role, Seq: int64(n), New: added,
	}
	m.Reading = reading(text, stingers)
	return m
}

func reading(text, stingers string) news.Reading {
	span := func(s string) (int, int) { i := strings.Index(text, s); return i, i + len(s) }
	var r news.Reading
	for _, s := range []struct{ surface, id, name, category, list string }{
		{"Kornet", "9m133-kornet", "9M133 Kornet", "anti-tank-guided-missile", "anti-tank"},
		{"Stinger", "fim-92-stinger", "FIM-92 Stinger", "manpads", "us-made"},
	} {
		from, to := span(s.surface)
		r.Mentions = append(r.Mentions, news.Mention{
			Field: news.InText, Start: from, End: to, Surface: s.surface, System: s.id,
			Name: s.name, Category: s.category, Class: "strong", Accepted: true,
		})
		r.Matches = append(r.Matches, news.Match{
			Watchlist: s.list, Rule: `weapon:"` + s.name + `"`, System: s.id, Field: news.InText,
			Start: from, End: to, Excerpt: text, Marks: []news.Span{{Start: from, End: to}},
		})
	}
	from, to := span("44-page report")
	r.Matches = append(r.Matches, news.Match{
		Watchlist: "reports", Rule: `"<#>-page report"`, Field: news.InText, Start: from, End: to,
		Excerpt: text, Marks: []news.Span{{Start: from, End: to}},
	})
	from, to = span(stingers + " Stinger")
	r.Findings = []news.Finding{
		{Kind: news.Pages, Field: news.InText, Value: "44"},
		{Kind: news.Publisher, Field: news.InText, Value: "Tracewell Institute"},
		{Kind: news.Quantity, Field: news.InText, Start: from, End: to, Value: stingers, Unit: "FIM-92 Stinger", System: "fim-92-stinger"},
	}
	return r
}

// Alert is the story told for the first time.
func Alert(now time.Time) news.Digest { return digest.Alert(Story(now), Route, time.UTC) }

// Update is what its third article brought.
func Update(now time.Time) news.Digest { return digest.Update(Story(now), 3, 0, Route, time.UTC) }

// Digest is a morning's digest: the story, and a source that is not covered.
func Digest(now time.Time) news.Digest {
	return digest.Build(digest.Pending{
		Route: Route, Period: now.Format(digest.PeriodLayout), Zone: time.UTC, Stories: []news.Story{Story(now)},
		Told: map[news.StoryID]bool{}, From: now.Add(-24 * time.Hour), To: now,
		Held:    []news.Story{Held(now)},
		Sources: []news.SourceState{{Source: "Northgate Times", State: "failing", Error: "no feed: it is a web page (HTML)", LastSuccess: now.Add(-50 * time.Hour)}},
	})
}

// Notice is a message to the operators.
func Notice() news.Digest {
	return digest.Notice("Northgate Times is failing", time.UTC, "no feed: it is a web page (HTML)", "It was last read two days ago.")
}

//go:embed hostile.txt
var hostileText string

// HostileTitles are titles that try to be more than text: mentions, links in
// disguise, markup, headers, escape sequences.
func HostileTitles() []string {
	var list []string
	for line := range strings.Lines(hostileText) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "# Titles") {
			continue
		}
		list = append(list, unescape(line))
	}
	return list
}

// unescape reads Go's escapes, so that the file itself is harmless.
func unescape(line string) string {
	var b strings.Builder
	for len(line) > 0 {
		r, multibyte, rest, err := strconv.UnquoteChar(line, 0)
		if err != nil {
			b.WriteByte(line[0])
			line = line[1:]
			continue
		}
		if multibyte || r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			b.WriteByte(byte(r))
		}
		line = rest
	}
	return b.String()
}

// Hostile is an alert of the story with a hostile text wherever the web could
// have put one.
func Hostile(now time.Time, title string) news.Digest {
	s := Story(now)
	for i := range s.Members {
		m := &s.Members[i]
		m.Article.Title, m.Article.Author, m.Article.Source = title, title, title
		m.Article.Text = title + " " + m.Article.Text
		if i == 1 {
			m.Article.URL = title
		}
		for k := range m.Reading.Matches {
			m.Reading.Matches[k].Excerpt, m.Reading.Matches[k].Marks = title, []news.Span{{Start: 0, End: min(4, len(title))}}
		}
		for k := range m.Reading.Findings {
			m.Reading.Findings[k].Unit = title
		}
		m.Reading.Findings[1].Value = title
		for k := range m.New {
			m.New[k].Text = title
		}
	}
	return digest.Update(s, 3, 0, Route, time.UTC)
}
