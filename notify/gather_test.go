package notify_test

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
)

// What a channel missed for more than a day comes as one message, with what it
// has already left out: here the answer to the first alert was lost.
func TestAlertsOlderThanADayComeAsOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "db"), store.Options{})
	check(t, err)
	defer func() { _ = st.Close() }()
	now := time.Now()
	urls := seedAt(t, st, []news.Channel{"slack:#c1"}, 5, now.Add(-48*time.Hour))
	d, due, err := st.Next(t.Context(), "slack:#c1", now)
	check(t, err)
	if !due {
		t.Fatal("nothing is due")
	}
	_, _, err = st.Claim(t.Context(), d.ID, []byte(`{"title":"the first"}`), now)
	check(t, err)
	w.post("c1", url.Values{"metadata": {`{"event_type":"armswatch_delivery","event_payload":{"key":"` + d.Key + `"}}`}})
	check(t, st.Settle(t.Context(), d.ID, news.Outcome{State: news.Due, Error: "no answer"}, now.Add(-time.Minute)))
	deliverAll(t, w, st, "slack:#c1")
	left, all := unsent(t, st, urls)
	if len(left) > 0 || len(all) != 10 {
		t.Errorf("%d of %d left", len(left), len(all))
	}
	in := 0
	for _, d := range all {
		if len(d.Receipt) > 3 && d.Receipt[:3] == "in " {
			in++
		}
	}
	// The story whose alert was there has its update in its thread.
	if in < 8 || len(w.messages) > 3 {
		t.Errorf("%d deliveries came in one, %d posts", in, len(w.messages))
	}
}

// newDesk is three stories that nobody was told of, and the servers to tell them to.
func newDesk(t *testing.T) (*world, *store.Store) {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "db"), store.Options{})
	check(t, err)
	t.Cleanup(func() { _ = st.Close() })
	seed(t, st, nil, 3)
	return newWorld(t, 0), st
}

// What waited for the same moment comes as one; alone it comes as itself.
func TestWhatWaitedTogetherComesAsOne(t *testing.T) {
	t.Parallel()
	w, st := newDesk(t)
	add := func(story news.StoryID, period string) {
		d := due("slack:#c1", story, 0, false, time.Now())
		d.Period = period
		_, err := st.AddDelivery(t.Context(), d)
		check(t, err)
	}
	add(1, "quiet until 06:30")
	add(2, "quiet until 06:30")
	add(3, "full until 07:00")
	deliverAll(t, w, st, "slack:#c1")
	if len(w.messages) != 2 {
		t.Errorf("%d posts, want the gathered one and the other", len(w.messages))
	}
	var kinds []string
	for _, m := range w.messages {
		body, _ := json.Marshal(m.Metadata)
		kinds = append(kinds, string(body))
	}
	if w.posts.count("c1 alert/slack:#c1/3") != 1 || w.posts.count("c1 alert/slack:#c1/1") != 0 {
		t.Errorf("posts %v", kinds)
	}
}

// Numbers change in a message that is there; for them alone nothing is sent.
func TestNumbersAloneAreNoMessage(t *testing.T) {
	t.Parallel()
	w, st := newDesk(t)
	_, err := st.AddDelivery(t.Context(), news.Delivery{
		Key: "count/slack:#c1/1/9", Kind: news.UpdateDelivery, Channel: "slack:#c1", Route: "slack:#c1", Story: 1, DueAt: time.Now(),
	})
	check(t, err)
	deliverAll(t, w, st, "slack:#c1")
	if _, due, err := st.Next(t.Context(), "slack:#c1", time.Now()); len(w.messages) > 0 || due || err != nil {
		t.Errorf("%d posts, due %v, %v", len(w.messages), due, err)
	}
}

// Of updates that waited together the one message says what each brought.
func TestUpdatesThatWaitedSayWhatIsNew(t *testing.T) {
	t.Parallel()
	w, st := newDesk(t)
	add := func(story news.StoryID, update bool) {
		s, err := st.Story(t.Context(), story)
		check(t, err)
		d := due("slack:#c1", story, s.Members[1].Article.ID, update, time.Now())
		d.Period = "quiet until 06:30"
		_, err = st.AddDelivery(t.Context(), d)
		check(t, err)
	}
	add(1, true)
	add(2, true)
	add(2, false) // told for the first time: all of it is new
	add(3, false)
	deliverAll(t, w, st, "slack:#c1")
	if len(w.messages) != 1 {
		t.Fatalf("%d posts, want one", len(w.messages))
	}
	m := w.messages[0]
	if n := strings.Count(m.Blocks, "says 861 where others say 681"); n != 1 || !strings.Contains(m.Text, "2 stories, 1 update") {
		t.Errorf("%q: %d times what is new in\n%s", m.Text, n, m.Blocks)
	}
}
