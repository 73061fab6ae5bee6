package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
)

func daily(t store.Tick) time.Time { return t.NextAt.AddDate(0, 0, 1) }
func period(t store.Tick) string   { return t.NextAt.Format("2006-01-02T15:04") }

func aTickFiresOnce(t *testing.T, b bench) {
	ok(t, b.SyncSchedule(t.Context(), []store.Tick{
		{Name: "digest/morning", Spec: "daily", NextAt: t0},
		{Name: "prune", Spec: "daily", NextAt: t0.Add(time.Hour)},
	}))
	ok(t, b.Fire(t.Context(), t0.Add(-time.Second), daily, period))
	equal(t, must[store.Backlog](t)(b.Backlog(t.Context(), t0)), store.Backlog{})
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs { // each sees the tick due; one wins
		wg.Go(func() {
			errs[i] = b.Fire(t.Context(), t0, daily, func(k store.Tick) string { return fmt.Sprint(period(k), i) })
		})
	}
	wg.Wait()
	for _, err := range errs {
		ok(t, err)
	}
	equal(t, must[store.Backlog](t)(b.Backlog(t.Context(), t0)), store.Backlog{Jobs: 1})
	equal(t, must[time.Time](t)(b.NextDue(t.Context())), t0.Add(time.Hour))
}

func aMissedTickFiresLate(t *testing.T, b bench) {
	ok(t, b.SyncSchedule(t.Context(), []store.Tick{{Name: "digest/morning", Spec: "daily", NextAt: t0}}))
	late := t0.AddDate(0, 0, 5)
	next := func(store.Tick) time.Time { return late.Add(time.Hour) }
	for range 3 {
		ok(t, b.Fire(t.Context(), late, next, period))
	}
	equal(t, must[store.Backlog](t)(b.Backlog(t.Context(), t0)), store.Backlog{Jobs: 1})
}

// For a while the clock said 2038.
func whatAWrongClockPutOffIsDue(t *testing.T, b bench) {
	wrong := time.Date(2038, 1, 19, 3, 14, 7, 0, time.UTC)
	b.sync(feed("A"))
	ok(t, b.SyncSchedule(t.Context(), []store.Tick{{Name: "digest/morning", Spec: "daily", NextAt: t0}}))
	ok(t, b.Fire(t.Context(), wrong, func(store.Tick) time.Time { return wrong.Add(time.Hour) }, period))
	p := b.polled("A", news.Reading{})
	p.At, p.Next = wrong, wrong.Add(time.Hour)
	ok(t, b.RecordPoll(t.Context(), p))
	b.add("tried", t0)
	_, err := b.AddDelivery(t.Context(), news.Delivery{Key: "held", Kind: news.AlertDelivery, Channel: desk, DueAt: t0.AddDate(0, 0, 3), Period: "held until 2026"})
	ok(t, err)
	b.add("left", t0)
	tried, _ := b.next(t0)
	b.claim(tried.ID, `{}`)
	ok(t, b.Settle(t.Context(), tried.ID, news.Outcome{State: news.Due, RetryAt: wrong.Add(time.Hour)}, wrong))
	left, _ := b.next(t0)
	_, _, err = b.Claim(t.Context(), left.ID, []byte(`{}`), wrong)
	ok(t, err)

	equal(t, must[store.Backlog](t)(b.Backlog(t.Context(), t0)).Polls, 0)
	ok(t, b.Rewind(t.Context(), t0, func(store.Tick) time.Time { return t0.Add(time.Hour) }))
	got := must[store.Backlog](t)(b.Backlog(t.Context(), t0))
	if got.Polls != 1 || got.Deliveries != 2 {
		t.Errorf("due after the clock went back: %+v, want the poll, what was tried and what was left in sending", got)
	}
	equal(t, must[time.Time](t)(b.LastTick(t.Context(), "digest/morning")), t0)
	equal(t, must[time.Time](t)(b.LastTick(t.Context(), "none")), time.Time{})
	fired := 0
	ok(t, b.Fire(t.Context(), t0.Add(time.Hour), daily, func(k store.Tick) string { fired++; return period(k) }))
	equal(t, fired, 1)
	if n := must[int](t)(b.EnqueueDue(t.Context(), time.Now().Add(time.Hour))); n != 2 {
		t.Errorf("%d jobs, want a visit and a delivery", n)
	}
}

func anUnchangedTickKeepsItsTime(t *testing.T, b bench) {
	tick := store.Tick{Name: "digest/morning", Spec: "daily", NextAt: t0}
	ok(t, b.SyncSchedule(t.Context(), []store.Tick{tick}))
	tick.NextAt = t0.AddDate(0, 0, 1)
	ok(t, b.SyncSchedule(t.Context(), []store.Tick{tick})) // restarted a minute after the tick was missed
	equal(t, must[time.Time](t)(b.NextDue(t.Context())), t0)
	tick.Spec = "other"
	ok(t, b.SyncSchedule(t.Context(), []store.Tick{tick}))
	equal(t, must[time.Time](t)(b.NextDue(t.Context())), t0.AddDate(0, 0, 1))
	ok(t, b.SyncSchedule(t.Context(), nil))
	equal(t, must[time.Time](t)(b.NextDue(t.Context())), time.Time{})
}

