package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/matchers/catalogue"
	"github.com/armswatch/armswatch/matchers/weapon"
)

func evalMentionsCommand() *cobra.Command {
	var errors bool
	cmd := &cobra.Command{
		Use:   "mentions FILE.jsonl...",
		Short: "Precision and recall of weapon names on labelled sentences",
		Long: "eval mentions reads lines {\"id\",\"text\",\"name\",\"part\",\"matches\":[{\"start\",\"end\",\"canonical\"}],\"ignore\":[...]} with byte\n" +
			"offsets and compares them with what is found, by overlap and the right system. Beside it stand two baselines\n" +
			"over the same names: any occurrence, and whole words, both whatever the case.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cat, err := catalogue.Load()
			if err != nil {
				return err
			}
			e := newMentionEval(cat)
			for _, path := range args {
				if err := eachJSON(path, func(r goldRow) error { e.row(r); return nil }); err != nil {
					return err
				}
			}
			e.print(cmd.OutOrStdout(), errors)
			return nil
		},
	}
	cmd.Flags().BoolVar(&errors, "errors", false, "list each error with its reasons")
	return cmd
}

// goldRow is a labelled sentence.
type goldRow struct {
	ID      string     `json:"id"`
	Part    string     `json:"part"`
	Name    string     `json:"name"`
	Text    string     `json:"text"`
	Matches []goldSpan `json:"matches"`
	Ignore  []goldSpan `json:"ignore"`
}

type goldSpan struct {
	Start     int    `json:"start"`
	End       int    `json:"end"`
	Canonical string `json:"canonical"`
}

// span is a name found, with the system it was taken for.
type found struct {
	start, end int
	system     string
	class      string
	why        string
}

// score counts the hits and misses of one method.
type score struct{ hit, wrong, missed int }

func (s score) precision() float64 { return ratio(s.hit, s.hit+s.wrong) }
func (s score) recall() float64    { return ratio(s.hit, s.hit+s.missed) }

