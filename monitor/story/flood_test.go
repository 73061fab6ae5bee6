package story

import (
	"fmt"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// made is an article that shares little with made of another number.
func made(n int, at time.Time) Item {
	word := func(k int) string { return fmt.Sprintf("w%dx%d", n, k) }
	text := ""
	for k := range 40 {
		text += word(k) + " of the " + word(k+40) + " "
	}
	return article(n+1, fmt.Sprint("outlet ", n%5), fmt.Sprintf("%s and %s in %s", word(1), word(2), word(3)), text, at)
}

// Days are restarts too: the window is made anew from the records of its last
// thirty days, as in the pipeline.
func TestAFeedThatRepublishesDailyMakesNoNewStories(t *testing.T) {
	const articles, daily = 12, 75
	w := New(Options{})
	var records []Record
	n := 0
	for d := range daily {
		at := day.AddDate(0, 0, d)
		if d%10 == 9 {
			w = New(Options{After: news.StoryID(articles)})
			for _, r := range records {
				if at.Sub(r.When) < 30*24*time.Hour {
					w.Restore(r)
				}
			}
		}
		for k := range articles {
			it := made(k, at.Add(time.Duration(k)*time.Minute))
			n++
			it.Article.ID = news.ArticleID(n)
			out := w.Add(it)
			if d == 0 != out.New || d > 0 && (out.Role != news.Reprint || out.Material || out.Story != news.StoryID(k+1)) {
				t.Fatalf("day %d, article %d: story %s as %s, new %v: %q", d, k, out.Story, out.Role, out.New, out.Reasons)
			}
			records = append(records, Record{Article: it.Article.ID, When: it.Article.Published, Source: it.Article.Source, Story: out.Story, Role: out.Role, Signature: out.Signature})
		}
	}
}

func TestFloodsOfOneArticleAreOneStory(t *testing.T) {
	for name, it := range map[string]Item{
		"no words":            article(1, "Flood", "", "", time.Time{}),
		"one word":            article(1, "Flood", "Weather", "", day),
		"a headline":          article(1, "Flood", "Ferry to the islands runs again after the storm of Wednesday", "", day),
		"a line, no headline": article(1, "Flood", "", "The ferry runs again.", day),
		"a text":              made(1, day),
	} {
		t.Run(name, func(t *testing.T) {
			w := New(Options{})
			stories := map[news.StoryID]bool{}
			for i := range 10_000 {
				it.Article.ID = news.ArticleID(i + 1)
				stories[w.Add(it).Story] = true
			}
			if len(stories) != 1 {
				t.Errorf("ten thousand of them make %d stories", len(stories))
			}
		})
	}
}

func TestTheSameFewWordsOfOthersMayBeOfSomethingElse(t *testing.T) {
	w := New(Options{})
	a := w.Add(article(1, "Harbour", "", "", day))
	b := w.Add(article(2, "Hills", "", "", day))
	if a.Story == b.Story {
		t.Error("two houses' articles without words are one story")
	}
}
