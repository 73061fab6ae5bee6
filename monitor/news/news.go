// Package news holds the words of armswatch: the values that travel from a
// source to a channel. It imports the standard library only, reads no clock,
// touches no disk and no network, and every other package may import it.
//
// The words, in the order in which a piece of news meets them: a [Source]
// lists an [Entry]; a new entry becomes an [Article]; a matcher makes a
// [Reading] of it (mentions, matches, findings); articles on the same findings
// form a [Story]; a [Route] says which stories go where and when; a [Delivery]
// is one message to one channel, carrying a [Digest].
package news

import (
	"strconv"
	"time"
)

// Kind says how a source is read.
type Kind string

// The kinds of source.
const (
	Feed    Kind = "feed"    // RSS, Atom, JSON Feed
	Page    Kind = "page"    // a listing page, read with CSS selectors
	Sitemap Kind = "sitemap" // a news sitemap
	Watch   Kind = "watch"   // one page whose text is watched for additions
)

// Source is one place armswatch polls, as the config names it.
type Source struct {
	Name string // unique; how people and reports name it
	Kind Kind
	URL  string

	// Selectors of a listing page (CSS): one item, and within it the title,
	// the link and the date. Empty ones are found by convention.
	Items, Title, Link, Date string
	// Render: pages are fetched through a Chrome, for those built by scripts.
	Render bool
	// Content is a CSS selector that overrides article-text extraction.
	Content string
	// Ignore leaves parts (CSS) and lines (/regular expressions/) of a watched page out.
	Ignore []string

	Every    time.Duration // fixed interval between polls; 0: learn it
	Schedule string        // cron spec instead of an interval; may be empty
	Backfill time.Duration // on the first poll, entries younger than this count as new
	Gap      time.Duration // least time between two requests to its host; 0: the default
	Headers  map[string]string
}

// Entry is one item of a feed or a listing page, before we know it is new.
type Entry struct {
	GUID      string // as given; may be empty
	URL       string // absolute; may be empty
	Title     string // plain text, one line
	Author    string
	Summary   string // plain text
	Content   string // plain text; empty when the feed carries only a summary
	Lang      string // BCP 47 as declared; may be empty
	Published time.Time
	Updated   time.Time
	Diff      string // of a watched page: what changed, a line each with "+ " or "- " before it
}

// ArticleID names an article for ever. It grows with the time the article was
// first seen.
type ArticleID int64

// Article is an entry that we stored.
type Article struct {
	ID        ArticleID
	Source    string // name of the source that listed it first
	GUID      string
	URL       string // as listed, absolute
	Canonical string // canonical URL without tracking parameters; "" when unknown
	Title     string
	Author    string
	Text      string // plain text, paragraphs separated by "\n"
	Lang      string // ISO 639-1; "" when unknown
	Published time.Time
	FirstSeen time.Time
	Quiet     bool   // known from a first poll: may join stories, never alerts
	Diff      string // of a watched page: what changed, a line each with "+ " or "- " before it
}

// When is the time an article is dated by: published if known, else first seen.
func (a Article) When() time.Time {
	if a.Published.IsZero() {
		return a.FirstSeen
	}
	return a.Published
}

// Field names the part of an article an offset points into.
type Field string

// The fields of an article.
const (
	InTitle Field = "title"
	InText  Field = "text"
)

// Span is a half-open range of byte offsets.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Mention is a surface form found in an article, with the verdict on it.
// Start and End are byte offsets into the original field.
type Mention struct {
	Field    Field    `json:"field,omitempty"`
	Start    int      `json:"start"`
	End      int      `json:"end"`
	Surface  string   `json:"surface"`
	System   string   `json:"system"` // catalogue id, for example 9m133-kornet
	Name     string   `json:"name"`   // for example 9M133 Kornet
	Category string   `json:"category"`
	Class    string   `json:"class"`
	Accepted bool     `json:"accepted"`
	Score    int      `json:"score"`
	Reasons  []string `json:"reasons,omitempty"`
}

// Match says that an article meets one rule of a watchlist, with the words
// that prove it.
type Match struct {
	Watchlist string `json:"watchlist"`
	Rule      string `json:"rule"` // the rule in its canonical form, for example weapon:"9M133 Kornet"
	System    string `json:"system,omitempty"`
	Field     Field  `json:"field"`
	Start     int    `json:"start"` // byte offsets of the proof in the field
	End       int    `json:"end"`
	Excerpt   string `json:"excerpt"`         // the sentence around the proof
	Marks     []Span `json:"marks,omitempty"` // what to mark within Excerpt
}

