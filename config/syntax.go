package config

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// maxSize is the largest file taken, in bytes: room for about 100,000 sources.
const maxSize = 16 << 20

// syntaxError is a problem that stops the reading of the file.
type syntaxError struct {
	line, col int
	msg       string
}

func (e *syntaxError) Error() string { return e.msg }

// parseYAML reads the one document of data. Its error is a *syntaxError.
func parseYAML(data []byte) (*yaml.Node, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if err := checkBytes(data); err != nil {
		return nil, err
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		return nil, &syntaxError{0, 0, err.Error()}
	}
	var doc, second yaml.Node
	if err := loader.Load(&doc); err != nil {
		return nil, explain(err, data)
	}
	if len(doc.Content) == 0 || isNull(doc.Content[0]) {
		return nil, empty()
	}
	switch err := loader.Load(&second); {
	case err == nil:
		return nil, &syntaxError{second.Line, 1, `a second document begins here ("---"): a config is one document`}
	case !errors.Is(err, io.EOF):
		return nil, explain(err, data)
	}
	return doc.Content[0], nil
}

func empty() error {
	return &syntaxError{1, 0, "the file is empty: it needs at least sources, watchlists and routes"}
}

// checkBytes refuses what is no text before YAML puzzles over it.
func checkBytes(data []byte) error {
	switch {
	case len(data) > maxSize:
		return &syntaxError{0, 0, "the file is larger than 16 MB"}
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return &syntaxError{1, 0, "the file is UTF-16: save it as UTF-8"}
	}
	line, col := 1, 1
	for rest := data; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && n == 1:
			return &syntaxError{line, col, "not UTF-8 text: save the file as UTF-8"}
		case r < ' ' && r != '\n' && r != '\t' && r != '\r', r == 0x7f:
			return &syntaxError{line, col, "a control character that is no text"}
		case r == '\n':
			line, col = line+1, 0
		}
		rest, col = rest[n:], col+1
	}
	return nil
}

// explain says in an editor's words what YAML's parser stumbled over.
func explain(err error, data []byte) error {
	var le *yaml.LoadError
	switch {
	case errors.Is(err, io.EOF):
		return empty()
	case !errors.As(err, &le):
		return &syntaxError{0, 0, "not YAML: " + err.Error()}
	}
	e := &syntaxError{le.Mark.Line, le.Mark.Column, "not YAML: " + le.Message}
	text := lineOf(data, le.Mark.Line)
	switch at := from(text, le.Mark.Column); {
	case strings.HasPrefix(at, "\t"), strings.HasPrefix(strings.TrimLeft(text, " "), "\t"):
		e.msg = "a tab indents this line: YAML allows spaces only"
	case strings.Contains(le.Message, "cannot start any token"):
		e.msg = "a value cannot begin with " + quote(firstRune(at)) + ": put it in quotes"
	case strings.Contains(le.Message, "unknown anchor"), strings.Contains(le.ContextMsg, "anchor"), strings.Contains(le.ContextMsg, "alias"):
		e.msg = "not YAML: " + le.Message + `: a value that begins with "*" or "&" needs quotes`
	case strings.Contains(le.Message, "mapping values are not allowed"):
		e.msg = `": " cannot stand here: put the value in quotes, or check the indentation`
	case strings.Contains(le.ContextMsg, "quoted scalar"):
		e.line, e.col, e.msg = le.ContextMark.Line, le.ContextMark.Column, "this quote is never closed"
	case opensFlow(le, data):
		e.line, e.col = le.ContextMark.Line, le.ContextMark.Column
		e.msg = "this " + quote(firstRune(from(lineOf(data, e.line), e.col))) + " is never closed, or lacks a comma"
	case quotedThenMore(text):
		e.msg = "text follows a closing quote: put the whole value in single quotes, for example '\"arms transfers\" AND Iraq'"
	}
	return e
}

// opensFlow says whether the parser was inside a [ or { it knows the place of.
func opensFlow(le *yaml.LoadError, data []byte) bool {
	at := from(lineOf(data, le.ContextMark.Line), le.ContextMark.Column)
	return strings.Contains(le.ContextMsg, "flow") && (strings.HasPrefix(at, "[") || strings.HasPrefix(at, "{"))
}

// quotedThenMore recognises the commonest slip in a list of phrases:
// - "arms transfers" AND Iraq.
func quotedThenMore(line string) bool {
	value := strings.TrimLeft(line, " -")
	if _, after, found := strings.Cut(value, ": "); found && !strings.ContainsAny(value[:len(value)-len(after)], `"'{[`) {
		value = strings.TrimLeft(after, " ")
	}
	if value == "" || value[0] != '"' && value[0] != '\'' {
		return false
	}
	end := strings.IndexByte(value[1:], value[0])
	return end >= 0 && strings.TrimSpace(value[end+2:]) != ""
}

func lineOf(data []byte, n int) string {
	for line := range bytes.Lines(data) {
		if n--; n == 0 {
			return strings.TrimRight(string(line), "\r\n")
		}
	}
	return ""
}

// from is the rest of a line from a column on, counted from 1 in characters.
func from(line string, col int) string {
	for i := range line {
		if col--; col <= 0 {
			return line[i:]
		}
	}
	return ""
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}
