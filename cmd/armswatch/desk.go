package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/armswatch/armswatch/config"
	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/notify/digest"
	"github.com/armswatch/armswatch/notify/slack"
)

// testedFor is how far back a phrase is tried from Slack.
const testedFor = 7 * 24 * time.Hour

// listenSlack answers buttons and /armswatch while the config has a token for
// it, until ctx ends. A config with other tokens opens another connection.
func (a *app) listenSlack(ctx context.Context) {
	for ctx.Err() == nil {
		o := socketOptions(a.cfg.Load())
		inner, stop := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			if o.AppToken != "" {
				slack.NewSocket(o, slack.New(o), &desk{a}, a.log).Run(inner)
			}
		}()
		for ctx.Err() == nil && socketOptions(a.cfg.Load()) == o {
			select {
			case <-ctx.Done():
			case <-a.reloaded:
			}
		}
		stop()
		<-done
	}
}

func socketOptions(cfg *config.Config) slack.Options {
	if cfg.Slack == nil || cfg.Slack.Token.Reveal() == "" {
		return slack.Options{}
	}
	return slack.Options{Token: cfg.Slack.Token.Reveal(), AppToken: cfg.Slack.AppToken.Reveal(), APIURL: cfg.Slack.APIURL}
}

// desk does for Slack what the verbs do for the terminal.
type desk struct{ *app }

// Channels are the Slack channels of the routes.
func (d *desk) Channels() []news.Channel {
	return slackChannels(d.cfg.Load())
}

// channelsOf are the channels that routes go to, each once.
func channelsOf(cfg *config.Config) []news.Channel {
	var list []news.Channel
	for _, r := range cfg.Routes {
		if !slices.Contains(list, r.Channel) {
			list = append(list, r.Channel)
		}
	}
	return list
}

// materials says what ends a mute.
const materials = "a new number, system, country or publisher, a contradiction, the original, a correction"

// Mute mutes a story on one channel, and has its message say so.
func (d *desk) Mute(ctx context.Context, m news.Mute) (string, error) {
	if !slices.Contains(d.Channels(), m.Channel) {
		return "", errors.New("no route tells stories in this channel: mute it where it is told")
	}
	if err := d.store.Mute(ctx, m); err != nil {
		return "", plainly(err, m.Story)
	}
	if err := refresh(ctx, d.cfg.Load(), d.store, m.Channel, m.Story); err != nil {
		return "", err
	}
	if m.Irrelevant {
		return fmt.Sprintf("Story %s is not told here any more. The rules it met are counted as wrong about it: `armswatch watchlists` shows how often each is.", m.Story), nil
	}
	return fmt.Sprintf("Story %s is muted here until something material comes: %s.", m.Story, materials), nil
}

// Unmute ends what mutes a story on a channel.
func (d *desk) Unmute(ctx context.Context, ch news.Channel, id news.StoryID) (string, error) {
	ended, err := d.store.Unmute(ctx, id, ch)
	if err != nil {
		return "", plainly(err, id)
	}
	if !ended {
		if m, muted, err := d.store.MutedOn(ctx, ch, id); err != nil || muted {
			return fmt.Sprintf("Story %s is muted on every channel: %s. `armswatch story unmute %s` ends that.", id, m.Why(), id), err
		}
		return fmt.Sprintf("Story %s was not muted here.", id), nil
	}
	return fmt.Sprintf("Story %s is told here again.", id), refresh(ctx, d.cfg.Load(), d.store, ch, id)
}

// Merge makes one story of two.
func (d *desk) Merge(ctx context.Context, a, b news.StoryID, who string) (string, error) {
	into, err := d.store.MergeStories(ctx, a, b, "merged by "+who, time.Now())
	if err != nil {
		return "", plainly(err, a)
	}
	return fmt.Sprintf("Stories %s and %s are story %s now. `armswatch story split %s` takes them apart again.", a, b, into, max(a, b)),
		refreshAll(ctx, d.cfg.Load(), d.store, into)
}

// Split moves articles of a story to a new one.
func (d *desk) Split(ctx context.Context, id news.StoryID, articles []news.ArticleID) (string, error) {
	into, err := d.store.SplitStory(ctx, id, articles, time.Now())
	if err != nil {
		return "", plainly(err, id)
	}
	return fmt.Sprintf("%s of story %s: story %s now. `armswatch story merge %s %s` undoes it.",
		digest.Count(len(articles), "article", "articles"), id, into, id, into), refreshAll(ctx, d.cfg.Load(), d.store, id)
}

// Story is a story with its members.
func (d *desk) Story(ctx context.Context, id news.StoryID) (news.Story, error) {
	st, err := d.store.Story(ctx, id)
	return st, plainly(err, id)
}

