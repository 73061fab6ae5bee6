package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// An article is a row of articles.
type article struct {
	Stored
	readState string
	attempts  int
	readError string
}

// The states of an article's text.
const (
	readFeed    = "feed"    // the feed carried enough
	readPending = "pending" // its page waits to be read
	readPage    = "page"    // read from its page
	readFailed  = "failed"  // its page could not be read: it stands as the feed gave it
	readAgain   = "again"   // read from its page, which is read again since its headline was edited
)

// columns are those that scan reads, of a table named a.
const columns = `a.id, a.source, a.guid, a.url, a.canonical, a.title, a.author, a.body, a.lang, a.published,
	a.first_seen, a.quiet, a.reading, a.read_state, a.read_host, a.read_attempts, a.read_error, a.diff`

// scan reads a row that begins with columns; more is what follows them.
func (a *article) scan(r *sql.Rows, more ...any) error {
	var published, seen sql.NullInt64
	var reading, host string
	n := &a.Article
	err := r.Scan(append([]any{
		&n.ID, &n.Source, &n.GUID, &n.URL, &n.Canonical, &n.Title, &n.Author, &n.Text, &n.Lang,
		&published, &seen, &n.Quiet, &reading, &a.readState, &host, &a.attempts, &a.readError, &n.Diff,
	}, more...)...)
	if err != nil {
		return err
	}
	n.Published, n.FirstSeen = at(published), at(seen)
	if a.readState == readPending {
		a.ReadHost = host
	}
	return unpack(reading, &a.Reading)
}

// articles reads articles by id.
func articles(ctx context.Context, q querier, ids []news.ArticleID) (map[news.ArticleID]article, error) {
	out := make(map[news.ArticleID]article, len(ids))
	for part := range slices.Chunk(ids, chunk) {
		err := query(ctx, q, func(r *sql.Rows) error {
			var a article
			if err := a.scan(r); err != nil {
				return err
			}
			out[a.Article.ID] = a
			return nil
		}, `SELECT `+columns+` FROM articles a WHERE a.id IN (`+marks(1, len(part))+`)`, anys(part)...)
		if err != nil {
			return nil, fmt.Errorf("read articles: %w", err)
		}
	}
	return out, nil
}

// insertArticle stores a new article. It waits for grouping when it matched,
// unless its page must be read first.
func (t *tx) insertArticle(ctx context.Context, s Stored, now time.Time) error {
	reading, err := pack(s.Reading)
	if err != nil {
		return err
	}
	a, state, due := s.Article, readFeed, any(nil)
	matched := len(s.Reading.Matches) > 0
	if s.ReadHost != "" {
		state, due = readPending, ms(now)
	}
	_, err = t.exec(ctx, `INSERT INTO articles (id, source, guid, url, canonical, title, author, body, lang, published,
		first_seen, quiet, reading, matched, to_group, read_state, read_host, read_due, diff)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		int64(a.ID), a.Source, clean(a.GUID), clean(a.URL), clean(a.Canonical), clean(a.Title), clean(a.Author),
		clean(a.Text), clean(a.Lang), ms(a.Published), ms(a.FirstSeen), bit(a.Quiet), reading,
		bit(matched), bit(matched && s.ReadHost == ""), state, clean(s.ReadHost), due, clean(a.Diff))
	if err != nil {
		return fmt.Errorf("store article %s: %w", a.URL, err)
	}
	return nil
}

// changeArticle replaces what an outlet may edit and keeps what was there. It says
// whether the article waits to be grouped.
func (t *tx) changeArticle(ctx context.Context, id news.ArticleID, s Stored, now time.Time) (waits bool, err error) {
	have, err := articles(ctx, t, []news.ArticleID{id})
	if err != nil {
		return false, err
	}
	old, ok := have[id]
	if !ok || old.Article.Title == clean(s.Article.Title) && old.Article.Text == clean(s.Article.Text) {
		return false, nil // pruned since, or as it was
	}
	first, err := t.keepRevision(ctx, old.Article, now)
	if err != nil {
		return false, err
	}
	reading, err := pack(s.Reading)
	if err != nil {
		return false, err
	}
	a, matched := s.Article, len(s.Reading.Matches) > 0
	_, err = t.exec(ctx, `UPDATE articles SET title = $1, body = $2, author = $3, lang = $4, canonical = $5,
		published = $6, reading = $7, matched = $8 WHERE id = $9`,
		clean(a.Title), clean(a.Text), clean(a.Author), clean(a.Lang), clean(a.Canonical), ms(a.Published),
		reading, bit(matched), int64(id))
	if err != nil {
		return false, fmt.Errorf("change article %d: %w", id, err)
	}
	waits, err = t.edited(ctx, old.Article, matched, now)
	if err != nil {
		return false, fmt.Errorf("keep article %d as it was: %w", id, err)
	}
	if first && matched && old.readState == readPage && old.Article.Text == clean(a.Text) {
		err = t.readAgain(ctx, id, now)
	}
	return waits, err
}

// readAgain has an article's page read once more: who edits a headline may have
// edited what stands below it.
func (t *tx) readAgain(ctx context.Context, id news.ArticleID, now time.Time) error {
	_, err := t.exec(ctx, `UPDATE articles SET read_state = $1, read_due = $2, read_attempts = 0 WHERE id = $3`,
		readAgain, ms(now), int64(id))
	if err != nil {
		return fmt.Errorf("read article %d again: %w", id, err)
	}
	return nil
}

// keepRevision keeps what an article said before, and says whether it had not been
// kept: an outlet that tries two headlines in turn makes two revisions, not one
// each poll.
func (t *tx) keepRevision(ctx context.Context, old news.Article, when time.Time) (first bool, err error) {
	sum := sha256.Sum256([]byte(old.Title + "\x00" + old.Text))
	n, err := t.exec(ctx, `INSERT INTO revisions (article, digest, at, title, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (article, digest) DO NOTHING`,
		int64(old.ID), hex.EncodeToString(sum[:12]), ms(when), old.Title, old.Text)
	if err != nil {
		return false, fmt.Errorf("keep revision of article %d: %w", old.ID, err)
	}
	return n > 0, nil
}
