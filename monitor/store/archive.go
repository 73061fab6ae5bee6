package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// page is how many articles EachArticle reads at a time, so that no read
// transaction stays open while the caller thinks.
const page = 500

// CountArticles counts those that EachArticle would call f with.
func (s *Store) CountArticles(ctx context.Context, from, to time.Time) (n int64, err error) {
	err = s.r.QueryRowContext(ctx, `SELECT COUNT(*) FROM articles a WHERE COALESCE(a.published, a.first_seen) BETWEEN $1 AND $2
		AND (a.body <> '' OR a.title <> '')`, ms(from), ms(to)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count archive: %w", err)
	}
	return n, nil
}

// EachArticle calls f with every article that was published between two times,
// or, when that is not known, first seen, and with what was read in it when it
// came; in the order in which they were stored. Those whose text was pruned are left out. It ends at f's first error.
func (s *Store) EachArticle(ctx context.Context, from, to time.Time, f func(news.Article, news.Reading) error) error {
	for last := news.ArticleID(0); ; {
		var batch []Stored
		err := query(ctx, s.r, func(r *sql.Rows) error {
			var a article
			if err := a.scan(r); err != nil {
				return err
			}
			batch = append(batch, a.Stored)
			return nil
		}, `SELECT `+columns+` FROM articles a WHERE a.id > $1 AND COALESCE(a.published, a.first_seen) BETWEEN $2 AND $3
			AND (a.body <> '' OR a.title <> '') ORDER BY a.id LIMIT $4`, int64(last), ms(from), ms(to), int64(page))
		if err != nil {
			return fmt.Errorf("read archive: %w", err)
		}
		for _, a := range batch {
			if err := f(a.Article, a.Reading); err != nil {
				return err
			}
			last = a.Article.ID
		}
		if len(batch) < page {
			return nil
		}
	}
}
