package digest_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify/digest"
	"github.com/armswatch/armswatch/notify/sample"
)

var now = time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)

// small is a story of one article that names nothing.
func small(id news.StoryID) news.Story {
	s := sample.Story(now)
	m := s.Members[1]
	m.Reading, m.Role, m.Seq = news.Reading{Matches: m.Reading.Matches[:1]}, news.Rewrite, int64(id)
	return news.Story{ID: id, Members: []news.Member{m}}
}

func TestADigestPutsReportsFirstAndUpdatesLast(t *testing.T) {
	told := sample.Story(now)
	told.ID = 9
	d := digest.Build(digest.Pending{
		Route: sample.Route, Zone: time.UTC, Stories: []news.Story{small(1), sample.Story(now), told},
		Told: map[news.StoryID]bool{9: true}, After: 2, To: now,
		Sources: []news.SourceState{{Source: "Z", State: "failing"}, {Source: "B", State: "ok"}, {Source: "A", State: "silent"}},
	})
	ids := func(cards []news.StoryCard) (out []news.StoryID) {
		for _, c := range cards {
			out = append(out, c.ID)
		}
		return out
	}
	if got := ids(d.Stories); !slices.Equal(got, []news.StoryID{7, 1}) {
		t.Errorf("stories %v, want the report first", got)
	}
	if got := ids(d.Updates); !slices.Equal(got, []news.StoryID{9}) || len(d.Updates[0].New) != 2 {
		t.Errorf("updates %v with %d novelties, want story 9 with what came after seq 2", got, len(d.Updates[0].New))
	}
	if len(d.Failing) != 2 || d.Failing[0].Source != "A" {
		t.Errorf("failing %+v", d.Failing)
	}
	if d.Title != "2 stories, 1 update, 9 articles" || digest.Empty(d) || !digest.Empty(news.Digest{}) {
		t.Errorf("title %q", d.Title)
	}
}

func TestBriefIsShortAndCountsWhatIsLeft(t *testing.T) {
	m := sample.Digest(now)
	for i := range 40 {
		c := m.Stories[0]
		c.ID = news.StoryID(100 + i)
		m.Stories = append(m.Stories, c)
	}
	for _, most := range []int{400, 1300, 3000, 50_000} {
		lines := digest.Brief(m, most)
		size, heads := 0, 0
		for _, l := range lines {
			size += utf8.RuneCountInString(l.Text) + len(l.URL) + 1
			if l.Head {
				heads++
			}
		}
		last := lines[len(lines)-1].Text
		if size > most || heads-1 < 41 && last != "and "+digest.Count(41-heads+1, "more story", "more stories") {
			t.Errorf("at most %d: %d characters, %d stories, then %q", most, size, heads-1, last)
		}
	}
}

func TestLink(t *testing.T) {
	for raw, want := range map[string]string{
		"https://a.example/x?y=1#z":                      "https://a.example/x?y=1#z",
		" http://a.example ":                             "http://a.example",
		"https://user:pw@a.example/":                     "https://a.example/",
		"https://a.example/<b>|\"'":                      "https://a.example/%3Cb%3E%7C%22%27",
		"https://a.example/é":                            "https://a.example/%C3%A9",
		"javascript:alert(1)":                            "",
		"//a.example":                                    "",
		"https://":                                       "",
		"data:text/html,x":                               "",
		"https://a.example/" + strings.Repeat("x", 3000): "",
	} {
		if got := digest.Link(raw); got != want {
			t.Errorf("Link(%.60q) = %q, want %q", raw, got, want)
		}
	}
}

func TestInertBreaksWhatProgramsBringToLife(t *testing.T) {
	for text, want := range map[string]string{
		"see www.a.example":  "see www.\u2060a.\u2060example",
		"a@b.example":        "a@\u2060b.\u2060example",
		"#tag, /command":     "#\u2060tag, /\u2060command",
		"Report: 44 pages.":  "Report: 44 pages.",
		"He said so. “Yes.”": "He said so. “Yes.”",
	} {
		if got := digest.Inert(text); got != want {
			t.Errorf("Inert(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, title := range sample.HostileTitles() {
		f.Add(title, 1, 4)
	}
	f.Fuzz(func(t *testing.T, s string, start, end int) {
		text, marks := digest.CleanMarked(s, []news.Span{{Start: start, End: end}})
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\n\r\x00\x1b\u202e\u2028") {
			t.Errorf("%q became %q", s, text)
		}
		for _, m := range marks {
			if m.Start < 0 || m.Start >= m.End || m.End > len(text) || !utf8.ValidString(text[m.Start:m.End]) {
				t.Errorf("%q became %q with mark %v", s, text, m)
			}
		}
		if twice := digest.Clean(text); twice != text {
			t.Errorf("%q became %q, and then %q", s, text, twice)
		}
		if n := utf8.RuneCountInString(digest.Shorten(text, 20)); n > 20 {
			t.Errorf("%q shortened to %d characters", text, n)
		}
		if digest.Inert(text) == "" && text != "" {
			t.Errorf("%q is gone", text)
		}
	})
}
