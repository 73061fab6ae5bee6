package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/config"
	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/matchers/catalogue"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/schedule"
)

func checkCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Check the config and say what would be watched",
		Long: "check reads the config as run would and names every problem at once, with line and column (exit 2).\n" +
			"A good config is echoed as it was understood: sources with their rhythm, each rule in its one\n" +
			"unmistakable form with how many weapon systems and spellings it stands for, routes with their next time.\n" +
			"It opens no connection and no database.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(f.config)
			if err != nil {
				return err
			}
			cat, err := weapons(cfg)
			if err != nil {
				return err
			}
			return printCheck(cmd.OutOrStdout(), cfg, cat, time.Now())
		},
	}
}

func printCheck(w io.Writer, cfg *config.Config, cat *catalogue.Catalogue, now time.Time) error {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	p("%s is good.", cfg.Path)
	p("\n%s", heading(len(cfg.Sources), "sources"))
	printWatched(w, cfg.Sources)
	p("\n%s", heading(len(cfg.Watchlists), "watchlists"))
	for _, l := range cfg.Watchlists {
		p("  %s", l.Name)
		if err := printRules(w, l, cat); err != nil {
			return err
		}
	}
	p("\n%s", heading(len(cfg.Routes), "routes"))
	if err := printRoutes(w, cfg, now); err != nil {
		return err
	}
	p("\nTimes are in %s. Everything is kept in %s.", cfg.Timezone, cfg.StorageName())
	if len(cfg.Warnings) > 0 {
		p("\n%s", heading(len(cfg.Warnings), "warnings"))
	}
	for _, warning := range cfg.Warnings {
		p("  %s", warning)
	}
	return nil
}

func heading(n int, noun string) string { return strings.ToUpper(count(n, noun)) }

func printWatched(w io.Writer, sources []news.Source) {
	t := newTable()
	for _, s := range sources {
		t.Row(clean(s.Name), string(s.Kind), rhythm(s), clean(s.URL))
	}
	printTable(w, t, "  ")
}

// rhythm says when a source is polled.
func rhythm(s news.Source) string {
	switch {
	case s.Schedule != "":
		return s.Schedule
	case s.Every > 0:
		return "every " + length(s.Every)
	default:
		return "as it publishes"
	}
}

// length is a duration as the config writes it: 1h30m, 2d.
func length(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	s := d.String()
	s = strings.TrimSuffix(s, "m0s") + map[bool]string{true: "m"}[strings.HasSuffix(s, "m0s")]
	return strings.TrimSuffix(s, "h0m") + map[bool]string{true: "h"}[strings.HasSuffix(s, "h0m")]
}

// printRules shows each rule of a watchlist in its canonical form, with how
// much of the catalogue it stands for.
func printRules(w io.Writer, l config.Watchlist, cat *catalogue.Catalogue) error {
	t := newTable()
	for _, name := range l.Weapons {
		ids, err := cat.Resolve(name)
		if err != nil {
			return err
		}
		t.Row("  "+weaponRule(cat, ids), standsFor(cat, ids))
	}
	for _, name := range l.Categories {
		group, err := cat.Category(name)
		if err != nil {
			return err
		}
		ids, err := cat.ResolveCategory(name)
		if err != nil {
			return err
		}
		t.Row("  category:"+group, standsFor(cat, ids))
	}
	rules := matchers.Vocabulary(cat)
	for _, rule := range l.Phrases {
		expr, err := rules.Parse(rule)
		if err != nil {
			return err
		}
		t.Row("  "+expr.String(), "")
	}
	printTable(w, t, "  ")
	return nil
}

func weaponRule(cat *catalogue.Catalogue, ids []string) string {
	var names []string
	for _, id := range ids {
		if s, ok := cat.System(id); ok {
			names = append(names, fmt.Sprintf("weapon:%q", s.Name))
		}
	}
	return strings.Join(names, " OR ")
}

func standsFor(cat *catalogue.Catalogue, ids []string) string {
	spellings := 0
	for _, id := range ids {
		if s, ok := cat.System(id); ok {
			spellings += len(s.Forms)
		}
	}
	return count(len(ids), "systems") + ", " + count(spellings, "spellings")
}

func printRoutes(w io.Writer, cfg *config.Config, now time.Time) error {
	t := newTable()
	for _, r := range cfg.Routes {
		when := "now"
		if !r.Now {
			spec, err := schedule.Parse(r.Schedule, cfg.Zone())
			if err != nil {
				return err
			}
			when = r.Schedule + ", next " + spec.Next(now).In(cfg.Zone()).Format("Mon 2 Jan 15:04 MST")
		}
		lists := "all watchlists"
		if len(r.Watchlists) > 0 {
			lists = strings.Join(r.Watchlists, ", ")
		}
		t.Row(string(r.Channel), lists, when)
	}
	printTable(w, t, "  ")
	return nil
}
