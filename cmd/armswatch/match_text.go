package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/armswatch/armswatch/monitor/news"
)

// printReading shows a text with the names in it marked, then the verdict on
// each, the watchlists it meets, and what it finds.
func printReading(w io.Writer, a news.Article, r news.Reading, o matchOptions) {
	if a.Title != "" {
		_, _ = fmt.Fprintln(w, bold(marked(a.Title, r.Mentions, news.InTitle)))
	}
	_, _ = fmt.Fprintln(w, strings.TrimRight(marked(a.Text, r.Mentions, news.InText), "\n"))
	printMentions(w, r.Mentions)
	printMatches(w, r.Matches, o)
	printFindings(w, r.Findings)
}

func bold(s string) string {
	if colored(os.Stdout) {
		return lipgloss.NewStyle().Bold(true).Render(s)
	}
	return s
}

func printMentions(w io.Writer, mentions []news.Mention) {
	_, _ = fmt.Fprintf(w, "\n%s\n", bold("Weapon systems"))
	if len(mentions) == 0 {
		_, _ = fmt.Fprintln(w, "  none is named")
	}
	for _, m := range mentions {
		verdict := "no "
		if m.Accepted {
			verdict = "yes"
		}
		_, _ = fmt.Fprintf(w, "  %s  %s, %s: %q at %s, %s\n", verdict, m.Name, m.Category, clean(m.Surface), place(m.Field, m.Start, m.End), m.Class)
		for _, reason := range m.Reasons {
			_, _ = fmt.Fprintf(w, "         %s\n", clean(reason))
		}
	}
}

func printMatches(w io.Writer, matches []news.Match, o matchOptions) {
	_, _ = fmt.Fprintf(w, "\n%s\n", bold("Watchlists"))
	switch {
	case o.noConfig != "":
		_, _ = fmt.Fprintf(w, "  none: there is no %s here, and --config names no other\n", clean(o.noConfig))
	case len(matches) == 0:
		_, _ = fmt.Fprintln(w, "  none is met")
	}
	last := ""
	for _, m := range matches {
		if m.Watchlist != last {
			last = m.Watchlist
			_, _ = fmt.Fprintf(w, "  %s\n", clean(m.Watchlist))
		}
		_, _ = fmt.Fprintf(w, "    %s at %s\n", clean(m.Rule), place(m.Field, m.Start, m.End))
		_, _ = fmt.Fprintf(w, "      %s\n", clean(markSpans(m.Excerpt, m.Marks)))
	}
}

func printFindings(w io.Writer, findings []news.Finding) {
	_, _ = fmt.Fprintf(w, "\n%s\n", bold("Findings"))
	if len(findings) == 0 {
		_, _ = fmt.Fprintln(w, "  none")
		return
	}
	t := newTable()
	for _, f := range findings {
		t.Row(string(f.Kind), findingValue(f), fmt.Sprintf("%q at %s", clean(f.Text), place(f.Field, f.Start, f.End)))
	}
	printTable(w, t, "  ")
}

// place is where something stands: bytes of the text, or of the title.
func place(f news.Field, start, end int) string {
	if f == news.InTitle {
		return fmt.Sprintf("title %d-%d", start, end)
	}
	return fmt.Sprintf("%d-%d", start, end)
}

// marked is a text with »names that count« and ‹names that do not› in marks, and
// control characters taken out line by line.
func marked(text string, mentions []news.Mention, field news.Field) string {
	var b strings.Builder
	at := 0
	for _, m := range mentions {
		if (m.Field == news.InTitle) != (field == news.InTitle) || m.Start < at || m.End > len(text) {
			continue
		}
		open, shut := "‹", "›"
		if m.Accepted {
			open, shut = "»", "«"
		}
		b.WriteString(text[at:m.Start] + open + text[m.Start:m.End] + shut)
		at = m.End
	}
	b.WriteString(text[at:])
	var lines []string
	for l := range strings.Lines(b.String()) {
		lines = append(lines, clean(l))
	}
	return strings.Join(lines, "\n")
}

// markSpans puts »marks« around parts of a text.
func markSpans(text string, spans []news.Span) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		if s.Start >= at && s.End <= len(text) {
			b.WriteString(text[at:s.Start] + "»" + text[s.Start:s.End] + "«")
			at = s.End
		}
	}
	return b.String() + text[at:]
}
