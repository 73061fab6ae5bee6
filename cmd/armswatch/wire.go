package main

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/armswatch/armswatch/config"
	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/monitor"
	"github.com/armswatch/armswatch/monitor/fetch"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/notify"
)

func newMatcher(cfg *config.Config) (*matchers.Matcher, error) {
	cat, err := weapons(cfg)
	if err != nil {
		return nil, err
	}
	var lists []matchers.Watchlist
	for _, w := range cfg.Watchlists {
		lists = append(lists, matchers.Watchlist{
			Name: w.Name, Weapons: w.Weapons,
			Categories: w.Categories, Phrases: w.Phrases,
		})
	}
	return matchers.New(matchers.Options{Watchlists: lists, Catalogue: cat})
}

// openStore opens the config's database. That another process holds it is
// temporary: exit 75.
func openStore(ctx context.Context, cfg *config.Config, o store.Options) (*store.Store, error) {
	st, err := store.Open(ctx, cfg.Storage, o)
	if _, locked := errors.AsType[*store.LockedError](err); locked {
		return nil, &exitError{exitLocked, err}
	}
	return st, err
}

// app is the whole program, wired.
type app struct {
	store    *store.Store
	monitor  *monitor.Monitor
	deliver  *notify.Deliverer
	sealer   *notify.Sealer
	metrics  *monitor.Metrics
	registry *prometheus.Registry
	settled  *prometheus.CounterVec
	cfg      atomic.Pointer[config.Config] // in use
	reloaded chan struct{}                 // says that cfg changed
	log      *slog.Logger
}

// newApp opens the store and wires line and deliveries to it.
func newApp(ctx context.Context, cfg *config.Config, log *slog.Logger) (*app, error) {
	st, err := openStore(ctx, cfg, store.Options{Log: log})
	if err != nil {
		return nil, err
	}
	a := &app{store: st, log: log, registry: newRegistry(st), reloaded: make(chan struct{}, 1)}
	a.metrics = monitor.NewMetrics(a.registry)
	a.settled = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "armswatch_deliveries_total", Help: "Tries of deliveries, by kind of channel and how they ended: sent, due again, dead.",
	}, []string{"channel", "state"})
	a.registry.MustRegister(a.settled)
	a.deliver = notify.NewDeliverer(notify.DelivererOptions{Outbox: st, Log: log, Report: a.report, Settled: func(d news.Delivery, o news.Outcome) {
		a.settled.WithLabelValues(d.Channel.Scheme(), string(o.State)).Inc()
	}})
	a.sealer = notify.NewSealer(outbox{st}, nil)
	a.monitor = monitor.New(monitor.Options{
		Store: st, Fetch: newFetch(cfg), Log: log, Metrics: a.metrics,
		Deliver: a.deliverJob, Seal: a.sealJob,
	})
	if err := a.use(ctx, cfg); err != nil {
		_ = st.Close()
		return nil, err
	}
	return a, nil
}

// use makes cfg the config the program works by.
func (a *app) use(ctx context.Context, cfg *config.Config) error {
	matcher, err := newMatcher(cfg)
	if err != nil {
		return err
	}
	senders, err := newSenders(cfg, os.Stdout)
	if err != nil {
		return err
	}
	a.deliver.Use(senders, cfg.Zone(), cfg.Routes)
	a.sealer.Use(cfg.Zone())
	a.cfg.Store(cfg)
	select {
	case a.reloaded <- struct{}{}:
	default:
	}
	return a.monitor.Use(ctx, &monitor.Setup{
		Sources: cfg.Sources, Routes: cfg.Routes, Operators: cfg.Operators,
		Matcher: matcher, Zone: cfg.Zone(), Keep: cfg.Keep,
	})
}

func newFetch(cfg *config.Config) *fetch.Client {
	return fetch.New(fetch.Options{UserAgent: userAgent(cfg), Allow: allowed(cfg), Gap: cfg.Fetch.Gap, Chrome: cfg.Fetch.Chrome})
}

func allowed(cfg *config.Config) []netip.Prefix { return cfg.Fetch.AllowNetworks }

func userAgent(cfg *config.Config) string {
	if cfg.Fetch.UserAgent != "" {
		return cfg.Fetch.UserAgent
	}
	agent := "armswatch/" + version
	if cfg.Fetch.Contact != "" {
		agent += " (+" + cfg.Fetch.Contact + ")"
	}
	return agent
}

func (a *app) deliverJob(ctx context.Context, d store.Deliver) error {
	wait, err := a.deliver.Deliver(ctx, d.Channel)
	if err == nil && wait > 0 {
		return store.Snooze(wait)
	}
	return err
}

func (a *app) sealJob(ctx context.Context, s store.Seal) error {
	for _, r := range a.monitor.Setup().Routes {
		if r.Name == s.Route && !time.Now().Before(r.HoldUntil) { // what is held goes into a later digest
			return a.sealer.Seal(ctx, r, s.Period)
		}
	}
	return nil // the route left the config since its digest became due
}

// report sends a notice to the operators, if the config names any.
func (a *app) report(ctx context.Context, d news.Delivery) error {
	d.Channel = a.monitor.Setup().Operators
	if d.Channel == "" {
		return nil
	}
	_, err := a.store.AddDelivery(ctx, d)
	return err
}

func (a *app) close() {
	if err := a.store.Close(); err != nil {
		a.log.Error("close store", "error", err)
	}
}

// outbox gives notify the store's pending digests in notify's own words.
type outbox struct{ *store.Store }

func (o outbox) PendingDigest(ctx context.Context, r news.Route) (notify.Pending, error) {
	p, err := o.Store.PendingDigest(ctx, r)
	return notify.Pending(p), err
}
