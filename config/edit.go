package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// ErrByHand is the error for a file whose form leaves no safe place for a new
// line: a person has to write it.
var ErrByHand = errors.New("the file has no place where a program could add a phrase safely: add it by hand")

// AddPhrase adds a phrase to a watchlist of the config file at path, with a
// comment behind it, and leaves every other byte as it is. The file is replaced as
// a whole, and only by one that Load accepts. Errors: [ErrByHand], a [*Problems]
// of the phrase, or that the file may not be written.
func AddPhrase(path, watchlist, phrase, comment string, v Vocabulary) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return &Problems{[]Problem{{File: path, Msg: readError(err)}}}
	}
	edited, err := addPhrase(data, watchlist, phrase, comment)
	if err != nil {
		return err
	}
	if _, err := Parse(path, edited, os.Getenv, v); err != nil {
		return err
	}
	return replace(path, edited)
}

// replace puts data in the place of a file, so that a reader sees the old or the new
// one and a crash leaves one of them.
func replace(path string, data []byte) (err error) {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".armswatch-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(info.Mode().Perm()), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// addPhrase tries the places where the line may stand, and takes the first that
// makes the watchlist what it is to be.
func addPhrase(data []byte, watchlist, phrase, comment string) ([]byte, error) {
	root, err := parseYAML(data)
	if err != nil {
		return nil, err
	}
	list := valueOf(valueOf(root, "watchlists"), watchlist)
	if list == nil {
		return nil, fmt.Errorf("the config has no watchlist %q", watchlist)
	}
	was := texts(valueOf(list, "phrases"))
	if slices.Contains(was, phrase) {
		return nil, fmt.Errorf("watchlist %q has that phrase already", watchlist)
	}
	want := slices.Sorted(slices.Values(append(slices.Clone(was), phrase)))
	for _, p := range places(data, list, phrase, comment) {
		edited := slices.Insert(slices.Clone(data), p.at, []byte(p.text)...)
		root, err := parseYAML(edited)
		if err != nil {
			continue
		}
		got := texts(valueOf(valueOf(valueOf(root, "watchlists"), watchlist), "phrases"))
		if slices.Equal(slices.Sorted(slices.Values(got)), want) {
			return edited, nil
		}
	}
	return nil, ErrByHand
}

// insertion is text to put in before an offset.
type insertion struct {
	at   int
	text string
}

// places are where a phrase could be put in: behind the last, before the first, at
// the head of a list in brackets, or with a key of its own.
func places(data []byte, list *yaml.Node, phrase, comment string) []insertion {
	end := "\n"
	if bytes.Contains(data, []byte("\r\n")) {
		end = "\r\n"
	}
	item := "'" + strings.ReplaceAll(phrase, "'", "''") + "'"
	line := func(indent int, text string) string {
		return strings.Repeat(" ", indent) + text + "  # " + comment + end
	}
	phrases := valueOf(list, "phrases")
	var out []insertion
	switch {
	case phrases != nil && phrases.Kind == yaml.SequenceNode && len(phrases.Content) > 0:
		first, last := phrases.Content[0], phrases.Content[len(phrases.Content)-1]
		start, next := lineStart(data, first.Line), lineStart(data, last.Line+1)
		indent := bytes.IndexByte(data[start:], '-')
		if indent >= 0 {
			text := line(indent, "- "+item)
			before := ""
			if next == len(data) && !bytes.HasSuffix(data, []byte("\n")) {
				before = end
			}
			out = append(out, insertion{next, before + text}, insertion{start, text})
		}
		if at := lineStart(data, phrases.Line) + phrases.Column; at <= len(data) { // behind the bracket
			out = append(out, insertion{at, item + ", "})
		}
	case phrases == nil && list.Kind == yaml.MappingNode && len(list.Content) > 0:
		first := list.Content[0]
		start, indent := lineStart(data, first.Line), first.Column-1
		out = append(out, insertion{start, strings.Repeat(" ", indent) + "phrases:" + end + line(indent+2, "- "+item)})
	}
	return out
}

// lineStart is the offset of a line, counted from 1; the end when there is none.
func lineStart(data []byte, n int) int {
	at := 0
	for ; n > 1; n-- {
		i := bytes.IndexByte(data[at:], '\n')
		if i < 0 {
			return len(data)
		}
		at += i + 1
	}
	return at
}

// valueOf is the value of a key of a mapping; nil when there is none.
func valueOf(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func texts(n *yaml.Node) []string {
	var list []string
	if n != nil && n.Kind == yaml.SequenceNode {
		for _, c := range n.Content {
			list = append(list, c.Value)
		}
	} else if n != nil {
		list = append(list, n.Value)
	}
	return list
}
