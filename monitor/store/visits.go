package store

import (
	"context"
	"database/sql"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
)

// Visits are no jobs of the queue. There are many of them, they take
// milliseconds, and the tables say by themselves which hosts are due: as a job,
// a visit would cost several times what it does. A tick lists the hosts that
// are due, and the visitors of this process take them from the list. On
// PostgreSQL a lease in the database keeps a host to one process.

const (
	// leased is how long a host belongs to its visitor: longer than any visit
	// runs. Its end gives the lease back.
	leased = 4 * time.Minute
	// breath is the pause after a few visits have begun, in which others end:
	// those that follow them begin in one transaction.
	breath = 20 * time.Millisecond
)

// Visit is what is due at one host. There is at most one visit to a host at a
// time, on all machines together.
type Visit struct {
	Host  string
	Polls []Poll // longest due first
	Reads bool   // article pages wait to be read
}

// visits are those of this process.
type visits struct {
	mu   sync.Mutex
	due  []Visit         // without their polls, longest due first
	busy map[string]bool // hosts being visited
	// changed says that there is more to visit or a visitor is free.
	changed chan struct{}
	// holder is this process in the leases; "" where there are none.
	holder string
}

func newVisits() *visits {
	return &visits{busy: map[string]bool{}, changed: make(chan struct{}, 1)}
}

// list replaces what is due by what a tick found, and says how many hosts wait.
func (v *visits) list(due []Visit) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.due = slices.DeleteFunc(due, func(d Visit) bool { return v.busy[d.Host] })
	v.change()
	return len(v.due)
}

// waiting is how many hosts wait.
func (v *visits) waiting() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.due)
}

// take makes the next hosts busy, at most most in all.
func (v *visits) take(most int) []Visit {
	v.mu.Lock()
	defer v.mu.Unlock()
	n := min(most-len(v.busy), len(v.due))
	next := v.due[:n:n]
	v.due = v.due[n:]
	for _, d := range next {
		v.busy[d.Host] = true
	}
	return next
}

func (v *visits) ended(host string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.busy, host)
	v.change()
}

func (v *visits) change() {
	select {
	case v.changed <- struct{}{}:
	default:
	}
}

// count is how many hosts wait or are being visited.
func (v *visits) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.due) + len(v.busy)
}

// listVisits lists the hosts that are due when none are left of the last list:
// what became due since comes after them. A lease of ours keeps none away: it is
// left of a visit that could not end when the database was gone. It says how many wait.
func (s *Store) listVisits(ctx context.Context, now time.Time) (int, error) {
	if n := s.visits.waiting(); n > 0 {
		return n, nil
	}
	var due []Visit
	err := query(ctx, s.r, func(r *sql.Rows) error {
		var v Visit
		var since, reads int64
		if err := r.Scan(&v.Host, &since, &reads); err != nil {
			return err
		}
		v.Reads = reads > 0
		due = append(due, v)
		return nil
	}, `SELECT host, MIN(since) AS since, MAX(reads) FROM (
			SELECT host, next_poll AS since, 0 AS reads FROM sources WHERE next_poll <= $1
			UNION ALL SELECT read_host, read_due, 1 FROM articles WHERE read_due <= $1
		) AS work WHERE NOT EXISTS (SELECT 1 FROM leases WHERE leases.name = 'visit/' || host AND leases.until > $1 AND leases.holder <> $2)
		GROUP BY host ORDER BY since, host`, ms(now), s.visits.holder)
	if err != nil {
		return 0, err
	}
	return s.visits.list(due), nil
}

// BeginVisits begins a visit to each of the hosts where something is due and
// that no other process is visiting, with the polls that are due.
func (s *Store) BeginVisits(ctx context.Context, now time.Time, hosts ...Visit) (begun []Visit, err error) {
	// In one order, so that two transactions do not wait for each other crosswise.
	slices.SortFunc(hosts, func(a, b Visit) int { return strings.Compare(a.Host, b.Host) })
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		begun = nil
		for _, v := range hosts {
			ours, err := t.hold(ctx, v.Host, now)
			if err != nil {
				return err
			}
			if !ours {
				continue
			}
			if v.Polls, err = t.duePolls(ctx, v.Host, now); err != nil {
				return err
			}
			if len(v.Polls) > 0 || v.Reads {
				begun = append(begun, v)
			} else if err := t.release(ctx, v.Host); err != nil { // another process was here
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("begin visits: %w", err)
	}
	return begun, nil
}

// EndVisit records the last polls that brought nothing, as [Store.RecordQuiet]
// does, and gives back the lease on a host, which no process then visits for as long
// as rest. Work that is left for it, because a visit is bounded, is found by the next tick.
func (s *Store) EndVisit(ctx context.Context, host string, rest time.Duration, quiet ...Polled) error {
	if len(quiet) == 0 && !s.shared {
		return nil
	}
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		if err := t.recordQuiet(ctx, quiet); err != nil {
			return err
		}
		return t.leave(ctx, host, rest)
	})
	if err != nil {
		return fmt.Errorf("end visit of %s: %w", host, err)
	}
	return nil
}

