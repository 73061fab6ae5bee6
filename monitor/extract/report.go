package extract

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/armswatch/armswatch/monitor/decode/markup"
)

// maxReports is how many reports of one article are noted: the first. An
// article about a report links to it, and perhaps to its summary and annex; one
// with more is a list.
const maxReports = 3

// report notes a link to a PDF.
func (f *facts) report(n *html.Node, beside bool) {
	if href := markup.Attr(n, "href"); !beside && href != "" && len(f.reports) < 100 && IsReport(href, markup.Attr(n, "type")) {
		f.reports = append(f.reports, href)
	}
}

// IsReport says whether a link leads to a PDF, as its address or its type,
// which may be empty, says.
func IsReport(href, kind string) bool {
	u, err := url.Parse(strings.TrimSpace(href))
	return err == nil && (strings.HasSuffix(strings.ToLower(u.Path), ".pdf") || kind == "application/pdf")
}

// reportsOf are the addresses of the PDFs that the article links to.
func (f *facts) reportsOf(base *url.URL) []string {
	var out []string
	for _, href := range f.reports {
		if u := markup.Resolve(base, href); u != "" && !slices.Contains(out, u) && len(out) < maxReports {
			out = append(out, u)
		}
	}
	return out
}
