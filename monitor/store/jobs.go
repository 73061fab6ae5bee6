package store

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/armswatch/armswatch/monitor/news"
)

// The queues. Visits have their own, so that slow hosts cannot hold up what
// brings news to people; deliveries have their own, so that a channel that
// does not answer cannot hold up grouping.
const (
	visitQueue   = "visit"
	deliverQueue = "deliver"
	lineQueue    = "line" // group, seal, prune
)

// sealTries keeps a digest that fails being tried for most of a day: nothing
// else would bring back its period. Other jobs are enqueued again by
// EnqueueDue when River gives them up.
const sealTries = 200

// Kind names the job in the queue.
func (Visit) Kind() string { return "visit" }

// Kind names the job in the queue.
func (Group) Kind() string { return "group" }

// Kind names the job in the queue.
func (Deliver) Kind() string { return "deliver" }

// Kind names the job in the queue.
func (Seal) Kind() string { return "seal" }

// Kind names the job in the queue.
func (Prune) Kind() string { return "prune" }

// InsertOpts puts the job into its queue.
func (Visit) InsertOpts() river.InsertOpts { return opts(visitQueue) }

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

// leased is how long a queued visit keeps ticks from asking for it again: what
// a visit may take and some waiting in the queue. Its end gives the lease back.
const leased = 4 * time.Minute

// twin is the lease when the job was there already: it may be about to end, so
// look again soon.
const twin = time.Second

// enqueue inserts jobs in the transaction and leases their work, so that the
// ticks of the next minutes find nothing to do.
func (t *tx) enqueue(ctx context.Context, now time.Time, jobs ...river.JobArgs) error {
	if len(jobs) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		params[i].Args = j
	}
	inserted, err := t.s.engine.enqueue(ctx, t, params)
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", jobs[0].Kind(), err)
	}
	for i, j := range jobs {
		until := now.Add(twin)
		if _, visit := j.(Visit); visit && !inserted[i].UniqueSkippedAsDuplicate {
			until = now.Add(leased)
		}
		if err := t.lease(ctx, leaseName(j), until); err != nil {
			return err
		}
	}
	return nil
}

// leaseName is how the leases table names a job's work; "" for jobs that ticks
// do not enqueue.
func leaseName(j river.JobArgs) string {
	switch j := j.(type) {
	case Visit:
		return visitLease + j.Host
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
