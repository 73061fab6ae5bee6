package catalogue

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Search finds the systems whose id, name or any spelling holds the query,
// case, marks, spaces and punctuation aside: "f16" finds F-16. Those that are
// called so come first, then those that begin so.
func (c *Catalogue) Search(query string) []System {
	want := key(query)
	if want == "" {
		return nil
	}
	type hit struct{ system, far int }
	var hits []hit
	for i := range c.systems {
		if far := c.systems[i].far(want); far < absent {
			hits = append(hits, hit{i, far})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.far, b.far) })
	out := make([]System, len(hits))
	for i, h := range hits {
		out[i] = c.systems[h.system]
	}
	return out
}

// absent is how far a system is that does not hold the query.
const absent = 3

// far says how far a system's names are from a key: 0 equal, 1 one begins so,
// 2 one holds it.
func (s *System) far(want string) int {
	least := absent
	look := func(name string) {
		switch k := key(name); {
		case k == want:
			least = 0
		case strings.HasPrefix(k, want):
			least = min(least, 1)
		case strings.Contains(k, want):
			least = min(least, 2)
		}
	}
	look(s.ID)
	look(s.Name)
	for _, f := range s.Forms {
		look(f.Text)
	}
	return least
}

// Nearest lists at most n names and spellings by their distance to a name that
// is none, one a system; none when more than a third of the letters differ.
func (c *Catalogue) Nearest(name string, n int) []string {
	want := []rune(key(name))
	limit := len(want)/3 + 1
	type near struct {
		text string
		far  int
	}
	var all []near
	for i := range c.systems {
		best := near{far: limit}
		look := func(text string) {
			k := key(text)
			if d := utf8.RuneCountInString(k) - len(want); d >= best.far || -d >= best.far {
				return
			}
			if d := distance(want, []rune(k), best.far); d < best.far {
				best = near{text, d}
			}
		}
		look(c.systems[i].Name)
		for _, f := range c.systems[i].Forms {
			look(f.Text)
		}
		if best.far < limit && !slices.ContainsFunc(all, func(a near) bool { return a.text == best.text }) {
			all = append(all, best)
		}
	}
	slices.SortStableFunc(all, func(a, b near) int { return cmp.Compare(a.far, b.far) })
	var out []string
	for _, a := range all[:min(n, len(all))] {
		out = append(out, a.text)
	}
	return out
}

// Needs says in words what must stand around a form of the class for it to
// count.
func (c Class) Needs() string {
	switch c {
	case Strong:
		return "nothing: it counts alone"
	case Acro:
		return "its capitals"
	case Medium:
		return "its capitals, and a military word or another system near by"
	case Weak:
		return "its capitals, and a class noun or several words for weapons near by"
	case Case:
		return "its capitals, and a class noun, another system or words for weapons near by"
	case Name:
		return "a military word, another system or a count near by: hardly anything else is called so"
	case Common:
		return "a military word near by"
	case Quoted:
		return "quotation marks, and a class noun or words for weapons near by"
	}
	return "a class noun or another system near by, or the system named beyond doubt elsewhere in the article"
}
