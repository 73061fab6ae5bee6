package query

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// What evaluation finds is never refused before it: rules and texts of few
// words, so that rules are met often.
func TestNothingThatIsFoundIsRefused(t *testing.T) {
	words := []string{"kornet", "Т-72", "T-72", "F16", "F-16", "crates", "crate", "Pucará", "pucara", "мост", "44", "MOAB", "导弹", "a", "of", "arms", "оса", "oca", "АК-47", "AK-47"}
	random := rand.New(rand.NewPCG(1, 2))
	pick := func() string { return words[random.IntN(len(words))] }
	var rule func(depth int) string
	rule = func(depth int) string {
		if depth == 0 {
			return []string{`"` + pick() + " " + pick() + `"`, pick(), `exact:` + pick(), `cs("` + pick() + `")`, `"<#> ` + pick() + `"`, "crat*"}[random.IntN(6)]
		}
		a, b := rule(depth-1), rule(depth-1)
		return []string{
			"(" + a + " AND " + b + ")", "(" + a + " OR " + b + ")", "(" + a + " AND NOT " + b + ")", "title:(" + a + ")", "(" + a + " NEAR/3 " + b + ")",
		}[random.IntN(5)]
	}
	met := 0
	for range 20_000 {
		e, err := Parse(rule(random.IntN(3)))
		if err != nil {
			continue // NEAR takes no AND, and so on
		}
		var text []string
		for range random.IntN(12) {
			text = append(text, pick())
		}
		d := &Doc{Title: NewField(pick() + " " + pick()), Text: NewField(strings.Join(text, " "))}
		if !e.root.eval(d, titleScope|textScope).ok {
			continue
		}
		met++
		if !e.may(d) {
			t.Fatalf("%s is refused in %q: %q", e, d.Title.Text, d.Text.Text)
		}
	}
	if met < 1000 {
		t.Errorf("only %d rules were met", met)
	}
}
