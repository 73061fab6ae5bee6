// Command compare measures package extract on folders of labelled pages,
// beside go-trafilatura. It is a module of its own so that nothing of what it
// compares with is linked into armswatch.
//
//	cd monitor/extract/compare && go run . [-peer] [-worst N] FOLDER...
//
// A folder holds manifest.jsonl, a JSON object for each page: file, url, and
// where known title, authors, date, body (the whole text), with_ and without
// (what must and must not be in it), body_prefix and first13 (its beginning).
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"log"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/markusmobius/go-trafilatura"

	"github.com/armswatch/armswatch/monitor/extract"
)

func main() {
	log.SetFlags(0)
	peer := flag.Bool("peer", false, "measure go-trafilatura too")
	worst := flag.Int("worst", 0, "print the `n` pages with the least score")
	flag.Parse()
	for _, dir := range flag.Args() {
		pages, err := load(dir)
		if err != nil {
			log.Fatal(err)
		}
		report(dir, "extract", pages, ours, *worst)
		if *peer {
			report(dir, "go-trafilatura", pages, theirs, 0)
		}
	}
}

// page is one labelled page.
type page struct {
	ID, File, URL, Title, Date, Body, First13 string
	Authors                                   []string
	With                                      []string `json:"with_"`
	Without                                   []string
	Prefix                                    string `json:"body_prefix"`
	raw                                       []byte
}

func load(dir string) ([]page, error) {
	f, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []page
	lines := bufio.NewScanner(f)
	for lines.Buffer(nil, 1<<24); lines.Scan(); {
		var p page
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			return nil, err
		}
		if !filepath.IsAbs(p.File) {
			p.File = filepath.Join(dir, p.File)
		}
		if p.raw, err = os.ReadFile(p.File); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, lines.Err()
}

// result is what a reader made of a page.
type result struct {
	text, title, author string
	date                time.Time
}

func ours(p page) result {
	got, err := extract.Read(p.raw, extract.Options{URL: p.URL, Now: time.Now()})
	if got == nil {
		log.Printf("%s: %v", p.ID, err)
		return result{}
	}
	return result{got.Text, got.Title, strings.Join(got.Authors, ", "), got.Published}
}

func theirs(p page) result {
	u, _ := url.Parse(p.URL)
	got, err := trafilatura.Extract(strings.NewReader(string(p.raw)), trafilatura.Options{
		OriginalURL: u, EnableFallback: true, ExcludeComments: true,
	})
	if err != nil || got == nil {
		return result{}
	}
	return result{got.ContentText, got.Metadata.Title, got.Metadata.Author, got.Metadata.Date}
}

// tally counts over the pages of a folder.
type tally struct {
	title, titles, author, authors, date, dates int
	with, missing, noise, silent                int
	body, bodies, prefix, prefixes              float64
	first, firsts                               int
}

type scored struct {
	id    string
	score float64
	note  string
}

func report(dir, name string, pages []page, read func(page) result, worst int) {
	var n tally
	var all []scored
	var spent time.Duration
	for _, p := range pages {
		start := time.Now()
		r := read(p)
		spent += time.Since(start)
		all = append(all, n.count(p, r))
	}
	fmt.Printf("%s %s: %d pages, %.2f ms a page\n", filepath.Base(dir), name, len(pages), spent.Seconds()*1000/float64(len(pages)))
	ratio := func(what string, a, b float64) {
		if b > 0 {
			fmt.Printf("  %-12s %.4f  (%.0f of %.0f)\n", what, a/b, a, b)
		}
	}
	ratio("title", float64(n.title), float64(n.titles))
	ratio("author", float64(n.author), float64(n.authors))
	ratio("date", float64(n.date), float64(n.dates))
	ratio("body F1", n.body, n.bodies)
	ratio("prefix F1", n.prefix, n.prefixes)
	ratio("first words", float64(n.first), float64(n.firsts))
	if n.with > 0 {
		pr, re := float64(n.with)/float64(n.with+n.noise), float64(n.with)/float64(n.with+n.missing)
		fmt.Printf("  segments     F1 %.4f precision %.4f recall %.4f\n", 2*pr*re/(pr+re), pr, re)
	}
	slices.SortFunc(all, func(a, b scored) int { return cmp.Compare(a.score, b.score) })
	for _, s := range all[:min(worst, len(all))] {
		fmt.Printf("  %.3f %s %s\n", s.score, s.id, s.note)
	}
}

