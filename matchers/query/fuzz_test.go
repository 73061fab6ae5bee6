package query_test

import (
	"errors"
	"testing"

	"github.com/armswatch/armswatch/matchers/query"
)

func FuzzParse(f *testing.F) {
	for _, rule := range []string{
		`"<#>-page report"`, `(captured OR seized) NEAR/8 (stockpile* OR depot*)`, `“a b”~3 -c`,
		`title:(a b) AND NOT weapon:Kornet`, `cs("MOAB") w/p exact:x`, `lang:de 'a b' OR NOT c`, `((((a`,
	} {
		f.Add(rule, "fighters captured 44 depots. a b c")
	}
	f.Fuzz(func(t *testing.T, rule, text string) {
		// Longer ones find nothing new, and one that takes long holds a worker past
		// -fuzztime, which Go 1.26 reports as a failure (golang/go#75804).
		rule, text = rule[:min(len(rule), 300)], text[:min(len(text), 600)]
		e, err := query.Parse(rule)
		if err != nil {
			var q *query.Error
			if !errors.As(err, &q) || q.Pos < 0 || q.Pos > len(rule) || q.Msg == "" {
				t.Fatalf("Parse(%q): %#v", rule, err)
			}
			return
		}
		canonical := e.String()
		again, err := query.Parse(canonical)
		if err != nil {
			t.Fatalf("Parse(%q) of %q: %v", canonical, rule, err)
		}
		if again.String() != canonical {
			t.Fatalf("%q became %q", canonical, again.String())
		}
		d := &query.Doc{Text: query.NewField(text), Title: query.NewField(rule)}
		hits := e.Eval(d)
		if len(hits) != len(again.Eval(d)) || e.Match(d) != (len(hits) > 0) {
			t.Fatalf("%q and %q find different things", rule, canonical)
		}
		for _, h := range hits {
			n := len(text)
			if h.Field == "title" {
				n = len(rule)
			}
			if h.Start < 0 || h.End < h.Start || h.End > n {
				t.Fatalf("hit %+v of %q in %q", h, rule, text)
			}
		}
		e.Anchors("")
	})
}
