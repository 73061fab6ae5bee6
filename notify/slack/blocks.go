package slack

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	api "github.com/slack-go/slack"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify/digest"
)

// Slack's limits, and ours below them: Slack refuses messages of about 13,000
// characters in all.
const (
	maxBlocks  = 48 // of 50
	maxHeader  = 140
	maxText    = 9000 // characters of all blocks together
	maxStories = 20
	maxLine    = 400
)

// message lays out a whole message: `text` for notifications, blocks for reading.
// Buttons are for messages on one story.
func message(m news.Digest, buttons bool) []api.MsgOption {
	blocks := layout(m)
	if all := slices.Concat(m.Stories, m.Updates); buttons && len(all) == 1 && m.Kind != news.DigestDelivery {
		blocks = append(blocks, actions(all[0]))
	}
	return []api.MsgOption{api.MsgOptionText(fallback(m), true), api.MsgOptionBlocks(blocks...)}
}

func layout(m news.Digest) []api.Block {
	b := &builder{zone: m.Zone}
	switch m.Kind {
	case news.NoticeDelivery:
		b.notice(m)
	case news.DigestDelivery:
		b.digest(m)
	default:
		for _, c := range append(m.Stories, m.Updates...) {
			b.story(c, true)
		}
	}
	return b.blocks
}

// Blocks are the blocks of a message as JSON, fit for Slack's Block Kit Builder.
func Blocks(m news.Digest) ([]byte, error) {
	out, err := json.MarshalIndent(map[string]any{"blocks": api.Blocks{BlockSet: layout(m)}}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write blocks: %w", err)
	}
	return out, nil
}

// fallback is what a notification shows. It is the one text that Slack reads
// mrkdwn in, so it is escaped by slack-go and marks are taken out here.
func fallback(m news.Digest) string {
	return strings.NewReplacer("*", "∗", "_", " ", "`", "'", "~", "∼", ":", "∶").Replace(digest.Shorten(m.Title, 300))
}

// card is a message with each story as it now stands, without what is new.
func card(m news.Digest) news.Digest {
	var all []news.StoryCard
	for _, c := range append(m.Stories, m.Updates...) {
		c.New = nil
		all = append(all, c)
	}
	m.Stories, m.Updates = all, nil
	return m
}

// fresh says whether an update has something to tell.
func fresh(m news.Digest) bool {
	for _, c := range m.Updates {
		if len(c.New) > 0 {
			return true
		}
	}
	return false
}

// answer lays out what a reply in a thread says: only what is new.
func answer(m news.Digest) []api.MsgOption {
	b := &builder{zone: m.Zone}
	for _, c := range m.Updates {
		b.novelties(c.New)
	}
	return []api.MsgOption{api.MsgOptionText(fallback(m), true), api.MsgOptionBlocks(b.blocks...)}
}

// builder collects blocks until the limits are reached.
type builder struct {
	zone   string
	blocks []api.Block
	size   int
}

func (b *builder) room(n int) bool { return len(b.blocks) < maxBlocks && b.size+n <= maxText }

func (b *builder) header(s string) {
	s = digest.Shorten(s, maxHeader)
	if s != "" && b.room(len(s)) {
		b.size += utf8.RuneCountInString(s)
		b.blocks = append(b.blocks, api.NewHeaderBlock(plainText(s)))
	}
}

func plainText(s string) *api.TextBlockObject {
	off := false
	return &api.TextBlockObject{Type: api.PlainTextType, Text: s, Emoji: &off}
}

func (b *builder) context(s string) {
	s = digest.Shorten(s, maxLine)
	if s != "" && b.room(len(s)) {
		b.size += utf8.RuneCountInString(s)
		b.blocks = append(b.blocks, api.NewContextBlock("", plainText(s)))
	}
}

func (b *builder) divider() {
	if b.room(0) && len(b.blocks) > 0 {
		b.blocks = append(b.blocks, api.NewDividerBlock())
	}
}

// para is a paragraph of rich text in the making.
type para struct {
	elements []api.RichTextSectionElement
	size     int
}

func (p *para) text(s string, style *api.RichTextSectionTextStyle) {
	if s == "" {
		return
	}
	s = digest.Shorten(s, maxLine)
	p.size += utf8.RuneCountInString(s)
	p.elements = append(p.elements, api.NewRichTextSectionTextElement(s, style))
}

func (p *para) link(url, s string, style *api.RichTextSectionTextStyle) {
	if url == "" {
		p.text(s, style)
		return
	}
	s = digest.Shorten(s, maxLine)
	p.size += utf8.RuneCountInString(s) + utf8.RuneCountInString(url)
	p.elements = append(p.elements, api.NewRichTextSectionLinkElement(url, s, style))
}

var (
	bold   = &api.RichTextSectionTextStyle{Bold: true}
	italic = &api.RichTextSectionTextStyle{Italic: true}
)

