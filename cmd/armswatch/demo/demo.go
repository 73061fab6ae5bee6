// Package demo is a small web of invented outlets, served over loopback, for
// people who want to see armswatch work before they write a config.
//
// It promises to open nothing but loopback and to store nothing. The texts are in
// web.txtar; their dates are relative to the time given, so that the story is
// always a day old.
package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Web is the demo's web while it is served.
type Web struct {
	Outlets []Outlet
	server  *http.Server
	served  sync.WaitGroup
}

// Outlet is one site of a [Web].
type Outlet struct {
	Name string
	Kind string   // "feed" or "page", as a config's source says it
	URL  string   // of the feed or of the listing page
	Base string   // of the site, without a slash at its end
	URLs []string // of its articles
}

// Serve serves the web until ctx ends or Close is called. Articles are dated
// before now. Each outlet has a host of its own (127.0.0.2 and up) where the
// system gives it all of 127.0.0.0/8, else a port of its own.
func Serve(ctx context.Context, now time.Time) (*Web, error) {
	all, err := outlets(archive)
	if err != nil {
		return nil, err
	}
	w := &Web{}
	sites := map[string]http.Handler{}
	w.server = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(
		func(rw http.ResponseWriter, r *http.Request) {
			if site := sites[r.Context().Value(http.LocalAddrContextKey).(net.Addr).String()]; site != nil {
				site.ServeHTTP(rw, r)
			}
		})}
	listeners, err := listen(ctx, len(all))
	if err != nil {
		return nil, err
	}
	for i, o := range all {
		base := "http://" + listeners[i].Addr().String()
		files, err := o.files(base, now.UTC().Truncate(time.Second))
		if err != nil {
			closeAll(listeners)
			return nil, err
		}
		sites[listeners[i].Addr().String()] = files
		w.Outlets = append(w.Outlets, Outlet{Name: o.name, Kind: o.kind(), URL: base + o.path(), Base: base, URLs: o.urls(base)})
	}
	for _, l := range listeners {
		w.served.Go(func() { _ = w.server.Serve(l) })
	}
	context.AfterFunc(ctx, w.Close)
	return w, nil
}

// Close stops serving.
func (w *Web) Close() {
	_ = w.server.Close()
	w.served.Wait()
}

// listen opens n listeners on hosts of their own, sharing a port, or all on
// 127.0.0.1.
func listen(ctx context.Context, n int) ([]net.Listener, error) {
	var lc net.ListenConfig
	var all []net.Listener
	port := "0"
	for i := range n {
		l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(fmt.Sprintf("127.0.0.%d", 2+i), port))
		if err != nil {
			closeAll(all)
			return listenPorts(ctx, n)
		}
		_, port, _ = net.SplitHostPort(l.Addr().String())
		all = append(all, l)
	}
	return all, nil
}

func listenPorts(ctx context.Context, n int) ([]net.Listener, error) {
	var lc net.ListenConfig
	var all []net.Listener
	for range n {
		l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			closeAll(all)
			return nil, fmt.Errorf("serve demo: %w", err)
		}
		all = append(all, l)
	}
	return all, nil
}

func closeAll(all []net.Listener) {
	for _, l := range all {
		_ = l.Close()
	}
}

// site is an outlet's files by path.
type site map[string]file

type file struct {
	contentType string
	body        []byte
	modified    time.Time
}

// ServeHTTP answers conditional requests with 304, as well-kept sites do.
func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := s[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.contentType)
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(f.body))[:18]+`"`)
	http.ServeContent(w, r, "", f.modified, bytes.NewReader(f.body))
}

func (o outlet) kind() string {
	if o.feed == "page" {
		return "page"
	}
	return "feed"
}

func (o outlet) urls(base string) []string {
	var list []string
	for _, a := range o.articles {
		list = append(list, base+"/"+a.slug)
	}
	return list
}

func (o outlet) path() string {
	return map[string]string{"rss": "/feed.xml", "atom": "/feed.atom", "json": "/feed.json", "page": "/"}[o.feed]
}

// files renders everything an outlet serves.
func (o outlet) files(base string, now time.Time) (site, error) {
	s := site{"/robots.txt": {"text/plain; charset=utf-8", []byte("User-agent: *\nAllow: /\n"), now.Add(-1000 * time.Hour)}}
	tmpl, list := pages(), pageData{Outlet: o.name}
	for _, a := range o.articles {
		var b bytes.Buffer
		data := o.page(a, now)
		if err := tmpl.ExecuteTemplate(&b, "article", data); err != nil {
			return nil, fmt.Errorf("render %s of %s: %w", a.slug, o.name, err)
		}
		s["/"+a.slug] = file{"text/html; charset=utf-8", b.Bytes(), data.At}
		list.Items = append(list.Items, data)
	}
	var b bytes.Buffer
	if err := tmpl.ExecuteTemplate(&b, "list", list); err != nil {
		return nil, fmt.Errorf("render list of %s: %w", o.name, err)
	}
	s["/"] = file{"text/html; charset=utf-8", b.Bytes(), now.Add(-o.newest())}
	body, contentType, err := o.render(base, now)
	if err != nil {
		return nil, err
	}
	if body != nil {
		s[o.path()] = file{contentType, body, now.Add(-o.newest())}
	}
	return s, nil
}

// render makes the outlet's feed; a page has none.
func (o outlet) render(base string, now time.Time) (body []byte, contentType string, err error) {
	switch o.feed {
	case "rss":
		body, err = o.rss(base, now)
		return body, "application/rss+xml; charset=utf-8", err
	case "atom":
		body, err = o.atom(base, now)
		return body, "application/atom+xml; charset=utf-8", err
	case "json":
		body, err = o.json(base, now)
		return body, "application/feed+json; charset=utf-8", err
	}
	return nil, "", nil
}

// Config is the config that watches the web, as a user would write it. It names
// no storage, so the database lies beside wherever it is written. The first poll
// counts two days back (backfill), or a new source would alert nothing.
func Config(w *Web) string {
	var b strings.Builder
	b.WriteString("timezone: UTC\nfetch:\n  allow_networks: [127.0.0.0/8]\n  gap: 0s\nsources:\n")
	for _, o := range w.Outlets {
		fmt.Fprintf(&b, "  - name: %s\n    %s: %s\n    every: 1h\n    backfill: 48h\n", o.Name, o.Kind, o.URL)
		if o.Kind == "page" {
			b.WriteString("    items: article.story\n")
		}
	}
	b.WriteString(`watchlists:
  us-made:
    weapons: [M1A1 Abrams, F-16, FIM-92 Stinger, MIM-23 Hawk]
  anti-tank:
    categories: [anti-tank-guided-missile]
  reports:
    phrases:
      - '"<#>-page report"'
routes:
  - name: morning
    to: terminal
    watchlists: [us-made, anti-tank, reports]
    when: "0 7 * * *"
`)
	return b.String()
}
