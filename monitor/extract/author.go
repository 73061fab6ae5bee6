package extract

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/armswatch/armswatch/monitor/decode/markup"
)

// authors are the names of those who wrote the article, each once.
func (f *facts) authors() []string {
	persons, others := f.linked.people()
	told := f.metaPeople("author")
	if len(persons) == 0 && len(told) == 1 && f.isHouse(told[0]) {
		told, others = nil, append(told, others...)
	}
	for _, names := range [][]string{
		persons, told, f.metaPeople("byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator"),
		f.metaPeople("article:author", "og:article:author", "article:author_name", "dc.contributor", "citation_author", "creator"),
		f.seenPeople(), others,
	} {
		for i := range names {
			names[i] = f.withoutOutlet(names[i])
		}
		names = slices.DeleteFunc(names, f.namesSite)
		if slices.ContainsFunc(names, isPerson) {
			names = slices.DeleteFunc(names, func(n string) bool { return !isPerson(n) })
		}
		if len(names) > 0 {
			return unique(names)
		}
	}
	return nil
}

// isHouse says whether a name is that of the publisher or its staff.
func (f *facts) isHouse(name string) bool {
	low := strings.ToLower(name)
	for _, w := range []string{"staff", "redaktion", "editorial", "newsroom", "agency", "desk", "team"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return strings.Contains(strings.ToLower(f.first("copyright", "dc.rights", "publisher", "dc.publisher", "article:publisher")), low)
}

// isPerson says that a name is not that of a company.
func isPerson(name string) bool { return !company.MatchString(name) }

// withoutOutlet cuts the outlet's name from the end of a person's.
func (f *facts) withoutOutlet(name string) string {
	site := f.first("og:site_name", "application-name")
	if n := len(name) - len(site); site != "" && n > 4 && strings.EqualFold(name[n:], site) {
		return strings.TrimRight(name[:n], " ,-")
	}
	return name
}

func (f *facts) metaPeople(keys ...string) []string {
	for _, k := range keys {
		var names []string
		for _, v := range f.meta[k] {
			names = append(names, namesIn(v)...)
		}
		if len(names) > 0 {
			return names
		}
	}
	return nil
}

// unique keeps the first of names that differ only in case.
func unique(names []string) []string {
	var out []string
	for _, n := range names {
		if !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, n) }) {
			out = append(out, n)
		}
	}
	return out
}

// byline notes an element that looks like the place where a page names its
// author. Beside the article it is believed less.
func (f *facts) byline(n *html.Node, beside bool) {
	belief := authorBelief(n)
	if beside {
		belief -= 2
	}
	if belief <= 0 || len(f.bylines) >= 100 {
		return
	}
	const longest = 150
	s := cmp.Or(markup.Attr(n, "data-authors"), markup.Attr(n, "data-author"))
	if s == "" || len(s) > longest {
		s = brief(n, longest)
	}
	if s != "" {
		f.bylines = append(f.bylines, byLine{s, belief, n.Parent})
	}
}

// spokenByline notes a text that begins with "By" and a name.
func (f *facts) spokenByline(n *html.Node) {
	const longest = 100
	s := strings.TrimSpace(n.Data)
	if len(s) < 2 || len(s) > longest || !strings.EqualFold(s[:2], "by") || n.Parent == nil || n.Parent.DataAtom == atom.Script {
		return
	}
	if len(s) > 2 && s[2] != ' ' && s[2] != ':' {
		return
	}
	if line := brief(n.Parent, longest); line != "" && len(f.bylines) < 100 {
		f.bylines = append(f.bylines, byLine{line, 2, n.Parent})
	}
}

func authorBelief(n *html.Node) int {
	belief := 0
	for _, a := range n.Attr {
		v := strings.ToLower(a.Val)
		switch a.Key {
		case "itemprop", "rel", "title":
			if v == "author" || v == "creator" && a.Key == "itemprop" {
				belief = max(belief, 4)
			}
		case "data-author", "data-authors":
			belief = max(belief, 3)
		case "href":
			if n.DataAtom == atom.A && authorPath.MatchString(v) {
				belief = max(belief, 3)
			}
		case "class", "id", "data-testid":
			belief = max(belief, classBelief(v))
		}
	}
	return belief
}

var authorPath = regexp.MustCompile(`/(?:authors?|autor(?:es|en|i)?|auteurs?|by|people|profile|staff|editors|contributors?|journalists?|reporters?|redakteure?)/[^/?]+`)

func classBelief(class string) int {
	for _, no := range []string{"avatar", "image", "bio", "social", "box", "follow", "twitter", "photo", "date", "comment", "about", "share", "authority"} {
		if strings.Contains(class, no) {
			return 0
		}
	}
	author, byline := strings.Contains(class, "author") || strings.Contains(class, "autor") || strings.Contains(class, "auteur"), strings.Contains(class, "byline")
	switch {
	case author && strings.Contains(class, "name"), byline && strings.Contains(class, "name"):
		return 4
	case byline:
		return 3
	case author, strings.Contains(class, "creator"):
		return 2
	case strings.Contains(class, "attribution") || strings.Contains(class, "writer"):
		return 1
	}
	return 0
}

