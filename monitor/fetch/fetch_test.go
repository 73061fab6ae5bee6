package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// loopback is what tests and the demo allow.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

func serve(t testing.TB, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func client(t testing.TB, o Options) *Client {
	t.Helper()
	o.Allow = append(o.Allow, loopback...)
	c := New(o)
	t.Cleanup(c.Close)
	return c
}

func get(t testing.TB, c *Client, r Request) *Response {
	t.Helper()
	res, err := c.Get(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func fails(t testing.TB, c *Client, r Request) *Error {
	t.Helper()
	res, err := c.Get(t.Context(), r)
	var fe *Error
	if !errors.As(err, &fe) {
		t.Fatalf("got %+v, %v; want an *Error", res, err)
	}
	if strings.ContainsAny(fe.Error(), "\n\r\t") || len(fe.Error()) > 400 {
		t.Errorf("not one clear line: %q", fe.Error())
	}
	return fe
}

func TestConditionalGet(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Last-Modified", "Fri, 03 Oct 2025 14:05:00 GMT")
		w.Header().Set("Cache-Control", "public, max-age=600")
		if r.Header.Get("If-None-Match") == `"v1"` && r.Header.Get("If-Modified-Since") == "Fri, 03 Oct 2025 14:05:00 GMT" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = w.Write([]byte("<rss/>"))
	})
	c := client(t, Options{})
	first := get(t, c, Request{URL: s.URL})
	if string(first.Body) != "<rss/>" || first.ETag != `"v1"` || first.LastModified == "" || first.NotModified ||
		first.ContentType != "application/rss+xml" || first.MaxAge != 10*time.Minute || first.URL != s.URL {
		t.Errorf("first answer: %+v", first)
	}
	again := get(t, c, Request{URL: s.URL, ETag: first.ETag, LastModified: first.LastModified})
	if !again.NotModified || again.Status != 304 || again.Body != nil || again.ETag != `"v1"` {
		t.Errorf("second answer: %+v", again)
	}
}

func TestOneRequestAtATimeWithGap(t *testing.T) {
	const gap = 50 * time.Millisecond
	var now, most atomic.Int32
	var mu sync.Mutex
	var starts, ends []time.Time
	s := serve(t, func(http.ResponseWriter, *http.Request) {
		most.Store(max(most.Load(), now.Add(1)))
		mu.Lock()
		starts = append(starts, time.Now())
		mu.Unlock()
		time.Sleep(10 * time.Millisecond)
		mu.Lock()
		ends = append(ends, time.Now())
		mu.Unlock()
		now.Add(-1)
	})
	c := client(t, Options{Gap: gap})
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Go(func() { get(t, c, Request{URL: fmt.Sprintf("%s/%d", s.URL, i)}) })
	}
	wg.Wait()
	if most.Load() != 1 {
		t.Errorf("%d requests at once", most.Load())
	}
	for i := 1; i < len(starts); i++ {
		if pause := starts[i].Sub(ends[i-1]); pause < gap {
			t.Errorf("request %d came %v after the one before, gap is %v", i, pause, gap)
		}
	}
}

func TestWaitingEndsWithContext(t *testing.T) {
	release := make(chan struct{})
	s := serve(t, func(http.ResponseWriter, *http.Request) { <-release })
	c := client(t, Options{})
	go func() { _, _ = c.Get(context.Background(), Request{URL: s.URL}) }()
	defer close(release)
	time.Sleep(20 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.Get(ctx, Request{URL: s.URL}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestRedirects(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]http.Header{}
	var other *httptest.Server
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen[r.URL.Path] = r.Header.Clone()
		mu.Unlock()
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/moved2", http.StatusMovedPermanently)
		case "/moved2":
			http.Redirect(w, r, "/feed", http.StatusPermanentRedirect)
		case "/away-and-moved":
			http.Redirect(w, r, "/away", http.StatusMovedPermanently)
		case "/away":
			http.Redirect(w, r, "/moved", http.StatusFound)
		case "/off":
			http.Redirect(w, r, other.URL+"/", http.StatusFound)
		case "/circle":
			http.Redirect(w, r, "/circle2", http.StatusFound)
		case "/circle2":
			http.Redirect(w, r, "/circle", http.StatusFound)
		case "/self":
			http.Redirect(w, r, "/self", http.StatusFound)
		case "/file":
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		case "/nowhere":
			w.WriteHeader(http.StatusFound)
		}
	})
	other = serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen["other"+r.URL.Path] = r.Header.Clone()
		mu.Unlock()
		if r.URL.Path == "/" {
			http.Redirect(w, r, s.URL+"/back", http.StatusFound)
		}
	})
	c := client(t, Options{})
	secret := map[string]string{"Authorization": "Bearer s3cret", "x-api-key": "s3cret"}

	for _, x := range []struct{ path, final, moved string }{
		{"/moved", "/feed", s.URL + "/feed"},
		{"/away", "/feed", ""},
		{"/away-and-moved", "/feed", s.URL + "/away"},
		{"/feed", "/feed", ""},
	} {
		res := get(t, c, Request{URL: s.URL + x.path})
		if res.URL != s.URL+x.final || res.Moved != x.moved {
			t.Errorf("%s: ended at %s, moved to %q", x.path, res.URL, res.Moved)
		}
	}
	get(t, c, Request{URL: s.URL + "/off", Headers: secret})
	if h := seen["/off"]; h.Get("Authorization") == "" || h.Get("X-Api-Key") == "" {
		t.Errorf("headers did not reach their origin: %v", h)
	}
	for _, place := range []string{"other/", "/back"} {
		if h := seen[place]; h == nil || h.Get("Authorization") != "" || h.Get("X-Api-Key") != "" {
			t.Errorf("headers at %s: %v", place, h)
		}
	}
	get(t, c, Request{URL: other.URL + "/new", Headers: secret, HeadersFor: s.URL})
	if h := seen["other/new"]; h.Get("Authorization") != "" {
		t.Error("headers of a source went where it had moved to")
	}
	for path, kind := range map[string]Kind{"/circle": Redirects, "/self": Redirects, "/nowhere": Redirects, "/file": Blocked} {
		if e := fails(t, c, Request{URL: s.URL + path}); e.Kind != kind {
			t.Errorf("%s: %v (%s)", path, e, e.Kind)
		}
	}
}

