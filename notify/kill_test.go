package notify_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/monitor/store/storetest"
	"github.com/armswatch/armswatch/notify"
)

var kills = flag.Int("kills", 0, "how often a deliverer is killed; 0 is 200 in CI and 40 elsewhere; `make kill` says 5000")

// mortal names the variables by which a test binary knows that it is the
// process to be killed.
const mortal, mortalSlack, mortalMail = "ARMSWATCH_TEST_STORE", "ARMSWATCH_TEST_SLACK", "ARMSWATCH_TEST_MAIL"

func TestMain(m *testing.M) {
	if dsn := os.Getenv(mortal); dsn != "" {
		if err := live(dsn); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	if *kills == 0 {
		if *kills = 40; os.Getenv("CI") != "" {
			*kills = 200
		}
	}
	_ = flag.Set("test.parallel", "16") // these tests wait more than they work
	os.Exit(m.Run())
}

// live delivers as `armswatch run` does, until it is killed.
func live(dsn string) error {
	ctx := context.Background()
	port, err := strconv.Atoi(os.Getenv(mortalMail))
	if err != nil {
		return err
	}
	reach, err := senders(os.Getenv(mortalSlack), port)
	if err != nil {
		return err
	}
	st, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		return err
	}
	d := notify.NewDeliverer(notify.DelivererOptions{Outbox: st, Backoff: 300 * time.Millisecond, Grace: 300 * time.Millisecond})
	d.Use(reach, time.UTC, nil)
	go func() {
		for {
			if _, err := st.EnqueueDue(ctx, time.Now()); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}()
	fmt.Println("alive")
	return st.Work(ctx, store.Workers{Deliver: func(ctx context.Context, j store.Deliver) error {
		wait, err := d.Deliver(ctx, j.Channel)
		if err == nil && wait > 0 {
			return store.Snooze(wait)
		}
		return err
	}}, store.WorkOptions{})
}

// A deliverer killed at any moment, against servers that lose answers, limit,
// fail and hang: Slack has each message once, mail and webhooks at least once
// under one id, and none is lost.
func TestKillAnywhereLosesAndDoublesNothing(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "armswatch.db")
	killLoop(t, dsn, *kills, 1)
}

// The same with three processes on one PostgreSQL, one of which is killed.
func TestKillOneOfThreeLosesAndDoublesNothing(t *testing.T) {
	dsn := storetest.Database(t, storetest.Postgres(t))
	killLoop(t, dsn, max(*kills/8, 10), 3)
}

func killLoop(t *testing.T, dsn string, runs, processes int) {
	t.Helper()
	w := newWorld(t, 0.2)
	var channels []news.Channel
	for i := range 8 {
		channels = append(channels, news.Channel(fmt.Sprint("slack:#c", i)))
	}
	for i := range 2 {
		channels = append(channels, news.Channel(fmt.Sprintf("email:desk%d@newsroom.example", i)), news.Channel(fmt.Sprint("webhook:", w.hookURL, "/", i)))
	}
	st, err := store.Open(t.Context(), dsn, store.Options{})
	check(t, err)
	urls := seed(t, st, channels, 3+runs/20)
	check(t, st.Close())

	random := rand.New(rand.NewPCG(3, 3))
	began := time.Now()
	alive := make([]*exec.Cmd, processes)
	for run := range runs {
		i := run % processes
		if alive[i] != nil {
			kill(alive[i])
		}
		alive[i] = start(t, dsn, w)
		time.Sleep(time.Duration(random.IntN(500)) * time.Millisecond)
	}
	for _, c := range alive[1:] {
		kill(c)
	}
	kill(alive[0])
	killed := time.Since(began)
	w.mend()
	last := start(t, dsn, w)
	defer kill(last)
	ro, err := store.Open(t.Context(), dsn, store.Options{ReadOnly: true})
	check(t, err)
	defer func() { _ = ro.Close() }()
	left, all := unsent(t, ro, urls)
	before := len(left)
	for end := time.Now().Add(2 * time.Minute); len(left) > 0 && time.Now().Before(end); left, all = unsent(t, ro, urls) {
		time.Sleep(200 * time.Millisecond)
	}
	for _, d := range left {
		t.Errorf("%s is %s: %s", d.Key, d.State, d.Error)
	}
	settledOnce(t, w, all)
	t.Logf("%d runs in %s; %d messages, %d of them left at the last kill; %d posts to Slack came early", runs, killed.Round(time.Second), len(all), before, w.early)
	if w.early > 0 {
		t.Errorf("%d posts came less than a second after the last one of their channel", w.early)
	}
}

// start returns when the process works.
func start(t *testing.T, dsn string, w *world) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), mortal+"="+dsn, mortalSlack+"="+w.slackURL, fmt.Sprint(mortalMail, "=", w.mailPort))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the process says %q: %v", line, err)
	}
	return cmd
}

func kill(c *exec.Cmd) {
	_ = c.Process.Kill()
	_ = c.Wait()
}
