package slack_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify"
	"github.com/armswatch/armswatch/notify/sample"
	"github.com/armswatch/armswatch/notify/slack"
)

var update = flag.Bool("update", false, "write golden files")

var now = time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)

// A workspace is a Slack of one channel, over a real socket.
type workspace struct {
	*httptest.Server
	mu       sync.Mutex
	messages []message
	updates  []url.Values
	fail     func(method string) (status int, body string, after bool) // after: it happened, yet failed
}

type message struct {
	TS       string         `json:"ts"`
	ThreadTS string         `json:"thread_ts,omitempty"`
	Text     string         `json:"text"`
	Metadata map[string]any `json:"metadata,omitempty"`
	form     url.Values
}

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	w := &workspace{}
	w.Server = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(w.Close)
	return w
}

func (w *workspace) serve(rw http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	method := strings.TrimPrefix(r.URL.Path, "/")
	w.mu.Lock()
	defer w.mu.Unlock()
	status, body, after := 0, "", false
	if w.fail != nil {
		status, body, after = w.fail(method)
	}
	if status != 0 && !after {
		answer(rw, status, body)
		return
	}
	ok := w.call(method, r.Form)
	if status != 0 {
		answer(rw, status, body)
		return
	}
	_ = json.NewEncoder(rw).Encode(ok)
}

func answer(rw http.ResponseWriter, status int, body string) {
	if status == http.StatusTooManyRequests {
		rw.Header().Set("Retry-After", "7")
	}
	rw.WriteHeader(status)
	_, _ = rw.Write([]byte(body))
}

func (w *workspace) call(method string, form url.Values) map[string]any {
	switch method {
	case "chat.postMessage":
		m := message{TS: fmt.Sprintf("%d.%06d", now.Unix()+int64(len(w.messages)), len(w.messages)), ThreadTS: form.Get("thread_ts"), Text: form.Get("text"), form: form}
		_ = json.Unmarshal([]byte(form.Get("metadata")), &m.Metadata)
		w.messages = append(w.messages, m)
		return map[string]any{"ok": true, "channel": "C0ARMSDESK", "ts": m.TS}
	case "chat.update":
		w.updates = append(w.updates, form)
		return map[string]any{"ok": true, "channel": "C0ARMSDESK", "ts": form.Get("ts")}
	case "conversations.list":
		return map[string]any{"ok": true, "channels": []map[string]any{{"id": "C0ARMSDESK", "name": "arms-desk"}}}
	case "conversations.history", "conversations.replies":
		var list []message
		for _, m := range w.messages {
			if (m.ThreadTS != "") == (method == "conversations.replies") {
				list = append(list, m)
			}
		}
		return map[string]any{"ok": true, "messages": list, "has_more": false}
	}
	return map[string]any{"ok": false, "error": "unknown_method"}
}

func (w *workspace) sender() *slack.Sender {
	return slack.New(slack.Options{Token: "xoxb-secret", APIURL: w.URL + "/"})
}

func alert() news.Delivery {
	return news.Delivery{Key: "alert/desk/7", Kind: news.AlertDelivery, Channel: "slack:#arms-desk", Route: "desk", Story: 7, Created: now}
}

func TestMessagesAsSlackGetsThem(t *testing.T) {
	tests := map[string]struct {
		d news.Delivery
		m news.Digest
	}{
		"alert":  {alert(), sample.Alert(now)},
		"digest": {news.Delivery{Key: "digest/morning/2026-11-26T07:00", Kind: news.DigestDelivery, Channel: "slack:#arms-desk"}, sample.Digest(now)},
		"notice": {news.Delivery{Key: "notice/x", Kind: news.NoticeDelivery, Channel: "slack:#arms-desk"}, sample.Notice()},
		"update": {news.Delivery{Key: "update/desk/7/3", Kind: news.UpdateDelivery, Channel: "slack:#arms-desk", Story: 7, Thread: "C0ARMSDESK/1.0"}, sample.Update(now)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			r, err := w.sender().Send(t.Context(), tt.d, tt.m)
			if err != nil || r.ID == "" {
				t.Fatalf("receipt %+v, %v", r, err)
			}
			var out bytes.Buffer
			for _, u := range w.updates {
				show(t, &out, "chat.update", u)
			}
			for _, m := range w.messages {
				show(t, &out, "chat.postMessage", m.form)
			}
			golden(t, name+".golden", out.Bytes())
		})
	}
}