func dueWorkIsEnqueuedOnce(t *testing.T, b bench) {
	other := feed("A2")
	other.URL = "https://a.example/second"
	b.sync(feed("A"), other, feed("B"))
	enqueue := func(now time.Time) int { return must[int](t)(b.EnqueueDue(t.Context(), now)) }
	if n := enqueue(t0); n != 2 {
		t.Errorf("%d jobs, want one for each of two hosts", n)
	}
	equal(t, must[store.Backlog](t)(b.Backlog(t.Context(), t0)), store.Backlog{Polls: 3, Jobs: 2})
	if n := enqueue(t0.Add(time.Second)); n != 2 {
		t.Errorf("%d jobs a second later, want the same two", n)
	}
	equal(t, must[store.Backlog](t)(b.Backlog(t.Context(), t0)), store.Backlog{Polls: 3, Jobs: 2})
	b.add("n/1", t0)
	b.articles("C", "1")
	// AddDelivery leased the channel by the clock on the wall.
	if n := enqueue(time.Now().Add(time.Hour)); n != 4 {
		t.Errorf("%d jobs, want two visits, group, deliver", n)
	}
}

func stuckDeliveriesAreTakenUp(t *testing.T, b bench) {
	b.add("n/1", t0)
	d, _ := b.next(t0)
	b.claim(d.ID, `{}`)
	// AddDelivery leased the channel by the clock on the wall.
	now := time.Now()
	if n := must[int](t)(b.EnqueueDue(t.Context(), t0.Add(time.Minute))); n != 0 {
		t.Errorf("%d jobs while a delivery is being sent", n)
	}
	if n := must[int](t)(b.EnqueueDue(t.Context(), now.Add(time.Hour))); n != 1 {
		t.Errorf("%d jobs for a delivery stuck in sending, want 1", n)
	}
}

func theBacklogCounts(t *testing.T, b bench) {
	equal(t, must[store.Backlog](t)(b.Backlog(t.Context(), t0)), store.Backlog{})
	b.sync(feed("A"))
	b.add("later", t0.Add(time.Hour))
	got := must[store.Backlog](t)(b.Backlog(t.Context(), t0))
	if got.Polls != 1 || got.Deliveries != 0 || !got.Any() {
		t.Errorf("backlog %+v", got)
	}
	if got := must[store.Backlog](t)(b.Backlog(t.Context(), t0.Add(time.Hour))); got.Deliveries != 1 {
		t.Errorf("backlog in an hour %+v", got)
	}
}

func explainFindsByAnyName(t *testing.T, b bench) {
	b.sync(feed("A"))
	e := entry("1")
	e.GUID = "https://a.example/?p=17"
	e.Title = "50% of Kornet_missiles"
	b.poll("A", news.Reading{}, e)
	for _, q := range []string{
		"https://a.example/news/1", "http://www.a.example/news/1/?utm_source=x#y", "https://a.example/?p=17",
		"kornet_missiles", "50% OF",
	} {
		if tr := must[[]store.Trail](t)(b.Explain(t.Context(), q)); len(tr) != 1 || tr[0].Article.Title != e.Title {
			t.Errorf("explain %q: %d trails", q, len(tr))
		}
	}
	for _, q := range []string{"https://a.example/news/2", "kornetXmissiles", "", "   "} {
		if tr := must[[]store.Trail](t)(b.Explain(t.Context(), q)); len(tr) != 0 {
			t.Errorf("explain %q: %d trails, want none", q, len(tr))
		}
	}
}

func pruneKeepsWhatIsNeeded(t *testing.T, b bench) {
	b.sync(feed("A"))
	b.poll("A", news.Reading{}, entry("1"))
	list := b.articles("A", "2")
	b.place(list[0].Article.ID, 1)
	d, _ := b.next(t0)
	b.claim(d.ID, `{}`)
	ok(t, b.Settle(t.Context(), d.ID, news.Outcome{State: news.Sent}, t0))
	prune := func(now time.Time) int { return must[int](t)(b.Prune(t.Context(), now, 30*24*time.Hour)) }
	text := func(n string) string {
		tr := must[[]store.Trail](t)(b.Explain(t.Context(), entry(n).URL))
		if len(tr) == 0 {
			return "gone"
		}
		return tr[0].Article.Text
	}
	now := time.Now() // names are listed by the clock on the wall
	prune(now)
	if text("1") != "Text of 1" {
		t.Error("pruned while the source lists it")
	}
	prune(now.AddDate(0, 2, 0))
	if text("1") != "" || text("2") != "Text of 2" {
		t.Errorf("texts after two months: %q, %q", text("1"), text("2"))
	}
	if tr := must[[]store.Trail](t)(b.Explain(t.Context(), entry("2").URL))[0]; len(tr.Deliveries) != 0 {
		t.Error("a settled delivery is kept")
	}
	if !must[bool](t)(b.Told(t.Context(), "desk", 1)) {
		t.Error("pruning forgot that the story was told")
	}
	prune(now.AddDate(1, 0, 0))
	if text("1") != "gone" || text("2") != "Text of 2" {
		t.Errorf("texts after a year: %q, %q", text("1"), text("2"))
	}
	if n := prune(now.AddDate(1, 0, 0)); n != 0 {
		t.Errorf("pruning again changed %d rows", n)
	}
}
