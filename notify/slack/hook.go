package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify"
)

// Hook posts through an incoming webhook: it cannot thread, update, or be asked
// what arrived. After a crash a message may come twice.
type Hook struct {
	url    string
	client *http.Client
}

// NewHook returns a sender for the secret URL of an incoming webhook.
func NewHook(hookURL string) *Hook {
	return &Hook{url: hookURL, client: &http.Client{Timeout: timeout}}
}

// Send posts a message.
func (h *Hook) Send(ctx context.Context, d news.Delivery, m news.Digest) (notify.Receipt, error) {
	body, err := json.Marshal(map[string]any{
		"text": fallback(m), "blocks": api.Blocks{BlockSet: layout(m)},
		"unfurl_links": false, "unfurl_media": false,
	})
	if err != nil {
		return notify.Receipt{}, fmt.Errorf("write message %s: %w", d.Key, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		return notify.Receipt{}, &notify.Refused{Reason: "the webhook's URL is none", Remedy: "check slack.webhook"}
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	res, err := h.client.Do(req)
	if err != nil {
		return notify.Receipt{}, fmt.Errorf("slack webhook: %w", bare(err))
	}
	defer func() { _ = res.Body.Close() }()
	return notify.Receipt{ID: "posted"}, answered(res)
}

func answered(res *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(res.Body, 200))
	said := strings.TrimSpace(string(text))
	switch {
	case res.StatusCode < 300:
		return nil
	case res.StatusCode == http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		return &notify.Later{After: time.Duration(max(seconds, 1)) * time.Second}
	case res.StatusCode < 500:
		return &notify.Refused{Reason: fmt.Sprintf("Slack says %d %s", res.StatusCode, said), Remedy: "make a new incoming webhook and set slack.webhook"}
	}
	return fmt.Errorf("slack webhook: status %d", res.StatusCode)
}

// bare takes the URL, which is a secret, out of an error.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// Arrived says false: an incoming webhook does not tell.
func (h *Hook) Arrived(context.Context, news.Delivery, news.Digest) (notify.Receipt, bool, error) {
	return notify.Receipt{}, false, nil
}
