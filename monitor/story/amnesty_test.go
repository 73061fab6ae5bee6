package story

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/monitor/news"
)

// The texts of testdata/amnesty.jsonl are our own: on Amnesty International's
// report of December 2015 on the arms of Islamic State, and on what is easily
// taken for it. Their facts about the report are real; people, houses and much of
// the look-alikes are made up.
type sample struct {
	ID, Date, Source, URL, Title, Text, Lang, Story string
	Role                                            news.Role
}

const theReport = "amnesty"

func readSamples(t *testing.T) (list []sample) {
	t.Helper()
	f, err := os.Open("testdata/amnesty.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var s sample
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}

// placeSamples groups them, with what the matchers find, and returns the last
// word on each by its id.
func placeSamples(t *testing.T, list []sample) map[string]Decision {
	t.Helper()
	matcher, err := matchers.New(matchers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := New(Options{})
	var places Places
	out := map[string]Decision{}
	for i, s := range list {
		at, err := time.Parse(time.RFC3339, s.Date)
		if err != nil {
			t.Fatal(err)
		}
		it := article(i+1, s.Source, s.Title, s.Text, at)
		it.Article.Lang = s.Lang
		it.Reading = matcher.Read(it.Article)
		out[s.ID] = w.Add(it)
		places.Take(it.Article.ID, out[s.ID])
	}
	for i, s := range list {
		d := out[s.ID]
		d.Story = places.Of(news.ArticleID(i + 1))
		out[s.ID] = d
	}
	return out
}

func TestTheReportIsOneStoryAndItsLookAlikesAreNot(t *testing.T) {
	list := readSamples(t)
	placed := placeSamples(t, list)
	report := placed["en-amnesty"].Story
	in, all := map[string]int{}, map[string]int{}
	for _, s := range list {
		got := placed[s.ID].Story
		if s.Story != theReport {
			if got == report {
				t.Errorf("%s is in the report's story: %q", s.ID, placed[s.ID].Reasons)
			}
			continue
		}
		all[s.Lang]++
		if got == report {
			in[s.Lang]++
		} else {
			t.Logf("%s is left out: %q", s.ID, placed[s.ID].Reasons)
		}
	}
	for lang, least := range map[string]int{"en": 18, "de": 4, "fr": 3, "es": 3, "ru": 2, "ar": 3} {
		t.Logf("%s: %d of %d", lang, in[lang], all[lang])
		if in[lang] < least {
			t.Errorf("%s: %d of %d are in the report's story, want %d", lang, in[lang], all[lang], least)
		}
	}
}

func TestRolesOfTheReportsStory(t *testing.T) {
	list := readSamples(t)
	placed := placeSamples(t, list)
	for _, s := range list {
		if s.Story == theReport && s.Lang == "en" && placed[s.ID].Role != s.Role {
			t.Errorf("%s is called %s, want %s", s.ID, placed[s.ID].Role, s.Role)
		}
		if len(placed[s.ID].Reasons) == 0 {
			t.Errorf("%s has no reason", s.ID)
		}
	}
	wrong := placed["en-wrong"]
	clash := func(n news.Novelty) bool {
		return n.Clash && strings.Contains(n.Text, "861") && strings.Contains(n.Text, "681")
	}
	if !wrong.Material || !slices.ContainsFunc(wrong.News, clash) {
		t.Errorf("861 where others say 681 goes unnoticed: %+v", wrong.News)
	}
	reasons := strings.Join(placed["ru-agentstvo"].Reasons, "; ")
	for _, want := range []string{"both name Amnesty International", "44 pages", "8 of 8 systems agree", "681 FIM-92 Stinger"} {
		if !strings.Contains(reasons, want) {
			t.Errorf("the reasons across languages lack %q: %s", want, reasons)
		}
	}
}
