package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/armswatch/armswatch/monitor/extract"
	"github.com/armswatch/armswatch/monitor/fetch"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/pdf"
	"github.com/armswatch/armswatch/monitor/store"
)

// readTries is how often an article's page is tried; after that the article
// stands with what its feed said.
const readTries = 3

// readPending reads the article pages that wait for a visit to host, each
// recorded with its matches in one transaction.
func (m *Monitor) readPending(ctx context.Context, host string, until time.Time) error {
	h := hostState{host: host}
	defer m.tellDown(&h)
	for n := 0; n < visitReads; {
		batch, err := m.o.Store.PendingReads(ctx, host, time.Now(), 10)
		if err != nil || len(batch) == 0 {
			return err
		}
		for _, r := range batch {
			if time.Now().After(until) {
				return nil
			}
			if err := m.read(ctx, r, &h); err != nil {
				return err
			}
			if h.down == nil {
				n++
			}
		}
	}
	return nil
}

// hostState is what the reads of a visit have met at their host.
type hostState struct {
	host    string
	strikes int
	down    error // why the host is not asked again in this visit
	spared  int   // articles that were therefore not asked for
}

// met takes in how a read ended. Two reads in a row that the host did not
// answer, or one of a host whose name nobody knows, and it is down: a hundred
// articles of a dead host are not a hundred timeouts.
func (h *hostState) met(err error) {
	var fe *fetch.Error
	switch {
	case !errors.As(err, &fe):
		h.strikes = 0
	case fe.Kind == fetch.Unresolved:
		h.strikes = 2
	case fe.Kind == fetch.Unreachable || fe.Kind == fetch.Timeout || fe.Kind == fetch.BadTLS:
		h.strikes++
	default:
		h.strikes = 0
	}
	if h.strikes >= 2 {
		h.down = err
	}
}

// level is how loud a failed read is: those of a host that is down are told of
// together.
func (h *hostState) level() slog.Level {
	if h.spared > 0 {
		return slog.LevelDebug
	}
	return slog.LevelWarn
}

func (m *Monitor) tellDown(h *hostState) {
	if h.spared > 0 {
		m.o.Log.Warn("articles not asked for: their host does not answer", "host", h.host, "count", h.spared, "error", oneLine(h.down.Error()))
	}
}

func (m *Monitor) read(ctx context.Context, r store.PendingRead, h *hostState) error {
	src, _ := m.source(r.Article.Source)
	var p *extract.Page
	err := h.down
	if err != nil {
		h.spared++
	} else {
		p, err = m.readPage(ctx, src, r.Article.URL)
		h.met(err)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	done := store.ReadDone{Stored: store.Stored{Article: r.Article, Known: r.Article.ID}, At: time.Now(), Again: r.Again, Was: r.Article}
	if err != nil {
		done.Err = oneLine(err.Error())
		done.Retry = m.retryRead(err, r.Attempts+1, done.At)
		m.o.Log.Log(ctx, h.level(), "article not read", "source", r.Article.Source, "article", r.Article.URL, "error", done.Err)
	} else {
		if r.Again && 2*len(p.Text) > len(r.Article.Text) {
			r.Article.Text = "" // the page's is newer, be it shorter; half is a paywall's
		}
		done.Article = withPage(r.Article, p)
	}
	if done.Retry.IsZero() {
		done.Reading = m.match(done.Article)
		done.Linked = reports(done, p)
	}
	if err := m.o.Store.RecordRead(ctx, done); err != nil {
		return fmt.Errorf("record article %s: %w", r.Article.URL, err)
	}
	return nil
}

func (m *Monitor) readPage(ctx context.Context, src news.Source, url string) (p *extract.Page, err error) {
	defer func() {
		if r := recover(); r != nil {
			m.o.Log.Error("extractor panicked", "article", url, "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("read article: the extractor failed on this page (%v); please report it", r)
		}
	}()
	res, err := m.o.Fetch.Get(ctx, fetch.Request{
		URL: url, For: fetch.Article, Gap: src.Gap, Headers: src.Headers, HeadersFor: src.URL, Render: src.Render && !extract.IsReport(url, ""),
	})
	if err != nil {
		return nil, err
	}
	done, err := m.mayParse(ctx, len(res.Body))
	if err != nil {
		return nil, err
	}
	defer done()
	if pdf.Is(res.Body) {
		return readReport(res.Body)
	}
	return extract.Read(res.Body, extract.Options{
		URL: res.URL, ContentType: res.ContentType,
		Selector: src.Content, Now: time.Now(),
	})
}

// retryRead says when to try an article's page again. Refusals are final.
func (m *Monitor) retryRead(err error, attempt int, now time.Time) time.Time {
	var fe *fetch.Error
	if attempt >= readTries || errors.As(err, &fe) && fe.Lasting {
		return time.Time{}
	}
	wait := time.Duration(attempt) * time.Minute
	if fe != nil {
		wait = max(wait, fe.RetryAfter)
	}
	return now.Add(wait)
}

// withPage fills an article from its page. What the feed said stays where the
// page has nothing better; the feed's title stays always, because edits are
// recognised by it.
func withPage(a news.Article, p *extract.Page) news.Article {
	if len(p.Text) > len(a.Text) {
		a.Text = p.Text
	}
	if a.Title == "" {
		a.Title = p.Title
	}
	if a.Author == "" && len(p.Authors) > 0 {
		a.Author = p.Authors[0]
	}
	if a.Published.IsZero() {
		a.Published = p.Published
	}
	a.Canonical = p.Canonical
	a.Lang = language(p.Lang, a)
	return a
}

// language is the declared language cut to ISO 639-1, else the one the text is in.
func language(declared string, a news.Article) string {
	if len(declared) >= 2 && (len(declared) == 2 || declared[2] == '-' || declared[2] == '_') {
		return declared[:2]
	}
	return extract.Language(a.Title + "\n" + a.Text)
}
