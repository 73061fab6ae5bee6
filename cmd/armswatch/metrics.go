package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/armswatch/armswatch/monitor/store"
)

// newRegistry has the metrics of the process, and what the store says when it
// is asked: how much is due, and how the sources are.
func newRegistry(st *store.Store) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &storeMetrics{
		store:   st,
		backlog: prometheus.NewDesc("armswatch_backlog", "What is due and not done, by kind of work.", []string{"work"}, nil),
		sources: prometheus.NewDesc("armswatch_sources", "Sources by state.", []string{"state"}, nil),
	})
	return r
}

type storeMetrics struct {
	store            *store.Store
	backlog, sources *prometheus.Desc
}

func (s *storeMetrics) Describe(ch chan<- *prometheus.Desc) { ch <- s.backlog; ch <- s.sources }

// Collect asks the store. A store that does not answer leaves the metrics out:
// absence is what an alert on them notices.
func (s *storeMetrics) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if b, err := s.store.Backlog(ctx, time.Now()); err == nil {
		for work, n := range map[string]int{"polls": b.Polls, "reads": b.Reads, "ungrouped": b.Ungrouped, "deliveries": b.Deliveries, "jobs": b.Jobs} {
			ch <- prometheus.MustNewConstMetric(s.backlog, prometheus.GaugeValue, float64(n), work)
		}
	}
	if states, err := s.store.Sources(ctx); err == nil {
		count := map[string]int{}
		for _, st := range states {
			count[st.State]++
		}
		for state, n := range count {
			ch <- prometheus.MustNewConstMetric(s.sources, prometheus.GaugeValue, float64(n), state)
		}
	}
}
