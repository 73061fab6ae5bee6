package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/story"
)

func storiesCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "stories --jsonl FILE",
		Short: "Group articles of a JSONL file into stories",
		Long: "stories reads lines {\"id\",\"title\",\"text\"}, with \"lead\", \"url\", \"source\", \"published\" or \"date\" and \"lang\" where\n" +
			"they are known, and groups them in file order, whether they meet a watchlist or not. It prints a JSON line for each:\n" +
			"{\"id\",\"story\",\"role\",\"reasons\",\"new\"}, with the final story, after merges. The id is that of the file, or the number\n" +
			"of the article in it.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if path == "" && len(args) == 1 {
				path = args[0]
			}
			if path == "" {
				return usage("stories: name a file with --jsonl FILE (- for the standard input)")
			}
			rows, placed, err := groupFile(path)
			if err != nil {
				return err
			}
			return printPlaced(cmd.OutOrStdout(), rows, placed)
		},
	}
	cmd.Flags().StringVar(&path, "jsonl", "", "the articles, one JSON object a line")
	cmd.Flags().Bool("json", true, "print JSON lines, as always")
	return cmd
}

// placement is where an article ended up.
type placement struct {
	story   news.StoryID
	role    news.Role
	reasons []string
	added   []news.Novelty
}

// groupFile groups the articles of a file by themselves.
func groupFile(path string) ([]storyRow, []placement, error) {
	matcher, err := matchers.New(matchers.Options{})
	if err != nil {
		return nil, nil, err
	}
	var rows []storyRow
	var placed []placement
	window := story.New(story.Options{})
	var places story.Places
	err = eachJSON(path, func(r storyRow) error {
		it := r.article(len(rows)+1, matcher)
		d := window.Add(it)
		places.Take(it.Article.ID, d)
		rows = append(rows, r)
		placed = append(placed, placement{d.Story, d.Role, d.Reasons, d.News})
		return nil
	})
	for i := range placed {
		placed[i].story = places.Of(news.ArticleID(i + 1))
	}
	return rows, placed, err
}

// placedRow is a line of what stories prints.
type placedRow struct {
	ID      any       `json:"id"`
	Story   string    `json:"story"`
	Role    news.Role `json:"role"`
	Reasons []string  `json:"reasons"`
	New     []string  `json:"new"`
}

func printPlaced(w io.Writer, rows []storyRow, placed []placement) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i, p := range placed {
		row := placedRow{rows[i].ID, p.story.String(), p.role, p.reasons, []string{}}
		if id := string(rows[i].ID); id == "" || id == "null" {
			row.ID = i + 1
		}
		for _, n := range p.added {
			row.New = append(row.New, n.Text)
		}
		if err := enc.Encode(row); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return nil
}

func base(path string) string { return strings.TrimSuffix(filepath.Base(path), ".jsonl") }
