package notify_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/notify"
)

var errBroken = errors.New("the database went away")

// A flaky outbox is a real one in which one step fails, once: before it
// happened, or after.
type flaky struct {
	*store.Store
	step  string
	after bool
}

func (f *flaky) fails(step string) bool {
	if f.step != step {
		return false
	}
	f.step = ""
	return true
}

func (f *flaky) Next(ctx context.Context, ch news.Channel, now time.Time) (news.Delivery, bool, error) {
	if f.fails("next") {
		return news.Delivery{}, false, errBroken
	}
	return f.Store.Next(ctx, ch, now)
}

func (f *flaky) Sending(ctx context.Context, ch news.Channel) ([]news.Delivery, error) {
	if f.fails("look for what was being sent") {
		return nil, errBroken
	}
	return f.Store.Sending(ctx, ch)
}

func (f *flaky) Story(ctx context.Context, id news.StoryID) (news.Story, error) {
	if f.fails("read the story") {
		return news.Story{}, errBroken
	}
	return f.Store.Story(ctx, id)
}

func (f *flaky) Claim(ctx context.Context, id int64, payload []byte, now time.Time) (news.Delivery, bool, error) {
	broken := f.fails("claim")
	if broken && !f.after {
		return news.Delivery{}, false, errBroken
	}
	d, ok, err := f.Store.Claim(ctx, id, payload, now)
	if broken {
		return news.Delivery{}, false, errBroken
	}
	return d, ok, err
}

func (f *flaky) Settle(ctx context.Context, id int64, o news.Outcome, now time.Time) error {
	broken := f.fails("settle")
	if broken && !f.after {
		return errBroken
	}
	err := f.Store.Settle(ctx, id, o, now)
	if broken {
		return errBroken
	}
	return err
}

// Every step between due and sent fails once, or fails although it happened,
// on every channel: the alert and its update arrive, on Slack once, and in this
// order.
func TestEveryStepMayFailOrFailAndHaveHappened(t *testing.T) {
	t.Parallel()
	type failure struct {
		step  string
		after bool
		calls []fault // of the channel
	}
	table := []failure{
		{step: "next"},
		{step: "look for what was being sent"},
		{step: "read the story"},
		{step: "claim"},
		{step: "claim", after: true},
		{step: "settle"},
		{step: "settle", after: true},
	}
	for f := refused; f < faults; f++ {
		table = append(table, failure{calls: []fault{f}}, failure{calls: []fault{none, f}}, failure{calls: []fault{f, f}},
			failure{step: "settle", calls: []fault{none, f, f}})
	}
	for _, scheme := range []string{"slack", "email", "webhook"} {
		for i, f := range table {
			t.Run(fmt.Sprint(scheme, " ", i), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, 0)
				ch := map[string]news.Channel{
					"slack": "slack:#c1", "email": "email:desk@newsroom.example", "webhook": news.Channel("webhook:" + w.hookURL + "/1"),
				}[scheme]
				st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "db"), store.Options{})
				check(t, err)
				defer func() { _ = st.Close() }()
				urls := seed(t, st, []news.Channel{ch}, 1)
				w.next = f.calls
				deliverAll(t, w, &flaky{st, f.step, f.after}, ch)
				left, all := unsent(t, st, urls)
				if len(left) > 0 || len(all) != 2 {
					t.Errorf("%+v: %d of %d deliveries left", f, len(left), len(all))
				}
				settledOnce(t, w, all)
				if t.Failed() {
					t.Logf("%+v", f)
				}
			})
		}
	}
}

// deliverAll delivers as the queue would: again after every error and wait.
func deliverAll(t *testing.T, w *world, box notify.Outbox, ch news.Channel) {
	t.Helper()
	reach, err := senders(w.slackURL, w.mailPort)
	check(t, err)
	d := notify.NewDeliverer(notify.DelivererOptions{Outbox: box, Backoff: time.Millisecond, Grace: time.Millisecond})
	d.Use(reach, time.UTC, nil)
	for range 30 {
		wait, err := d.Deliver(t.Context(), ch)
		if err != nil && !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		if err == nil && wait == 0 {
			return
		}
		time.Sleep(min(wait, time.Second))
	}
	t.Errorf("%s never comes to an end", ch)
}

// Slack takes one message a second for a channel, whoever sends it: each of
// these deliverers is a process of its own.
func TestOneMessageASecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "db"), store.Options{})
	check(t, err)
	defer func() { _ = st.Close() }()
	urls := seed(t, st, []news.Channel{"slack:#c1"}, 1)
	began := time.Now()
	deliverAll(t, w, st, "slack:#c1")
	_, err = st.AddDelivery(t.Context(), news.Delivery{Key: "n", Kind: news.NoticeDelivery, Channel: "slack:#c1", Payload: []byte(`{"title":"a notice"}`)})
	check(t, err)
	deliverAll(t, w, st, "slack:#c1")
	if took := time.Since(began); took < 2*time.Second || w.early > 0 || len(w.messages) != 3 {
		t.Errorf("%d messages in %s, %d early", len(w.messages), took, w.early)
	}
	if left, _ := unsent(t, st, urls); len(left) > 0 {
		t.Errorf("%d left", len(left))
	}
}

// A channel that refuses for good is named to the operators with the remedy,
// once a day, and keeps nobody waiting.
func TestARefusalIsDeadAtOnceAndReported(t *testing.T) {
	t.Parallel()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "db"), store.Options{})
	check(t, err)
	defer func() { _ = st.Close() }()
	gone := news.Channel("webhook:" + serve(t, notFound) + "/gone")
	urls := seed(t, st, []news.Channel{gone}, 3)
	var reports []news.Delivery
	d := notify.NewDeliverer(notify.DelivererOptions{Outbox: st, Report: func(_ context.Context, n news.Delivery) error {
		reports = append(reports, n)
		return nil
	}})
	reach, err := senders("http://127.0.0.1:1/", 1)
	check(t, err)
	d.Use(reach, time.UTC, nil)
	if wait, err := d.Deliver(t.Context(), gone); err != nil || wait > 0 {
		t.Errorf("wait %s, %v", wait, err)
	}
	left, all := unsent(t, st, urls)
	for _, d := range left {
		if d.State != news.Dead || d.Error == "" {
			t.Errorf("%s is %s: %s", d.Key, d.State, d.Error)
		}
	}
	if len(left) != len(all) || len(reports) != len(all) {
		t.Errorf("%d of %d dead, %d reports", len(left), len(all), len(reports))
	}
	for _, r := range reports {
		if r.Key != reports[0].Key {
			t.Errorf("reports %s and %s: they would be told apart", r.Key, reports[0].Key)
		}
	}
}
