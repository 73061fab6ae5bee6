package monitor

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what the line does, for /metrics, and remembers when it last
// ticked, for /healthz.
type Metrics struct {
	polls    *prometheus.CounterVec
	articles prometheus.Counter
	matched  prometheus.Counter
	stories  prometheus.Counter
	last     atomic.Int64 // Unix nanoseconds of the last tick
}

// NewMetrics registers the counters with r; with nil they count for nobody.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		polls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "armswatch_polls_total", Help: "Polls of sources, by outcome.",
		}, []string{"outcome"}),
		articles: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "armswatch_articles_total", Help: "Articles stored or changed.",
		}),
		matched: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "armswatch_articles_matched_total", Help: "Articles that met a watchlist.",
		}),
		stories: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "armswatch_stories_total", Help: "Stories begun.",
		}),
	}
	if r != nil {
		r.MustRegister(m.polls, m.articles, m.matched, m.stories)
	}
	return m
}

func (m *Metrics) ticked() { m.last.Store(time.Now().UnixNano()) }

// LastTick is when the process last looked for due work; zero before the first.
func (m *Metrics) LastTick() time.Time {
	if n := m.last.Load(); n != 0 {
		return time.Unix(0, n)
	}
	return time.Time{}
}
