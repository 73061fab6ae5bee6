package demo

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"strings"
	"time"
)

// summaryWords is how much of a text a feed without whole texts carries.
const summaryWords = 18

func (o outlet) text(a article) string {
	if o.whole {
		return "<p>" + strings.Join(a.paragraphs, "</p>\n<p>") + "</p>"
	}
	words := strings.Fields(a.paragraphs[0])
	return strings.Join(words[:min(summaryWords, len(words))], " ") + " …"
}

type rss struct {
	XMLName xml.Name  `xml:"rss"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"channel>title"`
	Link    string    `xml:"channel>link"`
	Items   []rssItem `xml:"channel>item"`
}

type rssItem struct {
	Title       string `xml:"title"`
	Link        string `xml:"link"`
	GUID        string `xml:"guid"`
	PubDate     string `xml:"pubDate"`
	Description string `xml:"description"`
}

func (o outlet) rss(base string, now time.Time) ([]byte, error) {
	f := rss{Version: "2.0", Title: o.name, Link: base + "/"}
	for _, a := range o.articles {
		link := base + "/" + a.slug
		f.Items = append(f.Items, rssItem{a.title, link, link, now.Add(-a.age).Format(time.RFC1123Z), o.text(a)})
	}
	return asXML(f)
}

type atom struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Entries []atomEntry `xml:"entry"`
}

type atomEntry struct {
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Link      atomLink `xml:"link"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
	Author    string   `xml:"author>name,omitempty"`
	Summary   *atomTxt `xml:"summary"`
	Content   *atomTxt `xml:"content"`
}

type atomLink struct {
	Href string `xml:"href,attr"`
}

type atomTxt struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

func (o outlet) atom(base string, now time.Time) ([]byte, error) {
	f := atom{ID: base + "/", Title: o.name, Updated: now.Add(-o.newest()).Format(time.RFC3339)}
	for _, a := range o.articles {
		at := now.Add(-a.age).Format(time.RFC3339)
		e := atomEntry{
			ID: "tag:" + o.id + ".example," + a.slug, Title: a.title, Link: atomLink{base + "/" + a.slug},
			Published: at, Updated: at, Author: a.author,
		}
		if text := (&atomTxt{"html", o.text(a)}); o.whole {
			e.Content = text
		} else {
			e.Summary = text
		}
		f.Entries = append(f.Entries, e)
	}
	return asXML(f)
}

func (o outlet) json(base string, now time.Time) ([]byte, error) {
	items := []map[string]any{}
	for _, a := range o.articles {
		item := map[string]any{
			"id": o.id + "-" + a.slug, "url": base + "/" + a.slug, "title": a.title,
			"date_published": now.Add(-a.age).Format(time.RFC3339),
		}
		if key := "summary"; o.whole {
			item["content_html"] = o.text(a)
		} else {
			item[key] = o.text(a)
		}
		items = append(items, item)
	}
	out, err := json.MarshalIndent(map[string]any{
		"version": "https://jsonfeed.org/version/1.1", "title": o.name,
		"home_page_url": base + "/", "items": items,
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("render feed of %s: %w", o.name, err)
	}
	return out, nil
}

func asXML(v any) ([]byte, error) {
	out, err := xml.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("render feed: %w", err)
	}
	return append([]byte(xml.Header), out...), nil
}

// newest is the age of the newest article.
func (o outlet) newest() time.Duration {
	age := o.articles[0].age
	for _, a := range o.articles {
		age = min(age, a.age)
	}
	return age
}

type pageData struct {
	Outlet, Title, Author string
	At                    time.Time
	Paragraphs            []string
	Items                 []pageData
	Slug                  string
}

func pages() *template.Template {
	return template.Must(template.New("").Parse(`{{define "article"}}<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{.Title}} | {{.Outlet}}</title>
<meta property="og:title" content="{{.Title}}">
<meta property="og:site_name" content="{{.Outlet}}">
<meta property="article:published_time" content="{{.At.Format "2006-01-02T15:04:05Z07:00"}}">
{{with .Author}}<meta name="author" content="{{.}}">{{end}}
</head>
<body>
<header><nav><a href="/">{{.Outlet}}</a> <a href="/about">About us</a> <a href="/subscribe">Subscribe</a></nav></header>
<main><article>
<h1>{{.Title}}</h1>
<p class="byline">{{with .Author}}By {{.}}, {{end}}<time datetime="{{.At.Format "2006-01-02T15:04:05Z07:00"}}">{{.At.Format "2 January 2006, 15:04"}}</time></p>
{{range .Paragraphs}}<p>{{.}}</p>
{{end}}</article></main>
<footer><p>{{.Outlet}} is an invented outlet of the armswatch demo.</p></footer>
</body>
</html>
{{end}}{{define "list"}}<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{{.Outlet}}</title></head>
<body>
<header><nav><a href="/about">About us</a></nav></header>
<main>
{{range .Items}}<article class="story">
<h2><a href="/{{.Slug}}">{{.Title}}</a></h2>
<time datetime="{{.At.Format "2006-01-02T15:04:05Z07:00"}}">{{.At.Format "2 January 2006"}}</time>
</article>
{{end}}</main>
</body>
</html>
{{end}}`))
}

func (o outlet) page(a article, now time.Time) pageData {
	return pageData{Outlet: o.name, Title: a.title, Author: a.author, At: now.Add(-a.age), Paragraphs: a.paragraphs, Slug: a.slug}
}
