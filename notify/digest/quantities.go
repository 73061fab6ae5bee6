package digest

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/armswatch/armswatch/monitor/news"
)

// number is one value that an organisation gives for one thing.
type number struct {
	value  string
	approx string
	text   string // as shown
}

// tally is what the organisations say about one thing: organisation -> values,
// in the order of the articles.
type tally struct {
	what   string
	system bool
	orgs   []string
	values map[string][]number
}

// quantities lists what the outlets count, and where they disagree: an outlet
// disagrees when it gives a number for the same system that others do not give
// and that cannot be true together with theirs. Of other things it lists what
// two outlets say: "12 countries" and "4 countries" are seldom the same ones.
func quantities(members []news.Member, o orgs, names map[string]string) []news.CountCard {
	var cards []news.CountCard
	for _, t := range tallies(members, o, names) {
		cards = append(cards, t.cards()...)
	}
	return cards[:min(len(cards), maxCounts)]
}

func tallies(members []news.Member, o orgs, names map[string]string) []*tally {
	var list []*tally
	index := map[string]*tally{}
	for _, m := range members {
		for _, f := range m.Reading.Findings {
			key := cmp.Or(f.System, strings.ToLower(f.Unit))
			if f.Kind != news.Quantity || f.Value == "" || key == "" {
				continue
			}
			t := index[key]
			if t == nil {
				t = &tally{what: what(f, names), system: f.System != "", values: map[string][]number{}}
				index[key] = t
				list = append(list, t)
			}
			t.add(o.name(m.Article), number{f.Value, f.Approx, shownNumber(f)})
		}
	}
	slices.SortStableFunc(list, func(a, b *tally) int {
		return cmp.Or(-compareBool(a.system, b.system), -cmp.Compare(len(a.orgs), len(b.orgs)))
	})
	return list
}

func what(f news.Finding, names map[string]string) string {
	if n := names[f.System]; n != "" {
		return Clean(n)
	}
	return Shorten(Clean(cmp.Or(f.Unit, f.System)), 60)
}

func shownNumber(f news.Finding) string {
	return strings.TrimSpace(Shorten(Clean(f.Approx+" "+news.Thousands(f.Value)), 60))
}

func (t *tally) add(org string, n number) {
	if t.values[org] == nil {
		t.orgs = append(t.orgs, org)
	}
	if !slices.ContainsFunc(t.values[org], func(v number) bool { return v.value == n.value }) {
		t.values[org] = append(t.values[org], n)
	}
}

// cards gives the number most organisations agree on with those that
// contradict it, and, when the same outlets give a second number for the same
// thing ("681 sent, 40 left"), that as well.
func (t *tally) cards() []news.CountCard {
	var cards []news.CountCard
	used := map[string]bool{}
	for len(cards) < 2 {
		main, ok := t.main(used)
		if !ok || !t.system && len(t.giving(main.value)) < 2 {
			break
		}
		used[main.value] = true
		card := news.CountCard{What: t.what, Values: []news.CountValue{{Value: main.text, Outlets: t.giving(main.value)}}}
		if len(cards) == 0 && t.system {
			card.Values = append(card.Values, t.against(main, used)...)
		}
		cards = append(cards, card)
	}
	return cards
}

// main is the unused value that most organisations give, the earliest of equals.
func (t *tally) main(used map[string]bool) (best number, ok bool) {
	most := 0
	for _, org := range t.orgs {
		for _, n := range t.values[org] {
			if g := len(t.giving(n.value)); !used[n.value] && g > most {
				best, most, ok = n, g, true
			}
		}
	}
	return best, ok
}

func (t *tally) giving(value string) []string {
	var list []string
	for _, org := range t.orgs {
		if slices.ContainsFunc(t.values[org], func(n number) bool { return n.value == value }) {
			list = append(list, org)
		}
	}
	return list
}

// against lists the values of the organisations that do not give the main one
// and contradict it. A value that someone gives beside the main one is about
// something else.
func (t *tally) against(main number, used map[string]bool) []news.CountValue {
	agree := t.giving(main.value)
	var list []news.CountValue
	for _, org := range t.orgs {
		if slices.Contains(agree, org) {
			continue
		}
		for _, n := range t.values[org] {
			beside := slices.ContainsFunc(t.giving(n.value), func(o string) bool { return slices.Contains(agree, o) })
			if used[n.value] || beside {
				continue
			}
			used[n.value] = true
			if !compatible(main, n) {
				list = append(list, news.CountValue{Value: n.text, Outlets: t.giving(n.value)})
				break
			}
		}
	}
	return list
}

// compatible says whether two numbers may both be true: "more than 600" and
// 681, "about 700" and 681.
func compatible(a, b number) bool {
	x, errX := strconv.ParseFloat(a.value, 64)
	y, errY := strconv.ParseFloat(b.value, 64)
	if errX != nil || errY != nil {
		return a.value == b.value
	}
	return fits(a.approx, x, y) || fits(b.approx, y, x)
}

func fits(approx string, bound, v float64) bool {
	switch approx {
	case "more than", "at least", "over":
		return v >= bound && v <= 2*bound // "more than 100" says nothing about 5,000
	case "up to", "fewer than", "less than", "nearly", "almost":
		return v <= bound && v >= bound/2
	case "about", "around", "some", "roughly", "approximately":
		return math.Abs(v-bound) <= bound/10
	}
	return v == bound
}
