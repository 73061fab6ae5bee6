package catalogue

import (
	"fmt"
	"iter"
	"unicode/utf8"
)

// UnknownError says that a name is none, and which one is meant perhaps.
type UnknownError struct {
	What    string // "weapon" or "category"
	Name    string
	Nearest string // "" when nothing is near
}

func (e *UnknownError) Error() string {
	if e.Nearest == "" {
		return fmt.Sprintf("unknown %s %q", e.What, e.Name)
	}
	return fmt.Sprintf("unknown %s %q: did you mean %q?", e.What, e.Name, e.Nearest)
}

// Suggest is the nearest right spelling.
func (e *UnknownError) Suggest() string { return e.Nearest }

func (c *Catalogue) unknown(name string) error {
	return &UnknownError{What: "weapon", Name: name, Nearest: nearest(name, c.names())}
}

func (c *Catalogue) names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range c.systems {
			if !yield(c.systems[i].Name) {
				return
			}
			for _, f := range c.systems[i].Forms {
				if !yield(f.Text) {
					return
				}
			}
		}
	}
}

// nearest is the name with the least edit distance, "" when all are far: more
// than a third of the letters differ.
func nearest(name string, names iter.Seq[string]) string {
	want := []rune(key(name))
	best, least := "", len(want)/3+1
	for n := range names {
		k := key(n)
		if d := utf8.RuneCountInString(k) - len(want); d >= least || -d >= least {
			continue
		}
		if d := distance(want, []rune(k), least); d < least {
			best, least = n, d
		}
	}
	return best
}

// distance is the Levenshtein distance of a and b, or most when it is not less.
func distance(a, b []rune, most int) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal, least := row[0], i+1
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
			least = min(least, row[j+1])
		}
		if least >= most {
			return most
		}
	}
	return row[len(b)]
}
