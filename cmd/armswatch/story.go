package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/config"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
)

func storyCommand(f *flags) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "story ID",
		Short: "Show a story's timeline; merge, split and mute stories",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := storyID(args[0])
			if err != nil {
				return err
			}
			cfg, err := loadConfig(f.config)
			if err != nil {
				return err
			}
			st, err := openStore(cmd.Context(), cfg, store.Options{ReadOnly: true})
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			s, err := st.Story(cmd.Context(), id)
			if err != nil {
				return unknownStory(err, id)
			}
			merges, err := st.MergesOf(cmd.Context(), s.ID)
			if err != nil {
				return err
			}
			splits, err := st.SplitsOf(cmd.Context(), s.ID)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), []any{struct {
					news.Story
					Merges []store.Merge
					Splits []store.Split
				}{s, merges, splits}})
			}
			printStory(cmd.OutOrStdout(), s, cfg.Zone())
			printRegrouped(cmd.OutOrStdout(), merges, splits, cfg.Zone())
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(storyMergeCommand(f), storySplitCommand(f), storyMuteCommand(f), storyUnmuteCommand(f))
	return cmd
}

func storyID(text string) (news.StoryID, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, usage("story: %q is no number of a story", text)
	}
	return news.StoryID(n), nil
}

func unknownStory(err error, id news.StoryID) error {
	if errors.Is(err, store.ErrNoStory) {
		return fmt.Errorf("story %d: there is none of that number", id)
	}
	return err
}

func storyMergeCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "merge A B",
		Short: "Make one story of two; `story split` undoes it",
		Long:  "merge makes one story of two, under the lower number." + besideRun,
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := storyID(args[0])
			if err != nil {
				return err
			}
			b, err := storyID(args[1])
			if err != nil {
				return err
			}
			return withStore(cmd, f, func(cfg *config.Config, st *store.Store) error {
				into, err := st.MergeStories(cmd.Context(), a, b, "merged by hand", time.Now())
				if err != nil {
					return err
				}
				_, _ = fmt.Fprintf(cmd.OutOrStdout(), "stories %s and %s are story %s now; `armswatch story split %s` undoes it\n", a, b, into, max(a, b))
				return refreshAll(cmd.Context(), cfg, st, into)
			})
		},
	}
}

func storySplitCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "split ID [URL...]",
		Short: "Undo the merge of story ID, or move articles of it to a new story",
		Long: "split with the number of a story that was merged into another takes it out again, with the articles it had\n" +
			"brought. With URLs, those articles of the story become a new one. What routes have told stays told." + besideRun,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := storyID(args[0])
			if err != nil {
				return err
			}
			return withStore(cmd, f, func(cfg *config.Config, st *store.Store) error {
				if len(args) > 1 {
					return errors.Join(splitOff(cmd, st, id, args[1:]), refreshAll(cmd.Context(), cfg, st, id))
				}
				n, err := st.Unmerge(cmd.Context(), id, time.Now())
				if err != nil {
					return err
				}
				_, _ = fmt.Fprintf(cmd.OutOrStdout(), "story %s stands alone again, with %s\n", id, plural(n, "article"))
				return refreshAll(cmd.Context(), cfg, st, id)
			})
		},
	}
}

func splitOff(cmd *cobra.Command, st *store.Store, id news.StoryID, urls []string) error {
	s, err := st.Story(cmd.Context(), id)
	if err != nil {
		return unknownStory(err, id)
	}
	var articles []news.ArticleID
	for _, u := range urls {
		i := slices.IndexFunc(s.Members, func(m news.Member) bool { return m.Article.URL == u || m.Article.Canonical == u })
		if i < 0 {
			return fmt.Errorf("split story %d: %s is not in it", id, clean(u))
		}
		articles = append(articles, s.Members[i].Article.ID)
	}
	into, err := st.SplitStory(cmd.Context(), id, articles, time.Now())
	if err == nil {
		_, _ = fmt.Fprintf(cmd.OutOrStdout(), "%s of story %s: story %s now\n", plural(len(articles), "article"), id, into)
	}
	return err
}

