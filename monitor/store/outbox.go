package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

const deliveryColumns = `id, key, kind, channel, route, story, period, state, attempt, due_at, payload, receipt, error, created, settled`

func scanDelivery(r interface{ Scan(...any) error }, d *news.Delivery) error {
	var due, created, settled sql.NullInt64
	var payload sql.NullString
	err := r.Scan(&d.ID, &d.Key, &d.Kind, &d.Channel, &d.Route, &d.Story, &d.Period, &d.State, &d.Attempt,
		&due, &payload, &d.Receipt, &d.Error, &created, &settled)
	if err != nil {
		return err
	}
	d.DueAt, d.Created, d.Settled = at(due), at(created), at(settled)
	if payload.Valid {
		d.Payload = []byte(payload.String)
	}
	return nil
}

func deliveries(ctx context.Context, q querier, where string, args ...any) ([]news.Delivery, error) {
	var list []news.Delivery
	err := query(ctx, q, func(r *sql.Rows) error {
		var d news.Delivery
		if err := scanDelivery(r, &d); err != nil {
			return err
		}
		list = append(list, d)
		return nil
	}, `SELECT `+deliveryColumns+` FROM deliveries `+where, args...)
	return list, err
}

// addDelivery stores a delivery unless its key is known, and remembers that
// its route has told its story.
func (t *tx) addDelivery(ctx context.Context, d news.Delivery, now time.Time) (added bool, err error) {
	if d.DueAt.IsZero() {
		d.DueAt = now
	}
	if d.DueAt, err = t.afterAlert(ctx, d); err != nil {
		return false, err
	}
	var payload any
	if len(d.Payload) > 0 {
		payload = string(d.Payload)
	}
	n, err := t.exec(ctx, `INSERT INTO deliveries (id, key, kind, channel, route, story, period, state, attempt, due_at, payload, created)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'due', 0, $8, $9, $10) ON CONFLICT (key) DO NOTHING`,
		t.s.ids.next(now), d.Key, string(d.Kind), string(d.Channel), d.Route, int64(d.Story), d.Period,
		ms(d.DueAt), payload, ms(now))
	if err != nil {
		return false, fmt.Errorf("add delivery %s: %w", d.Key, err)
	}
	if n == 0 || d.Story == 0 {
		return n > 0, nil
	}
	return true, t.tell(ctx, d, d.Story, now)
}

// afterAlert is when a delivery is due that may not overtake the alert of its
// story, which may be waiting for a channel that was down.
func (t *tx) afterAlert(ctx context.Context, d news.Delivery) (time.Time, error) {
	if d.Story == 0 {
		return d.DueAt, nil
	}
	var due sql.NullInt64
	err := t.QueryRowContext(ctx, `SELECT MAX(due_at) FROM deliveries WHERE story = $1 AND channel = $2 AND kind = $3 AND state = 'due'`,
		int64(d.Story), string(d.Channel), string(news.AlertDelivery)).Scan(&due)
	if err != nil {
		return d.DueAt, fmt.Errorf("read the alert before %s: %w", d.Key, err)
	}
	if alert := at(due); alert.After(d.DueAt) {
		return alert, nil
	}
	return d.DueAt, nil
}

