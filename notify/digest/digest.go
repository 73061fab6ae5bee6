// Package digest turns stories into one message model, [news.Digest], that is
// the same for every channel: what is told, in which order, with which proof.
// It is pure: no clock, no network, no disk. All text that came from the web
// leaves it as one clean line without control characters, and every link is
// http or https, so that no renderer has to think about it (they do anyway).
package digest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

const (
	// whole is how many stories of a digest are carried with their proof. The
	// rest keep headline, link and outlets: a reader who gets that far needs no more.
	whole = 100
	// most is how many stories a digest carries at all. Beyond it they are
	// counted; not being told, they come again when they gain an article.
	most = 2000
)

// Alert is the message about one story told now. The watchlists of the route
// decide which matches count; none means all.
func Alert(s news.Story, r news.Route, zone *time.Location) news.Digest {
	c := card(s, r)
	return news.Digest{
		Title: c.Headline, Route: r.Name, Kind: news.AlertDelivery, Zone: zoneName(zone),
		Stories: []news.StoryCard{c},
	}
}

// Update is the message about a told story that gained an article, or in which one
// was corrected. What is new is what that article or correction brings; with 0 for
// both, or an article that brings nothing new such as a reprint, the message only
// carries the story as it now stands.
func Update(s news.Story, article news.ArticleID, correction int64, r news.Route, zone *time.Location) news.Digest {
	c := card(s, r)
	for _, m := range s.Members {
		for _, n := range additions(m) {
			if m.Article.ID == article && n.seq == cmp.Or(correction, m.Seq) {
				c.New = append(c.New, novelty(m, n.new))
			}
		}
	}
	return news.Digest{
		Title: c.Headline, Route: r.Name, Kind: news.UpdateDelivery, Zone: zoneName(zone),
		Updates: []news.StoryCard{c},
	}
}

// Pending is what a digest is built from.
type Pending struct {
	Route   news.Route
	Period  string // local date and time of the route's spec, "2026-11-01T07:00"
	Zone    *time.Location
	Stories []news.Story          // whole, with every member
	Told    map[news.StoryID]bool // in an earlier digest of the route, or by an alert
	Held    []news.Story          // not told yet: see Route.Ripe
	After   int64                 // members with Seq > After are new
	// New is, by story, what is told of those that were, in the place of all after After.
	New      map[news.StoryID][]news.NoveltyCard
	From, To time.Time // what it covers
	Sources  []news.SourceState
}

// Build is the digest of what is pending: new stories, most important first,
// then known stories that gained something, then what was not covered.
func Build(p Pending) news.Digest {
	d := news.Digest{
		Route: p.Route.Name, Kind: news.DigestDelivery, Period: p.Period,
		From: p.From, To: p.To, Zone: zoneName(p.Zone), Failing: failing(p.Sources), Held: held(p.Held, p.Route),
	}
	for _, s := range p.Stories {
		c := card(s, p.Route)
		if c.New = p.New[s.ID]; p.New == nil {
			c.New = since(s, p.After, p.Told[s.ID])
		}
		if p.Told[s.ID] {
			d.Updates = append(d.Updates, c)
		} else {
			d.Stories = append(d.Stories, c)
		}
	}
	d.Title = title(d)
	rank(d.Stories)
	rank(d.Updates)
	d.Stories, d.More = trim(d.Stories, d.More)
	d.Updates, d.More = trim(d.Updates, d.More)
	return d
}

// mostHeld is how many stories that are held back are listed.
const mostHeld = 20

func held(stories []news.Story, r news.Route) (list []news.HeldCard) {
	for _, s := range stories[:min(len(stories), mostHeld)] {
		why, _ := r.Ripe(s.Members, false)
		if m, muted := s.Muted(r.Channel); muted {
			why = m.Why()
		}
		c := card(s, r)
		list = append(list, news.HeldCard{Headline: c.Headline, URL: c.URL, Lead: c.Lead, Why: why})
	}
	return list
}

// Notice is a message to the operators.
func Notice(title string, zone *time.Location, lines ...string) news.Digest {
	d := news.Digest{Title: Clean(title), Kind: news.NoticeDelivery, Zone: zoneName(zone)}
	for _, l := range lines {
		d.Messages = append(d.Messages, Clean(l))
	}
	return d
}

