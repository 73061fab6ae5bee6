package monitor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/monitor/story"
)

// countEvery is how often a told story's message is brought up to date for
// articles that bring nothing new, such as reprints.
const countEvery = 2 * time.Minute

// route lists the deliveries that a placed or an edited article makes due: an alert
// on each route that has not told the story, an update on each that has. Digests
// pick up stories on their own schedule.
func (m *Monitor) route(ctx context.Context, c Case, d story.Decision, now time.Time) ([]news.Delivery, error) {
	if c.Article.Quiet {
		return nil, nil
	}
	var due []news.Delivery
	for _, r := range m.Setup().Routes {
		counts := r.Counts(c.Article, c.Reading) || c.Edit != 0 && r.Counts(c.Article, c.Before)
		if !r.Now || !counts {
			continue
		}
		if err := m.look(ctx, r, &c, d, now); err != nil {
			return nil, err
		}
		if v := Decide(r, c, now.In(m.zone())); v.Told {
			due = append(due, v.delivery(r, c))
		}
	}
	return due, nil
}

// divide lists the deliveries that a placement makes due which showed that articles of
// its story are other stories: these are new to every route. The story that they leave
// is told of what is placed in it, as ever, or its numbers change; an alert of it that
// waits is not sent where nothing is left of what it was for.
func (m *Monitor) divide(ctx context.Context, p *store.Placement, c Case, d story.Decision, now time.Time) error {
	list, err := m.members(ctx, c, d)
	if err != nil {
		return err
	}
	leaves, left := false, slices.Clone(list)
	for _, s := range d.Split {
		left = slices.DeleteFunc(left, func(n news.Member) bool { return slices.Contains(s.Articles, n.Article.ID) })
		p.Split = append(p.Split, store.Split{From: s.From, Into: s.Into, Articles: s.Articles, Reasons: s.Reasons})
		leaves = leaves || slices.Contains(s.Articles, c.Article.ID)
		own := slices.DeleteFunc(slices.Clone(list), func(n news.Member) bool { return !slices.Contains(s.Articles, n.Article.ID) })
		for _, n := range own { // each may be of other watchlists; of one route only the first makes a delivery
			due, err := m.route(ctx, Case{
				Story: s.Into, From: s.From, Article: n.Article, Reading: n.Reading, Members: own, Beside: p.Deliveries,
			}, story.Decision{Story: s.Into, New: true}, now)
			if err != nil {
				return err
			}
			p.Deliveries = append(p.Deliveries, due...)
		}
	}
	if leaves {
		c.Material, p.Material = false, false
	}
	c.Members, p.Withdrawn, c.Beside = left, m.untold(left), p.Deliveries
	due, err := m.route(ctx, c, d, now)
	if leaves { // it begins nothing there
		due = slices.DeleteFunc(due, func(x news.Delivery) bool { return x.Kind == news.AlertDelivery })
	}
	p.Deliveries = append(p.Deliveries, due...)
	if err != nil {
		return err
	}
	shown, err := m.shown(ctx, c, d, now)
	p.Deliveries = append(p.Deliveries, shown...)
	return err
}

// shown lists what shows on the routes that were told of a story, and do not count the
// article, what is left of it.
func (m *Monitor) shown(ctx context.Context, c Case, d story.Decision, now time.Time) (due []news.Delivery, err error) {
	for _, r := range m.Setup().Routes {
		v := Verdict{Kind: news.UpdateDelivery}.count(r, now.In(m.zone()))
		if !r.Now || !v.Told || r.Counts(c.Article, c.Reading) && !c.Article.Quiet {
			continue
		}
		told, err := m.told(ctx, r, d)
		if err != nil {
			return nil, err
		}
		if told {
			due = append(due, v.delivery(r, c))
		}
	}
	return due, nil
}

// untold are the routes of alerts that would not tell a story of these members.
func (m *Monitor) untold(members []news.Member) (routes []string) {
	for _, r := range m.Setup().Routes {
		counts := slices.ContainsFunc(members, func(n news.Member) bool { return !n.Article.Quiet && r.Counts(n.Article, n.Reading) })
		if _, ripe := r.Ripe(members, false); r.Now && !(counts && ripe) {
			routes = append(routes, r.Name)
		}
	}
	return routes
}

