package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
)

func aMuteEndsWithWhatIsMaterial(t *testing.T, b bench) {
	list := b.articles("A", "1", "2", "3")
	b.place(list[0].Article.ID, 1)
	m := news.Mute{Story: 1, Channel: "slack:#desk", Who: "@ann", At: t0}
	ok(t, b.Mute(t.Context(), m))
	for ch, want := range map[news.Channel]bool{"slack:#desk": true, "email:a@b.example": false} {
		got, muted, err := b.MutedOn(t.Context(), ch, 1)
		ok(t, err)
		if muted != want || want && got != m {
			t.Errorf("on %s: %+v, %v", ch, got, muted)
		}
	}
	equal(t, must[news.Story](t)(b.Story(t.Context(), 1)).Mutes, []news.Mute{m})
	update := func(material bool) func(*store.Placement) {
		return func(p *store.Placement) {
			d := &p.Deliveries[0]
			p.Material, d.Kind, d.Key = material, news.UpdateDelivery, "update/"+time.Now().String()
		}
	}
	b.place(list[1].Article.ID, 1, update(false))
	equal(t, len(must[[]news.Mute](t)(b.Mutes(t.Context()))), 1)
	b.place(list[2].Article.ID, 1, update(true))
	equal(t, len(must[[]news.Mute](t)(b.Mutes(t.Context()))), 0)
	if err := b.Mute(t.Context(), news.Mute{Story: 99, Who: "@ann", At: t0}); !errors.Is(err, store.ErrNoStory) {
		t.Errorf("an unknown story: %v", err)
	}
}

func irrelevantIsForGood(t *testing.T, b bench) {
	list := b.articles("A", "1", "2")
	b.place(list[0].Article.ID, 1)
	ok(t, b.Mute(t.Context(), news.Mute{Story: 1, Irrelevant: true, Who: "@ann", At: t0}))
	b.place(list[1].Article.ID, 1, func(p *store.Placement) { p.Material = true; p.Deliveries[0].Key = "update/x" })
	got, muted, err := b.MutedOn(t.Context(), "slack:#any", 1)
	if err != nil || !muted || got.Ends() {
		t.Errorf("%+v, %v, %v", got, muted, err)
	}
	in := must[map[news.ArticleID]store.Membership](t)(b.Memberships(t.Context(), t0.Add(-48*time.Hour), t0.Add(48*time.Hour)))
	equal(t, in[list[0].Article.ID], store.Membership{Story: 1, Irrelevant: true})
	if ended := must[bool](t)(b.Unmute(t.Context(), 1, "slack:#any")); ended {
		t.Error("one channel has ended the mute of all")
	}
	if ended := must[bool](t)(b.Unmute(t.Context(), 1, "")); !ended {
		t.Error("nothing was unmuted")
	}
	if ended := must[bool](t)(b.Unmute(t.Context(), 1, "")); ended {
		t.Error("it was unmuted twice")
	}
}

func aMergeOfMutesIsTheirCommonPart(t *testing.T, b bench) {
	for i, a := range b.articles("A", "1", "2") {
		b.place(a.Article.ID, news.StoryID(i+1))
	}
	ok(t, b.Mute(t.Context(), news.Mute{Story: 1, Irrelevant: true, Who: "@ann", At: t0}))
	ok(t, b.Mute(t.Context(), news.Mute{Story: 2, Channel: "slack:#desk", Who: "@bob", At: t0}))
	must[news.StoryID](t)(b.MergeStories(t.Context(), 1, 2, "same", t0))
	equal(t, must[[]news.Mute](t)(b.Mutes(t.Context())), []news.Mute{{Story: 1, Channel: "slack:#desk", Who: "@ann", At: t0}})
	must[int](t)(b.Unmerge(t.Context(), 2, t0))
	if m, muted, err := b.MutedOn(t.Context(), "slack:#desk", 2); err != nil || !muted || m.Who != "@bob" {
		t.Errorf("the story that came back: %+v, %v, %v", m, muted, err)
	}
	if _, muted, err := b.MutedOn(t.Context(), "slack:#other", 1); err != nil || muted {
		t.Errorf("the other one is muted elsewhere, %v", err)
	}
}

func aMergeKeepsWhatSomebodyWants(t *testing.T, b bench) {
	list := b.articles("A", "1", "2", "3", "4")
	for i, a := range list {
		b.place(a.Article.ID, news.StoryID(i+1))
	}
	mute := func(id news.StoryID, ch news.Channel) {
		ok(t, b.Mute(t.Context(), news.Mute{Story: id, Channel: ch, Irrelevant: true, Who: "@ann", At: t0}))
	}
	mute(1, "slack:#desk")
	mute(3, "slack:#desk")
	mute(4, "")
	if _, muted, err := b.MutedOn(t.Context(), "slack:#desk", 1, 2); err != nil || muted {
		t.Errorf("1 and 2 are muted, %v", err)
	}
	if _, muted, err := b.MutedOn(t.Context(), "slack:#desk", 3, 4); err != nil || !muted {
		t.Errorf("3 and 4 are not muted, %v", err)
	}
	must[news.StoryID](t)(b.MergeStories(t.Context(), 1, 2, "same", t0))
	must[news.StoryID](t)(b.MergeStories(t.Context(), 3, 4, "same", t0))
	got := must[[]news.Mute](t)(b.Mutes(t.Context()))
	if len(got) != 1 || got[0].Story != 3 {
		t.Errorf("mutes after the merges: %+v", got)
	}
}

func aDigestLeavesOutWhatIsMuted(t *testing.T, b bench) {
	r := news.Route{Name: "daily", Channel: "email:a@b.example"}
	list := b.articles("A", "1", "2", "3", "4")
	for i, a := range list[:3] {
		b.place(a.Article.ID, news.StoryID(i+1))
		ok(t, b.Mute(t.Context(), news.Mute{Story: news.StoryID(i + 1), Who: "@ann", At: t0, Irrelevant: i == 1}))
	}
	// What came before the mute does not end it; what comes after it does, also
	// when no route tells it yet.
	b.place(list[3].Article.ID, 1, func(p *store.Placement) { p.Material, p.Deliveries = true, nil })
	p := must[store.Pending](t)(b.PendingDigest(t.Context(), r))
	if len(p.Stories) != 1 || p.Stories[0].ID != 1 || len(p.Held) != 1 || p.Held[0].ID != 3 {
		t.Errorf("%d stories, %d held: %+v", len(p.Stories), len(p.Held), p)
	}
}
