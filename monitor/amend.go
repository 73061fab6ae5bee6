package monitor

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/monitor/story"
)

// mostCorrections are told of one article. One that goes on changing is a live page:
// from then on only the numbers of its story's message change.
const mostCorrections = 10

// amendAll looks at every article of a story that its outlet edited.
func (m *Monitor) amendAll(ctx context.Context) error {
	for {
		list, err := m.o.Store.Edits(ctx, 10) // each with two texts
		if err != nil || len(list) == 0 {
			return err
		}
		for _, e := range list {
			if err := m.amend(ctx, e); err != nil {
				return m.undo(err)
			}
		}
	}
}

// amend finds what an edit corrects in its story, and records it with the
// deliveries that it makes due. Before and after are read by the same rules, so
// that only what the outlet changed is a difference.
func (m *Monitor) amend(ctx context.Context, e store.Edited) error {
	now, read := time.Now(), m.Setup().Matcher.Read
	before, after := m.reading(e.Before, read), m.reading(e.Article, read)
	a := m.window.Amend(e.Article.ID, e.Story, story.Edit{
		Before: before, Now: after, Cut: 2*len(e.Article.Text) < len(e.Before.Text), // as by a paywall
	})
	if e.Told >= mostCorrections {
		a.News = nil
	}
	material := slices.ContainsFunc(a.News, news.Novelty.Material)
	p := store.Edit{
		Article: e.Article, Story: e.Story, At: now, New: a.News, Signature: a.Signature, Seen: m.seq,
		Material: material && !e.Article.Quiet,
	}
	c := Case{Story: e.Story, Article: e.Article, Reading: after, Material: material, Edit: m.seq + 1, Before: before}
	// Some feeds change a word at each poll, a counter or an advertisement: that is
	// no reason to write to anybody.
	shows := e.Before.Title != e.Article.Title || len(a.News) > 0 || !slices.Equal(before.Watchlists(), after.Watchlists())
	if shows {
		var err error
		if p.Deliveries, err = m.route(ctx, c, story.Decision{Story: e.Story}, now); err != nil {
			return err
		}
	}
	seq, err := m.o.Store.RecordEdit(ctx, p)
	if err != nil {
		return fmt.Errorf("record the edit of article %d: %w", e.Article.ID, err)
	}
	m.seq = max(m.seq, seq)
	level := slog.LevelDebug
	if shows {
		level = slog.LevelInfo
	}
	m.o.Log.Log(ctx, level, "edited", "article", e.Article.URL, "story", e.Story, "corrects", len(a.News), "deliveries", len(p.Deliveries))
	return nil
}
