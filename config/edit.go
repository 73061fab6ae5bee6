package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	yaml "go.yaml.in/yaml/v4"
)

// ErrByHand is the error for a file whose form leaves no safe place for a new
// line: a person has to write it.
var ErrByHand = errors.New("the file has no place where a program could add a phrase safely: add it by hand")

// maxPhrase is the longest phrase that a program adds, in bytes: a longer one is a
// mistake.
const maxPhrase = 500

// editing lets one edit at a time read and replace the file.
var editing sync.Mutex

// AddPhrase adds a phrase to a watchlist of the config file at path, with a
// comment behind it where there is room for one, and leaves every other byte as it
// is. The file is replaced as a whole, and only by one that Load accepts and in
// which that watchlist has that phrase more and nothing else changed. Errors:
// [ErrByHand], a [*Problems] of the file, or that the file may not be written.
func AddPhrase(path, watchlist, phrase, comment string, vocabulary func() (Vocabulary, error)) error {
	editing.Lock()
	defer editing.Unlock()
	switch {
	case len(phrase) > maxPhrase:
		return fmt.Errorf("the phrase is longer than %d bytes: add it by hand", maxPhrase)
	case strings.Contains(phrase, "${") || strings.Contains(phrase, "$$"):
		return errors.New("a phrase that is added by a program cannot hold ${ or $$, which stand for a variable in the config")
	}
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
	was, err := parsed(path, data, vocabulary)
	if err != nil {
		return err
	}
	now, err := parsed(path, edited, vocabulary)
	if err != nil {
		return err
	}
	if !addsOnly(was, now, watchlist, phrase) {
		return ErrByHand
	}
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(again, data) {
		return errors.New("the file was changed by somebody else at the same time: try again")
	}
	return replace(path, edited)
}

func parsed(path string, data []byte, vocabulary func() (Vocabulary, error)) (*Config, error) {
	v, err := vocabulary()
	if err != nil {
		return nil, err
	}
	return Parse(path, data, os.Getenv, v)
}

// addsOnly says whether now is was with a phrase more in one watchlist.
func addsOnly(was, now *Config, watchlist, phrase string) bool {
	for i, w := range was.Watchlists {
		if i >= len(now.Watchlists) || now.Watchlists[i].Name != w.Name {
			return false
		}
		want := slices.Sorted(slices.Values(w.Phrases))
		if w.Name == watchlist {
			want = slices.Sorted(slices.Values(append(want, phrase)))
		}
		if !slices.Equal(slices.Sorted(slices.Values(now.Watchlists[i].Phrases)), want) {
			return false
		}
	}
	return len(was.Watchlists) == len(now.Watchlists)
}

// replace puts data in the place of a file, so that a reader sees the old or the new
// one and a crash leaves one of them.
func replace(path string, data []byte) (err error) {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	// Who made the file read-only means it, though its folder would let us replace it.
	may, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := may.Close(); err != nil {
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
	if err = errors.Join(err, f.Chmod(info.Mode().Perm()), keepOwner(f, info), f.Sync(), f.Close()); err != nil {
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
