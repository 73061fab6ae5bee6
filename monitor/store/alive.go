package store

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// aliveLock is the first half of the advisory locks by which processes on
	// one PostgreSQL see that the others live.
	aliveLock = 0x61726d74
	// lookEvery is how often each process looks for jobs of the dead. A job is
	// taken from a process that was dead at two looks, so that a connection that
	// broke for a moment costs nothing.
	lookEvery = 2 * time.Second
)

// alive lets the processes that share a PostgreSQL know of each other's death.
// Each holds an advisory lock of its own on a connection of its own: the server
// lets go of it when the process dies, however it dies, as the system does
// with the lock file of SQLite. Whoever finds running jobs or visits whose
// process holds no lock lets others do them. A process that only hangs keeps its
// lock; what it hung on is rescued after rescueAfter.
type alive struct {
	e    *postgres
	log  *slog.Logger
	conn *pgx.Conn
	dead []string // at the last look
}

// id is how the queue names this process in the jobs it runs, and the leases in
// the hosts it visits. Behind PgBouncer in transaction mode, where there are no
// such locks, it carries no mark.
func (e *postgres) id() string {
	host, _ := os.Hostname()
	mark := aliveMark
	if e.pollOnly {
		mark = ""
	}
	return fmt.Sprintf("%.60s pid %d %s%08x", host, os.Getpid(), mark, e.key)
}

const aliveMark = "alive-"

// keyOf is the lock that the process of that id holds; false for one that
// holds none because it is no armswatch of today, or works behind PgBouncer.
func keyOf(id string) (uint32, bool) {
	_, hex, marked := strings.Cut(id, aliveMark)
	key, err := strconv.ParseUint(hex, 16, 32)
	return uint32(key), marked && err == nil
}

// alive takes the lock and returns the process's id and what must run for as
// long as its jobs do.
func (e *postgres) alive(ctx context.Context, log *slog.Logger) (string, func(context.Context), error) {
	if e.pollOnly {
		return e.id(), func(context.Context) {}, nil
	}
	a := &alive{e: e, log: log}
	if err := a.hold(ctx); err != nil {
		return "", nil, fmt.Errorf("tell the others that we live: %w", oneLineError(err))
	}
	return e.id(), a.run, nil
}

// hold takes the lock. It is shared, so that a connection whose end the server
// has not noticed yet does not keep us from our own.
func (a *alive) hold(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, a.e.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock_shared($1::int, $2::int)`, aliveLock, int32(a.e.key)); err != nil {
		_ = conn.Close(ctx)
		return err
	}
	a.conn = conn
	return nil
}

// run keeps the lock and looks for the dead until ctx ends.
func (a *alive) run(ctx context.Context) {
	defer func() { _ = a.conn.Close(context.WithoutCancel(ctx)) }()
	for wait := time.NewTicker(lookEvery); ; {
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		}
		if err := a.look(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("cannot look for jobs of processes that died", "error", oneLineError(err))
		}
	}
}

func (a *alive) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookEvery)
	defer cancel()
	if err := a.conn.Ping(ctx); err != nil {
		_ = a.conn.Close(ctx)
		if err := a.hold(ctx); err != nil {
			return err
		}
	}
	dead, err := a.orphaned(ctx)
	if err != nil {
		return err
	}
	var twice []string
	for _, id := range dead {
		if slices.Contains(a.dead, id) {
			twice = append(twice, id)
		}
	}
	a.dead = dead
	return a.takeOver(ctx, twice)
}

// orphaned lists the processes that run jobs and do not live. The jobs are read
// before the locks: whoever began a job held its lock by then.
func (a *alive) orphaned(ctx context.Context) ([]string, error) {
	running, err := column[string](ctx, a.conn, `SELECT attempted_by[array_upper(attempted_by, 1)] FROM river_job
		WHERE state = 'running' AND array_upper(attempted_by, 1) > 0 UNION SELECT holder FROM leases WHERE holder <> ''`)
	if err != nil || len(running) == 0 {
		return nil, err
	}
	locks, err := column[int64](ctx, a.conn, `SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted
		AND classid::bigint = $1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`, int64(aliveLock))
	if err != nil {
		return nil, err
	}
	var dead []string
	for _, id := range running {
		if key, ok := keyOf(id); ok && !slices.Contains(locks, int64(key)) {
			dead = append(dead, id)
		}
	}
	return dead, nil
}

func column[T any](ctx context.Context, c *pgx.Conn, text string, args ...any) ([]T, error) {
	rows, err := c.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[T])
}

// takeOver puts the jobs of dead processes back into the queue, and lets their
// hosts be visited. Two processes that do so at once find the other's done.
func (a *alive) takeOver(ctx context.Context, dead []string) error {
	for _, id := range dead {
		tag, err := a.conn.Exec(ctx, `UPDATE river_job SET state = 'available', attempt = GREATEST(attempt - 1, 0)
			WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = $1`, id)
		if err != nil {
			return err
		}
		visits, err := a.conn.Exec(ctx, `DELETE FROM leases WHERE holder = $1`, id)
		if err != nil {
			return err
		}
		if n := tag.RowsAffected() + visits.RowsAffected(); n > 0 {
			a.log.Warn("a process died; its jobs run again", "process", id, "jobs", n)
		}
	}
	return nil
}
