// Package store is the memory of armswatch and the only package that knows SQL
// and River. One SQL text serves SQLite, the default, and PostgreSQL.
//
// It promises: each method that changes something is one transaction, so a
// process killed at any moment leaves either all of it or nothing; jobs are
// enqueued in the transaction of the change that asks for them, so neither is
// without the other; no transaction is open while anybody waits for the
// network; and no error or log line carries the password of the database.
//
// It may not touch the network, except to its database, or any file but the
// database and the lock beside it; it decides nothing about articles but which
// entries are the same article (identity.go, which is pure).
//
// Times are kept to the millisecond and come back in UTC.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/riverqueue/river"
)

// Options say how to open a store.
type Options struct {
	Log *slog.Logger // nil: no log
	// ReadOnly opens for looking beside a process that runs: no lock is taken
	// and nothing is migrated or written.
	ReadOnly bool
}

// Store is an open database. Its methods are safe for concurrent use.
type Store struct {
	log    *slog.Logger
	engine engine
	w      *sql.DB // on SQLite one connection, which also works the queue
	r      *sql.DB // on SQLite a pool that cannot write
	ids    *ids
	group  *together // of SQLite's writers; nil on PostgreSQL
	visits *visits   // of this process
	shared bool      // other processes may work on the database, too

	readOnly bool
}

// An engine is what differs between SQLite and PostgreSQL.
type engine interface {
	// enqueue inserts jobs in the caller's transaction.
	enqueue(context.Context, *tx, []river.InsertManyParams) error
	// client makes a River client that works jobs.
	client(*river.Config) (client, error)
	// alive says what the queue shall call this process, "" for whatever it
	// likes, and what must run for as long as its jobs do.
	alive(context.Context, *slog.Logger) (id string, run func(context.Context), err error)
	// tableExists says whether a table is there, without failing when it is not.
	tableExists(ctx context.Context, name string) (bool, error)
	// transient says whether the same transaction may succeed when tried again.
	transient(error) bool
	// during is the context for the statements of a transaction.
	during(context.Context) context.Context
	close() error
}

// LockedError says that another process has the database.
type LockedError struct {
	Path   string
	Holder string // "pid 4711 on newsroom-1 since 2026-11-01T07:00:00Z"
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("open %s: another armswatch is running on it: %s", e.Path, e.Holder)
}

// NewerError says that the database was written by a newer armswatch.
type NewerError struct {
	Name        string // path, or URL without its password
	Have, Knows int64  // schema versions
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("open %s: the database has schema %d, this armswatch knows up to %d: run the newer armswatch, or restore a backup from before it",
		e.Name, e.Have, e.Knows)
}

// Open opens the database that dsn names, a file path for SQLite or a
// postgres:// URL, and brings its schema up to date. A SQLite database can be
// open for writing in one process only: the next gets a *[LockedError]. A
// database with a newer schema gives a *[NewerError]. Other errors are one
// line, without the password.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Store{log: o.Log, ids: newIDs(), visits: newVisits(), readOnly: o.ReadOnly}
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		if err := s.openPostgres(ctx, dsn, o.ReadOnly); err != nil {
			return nil, err
		}
		return s, nil
	}
	if err := s.openSQLite(ctx, dsn, o.ReadOnly); err != nil {
		return nil, err
	}
	return s, nil
}

// Close closes the database and gives up the lock. Work must have returned.
func (s *Store) Close() error {
	if err := s.engine.close(); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// A tx is a transaction on a connection of its own, which PostgreSQL's queue
// needs to get at.
type tx struct {
	*sql.Tx
	conn *sql.Conn
	s    *Store
}

// exec runs a statement for its effect and says how many rows it changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// errRetry asks write to run the transaction again: another process came
// between its reading and its writing.
var errRetry = errors.New("another transaction came first")

var errReadOnly = errors.New("the store was opened for reading only")

// write runs f in a transaction and commits it when f returns nil. f may run
// more than once. A crash before the commit leaves nothing of it, a crash
// after it everything.
func (s *Store) write(ctx context.Context, f func(context.Context, *tx) error) error {
	if s.readOnly {
		return errReadOnly
	}
	const tries = 5
	var err error
	for n := range tries {
		if err = s.try(ctx, f); err == nil || ctx.Err() != nil {
			break
		}
		if !errors.Is(err, errRetry) && !s.engine.transient(err) {
			break
		}
		time.Sleep(time.Duration(n*n) * 10 * time.Millisecond)
	}
	return err
}

func (s *Store) try(ctx context.Context, f func(context.Context, *tx) error) error {
	if s.group != nil {
		return s.group.write(ctx, s, f)
	}
	return s.alone(ctx, f)
}

// alone runs f in a transaction of its own.
func (s *Store) alone(ctx context.Context, f func(context.Context, *tx) error) error {
	conn, err := s.w.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close() }()
	during := s.engine.during(ctx)
	t, err := conn.BeginTx(during, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = t.Rollback() }()
	if err := f(during, &tx{Tx: t, conn: conn, s: s}); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// A querier is a pool or a transaction.
type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// query calls scan for each row.
func query(ctx context.Context, q querier, scan func(*sql.Rows) error, text string, args ...any) error {
	rows, err := q.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
