// Package telegram sends messages with a bot of Telegram. Text is HTML of ours
// around escaped text from the web, in which Telegram finds no link, mention,
// tag or command; previews are off. An update answers the story's first message.
//
// Telegram cannot be asked what arrived: at least once.
package telegram

import (
	"context"
	"html"
	"strconv"
	"strings"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify"
	"github.com/armswatch/armswatch/notify/digest"
	"github.com/armswatch/armswatch/notify/post"
)

// maxText is below the 4,096 characters that Telegram takes.
const maxText = 3000

// Sender sends with one bot.
type Sender struct {
	service *post.Service
	url     string
}

// New returns a sender for a bot's token. API is the base of the interface; ""
// means Telegram's own.
func New(token, api string) *Sender {
	if api == "" {
		api = "https://api.telegram.org"
	}
	return &Sender{
		post.New("Telegram", "check telegram.token, and that the bot may write to the chat"),
		strings.TrimSuffix(api, "/") + "/bot" + token + "/sendMessage",
	}
}

type message struct {
	Chat    string  `json:"chat_id"`
	Text    string  `json:"text"`
	Mode    string  `json:"parse_mode"`
	Preview preview `json:"link_preview_options"`
	Reply   *reply  `json:"reply_parameters,omitempty"`
}

type preview struct {
	Disabled bool `json:"is_disabled"`
}

type reply struct {
	ID     int64 `json:"message_id"`
	Anyway bool  `json:"allow_sending_without_reply"`
}

// Send sends a message.
func (s *Sender) Send(ctx context.Context, d news.Delivery, m news.Digest) (notify.Receipt, error) {
	msg := message{Chat: d.Channel.Target(), Text: layout(m), Mode: "HTML", Preview: preview{true}}
	if id, err := strconv.ParseInt(d.Thread, 10, 64); err == nil {
		msg.Reply = &reply{id, true}
	}
	var answer struct {
		Result struct {
			ID int64 `json:"message_id"`
		} `json:"result"`
	}
	if err := s.service.Post(ctx, post.Message{URL: s.url, Body: msg}, &answer); err != nil {
		return notify.Receipt{}, err
	}
	r := notify.Receipt{ID: strconv.FormatInt(answer.Result.ID, 10), Thread: d.Thread}
	if d.Story != 0 && d.Thread == "" {
		r.Thread = r.ID
	}
	return r, nil
}

func layout(m news.Digest) string {
	var b strings.Builder
	for i, l := range digest.Brief(m, maxText) {
		text := html.EscapeString(digest.Inert(l.Text))
		if l.Head {
			text = "<b>" + text + "</b>"
		}
		if l.URL != "" {
			text = `<a href="` + html.EscapeString(l.URL) + `">` + text + "</a>"
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(text)
	}
	return b.String()
}

// Arrived says false: Telegram does not tell.
func (s *Sender) Arrived(context.Context, news.Delivery, news.Digest) (notify.Receipt, bool, error) {
	return notify.Receipt{}, false, nil
}
