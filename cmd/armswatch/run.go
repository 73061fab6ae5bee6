package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/armswatch/armswatch/config"
)

func runCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Poll, match, group and deliver for as long as it runs",
		Long: "run polls every source on its schedule, matches new articles, groups them into stories and delivers.\n" +
			"A changed config file is picked up while it runs (also on SIGHUP); a bad one is refused and the old one stays.\n" +
			"SIGTERM stops it within 10 seconds with nothing half done. A second process on the same SQLite file exits 75.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(f.config)
			if err != nil {
				return err
			}
			log := logger(os.Stderr, f.verbose)
			a, err := newApp(cmd.Context(), cfg, log)
			if err != nil {
				return err
			}
			defer a.close()
			return a.run(cmd.Context(), cfg)
		},
	}
}

func (a *app) run(ctx context.Context, cfg *config.Config) error {
	a.log.Info("started", counts(cfg)...)
	warn(a.log, cfg)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.monitor.Run(ctx) })
	g.Go(func() error { a.reloads(ctx, cfg); return nil })
	g.Go(func() error { a.listenSlack(ctx); return nil })
	g.Go(func() error { rests(ctx); return nil })
	if cfg.Listen != "" {
		g.Go(func() error { return a.listen(ctx, cfg.Listen) })
	}
	err := g.Wait()
	a.log.Info("stopped")
	return err
}

// reloads takes up a changed config file, until ctx ends. A bad file is
// refused, and what ran goes on.
func (a *app) reloads(ctx context.Context, cfg *config.Config) {
	changed := make(chan struct{}, 1)
	notice := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	watching := make(chan error, 1)
	go func() { watching <- config.Watch(ctx, cfg.Path, notice) }()
	for {
		select {
		case err := <-watching:
			if ctx.Err() != nil {
				return
			}
			a.log.Warn("config file is not watched; send SIGHUP to reload it", "error", err)
			watching = nil
		case <-hup:
			cfg = a.reload(ctx, cfg)
		case <-changed:
			cfg = a.reload(ctx, cfg)
		}
	}
}

// reload reads the config again and returns the one in use: old, when the file
// is bad.
func (a *app) reload(ctx context.Context, old *config.Config) *config.Config {
	cfg, err := loadConfig(old.Path)
	if err == nil {
		err = a.use(ctx, cfg)
	}
	if err != nil {
		a.log.Error("config refused; the old one stays", "error", err)
		return old
	}
	a.log.Info("config reloaded", counts(cfg)...)
	warn(a.log, cfg)
	if cfg.Storage != old.Storage || cfg.Listen != old.Listen {
		a.log.Warn("storage and listen change with a restart only")
		cfg.Storage, cfg.Listen = old.Storage, old.Listen
	}
	return cfg
}

// counts says in a log line how much a config watches.
func counts(cfg *config.Config) []any {
	return []any{"sources", len(cfg.Sources), "watchlists", len(cfg.Watchlists), "routes", len(cfg.Routes)}
}

func warn(log *slog.Logger, cfg *config.Config) {
	for _, w := range cfg.Warnings {
		log.Warn("config", "warning", w)
	}
}
