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

// ErrStale says that a decision was made without knowing the last members
// placed, because another process grouped meanwhile, or the article as it is now,
// because it was edited meanwhile: catch up, decide again.
var ErrStale = errors.New("members were placed, or the article edited, since the decision")

// Ungrouped returns articles that matched and are in no story, by the time they
// were published, or first seen where that is unknown. Those whose page is still
// to be read are not among them.
func (s *Store) Ungrouped(ctx context.Context, limit int) ([]Stored, error) {
	var list []Stored
	err := query(ctx, s.r, func(r *sql.Rows) error {
		var a article
		if err := a.scan(r); err != nil {
			return err
		}
		a.Known = a.Article.ID
		list = append(list, a.Stored)
		return nil
	}, `SELECT `+columns+` FROM articles a WHERE a.to_group = 1
		ORDER BY COALESCE(a.published, a.first_seen), a.id LIMIT $1`, int64(limit))
	if err != nil {
		return nil, fmt.Errorf("read ungrouped articles: %w", err)
	}
	return list, nil
}

// GroupedAfter returns the recorded decisions after seq that were made since
// then, in the order in which they were made. Story is where the article is
// now, after merges.
func (s *Store) GroupedAfter(ctx context.Context, seq int64, since time.Time, limit int) ([]Grouped, error) {
	var list []Grouped
	err := query(ctx, s.r, func(r *sql.Rows) error {
		var g Grouped
		var published, seen sql.NullInt64
		if err := r.Scan(&g.Seq, &g.Article, &g.Source, &published, &seen, &g.Story, &g.Role, &g.Signature); err != nil {
			return err
		}
		g.When = news.Article{Published: at(published), FirstSeen: at(seen)}.When()
		list = append(list, g)
		return nil
	}, `SELECT m.seq, m.article, a.source, a.published, a.first_seen, m.story, m.role, m.signature
		FROM members m JOIN articles a ON a.id = m.article
		WHERE m.seq > $1 AND m.at >= $2 ORDER BY m.seq LIMIT $3`, seq, since.UnixMilli(), int64(limit))
	if err != nil {
		return nil, fmt.Errorf("read grouped articles: %w", err)
	}
	return list, nil
}

// Reports returns the latest reports by their hashes, at most so many, with the story
// that was the first to name each, as it is after merges.
func (s *Store) Reports(ctx context.Context, most int) (map[uint32]news.StoryID, error) {
	list := map[uint32]news.StoryID{}
	err := query(ctx, s.r, func(r *sql.Rows) error {
		var hash uint32
		var id news.StoryID
		if err := r.Scan(&hash, &id); err != nil {
			return err
		}
		list[hash] = id
		return nil
	}, `SELECT r.hash, COALESCE(s.merged_into, s.id) FROM reports r JOIN stories s ON s.id = r.story ORDER BY r.at DESC LIMIT $1`, int64(most))
	if err != nil {
		return nil, fmt.Errorf("read reports: %w", err)
	}
	return list, nil
}

// Merges returns the merges recorded after seq, in order, for a window that
// already holds members from before them.
func (s *Store) Merges(ctx context.Context, after int64) ([]Merge, error) {
	list, err := readMerges(ctx, s.r, `WHERE seq > $1 ORDER BY seq, from_story`, after)
	if err != nil {
		return nil, fmt.Errorf("read merges: %w", err)
	}
	return list, nil
}

func readMerges(ctx context.Context, q querier, where string, args ...any) ([]Merge, error) {
	var list []Merge
	err := query(ctx, q, func(r *sql.Rows) error {
		var m Merge
		var when sql.NullInt64
		var reasons string
		if err := r.Scan(&m.From, &m.Into, &m.Seq, &when, &reasons); err != nil {
			return err
		}
		if err := unpack(reasons, &m.Reasons); err != nil {
			return err
		}
		m.At = at(when)
		list = append(list, m)
		return nil
	}, `SELECT from_story, into_story, seq, at, reasons FROM merges `+where, args...)
	return list, err
}

