package monitor

import (
	"fmt"

	"github.com/armswatch/armswatch/monitor/extract"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/pdf"
	"github.com/armswatch/armswatch/monitor/store"
)

// booklet is from how many pages on a PDF is called a report.
const booklet = 8

// readReport reads a PDF as an article's page. Its text begins with what it
// is, so that page count and hash are found, matched and kept as all else is.
func readReport(body []byte) (*extract.Page, error) {
	d, err := pdf.Read(body)
	if err != nil {
		return nil, err
	}
	kind := "document"
	if d.Pages >= booklet {
		kind = "report"
	}
	p := &extract.Page{
		Title: d.Title, Published: d.Created, Lang: extract.Language(d.Title + "\n" + d.Text),
		Text: fmt.Sprintf("%d-page %s (PDF, SHA-256 %s)\n%s", d.Pages, kind, d.SHA256, d.Text),
	}
	if d.Author != "" {
		p.Authors = []string{d.Author}
	}
	return p, nil
}

// reports are new articles: the PDFs that an article links to, if it is about
// a report or meets a watchlist. The visit of their host reads them.
func reports(done store.ReadDone, p *extract.Page) []store.Stored {
	if p == nil || done.Article.Quiet || !aboutReport(done.Reading) {
		return nil
	}
	var out []store.Stored
	for _, url := range p.Reports {
		a := news.Article{
			Source: done.Article.Source, URL: url, Published: done.Article.Published, FirstSeen: done.At,
		}
		if host := news.HostOf(url); host != "" {
			out = append(out, store.Stored{Article: a, ReadHost: host})
		}
	}
	return out
}

func aboutReport(r news.Reading) bool {
	for _, f := range r.Findings {
		if f.Kind == news.Report || f.Kind == news.Pages {
			return true
		}
	}
	return len(r.Matches) > 0
}
