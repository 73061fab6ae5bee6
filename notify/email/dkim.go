package email

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
	gomail "github.com/wneessen/go-mail"
)

// signedHeaders are those that a reader sees or a mail program acts on. Those
// that are not there are signed too, so that nobody can add them.
var signedHeaders = []string{
	"From", "Reply-To", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
	"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Content-Type", "MIME-Version",
}

// signer signs a message when it is about to be sent.
type signer struct{ o dkim.SignOptions }

// signed adds the signer to a message's options, if there is one.
func (s *Sender) signed(opts ...gomail.MsgOption) []gomail.MsgOption {
	if s.o.DKIM == nil {
		return opts
	}
	return append(opts, gomail.WithMiddleware(signer{s.signing()}))
}

func (s *Sender) signing() dkim.SignOptions {
	return dkim.SignOptions{
		Domain: s.domain, Selector: s.o.DKIM.Selector, Signer: s.o.DKIM.Key,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		HeaderKeys: signedHeaders,
	}
}

// checkSigning says whether mails can be signed.
func (s *Sender) checkSigning() error {
	if s.o.DKIM == nil {
		return nil
	}
	o := s.signing()
	sig, err := dkim.NewSigner(&o)
	if err != nil {
		return fmt.Errorf("email: sign by DKIM: %w", err)
	}
	_ = sig.Close() // it was given no mail, and says so
	return nil
}

// Type names the middleware.
func (signer) Type() gomail.MiddlewareType { return "dkim" }

// Handle signs the message as it will be written. What could keep it from that,
// the key, was tried at the start.
func (s signer) Handle(m *gomail.Msg) *gomail.Msg {
	var plain bytes.Buffer
	if _, err := m.WriteToSkipMiddleware(&plain, s.Type()); err != nil {
		return m
	}
	sig, err := dkim.NewSigner(&s.o)
	if err != nil {
		return m
	}
	if _, err := sig.Write(plain.Bytes()); err != nil || sig.Close() != nil {
		return m
	}
	_, value, _ := strings.Cut(sig.Signature(), ":")
	m.SetGenHeaderPreformatted("DKIM-Signature", strings.TrimSpace(value))
	return m
}
