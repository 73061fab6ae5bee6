package story

import (
	"fmt"
	"slices"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

const (
	shingle   = 5 // words
	maxPrints = 200
	// A copy shares so many of its fingerprints with another text, or of the
	// smaller of the two: of a copy with every tenth word changed, 59 in 100 runs
	// of five words remain.
	contains  = 0.31
	minPrints = 4
	// From here on nothing else is asked. Below it the story must fit too.
	copied = 0.6
	// From here on a copy has too little of its own to be copied for.
	nearlyAll = 0.8
	// Such a copy keeps no words while the text it copies is this young, so
	// that a text that is published for years is not known by its first copy alone.
	fresh = 7 * 24 * time.Hour
	// A run of words that so many texts have is a house's boilerplate.
	boilerplate = 12
)

// prints are the hashes of a text's runs of five words that are 0 mod some
// power of two: winnowing as in Broder (1997), so that two texts that share a
// run keep its hash or both do not. Short texts keep more, so that a few lines
// can be recognised too.
func (r *reader) prints(source uint32) ([]uint32, uint8) {
	if len(r.words) < shingle+minPrints-1 {
		return r.few(source), 1
	}
	mod := uint32(16)
	switch n := len(r.words); {
	case n < 60:
		mod = 1
	case n < 160:
		mod = 2
	case n < 400:
		mod = 8
	}
	out := r.out[:0]
	for i := 0; i+shingle <= len(r.words); i++ {
		h := r.words[i]
		for _, x := range r.words[i+1 : i+shingle] {
			h = join2(h, x)
		}
		if h%mod == 0 {
			out = append(out, h)
		}
	}
	slices.Sort(out)
	r.out = slices.Compact(out)
	return r.out[:min(len(r.out), maxPrints)], uint8(mod)
}

// few are the prints of a text of a few words, which is a copy only of the same
// words of the same source: others may use them of something else.
func (r *reader) few(source uint32) []uint32 {
	h := join2(source, uint32(len(r.words)))
	for _, x := range r.words {
		h = join2(h, x)
	}
	out := r.out[:0]
	for i := range uint32(minPrints) {
		out = append(out, join2(h, i))
	}
	slices.Sort(out)
	r.out = slices.Compact(out)
	return r.out
}

// twin is a document that another may be a copy of.
type twin struct {
	doc int32   // -1: there is none
	by  float64 // share of the wording of the smaller that both have
}

var noTwin = twin{doc: -1}

// twin finds the document that d has most of its wording from.
func (w *Window) twin(d *doc) twin {
	prints := d.prints()
	if len(prints) < minPrints {
		return noTwin
	}
	own := 0 // prints that are no boilerplate, of those a long text keeps too
	var few [boilerplate]int32
	for _, h := range prints {
		list, more := w.prints.collect(h, few[:0])
		if more {
			continue
		}
		own++
		for _, i := range list {
			w.hit(i, 1)
		}
	}
	best := noTwin
	for _, i := range w.touched {
		o, n := &w.docs[i], float64(w.hits[i])
		if n < minPrints || o.gone {
			continue
		}
		by := n / float64(common2(prints, d.mod, o.prints(), o.mod, own))
		if by >= contains && (by > best.by || by == best.by && o.when > w.docs[best.doc].when) {
			best = twin{i, by}
		}
	}
	w.unhit()
	return best
}

// copyOf is the decision that d is a copy.
func (w *Window) copyOf(d *doc, t twin) Decision {
	o := &w.docs[t.doc]
	mod := uint32(max(d.mod, o.mod))
	theirs, own := countMod(o.prints(), mod), countMod(d.prints(), mod)
	how := fmt.Sprintf("%.0f%% of its wording is that of %s", min(100*t.by, 100), w.sourceName(o))
	if theirs < own {
		how = fmt.Sprintf("it holds %.0f%% of the wording of %s", min(100*t.by, 100), w.sourceName(o))
	}
	if t.by >= nearlyAll && float64(theirs) >= nearlyAll*float64(own) && gap(d, o) < fresh {
		d.thin(o)
	}
	if o.nTerms == 0 {
		return Decision{Story: w.now(o.story), Role: news.Reprint, Reasons: []string{"has no words, as another of its source"}}
	}
	return Decision{Story: w.now(o.story), Role: news.Reprint, Reasons: []string{how}}
}

// common2 is how many prints the smaller of two texts has, of those that both
// would keep: texts of different length keep different shares of their hashes.
func common2(a []uint32, amod uint8, b []uint32, bmod uint8, own int) int {
	mod := uint32(max(amod, bmod))
	n, m := countMod(a, mod), countMod(b, mod)
	if own < len(a) { // less its boilerplate
		n = max(n*own/len(a), 1)
	}
	return max(min(n, m), 1)
}

func countMod(prints []uint32, mod uint32) int {
	n := 0
	for _, p := range prints {
		if p%mod == 0 {
			n++
		}
	}
	return n
}
