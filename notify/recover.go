package notify

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify/digest"
)

const (
	maxBackoff = 24 * time.Hour
	// maxPause is how long a temporary failure of one message keeps the others
	// of its channel waiting: a dead channel is asked once a minute, and a
	// message that only this channel cannot digest does not hold up the rest.
	maxPause = time.Minute
	// giveUp is when a delivery that only ever failed is dead.
	giveUp = 7 * 24 * time.Hour
	// overdue is when the operators hear of it.
	overdue = 3 * time.Hour
)

// recover settles what an earlier process left in sending: it asks the channel
// whether the message arrived. If it cannot be asked, nothing else is sent to
// the channel for now, because it would overtake.
func (r *round) recover(ctx context.Context) (time.Duration, error) {
	left, err := r.o.Outbox.Sending(ctx, r.channel)
	if err != nil || len(left) == 0 {
		return 0, err
	}
	// The dead process may have sent its last request a moment ago, and the
	// channel may not have read it yet.
	if !sleep(ctx, r.o.Grace) {
		return 0, ctx.Err()
	}
	for _, d := range left {
		m, err := read(d)
		if err != nil {
			if err := r.settle(ctx, d, news.Outcome{State: news.Dead, Error: err.Error()}); err != nil {
				return 0, err
			}
			continue
		}
		// A crash anywhere in here: the same question is asked again.
		receipt, yes, err := r.sender.Arrived(ctx, d, m)
		if err != nil {
			return r.failed(ctx, d, m, err, false)
		}
		o := sent(receipt)
		if !yes {
			o = news.Outcome{State: news.Due, RetryAt: d.DueAt, Error: "the process that sent it died; it had not arrived"}
			r.asked[d.ID] = true
		}
		if err := r.settle(ctx, d, o); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// failed settles a try that ended in an error. Tried says that the message was
// handed to the channel, so that it may have arrived although we were told
// otherwise.
func (r *round) failed(ctx context.Context, d news.Delivery, m news.Digest, cause error, tried bool) (time.Duration, error) {
	if ctx.Err() != nil {
		return 0, ctx.Err() // cut off: it stays in sending, and the next call asks
	}
	var refused *Refused
	var later *Later
	switch {
	case errors.As(cause, &refused):
		r.o.Log.Error("delivery refused", "delivery", d.Key, "channel", d.Channel, "error", cause)
		r.report(ctx, d, "refused", fmt.Sprintf("%s does not take messages", d.Channel), cause)
		return 0, r.settle(ctx, d, news.Outcome{State: news.Dead, Error: cause.Error()})
	case errors.As(cause, &later):
		// A question that was put off leaves the try open: it counts, so that the
		// next one asks again.
		return later.After, r.settle(ctx, d, news.Outcome{State: news.Due, RetryAt: time.Now().Add(later.After), Free: tried, Error: cause.Error()})
	case tried:
		if receipt, yes, err := r.sender.Arrived(ctx, d, m); err == nil && yes {
			return 0, r.settle(ctx, d, sent(receipt)) // only the answer was lost
		}
	}
	return r.again(ctx, d, cause)
}

// again puts a delivery back to due, later each time, until it is given up.
func (r *round) again(ctx context.Context, d news.Delivery, cause error) (time.Duration, error) {
	now := time.Now()
	age := now.Sub(d.Created)
	if !d.Created.IsZero() && age > giveUp {
		r.o.Log.Error("delivery given up after a week", "delivery", d.Key, "channel", d.Channel, "error", cause)
		r.report(ctx, d, "dead", fmt.Sprintf("a message to %s was given up after a week", d.Channel), cause)
		return 0, r.settle(ctx, d, news.Outcome{State: news.Dead, Error: cause.Error()})
	}
	if !d.Created.IsZero() && age > overdue {
		r.report(ctx, d, "late", fmt.Sprintf("%s has not taken messages for %d hours", d.Channel, int(age.Hours())), cause)
	}
	wait := backoff(r.o.Backoff, d.Attempt)
	r.o.Log.Warn("delivery failed; trying again", "delivery", d.Key, "channel", d.Channel, "try", d.Attempt, "in", wait, "error", cause)
	err := r.settle(ctx, d, news.Outcome{State: news.Due, RetryAt: now.Add(wait), Error: cause.Error()})
	return min(wait, maxPause), err
}

// backoff doubles with every try up to a day; a tenth is left to chance, so
// that the channels of one dead server do not come back all at once.
func backoff(first time.Duration, attempt int) time.Duration {
	wait := first
	for range attempt - 1 {
		if wait *= 2; wait >= maxBackoff {
			wait = maxBackoff
			break
		}
	}
	return wait - rand.N(wait/10+1) //nolint:gosec // only so that channels do not all try at once
}

// report tells the operators, once per channel, trouble and day. That this
// fails is logged and not fatal: the delivery's own state is what counts.
func (r *round) report(ctx context.Context, d news.Delivery, trouble, title string, cause error) {
	if r.o.Report == nil || d.Kind == news.NoticeDelivery {
		return // a notice about a notice would never end
	}
	n, err := Notice(fmt.Sprintf("notice/%s/%s/%s", trouble, d.Channel, time.Now().UTC().Format(time.DateOnly)),
		digest.Notice(title, r.zone, d.Key, cause.Error()))
	if err == nil {
		err = r.o.Report(ctx, n)
	}
	if err != nil {
		r.o.Log.Error("report to operators", "delivery", d.Key, "error", err)
	}
}
