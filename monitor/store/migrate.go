package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versions are the schema versions that a database has or a binary knows.
type versions struct{ ours, river int64 }

func (s *Store) found(ctx context.Context, db *sql.DB) (v versions, err error) {
	for table, read := range map[string]struct {
		text string
		into *int64
	}{
		"goose_db_version": {"SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version", &v.ours},
		"river_migration":  {"SELECT COALESCE(MAX(version), 0) FROM river_migration", &v.river},
	} {
		there, err := s.engine.tableExists(ctx, table)
		if err != nil {
			return v, fmt.Errorf("read schema version: %w", err)
		}
		if !there {
			continue
		}
		if err := db.QueryRowContext(ctx, read.text).Scan(read.into); err != nil {
			return v, fmt.Errorf("read schema version: %w", err)
		}
	}
	return v, nil
}

// migrate brings the schema up to date, ours by goose and the queue's by
// River. A crash in the middle loses nothing: each step is a transaction that
// records its own version.
func migrate[T any](ctx context.Context, s *Store, name string, dialect goose.Dialect, driver riverdriver.Driver[T], readOnly bool) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	ours, err := goose.NewProvider(dialect, s.w, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	queue, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quietLog()})
	if err != nil {
		return fmt.Errorf("read migrations of the queue: %w", err)
	}
	all, sources := queue.AllVersions(), ours.ListSources()
	knows := versions{ours: sources[len(sources)-1].Version, river: int64(all[len(all)-1].Version)}
	have, err := s.found(ctx, s.w)
	switch {
	case err != nil:
		return fmt.Errorf("open %s: %w", name, err)
	case have.ours > knows.ours:
		return &NewerError{Name: name, Have: have.ours, Knows: knows.ours}
	case have.river > knows.river:
		return &NewerError{Name: name, Have: have.river, Knows: knows.river}
	case have == knows:
		return nil
	case readOnly && have.ours == 0:
		return fmt.Errorf("open %s: there is no armswatch database yet: `armswatch run` makes it", name)
	case readOnly:
		return fmt.Errorf("open %s: the database has schema %d and needs %d: start `armswatch run` once to migrate it", name, have.ours, knows.ours)
	}
	if _, err := ours.Up(ctx); err != nil {
		return fmt.Errorf("migrate %s: %w", name, err)
	}
	if _, err := queue.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the queue of %s: %w", name, err)
	}
	if _, err := s.w.ExecContext(ctx, `DELETE FROM river_job WHERE kind = 'visit'`); err != nil { // until schema 8 they were jobs
		return fmt.Errorf("migrate the queue of %s: %w", name, err)
	}
	s.log.Info("database migrated", "database", name, "from", have.ours, "to", knows.ours)
	return nil
}
