package story

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/monitor/news"
)

// twoClaims are four articles on an attack and four on a sale; the first of the
// sale tells of the attack too.
func twoClaims(t *testing.T) (items []Item) {
	t.Helper()
	f, err := os.Open("testdata/split.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	matcher, err := matchers.New(matchers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var s struct{ Source, Title, Text, Date string }
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, s.Date)
		if err != nil {
			t.Fatal(err)
		}
		it := article(len(items)+1, s.Source, s.Title, s.Text, at)
		it.Reading = matcher.Read(it.Article)
		items = append(items, it)
	}
	return items
}

func TestAStoryThatTurnsOutToBeTwoIsSplit(t *testing.T) {
	w := New(Options{})
	var places Places
	var splits []Split
	for i, it := range twoClaims(t) {
		d := w.Add(it)
		places.Take(it.Article.ID, d)
		splits = append(splits, d.Split...)
		if want := news.StoryID(1 + i/7); d.Story != want || len(d.Split) > 0 != (i == 6) {
			t.Fatalf("article %d is placed in story %s, want %s; split %+v", i+1, d.Story, want, d.Split)
		}
	}
	s := splits[0]
	if s.From != 1 || s.Into != 2 || !slices.Equal(s.Articles, []news.ArticleID{5, 6, 7}) || len(s.Reasons) != 1 || !strings.Contains(s.Reasons[0], "unlike the first of story 1 (0.") {
		t.Errorf("split %+v", s)
	}
	for id := range news.ArticleID(8) {
		want := news.StoryID(1 + id/4)
		if got := places.Of(id + 1); got != want || w.docs[id].story != want {
			t.Errorf("article %d is in story %s, in the window %s, want %s", id+1, got, w.docs[id].story, want)
		}
	}
	// What comes next goes to either.
	next := w.Add(article(9, "Night Post", "Lissan: bank accounts of missile company frozen", "Banks in Lissan froze the accounts of the trading company whose freighter held Kornet launch tubes under onions. The captain and two sailors stay in jail, prosecutors said.", day.AddDate(0, 0, 8)))
	if next.Story != 2 {
		t.Errorf("the next on the sale is in story %s: %q", next.Story, next.Reasons)
	}
}

// What a person merged stays one, also in a story that it is merged into, as it does
// when the window is made anew.
func TestAStoryThatAPersonMergedIsNotSplit(t *testing.T) {
	for _, kept := range []news.StoryID{1, 2} {
		w := New(Options{})
		w.Keep(kept)
		for i, it := range twoClaims(t) {
			if d := w.Add(it); len(d.Split) > 0 {
				t.Fatalf("story %s was merged by hand: split %+v", kept, d.Split)
			}
			if i == 0 && kept == 2 {
				w.put(w.read(article(99, "Outlet", "Ferry runs again", ferry, day)), 2)
				w.merge(w.stories[2], w.stories[1])
			}
		}
	}
}

// What a person made two stays two, though an article fits both.
func TestStoriesThatAPersonSplitAreNotMerged(t *testing.T) {
	for _, byHand := range []bool{false, true} {
		first, w := New(Options{}), New(Options{})
		for i, it := range twoClaims(t)[:4] {
			d := first.Add(it)
			w.Restore(Record{
				Article: it.Article.ID, When: it.Article.Published, Source: it.Article.Source,
				Story: news.StoryID(1 + i/2), Role: d.Role, Signature: d.Signature,
			})
		}
		if byHand {
			w.Part([2]news.StoryID{1, 2})
		}
		list := w.mergeRunnersUp(nil, []scored{{c: w.stories[1], p: 1}, {c: w.stories[2], p: 1}})
		if (len(list) == 0) != byHand {
			t.Errorf("split by hand %t: merged %+v", byHand, list)
		}
	}
}

