package fetch

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"time"
)

const (
	robotsFresh = 24 * time.Hour      // RFC 9309 asks not to use a copy for longer
	robotsRetry = 10 * time.Minute    // after a failure to read one
	robotsStale = 30 * 24 * time.Hour // how long an old copy serves while the file cannot be read
	maxOrigins  = 4096
)

// robotsCache remembers the robots.txt of each origin.
type robotsCache struct {
	agent   string
	mu      sync.Mutex
	origins map[string]*robotsEntry
}

type robotsEntry struct {
	sync.Mutex // held while it is being read, so that it is read once
	rules      robotsRules
	known      time.Time // when rules were read; zero: never
	err        *Error    // why they could not be
	until      time.Time // when to look again
}

// obey is nil when robots.txt lets us fetch u, with the least gap it asks for.
func (c *Client) obey(ctx context.Context, u *url.URL, gap time.Duration) (time.Duration, error) {
	e := c.rules.entry(origin(u))
	e.Lock()
	defer e.Unlock()
	if now := time.Now(); now.After(e.until) {
		if err := c.readRobots(ctx, e, u, gap); err != nil {
			return 0, err
		}
	}
	switch {
	case e.err != nil:
		again := *e.err
		again.RetryAfter = max(time.Until(e.until), 0)
		return 0, &again
	case !e.rules.allowed(u):
		return 0, fail(Disallowed, u, "robots.txt of the host disallows this page for %q; use its feed or sitemap, or ask the site", c.rules.agent).lasting()
	}
	return e.rules.delay, nil
}

func (r *robotsCache) entry(origin string) *robotsEntry {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.origins[origin]; e != nil {
		return e
	}
	if r.origins == nil {
		r.origins = map[string]*robotsEntry{}
	}
	for old := range r.origins { // any will do: what is needed is read again
		if len(r.origins) < maxOrigins {
			break
		}
		delete(r.origins, old)
	}
	e := &robotsEntry{}
	r.origins[origin] = e
	return e
}

// readRobots reads the robots.txt of u's origin into e. What the server says,
// bad news included, is remembered in e; an error is the network's.
func (c *Client) readRobots(ctx context.Context, e *robotsEntry, u *url.URL, gap time.Duration) error {
	file := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	res, err := c.follow(ctx, Request{URL: file.String(), For: robots, Gap: gap})
	now := time.Now()
	if err == nil {
		e.rules, e.known, e.err, e.until = parseRobots(res.Body, c.rules.agent), now, nil, now.Add(robotsFresh)
		return nil
	}
	var fe *Error
	if !errors.As(err, &fe) {
		return err
	}
	switch {
	case fe.Kind == Redirects, fe.Status >= 400 && fe.Status < 500 && fe.Status != 429:
		// There is none, or none that can be read: RFC 9309, 2.3.1.3.
		e.rules, e.known, e.err, e.until = robotsRules{}, now, nil, now.Add(robotsFresh)
	case fe.Status == 0 && fe.Kind != Garbled:
		return fe // the page cannot be reached either
	case !e.known.IsZero() && now.Sub(e.known) < robotsStale:
		e.until = now.Add(robotsRetry)
	default: // unreachable means disallowed: RFC 9309, 2.3.1.4
		e.err = fail(Disallowed, u, "robots.txt of the host cannot be read (status %d), so its pages are not fetched for now", fe.Status)
		e.until = now.Add(max(robotsRetry, fe.RetryAfter))
	}
	return nil
}
