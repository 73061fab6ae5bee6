package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/armswatch/armswatch/monitor/news"
)

// explained is how many articles Explain returns at most.
const explained = 10

// Explain returns what happened to the articles known by a URL, in any of its
// forms, or by a GUID. When there is none, it returns those whose title holds
// the text, latest first, ten at most.
func (s *Store) Explain(ctx context.Context, url string) ([]Trail, error) {
	ids, err := s.named(ctx, url)
	if err == nil && len(ids) == 0 {
		ids, err = s.titled(ctx, url)
	}
	if err != nil {
		return nil, fmt.Errorf("look for %s: %w", url, err)
	}
	var trails []Trail
	for _, id := range ids {
		t, err := s.trail(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("explain article %d: %w", id, err)
		}
		trails = append(trails, t)
	}
	return trails, nil
}

// named are the articles known by a name made of text.
func (s *Store) named(ctx context.Context, text string) ([]news.ArticleID, error) {
	entry := news.Entry{GUID: text, URL: text}
	n := namesOf("", entry)
	byURL, err := s.idsOf(ctx, `SELECT DISTINCT article FROM identities WHERE key = $1 AND article IS NOT NULL ORDER BY article`, n.url.text)
	if err != nil || len(byURL) > 0 {
		return byURL, err
	}
	return s.idsOf(ctx, `SELECT DISTINCT article FROM identities WHERE key IN ($1, $2) AND article IS NOT NULL
		ORDER BY article LIMIT $3`, n.guid.text, cmp.Or(n.path.text, n.guid.text), explained)
}

func (s *Store) titled(ctx context.Context, text string) ([]news.ArticleID, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	pattern := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(clean(text))) + "%"
	return s.idsOf(ctx, `SELECT id FROM articles WHERE LOWER(title) LIKE $1 ESCAPE '\' ORDER BY id DESC LIMIT $2`, pattern, explained)
}

func (s *Store) idsOf(ctx context.Context, text string, args ...any) ([]news.ArticleID, error) {
	var ids []news.ArticleID
	err := query(ctx, s.r, func(r *sql.Rows) error {
		var id news.ArticleID
		if err := r.Scan(&id); err != nil {
			return err
		}
		ids = append(ids, id)
		return nil
	}, text, args...)
	return ids, err
}

func (s *Store) trail(ctx context.Context, id news.ArticleID) (t Trail, err error) {
	found, err := articles(ctx, s.r, []news.ArticleID{id})
	if err != nil {
		return t, err
	}
	a := found[id]
	t = Trail{
		Article: a.Article, Reading: a.Reading, ReadState: a.readState, ReadError: a.readError,
		Matched: len(a.Reading.Matches) > 0,
	}
	if t.Keys, err = s.keysOf(ctx, id); err != nil {
		return t, err
	}
	if t.Revisions, err = s.revisions(ctx, id); err != nil {
		return t, err
	}
	err = s.place(ctx, &t)
	if err != nil || t.Story == 0 {
		return t, err
	}
	ids, err := family(ctx, s.r, t.Story)
	if err != nil {
		return t, err
	}
	if t.Mutes, err = mutes(ctx, s.r, `WHERE story = $1 ORDER BY story, channel`, int64(t.Story)); err != nil {
		return t, err
	}
	if t.Merged, err = readMerges(ctx, s.r, `WHERE into_story IN (`+marks(1, len(ids))+`) ORDER BY seq`, anys(ids)...); err != nil {
		return t, err
	}
	if t.Split, err = readSplits(ctx, s.r, `WHERE article = $1`, int64(id)); err != nil {
		return t, err
	}
	in := marks(1, len(ids))
	t.Deliveries, err = deliveries(ctx, s.r, `WHERE story IN (`+in+`) OR key IN (SELECT key FROM told WHERE story IN (`+in+`))
		ORDER BY created, id`, anys(ids)...)
	return t, err
}

func (s *Store) keysOf(ctx context.Context, id news.ArticleID) ([]string, error) {
	var keys []string
	err := query(ctx, s.r, func(r *sql.Rows) error {
		var k string
		if err := r.Scan(&k); err != nil {
			return err
		}
		keys = append(keys, k)
		return nil
	}, `SELECT key FROM identities WHERE article = $1`, int64(id))
	slices.Sort(keys)
	return keys, err
}

func (s *Store) revisions(ctx context.Context, id news.ArticleID) ([]Revision, error) {
	var list []Revision
	err := query(ctx, s.r, func(r *sql.Rows) error {
		var v Revision
		var when sql.NullInt64
		if err := r.Scan(&when, &v.Title, &v.Text); err != nil {
			return err
		}
		v.At = at(when)
		list = append(list, v)
		return nil
	}, `SELECT at, title, body FROM revisions WHERE article = $1 ORDER BY at`, int64(id))
	return list, err
}

// place fills in where the article was grouped.
func (s *Store) place(ctx context.Context, t *Trail) error {
	var reasons, adds string
	err := s.r.QueryRowContext(ctx, `SELECT story, role, reasons, adds FROM members WHERE article = $1`, int64(t.Article.ID)).
		Scan(&t.Story, &t.Role, &reasons, &adds)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err := errors.Join(err, unpack(reasons, &t.Reasons), unpack(adds, &t.New)); err != nil {
		return err
	}
	t.Edits, err = s.corrections(ctx, t.Article.ID)
	return err
}
