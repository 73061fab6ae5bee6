package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
)

func onceCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "once",
		Short: "Poll everything due, deliver, exit",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(f.config)
			if err != nil {
				return err
			}
			a, err := newApp(cmd.Context(), cfg, logger(os.Stderr, f.verbose))
			if err != nil {
				return err
			}
			defer a.close()
			done := progress(cmd.Context(), "polling and reading", backlog(a.store))
			err = a.monitor.Once(cmd.Context())
			done()
			if err != nil {
				return err
			}
			return a.summary(cmd.Context())
		},
	}
}

// summary logs what this process did, in one line.
func (a *app) summary(ctx context.Context) error {
	n, err := a.counted()
	if err != nil {
		return err
	}
	b, err := a.store.Backlog(ctx, time.Now())
	if err != nil {
		return err
	}
	a.log.Info("done", "polled", n["armswatch_polls_total"], "failed", n["armswatch_polls_total failed"],
		"articles", n["armswatch_articles_total"], "matched", n["armswatch_articles_matched_total"],
		"stories", n["armswatch_stories_total"], "sent", n["armswatch_deliveries_total sent"], "to read later", b.Reads)
	if polled := n["armswatch_polls_total"]; polled > 0 && polled == n["armswatch_polls_total failed"] {
		return errors.New("no source could be polled: `armswatch sources` says why")
	}
	return nil
}

// counted are the counters of this process, summed over their labels, and by
// the value of each label: "armswatch_polls_total failed".
func (a *app) counted() (map[string]int, error) {
	families, err := a.registry.Gather()
	if err != nil {
		return nil, fmt.Errorf("count: %w", err)
	}
	n := map[string]int{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			v := int(m.GetCounter().GetValue())
			n[f.GetName()] += v
			for _, l := range m.GetLabel() {
				n[f.GetName()+" "+l.GetValue()] += v
			}
		}
	}
	return n, nil
}
