package query

import (
	"sort"

	"github.com/armswatch/armswatch/matchers/number"
	"github.com/armswatch/armswatch/monitor/news"
)

// Doc is an article as rules see it. It caches what evaluation needs, so one
// Doc serves many rules, but one goroutine at a time.
type Doc struct {
	Title, Text Field
	Mentions    []news.Mention // only accepted ones count
	Lang        string         // language tag; "" when unknown
	Source      string         // name of the source
	Publishers  []news.Finding // findings of kind publisher; others are ignored

	fields [2]view
}

// fieldNames are the fields in the order of [Doc.fields].
var fieldNames = [2]news.Field{news.InTitle, news.InText}

// fieldOf is the index of a field; the empty name is the text.
func fieldOf(f news.Field) (int, bool) {
	switch f {
	case news.InTitle:
		return 0, true
	case news.InText, "":
		return 1, true
	}
	return 0, false
}

// whole is the hit of a rule that only looks outside the text.
func (d *Doc) whole() Hit {
	h := Hit{Field: news.InTitle, End: len(d.Title.Text)}
	h.Marks = []news.Span{{Start: 0, End: h.End}}
	return h
}

// view prepares a field on first use.
func (d *Doc) view(f int) *view {
	v := &d.fields[f]
	if !v.ready {
		field := d.Title
		if fieldNames[f] == news.InText {
			field = d.Text
		}
		*v = newView(field, number.Base(d.Lang))
	}
	return v
}

// span is the run of words from first to last.
func (v *view) span(field uint8, first, last int) span {
	return span{field: field, first: int32(first), last: int32(last), start: v.words[first].Start, end: v.words[last].End}
}

// covering is the span of the words that overlap a byte range, with the range
// as its offsets. Offsets outside the field are cut to it.
func (v *view) covering(field uint8, start, end int) span {
	start, end = min(max(start, 0), len(v.text)), min(max(end, 0), len(v.text))
	first := sort.Search(len(v.words), func(i int) bool { return int(v.words[i].End) > start })
	last := sort.Search(len(v.words), func(i int) bool { return int(v.words[i].Start) >= end }) - 1
	first = min(first, max(len(v.words)-1, 0))
	return span{field: field, first: int32(first), last: int32(max(first, last)), start: int32(start), end: int32(max(start, end))}
}
