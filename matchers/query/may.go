package query

import (
	"math/bits"

	"github.com/armswatch/armswatch/matchers/token"
	"github.com/armswatch/armswatch/monitor/news"
)

// This file refuses most rules cheaply: a rule that needs a word which the
// article does not have is not evaluated. Of many rules one phrase of two was
// found; the other decides, most often by one word of it, which is at hand
// without a look at the rule.

// may says whether a rule may match: no is certain.
func (e Expr) may(d *Doc) bool {
	return (e.other == 0 || d.view(0).holds(e.other) || d.view(1).holds(e.other)) && e.root.may(d, titleScope|textScope)
}

// holds says whether a field may hold a word. Of few words it is cheaper to look
// through the text than to make a filter.
func (v *view) holds(hash uint64) bool {
	if v.filter != nil {
		return v.has(hash)
	}
	for i := range v.words {
		if payload(v.words[i].Hash) == hash {
			return true
		}
	}
	return false
}

// bitsPerWord is the size of a field's filter.
const bitsPerWord = 8

// has says whether a field may hold a word: no is certain. The filter, a bit for
// each word, is made on first use.
func (v *view) has(hash uint64) bool {
	if v.filter == nil {
		v.filter = make([]uint64, 1<<max(bits.Len(uint(len(v.words)*bitsPerWord/64)), 4))
		for i := range v.words {
			v.note(v.words[i].Hash)
			if v.words[i].LooksLatin() {
				v.note(token.LatinHash(v.raw(i)))
			}
		}
	}
	word, bit := v.place(hash)
	return v.filter[word]>>bit&1 != 0
}

func (v *view) note(hash uint64) {
	word, bit := v.place(hash)
	v.filter[word] |= 1 << bit
}

// place leaves out the lowest bits of a hash, which say what the word is.
func (v *view) place(hash uint64) (word int, bit uint64) {
	return int(hash >> 12 & uint64(len(v.filter)-1)), hash >> 2 & 63
}

func (t *term) may(d *Doc, in scope) bool {
	for f := range d.fields {
		if in&(1<<f) != 0 && t.mayStandIn(d.view(f)) {
			return true
		}
	}
	return false
}

func (t *term) mayStandIn(v *view) bool {
	for i := range t.words {
		if w := &t.words[i]; w.whole() && !v.has(w.hash) {
			return false
		}
	}
	return true
}

func (e *either) may(d *Doc, in scope) bool {
	for _, k := range e.kids {
		if k.may(d, in) {
			return true
		}
	}
	return false
}

func (e *both) may(d *Doc, in scope) bool {
	for _, k := range e.pos {
		if !k.may(d, in) {
			return false
		}
	}
	return true
}

func (e *near) may(d *Doc, in scope) bool { return e.left.may(d, in) && e.right.may(d, in) }

func (e *within) may(d *Doc, in scope) bool {
	if e.field == news.InTitle {
		return e.kid.may(d, in&titleScope)
	}
	return e.kid.may(d, in&textScope)
}

func (e *meta) may(*Doc, scope) bool { return true }
