package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
)

// place puts an article into a story with one alert on route desk.
func (b bench) place(a news.ArticleID, story news.StoryID, more ...func(*store.Placement)) int64 {
	b.t.Helper()
	p := store.Placement{
		Article: a, At: t0, Story: story, Role: news.Own, Reasons: []string{"same report"},
		New: []news.Novelty{{Kind: news.Quantity, Text: "says 681"}}, Signature: []byte{0, 1, 255},
		Deliveries: []news.Delivery{{
			Key: fmt.Sprintf("alert/desk/%d", story), Kind: news.AlertDelivery,
			Channel: "slack:#desk", Route: "desk", Story: story, DueAt: t0,
		}},
	}
	for _, f := range more {
		f(&p)
	}
	seq, err := b.Place(b.t.Context(), p)
	ok(b.t, err)
	return seq
}

func articlesAreGroupedInOrder(t *testing.T, b bench) {
	list := b.articles("A", "1", "2", "3")
	if !slices.IsSortedFunc(list, func(x, y store.Stored) int { return x.Article.When().Compare(y.Article.When()) }) {
		t.Error("articles do not wait in the order in which they were published")
	}
	for i, a := range list {
		if seq := b.place(a.Article.ID, 1); seq != int64(i+1) {
			t.Errorf("seq %d, want %d", seq, i+1)
		}
	}
	if n := len(must[[]store.Stored](t)(b.Ungrouped(t.Context(), 10))); n != 0 {
		t.Errorf("%d articles wait after placing", n)
	}
	g := must[[]store.Grouped](t)(b.GroupedAfter(t.Context(), 1, t0.Add(-time.Hour), 10))
	equal(t, g, []store.Grouped{
		{Seq: 2, Article: list[1].Article.ID, When: t0.Add(-time.Hour), Source: "A", Story: 1, Role: news.Own, Signature: []byte{0, 1, 255}},
		{Seq: 3, Article: list[2].Article.ID, When: t0.Add(-time.Hour), Source: "A", Story: 1, Role: news.Own, Signature: []byte{0, 1, 255}},
	})
	if g := must[[]store.Grouped](t)(b.GroupedAfter(t.Context(), 0, t0.Add(time.Hour), 10)); len(g) != 0 {
		t.Errorf("decisions from before since: %+v", g)
	}
	st := must[news.Story](t)(b.Story(t.Context(), 1))
	equal(t, st.Members[0], news.Member{
		Article: list[0].Article, Reading: list[0].Reading, Role: news.Own,
		Reasons: []string{"same report"}, New: []news.Novelty{{Kind: news.Quantity, Text: "says 681"}}, Seq: 1,
	})
	equal(t, must[news.StoryID](t)(b.LastStory(t.Context())), news.StoryID(1))
	if _, err := b.Story(t.Context(), 99); !errors.Is(err, store.ErrNoStory) {
		t.Errorf("an unknown story: %v", err)
	}
	ds := must[[]store.Trail](t)(b.Explain(t.Context(), list[0].Article.URL))[0].Deliveries
	if len(ds) != 1 || ds[0].Key != "alert/desk/1" {
		t.Errorf("deliveries = %+v, want one alert", ds)
	}
}

func aPlacedArticleStays(t *testing.T, b bench) {
	list := b.articles("A", "1", "2")
	one := b.place(list[0].Article.ID, 1)
	if again := b.place(list[0].Article.ID, 2); again != one {
		t.Errorf("placed again at seq %d, want %d", again, one)
	}
	if two := b.place(list[1].Article.ID, 1); two != one+1 {
		t.Errorf("next seq %d, want %d", two, one+1)
	}
	if s := must[[]news.Story](t)(b.Stories(t.Context(), 1, 2, 77)); len(s) != 1 || len(s[0].Members) != 2 {
		t.Errorf("stories = %+v", s)
	}
}

