// Package notify brings deliveries to their channels: claim, send, settle, and
// recover what a crash left in between.
//
// A delivery is due, then sending with its payload frozen, then sent or dead.
// What a crash leaves in sending is not sent again before its channel was asked
// whether the message is there ([Sender.Arrived]). A channel that can answer,
// Slack, therefore gets each message once; one that cannot, mail and webhooks,
// may get a message twice, with the same Message-ID or Idempotency-Key.
//
// The package knows neither the database nor the config: package store
// implements [Outbox], and cmd makes the senders.
package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// Outbox holds the deliveries.
type Outbox interface {
	// Sending lists the deliveries of a channel in sending, oldest first.
	Sending(ctx context.Context, ch news.Channel) ([]news.Delivery, error)
	// Next is the delivery that is due first. When none is due it says false,
	// and DueAt is when the next will be, zero if none.
	Next(ctx context.Context, ch news.Channel, now time.Time) (news.Delivery, bool, error)
	// LastSent is when the channel last got a message, zero when that was not
	// since then.
	LastSent(ctx context.Context, ch news.Channel, since time.Time) (time.Time, error)
	// Story is a story with every member.
	Story(ctx context.Context, id news.StoryID) (news.Story, error)
	// Together are the deliveries due to a channel that come as one message with
	// d: those of its route and period, and, when d was made before old, all of
	// its route that were. An update that has a thread to go to is not among them.
	Together(ctx context.Context, d news.Delivery, old, now time.Time) ([]news.Delivery, error)
	// Gather puts d in the place of deliveries that are due. It says false, and
	// changes nothing, when one of them is not due any more.
	Gather(ctx context.Context, d news.Delivery, instead []news.Delivery, now time.Time) (bool, error)
	// Claim moves a delivery from due to sending and freezes its payload,
	// unless an earlier try has. It says false when it is not due any more.
	Claim(ctx context.Context, id int64, payload []byte, now time.Time) (news.Delivery, bool, error)
	// Settle records how a try ended. It does nothing to a delivery that is
	// not in sending.
	Settle(ctx context.Context, id int64, o news.Outcome, now time.Time) error
}

// Sender speaks one channel's language. It is safe for concurrent use on
// different channels.
type Sender interface {
	// Send sends the message. Its error is a *[Refused], a *[Later], or
	// anything else, which is temporary and leaves open whether the message
	// arrived. Errors carry no secret.
	Send(ctx context.Context, d news.Delivery, m news.Digest) (Receipt, error)
	// Arrived asks the channel whether an earlier try of the same delivery
	// arrived. A channel that cannot tell says false and no error.
	Arrived(ctx context.Context, d news.Delivery, m news.Digest) (Receipt, bool, error)
}

// Receipt is what a channel gives for a message.
type Receipt struct {
	ID     string // of the message
	Thread string // what later messages on the same story need; "" for none
}

// Refused is a permanent refusal: trying again cannot help until somebody has
// followed the remedy.
type Refused struct {
	Reason string // one line, in the channel's words
	Remedy string // what to do about it
}

func (r *Refused) Error() string {
	if r.Remedy == "" {
		return r.Reason
	}
	return fmt.Sprintf("%s: %s", r.Reason, r.Remedy)
}

// Later says that the channel took nothing and wants to be left alone for a
// time. It does not count as a try.
type Later struct {
	After time.Duration
}

func (l *Later) Error() string { return fmt.Sprintf("rate limited: again in %s", l.After) }
