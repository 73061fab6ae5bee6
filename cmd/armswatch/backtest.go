package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/config"
	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/matchers/catalogue"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/monitor/story"
	"github.com/armswatch/armswatch/notify/digest"
)

// backtestOptions say what is asked of the archive.
type backtestOptions struct {
	since, until string
	watchlists   []string
	format       string
}

func backtestCommand(f *flags) *cobra.Command {
	var o backtestOptions
	cmd := &cobra.Command{
		Use:   "backtest [QUERY...]",
		Short: "Show what watchlists, or a query, would have caught in the articles that are stored",
		Long: "backtest matches every stored article of a time against the watchlists as the config now has them, or against\n" +
			"queries given here, groups what it finds, and prints it as one digest. It works beside a running armswatch, changes\n" +
			"nothing and tells nobody. Articles of new sources are there too, though nobody was told of them.",
		Example: `armswatch backtest --since 30d
armswatch backtest --since 2026-10-01 --until 2026-11-01 --watchlist anti-tank
armswatch backtest '"<#>-page report" AND (captured OR seized)'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(f.config)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), cmd.OutOrStdout(), cfg, args)
		},
	}
	cmd.Flags().StringVar(&o.since, "since", "30d", "the beginning: a date such as 2026-10-01, or `how long ago`")
	cmd.Flags().StringVar(&o.until, "until", "", "the end, in the same form; now when not given")
	cmd.Flags().StringSliceVar(&o.watchlists, "watchlist", nil, "only these watchlists of the config")
	cmd.Flags().StringVar(&o.format, "format", "terminal", "terminal, slack, html, text or json")
	return cmd
}

func (o *backtestOptions) run(ctx context.Context, w io.Writer, cfg *config.Config, queries []string) error {
	now := time.Now()
	from, err := moment(o.since, now, cfg.Zone())
	if err != nil {
		return usage("--since %w", err)
	}
	to := now
	if o.until != "" {
		if to, err = moment(o.until, now, cfg.Zone()); err != nil {
			return usage("--until %w", err)
		}
	}
	if !from.Before(to) {
		return usage("--since %s is not before --until %s", o.since, o.until)
	}
	matcher, err := o.matcher(cfg, queries)
	if err != nil {
		return err
	}
	st, err := openStore(ctx, cfg, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	all, err := st.CountArticles(ctx, from, to)
	if err != nil {
		return err
	}
	var count atomic.Int64
	end := progress(ctx, "matching", func(context.Context) (int64, int64) { return count.Load(), all })
	found, err := search(ctx, st, matcher, from, to, &count)
	end()
	if err != nil {
		return err
	}
	looked := int(count.Load())
	if len(found) == 0 && (o.format == "terminal" || o.format == "text") {
		_, err = fmt.Fprintf(w, "Nothing of %s met them, from %s to %s.\n", digest.Count(looked, "stored article", "stored articles"),
			from.In(cfg.Zone()).Format("2 Jan 2006"), to.In(cfg.Zone()).Format("2 Jan 2006"))
		return err
	}
	return show(w, digest.Build(digest.Pending{
		Route: news.Route{Name: "backtest of " + digest.Count(looked, "article", "articles")},
		Zone:  cfg.Zone(), Stories: grouped(found), From: from, To: to,
	}), o.format)
}

// matcher has the queries as its only watchlist, else the config's.
func (o *backtestOptions) matcher(cfg *config.Config, queries []string) (*matchers.Matcher, error) {
	if len(queries) > 0 {
		if len(o.watchlists) > 0 {
			return nil, usage("give queries or --watchlist, not both")
		}
		cat, err := weapons(cfg)
		if err != nil {
			return nil, err
		}
		m, err := queryMatcher(cat, queries...)
		if err != nil {
			return nil, usage("%w", err)
		}
		return m, nil
	}
	var names []string
	for _, l := range cfg.Watchlists {
		names = append(names, l.Name)
	}
	for _, name := range o.watchlists {
		if !slices.Contains(names, name) {
			return nil, usage("no watchlist is called %q: there are %s", name, strings.Join(names, ", "))
		}
	}
	if len(names) == 0 {
		return nil, usage("the config has no watchlists: give a query, for example %q", "weapon:Kornet")
	}
	narrowed := *cfg
	if len(o.watchlists) > 0 {
		narrowed.Watchlists = slices.DeleteFunc(slices.Clone(cfg.Watchlists), func(l config.Watchlist) bool {
			return !slices.Contains(o.watchlists, l.Name)
		})
	}
	return newMatcher(&narrowed)
}

// queryMatcher has queries as its only watchlist.
func queryMatcher(cat *catalogue.Catalogue, queries ...string) (*matchers.Matcher, error) {
	return matchers.New(matchers.Options{Catalogue: cat, Watchlists: []matchers.Watchlist{{Name: "query", Phrases: queries}}})
}

// moment reads a date in the newsroom's zone, or how long ago.
func moment(s string, now time.Time, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	if d, err := config.ParseDuration(s); err == nil && d > 0 {
		return now.Add(-d), nil
	}
	return time.Time{}, fmt.Errorf("%q is neither a date such as 2026-10-01 nor a length of time such as 30d", s)
}

// search matches the articles of a time, and counts those it looked at. Found are
// those that met a rule, the earliest published first.
func search(ctx context.Context, st *store.Store, m *matchers.Matcher, from, to time.Time, looked *atomic.Int64) (found []story.Item, err error) {
	err = st.EachArticle(ctx, from, to, func(a news.Article, _ news.Reading) error {
		looked.Add(1)
		if r := m.Match(a); len(r.Matches) > 0 {
			found = append(found, story.Item{Article: a, Reading: r})
		}
		return ctx.Err()
	})
	when := func(it story.Item) time.Time {
		if !it.Article.Published.IsZero() {
			return it.Article.Published
		}
		return it.Article.FirstSeen
	}
	slices.SortStableFunc(found, func(a, b story.Item) int { return cmp.Compare(when(a).UnixMilli(), when(b).UnixMilli()) })
	return found, err
}

// grouped makes stories of articles, by themselves.
func grouped(items []story.Item) []news.Story {
	window := story.New(story.Options{})
	stories := map[news.StoryID]*news.Story{}
	for i, it := range items {
		d := window.Add(it)
		s := stories[d.Story]
		if s == nil {
			s = &news.Story{ID: d.Story}
			stories[d.Story] = s
		}
		s.Members = append(s.Members, news.Member{
			Article: it.Article, Reading: it.Reading, Role: d.Role, Reasons: d.Reasons, New: d.News, Seq: int64(i + 1),
		})
		for _, mg := range d.Merged {
			from, into := stories[mg.From], stories[mg.Into]
			if from == nil || into == nil {
				continue
			}
			into.Members = append(into.Members, from.Members...)
			slices.SortFunc(into.Members, func(a, b news.Member) int { return cmp.Compare(a.Seq, b.Seq) })
			delete(stories, mg.From)
		}
		for _, sp := range d.Split {
			from, into := stories[sp.From], &news.Story{ID: sp.Into}
			stories[sp.Into] = into
			from.Members = slices.DeleteFunc(from.Members, func(m news.Member) bool {
				moves := slices.Contains(sp.Articles, m.Article.ID)
				if moves {
					into.Members = append(into.Members, m)
				}
				return moves
			})
		}
	}
	var list []news.Story
	for _, id := range slices.Sorted(maps.Keys(stories)) {
		list = append(list, *stories[id])
	}
	return list
}
