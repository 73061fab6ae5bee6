package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify/digest"
)

// stale is the age at which an alert is no news any more: what a channel that
// was down missed for longer comes as one message.
const stale = 24 * time.Hour

// gather puts one message in the place of alerts that waited: for the end of a
// quiet time, for the next hour, or for a channel that was down. It says false
// when there is nothing to gather; then the delivery goes by itself.
func (r *round) gather(ctx context.Context, next news.Delivery, now time.Time) (bool, error) {
	waited := next.Period != "" || !next.Created.IsZero() && now.Sub(next.Created) > stale
	if next.Kind != news.AlertDelivery && next.Kind != news.UpdateDelivery || !waited {
		return false, nil
	}
	list, err := r.o.Outbox.Together(ctx, next, now.Add(-stale), now)
	if err != nil || len(list) < 2 {
		return false, err
	}
	list, asked := r.absent(ctx, list)
	if !asked || len(list) < 2 {
		return false, nil // the next in line is tried, and found by the question before its second try
	}
	payload, err := r.together(ctx, next, list, now)
	if err != nil {
		return false, err
	}
	// A crash before this commits leaves them as they were; after it, the one
	// message is due like any other.
	return r.o.Outbox.Gather(ctx, news.Delivery{
		Key: fmt.Sprintf("gather/%s/%d", next.Route, next.ID), Kind: news.DigestDelivery,
		Channel: r.channel, Route: next.Route, DueAt: now, Payload: payload,
	}, list, now)
}

// absent leaves out what a channel says it has, of deliveries that were tried
// before. It says false when the channel cannot be asked.
func (r *round) absent(ctx context.Context, list []news.Delivery) ([]news.Delivery, bool) {
	var out []news.Delivery
	for _, d := range list {
		if d.Attempt > 0 && len(d.Payload) > 0 && !r.asked[d.ID] {
			m, err := read(d)
			if err != nil {
				continue
			}
			_, yes, err := r.sender.Arrived(ctx, d, m)
			if err != nil {
				return nil, false
			}
			if yes {
				continue // its next try finds it and settles it
			}
			r.asked[d.ID] = true
		}
		out = append(out, d)
	}
	return out, true
}

// together is the message that tells the stories of many deliveries, as they
// now stand.
func (r *round) together(ctx context.Context, next news.Delivery, list []news.Delivery, now time.Time) ([]byte, error) {
	route, known := r.routes[next.Route]
	if !known {
		route.Name = next.Route
	}
	p := digest.Pending{
		Route: route, Zone: r.zone, From: next.Created, To: now,
		Told: map[news.StoryID]bool{}, New: map[news.StoryID][]news.NoveltyCard{},
	}
	alerts := map[news.StoryID]bool{}
	for _, d := range list {
		s, err := r.o.Outbox.Story(ctx, d.Story)
		if err != nil {
			return nil, err
		}
		if !alerts[s.ID] && !p.Told[s.ID] {
			p.Stories = append(p.Stories, s)
		}
		if d.Kind == news.AlertDelivery {
			alerts[s.ID] = true
		} else {
			p.Told[s.ID] = true
			p.New[s.ID] = append(p.New[s.ID], r.update(d, s, route).Updates[0].New...)
		}
	}
	for id := range alerts { // all of a story that is told for the first time is new
		delete(p.Told, id)
		delete(p.New, id)
	}
	m := digest.Build(p)
	zone := r.zone
	if zone == nil {
		zone = time.UTC
	}
	m.Period = now.In(zone).Format(digest.PeriodLayout)
	payload, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write what waited on %s: %w", next.Route, err)
	}
	return payload, nil
}
