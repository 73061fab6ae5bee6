package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// The states of a source. One that answers but is not well has a state that the
// line names, see [Polled].
const (
	stateNew     = "new"
	stateOK      = "ok"
	stateFailing = "failing"
	stateGone    = "gone"
)

// SyncSources brings the sources in line with the config. A new one is due
// now. One whose URL, kind, selectors or headers changed is due now without
// its validators, because what they validated was another thing; its articles
// stay its own. One that left the config is kept but no longer polled.
func (s *Store) SyncSources(ctx context.Context, sources []news.Source, now time.Time) error {
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		have, err := t.sourceSpecs(ctx)
		if err != nil {
			return err
		}
		for _, src := range sources {
			if err := t.syncSource(ctx, src, have, now); err != nil {
				return fmt.Errorf("source %s: %w", src.Name, err)
			}
			delete(have, src.Name)
		}
		for name, h := range have {
			if h.removed {
				continue
			}
			if _, err := t.exec(ctx, `UPDATE sources SET removed_at = $1, next_poll = NULL WHERE name = $2`, ms(now), name); err != nil {
				return fmt.Errorf("source %s: %w", name, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sync sources: %w", err)
	}
	return nil
}

type sourceSpec struct {
	spec    string
	removed bool
}

func (t *tx) sourceSpecs(ctx context.Context) (map[string]sourceSpec, error) {
	have := map[string]sourceSpec{}
	err := query(ctx, t, func(r *sql.Rows) error {
		var name string
		var h sourceSpec
		var removed sql.NullInt64
		if err := r.Scan(&name, &h.spec, &removed); err != nil {
			return err
		}
		h.removed = removed.Valid
		have[name] = h
		return nil
	}, `SELECT name, spec, removed_at FROM sources`)
	return have, err
}

func (t *tx) syncSource(ctx context.Context, src news.Source, have map[string]sourceSpec, now time.Time) error {
	h, known := have[src.Name]
	spec := specOf(src)
	switch {
	case !known:
		_, err := t.exec(ctx, `INSERT INTO sources (name, kind, url, spec, host, state, next_poll, added_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			src.Name, string(src.Kind), src.URL, spec, news.HostOf(src.URL), stateNew, ms(now), ms(now))
		return err
	case h.spec != spec:
		_, err := t.exec(ctx, `UPDATE sources SET kind = $1, url = $2, spec = $3, host = $4, state = $5,
			etag = '', last_modified = '', moved = '', failures = 0, error = '', memory = '', next_poll = $6, removed_at = NULL
			WHERE name = $7`,
			string(src.Kind), src.URL, spec, news.HostOf(src.URL), stateNew, ms(now), src.Name)
		return err
	case h.removed:
		_, err := t.exec(ctx, `UPDATE sources SET next_poll = $1, removed_at = NULL WHERE name = $2 AND state <> $3`,
			ms(now), src.Name, stateGone)
		return err
	}
	return nil
}

// specOf is a hash of all that decides what a source lists. Header values may
// be secrets, and a hash of them tells nobody.
func specOf(src news.Source) string {
	content := []any{src.Kind, src.URL, src.Items, src.Title, src.Link, src.Date, src.Headers}
	if src.Kind == news.Watch {
		content = append(content, src.Content, src.Ignore)
	}
	b, err := json.Marshal(content)
	if err != nil {
		panic(err) // strings and a map of strings
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// Sources returns the sources of the config with their state, by name.
func (s *Store) Sources(ctx context.Context) ([]news.SourceState, error) {
	var states []news.SourceState
	err := query(ctx, s.r, func(r *sql.Rows) error {
		var st news.SourceState
		var next, last, success sql.NullInt64
		if err := r.Scan(&st.Source, &st.Kind, &st.URL, &st.State, &last, &success, &next,
			&st.Articles, &st.Failures, &st.Error); err != nil {
			return err
		}
		st.LastPoll, st.LastSuccess, st.NextPoll = at(last), at(success), at(next)
		states = append(states, st)
		return nil
	}, `SELECT name, kind, url, state, last_poll, last_success, next_poll, articles, failures, error
		FROM sources WHERE removed_at IS NULL`)
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	// Sorted here, because the engines collate differently.
	slices.SortFunc(states, func(a, b news.SourceState) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Source), strings.ToLower(b.Source)), strings.Compare(a.Source, b.Source))
	})
	return states, nil
}

// SourceStates is Sources under the name package notify asks for.
func (s *Store) SourceStates(ctx context.Context) ([]news.SourceState, error) { return s.Sources(ctx) }

// MakeDue makes every source that is still polled due now.
func (s *Store) MakeDue(ctx context.Context, now time.Time) error {
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `UPDATE sources SET next_poll = $1 WHERE next_poll > $1`, ms(now))
		return err
	})
	if err != nil {
		return fmt.Errorf("make sources due: %w", err)
	}
	return nil
}

// PollBy has sources polled no later than that: their config may have said something
// else when they were polled last. Those that fail wait as they are.
func (s *Store) PollBy(ctx context.Context, by map[string]time.Time) error {
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		var late []string
		err := query(ctx, t, func(r *sql.Rows) error {
			var name string
			var next sql.NullInt64
			if err := r.Scan(&name, &next); err != nil {
				return err
			}
			if last, known := by[name]; known && at(next).After(last) {
				late = append(late, name)
			}
			return nil
		}, `SELECT name, next_poll FROM sources WHERE next_poll IS NOT NULL AND failures = 0`)
		if err != nil {
			return err
		}
		for _, name := range late {
			if _, err := t.exec(ctx, `UPDATE sources SET next_poll = $1 WHERE name = $2`, ms(by[name]), name); err != nil {
				return fmt.Errorf("source %s: %w", name, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("bring polls forward: %w", err)
	}
	return nil
}

// duePolls returns the sources of one host that are due, longest due first.
func (t *tx) duePolls(ctx context.Context, host string, now time.Time) ([]Poll, error) {
	var polls []Poll
	err := query(ctx, t, func(r *sql.Rows) error {
		var p Poll
		var last, success sql.NullInt64
		var listed, interval int64
		if err := r.Scan(&p.Source, &p.ETag, &p.LastModified, &p.Moved, &interval, &p.Failures,
			&last, &success, &listed, &p.Memory); err != nil {
			return err
		}
		p.Interval = time.Duration(interval) * time.Millisecond
		p.LastSuccess = at(success)
		p.First = !success.Valid
		p.Empty = last.Valid && listed == 0
		polls = append(polls, p)
		return nil
	}, `SELECT name, etag, last_modified, moved, interval_ms, failures, last_poll, last_success, listed, memory
		FROM sources WHERE host = $1 AND next_poll <= $2 ORDER BY next_poll, name`, host, ms(now))
	if err != nil {
		return nil, fmt.Errorf("read due polls of %s: %w", host, err)
	}
	return polls, nil
}
