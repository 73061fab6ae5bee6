package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/monitor/extract"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/story"
)

// storyRow is an article of a JSONL file, as the stories verbs read it.
type storyRow struct {
	ID        json.RawMessage `json:"id"` // of any type
	Title     loose           `json:"title"`
	Text      loose           `json:"text"`
	Lead      loose           `json:"lead"`
	URL       loose           `json:"url"`
	Source    loose           `json:"source"`
	Published loose           `json:"published"`
	Date      loose           `json:"date"`
	Lang      loose           `json:"lang"`
	Story     loose           `json:"story"`
}

// loose is a string that other programs may also write as a number, or as null.
type loose string

// UnmarshalJSON takes a string, a number or null.
func (x *loose) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case '"':
		var s string
		err := json.Unmarshal(data, &s)
		*x = loose(s)
		return err
	case '{', '[', 't', 'f':
		return fmt.Errorf("a text is expected, not %.20s", data)
	case 'n':
		*x = ""
	default:
		*x = loose(data)
	}
	return nil
}

// article makes a row an article that is seen now; n is its number in the file.
// A text in no language that it names is in the one it looks to be in.
func (r storyRow) article(n int, matcher *matchers.Matcher) story.Item {
	a := news.Article{ID: news.ArticleID(n), Source: string(r.Source), URL: string(r.URL), Title: string(r.Title), Text: string(r.Text), Lang: string(r.Lang)}
	if len(r.Lead) > len(r.Text) {
		a.Text = string(r.Lead)
	}
	if a.Lang == "" && a.Text != "" {
		a.Lang = extract.Language(a.Title + "\n" + a.Text)
	}
	if a.Published = readTime(string(r.Published), string(r.Date)); !a.Published.IsZero() {
		a.FirstSeen = earlier(a.Published, time.Now())
	}
	return story.Item{Article: a, Reading: matcher.Read(a)}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// readTime reads the first of the texts that is a time: RFC 3339 and the like,
// that of a feed, or seconds or milliseconds since 1970. It is zero if none is.
func readTime(texts ...string) time.Time {
	for _, t := range texts {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly, time.RFC1123Z, time.RFC1123} {
			if at, err := time.Parse(layout, t); err == nil {
				return at
			}
		}
		switch n, err := strconv.ParseInt(t, 10, 64); {
		case err != nil || n <= 0:
		case n < 100_000_000_000:
			return time.Unix(n, 0).UTC()
		default:
			return time.UnixMilli(n).UTC()
		}
	}
	return time.Time{}
}

func evalStoriesCommand() *cobra.Command {
	var others bool
	cmd := &cobra.Command{
		Use:   "stories FILE.jsonl...",
		Short: "B-cubed and pairwise F1 of grouping on labelled articles",
		Long: "eval stories groups each file by itself, in file order, and compares the stories with the label \"story\". Articles\n" +
			"without a label are grouped but not scored. Below each file: how many articles are called reprints, and how many of\n" +
			"them are in a story of another label.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w := cmd.OutOrStdout()
			_, _ = fmt.Fprintf(w, "%-34s %6s %6s %6s  %6s %8s %8s %9s %8s\n", "", "B3 P", "B3 R", "B3 F1", "pair F1", "articles", "stories", "labelled", "seconds")
			for _, path := range args {
				if err := evalStories(w, path, others); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&others, "baselines", false, "print simple ways of grouping beside it")
	return cmd
}

func evalStories(w io.Writer, path string, others bool) error {
	began := time.Now()
	rows, placed, err := groupFile(path)
	if err != nil {
		return err
	}
	var got, want []string
	for i, r := range rows {
		if r.Story != "" {
			got, want = append(got, placed[i].story.String()), append(want, string(r.Story))
		}
	}
	printFigures(w, base(path), got, want, time.Since(began))
	called, wrong := wrongReprints(rows, placed)
	_, _ = fmt.Fprintf(w, "  %d of its labelled articles are called reprints, %d of them of nothing with their label\n", called, wrong)
	if others {
		evalBaselines(w, rows)
	}
	return nil
}

// wrongReprints counts the labelled articles that are called reprints, and of them
// those in whose story no earlier article has their label, though others have one.
func wrongReprints(rows []storyRow, placed []placement) (called, wrong int) {
	labels := map[news.StoryID]map[loose]bool{}
	for i, r := range rows {
		if r.Story == "" {
			continue
		}
		before := labels[placed[i].story]
		if before == nil {
			before = map[loose]bool{}
			labels[placed[i].story] = before
		}
		if placed[i].role == news.Reprint {
			called++
			if len(before) > 0 && !before[r.Story] {
				wrong++
			}
		}
		before[r.Story] = true
	}
	return called, wrong
}

func printFigures(w io.Writer, name string, got, want []string, took time.Duration) {
	p, r := bcubed(got, want)
	_, _ = fmt.Fprintf(w, "%-34s %6.3f %6.3f %6.3f  %6.3f %8d %8d %9d %8.1f\n", name, p, r, harmonic(p, r),
		pairwise(got, want), len(got), distinct(got), distinct(want), took.Seconds())
}

// bcubed is the mean over articles of how much of its story is right, and how
// much of its label is found (Bagga and Baldwin 1998).
func bcubed(got, want []string) (precision, recall float64) {
	sizeGot, sizeWant, both := counts3(got, want)
	for i := range got {
		n := float64(both[got[i]+"\x00"+want[i]])
		precision += n / float64(sizeGot[got[i]])
		recall += n / float64(sizeWant[want[i]])
	}
	n := float64(max(len(got), 1))
	return precision / n, recall / n
}

func counts3(got, want []string) (a, b, both map[string]int) {
	a, b, both = map[string]int{}, map[string]int{}, map[string]int{}
	for i := range got {
		a[got[i]]++
		b[want[i]]++
		both[got[i]+"\x00"+want[i]]++
	}
	return a, b, both
}

// pairwise is the F1 over pairs of articles in one story.
func pairwise(got, want []string) float64 {
	pairs := func(m map[string]int) (n float64) {
		for _, c := range m {
			n += float64(c) * float64(c-1) / 2
		}
		return n
	}
	a, b, both := counts3(got, want)
	if pairs(a) == 0 || pairs(b) == 0 {
		return 0
	}
	return harmonic(pairs(both)/pairs(a), pairs(both)/pairs(b))
}

func harmonic(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

func distinct(list []string) int {
	m := map[string]bool{}
	for _, s := range list {
		m[s] = true
	}
	return len(m)
}
