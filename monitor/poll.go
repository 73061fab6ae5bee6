package monitor

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/armswatch/armswatch/monitor/extract"
	"github.com/armswatch/armswatch/monitor/feed"
	"github.com/armswatch/armswatch/monitor/fetch"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/page"
	"github.com/armswatch/armswatch/monitor/store"
)

const (
	// A feed item with less text than this is a teaser, and its page is read.
	teaser = 600 // bytes
	// What we first see this long after it was published is no news: a restored
	// backup, a feed that grew its archive. It is stored and may join stories.
	staleAfter = 48 * time.Hour
)

// listing is what one poll of a source brought.
type listing struct {
	entries  []news.Entry
	response *fetch.Response
	ttl      time.Duration
	warnings []string
	known    int    // entries that were listed before
	mapped   string // the sitemap that was read instead of the index, "" for none
	maps     []feed.Map
	watched  page.Watched
	cut      bool // the list ended before its end
	capped   bool // there is more than was read
	garbled  bool
}

// poll fetches one source, finds what is new in it, and records the outcome
// with the source's validators in one transaction. A crash before that polls
// again; after it nothing is lost.
func (m *Monitor) poll(ctx context.Context, p store.Poll, q *uneventful) error {
	src, ok := m.source(p.Source)
	if !ok {
		return nil // gone from the config since it became due
	}
	done := store.Polled{
		Source: p.Source, At: time.Now(), Interval: p.Interval,
		ETag: p.ETag, LastModified: p.LastModified, Moved: p.Moved,
	}
	mem := recall(p.Memory)
	l, err := m.list(ctx, src, p, &mem)
	if ctx.Err() != nil {
		return ctx.Err() // we are stopping: say nothing about the source
	}
	if err != nil {
		m.failed(&done, p, src, err)
		m.sick(&done, mem, src, err)
	} else if err := m.answered(ctx, &done, mem, src, p, l); err != nil {
		return err
	}
	if err == nil && l.response.NotModified && len(done.Notice.Lines) == 0 {
		return q.add(ctx, done)
	}
	if err := m.o.Store.RecordPoll(ctx, done); err != nil {
		return fmt.Errorf("record poll of %s: %w", p.Source, err)
	}
	q.news = true
	return nil
}

// answered takes in what a source answered.
func (m *Monitor) answered(ctx context.Context, done *store.Polled, mem memory, src news.Source, p store.Poll, l listing) error {
	outcome := "not_modified"
	if !l.response.NotModified {
		outcome = "ok"
		if src.Kind == news.Watch {
			l.entries = mem.gained(src, l.watched, done.At)
		}
		known, err := m.sift(ctx, done, src, p, l)
		if err != nil {
			return err
		}
		l.known = known
	}
	m.o.Metrics.polls.WithLabelValues(outcome).Inc()
	keepValidators(done, l)
	m.well(done, mem, src, p, l)
	p.Memory = done.Memory
	done.Next, done.Interval = m.next(src, p, l, done.At)
	return nil
}