// Recent are the stories of a channel's routes that gained an article last.
func (d *desk) Recent(ctx context.Context, ch news.Channel, most int) ([]news.Story, error) {
	var list []news.Story
	for _, r := range d.cfg.Load().Routes {
		if r.Channel != ch {
			continue
		}
		stories, _, err := d.store.Latest(ctx, r, most)
		if err != nil {
			return nil, err
		}
		for _, st := range stories {
			if !slices.ContainsFunc(list, func(o news.Story) bool { return o.ID == st.ID }) {
				list = append(list, st)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b news.Story) int { return int(last(b).Seq - last(a).Seq) })
	return list[:min(len(list), most)], nil
}

func last(st news.Story) news.Member { return st.Members[len(st.Members)-1] }

// refresh has a channel's message on a story brought up to date, if it has one.
func refresh(ctx context.Context, cfg *config.Config, st *store.Store, ch news.Channel, id news.StoryID) error {
	there, err := st.Threaded(ctx, ch, id)
	if err != nil || !there {
		return err
	}
	for _, r := range cfg.Routes {
		if r.Channel == ch && r.Now {
			now := time.Now()
			_, err := st.AddDelivery(ctx, news.Delivery{
				Key:  fmt.Sprintf("count/%s/%d/%d", r.Name, id, now.UnixNano()),
				Kind: news.UpdateDelivery, Channel: ch, Route: r.Name, Story: id, DueAt: now,
			})
			return err
		}
	}
	return nil
}

// refreshAll does so on every Slack channel: no other can change what was sent.
func refreshAll(ctx context.Context, cfg *config.Config, st *store.Store, id news.StoryID) error {
	var errs []error
	for _, ch := range slackChannels(cfg) {
		errs = append(errs, refresh(ctx, cfg, st, ch, id))
	}
	return errors.Join(errs...)
}

// slackChannels are the Slack channels of the routes.
func slackChannels(cfg *config.Config) []news.Channel {
	return slices.DeleteFunc(channelsOf(cfg), func(c news.Channel) bool { return c.Scheme() != "slack" })
}

const commandHelp = `/armswatch status: what is watched, what fails, what is muted here
/armswatch test PHRASE: how the phrase is read, and what of the last 7 days it would have met
/armswatch watch WATCHLIST PHRASE: add it to a watchlist of the config
/armswatch mute N, /armswatch unmute N: a story by its number`

// Command answers /armswatch.
func (d *desk) Command(ctx context.Context, ch news.Channel, who, text string) (string, error) {
	words := strings.Fields(text)
	verb, rest := "", strings.Join(words[min(1, len(words)):], " ")
	if len(words) > 0 {
		verb = words[0]
	}
	switch strings.ToLower(verb) {
	case "status":
		return d.status(ctx, ch)
	case "test":
		return d.test(ctx, rest)
	case "watch":
		return d.watch(ctx, who, rest)
	case "mute", "unmute":
		id, err := storyID(strings.TrimPrefix(rest, "#"))
		if err != nil {
			return "", err
		}
		if strings.EqualFold(verb, "unmute") {
			return d.Unmute(ctx, ch, id)
		}
		return d.Mute(ctx, news.Mute{Story: id, Channel: ch, Who: who, At: time.Now()})
	case "", "help":
		return commandHelp, nil
	}
	return "", fmt.Errorf("there is no /armswatch %s: it knows status, test, watch, mute, unmute", digest.Shorten(clean(verb), 40))
}

func (d *desk) status(ctx context.Context, ch news.Channel) (string, error) {
	now := time.Now()
	sources, err := d.store.Sources(ctx)
	if err != nil {
		return "", err
	}
	lines := []string{fmt.Sprintf("armswatch %s watches %s.", version, digest.Count(len(sources), "source", "sources"))}
	if names := failing(sources); len(names) > 0 {
		lines = append(lines, "Failing: "+digest.Some(names, 8))
	}
	b, err := d.store.Backlog(ctx, now)
	if err != nil {
		return "", err
	}
	lines = append(lines, fmt.Sprintf("Waiting now: %s, %s, %s.", digest.Count(b.Polls, "poll", "polls"),
		digest.Count(b.Reads+b.Ungrouped, "article", "articles"), digest.Count(b.Deliveries, "message", "messages")))
	recent, err := d.Recent(ctx, ch, 5)
	if err != nil {
		return "", err
	}
	if len(recent) > 0 {
		lines = append(lines, "", "Last stories here:")
	}
	for _, st := range recent {
		lines = append(lines, storyLine(st)+" ("+ago(last(st).Article.FirstSeen, now)+")")
	}
	muted, err := d.muted(ctx, ch, 10)
	if err == nil && len(muted) > 0 {
		lines = append(append(lines, "", "Muted here:"), muted...)
	}
	return strings.Join(lines, "\n"), err
}

func storyLine(st news.Story) string {
	return st.ID.String() + "  " + digest.Shorten(clean(st.Members[0].Article.Title), 100)
}

// muted are the stories muted on a channel, the latest first.
func (d *desk) muted(ctx context.Context, ch news.Channel, most int) ([]string, error) {
	mutes, err := d.store.Mutes(ctx)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, m := range mutes {
		if m.Channel != "" && m.Channel != ch || len(lines) == most {
			continue
		}
		st, err := d.store.Story(ctx, m.Story)
		if err != nil {
			return nil, err
		}
		lines = append(lines, storyLine(st)+", "+m.Why())
	}
	return lines, nil
}

// test says how a phrase is read, and what it would have met.
func (d *desk) test(ctx context.Context, phrase string) (string, error) {
	if phrase == "" {
		return "", errors.New(`a phrase is missing, such as /armswatch test "<#>-page report" AND captured`)
	}
	cat, err := weapons(d.cfg.Load())
	if err != nil {
		return "", err
	}
	e, err := matchers.Vocabulary(cat).Parse(phrase)
	if err != nil {
		return "", err
	}
	m, err := queryMatcher(cat, phrase)
	if err != nil {
		return "", err
	}
	now := time.Now()
	var looked atomic.Int64
	found, err := search(ctx, d.store, m, now.Add(-testedFor), now, &looked)
	if err != nil {
		return "", err
	}
	lines := []string{"Read as: " + e.String(), fmt.Sprintf("In the last 7 days it would have met %d of %s.", len(found), digest.Count(int(looked.Load()), "article", "articles"))}
	for _, it := range found[max(0, len(found)-5):] {
		lines = append(lines, "• "+clean(it.Article.Source)+": "+digest.Shorten(clean(it.Article.Title), 120))
	}
	return strings.Join(lines, "\n"), nil
}

// watch adds a phrase to the config. The file is watched, so it is taken up at once.
func (d *desk) watch(ctx context.Context, who, rest string) (string, error) {
	cfg := d.cfg.Load()
	list, phrase, err := whichWatchlist(cfg, rest)
	if err != nil {
		return "", err
	}
	tested, err := d.test(ctx, phrase)
	if err != nil {
		return "", err
	}
	note := fmt.Sprintf("added by %s in Slack, %s", who, time.Now().In(cfg.Zone()).Format(time.DateOnly))
	if err := config.AddPhrase(cfg.Path, list, phrase, note, vocabulary); err != nil {
		return "", fmt.Errorf("the config was not changed: %w", err)
	}
	d.log.Info("phrase added to the config", "watchlist", list, "phrase", phrase, "by", who)
	where := ""
	if strings.HasPrefix(cfg.Storage, "postgres") {
		where = ", in the config of the machine that answers: other machines have files of their own"
	}
	return fmt.Sprintf("Watchlist %s has it now%s.\n%s", list, where, tested), nil
}

// whichWatchlist splits off the watchlist's name, whatever its case. It is never left
// out: a misspelt one would become a word of the rule.
func whichWatchlist(cfg *config.Config, rest string) (list, phrase string, err error) {
	var names []string
	for _, w := range cfg.Watchlists {
		names = append(names, w.Name)
		n := len(w.Name)
		if len(rest) >= n && strings.EqualFold(rest[:n], w.Name) && n > len(list) && (len(rest) == n || rest[n] == ' ') {
			list, phrase = w.Name, strings.TrimSpace(rest[n:])
		}
	}
	switch {
	case list == "":
		return "", "", fmt.Errorf("it begins with the watchlist: /armswatch watch WATCHLIST PHRASE, with one of %s", strings.Join(names, ", "))
	case phrase == "":
		return "", "", fmt.Errorf("a phrase is missing: /armswatch watch %s PHRASE", list)
	}
	return list, phrase, nil
}

// plainly is an error without the way it took, for people who see one line.
func plainly(err error, id news.StoryID) error {
	switch {
	case errors.Is(err, store.ErrNoStory):
		return fmt.Errorf("there is no story %s", id)
	case errors.Is(err, store.ErrSameStory):
		return errors.New("they are one story already")
	case errors.Is(err, store.ErrAllOfIt):
		return errors.New("at least one article must stay in the story")
	case errors.Is(err, store.ErrNotMember):
		return errors.New("an article has left the story meanwhile: ask again")
	}
	return err
}
