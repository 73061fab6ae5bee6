package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/monitor/store/storetest"
)

// The test binary runs itself as another process: what it does there stands in
// these variables.
const (
	childVar = "ARMSWATCH_STORE_CHILD"
	dsnVar   = "ARMSWATCH_STORE_DSN"
)

func TestMain(m *testing.M) {
	children := map[string]func(context.Context, *store.Store) error{
		"record": recordForEver, "fire": fireForAWhile, "visit": visitForEver,
	}
	child := children[os.Getenv(childVar)]
	if child == nil {
		os.Exit(m.Run())
	}
	s, err := store.Open(context.Background(), os.Getenv(dsnVar), store.Options{})
	if err == nil {
		fmt.Println("ready")
		err = child(context.Background(), s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// spawn starts a child and waits until it has said that it is ready, having
// opened the store, and then each of lines.
func spawn(t *testing.T, what, dsn string, lines ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childVar+"="+what, dsnVar+"="+dsn)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	ok(t, err)
	ok(t, c.Start())
	t.Cleanup(func() { _ = c.Process.Kill() })
	r := bufio.NewReader(out)
	for _, want := range append([]string{"ready"}, lines...) {
		if line, err := r.ReadString('\n'); line != want+"\n" {
			t.Fatalf("child %s said %q, want %q: %v", what, line, want, err)
		}
	}
	return c
}

// perPoll is how many articles each poll of the child brings.
const perPoll = 3

// recordForEver polls, places, claims and settles, as fast as it can, until it
// is killed, and says when it has done so once. The ETag counts the polls.
func recordForEver(ctx context.Context, s *store.Store) error {
	if err := s.SyncSources(ctx, []news.Source{feed("A")}, t0); err != nil {
		return err
	}
	for rounds := 0; ; rounds++ {
		n, err := polls(ctx, os.Getenv(dsnVar))
		if err != nil {
			return err
		}
		if err := recordOne(ctx, s, n+1); err != nil {
			return err
		}
		if err := placeAll(ctx, s); err != nil {
			return err
		}
		if err := sendAll(ctx, s); err != nil {
			return err
		}
		if rounds == 0 {
			fmt.Println("recorded")
		}
	}
}

// polls is how many polls were recorded.
func polls(ctx context.Context, dsn string) (n int, err error) {
	driver := "sqlite"
	if strings.HasPrefix(dsn, "postgres") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	err = db.QueryRowContext(ctx, `SELECT CAST('0' || etag AS BIGINT) FROM sources WHERE name = 'A'`).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

func recordOne(ctx context.Context, s *store.Store, n int) error {
	var entries []news.Entry
	for i := range perPoll {
		entries = append(entries, entry(fmt.Sprintf("%d-%d", n, i)))
	}
	found, err := s.Identify(ctx, "A", entries)
	if err != nil {
		return err
	}
	p := store.Polled{Source: "A", At: t0, Next: t0, ETag: strconv.Itoa(n), Entries: perPoll}
	for i, f := range found {
		if f.Known != 0 {
			return fmt.Errorf("entry %s of poll %d is known as %d", entries[i].GUID, n, f.Known)
		}
		f.Article = news.Article{GUID: entries[i].GUID, URL: entries[i].URL, Title: entries[i].Title, Text: entries[i].Content}
		f.Reading = matched("x")
		p.Articles = append(p.Articles, f)
	}
	return s.RecordPoll(ctx, p)
}

func placeAll(ctx context.Context, s *store.Store) error {
	list, err := s.Ungrouped(ctx, 100)
	if err != nil {
		return err
	}
	for _, a := range list {
		last, err := s.LastStory(ctx)
		if err != nil {
			return err
		}
		id := last + 1
		_, err = s.Place(ctx, store.Placement{
			Article: a.Article.ID, At: t0, Story: id, Role: news.Own,
			Deliveries: []news.Delivery{{Key: fmt.Sprint("alert/desk/", id), Kind: news.AlertDelivery, Channel: desk, Route: "desk", Story: id, DueAt: t0}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func sendAll(ctx context.Context, s *store.Store) error {
	sending, err := s.Sending(ctx, desk)
	if err != nil {
		return err
	}
	for _, d := range sending {
		if err := s.Settle(ctx, d.ID, news.Outcome{State: news.Sent}, t0); err != nil {
			return err
		}
	}
	for {
		d, due, err := s.Next(ctx, desk, t0)
		if err != nil || !due {
			return err
		}
		if _, _, err := s.Claim(ctx, d.ID, []byte(`{}`), t0); err != nil {
			return err
		}
		if err := s.Settle(ctx, d.ID, news.Outcome{State: news.Sent}, t0); err != nil {
			return err
		}
	}
}

func TestKillAnywhereLeavesNothingHalfDone(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { killAnywhere(t, filepath.Join(t.TempDir(), "a.db")) })
	t.Run("postgres", func(t *testing.T) { killAnywhere(t, storetest.Database(t, storetest.Postgres(t))) })
}

func killAnywhere(t *testing.T, dsn string) {
	t.Parallel()
	kills, polls := 12, 0
	if testing.Short() {
		kills = 5
	}
	for range kills {
		c := spawn(t, "record", dsn, "recorded")
		time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
		ok(t, c.Process.Kill()) // SIGKILL
		_ = c.Wait()
		polls = nothingIsHalfDone(t, dsn)
	}
	t.Logf("%d kills, %d polls recorded", kills, polls)
	if polls < kills {
		t.Errorf("%d polls were recorded, and each process had recorded one", polls)
	}
}

// nothingIsHalfDone checks what must hold between any two transactions, and
// returns how many polls were recorded.
func nothingIsHalfDone(t *testing.T, dsn string) int {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, store.Options{})
	ok(t, err)
	defer func() { ok(t, s.Close()) }()
	n := must[int](t)(polls(t.Context(), dsn))
	waiting := must[[]store.Stored](t)(s.Ungrouped(t.Context(), 1_000_000))
	placed := must[[]store.Grouped](t)(s.GroupedAfter(t.Context(), 0, t0, 1_000_000))
	if got := len(waiting) + len(placed); got != n*perPoll {
		t.Errorf("%d polls recorded with %d articles, want %d: validators and articles parted", n, got, n*perPoll)
	}
	for i, g := range placed {
		if g.Seq != int64(i+1) || g.Story != news.StoryID(i+1) {
			t.Errorf("member %d has seq %d and story %d", i+1, g.Seq, g.Story)
		}
		if told := must[bool](t)(s.Told(t.Context(), "desk", g.Story)); !told {
			t.Errorf("story %d was placed without its alert", g.Story)
		}
	}
	if last := must[news.StoryID](t)(s.LastStory(t.Context())); int(last) != len(placed) {
		t.Errorf("%d stories of %d members", last, len(placed))
	}
	left := must[store.Backlog](t)(s.Backlog(t.Context(), t0))
	if left.Ungrouped > 0 && left.Jobs == 0 {
		t.Error("articles wait and no job is queued")
	}
	for _, a := range waiting {
		tr := must[[]store.Trail](t)(s.Explain(t.Context(), a.Article.URL))
		if len(tr) != 1 || len(tr[0].Keys) != 3 {
			t.Errorf("article %s has the names %v, want 3", a.Article.URL, tr)
		}
	}
	return n
}

// visitForEver begins the visits that are due, says so, and never ends them.
func visitForEver(ctx context.Context, s *store.Store) error {
	if _, err := s.EnqueueDue(ctx, t0); err != nil {
		return err
	}
	return s.Work(ctx, complete(store.Workers{Visit: func(ctx context.Context, _ store.Visit) error {
		fmt.Println("visiting")
		<-ctx.Done()
		return ctx.Err()
	}}), store.WorkOptions{})
}

func TestAKilledVisitRunsAgainAtOnce(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "a.db")
	s, err := store.Open(t.Context(), dsn, store.Options{})
	ok(t, err)
	ok(t, s.SyncSources(t.Context(), []news.Source{feed("A")}, t0))
	ok(t, s.Close())
	c := spawn(t, "visit", dsn, "visiting")
	ok(t, c.Process.Kill())
	_ = c.Wait()
	var visits atomic.Int32
	began := time.Now()
	b := bench{t, open(t, dsn), dsn}
	must[int](t)(b.EnqueueDue(t.Context(), t0))
	b.work(store.Workers{Visit: func(context.Context, store.Visit) error {
		visits.Add(1)
		return nil
	}}, func() bool { return visits.Load() == 1 })
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the visit of the killed process ran again after %s", took)
	}
}

func TestTheJobsOfADeadProcessGoToTheOthers(t *testing.T) {
	t.Parallel() // it waits more than it works
	dsn := storetest.Database(t, storetest.Postgres(t))
	b := bench{t, open(t, dsn), dsn}
	b.sync(feed("A"), feed("B"))
	c := spawn(t, "visit", dsn, "visiting", "visiting")
	stop := b.tick()
	defer stop()
	var visits atomic.Int32
	var dead atomic.Bool
	go func() {
		time.Sleep(3 * time.Second) // while it lives, nobody takes its jobs
		dead.Store(true)
		_ = c.Process.Kill()
	}()
	b.work(store.Workers{Visit: func(_ context.Context, v store.Visit) error {
		if !dead.Load() {
			t.Errorf("a visit of %s was taken from a process that lives", v.Host)
		}
		visits.Add(1)
		return nil
	}}, func() bool { return visits.Load() == 2 })
}

const tickEvery = 20 * time.Millisecond

// fireForAWhile ticks as a process does, faster.
func fireForAWhile(ctx context.Context, s *store.Store) error {
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		next := func(k store.Tick) time.Time { return k.NextAt.Add(tickEvery) }
		name := func(k store.Tick) string { return k.NextAt.Format("15:04:05.000") }
		if err := s.Fire(ctx, time.Now(), next, name); err != nil {
			return err
		}
	}
	return nil
}

func TestTwoProcessesFireEachTickOnce(t *testing.T) {
	t.Parallel()
	dsn := storetest.Database(t, storetest.Postgres(t))
	s := open(t, dsn)
	begin := time.Now().Truncate(time.Millisecond).UTC()
	ok(t, s.SyncSchedule(t.Context(), []store.Tick{{Name: "digest/morning", Spec: "x", NextAt: begin}}))
	children := []*exec.Cmd{spawn(t, "fire", dsn), spawn(t, "fire", dsn), spawn(t, "fire", dsn)}
	for _, c := range children {
		ok(t, c.Wait())
	}
	next := must[time.Time](t)(s.NextDue(t.Context()))
	fired := int(next.Sub(begin) / tickEvery)
	left := must[store.Backlog](t)(s.Backlog(t.Context(), t0))
	if left.Jobs != fired || fired < 50 {
		t.Errorf("%d ticks fired and %d jobs queued", fired, left.Jobs)
	}
}

func TestProcessesStartTogether(t *testing.T) {
	t.Parallel()
	dsn := storetest.Database(t, storetest.Postgres(t))
	errs := make(chan error)
	for range 4 {
		go func() {
			s, err := store.Open(context.Background(), dsn, store.Options{})
			if err == nil {
				err = s.Close()
			}
			errs <- err
		}()
	}
	for range 4 {
		ok(t, <-errs)
	}
}

func BenchmarkRecordPoll(b *testing.B) {
	for _, items := range []int{0, 20} {
		b.Run(fmt.Sprintf("items=%d", items), func(b *testing.B) { benchmarkPoll(b, items) })
	}
}

// benchmarkPoll identifies and records polls that bring new items; without any
// it is the recording of a poll that was answered 304.
func benchmarkPoll(b *testing.B, items int) {
	s := open(b, filepath.Join(b.TempDir(), "a.db"))
	ok(b, s.SyncSources(b.Context(), []news.Source{feed("A")}, t0))
	text := strings.Repeat("Inspectors found missiles in the camp. ", 60)
	n := 0
	for b.Loop() {
		p := store.Polled{Source: "A", At: t0, Next: t0, ETag: strconv.Itoa(n)}
		if items > 0 {
			var entries []news.Entry
			for range items {
				n++
				entries = append(entries, entry(strconv.Itoa(n)))
			}
			found, err := s.Identify(b.Context(), "A", entries)
			ok(b, err)
			for i, f := range found {
				f.Article = news.Article{GUID: entries[i].GUID, URL: entries[i].URL, Title: entries[i].Title, Text: text}
				p.Articles = append(p.Articles, f)
			}
		}
		ok(b, s.RecordPoll(b.Context(), p))
	}
}

func BenchmarkEnqueueDueIdle(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "a.db"))
	var sources []news.Source
	for i := range 1000 {
		sources = append(sources, feed(fmt.Sprint("S", i)))
	}
	ok(b, s.SyncSources(b.Context(), sources, t0))
	for b.Loop() {
		if n, err := s.EnqueueDue(b.Context(), t0.Add(-time.Hour)); n != 0 || err != nil {
			b.Fatal(n, err)
		}
	}
}
