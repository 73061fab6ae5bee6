package monitor

import (
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

func member(source string, role news.Role) news.Member {
	return news.Member{Article: news.Article{Source: source, Lang: "en"}, Role: role}
}

func TestDecide(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", s, london)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	day, night, early := at("2026-11-26 14:20"), at("2026-10-24 23:50"), at("2026-10-25 05:10")
	quiet := news.Quiet{From: 22 * 60, To: 6*60 + 30}
	met := news.Reading{Matches: []news.Match{{Watchlist: "ours"}}}
	first := []news.Member{member("A", news.Rewrite)}
	two := append(first, member("B", news.Original))
	tests := []struct {
		name  string
		route news.Route
		c     Case
		now   time.Time
		want  Verdict
	}{
		{"a new story is told", news.Route{}, Case{}, day, Verdict{Told: true, Kind: news.AlertDelivery, DueAt: day}},
		{"what is added is told", news.Route{}, Case{Told: true, Material: true}, day, Verdict{Told: true, Kind: news.UpdateDelivery, DueAt: day}},
		{"a reprint is not", news.Route{Channel: "email:a@b.example"}, Case{Told: true}, day, Verdict{}},
		{"but moves Slack's numbers", news.Route{Channel: "slack:#a"}, Case{Told: true}, day, Verdict{Told: true, Count: true, Kind: news.UpdateDelivery, DueAt: at("2026-11-26 14:22")}},
		{"one outlet is too few", news.Route{MinOutlets: 2}, Case{Members: first}, day, Verdict{}},
		{"two are enough", news.Route{MinOutlets: 2}, Case{Members: two}, day, Verdict{Told: true, Kind: news.AlertDelivery, DueAt: day}},
		{"not without the original", news.Route{Only: []news.Telling{news.TellOriginal}}, Case{Members: first, Material: true}, day, Verdict{}},
		{"with the original", news.Route{Only: []news.Telling{news.TellOriginal}}, Case{Members: two, Material: true}, day, Verdict{Told: true, Kind: news.AlertDelivery, DueAt: day}},
		{"and then no more", news.Route{Only: []news.Telling{news.TellOriginal}}, Case{Members: two, Told: true, Material: true}, day, Verdict{}},
		{"updates only: not the story", news.Route{Only: []news.Telling{news.TellUpdate}}, Case{Members: first, Material: true}, day, Verdict{}},
		{"updates only: what is added", news.Route{Only: []news.Telling{news.TellUpdate}}, Case{Members: two, Material: true}, day, Verdict{Told: true, Kind: news.UpdateDelivery, DueAt: day}},
		{"by day it is not quiet", news.Route{Quiet: quiet}, Case{}, day, Verdict{Told: true, Kind: news.AlertDelivery, DueAt: day}},
		{"at night it waits, and the clocks go back", news.Route{Quiet: quiet}, Case{}, night, Verdict{Told: true, Kind: news.AlertDelivery, DueAt: at("2026-10-25 06:30"), Batch: "quiet until 2026-10-25T06:30"}},
		{"in the morning it waits for the same", news.Route{Quiet: quiet}, Case{}, early, Verdict{Told: true, Kind: news.AlertDelivery, DueAt: at("2026-10-25 06:30"), Batch: "quiet until 2026-10-25T06:30"}},
		{"the hour is not full", news.Route{MaxPerHour: 3}, Case{LastHour: 2}, day, Verdict{Told: true, Kind: news.AlertDelivery, DueAt: day}},
		{"the hour is full", news.Route{MaxPerHour: 3}, Case{LastHour: 3}, day, Verdict{Told: true, Kind: news.AlertDelivery, DueAt: at("2026-11-26 15:00"), Batch: "full until 2026-11-26T15:00"}},
		{"a muted story adds nothing", news.Route{Channel: "slack:#a"}, Case{Told: true, Muted: true}, day, Verdict{}},
		{"until something material comes", news.Route{Channel: "slack:#a"}, Case{Told: true, Muted: true, Material: true}, day, Verdict{Told: true, Kind: news.UpdateDelivery, DueAt: day}},
		{"what is not relevant stays so", news.Route{}, Case{Told: true, Muted: true, Material: true, Mute: news.Mute{Irrelevant: true}}, day, Verdict{}},
		{"a correction is told", news.Route{Channel: "slack:#a"}, Case{Edit: 9, Before: met, Told: true, Material: true}, day, Verdict{Told: true, Kind: news.UpdateDelivery, DueAt: day}},
		{"an edit of what was not told is no news", news.Route{}, Case{Edit: 9, Before: met, Material: true}, day, Verdict{}},
		{"an edit that makes an article count is", news.Route{}, Case{Edit: 9, Material: true}, day, Verdict{Told: true, Kind: news.AlertDelivery, DueAt: day}},
		{"an embargo that ends in quiet time", news.Route{Quiet: quiet, HoldUntil: at("2026-11-27 00:01")}, Case{}, day, Verdict{Told: true, Kind: news.AlertDelivery, DueAt: at("2026-11-27 06:30"), Batch: "quiet until 2026-11-27T06:30"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Decide(tt.route, tt.c, tt.now)
			if got.Why == "" {
				t.Error("no reason")
			}
			got.Why = ""
			if got.Told != tt.want.Told || got.Told && (got.Kind != tt.want.Kind || got.Count != tt.want.Count || !got.DueAt.Equal(tt.want.DueAt) || got.Batch != tt.want.Batch) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestCounts(t *testing.T) {
	a := news.Article{Source: "A", Lang: "en"}
	meets := news.Reading{Matches: []news.Match{{Watchlist: "us"}}}
	tests := []struct {
		name    string
		route   news.Route
		reading news.Reading
		want    bool
	}{
		{"all lists", news.Route{}, meets, true},
		{"no list met", news.Route{}, news.Reading{}, false},
		{"the list", news.Route{Watchlists: []string{"us"}}, meets, true},
		{"another list", news.Route{Watchlists: []string{"eu"}}, meets, false},
		{"another source", news.Route{Sources: []string{"B"}}, meets, false},
		{"the source, another language", news.Route{Sources: []string{"A"}, Languages: []string{"fr"}}, meets, false},
		{"source and language", news.Route{Sources: []string{"A"}, Languages: []string{"fr", "en"}}, meets, true},
	}
	for _, tt := range tests {
		if got := tt.route.Counts(a, tt.reading); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Stories that one article splits off are alerts of the same hour.
func TestAlertsOfOnePlacementAreOfOneHour(t *testing.T) {
	alert := func(route string, id news.StoryID) news.Delivery {
		return news.Delivery{Kind: news.AlertDelivery, Route: route, Story: id}
	}
	update := news.Delivery{Kind: news.UpdateDelivery, Route: "desk", Story: 4}
	c := Case{Story: 3, Beside: []news.Delivery{alert("desk", 2), alert("desk", 2), alert("desk", 3), alert("night", 2), alert("night", 5), update}}
	for route, want := range map[string]int{"desk": 1, "night": 2, "other": 0} {
		if got := c.alertsBeside(route); got != want {
			t.Errorf("%d alerts beside on %s, want %d", got, route, want)
		}
	}
}
