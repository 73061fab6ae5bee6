package monitor_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
)

// notices are the lines that the operators were sent, in order.
func (b *bench) notices() []string {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	var lines []string
	for _, d := range b.sent {
		if d.Kind != news.NoticeDelivery {
			continue
		}
		var m news.Digest
		if err := json.Unmarshal(d.Payload, &m); err != nil {
			b.t.Fatalf("notice %s: %v", d.Key, err)
		}
		if d.Channel != "slack:#operators" || m.Title == "" || m.Zone == "" {
			b.t.Errorf("notice to %s: %+v", d.Channel, m)
		}
		lines = append(lines, m.Messages...)
	}
	return lines
}

// visit polls all sources and sends the notices, without the queue: it is
// quicker than [bench.poll] and does nothing else.
func (b *bench) visit() {
	b.t.Helper()
	ctx := b.t.Context()
	if err := b.store.MakeDue(ctx, time.Now()); err != nil {
		b.t.Fatal(err)
	}
	visits, err := b.store.BeginVisits(ctx, time.Now(), store.Visit{Host: "127.0.0.1", Reads: true})
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.monitor.Visit(ctx, visits[0]); err != nil {
		b.t.Fatal(err)
	}
	if err := b.deliver(ctx, store.Deliver{Channel: "slack:#operators"}); err != nil {
		b.t.Fatal(err)
	}
}

// An outlet that dates its archive anew: the desk hears of a few, the operators
// of the flood, and what is new afterwards still arrives.
func TestAFloodIsHeldBackAndToldOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.set("/feed", rss(ages(8, time.Hour, time.Hour)...))
	b := newBench(t)
	b.operators, b.most = "slack:#operators", 5
	b.use(news.Source{Name: "site", Kind: news.Feed, URL: s.URL + "/feed"})
	b.poll()
	var archive []item
	for i := range 400 {
		it := kornet(10_000+i, time.Now().Add(-time.Minute))
		it.title = fmt.Sprintf("Kornet %x", i*7919)
		archive = append(archive, it)
	}
	s.set("/feed", rss(archive...))
	for range 3 {
		b.poll()
	}
	if got := b.alerts(); got > 2*b.most { // the hour may end while we poll
		t.Errorf("%d alerts, want %d", got, b.most)
	}
	told := 0
	for _, line := range b.notices() {
		if strings.Contains(line, "site is flooding: it lists 400 entries at once") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the operators heard %q", b.notices())
	}
}

func ages(n int, first, step time.Duration) []item {
	var list []item
	for i := range n {
		list = append(list, kornet(int(first/time.Minute)+i, time.Now().Add(-first-time.Duration(i)*step)))
	}
	return list
}

// Each trouble is one notice when it lasts, and one when it is over.
func TestTroubleIsToldOnce(t *testing.T) {
	t.Parallel()
	now := time.Now()
	sound := rss(ages(8, time.Hour, time.Hour)...)
	status := func(code int) func(*site) {
		return func(s *site) {
			s.handler = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
		}
	}
	page := func(body string) func(*site) { return func(s *site) { s.pages["/feed"] = body } }
	undated := ages(8, time.Hour, time.Hour)
	for i := range undated {
		undated[i].at = time.Time{}
	}
	for _, c := range []struct {
		name      string
		breaks    func(*site)
		polls     int // until it is told
		told      string
		state     string
		recovered string
	}{
		{"not found", status(404), 2, "is failing: fetch", "failing", "no longer failing"},
		{"forbidden", status(403), 2, "refuses us (403)", "failing", "no longer failing"},
		{"server error", status(500), 3, "the server failed (500)", "failing", "no longer failing"},
		{"no feed", page("<!doctype html><html><body>Hello</body></html>"), 2, "web page (HTML)", "failing", "no longer failing"},
		{"empty", page(rss()), 2, "is empty: it lists nothing any more", "empty", "no longer empty"},
		{"cut", page(strings.TrimSuffix(sound, "</channel></rss>") + "<item><title>x"), 2, "is cut: it ends in the middle, after 8", "cut", "no longer cut"},
		{"garbled", page(strings.Replace(sound, "<title>Test", "<title>"+strings.Repeat("\ufffd", 30), 1)), 2, "is garbled", "garbled", "no longer garbled"},
		{"undated", page(rss(undated...)), 2, "is undated", "undated", "no longer undated"},
		{"silent", page(rss(ages(8, 20*24*time.Hour, time.Hour)...)), 1, "is silent: nothing new for", "silent", "no longer silent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			if c.name != "undated" && c.name != "silent" { // these two may begin so
				s.set("/feed", sound)
			} else {
				s.set("/feed", rss())
			}
			b := newBench(t)
			b.operators = "slack:#operators"
			b.use(news.Source{Name: "site", Kind: news.Feed, URL: s.URL + "/feed"})
			b.visit()
			if got := b.notices(); len(got) != 0 {
				t.Fatalf("a sound source is told of: %q", got)
			}
			s.mu.Lock()
			c.breaks(s)
			s.mu.Unlock()
			for i := range c.polls + 2 {
				b.visit()
				if got := b.notices(); (len(got) == 1) != (i+1 >= c.polls) || len(got) > 1 {
					t.Fatalf("after %d polls: %q", i+1, got)
				}
			}
			if got := b.notices(); !strings.Contains(got[0], c.told) || !strings.HasPrefix(got[0], "site ") {
				t.Errorf("told %q, want %q", got, c.told)
			}
			if st := b.state("site"); st.State != c.state || st.Error == "" {
				t.Errorf("state %+v", st)
			}
			s.mu.Lock()
			s.handler = nil
			s.pages["/feed"] = rss(append([]item{kornet(999, now)}, ages(8, time.Hour, time.Hour)...)...)
			s.mu.Unlock()
			for range 3 {
				b.visit()
			}
			if got := b.notices(); len(got) != 2 || !strings.Contains(got[1], c.recovered) {
				t.Errorf("told %q, want one recovery with %q", got, c.recovered)
			}
			if st := b.state("site"); st.State != "ok" || st.Error != "" {
				t.Errorf("state after all %+v", st)
			}
		})
	}
}

