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

// ErrNoStory says that there is no story of that id.
var ErrNoStory = errors.New("no such story")

// root is the story that a story is now, after merges; a story that was never
// stored is itself.
func root(ctx context.Context, q querier, id news.StoryID) (news.StoryID, error) {
	var now news.StoryID
	err := q.QueryRowContext(ctx, `SELECT COALESCE(merged_into, id) FROM stories WHERE id = $1`, int64(id)).Scan(&now)
	if errors.Is(err, sql.ErrNoRows) {
		return id, nil
	}
	return now, err
}

// family are all the stories that are one now, the one they are first.
func family(ctx context.Context, q querier, id news.StoryID) ([]news.StoryID, error) {
	r, err := root(ctx, q, id)
	if err != nil {
		return nil, err
	}
	ids := []news.StoryID{r}
	err = query(ctx, q, func(rows *sql.Rows) error {
		var id news.StoryID
		if err := rows.Scan(&id); err != nil {
			return err
		}
		ids = append(ids, id)
		return nil
	}, `SELECT id FROM stories WHERE merged_into = $1 ORDER BY id`, int64(r))
	return ids, err
}

// Stories returns stories with all their members, in the order of ids. One that
// was merged is returned as the story it is now, and each story once; one that
// is not there is left out.
func (s *Store) Stories(ctx context.Context, ids ...news.StoryID) ([]news.Story, error) {
	list, err := s.stories(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read stories: %w", err)
	}
	return list, nil
}

func (s *Store) stories(ctx context.Context, ids []news.StoryID) ([]news.Story, error) {
	roots, err := s.roots(ctx, ids)
	if err != nil {
		return nil, err
	}
	byID := map[news.StoryID]*news.Story{}
	for part := range slices.Chunk(roots, chunk) {
		err := query(ctx, s.r, func(r *sql.Rows) error { return scanMember(r, byID) },
			`SELECT `+columns+`, m.story, m.role, m.reasons, m.adds, m.seq FROM members m JOIN articles a ON a.id = m.article
			WHERE m.story IN (`+marks(1, len(part))+`) ORDER BY m.seq`, anys(part)...)
		if err != nil {
			return nil, err
		}
		said, err := mutes(ctx, s.r, `WHERE story IN (`+marks(1, len(part))+`) ORDER BY story, channel`, anys(part)...)
		if err != nil {
			return nil, err
		}
		for _, m := range said {
			if st := byID[m.Story]; st != nil {
				st.Mutes = append(st.Mutes, m)
			}
		}
	}
	if err := corrections(ctx, s.r, byID); err != nil {
		return nil, err
	}
	var list []news.Story
	for _, id := range roots {
		if st := byID[id]; st != nil {
			list = append(list, *st)
		}
	}
	return list, nil
}

func scanMember(r *sql.Rows, byID map[news.StoryID]*news.Story) error {
	var a article
	var m news.Member
	var id news.StoryID
	var reasons, adds string
	if err := a.scan(r, &id, &m.Role, &reasons, &adds, &m.Seq); err != nil {
		return err
	}
	if err := errors.Join(unpack(reasons, &m.Reasons), unpack(adds, &m.New)); err != nil {
		return err
	}
	m.Article, m.Reading = a.Article, a.Reading
	if byID[id] == nil {
		byID[id] = &news.Story{ID: id}
	}
	byID[id].Members = append(byID[id].Members, m)
	return nil
}

// roots are the stories that ids are now, each once, in order.
func (s *Store) roots(ctx context.Context, ids []news.StoryID) ([]news.StoryID, error) {
	now := map[news.StoryID]news.StoryID{}
	for part := range slices.Chunk(ids, chunk) {
		err := query(ctx, s.r, func(r *sql.Rows) error {
			var id, root news.StoryID
			if err := r.Scan(&id, &root); err != nil {
				return err
			}
			now[id] = root
			return nil
		}, `SELECT id, COALESCE(merged_into, id) FROM stories WHERE id IN (`+marks(1, len(part))+`)`, anys(part)...)
		if err != nil {
			return nil, err
		}
	}
	var list []news.StoryID
	seen := map[news.StoryID]bool{}
	for _, id := range ids {
		if root, ok := now[id]; ok && !seen[root] {
			seen[root] = true
			list = append(list, root)
		}
	}
	return list, nil
}

// Story returns one story; an unknown one is [ErrNoStory].
func (s *Store) Story(ctx context.Context, id news.StoryID) (news.Story, error) {
	list, err := s.Stories(ctx, id)
	if err != nil {
		return news.Story{}, err
	}
	if len(list) == 0 {
		return news.Story{}, fmt.Errorf("read story %d: %w", id, ErrNoStory)
	}
	return list[0], nil
}

// Told says whether an alert of the story, or of one that was merged into it,
// exists on the route, sent or not.
func (s *Store) Told(ctx context.Context, route string, story news.StoryID) (bool, error) {
	ids, err := family(ctx, s.r, story)
	if err != nil {
		return false, fmt.Errorf("read family of story %d: %w", story, err)
	}
	var n int
	args := append([]any{route, string(news.AlertDelivery)}, anys(ids)...)
	err = s.r.QueryRowContext(ctx, `SELECT COUNT(*) FROM told WHERE route = $1 AND kind = $2 AND story IN (`+
		marks(3, len(ids))+`)`, args...).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("read what %s was told: %w", route, err)
	}
	return n > 0, nil
}

// ToldSince counts the stories a route was told since then.
func (s *Store) ToldSince(ctx context.Context, route string, since time.Time) (n int, err error) {
	err = s.r.QueryRowContext(ctx, `SELECT COUNT(*) FROM told WHERE route = $1 AND kind = $2 AND at >= $3`,
		route, string(news.AlertDelivery), ms(since)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what %s was told: %w", route, err)
	}
	return n, nil
}
