package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/armswatch/armswatch/matchers"
)

// matchInput is an article of a JSONL file.
type matchInput struct {
	ID    any    `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text"`
	Lang  string `json:"lang"`
}

// batch is how many lines one worker takes at a time.
const batch = 64

// matchLines reads articles, matches them on every core, and prints what is
// found in the order of the file.
func matchLines(w io.Writer, path string, m *matchers.Matcher, o matchOptions) error {
	in, err := open(path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out := bufio.NewWriterSize(w, 1<<20)
	err = inOrder(in, path, func(line []byte, n int) ([]byte, error) { return matchLine(line, path, n, m, o) }, out)
	return errors.Join(err, out.Flush())
}

func matchLine(line []byte, path string, n int, m *matchers.Matcher, o matchOptions) ([]byte, error) {
	var in matchInput
	if len(bytes.TrimSpace(line)) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(line, &in); err != nil {
		return nil, usage("%s:%d: %v", path, n, err)
	}
	a := o.article(in.Title, in.Text, in.Lang)
	r := m.Read(a)
	if o.json {
		var row bytes.Buffer
		err := printJSON(&row, []matchOutput{matchRow(in.ID, r)})
		return row.Bytes(), err
	}
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "== %s\n", clean(fmt.Sprint(in.ID)))
	printReading(&b, a, r, o)
	_, _ = fmt.Fprintln(&b)
	return []byte(b.String()), nil
}

// job is some lines and, once done, what was made of them.
type job struct {
	lines [][]byte
	first int
	done  chan struct{}
	out   []byte
	err   error
}

func (j *job) run(do func(line []byte, n int) ([]byte, error)) {
	defer close(j.done)
	for i, line := range j.lines {
		row, err := do(line, j.first+i)
		if err != nil {
			j.err = err
			return
		}
		j.out = append(j.out, row...)
	}
}

// inOrder runs do over the lines of in, on every core, and writes the results in
// the order of the lines. The first error ends it.
func inOrder(in io.Reader, path string, do func(line []byte, n int) ([]byte, error), out io.Writer) error {
	work, order := make(chan *job), make(chan *job, 2*runtime.GOMAXPROCS(0))
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for j := range work {
				j.run(do)
			}
		})
	}
	stop, read := make(chan struct{}), make(chan error, 1)
	go func() {
		defer close(order)
		defer close(work)
		read <- eachBatch(in, func(lines [][]byte, first int) bool {
			j := &job{lines: lines, first: first, done: make(chan struct{})}
			select {
			case order <- j:
				work <- j
				return true
			case <-stop:
				return false
			}
		})
	}()
	err := writeInOrder(order, out, stop)
	workers.Wait()
	if failed := <-read; failed != nil && err == nil {
		err = fmt.Errorf("read %s: %w", path, failed)
	}
	return err
}

// writeInOrder writes what the jobs made. At the first error it closes stop and
// waits for the jobs that have begun.
func writeInOrder(order <-chan *job, out io.Writer, stop chan<- struct{}) error {
	var failed error
	for j := range order {
		<-j.done
		if failed != nil {
			continue
		}
		_, failed = out.Write(j.out)
		if failed = errors.Join(j.err, failed); failed != nil {
			close(stop)
		}
	}
	return failed
}

// eachBatch cuts a file into batches of lines, the first of which is line 1.
func eachBatch(in io.Reader, do func(lines [][]byte, first int) bool) error {
	scan := bufio.NewScanner(in)
	scan.Buffer(make([]byte, 0, 1<<20), maxJSONLine)
	var lines [][]byte
	n, first := 0, 1
	for scan.Scan() {
		n++
		lines = append(lines, slices.Clone(scan.Bytes()))
		if len(lines) == batch {
			if !do(lines, first) {
				return nil
			}
			lines, first = nil, n+1
		}
	}
	if len(lines) > 0 {
		do(lines, first)
	}
	return scan.Err()
}
