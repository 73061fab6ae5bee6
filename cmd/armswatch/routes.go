package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/config"
	"github.com/armswatch/armswatch/monitor"
	"github.com/armswatch/armswatch/monitor/extract"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/schedule"
	"github.com/armswatch/armswatch/monitor/store"
)

func routesCommand(f *flags) *cobra.Command {
	cmd := &cobra.Command{Use: "routes", Short: "Say where stories go"}
	cmd.AddCommand(&cobra.Command{
		Use:   "test URL|FILE|-",
		Short: "Say where an article would go, and why",
		Long: "test takes the URL of an article that was stored, or a text: a file whose first line, when a blank line follows,\n" +
			"is the title. It says of each route whether it would tell the article's story now, and why. Nothing is sent.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(f.config)
			if err != nil {
				return err
			}
			if strings.Contains(args[0], "://") {
				return testURL(cmd.Context(), cmd.OutOrStdout(), cfg, args[0])
			}
			return testText(cmd.OutOrStdout(), cfg, args[0])
		},
	})
	return cmd
}

func testText(w io.Writer, cfg *config.Config, path string) error {
	in, err := open(path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	data, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	a := news.Article{Text: string(data), FirstSeen: time.Now()}
	if title, rest, ok := strings.Cut(a.Text, "\n\n"); ok && !strings.Contains(title, "\n") {
		a.Title, a.Text = title, rest
	}
	a.Lang = extract.Language(a.Title + "\n" + a.Text)
	matcher, err := newMatcher(cfg)
	if err != nil {
		return err
	}
	c := monitor.Case{Article: a, Reading: matcher.Match(a), Material: true}
	c.Members = []news.Member{{Article: a, Reading: c.Reading, Role: news.Original}}
	return printRouting(w, cfg, c, func(news.Route, *monitor.Case) error { return nil })
}

func testURL(ctx context.Context, w io.Writer, cfg *config.Config, url string) error {
	st, err := openStore(ctx, cfg, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	trails, err := st.Explain(ctx, url)
	if err != nil {
		return err
	}
	if len(trails) == 0 {
		return fmt.Errorf("test %s: no source has listed this article; give its text as a file instead", clean(url))
	}
	matcher, err := newMatcher(cfg)
	if err != nil {
		return err
	}
	t := trails[0]
	c := monitor.Case{Story: t.Story, Article: t.Article, Reading: matcher.Match(t.Article), Material: slices.ContainsFunc(t.New, news.Novelty.Material)}
	c.Members = []news.Member{{Article: t.Article, Reading: c.Reading, Role: t.Role}}
	if t.Story != 0 {
		s, err := st.Story(ctx, t.Story)
		if err != nil {
			return err
		}
		c.Members = s.Members
	}
	return printRouting(w, cfg, c, func(r news.Route, c *monitor.Case) (err error) {
		if c.Told, err = st.Told(ctx, r.Name, c.Story); err != nil {
			return err
		}
		if c.Mute, c.Muted, err = st.MutedOn(ctx, r.Channel, c.Story); err != nil {
			return err
		}
		c.LastHour, err = st.ToldSince(ctx, r.Name, time.Now().Truncate(time.Hour))
		return err
	})
}

// printRouting says what each route does; past fills in what the store knows: whether
// it was told of the story, whether that is muted, how many it was told this hour.
func printRouting(w io.Writer, cfg *config.Config, c monitor.Case, past func(news.Route, *monitor.Case) error) error {
	now := time.Now().In(cfg.Zone())
	_, _ = fmt.Fprintf(w, "meets      %s\n", orNone(c.Reading.Watchlists()))
	for _, m := range firstOfEach(c.Reading.Matches) {
		_, _ = fmt.Fprintf(w, "           %s: %s\n", m.Watchlist, m.Rule)
	}
	if c.Article.Lang != "" {
		_, _ = fmt.Fprintf(w, "language   %s\n", clean(c.Article.Lang))
	}
	for _, r := range cfg.Routes {
		if err := past(r, &c); err != nil {
			return err
		}
		verdict, why, err := routing(r, c, now)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(w, "%-10s %s\n           %s\n", verdict, r.Name, why)
	}
	return nil
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "no watchlist"
	}
	return strings.Join(list, ", ")
}

// routing is the verdict of a route in a word, and why.
func routing(r news.Route, c monitor.Case, now time.Time) (verdict, why string, err error) {
	switch {
	case !r.Counts(c.Article, c.Reading):
		return "no", whyNotCounted(r, c), nil
	case !r.Now:
		return digestRouting(r, c, now)
	}
	v := monitor.Decide(r, c, now)
	switch {
	case !v.Told:
		return "no", v.Why, nil
	case v.Batch != "":
		return string(v.Kind), v.Why + ": " + v.DueAt.Format("Mon 2 Jan 15:04 MST"), nil
	}
	return string(v.Kind), v.Why, nil
}

func digestRouting(r news.Route, c monitor.Case, now time.Time) (verdict, why string, err error) {
	if c.Silenced() {
		return "no", c.Mute.Why(), nil
	}
	if why, ripe := r.Ripe(c.Members, false); !ripe {
		return "no", why, nil
	}
	spec, err := schedule.Parse(r.Schedule, now.Location())
	if err != nil {
		return "", "", err
	}
	next := spec.Next(now)
	for next.Before(r.HoldUntil) {
		next = spec.Next(next)
	}
	return "digest", "new articles go into the one of " + next.In(now.Location()).Format("Mon 2 Jan 15:04 MST"), nil
}

func whyNotCounted(r news.Route, c monitor.Case) string {
	without := r
	without.Sources, without.Languages = nil, nil
	switch {
	case !without.Counts(c.Article, c.Reading) && len(r.Watchlists) > 0:
		return "it takes the watchlists " + strings.Join(r.Watchlists, ", ")
	case !without.Counts(c.Article, c.Reading):
		return "the article meets no watchlist"
	case len(r.Sources) > 0 && !slices.Contains(r.Sources, c.Article.Source):
		return "it takes the sources " + strings.Join(r.Sources, ", ")
	}
	return "it takes the languages " + strings.Join(r.Languages, ", ")
}

// routeNamed finds a route by its name, or by its address when only one goes
// there.
func routeNamed(cfg *config.Config, name string) (news.Route, error) {
	var at []news.Route
	var names []string
	for _, r := range cfg.Routes {
		if r.Name == name {
			return r, nil
		}
		if string(r.Channel) == name {
			at = append(at, r)
		}
		names = append(names, r.Name)
	}
	if len(at) == 1 {
		return at[0], nil
	}
	if len(names) == 0 {
		return news.Route{}, usage("there is no route in %s", cfg.Path)
	}
	return news.Route{}, usage("no route is called %q: there are %s", name, strings.Join(names, "; "))
}
