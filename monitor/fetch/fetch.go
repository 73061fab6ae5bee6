// Package fetch is the one HTTP client of armswatch: polite to hosts, and
// guarded against what they may answer.
//
// Polite: one request at a time to a host, with a gap between two; conditional
// requests with both validators; Retry-After and Cache-Control reported to the
// caller; robots.txt obeyed for pages and articles, though not for feeds and
// sitemaps, which a user named and which are published to be polled.
//
// Guarded: every address is checked when it is dialled, after its name was
// resolved and on every redirect, so that no name, redirect or rebinding leads
// into a private network; sizes are capped after decompression; an exchange
// ends within its time however slowly bytes drip; the headers of a source
// never reach another origin; no error shows a path, a query or a header.
//
// The package reads no page and keeps nothing on disk.
package fetch

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"
)

// Purpose says what a request is for. It decides the size cap, the Accept
// header and whether robots.txt is asked.
type Purpose int

// The purposes of a request.
const (
	Feed    Purpose = iota // 10 MB
	Sitemap                // 10 MB; the protocol allows 50, news sitemaps hold 1,000 entries at most
	Page                   // 5 MB, robots.txt
	Article                // 5 MB, a PDF 32 MB, robots.txt
	robots                 // 512 KB: RFC 9309 asks for 500 KiB at least
)

// The limits of every exchange. The real pages and feeds they were measured on
// are at most 2.1 MB long (99th percentile).
const (
	maxFeed      = 10 << 20
	maxPage      = 5 << 20
	maxReport    = 32 << 20
	maxRobots    = 512 << 10
	maxHeaders   = 64 << 10 // net/http would take 10 MB
	maxRedirects = 5
	maxURL       = 8 << 10
	maxValidator = 1 << 10 // an ETag beyond this is not kept

	defaultTimeout = 30 * time.Second
	dialTimeout    = 10 * time.Second
	// Idle connections are kept a little longer than the shortest time between two polls.
	idleTimeout = 130 * time.Second
	// A pool smaller than the number of hosts makes each poll connect anew.
	maxIdle = 4096
)

// Options say how to fetch. The zero value is ready to use.
type Options struct {
	// UserAgent names us to servers and in robots.txt; "" is "armswatch".
	UserAgent string
	// Allow lists networks that may be fetched from though they are private, on
	// any port. Nothing private is allowed by default.
	Allow []netip.Prefix
	// Gap is the least time between two requests to a host; 0 is none.
	Gap time.Duration
	// Timeout is for one exchange, redirects and body included, waiting for the
	// host's turn and gap excluded; 0 is 30 s.
	Timeout time.Duration
	// Resolver finds the addresses of names; nil is the system's.
	Resolver Resolver
	// Proxy is the proxy all requests go through, http://host:port; nil is none,
	// whatever the environment says. The proxy must guard its own network too:
	// names that we cannot resolve are left to it.
	Proxy *url.URL
	// Chrome is the remote-debugging address of a Chrome for what is to be
	// rendered, for example http://127.0.0.1:9222; "" is none.
	Chrome string
	// RootCAs replaces the system's certificate authorities.
	RootCAs *x509.CertPool
}

// Resolver finds addresses. [net.Resolver] is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Request is one thing to fetch.
type Request struct {
	URL string
	For Purpose
	// ETag and LastModified are the validators of the last answer, sent back so
	// that the server may answer 304.
	ETag, LastModified string
	// Headers go to the origin of HeadersFor only.
	Headers map[string]string
	// HeadersFor is the URL whose origin Headers are for; "" is URL. Give it when
	// URL is where the source has moved to.
	HeadersFor string
	// Gap overrides Options.Gap; 0 does not.
	Gap time.Duration
	// Render fetches a Page or an Article through Options.Chrome, without
	// Headers and validators.
	Render bool
}

// Response is a whole answer, decompressed but not decoded: its text is in
// whatever encoding ContentType or the text itself says.
type Response struct {
	Status int
	URL    string // where the answer came from, after redirects
	// Moved is where permanent redirects (301, 308) lead, "" if there were none.
	// A temporary redirect ends what is remembered.
	Moved       string
	NotModified bool
	// ETag and LastModified are the new validators; "" when the server gave none.
	ETag, LastModified string
	ContentType        string
	Body               []byte // nil when NotModified
	// MaxAge is how long the server says its answer stays fresh, at most 24 h.
	MaxAge time.Duration
}

// Client fetches. It is safe for concurrent use.
type Client struct {
	agent     string
	gap       time.Duration
	timeout   time.Duration
	chrome    string
	guard     *guard
	transport http.RoundTripper
	hosts     hosts
	rules     robotsCache
	unpackers unpackers
}

