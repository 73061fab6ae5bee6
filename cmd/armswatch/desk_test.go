package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/armswatch/armswatch/monitor/store"
)

// A real process, a Slack over real sockets, and an editor who presses and types.
func TestTheDeskAnswersInSlack(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs all of 127.0.0.0/8 on loopback")
	}
	t.Parallel()
	s, p := newFakeSlack(t), newPress(t, 1)
	path, db := filepath.Join(t.TempDir(), "armswatch.yaml"), filepath.Join(t.TempDir(), "a.db")
	config := fmt.Sprintf(`storage: %s
fetch: {allow_networks: [127.0.0.0/8], gap: 0s}
slack: {token: xoxb-1, app_token: xapp-1, api_url: %s/}
watchlists:
  anti-tank:
    weapons: [9M133 Kornet]
routes: [{to: "slack:#desk", when: now, watchlists: anti-tank}]
sources: [{name: outlet, feed: %s/feed, every: 1s}]
`, db, s.URL, p.bases[0])
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	run := startRun(t, path)
	p.await(t, "the outlet is polled", func() bool { return p.quietest() > 0 })
	p.publish(1)
	s.await(t, "chat.postMessage", `"action_id":"mute"`, `"action_id":"irrelevant"`)

	st, err := store.Open(t.Context(), db, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	p.await(t, "the message is known to be there", func() bool {
		there, err := st.Threaded(t.Context(), "slack:#desk", 1)
		return err == nil && there
	})

	s.press(t, "mute", "1")
	s.await(t, "/respond", "Story 1 is muted here until")
	s.await(t, "chat.update", "Muted: @ann muted it", `"action_id":"unmute"`)
	s.drop() // the connection breaks, and is opened again
	s.press(t, "unmute", "1")
	s.await(t, "/respond", "Story 1 is told here again")
	s.press(t, "irrelevant", "1")
	s.await(t, "/respond", "is not told here any more")
	s.press(t, "mute", "99")
	s.await(t, "/respond", "Not done: there is no story 99")

	s.typed(t, "")
	s.await(t, "/respond", "/armswatch status: what")
	s.typed(t, "status")
	s.await(t, "/respond", "watches 1 source", "Muted here:", ", @ann called it not relevant")
	s.typed(t, "test weapon:Kornet OR \"&lt;#&gt; page <!channel>\"")
	s.await(t, "/respond", "Read as: weapon:", "it would have met 1 of 1 article")
	s.typed(t, "watch anti-tank captured (depot")
	s.await(t, "/respond", "Not done: ", "never closed")
	s.typed(t, "watch anti-tnk captured")
	s.await(t, "/respond", "Not done: it begins with the watchlist")
	s.typed(t, "watch anti-tank")
	s.await(t, "/respond", "Not done: a phrase is missing")
	s.typed(t, `watch anti-tank "${HOME}" OR captured`)
	s.await(t, "/respond", "Not done: the config was not changed", "variable")
	s.typed(t, "mute #7x")
	s.await(t, "/respond", "Not done: ", "is no number of a story")
	s.typed(t, "watch Anti-Tank captured NEAR/5 depot")
	s.await(t, "/respond", "Watchlist anti-tank has it now", "captured NEAR/5 depot")
	if data, _ := os.ReadFile(path); !strings.Contains(string(data), "    phrases:\n      - 'captured NEAR/5 depot'  # added by @ann in Slack, ") {
		t.Errorf("the config is\n%s", data)
	}

	p.publish(1)
	p.await(t, "a second story", func() bool { return s.count("chat.postMessage") > 1 })
	s.send(t, "interactive", map[string]any{
		"type": "block_actions", "trigger_id": "T1", "response_url": s.URL + "/respond", "user": map[string]any{"id": "U1", "name": "ann"},
		"channel": map[string]any{"id": "C1", "name": "desk"},
		"actions": []any{map[string]any{"type": "overflow", "action_id": "more", "block_id": "b", "selected_option": map[string]any{"value": "split 2"}}},
	})
	s.await(t, "/respond", "one article only")
	s.send(t, "interactive", map[string]any{
		"type": "view_submission", "user": map[string]any{"id": "U1", "name": "ann"},
		"view": map[string]any{
			"callback_id": "merge", "private_metadata": `{"story":2,"channel":"C1"}`,
			"state": map[string]any{"values": map[string]any{"pick": map[string]any{"merge": map[string]any{"type": "static_select", "selected_option": map[string]any{"value": "1"}}}}},
		},
	})
	s.await(t, "chat.postEphemeral", "Stories 2 and 1 are story 1 now")
	s.send(t, "interactive", map[string]any{
		"type": "block_actions", "trigger_id": "T2", "response_url": s.URL + "/respond", "user": map[string]any{"id": "U1", "name": "ann"},
		"channel": map[string]any{"id": "C1", "name": "desk"},
		"actions": []any{map[string]any{"type": "overflow", "action_id": "more", "block_id": "b", "selected_option": map[string]any{"value": "split 1"}}},
	})
	s.await(t, "views.open", "Split story 1", "Articles that are another story")

	_ = run.Process.Signal(syscall.SIGTERM)
	if err := run.Wait(); err != nil {
		t.Errorf("stopped with %v", err)
	}
	// What the terminal does shows in Slack too, with the next start.
	if out, err := exec.Command("armswatch", "story", "mute", "1", "-c", path).CombinedOutput(); err != nil {
		t.Errorf("story mute: %s, %v", out, err)
	}
	run = startRun(t, path)
	s.await(t, "chat.update", "Muted: a person at the terminal muted it")
	_ = run.Process.Signal(syscall.SIGTERM)
	_ = run.Wait()
	out, err := exec.Command("armswatch", "watchlists", "-c", path, "--json").CombinedOutput()
	if err != nil || !strings.Contains(string(out), `"rule":"captured NEAR/5 depot"`) {
		t.Errorf("watchlists: %s, %v", out, err)
	}
	s.check(t)
}