func aStaleDecisionIsRefused(t *testing.T, b bench) {
	list := b.articles("A", "1", "2", "3")
	seen := b.place(list[0].Article.ID, 1)
	b.place(list[1].Article.ID, 1, func(p *store.Placement) { p.Seen = seen })
	_, err := b.Place(t.Context(), store.Placement{Article: list[2].Article.ID, At: t0, Story: 1, Role: news.Own, Seen: seen})
	if !errors.Is(err, store.ErrStale) {
		t.Errorf("a decision that has not seen the last member: %v", err)
	}
	if seq := b.place(list[2].Article.ID, 1, func(p *store.Placement) { p.Seen = seen + 1 }); seq != 3 {
		t.Errorf("seq %d, want 3: a refused decision must not use one up", seq)
	}
}

func aMergeMovesMembers(t *testing.T, b bench) {
	list := b.articles("A", "1", "2", "3", "4")
	for i, a := range list[:3] {
		b.place(a.Article.ID, news.StoryID(i+1))
	}
	if told := must[bool](t)(b.Told(t.Context(), "desk", 4)); told {
		t.Error("a story nobody knows was told")
	}
	// The fourth shows that 3 is 2, and in the same breath that 2 is 1.
	b.place(list[3].Article.ID, 3, func(p *store.Placement) {
		p.Deliveries = nil
		p.Merged = []store.Merge{{From: 3, Into: 2, Reasons: []string{"same report"}}, {From: 2, Into: 1, Reasons: []string{"same numbers"}}}
	})
	for _, id := range []news.StoryID{1, 2, 3} {
		st := must[news.Story](t)(b.Story(t.Context(), id))
		if st.ID != 1 || len(st.Members) != 4 {
			t.Errorf("story %d is %d with %d members, want 1 with 4", id, st.ID, len(st.Members))
		}
		if !must[bool](t)(b.Told(t.Context(), "desk", id)) || must[bool](t)(b.Told(t.Context(), "night", id)) {
			t.Errorf("story %d: told on desk and not on night expected", id)
		}
	}
	if s := must[[]news.Story](t)(b.Stories(t.Context(), 3, 1, 2)); len(s) != 1 {
		t.Errorf("%d stories, want 1", len(s))
	}
	merges := must[[]store.Merge](t)(b.Merges(t.Context(), 3))
	equal(t, merges, []store.Merge{
		{From: 2, Into: 1, Reasons: []string{"same numbers"}, At: t0, Seq: 4},
		{From: 3, Into: 2, Reasons: []string{"same report"}, At: t0, Seq: 4},
	})
	for _, g := range must[[]store.Grouped](t)(b.GroupedAfter(t.Context(), 0, t0, 10)) {
		if g.Story != 1 {
			t.Errorf("seq %d is in story %d, want 1", g.Seq, g.Story)
		}
	}
	tr := must[[]store.Trail](t)(b.Explain(t.Context(), list[2].Article.URL))[0]
	if tr.Story != 1 || len(tr.Merged) != 2 || len(tr.Deliveries) != 3 {
		t.Errorf("trail: story %d, %d merges, %d deliveries", tr.Story, len(tr.Merged), len(tr.Deliveries))
	}
}

func aPlacementIsWholeOrNothing(t *testing.T, b bench) {
	list := b.articles("A", "1")
	before := must[store.Backlog](t)(b.Backlog(t.Context(), t0))
	_, err := b.Place(t.Context(), store.Placement{
		Article: list[0].Article.ID + 1, At: t0, Story: 1, Role: news.Own,
		Deliveries: []news.Delivery{{Key: "k", Channel: "slack:#desk", Route: "desk", Story: 1, DueAt: t0}},
	})
	if err == nil {
		t.Fatal("an article that is not there was placed")
	}
	equal(t, must[store.Backlog](t)(b.Backlog(t.Context(), t0)), before)
	equal(t, must[news.StoryID](t)(b.LastStory(t.Context())), news.StoryID(0))
	if seq := b.place(list[0].Article.ID, 1); seq != 1 {
		t.Errorf("seq %d, want 1", seq)
	}
}