func storyMuteCommand(f *flags) *cobra.Command {
	var channel string
	var irrelevant bool
	cmd := &cobra.Command{
		Use:   "mute ID",
		Short: "Tell no more of a story until something material comes",
		Long: "mute keeps a story from its channels until an article adds something material: " + materials + ".\nWith --irrelevant it is kept from them for good, and `armswatch watchlists` counts it\n" +
			"against the rules that it met. What is due already is still sent." + besideRun,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := storyID(args[0])
			if err != nil {
				return err
			}
			cfg, err := loadConfig(f.config)
			if err == nil {
				err = knownChannel(cfg, news.Channel(channel))
			}
			if err != nil {
				return err
			}
			return writing(cmd, cfg, func(st *store.Store) error {
				m := news.Mute{Story: id, Channel: news.Channel(channel), Irrelevant: irrelevant, Who: "a person at the terminal", At: time.Now()}
				if err := st.Mute(cmd.Context(), m); err != nil {
					return unknownStory(err, id)
				}
				_, _ = fmt.Fprintf(cmd.OutOrStdout(), "story %s is muted; `armswatch story unmute %s` undoes it\n", id, id)
				return refreshAll(cmd.Context(), cfg, st, id)
			})
		},
	}
	cmd.Flags().StringVar(&channel, "channel", "", "only on this channel, such as slack:#arms-desk; on all when not given")
	cmd.Flags().BoolVar(&irrelevant, "irrelevant", false, "it should not have met the watchlists")
	return cmd
}

// knownChannel refuses a channel to which no route goes: a misspelt one would mute
// nothing.
func knownChannel(cfg *config.Config, ch news.Channel) error {
	known := channelsOf(cfg)
	if ch == "" || slices.Contains(known, ch) {
		return nil
	}
	var names []string
	for _, c := range known {
		names = append(names, string(c))
	}
	return usage("story mute: no route goes to %s: there are %s", clean(string(ch)), clean(strings.Join(names, ", ")))
}

func storyUnmuteCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "unmute ID",
		Short: "Undo every mute of a story",
		Long:  "unmute has a story told again." + besideRun,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := storyID(args[0])
			if err != nil {
				return err
			}
			return withStore(cmd, f, func(cfg *config.Config, st *store.Store) error {
				ended, err := st.Unmute(cmd.Context(), id, "")
				switch {
				case err != nil:
					return unknownStory(err, id)
				case ended:
					_, _ = fmt.Fprintf(cmd.OutOrStdout(), "story %s is told again\n", id)
					return refreshAll(cmd.Context(), cfg, st, id)
				default:
					_, _ = fmt.Fprintf(cmd.OutOrStdout(), "story %s was not muted\n", id)
				}
				return nil
			})
		},
	}
}

// besideRun ends the help of the verbs that write.
const besideRun = "\n\nOn SQLite it needs the database for itself: stop armswatch first, or press the button in Slack. On PostgreSQL it\n" +
	"works beside what runs."

// withStore opens the config's database for writing.
func withStore(cmd *cobra.Command, f *flags, do func(*config.Config, *store.Store) error) error {
	cfg, err := loadConfig(f.config)
	if err != nil {
		return err
	}
	return writing(cmd, cfg, func(st *store.Store) error { return do(cfg, st) })
}

// writing opens a config's database for writing.
func writing(cmd *cobra.Command, cfg *config.Config, do func(*store.Store) error) error {
	st, err := openStore(cmd.Context(), cfg, store.Options{})
	if err != nil {
		return err
	}
	return errors.Join(do(st), st.Close())
}

