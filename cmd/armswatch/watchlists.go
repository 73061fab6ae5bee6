package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/config"
	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/notify/digest"
)

func watchlistsCommand(f *flags) *cobra.Command {
	var since string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "watchlists",
		Short: "Show what each rule of the watchlists has met",
		Long: "watchlists counts, for each rule as the config now has it, the articles that met it when they came, the outlets they\n" +
			"were in, and the last of them. A rule that meets nothing may be misspelt, and one that meets everything is too wide:\n" +
			"backtest shows what a rule would have met. Precision is the share of a rule's stories that nobody called not\n" +
			"relevant, by the button in Slack or `armswatch story mute --irrelevant`.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(f.config)
			if err != nil {
				return err
			}
			now := time.Now()
			from, err := moment(since, now, cfg.Zone())
			if err != nil {
				return usage("--since %w", err)
			}
			rows, err := ruleRows(cmd.Context(), cfg, from, now)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), rows)
			}
			printRuleRows(cmd.OutOrStdout(), rows, now)
			return nil
		},
	}
	cmd.Flags().StringVar(&since, "since", "30d", "the beginning: a date such as 2026-10-01, or `how long ago`")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	return cmd
}

// ruleRow is what one rule has met.
type ruleRow struct {
	Watchlist string    `json:"watchlist"`
	Rule      string    `json:"rule"`
	Articles  int       `json:"articles"`
	Outlets   int       `json:"outlets"`
	Stories   int       `json:"stories"`
	Wrong     int       `json:"not_relevant"` // of these stories, those that somebody called not relevant
	Last      time.Time `json:"last,omitzero"`
	Title     string    `json:"title,omitempty"` // of the last article

	outlets map[string]bool
	stories map[news.StoryID]bool
}

// precision is the share of a rule's stories that nobody called not relevant;
// unknown where nobody judges.
func (r *ruleRow) precision(judged bool) string {
	if r.Stories == 0 || !judged {
		return "-"
	}
	return fmt.Sprintf("%.0f%%", 100*float64(r.Stories-r.Wrong)/float64(r.Stories))
}

func (r *ruleRow) count(a news.Article, in store.Membership) {
	if in.Story != 0 && !r.stories[in.Story] {
		r.stories[in.Story] = true
		if r.Stories++; in.Irrelevant {
			r.Wrong++
		}
	}
	r.Articles++
	if r.outlets[a.Source] = true; !a.When().Before(r.Last) {
		r.Last, r.Title = a.When(), a.Title
	}
	r.Outlets = len(r.outlets)
}

func ruleRows(ctx context.Context, cfg *config.Config, from, to time.Time) ([]ruleRow, error) {
	m, err := newMatcher(cfg)
	if err != nil {
		return nil, err
	}
	rows := []ruleRow{}
	at := map[matchers.Rule]int{}
	for _, r := range m.Rules() {
		if _, twice := at[r]; !twice {
			at[r] = len(rows)
			rows = append(rows, ruleRow{Watchlist: r.Watchlist, Rule: r.Text, outlets: map[string]bool{}, stories: map[news.StoryID]bool{}})
		}
	}
	st, err := openStore(ctx, cfg, store.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { _ = st.Close() }()
	in, err := st.Memberships(ctx, from, to)
	if err != nil {
		return nil, err
	}
	err = st.EachArticle(ctx, from, to, func(a news.Article, r news.Reading) error {
		met := map[int]bool{} // an article counts once, however often it meets a rule
		for _, match := range r.Matches {
			if i, ok := at[matchers.Rule{Watchlist: match.Watchlist, Text: match.Rule}]; ok && !met[i] {
				met[i] = true
				rows[i].count(a, in[a.ID])
			}
		}
		return ctx.Err()
	})
	return rows, err
}

func printRuleRows(w io.Writer, rows []ruleRow, now time.Time) {
	t := newTable("WATCHLIST", "ARTICLES", "OUTLETS", "STORIES", "PRECISION", "LAST", "RULE")
	judged := slices.ContainsFunc(rows, func(r ruleRow) bool { return r.Wrong > 0 })
	for _, r := range rows {
		last := "never"
		if !r.Last.IsZero() {
			last = ago(r.Last, now)
		}
		t.Row(r.Watchlist, fmt.Sprint(r.Articles), fmt.Sprint(r.Outlets), fmt.Sprint(r.Stories), r.precision(judged), last, digest.Shorten(clean(r.Rule), 100))
	}
	printTable(w, t, "")
}
