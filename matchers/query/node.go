package query

import (
	"strconv"
	"strings"

	"github.com/armswatch/armswatch/monitor/news"
)

// node is a part of a rule.
type node interface {
	// write appends the canonical form, in parentheses when nested and compound.
	write(b *strings.Builder, nested bool)
	// eval finds the part in a document.
	eval(d *Doc, in scope) result
	// may says whether eval may find it: no is certain, and cheap.
	may(d *Doc, in scope) bool
}

// style says how a term was written, which decides how it is compared.
type style uint8

const (
	plain  style = iota // stemmed
	exact               // a bare word, not stemmed
	phrase              // in quotes
	cased               // cs("...")
)

// term is one or more words in a row.
type term struct {
	text  string // as written, spaces and quotes normalised
	style style
	words []pattern
}

// either matches when any of its kids does.
type either struct{ kids []node }

// both matches when all of pos and none of neg do. Without pos it is a bare
// NOT, which lives only until the parser has joined it with its neighbours.
type both struct{ pos, neg []node }

// reach says how far proximity goes.
type reach uint8

const (
	sentence  reach = iota
	paragraph       // may cross sentences
)

// far is the distance of NEAR/s and NEAR/p: anywhere within the reach.
const far = 1 << 20

// near matches where both operands stand close to each other.
type near struct {
	left, right node
	distance    int // most words between; far: any number
	ordered     bool
	reach       reach
}

// within limits its kid to one field.
type within struct {
	field news.Field
	kid   node
}

// meta compares something that is not words of the text.
type meta struct {
	kind  string // lang, source, publisher, weapon, category, origin
	value string
	ids   []string // what the vocabulary made of the value
	words []pattern
	look  func(system string) []string // of origin
}

func (t *term) write(b *strings.Builder, _ bool) {
	switch t.style {
	case plain:
		b.WriteString(t.text)
	case exact:
		b.WriteString("exact:" + t.text)
	case phrase:
		b.WriteString(`"` + t.text + `"`)
	case cased:
		b.WriteString(`cs("` + t.text + `")`)
	}
}

func (e *either) write(b *strings.Builder, nested bool) {
	wrap(b, nested, func() { list(b, e.kids, " OR ") })
}

func (e *both) write(b *strings.Builder, nested bool) {
	wrap(b, nested, func() {
		list(b, e.pos, " AND ")
		for _, n := range e.neg {
			b.WriteString(" AND NOT ")
			n.write(b, true)
		}
	})
}

func (e *near) write(b *strings.Builder, nested bool) {
	wrap(b, nested, func() {
		e.left.write(b, true)
		b.WriteString(" " + e.operator() + " ")
		e.right.write(b, true)
	})
}

func (e *near) operator() string {
	op := "NEAR/"
	if e.ordered {
		op = "ONEAR/"
	}
	if e.distance < far {
		op += strconv.Itoa(e.distance)
	} else if e.reach == sentence {
		op += "s"
	}
	if e.reach == paragraph {
		op += "p"
	}
	return op
}

func (e *within) write(b *strings.Builder, _ bool) {
	b.WriteString(string(e.field) + ":")
	e.kid.write(b, true)
}

func (e *meta) write(b *strings.Builder, _ bool) {
	b.WriteString(e.kind + `:"` + e.value + `"`)
}

func wrap(b *strings.Builder, nested bool, inside func()) {
	if nested {
		b.WriteByte('(')
	}
	inside()
	if nested {
		b.WriteByte(')')
	}
}

func list(b *strings.Builder, kids []node, joint string) {
	for i, k := range kids {
		if i > 0 {
			b.WriteString(joint)
		}
		k.write(b, true)
	}
}

// anyOf joins alternatives, flattening nested ones.
func anyOf(kids []node) node {
	var flat []node
	for _, k := range kids {
		if e, ok := k.(*either); ok {
			flat = append(flat, e.kids...)
		} else {
			flat = append(flat, k)
		}
	}
	if len(flat) == 1 {
		return flat[0]
	}
	return &either{flat}
}

// allOf joins requirements and exclusions, flattening nested ones.
func allOf(pos, neg []node) node {
	out := &both{}
	for _, k := range pos {
		if e, ok := k.(*both); ok {
			out.pos = append(out.pos, e.pos...)
			out.neg = append(out.neg, e.neg...)
		} else {
			out.pos = append(out.pos, k)
		}
	}
	out.neg = append(out.neg, neg...)
	if len(out.pos) == 1 && len(out.neg) == 0 {
		return out.pos[0]
	}
	return out
}

// depth measures nesting.
func depth(n node) int {
	deepest := 0
	for _, k := range kids(n) {
		deepest = max(deepest, depth(k))
	}
	return deepest + 1
}

func kids(n node) []node {
	switch n := n.(type) {
	case *either:
		return n.kids
	case *both:
		return append(append([]node(nil), n.pos...), n.neg...)
	case *near:
		return []node{n.left, n.right}
	case *within:
		return []node{n.kid}
	}
	return nil
}
