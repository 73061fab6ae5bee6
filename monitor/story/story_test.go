package story

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

var day = time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)

const depot = `Armed groups in the north fight with weapons that a dozen countries once sold to the capital, the Tracewell Institute says in a 44-page report published on Tuesday.
The report lists more than 100 different types of arms and ammunition that were seized when army depots fell. Its authors spent eleven months with photographs, shipping papers and serial numbers.
"Nobody kept the books," Ines Halvorsen, the report's author, said by telephone. "A rifle was signed for at the port and never counted again."
Among the captured arms are guided anti-tank missiles, among them Russian Kornet and Metis systems, Chinese HJ-8s and the MILAN and HOT missiles of European make.
Between 2011 and 2013 Washington signed contracts for 140 M1A1 Abrams tanks, F-16 aircraft, 681 Stinger units and Hawk batteries, according to the report.`

const ferry = `The first ferry left the harbour at six on Wednesday with forty cars and one very patient horse. The company expects delays for the rest of the week, since two of its ships are still in the dock.
Passengers who hold tickets for Thursday are asked to come early. The harbour master said that the storm had moved two buoys, and that pilots would guide every ship until they are back in place.`

func article(n int, source, title, text string, at time.Time) Item {
	return Item{Article: news.Article{ID: news.ArticleID(n), Source: source, Title: title, Text: text, Published: at, FirstSeen: at}}
}

func TestReprintsTrimmedAndChanged(t *testing.T) {
	words := strings.Fields(depot)
	changed := append([]string(nil), words...)
	for i := 5; i < len(changed); i += 14 {
		changed[i] = "altered"
	}
	tests := []struct {
		name, text string
		want       news.Role
	}{
		{"word for word", depot, news.Reprint},
		{"the first half, with a note of the outlet", strings.Join(words[:len(words)/2], " ") + "\nThe Post takes agency news as a service to its readers.", news.Reprint},
		{"the first third", strings.Join(words[:len(words)/3], " "), news.Reprint},
		{"one word in fourteen changed", strings.Join(changed, " "), news.Reprint},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := New(Options{})
			first := w.Add(article(1, "Wire", "Captured depots armed fighters", depot, day))
			d := w.Add(article(2, "Post", "Captured depots armed fighters, report says", tt.text, day.Add(time.Hour)))
			if d.Story != first.Story || d.Role != tt.want || d.New {
				t.Errorf("story %s as %s, new %v: %q", d.Story, d.Role, d.New, d.Reasons)
			}
		})
	}
}

func TestUnrelatedNewsBeginsStories(t *testing.T) {
	w := New(Options{})
	a := w.Add(article(1, "Wire", "Captured depots armed fighters", depot, day))
	b := w.Add(article(2, "Courier", "Ferry to the islands runs again after the storm", ferry, day))
	if a.Story == b.Story || !b.New || b.Role != news.Original || a.Story != 1 || b.Story != 2 {
		t.Errorf("stories %s and %s, %+v", a.Story, b.Story, b)
	}
}

func withQuantity(it Item, value string) Item {
	it.Reading = news.Reading{
		Mentions: []news.Mention{{System: "fim-92-stinger", Name: "FIM-92 Stinger", Accepted: true}},
		Findings: []news.Finding{{Kind: news.Quantity, System: "fim-92-stinger", Unit: "FIM-92 Stinger", Value: value}},
	}
	return it
}

func TestAWrongNumberIsMaterial(t *testing.T) {
	w := New(Options{})
	first := w.Add(withQuantity(article(1, "Wire", "Captured depots armed fighters", depot, day), "681"))
	other := `The Tracewell Institute's report on weapons captured from army depots names 861 Stinger units among them. Its authors spent eleven months with photographs and serial numbers, and list Kornet, Metis, HJ-8, MILAN and HOT missiles. "Nobody kept the books," said Ines Halvorsen, its author.`
	d := w.Add(withQuantity(article(2, "Daily", "Depots: 861 Stinger missiles in the hands of armed groups, says institute", other, day.Add(2*time.Hour)), "861"))
	if d.Story != first.Story || !d.Material || len(d.News) != 1 || !d.News[0].Clash || !strings.Contains(d.News[0].Text, "681") {
		t.Errorf("story %s, material %v, new %+v, because %q", d.Story, d.Material, d.News, d.Reasons)
	}
}

