package email

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/html"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify"
	"github.com/armswatch/armswatch/notify/sample"
)

var update = flag.Bool("update", false, "write golden files")

var now = time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)

// A postbox is a mail server over a real socket.
type postbox struct {
	addr *net.TCPAddr
	mu   sync.Mutex
	mail [][]byte
	fail error // given to the next messages
	lost bool  // the message is kept, and then failed
}

func newPostbox(t *testing.T) *postbox {
	t.Helper()
	p := &postbox{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.addr = l.Addr().(*net.TCPAddr)
	srv := smtp.NewServer(p)
	srv.Domain = "localhost"
	srv.AllowInsecureAuth = true
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	return p
}

func (p *postbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{p}, nil }

type session struct{ *postbox }

func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail == nil || s.lost {
		s.mail = append(s.mail, data)
	}
	return s.fail
}

func (p *postbox) sender(t *testing.T) *Sender {
	t.Helper()
	s, err := New(Options{Host: "127.0.0.1", Port: p.addr.Port, Plain: true, From: "armswatch <armswatch@newsroom.example>"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func digestDelivery() news.Delivery {
	return news.Delivery{Key: "digest/morning/2026-11-26T07:00", Kind: news.DigestDelivery, Channel: "email:desk@newsroom.example", Route: "Morning: arms & more", Period: "2026-11-26T07:00"}
}

// parts reads a message as a mail program would.
func parts(t *testing.T, raw []byte) (h mail.Header, text, page string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	var got []string
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p.Header.Get("Content-Type")[:9], strings.ReplaceAll(string(body), "\r\n", "\n"))
	}
	if len(got) != 4 || got[0] != "text/plai" || got[2] != "text/html" {
		t.Fatalf("parts %q, want plain text first and HTML second", got)
	}
	return m.Header, got[1], got[3]
}

func TestDigestByMail(t *testing.T) {
	p := newPostbox(t)
	s := p.sender(t)
	for range 2 { // twice, as after a crash
		if r, err := s.Send(t.Context(), digestDelivery(), sample.Digest(now)); err != nil || r.ID == "" {
			t.Fatalf("receipt %+v, %v", r, err)
		}
	}
	h, text, page := parts(t, p.mail[0])
	again, _, _ := parts(t, p.mail[1])
	if id := h.Get("Message-Id"); id == "" || id != again.Get("Message-Id") || !strings.HasSuffix(id, ".newsroom.example>") {
		t.Errorf("Message-ID %q, then %q", id, again.Get("Message-Id"))
	}
	if got := h.Get("List-Id"); got != "armswatch <morning--arms---more.armswatch.newsroom.example>" {
		t.Errorf("List-Id %q", got)
	}
	if h.Get("Auto-Submitted") != "auto-generated" || !strings.Contains(h.Get("Subject"), "1 story, 4 articles") {
		t.Errorf("headers %v", h)
	}
	golden(t, "digest.txt", text)
	golden(t, "digest.html", page)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s; run with -update and look at the difference", path)
	}
}

func TestAnUpdateAnswersTheFirstMail(t *testing.T) {
	p := newPostbox(t)
	s := p.sender(t)
	first := news.Delivery{Key: "alert/desk/7", Kind: news.AlertDelivery, Channel: "email:desk@newsroom.example", Route: "desk", Story: 7}
	r, err := s.Send(t.Context(), first, sample.Alert(now))
	if err != nil || r.Thread == "" {
		t.Fatalf("receipt %+v, %v", r, err)
	}
	next := news.Delivery{Key: "update/desk/7/3", Kind: news.UpdateDelivery, Channel: first.Channel, Route: "desk", Story: 7, Thread: r.Thread}
	if _, err := s.Send(t.Context(), next, sample.Update(now)); err != nil {
		t.Fatal(err)
	}
	a, _, _ := parts(t, p.mail[0])
	b, _, _ := parts(t, p.mail[1])
	if b.Get("In-Reply-To") != a.Get("Message-Id") || !strings.HasPrefix(b.Get("Subject"), "Re: ") {
		t.Errorf("answers %q with %q", b.Get("In-Reply-To"), b.Get("Subject"))
	}
}