// list fetches and parses. A parser that panics harms only its own source.
func (m *Monitor) list(ctx context.Context, src news.Source, p store.Poll, mem *memory) (l listing, err error) {
	defer func() {
		if r := recover(); r != nil {
			m.o.Log.Error("parser panicked", "source", src.Name, "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("read %s: the parser failed on this content (%v); please report it with the file", src.Kind, r)
		}
	}()
	req := fetch.Request{
		URL: src.URL, For: purpose(src.Kind), ETag: p.ETag,
		LastModified: p.LastModified, Headers: src.Headers, HeadersFor: src.URL, Gap: src.Gap, Render: src.Render,
	}
	if p.Moved != "" {
		req.URL = p.Moved
	}
	if mem.Map != "" { // the validators are those of a sitemap, not of its index
		req.ETag, req.LastModified = "", ""
	}
	if err := m.fetchList(ctx, &l, src, req); err != nil {
		return l, err
	}
	return l, m.followIndex(ctx, &l, src, p, mem)
}

func (m *Monitor) fetchList(ctx context.Context, l *listing, src news.Source, req fetch.Request) (err error) {
	if l.response, err = m.o.Fetch.Get(ctx, req); err != nil || l.response.NotModified {
		return err
	}
	done, err := m.mayParse(ctx, len(l.response.Body))
	if err != nil {
		return err
	}
	defer done()
	err = l.parse(src)
	l.response.Body = nil
	return err
}

// What is parsed takes many times its length in memory, so only so much is at
// once. What is short does not wait.
const (
	mostParsed = 512 << 10 // bytes; what is longer is parsed alone
	short      = 32 << 10  // bytes
)

// mayParse waits until something of that length may be parsed. The caller calls
// what it returns when it has parsed.
func (m *Monitor) mayParse(ctx context.Context, length int) (done func(), err error) {
	if length <= short {
		return func() {}, nil
	}
	n := int64(min(length, mostParsed))
	if err := m.parsing.Acquire(ctx, n); err != nil {
		return nil, err
	}
	return func() { m.parsing.Release(n) }, nil
}

// maxIndexes is how many sitemap indexes lead to a sitemap; one is usual.
const maxIndexes = 2

// followIndex reads the newest sitemap of an index, in place of the index. The
// index is asked for whole each time, since it may stay as it is while its
// sitemaps change; the sitemap only if it changed.
func (m *Monitor) followIndex(ctx context.Context, l *listing, src news.Source, p store.Poll, mem *memory) error {
	moved := l.response.Moved
	for n := 0; len(l.maps) > 0; n++ {
		if n == maxIndexes {
			return &feed.Error{Msg: "it is an index of indexes of sitemaps", Fix: "name one of the sitemaps in it"}
		}
		l.mapped = l.maps[0].URL
		req := fetch.Request{URL: l.mapped, For: fetch.Sitemap, Headers: src.Headers, HeadersFor: src.URL, Gap: src.Gap}
		if l.mapped == mem.Map {
			req.ETag, req.LastModified = p.ETag, p.LastModified
		}
		l.maps = nil
		if err := m.fetchList(ctx, l, src, req); err != nil {
			return err
		}
		l.response.Moved = moved
	}
	mem.Map = l.mapped
	return nil
}

func purpose(k news.Kind) fetch.Purpose {
	switch k {
	case news.Feed:
		return fetch.Feed
	case news.Sitemap:
		return fetch.Sitemap
	default:
		return fetch.Page
	}
}

func (l *listing) parse(src news.Source) (err error) {
	r := l.response
	if src.Kind == news.Watch {
		l.watched, err = page.Watch(r.Body, page.Watching{Selector: src.Content, Ignore: src.Ignore, ContentType: r.ContentType})
		return err
	}
	if src.Kind == news.Page {
		l.entries, err = page.List(r.Body, page.Listing{
			Items: src.Items, Title: src.Title, Link: src.Link,
			Date: src.Date, URL: r.URL, ContentType: r.ContentType, Now: time.Now(),
		})
		return err
	}
	f, err := feed.Parse(r.Body, feed.Options{URL: r.URL, ContentType: r.ContentType, Now: time.Now()})
	if err != nil {
		return err
	}
	l.entries, l.ttl, l.warnings, l.maps = f.Entries, f.TTL, f.Warnings, f.Maps
	l.cut, l.capped, l.garbled = f.Cut, f.More, f.Garbled
	return nil
}

// keepValidators remembers what the next poll asks with. A list that was cut
// off is asked for whole the next time.
func keepValidators(done *store.Polled, l listing) {
	r := l.response
	if !r.NotModified || r.ETag != "" {
		done.ETag = r.ETag
	}
	if !r.NotModified || r.LastModified != "" {
		done.LastModified = r.LastModified
	}
	if l.cut {
		done.ETag, done.LastModified = "", ""
	}
	if r.Moved != "" {
		done.Moved = r.Moved
	}
}

// failed records why a poll failed and when to come again: as the host said,
// else backing off, and never sooner than the source's own interval.
func (m *Monitor) failed(done *store.Polled, p store.Poll, src news.Source, err error) {
	done.Err = oneLine(err.Error())
	wait := m.backoff(p.Failures + 1)
	if fe, ok := errors.AsType[*fetch.Error](err); ok {
		wait = max(wait, fe.RetryAfter)
		done.Gone = fe.Kind == fetch.Gone
	}
	done.Next = done.At.Add(max(wait, src.Every))
	m.o.Metrics.polls.WithLabelValues("failed").Inc()
	m.o.Log.Warn("poll failed", "source", src.Name, "error", done.Err, "failures", p.Failures+1,
		"next", done.Next.Format(time.RFC3339))
}

// sift finds which entries are new or changed and makes articles of them. It
// says how many were known.
func (m *Monitor) sift(ctx context.Context, done *store.Polled, src news.Source, p store.Poll, l listing) (known int, err error) {
	for _, w := range l.warnings {
		m.o.Log.Warn("feed repaired", "source", src.Name, "warning", w)
	}
	entries := slices.DeleteFunc(slices.Clone(l.entries), saysNothing)
	done.Entries = len(entries)
	found, err := m.o.Store.Identify(ctx, src.Name, entries)
	if err != nil {
		return 0, fmt.Errorf("identify entries of %s: %w", src.Name, err)
	}
	for i, f := range found {
		e := entries[i]
		if f.Known != 0 {
			known++
			if changed(f.Article, e) {
				done.Articles = append(done.Articles, m.edited(f, e))
			}
			continue
		}
		done.Articles = append(done.Articles, m.fresh(f, e, src, p, done.At))
	}
	// A feed lists the newest first; articles are numbered in the order of news.
	slices.Reverse(done.Articles)
	if n := len(done.Articles); n > 0 {
		m.o.Metrics.articles.Add(float64(n))
		m.o.Log.Info("new articles", "source", src.Name, "count", n)
	}
	return known, nil
}

// saysNothing says whether an entry holds nothing that could be news.
func saysNothing(e news.Entry) bool {
	return e.Title == "" && e.URL == "" && e.Summary == "" && e.Content == ""
}

// fresh makes the article of an entry nobody has seen before, matched unless
// its page must be read first.
func (m *Monitor) fresh(f store.Stored, e news.Entry, src news.Source, p store.Poll, now time.Time) store.Stored {
	a := f.Article
	a.Source, a.GUID, a.URL, a.Title, a.Author = src.Name, e.GUID, e.URL, e.Title, e.Author
	a.Text, a.Published, a.FirstSeen = entryText(e), e.Published, now
	a.Lang = language(e.Lang, a)
	a.Quiet, a.Diff = quiet(e, src, p, now), e.Diff
	f.Article = a
	if src.Kind != news.Watch && !a.Quiet && (len(a.Text) < teaser || extract.IsReport(a.URL, "")) {
		f.ReadHost = news.HostOf(a.URL)
	}
	if f.ReadHost == "" {
		f.Reading = m.match(a)
	}
	return f
}

// quiet says whether an entry is too old to be news to anybody: it was there
// at the first poll, or was published long before we saw it.
func quiet(e news.Entry, src news.Source, p store.Poll, now time.Time) bool {
	if p.First {
		return e.Published.IsZero() || src.Backfill == 0 || now.Sub(e.Published) > src.Backfill
	}
	if e.Published.IsZero() {
		return !p.LastSuccess.IsZero() && now.Sub(p.LastSuccess) > staleAfter
	}
	return now.Sub(e.Published) > max(staleAfter, src.Backfill)
}

// changed says whether the outlet edited an article. A teaser's text is not
// compared: what we keep is the page's.
func changed(a news.Article, e news.Entry) bool {
	if e.Title != "" && e.Title != a.Title {
		return true
	}
	text := entryText(e)
	return len(text) >= teaser && text != a.Text
}

func (m *Monitor) edited(f store.Stored, e news.Entry) store.Stored {
	if e.Title != "" {
		f.Article.Title = e.Title
	}
	if text := entryText(e); len(text) >= teaser {
		f.Article.Text = text
	}
	f.Reading = m.match(f.Article)
	return f
}

// entryText is the fuller of what a feed carries for an entry.
func entryText(e news.Entry) string {
	if len(e.Content) >= len(e.Summary) {
		return e.Content
	}
	return e.Summary
}

// match reads an article that is new or changed.
func (m *Monitor) match(a news.Article) news.Reading {
	r := m.reading(a, m.Setup().Matcher.Match)
	if len(r.Matches) > 0 {
		m.o.Metrics.matched.Inc()
	}
	return r
}

// reading is what the matcher reads in an article. One that panics harms only this
// article: it is as one that met no watchlist, and the log has what to report.
func (m *Monitor) reading(a news.Article, read func(news.Article) news.Reading) (r news.Reading) {
	defer func() {
		if p := recover(); p != nil {
			m.o.Log.Error("matcher panicked; please report it with the article", "article", a.URL, "panic", p, "stack", string(debug.Stack()))
			r = news.Reading{}
		}
	}()
	return read(a)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
