// Package email sends digests and alerts by mail: text first, HTML beside it.
//
// It promises the same Message-ID on every try of a delivery, so that a mail
// program can recognise a repeat, and headers that no text from the web can
// break out of. Connections are encrypted unless the config says otherwise.
package email

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify"
	"github.com/armswatch/armswatch/notify/digest"
	"github.com/armswatch/armswatch/notify/digest/text"
)

const timeout = 60 * time.Second

// Options say how to send.
type Options struct {
	Host               string
	Port               int
	TLS                bool // from the first byte; else STARTTLS
	Plain              bool // no TLS at all is allowed
	From, ReplyTo      string
	Username, Password string
	Unsubscribe        string // https: or mailto: URL; "" for none
	DKIM               *DKIM  // nil: not signed
}

// DKIM says how mails are signed (RFC 6376), for the domain of From.
type DKIM struct {
	Selector string
	Key      crypto.Signer // RSA or Ed25519
}

// Sender sends mail, one message a recipient.
type Sender struct {
	o      Options
	domain string // of our Message-IDs
}

// New returns a sender. From must be an RFC 5322 mailbox.
func New(o Options) (*Sender, error) {
	from, err := mail.ParseAddress(o.From)
	if err != nil {
		return nil, fmt.Errorf("email.from %q: %w", o.From, err)
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	s := &Sender{o: o, domain: domain}
	return s, s.checkSigning()
}

// Send sends a message to the channel's address.
func (s *Sender) Send(ctx context.Context, d news.Delivery, m news.Digest) (notify.Receipt, error) {
	msg, err := s.message(d, m)
	if err != nil {
		return notify.Receipt{}, &notify.Refused{Reason: err.Error(), Remedy: "check the address in the route"}
	}
	client, err := s.client()
	if err != nil {
		return notify.Receipt{}, fmt.Errorf("mail server %s: %w", s.o.Host, err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return notify.Receipt{}, s.failure(err)
	}
	id := s.id(d.Key, d.Channel)
	r := notify.Receipt{ID: id}
	if d.Story != 0 && d.Thread == "" {
		r.Thread = id
	} else {
		r.Thread = d.Thread
	}
	return r, nil
}

// Arrived says false: mail does not tell. A repeat has the same Message-ID.
func (s *Sender) Arrived(context.Context, news.Delivery, news.Digest) (notify.Receipt, bool, error) {
	return notify.Receipt{}, false, nil
}

func (s *Sender) client() (*gomail.Client, error) {
	opts := []gomail.Option{gomail.WithPort(s.o.Port), gomail.WithTimeout(timeout), gomail.WithTLSPolicy(gomail.TLSMandatory)}
	switch {
	case s.o.TLS:
		opts = append(opts, gomail.WithSSL())
	case s.o.Plain:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if s.o.Username != "" {
		opts = append(opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.o.Username), gomail.WithPassword(s.o.Password))
	}
	return gomail.NewClient(s.o.Host, opts...)
}

func (s *Sender) message(d news.Delivery, m news.Digest) (*gomail.Msg, error) {
	msg := gomail.NewMsg(s.signed(gomail.WithNoDefaultUserAgent())...)
	if err := msg.From(s.o.From); err != nil {
		return nil, fmt.Errorf("sender %q is no address: %w", s.o.From, err)
	}
	if err := msg.To(d.Channel.Target()); err != nil {
		return nil, fmt.Errorf("%q is no address: %w", d.Channel.Target(), err)
	}
	if s.o.ReplyTo != "" {
		if err := msg.ReplyTo(s.o.ReplyTo); err != nil {
			return nil, fmt.Errorf("reply_to %q is no address: %w", s.o.ReplyTo, err)
		}
	}
	msg.Subject(subject(m))
	msg.SetMessageIDWithValue(s.id(d.Key, d.Channel))
	msg.SetDateWithValue(time.Now())
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("List-Id", "armswatch <"+label(d.Route)+".armswatch."+s.domain+">")
	if u := s.o.Unsubscribe; u != "" {
		msg.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+u+">")
		if strings.HasPrefix(u, "https:") {
			msg.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
		}
	}
	if d.Thread != "" {
		msg.SetGenHeader(gomail.HeaderInReplyTo, "<"+d.Thread+">")
		msg.SetGenHeader(gomail.HeaderReferences, "<"+d.Thread+">")
	}
	msg.SetBodyString(gomail.TypeTextPlain, text.Render(m, text.Options{Width: 76, Links: true}))
	page, err := render(m)
	if err != nil {
		return nil, err
	}
	msg.AddAlternativeString(gomail.TypeTextHTML, page)
	return msg, nil
}

// subject is a headline that is only text: an encoded word in it is encoded
// again, and control characters cannot be.
func subject(m news.Digest) string {
	title := digest.Shorten(digest.Clean(m.Title), 150)
	switch m.Kind {
	case news.DigestDelivery:
		title = strings.TrimSpace("Digest " + digest.PeriodText(m.Period) + ": " + title)
	case news.UpdateDelivery:
		title = "Re: " + title
	}
	if strings.Contains(title, "=?") {
		return mime.BEncoding.Encode("utf-8", "\u200b"+title)
	}
	return title
}

// id is the Message-ID of a delivery, the same on every try.
func (s *Sender) id(key string, ch news.Channel) string {
	sum := sha256.Sum256([]byte(key + "\x00" + string(ch)))
	return hex.EncodeToString(sum[:16]) + "@armswatch." + s.domain
}

// label makes a name fit for a List-Id.
func label(s string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(s)), "-")
}

// failure sorts an error: what the server refuses for good is refused.
func (s *Sender) failure(err error) error {
	var send *gomail.SendError
	if errors.As(err, &send) && !send.IsTemp() && send.ErrorCode() >= 500 {
		return &notify.Refused{Reason: "the mail server says " + oneLine(send.Error()), Remedy: "check the address in the route, and email.from"}
	}
	return fmt.Errorf("mail server %s: %s", s.o.Host, oneLine(err.Error()))
}

func oneLine(s string) string { return digest.Shorten(digest.Clean(s), 300) }