func TestFaults(t *testing.T) {
	p := newPostbox(t)
	s := p.sender(t)
	d := digestDelivery()
	d.Channel = "email:nobody@newsroom.example"
	var refused *notify.Refused
	if _, err := s.Send(t.Context(), d, sample.Digest(now)); !errors.As(err, &refused) || refused.Remedy == "" {
		t.Errorf("no such mailbox gives %v", err)
	}
	d = digestDelivery()
	for _, lost := range []bool{false, true} {
		p.fail, p.lost = &smtp.SMTPError{Code: 451, Message: "try again"}, lost
		if _, err := s.Send(t.Context(), d, sample.Digest(now)); err == nil || errors.As(err, &refused) && refused.Reason == "" {
			t.Errorf("451 gives %v", err)
		} else if errors.As(err, new(*notify.Refused)) {
			t.Errorf("451 is taken for a refusal: %v", err)
		}
	}
	p.fail = &smtp.SMTPError{Code: 554, Message: "policy"}
	if _, err := s.Send(t.Context(), d, sample.Digest(now)); !errors.As(err, &refused) {
		t.Errorf("554 gives %v", err)
	}
	none, _ := New(Options{Host: "127.0.0.1", Port: 1, Plain: true, From: "a@b.example", Username: "u", Password: "hunter2"})
	if _, err := none.Send(t.Context(), d, sample.Digest(now)); err == nil || errors.As(err, new(*notify.Refused)) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("no server gives %v", err)
	}
}

// A server without TLS is refused unless the config says plain.
func TestPlainOnlyWhenAsked(t *testing.T) {
	p := newPostbox(t)
	s, err := New(Options{Host: "127.0.0.1", Port: p.addr.Port, From: "a@b.example"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(t.Context(), digestDelivery(), sample.Digest(now)); err == nil || len(p.mail) > 0 {
		t.Errorf("sent in the clear: %v", err)
	}
}

func TestTextFromTheWebIsOnlyText(t *testing.T) {
	p := newPostbox(t)
	s := p.sender(t)
	for _, title := range sample.HostileTitles() {
		d := news.Delivery{Key: "k", Kind: news.UpdateDelivery, Channel: "email:desk@newsroom.example", Route: title}
		if _, err := s.Send(t.Context(), d, sample.Hostile(now, title)); err != nil {
			t.Fatalf("%q: %v", title, err)
		}
		h, text, page := parts(t, p.mail[len(p.mail)-1])
		for k := range h {
			switch k {
			case "Date", "From", "To", "Subject", "Message-Id", "Mime-Version", "Content-Type", "Auto-Submitted", "List-Id":
			default:
				t.Errorf("%q: a header %s: %q", title, k, h.Get(k))
			}
		}
		if strings.ContainsAny(text, "\x00\x1b\r\u202e\u2028\u009b") {
			t.Errorf("%q: control characters in the text", title)
		}
		onlyOurElements(t, title, page)
	}
}

// onlyOurElements holds that the page has no element, attribute or link but
// those that the template writes.
func onlyOurElements(t *testing.T, title, page string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.CommentToken:
			t.Errorf("%q: a comment", title)
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			switch tok.Data {
			case "html", "head", "meta", "title", "style", "body", "table", "tr", "td", "div", "span", "strong", "mark", "a", "br":
			default:
				t.Errorf("%q: an element <%s>", title, tok.Data)
			}
			for _, a := range tok.Attr {
				switch {
				case strings.HasPrefix(a.Key, "on"):
					t.Errorf("%q: an attribute %s", title, a.Key)
				case a.Key == "href" && !strings.HasSuffix(a.Val, ".example/report") && !strings.HasPrefix(strings.ToLower(title), "http"):
					t.Errorf("%q: a link to %q", title, a.Val)
				case a.Key == "href" && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "http://"):
					t.Errorf("%q: a link to %q", title, a.Val)
				}
			}
		}
	}
}
