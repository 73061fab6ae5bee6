// Package atom writes stories as an Atom feed (RFC 4287) and as a JSON Feed
// (version 1.1), so that anything can subscribe to a route. It is pure, and all
// text from the web is text, never HTML.
package atom

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify/digest"
)

// Feed is what is written.
type Feed struct {
	Title   string
	Self    string // the feed's own address
	Updated time.Time
	Message news.Digest // its stories, in the order of the feed
}

const maxText = 4000

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Link    atomLink    `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Title     string     `xml:"title"`
	ID        string     `xml:"id"`
	Published string     `xml:"published"`
	Updated   string     `xml:"updated"`
	Author    atomAuthor `xml:"author"`
	Link      *atomLink  `xml:"link"`
	Summary   string     `xml:"summary"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

// Atom writes the feed as XML.
func Atom(f Feed) ([]byte, error) {
	out := atomFeed{Title: digest.Clean(f.Title), ID: f.Self, Updated: stamp(f.Updated), Link: atomLink{"self", f.Self}}
	for _, c := range f.Message.Stories {
		e := atomEntry{
			Title: c.Headline, ID: id(f, c), Published: stamp(c.FirstSeen), Updated: stamp(changed(c)),
			Author: atomAuthor{c.Lead}, Summary: summary(c),
		}
		if link := digest.Link(c.URL); link != "" {
			e.Link = &atomLink{Href: link}
		}
		out.Entries = append(out.Entries, e)
	}
	data, err := xml.MarshalIndent(out, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write feed: %w", err)
	}
	return append([]byte(xml.Header), append(data, '\n')...), nil
}

type jsonFeed struct {
	Version string     `json:"version"`
	Title   string     `json:"title"`
	Self    string     `json:"feed_url"`
	Items   []jsonItem `json:"items"`
}

type jsonItem struct {
	ID        string       `json:"id"`
	URL       string       `json:"url,omitempty"`
	Title     string       `json:"title"`
	Text      string       `json:"content_text"`
	Published string       `json:"date_published"`
	Changed   string       `json:"date_modified"`
	Authors   []jsonAuthor `json:"authors"`
	Tags      []string     `json:"tags,omitempty"`
}

type jsonAuthor struct {
	Name string `json:"name"`
}

// JSON writes the feed as JSON Feed.
func JSON(f Feed) ([]byte, error) {
	out := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: digest.Clean(f.Title), Self: f.Self, Items: []jsonItem{}}
	for _, c := range f.Message.Stories {
		out.Items = append(out.Items, jsonItem{
			ID: id(f, c), URL: digest.Link(c.URL), Title: c.Headline, Text: summary(c), Published: stamp(c.FirstSeen),
			Changed: stamp(changed(c)), Authors: []jsonAuthor{{c.Lead}}, Tags: c.Watchlists,
		})
	}
	data, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write feed: %w", err)
	}
	return append(data, '\n'), nil
}

// id is the same for as long as the feed has its address.
func id(f Feed, c news.StoryCard) string { return f.Self + "#story-" + c.ID.String() }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// changed is when the story last gained an outlet.
func changed(c news.StoryCard) time.Time {
	last := c.FirstSeen
	for _, o := range c.Outlets {
		if o.At.After(last) {
			last = o.At
		}
	}
	return last
}

// summary is the story in a few lines, without its headline.
func summary(c news.StoryCard) string {
	var lines []string
	for _, l := range digest.Brief(news.Digest{Kind: news.AlertDelivery, Stories: []news.StoryCard{c}}, maxText) {
		if !l.Head {
			lines = append(lines, digest.Inert(l.Text))
		}
	}
	return strings.Join(lines, "\n")
}
