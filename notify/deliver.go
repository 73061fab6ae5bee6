package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify/digest"
)

const (
	// budget is how long one call of Deliver works before it hands the channel
	// back: shorter than the queue lets a job run, so that no job is taken for
	// dead while its message is on the way.
	budget = 2 * time.Minute
	// patience is the longest rate limit that is waited out with the message
	// claimed, which keeps the order of messages.
	patience = 40 * time.Second
	// settling is how long recording an outcome may take after the caller has
	// gone: what is known about a message should not be lost to a shutdown.
	settling = 5 * time.Second
)

// DelivererOptions are the parts a Deliverer works with.
type DelivererOptions struct {
	Outbox Outbox
	Log    *slog.Logger // nil: silence
	// Backoff is the wait after the first temporary failure; it doubles with
	// every try up to a day. 0 means five seconds.
	Backoff time.Duration
	// Grace is how long a message that a dead process handed over may still be
	// on its way: the channel is asked no sooner. 0 means two seconds.
	Grace time.Duration
	// Report takes a notice to the operators: its Channel is not set. nil: none
	// are made. Its key makes it one per channel, trouble and day.
	Report func(context.Context, news.Delivery) error
	// Settled is told how each try ended, after it was recorded. nil: nobody.
	Settled func(news.Delivery, news.Outcome)
}

// Deliverer sends what is due. Make one with [NewDeliverer] and give it senders
// with Use; it is safe for concurrent use on different channels. Two calls for
// one channel at a time are the caller's to prevent.
type Deliverer struct {
	o     DelivererOptions
	setup atomic.Pointer[setup]
}

// setup is what the config decides.
type setup struct {
	senders map[string]Sender
	zone    *time.Location
	routes  map[string]news.Route
}

// NewDeliverer returns a Deliverer without senders.
func NewDeliverer(o DelivererOptions) *Deliverer {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Backoff <= 0 {
		o.Backoff = 5 * time.Second
	}
	if o.Grace <= 0 {
		o.Grace = 2 * time.Second
	}
	d := &Deliverer{o: o}
	d.setup.Store(&setup{})
	return d
}

// Use sets the senders by channel scheme ("slack", "email", "webhook",
// "terminal"), the zone in which times are shown, and the routes. A channel
// whose scheme has no sender goes to the terminal's.
func (d *Deliverer) Use(senders map[string]Sender, zone *time.Location, routes []news.Route) {
	s := &setup{senders: senders, zone: zone, routes: map[string]news.Route{}}
	for _, r := range routes {
		s.routes[r.Name] = r
	}
	d.setup.Store(s)
}

// Deliver sends what is due to one channel, in order, until nothing is left or
// two minutes have gone. Wait is when to come again, 0 when nothing is due at
// any time. An error is the outbox's; a channel's failures end up in the
// delivery.
func (d *Deliverer) Deliver(ctx context.Context, ch news.Channel) (wait time.Duration, err error) {
	r := &round{Deliverer: d, setup: d.setup.Load(), channel: ch, asked: map[int64]bool{}, until: time.Now().Add(budget)}
	if r.sender = r.senders[ch.Scheme()]; r.sender == nil {
		r.sender = r.senders["terminal"]
	}
	if r.sender == nil {
		return 0, fmt.Errorf("deliver to %s: no sender for it, and no terminal", ch)
	}
	if wait, err := r.recover(ctx); err != nil || wait > 0 {
		return wait, err
	}
	if err := r.listen(ctx); err != nil {
		return 0, err
	}
	for time.Now().Before(r.until) {
		now := time.Now()
		next, due, err := d.o.Outbox.Next(ctx, ch, now)
		if err != nil {
			return 0, err
		}
		if !due {
			return untilDue(next.DueAt, now), nil
		}
		gathered, err := r.gather(ctx, next, now)
		if err != nil {
			return 0, err
		}
		if gathered {
			continue
		}
		if wait, err := r.deliver(ctx, next); err != nil || wait > 0 {
			return wait, err
		}
	}
	return time.Millisecond, nil
}

func untilDue(due, now time.Time) time.Duration {
	if due.IsZero() {
		return 0
	}
	return max(due.Sub(now), time.Millisecond)
}

// round is one call of Deliver.
type round struct {
	*Deliverer
	*setup
	channel news.Channel
	sender  Sender
	asked   map[int64]bool // deliveries whose earlier tries are known not to have arrived
	until   time.Time
	pace    time.Duration // least time between two messages
	last    time.Time     // the last message on the channel
}

