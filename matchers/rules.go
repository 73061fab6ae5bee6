package matchers

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/matchers/query"
	"github.com/armswatch/armswatch/matchers/token"
	"github.com/armswatch/armswatch/monitor/news"
)

// maxProofs is how many places that prove one rule are kept.
const maxProofs = 10

// appendMatches evaluates a rule and appends where it is met: of each system once
// in the title and once in the text, ten places at most.
func (r *rule) appendMatches(dst []news.Match, doc *query.Doc, show *shower) []news.Match {
	type place struct {
		field  news.Field
		system string
	}
	var seen map[place]bool
	n := 0
	for _, h := range r.expr.Eval(doc) {
		if h.System != "" {
			if seen[place{h.Field, h.System}] {
				continue
			}
			if seen == nil {
				seen = map[place]bool{}
			}
			seen[place{h.Field, h.System}] = true
		}
		m := news.Match{Watchlist: r.watchlist, Rule: r.text, System: h.System, Field: h.Field, Start: h.Start, End: h.End}
		m.Excerpt, m.Marks = show.excerpt(h)
		dst = append(dst, m)
		if n++; n == maxProofs {
			break
		}
	}
	return dst
}

// shower shows the sentences that prove a match.
type shower struct {
	texts     [2]string // title, text
	tokens    [2][]token.Token
	sentences [2][]int32 // nil until asked for
}

// reach is how far an excerpt goes beyond the proof, in bytes.
const reach = 300

// excerpt is the sentence around a hit, or the sentences when it spans more than
// one, with what to mark in it.
func (s *shower) excerpt(h query.Hit) (string, []news.Span) {
	f := 1
	if h.Field == news.InTitle {
		f = 0
	}
	from, to := s.around(f, h.Start, h.End)
	var marks []news.Span
	for _, m := range h.Marks {
		if m.Start >= from && m.End <= to {
			marks = append(marks, news.Span{Start: m.Start - from, End: m.End - from})
		}
	}
	return s.texts[f][from:to], marks
}

// around gives the bounds of the sentence around a span, cut where it is long.
func (s *shower) around(f, start, end int) (from, to int) {
	text, tokens := s.texts[f], s.tokens[f]
	if s.sentences[f] == nil {
		s.sentences[f] = token.Sentences(nil, text, tokens)
	}
	starts := s.sentences[f]
	next := sort.Search(len(starts), func(i int) bool { return int(tokens[starts[i]].Start) > start })
	if next > 0 {
		from = sentenceStart(text, tokens, int(starts[next-1]))
	}
	for next < len(starts) && int(tokens[starts[next]].Start) < end {
		next++
	}
	to = len(text)
	if next < len(starts) {
		to = sentenceStart(text, tokens, int(starts[next]))
	}
	from, to = min(from, start), max(to, end)
	from += len(text[from:start]) - len(strings.TrimLeftFunc(text[from:start], unicode.IsSpace))
	to -= len(text[end:to]) - len(strings.TrimRightFunc(text[end:to], unicode.IsSpace))
	return cutLeft(text, from, start), cutRight(text, end, to)
}

// sentenceStart is where the sentence whose first token is i begins: behind the
// first space in the gap before it, so that a quotation mark stays with the words
// it belongs to.
func sentenceStart(text string, tokens []token.Token, i int) int {
	if i == 0 {
		return 0
	}
	from, to := int(tokens[i-1].End), int(tokens[i].Start)
	if k := strings.IndexFunc(text[from:to], unicode.IsSpace); k >= 0 {
		return from + k
	}
	if _, size := utf8.DecodeRuneInString(text[from:to]); from+size <= to {
		return from + size // a full stop of a script without spaces
	}
	return to
}

// cutLeft moves the beginning of an excerpt nearer to the proof when it is far.
func cutLeft(text string, from, start int) int {
	if start-from <= reach {
		return from
	}
	from = start - reach
	if k := strings.IndexByte(text[from:start], ' '); k >= 0 {
		return from + k + 1
	}
	for from < start && !utf8.RuneStart(text[from]) {
		from++
	}
	return from
}

// cutRight does the same with the end.
func cutRight(text string, end, to int) int {
	if to-end <= reach {
		return to
	}
	to = end + reach
	if k := strings.LastIndexByte(text[end:to], ' '); k >= 0 {
		return end + k
	}
	for to > end && !utf8.RuneStart(text[to]) {
		to--
	}
	return to
}