// printStory prints who wrote when, as what, and what was new in it; then the
// quantities that the articles disagree on.
func printStory(w io.Writer, s news.Story, zone *time.Location) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	outlets := map[string]bool{}
	first := s.Members[0]
	for _, m := range s.Members {
		outlets[m.Article.Source] = true
		if m.Role == news.Original && first.Role != news.Original {
			first = m
		}
	}
	p("story %s  %s", s.ID, clean(first.Article.Title))
	p("          %s, %s", plural(len(s.Members), "article"), plural(len(outlets), "outlet"))
	for _, m := range s.Members {
		p("%s  %-8s  %s: %s", m.Article.When().In(zone).Format("2006-01-02 15:04"), m.Role, clean(m.Article.Source), clean(m.Article.Title))
		p("                  %s", clean(m.Article.URL))
		if len(m.Reasons) > 0 {
			p("                  because %s", clean(strings.Join(m.Reasons, "; ")))
		}
		for _, n := range m.New {
			p("                  new: %s", clean(n.Text))
		}
		for _, line := range correctionLines(m.Corrections, zone) {
			p("                  %s", line)
		}
	}
	for _, line := range disagreements(s) {
		p("disagree  %s", clean(line))
	}
	for _, m := range s.Mutes {
		p("muted     %s, on %s: %s", m.At.In(zone).Format("2006-01-02 15:04"), mutedOn(m), clean(m.Why()))
	}
}

// printRegrouped prints the merges and splits that made a story what it is.
func printRegrouped(w io.Writer, merges []store.Merge, splits []store.Split, zone *time.Location) {
	for _, m := range merges {
		_, _ = fmt.Fprintf(w, "merged    story %d into %d, %s: %s\n", m.From, m.Into, m.At.In(zone).Format("2006-01-02 15:04"), clean(strings.Join(m.Reasons, "; ")))
	}
	for _, s := range splits {
		_, _ = fmt.Fprintf(w, "split     %s\n", splitLine(s, zone))
	}
}

// splitLine says what left which story, when and why.
func splitLine(s store.Split, zone *time.Location) string {
	return fmt.Sprintf("%s of story %d into %d, %s: %s", plural(len(s.Articles), "article"), s.From, s.Into,
		s.At.In(zone).Format("2006-01-02 15:04"), clean(cmp.Or(strings.Join(s.Reasons, "; "), "by hand")))
}

// correctionLines says what an outlet changed in an article since it was placed.
func correctionLines(list []news.Correction, zone *time.Location) (lines []string) {
	for _, c := range list {
		for _, n := range c.New {
			lines = append(lines, fmt.Sprintf("edited %s: %s", c.At.In(zone).Format("2006-01-02 15:04"), clean(n.Text)))
		}
	}
	return lines
}

func mutedOn(m news.Mute) string {
	if m.Channel == "" {
		return "every channel"
	}
	return clean(string(m.Channel))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// disagreements are the quantities for which the articles give different exact
// numbers: "stinger: 681 (Wire, Post), 861 (Daily)". An article that names
// several for one thing speaks of several things, and is left out.
func disagreements(s news.Story) []string {
	said := map[string]map[string][]string{}
	var order []string
	for _, m := range s.Members {
		for unit, value := range exactCounts(m.Reading) {
			if said[unit] == nil {
				said[unit] = map[string][]string{}
				order = append(order, unit)
			}
			if !slices.Contains(said[unit][value], m.Article.Source) {
				said[unit][value] = append(said[unit][value], m.Article.Source)
			}
		}
	}
	slices.Sort(order)
	var lines []string
	for _, unit := range order {
		if len(said[unit]) < 2 {
			continue
		}
		var values []string
		for v, who := range said[unit] {
			values = append(values, fmt.Sprintf("%s (%s)", v, strings.Join(who, ", ")))
		}
		slices.Sort(values)
		lines = append(lines, unit+": "+strings.Join(values, ", "))
	}
	return lines
}

// exactCounts are an article's exact quantities, by what is counted, of those it
// gives one value for.
func exactCounts(r news.Reading) map[string]string {
	counts, several := map[string]string{}, map[string]bool{}
	for _, f := range r.Findings {
		if f.Kind != news.Quantity || f.Approx != "" || f.Unit == "" {
			continue
		}
		if v, ok := counts[f.Unit]; ok && v != f.Value {
			several[f.Unit] = true
		}
		counts[f.Unit] = f.Value
	}
	for unit := range several {
		delete(counts, unit)
	}
	return counts
}
