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

// dueText lists the jobs whose work is due and that no lease covers.
const dueText = `SELECT name, channel FROM (
	SELECT 'group' AS name, '' AS channel WHERE EXISTS (SELECT 1 FROM articles WHERE to_group = 1) OR EXISTS (SELECT 1 FROM edits)
	UNION SELECT 'deliver/' || channel, channel FROM deliveries WHERE state = 'due' AND due_at <= $1
	UNION SELECT 'deliver/' || channel, channel FROM deliveries WHERE state = 'sending' AND claimed <= $2
	) AS work WHERE NOT EXISTS (SELECT 1 FROM leases WHERE leases.name = work.name AND leases.until > $1)`

// EnqueueDue lists every host with a poll or a read due for the visitors of this
// process, and enqueues a job for grouping when articles wait for it, and for
// every channel with a delivery due or stuck in sending; n is how many jobs it
// asked for and how many hosts wait. It is the net under all other enqueuing:
// whatever was dropped as a twin of a running job, or became due by time alone,
// is found here. Every process calls it each second; with nothing due it is two
// indexed reads.
func (s *Store) EnqueueDue(ctx context.Context, now time.Time) (n int, err error) {
	n, err = s.listVisits(ctx, now)
	if err != nil {
		return 0, fmt.Errorf("read due hosts: %w", err)
	}
	jobs, err := s.due(ctx, now)
	if err != nil {
		return 0, fmt.Errorf("read due work: %w", err)
	}
	if len(jobs) == 0 {
		return n, nil
	}
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		// A crash here loses nothing: what is due stays due.
		return t.enqueue(ctx, now, jobs...)
	})
	if err != nil {
		return 0, fmt.Errorf("enqueue due work: %w", err)
	}
	return n + len(jobs), nil
}

func (s *Store) due(ctx context.Context, now time.Time) ([]river.JobArgs, error) {
	var jobs []river.JobArgs
	err := query(ctx, s.r, func(r *sql.Rows) error {
		var name, channel string
		if err := r.Scan(&name, &channel); err != nil {
			return err
		}
		if name == groupLease {
			jobs = append(jobs, Group{})
		} else {
			jobs = append(jobs, Deliver{news.Channel(channel)})
		}
		return nil
	}, dueText+` ORDER BY name`, ms(now), ms(now.Add(-stuck)))
	return jobs, err
}

// Backlog is how much is due and not done.
type Backlog struct {
	Polls      int // sources due
	Reads      int // article pages due
	Ungrouped  int // matched articles in no story
	Deliveries int // due or being sent
	Jobs       int // queued or running, visits of this process's list and of all processes included
}

// Any says whether anything is left to do.
func (b Backlog) Any() bool { return b != Backlog{} }

// Backlog counts what is due now and not done. Visits that a process of before
// schema 8 left in the queue are nobody's work.
func (s *Store) Backlog(ctx context.Context, now time.Time) (b Backlog, err error) {
	err = s.r.QueryRowContext(ctx, `SELECT
		(SELECT COUNT(*) FROM sources WHERE next_poll <= $1),
		(SELECT COUNT(*) FROM articles WHERE read_due <= $1),
		(SELECT COUNT(*) FROM articles WHERE to_group = 1) + (SELECT COUNT(*) FROM edits),
		(SELECT COUNT(*) FROM deliveries WHERE state = 'due' AND due_at <= $1)
			+ (SELECT COUNT(*) FROM deliveries WHERE state = 'sending'),
		(SELECT COUNT(*) FROM river_job WHERE state IN ('available', 'running') AND kind <> 'visit')
			+ (SELECT COUNT(*) FROM leases WHERE holder NOT IN ('', $2) AND until > $1)`, ms(now), s.visits.holder).
		Scan(&b.Polls, &b.Reads, &b.Ungrouped, &b.Deliveries, &b.Jobs)
	if err != nil {
		return b, fmt.Errorf("count backlog: %w", err)
	}
	b.Jobs += s.visits.count()
	return b, nil
}
