package query

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/monitor/news"
)

// The limits of a rule. They stop accidents and attacks, not editors.
const (
	maxRule     = 32 << 10 // bytes
	maxOpen     = 200      // open parentheses and fields while parsing
	maxDepth    = 64       // of the rule as understood
	maxDistance = 500      // words in NEAR/n
	minWildcard = 4        // letters before a *
)

// parser reads a rule from left to right.
type parser struct {
	src        string
	pos        int
	open       int
	exact      bool // inside exact:(...)
	vocabulary Vocabulary
}

func (p *parser) fail(pos int, suggest, format string, args ...any) error {
	return &Error{Pos: pos, Msg: fmt.Sprintf(format, args...), Suggest: suggest}
}

func (p *parser) rule() (node, error) {
	if len(p.src) > maxRule {
		return nil, p.fail(maxRule, "several rules", "rule is longer than %d bytes", maxRule)
	}
	if i := firstBad(p.src); i >= 0 {
		return nil, p.fail(i, "", "rule holds a byte that is no text")
	}
	n, err := p.list()
	if err != nil {
		return nil, err
	}
	if p.pos < len(p.src) {
		return nil, p.fail(p.pos, "", "a closing parenthesis without an opening one")
	}
	if n == nil {
		return nil, p.fail(0, `a word or a "quoted phrase"`, "empty rule")
	}
	if b, ok := n.(*both); ok && len(b.pos) == 0 {
		return nil, p.onlyNot(0, b)
	}
	if depth(n) > maxDepth {
		return nil, p.fail(0, "several rules", "rule is nested deeper than %d", maxDepth)
	}
	if err := p.tooCommon(n); err != nil {
		return nil, err
	}
	return n, nil
}

// firstBad finds invalid UTF-8 and control characters.
func firstBad(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, w := utf8.DecodeRuneInString(s[i:]); w == 1 {
				return i
			}
		}
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return i
		}
	}
	return -1
}

func (p *parser) onlyNot(pos int, b *both) error {
	var s strings.Builder
	b.neg[0].write(&s, true)
	return p.fail(pos, "what to look for as well, such as missile AND NOT "+s.String(), "rule says only what must not stand in the text")
}

// list reads alternatives up to the end or a closing parenthesis. It gives nil
// when there are none, and a bare NOT when there are only exclusions.
func (p *parser) list() (node, error) {
	var items, minus []node
	after := -1 // position of an OR that waits for its right side
	for p.space(); !p.done(); p.space() {
		at := p.pos
		if op, ok := p.operator(); ok {
			if err := p.misplaced(op, at, len(items) > 0 && after < 0); err != nil {
				return nil, err
			}
			if op.kind == opOr {
				after = at
				continue
			}
			p.pos = at // NOT belongs to the term
		}
		n, err := p.all()
		if err != nil {
			return nil, err
		}
		if b, ok := n.(*both); ok && len(b.pos) == 0 {
			if after >= 0 {
				return nil, p.fail(at, "AND NOT", "NOT after OR would match almost every article")
			}
			minus = append(minus, b.neg...)
			continue
		}
		items, after = append(items, n), -1
	}
	if after >= 0 {
		return nil, p.fail(after, "", "OR has nothing on its right")
	}
	switch {
	case len(items) == 0 && len(minus) == 0:
		return nil, nil
	case len(items) == 0:
		return &both{neg: minus}, nil
	}
	return allOf([]node{anyOf(items)}, minus), nil
}

// misplaced refuses an operator where a term has to begin.
func (p *parser) misplaced(op operator, at int, hasLeft bool) error {
	switch {
	case op.kind == opNot, op.kind == opOr && hasLeft:
		return nil
	case op.kind == opNear && op.bare:
		return p.fail(at, op.text+"/8", "%s needs a number of words", op.text)
	}
	return p.fail(at, "", "%s has nothing on its left", op.text)
}

// all reads terms joined by AND.
func (p *parser) all() (node, error) {
	var pos, neg []node
	for {
		n, negative, err := p.signed()
		if err != nil {
			return nil, err
		}
		if b, ok := n.(*both); ok && len(b.pos) == 0 { // (NOT x)
			if negative {
				return nil, p.fail(p.pos-1, "", "NOT of NOT")
			}
			neg = append(neg, b.neg...)
		} else if negative {
			neg = append(neg, n)
		} else {
			pos = append(pos, n)
		}
		p.space()
		at := p.pos
		op, ok := p.operator()
		if !ok || op.kind != opAnd {
			p.pos = at
			break
		}
		if p.space(); p.done() {
			return nil, p.fail(at, "", "AND has nothing on its right")
		}
		if err := p.twice(op); err != nil {
			return nil, err
		}
	}
	return allOf(pos, neg), nil
}

// twice refuses two operators in a row.
func (p *parser) twice(first operator) error {
	here := p.pos
	op, ok := p.operator()
	p.pos = here
	if ok && op.kind != opNot {
		return p.fail(here, first.text, "%s directly after %s", op.text, first.text)
	}
	return nil
}

// signed reads a term and whether NOT or a minus stands before it.
func (p *parser) signed() (n node, negative bool, err error) {
	p.space()
	at := p.pos
	for {
		start := p.pos
		op, ok := p.operator()
		if !ok || op.kind != opNot {
			p.pos = start
			break
		}
		if negative {
			return nil, false, p.fail(start, "", "NOT twice")
		}
		negative = true
		if p.space(); p.done() {
			return nil, false, p.fail(at, "", "NOT has nothing on its right")
		}
	}
	n, err = p.chain()
	return n, negative, err
}

