package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
)

const desk = news.Channel("slack:#desk")

func (b bench) add(key string, due time.Time) {
	b.t.Helper()
	added, err := b.AddDelivery(b.t.Context(), news.Delivery{Key: key, Kind: news.NoticeDelivery, Channel: desk, DueAt: due})
	ok(b.t, err)
	if !added {
		b.t.Errorf("%s is not new", key)
	}
}

func (b bench) next(now time.Time) (news.Delivery, bool) {
	b.t.Helper()
	d, due, err := b.Next(b.t.Context(), desk, now)
	ok(b.t, err)
	return d, due
}

func (b bench) claim(id int64, payload string) (news.Delivery, bool) {
	b.t.Helper()
	d, claimed, err := b.Claim(b.t.Context(), id, []byte(payload), t0)
	ok(b.t, err)
	return d, claimed
}

func aDeliveryIsClaimedOnce(t *testing.T, b bench) {
	b.add("n/1", t0)
	d, due := b.next(t0)
	if !due {
		t.Fatal("nothing is due")
	}
	c, claimed := b.claim(d.ID, `{"title":"one"}`)
	if !claimed || c.State != news.Sending || c.Attempt != 1 || string(c.Payload) != `{"title":"one"}` {
		t.Errorf("claimed %v: %+v", claimed, c)
	}
	if _, again := b.claim(d.ID, `{}`); again {
		t.Error("claimed twice")
	}
	sending := must[[]news.Delivery](t)(b.Sending(t.Context(), desk))
	if len(sending) != 1 || sending[0].ID != d.ID || string(sending[0].Payload) != `{"title":"one"}` {
		t.Errorf("sending = %+v", sending)
	}
	retry := t0.Add(time.Minute)
	ok(t, b.Settle(t.Context(), d.ID, news.Outcome{State: news.Due, RetryAt: retry, Error: "503"}, t0))
	if d, due := b.next(t0); due || !d.DueAt.Equal(retry) {
		t.Errorf("next = %+v, %v, want the time of the retry", d, due)
	}
	if _, due := b.next(retry); !due {
		t.Error("not due at the retry")
	}
	c, _ = b.claim(d.ID, `{"title":"two"}`)
	if c.Attempt != 2 || string(c.Payload) != `{"title":"one"}` || c.Error != "503" {
		t.Errorf("second try: %+v, want the frozen payload", c)
	}
	ok(t, b.Settle(t.Context(), d.ID, news.Outcome{State: news.Sent, Receipt: "ts1"}, t0))
	ok(t, b.Settle(t.Context(), d.ID, news.Outcome{State: news.Due, RetryAt: t0}, t0)) // not in sending: nothing
	if d, due := b.next(t0.AddDate(1, 0, 0)); due || !d.DueAt.IsZero() {
		t.Errorf("a sent delivery is due again: %+v", d)
	}
}

func aFreeTryDoesNotCount(t *testing.T, b bench) {
	b.add("n/1", t0)
	d, _ := b.next(t0)
	for range 3 {
		if c, _ := b.claim(d.ID, `{}`); c.Attempt != 1 {
			t.Errorf("attempt %d, want 1", c.Attempt)
		}
		ok(t, b.Settle(t.Context(), d.ID, news.Outcome{State: news.Due, RetryAt: t0, Free: true}, t0))
	}
}

func aThreadIsKeptForTheStory(t *testing.T, b bench) {
	list := b.articles("A", "1", "2", "3")
	b.place(list[0].Article.ID, 1)
	d, _ := b.next(t0)
	b.claim(d.ID, `{}`)
	ok(t, b.Settle(t.Context(), d.ID, news.Outcome{State: news.Sent, Thread: "C1/11.5"}, t0))
	update := func(key string, story news.StoryID) func(*store.Placement) {
		return func(p *store.Placement) {
			p.Deliveries = []news.Delivery{{Key: key, Kind: news.UpdateDelivery, Channel: desk, Route: "desk", Story: story, DueAt: t0}}
		}
	}
	b.place(list[1].Article.ID, 2, update("update/desk/2/1", 2))
	if d, _ := b.next(t0); d.Thread != "" {
		t.Errorf("another story has thread %q", d.Thread)
	}
	// Then it turns out that 2 is 1: the update belongs into 1's thread.
	b.place(list[2].Article.ID, 1, update("x", 1), func(p *store.Placement) { p.Merged = []store.Merge{{From: 2, Into: 1}} })
	d, _ = b.next(t0)
	if d.Key != "update/desk/2/1" || d.Thread != "C1/11.5" {
		t.Errorf("%s has thread %q", d.Key, d.Thread)
	}
	if c, _ := b.claim(d.ID, `{}`); c.Thread != "C1/11.5" {
		t.Errorf("claimed with thread %q", c.Thread)
	}
}

func theOutboxIsInOrder(t *testing.T, b bench) {
	b.add("third", t0.Add(2*time.Second))
	b.add("first", t0)
	b.add("second", t0)
	for _, want := range []string{"first", "second", "third"} {
		d, _ := b.next(t0.Add(time.Minute))
		if d.Key != want {
			t.Errorf("next is %s, want %s", d.Key, want)
		}
		b.claim(d.ID, `{}`)
		ok(t, b.Settle(t.Context(), d.ID, news.Outcome{State: news.Dead, Error: "no such channel"}, t0))
	}
}

func keysAreUnique(t *testing.T, b bench) {
	b.add("n/1", t0)
	if must[bool](t)(b.AddDelivery(t.Context(), news.Delivery{Key: "n/1", Channel: "email:x"})) {
		t.Error("a known key was added again")
	}
	if _, due, _ := b.Next(t.Context(), "email:x", time.Now()); due {
		t.Error("a known key made something due")
	}
}

