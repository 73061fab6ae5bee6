package matchers

import (
	"slices"
	"strings"

	"github.com/armswatch/armswatch/matchers/query"
	"github.com/armswatch/armswatch/matchers/scan"
	"github.com/armswatch/armswatch/monitor/news"
)

// sharedWords are the words that rules ask for when the language of an article is
// unknown, with a number for each. Nearly all are the same in every language, so
// that one index, which they share with the names of weapons, serves all.
type sharedWords map[string]int32

func newSharedWords(rules []rule) sharedWords {
	w := sharedWords{}
	for i := range rules {
		for _, a := range rules[i].expr.Anchors("") {
			if text, ok := wordsOf(a); ok {
				if _, known := w[text]; !known {
					w[text] = int32(len(w))
				}
			}
		}
	}
	return w
}

// wordsOf is what an anchor of words looks for.
func wordsOf(a query.Anchor) (text string, ok bool) {
	return strings.Join(a.Words, " "), a.Kind == query.Words && len(a.Words) > 0
}

// forms are the words in the order of their numbers.
func (w sharedWords) forms() []scan.Form {
	forms := make([]scan.Form, len(w))
	for text, n := range w {
		forms[n] = scan.Form{Text: text, Loose: true}
	}
	return forms
}

// ruleIndex finds the rules that an article may meet, by what each cannot do
// without: a word, two adjacent words, the beginning of a word, a weapon system.
// A token costs a load or two however many rules there are.
type ruleIndex struct {
	shared   [][]int32   // the rules that ask for each of sharedWords
	words    *scan.Index // of words that only rules for articles in this language ask for
	askers   []int32     // the rule that asks for each form of words
	heads    headIndex
	systems  map[string][]int32
	any      []int32 // any accepted mention
	always   []int32
	reporter []int32 // rules that need a publisher and nothing else
}

func newRuleIndex(rules []rule, shared sharedWords, lang string) *ruleIndex {
	x := &ruleIndex{shared: make([][]int32, len(shared)), systems: map[string][]int32{}}
	anchors := make([][]query.Anchor, len(rules))
	heads := 0
	for i := range rules {
		anchors[i] = rules[i].expr.Anchors(lang)
		for _, a := range anchors[i] {
			if a.Kind == query.Prefix {
				heads++
			}
		}
	}
	x.heads = newHeadIndex(heads, lang)
	var forms []scan.Form
	for i, list := range anchors {
		for _, a := range list {
			text, words := wordsOf(a)
			n, known := shared[text]
			switch {
			case words && known:
				x.shared[n] = append(x.shared[n], int32(i))
			case words:
				forms = append(forms, scan.Form{Text: text, Loose: true})
				x.askers = append(x.askers, int32(i))
			default:
				x.add(a, int32(i))
			}
		}
	}
	x.words = scan.New(forms)
	return x
}

func (x *ruleIndex) add(a query.Anchor, i int32) {
	switch {
	case a.Kind == query.Prefix && len(a.Words) == 1 && x.heads.add(a.Words[0], a.Inflected, i):
	case a.Kind == query.Mention && a.IDs != nil:
		for _, id := range a.IDs {
			x.systems[id] = append(x.systems[id], i)
		}
	case a.Kind == query.Mention:
		x.any = append(x.any, i)
	case a.Kind == query.Publisher:
		x.reporter = append(x.reporter, i)
	default:
		x.always = append(x.always, i)
	}
}

// candidates appends the rules an article may meet to dst, in order, each once.
func (x *ruleIndex) candidates(dst []int32, s *scratch, mentions []news.Mention) []int32 {
	dst = append(append(dst, x.always...), x.reporter...)
	for _, n := range s.words {
		dst = append(dst, x.shared[n]...)
	}
	for f := range s.tokens {
		s.hits = x.words.Append(s.hits[:0], s.texts[f], s.tokens[f])
		for _, h := range s.hits {
			dst = append(dst, x.askers[h.Form])
		}
		dst = x.heads.append(dst, s.texts[f], s.tokens[f])
	}
	for i := range mentions {
		if mentions[i].Accepted {
			dst = append(append(dst, x.systems[mentions[i].System]...), x.any...)
		}
	}
	slices.Sort(dst)
	return slices.Compact(dst)
}