// deliver takes one delivery from due to its next state. A wait above 0 says
// that the channel should be left alone for that long.
func (r *round) deliver(ctx context.Context, next news.Delivery) (time.Duration, error) {
	if !sleep(ctx, r.rest(time.Now())) {
		return 0, ctx.Err()
	}
	payload, err := r.payload(ctx, next)
	if err != nil {
		return 0, err
	}
	// A crash before the claim commits: the delivery is still due, nothing was
	// sent. Another process may have claimed it: then it is theirs.
	d, ok, err := r.o.Outbox.Claim(ctx, next.ID, payload, time.Now())
	if err != nil || !ok {
		return 0, err
	}
	// A crash from here on leaves it in sending: the next call's recover asks
	// the channel whether it arrived.
	m, err := read(d)
	if err != nil {
		return 0, r.settle(ctx, d, news.Outcome{State: news.Dead, Error: err.Error()})
	}
	if d.Kind == news.AlertDelivery && d.Thread != "" {
		// The channel has been told of this story, by another route or by an
		// update that overtook the alert.
		return 0, r.settle(ctx, d, news.Outcome{State: news.Sent, Receipt: d.Thread, Thread: d.Thread})
	}
	if strings.HasPrefix(d.Key, "count/") && d.Thread == "" {
		// No message has numbers to change: the route takes only what is added.
		return 0, r.settle(ctx, d, news.Outcome{State: news.Sent})
	}
	if d.Attempt > 1 && !r.asked[d.ID] {
		// The last try may have arrived although we were told otherwise.
		if receipt, yes, err := r.sender.Arrived(ctx, d, m); err != nil {
			return r.failed(ctx, d, m, err, false)
		} else if yes {
			return 0, r.settle(ctx, d, sent(receipt))
		}
	}
	return r.send(ctx, d, m)
}

// send hands the message to the channel and settles what came of it.
func (r *round) send(ctx context.Context, d news.Delivery, m news.Digest) (time.Duration, error) {
	for {
		receipt, err := r.sender.Send(ctx, d, m)
		r.last = time.Now() // whatever came of it, it may be there
		if err == nil {
			// A crash here: the message is out and the delivery in sending. A
			// channel that can tell settles it, another gets the repeat.
			return 0, r.settle(ctx, d, sent(receipt))
		}
		var later *Later
		if !errors.As(err, &later) || later.After > patience || time.Now().Add(later.After).After(r.until) {
			return r.failed(ctx, d, m, err, true)
		}
		// A crash while we wait out a rate limit: as above, and it did not arrive.
		if !sleep(ctx, later.After) {
			return 0, r.settle(ctx, d, news.Outcome{State: news.Due, RetryAt: time.Now(), Free: true, Error: err.Error()})
		}
	}
}

func sent(r Receipt) news.Outcome {
	return news.Outcome{State: news.Sent, Receipt: r.ID, Thread: r.Thread}
}

// settle records how a try ended. It does so even when the caller has gone.
func (r *round) settle(ctx context.Context, d news.Delivery, o news.Outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settling)
	defer cancel()
	if err := r.o.Outbox.Settle(ctx, d.ID, o, time.Now()); err != nil {
		return err // still in sending: recover settles it
	}
	if r.o.Settled != nil {
		r.o.Settled(d, o)
	}
	r.o.Log.Debug("delivery settled", "delivery", d.Key, "channel", d.Channel, "state", o.State, "try", d.Attempt)
	return nil
}

// payload is the message as JSON: what is frozen already, or the story as it
// stands now.
func (r *round) payload(ctx context.Context, d news.Delivery) ([]byte, error) {
	if len(d.Payload) > 0 || d.Story == 0 {
		return d.Payload, nil
	}
	s, err := r.o.Outbox.Story(ctx, d.Story)
	if err != nil {
		return nil, err
	}
	route, known := r.routes[d.Route]
	if !known { // it left the config since; then its name is all that is left of it
		route.Name = d.Route
	}
	m := digest.Alert(s, route, r.zone)
	if d.Kind == news.UpdateDelivery {
		m = r.update(d, s, route)
	}
	payload, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write payload of %s: %w", d.Key, err)
	}
	return payload, nil
}

func (r *round) update(d news.Delivery, s news.Story, route news.Route) news.Digest {
	article, correction := about(d.Key)
	return digest.Update(s, article, correction, route, r.zone)
}

// about is what an update is about, by its key: "update/ROUTE/STORY/ARTICLE", and
// "correction/ROUTE/STORY/ARTICLE/SEQ". Other keys name nothing.
func about(key string) (article news.ArticleID, correction int64) {
	parts := strings.Split(key, "/")
	last := func() (n int64) {
		n, _ = strconv.ParseInt(parts[len(parts)-1], 10, 64)
		parts = parts[:len(parts)-1]
		return n
	}
	switch {
	case parts[0] == "correction" && len(parts) > 4:
		correction = last()
	case parts[0] != "update":
		return 0, 0
	}
	return news.ArticleID(last()), correction
}

func read(d news.Delivery) (m news.Digest, err error) {
	if err := json.Unmarshal(d.Payload, &m); err != nil {
		return m, fmt.Errorf("read payload: %w", err)
	}
	m.Kind = d.Kind
	return m, nil
}

// sleep waits, and says false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
