package slack

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	api "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"golang.org/x/sync/errgroup"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify/digest"
)

const (
	// patience is for one thing that an editor asks for.
	patience = 30 * time.Second
	// reopen is how long to wait before a connection is asked for again that Slack
	// refused for its token.
	reopen = 5 * time.Minute
	// atOnce is how many things that editors ask for are done at a time.
	atOnce = 64
	// largest is the largest message taken from Slack, in bytes. A message with its
	// blocks comes back with each press; Slack's own limit is far below.
	largest = 1 << 20
)

// Desk does what editors ask for in Slack. An answer is plain text for the one
// who asked, with an empty line between paragraphs; an error is one line for them.
type Desk interface {
	// Channels are the Slack channels of the routes.
	Channels() []news.Channel
	Mute(ctx context.Context, m news.Mute) (string, error)
	Unmute(ctx context.Context, ch news.Channel, id news.StoryID) (string, error)
	Merge(ctx context.Context, a, b news.StoryID, who string) (string, error)
	Split(ctx context.Context, id news.StoryID, articles []news.ArticleID) (string, error)
	Story(ctx context.Context, id news.StoryID) (news.Story, error)
	// Recent are the stories of a channel that gained an article last.
	Recent(ctx context.Context, ch news.Channel, most int) ([]news.Story, error)
	// Command answers /armswatch, with what stands behind it.
	Command(ctx context.Context, ch news.Channel, who, text string) (string, error)
}

// Socket takes what editors press and type from Slack, over a connection that it
// opens itself (Socket Mode): nothing has to be reachable from outside.
type Socket struct {
	sender *Sender
	client *socketmode.Client
	http   *http.Client
	desk   Desk
	log    *slog.Logger
}

// NewSocket returns a Socket; o needs both tokens.
func NewSocket(o Options, sender *Sender, desk Desk, log *slog.Logger) *Socket {
	return &Socket{
		sender: sender, desk: desk, log: log, http: &http.Client{Timeout: timeout},
		client: socketmode.New(client(o), socketmode.OptionReadLimit(largest)),
	}
}

// Run answers until ctx ends, and returns when nothing is being done any more. A
// connection that breaks is opened again; a token that Slack refuses is logged, and
// tried again every five minutes.
func (s *Socket) Run(ctx context.Context) {
	idle := make(chan struct{})
	go func() {
		defer close(idle)
		s.listen(ctx)
	}()
	defer func() { <-idle }()
	for ctx.Err() == nil {
		err := s.client.RunContext(ctx)
		if ctx.Err() != nil {
			return
		}
		s.log.Error("slack: no connection for buttons and /armswatch",
			"error", unopened(err), "again_in", reopen.String())
		select {
		case <-ctx.Done():
		case <-time.After(reopen):
		}
	}
}

// listen takes events. Slack wants each acknowledged within three seconds, else it
// comes again, which does no harm. They are done beside one another, so that a slow
// question holds up no button.
func (s *Socket) listen(ctx context.Context) {
	var g errgroup.Group
	g.SetLimit(atOnce)
	defer func() { _ = g.Wait() }()
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-s.client.Events:
			if e.Request != nil && e.Request.EnvelopeID != "" {
				if err := s.client.AckCtx(ctx, e.Request.EnvelopeID, nil); err != nil {
					s.log.Warn("slack: acknowledge", "error", err)
				}
			}
			g.Go(func() error {
				ctx, cancel := context.WithTimeout(ctx, patience)
				defer cancel()
				s.take(ctx, e)
				return nil
			})
		}
	}
}

func (s *Socket) take(ctx context.Context, e socketmode.Event) {
	switch data := e.Data.(type) {
	case *socketmode.ConnectedEvent:
		s.log.Info("slack is listened to", "connection", data.ConnectionCount+1)
	case *api.ConnectionErrorEvent:
		s.log.Warn("slack: no connection for buttons and /armswatch", "error", unopened(data.ErrorObj), "again_in", data.Backoff.String())
	case api.SlashCommand:
		s.command(ctx, data)
	case api.InteractionCallback:
		s.interaction(ctx, data)
	}
}

// unopened says why there is no connection, with what to do about it.
func unopened(err error) string {
	switch code := err.Error(); code {
	case "not_allowed_token_type", "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired":
		return code + ": slack.app_token must be an app-level token (xapp-) that is still valid"
	case "missing_scope":
		return code + ": the app-level token needs the scope connections:write"
	case "internal_error", "forbidden_team", "app_not_allowed", "socket_mode_not_enabled":
		return code + ": is Socket Mode turned on in the app's settings?"
	default:
		return code
	}
}

// unescape undoes what Slack escapes in text.
var unescape = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

func (s *Socket) command(ctx context.Context, c api.SlashCommand) {
	who := "@" + digest.Clean(c.UserName)
	ch := s.channel(ctx, c.ChannelID, c.ChannelName)
	typed := unescape.Replace(c.Text)
	text, err := s.desk.Command(ctx, ch, who, typed)
	s.note(err, "command", digest.Clean(typed), who, ch)
	s.answer(ctx, c.ResponseURL, text, err)
}

func (s *Socket) interaction(ctx context.Context, c api.InteractionCallback) {
	switch c.Type {
	case api.InteractionTypeBlockActions:
		for _, a := range c.ActionCallback.BlockActions {
			s.pressed(ctx, c, a)
		}
	case api.InteractionTypeViewSubmission:
		s.submitted(ctx, c)
	}
}