func show(t *testing.T, out *bytes.Buffer, method string, form url.Values) {
	t.Helper()
	fmt.Fprintf(out, "%s channel=%s ts=%s thread_ts=%s unfurl_links=%s unfurl_media=%s\ntext: %s\nmetadata: %s\n", method,
		form.Get("channel"), form.Get("ts"), form.Get("thread_ts"), form.Get("unfurl_links"), form.Get("unfurl_media"), form.Get("text"), form.Get("metadata"))
	if form.Get("text") == "" {
		t.Error("no text")
	}
	limits(t, form.Get("blocks"))
	if err := json.Indent(out, []byte(form.Get("blocks")), "", " "); err != nil {
		t.Error(err)
	}
	out.WriteString("\n")
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("differs from %s; run with -update and look at the difference", path)
	}
}

// limits holds the documented limits of Block Kit.
func limits(t *testing.T, blocks string) {
	t.Helper()
	var list []struct {
		Type string `json:"type"`
		Text struct {
			Text string `json:"text"`
		} `json:"text"`
		Elements []any `json:"elements"`
	}
	if err := json.Unmarshal([]byte(blocks), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 || len(list) > 50 || utf8.RuneCountInString(blocks) > 60_000 {
		t.Errorf("%d blocks", len(list))
	}
	for _, b := range list {
		switch b.Type {
		case "header":
			if n := utf8.RuneCountInString(b.Text.Text); n == 0 || n > 150 {
				t.Errorf("a header of %d characters", n)
			}
		case "context":
			if len(b.Elements) == 0 || len(b.Elements) > 10 {
				t.Errorf("a context of %d elements", len(b.Elements))
			}
		case "rich_text", "divider":
		default:
			t.Errorf("block %s: Slack may read markup in it", b.Type)
		}
	}
}

func TestAFullDigestStaysInsideTheLimits(t *testing.T) {
	w := newWorkspace(t)
	m := sample.Digest(now)
	c := m.Stories[0]
	c.Headline = strings.Repeat("A very long headline ", 40)
	for range 300 {
		c.Systems = append(c.Systems, c.Systems[0])
		c.Outlets = append(c.Outlets, c.Outlets[0])
	}
	for range 200 {
		m.Stories = append(m.Stories, c)
	}
	if _, err := w.sender().Send(t.Context(), news.Delivery{Key: "d", Kind: news.DigestDelivery, Channel: "slack:#arms-desk"}, m); err != nil {
		t.Fatal(err)
	}
	form := w.messages[0].form
	limits(t, form.Get("blocks"))
	if !strings.Contains(form.Get("blocks"), "more stories") {
		t.Error("it does not say that stories were left out")
	}
}

// Each failure, and each that happened all the same.
func TestFaults(t *testing.T) {
	type want struct {
		refused, later bool
		arrived        bool // by asking afterwards
	}
	tests := map[string]struct {
		status int
		body   string
		after  bool
		want   want
	}{
		"500":                       {500, "", false, want{}},
		"500, but posted":           {500, "", true, want{arrived: true}},
		"answer cut, but posted":    {200, `{"ok":`, true, want{arrived: true}},
		"429":                       {429, "", false, want{later: true}},
		"token revoked":             {200, `{"ok":false,"error":"token_revoked"}`, false, want{refused: true}},
		"archived":                  {200, `{"ok":false,"error":"is_archived"}`, false, want{refused: true}},
		"fatal error, try again":    {200, `{"ok":false,"error":"internal_error"}`, false, want{}},
		"internal error but posted": {200, `{"ok":false,"error":"internal_error"}`, true, want{arrived: true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			w.fail = func(method string) (int, string, bool) {
				if method == "chat.postMessage" {
					return tt.status, tt.body, tt.after
				}
				return 0, "", false
			}
			s := w.sender()
			_, err := s.Send(t.Context(), alert(), sample.Alert(now))
			if err == nil {
				t.Fatal("no error")
			}
			if refused := asRefused(err); (refused != nil) != tt.want.refused || refused != nil && refused.Remedy == "" {
				t.Errorf("error %v, refused %v", err, refused)
			}
			if later := asLater(err); (later != nil) != tt.want.later || later != nil && later.After != 7*time.Second {
				t.Errorf("error %v, later %v", err, later)
			}
			if strings.Contains(err.Error(), "xoxb") {
				t.Errorf("the token is in the error: %v", err)
			}
			r, arrived, err := s.Arrived(t.Context(), alert(), sample.Alert(now))
			if err != nil || arrived != tt.want.arrived || arrived && r.Thread == "" {
				t.Errorf("arrived %v %+v, %v", arrived, r, err)
			}
		})
	}
}

func asRefused(err error) *notify.Refused {
	r, _ := errAs[*notify.Refused](err)
	return r
}

func asLater(err error) *notify.Later {
	l, _ := errAs[*notify.Later](err)
	return l
}

func errAs[T error](err error) (T, bool) {
	for e := err; e != nil; {
		if t, ok := e.(T); ok {
			return t, true
		}
		u, ok := e.(interface{ Unwrap() error })
		if !ok {
			break
		}
		e = u.Unwrap()
	}
	var zero T
	return zero, false
}

func TestAnUpdateIsFoundInItsThread(t *testing.T) {
	w := newWorkspace(t)
	s := w.sender()
	d := news.Delivery{Key: "update/desk/7/3", Kind: news.UpdateDelivery, Channel: "slack:#arms-desk", Story: 7, Thread: "C0ARMSDESK/1.0", Created: now}
	if _, yes, err := s.Arrived(t.Context(), d, sample.Update(now)); yes || err != nil {
		t.Fatalf("arrived before it was sent: %v, %v", yes, err)
	}
	if _, err := s.Send(t.Context(), d, sample.Update(now)); err != nil {
		t.Fatal(err)
	}
	if r, yes, err := s.Arrived(t.Context(), d, sample.Update(now)); !yes || err != nil || r.Thread != d.Thread {
		t.Errorf("not found: %+v %v, %v", r, yes, err)
	}
	d.Key = "count/desk/7/1"
	m := sample.Update(now)
	m.Updates[0].New = nil
	if _, err := s.Send(t.Context(), d, m); err != nil || len(w.messages) != 1 || len(w.updates) != 2 {
		t.Errorf("a count made %d messages and %d updates, %v", len(w.messages), len(w.updates), err)
	}
}

func TestTextFromTheWebIsOnlyText(t *testing.T) {
	titles := sample.HostileTitles()
	if len(titles) < 150 {
		t.Fatalf("%d hostile titles", len(titles))
	}
	w := newWorkspace(t)
	s := w.sender()
	for _, title := range titles {
		m := sample.Hostile(now, title)
		if _, err := s.Send(t.Context(), news.Delivery{Key: "k", Kind: news.UpdateDelivery, Channel: "slack:#arms-desk"}, m); err != nil {
			t.Fatal(err)
		}
		form := w.messages[len(w.messages)-1].form
		limits(t, form.Get("blocks"))
		onlyOurLinks(t, title, form.Get("blocks"))
		if text := form.Get("text"); strings.ContainsAny(text, "<>*_`~\n\r\x00\x1b") || strings.Contains(text, ":") {
			t.Errorf("%q: Slack may read markup in the text %q", title, text)
		}
	}
}

// onlyOurLinks walks over all elements: a link leads to an outlet's own page,
// nothing is a mention, an emoji or mrkdwn.
func onlyOurLinks(t *testing.T, title, blocks string) {
	t.Helper()
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			switch kind, _ := v["type"].(string); kind {
			case "link":
				u, _ := v["url"].(string)
				if !strings.HasPrefix(u, "https://") || !strings.HasSuffix(u, ".example/report") && u != strings.TrimSpace(title) {
					t.Errorf("%q: a link to %q", title, u)
				}
			case "user", "usergroup", "channel", "broadcast", "emoji", "mrkdwn", "date", "color", "team":
				t.Errorf("%q: an element of type %s", title, kind)
			case "plain_text":
				if v["emoji"] != false {
					t.Errorf("%q: emoji codes are read in %v", title, v["text"])
				}
			}
			for _, e := range v {
				walk(e)
			}
		case string:
			if strings.ContainsAny(v, "\x00\x1b\r\u202e\u2028") {
				t.Errorf("%q: control characters in %q", title, v)
			}
		}
	}
	var v any
	if err := json.Unmarshal([]byte(blocks), &v); err != nil {
		t.Fatal(err)
	}
	walk(v)
}

func TestIncomingWebhook(t *testing.T) {
	var got map[string]any
	status := http.StatusOK
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_ = json.NewDecoder(r.Body).Decode(&got)
		answer(rw, status, "no_service")
	}))
	defer srv.Close()
	h := slack.NewHook(srv.URL + "/services/T000/B000/secret")
	if _, err := h.Send(t.Context(), alert(), sample.Alert(now)); err != nil || got["text"] == "" || got["blocks"] == nil {
		t.Errorf("%v, %v", err, got)
	}
	status = http.StatusNotFound
	if _, err := h.Send(t.Context(), alert(), sample.Alert(now)); asRefused(err) == nil {
		t.Errorf("404 gives %v", err)
	}
	status = http.StatusTooManyRequests
	if _, err := h.Send(t.Context(), alert(), sample.Alert(now)); asLater(err) == nil {
		t.Errorf("429 gives %v", err)
	}
	srv.Close()
	if _, err := h.Send(t.Context(), alert(), sample.Alert(now)); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a closed port gives %v", err)
	}
}