// An edit of a placed article waits, as the article was when it was placed, until it
// was looked at; what it changed is part of the story.
func anEditOfAMemberWaits(t *testing.T, b bench) {
	a := b.articles("A", "1")[0]
	b.place(a.Article.ID, 1)
	for _, text := range []string{"It says 140.", "It says 150."} {
		a.Known, a.Article.Text = a.Article.ID, text
		ok(t, b.RecordPoll(t.Context(), store.Polled{Source: "A", At: t0, Next: t0.Add(time.Hour), Articles: []store.Stored{a}}))
	}
	if n := must[store.Backlog](t)(b.Backlog(t.Context(), t0)); n.Ungrouped != 1 {
		t.Errorf("%d wait to be grouped, want 1", n.Ungrouped)
	}
	if waits := must[[]store.Stored](t)(b.Ungrouped(t.Context(), 10)); len(waits) != 0 {
		t.Errorf("%d articles wait to be placed", len(waits))
	}
	list := must[[]store.Edited](t)(b.Edits(t.Context(), 10))
	if len(list) != 1 || list[0].Article.Text != "It says 150." || list[0].Before.Text == "It says 140." || list[0].Story != 1 {
		t.Fatalf("edits %+v", list)
	}
	e := store.Edit{
		Article: list[0].Article, Story: 1, At: t0, Seen: 1, Signature: []byte{9},
		New: []news.Novelty{{Kind: news.Quantity, Text: "now says 150, not 681", Clash: true}},
		Deliveries: []news.Delivery{{
			Key: "correction/desk/1/1/2", Kind: news.UpdateDelivery, Channel: "slack:#desk", Route: "desk", Story: 1, DueAt: t0,
		}},
	}
	old := e
	old.Article.Text = "It says 140."
	if _, err := b.RecordEdit(t.Context(), old); !errors.Is(err, store.ErrStale) {
		t.Errorf("an edit that was edited meanwhile: %v", err)
	}
	old = e
	old.Seen = 7
	if _, err := b.RecordEdit(t.Context(), old); !errors.Is(err, store.ErrStale) {
		t.Errorf("an edit beside another placement: %v", err)
	}
	if seq := must[int64](t)(b.RecordEdit(t.Context(), e)); seq != 2 {
		t.Errorf("recorded as %d, want 2", seq)
	}
	st := must[news.Story](t)(b.Story(t.Context(), 1))
	equal(t, st.Members[0].Corrections, []news.Correction{{Seq: 2, At: t0, New: e.New}})
	equal(t, st.Seq(), int64(2))
	if left := must[[]store.Edited](t)(b.Edits(t.Context(), 10)); len(left) != 0 {
		t.Errorf("%d edits wait after they were recorded", len(left))
	}
	if g := must[[]store.Grouped](t)(b.GroupedAfter(t.Context(), 0, t0.Add(-time.Hour), 10)); len(g) != 1 || string(g[0].Signature) != "\x09" {
		t.Errorf("restored as %+v", g)
	}
	if moved := must[bool](t)(b.Regrouped(t.Context(), 1)); !moved {
		t.Error("a window from before the edit is not made anew")
	}
	if moved := must[bool](t)(b.Regrouped(t.Context(), 2)); moved {
		t.Error("a window that has the edit is made anew")
	}
	ds := must[[]store.Trail](t)(b.Explain(t.Context(), a.Article.URL))[0].Deliveries
	if len(ds) != 2 {
		t.Errorf("deliveries %+v, want the alert and the correction", ds)
	}
}

