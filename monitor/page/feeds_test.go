package page

import (
	"slices"
	"testing"
)

func TestFeeds(t *testing.T) {
	const body = `<html><head><base href="https://news.example/site/">
<link rel="stylesheet" href="a.css"><link rel="alternate" hreflang="de" href="/de">
<link rel="alternate" type="application/rss+xml" title="All  news" href="/rss.xml">
<link rel="ALTERNATE" type="application/atom+xml; charset=utf-8" href="atom">
<link rel="alternate" type="application/rss+xml" href="/rss.xml">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)"></head>
<body><a href="/about">About</a> <a href="https://other.example/world/feed/">World</a> <a href="/rss.xml#x">RSS</a> <a href="/feedback">Feedback</a></body></html>`
	got, err := Feeds([]byte(body), Source{URL: "https://news.example/"})
	if err != nil {
		t.Fatal(err)
	}
	want := []FeedLink{
		{"https://news.example/rss.xml", "All news", true},
		{"https://news.example/site/atom", "", true},
		{"https://other.example/world/feed/", "World", false},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
