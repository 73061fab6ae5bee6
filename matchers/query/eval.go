package query

import (
	"cmp"
	"slices"

	"github.com/armswatch/armswatch/matchers/number"
	"github.com/armswatch/armswatch/monitor/news"
)

// maxSpans bounds the places kept for one part of a rule, so that a text which
// repeats one word a million times costs no more than reading it.
const maxSpans = 2000

// maxHits bounds the hits given for one rule and article.
const maxHits = 100

// Hit is one place that proves a match. Start and End are byte offsets into the
// original field; a hit on something outside the text (lang:, source:) is the
// whole title.
type Hit struct {
	Field      news.Field
	Start, End int
	// Marks are the words within that count, in order; for a hit without NEAR
	// the hit itself.
	Marks []news.Span
	// System is the catalogue id when the hit is a mention.
	System string
}

// scope says which fields count.
type scope uint8

const (
	titleScope scope = 1 << iota
	textScope
)

// span is a run of words in a field.
type span struct {
	field       uint8 // index into Doc.fields
	first, last int32 // words
	start, end  int32 // bytes
	marks       []news.Span
	system      string
}

// result is what a node found.
type result struct {
	ok    bool
	spans []span
}

// Eval finds the rule in a document. It gives nil when the rule does not match,
// else at least one hit, at most 100, title first, in the order of the text.
func (e Expr) Eval(d *Doc) []Hit {
	if e.root == nil || d == nil {
		return nil
	}
	if !e.may(d) {
		return nil
	}
	r := e.root.eval(d, titleScope|textScope)
	if !r.ok {
		return nil
	}
	slices.SortFunc(r.spans, bySpan)
	r.spans = slices.CompactFunc(r.spans, func(a, b span) bool {
		return a.field == b.field && a.start == b.start && a.end == b.end
	})
	if len(r.spans) == 0 {
		return []Hit{d.whole()}
	}
	hits := make([]Hit, 0, min(len(r.spans), maxHits))
	for _, s := range r.spans[:cap(hits)] {
		hits = append(hits, s.hit())
	}
	return hits
}

// Match says whether the rule matches, without its proof.
func (e Expr) Match(d *Doc) bool {
	return e.root != nil && d != nil && e.may(d) && e.root.eval(d, titleScope|textScope).ok
}

func (s span) hit() Hit {
	h := Hit{Field: fieldNames[s.field], Start: int(s.start), End: int(s.end), Marks: s.marks, System: s.system}
	if h.Marks == nil {
		h.Marks = []news.Span{{Start: h.Start, End: h.End}}
	}
	return h
}

func bySpan(a, b span) int {
	return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
}

func (e *either) eval(d *Doc, in scope) result {
	var out result
	for _, k := range e.kids {
		r := k.eval(d, in)
		out.ok = out.ok || r.ok
		out.spans = append(out.spans, r.spans...)
	}
	return out
}

func (e *both) eval(d *Doc, in scope) result {
	out := result{ok: true}
	for _, k := range e.pos {
		r := k.eval(d, in)
		if !r.ok {
			return result{}
		}
		out.spans = append(out.spans, r.spans...)
	}
	for _, k := range e.neg {
		if k.eval(d, in).ok {
			return result{}
		}
	}
	return out
}

func (e *within) eval(d *Doc, in scope) result {
	if e.field == news.InTitle {
		return e.kid.eval(d, in&titleScope)
	}
	return e.kid.eval(d, in&textScope)
}

func (t *term) eval(d *Doc, in scope) result {
	var out result
	for f := range d.fields {
		if in&(1<<f) == 0 {
			continue
		}
		v := d.view(f)
		for i := 0; i < len(v.words) && len(out.spans) < maxSpans; i++ {
			if last, ok := t.at(v, i); ok {
				out.spans = append(out.spans, v.span(uint8(f), i, last))
				i = last
			}
		}
	}
	out.ok = len(out.spans) > 0
	return out
}

// at says whether the term stands at word i, and where it ends.
func (t *term) at(v *view, i int) (last int, ok bool) {
	if w := &t.words[0]; !w.number && !w.could(v, i) {
		return 0, false
	}
	at := i
	for k := range t.words {
		w := &t.words[k]
		if at >= len(v.words) || k > 0 && !v.follows(at, w.apart) {
			return 0, false
		}
		if w.number {
			_, end, ok := number.At(v.text, int(v.words[at].Start), v.lang)
			if !ok {
				return 0, false
			}
			for at < len(v.words) && int(v.words[at].Start) < end {
				at++
			}
			continue
		}
		if !w.is(v, at) {
			return 0, false
		}
		at++
	}
	return at - 1, true
}

func (e *meta) eval(d *Doc, in scope) result {
	switch e.kind {
	case "lang":
		return result{ok: number.Base(d.Lang) == e.value}
	case "source":
		return result{ok: contains(patterns(d.Source, phrase), e.words)}
	case "publisher":
		return e.publisher(d, in)
	}
	var out result
	for i := range d.Mentions {
		m := &d.Mentions[i]
		f, ok := fieldOf(m.Field)
		if !m.Accepted || !ok || in&(1<<f) == 0 || len(out.spans) >= maxSpans || !e.mentioned(m) {
			continue
		}
		s := d.view(f).covering(uint8(f), m.Start, m.End)
		s.system = m.System
		out.spans = append(out.spans, s)
	}
	out.ok = len(out.spans) > 0
	slices.SortFunc(out.spans, bySpan)
	return out
}

func (e *meta) publisher(d *Doc, in scope) result {
	var out result
	for i := range d.Publishers {
		p := &d.Publishers[i]
		f, ok := fieldOf(p.Field)
		if p.Kind != news.Publisher || !ok || !contains(patterns(p.Value, phrase), e.words) && !contains(patterns(p.Text, phrase), e.words) {
			continue
		}
		out.ok = true
		if in&(1<<f) != 0 && len(out.spans) < maxSpans {
			out.spans = append(out.spans, d.view(f).covering(uint8(f), p.Start, p.End))
		}
	}
	return out
}

// anyWeapon is the name that stands for every weapon: weapon:any.
const anyWeapon = "any"

// mentioned says whether a mention is what the rule names.
func (e *meta) mentioned(m *news.Mention) bool {
	switch e.kind {
	case "category":
		if e.ids != nil {
			return slices.Contains(e.ids, m.System)
		}
		return same(patterns(m.Category, phrase), e.words)
	case "origin":
		return e.look != nil && slices.Contains(e.look(m.System), e.value)
	}
	if e.ids != nil {
		return slices.Contains(e.ids, m.System)
	}
	if m.System == e.value || len(e.words) == 1 && e.value == anyWeapon {
		return true
	}
	return contains(patterns(m.Name, phrase), e.words) || same(patterns(m.Surface, phrase), e.words)
}

// contains says that the words b stand in a, in a row.
func contains(a, b []pattern) bool {
	for i := 0; len(b) > 0 && i+len(b) <= len(a); i++ {
		if same(a[i:i+len(b)], b) {
			return true
		}
	}
	return false
}

func same(a, b []pattern) bool {
	return slices.EqualFunc(a, b, func(x, y pattern) bool { return x.fold == y.fold })
}