// Case is an article in its story, before a route that counts it.
type Case struct {
	Story    news.StoryID
	From     news.StoryID // the story that it was split from just now; 0: none
	Article  news.Article
	Reading  news.Reading
	Members  []news.Member // of the story, with the article
	Material bool          // the article adds something to the story
	Told     bool          // the route was told of the story before
	LastHour int           // alerts of the route in this hour so far, those Beside among them
	Muted    bool          // somebody muted the story on the route's channel
	Mute     news.Mute     // how, when Muted
	// Beside are the deliveries that the same placement makes due of other stories.
	Beside []news.Delivery
	// Edit is, when the article was in the story and its outlet edited it, the Seq of
	// that; 0 for an article that is placed.
	Edit   int64
	Before news.Reading // what was read in it before the edit
}

// Silenced says that a mute holds for the case: nothing is told, and the mute's Why
// says why.
func (c Case) Silenced() bool { return c.Muted && !(c.Mute.Ends() && c.Material) }

// look reads what the store knows of a case on one route.
func (m *Monitor) look(ctx context.Context, r news.Route, c *Case, d story.Decision, now time.Time) (err error) {
	if c.Told, err = m.told(ctx, r, d); err != nil {
		return err
	}
	if c.Mute, c.Muted, err = m.muted(ctx, r, c, d); err != nil {
		return err
	}
	if c.Members == nil && (r.MinOutlets > 1 || len(r.Only) > 0) {
		if c.Members, err = m.members(ctx, *c, d); err != nil {
			return err
		}
	}
	c.LastHour = 0
	if r.MaxPerHour > 0 && !c.Told {
		c.LastHour, err = m.o.Store.ToldSince(ctx, r.Name, now.Truncate(time.Hour))
		c.LastHour += c.alertsBeside(r.Name)
	}
	return err
}

// alertsBeside counts the other stories that a route is alerted to by the same placement.
func (c *Case) alertsBeside(route string) int {
	stories := map[news.StoryID]bool{}
	for _, d := range c.Beside {
		if d.Route == route && d.Kind == news.AlertDelivery && d.Story != c.Story {
			stories[d.Story] = true
		}
	}
	return len(stories)
}

// muted is the mute that holds on a route. A story that was split from one which
// somebody called not relevant stays away with it; a mute that news ends ends here.
func (m *Monitor) muted(ctx context.Context, r news.Route, c *Case, d story.Decision) (news.Mute, bool, error) {
	if c.From == 0 {
		return m.o.Store.MutedOn(ctx, r.Channel, madeOne(d)...)
	}
	mute, yes, err := m.o.Store.MutedOn(ctx, r.Channel, c.From)
	return mute, yes && !mute.Ends(), err
}

// members are those of the story and of what it merges with, with the article
// that is being placed.
func (m *Monitor) members(ctx context.Context, c Case, d story.Decision) ([]news.Member, error) {
	ids := []news.StoryID{d.Story}
	for _, mg := range d.Merged {
		ids = append(ids, mg.From)
	}
	var list []news.Member
	for _, id := range ids {
		st, err := m.o.Store.Story(ctx, id)
		if err != nil && !errors.Is(err, store.ErrNoStory) {
			return nil, err
		}
		list = append(list, st.Members...)
	}
	if c.Edit == 0 {
		list = append(list, news.Member{Article: c.Article, Reading: c.Reading, Role: d.Role, New: d.News})
	}
	return list, nil
}

func (m *Monitor) told(ctx context.Context, r news.Route, d story.Decision) (bool, error) {
	if d.New {
		return false, nil
	}
	for _, id := range madeOne(d) {
		told, err := m.o.Store.Told(ctx, r.Name, id)
		if err != nil || told {
			return told, err
		}
	}
	return false, nil
}

// madeOne are the stories that a decision makes one, some of them twice.
func madeOne(d story.Decision) []news.StoryID {
	ids := []news.StoryID{d.Story}
	for _, mg := range d.Merged {
		ids = append(ids, mg.From, mg.Into)
	}
	return ids
}

