package extract

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/armswatch/armswatch/monitor/decode/date"
	"github.com/armswatch/armswatch/monitor/decode/markup"
)

// publishedNames are the meta elements that name the date of publication, the
// most trusted first.
var publishedNames = []string{
	"article:published_time", "article:published", "og:published_time", "og:article:published_time", "datepublished", "published_time", "publish-date",
	"publish_date", "publishdate", "pubdate", "pub_date", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dc.date.created",
	"dcterms.created", "dcterms.date", "dc.date", "citation_publication_date", "citation_date", "cxenseparse:recs:publishtime", "analyticsattributes.articledate",
	"bt:pubdate", "rnews:datepublished", "article_date_original", "originalpublicationdate", "date", "article.published", "article:post_date", "displaydate",
	"datecreated", "created", "release_date", "last-modified", "uploaddate",
}

// publishedInScript finds the date in the data that scripts work with.
var publishedInScript = regexp.MustCompile(`(?i)"(?:datePublished|publish(?:ed)?_?(?:date|at|on|time)?|pub_?date|firstPublished(?:At|Date)?|dateCreated|created_?at)"\s*:\s*"([^"]{8,40})"`)

// stamp notes an element that looks like a date. Beside the article it is
// believed last.
func (f *facts) stamp(n *html.Node, beside bool) {
	const longest, most = 120, 200
	if len(f.times) >= most {
		return
	}
	belief := timeBelief(n)
	if belief == 0 {
		return
	}
	if beside {
		belief = min(belief, 2)
	}
	for _, key := range []string{"datetime", "content", "data-timestamp", "data-date", "title"} {
		if v := markup.Attr(n, key); v != "" && len(v) < longest {
			f.times = append(f.times, stamp{v, belief})
		}
	}
	if s := brief(n, longest); s != "" {
		f.times = append(f.times, stamp{s, belief})
	}
}

func timeBelief(n *html.Node) int {
	belief := 0
	if n.DataAtom == atom.Time {
		belief = 4
	} else if strings.Contains(n.Data, "time") && markup.HasAttr(n, "datetime") { // an element of the site's own making
		belief = 2
	}
	for _, a := range n.Attr {
		v := strings.ToLower(a.Val)
		switch a.Key {
		case "itemprop":
			switch v {
			case "datepublished":
				return 6
			case "datecreated":
				return 5
			case "datemodified":
				return 1
			}
		case "pubdate":
			return 6
		case "class", "id":
			belief = max(belief, dateBelief(v, n.DataAtom == atom.Time))
		}
	}
	return belief
}

// dateBelief weighs the name of an element as that of a date.
func dateBelief(name string, isTime bool) int {
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(name, p) })
	}
	switch {
	case has("updated", "modified", "update", "timer", "event"):
		return 1
	case isTime && has("publish", "entry-date", "dateline", "posted"):
		return 6
	case has("publish", "posted", "entry-date", "dateline", "post-date", "article-date", "timestamp", "pubdate"):
		return 4
	case has("date", "datum", "fecha", "time"):
		return 3
	case has("byline", "meta", "info", "author", "submitted"):
		return 2
	}
	return 0
}

// published is when the article was published, in UTC; zero when unknown. Full
// statements for machines come first, then marked places, the address, and the
// lines around the headline.
func (f *facts) published(doc *html.Node, title, pageURL string, o date.Options) time.Time {
	told := []string{f.linked.moment("datePublished"), f.linked.moment("dateCreated")}
	for _, name := range publishedNames {
		told = append(told, f.meta[name]...)
	}
	if at := firstDate(told, o); !at.IsZero() {
		return at
	}
	inURL, dated := date.OfURL(pageURL, o)
	marked := f.marked(o)
	if dated {
		for _, at := range marked {
			if at.Sub(inURL).Abs() < 36*time.Hour {
				return at
			}
		}
		return inURL.UTC()
	}
	if len(marked) > 0 {
		return marked[0]
	}
	for _, s := range append(f.scripts, f.meta["parsely-page"]...) {
		if m := publishedInScript.FindStringSubmatch(s); m != nil {
			if at := firstDate(m[1:], o); !at.IsZero() {
				return at
			}
		}
	}
	if at := nearHeadline(doc, title, o); !at.IsZero() {
		return at
	}
	return firstDate([]string{f.linked.moment("dateModified"), f.first("article:modified_time", "og:updated_time", "datemodified")}, o)
}

func firstDate(texts []string, o date.Options) time.Time {
	for _, s := range texts {
		if at, ok := date.Parse(s, o); ok {
			return at.UTC()
		}
	}
	return time.Time{}
}

// marked are the dates of the marked places, the most believed first.
func (f *facts) marked(o date.Options) []time.Time {
	slices.SortStableFunc(f.times, func(a, b stamp) int { return cmp.Compare(b.belief, a.belief) })
	var out []time.Time
	for _, s := range f.times {
		at, ok := date.Parse(s.text, o)
		if !ok || s.belief <= 2 && !hasYear(s.text) {
			continue
		}
		out = append(out, at.UTC())
	}
	return out
}

var year = regexp.MustCompile(`(?:19|20)\d\d`)

func hasYear(s string) bool { return year.MatchString(s) }

// nearHeadline finds a date in the short lines around the headline.
func nearHeadline(doc *html.Node, title string, o date.Options) time.Time {
	const before, after, longest = 3, 8, 160
	lines := markup.Lines(doc)
	at := max(0, slices.IndexFunc(lines, func(l string) bool { return strings.EqualFold(l, title) }))
	near := lines[at:min(len(lines), at+after)]
	near = append(slices.Clone(near), lines[max(0, at-before):at]...)
	for _, l := range near {
		if len(l) > longest {
			l = l[:strings.LastIndexByte(l[:longest], ' ')+1]
		}
		if t, ok := date.Find(l, o); ok {
			return t.UTC()
		}
	}
	return alone(lines, o)
}

// alone is the first line of a page that is a date and little else.
func alone(lines []string, o date.Options) time.Time {
	const longest = 30
	for _, l := range lines {
		if len(l) <= longest && hasYear(l) {
			if t, ok := date.Parse(l, o); ok {
				return t.UTC()
			}
		}
	}
	return time.Time{}
}