func (n *tally) count(p page, r result) scored {
	s := scored{id: p.ID, score: 1}
	if p.Title != "" && p.holds(p.Title) {
		n.titles++
		if plain(p.Title) == plain(r.title) {
			n.title++
		} else {
			s.note += fmt.Sprintf(" title %q want %q;", r.title, p.Title)
		}
	}
	if len(p.Authors) > 0 && p.holds(p.Authors...) {
		n.authors++
		if sameNames(strings.Join(p.Authors, ", "), r.author) {
			n.author++
		} else {
			s.note += fmt.Sprintf(" author %q want %q;", r.author, p.Authors)
		}
	}
	if p.Date != "" {
		n.dates++
		if sameDay(p.Date, r.date) {
			n.date++
		} else {
			s.note += fmt.Sprintf(" date %s want %s;", r.date.Format(time.DateOnly), p.Date)
		}
	}
	n.text(p, r, &s)
	return s
}

func (n *tally) text(p page, r result, s *scored) {
	if p.Body != "" {
		f := f1(words(p.Body), words(r.text))
		n.body, n.bodies, s.score = n.body+f, n.bodies+1, f
	}
	if p.Prefix != "" {
		want, got := words(p.Prefix), words(r.text)
		f := f1(want, got[:min(len(got), len(want))])
		n.prefix, n.prefixes, s.score = n.prefix+f, n.prefixes+1, f
	}
	if p.First13 != "" {
		n.firsts++
		want := words(p.First13)
		if strings.Contains(strings.Join(words(r.text), " "), strings.Join(want, " ")) {
			n.first++
		} else {
			s.score = 0
			s.note += fmt.Sprintf(" first %q want %q;", strings.Join(words(r.text)[:min(13, len(words(r.text)))], " "), p.First13)
		}
	}
	text := strings.Join(strings.Fields(r.text), " ")
	bad := 0
	for _, w := range p.With {
		if strings.Contains(text, strings.Join(strings.Fields(w), " ")) {
			n.with++
		} else {
			n.missing++
			bad++
			s.note += fmt.Sprintf(" missing %q;", w)
		}
	}
	for _, w := range p.Without {
		if strings.Contains(text, strings.Join(strings.Fields(w), " ")) {
			n.noise++
			bad++
			s.note += fmt.Sprintf(" noise %q;", w)
		} else {
			n.silent++
		}
	}
	if k := len(p.With) + len(p.Without); k > 0 {
		s.score = 1 - float64(bad)/float64(k)
	}
}

// holds says whether a page has texts at all: some labels come from elsewhere.
func (p page) holds(texts ...string) bool {
	raw := plain(html.UnescapeString(string(p.raw)))
	for _, t := range texts {
		if !strings.Contains(raw, plain(t)) {
			return false
		}
	}
	return true
}

func plain(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// sameNames compares lists of people, whatever joins them.
func sameNames(a, b string) bool {
	split := func(s string) []string {
		s = strings.NewReplacer(" and ", ",", "&", ",", ";", ",", "|", ",", " und ", ",").Replace(plain(s))
		var names []string
		for n := range strings.SplitSeq(s, ",") {
			if n = strings.TrimPrefix(strings.TrimSpace(n), "by "); n != "" {
				names = append(names, n)
			}
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	return slices.Equal(split(a), split(b))
}

// sameDay compares with a day of slack for time zones.
func sameDay(want string, got time.Time) bool {
	if len(want) < 10 || got.IsZero() {
		return false
	}
	if at, err := time.Parse(time.UnixDate, want); err == nil {
		return got.Sub(at).Abs() < 24*time.Hour
	}
	day, err := time.Parse(time.DateOnly, want[:10])
	if err != nil {
		return false
	}
	d := got.UTC().Truncate(24 * time.Hour).Sub(day)
	if len(want) > 10 {
		if at, err := time.Parse(time.RFC3339, want); err == nil {
			return got.Sub(at).Abs() < 24*time.Hour
		}
	}
	return d == 0
}

// words are the words of a text, in lower case.
func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 0xC0)
	})
}

// f1 is the harmonic mean of precision and recall of runs of four words.
func f1(want, got []string) float64 {
	runs := func(w []string) map[string]int {
		m := map[string]int{}
		for i := range w {
			m[strings.Join(w[i:min(i+4, len(w))], " ")]++
			if i+4 >= len(w) {
				break
			}
		}
		return m
	}
	a, b := runs(want), runs(got)
	hit, all, taken := 0, 0, 0
	for k, n := range a {
		hit += min(n, b[k])
		all += n
	}
	for _, n := range b {
		taken += n
	}
	if hit == 0 {
		return 0
	}
	p, r := float64(hit)/float64(taken), float64(hit)/float64(all)
	return 2 * p * r / (p + r)
}
