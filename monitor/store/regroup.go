package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// Errors of people's regrouping.
var (
	ErrSameStory = errors.New("they are one story already")
	ErrNotMerged = errors.New("no story was merged into another under that number")
	ErrNotMember = errors.New("an article is not in that story")
	ErrAllOfIt   = errors.New("these are all of its articles")
)

// LastSeq returns the number that the last decision took: a member's, or that
// of a merge or a split that a person made.
func (s *Store) LastSeq(ctx context.Context) (seq int64, err error) {
	err = s.r.QueryRowContext(ctx, `SELECT value FROM counters WHERE name = 'seq'`).Scan(&seq)
	if err != nil {
		return 0, fmt.Errorf("read last decision: %w", err)
	}
	return seq, nil
}

// Regrouped says whether members that were placed up to seq moved since then:
// by a merge or a split. A person's decision takes a number that no member has.
func (s *Store) Regrouped(ctx context.Context, seq int64) (bool, error) {
	var last, members, moves int64
	err := s.r.QueryRowContext(ctx, `SELECT
		(SELECT value FROM counters WHERE name = 'seq'),
		(SELECT COUNT(*) FROM members WHERE seq > $1),
		(SELECT COUNT(*) FROM merges WHERE seq > $1) + (SELECT COUNT(*) FROM splits WHERE seq > $1)`, seq).Scan(&last, &members, &moves)
	if err != nil {
		return false, fmt.Errorf("read what was regrouped: %w", err)
	}
	return moves > 0 || last-seq != members, nil
}

// MergeStories makes one story of two, under the lower number, and returns it.
// It can be undone with [Store.Unmerge].
func (s *Store) MergeStories(ctx context.Context, a, b news.StoryID, reason string, now time.Time) (into news.StoryID, err error) {
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		ra, err := t.existing(ctx, a)
		if err != nil {
			return err
		}
		rb, err := t.existing(ctx, b)
		if err != nil {
			return err
		}
		if ra == rb {
			return ErrSameStory
		}
		seq, err := t.nextSeq(ctx)
		if err != nil {
			return err
		}
		into = min(ra, rb)
		return t.merge(ctx, Merge{From: max(ra, rb), Into: into, Reasons: []string{reason}, Seq: seq}, now)
	})
	if err != nil {
		return 0, fmt.Errorf("merge stories %d and %d: %w", a, b, err)
	}
	return into, nil
}

// existing is the story that id is now; [ErrNoStory] when there is none.
func (t *tx) existing(ctx context.Context, id news.StoryID) (news.StoryID, error) {
	var n int
	if err := t.QueryRowContext(ctx, `SELECT COUNT(*) FROM stories WHERE id = $1`, int64(id)).Scan(&n); err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, fmt.Errorf("%d: %w", id, ErrNoStory)
	}
	return root(ctx, t, id)
}

// Unmerge takes a story that was merged into another out of it again, with the
// articles that it had brought. What was placed after the merge stays.
func (s *Store) Unmerge(ctx context.Context, id news.StoryID, now time.Time) (moved int, err error) {
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		moved, err = t.unmerge(ctx, id, now)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("split story %d: %w", id, err)
	}
	return moved, nil
}

func (t *tx) unmerge(ctx context.Context, id news.StoryID, now time.Time) (int, error) {
	merges, err := readMerges(ctx, t, `ORDER BY seq`)
	if err != nil {
		return 0, err
	}
	var last *Merge
	for i := range merges {
		if merges[i].From == id {
			last = &merges[i]
		}
	}
	from, err := t.existing(ctx, id)
	if err != nil {
		return 0, err
	}
	if last == nil || from == id {
		return 0, ErrNotMerged
	}
	seq, err := t.nextSeq(ctx)
	if err != nil {
		return 0, err
	}
	moved := 0
	for _, part := range brought(id, last.Seq, merges) {
		articles, err := t.placedIn(ctx, part, from, last.Seq)
		if err != nil {
			return 0, err
		}
		moved += len(articles)
		if err := t.move(ctx, Split{Seq: seq, From: from, Into: id, Articles: articles, At: now}); err != nil {
			return 0, err
		}
		if _, err := t.exec(ctx, `UPDATE stories SET merged_into = $1 WHERE id = $2`, int64(id), int64(part)); err != nil {
			return 0, err
		}
	}
	_, err = t.exec(ctx, `UPDATE stories SET merged_into = NULL WHERE id = $1`, int64(id))
	return moved, err
}

