// Package query is the language in which editors say what they look for:
// quoted phrases, AND, OR, NOT, parentheses, wildcards, NEAR, fields.
//
// It promises that a rule is either understood as a whole or refused with the
// byte where it goes wrong and a suggestion; that [Expr.String] is one
// unmistakable form which parses to the same rule; and that every hit proves
// the match with byte offsets into the original text. Work is linear in the
// text for each rule, and no rule or text makes it panic. It is pure: no clock,
// network or disk.
//
// # The language
//
//	missile              a plain word, in any inflection (light stemming)
//	exact:arms           this word only; "arms" says the same
//	"arms transfers"     words in this order, next to each other
//	stockpile*           any ending; four letters or more before the *
//	"<#>-page report"    <#> stands for a number, in figures or words
//	cs("MOAB")           capitals as written
//	a b c                a list: any of them, like a OR b OR c
//	a AND b              both; AND binds closer than OR
//	a AND NOT b          also a NOT b, a -b; in a list it counts for the whole list
//	a NEAR/8 b           at most 8 words between, either order, same sentence; also a w/8 b
//	a ONEAR/8 b          the same, a first; also a NEAR/8f b
//	"a b"~8              the words of a phrase, at most 8 words apart
//	a NEAR/8p b          may cross sentences within the paragraph; w/s and w/p: anywhere in one
//	title:x text:x       in this field only; x may be a (group)
//	lang:de source:"BBC News" publisher:"Amnesty International"
//	weapon:Kornet category:manpads origin:RUS    an accepted mention of such a system
//
// Words are what a reader counts: "U.S.-led" is one. Proximity and phrases do
// not cross a sentence unless asked.
package query

import (
	"strings"
)

// Expr is a parsed rule. It is immutable and safe for concurrent use. The zero
// Expr matches nothing.
type Expr struct {
	root  node
	other uint64 // hash of a word that every match has besides its anchors; 0: none known
}

// String gives the rule in its canonical form: operators written out, every
// nesting in parentheses. Parsing it gives the same rule.
func (e Expr) String() string {
	if e.root == nil {
		return ""
	}
	var b strings.Builder
	e.root.write(&b, false)
	return b.String()
}

// Error says why a rule is refused.
type Error struct {
	Pos     int    // byte offset in the rule
	Msg     string // what is wrong
	Suggest string // what to write instead; may be empty
}

// Error gives the reason and the suggestion in one line, without the column.
func (e *Error) Error() string {
	if e.Suggest == "" {
		return e.Msg
	}
	return e.Msg + "; write " + e.Suggest
}

// Column is the byte offset, from 0, at which the rule goes wrong.
func (e *Error) Column() int { return e.Pos }

// Vocabulary answers what only the catalogue knows. A nil function accepts
// everything. An error it gives may have a method Suggest() string.
type Vocabulary struct {
	// Weapon gives the catalogue ids a name stands for.
	Weapon func(name string) (ids []string, err error)
	// Category gives the catalogue ids of the systems in a category.
	Category func(name string) (ids []string, err error)
	// Country gives the ISO 3166-1 alpha-3 code of a country.
	Country func(name string) (code string, err error)
	// Origin gives the alpha-3 codes of the countries a system comes from. A
	// rule with origin: matches nothing without it.
	Origin func(system string) []string
}

// Parse reads a rule, without checking names. The error is an *[Error].
func Parse(rule string) (Expr, error) { return Vocabulary{}.Parse(rule) }

// Parse reads a rule and checks the names in it. The error is an *[Error].
func (v Vocabulary) Parse(rule string) (Expr, error) {
	p := &parser{src: rule, vocabulary: v}
	root, err := p.rule()
	if err != nil {
		return Expr{}, err
	}
	return Expr{root: root, other: other(root)}, nil
}
