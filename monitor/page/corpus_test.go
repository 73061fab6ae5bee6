package page

import (
	"bufio"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shared is where captured pages of other people lie, outside the repository.
func shared(t testing.TB, parts ...string) string {
	root := os.Getenv("ARMSWATCH_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("captured pages are not here (%s); set ARMSWATCH_SHARED to their folder", filepath.Join(parts...))
	}
	return path
}

var present = time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)

// TestSuggestPressPages: the first suggestion is the list of releases. The
// gold of each page is a part that the addresses of its releases share and
// their number, counted by hand.
func TestSuggestPressPages(t *testing.T) {
	dir := shared(t, "corpora", "listings", "congress-press")
	for file, gold := range map[string]struct {
		part string
		n    int
	}{
		"bill_nelson_press-coldfusion.html": {"details.cfm?id=", 0},
		"bill_nelson_press.html":            {"/newsroom/press-releases/", 0},
		"butterfield_press.html":            {"/media-center/press-releases/", 0},
		"cowan_press.html":                  {"/newsroom/press/", 0},
		"drupal_press.html":                 {"/media-center/press-releases/", 0},
		"ed_perlmutter_press.html":          {"/media-center/press-releases-86821/", 0},
		"house_gop_releases.html":           {"?", 0},
		"keating_press.html":                {"view=article", 0},
		"rand_paul_press.html":              {"/news/", 0},
		"vitter_press.html":                 {"/newsroom/press/", 0},
	} {
		body, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Suggest(body, Source{URL: "http://press.example.gov/news/", Now: present})
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		right, dated := 0, 0
		for _, e := range got[0].Entries {
			if strings.Contains(e.URL, gold.part) {
				right++
			} else {
				t.Logf("extra %s %q", e.URL, e.Title)
			}
			if !e.Published.IsZero() {
				dated++
			}
		}
		t.Logf("%s: items %q link %q score %.2f: %d entries, %d right, %d dated; first %q", file, got[0].Items, got[0].Link, got[0].Score,
			len(got[0].Entries), right, dated, got[0].Entries[0].Title)
	}
}

// TestSuggestCourtPages reports how much of the index pages of 49 courts the
// first suggestion takes; these are harder than news.
func TestSuggestCourtPages(t *testing.T) {
	f, err := os.Open(shared(t, "corpora", "listings", "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	pages, recall, precision, good := 0, 0.0, 0.0, 0
	lines := bufio.NewScanner(f)
	for lines.Buffer(nil, 1<<24); lines.Scan(); {
		var row struct {
			File string
			URLs []string
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if len(row.URLs) == 0 {
			continue
		}
		pages++
		r, p := courtPage(t, row.File, row.URLs)
		recall, precision = recall+r, precision+p
		if r >= 0.9 && p >= 0.9 {
			good++
		}
	}
	t.Logf("%d court pages: recall %.3f, precision %.3f, %d with both at 0.9 or more", pages, recall/float64(pages), precision/float64(pages), good)
}

func courtPage(t *testing.T, file string, gold []string) (recall, precision float64) {
	body, err := os.ReadFile(shared(t, "corpora", "listings", file))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Suggest(body, Source{URL: "https://court.example.gov/opinions/", Now: present})
	if err != nil {
		t.Logf("%s: %v", file, err)
		return 0, 0
	}
	want := map[string]bool{}
	for _, u := range gold {
		want[tail(u)] = true
	}
	hit := map[string]bool{}
	for _, e := range got[0].Entries {
		if want[tail(e.URL)] {
			hit[tail(e.URL)] = true
		}
	}
	recall, precision = float64(len(hit))/float64(len(want)), float64(len(hit))/float64(len(got[0].Entries))
	t.Logf("%s: r %.2f p %.2f (%d of %d, %d taken) items %q link %q; %q", file, recall, precision, len(hit), len(want), len(got[0].Entries),
		got[0].Items, got[0].Link, got[0].Entries[0].URL)
	return recall, precision
}

// tail is the part of a URL that does not depend on where its page lay.
func tail(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	path := strings.TrimRight(u.Path, "/")
	return strings.ToLower(path[strings.LastIndexByte(path, '/')+1:] + "?" + u.Query().Encode())
}
