package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/config"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify"
	"github.com/armswatch/armswatch/notify/sample"
)

func sendTestCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "send-test ROUTE",
		Short: "Send a marked test message to a route's channel",
		Long: "send-test sends a message about an invented report, marked as a test, the way the route would be told: an alert or a\n" +
			"digest. ROUTE is the route's name, or its address when one route goes there. Nothing is stored, so it works beside a\n" +
			"running armswatch.",
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
			return sendTest(cmd.Context(), cfg, r)
		},
	}
}

// sendTest sends one message and waits out one rate limit.
func sendTest(ctx context.Context, cfg *config.Config, r news.Route) error {
	senders, err := newSenders(cfg, os.Stdout)
	if err != nil {
		return err
	}
	said := "sent to " + string(r.Channel)
	sender := senders[r.Channel.Scheme()]
	if sender == nil {
		sender, said = senders["terminal"], "printed: the config does not say how to reach "+string(r.Channel)
	}
	d, m := testMessage(cfg, r, time.Now())
	receipt, err := sender.Send(ctx, d, m)
	if later, ok := errors.AsType[*notify.Later](err); ok {
		time.Sleep(min(later.After, time.Minute))
		receipt, err = sender.Send(ctx, d, m)
	}
	if err != nil {
		return fmt.Errorf("send a test to %s: %w", r.Channel, err)
	}
	_, _ = fmt.Fprintf(os.Stderr, "%s, receipt %s\n", said, receipt.ID)
	return nil
}

func testMessage(cfg *config.Config, r news.Route, now time.Time) (news.Delivery, news.Digest) {
	d := news.Delivery{Key: "test/" + r.Name + "/" + now.UTC().Format(time.RFC3339Nano), Kind: news.AlertDelivery, Channel: r.Channel, Route: r.Name, Created: now}
	m := sample.Alert(now)
	if !r.Now {
		d.Kind, m = news.DigestDelivery, sample.Digest(now)
	}
	m.Route, m.Zone = r.Name, cfg.Timezone
	m.Title = "TEST: " + m.Title
	for i := range m.Stories {
		m.Stories[i].Headline = "TEST: " + m.Stories[i].Headline
		if len(r.Watchlists) > 0 {
			m.Stories[i].Watchlists = r.Watchlists
		}
	}
	return d, m
}
