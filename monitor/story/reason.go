package story

import (
	"fmt"

	"github.com/armswatch/armswatch/monitor/news"
)

// nearly is the probability from which it is told what speaks against a story.
const nearly = 0.1

// bound is the least probability of a story that states the same findings.
const bound = 0.8

// bind raises the probability of a story with a member that states the same
// findings, in whatever words, language or week.
func (w *Window) bind(facts []fact, s *scored) {
	if !has(facts, news.Publisher) {
		return
	}
	for _, i := range s.near {
		if sameFindings(facts, unpackFacts(w.docs[i].facts)) {
			s.with, s.p = i, max(s.p, bound)
			return
		}
	}
}

// refuse lowers the probability of a story that is about something else however
// like its words are: a report of another house, or a report where the article
// tells of none, or has figures and none of the report's.
func (w *Window) refuse(d *doc, facts []fact, s *scored) {
	b := &s.best
	if s.p < w.joinAt || s.with >= 0 || b.wording > 0 || b.part[aQuote] >= 0.1 {
		return
	}
	switch {
	case b.part[aFact] < 0.3 && agree(facts, unpackFacts(w.docs[b.other].facts)).authors:
		s.veto = "the two name reports of different houses"
		s.p = min(s.p, 0.02)
	case b.shared[aNumber] == 0 && w.onReport(s.near) && (d.norms.sum[aNumber] > 0 || !has(facts, news.Publisher)):
		s.veto = "it tells of none of the figures of the report that the others tell of"
		s.p /= 2
	}
}

// onReport says whether three articles or more are given that tell of a report, and
// most of all that are.
func (w *Window) onReport(members []int32) bool {
	n := 0
	for _, i := range members {
		if has(unpackFacts(w.docs[i].facts), news.Publisher) {
			n++
		}
	}
	return n >= 3 && 3*n >= 2*len(members)
}

// reasons say in words why the article fits, the strongest first.
func (w *Window) reasons(facts []fact, s scored) []string {
	o := &w.docs[s.best.other]
	out := agree(facts, unpackFacts(o.facts)).words
	if s.with >= 0 {
		out = agree(facts, unpackFacts(w.docs[s.with].facts)).words
	}
	b := &s.best
	like := fmt.Sprintf("like %s's article: %.0f%% in its words, %.0f%% in its headline, %.0f%% in its names",
		w.sourceName(o), 100*b.body, 100*b.title, 100*b.part[aName])
	out = append(out, like)
	if b.part[aQuote] > 0.1 {
		out = append(out, fmt.Sprintf("%.0f%% of the quotations are the same", 100*b.part[aQuote]))
	}
	if b.figures >= 0.5 {
		out = append(out, fmt.Sprintf("%.0f%% of the figures in the first lines are the same", 100*b.figures))
	}
	if b.wording > 0.05 {
		out = append(out, fmt.Sprintf("%.0f%% of the wording is the same", 100*b.wording))
	}
	if h := b.gap.Hours(); h >= 1 {
		out = append(out, fmt.Sprintf("%.0f h apart", h))
	}
	return append(out, fmt.Sprintf("fits story %s with %.2f", s.c.id, s.p))
}

// against says in words what speaks against a story that d nearly fits, the nearest
// article being b.
func (w *Window) against(d *doc, b *pair) (out []string) {
	o := &w.docs[b.other]
	if b.years <= 0.5 {
		out = append(out, fmt.Sprintf("it speaks of %.0f, the nearest article of %.0f at the latest", d.norms.year, o.norms.year))
	}
	if b.figures == 0 && d.norms.figures > 0 && o.norms.figures > 0 {
		out = append(out, "none of the figures in its first lines are the nearest article's")
	}
	return out
}
