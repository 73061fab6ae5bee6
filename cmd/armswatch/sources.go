package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
)

func sourcesCommand(f *flags) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "sources",
		Short: "Show every source: state, last success, next poll, articles, last error",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			st, err := openReadOnly(cmd.Context(), f)
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			states, err := st.Sources(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), states)
			}
			printSources(cmd.OutOrStdout(), states, time.Now())
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	return cmd
}

// openReadOnly opens the config's database for reading, beside a process that
// may be running on it.
func openReadOnly(ctx context.Context, f *flags) (*store.Store, error) {
	cfg, err := loadConfig(f.config)
	if err != nil {
		return nil, err
	}
	return openStore(ctx, cfg, store.Options{ReadOnly: true})
}

func printSources(w io.Writer, states []news.SourceState, now time.Time) {
	t := newTable("SOURCE", "STATE", "LAST SUCCESS", "NEXT POLL", "ARTICLES", "LAST ERROR")
	for _, s := range states {
		t.Row(clean(s.Source), s.State, ago(s.LastSuccess, now), ago(s.NextPoll, now), strconv.Itoa(s.Articles), clean(s.Error))
	}
	printTable(w, t, "")
	_, _ = fmt.Fprintf(w, "%s, %d failing\n", count(len(states), "sources"), len(failing(states)))
}

// failing are the names of the sources that do not answer.
func failing(states []news.SourceState) (names []string) {
	for _, s := range states {
		if s.State == "failing" || s.State == "gone" {
			names = append(names, clean(s.Source))
		}
	}
	return names
}

// ago says how long ago or in how long a time is, in one unit.
func ago(at, now time.Time) string {
	if at.IsZero() {
		return "never"
	}
	d := now.Sub(at)
	if d < 0 {
		return "in " + span(-d)
	}
	return span(d) + " ago"
}

func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
}

// count says how many: the noun is given in the plural, whose s one has not.
func count(n int, nouns string) string {
	if n == 1 {
		return "1 " + strings.TrimSuffix(nouns, "s")
	}
	return strconv.Itoa(n) + " " + nouns
}

// clean makes text from the web safe to print: one line, no control characters.
func clean(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 ||
			r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
	}), " ")
}

func printJSON[T any](w io.Writer, rows []T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, row := range rows {
		if err := enc.Encode(row); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return nil
}
