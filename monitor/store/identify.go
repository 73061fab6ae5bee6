package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// relist is how old the note that a source still lists an article may grow
// before it is renewed: one write a day for each source, not one each poll.
const relist = 24 * time.Hour

// Identify says, for each entry, which stored article it is, with what is
// stored of it, or that it is new. What a poll teaches about names is kept at
// once: that a known article now has another GUID, that a GUID stands for
// several articles, that an article is still listed. A crash between this and
// RecordPoll loses nothing: the names are of articles that are stored.
func (s *Store) Identify(ctx context.Context, source string, entries []news.Entry) ([]Stored, error) {
	out, err := s.identify(ctx, source, entries)
	if err != nil {
		return nil, fmt.Errorf("identify: %w", err)
	}
	return out, nil
}

func (s *Store) identify(ctx context.Context, source string, entries []news.Entry) ([]Stored, error) {
	l := &listing{entries: entries, names: make([]names, len(entries))}
	var keys []key
	for i, e := range entries {
		l.names[i] = namesOf(source, e)
		keys = append(keys, l.names[i].all()...)
	}
	held, err := held(ctx, s.r, keys)
	if err != nil {
		return nil, err
	}
	l.stored = make(map[key]holder, len(held))
	ids := map[news.ArticleID]bool{}
	for k, h := range held {
		l.stored[k] = h.article
		if h.article != 0 {
			ids[h.article] = true
		}
	}
	found, err := articles(ctx, s.r, slices.Collect(maps.Keys(ids)))
	if err != nil {
		return nil, err
	}
	l.articles = make(map[news.ArticleID]news.Article, len(found))
	for id, a := range found {
		l.articles[id] = a.Article
	}
	verdicts := l.judge()
	if err := s.learn(ctx, verdicts, held, time.Now()); err != nil {
		return nil, err
	}
	out := make([]Stored, len(entries))
	for i, v := range verdicts {
		if v.known != 0 {
			out[i] = found[v.known].Stored
			out[i].Known = v.known
		}
		out[i].keys, out[i].named = v.keys, true
	}
	return out, nil
}

// A hold is what is stored under a key.
type hold struct {
	article holder
	listed  time.Time
}

// held reads what is stored under keys.
func held(ctx context.Context, q querier, keys []key) (map[key]hold, error) {
	bySource := map[string][]string{}
	for _, k := range keys {
		bySource[k.source] = append(bySource[k.source], k.text)
	}
	out := make(map[key]hold, len(keys))
	for source, texts := range bySource {
		slices.Sort(texts)
		for part := range slices.Chunk(slices.Compact(texts), chunk) {
			args := append([]any{source}, anys(part)...)
			err := query(ctx, q, func(r *sql.Rows) error {
				var text string
				var article, listed sql.NullInt64
				if err := r.Scan(&text, &article, &listed); err != nil {
					return err
				}
				out[key{text, source}] = hold{news.ArticleID(article.Int64), at(listed)}
				return nil
			}, `SELECT key, article, last_listed FROM identities WHERE source = $1 AND key IN (`+marks(2, len(part))+`)`, args...)
			if err != nil {
				return nil, fmt.Errorf("read identities: %w", err)
			}
		}
	}
	return out, nil
}

// lessons are the changes to stored names that a poll asks for.
type lessons struct {
	add     []naming
	spoiled []key
	listed  []key
}

// A naming is a key with the article it names; 0 when it names several.
type naming struct {
	key     key
	article news.ArticleID
}

func (s *Store) learn(ctx context.Context, verdicts []verdict, held map[key]hold, now time.Time) error {
	var ls lessons
	for _, v := range verdicts {
		ls.spoiled = append(ls.spoiled, v.spoiled...)
		if v.known == 0 {
			continue
		}
		for _, k := range v.keys {
			ls.add = append(ls.add, naming{k, v.known})
		}
		for _, k := range v.listed {
			if now.Sub(held[k].listed) > relist {
				ls.listed = append(ls.listed, k)
			}
		}
	}
	if len(ls.add)+len(ls.spoiled)+len(ls.listed) == 0 {
		return nil
	}
	return s.write(ctx, func(ctx context.Context, t *tx) error { return t.learn(ctx, ls, now) })
}

func (t *tx) learn(ctx context.Context, ls lessons, now time.Time) error {
	if _, err := t.name(ctx, ls.add, now); err != nil {
		return err
	}
	for _, k := range sorted(ls.spoiled) {
		if _, err := t.exec(ctx, `INSERT INTO identities (key, source, article, last_listed) VALUES ($1, $2, NULL, $3)
			ON CONFLICT (key, source) DO UPDATE SET article = NULL, last_listed = excluded.last_listed`,
			k.text, k.source, ms(now)); err != nil {
			return fmt.Errorf("spoil identity: %w", err)
		}
	}
	for _, k := range sorted(ls.listed) {
		if _, err := t.exec(ctx, `UPDATE identities SET last_listed = $1 WHERE key = $2 AND source = $3`,
			ms(now), k.text, k.source); err != nil {
			return fmt.Errorf("note listing: %w", err)
		}
	}
	return nil
}

// sorted puts keys into one order, so that two transactions that write the
// same rows do not wait for each other crosswise.
func sorted(keys []key) []key {
	slices.SortFunc(keys, compareKeys)
	return slices.Compact(keys)
}

// name stores keys that nobody holds, and returns those that it stored.
func (t *tx) name(ctx context.Context, add []naming, now time.Time) (map[key]bool, error) {
	slices.SortFunc(add, func(a, b naming) int { return compareKeys(a.key, b.key) })
	stored := make(map[key]bool, len(add))
	for part := range slices.Chunk(add, 50) {
		var rows []string
		var args []any
		for i, n := range part {
			rows = append(rows, "("+marks(4*i+1, 4)+")")
			args = append(args, n.key.text, n.key.source, int64(n.article), ms(now))
		}
		err := query(ctx, t, func(r *sql.Rows) error {
			var k key
			if err := r.Scan(&k.text, &k.source); err != nil {
				return err
			}
			stored[k] = true
			return nil
		}, `INSERT INTO identities (key, source, article, last_listed) VALUES `+strings.Join(rows, ",")+`
			ON CONFLICT (key, source) DO NOTHING RETURNING key, source`, args...)
		if err != nil {
			return nil, fmt.Errorf("store identities: %w", err)
		}
	}
	return stored, nil
}
