package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/armswatch/armswatch/monitor/news"
)

// stuck is how long a delivery may be in sending before somebody is asked to
// see to it: longer than any job runs.
const stuck = leased

// dueText lists the work that is due and that no lease covers.
const dueText = `SELECT name, host FROM (
	SELECT 'visit/' || host AS name, host FROM sources WHERE next_poll <= $1
	UNION SELECT 'visit/' || read_host, read_host FROM articles WHERE read_due <= $1
	UNION SELECT 'group', '' WHERE EXISTS (SELECT 1 FROM articles WHERE to_group = 1) OR EXISTS (SELECT 1 FROM edits)
	UNION SELECT 'deliver/' || channel, channel FROM deliveries WHERE state = 'due' AND due_at <= $1
	UNION SELECT 'deliver/' || channel, channel FROM deliveries WHERE state = 'sending' AND claimed <= $2
	) AS work WHERE NOT EXISTS (SELECT 1 FROM leases WHERE leases.name = work.name AND leases.until > $1)`

// EnqueueDue enqueues a job for every host with a poll or a read due, for
// grouping when articles wait for it, and for every channel with a delivery
// due or stuck in sending; n is how many jobs it asked for. It is the net
// under all other enqueuing: whatever was dropped as a twin of a running job,
// or became due by time alone, is found here. Every process calls it each
// second; with nothing due it is one indexed read.
func (s *Store) EnqueueDue(ctx context.Context, now time.Time) (n int, err error) {
	jobs, err := s.due(ctx, now)
	if err != nil {
		return 0, fmt.Errorf("read due work: %w", err)
	}
	if len(jobs) == 0 {
		return 0, nil
	}
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		// A crash here loses nothing: what is due stays due.
		return t.enqueue(ctx, now, jobs...)
	})
	if err != nil {
		return 0, fmt.Errorf("enqueue due work: %w", err)
	}
	return len(jobs), nil
}

func (s *Store) due(ctx context.Context, now time.Time) ([]river.JobArgs, error) {
	var jobs []river.JobArgs
	err := query(ctx, s.r, func(r *sql.Rows) error {
		var name, target string
		if err := r.Scan(&name, &target); err != nil {
			return err
		}
		switch name {
		case groupLease:
			jobs = append(jobs, Group{})
		case visitLease + target:
			jobs = append(jobs, Visit{target})
		default:
			jobs = append(jobs, Deliver{news.Channel(target)})
		}
		return nil
	}, dueText+` ORDER BY name`, ms(now), ms(now.Add(-stuck)))
	return jobs, err
}

// EndVisit records the last polls that brought nothing, as [Store.RecordQuiet]
// does, and gives back the lease on a host. Work that is left for it, because a
// visit is bounded, is enqueued by the next tick: a job inserted here would be
// dropped as the twin of the one that is just ending.
func (s *Store) EndVisit(ctx context.Context, host string, quiet ...Polled) error {
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		if err := t.recordQuiet(ctx, quiet); err != nil {
			return err
		}
		_, err := t.exec(ctx, `DELETE FROM leases WHERE name = $1`, visitLease+host)
		return err
	})
	if err != nil {
		return fmt.Errorf("end visit of %s: %w", host, err)
	}
	return nil
}

// Backlog is how much is due and not done.
type Backlog struct {
	Polls      int // sources due
	Reads      int // article pages due
	Ungrouped  int // matched articles in no story
	Deliveries int // due or being sent
	Jobs       int // queued or running
}

// Any says whether anything is left to do.
func (b Backlog) Any() bool { return b != Backlog{} }

// Backlog counts what is due now and not done.
func (s *Store) Backlog(ctx context.Context, now time.Time) (b Backlog, err error) {
	err = s.r.QueryRowContext(ctx, `SELECT
		(SELECT COUNT(*) FROM sources WHERE next_poll <= $1),
		(SELECT COUNT(*) FROM articles WHERE read_due <= $1),
		(SELECT COUNT(*) FROM articles WHERE to_group = 1) + (SELECT COUNT(*) FROM edits),
		(SELECT COUNT(*) FROM deliveries WHERE state = 'due' AND due_at <= $1)
			+ (SELECT COUNT(*) FROM deliveries WHERE state = 'sending'),
		(SELECT COUNT(*) FROM river_job WHERE state IN ('available', 'running'))`, ms(now)).
		Scan(&b.Polls, &b.Reads, &b.Ungrouped, &b.Deliveries, &b.Jobs)
	if err != nil {
		return b, fmt.Errorf("count backlog: %w", err)
	}
	return b, nil
}
