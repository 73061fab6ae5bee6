package monitor_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/monitor"
	"github.com/armswatch/armswatch/monitor/fetch"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
)

// A site is a real web server whose pages a test rewrites between polls.
type site struct {
	*httptest.Server
	mu       sync.Mutex
	pages    map[string]string
	requests []string
	handler  http.HandlerFunc // replaces everything when set
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{pages: map[string]string{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r.URL.Path)
	body, ok := s.pages[r.URL.Path]
	handler := s.handler
	s.mu.Unlock()
	if handler != nil {
		handler(w, r)
		return
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	etag := fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(body)))
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if strings.HasPrefix(body, "<!doctype") {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	} else {
		w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	}
	_, _ = w.Write([]byte(body))
}

func (s *site) set(path, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = body
}

func (s *site) asked(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, p := range s.requests {
		if p == path {
			n++
		}
	}
	return n
}

// An item is one entry of a test feed.
type item struct {
	guid, link, title, text string
	at                      time.Time
}

func rss(items ...item) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>Test</title>`)
	for _, it := range items {
		b.WriteString("<item><title>" + it.title + "</title>")
		if it.guid != "" {
			b.WriteString(`<guid isPermaLink="false">` + it.guid + "</guid>")
		}
		if it.link != "" {
			b.WriteString("<link>" + it.link + "</link>")
		}
		if !it.at.IsZero() {
			b.WriteString("<pubDate>" + it.at.Format(time.RFC1123Z) + "</pubDate>")
		}
		b.WriteString("<description>" + it.text + "</description></item>")
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

// A bench is the real line over a real store: SQLite in a folder of the test.
type bench struct {
	t         *testing.T
	operators news.Channel
	most      int // alerts an hour; 0: no limit
	routes    []news.Route
	store     *store.Store
	monitor   *monitor.Monitor
	mu        sync.Mutex
	sent      []news.Delivery
}

func newBench(t *testing.T, sources ...news.Source) *bench {
	t.Helper()
	ctx := t.Context()
	st, err := store.Open(ctx, filepath.Join(t.TempDir(), "armswatch.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	b := &bench{t: t, store: st}
	b.monitor = monitor.New(monitor.Options{
		Store: st, Deliver: b.deliver,
		Seal: func(context.Context, store.Seal) error { return nil },
		Fetch: fetch.New(fetch.Options{
			UserAgent: "armswatch-test", Gap: time.Millisecond,
			Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		}),
	})
	b.use(sources...)
	return b
}

// newLine is a site with an empty feed, which was polled.
func newLine(t *testing.T) (*site, *bench) {
	t.Helper()
	s := newSite(t)
	s.set("/feed", rss())
	b := newBench(t, news.Source{Name: "site", Kind: news.Feed, URL: s.URL + "/feed"})
	b.poll()
	return s, b
}

func (b *bench) use(sources ...news.Source) {
	b.t.Helper()
	matcher, err := matchers.New(matchers.Options{Watchlists: []matchers.Watchlist{
		{Name: "anti-tank", Weapons: []string{"9M133 Kornet"}}, {Name: "Lissan", Phrases: []string{"Lissan"}},
	}})
	if err != nil {
		b.t.Fatal(err)
	}
	err = b.monitor.Use(b.t.Context(), &monitor.Setup{
		Sources: sources, Matcher: matcher, Zone: time.UTC, Operators: b.operators,
		Routes: append([]news.Route{{Name: "desk", Channel: "slack:#desk", Now: true, MaxPerHour: b.most}}, b.routes...),
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// deliver takes what is due, as a channel that always answers would.
func (b *bench) deliver(ctx context.Context, d store.Deliver) error {
	for {
		del, ok, err := b.store.Next(ctx, d.Channel, time.Now())
		if err != nil || !ok {
			return err
		}
		if del, _, err = b.store.Claim(ctx, del.ID, []byte(`{}`), time.Now()); err != nil {
			return err
		}
		b.mu.Lock()
		b.sent = append(b.sent, del)
		b.mu.Unlock()
		if err := b.store.Settle(ctx, del.ID, news.Outcome{State: news.Sent}, time.Now()); err != nil {
			return err
		}
	}
}

// poll makes every source due and does all that follows.
func (b *bench) poll() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 30*time.Second)
	defer cancel()
	if err := b.store.MakeDue(ctx, time.Now()); err != nil {
		b.t.Fatal(err)
	}
	if err := b.monitor.Once(ctx); err != nil && ctx.Err() != nil {
		b.t.Fatalf("once: %v", err)
	}
}

func (b *bench) alerts() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, d := range b.sent {
		if d.Kind == news.AlertDelivery {
			n++
		}
	}
	return n
}

// sentAs counts what was sent by the beginning of its key.
func (b *bench) sentAs(prefix string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, d := range b.sent {
		if strings.HasPrefix(d.Key, prefix) {
			n++
		}
	}
	return n
}

func (b *bench) state(source string) news.SourceState {
	b.t.Helper()
	states, err := b.store.Sources(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	for _, s := range states {
		if s.Source == source {
			return s
		}
	}
	b.t.Fatalf("no source %q in %v", source, states)
	return news.SourceState{}
}

var long = strings.Repeat("The ministry would not say how the crates had left the depot, and officers who served there gave differing accounts of the night it fell. ", 6)

func kornet(n int, at time.Time) item {
	id := fmt.Sprint(n)
	return item{
		guid: "id-" + id, link: "http://news.example/a/" + id, at: at,
		title: "Inspectors find Kornet missiles at site " + id,
		text:  "Inspectors found " + id + "7 Kornet anti-tank missiles in the camp number " + id + ". " + long,
	}
}

func TestFirstPollStoresQuietly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	now := time.Now()
	s.set("/feed", rss(kornet(1, now.Add(-time.Hour)), kornet(2, now.Add(-2*time.Hour))))
	b := newBench(t, news.Source{Name: "site", Kind: news.Feed, URL: s.URL + "/feed"})
	b.poll()
	if got := b.state("site").Articles; got != 2 {
		t.Errorf("stored %d articles, want 2", got)
	}
	if got := b.alerts(); got != 0 {
		t.Errorf("the first poll alerted %d times, want 0", got)
	}
	s.set("/feed", rss(kornet(3, now), kornet(1, now.Add(-time.Hour)), kornet(2, now.Add(-2*time.Hour))))
	b.poll()
	if got := b.alerts(); got != 1 {
		t.Errorf("a new entry on the second poll alerted %d times, want 1", got)
	}
}

func TestBackfillOptsIn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	now := time.Now()
	s.set("/feed", rss(kornet(1, now.Add(-time.Hour)), kornet(2, now.Add(-30*time.Hour))))
	b := newBench(t, news.Source{Name: "site", Kind: news.Feed, URL: s.URL + "/feed", Backfill: 24 * time.Hour})
	b.poll()
	if got := b.alerts(); got != 1 {
		t.Errorf("backfill of 24 h alerted %d times, want 1: the entry of an hour ago", got)
	}
}

func TestFirstEntryOfAnEmptyFeedAlerts(t *testing.T) {
	t.Parallel()
	s, b := newLine(t)
	s.set("/feed", rss(kornet(1, time.Now())))
	b.poll()
	if got := b.alerts(); got != 1 {
		t.Errorf("alerted %d times, want 1", got)
	}
}

func TestNothingOldIsNews(t *testing.T) {
	t.Parallel()
	now := time.Now()
	first := []item{kornet(1, now.Add(-time.Hour)), kornet(2, now.Add(-2*time.Hour))}
	change := func(f func(*item)) []item {
		out := make([]item, len(first))
		for i, it := range first {
			f(&it)
			out[i] = it
		}
		return out
	}
	tests := []struct {
		name string
		then []item
	}{
		{"guids changed", change(func(i *item) { i.guid = "urn:new:" + i.guid })},
		{"guids gone", change(func(i *item) { i.guid = "" })},
		{"http to https", change(func(i *item) { i.link = strings.Replace(i.link, "http:", "https:", 1) })},
		{"tracking parameters", change(func(i *item) { i.link += "?utm_source=rss&amp;utm_medium=feed"; i.guid += "x" })},
		{"reordered", []item{first[1], first[0]}},
		{"guids and links changed", change(func(i *item) { i.guid += "x"; i.link += "/x" })},
		{"published long ago", append([]item{kornet(9, now.Add(-20*24*time.Hour))}, first...)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.set("/feed", rss(first...))
			b := newBench(t, news.Source{Name: "site", Kind: news.Feed, URL: s.URL + "/feed"})
			b.poll()
			s.set("/feed", rss(tt.then...))
			b.poll()
			s.set("/feed", rss())
			b.poll()
			s.set("/feed", rss(first...))
			b.poll()
			if got := b.alerts(); got != 0 {
				t.Errorf("alerted %d times, want 0", got)
			}
			s.set("/feed", rss(append([]item{kornet(5, now)}, first...)...))
			b.poll()
			if got := b.alerts(); got != 1 {
				t.Errorf("a really new entry alerted %d times, want 1", got)
			}
		})
	}
}

func TestTeaserIsReadFromItsPage(t *testing.T) {
	t.Parallel()
	s, b := newLine(t)
	s.set("/a/1", `<!doctype html><html lang="en"><head><title>Depot emptied</title></head><body><article><h1>Depot emptied</h1><p>`+
		long+`</p><p>Among the weapons were 40 Kornet anti-tank missiles, the inspectors wrote. `+long+`</p></article></body></html>`)
	s.set("/feed", rss(item{guid: "1", link: s.URL + "/a/1", title: "Depot emptied", text: "Read more.", at: time.Now()}))
	b.poll()
	if got := b.alerts(); got != 1 {
		t.Errorf("alerted %d times, want 1: the page names the Kornet", got)
	}
	if got := s.asked("/a/1"); got != 1 {
		t.Errorf("the page was fetched %d times, want 1", got)
	}
	trails, err := b.store.Explain(t.Context(), s.URL+"/a/1")
	if err != nil || len(trails) != 1 {
		t.Fatalf("explain: %d trails, %v", len(trails), err)
	}
	if tr := trails[0]; !tr.Matched || tr.Story == 0 || len(tr.Deliveries) != 1 {
		t.Errorf("trail = matched %v, story %d, %d deliveries", tr.Matched, tr.Story, len(tr.Deliveries))
	}
}

// A hundred articles of a host that is down are not a hundred timeouts.
func TestAHostThatIsDownIsNotAskedForEveryArticle(t *testing.T) {
	t.Parallel()
	s, down := newSite(t), newSite(t)
	down.handler = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		panic(http.ErrAbortHandler)
	}
	down.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	var items []item
	for i := range 30 {
		items = append(items, item{guid: fmt.Sprint(i), link: fmt.Sprintf("%s/a/%d", down.URL, i), title: fmt.Sprint("Depot emptied ", i), text: "Read more.", at: time.Now()})
	}
	s.set("/feed", rss(items...))
	b := newBench(t, news.Source{Name: "site", Kind: news.Feed, URL: s.URL + "/feed", Backfill: time.Hour})
	b.poll()
	asked := 0
	for i := range items {
		asked += down.asked(fmt.Sprintf("/a/%d", i))
	}
	if asked == 0 || asked > 5 {
		t.Errorf("asked %d times, want two articles and no more", asked)
	}
	if st := b.state("site"); st.Articles != len(items) {
		t.Errorf("%d articles stored, want %d", st.Articles, len(items))
	}
}

func TestEditedArticleIsTheSameArticle(t *testing.T) {
	t.Parallel()
	s, b := newLine(t)
	it := kornet(1, time.Now())
	s.set("/feed", rss(it))
	b.poll()
	it.title = "Correction: " + it.title
	s.set("/feed", rss(it))
	b.poll()
	if got := b.alerts(); got != 1 {
		t.Errorf("alerted %d times, want 1", got)
	}
	trails, err := b.store.Explain(t.Context(), it.link)
	if err != nil || len(trails) != 1 {
		t.Fatalf("explain: %d trails, %v", len(trails), err)
	}
	if got := trails[0]; got.Article.Title != it.title || len(got.Revisions) != 1 {
		t.Errorf("title %q with %d revisions, want the new title and 1", got.Article.Title, len(got.Revisions))
	}
}

// An outlet that corrects a number, or takes up a system, is told of; an edit that
// changes neither only moves the numbers of the story's message.
func TestWhatAnEditCorrectsIsTold(t *testing.T) {
	t.Parallel()
	s, b := newLine(t)
	it := kornet(1, time.Now())
	s.set("/feed", rss(it))
	b.poll()
	edit := func(old, now string) {
		t.Helper()
		if !strings.Contains(it.text, old) {
			t.Fatalf("the article does not say %q", old)
		}
		it.text = strings.Replace(it.text, old, now, 1)
		s.set("/feed", rss(it))
		b.poll()
	}
	edit("17 Kornet", "19 Kornet")
	edit("in the camp", "in a camp")
	edit("anti-tank missiles in", "anti-tank missiles and T-90 tanks in")
	edit("19 Kornet", "17 Kornet")
	edit("17 Kornet", "19 Kornet")
	st, err := b.store.Story(t.Context(), 1)
	if err != nil || len(st.Members) != 1 {
		t.Fatalf("story 1: %d members, %v", len(st.Members), err)
	}
	var got []string
	for _, c := range st.Members[0].Corrections {
		for _, n := range c.New {
			got = append(got, n.Text)
		}
	}
	want := []string{"now says 19 9M133 Kornet, not 17", "names the T-90", "now says 17 9M133 Kornet, not 19", "now says 19 9M133 Kornet, not 17"}
	if !slices.Equal(got, want) {
		t.Errorf("corrections %q, want %q", got, want)
	}
	counts := b.sentAs("count/")
	edit("in a camp", "in another camp")
	if left, err := b.store.Backlog(t.Context(), time.Now().Add(time.Hour)); err != nil || left.Deliveries > 0 || b.sentAs("count/") != counts {
		t.Errorf("an edit that shows nowhere is written of: %+v, %v", left, err)
	}
	if alerts, corrections := b.sentAs("alert/desk/1"), b.sentAs("correction/desk/1/"); alerts != 1 || corrections != 4 {
		t.Errorf("%d alerts and %d corrections were sent, want 1 and 4", alerts, corrections)
	}
	for n := range 12 { // a page that counts
		edit(fmt.Sprintf("%d Kornet", 19+n), fmt.Sprintf("%d Kornet", 20+n))
	}
	if got := b.sentAs("correction/desk/1/"); got != 10 {
		t.Errorf("%d corrections of one article were told, want 10", got)
	}
	if left, err := b.store.Backlog(t.Context(), time.Now()); err != nil || left.Any() {
		t.Errorf("left %+v, %v", left, err)
	}
}

// What takes an article out of all watchlists is told to those who were told of it; and
// what puts it back in.
func TestARetractionIsTold(t *testing.T) {
	t.Parallel()
	s, b := newLine(t)
	it := kornet(1, time.Now())
	was := it
	r := strings.NewReplacer("Kornet", "crate", "anti-tank missiles", "boxes")
	s.set("/feed", rss(it))
	b.poll()
	it.text, it.title = r.Replace(it.text), r.Replace(it.title)
	s.set("/feed", rss(it))
	b.poll()
	s.set("/feed", rss(was))
	b.poll()
	st, err := b.store.Story(t.Context(), 1)
	if err != nil || len(st.Members[0].Corrections) != 2 {
		t.Fatalf("story 1: %+v, %v", st, err)
	}
	gone, back := st.Members[0].Corrections[0].New, st.Members[0].Corrections[1].New
	if len(gone) == 0 || !strings.Contains(fmt.Sprint(gone), "no longer names the 9M133 Kornet") || !strings.Contains(fmt.Sprint(back), "says 17 9M133 Kornet") {
		t.Errorf("corrections %v, then %v", gone, back)
	}
	if alerts, corrections := b.sentAs("alert/desk/1"), b.sentAs("correction/desk/1/"); alerts != 1 || corrections != 2 {
		t.Errorf("%d alerts and %d corrections were sent, want 1 and 2", alerts, corrections)
	}
}

// An outlet that edits a headline may have edited the article: its page is read
// again, though not for ever when two headlines are tried in turn, and what is
// corrected there is told.
func TestAnEditedHeadlineHasThePageReadAgain(t *testing.T) {
	t.Parallel()
	s, b := newLine(t)
	page := func(count string) {
		s.set("/story", "<!doctype html><title>Crates found</title><article><p>Inspectors found "+count+" Kornet missiles in the camp. "+
			strings.Repeat(long+"</p><p>", 4)+"</p></article>")
	}
	tell := func(title string) {
		s.set("/feed", rss(item{guid: "1", link: s.URL + "/story", title: title, text: "What was in them.", at: time.Now()}))
		b.poll()
	}
	page("17")
	tell("Crates found in a camp")
	page("19")
	tell("Crates found in a camp") // nothing says that it changed
	if n := s.asked("/story"); n != 1 || b.alerts() != 1 {
		t.Fatalf("the page was asked for %d times, and there were %d alerts", n, b.alerts())
	}
	for range 4 {
		tell("Corrected: crates found in a camp")
		tell("Crates found in a camp")
	}
	if n := s.asked("/story"); n != 4 {
		t.Errorf("the page was asked for %d times, want 4: once, and once for what each headline took the place of", n)
	}
	s.set("/story", "<!doctype html><title>Crates found</title><article><p>Subscribe to read on, or sign in if you have an account with us.</p></article>")
	tell("Update: crates found in a camp")
	st, err := b.store.Story(t.Context(), 1)
	if err != nil || len(st.Members) != 1 || len(st.Members[0].Corrections) == 0 {
		t.Fatalf("story 1: %+v, %v", st, err)
	}
	var got []string
	for _, c := range st.Members[0].Corrections {
		for _, n := range c.New {
			got = append(got, n.Text)
		}
	}
	if want := []string{"now says 19 9M133 Kornet, not 17"}; !slices.Equal(got, want) {
		t.Errorf("corrections %q, want %q", got, want)
	}
	if !strings.Contains(st.Members[0].Article.Text, "19 Kornet") {
		t.Errorf("a paywall took the text: %.80q", st.Members[0].Article.Text)
	}
}

// claims is a line that reads the articles of two claims in that order.
func claims(t *testing.T, order []int, routes ...news.Route) (b *bench, articles []item, publish func(n int)) {
	t.Helper()
	data, err := os.ReadFile("story/testdata/split.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var sources []news.Source
	s := newSite(t)
	for line := range strings.Lines(string(data)) {
		var a struct{ Source, Title, Text string }
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		id := strconv.Itoa(len(articles) + 1)
		articles = append(articles, item{guid: id, link: s.URL + "/" + id, title: a.Title, text: a.Text})
		sources = append(sources, news.Source{Name: a.Source, Kind: news.Feed, URL: s.URL + "/feed" + id})
		s.set("/"+id, "<html><head><title>"+a.Title+"</title></head><body><article><h1>"+a.Title+"</h1><p>"+a.Text+"</p></article></body></html>")
		s.set("/feed"+id, rss())
	}
	b = newBench(t, sources...)
	if len(routes) > 0 {
		b.routes = routes
		b.use(sources...)
	}
	b.poll()
	publish = func(n int) {
		articles[n-1].at = time.Now()
		s.set("/feed"+strconv.Itoa(n), rss(articles[n-1]))
		b.poll()
	}
	for _, n := range order {
		publish(n)
	}
	return b, articles, publish
}

// The first article of a claim that is taken for a known story's is told as that
// story's; when others show that it is another one, that is told as such, once, and an
// article that left a story is not told in it.
func TestAStoryThatIsSplitIsToldAsTwo(t *testing.T) {
	t.Parallel()
	b, items, _ := claims(t, []int{1, 2, 3, 4, 5, 6, 7, 8})
	if b.alerts() != 2 || b.sentAs("alert/desk/1") != 1 || b.sentAs("alert/desk/2") != 1 {
		t.Errorf("told %d times, story 1 %d times, story 2 %d times", b.alerts(), b.sentAs("alert/desk/1"), b.sentAs("alert/desk/2"))
	}
	for id, articles := range map[news.StoryID][]string{1: {"1", "2", "3", "4"}, 2: {"5", "6", "7", "8"}} {
		st, err := b.store.Story(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range st.Members {
			got = append(got, m.Article.GUID)
		}
		if !slices.Equal(got, articles) {
			t.Errorf("story %s has the articles %v, want %v", id, got, articles)
		}
	}
	trails, err := b.store.Explain(t.Context(), items[6].link)
	if err != nil || len(trails) != 1 {
		t.Fatalf("%d trails, %v", len(trails), err)
	}
	if tr := trails[0]; tr.Story != 2 || len(tr.Split) != 1 || tr.Split[0].From != 1 || len(tr.Split[0].Reasons) == 0 {
		t.Errorf("article 7 is in story %s by %+v", tr.Story, tr.Split)
	}
	if n := b.sentAs("update/desk/1/" + strconv.Itoa(int(trails[0].Article.ID))); n != 0 {
		t.Errorf("it was told in the story that it left %d times", n)
	}
}

// What is split from a story that was called not relevant stays away with it; a mute
// that news ends does not hold for it.
func TestWhatIsSplitFromAMutedStory(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		irrelevant bool
		alerts     int
	}{{true, 0}, {false, 1}} {
		b, _, publish := claims(t, []int{1, 2, 3, 4, 5, 6})
		mute := news.Mute{Story: 1, Channel: "slack:#desk", Irrelevant: tt.irrelevant, Who: "an editor", At: time.Now()}
		if err := b.store.Mute(t.Context(), mute); err != nil {
			t.Fatal(err)
		}
		publish(7)
		publish(8)
		if n := b.sentAs("alert/desk/2"); n != tt.alerts {
			t.Errorf("irrelevant %t: what was split is told %d times, want %d", tt.irrelevant, n, tt.alerts)
		}
		st, err := b.store.Story(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		if _, muted := st.Muted("slack:#desk"); muted != tt.irrelevant {
			t.Errorf("irrelevant %t: the story that was split is muted: %t", tt.irrelevant, muted)
		}
	}
}

// A route has told, or is about to tell, a story that is split: it tells what is left of
// that only if it would tell it as it is now.
func TestWhatIsLeftOfASplitStoryIsToldAsItIs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		order []int
		route news.Route
		want  []string
	}{
		{"what left does not count for what stays", []int{1, 2, 5, 6, 7, 3}, news.Route{MinOutlets: 6}, nil},
		{"an alert that waits is for what left only", []int{1, 2, 3, 4, 5, 6, 7}, news.Route{Watchlists: []string{"Lissan"}, HoldUntil: time.Now().Add(time.Hour)}, []string{"alert/route/2"}},
		{"a message sent on other articles shows what is left", []int{1, 2, 3, 4, 5, 6, 7}, news.Route{Channel: "slack:#one", Sources: []string{"Morning Post"}}, []string{"alert/route/1", "count/route/1"}},
		{"an alert that waits is for both", []int{1, 2, 3, 4, 5, 6, 7}, news.Route{HoldUntil: time.Now().Add(time.Hour)}, []string{"alert/route/1", "alert/route/2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.route.Name, tt.route.Channel, tt.route.Now = "route", cmp.Or(tt.route.Channel, "webhook:route"), true
			b, articles, _ := claims(t, tt.order, tt.route)
			trails, err := b.store.Explain(t.Context(), articles[0].link)
			if err != nil {
				t.Fatal(err)
			}
			more, err := b.store.Explain(t.Context(), articles[5].link)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, tr := range append(trails, more...) {
				for _, d := range tr.Deliveries {
					if d.Route == "route" {
						got = append(got, strings.TrimSuffix(d.Key, fmt.Sprintf("/%d", d.DueAt.Unix())))
					}
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("due are %v, want %v", got, tt.want)
			}
		})
	}
}

// The interval that a source has now counts, not the one it was polled by last.
func TestAShorterIntervalCountsAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.set("/feed", rss(kornet(1, time.Now())))
	src := news.Source{Name: "site", Kind: news.Feed, URL: s.URL + "/feed", Schedule: "0 0 1 1 *"}
	b := newBench(t, src)
	b.poll()
	for _, then := range []struct {
		every    time.Duration
		schedule string
		within   time.Duration
	}{{0, "", 7 * time.Hour}, {time.Hour, "", time.Hour}, {0, "*/5 * * * *", 5 * time.Minute}, {time.Hour, "", 5 * time.Minute}} {
		src.Every, src.Schedule = then.every, then.schedule
		b.use(src)
		if wait := time.Until(b.state("site").NextPoll); wait > then.within || wait < -time.Second {
			t.Errorf("every %v, schedule %q: polled in %v, want within %v", then.every, then.schedule, wait, then.within)
		}
	}
}

func TestNotModifiedKeepsValidators(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.set("/feed", rss(kornet(1, time.Now())))
	b := newBench(t, news.Source{Name: "site", Kind: news.Feed, URL: s.URL + "/feed"})
	for range 3 {
		b.poll()
	}
	st := b.state("site")
	if st.Error != "" || st.Articles != 1 || s.asked("/feed") != 3 {
		t.Errorf("state %+v after %d requests", st, s.asked("/feed"))
	}
}

// What is added to a watched page is an article; what is there at first, what
// comes back and what is ignored is not.
func TestWhatAWatchedPageGainsIsNews(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	list := func(clock string, items ...string) {
		s.set("/list", `<!doctype html><html lang="en"><head><title>Seized arms</title></head><body><main><p class="clock">`+clock+
			`</p><ul><li>`+strings.Join(items, "</li><li>")+`</li></ul></main><footer>`+long+`</footer></body></html>`)
	}
	old := "Kornet missiles, four crates, seized in the port in spring"
	list("one", old)
	b := newBench(t, news.Source{Name: "list", Kind: news.Watch, URL: s.URL + "/list", Content: "main", Ignore: []string{".clock"}})
	b.poll()
	list("two", old)
	b.poll()
	if got := b.alerts(); got != 0 {
		t.Fatalf("alerted %d times by what was there, want 0", got)
	}
	list("three", old, "Kornet missiles, nine crates, seized on the bridge", "Boots, two boxes")
	b.poll()
	list("four", "Boots, two boxes", "Radios, one box")
	b.poll()
	list("five", old, "Boots, two boxes")
	b.poll()
	if got := b.alerts(); got != 1 {
		t.Errorf("alerted %d times, want 1 by the line that was added", got)
	}
	trails, err := b.store.Explain(t.Context(), "Seized arms: Kornet missiles, nine crates")
	if err != nil || len(trails) != 1 {
		t.Fatalf("explain: %d trails, %v", len(trails), err)
	}
	a := trails[0].Article
	if a.Text != "Kornet missiles, nine crates, seized on the bridge\nBoots, two boxes" || a.Diff != "+ Kornet missiles, nine crates, seized on the bridge\n+ Boots, two boxes" {
		t.Errorf("text %q, diff %q", a.Text, a.Diff)
	}
	if !strings.HasPrefix(a.URL, s.URL+"/list#:~:text=Kornet%20missiles") {
		t.Errorf("link %s", a.URL)
	}
	if st := b.state("list"); st.Articles != 2 || st.State != "ok" {
		t.Errorf("state %+v, want two articles: the crates and the radios", st)
	}

	// A login page, or a page without the list, is a failing source.
	s.set("/list", `<!doctype html><html><head><title>Log in</title></head><body><main><form><input type="password"></form></main></body></html>`)
	b.poll()
	if st := b.state("list"); st.Failures != 1 || !strings.Contains(st.Error, "login page") {
		t.Errorf("state %+v", st)
	}
	s.set("/list", `<!doctype html><html><head><title>New layout</title></head><body><div>`+long+`</div></body></html>`)
	b.poll()
	if st := b.state("list"); st.Failures != 2 || !strings.Contains(st.Error, "matches nothing") {
		t.Errorf("state %+v", st)
	}
	list("six", old, "Boots, two boxes", "Radios, one box", "Two rifles")
	b.poll()
	if st := b.state("list"); st.Failures != 0 || st.Articles != 3 {
		t.Errorf("state %+v, want a third article", st)
	}
}

func TestBadSourceHarmsNoOther(t *testing.T) {
	t.Parallel()
	good := newSite(t)
	good.set("/feed", rss(kornet(1, time.Now())))
	sources := []news.Source{{Name: "good", Kind: news.Feed, URL: good.URL + "/feed", Backfill: time.Hour}}
	bad := map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"not-found": {func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }, "404"},
		"html": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("<!doctype html><html><body><p>Hello</p></body></html>"))
		}, "HTML"},
		"empty": {func(http.ResponseWriter, *http.Request) {}, "empty"},
		"cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100000")
			_, _ = w.Write([]byte("<rss>"))
		}, ""},
		"deep": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(strings.Repeat("<a>", 500_000)))
		}, ""},
	}
	for name, c := range bad {
		s := newSite(t)
		s.handler = c.handler
		sources = append(sources, news.Source{Name: name, Kind: news.Feed, URL: s.URL + "/feed"})
	}
	sel := newSite(t)
	sel.set("/news", "<!doctype html><html><body><p>no items here</p></body></html>")
	sources = append(sources,
		news.Source{Name: "selector", Kind: news.Page, URL: sel.URL + "/news", Items: "article.post"},
		news.Source{Name: "unreachable", Kind: news.Feed, URL: "http://127.0.0.1:1/feed"})
	b := newBench(t, sources...)
	b.poll()
	if got := b.alerts(); got != 1 {
		t.Errorf("alerted %d times, want 1 from the good source", got)
	}
	for _, src := range sources[1:] {
		st := b.state(src.Name)
		if st.Error == "" || st.Failures != 1 || strings.Contains(st.Error, "\n") {
			t.Errorf("%s: state %+v, want one failure with one line", src.Name, st)
		}
		if want := bad[src.Name].want; !strings.Contains(st.Error, want) {
			t.Errorf("%s: error %q does not say %q", src.Name, st.Error, want)
		}
	}
}
