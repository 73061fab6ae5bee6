package extract

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/armswatch/armswatch/monitor/decode/date"
	"github.com/armswatch/armswatch/monitor/decode/markup"
)

// facts is what the elements of a page say about its article.
type facts struct {
	meta      map[string][]string // by name, property or itemprop, in lower case
	linked    linkedData
	canonical string
	title     string // of the title element
	headings  []string
	bylines   []byLine
	times     []stamp
	scripts   []string // those that may hold a date
	reports   []string // links to PDFs
	lang      string
}

// stamp is a place on the page that may hold the date of publication.
type stamp struct {
	text   string
	belief int // larger is likelier
}

// byLine is a place on the page that may hold the author.
type byLine struct {
	name   string
	belief int
	parent *html.Node
}

// describe reads everything but the text.
func describe(doc *html.Node, base *url.URL, o Options) (*Page, *facts) {
	f := &facts{meta: map[string][]string{}}
	f.walk(doc, false)
	when := date.Options{Now: o.Now, MonthFirst: date.MonthFirst(f.lang, o.URL), Zone: date.Zone(o.URL)}
	p := &Page{Title: f.bestTitle(), Canonical: f.address(base), Lang: f.language()}
	p.Authors, p.Reports = f.authors(), f.reportsOf(base)
	p.Published = f.published(doc, p.Title, o.URL, when)
	return p, f
}

// walk visits all elements. Beside says that n stands beside the article: in
// a menu, a footer, a comment, a list of other articles.
func (f *facts) walk(n *html.Node, beside bool) {
	if n.Type == html.ElementNode {
		beside = beside || standsBeside(n)
		f.element(n, beside)
	}
	if n.Type == html.TextNode && !beside {
		f.spokenByline(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		f.walk(c, beside)
	}
}

func (f *facts) element(n *html.Node, beside bool) {
	switch n.DataAtom {
	case atom.Html:
		f.lang = markup.Attr(n, "lang")
	case atom.Title:
		f.title = cmp.Or(f.title, markup.Clean(text(n)))
	case atom.H1:
		if line := markup.Line(n); line != "" && len(line) < 400 && len(f.headings) < 20 {
			f.headings = append(f.headings, line)
		}
	case atom.Meta:
		f.metaElement(n)
	case atom.Link:
		if strings.EqualFold(markup.Attr(n, "rel"), "canonical") {
			f.canonical = cmp.Or(f.canonical, markup.Attr(n, "href"))
		}
	case atom.Script:
		f.script(n)
	case atom.A:
		f.report(n, beside)
		f.byline(n, beside)
		f.stamp(n, beside)
	default:
		f.byline(n, beside)
		f.stamp(n, beside)
	}
}

func (f *facts) metaElement(n *html.Node) {
	v := markup.Clean(cmp.Or(markup.Attr(n, "content"), markup.Attr(n, "value")))
	if v == "" {
		return
	}
	for _, key := range []string{"property", "name", "itemprop"} {
		if name := strings.ToLower(markup.Attr(n, key)); name != "" {
			f.meta[name] = append(f.meta[name], v)
		}
	}
}

func (f *facts) script(n *html.Node) {
	s := text(n)
	switch {
	case len(s) > 1<<20:
	case strings.Contains(markup.Attr(n, "type"), "ld+json"):
		f.linked.add(s)
	case publishedInScript.MatchString(s):
		f.scripts = append(f.scripts, s)
	}
}

// besideNames are parts of the class or id of what stands beside an article.
var besideNames = []string{
	"comment", "related", "sidebar", "footer", "recommend", "popular", "trending", "most-read", "mostread",
	"navigation", "breadcrumb", "newsletter", "teaser", "promo", "disqus", "widget", "more-stories", "outbrain", "taboola",
}

func standsBeside(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Nav, atom.Aside, atom.Footer:
		return true
	case atom.Html, atom.Body, atom.Main, atom.Article:
		return false
	}
	return names(n, besideNames)
}

// names says whether an element's class or id holds one of the parts.
func names(n *html.Node, parts []string) bool {
	for _, a := range n.Attr {
		if a.Key != "class" && a.Key != "id" || a.Val == "" {
			continue
		}
		v := strings.ToLower(a.Val)
		if slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(v, p) }) {
			return true
		}
	}
	return false
}

// text is the text right below an element, as it stands.
func text(n *html.Node) string {
	if c := n.FirstChild; c != nil && c.NextSibling == nil && c.Type == html.TextNode {
		return c.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// brief is the visible text of an element that holds little of it, else "".
// It looks at few nodes, so that asking for each element of a page stays cheap.
func brief(n *html.Node, most int) string {
	nodes, size := 0, 0
	for d := range n.Descendants() {
		if nodes++; nodes > 60 {
			return ""
		}
		if d.Type == html.TextNode {
			if size += len(strings.TrimSpace(d.Data)); size > most {
				return ""
			}
		}
	}
	if size == 0 {
		return ""
	}
	return markup.Line(n)
}

func (f *facts) first(names ...string) string {
	for _, n := range names {
		if v := f.meta[n]; len(v) > 0 {
			return v[0]
		}
	}
	return ""
}

// address is the canonical address. The front page of a site is nobody's.
func (f *facts) address(base *url.URL) string {
	for _, href := range []string{f.canonical, f.first("og:url")} {
		u := markup.Resolve(base, href)
		if p, err := url.Parse(u); u != "" && err == nil && (strings.Trim(p.Path, "/") != "" || p.RawQuery != "") {
			return u
		}
	}
	return ""
}

func (f *facts) language() string {
	for _, l := range []string{f.lang, f.linked.text("inLanguage"), f.first("og:locale", "language", "content-language", "dc.language")} {
		l = strings.ToLower(l)
		if len(l) >= 2 && (len(l) == 2 || l[2] == '-' || l[2] == '_') {
			return l[:2]
		}
	}
	return ""
}
