// Package terminal prints deliveries: what armswatch does without a Slack or
// mail section in its config. Escape sequences and control characters in text
// from the web are not passed on.
package terminal

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify"
	"github.com/armswatch/armswatch/notify/digest/text"
)

// Sender prints to a writer, one message at a time.
type Sender struct {
	mu    sync.Mutex
	w     io.Writer
	color bool
	width int
}

// New returns a sender that prints to w in lines of width cells, kept between
// 60 and 100; 0 means 88. Colour is for terminals whose user has not set
// NO_COLOR; the caller knows.
func New(w io.Writer, color bool, width int) *Sender {
	if width == 0 {
		width = 88
	}
	return &Sender{w: w, color: color, width: min(max(width, 60), 100)}
}

// Send prints the message and a blank line after it.
func (s *Sender) Send(_ context.Context, d news.Delivery, m news.Digest) (notify.Receipt, error) {
	if d.Channel != "" && d.Channel.Scheme() != "terminal" && m.Route == "" {
		m.Route = string(d.Channel)
	}
	page := text.Render(m, text.Options{Width: s.width, Color: s.color}) + "\n"
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.WriteString(s.w, page); err != nil {
		return notify.Receipt{}, fmt.Errorf("print %s: %w", d.Key, err)
	}
	return notify.Receipt{ID: "printed"}, nil
}

// Arrived says false: a terminal does not tell. After a crash the message is
// printed again.
func (s *Sender) Arrived(context.Context, news.Delivery, news.Digest) (notify.Receipt, bool, error) {
	return notify.Receipt{}, false, nil
}
