package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// gathered is the most deliveries that one message replaces.
const gathered = 500

// Together are the deliveries due to a channel that come as one message with d:
// those of its route and period, and, when d was made before old, all of its
// route that were. An update that has a thread to go to is not among them.
func (s *Store) Together(ctx context.Context, d news.Delivery, old, now time.Time) ([]news.Delivery, error) {
	list, err := deliveries(ctx, s.r, `WHERE channel = $1 AND state = 'due' AND due_at <= $2 AND route = $3 AND kind IN ($4, $5)
		AND story <> 0 AND (period = $6 AND period <> '' OR created < $7 AND $8 = 1) ORDER BY due_at, id LIMIT $9`,
		string(d.Channel), ms(now), d.Route, string(news.AlertDelivery), string(news.UpdateDelivery), d.Period,
		ms(old), bit(d.Created.Before(old)), int64(gathered))
	for i := range list {
		if err == nil {
			list[i].Thread, err = thread(ctx, s.r, d.Channel, list[i].Story)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read what waits with %s: %w", d.Key, err)
	}
	return slices.DeleteFunc(list, func(d news.Delivery) bool { return d.Thread != "" }), nil
}

var errNotDue = errors.New("not due any more")

// Gather puts d in the place of deliveries that are due, which count as sent
// with it. It says false, and changes nothing, when one of them is not due any
// more. All of it is one transaction.
func (s *Store) Gather(ctx context.Context, d news.Delivery, instead []news.Delivery, now time.Time) (bool, error) {
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		if added, err := t.addDelivery(ctx, d, now); err != nil || !added {
			return errors.Join(err, errNotDue)
		}
		for _, old := range instead {
			n, err := t.exec(ctx, `UPDATE deliveries SET state = 'sent', settled = $1, receipt = $2, error = '', claimed = NULL
				WHERE id = $3 AND state = 'due'`, ms(now), "in "+d.Key, old.ID)
			if err != nil {
				return err
			}
			if n == 0 {
				return errNotDue
			}
		}
		return nil
	})
	if errors.Is(err, errNotDue) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("gather %s: %w", d.Key, err)
	}
	return true, nil
}
