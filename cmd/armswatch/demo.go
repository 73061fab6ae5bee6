package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/cmd/armswatch/demo"
	"github.com/armswatch/armswatch/config"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/schedule"
	"github.com/armswatch/armswatch/monitor/store"
)

func demoCommand(f *flags) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See it work: invented outlets, the real pipeline, no network, no config",
		Long: "demo serves a dozen invented outlets on loopback, polls them as `armswatch once` would, and prints the\n" +
			"digest. Nothing leaves this machine, and nothing stays unless --keep names a folder.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDemo(cmd.Context(), cmd.OutOrStdout(), dir, f.verbose)
		},
	}
	cmd.Flags().StringVar(&dir, "keep", "", "keep config and database in this `folder`, to look around in with sources and explain")
	return cmd
}

// runDemo polls the demo's web once and has its digest delivered, all as a
// config of one's own would: nothing here is made for show but the web.
func runDemo(ctx context.Context, out io.Writer, dir string, verbose bool) error {
	path, remove, err := demoFolder(dir)
	if err != nil {
		return err
	}
	defer remove()
	start := time.Now()
	web, err := demo.Serve(ctx, start)
	if err != nil {
		return err
	}
	defer web.Close()
	if err := os.WriteFile(path, []byte(demo.Config(web)), 0o600); err != nil {
		return fmt.Errorf("write demo config: %w", err)
	}
	_, _ = fmt.Fprintf(out, "Polling %d invented outlets on loopback ...\n\n", len(web.Outlets))
	left, err := pollDemo(ctx, path, web, verbose)
	if err != nil {
		return err
	}
	took := time.Since(start)
	printLeftOut(out, left)
	_, _ = fmt.Fprintf(out, "\nThat was %s of %s, from first poll to digest in %.1f s.\n",
		count(len(left), "articles"), count(len(web.Outlets), "outlets"), took.Seconds())
	_, _ = fmt.Fprint(out, demoNext(path, dir != ""))
	return nil
}

// demoFolder is where config and database go: a folder that is removed, or the
// one that is kept.
func demoFolder(dir string) (path string, remove func(), err error) {
	remove = func() {}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "armswatch-demo-"); err != nil {
			return "", nil, fmt.Errorf("make demo folder: %w", err)
		}
		remove = func() { _ = os.RemoveAll(dir) }
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", nil, fmt.Errorf("make demo folder: %w", err)
	}
	path = filepath.Join(dir, "armswatch.yaml")
	if _, err := os.Stat(path); err == nil {
		return "", nil, usage("keep demo in %s: there is an armswatch.yaml already; name a new folder", dir)
	}
	return path, remove, nil
}

// pollDemo polls everything once, seals the digest that would be due tomorrow
// morning, and delivers it. It returns what became of each article.
func pollDemo(ctx context.Context, path string, web *demo.Web, verbose bool) ([]store.Trail, error) {
	cfg, err := loadConfig(path)
	if err != nil {
		return nil, err
	}
	a, err := newApp(ctx, cfg, quietLogger(os.Stderr, verbose))
	if err != nil {
		return nil, err
	}
	defer a.close()
	if err := a.monitor.Once(ctx); err != nil {
		return nil, err
	}
	if err := a.sealNow(ctx, cfg, time.Now()); err != nil {
		return nil, err
	}
	if err := a.monitor.Once(ctx); err != nil {
		return nil, err
	}
	var all []store.Trail
	for _, o := range web.Outlets {
		for _, url := range o.URLs {
			trails, err := a.store.Explain(ctx, url)
			if err != nil {
				return nil, err
			}
			all = append(all, a.reread(trails)...)
		}
	}
	return all, nil
}

// reread gives the articles that met no watchlist, which are stored without
// their reading, what was found and turned down in them.
func (a *app) reread(trails []store.Trail) []store.Trail {
	for i, t := range trails {
		if !t.Matched {
			trails[i].Reading = a.monitor.Setup().Matcher.Match(t.Article)
		}
	}
	return trails
}

// printLeftOut lists the articles that name something like a weapon and are
// about something else.
func printLeftOut(out io.Writer, trails []store.Trail) {
	t := newTable()
	for _, tr := range trails {
		if !tr.Matched && len(tr.Reading.Mentions) > 0 {
			t.Row(clean(tr.Article.Title), clean(turnedDown(tr.Reading.Mentions)))
		}
	}
	_, _ = fmt.Fprintln(out, "Left out, because a name is not always a weapon:")
	printTable(out, t, "  ")
}

// turnedDown names what was found and turned down, and why, in a line.
func turnedDown(mentions []news.Mention) string {
	var names []string
	why := "nothing says that it is the weapon"
	for _, m := range slices.Backward(mentions) {
		if name := strings.ToLower(m.Surface); !slices.Contains(names, name) {
			names = append(names, name)
		}
		for _, r := range m.Reasons {
			if points, reason, _ := strings.Cut(r, " "); strings.HasPrefix(points, "-") {
				why = reason
			}
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ") + ": " + why
}

// sealNow seals the next digest of every digest route before its time.
func (a *app) sealNow(ctx context.Context, cfg *config.Config, now time.Time) error {
	for _, r := range cfg.Routes {
		if r.Now {
			continue
		}
		spec, err := schedule.Parse(r.Schedule, cfg.Zone())
		if err != nil {
			return err
		}
		if err := a.sealer.Seal(ctx, r, spec.Period(spec.Next(now))); err != nil {
			return err
		}
	}
	return nil
}

func demoNext(path string, kept bool) string {
	look := "  armswatch demo --keep demo      keeps this config and its database in ./demo, to look around in\n"
	if kept {
		look = "  armswatch sources -c " + path + "      every source with its state\n" +
			"  armswatch explain -c " + path + " \"Milan puts its oldest trams back on the rails\"\n" +
			"                                  why an article was told, or was not\n"
	}
	return "\nNext:\n" + look +
		"  armswatch check                 checks a config of your own, armswatch.yaml; the README has one of ten lines\n" +
		"  armswatch once                  polls it once, and prints here until Slack or mail is set up\n"
}
