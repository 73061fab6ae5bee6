package notify_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/notify/sample"
)

// seed makes n stories, each with an alert and a material update on every
// channel, and returns an article's address of each.
func seed(t *testing.T, st *store.Store, channels []news.Channel, n int) (urls []string) {
	t.Helper()
	return seedAt(t, st, channels, n, time.Now())
}

func seedAt(t *testing.T, st *store.Store, channels []news.Channel, n int, now time.Time) (urls []string) {
	t.Helper()
	check(t, st.SyncSources(t.Context(), []news.Source{{Name: "A", Kind: news.Feed, URL: "https://a.example/feed"}}, now))
	p := store.Polled{Source: "A", At: now, Next: now.Add(time.Hour)}
	for i := range 2 * n {
		m := sample.Story(now).Members[2*(i%2)]
		m.Article.ID, m.Article.Source, m.Article.GUID = 0, "A", fmt.Sprint("g", i)
		m.Article.URL = fmt.Sprintf("https://a.example/%d", i)
		m.Article.Title = fmt.Sprintf("%s (%d)", m.Article.Title, i)
		p.Articles = append(p.Articles, store.Stored{Article: m.Article, Reading: m.Reading})
	}
	check(t, st.RecordPoll(t.Context(), p))
	list, err := st.Ungrouped(t.Context(), 2*n)
	check(t, err)
	told := map[int]bool{}
	for _, s := range list {
		var i int
		_, err := fmt.Sscanf(s.Article.GUID, "g%d", &i)
		check(t, err)
		story := i / 2
		pl := store.Placement{Article: s.Article.ID, At: now, Story: news.StoryID(story + 1), Role: news.Own}
		if told[story] {
			pl.New = []news.Novelty{{Kind: news.Quantity, Text: "says 861 where others say 681", Clash: true}}
		}
		for _, ch := range channels {
			pl.Deliveries = append(pl.Deliveries, due(ch, pl.Story, s.Article.ID, told[story], now))
		}
		if !told[story] {
			told[story] = true
			urls = append(urls, s.Article.URL)
		}
		_, err = st.Place(t.Context(), pl)
		check(t, err)
	}
	return urls
}

func due(ch news.Channel, story news.StoryID, article news.ArticleID, told bool, now time.Time) news.Delivery {
	d := news.Delivery{Kind: news.AlertDelivery, Channel: ch, Route: string(ch), Story: story, DueAt: now, Key: fmt.Sprintf("alert/%s/%d", ch, story)}
	if told {
		d.Kind, d.Key = news.UpdateDelivery, fmt.Sprintf("update/%s/%d/%d", ch, story, article)
	}
	return d
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// unsent lists the deliveries of stories that are not sent.
func unsent(t *testing.T, st *store.Store, urls []string) (left, all []news.Delivery) {
	t.Helper()
	for _, u := range urls {
		trails, err := st.Explain(t.Context(), u)
		check(t, err)
		for _, tr := range trails {
			all = append(all, tr.Deliveries...)
			for _, d := range tr.Deliveries {
				if d.State != news.Sent {
					left = append(left, d)
				}
			}
		}
	}
	return left, all
}

// settledOnce holds the promises: on Slack each message is there once; mail and
// webhooks have each at least once, and every repeat under its own id.
func settledOnce(t *testing.T, w *world, all []news.Delivery) {
	t.Helper()
	for _, d := range all {
		n := 0
		switch d.Channel.Scheme() {
		case "slack":
			if n = w.posts.count(fmt.Sprint(d.Channel.Target()[1:], " ", d.Key)); n > 1 {
				t.Errorf("%s came %d times", d.Key, n)
			}
		case "email":
			n = w.mails.count("<" + d.Receipt + ">")
		case "webhook":
			n = w.hooks.count(d.Channel.Target()[len(w.hookURL):] + " " + d.Key)
		}
		if n == 0 {
			t.Errorf("%s is settled (%s) and never came", d.Key, d.Receipt)
		}
	}
	want := map[string]int{}
	for _, d := range all {
		want[d.Channel.Scheme()]++
	}
	for scheme, c := range map[string]*tally{"slack": &w.posts, "email": &w.mails, "webhook": &w.hooks} {
		if len(c.got) != want[scheme] {
			t.Errorf("%s heard of %d messages, want %d", scheme, len(c.got), want[scheme])
		}
	}
}
