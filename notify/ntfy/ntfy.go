// Package ntfy publishes to topics of an ntfy server, for telephones. Messages
// are plain text in which no program finds a link or mention; a tap opens the
// first story.
//
// A topic cannot be asked what arrived: at least once.
package ntfy

import (
	"context"
	"strings"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify"
	"github.com/armswatch/armswatch/notify/digest"
	"github.com/armswatch/armswatch/notify/post"
)

// maxText keeps a message, at most three bytes a character, below the 4,096
// bytes from which ntfy makes an attachment of it.
const maxText = 1300

// Sender publishes to one server.
type Sender struct {
	service       *post.Service
	server, token string
}

// New returns a sender. Server "" means https://ntfy.sh; token "" means none.
func New(server, token string) *Sender {
	if server == "" {
		server = "https://ntfy.sh"
	}
	return &Sender{post.New("ntfy", "check ntfy.server and ntfy.token, and that the topic may be written to"), server, token}
}

type message struct {
	Topic string `json:"topic"`
	Title string `json:"title"`
	Text  string `json:"message"`
	Click string `json:"click,omitempty"`
}

// Send publishes a message.
func (s *Sender) Send(ctx context.Context, d news.Delivery, m news.Digest) (notify.Receipt, error) {
	header := map[string]string{}
	if s.token != "" {
		header["Authorization"] = "Bearer " + s.token
	}
	var answer struct {
		ID string `json:"id"`
	}
	err := s.service.Post(ctx, post.Message{URL: s.server, Header: header, Body: layout(d.Channel.Target(), m)}, &answer)
	return notify.Receipt{ID: answer.ID}, err
}

func layout(topic string, m news.Digest) message {
	out := message{Topic: topic}
	var lines []string
	for _, l := range digest.Brief(m, maxText) {
		text := digest.Inert(l.Text)
		if out.Click == "" {
			out.Click = l.URL
		}
		if out.Title == "" && l.Head {
			out.Title = text
			continue
		}
		lines = append(lines, text)
	}
	out.Text = strings.Join(lines, "\n")
	return out
}

// Arrived says false: a topic does not tell.
func (s *Sender) Arrived(context.Context, news.Delivery, news.Digest) (notify.Receipt, bool, error) {
	return notify.Receipt{}, false, nil
}
