// Package teams posts to webhooks of Microsoft Teams (Workflows) as Adaptive
// Cards. Everything in a card is a text run, in which Teams reads no markup and
// no mention.
//
// A webhook can neither thread nor be asked what arrived: at least once.
package teams

import (
	"context"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify"
	"github.com/armswatch/armswatch/notify/digest"
	"github.com/armswatch/armswatch/notify/post"
)

// maxText keeps a card below the 28 kB that Teams takes.
const maxText = 6000

// Sender posts to webhooks by the names that the config gives them.
type Sender struct {
	service *post.Service
	hooks   map[string]string
}

// New returns a sender for webhooks by name.
func New(hooks map[string]string) *Sender {
	return &Sender{post.New("Teams", "make a new workflow webhook and set it in the section teams"), hooks}
}

type message struct {
	Type        string       `json:"type"`
	Attachments []attachment `json:"attachments"`
}

type attachment struct {
	ContentType string `json:"contentType"`
	Content     card   `json:"content"`
}

type card struct {
	Schema  string  `json:"$schema"`
	Type    string  `json:"type"`
	Version string  `json:"version"`
	Body    []block `json:"body"`
}

type block struct {
	Type      string `json:"type"`
	Separator bool   `json:"separator,omitempty"`
	Inlines   []run  `json:"inlines"`
}

type run struct {
	Type   string  `json:"type"`
	Text   string  `json:"text"`
	Weight string  `json:"weight,omitempty"`
	Select *action `json:"selectAction,omitempty"`
}

type action struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

// Send posts a message.
func (s *Sender) Send(ctx context.Context, d news.Delivery, m news.Digest) (notify.Receipt, error) {
	url := s.hooks[d.Channel.Target()]
	if url == "" {
		return notify.Receipt{}, &notify.Refused{Reason: "no webhook of Teams is called " + d.Channel.Target(), Remedy: "name it in the section teams"}
	}
	return notify.Receipt{ID: "posted"}, s.service.Post(ctx, post.Message{URL: url, Body: layout(m)}, nil)
}

func layout(m news.Digest) message {
	c := card{Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4"}
	for i, l := range digest.Brief(m, maxText) {
		r := run{Type: "TextRun", Text: digest.Inert(l.Text)}
		if l.Head {
			r.Weight = "bolder"
		}
		if l.URL != "" {
			r.Select = &action{"Action.OpenUrl", l.URL}
		}
		c.Body = append(c.Body, block{Type: "RichTextBlock", Separator: l.Head && i > 0, Inlines: []run{r}})
	}
	return message{"message", []attachment{{"application/vnd.microsoft.card.adaptive", c}}}
}

// Arrived says false: a webhook does not tell.
func (s *Sender) Arrived(context.Context, news.Delivery, news.Digest) (notify.Receipt, bool, error) {
	return notify.Receipt{}, false, nil
}
