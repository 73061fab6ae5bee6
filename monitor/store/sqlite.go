package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	_ "modernc.org/sqlite" // the driver that binds $2,$1 by number
)

// readers is how many connections read at once: more than the cores of a
// small machine, so that one slow explain does not hold up the line.
const readers = 4

type sqlite struct {
	w, r   *sql.DB
	lock   *lockFile
	insert *river.Client[*sql.Tx]
}

func (s *Store) openSQLite(ctx context.Context, path string, readOnly bool) (err error) {
	e := &sqlite{}
	s.engine = e
	defer func() {
		if err != nil {
			_ = e.close()
		}
	}()
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("open %s: it is a folder: name a file under storage", path)
	}
	if readOnly {
		if err := mustExist(path); err != nil {
			return err
		}
	} else if e.lock, err = lock(path); err != nil {
		return err
	}
	if err := s.openPools(ctx, e, path, readOnly); err != nil {
		return fmt.Errorf("open %s: %w", path, plain(err, path))
	}
	if e.insert, err = river.NewClient(riversqlite.New(e.w), &river.Config{Logger: quietLog()}); err != nil {
		return fmt.Errorf("open the queue of %s: %w", path, err)
	}
	if err := migrate(ctx, s, path, goose.DialectSQLite3, riversqlite.New(e.w), readOnly); err != nil {
		return plain(err, path)
	}
	if readOnly {
		return nil
	}
	return plain(s.recover(ctx), path)
}

func mustExist(path string) error {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("open %s: there is no armswatch database yet: `armswatch run` makes it", path)
	}
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	return nil
}

// openPools opens one connection that writes, because SQLite has one writer
// and waiting in Go is cheaper than waiting in the file, and a pool that only
// reads.
func (s *Store) openPools(ctx context.Context, e *sqlite, path string, readOnly bool) (err error) {
	common := []string{"busy_timeout(5000)", "foreign_keys(1)"}
	if readOnly {
		if e.r, err = openKeeping(dataSource(path, "mode=ro", append(common, "query_only(1)"))); err != nil {
			return err
		}
		e.w = e.r
	} else {
		// WAL lets readers go on beside the writer; FULL makes a commit survive
		// a power cut; immediate makes a transaction take its lock when it
		// begins, so that none fails half way.
		e.w, err = openKeeping(dataSource(path, "_txlock=immediate", append(common, "journal_mode(WAL)", "synchronous(FULL)")))
		if err != nil {
			return err
		}
		e.w.SetMaxOpenConns(1)
		// What a reader has cached is void after each commit of the writer: it
		// needs no more than one query's pages.
		if e.r, err = openKeeping(dataSource(path, "", append(common, "query_only(1)", "cache_size(-400)"))); err != nil {
			return err
		}
	}
	e.r.SetMaxOpenConns(readers)
	e.r.SetMaxIdleConns(readers)
	e.r.SetConnMaxIdleTime(time.Minute) // each holds memory for what it has parsed and read
	s.w, s.r, s.group = e.w, e.r, newTogether()
	var version string
	if err := e.w.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	return checkVersion(version)
}

func checkVersion(version string) error {
	var v [3]int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &v[0], &v[1], &v[2]); err != nil {
		return fmt.Errorf("read SQLite version %q: %w", version, err)
	}
	// The first without the WAL-reset bug, which corrupts databases.
	if oldest := [3]int{3, 51, 3}; slices.Compare(v[:], oldest[:]) < 0 {
		return fmt.Errorf("the built-in SQLite is %s and may corrupt the database: build armswatch with a newer modernc.org/sqlite", version)
	}
	return nil
}

// dataSource is a SQLite URI for path with pragmas for every connection.
func dataSource(path, option string, pragmas []string) string {
	q := []string{}
	if option != "" {
		q = append(q, option)
	}
	for _, p := range pragmas {
		q = append(q, "_pragma="+url.QueryEscape(p))
	}
	path = strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(path))
	return "file:" + path + "?" + strings.Join(q, "&")
}

// recover takes up what a killed process left. We hold the lock, so nobody is
// working: running jobs go back to the queue at once, and nobody leads. A
// crash here loses nothing: the next start does the same again.
func (s *Store) recover(ctx context.Context) error {
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		for _, text := range []string{
			`UPDATE river_job SET state = 'available', attempt = max(attempt - 1, 0) WHERE state = 'running'`,
			`DELETE FROM river_leader`,
			`DELETE FROM leases`,
		} {
			if _, err := t.exec(ctx, text); err != nil {
				return err
			}
		}
		// Deliveries found in sending: their channel is asked whether they arrived.
		channels, err := channelsWith(ctx, t, `SELECT DISTINCT channel FROM deliveries WHERE state = 'sending'`)
		if err != nil {
			return err
		}
		return t.enqueue(ctx, time.Now(), delivers(channels)...)
	})
	if err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	return nil
}

func (e *sqlite) enqueue(ctx context.Context, t *tx, jobs []river.InsertManyParams) error {
	_, err := e.insert.InsertManyTx(ctx, t.Tx, jobs)
	return err
}

func (e *sqlite) client(c *river.Config) (client, error) {
	return river.NewClient(riversqlite.New(e.w), c)
}

// alive has nothing to say: the lock file does, and recover takes up what the
// dead left.
func (e *sqlite) alive(context.Context, *slog.Logger) (string, func(context.Context), error) {
	return "", func(context.Context) {}, nil
}

func (e *sqlite) tableExists(ctx context.Context, name string) (bool, error) {
	var n int
	err := e.w.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1`, name).Scan(&n)
	return n > 0, err
}

// transient is never true: with one writer that holds its lock from the
// beginning nobody can come between.
func (e *sqlite) transient(error) bool { return false }

// during lets a transaction that has begun finish: it takes milliseconds and
// waits for nobody.
func (e *sqlite) during(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

func (e *sqlite) close() error {
	var errs []error
	if e.r != nil && e.r != e.w {
		errs = append(errs, e.r.Close())
	}
	if e.w != nil {
		errs = append(errs, e.w.Close()) // the last connection folds the WAL into the file
	}
	if e.lock != nil {
		errs = append(errs, e.lock.release())
	}
	return errors.Join(errs...)
}

// plain says the usual troubles of a database file in words that tell what to
// do about them.
func plain(err error, path string) error {
	if err == nil {
		return nil
	}
	var code interface{ Code() int }
	if !errors.As(err, &code) {
		if errors.Is(err, syscall.ENOSPC) {
			return fmt.Errorf("the disk of %s is full: make room; nothing is lost", filepath.Dir(path))
		}
		return err
	}
	switch code.Code() & 0xff {
	case 8, 14: // SQLITE_READONLY, SQLITE_CANTOPEN
		return fmt.Errorf("%w: armswatch must be able to write the database and its folder %s", err, filepath.Dir(path))
	case 10: // SQLITE_IOERR
		return fmt.Errorf("%w: the disk of %s is full, or failing", err, filepath.Dir(path))
	case 11, 26: // SQLITE_CORRUPT, SQLITE_NOTADB
		return fmt.Errorf("%w: this is no sound SQLite database: restore a backup, or name another file under storage", err)
	case 13: // SQLITE_FULL
		return fmt.Errorf("%w: the disk of %s is full", err, filepath.Dir(path))
	}
	return err
}