// When many sources fail together their notices are gathered.
func TestNoticesAreGathered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.operators = "slack:#operators"
	var sources []news.Source
	for i := range 30 {
		sources = append(sources, news.Source{Name: fmt.Sprintf("site-%d", i), Kind: news.Feed, URL: fmt.Sprintf("http://127.0.0.1:1/%d", i)})
	}
	b.use(sources...)
	for range 4 {
		b.visit()
	}
	if got := len(b.notices()); got != len(sources) {
		t.Errorf("%d lines for %d sources", got, len(sources))
	}
}

func TestSitemapIndexLeadsToTheNewest(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	day := func(ago int) string { return time.Now().AddDate(0, 0, -ago).Format(time.DateOnly) }
	entry := func(n int) string {
		return fmt.Sprintf(`<url><loc>http://news.example/%d</loc><n:news><n:title>Kornet missiles %d</n:title><n:publication_date>%s</n:publication_date></n:news></url>`,
			n, n, time.Now().Format(time.RFC3339))
	}
	const open = `<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">`
	s.set("/sitemap.xml", `<sitemapindex><sitemap><loc>/old.xml</loc><lastmod>`+day(9)+`</lastmod></sitemap><sitemap><loc>/new.xml</loc><lastmod>`+day(1)+`</lastmod></sitemap></sitemapindex>`)
	s.set("/new.xml", open+entry(1)+`</urlset>`)
	b := newBench(t, news.Source{Name: "map", Kind: news.Sitemap, URL: s.URL + "/sitemap.xml"})
	b.visit()
	b.visit() // the sitemap answers 304, the index stays as it is
	s.set("/new.xml", open+entry(1)+entry(2)+`</urlset>`)
	b.visit()
	st := b.state("map")
	if st.Articles != 2 || st.State != "ok" || s.asked("/new.xml") < 3 || s.asked("/old.xml") != 0 {
		t.Errorf("state %+v; asked new %d, old %d times", st, s.asked("/new.xml"), s.asked("/old.xml"))
	}
}

// A source that has moved keeps its headers from where it has moved to.
func TestHeadersStayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	var leaked string
	there := newSite(t)
	there.handler = func(w http.ResponseWriter, r *http.Request) {
		leaked += r.Header.Get("Authorization")
		_, _ = w.Write([]byte(rss(kornet(1, time.Now()))))
	}
	s := newSite(t)
	s.handler = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, there.URL+"/feed", http.StatusMovedPermanently)
	}
	b := newBench(t)
	b.operators = "slack:#operators"
	b.use(news.Source{Name: "site", Kind: news.Feed, URL: s.URL + "/feed", Headers: map[string]string{"Authorization": "secret"}})
	b.visit()
	b.visit()
	if leaked != "" {
		t.Errorf("the header went to another origin")
	}
	if got := b.notices(); len(got) != 1 || !strings.Contains(got[0], "has moved for good") {
		t.Errorf("told %q", got)
	}
}
