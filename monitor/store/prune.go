package store

import (
	"context"
	"fmt"
	"time"
)

const (
	// pruneRows is how many rows one transaction deletes, so that none holds
	// up the line.
	pruneRows = 500
	// keepNames is how long a name is kept after its source last listed it,
	// whatever keep says: an entry that returns must be recognised.
	keepNames = 180 * 24 * time.Hour
)

// Prune deletes what is older than keep and no longer needed: the texts of
// articles that matched nothing and that no source lists any more, settled
// deliveries, revisions. Articles in stories stay, and so do the names of
// articles as long as a source may list them again. It returns how many rows
// it changed. A crash loses nothing: each step stands alone.
func (s *Store) Prune(ctx context.Context, now time.Time, keep time.Duration) (int, error) {
	old := now.Add(-keep)
	names := now.Add(-max(keep, keepNames))
	unlisted := `NOT EXISTS (SELECT 1 FROM identities i WHERE i.article = a.id AND i.last_listed >= $1)`
	total := 0
	for _, step := range []struct {
		what, text string
		before     time.Time
	}{
		{"article texts", `UPDATE articles SET body = '', reading = '' WHERE id IN (SELECT a.id FROM articles a
			WHERE a.matched = 0 AND a.first_seen < $1 AND a.body <> '' AND a.read_due IS NULL AND ` + unlisted + ` LIMIT $2)`, old},
		{"deliveries", `DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE settled < $1 LIMIT $2)`, old},
		{"revisions", `DELETE FROM revisions WHERE (article, digest) IN (SELECT article, digest FROM revisions WHERE at < $1 LIMIT $2)`, old},
		{"identities", `DELETE FROM identities WHERE (key, source) IN (SELECT i.key, i.source FROM identities i
			LEFT JOIN articles a ON a.id = i.article
			WHERE i.last_listed < $1 AND (a.id IS NULL OR a.matched = 0 AND a.first_seen < $1 AND ` + unlisted + `) LIMIT $2)`, names},
		{"articles", `DELETE FROM articles WHERE id IN (SELECT a.id FROM articles a WHERE a.matched = 0 AND a.first_seen < $1
			AND a.read_due IS NULL AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.article = a.id)
			AND NOT EXISTS (SELECT 1 FROM members m WHERE m.article = a.id)
			AND NOT EXISTS (SELECT 1 FROM revisions r WHERE r.article = a.id) LIMIT $2)`, names},
		{"leases", `DELETE FROM leases WHERE name IN (SELECT name FROM leases WHERE until < $1 LIMIT $2)`, now.Add(-time.Hour)},
	} {
		n, err := s.pruneAll(ctx, step.text, step.before)
		total += n
		if err != nil {
			return total, fmt.Errorf("prune %s: %w", step.what, err)
		}
	}
	return total, nil
}

func (s *Store) pruneAll(ctx context.Context, text string, before time.Time) (total int, err error) {
	for {
		var n int64
		err := s.write(ctx, func(ctx context.Context, t *tx) (err error) {
			n, err = t.exec(ctx, text, before.UnixMilli(), int64(pruneRows))
			return err
		})
		total += int(n)
		if err != nil || n < pruneRows {
			return total, err
		}
		if err := ctx.Err(); err != nil {
			return total, err
		}
	}
}
