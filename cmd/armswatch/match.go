package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/monitor/extract"
	"github.com/armswatch/armswatch/monitor/news"
)

// matchOptions are the flags of the match verb.
type matchOptions struct {
	json, lines bool
	lang        string
	noConfig    string // the config file that is not there
}

func matchCommand(f *flags) *cobra.Command {
	var o matchOptions
	cmd := &cobra.Command{
		Use:   "match [FILE|-]",
		Short: "Show what is found in a text: weapon systems, matches, findings",
		Long: "match reads a text from a file, or from standard input, and shows it with the names of weapon systems marked, then\n" +
			"each name with the verdict on it and its reasons, the watchlists that the text meets, and what it finds. With --jsonl\n" +
			"it reads one article a line: {\"id\",\"title\",\"text\",\"url\",\"published\",\"lang\"}. The watchlists are those of the config;\n" +
			"without one there are none. --json prints one object an article; offsets are bytes of the text, or of the title where\n" +
			"a field says so.",
		Example: "  armswatch match article.txt\n  curl -s https://example.org/story | html2text | armswatch match -\n  armswatch match --jsonl --json articles.jsonl > found.jsonl",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			matcher, err := matcherFor(f, cmd.Flags().Changed("config"), &o)
			if err != nil {
				return err
			}
			path := "-"
			if len(args) == 1 {
				path = args[0]
			}
			if o.lines {
				return matchLines(cmd.OutOrStdout(), path, matcher, o)
			}
			return matchText(cmd.OutOrStdout(), path, matcher, o)
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print one JSON object an article")
	cmd.Flags().BoolVar(&o.lines, "jsonl", false, "read one JSON object an article")
	cmd.Flags().StringVar(&o.lang, "lang", "", "the text's `language`, ISO 639-1; found by itself when not given")
	return cmd
}

// matcherFor makes the config's matcher. No config, unless one was named, is a
// matcher without watchlists.
func matcherFor(f *flags, named bool, o *matchOptions) (*matchers.Matcher, error) {
	if _, err := os.Stat(f.config); !named && errors.Is(err, fs.ErrNotExist) {
		o.noConfig = f.config
		return matchers.New(matchers.Options{})
	}
	cfg, err := loadConfig(f.config)
	if err != nil {
		return nil, err
	}
	return newMatcher(cfg)
}

func matchText(w io.Writer, path string, m *matchers.Matcher, o matchOptions) error {
	in, err := open(path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	data, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	a := o.article("", string(data), o.lang)
	r := m.Read(a)
	if o.json {
		return printJSON(w, []matchOutput{matchRow("", r)})
	}
	var b strings.Builder
	printReading(&b, a, r, o)
	_, err = io.WriteString(w, b.String())
	return err
}

// article is an article to read, in the language given or found.
func (o matchOptions) article(title, text, lang string) news.Article {
	a := news.Article{Title: title, Text: text, Lang: cmp.Or(lang, o.lang)}
	if a.Lang == "" {
		a.Lang = extract.Language(title + "\n" + text)
	}
	return a
}

// matchOutput is what is found in it, as programs read it.
type matchOutput struct {
	ID       any            `json:"id"`
	Mentions []matchMention `json:"mentions"`
	Matches  []matchMatch   `json:"matches"`
	Findings []matchFinding `json:"findings"`
}

type matchMention struct {
	Field    news.Field `json:"field,omitempty"` // "title"; the text when absent
	Start    int        `json:"start"`
	End      int        `json:"end"`
	Surface  string     `json:"surface"`
	System   string     `json:"system"`
	Name     string     `json:"name"`
	Category string     `json:"category"`
	Class    string     `json:"class"`
	Accepted bool       `json:"accepted"`
	Reasons  []string   `json:"reasons"`
}

type matchMatch struct {
	Watchlist string     `json:"watchlist"`
	Rule      string     `json:"rule"`
	Field     news.Field `json:"field"`
	Start     int        `json:"start"`
	End       int        `json:"end"`
	Excerpt   string     `json:"excerpt"`
}

type matchFinding struct {
	Field  news.Field       `json:"field,omitempty"`
	Kind   news.FindingKind `json:"kind"`
	Start  int              `json:"start"`
	End    int              `json:"end"`
	Value  string           `json:"value"`
	Unit   string           `json:"unit"`
	System string           `json:"system"`
	Approx string           `json:"approx"`
}

func matchRow(id any, r news.Reading) matchOutput {
	out := matchOutput{ID: id, Mentions: []matchMention{}, Matches: []matchMatch{}, Findings: []matchFinding{}}
	for _, m := range r.Mentions {
		out.Mentions = append(out.Mentions, matchMention{
			titleOnly(m.Field), m.Start, m.End, m.Surface, m.System, m.Name,
			m.Category, m.Class, m.Accepted, append([]string{}, m.Reasons...),
		})
	}
	for _, m := range r.Matches {
		out.Matches = append(out.Matches, matchMatch{m.Watchlist, m.Rule, m.Field, m.Start, m.End, m.Excerpt})
	}
	for _, f := range r.Findings {
		out.Findings = append(out.Findings, matchFinding{titleOnly(f.Field), f.Kind, f.Start, f.End, f.Value, f.Unit, f.System, f.Approx})
	}
	return out
}

func titleOnly(f news.Field) news.Field {
	if f == news.InTitle {
		return f
	}
	return ""
}
