package query

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type opKind uint8

const (
	opOr opKind = iota + 1
	opAnd
	opNot
	opNear
)

// operator is one of the words between terms.
type operator struct {
	kind     opKind
	text     string
	distance int
	ordered  bool
	reach    reach
	bare     bool // NEAR without a number
}

// operator reads an operator if one stands here, and moves past it.
func (p *parser) operator() (operator, bool) {
	if p.minus() {
		return operator{kind: opNot, text: "-"}, true
	}
	end := p.pos
	for end < len(p.src) {
		r, w := utf8.DecodeRuneInString(p.src[end:])
		if unicode.IsSpace(r) || r == '(' || r == ')' || isQuote(r) {
			break
		}
		end += w
	}
	op, ok := operatorOf(p.src[p.pos:end])
	if ok {
		p.pos = end
	}
	return op, ok
}

// minus takes a minus, or the dash a word processor made of it, in front of a
// term.
func (p *parser) minus() bool {
	r, w := utf8.DecodeRuneInString(p.src[p.pos:])
	if r != '-' && r != '–' && r != '−' {
		return false
	}
	next, _ := utf8.DecodeRuneInString(p.src[p.pos+w:])
	if p.pos+w >= len(p.src) || unicode.IsSpace(next) || next == ')' {
		return false
	}
	p.pos += w
	return true
}

func operatorOf(word string) (operator, bool) {
	switch word {
	case "OR", "||", "|":
		return operator{kind: opOr, text: word}, true
	case "AND", "&&", "&":
		return operator{kind: opAnd, text: word}, true
	case "NOT":
		return operator{kind: opNot, text: word}, true
	case "NEAR", "ONEAR":
		return operator{kind: opNear, text: word, bare: true}, true
	}
	return nearOf(word)
}

// nearOf reads NEAR/8, ONEAR/8, NEAR/8f, w/8, w/s, w/p, NEAR/8p.
func nearOf(word string) (operator, bool) {
	name, arg, ok := strings.Cut(word, "/")
	op := operator{kind: opNear, text: word}
	switch strings.ToUpper(name) {
	case "NEAR", "W":
	case "ONEAR":
		op.ordered = true
	default:
		return operator{}, false
	}
	arg = strings.ToLower(arg)
	digits := strings.TrimRight(arg, "fsp")
	flags := arg[len(digits):]
	if !ok || arg == "" || strings.Trim(digits, "0123456789") != "" || len(flags) > 2 {
		op.bare, op.text = true, name
		return op, strings.EqualFold(name, "NEAR") || strings.EqualFold(name, "ONEAR")
	}
	if op.distance = far; digits != "" {
		n, err := strconv.Atoi(digits)
		if op.distance = n; err != nil || n >= far {
			op.distance = far - 1
		}
	}
	for _, f := range flags {
		switch f {
		case 'f':
			op.ordered = true
		case 'p':
			op.reach = paragraph
		}
	}
	if digits == "" && !strings.ContainsAny(flags, "sp") {
		op.bare, op.text = true, name
	}
	return op, true
}

// isQuote tells the marks that open or close a phrase, in any language.
func isQuote(r rune) bool {
	switch r {
	case '"', '“', '”', '„', '‟', '«', '»', '″', '＂', '〝', '〞', '「', '」':
		return true
	}
	return false
}

func isApostrophe(r rune) bool { return r == '\'' || r == '‘' || r == '’' || r == '‚' }