func route(name string, lists ...string) news.Route {
	return news.Route{Name: name, Channel: "email:desk@example.org", Watchlists: lists, Schedule: "0 7 * * *"}
}

func payload(ids ...news.StoryID) []byte {
	var d news.Digest
	for _, id := range ids {
		d.Stories = append(d.Stories, news.StoryCard{ID: id})
	}
	b, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return b
}

func digestDelivery(period string, payload []byte) news.Delivery {
	return news.Delivery{Kind: news.DigestDelivery, Channel: "email:desk@example.org", Route: "morning", Period: period, DueAt: t0, Payload: payload}
}

func aDigestIsSealedOnce(t *testing.T, b bench) {
	list := b.articles("A", "1")
	b.place(list[0].Article.ID, 1)
	d := digestDelivery("2026-11-01T07:00", payload(1))
	if !must[bool](t)(b.SealDigest(t.Context(), d, 1, t0)) {
		t.Error("not sealed")
	}
	if must[bool](t)(b.SealDigest(t.Context(), d, 1, t0)) {
		t.Error("sealed twice")
	}
	got, due, err := b.Next(t.Context(), d.Channel, t0)
	ok(t, err)
	if !due || got.Key != "digest/morning/2026-11-01T07:00" || string(got.Payload) != string(d.Payload) {
		t.Errorf("delivery %+v", got)
	}
	if tr := must[[]store.Trail](t)(b.Explain(t.Context(), list[0].Article.URL))[0]; len(tr.Deliveries) != 2 {
		t.Errorf("%d deliveries in the trail, want the alert and the digest", len(tr.Deliveries))
	}
}

func aDigestTellsWhatIsNew(t *testing.T, b bench) {
	b.sync(feed("A"))
	b.poll("A", matched("anti-tank"), entry("1"), entry("2"))
	b.poll("A", matched("us-made"), entry("3"))
	quiet := b.polled("A", matched("anti-tank"), entry("4"))
	quiet.Articles[0].Article.Quiet = true
	ok(t, b.RecordPoll(t.Context(), quiet))
	list := must[[]store.Stored](t)(b.Ungrouped(t.Context(), 10))
	for i, a := range list {
		b.place(a.Article.ID, news.StoryID(i+1))
	}
	ids := func(p store.Pending) (out []news.StoryID) {
		for _, s := range p.Stories {
			out = append(out, s.ID)
		}
		return out
	}
	p := must[store.Pending](t)(b.PendingDigest(t.Context(), route("morning", "anti-tank")))
	equal(t, ids(p), []news.StoryID{1, 2})
	if p.After != 0 || p.UpTo != 4 || len(p.Told) != 0 || !p.From.IsZero() {
		t.Errorf("pending %+v", p)
	}
	equal(t, ids(must[store.Pending](t)(b.PendingDigest(t.Context(), route("all")))), []news.StoryID{1, 2, 3})
	must[bool](t)(b.SealDigest(t.Context(), digestDelivery("1", payload(1, 2)), p.UpTo, t0))
	if p := must[store.Pending](t)(b.PendingDigest(t.Context(), route("morning", "anti-tank"))); len(p.Stories) != 0 || !p.From.Equal(t0) {
		t.Errorf("after the seal: %+v", p)
	}
	b.poll("A", matched("anti-tank"), entry("5"), entry("6"))
	list = must[[]store.Stored](t)(b.Ungrouped(t.Context(), 10))
	b.place(list[0].Article.ID, 9)
	b.place(list[1].Article.ID, 1)
	p = must[store.Pending](t)(b.PendingDigest(t.Context(), route("morning", "anti-tank")))
	equal(t, ids(p), []news.StoryID{9, 1})
	equal(t, p.Told, map[news.StoryID]bool{1: true})
	if len(p.Stories[1].Members) != 2 {
		t.Error("a known story comes without its earlier members")
	}
	picky := route("morning", "anti-tank")
	picky.MinOutlets = 2
	p = must[store.Pending](t)(b.PendingDigest(t.Context(), picky))
	equal(t, ids(p), []news.StoryID{1}) // told before: its updates are
	if len(p.Held) != 1 || p.Held[0].ID != 9 {
		t.Errorf("held back: %+v", p.Held)
	}
}

func anEmptyDigestIsSealedToo(t *testing.T, b bench) {
	if !must[bool](t)(b.SealDigest(t.Context(), digestDelivery("1", nil), 0, t0)) {
		t.Error("not sealed")
	}
	if must[bool](t)(b.SealDigest(t.Context(), digestDelivery("1", payload()), 0, t0)) {
		t.Error("sealed again")
	}
	if _, due, _ := b.Next(t.Context(), "email:desk@example.org", t0); due {
		t.Error("an empty digest is to be sent")
	}
}

func aNewDigestRouteBeginsNow(t *testing.T, b bench) {
	list := b.articles("A", "1", "2")
	b.place(list[0].Article.ID, 1)
	ticks := []store.Tick{{Name: "digest/morning", Spec: "0 7 * * *", NextAt: t0}}
	ok(t, b.SyncSchedule(t.Context(), ticks))
	if p := must[store.Pending](t)(b.PendingDigest(t.Context(), route("morning"))); len(p.Stories) != 0 {
		t.Errorf("a new route tells %d old stories", len(p.Stories))
	}
	b.place(list[1].Article.ID, 2)
	if p := must[store.Pending](t)(b.PendingDigest(t.Context(), route("morning"))); len(p.Stories) != 1 {
		t.Errorf("%d stories, want 1", len(p.Stories))
	}
}
