// Package discord posts to webhooks of Discord. It promises that a message is
// inside Discord's limits and mentions nobody: mentions are switched off, text
// from the web is escaped, and links lead where we say.
//
// A webhook can neither thread nor be asked what arrived: at least once.
package discord

import (
	"context"
	"strings"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify"
	"github.com/armswatch/armswatch/notify/digest"
	"github.com/armswatch/armswatch/notify/post"
)

// maxText is below the 4,096 characters that Discord takes in a description,
// with room for the escapes.
const maxText = 2500

// noLinkPreviews is the flag that keeps Discord from unfurling.
const noLinkPreviews = 1 << 2

// Sender posts to webhooks by the names that the config gives them.
type Sender struct {
	service *post.Service
	hooks   map[string]string
}

// New returns a sender for webhooks by name.
func New(hooks map[string]string) *Sender {
	return &Sender{post.New("Discord", "make a new webhook and set it in the section discord"), hooks}
}

type message struct {
	Embeds          []embed             `json:"embeds"`
	AllowedMentions map[string][]string `json:"allowed_mentions"`
	Flags           int                 `json:"flags"`
}

type embed struct {
	Title       string `json:"title,omitempty"`
	Description string `json:"description"`
}

// Send posts a message.
func (s *Sender) Send(ctx context.Context, d news.Delivery, m news.Digest) (notify.Receipt, error) {
	url := s.hooks[d.Channel.Target()]
	if url == "" {
		return notify.Receipt{}, &notify.Refused{Reason: "no webhook of Discord is called " + d.Channel.Target(), Remedy: "name it in the section discord"}
	}
	var answer struct {
		ID string `json:"id"`
	}
	err := s.service.Post(ctx, post.Message{URL: withWait(url), Body: layout(m)}, &answer)
	return notify.Receipt{ID: answer.ID}, err
}

// withWait asks for the message's id in the answer.
func withWait(url string) string {
	if strings.Contains(url, "?") {
		return url + "&wait=true"
	}
	return url + "?wait=true"
}

func layout(m news.Digest) message {
	var b strings.Builder
	for i, l := range digest.Brief(m, maxText) {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(markdown(l))
	}
	return message{Embeds: []embed{{Description: b.String()}}, AllowedMentions: map[string][]string{"parse": {}}, Flags: noLinkPreviews}
}

// markdown is a line as Discord reads it.
func markdown(l digest.Line) string {
	text := escaper.Replace(digest.Inert(l.Text))
	if l.Head {
		text = "**" + text + "**"
	}
	if l.URL != "" {
		text = "[" + text + "](<" + strings.NewReplacer("(", "%28", ")", "%29").Replace(l.URL) + ">)"
	}
	return text
}

var escaper = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "~", `\~`, "`", "\\`", "|", `\|`, ">", `\>`, "<", `\<`,
	"[", `\[`, "]", `\]`, "(", `\(`, ")", `\)`, "#", `\#`, "-", `\-`, "@", `\@`)

// Arrived says false: a webhook does not tell.
func (s *Sender) Arrived(context.Context, news.Delivery, news.Digest) (notify.Receipt, bool, error) {
	return notify.Receipt{}, false, nil
}
