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
		list, err := m.o.Store.Edits(ctx, atOnce)
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
	now := time.Now()
	before, after := m.reading(e.Before), m.reading(e.Article)
	a := m.window.Amend(e.Article.ID, e.Story, before, after)
	a.News = slices.DeleteFunc(a.News, func(n news.Novelty) bool { return toldOf(e.Told, n) })
	e.Told = slices.DeleteFunc(e.Told, func(c news.Correction) bool { return len(c.New) == 0 })
	material := len(e.Told) < mostCorrections && slices.ContainsFunc(a.News, news.Novelty.Material)
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

// toldOf says whether an article brought the same before: an outlet that changes
// a number back and forth is told of once each way.
func toldOf(list []news.Correction, n news.Novelty) bool {
	return slices.ContainsFunc(list, func(c news.Correction) bool { return slices.Contains(c.New, n) })
}
