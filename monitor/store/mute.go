package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// Mute records a mute of a story, in the place of an earlier one on the same
// channel. An unknown story is [ErrNoStory]. What is due stays due: a message that
// a channel is waiting for is not taken back.
func (s *Store) Mute(ctx context.Context, m news.Mute) error {
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		id, err := t.existing(ctx, m.Story)
		if err != nil {
			return err
		}
		m.Story = id
		return t.mute(ctx, m)
	})
	if err != nil {
		return fmt.Errorf("mute story %d: %w", m.Story, err)
	}
	return nil
}

func (t *tx) mute(ctx context.Context, m news.Mute) error {
	_, err := t.exec(ctx, `INSERT INTO mutes (story, channel, irrelevant, who, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (story, channel) DO UPDATE SET irrelevant = excluded.irrelevant, who = excluded.who, at = excluded.at`,
		int64(m.Story), string(m.Channel), bit(m.Irrelevant), clean(m.Who), ms(m.At))
	return err
}

// Unmute ends the mute of a story on one channel, with "" all of its mutes, and says
// whether there was one. A mute on every channel is not one channel's to end.
func (s *Store) Unmute(ctx context.Context, id news.StoryID, ch news.Channel) (ended bool, err error) {
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		id, err := t.existing(ctx, id)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `DELETE FROM mutes WHERE story = $1 AND ($2 = '' OR channel = $2)`, int64(id), string(ch))
		ended = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("unmute story %d: %w", id, err)
	}
	return ended, nil
}

// Threaded says whether a channel has a message on a story.
func (s *Store) Threaded(ctx context.Context, ch news.Channel, id news.StoryID) (bool, error) {
	text, err := thread(ctx, s.r, ch, id)
	if err != nil {
		return false, fmt.Errorf("read thread of story %d: %w", id, err)
	}
	return text != "", nil
}

// Mutes returns every mute of what is a story now, the latest first.
func (s *Store) Mutes(ctx context.Context) ([]news.Mute, error) {
	list, err := mutes(ctx, s.r, `WHERE story IN (SELECT id FROM stories WHERE merged_into IS NULL) ORDER BY at DESC, story, channel`)
	if err != nil {
		return nil, fmt.Errorf("read mutes: %w", err)
	}
	return list, nil
}

// MutedOn is the mute that holds for stories which are one, on a channel: there
// is none unless each of them is muted.
func (s *Store) MutedOn(ctx context.Context, ch news.Channel, ids ...news.StoryID) (m news.Mute, muted bool, err error) {
	for i, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		id, err := root(ctx, s.r, id)
		if err != nil {
			return m, false, fmt.Errorf("read mutes of story %d: %w", id, err)
		}
		list, err := mutes(ctx, s.r, `WHERE story = $1`, int64(id))
		if err != nil {
			return m, false, fmt.Errorf("read mutes of story %d: %w", id, err)
		}
		x, yes := news.Story{Mutes: list}.Muted(ch)
		if !yes {
			return news.Mute{}, false, nil
		}
		if i == 0 || m.Irrelevant { // for good only when all are
			m, muted = x, true
		}
	}
	return m, muted, nil
}

func mutes(ctx context.Context, q querier, where string, args ...any) ([]news.Mute, error) {
	var list []news.Mute
	err := query(ctx, q, func(r *sql.Rows) error {
		var m news.Mute
		var irrelevant int64
		var when sql.NullInt64
		if err := r.Scan(&m.Story, &m.Channel, &irrelevant, &m.Who, &when); err != nil {
			return err
		}
		m.Irrelevant, m.At = irrelevant == 1, at(when)
		list = append(list, m)
		return nil
	}, `SELECT story, channel, irrelevant, who, at FROM mutes `+where, args...)
	return list, err
}

// endMutes ends the mutes of a story that gains something material, whether or not a
// route tells it already: one that waits for more outlets tells it when they come.
func (t *tx) endMutes(ctx context.Context, id news.StoryID) error {
	id, err := root(ctx, t, id)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `DELETE FROM mutes WHERE story = $1 AND irrelevant = 0`, int64(id))
	return err
}

// mergeMutes leaves the story that two become muted where both were, and for good
// only where both were for good: news that somebody wants is not lost in a story
// that somebody does not. Those of the merged one wait for its return.
func (t *tx) mergeMutes(ctx context.Context, from, into news.StoryID) error {
	theirs, err := mutes(ctx, t, `WHERE story = $1`, int64(from))
	if err != nil {
		return err
	}
	ours, err := mutes(ctx, t, `WHERE story = $1`, int64(into))
	if err != nil || len(ours) == 0 {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM mutes WHERE story = $1`, int64(into)); err != nil {
		return err
	}
	for _, m := range bothMuted(ours, theirs) {
		if err := t.mute(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// splitMutes keeps a story away that was split from one which was called not
// relevant: somebody has seen its articles.
func (t *tx) splitMutes(ctx context.Context, from, into news.StoryID) error {
	from, err := root(ctx, t, from)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO mutes (story, channel, irrelevant, who, at)
		SELECT CAST($1 AS BIGINT), channel, irrelevant, who, at FROM mutes WHERE story = $2 AND irrelevant = 1`, int64(into), int64(from))
	return err
}

// bothMuted are the mutes of ours that theirs shares, on the channels of both.
func bothMuted(ours, theirs []news.Mute) (both []news.Mute) {
	for _, a := range ours {
		for _, b := range theirs {
			if a.Channel != b.Channel && a.Channel != "" && b.Channel != "" {
				continue
			}
			m := a
			m.Channel, m.Irrelevant = cmp.Or(a.Channel, b.Channel), a.Irrelevant && b.Irrelevant
			both = append(both, m)
		}
	}
	return both
}

// Membership is where an article that was grouped is now.
type Membership struct {
	Story      news.StoryID
	Irrelevant bool // somebody called the story not relevant
}

// Memberships returns the stories of the articles that were published between
// two times, or, when that is not known, first seen.
func (s *Store) Memberships(ctx context.Context, from, to time.Time) (map[news.ArticleID]Membership, error) {
	list := map[news.ArticleID]Membership{}
	err := query(ctx, s.r, func(r *sql.Rows) error {
		var id news.ArticleID
		var m Membership
		var irrelevant int64
		if err := r.Scan(&id, &m.Story, &irrelevant); err != nil {
			return err
		}
		m.Irrelevant = irrelevant > 0
		list[id] = m
		return nil
	}, `SELECT m.article, m.story, (SELECT COUNT(*) FROM mutes u WHERE u.story = m.story AND u.irrelevant = 1)
		FROM members m JOIN articles a ON a.id = m.article
		WHERE COALESCE(a.published, a.first_seen) BETWEEN $1 AND $2`, ms(from), ms(to))
	if err != nil {
		return nil, fmt.Errorf("read memberships: %w", err)
	}
	return list, nil
}
