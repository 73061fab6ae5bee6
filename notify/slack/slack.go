// Package slack speaks to Slack: with a bot token, which can thread, update and
// be asked what arrived, or through an incoming webhook, which can only post.
//
// It promises that a message stays inside Slack's limits, and that text from
// the web is only text: messages are made of plain-text and rich-text elements,
// in which Slack reads no markup, mention or emoji code. A rate limit is passed
// on as told; a refusal that no new try can mend comes with its remedy.
package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	api "github.com/slack-go/slack"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify"
)

// timeout is for one call. Slack asks for answers within three seconds of its
// own events and mostly answers faster; a channel waits while a call does.
const timeout = 10 * time.Second

// eventType names our metadata on a message.
const eventType = "armswatch_delivery"

// Options say how to reach Slack.
type Options struct {
	Token  string
	APIURL string // ends in a slash; "" for Slack's own
	// AppToken is for Socket Mode; with it, messages on one story have buttons.
	AppToken string
}

// Sender posts with a bot token.
type Sender struct {
	client  *api.Client
	buttons bool
	mu      sync.Mutex
	ids     map[string]string // channel name -> id
}

// New returns a sender.
func New(o Options) *Sender {
	return &Sender{client: client(o), buttons: o.AppToken != "", ids: map[string]string{}}
}

func client(o Options) *api.Client {
	opts := []api.Option{api.OptionHTTPClient(&http.Client{Timeout: timeout})}
	if o.APIURL != "" {
		opts = append(opts, api.OptionAPIURL(o.APIURL))
	}
	if o.AppToken != "" {
		opts = append(opts, api.OptionAppLevelToken(o.AppToken))
	}
	return api.New(o.Token, opts...)
}

// Send posts a message. An update of a story that the channel knows edits the
// first message, and answers in its thread when something new came.
func (s *Sender) Send(ctx context.Context, d news.Delivery, m news.Digest) (notify.Receipt, error) {
	if d.Kind == news.UpdateDelivery && d.Thread != "" {
		return s.update(ctx, d, m)
	}
	channel, ts, err := s.client.PostMessageContext(ctx, d.Channel.Target(), append(message(m, s.buttons), signed(d), api.MsgOptionDisableLinkUnfurl(), api.MsgOptionDisableMediaUnfurl())...)
	if err != nil {
		return notify.Receipt{}, failure(err)
	}
	s.remember(d.Channel.Target(), channel)
	r := notify.Receipt{ID: channel + "/" + ts}
	if d.Story != 0 {
		r.Thread = r.ID
	}
	return r, nil
}

// update edits the root, which does no harm when done twice, and then answers.
// A crash between the two edits again.
func (s *Sender) update(ctx context.Context, d news.Delivery, m news.Digest) (notify.Receipt, error) {
	channel, root, ok := strings.Cut(d.Thread, "/")
	if !ok {
		return notify.Receipt{}, &notify.Refused{Reason: "the thread " + d.Thread + " is none"}
	}
	if _, _, _, err := s.client.UpdateMessageContext(ctx, channel, root, message(card(m), s.buttons)...); err != nil {
		return notify.Receipt{}, failure(err)
	}
	if !fresh(m) {
		return notify.Receipt{ID: d.Thread, Thread: d.Thread}, nil
	}
	_, ts, err := s.client.PostMessageContext(ctx, channel, append(answer(m), signed(d), api.MsgOptionTS(root),
		api.MsgOptionDisableLinkUnfurl(), api.MsgOptionDisableMediaUnfurl())...)
	if err != nil {
		return notify.Receipt{}, failure(err)
	}
	return notify.Receipt{ID: channel + "/" + ts, Thread: d.Thread}, nil
}

// signed puts the delivery's key on a message, by which Arrived knows it again.
func signed(d news.Delivery) api.MsgOption {
	return api.MsgOptionMetadata(api.SlackMetadata{EventType: eventType, EventPayload: map[string]any{"key": d.Key}})
}

// Arrived looks for a delivery in the channel's history, or in the thread it
// would have gone to.
func (s *Sender) Arrived(ctx context.Context, d news.Delivery, m news.Digest) (notify.Receipt, bool, error) {
	if d.Kind == news.UpdateDelivery && d.Thread != "" {
		return s.answered(ctx, d, m)
	}
	channel, err := s.channel(ctx, d.Channel.Target())
	if err != nil {
		return notify.Receipt{}, false, failure(err)
	}
	p := &api.GetConversationHistoryParameters{ChannelID: channel, Limit: 200, IncludeAllMetadata: true, Oldest: since(d)}
	for {
		page, err := s.client.GetConversationHistoryContext(ctx, p)
		if err != nil {
			return notify.Receipt{}, false, failure(err)
		}
		for _, msg := range page.Messages {
			if key(msg.Metadata) == d.Key {
				r := notify.Receipt{ID: channel + "/" + msg.Timestamp}
				if d.Story != 0 {
					r.Thread = r.ID
				}
				return r, true, nil
			}
		}
		if !page.HasMore || page.ResponseMetaData.NextCursor == "" {
			return notify.Receipt{}, false, nil
		}
		p.Cursor = page.ResponseMetaData.NextCursor
	}
}

