package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/notify/digest"
)

func explainCommand(f *flags) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain URL",
		Short: "Say what happened to an article and why, from source to delivery",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(f.config)
			if err != nil {
				return err
			}
			st, err := openStore(cmd.Context(), cfg, store.Options{ReadOnly: true})
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			trails, err := st.Explain(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if len(trails) == 0 {
				return fmt.Errorf("explain %s: no source has listed this article; `armswatch sources` shows what is polled", clean(args[0]))
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), trails)
			}
			matcher, err := newMatcher(cfg)
			if err != nil {
				return err
			}
			for _, t := range trails {
				// An article that met no watchlist was stored without its reading:
				// read it again, to show what was found and turned down.
				if !t.Matched {
					t.Reading = matcher.Match(t.Article)
				}
				explain(cmd.OutOrStdout(), t, cfg.Zone())
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	return cmd
}

// explain prints one article's way through the line, a paragraph a step.
func explain(w io.Writer, t store.Trail, zone *time.Location) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	at := func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04:05 MST") }
	a := t.Article
	p("%s\n  %s", clean(a.Title), clean(a.URL))
	p("source     %s, first seen %s", clean(a.Source), at(a.FirstSeen))
	if !a.Published.IsZero() {
		p("           published %s", at(a.Published))
	}
	for _, k := range t.Keys {
		p("known by   %s", clean(k))
	}
	p("text       %s", textState(t))
	for _, r := range t.Revisions {
		if r.Title == a.Title {
			p("edited     until %s its text was another, of %d bytes", at(r.At), len(r.Text))
		} else {
			p("edited     until %s it was titled %q", at(r.At), clean(r.Title))
		}
	}
	if a.Quiet {
		p("quiet      already listed at the source's first poll, or long past: it may join stories but alerts nobody")
	}
	explainDiff(p, a.Diff)
	explainReading(p, t.Reading)
	explainStory(p, t, zone)
	for _, d := range t.Deliveries {
		p("delivery   %s", deliveryLine(d, at))
	}
	if t.Matched && len(t.Deliveries) == 0 {
		p("delivery   none yet: %s", whyNone(t))
	}
	p("")
}

// explainDiff shows what changed on a watched page.
func explainDiff(p func(string, ...any), diff string) {
	const most = 40
	label, n := "changed", 0
	for line := range strings.Lines(diff) {
		if n++; n > most {
			p("           and %d more lines", strings.Count(diff, "\n")+1-most)
			return
		}
		p("%-10s %s", label, digest.Shorten(clean(line), 160))
		label = ""
	}
}

func textState(t store.Trail) string {
	switch t.ReadState {
	case "pending":
		return "waits to be read from its page"
	case "again":
		return fmt.Sprintf("%d bytes, read from its page, which waits to be read again", len(t.Article.Text))
	case "page":
		return fmt.Sprintf("%d bytes, read from its page", len(t.Article.Text))
	case "failed":
		return fmt.Sprintf("%d bytes from the feed; its page could not be read: %s", len(t.Article.Text), clean(t.ReadError))
	default:
		return fmt.Sprintf("%d bytes, from the feed", len(t.Article.Text))
	}
}

func explainReading(p func(string, ...any), r news.Reading) {
	for _, m := range r.Mentions {
		verdict := "rejected"
		if m.Accepted {
			verdict = "accepted"
		}
		p("mention    %q at %s %d-%d: %s, %s %s", clean(m.Surface), m.Field, m.Start, m.End, m.Name, m.Class, verdict)
		if len(m.Reasons) > 0 {
			p("           because %s", clean(strings.Join(m.Reasons, "; ")))
		}
	}
	if len(r.Matches) == 0 {
		p("matches    no watchlist")
	}
	for _, m := range firstOfEach(r.Matches) {
		p("matches    %s: %s", m.Watchlist, m.Rule)
		p("           %q", clean(m.Excerpt))
	}
	for _, f := range r.Findings {
		p("finding    %s", findingLine(f))
	}
}

// firstOfEach is the first match of each rule: in the title and in the text is once.
func firstOfEach(list []news.Match) (first []news.Match) {
	seen := map[[2]string]bool{}
	for _, m := range list {
		if rule := [2]string{m.Watchlist, m.Rule}; !seen[rule] {
			seen[rule] = true
			first = append(first, m)
		}
	}
	return first
}

func findingLine(f news.Finding) string { return string(f.Kind) + ": " + findingValue(f) }

// findingValue is what a finding says, for people: "more than 100,000 rifles".
func findingValue(f news.Finding) string {
	value := f.Value
	if f.Kind == news.Quantity || f.Kind == news.Money {
		value = news.Thousands(value)
	}
	return strings.Join(strings.Fields(clean(f.Approx+" "+value+" "+f.Unit)), " ")
}

func explainStory(p func(string, ...any), t store.Trail, zone *time.Location) {
	if t.Story == 0 {
		if t.Matched {
			p("story      waits to be grouped")
		}
		return
	}
	p("story      %s as %s", t.Story, t.Role)
	for _, s := range t.Split {
		p("           moved from story %s to %s %s: %s", s.From, s.Into, s.At.In(zone).Format("2006-01-02 15:04"),
			clean(cmp.Or(strings.Join(s.Reasons, "; "), "by hand")))
	}
	for _, r := range t.Reasons {
		p("           because %s", clean(r))
	}
	for _, n := range t.New {
		p("           new: %s", clean(n.Text))
	}
	for _, line := range correctionLines(t.Edits, zone) {
		p("           %s", line)
	}
	for _, m := range t.Mutes {
		p("muted      on %s: %s", mutedOn(m), clean(m.Why()))
	}
}

func deliveryLine(d news.Delivery, at func(time.Time) string) string {
	switch d.State {
	case news.Sent:
		return fmt.Sprintf("%s to %s, sent %s", d.Kind, d.Channel, at(d.Settled))
	case news.Dead:
		return fmt.Sprintf("%s to %s, given up: %s", d.Kind, d.Channel, clean(d.Error))
	case news.Sending:
		return fmt.Sprintf("%s to %s, being sent", d.Kind, d.Channel)
	default:
		line := fmt.Sprintf("%s to %s, due %s", d.Kind, d.Channel, at(d.DueAt))
		if d.Error != "" {
			line += fmt.Sprintf(" (try %d failed: %s)", d.Attempt, clean(d.Error))
		}
		return line
	}
}

func whyNone(t store.Trail) string {
	switch {
	case t.Article.Quiet:
		return "the article is quiet"
	case t.Story == 0:
		return "it is not in a story yet"
	case len(t.Mutes) > 0:
		return "its story is muted"
	default:
		return "its story was told already, or waits for a digest"
	}
}