func (s score) f1() float64 {
	p, r := s.precision(), s.recall()
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

func (s score) String() string {
	return fmt.Sprintf("%6.3f %6.3f %6.3f %5d %5d %5d", s.precision(), s.recall(), s.f1(), s.hit, s.wrong, s.missed)
}

// mentionEval collects the scores.
type mentionEval struct {
	cat    *catalogue.Catalogue
	finder *weapon.Finder
	naive  map[string]naive
	total  map[string]*score // by method
	groups map[string]*score // by "part X", "class X", "name X"
	errors []string
}

func newMentionEval(cat *catalogue.Catalogue) *mentionEval {
	return &mentionEval{
		cat: cat, finder: weapon.New(cat), total: map[string]*score{}, groups: map[string]*score{},
		naive: map[string]naive{"substring": newNaive(cat, false), "whole words": newNaive(cat, true)},
	}
}

// naive finds every form of the catalogue whatever the case, by its first
// bytes.
type naive struct {
	forms map[string][]string // first bytes -> forms in small letters, the longest first
	words bool                // only whole words
}

const naiveHead = 2 // bytes

func newNaive(cat *catalogue.Catalogue, words bool) naive {
	n := naive{map[string][]string{}, words}
	for _, s := range cat.Systems() {
		for _, f := range s.Forms {
			if form := lower(f.Text); len(form) >= naiveHead {
				n.forms[form[:naiveHead]] = append(n.forms[form[:naiveHead]], form)
			}
		}
	}
	for _, list := range n.forms {
		slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	}
	return n
}

// lower is a text in small letters, those that keep its offsets.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if l := unicode.ToLower(r); utf8.RuneLen(l) == utf8.RuneLen(r) {
			return l
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// find lists where the forms stand, from left to right, as start and end.
func (n naive) find(text string) [][2]int {
	var out [][2]int
	text = lower(text)
	for at := 0; at+naiveHead <= len(text); {
		length := 0
		for _, form := range n.forms[text[at:at+naiveHead]] {
			if strings.HasPrefix(text[at:], form) && (!n.words || whole(text, at, at+len(form))) {
				length = len(form)
				break
			}
		}
		if length > 0 {
			out = append(out, [2]int{at, at + length})
		}
		at += max(length, 1)
	}
	return out
}

// whole says that no letter or figure touches a part of a text.
func whole(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return !unicode.IsLetter(before) && !unicode.IsDigit(before) && !unicode.IsLetter(after) && !unicode.IsDigit(after)
}

func (e *mentionEval) row(r goldRow) {
	var got []found
	for _, m := range e.finder.Find(weapon.Doc{Text: r.Text}) {
		if m.Accepted {
			got = append(got, found{m.Start, m.End, m.System, m.Class, strings.Join(m.Reasons, "; ")})
		}
	}
	e.judge("armswatch", r, got, true)
	for name, n := range e.naive {
		var got []found
		for _, at := range n.find(r.Text) {
			ids, err := e.cat.Resolve(r.Text[at[0]:at[1]])
			if err == nil {
				got = append(got, found{at[0], at[1], ids[0], "", ""})
			}
		}
		e.judge(name, r, got, false)
	}
}

// judge compares what a method found with the labels.
func (e *mentionEval) judge(method string, r goldRow, got []found, detail bool) {
	count := func(field func(*score) *int, keys ...string) {
		for _, k := range append(keys, "") {
			table, key := e.groups, k
			if k == "" {
				table, key = e.total, method
			} else if !detail {
				continue
			}
			if table[key] == nil {
				table[key] = &score{}
			}
			*field(table[key])++
		}
	}
	used := make([]bool, len(r.Matches))
	for _, g := range got {
		i := slices.IndexFunc(r.Matches, func(m goldSpan) bool {
			return m.Start < g.end && g.start < m.End && e.same(m.Canonical, g.system)
		})
		keys := []string{"part " + r.Part, "class " + g.class, "name " + r.Name}
		switch {
		case i >= 0 && !used[i]:
			used[i] = true
			count(func(s *score) *int { return &s.hit }, keys...)
		case i >= 0 || overlaps(r.Ignore, g):
		default:
			count(func(s *score) *int { return &s.wrong }, keys...)
			if detail {
				e.errors = append(e.errors, fmt.Sprintf("FALSE %s %q (%s %s)\n      %s\n      %s", r.ID, r.Text[g.start:g.end], g.system, g.class, clean(r.Text), clean(g.why)))
			}
		}
	}
	for i, m := range r.Matches {
		if !used[i] {
			count(func(s *score) *int { return &s.missed }, "part "+r.Part, "name "+r.Name)
			if detail {
				e.errors = append(e.errors, fmt.Sprintf("MISS  %s %q (%s)\n      %s\n      %s", r.ID, r.Text[m.Start:m.End], m.Canonical, clean(r.Text), clean(e.why(r.Text, m))))
			}
		}
	}
}

func overlaps(list []goldSpan, g found) bool {
	return slices.ContainsFunc(list, func(m goldSpan) bool { return m.Start < g.end && g.start < m.End })
}

// why says what became of a name that was missed.
func (e *mentionEval) why(text string, m goldSpan) string {
	for _, c := range e.finder.Find(weapon.Doc{Text: text}) {
		if c.Start < m.End && m.Start < c.End {
			return fmt.Sprintf("%s %s %d: %s", c.Name, c.Class, c.Score, strings.Join(c.Reasons, "; "))
		}
	}
	return "no candidate"
}

// same says whether a label means a system: by name, or by any of its forms.
func (e *mentionEval) same(canonical, system string) bool {
	ids, err := e.cat.Resolve(canonical)
	if err == nil && slices.Contains(ids, system) {
		return true
	}
	s, _ := e.cat.System(system)
	return strings.EqualFold(s.Name, canonical)
}

func (e *mentionEval) print(w io.Writer, errors bool) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	p("%-40s %6s %6s %6s %5s %5s %5s", "", "prec", "recall", "F1", "hit", "wrong", "miss")
	for _, method := range []string{"armswatch", "whole words", "substring"} {
		if s := e.total[method]; s != nil {
			p("%-40s %s", method, s)
		}
	}
	keys := make([]string, 0, len(e.groups))
	for k := range e.groups {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		order := func(s string) int { return slices.Index([]string{"part", "class", "name"}, strings.Fields(s)[0]) }
		if d := order(a) - order(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for _, k := range keys {
		p("%-40s %s", k, e.groups[k])
	}
	if errors {
		p("\n%s", strings.Join(e.errors, "\n"))
	}
}
