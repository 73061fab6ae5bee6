//go:build compare

package main

import (
	"fmt"

	"github.com/coregx/ahocorasick"
)

// ahoCorasickRival is the Aho-Corasick in Go that is maintained. It knows no
// letter case and no words: it gets small letters, and finds parts of words too. 50,000 phrases take it 4 GB.
func ahoCorasickRival() []rival {
	return []rival{{name: "Aho-Corasick (Go)", compile: compileAhoCorasick, most: 10_000, lower: true}}
}

func compileAhoCorasick(phrases []string) (func(string) int, func(), error) {
	b := ahocorasick.NewBuilder()
	for _, p := range phrases {
		b.AddPattern([]byte(asciiLower(p)))
	}
	a, err := b.Build()
	if err != nil {
		return nil, nil, fmt.Errorf("bench: %w", err)
	}
	return func(text string) int { return a.Count([]byte(text)) }, func() {}, nil
}
