package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a config file.
type Problem struct {
	File string
	Line int // from 1; 0: the file as a whole
	Col  int // from 1, in characters; 0: the line as a whole
	Msg  string
}

func (p Problem) String() string {
	switch {
	case p.Line == 0:
		return p.File + ": " + p.Msg
	case p.Col == 0:
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Msg)
	default:
		return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Col, p.Msg)
	}
}

// maxShown keeps a file that is wrong throughout from scrolling its first
// problem away.
const maxShown = 100

// Problems is the error of [Load] and [Parse]: everything wrong with a file, in
// the order of the file.
type Problems struct {
	List []Problem
}

// Error lists the problems, one a line.
func (p *Problems) Error() string {
	var b strings.Builder
	for i, one := range p.List {
		if i == maxShown {
			fmt.Fprintf(&b, "\n%s: and %d more problems", one.File, len(p.List)-maxShown)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(one.String())
	}
	return b.String()
}

// sortProblems puts problems in the order of the file and drops repeats.
func sortProblems(list []Problem) []Problem {
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return slices.Compact(list)
}