func (b *builder) para(p para) {
	if len(p.elements) == 0 || !b.room(p.size) {
		return
	}
	b.size += p.size
	b.blocks = append(b.blocks, api.NewRichTextBlock("", api.NewRichTextSection(p.elements...)))
}

func (b *builder) digest(m news.Digest) {
	b.header(strings.TrimSpace("Digest " + digest.PeriodText(m.Period) + ": " + m.Title))
	told := 0
	for _, c := range m.Stories {
		if told == maxStories || !b.story(c, false) {
			break
		}
		told++
	}
	for _, c := range m.Updates {
		if told >= maxStories || !b.story(c, false) {
			break
		}
		told++
	}
	if left := len(m.Stories) + len(m.Updates) - told + m.More; left > 0 {
		b.last("and " + digest.Count(left, "more story", "more stories"))
	}
	b.failing(m.Failing)
	var names []string
	for _, h := range m.Held {
		names = append(names, h.Headline+" ("+h.Why+")")
	}
	if len(names) > 0 {
		b.context("Held back: " + digest.Some(names, 4))
	}
}

// last is a line that has room kept for it.
func (b *builder) last(s string) {
	if len(b.blocks) < 50 {
		b.blocks = append(b.blocks, api.NewContextBlock("", plainText(s)))
	}
}

func (b *builder) failing(list []news.SourceState) {
	if len(list) == 0 {
		return
	}
	var names []string
	for _, s := range list {
		names = append(names, s.Source)
	}
	b.context("Not covered: " + digest.Some(names, 8))
}

func (b *builder) notice(m news.Digest) {
	b.header(m.Title)
	for _, line := range m.Messages {
		var p para
		p.text(line, nil)
		b.para(p)
	}
}

// story lays out a card; whole with the outlets by part.
func (b *builder) story(c news.StoryCard, whole bool) bool {
	if !b.room(600) {
		return false
	}
	b.divider()
	var p para
	p.link(digest.Link(c.URL), c.Headline, bold)
	if f := digest.Facts(c); f != "" {
		p.text("\n"+f, nil)
	}
	p.text("\n"+digest.Reach(c)+", first seen "+b.time(c.FirstSeen), nil)
	b.para(p)
	b.novelties(c.New)
	b.proof(c)
	b.outlets(c.Outlets, whole)
	if c.Muted != "" {
		b.context("Muted: " + c.Muted)
	}
	return true
}

func (b *builder) novelties(list []news.NoveltyCard) {
	for _, n := range list {
		var p para
		p.link(digest.Link(n.URL), n.Outlet, bold)
		for _, v := range n.New {
			p.text("\n• "+v.Text, nil)
		}
		b.para(p)
	}
}

func (b *builder) proof(c news.StoryCard) {
	var p para
	left := len(c.Systems)
	for i, s := range digest.Sentences(c.Systems) {
		if i == 8 {
			p.text(fmt.Sprintf("\nand %d more systems", left), nil)
			break
		}
		p.text(newline(i)+strings.Join(s.Systems, ", "), bold)
		p.quote(s.Evidence)
		left -= len(s.Systems)
	}
	for _, e := range c.Evidence[:min(len(c.Evidence), 4)] {
		p.text(newline(len(p.elements))+"Phrase", bold)
		p.quote(e)
	}
	for _, q := range c.Quantities[:min(len(c.Quantities), 8)] {
		p.text(newline(len(p.elements))+q.What, bold)
		for i, v := range q.Values {
			sep := ": "
			if i > 0 {
				sep = ", against "
			}
			p.text(sep, nil)
			p.text(v.Value, bold)
			p.text(" ("+digest.Some(v.Outlets, 4)+")", nil)
		}
	}
	b.para(p)
}

func newline(i int) string {
	if i == 0 {
		return ""
	}
	return "\n"
}

// quote shows a sentence with its proving words in bold.
func (p *para) quote(e news.Evidence) {
	if e.Text == "" {
		return
	}
	p.text(" “", italic)
	digest.Runs(e, func(text string, marked bool) {
		if marked {
			p.text(text, &api.RichTextSectionTextStyle{Bold: true, Italic: true})
		} else {
			p.text(text, italic)
		}
	})
	p.text("” "+e.Outlet, nil)
}

func (b *builder) outlets(list []news.Outlet, whole bool) {
	var p para
	for i, part := range digest.Parts(list) {
		if i > 0 {
			p.text("\n", nil)
		}
		p.text(part.Label+": ", bold)
		for k, o := range part.Outlets {
			if k == 10 || !whole && k == 5 {
				p.text(fmt.Sprintf(" and %d more", len(part.Outlets)-k), nil)
				break
			}
			if k > 0 {
				p.text(", ", nil)
			}
			p.link(digest.Link(o.URL), o.Name, nil)
		}
	}
	b.para(p)
}

func (b *builder) time(t time.Time) string {
	zone, err := time.LoadLocation(b.zone)
	if err != nil {
		zone = time.UTC
	}
	return t.In(zone).Format("Mon 2 Jan 15:04 MST")
}
