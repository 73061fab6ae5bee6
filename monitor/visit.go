package monitor

import (
	"context"
	"errors"
	"time"

	"github.com/armswatch/armswatch/monitor/store"
)

// A visit is bounded, so that one host with much to read does not hold a
// worker for hours: what is left is done by the next visit.
const (
	visitTime  = 2 * time.Minute
	visitReads = 40
)

// quietMost and quietLong bound how many polls that brought nothing are
// gathered, and for how long, before they are recorded.
const (
	quietMost = 32
	quietLong = 5 * time.Second
)

// Visit polls the due sources of one host, then reads the article pages that
// wait for it. What goes wrong with a source is recorded for that source; only
// a failing store is an error.
func (m *Monitor) Visit(ctx context.Context, v store.Visit) (err error) {
	start := time.Now()
	// Polls answered 304 are recorded together, the last ones with the end of
	// the visit. A crash before that polls them again and loses nothing.
	q := uneventful{m: m}
	for _, p := range v.Polls {
		if time.Since(start) > visitTime {
			break
		}
		if err = m.poll(ctx, p, &q); err != nil {
			break
		}
	}
	if err == nil && (v.Reads || q.news) {
		err = m.readPending(ctx, v.Host, start.Add(visitTime))
	}
	if err != nil {
		return errors.Join(err, q.record(context.WithoutCancel(ctx)))
	}
	return m.o.Store.EndVisit(ctx, v.Host, m.o.Fetch.Rest(v.Host), q.polls...)
}

// uneventful gathers the polls of a visit that brought nothing.
type uneventful struct {
	m     *Monitor
	polls []store.Polled
	news  bool // another poll brought something
}

// add takes a poll, and records what it has when that is enough.
func (q *uneventful) add(ctx context.Context, p store.Polled) error {
	q.polls = append(q.polls, p)
	if len(q.polls) < quietMost && time.Since(q.polls[0].At) < quietLong {
		return nil
	}
	return q.record(ctx)
}

func (q *uneventful) record(ctx context.Context) error {
	polls := q.polls
	q.polls = nil
	if len(polls) == 0 {
		return nil
	}
	return q.m.o.Store.RecordQuiet(ctx, polls...)
}
