// Package text lays a digest out as lines of text, for terminals and for the
// text part of a mail. It is pure. Whatever the digest holds, the result has no
// control character but the line feeds and colours that this package sets.
package text

import (
	"fmt"
	"strings"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify/digest"
)

// Options say how to lay out.
type Options struct {
	Width int  // of a line in terminal cells; 0 means 80, at least 40
	Color bool // bold and colours by escape sequences
	Links bool // each outlet on its own line with its link, and no link of the text's own making
}

const label = 20 // width of the column of labels

// Render lays out a digest, ending in a line feed.
func Render(d news.Digest, o Options) string {
	if o.Width == 0 {
		o.Width = 80
	}
	o.Width = max(o.Width, 40)
	p := &page{o: o, zone: Zone(d.Zone)}
	switch d.Kind {
	case news.NoticeDelivery:
		p.notice(d)
	case news.DigestDelivery:
		p.digest(d)
	default:
		p.alert(d)
	}
	return p.b.String()
}

// Zone is the time zone of that name; UTC when this machine does not know it.
func Zone(name string) *time.Location {
	if loc, err := time.LoadLocation(name); err == nil {
		return loc
	}
	return time.UTC
}

// page is a text in the making.
type page struct {
	o    Options
	zone *time.Location
	b    strings.Builder
}

func (p *page) notice(d news.Digest) {
	p.rule("ARMSWATCH NOTICE")
	p.para(0, 0, run{d.Title, bold})
	for _, m := range d.Messages {
		p.para(2, 4, run{"- " + m, plain})
	}
}

func (p *page) alert(d news.Digest) {
	for _, c := range d.Stories {
		p.rule(join(" · ", "ALERT", strings.Join(c.Watchlists, ", ")))
		p.story(c, "")
	}
	for _, c := range d.Updates {
		p.rule(join(" · ", "UPDATE", strings.Join(c.Watchlists, ", ")))
		p.story(c, "")
	}
}

func (p *page) digest(d news.Digest) {
	p.rule(join(" · ", "DIGEST", d.Route, p.period(d)))
	p.para(0, 0, run{d.Title, bold}, run{p.covers(d), dim})
	for i, c := range d.Stories {
		p.line()
		p.story(c, fmt.Sprintf("%d. ", i+1))
	}
	if len(d.Updates) > 0 {
		p.line()
		p.rule("UPDATES TO KNOWN STORIES")
	}
	for i, c := range d.Updates {
		if i > 0 {
			p.line()
		}
		p.story(c, "")
	}
	if d.More > 0 {
		p.line()
		p.para(0, 0, run{"and " + digest.Count(d.More, "more story", "more stories"), dim})
	}
	p.failing(d.Failing)
	if len(d.Held) > 0 {
		p.line()
		p.rule("HELD BACK")
	}
	for _, h := range d.Held {
		p.para(0, 2, run{h.Headline, plain}, run{" · " + h.Lead + " · " + h.Why, dim})
	}
}

func (p *page) failing(list []news.SourceState) {
	if len(list) == 0 {
		return
	}
	p.line()
	p.rule("NOT COVERED")
	for _, s := range list {
		p.entry(s.Source, warn, run{join(", ", failure(s), p.since(s)), plain})
	}
}

func failure(s news.SourceState) string {
	if s.Error != "" {
		return s.Error
	}
	return s.State
}

func (p *page) since(s news.SourceState) string {
	if s.LastSuccess.IsZero() {
		return "never read"
	}
	return "last read " + p.time(s.LastSuccess)
}

// story shows one card, its number before the headline.
func (p *page) story(c news.StoryCard, number string) {
	p.para(0, len(number), run{number, dim}, run{c.Headline, bold})
	if facts := digest.Facts(c); facts != "" {
		p.para(0, 0, run{facts, plain})
	}
	p.para(0, 0, run{join(" · ", digest.Reach(c), "first seen "+p.time(c.FirstSeen)), dim})
	p.link(c.URL)
	p.whatIsNew(c.New)
	p.proof(c)
	p.outlets(c.Outlets)
}

func (p *page) whatIsNew(list []news.NoveltyCard) {
	if len(list) == 0 {
		return
	}
	p.line()
	for _, n := range list {
		for _, v := range n.New {
			s := plain
			if v.Clash {
				s = warn
			}
			p.entry("new", mark, run{n.Outlet + ": ", dim}, run{v.Text, s})
		}
	}
}

func (p *page) proof(c news.StoryCard) {
	if len(c.Systems)+len(c.Quantities)+len(c.Evidence) > 0 {
		p.line()
	}
	for _, e := range digest.Sentences(c.Systems) {
		p.beside(e.Systems, p.quote(e.Evidence))
	}
	for _, e := range c.Evidence {
		p.entry("phrase", dim, p.quote(e)...)
	}
	for i, q := range c.Quantities {
		p.entry([]string{"counts", ""}[min(i, 1)], dim, counts(q)...)
	}
}

func (p *page) quote(e news.Evidence) []run {
	if e.Text == "" {
		return []run{{"named by " + e.Outlet, dim}}
	}
	open, shut := "", ""
	if !p.o.Color {
		open, shut = "»", "«" // what colour does elsewhere
	}
	runs := []run{{"“", plain}}
	digest.Runs(e, func(text string, marked bool) {
		if marked {
			runs = append(runs, run{open + text + shut, mark})
		} else {
			runs = append(runs, run{text, plain})
		}
	})
	return append(runs, run{"” ", plain}, run{e.Outlet, dim})
}

func counts(q news.CountCard) []run {
	runs := []run{{q.What + ": ", plain}}
	for i, v := range q.Values {
		s := bold
		if i > 0 {
			runs = append(runs, run{", against ", plain})
			s = warn
		}
		runs = append(runs, run{v.Value, s}, run{" (" + digest.Some(v.Outlets, 4) + ")", dim})
	}
	return runs
}

func (p *page) outlets(list []news.Outlet) {
	if len(list) == 0 {
		return
	}
	p.line()
	for _, part := range digest.Parts(list) {
		if !p.o.Links {
			var names []string
			for _, o := range part.Outlets {
				names = append(names, o.Name)
			}
			p.entry(part.Label, dim, run{digest.Some(names, 12), plain})
			continue
		}
		for _, o := range part.Outlets {
			p.entry(part.Label, dim, run{o.Name, plain})
			p.indented(o.URL)
		}
	}
}

// time shows a moment in the newsroom's zone.
func (p *page) time(t time.Time) string { return t.In(p.zone).Format("Mon 2 Jan 15:04 MST") }

func (p *page) period(d news.Digest) string { return digest.PeriodText(d.Period) }

func (p *page) covers(d news.Digest) string {
	if d.From.IsZero() {
		return ""
	}
	return " since " + p.time(d.From)
}

func join(sep string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}
