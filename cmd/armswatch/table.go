package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
)

// plain is a table without lines: columns are told apart by space, so output
// can be read by awk too.
var plain = lipgloss.HiddenBorder()

func cell(row, _ int) lipgloss.Style {
	s := lipgloss.NewStyle().PaddingRight(2)
	if row == table.HeaderRow && colored(os.Stdout) {
		return s.Bold(true)
	}
	return s
}

// newTable is an empty table; without headers it is an indented list.
func newTable(headers ...string) *table.Table {
	t := table.New().Border(plain).StyleFunc(cell)
	if len(headers) > 0 {
		t.Headers(headers...)
	}
	return t
}

// printTable prints a table without the empty lines and the space around it.
func printTable(w io.Writer, t *table.Table, indent string) {
	for line := range strings.Lines(t.Render()) {
		if line = strings.TrimRight(line, " \n"); line != "" {
			_, _ = fmt.Fprintln(w, indent+strings.TrimPrefix(line, " "))
		}
	}
}
