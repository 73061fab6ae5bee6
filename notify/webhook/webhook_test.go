package webhook_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify"
	"github.com/armswatch/armswatch/notify/sample"
	"github.com/armswatch/armswatch/notify/webhook"
)

var update = flag.Bool("update", false, "write golden files")

var now = time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)

type hook struct {
	*httptest.Server
	header http.Header
	body   []byte
	status int
	retry  string
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{status: http.StatusOK}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.header = r.Header
		h.body, _ = io.ReadAll(r.Body)
		if h.retry != "" {
			w.Header().Set("Retry-After", h.retry)
		}
		w.WriteHeader(h.status)
	}))
	t.Cleanup(h.Close)
	return h
}

func delivery(url string) news.Delivery {
	return news.Delivery{Key: "alert/desk/7", Kind: news.AlertDelivery, Channel: news.Channel("webhook:" + url), Route: "desk", Story: 7}
}

func TestPostsSignedJSON(t *testing.T) {
	h := newHook(t)
	s := webhook.New(webhook.Options{Secret: "key", Headers: map[string]string{"Authorization": "Bearer x"}})
	if _, err := s.Send(t.Context(), delivery(h.URL+"/in"), sample.Alert(now)); err != nil {
		t.Fatal(err)
	}
	if h.header.Get("Idempotency-Key") != "alert/desk/7" || h.header.Get("Authorization") != "Bearer x" {
		t.Errorf("headers %v", h.header)
	}
	at, sum, _ := strings.Cut(strings.TrimPrefix(h.header.Get("Armswatch-Signature"), "t="), ",v1=")
	mac := hmac.New(sha256.New, []byte("key"))
	mac.Write([]byte(at + "." + string(h.body)))
	if hex.EncodeToString(mac.Sum(nil)) != sum {
		t.Errorf("signature %q does not fit the body", h.header.Get("Armswatch-Signature"))
	}
	var out bytes.Buffer
	if err := json.Indent(&out, h.body, "", " "); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/alert.json", out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/alert.json")
	if err != nil || !bytes.Equal(out.Bytes(), want) {
		t.Errorf("differs from testdata/alert.json (%v); run with -update and look at the difference", err)
	}
}

func TestAnswers(t *testing.T) {
	tests := []struct {
		status         int
		retry          string
		refused, later bool
		after          time.Duration
	}{
		{200, "", false, false, 0},
		{204, "", false, false, 0},
		{301, "", true, false, 0},
		{401, "", true, false, 0},
		{404, "", true, false, 0},
		{410, "", true, false, 0},
		{408, "", false, false, 0},
		{429, "7", false, true, 7 * time.Second},
		{429, "", false, true, time.Minute},
		{429, "99999999", false, true, 24 * time.Hour},
		{503, "3", false, true, 3 * time.Second},
		{500, "", false, false, 0},
	}
	h := newHook(t)
	s := webhook.New(webhook.Options{})
	for _, tt := range tests {
		h.status, h.retry = tt.status, tt.retry
		_, err := s.Send(t.Context(), delivery(h.URL), sample.Alert(now))
		var refused *notify.Refused
		var later *notify.Later
		if errors.As(err, &refused) != tt.refused || errors.As(err, &later) != tt.later || (err == nil) != (tt.status < 300) {
			t.Errorf("%d gives %v", tt.status, err)
		}
		if later != nil && later.After != tt.after {
			t.Errorf("%d with Retry-After %q waits %s", tt.status, tt.retry, later.After)
		}
	}
	h.Close()
	if _, err := s.Send(t.Context(), delivery(h.URL+"/secret-path"), sample.Alert(now)); err == nil || strings.Contains(err.Error(), "secret-path") {
		t.Errorf("a closed port gives %v", err)
	}
}

func TestTextFromTheWebIsOnlyText(t *testing.T) {
	h := newHook(t)
	s := webhook.New(webhook.Options{})
	for _, title := range sample.HostileTitles() {
		if _, err := s.Send(t.Context(), delivery(h.URL), sample.Hostile(now, title)); err != nil {
			t.Fatal(err)
		}
		var b webhook.Body
		if err := json.Unmarshal(h.body, &b); err != nil {
			t.Fatalf("%q: %v", title, err)
		}
		for _, c := range b.Message.Updates {
			if strings.ContainsAny(c.Headline, "\x00\x1b\r\n\u202e\u2028") {
				t.Errorf("%q: control characters in %q", title, c.Headline)
			}
			for _, o := range c.Outlets {
				if o.URL != "" && !strings.HasPrefix(o.URL, "http") {
					t.Errorf("%q: a link to %q", title, o.URL)
				}
			}
		}
	}
}
