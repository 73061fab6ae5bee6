package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
)

func evalCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "eval", Short: "Measure matching and grouping against labelled data"}
	cmd.AddCommand(evalMentionsCommand(), evalStoriesCommand())
	return cmd
}

// maxJSONLine is the longest line of a JSONL file, in bytes.
const maxJSONLine = 64 << 20

// eachJSON reads a file of JSON lines; "-" is the standard input. An error
// names the line.
func eachJSON[T any](path string, do func(T) error) error {
	in, err := open(path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 1<<20), maxJSONLine)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var row T
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return usage("%s:%d: %v", path, n, err)
		}
		if err := do(row); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

func open(path string) (io.ReadCloser, error) {
	if path == "-" || path == "" {
		return io.NopCloser(os.Stdin), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	return f, nil
}