// hold says whether the host is ours to visit: in a database that only this
// process has, it is.
func (t *tx) hold(ctx context.Context, host string, now time.Time) (bool, error) {
	if !t.s.shared {
		return true, nil
	}
	n, err := t.exec(ctx, `INSERT INTO leases (name, until, holder) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET until = excluded.until, holder = excluded.holder
		WHERE leases.until <= $4 OR leases.holder = excluded.holder`, visitLease+host, ms(now.Add(leased)), t.s.visits.holder, ms(now))
	return n > 0, err
}

// leave gives a host back when its rest is over.
func (t *tx) leave(ctx context.Context, host string, rest time.Duration) error {
	if !t.s.shared || rest <= 0 {
		return t.release(ctx, host)
	}
	_, err := t.exec(ctx, `UPDATE leases SET until = $1, holder = '' WHERE name = $2 AND holder = $3`,
		ms(time.Now().Add(rest)), visitLease+host, t.s.visits.holder)
	return err
}

func (t *tx) release(ctx context.Context, host string) error {
	if !t.s.shared {
		return nil
	}
	_, err := t.exec(ctx, `DELETE FROM leases WHERE name = $1 AND holder = $2`, visitLease+host, t.s.visits.holder)
	return err
}

// visitor visits hosts until stop ends.
type visitor struct {
	*Store
	stop  context.Context // no visit begins after it
	cut   context.Context // no visit goes on after it
	visit func(context.Context, Visit) error
	most  int // at once
}

// visitAll visits what is listed, so many hosts at once, until ctx ends; then
// running visits have softStop before they are cut off. What it returns is
// closed when all have ended.
func (s *Store) visitAll(ctx context.Context, visit func(context.Context, Visit) error, most int) <-chan struct{} {
	cut, end := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() { time.AfterFunc(softStop, end) })
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer end()
		visitor{s, ctx, cut, visit, most}.run()
	}()
	return ended
}

func (v visitor) run() {
	var under sync.WaitGroup
	failing := false
	for v.stop.Err() == nil {
		hosts := v.visits.take(v.most)
		if len(hosts) == 0 {
			select {
			case <-v.visits.changed:
			case <-v.stop.Done():
			}
			continue
		}
		begun, err := v.BeginVisits(v.stop, time.Now(), hosts...)
		if err != nil && !failing && v.stop.Err() == nil {
			v.log.Error("visits cannot begin; each tick tries again", "error", err)
		}
		failing = err != nil
		for _, h := range hosts {
			if i := slices.IndexFunc(begun, func(b Visit) bool { return b.Host == h.Host }); i < 0 {
				v.visits.ended(h.Host) // if it is due, the next tick says so
			} else {
				under.Go(func() { v.do(begun[i]) })
			}
		}
		v.pause(breath)
	}
	under.Wait()
	v.releaseAll()
}

// do makes one visit. One that fails is made again after 1, 4, 9, ... seconds,
// at most a minute.
func (v visitor) do(visit Visit) {
	defer v.visits.ended(visit.Host)
	for try := 1; ; try++ {
		err := v.once(visit, try)
		if err == nil || v.stop.Err() != nil {
			return
		}
		v.pause(retryAfter(try))
		again, err := v.BeginVisits(v.stop, time.Now(), visit)
		if err != nil || len(again) == 0 {
			return
		}
		visit = again[0]
	}
}

func (v visitor) once(visit Visit, try int) (err error) {
	ctx, cancel := context.WithTimeout(v.cut, jobTimeout)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
			v.log.Error("job panicked", "job", "visit", "host", visit.Host, "try", try, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	err = v.visit(ctx, visit)
	if err != nil && v.cut.Err() == nil {
		v.log.Error("job failed", "job", "visit", "host", visit.Host, "try", try, "error", err)
	}
	return err
}

// pause waits, or until the end.
func (v visitor) pause(d time.Duration) {
	select {
	case <-time.After(d):
	case <-v.stop.Done():
	}
}

// releaseAll gives the hosts of visits that were cut off to other processes.
func (v visitor) releaseAll() {
	if !v.shared {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.stop), time.Second)
	defer cancel()
	err := v.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM leases WHERE holder = $1`, v.visits.holder)
		return err
	})
	if err != nil {
		v.log.Warn("hosts stay leased for some minutes", "error", err)
	}
}