// A copy that says more, or another number, is a copy and news.
func TestWhatACopyAddsIsTold(t *testing.T) {
	w := New(Options{})
	first := w.Add(withQuantity(article(1, "Wire", "Captured depots armed fighters", depot, day), "681"))
	same := w.Add(withQuantity(article(2, "Post", "Captured depots armed fighters", depot, day.Add(time.Hour)), "681"))
	if same.Role != news.Reprint || same.Material || len(same.News) > 0 {
		t.Errorf("a copy: %s, material %v, new %+v", same.Role, same.Material, same.News)
	}
	wrong := w.Add(withQuantity(article(3, "Daily", "Captured depots armed fighters", depot, day.Add(2*time.Hour)), "861"))
	if wrong.Story != first.Story || wrong.Role != news.Reprint || !wrong.Material || len(wrong.News) != 1 || !wrong.News[0].Clash {
		t.Errorf("a copy with a wrong number: %s, material %v, new %+v", wrong.Role, wrong.Material, wrong.News)
	}
	longer := depot + "\nThe Courier has learned that a second depot in the north was emptied in the same week, and that its guards had not been paid since the spring, as three of them told this newspaper at the border crossing."
	more := withQuantity(article(4, "Courier", "Exclusive: a second depot was emptied", longer, day.Add(3*time.Hour)), "681")
	more.Reading.Mentions = append(more.Reading.Mentions, news.Mention{System: "m142-himars", Name: "M142 HIMARS", Accepted: true})
	d := w.Add(more)
	if d.Story != first.Story || !d.Material || len(d.News) != 1 || !strings.Contains(strings.Join(d.Reasons, " "), "it holds ") {
		t.Errorf("a copy that adds: story %s as %s, material %v, new %+v, because %q", d.Story, d.Role, d.Material, d.News, d.Reasons)
	}
}

func TestTheOriginalFoundIsMaterial(t *testing.T) {
	w := New(Options{})
	said := func(it Item) Item {
		it.Reading.Findings = []news.Finding{{Kind: news.Publisher, Value: "Tracewell Institute"}, {Kind: news.Pages, Value: "44"}}
		return it
	}
	first := w.Add(said(article(1, "Wire", "Captured depots armed fighters", depot, day)))
	own := `The Tracewell Institute publishes a 44-page report today on weapons captured from army depots: Kornet, Metis, HJ-8, MILAN and HOT missiles. Its authors spent eleven months with photographs and serial numbers. "Nobody kept the books," said Ines Halvorsen, its author.`
	d := w.Add(said(article(2, "Tracewell Institute", "Captured depots: 44-page report on weapons of armed fighters", own, day.Add(2*time.Hour))))
	if d.Story != first.Story || d.Role != news.Original || !d.Material || len(d.News) != 1 || d.News[0].Text != "is the original, by Tracewell Institute" {
		t.Errorf("story %s as %s, material %v, new %+v, because %q", d.Story, d.Role, d.Material, d.News, d.Reasons)
	}
}

func TestARestartChangesNothing(t *testing.T) {
	var items []Item
	for i := range 60 {
		text := depot
		switch i % 3 {
		case 1:
			text = ferry
		case 2:
			text = fmt.Sprintf("Council %d met on Tuesday to hear what the county would pay for road %d, and members asked how long it takes to build bridge number %d over the river.", i, i*7, i*11)
		}
		items = append(items, article(i+1, fmt.Sprint("outlet ", i%7), fmt.Sprint("Headline ", i%3, " of ", i), text, day.Add(time.Duration(i)*time.Hour)))
	}
	whole := New(Options{})
	var want []Decision
	var places Places
	var records []Record
	var after news.StoryID
	for i, it := range items {
		d := whole.Add(it)
		want = append(want, d)
		if places.Take(it.Article.ID, d); i == 39 {
			after = whole.last
			for k, it := range items[:40] {
				d := want[k]
				records = append(records, Record{Article: it.Article.ID, When: it.Article.When(), Source: it.Article.Source, Story: places.Of(it.Article.ID), Role: d.Role, Signature: d.Signature})
			}
		}
	}
	again := New(Options{After: after})
	again.Restore(records...)
	for i, it := range items[40:] {
		if got := again.Add(it); got.Story != want[40+i].Story || got.Role != want[40+i].Role {
			t.Fatalf("article %d: story %s as %s after a restart, %s as %s without", 41+i, got.Story, got.Role, want[40+i].Story, want[40+i].Role)
		}
	}
}

