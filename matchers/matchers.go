// Package matchers says what an article holds: the weapon systems it names, the
// rules of the watchlists it meets, and what it finds, each with byte offsets
// into the original title or text.
//
// It composes its sub-packages: weapon finds names and judges them, query
// evaluates editors' rules, finding reads quantities, reports and countries. A
// matcher is immutable. Its cost does not grow with the number of rules: a rule
// is only looked at when the article holds one of the words it cannot do
// without. The package is pure: no clock, network or disk.
package matchers

import (
	"fmt"
	"strings"
	"sync"

	"github.com/armswatch/armswatch/matchers/catalogue"
	"github.com/armswatch/armswatch/matchers/finding"
	"github.com/armswatch/armswatch/matchers/query"
	"github.com/armswatch/armswatch/matchers/scan"
	"github.com/armswatch/armswatch/matchers/token"
	"github.com/armswatch/armswatch/matchers/weapon"
	"github.com/armswatch/armswatch/monitor/news"
)

// Options say what to look for.
type Options struct {
	Watchlists []Watchlist
	Catalogue  *catalogue.Catalogue // nil: the embedded one
}

// Watchlist is a named list of rules. An article that meets any is on it.
type Watchlist struct {
	Name       string
	Weapons    []string // by any name of a system
	Categories []string
	Phrases    []string // in the query language
}

// Matcher reads articles. It is safe for concurrent use.
type Matcher struct {
	finder  *weapon.Finder
	rules   []rule
	shared  sharedWords
	indexes sync.Map  // language -> func() *ruleIndex, made at the first article in it
	scratch sync.Pool // of *scratch
}

// rule is one rule of a watchlist.
type rule struct {
	watchlist string
	text      string // in canonical form
	expr      query.Expr
	publisher bool // asks who published something
}

func newRule(watchlist string, expr query.Expr) rule {
	text := expr.String()
	return rule{watchlist, text, expr, strings.Contains(text, "publisher:")}
}

// New compiles watchlists. An error names the watchlist and the rule.
func New(o Options) (*Matcher, error) {
	cat := o.Catalogue
	if cat == nil {
		var err error
		if cat, err = catalogue.Load(); err != nil {
			return nil, err
		}
	}
	m := &Matcher{}
	v := Vocabulary(cat)
	for _, w := range o.Watchlists {
		for _, text := range w.texts() {
			expr, err := v.Parse(text)
			if err != nil {
				return nil, fmt.Errorf("watchlist %s: rule %s: %w", w.Name, text, err)
			}
			m.rules = append(m.rules, newRule(w.Name, expr))
		}
	}
	m.shared = newSharedWords(m.rules)
	m.finder = weapon.New(cat, m.shared.forms()...)
	return m, nil
}

// texts are a watchlist's rules, weapons and categories as rules too.
func (w Watchlist) texts() []string {
	var list []string
	for _, name := range w.Weapons {
		list = append(list, "weapon:"+quote(name))
	}
	for _, name := range w.Categories {
		list = append(list, "category:"+quote(name))
	}
	return append(list, w.Phrases...)
}

func quote(s string) string { return `"` + s + `"` }

// Rule is one rule of a watchlist, in its one form, as [news.Match] names it.
type Rule struct{ Watchlist, Text string }

// Rules are the rules of all watchlists, in the order of the config.
func (m *Matcher) Rules() []Rule {
	list := make([]Rule, len(m.rules))
	for i, r := range m.rules {
		list[i] = Rule{r.watchlist, r.text}
	}
	return list
}

// Vocabulary answers the query language's questions from a catalogue.
func Vocabulary(c *catalogue.Catalogue) query.Vocabulary {
	return query.Vocabulary{
		Weapon:   c.Resolve,
		Category: c.ResolveCategory,
		Country:  finding.CountryCode,
		Origin: func(system string) []string {
			s, _ := c.System(system)
			return []string{s.Origin}
		},
	}
}

// Match says which rules an article meets. Findings are read only when it meets
// one; [Matcher.Read] always reads them.
func (m *Matcher) Match(a news.Article) news.Reading {
	return m.read(a, false)
}

// Read is Match with the findings of every article, matched or not.
func (m *Matcher) Read(a news.Article) news.Reading {
	return m.read(a, true)
}

// scratch is what one reading needs and leaves behind for the next one.
type scratch struct {
	texts  [2]string // title, text
	tokens [2][]token.Token
	hits   []scan.Hit
	words  []int32 // of sharedWords: those that stand in the article
	rules  []int32
}

func (m *Matcher) read(a news.Article, always bool) news.Reading {
	s, _ := m.scratch.Get().(*scratch)
	if s == nil {
		s = &scratch{}
	}
	defer m.scratch.Put(s)
	s.texts = [2]string{a.Title, a.Text}
	for f, text := range s.texts {
		s.tokens[f] = token.Append(s.tokens[f][:0], text)
	}
	var r news.Reading
	r.Mentions, s.words = m.finder.FindAlso(s.words[:0], weapon.Doc{
		Title: a.Title, Text: a.Text, Lang: a.Lang,
		TitleTokens: s.tokens[0], TextTokens: s.tokens[1],
	})
	s.rules = m.index(a.Lang).candidates(s.rules[:0], s, r.Mentions)
	m.judge(a, s, &r)
	if always || len(r.Matches) > 0 {
		r.Findings = finding.Find(finding.Input{Title: a.Title, Text: a.Text, Mentions: r.Mentions, Lang: a.Lang})
	}
	s.texts = [2]string{}
	return r
}

// index is the index for articles in a language.
func (m *Matcher) index(lang string) *ruleIndex {
	lang = query.Language(lang)
	if x, ok := m.indexes.Load(lang); ok {
		return x.(func() *ruleIndex)()
	}
	x, _ := m.indexes.LoadOrStore(lang, sync.OnceValue(func() *ruleIndex { return newRuleIndex(m.rules, m.shared, lang) }))
	return x.(func() *ruleIndex)()
}

// judge evaluates the rules that the article may meet.
func (m *Matcher) judge(a news.Article, s *scratch, r *news.Reading) {
	if len(s.rules) == 0 {
		return
	}
	doc := &query.Doc{
		Title:    query.Field{Text: a.Title, Tokens: s.tokens[0]},
		Text:     query.Field{Text: a.Text, Tokens: s.tokens[1]},
		Mentions: r.Mentions, Lang: a.Lang, Source: a.Source,
	}
	show := &shower{texts: s.texts, tokens: s.tokens}
	asked := false
	for _, i := range s.rules {
		rule := &m.rules[i]
		if rule.publisher && !asked {
			asked = true
			doc.Publishers = finding.Publishers(finding.Input{Title: a.Title, Text: a.Text, Mentions: r.Mentions, Lang: a.Lang})
		}
		r.Matches = rule.appendMatches(r.Matches, doc, show)
	}
}
