package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

func compareKeys(a, b key) int {
	return cmp.Or(strings.Compare(a.source, b.source), strings.Compare(a.text, b.text))
}

// RecordPoll records everything that one poll changed, in one transaction:
// articles with their names and readings, validators, the next poll, and the
// job that groups them. A crash before the commit polls again with
// the old validators and gets the same entries; a crash after it loses
// nothing. New articles without an id get one. An article that came in under
// the same name since Identify, from another source or twice in this poll, is
// not stored again.
func (s *Store) RecordPoll(ctx context.Context, p Polled) error {
	for i := range p.Articles {
		if a := &p.Articles[i]; a.Known == 0 {
			s.fillIn(a, p)
		}
	}
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		if err := t.addNotice(ctx, p.Notice, p.At); err != nil {
			return err
		}
		if p.Err != "" {
			return t.recordFailure(ctx, p)
		}
		return t.recordPoll(ctx, p)
	})
	if err != nil {
		return fmt.Errorf("record poll of %s: %w", p.Source, err)
	}
	return nil
}

// RecordQuiet records polls that brought nothing new, in one transaction. A
// crash before the commit polls them again, and gets the same answer.
func (s *Store) RecordQuiet(ctx context.Context, polls ...Polled) error {
	err := s.write(ctx, func(ctx context.Context, t *tx) error { return t.recordQuiet(ctx, polls) })
	if err != nil {
		return fmt.Errorf("record polls: %w", err)
	}
	return nil
}

func (t *tx) recordQuiet(ctx context.Context, polls []Polled) error {
	for _, p := range polls {
		if err := t.recordSuccess(ctx, p, 0); err != nil {
			return fmt.Errorf("record poll of %s: %w", p.Source, err)
		}
	}
	return nil
}

// fillIn gives a new article what it must have to be stored.
func (s *Store) fillIn(a *Stored, p Polled) {
	n := &a.Article
	if n.ID == 0 {
		n.ID = s.NewArticleID(p.At)
	}
	if n.Source == "" {
		n.Source = p.Source
	}
	if n.FirstSeen.IsZero() {
		n.FirstSeen = p.At
	}
	if !a.named {
		a.keys, a.named = keysOf(*n), true
	}
}

// keysOf names an article that did not come through Identify.
func keysOf(a news.Article) []key {
	n := namesOf(a.Source, news.Entry{GUID: a.GUID, URL: a.URL, Title: a.Title, Published: a.Published, Content: a.Text})
	if keys := nonZero(n.guid, n.path, n.url, n.title); len(keys) > 0 {
		return keys
	}
	return []key{n.content}
}

func (t *tx) recordFailure(ctx context.Context, p Polled) error {
	state, next := stateFailing, ms(p.Next)
	if p.Gone {
		state, next = stateGone, nil
	}
	_, err := t.exec(ctx, `UPDATE sources SET state = $1, failures = failures + 1, error = $2, last_poll = $3,
		next_poll = CASE WHEN removed_at IS NULL THEN CAST($4 AS BIGINT) END, memory = $5 WHERE name = $6`,
		state, clean(p.Err), ms(p.At), next, p.Memory, p.Source)
	return err
}

func (t *tx) recordPoll(ctx context.Context, p Polled) error {
	added, changed, err := t.sortOut(ctx, p)
	if err != nil {
		return err
	}
	group := false
	for _, a := range changed {
		waits, err := t.changeArticle(ctx, a.Known, a, p.At)
		if err != nil {
			return err
		}
		group = group || waits
	}
	if err := t.addArticles(ctx, added, p.At); err != nil {
		return err
	}
	for _, a := range added {
		group = group || a.ReadHost == "" && len(a.Reading.Matches) > 0
	}
	if err := t.recordSuccess(ctx, p, len(added)); err != nil {
		return err
	}
	return t.enqueueGroup(ctx, p.At, group)
}

func (t *tx) enqueueGroup(ctx context.Context, now time.Time, wanted bool) error {
	if !wanted {
		return nil
	}
	return t.enqueue(ctx, now, Group{})
}

// sortOut drops the new articles that are stored by now and splits the rest.
func (t *tx) sortOut(ctx context.Context, p Polled) (added, changed []Stored, err error) {
	var keys []key
	for _, a := range p.Articles {
		if a.Known == 0 {
			keys = append(keys, a.keys...)
		}
	}
	stored, err := held(ctx, t, keys)
	if err != nil {
		return nil, nil, err
	}
	taken := map[key]bool{}
	for k, h := range stored {
		taken[k] = h.article != 0
	}
	for _, a := range p.Articles {
		// Spoiled names stay as they are.
		a.keys = slices.DeleteFunc(slices.Clone(a.keys), func(k key) bool {
			h, there := stored[k]
			return there && h.article == 0
		})
		switch {
		case a.Known != 0:
			changed = append(changed, a)
		case slices.ContainsFunc(a.keys, func(k key) bool { return taken[k] }):
		default:
			for _, k := range a.keys {
				taken[k] = true
			}
			added = append(added, a)
		}
	}
	return added, changed, nil
}

func (t *tx) addArticles(ctx context.Context, added []Stored, now time.Time) error {
	var names []naming
	for _, a := range added {
		if err := t.insertArticle(ctx, a, now); err != nil {
			return err
		}
		for _, k := range a.keys {
			names = append(names, naming{k, a.Article.ID})
		}
	}
	stored, err := t.name(ctx, names, now)
	if err != nil {
		return err
	}
	for _, n := range names {
		if n.key.source == "" && !stored[n.key] {
			// On PostgreSQL another process stored the same URL since sortOut
			// looked. Begin again: then it is seen.
			return errRetry
		}
	}
	return nil
}

func (t *tx) recordSuccess(ctx context.Context, p Polled, added int) error {
	_, err := t.exec(ctx, `UPDATE sources SET state = $1, failures = 0, error = $2, last_poll = $3, last_success = $3,
		next_poll = CASE WHEN removed_at IS NULL THEN CAST($4 AS BIGINT) END,
		interval_ms = $5, etag = $6, last_modified = $7, moved = $8,
		listed = CASE WHEN $9 > 0 THEN 1 ELSE listed END, articles = articles + $10, memory = $11 WHERE name = $12`,
		cmp.Or(p.State, stateOK), clean(p.Trouble), ms(p.At), ms(p.Next), p.Interval.Milliseconds(),
		clean(p.ETag), clean(p.LastModified), clean(p.Moved),
		int64(p.Entries), int64(added), p.Memory, p.Source)
	if err != nil || p.Moved == "" {
		return err
	}
	// From now on that host's visit polls it.
	_, err = t.exec(ctx, `UPDATE sources SET host = $1 WHERE name = $2`, news.HostOf(p.Moved), p.Source)
	return err
}
