// Package post sends JSON to the HTTP interfaces of chat services and sorts
// their answers. Addresses may be secrets: no error holds one.
package post

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

	"github.com/armswatch/armswatch/notify"
	"github.com/armswatch/armswatch/notify/digest"
)

const (
	timeout  = 30 * time.Second
	maxBody  = 64 << 10
	maxLater = 24 * time.Hour
)

// Service is one chat service.
type Service struct {
	Name   string // in errors, for example "Discord"
	Remedy string // what to do when it refuses for good
	client *http.Client
}

// New returns a service. Redirects are not followed.
func New(name, remedy string) *Service {
	return &Service{Name: name, Remedy: remedy, client: &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Message is what is posted.
type Message struct {
	URL    string
	Header map[string]string
	Body   any // becomes JSON
}

// Post posts a message and reads the answer, which is JSON or nothing, into
// answer unless that is nil. Its error is as [notify.Sender] wants it.
func (s *Service) Post(ctx context.Context, m Message, answer any) error {
	body, err := json.Marshal(m.Body)
	if err != nil {
		return fmt.Errorf("write message to %s: %w", s.Name, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(body))
	if err != nil {
		return &notify.Refused{Reason: "the address of " + s.Name + " is none", Remedy: s.Remedy}
	}
	for k, v := range m.Header {
		req.Header.Set(k, v)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	res, err := s.client.Do(req)
	if err != nil {
		return fmt.Errorf("%s: %w", s.Name, bare(err))
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		if answer != nil && err == nil {
			_ = json.Unmarshal(data, answer) // it arrived, whatever the answer says
		}
		return nil
	}
	return s.failure(res, data)
}

// failure sorts an answer: 429 waits as told, other 4xx are refusals, the rest
// is tried again.
func (s *Service) failure(res *http.Response, body []byte) error {
	said := strings.TrimSpace(res.Status + " " + reason(body))
	switch code := res.StatusCode; {
	case code == http.StatusTooManyRequests:
		return &notify.Later{After: wait(res.Header.Get("Retry-After"), body)}
	case code >= 300 && code < 500 && code != http.StatusRequestTimeout && code != http.StatusTooEarly:
		return &notify.Refused{Reason: s.Name + " says " + said, Remedy: s.Remedy}
	}
	return fmt.Errorf("%s says %s", s.Name, said)
}

// reason is what the body says about a failure, in one line.
func reason(body []byte) string {
	var said struct {
		Message     string `json:"message"`
		Description string `json:"description"`
		Error       string `json:"error"`
	}
	if json.Unmarshal(body, &said) != nil {
		return ""
	}
	return digest.Shorten(digest.Clean(said.Message+said.Description+said.Error), 200)
}

// wait is how long a service wants to be left alone: Retry-After in seconds, in
// Telegram's and Discord's bodies with a fraction; a minute when it does not say.
func wait(header string, body []byte) time.Duration {
	var told struct {
		RetryAfter float64 `json:"retry_after"`
		Parameters struct {
			RetryAfter float64 `json:"retry_after"`
		} `json:"parameters"`
	}
	_ = json.Unmarshal(body, &told) // most bodies say nothing
	seconds := max(told.RetryAfter, told.Parameters.RetryAfter)
	if n, err := strconv.ParseFloat(header, 64); err == nil {
		seconds = max(seconds, n)
	}
	if seconds <= 0 {
		return time.Minute
	}
	return min(time.Duration(min(seconds, maxLater.Seconds())*float64(time.Second)), maxLater)
}

// bare takes the URL, which may hold a secret, out of an error.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
