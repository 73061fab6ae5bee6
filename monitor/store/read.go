package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// PendingReads returns the articles of which host has the page still to be
// read, oldest first.
func (s *Store) PendingReads(ctx context.Context, host string, now time.Time, limit int) ([]PendingRead, error) {
	var reads []PendingRead
	err := query(ctx, s.r, func(r *sql.Rows) error {
		var a article
		if err := a.scan(r); err != nil {
			return err
		}
		reads = append(reads, PendingRead{Article: a.Article, Attempts: a.attempts, Again: a.readState == readAgain})
		return nil
	}, `SELECT `+columns+` FROM articles a WHERE a.read_host = $1 AND a.read_due <= $2 ORDER BY a.id LIMIT $3`,
		host, ms(now), int64(limit))
	if err != nil {
		return nil, fmt.Errorf("read pending reads of %s: %w", host, err)
	}
	return reads, nil
}

// RecordRead records what came of reading an article's page: its text and
// matches, or when to try again, or that it stands as the feed gave it. A crash
// before the commit reads the page again. A read that is not pending any more
// changes nothing.
func (s *Store) RecordRead(ctx context.Context, d ReadDone) error {
	for i := range d.Linked {
		s.fillIn(&d.Linked[i], Polled{Source: d.Article.Source, At: d.At})
	}
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		switch {
		case d.Err != "" && !d.Retry.IsZero():
			_, err := t.exec(ctx, `UPDATE articles SET read_attempts = read_attempts + 1, read_error = $1, read_due = $2
				WHERE id = $3 AND read_due IS NOT NULL`, clean(d.Err), ms(d.Retry), int64(d.Article.ID))
			return err
		case d.Again:
			return t.recordReread(ctx, d)
		}
		return t.recordRead(ctx, d)
	})
	if err != nil {
		return fmt.Errorf("record read of article %d: %w", d.Article.ID, err)
	}
	return nil
}

func (t *tx) recordRead(ctx context.Context, d ReadDone) error {
	reading, err := pack(d.Reading)
	if err != nil {
		return err
	}
	state := readPage
	if d.Err != "" {
		state = readFailed
	}
	a, matched := d.Article, len(d.Reading.Matches) > 0
	n, err := t.exec(ctx, `UPDATE articles SET title = $1, author = $2, body = $3, lang = $4, canonical = $5, published = $6,
		reading = $7, matched = $8, to_group = $8, read_state = $9, read_error = $10, read_due = NULL,
		read_attempts = read_attempts + 1 WHERE id = $11 AND read_state = 'pending'`,
		clean(a.Title), clean(a.Author), clean(a.Text), clean(a.Lang), clean(a.Canonical), ms(a.Published),
		reading, bit(matched), state, clean(d.Err), int64(a.ID))
	if err != nil || n == 0 {
		return err
	}
	if k, ok := canonicalKey(a); ok {
		if _, err := t.name(ctx, []naming{{k, a.ID}}, d.At); err != nil {
			return err
		}
	}
	return t.recordLinked(ctx, d, matched)
}

// recordReread records what came of reading a page again. Where that failed, the
// article stands as it was read before.
func (t *tx) recordReread(ctx context.Context, d ReadDone) error {
	// Edited meanwhile, it waits for another look.
	n, err := t.exec(ctx, `UPDATE articles SET read_state = $1, read_error = $2, read_due = NULL
		WHERE id = $3 AND read_state = $4 AND title = $5 AND body = $6`,
		readPage, clean(d.Err), int64(d.Article.ID), readAgain, clean(d.Was.Title), clean(d.Was.Text))
	if err != nil || n == 0 || d.Err != "" {
		return err
	}
	waits, err := t.changeArticle(ctx, d.Article.ID, d.Stored, d.At)
	if err != nil {
		return err
	}
	return t.enqueueGroup(ctx, d.At, waits)
}

// recordLinked stores what the page led to, and enqueues what follows from it
// and from the article's own match.
func (t *tx) recordLinked(ctx context.Context, d ReadDone, matched bool) error {
	added, _, err := t.sortOut(ctx, Polled{Articles: d.Linked})
	if err != nil {
		return err
	}
	if err := t.addArticles(ctx, added, d.At); err != nil {
		return err
	}
	return t.enqueueGroup(ctx, d.At, matched)
}

// canonicalKey is the name a page gives itself, if it is on the article's own
// host: elsewhere it names the article that this one repeats.
func canonicalKey(a news.Article) (key, bool) {
	u := urlKey(a.Canonical)
	if u == "" || bareHost(a.Canonical) != bareHost(a.URL) {
		return key{}, false
	}
	return key{"url:" + short(u), ""}, true
}
