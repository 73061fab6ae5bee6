package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/armswatch/armswatch/monitor/extract"
	"github.com/armswatch/armswatch/monitor/pdf"
)

// readInput is a line of what --jsonl lists.
type readInput struct {
	ID   any    `json:"id"`
	Path string `json:"path"`
	URL  string `json:"url"`
}

// readLines reads the articles of a list on every core, and prints them in the
// order of the list. One that fails is printed with its error; the rest go on.
func readLines(w io.Writer, list string) error {
	in, err := open(list)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	var all, failed atomic.Int64
	err = inOrder(in, list, func(line []byte, n int) ([]byte, error) {
		if len(bytes.TrimSpace(line)) == 0 {
			return nil, nil
		}
		row := readLine(line, list, n)
		all.Add(1)
		if row.Error != "" {
			failed.Add(1)
		}
		var out bytes.Buffer
		err := printJSON(&out, []readArticle{row})
		return out.Bytes(), err
	}, w)
	if err == nil && failed.Load() > 0 {
		err = fmt.Errorf("read %s: %d of %d could not be read: their lines hold an \"error\"", list, failed.Load(), all.Load())
	}
	return err
}

func readLine(line []byte, list string, n int) readArticle {
	var in readInput
	if err := json.Unmarshal(line, &in); err != nil {
		return readArticle{Authors: []string{}, Error: fmt.Sprintf("%s:%d: %v", list, n, err)}
	}
	p, err := readFile(in, list, n)
	if p == nil {
		p = &extract.Page{}
	}
	row := articleRow(p)
	row.ID = in.ID
	if err != nil {
		row.Error = strings.Join(strings.Fields(err.Error()), " ")
	}
	return row
}

// readFile reads an article's file. A parser that panics harms only its file.
func readFile(in readInput, list string, n int) (p *extract.Page, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, fmt.Errorf("read %s: the parser failed on this content (%v); please report it with the file", in.Path, r)
		}
	}()
	if in.Path == "" {
		return nil, fmt.Errorf("%s:%d: no \"path\"", list, n)
	}
	path := readPath(list, in.Path)
	if i, err := os.Stat(path); err == nil && i.Size() > maxRead {
		return nil, fmt.Errorf("read %s: it is longer than %d MB", path, maxRead>>20)
	}
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if pdf.Is(body) {
		d, err := pdf.Read(body)
		if err != nil {
			return nil, err
		}
		return pageOf(d), nil
	}
	p, err = extract.Read(body, extract.Options{URL: in.URL, Now: time.Now()})
	if err != nil && !errors.Is(err, extract.ErrNoText) {
		p = nil
	}
	return p, err
}
