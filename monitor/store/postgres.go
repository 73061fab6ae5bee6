package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// poolSize is how many connections one process holds at most unless the URL
// says pool_max_conns: its visits are in the network most of the time, so far
// fewer than one each.
const poolSize = 12

// migrationLock is the advisory lock that lets one process migrate at a time.
const migrationLock = 0x61726d73 // "arms"

type postgres struct {
	pool     *pgxpool.Pool
	db       *sql.DB
	insert   *river.Client[pgx.Tx]
	key      uint32 // by which the others see that this process lives: see alive.go
	pollOnly bool   // behind PgBouncer in transaction mode LISTEN does not work
}

func (s *Store) openPostgres(ctx context.Context, dsn string, readOnly bool) (err error) {
	name, hide := redactor(dsn)
	defer func() { err = hide(err) }()
	config, err := pgxpool.ParseConfig(dsn)
	if _, urlErr := url.Parse(dsn); urlErr != nil {
		return fmt.Errorf("open %s: storage is no valid postgres:// URL: percent-encode what is special in its password and host", name)
	}
	if err != nil {
		// Not wrapped: the error holds the whole URL.
		return fmt.Errorf("open %s: the storage URL cannot be read: %s", name, oneLine(hide(err).Error()))
	}
	if !strings.Contains(dsn, "pool_max_conns") {
		config.MaxConns = poolSize
	}
	e := &postgres{}
	s.engine = e
	mode := config.ConnConfig.DefaultQueryExecMode
	e.pollOnly = mode == pgx.QueryExecModeExec || mode == pgx.QueryExecModeSimpleProtocol
	e.key = rand.Uint32() //nolint:gosec // nobody gains by guessing it
	s.visits.holder = e.id()
	if e.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return fmt.Errorf("open %s: %w", name, err)
	}
	e.db = stdlib.OpenDBFromPool(e.pool)
	s.w, s.r, s.shared = e.db, e.db, true
	defer func() {
		if err != nil {
			_ = e.close()
		}
	}()
	reach, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if err := e.db.PingContext(reach); err != nil {
		return fmt.Errorf("open %s: %w", name, oneLineError(err))
	}
	if e.insert, err = river.NewClient(riverpgxv5.New(e.pool), &river.Config{Logger: quietLog()}); err != nil {
		return fmt.Errorf("open the queue of %s: %w", name, err)
	}
	return e.alone(ctx, readOnly, func() error {
		return migrate(ctx, s, name, goose.DialectPostgres, riverpgxv5.New(e.pool), readOnly)
	})
}

// alone runs f while no other process migrates. The lock belongs to a
// transaction of its own, so that it works behind PgBouncer and ends with us.
func (e *postgres) alone(ctx context.Context, readOnly bool, f func() error) error {
	if readOnly {
		return f()
	}
	t, err := e.pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("lock migrations: %w", err)
	}
	defer func() { _ = t.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := t.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
		return fmt.Errorf("lock migrations: %w", err)
	}
	return f()
}

func (e *postgres) enqueue(ctx context.Context, t *tx, jobs []river.InsertManyParams) (err error) {
	rawErr := t.conn.Raw(func(c any) error {
		_, err = e.insert.InsertManyTx(ctx, pgTx{c.(*stdlib.Conn).Conn()}, jobs)
		return nil // a failed statement does not make the connection a bad one
	})
	return errors.Join(err, rawErr)
}

func (e *postgres) client(c *river.Config) (client, error) {
	c.PollOnly = e.pollOnly
	return river.NewClient(riverpgxv5.New(e.pool), c)
}

func (e *postgres) tableExists(ctx context.Context, name string) (there bool, err error) {
	err = e.db.QueryRowContext(ctx, `SELECT to_regclass($1) IS NOT NULL`, name).Scan(&there)
	return there, err
}

// transient is true for a deadlock or a serialisation failure, which the
// server has rolled back, and for a unique index that another transaction
// filled between our reading and our writing.
func (e *postgres) transient(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == "40P01" || pe.Code == "40001" || pe.Code == "23505")
}

func (e *postgres) during(ctx context.Context) context.Context { return ctx }

func (e *postgres) close() error {
	var err error
	if e.db != nil {
		err = e.db.Close()
	}
	e.pool.Close()
	return err
}

// redactor returns the URL without its password and a function that takes the
// password out of errors.
func redactor(dsn string) (string, func(error) error) {
	var secrets []string
	name := "postgres database"
	u, err := url.Parse(dsn)
	if err == nil {
		q := u.Query()
		for _, k := range []string{"password", "sslpassword"} {
			secrets = append(secrets, q.Get(k), url.QueryEscape(q.Get(k)), url.PathEscape(q.Get(k)))
		}
		if p, ok := u.User.Password(); ok {
			_, raw, _ := strings.Cut(u.User.String(), ":")
			_, written, _ := strings.Cut(strings.SplitN(dsn, "@", 2)[0], "://")
			_, written, _ = strings.Cut(written, ":")
			secrets = append(secrets, p, raw, written, url.QueryEscape(p))
		}
		name = (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	}
	return name, func(err error) error { return redact(err, secrets) }
}

// A redacted error says what another says without the secrets; it unwraps to
// the other for callers that branch on its type.
type redacted struct {
	text string
	err  error
}

func (e *redacted) Error() string { return e.text }
func (e *redacted) Unwrap() error { return e.err }

func redact(err error, secrets []string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "<secret>")
		}
	}
	if text == err.Error() {
		return err
	}
	return &redacted{text, err}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func oneLineError(err error) error {
	if strings.ContainsAny(err.Error(), "\n\t") {
		return &redacted{oneLine(err.Error()), err}
	}
	return err
}
