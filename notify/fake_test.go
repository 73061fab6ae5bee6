package notify_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/armswatch/armswatch/notify"
	"github.com/armswatch/armswatch/notify/email"
	"github.com/armswatch/armswatch/notify/slack"
	"github.com/armswatch/armswatch/notify/webhook"
)

// A fault is what goes wrong with one call of a fake server.
type fault int

const (
	none    fault = iota
	refused       // an error, and nothing happened
	lost          // it happened, and the answer is an error
	cut           // it happened, and the connection breaks
	hung          // nothing happens for a while, then the connection breaks
	limited       // a rate limit of a second
	denied        // Slack's ok:false, and nothing happened
	faults
)

// happened says whether the call had its effect.
func (f fault) happened() bool { return f == none || f == lost || f == cut }

// luck draws faults for a share of the calls.
type luck struct {
	mu     sync.Mutex
	random *rand.Rand
	share  float64
	next   []fault // drawn first
}

func (l *luck) draw() fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.next) > 0 {
		f := l.next[0]
		l.next = l.next[1:]
		return f
	}
	if l.random == nil || l.random.Float64() >= l.share {
		return none
	}
	return 1 + fault(l.random.IntN(int(faults)-1))
}

// mend ends the faults.
func (l *luck) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.share = 0
}

// tally counts what arrived, by channel and key.
type tally struct {
	mu  sync.Mutex
	got map[string]int
}

func (c *tally) add(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.got == nil {
		c.got = map[string]int{}
	}
	c.got[key]++
}

func (c *tally) count(key string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.got[key]
}

// A world is a Slack, a mail server and a webhook over real sockets.
type world struct {
	luck
	slackURL, hookURL string
	mailPort          int
	posts             tally // "CHANNEL KEY"
	mails             tally // Message-ID
	hooks             tally // Idempotency-Key

	slackMu  sync.Mutex
	messages []post
	last     map[string]time.Time
	early    int // posts less than a second after the last
}

type post struct {
	Channel  string         `json:"-"`
	Text     string         `json:"-"`
	Blocks   string         `json:"-"`
	TS       string         `json:"ts"`
	ThreadTS string         `json:"thread_ts,omitempty"`
	Metadata map[string]any `json:"metadata"`
}

func newWorld(t *testing.T, share float64) *world {
	t.Helper()
	w := &world{last: map[string]time.Time{}}
	w.share, w.random = share, rand.New(rand.NewPCG(7, 7))
	w.slackURL = serve(t, w.slack) + "/"
	w.hookURL = serve(t, w.hook)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{w, c}, nil }))
	srv.Domain = "localhost"
	srv.ErrorLog = quiet{}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	w.mailPort = l.Addr().(*net.TCPAddr).Port
	return w
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// senders reach a world.
func senders(slackURL string, mailPort int) (map[string]notify.Sender, error) {
	m, err := email.New(email.Options{Host: "127.0.0.1", Port: mailPort, Plain: true, From: "armswatch <a@newsroom.example>"})
	return map[string]notify.Sender{
		"slack": slack.New(slack.Options{Token: "xoxb-1", APIURL: slackURL}), "email": m, "webhook": webhook.New(webhook.Options{}),
	}, err
}

// around serves one call with what goes wrong with it.
func (w *world) around(rw http.ResponseWriter, do func() any) {
	f := w.draw()
	if f == hung {
		time.Sleep(300 * time.Millisecond)
	}
	var out any
	if f.happened() {
		out = do()
	}
	switch f {
	case cut, hung:
		if c, _, err := http.NewResponseController(rw).Hijack(); err == nil {
			_ = c.Close()
		}
	case limited:
		rw.Header().Set("Retry-After", "1")
		rw.WriteHeader(http.StatusTooManyRequests)
	case refused, lost:
		rw.WriteHeader(http.StatusBadGateway)
	case denied:
		rw.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(rw, `{"ok":false,"error":"internal_error"}`)
	default:
		_ = json.NewEncoder(rw).Encode(out)
	}
}

func (w *world) hook(rw http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.around(rw, func() any { w.hooks.add(r.URL.Path + " " + r.Header.Get("Idempotency-Key")); return nil })
}

func (w *world) slack(rw http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	w.around(rw, func() any { return w.call(strings.TrimPrefix(r.URL.Path, "/"), r.Form) })
}

func (w *world) call(method string, form url.Values) map[string]any {
	w.slackMu.Lock()
	defer w.slackMu.Unlock()
	ch := strings.TrimPrefix(form.Get("channel"), "#")
	switch method {
	case "chat.postMessage":
		return w.post(ch, form)
	case "chat.update":
		return map[string]any{"ok": true, "channel": ch, "ts": form.Get("ts")}
	case "conversations.list":
		var list []map[string]any
		for i := range 100 {
			list = append(list, map[string]any{"id": fmt.Sprint("c", i), "name": fmt.Sprint("c", i)})
		}
		return map[string]any{"ok": true, "channels": list}
	case "conversations.history", "conversations.replies":
		list := []post{}
		for _, m := range w.messages {
			if m.Channel == ch && (method == "conversations.history") == (m.ThreadTS == "") && (m.ThreadTS == "" || m.ThreadTS == form.Get("ts")) {
				list = append(list, m)
			}
		}
		return map[string]any{"ok": true, "messages": list}
	}
	return map[string]any{"ok": false, "error": "unknown_method"}
}

func (w *world) post(ch string, form url.Values) map[string]any {
	now := time.Now()
	if now.Sub(w.last[ch]) < time.Second {
		w.early++
	}
	w.last[ch] = now
	m := post{Channel: ch, TS: fmt.Sprintf("%d.%06d", now.Unix(), len(w.messages)), ThreadTS: form.Get("thread_ts"), Text: form.Get("text"), Blocks: form.Get("blocks")}
	_ = json.Unmarshal([]byte(form.Get("metadata")), &m.Metadata)
	w.messages = append(w.messages, m)
	body, _ := m.Metadata["event_payload"].(map[string]any)
	w.posts.add(fmt.Sprint(ch, " ", body["key"]))
	return map[string]any{"ok": true, "channel": ch, "ts": m.TS}
}

type session struct {
	*world
	conn *smtp.Conn
}

func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (s *session) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, r)
	f := s.draw()
	if f.happened() {
		s.mails.add(m.Header.Get("Message-Id"))
	}
	switch f {
	case none:
		return nil
	case cut, hung:
		_ = s.conn.Conn().Close()
	}
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try again"}
}

func notFound(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusNotFound) }
