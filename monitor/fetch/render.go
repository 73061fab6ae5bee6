package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdpfetch "github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/remote"
)

// A page built by scripts is at rest when its text has stayed the same for
// restFor; after restMost it is taken as it is.
const (
	restFor  = 500 * time.Millisecond
	restMost = 10 * time.Second
)

// skipped are what a page's text does not need.
var skipped = map[network.ResourceType]bool{"Image": true, "Media": true, "Font": true, "Ping": true, "Prefetch": true}

// render fetches a page through the Chrome of Options, in a tab without
// cookies. Each request of the tab, redirects included, is checked before
// Chrome makes it, as far as that can be done from outside: Chrome resolves the
// name again, and web sockets and WebRTC do not come by here.
func (c *Client) render(ctx context.Context, j *journey, u *url.URL) (*Response, error) {
	if c.chrome == "" {
		return nil, fail(Invalid, u, "the source is to be rendered, but no Chrome is named; set fetch.chrome").lasting()
	}
	if err := c.guard.beforeChrome(ctx, u); err != nil {
		return nil, err
	}
	alloc, stop := remote.NewAllocator(ctx, c.chrome)
	defer stop()
	quiet := func(string, ...any) {}
	tab, closeTab := chromedp.NewContext(alloc, chromedp.WithNewBrowserContext(), chromedp.WithLogf(quiet), chromedp.WithErrorf(quiet))
	defer closeTab()
	w := &warden{guard: c.guard}
	if err := w.stand(tab, c.agent); err != nil {
		return nil, chromeError(ctx, u, err)
	}
	res, err := chromedp.Run(tab, chromedp.NavigateResponse(u.String()))
	if err != nil {
		if refused := w.refused(); refused != nil {
			return nil, refused
		}
		return nil, chromeError(ctx, u, err)
	}
	if err := renderedError(u, res); err != nil {
		return nil, err
	}
	return c.rendered(tab, j, u)
}

// rendered waits until the page is at rest and takes it as it stands.
func (c *Client) rendered(tab context.Context, j *journey, u *url.URL) (*Response, error) {
	length := chromedp.Evaluate[int64](`document.documentElement.innerText.length`)
	last := int64(-1)
	for end := time.Now().Add(restMost); time.Now().Before(end); {
		now, err := chromedp.Run(tab, length)
		if err != nil {
			return nil, chromeError(tab, u, err)
		}
		if now == last {
			break
		}
		last = now
		select {
		case <-time.After(restFor):
		case <-tab.Done():
			return nil, tab.Err()
		}
	}
	limit := j.request.For.limit()
	size, err := chromedp.Run(tab, chromedp.Evaluate[int64](`document.documentElement.outerHTML.length`))
	if err != nil {
		return nil, chromeError(tab, u, err)
	}
	if size > limit {
		return nil, tooLarge(u, limit)
	}
	body, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.documentElement.outerHTML`))
	if err != nil {
		return nil, chromeError(tab, u, err)
	}
	at, err := chromedp.Run(tab, chromedp.Location())
	if err != nil {
		return nil, chromeError(tab, u, err)
	}
	final, err := parseURL(at)
	if err != nil {
		return nil, err
	}
	if err := c.guard.beforeChrome(tab, final); err != nil {
		return nil, err
	}
	return &Response{Status: http.StatusOK, URL: final.String(), ContentType: "text/html; charset=utf-8", Body: []byte(body)}, nil
}

// renderedError is why an answer is no page.
func renderedError(u *url.URL, res *network.Response) error {
	if res == nil {
		return fail(Garbled, u, "Chrome shows no page there")
	}
	if status := int(res.Status); status >= 400 {
		return statusError(u, status, false)
	}
	if kind := res.MimeType; !strings.Contains(kind, "html") && !strings.HasPrefix(kind, "text/") {
		return fail(Garbled, u, "it is %s, which Chrome does not show as a page; leave out render", printable(kind, 50)).lasting()
	}
	return nil
}

func chromeError(ctx context.Context, u *url.URL, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if strings.Contains(err.Error(), "net::ERR_NAME_NOT_RESOLVED") {
		return fail(Unresolved, u, "no host has this name; check the spelling of the source's URL").because(err)
	}
	if strings.Contains(err.Error(), "net::") {
		return fail(Unreachable, u, "Chrome gets no page from it (%s)", printable(err.Error(), 100)).because(err)
	}
	return fail(Unreachable, u, "the Chrome at fetch.chrome does not answer; start it with --headless --remote-debugging-port=9222").because(err)
}

// warden stands between a tab and the network.
type warden struct {
	guard *guard
	mu    sync.Mutex
	err   error // why a document, the page or one within it, was refused
}

// stand begins to check the requests of a tab. It ends with the tab.
func (w *warden) stand(tab context.Context, agent string) error {
	paused := chromedp.Events(tab, cdpfetch.RequestPaused)
	go func() {
		for e, err := range paused {
			if err != nil {
				return
			}
			w.decide(tab, &e)
		}
	}()
	if _, err := chromedp.Call(tab, cdpfetch.Enable, cdpfetch.EnableParams{}); err != nil {
		return err
	}
	_, err := chromedp.Call(tab, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent})
	return err
}

func (w *warden) decide(tab context.Context, e *cdpfetch.EventRequestPaused) {
	err := w.check(tab, e)
	if err == nil {
		_, _ = chromedp.Call(tab, cdpfetch.ContinueRequest, cdpfetch.ContinueRequestParams{RequestID: e.RequestID})
		return
	}
	_, _ = chromedp.Call(tab, cdpfetch.FailRequest, cdpfetch.FailRequestParams{
		RequestID: e.RequestID, ErrorReason: network.ErrorReasonBlockedByClient,
	})
}

func (w *warden) check(ctx context.Context, e *cdpfetch.EventRequestPaused) error {
	if skipped[e.ResourceType] {
		return errSkipped
	}
	u, err := parseURL(e.Request.URL)
	if err == nil {
		err = w.guard.beforeChrome(ctx, u)
	}
	if err != nil && e.ResourceType == network.ResourceTypeDocument {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.err = err
	}
	return err
}

var errSkipped = errors.New("not needed")

func (w *warden) refused() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// beforeChrome checks where Chrome would connect to.
func (g *guard) beforeChrome(ctx context.Context, u *url.URL) error {
	port, err := strconv.ParseUint(portOf(u), 10, 16)
	if err != nil {
		return blocked("its port is no number")
	}
	addrs, err := g.lookup(ctx, u.Hostname())
	if err != nil {
		return err
	}
	for _, a := range addrs {
		if err := g.check(netip.AddrPortFrom(a, uint16(port))); err != nil {
			return err
		}
	}
	return nil
}
