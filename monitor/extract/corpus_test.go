package extract_test

import (
	"bufio"
	"encoding/json"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	readability "codeberg.org/readeck/go-readability/v2"

	"github.com/armswatch/armswatch/monitor/extract"
)

// corpora are folders of labelled pages that are not ours to publish. The
// figures: go test -v -run TestCorpora ./monitor/extract
const corpora = "../../../shared/corpora/articles"

// labelled is a page with what is known of it.
type labelled struct {
	File, URL, Title, Date string
	Authors                []string
	Body                   string
	Prefix                 string `json:"body_prefix"`
	raw                    []byte
}

func load(t *testing.T, dir string) []labelled {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []labelled
	lines := bufio.NewScanner(f)
	for lines.Buffer(nil, 1<<24); lines.Scan(); {
		var p labelled
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if p.raw, err = os.ReadFile(filepath.Join(dir, p.File)); err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

// share is a count of those that are right.
type share struct{ right, of float64 }

func (s *share) add(right float64) { s.right, s.of = s.right+right, s.of+1 }

func (s *share) check(t *testing.T, what string, least float64) {
	t.Helper()
	got := s.right / max(s.of, 1)
	t.Logf("%-24s %.3f  (%.1f of %.0f)", what, got, s.right, s.of)
	if got < least {
		t.Errorf("%s is %.3f, want %.3f", what, got, least)
	}
}

// TestCorpora holds title, author and date to the figures they have reached,
// and the text to that of go-readability by itself. Where a label is not on the
// page at all, it counts for nothing.
func TestCorpora(t *testing.T) {
	dirs, _ := filepath.Glob(corpora + "/*")
	if len(dirs) == 0 {
		t.Skip("no labelled pages in " + corpora + ": they are not part of the repository")
	}
	var title, author, day, body, plainBody share
	for _, dir := range dirs {
		for _, p := range load(t, dir) {
			got, _ := extract.Read(p.raw, extract.Options{URL: p.URL, Now: time.Now()})
			if got == nil {
				got = &extract.Page{}
			}
			if p.Title != "" && p.holds(p.Title) {
				title.add(bit(plain(p.Title) == plain(got.Title)))
			}
			if len(p.Authors) > 0 && p.holds(p.Authors...) {
				author.add(bit(sameNames(p.Authors, got.Authors)))
			}
			if p.Date != "" {
				day.add(bit(sameDay(p.Date, got.Published)))
			}
			if p.Body+p.Prefix != "" {
				body.add(p.score(got.Text))
				plainBody.add(p.score(readable(p)))
			}
		}
	}
	title.check(t, "title", .90)
	author.check(t, "author", .85)
	day.check(t, "date", .95)
	plainBody.check(t, "text F1, go-readability", 0)
	body.check(t, "text F1", plainBody.right/max(plainBody.of, 1))
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// readable is the text as go-readability finds it.
func readable(p labelled) string {
	u, _ := url.Parse(p.URL)
	a, err := readability.FromReader(strings.NewReader(string(p.raw)), u)
	if err != nil || a.Node == nil {
		return ""
	}
	var b strings.Builder
	_ = a.RenderText(&b)
	return b.String()
}

// holds says whether a page has texts at all: some labels come from elsewhere.
func (p labelled) holds(texts ...string) bool {
	raw := plain(html.UnescapeString(string(p.raw)))
	return !slices.ContainsFunc(texts, func(s string) bool { return !strings.Contains(raw, plain(s)) })
}

// score is F1 over runs of four words. Of a page whose beginning is known,
// the beginning counts.
func (p labelled) score(text string) float64 {
	want, got := words(p.Body), words(text)
	if p.Prefix != "" {
		want = words(p.Prefix)
		got = got[:min(len(got), len(want))]
	}
	wanted := runs(want)
	hit := 0
	for run, n := range runs(got) {
		hit += min(n, wanted[run])
	}
	return 2 * float64(hit) / float64(max(len(want)-3, 1)+max(len(got)-3, 1))
}

func runs(words []string) map[string]int {
	out := map[string]int{}
	for i := range max(len(words)-3, 1) {
		out[strings.Join(words[i:min(i+4, len(words))], " ")]++
	}
	return out
}

func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r < 0xC0
	})
}

func plain(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// sameNames compares lists of people, whatever joins them.
func sameNames(a, b []string) bool {
	split := func(names []string) []string {
		s := plain(strings.Join(names, ","))
		s = strings.NewReplacer(" and ", ",", "&", ",", ";", ",", "|", ",", " und ", ",").Replace(s)
		var out []string
		for n := range strings.SplitSeq(s, ",") {
			if n = strings.TrimPrefix(strings.TrimSpace(n), "by "); n != "" {
				out = append(out, n)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(split(a), split(b))
}

// sameDay compares dates; where the label has a time, with a day of slack for its zone.
func sameDay(want string, got time.Time) bool {
	for _, layout := range []string{time.UnixDate, time.RFC3339} {
		if at, err := time.Parse(layout, want); err == nil {
			return got.Sub(at).Abs() < 24*time.Hour
		}
	}
	return len(want) >= 10 && got.Format(time.DateOnly) == want[:10]
}