// Empty says that a digest has nothing to tell.
func Empty(d news.Digest) bool {
	return len(d.Stories)+len(d.Updates)+len(d.Messages)+d.More == 0
}

func zoneName(zone *time.Location) string {
	if zone == nil {
		return "UTC"
	}
	return zone.String()
}

// since lists what the members of a told story after that position brought.
func since(s news.Story, after int64, told bool) []news.NoveltyCard {
	var list []news.NoveltyCard
	for _, m := range s.Members {
		for _, n := range additions(m) {
			if told && n.seq > after && !m.Article.Quiet {
				list = append(list, novelty(m, n.new))
			}
		}
	}
	return list
}

// addition is what a member brought at its place, or by a correction later.
type addition struct {
	seq int64
	new []news.Novelty
}

// additions are those of a member that have something new.
func additions(m news.Member) (list []addition) {
	list = append(list, addition{m.Seq, m.New})
	for _, c := range m.Corrections {
		list = append(list, addition{c.Seq, c.New})
	}
	return slices.DeleteFunc(list, func(a addition) bool { return len(a.new) == 0 })
}

func novelty(m news.Member, list []news.Novelty) news.NoveltyCard {
	n := news.NoveltyCard{Outlet: Clean(m.Article.Source), URL: Link(address(m.Article)), Role: m.Role}
	for _, v := range list {
		v.Text = Shorten(Clean(v.Text), 300)
		n.New = append(n.New, v)
	}
	return n
}

func failing(sources []news.SourceState) []news.SourceState {
	var list []news.SourceState
	for _, s := range sources {
		switch s.State {
		case "failing", "gone", "empty", "cut", "missed", "silent":
			s.Source, s.Error = Clean(s.Source), Shorten(Clean(s.Error), 200)
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b news.SourceState) int { return cmp.Compare(a.Source, b.Source) })
	return list
}

func title(d news.Digest) string {
	articles := 0
	for _, c := range slices.Concat(d.Stories, d.Updates) {
		articles += c.Articles
	}
	var parts []string
	if n := len(d.Stories); n > 0 {
		parts = append(parts, Count(n, "story", "stories"))
	}
	if n := len(d.Updates); n > 0 {
		parts = append(parts, Count(n, "update", "updates"))
	}
	if len(parts) == 0 {
		return "nothing new"
	}
	return strings.Join(append(parts, Count(articles, "article", "articles")), ", ")
}

// Count says a number with the word for what is counted: "1 story", "1,205 stories".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return news.Thousands(fmt.Sprint(n)) + " " + many
}

// rank orders cards by what an editor would read first: reports, then the
// number of watchlists met, of outlets that carry it, of things that are new.
func rank(cards []news.StoryCard) {
	slices.SortStableFunc(cards, func(a, b news.StoryCard) int {
		return cmp.Or(
			-cmp.Compare(weight(a), weight(b)),
			a.FirstSeen.Compare(b.FirstSeen),
			cmp.Compare(a.ID, b.ID))
	})
}

// weight counts a report as much as two watchlists, and a watchlist as much as
// two outlets; outlets stop counting at ten, when a story is everywhere anyway.
func weight(c news.StoryCard) int {
	w := 4*len(c.Watchlists) + 2*min(len(c.Outlets), 10) + min(len(c.Systems), 5)
	if c.Pages > 0 || c.Publisher != "" {
		w += 8
	}
	for _, q := range c.Quantities {
		if len(q.Values) > 1 {
			w += 2
		}
	}
	for _, n := range c.New {
		w += len(n.New)
	}
	return w
}

func trim(cards []news.StoryCard, more int) (kept []news.StoryCard, left int) {
	if len(cards) > most {
		more += len(cards) - most
		cards = cards[:most]
	}
	for i := whole; i < len(cards); i++ {
		c := &cards[i]
		c.Systems, c.Quantities, c.Evidence = nil, nil, nil
		c.Outlets = c.Outlets[:min(len(c.Outlets), 3)]
	}
	return cards, more
}