func TestStatus(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var code int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &code)
		if v := r.URL.Query().Get("after"); v != "" {
			w.Header().Set("Retry-After", v)
		}
		if r.URL.Query().Has("cf") {
			w.Header().Set("Cf-Mitigated", "challenge")
		}
		w.WriteHeader(code)
	})
	c := client(t, Options{})
	for _, x := range []struct {
		path    string
		kind    Kind
		after   time.Duration
		lasting bool
	}{
		{"/400", Status, 0, true},
		{"/401", Refused, 0, true},
		{"/403", Refused, 0, true},
		{"/403?cf", Refused, 0, true},
		{"/404", Missing, 0, true},
		{"/410", Gone, 0, true},
		{"/429?after=120", Limited, 2 * time.Minute, false},
		{"/429?after=9999999999999999999999", Limited, 24 * time.Hour, false},
		{"/429?after=-5", Limited, 0, false},
		{"/429?after=soon", Limited, 0, false},
		{"/503?after=Fri,+31+Dec+2099+23:59:59+GMT", Status, 24 * time.Hour, false},
		{"/503?after=Fri,+31+Dec+1999+23:59:59+GMT", Status, 0, false},
		{"/500", Status, 0, false},
		{"/304", Garbled, 0, false},
		{"/300", Garbled, 0, false},
	} {
		e := fails(t, c, Request{URL: s.URL + x.path})
		if e.Kind != x.kind || e.RetryAfter != x.after || e.Lasting != x.lasting || e.Kind != Garbled && fmt.Sprintf("/%d", e.Status) != x.path[:4] {
			t.Errorf("%s: %+v", x.path, e)
		}
	}
}

func TestErrorsKeepSecrets(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	c := client(t, Options{})
	down := serve(t, func(http.ResponseWriter, *http.Request) {})
	down.Close()
	for _, u := range []string{
		s.URL + "/feed/tok3n?key=tok3n#tok3n",
		down.URL + "/tok3n?tok3n=tok3n",
		"http://tok3n:tok3n@" + strings.TrimPrefix(s.URL, "http://") + "/",
		"http://127.0.0.1:99999/tok3n",
		"http://10.0.0.1/tok3n",
		"ftp://127.0.0.1/tok3n",
		"http://no-such-host.invalid/tok3n?tok3n",
		"http://127.0.0.1:%zz/tok3n",
		"https" + strings.TrimPrefix(s.URL, "http") + "/tok3n",
	} {
		e := fails(t, c, Request{URL: u, Headers: map[string]string{"X-Key": "tok3n"}})
		if strings.Contains(e.Error(), "tok3n") || strings.Contains(e.URL, "tok3n") {
			t.Errorf("%s: %v", u, e)
		}
	}
	e := fails(t, c, Request{URL: s.URL, Headers: map[string]string{"X-Key": "tok3n\r\nHost: x"}})
	if strings.Contains(e.Error(), "tok3n") || e.Kind != Invalid {
		t.Error(e)
	}
}

// A PDF may be longer than a page, where an article is fetched.
func TestReportsMayBeLonger(t *testing.T) {
	kind := "application/pdf"
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(make([]byte, maxPage+1))
	})
	c := client(t, Options{})
	if res := get(t, c, Request{URL: s.URL, For: Article}); len(res.Body) != maxPage+1 {
		t.Errorf("%d bytes", len(res.Body))
	}
	if e := fails(t, c, Request{URL: s.URL, For: Page}); e.Kind != TooLarge {
		t.Errorf("a PDF for a listing page: %v", e)
	}
	kind = "text/html"
	if e := fails(t, c, Request{URL: s.URL, For: Article}); e.Kind != TooLarge {
		t.Errorf("a page: %v", e)
	}
}
