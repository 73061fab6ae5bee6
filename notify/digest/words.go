package digest

import (
	"fmt"
	"strings"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// PeriodLayout is how a digest's period is written: the local date and time of
// its spec.
const PeriodLayout = "2006-01-02T15:04"

// PeriodText is a period for people: "Sun 1 Nov 2026 07:00".
func PeriodText(period string) string {
	t, err := time.Parse(PeriodLayout, period)
	if err != nil {
		return Clean(period)
	}
	return t.Format("Mon 2 Jan 2006 15:04")
}

// Facts says what the story is about in one line: "44-page report by Amnesty
// International · us-made, reports". The watchlists are what an editor
// recognises the story by.
func Facts(c news.StoryCard) string {
	var parts []string
	switch {
	case c.Pages > 0 && c.Publisher != "":
		parts = append(parts, fmt.Sprintf("%d-page report by %s", c.Pages, c.Publisher))
	case c.Pages > 0:
		parts = append(parts, fmt.Sprintf("%d-page report", c.Pages))
	case c.Publisher != "":
		parts = append(parts, "by "+c.Publisher)
	}
	if len(c.Watchlists) > 0 {
		parts = append(parts, strings.Join(c.Watchlists, ", "))
	}
	return strings.Join(parts, " · ")
}

// Reach says who carries the story: "12 outlets, 14 articles, first by Reuters".
func Reach(c news.StoryCard) string {
	s := Count(len(c.Outlets), "outlet", "outlets")
	if c.Articles != len(c.Outlets) {
		s += ", " + Count(c.Articles, "article", "articles")
	}
	return s
}

// Some lists names, and says how many it leaves out beyond n: "A, B and 4 more".
func Some(names []string, n int) string {
	if len(names) <= n+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:n], ", "), len(names)-n)
}

// Runs calls put with the marked and unmarked parts of a sentence in order.
// Marks that do not fit the text are left out.
func Runs(e news.Evidence, put func(text string, marked bool)) {
	text, marks := CleanMarked(e.Text, e.Marks)
	at := 0
	for _, m := range marks {
		if m.Start > at {
			put(text[at:m.Start], false)
		}
		put(text[m.Start:m.End], true)
		at = m.End
	}
	if at < len(text) {
		put(text[at:], false)
	}
}