// Whatever is split, each article is in one story, and the window that Restore makes of
// the decisions is that in which they were made.
func TestSplitsLoseNothing(t *testing.T) {
	claims := twoClaims(t)
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 3))
		w := New(Options{})
		w.joinAt = -1 // all in one story that has anything in common
		var places Places
		var records []Record
		splits := 0
		for n := range 40 {
			it := claims[r.IntN(len(claims))]
			it.Article.ID = news.ArticleID(n + 1)
			it.Article.Source = fmt.Sprint("Outlet ", r.IntN(20))
			if words := strings.Fields(it.Article.Text); r.IntN(2) == 0 {
				r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
				it.Article.Text = strings.Join(words, " ")
			}
			d := w.Add(it)
			places.Take(it.Article.ID, d)
			splits += len(d.Split)
			records = append(records, Record{Article: it.Article.ID, When: it.Article.Published, Source: it.Article.Source, Role: d.Role, Signature: d.Signature})
		}
		if splits == 0 {
			t.Errorf("seed %d: nothing was split", seed)
		}
		seen := map[int32]bool{}
		for id, c := range w.stories {
			for _, i := range c.members {
				if d := &w.docs[i]; seen[i] || d.story != id || places.Of(d.article) != id {
					t.Errorf("seed %d: document %d is in story %s, says %s, told %s", seed, i, id, d.story, places.Of(d.article))
				}
				seen[i] = true
			}
		}
		if len(seen) != len(w.docs) {
			t.Errorf("seed %d: %d of %d documents are in stories", seed, len(seen), len(w.docs))
		}
		again := New(Options{})
		for i := range records {
			records[i].Story = places.Of(records[i].Article)
		}
		again.Restore(records...)
		for id, c := range w.stories {
			if o := again.stories[id]; o == nil || !slices.Equal(o.members, c.members) || o.first != c.first || o.newest != c.newest || len(o.strands) != len(c.strands) {
				t.Errorf("seed %d: story %s is restored as %+v, was %+v", seed, id, o, c)
			}
		}
	}
}

// A copy that keeps hardly anything of its text goes with the text it copies.
func TestACopyFollowsItsText(t *testing.T) {
	w := New(Options{})
	claims := twoClaims(t)
	var places Places
	for i, it := range claims {
		places.Take(it.Article.ID, w.Add(it))
		if i == 4 {
			c := it
			c.Article.ID, c.Article.Source = 50, "Copyist"
			d := w.Add(c)
			places.Take(50, d)
			if d.Role != news.Reprint || !w.docs[5].slim {
				t.Fatalf("the copy is a %s: %q", d.Role, d.Reasons)
			}
		}
	}
	if a, b := places.Of(5), places.Of(50); a != b || a == 1 {
		t.Errorf("the article is in story %s, its copy in %s", a, b)
	}
}

func TestPlacesFollowMergesAndSplits(t *testing.T) {
	var p Places
	p.Take(1, Decision{Story: 1})
	p.Take(2, Decision{Story: 2})
	p.Take(3, Decision{Story: 2, Merged: []Merged{{From: 2, Into: 1}}})
	p.Take(4, Decision{Story: 1, Split: []Split{{From: 1, Into: 3, Articles: []news.ArticleID{3, 4}}}})
	p.Take(5, Decision{Story: 4, Merged: []Merged{{From: 4, Into: 3}}})
	for id, want := range []news.StoryID{0, 1, 1, 3, 3, 3, 0} {
		if got := p.Of(news.ArticleID(id)); got != want {
			t.Errorf("article %d is in story %s, want %s", id, got, want)
		}
	}
}

// A report that is taken up when its story had closed, and nothing of it is in the
// window, opens it again.
func TestAReportOpensAClosedStoryAgain(t *testing.T) {
	matcher, err := matchers.New(matchers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := New(Options{})
	report := func(n int, title, text string, at time.Time) Item {
		it := article(n, "Wire", title, text, at)
		it.Reading = matcher.Read(it.Article)
		return it
	}
	const named = `Amnesty International published a 44-page report, "Taking Stock: The Arming of Islamic State", on weapons that were captured from the Iraqi army. `
	first := w.Add(report(1, "Amnesty report on arms of Islamic State", named+"It names Kornet missiles.", day))
	for i := range 40 {
		w.Add(article(2+i, "Courier", "Ferry runs again", ferry, day.AddDate(0, 0, i+1)))
	}
	if w.stories[first.Story] != nil {
		t.Fatal("the story has not closed")
	}
	reports := map[uint32]news.StoryID{}
	for _, r := range first.Reports {
		reports[r] = first.Story
	}
	restarted := New(Options{After: 50})
	restarted.Remember(reports)
	for _, w := range []*Window{w, restarted} {
		again := w.Add(report(99, "What became of it", named+"A minister speaks of 861 Stinger missiles.", day.AddDate(0, 0, 41)))
		if again.Story != first.Story || again.New || len(again.Reports) != 0 {
			t.Errorf("it is in story %s: %q; reports named first: %v", again.Story, again.Reasons, again.Reports)
		}
	}
}
