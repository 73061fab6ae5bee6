package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/monitor/store/storetest"
)

// Two real processes on one real PostgreSQL, one of them killed in the middle:
// every article is told, no host sees two requests at once, and the hook hears
// of no story twice, but for the message that was on its way to it.
func TestTwoProcessesShareTheWorkAndOneMayDie(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs all of 127.0.0.0/8 on loopback")
	}
	t.Parallel()
	dsn := storetest.Database(t, storetest.Postgres(t))
	press, hook := newPress(t, 8), newHook(t)
	path := filepath.Join(t.TempDir(), "armswatch.yaml")
	if err := os.WriteFile(path, []byte(togetherConfig(dsn, press, hook)), 0o600); err != nil {
		t.Fatal(err)
	}
	first, second := startRun(t, path), startRun(t, path)
	press.await(t, "every outlet is polled", func() bool { return press.quietest() > 0 })
	press.publish(3)
	press.await(t, "the first alerts", func() bool { return hook.heard() > 2 })
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	press.publish(3)
	st, err := store.Open(t.Context(), dsn, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	press.await(t, "everything is told", func() bool { return press.untold(t.Context(), st) == 0 })
	_ = second.Process.Signal(syscall.SIGTERM)
	if err := second.Wait(); err != nil {
		t.Errorf("the process that lived on stopped with %v", err)
	}
	if n := press.crowded.Load(); n > 0 {
		t.Errorf("%d requests came while their host was answering another", n)
	}
	hook.check(t)
}

func startRun(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("armswatch", "run", "-c", path)
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = log.Close()
		if data, _ := os.ReadFile(log.Name()); t.Failed() {
			t.Logf("process %d:\n%s", cmd.Process.Pid, data)
		}
	})
	return cmd
}

func togetherConfig(dsn string, p *press, h *hook) string {
	var b strings.Builder
	fmt.Fprintf(&b, "storage: %s\nfetch: {allow_networks: [127.0.0.0/8], gap: 0s}\n", dsn)
	b.WriteString("watchlists: {anti-tank: {weapons: [9M133 Kornet]}}\n")
	fmt.Fprintf(&b, "routes: [{to: \"webhook:%s/hook\", when: now, watchlists: anti-tank}]\nsources:\n", h.URL)
	for i, base := range p.bases {
		fmt.Fprintf(&b, "  - {name: outlet %d, feed: %s/feed, every: 1s}\n", i, base)
	}
	return b.String()
}

// A press is outlets on hosts of their own that publish when told.
type press struct {
	bases   []string
	crowded atomic.Int32 // requests that came during another of the same host

	mu     sync.Mutex
	items  [][]string // by outlet
	urls   []string   // of all articles
	asked  []int
	random *rand.Rand
}

func newPress(t *testing.T, outlets int) *press {
	p := &press{items: make([][]string, outlets), asked: make([]int, outlets), random: rand.New(rand.NewPCG(1, 2))}
	for i := range outlets {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.%d:0", 10+i))
		if err != nil {
			t.Fatal(err)
		}
		var busy atomic.Int32
		srv := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if busy.Add(1) > 1 {
				p.crowded.Add(1)
			}
			defer busy.Add(-1)
			time.Sleep(20 * time.Millisecond)
			_, _ = io.WriteString(w, p.feed(i))
		})}}
		srv.Start()
		t.Cleanup(srv.Close)
		p.bases = append(p.bases, srv.URL)
	}
	return p
}

func (p *press) feed(outlet int) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked[outlet]++
	return `<?xml version="1.0"?><rss version="2.0"><channel><title>outlet</title>` + strings.Join(p.items[outlet], "") + `</channel></rss>`
}

// publish has every outlet publish n articles that share nothing but the
// missile.
func (p *press) publish(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, base := range p.bases {
		for range n {
			url := fmt.Sprintf("%s/%d", base, len(p.urls))
			p.urls = append(p.urls, url)
			p.items[i] = append(p.items[i], fmt.Sprintf("<item><title>%s</title><link>%s</link><guid>%s</guid><pubDate>%s</pubDate>"+
				"<description>%s. A Kornet was there. %s.</description></item>", p.words(6), url, url,
				time.Now().UTC().Format(time.RFC1123Z), p.words(60), p.words(60)))
		}
	}
}

// words are words that nobody else has said.
func (p *press) words(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		for range 3 + p.random.IntN(3) {
			b.WriteByte("bdfglmnprstv"[p.random.IntN(12)])
			b.WriteByte("aeiou"[p.random.IntN(5)])
		}
	}
	return b.String()
}

func (p *press) quietest() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	least := p.asked[0]
	for _, n := range p.asked {
		least = min(least, n)
	}
	return least
}

// untold counts the articles that no sent delivery tells of.
func (p *press) untold(ctx context.Context, st *store.Store) int {
	p.mu.Lock()
	urls := p.urls
	p.mu.Unlock()
	n := 0
	for _, url := range urls {
		trails, err := st.Explain(ctx, url)
		told := err == nil && len(trails) == 1 && trails[0].Story != 0 && len(trails[0].Deliveries) > 0
		for i := 0; told && i < len(trails[0].Deliveries); i++ {
			told = trails[0].Deliveries[i].State == news.Sent
		}
		if !told {
			n++
		}
	}
	return n
}

func (p *press) await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

// A hook is a webhook that counts what it hears by key.
type hook struct {
	*httptest.Server
	mu   sync.Mutex
	keys map[string]int
}

func newHook(t *testing.T) *hook {
	h := &hook{keys: map[string]int{}}
	h.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.keys[r.Header.Get("Idempotency-Key")]++
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) heard() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.keys)
}

func (h *hook) check(t *testing.T) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	repeats := 0
	for key, n := range h.keys {
		repeats += n - 1
		if key == "" {
			t.Error("a message without a key")
		}
	}
	if repeats > 1 {
		t.Errorf("%d messages came again, want at most the one that was on its way: %v", repeats, h.keys)
	}
}
