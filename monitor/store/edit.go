package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// Edited is an article of a story that its outlet edited since it was placed, or
// since that was looked at last.
type Edited struct {
	Stored
	Before news.Article // as it was then
	Story  news.StoryID
	Told   int // how many corrections of it were told
}

// Edit is what one of those changes, to be recorded with the deliveries it makes due.
type Edit struct {
	Article    news.Article // as it was looked at
	Story      news.StoryID
	At         time.Time
	New        []news.Novelty
	Material   bool   // it ends mutes
	Signature  []byte // nil: as it was
	Seen       int64  // as of a Placement
	Deliveries []news.Delivery
}

// edited keeps an article that is in a story as it was before its first edit, and
// says whether anything waits to be looked at: an article that has just matched,
// or such an edit.
func (t *tx) edited(ctx context.Context, old news.Article, matched bool, now time.Time) (waits bool, err error) {
	// The article's row is ours since it was written: what placed it has ended, or
	// waits and will see that it was edited.
	var member int64
	err = t.QueryRowContext(ctx, `SELECT COUNT(*) FROM members WHERE article = $1`, int64(old.ID)).Scan(&member)
	if err != nil {
		return false, err
	}
	if member > 0 {
		_, err = t.exec(ctx, `INSERT INTO edits (article, title, body, at) VALUES ($1, $2, $3, $4) ON CONFLICT (article) DO NOTHING`,
			int64(old.ID), old.Title, old.Text, ms(now))
		return true, err
	}
	n, err := t.exec(ctx, `UPDATE articles SET to_group = $1 WHERE id = $2 AND read_state <> 'pending'`, bit(matched), int64(old.ID))
	return matched && n > 0, err
}

// Edits returns edited articles of stories, the first edited first.
func (s *Store) Edits(ctx context.Context, limit int) ([]Edited, error) {
	var list []Edited
	err := query(ctx, s.r, func(r *sql.Rows) error {
		var a article
		var e Edited
		var title, body string
		if err := a.scan(r, &title, &body, &e.Story, &e.Told); err != nil {
			return err
		}
		e.Stored, e.Before = a.Stored, a.Article
		e.Before.Title, e.Before.Text = title, body
		list = append(list, e)
		return nil
	}, `SELECT `+columns+`, e.title, e.body, m.story,
		(SELECT COUNT(*) FROM corrections c WHERE c.article = e.article AND c.adds <> '') FROM edits e JOIN articles a ON a.id = e.article
		JOIN members m ON m.article = e.article ORDER BY e.at, e.article LIMIT $1`, int64(limit))
	if err != nil {
		return nil, fmt.Errorf("read edited articles: %w", err)
	}
	return list, nil
}

// corrections are those of one article.
func (s *Store) corrections(ctx context.Context, id news.ArticleID) (list []news.Correction, err error) {
	err = eachCorrection(ctx, s.r, func(_ news.ArticleID, c news.Correction) { list = append(list, c) }, `WHERE c.article = $1`, int64(id))
	return list, err
}

// RecordEdit records what an edit changed, in one transaction, and returns its Seq, 0
// for one that changes nothing of the story. A crash before the commit leaves it to be
// looked at again; after it nothing is lost. It is [ErrStale] when the article was
// edited again meanwhile, or when other articles were placed.
func (s *Store) RecordEdit(ctx context.Context, e Edit) (seq int64, err error) {
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		seq, err = t.recordEdit(ctx, e)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("record edit of article %d: %w", e.Article.ID, err)
	}
	return seq, nil
}

func (t *tx) recordEdit(ctx context.Context, e Edit) (seq int64, err error) {
	if seq, err = t.nextSeq(ctx); err != nil {
		return 0, err
	}
	if e.Seen != 0 && e.Seen != seq-1 {
		return 0, ErrStale
	}
	if err := t.settled(ctx, e.Article); err != nil {
		return 0, err
	}
	if _, err := t.exec(ctx, `DELETE FROM edits WHERE article = $1`, int64(e.Article.ID)); err != nil {
		return 0, err
	}
	p := Placement{Story: e.Story, At: e.At, Material: e.Material, Deliveries: e.Deliveries}
	if len(e.New) == 0 && e.Signature == nil {
		return 0, errors.Join(t.setSeq(ctx, seq-1), t.makeDue(ctx, p))
	}
	adds, err := pack(e.New)
	if err != nil {
		return 0, err
	}
	if _, err := t.exec(ctx, `INSERT INTO corrections (seq, article, adds, at) VALUES ($1, $2, $3, $4)`,
		seq, int64(e.Article.ID), adds, ms(e.At)); err != nil {
		return 0, err
	}
	if e.Signature != nil {
		if _, err := t.exec(ctx, `UPDATE members SET signature = $1 WHERE article = $2`, e.Signature, int64(e.Article.ID)); err != nil {
			return 0, err
		}
	}
	return seq, t.makeDue(ctx, p)
}

// settled takes an article from the line, unless it was edited since it was read.
func (t *tx) settled(ctx context.Context, a news.Article) error {
	n, err := t.exec(ctx, `UPDATE articles SET to_group = 0 WHERE id = $1 AND title = $2 AND body = $3`,
		int64(a.ID), clean(a.Title), clean(a.Text))
	if err == nil && n == 0 {
		return ErrStale
	}
	return err
}

// corrections fills in what was corrected in the members of stories.
func corrections(ctx context.Context, q querier, stories map[news.StoryID]*news.Story) error {
	members := map[news.ArticleID]*news.Member{}
	var ids []news.StoryID
	for id, st := range stories {
		ids = append(ids, id)
		for i := range st.Members {
			members[st.Members[i].Article.ID] = &st.Members[i]
		}
	}
	for part := range slices.Chunk(ids, chunk) {
		err := eachCorrection(ctx, q, func(article news.ArticleID, c news.Correction) {
			if m := members[article]; m != nil {
				m.Corrections = append(m.Corrections, c)
			}
		}, `JOIN members m ON m.article = c.article WHERE m.story IN (`+marks(1, len(part))+`)`, anys(part)...)
		if err != nil {
			return err
		}
	}
	return nil
}

// eachCorrection calls do with corrections c, in order.
func eachCorrection(ctx context.Context, q querier, do func(news.ArticleID, news.Correction), where string, args ...any) error {
	return query(ctx, q, func(r *sql.Rows) error {
		var c news.Correction
		var article news.ArticleID
		var when sql.NullInt64
		var adds string
		if err := r.Scan(&c.Seq, &article, &when, &adds); err != nil {
			return err
		}
		c.At = at(when)
		if err := unpack(adds, &c.New); err != nil {
			return err
		}
		do(article, c)
		return nil
	}, `SELECT c.seq, c.article, c.at, c.adds FROM corrections c `+where+` ORDER BY c.seq`, args...)
}
