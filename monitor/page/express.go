package page

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/armswatch/armswatch/monitor/decode/markup"
	"github.com/armswatch/armswatch/monitor/news"
)

// suggestion expresses a group as selectors and reads the page with them. It
// takes the shortest selector that gives the links of the group and no others,
// else the one that comes nearest.
func (g linkGroup) suggestion(doc *html.Node, l Listing) (Suggestion, bool) {
	var best Suggestion
	fit := 0.0
	for _, items := range candidates(g.items) {
		sel, err := compileSelector(items)
		if err != nil {
			continue
		}
		for _, link := range []string{"", linkSelector(g)} {
			c := compiled{items: sel}
			if link != "" {
				if c.link, err = compileSelector(link); err != nil {
					continue
				}
			}
			entries, _ := c.entries(doc, Listing{URL: l.URL, Now: l.Now})
			if f := g.fit(entries); f > fit+0.001 {
				best, fit = Suggestion{Items: items, Link: link, Score: g.points * f, Entries: entries}, f
			}
			if fit > 0.999 || len(g.items) > 0 && g.items[0].Data == "a" {
				break
			}
		}
		if fit > 0.999 {
			break
		}
	}
	return best, fit > 0.5
}

// fit is the harmonic mean of precision and recall of entries against the
// links of the group.
func (g linkGroup) fit(entries []news.Entry) float64 {
	hit := 0
	for _, e := range entries {
		if g.urls[e.URL] {
			hit++
		}
	}
	if hit == 0 {
		return 0
	}
	return 2 * float64(hit) / float64(len(entries)+len(g.urls))
}

// linkSelector selects the link within an item, by its classes or what it
// stands in.
func linkSelector(g linkGroup) string {
	a, item := g.links[0], g.items[0]
	if a == item {
		return ""
	}
	own := strings.Join(sharedClasses(g.links), "")
	if own != "" {
		return "a" + own
	}
	if p := a.Parent; p != nil && p != item {
		return p.Data + strings.Join(sharedClasses(parents(g.links)), "") + " > a"
	}
	return "a"
}

func parents(nodes []*html.Node) []*html.Node {
	var out []*html.Node
	for _, n := range nodes {
		if n.Parent != nil {
			out = append(out, n.Parent)
		}
	}
	return out
}

// candidates are selectors for a set of elements, the simplest first: their
// own tag and classes, then with what surrounds them.
func candidates(items []*html.Node) []string {
	tag := majorTag(items)
	classes := sharedClasses(items)
	own := []string{}
	for _, c := range classes {
		own = append(own, tag+c)
	}
	if len(classes) > 1 {
		own = append(own, tag+strings.Join(classes, ""))
	}
	out := slices.Clone(own)
	self := tag + strings.Join(classes, "")
	level := items
	for depth, path := 0, self; depth < 6; depth++ {
		level = distinct(parents(level))
		if len(level) == 0 || level[0].Type != html.ElementNode || level[0].Data == "html" {
			break
		}
		if len(level) == 1 {
			if id := markup.Attr(level[0], "id"); id != "" && stable(id) {
				out = append(out, "#"+id+" "+self, "#"+id+" > "+path)
			}
		}
		step := level[0].Data + strings.Join(sharedClasses(level), "")
		if step != level[0].Data {
			out = append(out, step+" "+self)
		}
		path = step + " > " + path
		out = append(out, path)
	}
	return append(out, self)
}

func majorTag(nodes []*html.Node) string {
	n := map[string]int{}
	best := nodes[0].Data
	for _, x := range nodes {
		if n[x.Data]++; n[x.Data] > n[best] {
			best = x.Data
		}
	}
	return best
}

func distinct(nodes []*html.Node) []*html.Node {
	var out []*html.Node
	seen := map[*html.Node]bool{}
	for _, n := range nodes {
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}

// sharedClasses are the stable classes all of the elements carry, as ".class".
func sharedClasses(nodes []*html.Node) []string {
	var shared []string
	for i, n := range nodes {
		var own []string
		for c := range strings.FieldsSeq(markup.Attr(n, "class")) {
			if stable(c) && !slices.Contains(own, "."+c) {
				own = append(own, "."+c)
			}
		}
		if i == 0 {
			shared = own
			continue
		}
		shared = slices.DeleteFunc(shared, func(c string) bool { return !slices.Contains(own, c) })
	}
	return shared
}
