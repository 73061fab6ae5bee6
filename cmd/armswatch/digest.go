package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/config"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/schedule"
	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/notify"
	"github.com/armswatch/armswatch/notify/digest/text"
	"github.com/armswatch/armswatch/notify/email"
	"github.com/armswatch/armswatch/notify/slack"
)

func digestCommand(f *flags) *cobra.Command {
	var at, format string
	cmd := &cobra.Command{Use: "digest", Short: "Look at digests"}
	preview := &cobra.Command{
		Use:   "preview ROUTE",
		Short: "Show the next digest of a route without sending it",
		Long: "preview shows what the digest of a route would hold now, in the form of any channel. ROUTE is the route's name, or\n" +
			"its address when one route goes there. It works beside a running armswatch and changes nothing.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(f.config)
			if err != nil {
				return err
			}
			r, err := routeNamed(cfg, args[0])
			if err != nil {
				return err
			}
			period, err := periodOf(cfg, r, at)
			if err != nil {
				return err
			}
			st, err := openStore(cmd.Context(), cfg, store.Options{ReadOnly: true})
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			m, err := notify.NewSealer(outbox{st}, cfg.Zone()).Preview(cmd.Context(), r, period)
			if err != nil {
				return err
			}
			return show(cmd.OutOrStdout(), m, format)
		},
	}
	preview.Flags().StringVar(&at, "at", "", "the digest of this `time`, as 2026-11-27T07:00; the next one when not given")
	preview.Flags().StringVar(&format, "format", "terminal", "terminal, slack, html, text or json")
	cmd.AddCommand(preview)
	return cmd
}

// periodOf is the local time by which a digest is known.
func periodOf(cfg *config.Config, r news.Route, at string) (string, error) {
	if at != "" {
		if _, err := time.ParseInLocation(schedule.PeriodLayout, at, cfg.Zone()); err != nil {
			return "", usage("--at %q is no local time: write it as %s", at, schedule.PeriodLayout)
		}
		return at, nil
	}
	if r.Now {
		return time.Now().In(cfg.Zone()).Format(schedule.PeriodLayout), nil
	}
	spec, err := schedule.Parse(r.Schedule, cfg.Zone())
	if err != nil {
		return "", err
	}
	return spec.Period(spec.Next(time.Now())), nil
}

// show writes a message in the form of a channel.
func show(w io.Writer, m news.Digest, format string) error {
	var out []byte
	var err error
	switch format {
	case "terminal":
		out = []byte(text.Render(m, text.Options{Width: 88, Color: w == os.Stdout && colored(os.Stdout)}))
	case "text":
		out = []byte(text.Render(m, text.Options{Width: 76, Links: true}))
	case "html":
		out, err = email.Page(m)
	case "slack":
		out, err = slack.Blocks(m)
	case "json":
		return printJSON(w, []news.Digest{m})
	default:
		return usage("--format %q is none: there are terminal, slack, html, text and json", format)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", bytes.TrimRight(out, "\n"))
	return err
}
