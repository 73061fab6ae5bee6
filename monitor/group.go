package monitor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/monitor/story"
)

const (
	// windowAge is how long a story stays open for new articles.
	windowAge = 30 * 24 * time.Hour
	// settle is how long a matched article waits for others that are being
	// fetched: what comes at once is placed in the order in which it was
	// published, so that an original comes before its copies.
	settle = 1500 * time.Millisecond
)

// Group places every matched article that waits, the earliest published first, and
// then looks at what outlets edited in those that were placed.
// The queue runs it once at a time, on one machine, so stories are the same
// however many machines fetch.
func (m *Monitor) Group(ctx context.Context, _ store.Group) error {
	m.grouping.Lock()
	defer m.grouping.Unlock()
	if err := m.catchUp(ctx); err != nil {
		return fmt.Errorf("rebuild story window: %w", err)
	}
	if err := m.placeAll(ctx); err != nil {
		return err
	}
	return m.amendAll(ctx)
}

// atOnce is how many articles are read at once.
const atOnce = 100

func (m *Monitor) placeAll(ctx context.Context) error {
	for {
		list, err := m.o.Store.Ungrouped(ctx, atOnce)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := m.settled(ctx, list); err != nil {
			return err
		}
		for _, s := range list {
			if err := m.place(ctx, s); err != nil {
				return m.undo(err)
			}
		}
	}
}

// undo has the window rebuilt: it remembers what was not recorded.
func (m *Monitor) undo(err error) error {
	m.window = nil
	if errors.Is(err, store.ErrStale) {
		return store.Snooze(settle / 5) // another process came between, or an edit: decide again
	}
	return err
}

// settled asks to come again soon while articles just came and others are on
// the way.
func (m *Monitor) settled(ctx context.Context, batch []store.Stored) error {
	now := time.Now()
	first := slices.MinFunc(batch, func(a, b store.Stored) int { return a.Article.FirstSeen.Compare(b.Article.FirstSeen) })
	if now.Sub(first.Article.FirstSeen) >= settle {
		return nil
	}
	left, err := m.o.Store.Backlog(ctx, now)
	if err != nil || left.Polls+left.Reads == 0 {
		return err
	}
	return store.Snooze(settle / 5)
}

// catchUp brings the window to what the store has recorded, by this process
// before a restart or by another one since. Merges by others, and what people
// merge and split, are rare: then it is made anew.
func (m *Monitor) catchUp(ctx context.Context) error {
	last, err := m.o.Store.LastSeq(ctx)
	if err != nil {
		return err
	}
	if err := m.openWindow(ctx); err != nil {
		return err
	}
	since := time.Now().Add(-windowAge)
	for {
		batch, err := m.o.Store.GroupedAfter(ctx, m.seq, since, 5000)
		if err != nil {
			return err
		}
		if len(batch) == 0 {
			m.seq = max(m.seq, last) // a person's decision has a number and no member
			return nil
		}
		records := make([]story.Record, len(batch))
		for i, g := range batch {
			records[i] = story.Record{
				Article: g.Article, When: g.When, Source: g.Source,
				Story: g.Story, Role: g.Role, Signature: g.Signature,
			}
		}
		m.window.Restore(records...)
		m.seq = batch[len(batch)-1].Seq
	}
}

// openWindow makes a window if there is none, or if the one there is holds
// articles that have moved since.
func (m *Monitor) openWindow(ctx context.Context) error {
	if m.window != nil {
		moved, err := m.o.Store.Regrouped(ctx, m.seq)
		if err != nil || !moved {
			return err
		}
	}
	last, err := m.o.Store.LastStory(ctx)
	if err != nil {
		return err
	}
	joined, err := m.o.Store.Joined(ctx)
	if err != nil {
		return err
	}
	parted, err := m.o.Store.Parted(ctx)
	if err != nil {
		return err
	}
	reports, err := m.o.Store.Reports(ctx, story.MaxReports)
	if err != nil {
		return err
	}
	m.window, m.seq = story.New(story.Options{After: last}), 0
	m.window.Keep(joined...)
	m.window.Part(parted...)
	m.window.Remember(reports)
	return nil
}

// place decides where one article belongs and records the decision with the
// deliveries it makes due.
func (m *Monitor) place(ctx context.Context, s store.Stored) error {
	now := time.Now()
	d := m.window.Add(story.Item{Article: s.Article, Reading: s.Reading})
	p := store.Placement{
		Article: s.Article.ID, At: now, Story: d.Story, Role: d.Role,
		Reasons: d.Reasons, New: d.News, Material: d.Material && !s.Article.Quiet, Signature: d.Signature, Reports: d.Reports, Seen: m.seq, Saw: &s.Article,
	}
	for _, mg := range d.Merged {
		p.Merged = append(p.Merged, store.Merge{From: mg.From, Into: mg.Into, Reasons: mg.Reasons, At: now})
	}
	var err error
	c := Case{Story: d.Story, Article: s.Article, Reading: s.Reading, Material: d.Material}
	if len(d.Split) > 0 {
		err = m.divide(ctx, &p, c, d, now)
	} else {
		p.Deliveries, err = m.route(ctx, c, d, now)
	}
	if err != nil {
		return err
	}
	seq, err := m.o.Store.Place(ctx, p)
	if err != nil {
		return fmt.Errorf("place article %d: %w", s.Article.ID, err)
	}
	m.seq = seq
	m.o.Log.Info("placed", "article", s.Article.URL, "story", d.Story, "new", d.New, "role", d.Role,
		"deliveries", len(p.Deliveries))
	for _, sp := range d.Split {
		m.o.Log.Info("split", "story", sp.From, "into", sp.Into, "articles", len(sp.Articles), "why", strings.Join(sp.Reasons, "; "))
	}
	if d.New {
		m.o.Metrics.stories.Inc()
	}
	return nil
}
