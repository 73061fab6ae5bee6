package story

import (
	"fmt"
	"slices"
	"strings"

	"github.com/armswatch/armswatch/monitor/news"
)

// asked is how many members of a story are asked whether a fact is known: the
// first and the latest.
const asked = 60

// novelties lists what the facts state that no member of the story has, and
// says whether something of it is worth telling.
func (w *Window) novelties(c *cluster, facts []fact) (list []news.Novelty, material bool) {
	if len(facts) == 0 {
		return nil, false
	}
	known := w.known(c)
	for _, f := range facts {
		if f.kind == news.Author || f.kind == system && counted(facts, f) {
			continue
		}
		if n, old := novelty(f, known); !old {
			list = append(list, n)
			material = material || n.Material()
		}
	}
	return list, material
}

// counted says whether the facts say how many there are of a system, which names it
// too.
func counted(facts []fact, f fact) bool {
	return slices.ContainsFunc(facts, func(o fact) bool { return o.kind == news.Quantity && o.key == f.value })
}

// known are the facts of a story's members.
func (w *Window) known(c *cluster) (list []fact) {
	for _, i := range w.sample(c, asked) {
		list = append(list, unpackFacts(w.docs[i].facts)...)
	}
	return list
}

// novelty says what is new about a fact; old when it is known.
func novelty(f fact, known []fact) (n news.Novelty, old bool) {
	n.Kind, n.Aside = f.kind, f.aside
	var others []string
	for _, o := range known {
		if o.kind != f.kind || o.key != f.key {
			continue
		}
		if strings.EqualFold(o.value, f.value) {
			return n, true
		}
		if !o.rough && !f.rough && !slices.Contains(others, o.value) {
			others = append(others, o.value)
		}
	}
	switch f.kind {
	case news.Quantity:
		n.Text = strings.TrimSpace(fmt.Sprintf("says %s %s", news.Thousands(f.value), f.name))
		if len(others) > 0 {
			n.Clash = true
			others = others[:min(len(others), 3)]
			for i := range others {
				others[i] = news.Thousands(others[i])
			}
			n.Text += " where others say " + strings.Join(others, ", ")
		}
	case news.Pages:
		n.Text = fmt.Sprintf("speaks of %s pages", f.value)
		n.Clash = len(others) > 0
	case system:
		n.Text = "names the " + f.name
	case news.Country:
		n.Text = "names " + f.name
	case news.Publisher:
		n.Text = "cites " + f.value
	case news.Money:
		n.Text = strings.TrimSpace("says " + news.Thousands(f.value) + " " + f.name)
	default:
		n.Text = fmt.Sprintf("names the %s %q", f.kind, f.value)
	}
	return n, false
}

// role says what d is to a story it joins and does not copy: the publisher's
// own, own reporting with something new, or a rewrite.
func (w *Window) role(c *cluster, d *doc, facts []fact, added []news.Novelty) news.Role {
	for _, f := range facts {
		if f.kind == news.Publisher && sameName(w.names[d.source], f.value) && !w.hasOriginalOf(c, f.value) {
			return news.Original
		}
	}
	if len(added) > 0 || w.ownSources(c, d) {
		return news.Own
	}
	return news.Rewrite
}

// ownSources says whether an article quotes what no other of the story does, or
// has many names or figures of its own, so that it cannot lean on those alone. Of
// names this tells something only beside articles in its language.
func (w *Window) ownSources(c *cluster, d *doc) bool {
	var mine, fresh [kinds]int
	for _, x := range d.terms() {
		k := term(x).kind()
		if k != aQuote && k != aNumber && k != aName {
			continue
		}
		mine[k]++
		if !w.inStory(c, x>>5) {
			fresh[k]++
		}
	}
	most := func(k, least int, of float64) bool {
		return fresh[k] >= least && float64(fresh[k]) >= of*float64(mine[k])
	}
	return most(aQuote, 2, 0.5) || most(aNumber, 4, 0.7) || c.strand(d.lang) != nil && most(aName, 5, 0.3)
}

func (w *Window) inStory(c *cluster, key uint32) bool {
	for _, i := range w.sample(c, 12) {
		_, ok := slices.BinarySearchFunc(w.docs[i].terms(), key, func(t, k uint32) int { return int(t>>5) - int(k) })
		if ok {
			return true
		}
	}
	return false
}

func (w *Window) hasOriginalOf(c *cluster, publisher string) bool {
	return slices.ContainsFunc(c.members, func(i int32) bool {
		return roles[w.docs[i].role] == news.Original && sameName(w.names[w.docs[i].source], publisher)
	})
}

// sameName says whether an outlet is the organisation.
func sameName(source, organisation string) bool {
	s, o := strings.ToLower(source), strings.ToLower(organisation)
	return s == o || len(o) > 6 && strings.Contains(s, o) || len(s) > 6 && strings.Contains(o, s)
}
