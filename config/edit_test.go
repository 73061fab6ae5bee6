package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
)

func TestAddPhrase(t *testing.T) {
	t.Parallel()
	const note = "added by @ann"
	for _, c := range []struct{ name, was, want string }{
		{
			"a list", "watchlists:\n  a:\n    phrases:\n      - one  # first\n      - 'two'\n    weapons: [Kornet]\n",
			"watchlists:\n  a:\n    phrases:\n      - one  # first\n      - 'two'\n      - 'it''s \"new\"'  # added by @ann\n    weapons: [Kornet]\n",
		},
		{
			"not indented, no end", "watchlists:\n  a:\n    phrases:\n    - one",
			"watchlists:\n  a:\n    phrases:\n    - one\n    - 'it''s \"new\"'  # added by @ann\n",
		},
		{
			"a folded last", "watchlists:\n  a:\n    phrases:\n      - >-\n        one\n        two\nroutes: []\n",
			"watchlists:\n  a:\n    phrases:\n      - 'it''s \"new\"'  # added by @ann\n      - >-\n        one\n        two\nroutes: []\n",
		},
		{
			"brackets", "watchlists:\n  a: {phrases: [one, two]}\n",
			"watchlists:\n  a: {phrases: ['it''s \"new\"', one, two]}\n",
		},
		{
			"no phrases", "watchlists:\n  b:\n    weapons: [x]\n  a:\n    # comment\n    weapons: [Kornet]\n",
			"watchlists:\n  b:\n    weapons: [x]\n  a:\n    # comment\n    phrases:\n      - 'it''s \"new\"'  # added by @ann\n    weapons: [Kornet]\n",
		},
		{
			"carriage returns", "watchlists:\r\n  a:\r\n    phrases:\r\n      - one\r\n",
			"watchlists:\r\n  a:\r\n    phrases:\r\n      - one\r\n      - 'it''s \"new\"'  # added by @ann\r\n",
		},
	} {
		got, err := addPhrase([]byte(c.was), "a", `it's "new"`, note)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", c.name, err, got, c.want)
		}
	}
	for _, c := range []struct{ was, want string }{
		{"watchlists:\n  a:\n    phrases: one\n", "by hand"},
		{"watchlists: {a: {weapons: [x]}}\n", "by hand"},
		{"watchlists:\n  a:\n    phrases: &p [one]\n  b:\n    phrases: *p\n", ""},
		{"watchlists:\n  b:\n    phrases: [one]\n", "no watchlist"},
		{"watchlists:\n  a:\n    phrases: [new, one]\n", "already"},
	} {
		got, err := addPhrase([]byte(c.was), "a", "new", note)
		if c.want == "" && err == nil {
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %q, %v; want %q", c.was, got, err, c.want)
		}
	}
}

func TestAddPhraseReplacesTheFileOrLeavesIt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "armswatch.yaml")
	const was = "sources:\n  - name: A\n    feed: https://a.example/feed\nwatchlists:\n  a:\n    phrases: [one]\nroutes:\n  - to: terminal\n    when: now\n"
	if err := os.WriteFile(path, []byte(was), 0o640); err != nil {
		t.Fatal(err)
	}
	refuse := Vocabulary{Phrase: func(rule string) error {
		if rule == "bad(" {
			return errors.New("parenthesis is never closed")
		}
		return nil
	}}
	vocabulary := func() (Vocabulary, error) { return refuse, nil }
	var p *Problems
	if err := AddPhrase(path, "a", "bad(", "x", vocabulary); !errors.As(err, &p) {
		t.Errorf("a bad phrase: %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != was {
		t.Errorf("a refused phrase changed the file:\n%s", got)
	}
	if err := AddPhrase(path, "a", "good", "x", vocabulary); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	cfg, err := Load(path, refuse)
	if err != nil || len(cfg.Watchlists[0].Phrases) != 2 {
		t.Errorf("%+v, %v", cfg, err)
	}
	for _, bad := range []string{"${HOME} x", "a $$ b", strings.Repeat("long ", 200)} {
		if err := AddPhrase(path, "a", bad, "x", vocabulary); err == nil {
			t.Errorf("%.20q was added", bad)
		}
	}
	var g errgroup.Group
	for i := range 8 {
		g.Go(func() error { return AddPhrase(path, "a", fmt.Sprint("word", i), "x", vocabulary) })
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	if cfg, err = Load(path, refuse); err != nil || len(cfg.Watchlists[0].Phrases) != 10 {
		t.Errorf("of eight edits at once: %+v, %v", cfg.Watchlists, err)
	}
	const shared = "sources: [{name: A, feed: https://a.example/feed}]\nwatchlists:\n  a:\n    phrases: &p [one]\n  b:\n    phrases: *p\nroutes: [{to: terminal, when: now}]\n"
	if err := os.WriteFile(path, []byte(shared), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := AddPhrase(path, "a", "two", "x", vocabulary); !errors.Is(err, ErrByHand) {
		t.Errorf("a list that another shares: %v", err)
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".armswatch-*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
