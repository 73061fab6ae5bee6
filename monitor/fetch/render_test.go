package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/fetch"
)

// chrome starts a real Chromium and gives its remote-debugging address. In CI
// there must be one; elsewhere the test is skipped without.
func chrome(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("a real Chromium takes long")
	}
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no chromium on this machine: CI must have one")
		}
		t.Skip("no chromium on this machine")
	}
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--remote-debugging-port=0", "--user-data-dir="+dir, "about:blank")
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
		for range 50 { // its children write until they end
			if os.RemoveAll(dir) == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
	for range 600 {
		if data, err := os.ReadFile(filepath.Join(dir, "DevToolsActivePort")); err == nil {
			if port, _, ok := strings.Cut(string(data), "\n"); ok {
				return "http://127.0.0.1:" + port
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("chromium does not start")
	return ""
}

// elsewhere is a server on an address that is not allowed.
func elsewhere(t *testing.T) (url string, asked func() []string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip("this machine has one loopback address only")
	}
	var mu sync.Mutex
	var paths []string
	srv := &httptest.Server{Listener: l, Config: &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		paths = append(paths, r.URL.Path)
		_, _ = w.Write([]byte("a secret"))
	})}}
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.URL, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return paths
	}
}

func TestRender(t *testing.T) {
	address := chrome(t)
	forbidden, asked := elsewhere(t)
	var agent string
	var mu sync.Mutex
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/robots.txt":
			_, _ = fmt.Fprint(w, "User-agent: *\nDisallow: /private")
		case "/page":
			mu.Lock()
			agent = r.UserAgent()
			mu.Unlock()
			_, _ = fmt.Fprintf(w, `<!doctype html><h1>Depot</h1><p id=x></p><iframe src="%[1]s/frame"></iframe><img src="%[1]s/image">
<script>setTimeout(() => { document.getElementById("x").innerText = "Built by " + "a script" }, 200); fetch("%[1]s/script", {mode: "no-cors"})</script>`, forbidden)
		case "/away":
			http.Redirect(w, r, forbidden+"/redirect", http.StatusFound)
		case "/feed":
			w.Header().Set("Content-Type", "application/zip")
			_, _ = w.Write([]byte("PK"))
		default:
			http.NotFound(w, r)
		}
	}))
	defer site.Close()
	c := fetch.New(fetch.Options{
		Chrome: address, UserAgent: "armswatch-test/1", Timeout: 2 * time.Minute,
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
	})
	defer c.Close()
	get := func(url string) (*fetch.Response, error) {
		return c.Get(t.Context(), fetch.Request{URL: url, For: fetch.Page, Render: true})
	}
	res, err := get(site.URL + "/page")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(res.Body), "Built by a script") || res.URL != site.URL+"/page" {
		t.Errorf("from %s: %s", res.URL, res.Body)
	}
	mu.Lock()
	if agent != "armswatch-test/1" {
		t.Errorf("the site saw %q", agent)
	}
	mu.Unlock()
	for url, want := range map[string]fetch.Kind{
		site.URL + "/away":      fetch.Blocked,
		site.URL + "/nothing":   fetch.Missing,
		site.URL + "/private/a": fetch.Disallowed,
		forbidden + "/direct":   fetch.Blocked,
		"file:///etc/passwd":    fetch.Blocked,
	} {
		var fe *fetch.Error
		if _, err := get(url); !errors.As(err, &fe) || fe.Kind != want {
			t.Errorf("%s: got %v, want %s", url, err, want)
		}
	}
	if paths := asked(); len(paths) > 0 {
		t.Errorf("Chrome asked a private address for %v", paths)
	}
}

// Without a Chrome there is one clear line.
func TestRenderWithoutChrome(t *testing.T) {
	site := httptest.NewServer(http.NotFoundHandler())
	defer site.Close()
	allow := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	for address, want := range map[string]string{"": "set fetch.chrome", "http://127.0.0.1:1": "the Chrome at fetch.chrome does not answer"} {
		c := fetch.New(fetch.Options{Chrome: address, Allow: allow})
		_, err := c.Get(t.Context(), fetch.Request{URL: site.URL, For: fetch.Page, Render: true})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("chrome %q: got %v, want %q", address, err, want)
		}
		c.Close()
	}
}