// brought are the story and those that had been merged into it by then.
func brought(id news.StoryID, seq int64, merges []Merge) []news.StoryID {
	parts := []news.StoryID{id}
	for i := 0; i < len(parts); i++ {
		for _, m := range merges {
			if m.Into == parts[i] && m.Seq < seq {
				parts = append(parts, m.From)
			}
		}
	}
	return parts
}

// placedIn are the articles that were first placed in a story before seq and
// are in another now.
func (t *tx) placedIn(ctx context.Context, first, now news.StoryID, seq int64) ([]news.ArticleID, error) {
	rows, err := t.QueryContext(ctx, `SELECT article FROM members WHERE placed_in = $1 AND story = $2 AND seq < $3 ORDER BY seq`,
		int64(first), int64(now), seq)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var list []news.ArticleID
	for rows.Next() {
		var id news.ArticleID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		list = append(list, id)
	}
	return list, rows.Err()
}

// move takes articles out of a story. What of them was about to be told in it is not.
func (t *tx) move(ctx context.Context, s Split) error {
	reasons, err := pack(s.Reasons)
	if err != nil {
		return err
	}
	for _, a := range s.Articles {
		if _, err := t.exec(ctx, `UPDATE members SET story = $1 WHERE article = $2`, int64(s.Into), int64(a)); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `INSERT INTO splits (seq, article, from_story, into_story, reasons, at) VALUES ($1, $2, $3, $4, $5, $6)`,
			s.Seq, int64(a), int64(s.From), int64(s.Into), reasons, ms(s.At)); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM deliveries WHERE story = $1 AND state = 'due' AND attempt = 0 AND (key LIKE $2 OR key LIKE $3)`,
			int64(s.From), fmt.Sprintf("update/%%/%d/%d", s.From, a), fmt.Sprintf("correction/%%/%d/%d/%%", s.From, a)); err != nil {
			return err
		}
	}
	return nil
}

// SplitsOf returns the splits that articles came to a story by, or left it, the first
// first.
func (s *Store) SplitsOf(ctx context.Context, id news.StoryID) ([]Split, error) {
	list, err := readSplits(ctx, s.r, `WHERE from_story = $1 OR into_story = $1`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("read splits of story %d: %w", id, err)
	}
	return list, nil
}

func readSplits(ctx context.Context, q querier, where string, args ...any) ([]Split, error) {
	var list []Split
	err := query(ctx, q, func(r *sql.Rows) error {
		var s Split
		var article news.ArticleID
		var when sql.NullInt64
		var reasons string
		if err := r.Scan(&s.Seq, &article, &s.From, &s.Into, &reasons, &when); err != nil {
			return err
		}
		if n := len(list); n > 0 && list[n-1].Seq == s.Seq && list[n-1].Into == s.Into {
			list[n-1].Articles = append(list[n-1].Articles, article)
			return nil
		}
		if err := unpack(reasons, &s.Reasons); err != nil {
			return err
		}
		s.At, s.Articles = at(when), []news.ArticleID{article}
		list = append(list, s)
		return nil
	}, `SELECT seq, article, from_story, into_story, reasons, at FROM splits `+where+` ORDER BY seq, into_story, article`, args...)
	return list, err
}

// Joined returns the stories that a person merged others into: they are one because
// somebody said so.
func (s *Store) Joined(ctx context.Context) ([]news.StoryID, error) {
	var list []news.StoryID
	err := query(ctx, s.r, func(r *sql.Rows) error {
		var id news.StoryID
		if err := r.Scan(&id); err != nil {
			return err
		}
		list = append(list, id)
		return nil
	}, `SELECT DISTINCT COALESCE(s.merged_into, s.id) FROM merges m JOIN stories s ON s.id = m.into_story
		WHERE NOT EXISTS (SELECT 1 FROM members WHERE seq = m.seq)`)
	if err != nil {
		return nil, fmt.Errorf("read which stories people merged: %w", err)
	}
	return list, nil
}

// Parted returns the pairs of stories that a person made of one: they are two because
// somebody said so.
func (s *Store) Parted(ctx context.Context) ([][2]news.StoryID, error) {
	var list [][2]news.StoryID
	err := query(ctx, s.r, func(r *sql.Rows) error {
		var pair [2]news.StoryID
		if err := r.Scan(&pair[0], &pair[1]); err != nil {
			return err
		}
		list = append(list, pair)
		return nil
	}, `SELECT DISTINCT COALESCE(a.merged_into, a.id), COALESCE(b.merged_into, b.id)
		FROM splits p JOIN stories a ON a.id = p.from_story JOIN stories b ON b.id = p.into_story
		WHERE NOT EXISTS (SELECT 1 FROM members WHERE seq = p.seq) ORDER BY 1, 2`)
	if err != nil {
		return nil, fmt.Errorf("read which stories people split: %w", err)
	}
	return list, nil
}

// SplitStory moves articles of a story to a new one and returns it. At least one
// article must stay.
func (s *Store) SplitStory(ctx context.Context, id news.StoryID, articles []news.ArticleID, now time.Time) (into news.StoryID, err error) {
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		into, err = t.splitStory(ctx, id, articles, now)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("split story %d: %w", id, err)
	}
	return into, nil
}

func (t *tx) splitStory(ctx context.Context, id news.StoryID, articles []news.ArticleID, now time.Time) (into news.StoryID, err error) {
	from, err := t.existing(ctx, id)
	if err != nil {
		return 0, err
	}
	seq, err := t.nextSeq(ctx)
	if err != nil {
		return 0, err
	}
	for _, a := range articles {
		var n int
		err := t.QueryRowContext(ctx, `SELECT COUNT(*) FROM members WHERE article = $1 AND story = $2`, int64(a), int64(from)).Scan(&n)
		if err == nil && n == 0 {
			err = ErrNotMember
		}
		if err != nil {
			return 0, err
		}
	}
	if err := t.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM stories`).Scan(&into); err != nil {
		return 0, err
	}
	if err := t.begin(ctx, into, now); err != nil {
		return 0, err
	}
	if err := t.move(ctx, Split{Seq: seq, From: from, Into: into, Articles: articles, At: now}); err != nil {
		return 0, err
	}
	var left int
	if err := t.QueryRowContext(ctx, `SELECT COUNT(*) FROM members WHERE story = $1`, int64(from)).Scan(&left); err != nil {
		return 0, err
	}
	if left == 0 {
		return 0, ErrAllOfIt
	}
	return into, nil
}

// MergesOf returns the merges that made a story what it is, the first first; not
// those that were undone.
func (s *Store) MergesOf(ctx context.Context, id news.StoryID) ([]Merge, error) {
	ids, err := family(ctx, s.r, id)
	if err != nil {
		return nil, fmt.Errorf("read family of story %d: %w", id, err)
	}
	if ids = ids[1:]; len(ids) == 0 {
		return nil, nil
	}
	list, err := readMerges(ctx, s.r, `WHERE from_story IN (`+marks(1, len(ids))+`) ORDER BY seq`, anys(ids)...)
	if err != nil {
		return nil, fmt.Errorf("read merges of story %d: %w", id, err)
	}
	return list, nil
}