func TestBadArticlesAreBounded(t *testing.T) {
	w := New(Options{})
	began := time.Now()
	w.Add(article(1, "", "", "", time.Time{}))
	w.Add(article(2, "", "", "", time.Time{}))
	w.Add(article(3, "x", "y", strings.Repeat("word and other words ", 250_000), day))
	future := w.Add(article(4, "Wire", "Captured depots armed fighters", depot, day.AddDate(900, 0, 0)))
	if d := w.Add(article(5, "Post", "Captured depots armed fighters", depot, day)); d.Story != future.Story {
		t.Errorf("a date in the future keeps a copy out: %q", d.Reasons)
	}
	stories := map[news.StoryID]bool{}
	for i := range 10_000 {
		stories[w.Add(article(10+i, "Flood", "Ferry to the islands runs again", ferry, day)).Story] = true
	}
	if len(stories) != 1 {
		t.Errorf("ten thousand copies make %d stories", len(stories))
	}
	if spent := time.Since(began); spent > 30*time.Second {
		t.Errorf("took %s", spent)
	}
}

func FuzzRestore(f *testing.F) {
	w := New(Options{})
	f.Add(w.Add(article(1, "Wire", "Captured depots armed fighters", depot, day)).Signature)
	f.Add([]byte{version})
	f.Add([]byte{version, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Fuzz(func(_ *testing.T, signature []byte) {
		w := New(Options{})
		w.Restore(Record{Article: 1, When: day, Story: 1, Signature: signature})
		w.Add(article(2, "Post", "Captured depots armed fighters", "Nobody kept the books, she said, and a rifle was never counted again.", day))
	})
}

func BenchmarkAdd(b *testing.B) {
	w := New(Options{})
	for i := 0; b.Loop(); i++ {
		text := fmt.Sprintf("%s\nDispatch %d from place %d, where officer %d counted %d crates.", ferry, i, i%977, i%389, i)
		w.Add(article(i+1, fmt.Sprint("outlet ", i%50), fmt.Sprintf("Dispatch %d from place %d", i, i%977), text, day.Add(time.Duration(i)*time.Minute)))
	}
}

func TestAmend(t *testing.T) {
	number := func(v string) news.Finding {
		return news.Finding{Kind: news.Quantity, System: "fim-92-stinger", Unit: "FIM-92 Stinger", Value: v}
	}
	about := news.Finding{Kind: news.Quantity, System: "fim-92-stinger", Unit: "FIM-92 Stinger", Value: "900", Approx: "about"}
	pages := func(v string) news.Finding { return news.Finding{Kind: news.Pages, Value: v} }
	country := func(aside bool) news.Finding {
		return news.Finding{Kind: news.Country, Value: "DEU", Unit: "Germany", Aside: aside}
	}
	read := func(list ...news.Finding) news.Reading { return news.Reading{Findings: list} }
	hawk := news.Reading{Mentions: []news.Mention{{System: "hawk", Name: "MIM-23 Hawk", Accepted: true}}, Findings: []news.Finding{number("681"), pages("44")}}
	tests := []struct {
		name        string
		before, now news.Reading
		want        []string
		material    bool
	}{
		{"nothing", read(number("681")), read(number("681")), nil, false},
		{"a number", read(number("1681")), read(number("681")), []string{"now says 681 FIM-92 Stinger, not 1,681"}, true},
		{"a number that others say", read(number("861")), read(number("681")), []string{"now says 681 FIM-92 Stinger, not 861"}, true},
		{"pages", read(pages("4")), read(pages("44")), []string{"now says 44 pages, not 4"}, true},
		{"two numbers for one", read(number("5")), read(number("6"), number("7")), []string{"says 6 FIM-92 Stinger where others say 681", "says 7 FIM-92 Stinger where others say 681", "no longer says 5 FIM-92 Stinger"}, true},
		{"a number that another has", read(pages("44")), read(pages("44"), number("681")), nil, false},
		{"a system that is taken back", hawk, read(number("681"), pages("44")), []string{"no longer names the MIM-23 Hawk"}, true},
		{"a number that is taken back", hawk, news.Reading{Mentions: hawk.Mentions, Findings: hawk.Findings[1:]}, []string{"no longer says 681 FIM-92 Stinger"}, true},
		{"a rough one", read(about, pages("44")), read(pages("44")), nil, false},
		{"a system with its number", withQuantity(Item{}, "5").Reading, read(pages("44")), []string{"speaks of 44 pages", "no longer names the FIM-92 Stinger"}, true},
		{"a country aside", read(), read(country(true)), []string{"names Germany"}, false},
		{"a country beside a weapon", read(), read(country(false)), []string{"names Germany"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := New(Options{})
			w.Add(withQuantity(article(1, "Wire", "Captured depots armed fighters", depot, day), "681"))
			it := article(2, "Post", "Captured depots armed fighters", depot, day.Add(time.Hour))
			it.Reading = tt.before
			d := w.Add(it)
			if d.Story != 1 {
				t.Fatalf("placed in story %s", d.Story)
			}
			a := w.Amend(2, d.Story, Edit{Before: tt.before, Now: tt.now})
			var got []string
			for _, n := range a.News {
				got = append(got, n.Text)
			}
			if material := slices.ContainsFunc(a.News, news.Novelty.Material); !slices.Equal(got, tt.want) || material != tt.material {
				t.Errorf("new %q, material %v", got, material)
			}
			if tt.name == "nothing" {
				if a.Signature != nil {
					t.Error("an article that says the same has a new signature")
				}
				return
			}
			if back := decode(a.Signature); back.facts != packFacts(factsOf(tt.now)) {
				t.Errorf("the signature holds the facts %q", back.facts)
			}
			if gone := w.Amend(99, 77, Edit{Before: tt.before, Now: tt.now}); gone.Signature != nil {
				t.Error("an article that is not in the window has a signature")
			}
		})
	}
}

// What a paywall cuts off is taken back by nobody, and the story still knows it.
func TestAmendOfACutText(t *testing.T) {
	w := New(Options{})
	w.Add(withQuantity(article(1, "Wire", "Captured depots armed fighters", depot, day), "681"))
	before := withQuantity(Item{}, "681").Reading
	if a := w.Amend(1, 1, Edit{Before: before, Cut: true}); len(a.News) > 0 || a.Signature != nil {
		t.Errorf("new %+v", a.News)
	}
	again := w.Add(withQuantity(article(2, "Post", "Captured depots armed fighters", depot, day.Add(time.Hour)), "681"))
	if len(again.News) > 0 {
		t.Errorf("new to the story: %+v", again.News)
	}
}

func TestNth(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		list := make([]float64, 1+r.IntN(40))
		for i := range list {
			list[i] = float64(r.IntN(12)) // many alike
		}
		sorted := slices.Sorted(slices.Values(list))
		n := 1 + r.IntN(len(list))
		if got, want := nth(slices.Clone(list), n), sorted[len(list)-n]; got != want {
			t.Fatalf("the %d. largest of %v is %v, want %v", n, list, got, want)
		}
	}
}

// A later event of the same kind has another year and other figures.
func TestYearsAndFiguresTellEventsApart(t *testing.T) {
	w := New(Options{})
	add := func(n int, text string) {
		w.join(w.read(article(n, "Wire", "Convoy seized at Lissan", text, day)), news.StoryID(n))
	}
	add(1, "Customs officers at Lissan stopped a convoy of 14 lorries with 320 crates of rifles in May 2013, and the governor spoke of a record.")
	add(2, "Customs officers at Lissan stopped a convoy of 27 lorries with 950 crates of rifles in May 2016, and the governor spoke of a record.")
	add(3, "In 2016 as in 2013 a convoy of 27 lorries with 950 crates of rifles was stopped at Lissan, to the great joy of the officers there.")
	add(4, "Customs officers at Lissan stopped a convoy of lorries with many crates of rifles, and the governor spoke of a record, and of more.")
	for _, c := range []struct {
		a, b           int
		years, figures float64
	}{
		{1, 2, 0.25, 0},
		{2, 3, 1, 1},
		{1, 3, 1, 0}, // the later text looks back
		{1, 4, 1 / (1 + noYear), noFigures},
	} {
		p := w.compare(&w.docs[c.a-1], int32(c.b-1))
		if p.years != c.years || math.Abs(p.figures-c.figures) > 0.05 {
			t.Errorf("%d and %d: years %.2f, figures %.2f, want %.2f, %.2f", c.a, c.b, p.years, p.figures, c.years, c.figures)
		}
	}
	p := w.compare(&w.docs[0], 1)
	want := []string{"it speaks of 2013, the nearest article of 2016 at the latest", "none of the figures in its first lines are the nearest article's"}
	if got := w.against(&w.docs[0], &p); !slices.Equal(got, want) {
		t.Errorf("reasons %q, want %q", got, want)
	}
}
