package story

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/armswatch/armswatch/monitor/news"
)

// fact is something an article states that identifies its findings.
type fact struct {
	kind  news.FindingKind // or system
	key   string           // what is counted: catalogue id or unit; else empty
	value string
	name  string // for people
	rough bool   // the number is approximate
	aside bool   // see news.Finding
}

const system news.FindingKind = "system"

const (
	maxFacts    = 40
	maxFactText = 80 // bytes of each of its words
)

// same says that two facts state the same of the same.
func (f fact) same(o fact) bool {
	return o.kind == f.kind && o.key == f.key && strings.EqualFold(o.value, f.value)
}

// hash names the fact as a term.
func (f fact) hash() uint32 {
	return hash(string(f.kind) + "\x00" + f.key + "\x00" + strings.ToLower(f.value))
}

func factsOf(r news.Reading) []fact {
	var list []fact
	add := func(f fact) {
		i := slices.IndexFunc(list, f.same)
		if i >= 0 {
			list[i].aside = list[i].aside && f.aside
		} else if len(list) < maxFacts && f.value != "" {
			list = append(list, f)
		}
	}
	for _, f := range r.Findings {
		switch f.Kind {
		case news.Quantity:
			add(fact{f.Kind, cmp.Or(f.System, strings.ToLower(f.Unit)), f.Value, f.Unit, f.Approx != "", false})
		case news.Publisher, news.Report, news.Pages, news.Author, news.Country, news.Money:
			add(fact{f.Kind, "", f.Value, cmp.Or(f.Unit, f.Value), f.Approx != "", f.Aside})
		}
	}
	for _, m := range r.Mentions {
		if m.Accepted {
			add(fact{system, "", m.System, m.Name, false, false})
		}
	}
	return list
}

// packFacts keeps facts as one string: its fields, each ended by a byte that no
// text has.
func packFacts(list []fact) string {
	var b strings.Builder
	for _, f := range list {
		for _, s := range []string{string(f.kind), f.key, f.value, f.name} {
			s = strings.ReplaceAll(s, "\x00", "")
			b.WriteString(s[:min(len(s), maxFactText)])
			b.WriteByte(0)
		}
		b.WriteByte('0' + asByte(f.rough) + 2*asByte(f.aside))
	}
	return b.String()
}

func unpackFacts(s string) []fact {
	var list []fact
	for s != "" && len(list) < maxFacts {
		var part [4]string
		var ok bool
		for i := range part {
			if part[i], s, ok = strings.Cut(s, "\x00"); !ok {
				return list
			}
		}
		if s == "" {
			return list
		}
		flags := s[0] - '0'
		list = append(list, fact{news.FindingKind(part[0]), part[1], part[2], part[3], flags&1 != 0, flags&2 != 0})
		s = s[1:]
	}
	return list
}

func asByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// agreement is what two articles state alike, and where they contradict.
type agreement struct {
	publisher bool
	report    bool     // its title or its pages
	title     bool     // its title
	clashes   int      // page counts and quantities that differ
	numbers   []string // that agree
	systems   []string // that both name
	all       int      // systems that the one with fewer names
	authors   bool     // both name authors of a report, and no one in common
	words     []string
}

func agree(a, b []fact) (g agreement) {
	for _, f := range a {
		for _, o := range b {
			if f.kind == o.kind && f.key == o.key {
				g.add(f, o)
			}
		}
	}
	publishers := !g.publisher && has(a, news.Publisher) && has(b, news.Publisher)
	g.authors = publishers && !g.report && len(g.numbers) == 0
	g.all = min(count(a, system), count(b, system))
	g.say()
	return g
}

func (g *agreement) add(f, o fact) {
	same := strings.EqualFold(f.value, o.value)
	switch {
	case f.kind == news.Publisher && same:
		g.publisher = true
		g.words = append(g.words, "both name "+f.value)
	case f.kind == news.Report && same:
		g.report, g.title = true, true
		g.words = append(g.words, fmt.Sprintf("both name the report %q", f.value))
	case f.kind == news.Pages && same:
		g.report = true
		g.words = append(g.words, fmt.Sprintf("both speak of %s pages", f.value))
	case f.kind == news.Pages:
		g.clashes++
	case f.kind == news.Quantity && same && len(f.value) > 1:
		g.numbers = append(g.numbers, strings.TrimSpace(news.Thousands(f.value)+" "+f.name))
	case f.kind == system && same:
		g.systems = append(g.systems, f.name)
	}
}

// sameFindings says whether two articles tell of one report: they name its
// publisher, and its title, its pages or two of its figures, and no other title.
func sameFindings(a, b []fact) bool {
	g := agree(a, b)
	if !g.publisher || !g.report && len(g.numbers) < 2 {
		return false
	}
	titles := has(a, news.Report) && has(b, news.Report)
	return !titles || g.title
}

// say puts systems and numbers into words.
func (g *agreement) say() {
	if n := len(g.systems); n > 0 {
		slices.Sort(g.systems)
		s := strings.Join(g.systems[:min(n, 4)], ", ")
		if g.all > 1 {
			s = fmt.Sprintf("%d of %d systems agree: %s", n, g.all, s)
		} else {
			s = "both name " + s
		}
		g.words = append(g.words, s)
	}
	if n := len(g.numbers); n > 0 {
		slices.Sort(g.numbers)
		g.numbers = slices.Compact(g.numbers)
		g.words = append(g.words, "the same figures: "+strings.Join(g.numbers[:min(len(g.numbers), 4)], ", "))
	}
}

func count(list []fact, kind news.FindingKind) (n int) {
	for _, f := range list {
		if f.kind == kind {
			n++
		}
	}
	return n
}

func has(list []fact, kind news.FindingKind) bool { return count(list, kind) > 0 }
