package page

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/armswatch/armswatch/monitor/decode/markup"
	"github.com/armswatch/armswatch/monitor/news"
)

// Source is where a page came from, for what only reads it.
type Source struct {
	URL         string // final URL; relative links stand on it
	ContentType string // as the server gave it
	Now         time.Time
}

// Suggestion is one way to read a listing page, with the entries it gives.
type Suggestion struct {
	Items, Link string  // selectors; Link is empty where the convention finds it
	Score       float64 // for comparison within one page; above 1 is likely a list of articles
	Entries     []news.Entry
}

// ErrNoList is the error for a page on which no list of links is found.
var ErrNoList = errors.New("no list of articles found on the page")

// Suggest finds the lists of a page, the likeliest first, at most five. It
// groups links by the tags and classes they stand in and scores each group by
// the length of its texts, dates beside them and the look of their addresses.
// It is right often enough to suggest; a person looks at the preview, and the
// selector is then written into the config, where it stays.
func Suggest(body []byte, s Source) ([]Suggestion, error) {
	doc, err := parse(body, s.ContentType)
	if err != nil {
		return nil, err
	}
	found := suggest(doc, Listing{URL: s.URL, Now: s.Now})
	if len(found) == 0 {
		if wall := markup.FindWall(doc); wall != markup.NoWall {
			return nil, &WallError{Wall: wall}
		}
		return nil, fmt.Errorf("suggest listing: %w", ErrNoList)
	}
	return found, nil
}

// likeliest takes the first suggestion where the config names no items.
func (c *compiled) likeliest(doc *html.Node, l Listing) error {
	found := suggest(doc, l)
	if len(found) == 0 || found[0].Score < 1 {
		if wall := markup.FindWall(doc); wall != markup.NoWall {
			return &WallError{Wall: wall}
		}
		return fmt.Errorf("read listing: %w: name the items selector", ErrNoList)
	}
	var err error
	if c.items, err = compileSelector(found[0].Items); err != nil {
		return err
	}
	if c.link == nil && found[0].Link != "" {
		c.link, err = compileSelector(found[0].Link)
	}
	return err
}

func suggest(doc *html.Node, l Listing) []Suggestion {
	plain := &compiled{}
	r := itemReader{compiled: plain, base: markup.Base(doc, l.URL), dates: dateOptions(doc, l.URL, l.Now)}
	groups := grouped(doc, &r)
	for i := range groups {
		groups[i].score(&r)
	}
	slices.SortStableFunc(groups, func(a, b linkGroup) int { return cmp.Compare(b.points, a.points) })
	var out []Suggestion
	taken := map[string]bool{}
	for _, g := range groups {
		s, ok := g.suggestion(doc, l)
		if !ok || taken[s.Entries[0].URL+s.Entries[len(s.Entries)-1].URL] {
			continue
		}
		taken[s.Entries[0].URL+s.Entries[len(s.Entries)-1].URL] = true
		if out = append(out, s); len(out) == 5 {
			break
		}
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int { return cmp.Compare(b.Score, a.Score) })
	return out
}

// linkGroup is a set of links that stand alike in the page.
type linkGroup struct {
	links  []*html.Node
	items  []*html.Node // for each link what surrounds it and no other of the group
	urls   map[string]bool
	points float64
}

// grouped gathers the links of a page twice: by tags and classes, and by tags
// alone, for lists whose items carry classes of their own.
func grouped(doc *html.Node, r *itemReader) []linkGroup {
	classes := commonClasses(doc)
	byPath := map[string]*linkGroup{}
	var order []string
	add := func(key string, a *html.Node) {
		g := byPath[key]
		if g == nil {
			g = &linkGroup{urls: map[string]bool{}}
			byPath[key] = g
			order = append(order, key)
		}
		if u := markup.Resolve(r.base, markup.Attr(a, "href")); !g.urls[u] {
			g.urls[u] = true
			g.links = append(g.links, a)
		}
	}
	for d := range doc.Descendants() {
		if r.leads(d) && !samePage(r, d) {
			full, bare := pathOf(d, classes)
			add("c"+full, d)
			add("t"+bare, d)
		}
	}
	var out []linkGroup
	for _, key := range order {
		if g := byPath[key]; len(g.links) >= 3 {
			g.surround()
			out = append(out, *g)
		}
	}
	return out
}

func samePage(r *itemReader, a *html.Node) bool {
	u := markup.Resolve(r.base, markup.Attr(a, "href"))
	return u == r.base.String() || strings.HasSuffix(u, "://"+r.base.Host+"/")
}

// commonClasses are the classes on three elements or more: others name one
// element and describe no list.
func commonClasses(doc *html.Node) map[string]int {
	n := map[string]int{}
	for d := range doc.Descendants() {
		if d.Type == html.ElementNode {
			for c := range strings.FieldsSeq(markup.Attr(d, "class")) {
				n[c]++
			}
		}
	}
	return n
}