// FindingKind says what a finding is about.
type FindingKind string

// The kinds of finding.
const (
	Quantity  FindingKind = "quantity"  // a number of a system or class of thing
	Pages     FindingKind = "pages"     // the page count of a report
	Report    FindingKind = "report"    // the title of a report
	Publisher FindingKind = "publisher" // who published it
	Author    FindingKind = "author"    // who wrote it
	Country   FindingKind = "country"   // Value is an ISO 3166-1 alpha-3 code
	Period    FindingKind = "period"    // a date or a span of years
	Money     FindingKind = "money"
)

// Finding is something a text says that identifies what it reports.
type Finding struct {
	Kind   FindingKind `json:"kind"`
	Field  Field       `json:"field,omitempty"`
	Start  int         `json:"start"`
	End    int         `json:"end"`
	Value  string      `json:"value"`            // normalised: "681", "2003-2007", "Amnesty International", "IRQ"
	Unit   string      `json:"unit,omitempty"`   // what is counted: "stinger", "rifles", "USD"; a country's English name
	System string      `json:"system,omitempty"` // catalogue id when the unit is a system
	Approx string      `json:"approx,omitempty"` // "more than", "about", "up to"; "" when exact
	Text   string      `json:"text,omitempty"`   // the words as written
	Aside  bool        `json:"aside,omitempty"`  // a country or a sum of the text in whose sentence no weapon and no quantity is
}

// Reading is everything a matcher found in one article.
type Reading struct {
	Mentions []Mention `json:"mentions,omitempty"`
	Matches  []Match   `json:"matches,omitempty"`
	Findings []Finding `json:"findings,omitempty"`
}

// Watchlists returns the names of the watchlists met, each once, in order.
func (r Reading) Watchlists() []string {
	var names []string
	seen := map[string]bool{}
	for _, m := range r.Matches {
		if !seen[m.Watchlist] {
			seen[m.Watchlist] = true
			names = append(names, m.Watchlist)
		}
	}
	return names
}

// Role says what an article is to its story.
type Role string

// The roles of an article in a story.
const (
	Original Role = "original" // the publisher's own, or the earliest with its own findings
	Reprint  Role = "reprint"  // word for word, whole or trimmed
	Rewrite  Role = "rewrite"  // same facts and quotations, nothing new
	Own      Role = "own"      // own reporting: new sources, numbers or quotations
)

// Novelty is one thing an article adds to its story.
type Novelty struct {
	Kind  FindingKind `json:"kind"`            // what sort of thing; "system" for a weapon system
	Text  string      `json:"text"`            // for people: "says 861 Stinger where others say 681"
	Clash bool        `json:"clash,omitempty"` // others say otherwise, or the outlet itself did
	Aside bool        `json:"aside,omitempty"` // a country or a sum that stands neither in the title nor near a weapon or a number
}

// Material says that it is worth telling by itself.
func (n Novelty) Material() bool { return n.Clash || !n.Aside }

// StoryID numbers stories from 1, in the order in which they began.
type StoryID int64

func (id StoryID) String() string { return strconv.FormatInt(int64(id), 10) }

// Member is an article in its story.
type Member struct {
	Article Article
	Reading Reading
	Role    Role
	Reasons []string // why it is in this story and has this role
	New     []Novelty
	Seq     int64 // position in the order of grouping, over all stories
	// Corrections are what its outlet changed in it since, in order.
	Corrections []Correction
}

// Correction is an edit of an article after it was placed in its story.
type Correction struct {
	Seq int64 // its own, in the order of grouping
	At  time.Time
	New []Novelty // what is told of it; empty for an edit that changes nothing of the story
}

// Story is a set of articles on the same findings. Members are in the order in
// which they were grouped.
type Story struct {
	ID      StoryID
	Members []Member
	Mutes   []Mute
}

// Seq is that of what happened to the story last.
func (s Story) Seq() (last int64) {
	for _, m := range s.Members {
		last = max(last, m.Seq)
		for _, c := range m.Corrections {
			last = max(last, c.Seq)
		}
	}
	return last
}
