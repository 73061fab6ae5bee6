package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/riverqueue/river"
)

// digestTick begins the name of a tick that seals a route's digest.
const digestTick = "digest/"

// SyncSchedule brings the schedule in line with ticks. A row whose spec is
// unchanged keeps its time, so that a tick missed while nobody ran fires late,
// once. A digest route that is new begins here: it does not tell what was
// grouped before.
func (s *Store) SyncSchedule(ctx context.Context, ticks []Tick) error {
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		have, err := readTicks(ctx, t, `SELECT name, spec, next_at, last_at FROM schedule`)
		if err != nil {
			return err
		}
		specs := map[string]string{}
		for _, h := range have {
			specs[h.Name] = h.Spec
		}
		for _, k := range ticks {
			if err := t.syncTick(ctx, k, specs); err != nil {
				return fmt.Errorf("%s: %w", k.Name, err)
			}
			delete(specs, k.Name)
		}
		for name := range specs {
			if _, err := t.exec(ctx, `DELETE FROM schedule WHERE name = $1`, name); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sync schedule: %w", err)
	}
	return nil
}

func (t *tx) syncTick(ctx context.Context, k Tick, specs map[string]string) error {
	if spec, ok := specs[k.Name]; ok && spec == k.Spec {
		return nil
	}
	_, err := t.exec(ctx, `INSERT INTO schedule (name, spec, next_at) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET spec = excluded.spec, next_at = excluded.next_at`, k.Name, k.Spec, ms(k.NextAt))
	if err != nil {
		return err
	}
	route, ok := strings.CutPrefix(k.Name, digestTick)
	if !ok {
		return nil
	}
	_, err = t.exec(ctx, `INSERT INTO cuts (route, seq) SELECT $1, value FROM counters WHERE name = 'seq'
		ON CONFLICT (route) DO NOTHING`, route)
	return err
}

func readTicks(ctx context.Context, q querier, text string, args ...any) ([]Tick, error) {
	var ticks []Tick
	err := query(ctx, q, func(r *sql.Rows) error {
		var k Tick
		var next, last sql.NullInt64
		if err := r.Scan(&k.Name, &k.Spec, &next, &last); err != nil {
			return err
		}
		k.NextAt, k.LastAt = at(next), at(last)
		ticks = append(ticks, k)
		return nil
	}, text, args...)
	return ticks, err
}

// Fire enqueues the job of each tick that is due and moves the tick on to what
// next says, in one transaction for each. Of several processes one wins, by
// comparing the time it saw with the time that is there. A tick several
// periods late fires once, for the period that period names.
func (s *Store) Fire(ctx context.Context, now time.Time, next func(Tick) time.Time, period func(Tick) string) error {
	due, err := readTicks(ctx, s.r, `SELECT name, spec, next_at, last_at FROM schedule WHERE next_at <= $1 ORDER BY next_at, name`, ms(now))
	if err != nil {
		return fmt.Errorf("read schedule: %w", err)
	}
	for _, k := range due {
		if err := s.fire(ctx, k, next(k), period(k), now); err != nil {
			return fmt.Errorf("fire %s: %w", k.Name, err)
		}
	}
	return nil
}

func (s *Store) fire(ctx context.Context, k Tick, next time.Time, period string, now time.Time) error {
	var job river.JobArgs = Prune{}
	if route, ok := strings.CutPrefix(k.Name, digestTick); ok {
		job = Seal{Route: route, Period: period}
	}
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		won, err := t.exec(ctx, `UPDATE schedule SET next_at = $1, last_at = $2 WHERE name = $3 AND next_at = $2`,
			ms(next), ms(k.NextAt), k.Name)
		if err != nil || won == 0 {
			return err
		}
		// A crash here loses nothing: the tick is still due. After the commit
		// the job is in the queue.
		return t.enqueue(ctx, now, job)
	})
}

// NextDue returns the earliest time anything becomes due, which may be past;
// the zero time when nothing ever will.
func (s *Store) NextDue(ctx context.Context) (time.Time, error) {
	var next sql.NullInt64
	err := s.r.QueryRowContext(ctx, `SELECT MIN(due) FROM (
		SELECT MIN(next_poll) AS due FROM sources WHERE next_poll IS NOT NULL
		UNION ALL SELECT MIN(read_due) FROM articles WHERE read_due IS NOT NULL
		UNION ALL SELECT MIN(due_at) FROM deliveries WHERE state = 'due'
		UNION ALL SELECT MIN(next_at) FROM schedule) AS times`).Scan(&next)
	if err != nil {
		return time.Time{}, fmt.Errorf("read what is due next: %w", err)
	}
	return at(next), nil
}
