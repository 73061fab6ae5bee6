package email

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify/digest"
	"github.com/armswatch/armswatch/notify/digest/text"
)

//go:embed digest.html
var pageText string

var page = template.Must(template.New("digest").Funcs(template.FuncMap{
	"facts": digest.Facts, "reach": digest.Reach, "parts": digest.Parts, "some": digest.Some, "link": digest.Link,
	"period": digest.PeriodText, "marked": marked, "count": digest.Count,
	"sentences": digest.Sentences, "join": func(names []string) string { return strings.Join(names, ", ") },
	"arr": func(v ...any) []any { return v },
}).Parse(pageText))

// render makes the HTML part. html/template escapes whatever the digest holds.
func render(m news.Digest) (string, error) {
	var b strings.Builder
	zone := text.Zone(m.Zone)
	at := func(t time.Time) string { return t.In(zone).Format("Mon 2 Jan 15:04 MST") }
	data := struct {
		news.Digest
		At func(time.Time) string
	}{m, at}
	if err := page.Execute(&b, data); err != nil {
		return "", fmt.Errorf("render mail: %w", err)
	}
	return b.String(), nil
}

// piece is a part of a sentence, marked or not.
type piece struct {
	Text   string
	Marked bool
}

func marked(e news.Evidence) []piece {
	var list []piece
	digest.Runs(e, func(text string, m bool) { list = append(list, piece{text, m}) })
	return list
}

// Page is the HTML part of a mail.
func Page(m news.Digest) ([]byte, error) {
	page, err := render(m)
	return []byte(page), err
}