// A fakeSlack keeps what it is told, and talks over one web socket.
type fakeSlack struct {
	*httptest.Server
	mu       sync.Mutex
	calls    []fakeCall
	conn     *websocket.Conn
	opened   chan struct{}
	acks     map[string]bool
	sent     int
	consumed int // calls that await has seen
}

type fakeCall struct{ method, body string }

func newFakeSlack(t *testing.T) *fakeSlack {
	s := &fakeSlack{acks: map[string]bool{}, opened: make(chan struct{}, 10)}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := strings.TrimPrefix(r.URL.Path, "/")
		if method == "socket" {
			conn, err := up.Upgrade(w, r, nil)
			if err == nil {
				s.serve(conn)
			}
			return
		}
		if method == "respond" {
			method = "/respond"
		}
		body, _ := io.ReadAll(r.Body)
		form := string(body)
		if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
			r.Body = io.NopCloser(strings.NewReader(form))
			_ = r.ParseForm()
			form = r.Form.Get("blocks") + " " + r.Form.Get("view") + " " + r.Form.Get("text")
		}
		s.mu.Lock()
		s.calls = append(s.calls, fakeCall{method, form})
		n := len(s.calls)
		s.mu.Unlock()
		_ = json.NewEncoder(w).Encode(map[string]any{
			"ok": true, "channel": "C1", "ts": fmt.Sprintf("%d.1", n), "url": "ws" + strings.TrimPrefix(s.URL, "http") + "/socket",
		})
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *fakeSlack) serve(conn *websocket.Conn) {
	s.mu.Lock()
	s.conn = conn
	_ = conn.WriteJSON(map[string]any{"type": "hello", "num_connections": 1})
	s.mu.Unlock()
	s.opened <- struct{}{}
	for {
		var ack struct {
			ID string `json:"envelope_id"`
		}
		if err := conn.ReadJSON(&ack); err != nil {
			return
		}
		s.mu.Lock()
		s.acks[ack.ID] = true
		s.mu.Unlock()
	}
}

// drop breaks the connection.
func (s *fakeSlack) drop() {
	<-s.opened
	s.mu.Lock()
	_ = s.conn.Close()
	s.conn = nil
	s.mu.Unlock()
	<-s.opened
}

// send sends an envelope.
func (s *fakeSlack) send(t *testing.T, kind string, payload map[string]any) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		t.Fatal("nobody listens")
	}
	s.sent++
	if err := s.conn.WriteJSON(map[string]any{"type": kind, "envelope_id": fmt.Sprintf("E%d", s.sent), "payload": payload}); err != nil {
		t.Fatal(err)
	}
}

func (s *fakeSlack) press(t *testing.T, action, story string) {
	t.Helper()
	s.send(t, "interactive", map[string]any{
		"type": "block_actions", "response_url": s.URL + "/respond", "user": map[string]any{"id": "U1", "name": "ann"},
		"channel": map[string]any{"id": "C1", "name": "desk"},
		"actions": []any{map[string]any{"type": "button", "action_id": action, "block_id": "b", "value": story}},
	})
}

func (s *fakeSlack) typed(t *testing.T, text string) {
	t.Helper()
	s.send(t, "slash_commands", map[string]any{
		"command": "/armswatch", "text": text, "response_url": s.URL + "/respond",
		"user_id": "U1", "user_name": "ann", "channel_id": "C1", "channel_name": "desk",
	})
}

// await waits for a call that holds all parts, after those it waited for before.
func (s *fakeSlack) await(t *testing.T, method string, parts ...string) {
	t.Helper()
	var p press
	p.await(t, fmt.Sprintf("%s with %q", method, parts), func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for i := s.consumed; i < len(s.calls); i++ {
			c := s.calls[i]
			holds := c.method == method
			for _, part := range parts {
				holds = holds && strings.Contains(c.body, part)
			}
			if holds {
				s.consumed = i + 1
				return true
			}
		}
		return false
	})
}

func (s *fakeSlack) count(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, c := range s.calls {
		if c.method == method {
			n++
		}
	}
	return n
}

// check wants every envelope acknowledged, and no markup in an answer.
func (s *fakeSlack) check(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.acks) != s.sent {
		t.Errorf("%d of %d envelopes were acknowledged", len(s.acks), s.sent)
	}
	for _, c := range s.calls {
		if strings.Contains(c.body, `"mrkdwn"`) {
			t.Errorf("%s holds markup: %s", c.method, c.body)
		}
	}
}