// pressed does what a button under a story asks for.
func (s *Socket) pressed(ctx context.Context, c api.InteractionCallback, a *api.BlockAction) {
	act, value := a.ActionID, a.Value
	if act == actMore {
		act, value, _ = strings.Cut(a.SelectedOption.Value, " ")
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return // a link's button, or not ours
	}
	id, who := news.StoryID(n), "@"+digest.Clean(c.User.Name)
	ch := s.channel(ctx, c.Channel.ID, c.Channel.Name)
	var text string
	switch act {
	case actMute, actIrrelevant:
		text, err = s.desk.Mute(ctx, news.Mute{Story: id, Channel: ch, Who: who, Irrelevant: act == actIrrelevant, At: time.Now()})
	case actUnmute:
		text, err = s.desk.Unmute(ctx, ch, id)
	case actSplit, actMerge:
		err = s.ask(ctx, act, id, ch, c)
	default:
		return
	}
	s.note(err, "button", act+" "+value, who, ch)
	s.answer(ctx, c.ResponseURL, text, err)
}

// back is what a modal gives back when it is submitted.
type back struct {
	Story   news.StoryID `json:"story"`
	Channel string       `json:"channel"` // Slack's id
}

// ask opens a modal.
func (s *Socket) ask(ctx context.Context, act string, id news.StoryID, ch news.Channel, c api.InteractionCallback) error {
	st, err := s.desk.Story(ctx, id)
	if err != nil {
		return err
	}
	meta, err := json.Marshal(back{st.ID, c.Channel.ID})
	if err != nil {
		return err
	}
	var v api.ModalViewRequest
	switch {
	case act == actMerge:
		others, err := s.desk.Recent(ctx, ch, maxOptions+1)
		if err != nil {
			return err
		}
		v = mergeView(st.ID, others, string(meta))
	case len(st.Members) < 2:
		return errors.New("the story has one article only: there is nothing to split")
	default:
		v = splitView(st, string(meta))
	}
	if _, err := s.client.OpenViewContext(ctx, c.TriggerID, v); err != nil {
		return failure(err)
	}
	return nil
}

// submitted does what a modal was filled in for.
func (s *Socket) submitted(ctx context.Context, c api.InteractionCallback) {
	var b back
	if json.Unmarshal([]byte(c.View.PrivateMetadata), &b) != nil || c.View.State == nil {
		return
	}
	who := "@" + digest.Clean(c.User.Name)
	picked := c.View.State.Values[pickBlock][c.View.CallbackID]
	var text string
	var err error
	switch c.View.CallbackID {
	case actSplit:
		var articles []news.ArticleID
		for _, o := range picked.SelectedOptions {
			n, _ := strconv.ParseInt(o.Value, 10, 64)
			articles = append(articles, news.ArticleID(n))
		}
		text, err = s.desk.Split(ctx, b.Story, articles)
	case actMerge:
		n, _ := strconv.ParseInt(picked.SelectedOption.Value, 10, 64)
		text, err = s.desk.Merge(ctx, b.Story, news.StoryID(n), who)
	default:
		return
	}
	s.note(err, "modal", c.View.CallbackID+" "+b.Story.String(), who, news.Channel("slack:"+b.Channel))
	if err != nil {
		text = refusal(err)
	}
	if _, err := s.client.PostEphemeralContext(ctx, b.Channel, c.User.ID, api.MsgOptionText("armswatch", true), api.MsgOptionBlocks(said(text)...)); err != nil {
		s.log.Warn("slack: answer to a modal", "error", failure(err))
	}
}

// answer tells the one who asked, and nobody else.
func (s *Socket) answer(ctx context.Context, responseURL, text string, err error) {
	if err != nil {
		text = refusal(err)
	}
	if text == "" || responseURL == "" {
		return
	}
	m := &api.WebhookMessage{
		Text: "armswatch", Blocks: &api.Blocks{BlockSet: said(text)},
		ResponseType: api.ResponseTypeEphemeral,
	}
	if err := api.PostWebhookCustomHTTPContext(ctx, responseURL, s.http, m); err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err // without the address, which is a secret
		}
		s.log.Warn("slack: answer to one person", "error", err)
	}
}

// note logs what was asked for, and that it was not done.
func (s *Socket) note(err error, by, what, who string, ch news.Channel) {
	log := s.log.With("by", by, "what", what, "who", who, "channel", ch)
	if err != nil {
		log.Warn("asked for in slack, and not done", "error", err)
		return
	}
	log.Info("asked for in slack")
}

func refusal(err error) string { return "Not done: " + digest.Clean(err.Error()) }

// channel is the channel as the routes name it: by its name, or by its id.
func (s *Socket) channel(ctx context.Context, id, name string) news.Channel {
	known := s.desk.Channels()
	if i := slices.IndexFunc(known, func(c news.Channel) bool { return c.Target() == id || c.Target() == "#"+name }); i >= 0 {
		return known[i]
	}
	for _, c := range known { // Slack does not say the name of a private one
		if got, err := s.sender.channel(ctx, c.Target()); err == nil && got == id {
			return c
		}
	}
	return news.Channel("slack:" + id)
}
