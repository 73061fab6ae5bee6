package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// WorkOptions say how much to do at once.
type WorkOptions struct {
	Hosts int // visits at once; 0 means 64
}

// Snooze is returned by a worker function to be run again after that time
// without its try counting as a failure. A Deliver that snoozes while nothing
// is due on its channel ends instead, so that the next alert does not wait for
// it; what is due later brings its own job.
type Snooze time.Duration

func (s Snooze) Error() string { return "again in " + time.Duration(s).String() }

const (
	// A visit is bounded at two minutes and then waits for one request.
	jobTimeout = 2*time.Minute + 45*time.Second
	// A job that hangs is taken up after this long; those of a process that died
	// are taken up sooner, see alive.go. On SQLite the next start takes them up at once.
	rescueAfter = 3 * time.Minute
	// Ended jobs are only good for looking at; visits end many times a second.
	keepCompleted = 15 * time.Minute
	softStop      = 5 * time.Second // then the contexts of running jobs end
	hardStop      = 8 * time.Second // then we leave; the queue takes their jobs up again
)

// client is the part of a River client that does not know its database.
type client interface {
	Start(context.Context) error
	Stopped() <-chan struct{}
}

// Work visits hosts and does jobs until ctx ends. Then it takes no more, gives the running ones
// five seconds, cancels their contexts, and returns at the latest three
// seconds later. A job that was cut off runs again; a panic in a job harms only
// that job.
func (s *Store) Work(ctx context.Context, w Workers, o WorkOptions) error {
	if o.Hosts == 0 {
		o.Hosts = 64
	}
	id, living, err := s.engine.alive(ctx, s.log)
	if err != nil {
		return err
	}
	alive, died := context.WithCancel(context.WithoutCancel(ctx))
	var live sync.WaitGroup
	live.Go(func() { living(alive) })
	defer live.Wait()
	defer died() // after the jobs have ended
	c, err := s.engine.client(&river.Config{
		ID:     id,
		Logger: slog.New(queueLog{s.log.Handler(), ctx}),
		Queues: map[string]river.QueueConfig{
			deliverQueue: {MaxWorkers: 32}, // most of them wait for their channel
			lineQueue:    {MaxWorkers: 4},
		},
		Workers:                     s.workers(ctx, w),
		ErrorHandler:                failures{s.log},
		RetryPolicy:                 retries{},
		FetchCooldown:               100 * time.Millisecond,
		FetchPollInterval:           time.Second,
		JobTimeout:                  jobTimeout,
		RescueStuckJobsAfter:        rescueAfter,
		CompletedJobRetentionPeriod: keepCompleted,
		SoftStopTimeout:             softStop,
	})
	if err != nil {
		return fmt.Errorf("make worker: %w", err)
	}
	if err := c.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("start worker: %w", err)
	}
	visited := s.visitAll(ctx, w.Visit, o.Hosts)
	<-ctx.Done()
	late := time.After(hardStop)
	for _, ended := range []<-chan struct{}{c.Stopped(), visited} {
		select {
		case <-ended:
		case <-late:
			return errors.New("stop worker: jobs did not end in time; they run again at the next start")
		}
	}
	return nil
}

func (s *Store) workers(stop context.Context, w Workers) *river.Workers {
	ws := river.NewWorkers()
	add(stop, ws, w.Group)
	add(stop, ws, s.deliverer(w.Deliver))
	add(stop, ws, w.Seal)
	add(stop, ws, w.Prune)
	return ws
}

// add registers f for its kind of job and says in River's words how f ended.
func add[T river.JobArgs](stop context.Context, ws *river.Workers, f func(context.Context, T) error) {
	river.AddWorker(ws, river.WorkFunc(func(ctx context.Context, j *river.Job[T]) error {
		if f == nil {
			return fmt.Errorf("do %s: nobody to do it", j.Kind)
		}
		err := f(ctx, j.Args)
		var again Snooze
		switch {
		case errors.As(err, &again):
			return river.JobSnooze(max(time.Duration(again), 0))
		case err != nil && stop.Err() != nil && ctx.Err() != nil:
			return river.JobSnooze(0) // cut off by our stopping: first thing at the next start
		}
		return err
	}))
}

// deliverer lets a Deliver end that waits for nothing but a later delivery. If
// it slept in the queue, its uniqueness would keep a new alert waiting as long.
func (s *Store) deliverer(f func(context.Context, Deliver) error) func(context.Context, Deliver) error {
	if f == nil {
		return nil
	}
	return func(ctx context.Context, d Deliver) error {
		err := f(ctx, d)
		if _, again := errors.AsType[Snooze](err); !again {
			return err
		}
		var n int
		dueErr := s.r.QueryRowContext(ctx, `SELECT COUNT(*) FROM deliveries
			WHERE channel = $1 AND state = 'due' AND due_at <= $2`, string(d.Channel), ms(time.Now())).Scan(&n)
		if dueErr == nil && n == 0 {
			return nil
		}
		return err
	}
}

// retryAfter is 1, 4, 9, ... seconds after so many failures, at most a minute: what
// fails here is mostly the database, and it comes back.
func retryAfter(failures int) time.Duration {
	return min(time.Duration(failures*failures)*time.Second, time.Minute)
}

type retries struct{}

func (retries) NextRetry(j *rivertype.JobRow) time.Time {
	return time.Now().Add(retryAfter(len(j.Errors) + 1))
}

// failures logs what goes wrong in a job, one line each.
type failures struct{ log *slog.Logger }

func (f failures) HandleError(_ context.Context, j *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	f.log.Error("job failed", "job", j.Kind, "args", string(j.EncodedArgs), "try", j.Attempt, "error", err)
	return nil
}

func (f failures) HandlePanic(_ context.Context, j *rivertype.JobRow, v any, trace string) *river.ErrorHandlerResult {
	f.log.Error("job panicked", "job", j.Kind, "args", string(j.EncodedArgs), "try", j.Attempt, "panic", fmt.Sprint(v), "stack", trace)
	return nil
}

// queueLog passes on what River warns of. Its news is none to an operator, and
// neither is that it loses the lead or cuts jobs short while we stop; failing and panicking jobs
// are logged by failures.
type queueLog struct {
	slog.Handler
	stop context.Context
}

func (h queueLog) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

func (h queueLog) Handle(ctx context.Context, r slog.Record) error {
	stopping := h.stop.Err() != nil && (strings.HasPrefix(r.Message, "leadership.") || strings.Contains(r.Message, "Soft stop"))
	if strings.Contains(r.Message, "panic recovery") || stopping {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

func (h queueLog) WithAttrs(a []slog.Attr) slog.Handler {
	return queueLog{h.Handler.WithAttrs(a), h.stop}
}

func (h queueLog) WithGroup(name string) slog.Handler {
	return queueLog{h.Handler.WithGroup(name), h.stop}
}

func quietLog() *slog.Logger { return slog.New(slog.DiscardHandler) }
