package digest

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/armswatch/armswatch/monitor/news"
)

// orgs tells which articles come from one organisation, so that five feeds of
// one broadcaster count as one outlet: sources whose articles live on one host
// are one organisation.
type orgs struct {
	key     map[string]string // source -> first source of the organisation
	members []news.Member
}

func organisations(members []news.Member) orgs {
	o := orgs{key: map[string]string{}, members: members}
	byHost := map[string]string{}
	for _, m := range members {
		src := m.Article.Source
		if _, known := o.key[src]; known {
			continue
		}
		o.key[src] = src
		if h := site(m.Article); h != "" {
			if first, ok := byHost[h]; ok {
				o.key[src] = o.key[first]
			} else {
				byHost[h] = src
			}
		}
	}
	return o
}

// site is the host an article is published on, without the www. An address in
// digits says nothing about who publishes there.
func site(a news.Article) string {
	h := strings.TrimPrefix(news.HostOf(a.URL), "www.")
	if _, err := netip.ParseAddr(h); err == nil || h == "localhost" {
		return ""
	}
	return h
}

func (o orgs) name(a news.Article) string { return Shorten(Clean(o.key[a.Source]), 80) }

// outlets lists each organisation once, with the article that weighs most:
// original, own reporting, rewrite, reprint; the earlier of two.
func (o orgs) outlets() []news.Outlet {
	var list []news.Outlet
	index := map[string]int{}
	for _, m := range o.members {
		key := o.key[m.Article.Source]
		out := news.Outlet{
			Name: o.name(m.Article), Role: m.Role, Title: headline(m.Article),
			URL: Link(address(m.Article)), At: m.Article.When(),
		}
		i, known := index[key]
		switch {
		case !known:
			index[key] = len(list)
			list = append(list, out)
		case order(out.Role) < order(list[i].Role):
			list[i] = out
		}
	}
	slices.SortStableFunc(list, func(a, b news.Outlet) int {
		return cmp.Or(cmp.Compare(order(a.Role), order(b.Role)), a.At.Compare(b.At), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// Part is the outlets of one role.
type Part struct {
	Role    news.Role
	Label   string // "original", "own reporting", "rewrites", "reprints"
	Outlets []news.Outlet
}

// Parts groups a story's outlets by role, in the order in which they weigh.
func Parts(outlets []news.Outlet) []Part {
	labels := map[news.Role][2]string{
		news.Original: {"original", "originals"}, news.Own: {"own reporting", "own reporting"},
		news.Rewrite: {"rewrite", "rewrites"}, news.Reprint: {"reprint", "reprints"},
	}
	var parts []Part
	for _, o := range outlets {
		if n := len(parts); n == 0 || parts[n-1].Role != o.Role {
			parts = append(parts, Part{Role: o.Role})
		}
		p := &parts[len(parts)-1]
		p.Outlets = append(p.Outlets, o)
	}
	for i := range parts {
		p := &parts[i]
		p.Label = labels[p.Role][min(len(p.Outlets)-1, 1)]
		if p.Label == "" {
			p.Label = "also"
		}
	}
	return parts
}