// An article that is edited while it is being placed is decided again.
func anEditWhilePlacingIsSeen(t *testing.T, b bench) {
	b.articles("A", "1")
	a := must[[]store.Stored](t)(b.Ungrouped(t.Context(), 10))[0]
	edit := a
	edit.Known, edit.Article.Text = a.Article.ID, "It says 140."
	ok(t, b.RecordPoll(t.Context(), store.Polled{Source: "A", At: t0, Next: t0.Add(time.Hour), Articles: []store.Stored{edit}}))
	p := store.Placement{Article: a.Article.ID, At: t0, Story: 1, Role: news.Own, Saw: &a.Article}
	if _, err := b.Place(t.Context(), p); !errors.Is(err, store.ErrStale) {
		t.Fatalf("placed as it was: %v", err)
	}
	now := must[[]store.Stored](t)(b.Ungrouped(t.Context(), 10))
	if len(now) != 1 || now[0].Article.Text != "It says 140." {
		t.Fatalf("waiting: %+v", now)
	}
	p.Saw = &now[0].Article
	if _, err := b.Place(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if left := must[store.Backlog](t)(b.Backlog(t.Context(), t0)); left.Ungrouped != 0 {
		t.Errorf("%d wait", left.Ungrouped)
	}
}

// A digest that told a story lists what is corrected in it, once, also when the article
// meets none of the route's watchlists any more; one that did not, does not.
func aCorrectionIsInTheNextDigest(t *testing.T, b bench) {
	a := b.articles("A", "1")[0]
	b.place(a.Article.ID, 1)
	told, other := news.Route{Name: "told", Channel: "slack:#told", Schedule: "0 7 * * *"}, news.Route{Name: "other", Channel: "slack:#other", Schedule: "0 7 * * *"}
	seal := func(r news.Route, period string, stories ...news.StoryCard) {
		p := must[store.Pending](t)(b.PendingDigest(t.Context(), r))
		payload, err := json.Marshal(news.Digest{Stories: stories})
		ok(t, err)
		must[bool](t)(b.SealDigest(t.Context(), news.Delivery{Route: r.Name, Channel: r.Channel, Period: period, Payload: payload, DueAt: t0}, p.UpTo, t0))
	}
	seal(told, "2026-11-01T07:00", news.StoryCard{ID: 1})
	seal(other, "2026-11-01T07:00")
	a.Known, a.Article.Text, a.Reading = a.Article.ID, "It says nothing of the kind.", news.Reading{}
	ok(t, b.RecordPoll(t.Context(), store.Polled{Source: "A", At: t0, Next: t0.Add(time.Hour), Articles: []store.Stored{a}}))
	e := must[[]store.Edited](t)(b.Edits(t.Context(), 10))[0]
	must[int64](t)(b.RecordEdit(t.Context(), store.Edit{
		Article: e.Article, Story: 1, At: t0, Seen: 1, New: []news.Novelty{{Kind: "system", Text: "no longer names it", Clash: true}},
	}))
	if p := must[store.Pending](t)(b.PendingDigest(t.Context(), told)); len(p.Stories) != 1 || !p.Told[1] {
		t.Errorf("the digest that told the story holds %+v", p)
	}
	if p := must[store.Pending](t)(b.PendingDigest(t.Context(), other)); len(p.Stories)+len(p.Held) != 0 {
		t.Errorf("the digest that did not holds %+v", p)
	}
	seal(told, "2026-11-02T07:00", news.StoryCard{ID: 1})
	if p := must[store.Pending](t)(b.PendingDigest(t.Context(), told)); len(p.Stories) != 0 {
		t.Errorf("the one after holds %+v", p)
	}
}

// A report leads to the story that was the first to name it, as it is after merges.
func aReportKeepsItsStory(t *testing.T, b bench) {
	list := b.articles("A", "1", "2", "3")
	for i, id := range []news.StoryID{1, 2, 3} {
		b.place(list[i].Article.ID, id, func(p *store.Placement) { p.Reports = []uint32{7, math.MaxUint32 - uint32(id)} })
	}
	equal(t, must[map[uint32]news.StoryID](t)(b.Reports(t.Context(), 10)), map[uint32]news.StoryID{7: 1, math.MaxUint32 - 1: 1, math.MaxUint32 - 2: 2, math.MaxUint32 - 3: 3})
	into := must[news.StoryID](t)(b.MergeStories(t.Context(), 1, 3, "merged by hand", t0))
	got := must[map[uint32]news.StoryID](t)(b.Reports(t.Context(), 10))
	if got[7] != into || got[math.MaxUint32-3] != into {
		t.Errorf("after the merge %v, want story %s", got, into)
	}
}

// Articles that turned out to be another story are moved with the placement that showed
// it; every window, digest and explanation knows of it.
func aSplitMovesMembers(t *testing.T, b bench) {
	update := func(a news.ArticleID) news.Delivery {
		return news.Delivery{Key: fmt.Sprintf("update/desk/1/%d", a), Kind: news.UpdateDelivery, Channel: "slack:#desk", Route: "desk", Story: 1, DueAt: t0.Add(time.Hour)}
	}
	list := b.articles("A", "1", "2", "3", "4")
	correction := func(a news.ArticleID) news.Delivery {
		d := update(a)
		d.Key = fmt.Sprintf("correction/desk/1/%d/9", a)
		return d
	}
	for _, a := range list[:3] {
		b.place(a.Article.ID, 1, func(p *store.Placement) {
			p.Deliveries = append(p.Deliveries, update(a.Article.ID), correction(a.Article.ID))
		})
	}
	digest := news.Route{Name: "digest", Channel: "slack:#digest", Schedule: "0 7 * * *"}
	p := must[store.Pending](t)(b.PendingDigest(t.Context(), digest))
	must[bool](t)(b.SealDigest(t.Context(), news.Delivery{Route: "digest", Channel: digest.Channel, Period: "2026-11-01T07:00", Payload: []byte("{}"), DueAt: t0}, p.UpTo, t0))
	moved := []news.ArticleID{list[1].Article.ID, list[2].Article.ID}
	seq := b.place(list[3].Article.ID, 1, func(p *store.Placement) {
		p.Split = []store.Split{{From: 1, Into: 2, Articles: moved, Reasons: []string{"unlike the first"}}}
		p.Deliveries = []news.Delivery{update(list[0].Article.ID)}
	})
	want := []store.Split{{From: 1, Into: 2, Articles: moved, Reasons: []string{"unlike the first"}, At: t0, Seq: seq}}
	for id, n := range map[news.StoryID]int{1: 2, 2: 2} {
		if st := must[news.Story](t)(b.Story(t.Context(), id)); len(st.Members) != n {
			t.Errorf("story %s has %d articles, want %d", id, len(st.Members), n)
		}
		equal(t, must[[]store.Split](t)(b.SplitsOf(t.Context(), id)), want)
	}
	if now := must[bool](t)(b.Regrouped(t.Context(), seq-1)); !now {
		t.Error("a window from before the split is not made anew")
	}
	if now := must[bool](t)(b.Regrouped(t.Context(), seq)); now {
		t.Error("a window that has the split is made anew")
	}
	equal(t, must[news.StoryID](t)(b.LastStory(t.Context())), news.StoryID(2))
	var keys []string
	for _, d := range must[[]store.Trail](t)(b.Explain(t.Context(), list[0].Article.URL))[0].Deliveries {
		keys = append(keys, d.Key)
	}
	if want := []string{"alert/desk/1", update(list[0].Article.ID).Key, correction(list[0].Article.ID).Key}; !slices.Equal(keys, want) {
		t.Errorf("due in the story are %v, want %v: what left it is not told in it", keys, want)
	}
	tr := must[[]store.Trail](t)(b.Explain(t.Context(), list[1].Article.URL))[0]
	if tr.Story != 2 || len(tr.Split) != 1 || tr.Split[0].Reasons[0] != "unlike the first" {
		t.Errorf("explained as of story %s by %+v", tr.Story, tr.Split)
	}
	if p := must[store.Pending](t)(b.PendingDigest(t.Context(), digest)); len(p.Stories) != 2 {
		t.Errorf("the next digest holds %d stories, want both", len(p.Stories))
	}
	// A person's word counts more: what they made one is never split.
	if joined := must[[]news.StoryID](t)(b.Joined(t.Context())); len(joined) != 0 {
		t.Errorf("joined by people: %v", joined)
	}
	into := must[news.StoryID](t)(b.MergeStories(t.Context(), 1, 2, "merged by hand", t0))
	equal(t, must[[]news.StoryID](t)(b.Joined(t.Context())), []news.StoryID{into})
	// Nor is what they made two ever merged.
	if parted := must[[][2]news.StoryID](t)(b.Parted(t.Context())); len(parted) != 0 {
		t.Errorf("parted by people: %v", parted)
	}
	own := must[news.StoryID](t)(b.SplitStory(t.Context(), into, moved, t0))
	equal(t, must[[][2]news.StoryID](t)(b.Parted(t.Context())), [][2]news.StoryID{{into, own}})
}
