package config

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/armswatch/armswatch/monitor/news"
)

// watchlists returns the lists in the order of the file.
func (c *checker) watchlists(lists map[string]FileWatchlist) []Watchlist {
	base := join("", "watchlists")
	names := slices.SortedFunc(maps.Keys(lists), func(a, b string) int {
		x, y := c.keys[join(base, a)], c.keys[join(base, b)]
		return cmp.Or(cmp.Compare(x.line, y.line), cmp.Compare(x.col, y.col), cmp.Compare(a, b))
	})
	var out []Watchlist
	for _, name := range names {
		path := join(base, name)
		f := lists[name]
		c.nameIsPlain(path, name)
		out = append(out, Watchlist{Name: name, Weapons: f.Weapons, Categories: f.Categories, Phrases: f.Phrases})
		if len(f.Weapons)+len(f.Categories)+len(f.Phrases) == 0 && c.ok(path) && !c.places[path].odd {
			c.problem(c.keys[path], "the watchlist %s is empty: give it weapons, categories or phrases", quote(name))
		}
		c.rules(join(path, "weapons"), f.Weapons, c.vocabulary.Weapon)
		c.rules(join(path, "categories"), f.Categories, c.vocabulary.Category)
		c.rules(join(path, "phrases"), f.Phrases, c.vocabulary.Phrase)
	}
	return out
}

// rules asks the vocabulary about each rule of a list.
func (c *checker) rules(base string, list []string, check func(string) error) {
	seen := map[string]int{}
	for i, rule := range list {
		path := join(base, i)
		if !c.ok(path) {
			continue
		}
		if line, twice := seen[rule]; twice {
			c.warn(c.places[path], "%s stands in this list already, on line %d", c.shown(path), line)
			continue
		}
		seen[rule] = c.places[path].line
		if check == nil {
			continue
		}
		if err := check(rule); err != nil {
			c.rule(path, err)
		}
	}
}

// columnError is an error that knows where in a rule it is, see [Vocabulary].
type columnError interface {
	error
	Column() int
}

// rule reports a refused rule at the character where it goes wrong, if known.
func (c *checker) rule(path string, err error) {
	at := c.places[path]
	if at.expanded {
		c.fail(path, "%s is not understood", c.shown(path))
		return
	}
	if e, ok := errors.AsType[columnError](err); ok {
		at = c.within(at, e.Column())
	}
	c.problem(at, "%v", err)
}

func (c *checker) routes(f *File) []news.Route {
	base := join("", "routes")
	lists := slices.Sorted(maps.Keys(f.Watchlists))
	taken, names := map[string]bool{}, map[string]int{}
	var out []news.Route
	for i, r := range f.Routes {
		path := join(base, i)
		if !c.ok(path) {
			continue
		}
		for _, w := range c.routeLists(path, r, lists) {
			taken[w] = true
		}
		if len(r.Watchlists) == 0 {
			for _, w := range lists {
				taken[w] = true
			}
		}
		out = append(out, c.route(path, r, names)...)
	}
	for _, w := range lists {
		if !taken[w] && len(f.Routes) > 0 {
			c.warn(c.keys[join(join("", "watchlists"), w)], "no route takes the watchlist %s: its stories are told to nobody", quote(w))
		}
	}
	return out
}

// routeLists checks the watchlists a route names and returns those there are.
func (c *checker) routeLists(path string, r FileRoute, lists []string) []string {
	base := join(path, "watchlists")
	if len(r.Watchlists) == 0 && !c.places[base].bad && !c.places[path].odd {
		c.warn(c.places[path], "this route names no watchlists: it takes the stories of all")
	}
	var known []string
	for i, w := range r.Watchlists {
		at := join(base, i)
		if !c.ok(at) {
			continue
		}
		if !slices.Contains(lists, w) {
			there := didYouMean(w, lists)
			if there == "" && len(lists) > 0 {
				there = ": there are " + clip(strings.Join(lists, ", "))
			}
			c.fail(at, "no watchlist is called %s%s", c.shown(at), c.unlessExpanded(at, there))
			continue
		}
		known = append(known, w)
	}
	return known
}

// route makes one news.Route of each address.
func (c *checker) route(path string, r FileRoute, names map[string]int) []news.Route {
	if c.lacks(path, "to") || len(r.To) == 0 && c.ok(join(path, "to")) {
		c.problem(c.places[path], "this route goes nowhere: give it to, for example to: slack:#arms-desk")
	}
	now, schedule := c.when(path, r)
	options := c.routeOptions(path, r, now)
	var out []news.Route
	for i, to := range r.To {
		at := join(join(path, "to"), i)
		if !c.ok(at) {
			continue
		}
		channel := c.channel(at, string(to))
		name := routeName(r, channel, now, schedule)
		if line, twice := names[name]; twice && channel != "" {
			c.fail(at, "this route and the one on line %d are both called %s: join their watchlists, or give each a name", line, quote(name))
		}
		names[name] = c.places[at].line
		n := options
		n.Name, n.Channel, n.Watchlists = name, channel, r.Watchlists
		n.Now, n.Schedule, n.SendEmpty = now, schedule, r.SendEmpty
		out = append(out, n)
	}
	if p := join(path, "send_empty"); r.SendEmpty && now && c.ok(p) {
		c.warn(c.keys[p], "send_empty has no meaning for alerts")
	}
	if p := join(path, "name"); c.ok(p) {
		c.nameIsPlain(p, r.Name)
	}
	return out
}

// routeName names a route by its address and time: it must stay the same when
// other routes come and go, for deliveries are keyed by it.
func routeName(r FileRoute, channel news.Channel, now bool, schedule string) string {
	switch {
	case r.Name != "" && len(r.To) == 1:
		return r.Name
	case r.Name != "":
		return r.Name + " to " + string(channel)
	case now:
		return string(channel) + " now"
	default:
		return string(channel) + " " + schedule
	}
}

func (c *checker) when(path string, r FileRoute) (now bool, schedule string) {
	at := join(path, "when")
	if !c.ok(at) {
		return true, ""
	}
	when := strings.TrimSpace(r.When)
	if when == "now" {
		return true, ""
	}
	if !strings.ContainsAny(when, " @:") && nearest(when, []string{"now", "immediately", "instant"}) != "" {
		c.fail(at, `%s is no time: did you mean "now"?`, c.shown(at))
		return true, ""
	}
	return false, c.cron(at, when)
}
