// Package bare is the least that a poller of feeds must do, to measure the line
// against: net/http with ETags, gofeed, and one SQLite transaction for each
// answer. It matches nothing, guards against nothing and is polite to nobody.
package bare

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/sync/errgroup"
	_ "modernc.org/sqlite" // the driver that the line uses
)

// Loop polls a list of feeds. Make one with [Open].
type Loop struct {
	db    *sql.DB
	urls  []string
	etags []string
	http  *http.Client
	write sync.Mutex
}

// Open makes a loop over urls that keeps its entries in a new file at path.
func Open(ctx context.Context, path string, urls []string) (*Loop, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, `CREATE TABLE feeds (url TEXT PRIMARY KEY, etag TEXT, polled INTEGER);
		CREATE TABLE entries (feed TEXT, guid TEXT, link TEXT, title TEXT, body TEXT, published INTEGER, PRIMARY KEY (feed, guid))`)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.Close())
	}
	t := &http.Transport{MaxIdleConns: len(urls), MaxIdleConnsPerHost: 1}
	return &Loop{db: db, urls: urls, etags: make([]string, len(urls)), http: &http.Client{Transport: t, Timeout: 30 * time.Second}}, nil
}

// Close closes the file.
func (l *Loop) Close() error {
	l.http.CloseIdleConnections()
	return l.db.Close()
}

// Poll polls every feed once, 64 at a time.
func (l *Loop) Poll(ctx context.Context) error {
	var g errgroup.Group
	g.SetLimit(64)
	for i := range l.urls {
		g.Go(func() error { return l.poll(ctx, i) })
	}
	return g.Wait()
}

// Stored is how many entries are kept.
func (l *Loop) Stored(ctx context.Context) (n int, err error) {
	err = l.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM entries`).Scan(&n)
	return n, err
}

func (l *Loop) poll(ctx context.Context, i int) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.urls[i], nil)
	if err != nil {
		return err
	}
	if l.etags[i] != "" {
		req.Header.Set("If-None-Match", l.etags[i])
	}
	res, err := l.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	var items []*gofeed.Item
	if res.StatusCode == http.StatusOK {
		f, err := gofeed.NewParser().Parse(res.Body)
		if err != nil {
			return fmt.Errorf("parse %s: %w", l.urls[i], err)
		}
		items, l.etags[i] = f.Items, res.Header.Get("ETag")
	}
	return l.record(ctx, i, items)
}

func (l *Loop) record(ctx context.Context, i int, items []*gofeed.Item) error {
	l.write.Lock()
	defer l.write.Unlock()
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `INSERT INTO feeds (url, etag, polled) VALUES ($1, $2, $3)
		ON CONFLICT (url) DO UPDATE SET etag = excluded.etag, polled = excluded.polled`, l.urls[i], l.etags[i], time.Now().Unix()); err != nil {
		return err
	}
	for _, it := range items {
		if _, err := tx.ExecContext(ctx, `INSERT INTO entries (feed, guid, link, title, body, published) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT DO NOTHING`, l.urls[i], it.GUID, it.Link, it.Title, it.Description+it.Content, it.Published); err != nil {
			return err
		}
	}
	return tx.Commit()
}