// pathOf is the way from the top of the page to a link, with classes and without.
func pathOf(a *html.Node, classes map[string]int) (full, bare string) {
	var f, b []string
	for n := a; n != nil && n.Type == html.ElementNode; n = n.Parent {
		f = append(f, n.Data+stableClasses(n, classes))
		b = append(b, n.Data)
	}
	return strings.Join(f, "<"), strings.Join(b, "<")
}

func stableClasses(n *html.Node, classes map[string]int) string {
	var out []string
	for c := range strings.FieldsSeq(markup.Attr(n, "class")) {
		if classes[c] >= 3 && stable(c) && !slices.Contains(out, "."+c) {
			out = append(out, "."+c)
		}
	}
	slices.Sort(out)
	return strings.Join(out, "")
}

// stable says whether a class describes what an element is, not which one it is.
func stable(class string) bool {
	switch c := strings.ToLower(class); {
	case c == "odd" || c == "even" || c == "first" || c == "last" || c == "active" || c == "alt" || c == "sticky":
		return false
	case strings.HasSuffix(c, "-odd") || strings.HasSuffix(c, "-even") || strings.HasSuffix(c, "-first") || strings.HasSuffix(c, "-last"):
		return false
	}
	for _, r := range class {
		if r >= '0' && r <= '9' || !(r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return false
		}
	}
	return true
}

// surround finds the item of each link: the highest element around it that
// holds no other link of the group.
func (g *linkGroup) surround() {
	holds := map[*html.Node]int{}
	for _, a := range g.links {
		for n := a; n != nil; n = n.Parent {
			holds[n]++
		}
	}
	for _, a := range g.links {
		item := a
		for n := a.Parent; n != nil && n.Type == html.ElementNode && holds[n] == 1; n = n.Parent {
			item = n
		}
		g.items = append(g.items, item)
	}
}

// score weighs a group. A link counts for the words it shows, a date beside
// it and an address that looks like an article's.
func (g *linkGroup) score(r *itemReader) {
	const sample = 40 // links looked at; more say no more
	sum, n, dated := 0.0, 0, 0
	for i, a := range g.links {
		if n == sample {
			break
		}
		n++
		text := linkText(a)
		q := 0.55 * min(1, float64(len([]rune(text)))/50)
		if isInvitation(text) || len(text) < 12 {
			q = 0.25 * min(1, float64(len([]rune(markup.Line(g.items[i]))))/80)
		}
		if !r.dateOf(g.items[i], markup.Resolve(r.base, markup.Attr(a, "href"))).IsZero() {
			q += 0.35
			dated++
		}
		q += 0.25 * slug(markup.Attr(a, "href"))
		sum += q * place(a)
	}
	g.points = sum / float64(n) * math.Log2(1+float64(min(len(g.urls), 60)))
	if dated*2 < n {
		g.points *= 0.8
	}
}

// slug says how much an address looks like an article's: words or a number in
// its last part, or a file. From 0 to 1.
func slug(href string) float64 {
	href, query, _ := strings.Cut(href, "?")
	last := strings.TrimRight(href, "/")
	last = last[strings.LastIndexByte(last, '/')+1:]
	words := strings.Count(last, "-") + strings.Count(last, "_")
	lower := strings.ToLower(last)
	switch {
	case words >= 3, strings.HasSuffix(lower, ".pdf"), strings.HasSuffix(lower, ".docx"):
		return 1
	case strings.Contains(query, "id=") || strings.ContainsAny(last, "0123456789"):
		return 0.7
	case words >= 1:
		return 0.3
	}
	return 0
}

// place lowers what stands in the frame of a page.
func place(a *html.Node) float64 {
	weight := 1.0
	for n := a; n != nil && n.Type == html.ElementNode; n = n.Parent {
		switch n.DataAtom {
		case atom.Nav, atom.Footer:
			return 0.15
		case atom.Aside:
			weight = min(weight, 0.4)
		case atom.Main, atom.Article:
			return weight
		case atom.Header:
			if n.Parent != nil && n.Parent.DataAtom == atom.Body {
				return 0.15
			}
		case atom.Body:
			return weight
		}
		name := strings.ToLower(markup.Attr(n, "class") + " " + markup.Attr(n, "id") + " " + markup.Attr(n, "role"))
		for _, w := range []string{"menu", "footer", "navigation", "navbar", "breadcrumb", "pagination", "pager", "social", "share", "cookie"} {
			if strings.Contains(name, w) {
				weight = min(weight, 0.25)
			}
		}
		for _, w := range []string{"sidebar", "related", "widget", "popular", "trending", "tags", "comment"} {
			if strings.Contains(name, w) {
				weight = min(weight, 0.5)
			}
		}
	}
	return weight
}
