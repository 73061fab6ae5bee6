// Package webhook posts messages as JSON to an address that a user named.
//
// A repeat carries the same Idempotency-Key. With a secret, each body is signed:
// Armswatch-Signature is "t=UNIX,v1=HEX", HEX being the HMAC-SHA-256 of "UNIX."
// and the body. The addresses come from the config, so they may be private ones.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify"
)

const (
	timeout  = 30 * time.Second
	maxLater = 24 * time.Hour
)

// Options say how to post.
type Options struct {
	Secret  string            // key of the signature; "" for none
	Headers map[string]string // sent with each message
}

// Sender posts messages.
type Sender struct {
	o      Options
	client *http.Client
}

// New returns a sender. Redirects are not followed: a signed body goes where the
// config says.
func New(o Options) *Sender {
	return &Sender{o: o, client: &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Body is what is posted.
type Body struct {
	Key     string       `json:"key"`
	Kind    string       `json:"kind"`
	Route   string       `json:"route"`
	Story   news.StoryID `json:"story,omitempty"`
	Message news.Digest  `json:"message"`
}

// Send posts a message.
func (s *Sender) Send(ctx context.Context, d news.Delivery, m news.Digest) (notify.Receipt, error) {
	body, err := json.Marshal(Body{d.Key, string(d.Kind), d.Route, d.Story, m})
	if err != nil {
		return notify.Receipt{}, fmt.Errorf("write message %s: %w", d.Key, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.Channel.Target(), bytes.NewReader(body))
	if err != nil {
		return notify.Receipt{}, &notify.Refused{Reason: "the webhook's URL is none", Remedy: "check the route's address"}
	}
	for k, v := range s.o.Headers {
		req.Header.Set(k, v)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Idempotency-Key", d.Key)
	if s.o.Secret != "" {
		req.Header.Set("Armswatch-Signature", Sign(s.o.Secret, time.Now(), body))
	}
	res, err := s.client.Do(req)
	if err != nil {
		return notify.Receipt{}, fmt.Errorf("webhook: %w", bare(err))
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	return notify.Receipt{ID: d.Key}, outcome(res)
}

// Sign is the signature of a body at a time.
func Sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(t + "."))
	_, _ = mac.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// outcome sorts an answer: 410 and 404 and the like are refusals, 429 waits as
// told, everything else is tried again.
func outcome(res *http.Response) error {
	switch code := res.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable && res.Header.Get("Retry-After") != "":
		return &notify.Later{After: retryAfter(res.Header.Get("Retry-After"), time.Now())}
	case code >= 300 && code < 500 && code != http.StatusRequestTimeout && code != http.StatusTooEarly:
		return &notify.Refused{Reason: "the webhook answers " + res.Status, Remedy: "check the route's address and webhook.secret"}
	}
	return fmt.Errorf("webhook answers %s", res.Status)
}

// retryAfter reads both forms of the header; a second at least, a day at most.
func retryAfter(s string, now time.Time) time.Duration {
	wait := time.Minute
	if n, err := strconv.Atoi(s); err == nil {
		wait = time.Duration(n) * time.Second
	} else if at, err := http.ParseTime(s); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, time.Second), maxLater)
}

// bare takes the URL, which may hold a secret, out of an error.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// Arrived says false: a webhook does not tell.
func (s *Sender) Arrived(context.Context, news.Delivery, news.Digest) (notify.Receipt, bool, error) {
	return notify.Receipt{}, false, nil
}
