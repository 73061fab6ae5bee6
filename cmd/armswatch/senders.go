package main

import (
	"os"
	"strconv"

	"github.com/armswatch/armswatch/config"
	"github.com/armswatch/armswatch/notify"
	"github.com/armswatch/armswatch/notify/discord"
	"github.com/armswatch/armswatch/notify/email"
	"github.com/armswatch/armswatch/notify/ntfy"
	"github.com/armswatch/armswatch/notify/slack"
	"github.com/armswatch/armswatch/notify/teams"
	"github.com/armswatch/armswatch/notify/telegram"
	"github.com/armswatch/armswatch/notify/terminal"
	"github.com/armswatch/armswatch/notify/webhook"
)

// newSenders makes a sender for each kind of channel that the config can reach.
// What it cannot reach prints to out.
func newSenders(cfg *config.Config, out *os.File) (map[string]notify.Sender, error) {
	senders := map[string]notify.Sender{"terminal": terminal.New(out, colored(out), 0)}
	if s := cfg.Slack; s != nil && s.Token.Reveal() != "" {
		senders["slack"] = slack.New(socketOptions(cfg))
	} else if s != nil {
		senders["slack"] = slack.NewHook(s.Webhook.Reveal())
	}
	if e := cfg.Email; e != nil {
		port, err := strconv.Atoi(e.SMTP.Port())
		if err != nil {
			return nil, usage("email.smtp: port %q is no number", e.SMTP.Port())
		}
		o := email.Options{
			Host: e.SMTP.Hostname(), Port: port, TLS: e.SMTP.Scheme == "smtps", Plain: e.Plain,
			From: e.From, ReplyTo: e.ReplyTo, Username: e.Username, Password: e.Password.Reveal(), Unsubscribe: e.Unsubscribe,
		}
		if e.DKIMSelector != "" {
			key, err := config.ParseSigningKey(e.DKIMKey.Reveal())
			if err != nil {
				return nil, usage("email.dkim_key_file: %s", err)
			}
			o.DKIM = &email.DKIM{Selector: e.DKIMSelector, Key: key}
		}
		sender, err := email.New(o)
		if err != nil {
			return nil, err
		}
		senders["email"] = sender
	}
	var hook webhook.Options
	if w := cfg.Webhook; w != nil {
		hook.Secret, hook.Headers = w.Secret.Reveal(), reveal(w.Headers)
	}
	senders["webhook"] = webhook.New(hook)
	addSmall(senders, cfg)
	return senders, nil
}

// addSmall adds the senders of the small services that the config can reach.
func addSmall(senders map[string]notify.Sender, cfg *config.Config) {
	if len(cfg.Teams) > 0 {
		senders["teams"] = teams.New(reveal(cfg.Teams))
	}
	if len(cfg.Discord) > 0 {
		senders["discord"] = discord.New(reveal(cfg.Discord))
	}
	if t := cfg.Telegram; t != nil {
		senders["telegram"] = telegram.New(t.Token.Reveal(), t.APIURL)
	}
	if n := cfg.Ntfy; n != nil {
		senders["ntfy"] = ntfy.New(n.Server, n.Token.Reveal())
	}
}

func reveal(secrets map[string]config.Secret) map[string]string {
	out := map[string]string{}
	for name, s := range secrets {
		out[name] = s.Reveal()
	}
	return out
}
