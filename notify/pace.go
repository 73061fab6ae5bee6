package notify

import (
	"context"
	"time"
)

// paces are the least times between two messages on one channel, by scheme.
// Slack and Telegram document one message a second for a channel or chat,
// Discord five in two seconds for a webhook.
var paces = map[string]time.Duration{
	"slack":    time.Second,
	"telegram": time.Second,
	"discord":  400 * time.Millisecond,
}

// listen finds out when the channel last got a message, by this process or
// another.
func (r *round) listen(ctx context.Context) error {
	scheme := r.channel.Scheme()
	if r.pace = paces[scheme]; r.pace == 0 || r.senders[scheme] == nil {
		r.pace = 0 // it prints
		return nil
	}
	last, err := r.o.Outbox.LastSent(ctx, r.channel, time.Now().Add(-r.pace))
	if last.After(r.last) {
		r.last = last
	}
	return err
}

// rest is how long the channel must still be left alone. A clock that went back
// does not make it longer than the pace.
func (r *round) rest(now time.Time) time.Duration {
	if r.pace == 0 || r.last.IsZero() {
		return 0
	}
	return min(r.last.Add(r.pace).Sub(now), r.pace)
}