// New makes a client.
func New(o Options) *Client {
	c := &Client{agent: o.UserAgent, gap: o.Gap, timeout: o.Timeout, chrome: o.Chrome, guard: newGuard(o)}
	if c.agent == "" {
		c.agent = "armswatch"
	}
	if c.timeout <= 0 {
		c.timeout = defaultTimeout
	}
	c.transport = newTransport(o, c.guard)
	c.rules.agent = productToken(c.agent)
	return c
}

func newTransport(o Options, g *guard) *http.Transport {
	t := &http.Transport{
		DialContext:            g.dial,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // we ask for more encodings, and cap what comes out
		MaxIdleConns:           maxIdle,
		WriteBufferSize:        1 << 10, // of each connection that is kept
		MaxIdleConnsPerHost:    1,       // one request at a time
		IdleConnTimeout:        idleTimeout,
		TLSHandshakeTimeout:    dialTimeout,
		MaxResponseHeaderBytes: maxHeaders,
		ReadBufferSize:         2 << 10, // an answer's headers; longer reads pass it by
		TLSClientConfig:        tlsConfig(o),
	}
	if o.Proxy != nil {
		t.Proxy = http.ProxyURL(o.Proxy)
		t.DialContext = (&net.Dialer{Timeout: dialTimeout}).DialContext
	}
	return t
}

// Get fetches. Anything but an answer below 400 is an [*Error], except that the
// end of ctx is ctx's own error.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	res, err := c.follow(ctx, r)
	if err == nil {
		return res, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, err
}

// Close closes idle connections.
func (c *Client) Close() {
	if t, ok := c.transport.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
}

func (p Purpose) limit() int64 {
	switch p {
	case Page, Article:
		return maxPage
	case robots:
		return maxRobots
	default:
		return maxFeed
	}
}

func (p Purpose) asksRobots() bool { return p == Page || p == Article }

func (p Purpose) accept() string {
	switch p {
	case Feed:
		return "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
	case Sitemap:
		return "application/xml, text/xml;q=0.9, */*;q=0.1"
	case robots:
		return "text/plain, */*;q=0.1"
	default:
		return "text/html, application/xhtml+xml, */*;q=0.1"
	}
}

// hosts gives each host's turn to one request at a time.
type hosts struct {
	mu    sync.Mutex
	turns map[string]*turn
	sweep int // size at which turns nobody needs are dropped
}

type turn struct {
	free chan struct{} // holds one token when nobody has the turn
	refs int           // who has it or waits for it
	last time.Time     // end of the last request
	gap  time.Duration // that one's
}

// left is what is left of the gap since the last request, below 0 when it is over. Only
// who has the turn may ask, or who sees under the lock that nobody has it.
func (t *turn) left() time.Duration { return time.Until(t.last.Add(t.gap)) }

// take waits for the host's turn and for the gap since its last request. The
// caller gives the turn back with the function returned.
func (h *hosts) take(ctx context.Context, host string, gap time.Duration) (func(), error) {
	t := h.enter(host)
	select {
	case <-t.free:
	case <-ctx.Done():
		h.leave(t)
		return nil, ctx.Err()
	}
	done := func() {
		t.last, t.gap = time.Now(), gap
		t.free <- struct{}{}
		h.leave(t)
	}
	wait := time.Until(t.last.Add(gap))
	if t.last.IsZero() || wait <= 0 {
		return done, nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return done, nil
	case <-ctx.Done():
		t.free <- struct{}{}
		h.leave(t)
		return nil, ctx.Err()
	}
}

// Rest is how long a host is still to be left alone since our last request to it: what
// is left of that one's gap, 0 when none is.
func (c *Client) Rest(host string) time.Duration {
	h := &c.hosts
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.turns[host]
	if t == nil || t.refs > 0 {
		return 0
	}
	return max(t.left(), 0)
}

func (h *hosts) enter(host string) *turn {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.turns[host]
	if t == nil {
		h.forget()
		t = &turn{free: make(chan struct{}, 1)}
		t.free <- struct{}{}
		h.turns[host] = t
	}
	t.refs++
	return t
}

func (h *hosts) leave(t *turn) {
	h.mu.Lock()
	t.refs--
	h.mu.Unlock()
}

// forget drops the turns of hosts that nobody waits for and whose gap is over,
// so that a walk over many hosts does not fill the memory.
func (h *hosts) forget() {
	const least = 1024
	if h.turns == nil {
		h.turns, h.sweep = map[string]*turn{}, least
	}
	if len(h.turns) < h.sweep {
		return
	}
	for host, t := range h.turns {
		if t.refs == 0 && t.left() < 0 {
			delete(h.turns, host)
		}
	}
	h.sweep = max(least, 2*len(h.turns))
}
