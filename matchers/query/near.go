package query

import (
	"slices"
	"sort"

	"github.com/armswatch/armswatch/monitor/news"
)

// eval pairs every place of one side with the nearest of the other, before and
// behind, both ways, so that a NEAR around this one misses nothing.
func (e *near) eval(d *Doc, in scope) result {
	left := e.left.eval(d, in).spans
	if len(left) == 0 {
		return result{}
	}
	right := e.right.eval(d, in).spans
	if len(right) == 0 {
		return result{}
	}
	slices.SortFunc(left, bySpan)
	slices.SortFunc(right, bySpan)
	var out []span
	pair := func(a, b span) {
		if e.close(d, a, b) && len(out) < maxSpans {
			out = append(out, union(a, b))
		}
	}
	for _, a := range left {
		before, behind := neighbours(right, a)
		for _, b := range behind {
			pair(a, b)
		}
		for _, b := range before {
			pair(a, b)
		}
	}
	for _, b := range right {
		before, behind := neighbours(left, b)
		for _, a := range before {
			pair(a, b)
		}
		for _, a := range behind {
			pair(a, b)
		}
	}
	slices.SortFunc(out, bySpan)
	out = slices.CompactFunc(out, func(a, b span) bool {
		return a.field == b.field && a.start == b.start && a.end == b.end && slices.Equal(a.marks, b.marks)
	})
	return result{ok: len(out) > 0, spans: out}
}

// reachBack bounds how many overlapping places are passed over.
const reachBack = 4

// neighbours gives the places of a sorted list nearest to s on both sides,
// without those that overlap it.
func neighbours(list []span, s span) (before, behind []span) {
	k := sort.Search(len(list), func(i int) bool {
		return list[i].field > s.field || list[i].field == s.field && list[i].first > s.last
	})
	if k < len(list) && list[k].field == s.field {
		behind = list[k : k+1]
	}
	for i := k - 1; i >= 0 && list[i].field == s.field; i-- {
		if list[i].last < s.first {
			return list[i : i+1], behind
		}
		if list[i].first < s.first && k-i > reachBack {
			break
		}
	}
	return nil, behind
}

// close says that two places are near enough, a being of the left operand.
func (e *near) close(d *Doc, a, b span) bool {
	if a.first > b.first {
		if e.ordered {
			return false
		}
		a, b = b, a
	}
	if b.first <= a.last {
		return false
	}
	places := d.view(int(a.field)).places()
	x, y := &places[a.last], &places[b.first]
	if x.paragraph != y.paragraph || e.reach == sentence && x.sentence != y.sentence {
		return false
	}
	return e.distance == far || int(y.word-x.word)-1 <= e.distance
}

// union covers two places and keeps what to mark.
func union(a, b span) span {
	marks := append(slices.Clone(a.hit().Marks), b.hit().Marks...)
	slices.SortFunc(marks, func(x, y news.Span) int { return x.Start - y.Start })
	s := a
	s.first, s.last = min(a.first, b.first), max(a.last, b.last)
	s.start, s.end = min(a.start, b.start), max(a.end, b.end)
	s.marks = marks
	if s.system == "" {
		s.system = b.system
	}
	return s
}
