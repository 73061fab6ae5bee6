package store

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/armswatch/armswatch/monitor/news"
)

// The queues. Deliveries have their own, so that a channel that does not answer
// cannot hold up grouping.
const (
	deliverQueue = "deliver"
	lineQueue    = "line" // group, seal, prune
)

// sealTries keeps a digest that fails being tried for most of a day: nothing
// else would bring back its period. Other jobs are enqueued again by
// EnqueueDue when River gives them up.
const sealTries = 200

// Kind names the job in the queue.
func (Group) Kind() string { return "group" }

// Kind names the job in the queue.
func (Deliver) Kind() string { return "deliver" }

// Kind names the job in the queue.
func (Seal) Kind() string { return "seal" }

// Kind names the job in the queue.
func (Prune) Kind() string { return "prune" }

// InsertOpts puts the job into its queue.
func (Group) InsertOpts() river.InsertOpts { return opts(lineQueue) }

// InsertOpts puts the job into its queue.
func (Deliver) InsertOpts() river.InsertOpts { return opts(deliverQueue) }

// InsertOpts puts the job into its queue.
func (Seal) InsertOpts() river.InsertOpts {
	o := opts(lineQueue)
	o.MaxAttempts = sealTries
	return o
}

// InsertOpts puts the job into its queue.
func (Prune) InsertOpts() river.InsertOpts { return opts(lineQueue) }

// opts make a job unique by its arguments for as long as it is not finished. A
// job inserted while its twin runs is dropped, even when the twin has passed
// the point where it would have seen the new work: EnqueueDue finds that work
// a second later.
func opts(queue string) river.InsertOpts {
	return river.InsertOpts{Queue: queue, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
		rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	}}}
}

// queued is how long a job keeps ticks from asking for it again. It may have
// been there already and be about to end, so they look again soon.
const queued = time.Second

// enqueue inserts jobs in the transaction and leases their work, so that the
// ticks of all processes do not ask for them at once.
func (t *tx) enqueue(ctx context.Context, now time.Time, jobs ...river.JobArgs) error {
	if len(jobs) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		params[i].Args = j
	}
	if err := t.s.engine.enqueue(ctx, t, params); err != nil {
		return fmt.Errorf("enqueue %s: %w", jobs[0].Kind(), err)
	}
	for _, j := range jobs {
		if err := t.lease(ctx, leaseName(j), now.Add(queued)); err != nil {
			return err
		}
	}
	return nil
}

// leaseName is how the leases table names a job's work; "" for jobs that ticks
// do not enqueue.
func leaseName(j river.JobArgs) string {
	switch j := j.(type) {
	case Group:
		return groupLease
	case Deliver:
		return deliverLease + string(j.Channel)
	}
	return ""
}

const (
	visitLease   = "visit/"
	groupLease   = "group"
	deliverLease = "deliver/"
)

func (t *tx) lease(ctx context.Context, name string, until time.Time) error {
	if name == "" {
		return nil
	}
	_, err := t.exec(ctx, `INSERT INTO leases (name, until) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET until = excluded.until WHERE excluded.until > leases.until`, name, ms(until))
	if err != nil {
		return fmt.Errorf("lease %s: %w", name, err)
	}
	return nil
}

func delivers(channels []news.Channel) []river.JobArgs {
	jobs := make([]river.JobArgs, len(channels))
	for i, c := range channels {
		jobs[i] = Deliver{c}
	}
	return jobs
}
