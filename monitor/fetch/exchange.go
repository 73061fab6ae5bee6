package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
)

// journey is one Get on its way through redirects.
type journey struct {
	request   Request
	home      string // origin the request's headers are for
	left      bool   // another origin was visited: the headers stay behind for good
	permanent bool   // only permanent redirects so far
	moved     string
	budget    time.Duration
}

// follow fetches a request, redirects included.
func (c *Client) follow(ctx context.Context, r Request) (*Response, error) {
	u, err := parseURL(r.URL)
	if err != nil {
		return nil, err
	}
	j := &journey{request: r, home: origin(u), permanent: true, budget: c.timeout}
	if r.HeadersFor != "" {
		home, err := parseURL(r.HeadersFor)
		if err != nil {
			return nil, err
		}
		j.home = origin(home)
	}
	from := ""
	for range maxRedirects + 1 {
		res, next, err := c.hop(ctx, j, u)
		if err != nil {
			return nil, redirected(from, err)
		}
		if next == nil {
			return res, nil
		}
		from, u = u.Host, next
	}
	return nil, fail(Redirects, u, "more than %d redirects, or a circle of them; write the final address as the source's URL", maxRedirects).lasting()
}

// redirected adds to an error which host led us there.
func redirected(from string, err error) error {
	var fe *Error
	if from != "" && errors.As(err, &fe) {
		fe.Msg = "after a redirect from " + printable(from, 100) + ": " + fe.Msg
	}
	return err
}

// hop makes one request. It returns an answer, or the address of a redirect.
func (c *Client) hop(ctx context.Context, j *journey, u *url.URL) (*Response, *url.URL, error) {
	gap := c.gap
	if j.request.Gap > 0 {
		gap = j.request.Gap
	}
	if j.request.For.asksRobots() {
		delay, err := c.obey(ctx, u, gap)
		if err != nil {
			return nil, nil, err
		}
		gap = max(gap, delay)
	}
	done, err := c.hosts.take(ctx, strings.ToLower(u.Hostname()), gap)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, j.budget)
	defer cancel()
	res, next, err := c.exchange(ctx, j, u)
	if err != nil {
		return nil, nil, exchangeError(u, c.timeout, err)
	}
	j.budget = max(j.budget-time.Since(start), time.Millisecond)
	return res, next, nil
}

// exchange sends a request and reads the whole answer.
func (c *Client) exchange(ctx context.Context, j *journey, u *url.URL) (*Response, *url.URL, error) {
	if err := c.guard.beforeProxy(ctx, u); err != nil {
		return nil, nil, err
	}
	if j.request.Render && j.request.For.asksRobots() {
		res, err := c.render(ctx, j, u)
		return res, nil, err
	}
	req := &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	var err error
	if req.Header, err = c.header(j, u); err != nil {
		return nil, nil, err
	}
	res, err := c.transport.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	switch {
	case res.StatusCode == http.StatusNotModified:
		return j.notModified(u, res)
	case isRedirect(res.StatusCode):
		drain(res.Body)
		next, err := j.redirect(u, res)
		return nil, next, err
	case res.StatusCode >= 400:
		drain(res.Body)
		e := statusError(u, res.StatusCode, challenged(res.Header))
		e.RetryAfter = retryAfter(res.Header.Get("Retry-After"), time.Now())
		return nil, nil, e
	case res.StatusCode < 200 || res.StatusCode >= 300:
		e := fail(Garbled, u, "it answered with status %d, which is no answer", res.StatusCode)
		e.Status = res.StatusCode
		return nil, nil, e
	}
	out := j.response(u, res)
	out.Body, err = c.unpackers.read(ctx, u, res, j.request.For)
	return out, nil, err
}

// drain reads the rest of a short body, so that the connection can be kept.
func drain(body io.Reader) { _, _ = io.CopyN(io.Discard, body, 4<<10) }

// challenged says whether an answer is a check for robots instead of the page.
func challenged(h http.Header) bool {
	return strings.EqualFold(h.Get("Cf-Mitigated"), "challenge")
}

// header makes the headers of one request. The ones of the source go to its
// own origin only, and no more once another origin was visited.
func (c *Client) header(j *journey, u *url.URL) (http.Header, error) {
	h := http.Header{
		"User-Agent":      {c.agent},
		"Accept":          {j.request.For.accept()},
		"Accept-Encoding": {"gzip, br, zstd"},
	}
	if v := j.request.ETag; v != "" && httpguts.ValidHeaderFieldValue(v) {
		h["If-None-Match"] = []string{v}
	}
	if v := j.request.LastModified; v != "" && httpguts.ValidHeaderFieldValue(v) {
		h["If-Modified-Since"] = []string{v}
	}
	if j.left = j.left || origin(u) != j.home; j.left {
		return h, nil
	}
	for name, value := range j.request.Headers {
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			return nil, fail(Invalid, u, "header %q of the source is not valid", printable(name, 40)).lasting()
		}
		if key := textproto.CanonicalMIMEHeaderKey(name); !ours(key) {
			h[key] = []string{value}
		}
	}
	return h, nil
}

// ours says whether a header is the business of the client alone: it frames
// the message, names the host or decides what the body cap is measured on.
func ours(key string) bool {
	switch key {
	case "Host", "Connection", "Content-Length", "Transfer-Encoding", "Te", "Trailer", "Upgrade",
		"Accept-Encoding", "Range", "If-None-Match", "If-Modified-Since", "Proxy-Authorization":
		return true
	}
	return false
}

func isRedirect(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// redirect is where an answer sends us.
func (j *journey) redirect(u *url.URL, res *http.Response) (*url.URL, error) {
	location := res.Header.Get("Location")
	if location == "" {
		return nil, fail(Redirects, u, "it redirects to nowhere (%d without Location)", res.StatusCode)
	}
	target, err := u.Parse(location)
	if err != nil {
		return nil, fail(Redirects, u, "it redirects to something that is no URL")
	}
	next, err := parseURL(target.String())
	if err != nil {
		return nil, err
	}
	if *next == *u {
		return nil, fail(Redirects, u, "it redirects to itself")
	}
	if j.permanent = j.permanent && (res.StatusCode == http.StatusMovedPermanently || res.StatusCode == http.StatusPermanentRedirect); j.permanent {
		j.moved = next.String()
	}
	return next, nil
}

func (j *journey) notModified(u *url.URL, res *http.Response) (*Response, *url.URL, error) {
	if j.request.ETag == "" && j.request.LastModified == "" {
		return nil, nil, fail(Garbled, u, "it answered that nothing changed (304), though we have nothing of it yet")
	}
	out := j.response(u, res)
	out.NotModified = true
	return out, nil, nil
}

func (j *journey) response(u *url.URL, res *http.Response) *Response {
	return &Response{
		Status:       res.StatusCode,
		URL:          u.String(),
		Moved:        j.moved,
		ETag:         validator(res.Header.Get("ETag")),
		LastModified: validator(res.Header.Get("Last-Modified")),
		ContentType:  printable(res.Header.Get("Content-Type"), 200),
		MaxAge:       maxAge(res.Header, time.Now()),
	}
}

func validator(v string) string {
	if len(v) > maxValidator {
		return ""
	}
	return v
}