// LastStory returns the highest story id there is, 0 when there is none. The
// next story must be numbered above it, also when every member of it is older
// than the window.
func (s *Store) LastStory(ctx context.Context) (news.StoryID, error) {
	var id news.StoryID
	if err := s.r.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM stories`).Scan(&id); err != nil {
		return 0, fmt.Errorf("read last story: %w", err)
	}
	return id, nil
}

// Place records a decision about one article in one transaction: its place in
// a story, the merges and splits it showed, the deliveries it makes due, and their jobs.
// It returns the member's Seq, 1 above the last. A crash before the commit
// leaves the article ungrouped, to be decided again; a crash after it loses
// nothing. An article that is placed already stays where it is.
func (s *Store) Place(ctx context.Context, p Placement) (seq int64, err error) {
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		seq, err = t.place(ctx, p)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("place article %d: %w", p.Article, err)
	}
	return seq, nil
}

func (t *tx) place(ctx context.Context, p Placement) (int64, error) {
	seq, err := t.nextSeq(ctx)
	if err != nil {
		return 0, err
	}
	var placed int64
	err = t.QueryRowContext(ctx, `SELECT seq FROM members WHERE article = $1`, int64(p.Article)).Scan(&placed)
	if err == nil {
		return placed, t.setSeq(ctx, seq-1)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return 0, err
	}
	if p.Seen != 0 && p.Seen != seq-1 {
		return 0, ErrStale
	}
	if err := t.begin(ctx, p.Story, p.At); err != nil {
		return 0, err
	}
	for _, m := range p.Merged {
		m.Seq = seq
		if err := t.merge(ctx, m, p.At); err != nil {
			return 0, fmt.Errorf("merge story %d into %d: %w", m.From, m.Into, err)
		}
	}
	if err := t.member(ctx, p, seq); err != nil {
		return 0, err
	}
	for _, r := range p.Reports {
		if _, err := t.exec(ctx, `INSERT INTO reports (hash, story, at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING`,
			int64(r), int64(p.Story), ms(p.At)); err != nil {
			return 0, fmt.Errorf("note report: %w", err)
		}
	}
	for _, s := range p.Split {
		s.Seq, s.At = seq, p.At
		if err := errors.Join(t.begin(ctx, s.Into, p.At), t.move(ctx, s), t.splitMutes(ctx, s.From, s.Into)); err != nil {
			return 0, fmt.Errorf("split story %d: %w", s.From, err)
		}
	}
	if err := t.withdraw(ctx, p); err != nil {
		return 0, fmt.Errorf("withdraw alerts of story %d: %w", p.Story, err)
	}
	return seq, t.makeDue(ctx, p)
}

// withdraw takes back the alerts of a story that wait on the routes which are withdrawn,
// and what else waits there of a story that its route then was not told of.
func (t *tx) withdraw(ctx context.Context, p Placement) error {
	if len(p.Withdrawn) == 0 {
		return nil
	}
	ids, err := family(ctx, t, p.Story)
	if err != nil {
		return err
	}
	of := `route = $1 AND story IN (` + marks(3, len(ids)) + `)`
	for _, route := range p.Withdrawn {
		args := append([]any{route, string(news.AlertDelivery)}, anys(ids)...)
		for _, text := range []string{
			`DELETE FROM told WHERE kind = $2 AND ` + of + ` AND key IN (SELECT key FROM deliveries
				WHERE kind = $2 AND state = 'due' AND attempt = 0 AND ` + of + `)`,
			`DELETE FROM deliveries WHERE state = 'due' AND attempt = 0 AND ` + of + `
				AND NOT EXISTS (SELECT 1 FROM told WHERE told.key = deliveries.key AND told.kind = $2)
				AND (kind = $2 OR NOT EXISTS (SELECT 1 FROM told WHERE kind = $2 AND ` + of + `))`,
		} {
			if _, err := t.exec(ctx, text, args...); err != nil {
				return err
			}
		}
	}
	return nil
}

// nextSeq numbers members without gaps, in the order of commits: on PostgreSQL
// the second of two transactions waits here for the first.
func (t *tx) nextSeq(ctx context.Context) (seq int64, err error) {
	err = t.QueryRowContext(ctx, `UPDATE counters SET value = value + 1 WHERE name = 'seq' RETURNING value`).Scan(&seq)
	return seq, err
}

func (t *tx) setSeq(ctx context.Context, seq int64) error {
	_, err := t.exec(ctx, `UPDATE counters SET value = $1 WHERE name = 'seq'`, seq)
	return err
}

func (t *tx) begin(ctx context.Context, id news.StoryID, when time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO stories (id, began) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, int64(id), ms(when))
	return err
}

// merge moves the members of one story to another. What undoing it needs is
// kept: where each member was placed first, and every merge.
func (t *tx) merge(ctx context.Context, m Merge, when time.Time) error {
	for _, id := range []news.StoryID{m.From, m.Into} {
		if err := t.begin(ctx, id, when); err != nil {
			return err
		}
	}
	from, err := root(ctx, t, m.From)
	if err != nil {
		return err
	}
	into, err := root(ctx, t, m.Into)
	if err != nil || from == into {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE members SET story = $1 WHERE story = $2`, int64(into), int64(from)); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE stories SET merged_into = $1 WHERE id = $2 OR merged_into = $2`, int64(into), int64(from)); err != nil {
		return err
	}
	if err := t.mergeMutes(ctx, from, into); err != nil {
		return err
	}
	reasons, err := pack(m.Reasons)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO merges (from_story, into_story, seq, reasons, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (from_story, into_story, seq) DO NOTHING`, int64(from), int64(into), m.Seq, reasons, ms(when))
	return err
}

func (t *tx) member(ctx context.Context, p Placement, seq int64) error {
	story, err := root(ctx, t, p.Story)
	if err != nil {
		return err
	}
	reasons, err := pack(p.Reasons)
	if err != nil {
		return err
	}
	adds, err := pack(p.New)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `INSERT INTO members (article, seq, story, placed_in, role, reasons, adds, signature, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, int64(p.Article), seq, int64(story), int64(p.Story),
		string(p.Role), reasons, adds, p.Signature, ms(p.At)); err != nil {
		return err
	}
	if p.Saw != nil {
		return t.settled(ctx, *p.Saw)
	}
	_, err = t.exec(ctx, `UPDATE articles SET to_group = 0 WHERE id = $1`, int64(p.Article))
	return err
}

// makeDue adds the deliveries of a placement, each once, and enqueues those
// that are due at once. A later one gets its job when its time comes.
func (t *tx) makeDue(ctx context.Context, p Placement) error {
	if p.Material {
		if err := t.endMutes(ctx, p.Story); err != nil {
			return err
		}
	}
	var channels []news.Channel
	for _, d := range p.Deliveries {
		added, err := t.addDelivery(ctx, d, p.At)
		if err != nil {
			return err
		}
		if added && !d.DueAt.After(p.At) {
			channels = append(channels, d.Channel)
		}
	}
	slices.Sort(channels) // one order, so that two transactions do not wait for each other crosswise
	return t.enqueue(ctx, p.At, delivers(slices.Compact(channels))...)
}
