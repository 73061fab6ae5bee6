package extract

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"github.com/armswatch/armswatch/monitor/decode/markup"
)

// bestTitle is the headline that readers see when the page's own words about
// itself agree with it; else what it tells machines.
func (f *facts) bestTitle() string {
	told := []string{
		markup.Clean(html.UnescapeString(f.linked.text("headline"))),
		f.first("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "sailthru.title"),
		f.title,
	}
	if h := f.headline(told); h != "" {
		return h
	}
	for _, t := range told[:2] {
		if t = f.withoutSite(t); t != "" && !f.namesSite(t) {
			return t
		}
	}
	return cmp.Or(f.withoutSite(f.title), first(f.headings), told[1])
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// headline is the heading of first order that shares most with what the page
// tells of its title. A page's only such heading needs less to be believed.
func (f *facts) headline(told []string) string {
	best, most := "", 0.0
	for _, h := range f.headings {
		if f.namesSite(h) {
			continue
		}
		share := 0.0
		for _, t := range told {
			share = max(share, shared(h, t))
		}
		if share > most {
			best, most = h, share
		}
	}
	if most >= 0.5 || most >= 0.25 && len(f.headings) == 1 {
		return best
	}
	return ""
}

// shared is how much of a heading's words are in a title, from 0 to 1.
func shared(heading, title string) float64 {
	a, b := titleWords(heading), titleWords(title)
	if len(a) == 0 {
		return 0
	}
	n := 0
	for _, w := range a {
		if slices.Contains(b, w) {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

// titleWords are words for comparison; scripts without spaces give characters.
func titleWords(s string) []string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 0x2e80 && unicode.IsLetter(r):
			return r
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		case r == '\'' || r == '’' || r == 0xad:
			return -1
		}
		return ' '
	}, s)
	var out []string
	for w := range strings.FieldsSeq(s) {
		if r := []rune(w); r[0] >= 0x2e80 {
			for _, c := range r {
				out = append(out, string(c))
			}
			continue
		}
		out = append(out, w)
	}
	return out
}

// namesSite says whether a text is the outlet's name and no headline.
func (f *facts) namesSite(s string) bool {
	for _, site := range []string{f.first("og:site_name"), f.first("application-name"), f.first("apple-mobile-web-app-title")} {
		if site != "" && strings.EqualFold(site, s) {
			return true
		}
	}
	return false
}

var titleBars = []string{" | ", " - ", " – ", " — ", " :: ", " « ", " » ", " • ", " · ", " : ", "｜", " ― ", " │ "}

// withoutSite cuts the outlet's name from the ends of a title: what stands
// behind the last bar when it is the site's name, or when the rest is still a
// title and it is short.
func (f *facts) withoutSite(title string) string {
	for range 3 {
		head, tail, ok := cutLastBar(title)
		if !ok {
			return title
		}
		switch {
		case f.namesSite(tail), slices.ContainsFunc(f.headings, func(h string) bool { return strings.EqualFold(h, head) }):
			title = head
		case f.namesSite(head):
			return tail
		case len(titleWords(head)) >= 4 && len(titleWords(tail)) <= 4 && len(tail) < len(head)/2:
			title = head
		default:
			return title
		}
	}
	return title
}

func cutLastBar(title string) (head, tail string, ok bool) {
	at, width := -1, 0
	for _, bar := range titleBars {
		if i := strings.LastIndex(title, bar); i > at {
			at, width = i, len(bar)
		}
	}
	if at <= 0 {
		return "", "", false
	}
	return strings.TrimSpace(title[:at]), strings.TrimSpace(title[at+width:]), true
}