// seenPeople are the names at the likeliest byline, and at those that stand
// with it.
func (f *facts) seenPeople() []string {
	best := -1
	var people []string
	for i, b := range f.bylines {
		if names := namesIn(b.name); len(names) > 0 && (best < 0 || b.belief > f.bylines[best].belief) {
			best, people = i, names
		}
	}
	if best < 0 {
		return nil
	}
	for _, b := range f.bylines[best+1:] {
		if b.belief == f.bylines[best].belief && together(f.bylines[best].parent, b.parent) {
			people = append(people, namesIn(b.name)...)
		}
	}
	return people
}

// together says whether two elements stand in one list of names.
func together(a, b *html.Node) bool {
	return a != nil && b != nil && (a == b || a.Parent != nil && a.Parent == b.Parent)
}

var (
	beforeNames = regexp.MustCompile(`(?i)^(?:(?:view all posts|see all posts|artikel|ein beitrag|beitrag|text|ein artikel|written|posted|published|reported|story|words|text|report|article|submitted|photos?)\s+(?:and\s+\w+\s+)?by|by|von|par|por|di|de|da|autor(?:in|es)?|authors?|auteurs?|reporter|redaktion|created by|作者|著者|文|撰文|記者|记者)(?:\s*[:：]\s*|\s+)`)
	afterNames  = regexp.MustCompile(`(?i)\s*(?:[|·•\[(/<;:\n]|\s[-–—]+\s|\s(?:in|on|at|for|der|am|le|el|last updated|updated|published|posted|follow|see full bio|view|contributor|reporter|is an?)\s|\d{1,4}[./-]\d|\b\d{4}\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d|\b\d{1,2}\.?\s+[A-Za-zäé]+\s+\d{4}).*$`)
	betweenAll  = regexp.MustCompile(`(?i)\s*(?:,|&|、|，|\band\b|\bund\b|\bet\b|\band\s+by\b)\s*`)
	roleAtEnd   = regexp.MustCompile(`\s*(?:(?:(?:Senior|Chief|Staff|Contributing|Political|Business|Foreign|National|Defen[cs]e|Diplomatic|Security|World|Special|Deputy|Associate|Managing|Investigative|Military)\s+)+(?:Writer|Reporter|Editor|Correspondent|Columnist)|(?:The\s+)?(?:Washington Post|New York Times|Associated Press))$`)
	company     = regexp.MustCompile(`(?i)\b(?:inc|ltd|llc|gmbh|corp|plc|s\.a)\.?$`)
	lastFirst   = regexp.MustCompile(`^(\p{Lu}[\p{L}'’-]+), (\p{Lu}[\p{Ll}'’-]+)$`)
	roleWords   = regexp.MustCompile(`(?i)\b(?:editor|reporter|correspondent|writer|staff writer|columnist|contributor|producer|journalist|redakteur(?:in)?|analyst|news|post|press|agency|times|tribune|bureau|politics|ceo|ap|afp|dpa|reuters|cnn|bbc|tnn|twitter|facebook|email|phd|md)\b`)
)

// namesIn are the names in a byline, without what stands around names.
func namesIn(s string) []string {
	s = markup.Clean(html.UnescapeString(s))
	if len(s) > 3 && s[:2] == "By" && s[2] >= 'A' && s[2] <= 'Z' {
		s = s[2:]
	}
	for range 2 {
		s = beforeNames.ReplaceAllString(s, "")
	}
	if strings.Contains(s, "://") || strings.Contains(s, "www.") {
		return nil
	}
	s = afterNames.ReplaceAllString(s, "")
	s = lastFirst.ReplaceAllString(s, "$2 $1")
	var out []string
	for i, part := range betweenAll.Split(s, 40) {
		part = roleAtEnd.ReplaceAllString(strings.Trim(part, " .,:;@*\"“”"), "")
		if i > 0 && roleWords.MatchString(part) {
			continue
		}
		if isName(part) {
			out = append(out, part)
		}
	}
	return out
}

// isName says whether a text could be a name: short, with letters, and not a
// sentence.
func isName(s string) bool {
	words := len(strings.Fields(s))
	if s == "" || words > 6 || len(s) > 80 || strings.ContainsAny(s, "@{}=#") {
		return false
	}
	letters := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	switch strings.ToLower(s) {
	case "admin", "administrator", "author", "anonymous", "share", "follow", "null", "undefined", "none", "unknown", "guest", "no author", "see all", "by", "von", "artikel von", "staff", "redaktion", "editor":
		return false
	}
	return letters >= 2
}
