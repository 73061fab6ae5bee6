package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store/storetest"
)

func openFor(t *testing.T, dsn string, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// fails opens what cannot be opened and checks that the error is one line with
// what it must say.
func fails(t *testing.T, dsn string, o Options, want ...string) error {
	t.Helper()
	s, err := Open(t.Context(), dsn, o)
	if err == nil {
		_ = s.Close()
		t.Fatalf("open %s: no error", dsn)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error of several lines: %q", err)
	}
	return err
}

func TestASecondProcessIsToldWhoHolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b%20?#.db")
	s := openFor(t, path, Options{})
	var locked *LockedError
	err := fails(t, path, Options{}, path, "pid ", " since 20")
	if !errors.As(err, &locked) || !strings.Contains(locked.Holder, " on ") {
		t.Fatalf("error %#v", err)
	}
	// Looking is allowed, and sees what is written.
	ok := s.SyncSources(t.Context(), []news.Source{{Name: "A", URL: "https://a.example/"}}, time.Now())
	if ok != nil {
		t.Fatal(ok)
	}
	r := openFor(t, path, Options{ReadOnly: true})
	if got, err := r.Sources(t.Context()); err != nil || len(got) != 1 {
		t.Errorf("reading beside the holder: %v, %v", got, err)
	}
	if err := r.MakeDue(t.Context(), time.Now()); !errors.Is(err, errReadOnly) {
		t.Errorf("a read-only store wrote: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	openFor(t, path, Options{})
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the database is not where it was asked for: %v", err)
	}
}

func TestReadOnlyMakesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	fails(t, path, Options{ReadOnly: true}, "no armswatch database yet")
	if _, err := os.Stat(path); err == nil {
		t.Error("looking made a database")
	}
}

func TestTroublesAreOneClearLine(t *testing.T) {
	dir := t.TempDir()
	fails(t, filepath.Join(dir, "missing", "x.db"), Options{}, "the folder", "does not exist")
	fails(t, dir, Options{}, dir)
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, bytes.Repeat([]byte("this is no database\n"), 500), 0o600); err != nil {
		t.Fatal(err)
	}
	fails(t, text, Options{}, "no sound SQLite database")
	if os.Getuid() == 0 { // root may write anywhere but here
		fails(t, "/proc/x.db", Options{}, "/proc")
		return
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	fails(t, filepath.Join(dir, "x.db"), Options{}, "cannot write in the folder")
}

func TestAFullDiskLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	s := openFor(t, path, Options{})
	if err := s.SyncSources(t.Context(), []news.Source{{Name: "A", URL: "https://a.example/"}}, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.w.Exec("PRAGMA max_page_count = 80"); err != nil { // as a full disk: SQLITE_FULL
		t.Fatal(err)
	}
	p := Polled{Source: "A", At: time.Now(), Next: time.Now(), ETag: "x", Articles: []Stored{{Article: news.Article{
		URL: "https://a.example/1", Text: strings.Repeat("x", 1<<20),
	}}}}
	err := s.RecordPoll(t.Context(), p)
	if err == nil || !strings.Contains(err.Error(), "is full") || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v", err)
	}
	if _, err := s.w.Exec("PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	if err := s.RecordPoll(t.Context(), p); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		refusesNewer(t, filepath.Join(t.TempDir(), "a.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		refusesNewer(t, storetest.Database(t, storetest.Postgres(t)))
	})
}

