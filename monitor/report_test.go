package monitor_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// report writes a PDF of n pages.
func report(n int, text string) string {
	var b, kids strings.Builder
	b.WriteString("%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n3 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> endobj\n")
	content := "BT /F1 24 Tf 72 700 Td (Depots of Harrow Bay) Tj /F1 10 Tf 0 -40 Td (" + text + ") Tj ET"
	fmt.Fprintf(&b, "4 0 obj << /Length %d >> stream\n%s\nendstream endobj\n", len(content), content)
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", 5+i)
		fmt.Fprintf(&b, "%d 0 obj << /Type /Page /Contents 4 0 R /Resources << /Font << /F1 3 0 R >> >> >> endobj\n", 5+i)
	}
	fmt.Fprintf(&b, "2 0 obj << /Type /Pages /Kids [ %s] >> endobj\ntrailer << /Root 1 0 R >>\n%%%%EOF\n", kids.String())
	return b.String()
}

// An article links to a report of 44 pages; another one is a report itself.
func TestReportsAreFollowed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	files := map[string]string{
		"/report.pdf": report(44, "Inspectors counted 681 Kornet missiles in the depot."),
		"/brief.pdf":  report(2, "A short paper on Kornet missiles, for those in haste."),
		"/story":      `<!doctype html><title>Report on depots</title><article><h1>Report on depots</h1><p>A new report counts Kornet missiles. ` + long + `</p><p><a href="/report.pdf">Read it</a> <a href="/report.pdf#page=2">again</a></p></article><footer><a href="/terms.pdf">Terms</a></footer>`,
		"/ferry":      `<!doctype html><title>Ferry</title><article><h1>Ferry</h1><p>The ferry runs again. ` + strings.ReplaceAll(long, "ministry", "harbour") + `</p><p><a href="/timetable.pdf">Timetable</a></p></article>`,
	}
	now := time.Now()
	feed := rss()
	s.handler = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/feed" {
			_, _ = w.Write([]byte(feed))
			return
		}
		body, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, r.URL.Path, time.Time{}, bytes.NewReader([]byte(body)))
	}
	b := newBench(t, news.Source{Name: "site", Kind: news.Feed, URL: s.URL + "/feed"})
	b.poll()
	feed = rss(
		item{link: s.URL + "/story", title: "Report on depots", text: "Short.", at: now},
		item{link: s.URL + "/ferry", title: "Ferry runs again", text: "Short.", at: now},
		item{link: s.URL + "/brief.pdf", title: "Brief on missiles", text: long, at: now},
	)
	b.poll()
	b.poll()
	for path, want := range map[string]int{"/report.pdf": 1, "/brief.pdf": 1, "/terms.pdf": 0, "/timetable.pdf": 0} {
		if got := s.asked(path); got != want {
			t.Errorf("%s was asked for %d times, want %d", path, got, want)
		}
	}
	trails, err := b.store.Explain(t.Context(), s.URL+"/report.pdf")
	if err != nil || len(trails) != 1 {
		t.Fatalf("%d trails, %v", len(trails), err)
	}
	a := trails[0]
	if a.Article.Title != "Depots of Harrow Bay" || !a.Matched || !strings.HasPrefix(a.Article.Text, "44-page report (PDF, SHA-256 ") {
		t.Errorf("stored title %q, matched %v, text %.80q", a.Article.Title, a.Matched, a.Article.Text)
	}
	pages := func(f news.Finding) bool { return f.Kind == news.Pages && f.Value == "44" }
	if !slices.ContainsFunc(a.Reading.Findings, pages) {
		t.Errorf("no finding of 44 pages in %+v", a.Reading.Findings)
	}
}