func (m *Monitor) zone() *time.Location {
	if z := m.Setup().Zone; z != nil {
		return z
	}
	return time.UTC
}

// Verdict is what a route does about an article, and why.
type Verdict struct {
	Told  bool
	Kind  news.DeliveryKind
	Count bool // only the numbers of a message that was sent change
	DueAt time.Time
	Batch string // deliveries of one route and batch come as one message; "" when it comes alone
	Why   string // one line
}

// Decide says what a route of alerts does about an article that counts for it.
// Now is in the newsroom's zone. It reads nothing and is the same every time.
func Decide(r news.Route, c Case, now time.Time) Verdict {
	v := Verdict{Kind: news.AlertDelivery, DueAt: now, Why: "the story is new to the route"}
	known := c.Told || len(r.Only) > 0 && !r.Wants(news.TellOriginal) && len(c.Members) > 1
	if known {
		v.Kind = news.UpdateDelivery
	}
	if c.Silenced() {
		return Verdict{Why: c.Mute.Why()}
	}
	if c.Edit != 0 && !known && r.Counts(c.Article, c.Before) {
		return Verdict{Why: "the route was not told of it before it was edited"}
	}
	if why, ripe := r.Ripe(c.Members, known); !ripe {
		return Verdict{Why: why}
	}
	if known && !c.Material {
		return v.count(r, now)
	}
	if known && c.Muted {
		v.Why = c.Mute.Why() + ", and this adds something to it"
	} else if known {
		v.Why = "it adds something to a story the route was told of"
	}
	v.hold(r, c, now)
	v.Told = true
	return v
}

// count is the verdict on an article that adds nothing to a known story. Only
// Slack can change a message that was sent; elsewhere a reprint is noise.
func (v Verdict) count(r news.Route, now time.Time) Verdict {
	if r.Channel.Scheme() != "slack" {
		return Verdict{Why: "it adds nothing to a story the route was told of"}
	}
	v.Told, v.Count, v.DueAt = true, true, now.Truncate(countEvery).Add(countEvery)
	v.Why = "it adds nothing: the numbers of the story's message change"
	return v
}

// hold makes a verdict wait: for an embargo, for the end of a quiet time, for
// the next hour when this one is full.
func (v *Verdict) hold(r news.Route, c Case, now time.Time) {
	wait := func(until time.Time, batch, why string) {
		v.DueAt, v.Batch, v.Why = until, batch+" "+until.Format("2006-01-02T15:04"), v.Why+"; "+why
	}
	if r.HoldUntil.After(now) {
		wait(r.HoldUntil.In(now.Location()), "held until", "the route holds everything until then")
	}
	if end, quiet := r.Quiet.End(v.DueAt); quiet {
		wait(end, "quiet until", "its quiet time ends then")
	}
	if v.Batch == "" && v.Kind == news.AlertDelivery && r.MaxPerHour > 0 && c.LastHour >= r.MaxPerHour {
		wait(now.Truncate(time.Hour).Add(time.Hour), "full until", fmt.Sprintf("it had %d alerts this hour", c.LastHour))
	}
}

func (v Verdict) delivery(r news.Route, c Case) news.Delivery {
	d := news.Delivery{Kind: v.Kind, Channel: r.Channel, Route: r.Name, Story: c.Story, DueAt: v.DueAt, Period: v.Batch}
	switch {
	case v.Count:
		d.Key = fmt.Sprintf("count/%s/%d/%d", r.Name, c.Story, d.DueAt.Unix())
	case v.Kind == news.UpdateDelivery && c.Edit != 0:
		d.Key = fmt.Sprintf("correction/%s/%d/%d/%d", r.Name, c.Story, c.Article.ID, c.Edit)
	case v.Kind == news.UpdateDelivery:
		d.Key = fmt.Sprintf("update/%s/%d/%d", r.Name, c.Story, c.Article.ID)
	default:
		d.Key = fmt.Sprintf("alert/%s/%d", r.Name, c.Story)
	}
	return d
}