// answered looks for an update's reply. One without a reply only edits, which
// may be done again.
func (s *Sender) answered(ctx context.Context, d news.Delivery, m news.Digest) (notify.Receipt, bool, error) {
	channel, root, _ := strings.Cut(d.Thread, "/")
	if !fresh(m) {
		return notify.Receipt{}, false, nil
	}
	p := &api.GetConversationRepliesParameters{ChannelID: channel, Timestamp: root, Limit: 200, IncludeAllMetadata: true}
	for {
		msgs, more, cursor, err := s.client.GetConversationRepliesContext(ctx, p)
		if err != nil {
			return notify.Receipt{}, false, failure(err)
		}
		for _, msg := range msgs {
			if key(msg.Metadata) == d.Key {
				return notify.Receipt{ID: channel + "/" + msg.Timestamp, Thread: d.Thread}, true, nil
			}
		}
		if !more || cursor == "" {
			return notify.Receipt{}, false, nil
		}
		p.Cursor = cursor
	}
}

func key(m api.SlackMetadata) string {
	if m.EventType != eventType {
		return ""
	}
	k, _ := m.EventPayload["key"].(string)
	return k
}

// since is where in the history a delivery can be at the earliest: clocks may
// differ by some minutes.
func since(d news.Delivery) string {
	if d.Created.IsZero() {
		return ""
	}
	return strconv.FormatInt(d.Created.Add(-10*time.Minute).Unix(), 10)
}

func (s *Sender) remember(name, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids[name] = id
}

// channel is the id of a channel by its name or id.
func (s *Sender) channel(ctx context.Context, name string) (string, error) {
	if !strings.HasPrefix(name, "#") {
		return name, nil
	}
	s.mu.Lock()
	id := s.ids[name]
	s.mu.Unlock()
	if id != "" {
		return id, nil
	}
	p := &api.GetConversationsParameters{Limit: 1000, ExcludeArchived: true, Types: []string{"public_channel", "private_channel"}}
	for {
		list, cursor, err := s.client.GetConversationsContext(ctx, p)
		if err != nil {
			return "", err
		}
		for _, c := range list {
			if "#"+c.Name == name {
				s.remember(name, c.ID)
				return c.ID, nil
			}
		}
		if cursor == "" {
			return "", api.SlackErrorResponse{Err: "channel_not_found"}
		}
		p.Cursor = cursor
	}
}

// remedies say what to do about the refusals that no new try can mend.
var remedies = map[string]string{
	"invalid_auth":            "the token is not valid: make a new one and set slack.token",
	"not_authed":              "there is no token: set slack.token",
	"token_revoked":           "the token was revoked: make a new one and set slack.token",
	"token_expired":           "the token expired: make a new one and set slack.token",
	"account_inactive":        "the bot's account was deactivated: install the app again",
	"missing_scope":           "the token lacks a scope: chat:write, channels:history and channels:read are needed",
	"channel_not_found":       "there is no such channel, or the bot is not in it: invite it with /invite",
	"not_in_channel":          "invite the bot to the channel with /invite",
	"is_archived":             "the channel is archived: name another in the route",
	"restricted_action":       "a workspace setting keeps the bot from posting there",
	"cannot_dm_bot":           "a bot cannot be written to: name a channel",
	"msg_too_long":            "please report this: armswatch should have cut the message",
	"invalid_blocks":          "please report this: Slack refused the message's form",
	"no_permission":           "the token may not post there: check the app's scopes",
	"ekm_access_denied":       "an administrator has suspended posting",
	"team_access_not_granted": "install the app in that workspace",
	"edit_window_closed":      "the workspace does not let messages be edited",
	"cant_update_message":     "the first message is not the bot's own any more",
	"message_not_found":       "the first message was deleted",
}

// failure sorts an error into refused, later, or try again.
func failure(err error) error {
	if limited, ok := errors.AsType[*api.RateLimitedError](err); ok {
		return &notify.Later{After: limited.RetryAfter}
	}
	if answer, ok := errors.AsType[api.SlackErrorResponse](err); ok {
		if remedy, ok := remedies[answer.Err]; ok {
			return &notify.Refused{Reason: "Slack says " + answer.Err, Remedy: remedy}
		}
		return fmt.Errorf("slack says %s", answer.Err)
	}
	return fmt.Errorf("slack: %w", err)
}
