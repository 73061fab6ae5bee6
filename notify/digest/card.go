package digest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/armswatch/armswatch/monitor/news"
)

const (
	maxHeadline = 300 // characters
	maxSystems  = 24
	maxCounts   = 12
	maxRules    = 6
)

// card is a story as a route's readers see it.
func card(s news.Story, r news.Route) news.StoryCard {
	if len(s.Members) == 0 {
		return news.StoryCard{ID: s.ID, Headline: "story " + s.ID.String()}
	}
	members := slices.Clone(s.Members)
	slices.SortStableFunc(members, before)
	lead := members[0]
	orgs := organisations(members)
	c := news.StoryCard{
		ID: s.ID, Headline: headline(lead.Article), URL: Link(address(lead.Article)),
		Lead: orgs.name(lead.Article), Watchlists: watchlists(members, r),
		FirstSeen: lead.Article.FirstSeen, Articles: len(members),
		Outlets: orgs.outlets(), Evidence: phrases(members, r, orgs),
	}
	for _, m := range members {
		if m.Article.FirstSeen.Before(c.FirstSeen) {
			c.FirstSeen = m.Article.FirstSeen
		}
	}
	if m, muted := s.Muted(r.Channel); muted {
		c.Muted = Clean(m.Why())
	}
	c.Publisher = Shorten(Clean(said(members, news.Publisher)), 100)
	c.Pages, _ = strconv.Atoi(said(members, news.Pages))
	c.Systems = systems(members, r, orgs)
	c.Quantities = quantities(members, orgs, names(members))
	return c
}

// order is how much an article's role weighs, least first.
func order(r news.Role) int {
	switch r {
	case news.Original:
		return 0
	case news.Own:
		return 1
	case news.Rewrite:
		return 2
	case news.Reprint:
		return 3
	}
	return 4
}

// before puts the article that speaks for a story first: the original, and of
// several the earliest; without one the earliest of all, whatever its role.
func before(a, b news.Member) int {
	original := func(m news.Member) int { return min(order(m.Role), 1) }
	return cmp.Or(cmp.Compare(original(a), original(b)),
		a.Article.When().Compare(b.Article.When()),
		cmp.Compare(a.Article.ID, b.Article.ID))
}

// address is where an article can be read: the page's own address if known.
func address(a news.Article) string {
	if Link(a.URL) == "" {
		return a.Canonical
	}
	return a.URL
}

func headline(a news.Article) string {
	if t := Clean(a.Title); t != "" {
		return Shorten(t, maxHeadline)
	}
	line, _, _ := strings.Cut(a.Text, "\n")
	if t := Clean(line); t != "" {
		return Shorten(t, 120)
	}
	if l := Link(address(a)); l != "" {
		return Shorten(l, 120)
	}
	return "untitled article"
}

// watchlists are the route's lists that the story meets, in the route's order;
// for a route that takes all, in the order met.
func watchlists(members []news.Member, r news.Route) []string {
	met := []string{}
	for _, m := range members {
		for _, w := range m.Reading.Watchlists() {
			if takes(r, w) && !slices.Contains(met, w) {
				met = append(met, w)
			}
		}
	}
	slices.SortStableFunc(met, func(a, b string) int {
		return cmp.Compare(slices.Index(r.Watchlists, a), slices.Index(r.Watchlists, b))
	})
	return met
}

func takes(r news.Route, watchlist string) bool {
	return len(r.Watchlists) == 0 || slices.Contains(r.Watchlists, watchlist)
}

// said is the value of a kind of finding that the lead article gives, or else
// the one that most articles give.
func said(members []news.Member, kind news.FindingKind) string {
	count := map[string]int{}
	best := ""
	for i, m := range members {
		seen := map[string]bool{}
		for _, f := range m.Reading.Findings {
			if f.Kind != kind || f.Value == "" || seen[f.Value] {
				continue
			}
			if i == 0 {
				return f.Value
			}
			seen[f.Value] = true
			if count[f.Value]++; count[f.Value] > count[best] {
				best = f.Value
			}
		}
	}
	return best
}

// names are the systems' names by catalogue id.
func names(members []news.Member) map[string]string {
	n := map[string]string{}
	for _, m := range members {
		for _, men := range m.Reading.Mentions {
			if men.Accepted && men.Name != "" {
				n[men.System] = men.Name
			}
		}
	}
	return n
}