// chain reads operands joined by NEAR.
func (p *parser) chain() (node, error) {
	at := p.pos
	left, err := p.primary()
	for err == nil {
		p.space()
		start := p.pos
		op, ok := p.operator()
		if !ok || op.kind != opNear {
			p.pos = start
			return left, nil
		}
		if op.bare {
			return nil, p.fail(start, op.text+"/8", "%s needs a number of words", op.text)
		}
		if op.distance > maxDistance && op.distance != far {
			return nil, p.fail(start, "w/p for the same paragraph", "%s is more than %d words", op.text, maxDistance)
		}
		if left, err = p.rightOf(left, at, start, op); err != nil {
			return nil, err
		}
	}
	return nil, err
}

// rightOf reads the right side of a NEAR.
func (p *parser) rightOf(left node, at, start int, op operator) (node, error) {
	if p.space(); p.done() {
		return nil, p.fail(start, "", "%s has nothing on its right", op.text)
	}
	here := p.pos
	if next, ok := p.operator(); ok {
		if next.kind == opNot {
			return nil, p.fail(here, "AND NOT", "NOT cannot stand beside %s", op.text)
		}
		return nil, p.fail(here, op.text, "%s directly after %s", next.text, op.text)
	}
	right, err := p.primary()
	if err != nil {
		return nil, err
	}
	for _, side := range []struct {
		n   node
		pos int
	}{{left, at}, {right, here}} {
		if err := p.placed(side.n, side.pos, op); err != nil {
			return nil, err
		}
	}
	if depth(left) > maxDepth {
		return nil, p.fail(start, "several rules", "more than %d operands of NEAR in a row", maxDepth)
	}
	return &near{left, right, op.distance, op.ordered, op.reach}, nil
}

// placed refuses an operand of NEAR that has no place in the text.
func (p *parser) placed(n node, pos int, op operator) error {
	switch n := n.(type) {
	case *both:
		return p.fail(pos, fmt.Sprintf("a %s c AND b %s c", op.text, op.text), "AND and NOT cannot stand inside %s", op.text)
	case *within:
		return p.fail(pos, fmt.Sprintf("%s:(a %s b)", n.field, op.text), "%s: cannot stand inside %s", n.field, op.text)
	case *meta:
		if n.kind == "lang" || n.kind == "source" || n.kind == "publisher" {
			return p.fail(pos, fmt.Sprintf("AND %s:...", n.kind), "%s: has no place in the text and cannot stand beside %s", n.kind, op.text)
		}
	case *either:
		for _, k := range n.kids {
			if err := p.placed(k, pos, op); err != nil {
				return err
			}
		}
	}
	return nil
}

// primary reads a group, a phrase, a field or a word.
func (p *parser) primary() (node, error) {
	at := p.pos
	r, w := utf8.DecodeRuneInString(p.src[at:])
	switch {
	case r == '(':
		return p.group(false)
	case isQuote(r):
		return p.quoted(at + w)
	case isApostrophe(r):
		if n, ok, err := p.apostrophes(at + w); ok || err != nil {
			return n, err
		}
	}
	if n, ok, err := p.field(); ok || err != nil {
		return n, err
	}
	return p.word()
}

// group reads a parenthesis; notEmpty gives the words for an empty one.
func (p *parser) group(exact bool) (node, error) {
	at := p.pos
	if p.open++; p.open > maxOpen {
		return nil, p.fail(at, "several rules", "parentheses are nested deeper than %d", maxOpen)
	}
	p.pos++
	was := p.exact
	p.exact = p.exact || exact
	n, err := p.list()
	p.exact = was
	p.open--
	if err != nil {
		return nil, err
	}
	if p.pos >= len(p.src) {
		return nil, p.fail(at, p.src+")", "parenthesis is never closed")
	}
	p.pos++
	if n == nil {
		return nil, p.fail(at, "", "empty parentheses")
	}
	return n, nil
}

// scoped reads what stands behind title: or text:.
func (p *parser) scoped(at int, f news.Field) (node, error) {
	if p.open++; p.open > maxOpen {
		return nil, p.fail(at, "several rules", "fields are nested deeper than %d", maxOpen)
	}
	defer func() { p.open-- }()
	if p.done() || unicode.IsSpace(p.peek()) {
		return nil, p.fail(at, string(f)+`:"..."`, "%s: has nothing behind it", f)
	}
	kid, err := p.primary()
	if err != nil {
		return nil, err
	}
	if b, ok := kid.(*both); ok && len(b.pos) == 0 {
		return nil, p.onlyNot(at, b)
	}
	if bad := fieldless(kid); bad != "" {
		return nil, p.fail(at, fmt.Sprintf("%s:x AND %s:y", f, bad), "%s: cannot hold %s:", f, bad)
	}
	return &within{f, kid}, nil
}

// fieldless finds a part that belongs to the article and not to one field.
func fieldless(n node) string {
	switch n := n.(type) {
	case *meta:
		if n.kind == "lang" || n.kind == "source" || n.kind == "publisher" {
			return n.kind
		}
	case *within:
		return string(n.field)
	}
	for _, k := range kids(n) {
		if bad := fieldless(k); bad != "" {
			return bad
		}
	}
	return ""
}

func (p *parser) space() {
	for p.pos < len(p.src) {
		r, w := utf8.DecodeRuneInString(p.src[p.pos:])
		if !unicode.IsSpace(r) && r != '\ufeff' && r != '\u200b' {
			return
		}
		p.pos += w
	}
}

// done says that a list ends here.
func (p *parser) done() bool { return p.pos >= len(p.src) || p.src[p.pos] == ')' }

func (p *parser) peek() rune {
	r, _ := utf8.DecodeRuneInString(p.src[p.pos:])
	return r
}
