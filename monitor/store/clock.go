package store

import (
	"context"
	"fmt"
	"time"
)

// Rewind makes good what a clock that ran ahead has put off. What was last
// polled, tried or made in what is now the future is due at once, unless it
// waits with others for a time of its own; ticks come no later than next says.
// Digests that fire again are the same period, and sealed once. A clock that
// never ran ahead makes it change nothing that matters.
func (s *Store) Rewind(ctx context.Context, now time.Time, next func(Tick) time.Time) error {
	ticks, err := readTicks(ctx, s.r, `SELECT name, spec, next_at, last_at FROM schedule`)
	if err != nil {
		return fmt.Errorf("read schedule: %w", err)
	}
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		for _, text := range []string{
			`UPDATE sources SET next_poll = $1 WHERE last_poll > $1 AND next_poll > $1`,
			`UPDATE articles SET read_due = $1 WHERE read_due > $1 AND first_seen > $1`,
			`UPDATE deliveries SET claimed = $1 WHERE state = 'sending' AND claimed > $1`,
			`UPDATE deliveries SET due_at = $1 WHERE state = 'due' AND due_at > $1 AND (claimed > $1 OR created > $1 AND period = '')`,
		} {
			if _, err := t.exec(ctx, text, ms(now)); err != nil {
				return err
			}
		}
		// Jobs that sleep: EnqueueDue inserts them again when their work is due.
		if _, err := t.exec(ctx, `DELETE FROM river_job WHERE state IN ('scheduled', 'retryable') AND kind IN ('group', 'deliver')`); err != nil {
			return err
		}
		// Another machine whose clock is a little ahead holds hosts until then: those
		// stay its own.
		if _, err := t.exec(ctx, `DELETE FROM leases WHERE until > $1`, ms(now.Add(2*leased))); err != nil {
			return err
		}
		for _, k := range ticks {
			due := next(k)
			if !k.NextAt.After(due) {
				continue
			}
			if !k.LastAt.IsZero() && !k.LastAt.After(now) {
				due = k.LastAt // it may have fired for a day that is years away
			}
			if _, err := t.exec(ctx, `UPDATE schedule SET next_at = $1 WHERE name = $2 AND next_at > $1`, ms(due), k.Name); err != nil {
				return fmt.Errorf("%s: %w", k.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("make good what a wrong clock put off: %w", err)
	}
	return nil
}

// LastTick is when a tick of the schedule that has fired was due last; zero
// before the first, and for a name that is none.
func (s *Store) LastTick(ctx context.Context, name string) (time.Time, error) {
	ticks, err := readTicks(ctx, s.r, `SELECT name, spec, next_at, last_at FROM schedule WHERE name = $1`, name)
	if err != nil || len(ticks) == 0 {
		return time.Time{}, err
	}
	return ticks[0].LastAt, nil
}