func refusesNewer(t *testing.T, dsn string) {
	s := openFor(t, dsn, Options{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, change := range []struct{ do, undo string }{
		{`UPDATE goose_db_version SET version_id = 99999 WHERE version_id = 1`, `UPDATE goose_db_version SET version_id = 1 WHERE version_id = 99999`},
		{`INSERT INTO river_migration (line, version) VALUES ('main', 99)`, `DELETE FROM river_migration WHERE version = 99`},
	} {
		exec(t, dsn, change.do)
		for _, o := range []Options{{}, {ReadOnly: true}} {
			var newer *NewerError
			if err := fails(t, dsn, o, "schema", "newer armswatch"); !errors.As(err, &newer) {
				t.Errorf("error %#v", err)
			}
		}
		exec(t, dsn, change.undo)
	}
	openFor(t, dsn, Options{})
}

// A process of before schema 8 that went on beside a new one left visits in the queue.
func TestVisitsInTheQueueAreNoBacklog(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{"sqlite": filepath.Join(t.TempDir(), "a.db"), "postgres": storetest.Database(t, storetest.Postgres(t))} {
		s := openFor(t, dsn, Options{})
		exec(t, dsn, `INSERT INTO river_job (kind, queue, state, max_attempts, args) VALUES ('visit', 'visit', 'available', 25, '{}')`)
		if b, err := s.Backlog(t.Context(), time.Now()); err != nil || b.Any() {
			t.Errorf("%s: %+v, %v: `once` never ends", name, b, err)
		}
	}
}

// exec changes a database behind the store's back.
func exec(t *testing.T, dsn, text string) {
	t.Helper()
	driver := "sqlite"
	if strings.HasPrefix(dsn, "postgres") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(text)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestThePasswordIsNowhere(t *testing.T) {
	secret := "s3cr3t/w%rd"
	var log bytes.Buffer
	o := Options{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, dsn := range []string{
		"postgres://u:s3cr3t%2Fw%25rd@127.0.0.1:1/db",
		"postgres://u:s3cr3t%2Fw%25rd@127.0.0.1:1/db?sslmode=nonsense",
		"postgres://u:s3cr3t%2Fw%25rd@127.0.0.1:port/db",
		"postgres://u:" + secret + "@127.0.0.1:1/db",
		"postgres://127.0.0.1:1/db?user=u&password=s3cr3t%2Fw%25rd",
		"postgres://127.0.0.1:1/db?user=u&password=s3cr3t%2Fw%25rd&connect_timeout=x",
		"postgresql://u:s3cr3t%2Fw%25rd@[::1/db",
		"postgres://u:s3cr3t%2Fw%25rd@ho st/db",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		_, err := Open(ctx, dsn, o)
		cancel()
		if err == nil {
			t.Fatalf("opened %s", dsn)
		}
		for _, leak := range []string{"s3cr3t", secret, "w%rd", "w%25rd"} {
			if strings.Contains(err.Error(), leak) || strings.Contains(log.String(), leak) {
				t.Errorf("%s: the password is in %q or in the log", dsn, err)
			}
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error of several lines: %q", dsn, err)
		}
	}
}

func TestThePasswordOfARealServerIsNowhere(t *testing.T) {
	t.Parallel()
	dsn := storetest.Postgres(t)
	var log bytes.Buffer
	o := Options{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	wrong := strings.Replace(dsn, storetest.Password(), "wrong-"+storetest.Password(), 1)
	err := fails(t, wrong, o, "password authentication failed")
	s := openFor(t, dsn, o)
	_, queryErr := s.w.Exec("SELECT nonsense")
	for _, text := range []string{err.Error(), queryErr.Error(), log.String()} {
		if strings.Contains(text, storetest.Password()) {
			t.Errorf("the password is in %q", text)
		}
	}
}

func TestIDsGrow(t *testing.T) {
	g, now := newIDs(), time.Now()
	last := int64(0)
	for i := range 20_000 {
		at := now.Add(time.Duration(i/9000) * time.Millisecond)
		if i > 15_000 {
			at = now.Add(-time.Hour) // the clock steps back
		}
		id := g.next(at)
		if id <= last {
			t.Fatalf("id %d after %d", id, last)
		}
		last = id
	}
}

// A clock that stands still gives a process that is started again no number of
// its predecessor, though both drew the same bits.
func TestIDsOfASuccessorAreItsOwn(t *testing.T) {
	still := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	before := newIDs()
	made := map[int64]bool{}
	for range 1000 {
		made[before.next(still)] = true
	}
	time.Sleep(5 * time.Millisecond)
	after := newIDs()
	after.process = before.process
	for range 1000 {
		if id := after.next(still); made[id] {
			t.Fatalf("id %d is made twice", id)
		}
	}
}

func TestOldSQLiteIsRefused(t *testing.T) {
	for version, fine := range map[string]bool{"3.51.2": false, "3.51.3": true, "3.54.1": true, "4.0.0": true, "3.9.9": false, "x": false} {
		if err := checkVersion(version); (err == nil) != fine {
			t.Errorf("SQLite %s: %v", version, err)
		}
	}
}
