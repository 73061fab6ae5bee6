package digest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/monitor/news"
)

// Line is one line of a short message.
type Line struct {
	Text string
	URL  string // where the line leads; "" for nowhere
	Head bool   // the headline of a story
}

// Brief is a message as lines, for channels that show little more than text:
// whole stories, most important first, in at most so many characters with
// their links; what does not fit is counted in the last line.
func Brief(m news.Digest, most int) []Line {
	var list []Line
	size := 0
	add := func(lines ...Line) bool {
		n := 0
		for _, l := range lines {
			n += utf8.RuneCountInString(l.Text) + len(l.URL) + 1
		}
		if size+n > most-40 { // the last line has room kept for it
			return false
		}
		list, size = append(list, lines...), size+n
		return true
	}
	if m.Kind == news.DigestDelivery || m.Kind == news.NoticeDelivery {
		title := m.Title
		if m.Kind == news.DigestDelivery {
			title = strings.TrimSpace("Digest " + PeriodText(m.Period) + ": " + title)
		}
		add(Line{Text: Shorten(Clean(title), 200), Head: true})
	}
	for _, s := range m.Messages {
		add(Line{Text: Shorten(Clean(s), 400)})
	}
	left := m.More
	for _, c := range slices.Concat(m.Stories, m.Updates) {
		if left > m.More || !add(briefCard(c)...) {
			left++
		}
	}
	if left > 0 {
		list = append(list, Line{Text: "and " + Count(left, "more story", "more stories")})
	}
	return list
}

// briefCard is a story in a few lines: what it is, who has it, what is new, the
// first systems with the sentence that names each, and where outlets disagree.
func briefCard(c news.StoryCard) []Line {
	lines := []Line{{Text: Shorten(Clean(c.Headline), 250), URL: Link(c.URL), Head: true}}
	if f := Facts(c); f != "" {
		lines = append(lines, Line{Text: Shorten(Clean(f), 250)})
	}
	lines = append(lines, Line{Text: Reach(c)})
	for _, n := range c.New {
		for _, v := range n.New {
			lines = append(lines, Line{Text: Shorten(Clean("New from "+n.Outlet+": "+v.Text), 300), URL: Link(n.URL)})
		}
	}
	proved := Sentences(c.Systems)
	for _, s := range proved[:min(len(proved), 4)] {
		text := strings.Join(s.Systems, ", ")
		if s.Evidence.Text != "" {
			text += ": “" + s.Evidence.Text + "” " + s.Evidence.Outlet
		}
		lines = append(lines, Line{Text: Shorten(Clean(text), 300)})
	}
	for _, q := range c.Quantities {
		if len(q.Values) > 1 {
			lines = append(lines, Line{Text: Shorten(Clean(clash(q)), 200)})
		}
	}
	return lines
}

// clash says where outlets disagree: "FIM-92 Stinger: 681 (A), against 861 (B)".
func clash(q news.CountCard) string {
	var b strings.Builder
	b.WriteString(q.What + ": ")
	for i, v := range q.Values {
		if i > 0 {
			b.WriteString(", against ")
		}
		b.WriteString(v.Value + " (" + Some(v.Outlets, 3) + ")")
	}
	return b.String()
}

// joiner is a character of no width at which programs stop to see a link, a
// mention or a command.
const joiner = '\u2060'

// Inert is text in which a program that makes links, mentions, tags and commands
// of whatever looks like one finds none: a joiner, which no reader sees, stands
// after each @, #, /, : and full stop that something follows. The text is
// valid UTF-8, as [Clean] leaves it.
func Inert(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i, r := range s {
		b.WriteRune(r)
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		switch r {
		case '@', '#', '/', ':', '＠', '＃':
			if next != utf8.RuneError && next != ' ' {
				b.WriteRune(joiner)
			}
		case '.', '。', '．':
			if unicode.IsLetter(next) || unicode.IsDigit(next) {
				b.WriteRune(joiner)
			}
		}
	}
	return b.String()
}