func (t *tx) tell(ctx context.Context, d news.Delivery, story news.StoryID, now time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO told (route, story, key, kind, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (route, story, key) DO NOTHING`, d.Route, int64(story), d.Key, string(d.Kind), ms(now))
	if err != nil {
		return fmt.Errorf("note that %s tells story %d: %w", d.Key, story, err)
	}
	return nil
}

// AddDelivery adds a delivery that no story asks for, such as a notice. It
// says false when its key is known: then nothing changes.
func (s *Store) AddDelivery(ctx context.Context, d news.Delivery) (added bool, err error) {
	now := time.Now()
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		if added, err = t.addDelivery(ctx, d, now); err != nil || !added || d.DueAt.After(now) {
			return err
		}
		return t.enqueue(ctx, now, Deliver{d.Channel})
	})
	return added, err
}

// thread is what a channel needs to answer the first message on a story, or on
// any story that is one with it now.
func thread(ctx context.Context, q querier, ch news.Channel, story news.StoryID) (string, error) {
	if story == 0 {
		return "", nil
	}
	ids, err := family(ctx, q, story)
	if err != nil {
		return "", err
	}
	var text string
	args := append([]any{string(ch), int64(ids[0])}, anys(ids)...)
	err = q.QueryRowContext(ctx, `SELECT thread FROM threads WHERE channel = $1 AND story IN (`+marks(3, len(ids))+`)
		ORDER BY CASE WHEN story = $2 THEN 0 ELSE 1 END, story LIMIT 1`, args...).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return text, err
}

// Sending returns the deliveries of a channel that are in sending, oldest
// first: at the start of a Deliver job, those whose sender died.
func (s *Store) Sending(ctx context.Context, ch news.Channel) ([]news.Delivery, error) {
	list, err := deliveries(ctx, s.r, `WHERE channel = $1 AND state = 'sending' ORDER BY claimed, id`, string(ch))
	for i := range list {
		if err == nil {
			list[i].Thread, err = thread(ctx, s.r, ch, list[i].Story)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read deliveries in sending to %s: %w", ch, err)
	}
	return list, nil
}

// Next returns the delivery of a channel that is due first. When none is due,
// it says false and DueAt is when the next will be, zero if none.
func (s *Store) Next(ctx context.Context, ch news.Channel, now time.Time) (news.Delivery, bool, error) {
	list, err := deliveries(ctx, s.r, `WHERE channel = $1 AND state = 'due' ORDER BY due_at, id LIMIT 1`, string(ch))
	if err != nil {
		return news.Delivery{}, false, fmt.Errorf("read next delivery to %s: %w", ch, err)
	}
	if len(list) == 0 {
		return news.Delivery{}, false, nil
	}
	d := list[0]
	if d.DueAt.After(now) {
		return news.Delivery{DueAt: d.DueAt}, false, nil
	}
	if d.Thread, err = thread(ctx, s.r, ch, d.Story); err != nil {
		return news.Delivery{}, false, fmt.Errorf("read thread of %s: %w", d.Key, err)
	}
	return d, true, nil
}

// LastSent is when a channel last got a message, or was tried and may have got
// it; zero when that was not since then.
func (s *Store) LastSent(ctx context.Context, ch news.Channel, since time.Time) (time.Time, error) {
	var last sql.NullInt64
	err := s.r.QueryRowContext(ctx, `SELECT MAX(t) FROM (
		SELECT MAX(settled) AS t FROM deliveries WHERE settled >= $1 AND channel = $2 AND state = 'sent'
		UNION ALL SELECT MAX(claimed) FROM deliveries WHERE claimed >= $1 AND channel = $2 AND state = 'due') AS tries`,
		ms(since), string(ch)).Scan(&last)
	if err != nil {
		return time.Time{}, fmt.Errorf("read when %s last got a message: %w", ch, err)
	}
	return at(last), nil
}

// Claim moves a delivery from due to sending and freezes its payload, unless an
// earlier try has. It says false when the delivery is not due any more. A crash
// before the commit sends nothing. After it, until Settle, the delivery is found
// in sending at the next start and its channel is asked whether it arrived.
func (s *Store) Claim(ctx context.Context, id int64, payload []byte, now time.Time) (d news.Delivery, ok bool, err error) {
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		row := t.QueryRowContext(ctx, `UPDATE deliveries SET state = 'sending', attempt = attempt + 1, claimed = $1,
			payload = COALESCE(payload, $2) WHERE id = $3 AND state = 'due' RETURNING `+deliveryColumns, ms(now), string(payload), id)
		err := scanDelivery(row, &d)
		if ok = err == nil; errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		d.Thread, err = thread(ctx, t, d.Channel, d.Story)
		return err
	})
	if err != nil {
		return news.Delivery{}, false, fmt.Errorf("claim delivery %d: %w", id, err)
	}
	return d, ok, nil
}

// Settle records how a try ended: sent, dead, or due again; what else waits to
// be told of the same story to the same channel then waits with it, so that no
// update overtakes its alert. A delivery that is sent after it failed makes
// others that failed due at once. It does nothing to a delivery that is not in
// sending. A crash before the commit leaves it in sending; see Claim.
func (s *Store) Settle(ctx context.Context, id int64, o news.Outcome, now time.Time) error {
	due, settled, tried := o.RetryAt, now, time.Time{}
	if o.State == news.Due {
		settled, tried = time.Time{}, now
		if due.IsZero() {
			due = now
		}
	}
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		var d news.Delivery
		err := t.QueryRowContext(ctx, `UPDATE deliveries SET state = $1, due_at = COALESCE($2, due_at), settled = $3,
			attempt = attempt - $4, receipt = $5, error = $6, claimed = $7
			WHERE id = $8 AND state = 'sending' RETURNING channel, story, attempt`,
			string(o.State), ms(due), ms(settled), bit(o.Free), clean(o.Receipt), clean(o.Error), ms(tried), id).Scan(&d.Channel, &d.Story, &d.Attempt)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil && o.State == news.Sent && d.Attempt > 1 {
			// The channel is back: what failed while it was away need not wait as
			// long as it was away.
			_, err = t.exec(ctx, `UPDATE deliveries SET due_at = $1 WHERE channel = $2 AND state = 'due' AND due_at > $1
				AND (attempt > 0 OR kind = $3 AND period = '')`,
				ms(now), string(d.Channel), string(news.UpdateDelivery))
		}
		if err != nil || d.Story == 0 {
			return err
		}
		if o.State == news.Due {
			_, err = t.exec(ctx, `UPDATE deliveries SET due_at = $1 WHERE channel = $2 AND story = $3 AND state = 'due' AND due_at < $1`,
				ms(due), string(d.Channel), int64(d.Story))
		}
		if err != nil || o.Thread == "" {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO threads (channel, story, thread) VALUES ($1, $2, $3)
			ON CONFLICT (channel, story) DO UPDATE SET thread = excluded.thread`, string(d.Channel), int64(d.Story), o.Thread)
		return err
	})
	if err != nil {
		return fmt.Errorf("settle delivery %d: %w", id, err)
	}
	return nil
}

func channelsWith(ctx context.Context, q querier, text string, args ...any) ([]news.Channel, error) {
	var list []news.Channel
	err := query(ctx, q, func(r *sql.Rows) error {
		var c news.Channel
		if err := r.Scan(&c); err != nil {
			return err
		}
		list = append(list, c)
		return nil
	}, text, args...)
	return list, err
}
