package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/story"
)

func benchStoriesCommand() *cobra.Command {
	var sizes []int
	var path string
	cmd := &cobra.Command{
		Use:   "stories",
		Short: "Measure grouping: rate, latency, memory and restart by size of window; copies that are recognised",
		Long: "bench stories fills windows of several sizes with made-up articles of 3 kB, four to a story, spread over 28 days, and\n" +
			"measures placing alone, without matching: articles in a second of CPU (of all threads, so also of the garbage\n" +
			"collector), latencies by the clock, memory, and the seconds in which a restart reloads 100,000. With --jsonl it makes\n" +
			"copies of the articles of that file, cut and changed, and counts those that are recognised, and the originals that are taken for reprints.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := cmd.OutOrStdout()
			if path != "" {
				return benchCopies(w, path)
			}
			if slices.ContainsFunc(sizes, func(n int) bool { return n < 1 }) {
				return usage("bench stories: --articles are 1 or more")
			}
			_, _ = fmt.Fprintf(w, "%10s %12s %10s %10s %10s %12s %12s %15s\n", "window", "a CPU second", "p50 ms", "p99 ms", "max ms", "kB/article", "stored kB", "reload s/100k")
			for _, n := range sizes {
				benchWindow(w, n)
			}
			return nil
		},
	}
	cmd.Flags().IntSliceVar(&sizes, "articles", []int{10_000, 100_000}, "sizes of the window")
	cmd.Flags().StringVar(&path, "jsonl", "", "articles to make copies of, one JSON object a line")
	return cmd
}

// benchWindow fills a window and measures the last tenth, at most 10,000
// articles.
func benchWindow(w io.Writer, n int) {
	before := heap()
	win := story.New(story.Options{})
	gen := newGenerator(n)
	var records []story.Record
	var stored int
	last := min(max(n/10, 1), 10_000)
	took := make([]time.Duration, 0, last)
	cpu := time.Duration(0)
	for i := range n {
		it := gen.next(i)
		used, began := cpuTime(), time.Now()
		d := win.Add(it)
		if i >= n-last {
			cpu += cpuTime() - used
			took = append(took, time.Since(began))
		}
		stored += len(d.Signature)
		if len(records) < 100_000 {
			records = append(records, story.Record{Article: it.Article.ID, When: it.Article.Published, Source: it.Article.Source, Story: d.Story, Role: d.Role, Signature: d.Signature})
		}
	}
	kept := len(records)
	reload := benchReload(records)
	clear(records[:cap(records)])
	records = records[:0:0]
	size := heap() - before
	runtime.KeepAlive(records)
	runtime.KeepAlive(win)
	slices.Sort(took)
	ms := func(q float64) float64 { return took[int(q*float64(len(took)-1))].Seconds() * 1000 }
	_, _ = fmt.Fprintf(w, "%10d %12.0f %10.2f %10.2f %10.2f %12.2f %12.2f %15.2f\n", n, float64(len(took))/cpu.Seconds(), ms(0.5), ms(0.99), ms(1),
		float64(size)/float64(n)/1000, float64(stored)/float64(n)/1000, reload.Seconds()*100_000/float64(kept))
}

func benchReload(records []story.Record) time.Duration {
	began := time.Now()
	win := story.New(story.Options{})
	for part := range slices.Chunk(records, 5000) {
		win.Restore(part...)
	}
	return time.Since(began)
}

// heap is what is alive, in bytes.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// generator makes up articles: words by Zipf's law, four articles to a story,
// which share half of what they tell.
type generator struct {
	r     *rand.Rand
	zipf  *rand.Zipf
	n     int
	story [][]string // sentences of the stories that are being written about
}

func newGenerator(n int) *generator {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same articles on every run
	return &generator{r: r, zipf: rand.NewZipf(r, 1.1, 8, 200_000), n: n, story: make([][]string, 64)}
}

func (g *generator) word() string {
	const syllables = "bacedifoguhajekilomunapeqirosatuveziwoxy"
	n := g.zipf.Uint64() + 40
	var b strings.Builder
	for ; n > 0; n /= 20 {
		i := n % 20 * 2
		b.WriteString(syllables[i : i+2])
	}
	return b.String()
}

func (g *generator) sentence() string {
	words := make([]string, 18)
	for i := range words {
		words[i] = g.word()
		if g.r.IntN(9) == 0 {
			words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
		}
	}
	return strings.Join(words, " ") + ". "
}

func (g *generator) next(i int) story.Item {
	s := &g.story[g.r.IntN(len(g.story))]
	if *s == nil || g.r.IntN(4) == 0 {
		*s = make([]string, 12)
		for k := range *s {
			(*s)[k] = g.sentence()
		}
	}
	var b strings.Builder
	for k := range 24 {
		if k%2 == 0 {
			// The same news in an order and with some words of its own.
			f := strings.Fields((*s)[k/2])
			for range 5 {
				f[g.r.IntN(len(f))] = g.word()
			}
			b.WriteString(strings.Join(f, " ") + " ")
		} else {
			b.WriteString(g.sentence())
		}
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(float64(i) / float64(g.n) * float64(28*24*time.Hour)))
	title := strings.Join(strings.Fields((*s)[0])[:8], " ")
	return story.Item{Article: news.Article{
		ID: news.ArticleID(i + 1), Source: fmt.Sprintf("Outlet %d", g.r.IntN(300)), Title: title, Text: b.String(), Published: at, FirstSeen: at,
	}}
}

// benchCopies places the articles of a file and then copies of them.
func benchCopies(w io.Writer, path string) error {
	matcher, err := matchers.New(matchers.Options{})
	if err != nil {
		return err
	}
	var items []story.Item
	err = eachJSON(path, func(r storyRow) error {
		items = append(items, r.article(len(items)+1, matcher))
		return nil
	})
	if err != nil {
		return err
	}
	for i, c := range copies {
		b := placeAll(items)
		if i == 0 {
			_, _ = fmt.Fprintf(w, "%-34s %6d of %d\n", "articles of the file called reprints", b.reprints, len(items))
		}
		benchCopy(w, c, b)
	}
	return nil
}

// placeAll places the articles in a window of their own.
func placeAll(items []story.Item) copyBench {
	b := copyBench{win: story.New(story.Options{}), items: items, places: &story.Places{}}
	for _, it := range items {
		d := b.win.Add(it)
		b.places.Take(it.Article.ID, d)
		if d.Role == news.Reprint {
			b.reprints++
		}
	}
	return b
}

type copyBench struct {
	win    *story.Window
	items  []story.Item
	places *story.Places

	reprints int // of the articles themselves
}

// copyKind is a way in which outlets copy.
type copyKind struct {
	name string
	make func(g *generator, words []string) []string
}

var copies = []copyKind{
	{"first half, foreign text around it", func(g *generator, w []string) []string { return g.around(w[:len(w)/2]) }},
	{"first quarter, foreign text around", func(g *generator, w []string) []string { return g.around(w[:len(w)/4]) }},
	{"every tenth word changed", func(g *generator, w []string) []string {
		w = slices.Clone(w)
		for i := range w {
			if g.r.IntN(10) == 0 {
				w[i] = g.word()
			}
		}
		return w
	}},
}

// around puts 30 words of boilerplate before and after.
func (g *generator) around(words []string) []string {
	var out []string
	for range 30 {
		out = append(out, g.word())
	}
	out = append(out, words...)
	for range 30 {
		out = append(out, g.word())
	}
	return out
}

// benchCopy counts the copies of texts of 100 words and more that are called
// reprints, and those that come into their original's story.
func benchCopy(w io.Writer, c copyKind, b copyBench) {
	g := newGenerator(1)
	n, reprint, same := 0, 0, 0
	for i, it := range b.items {
		words := strings.Fields(it.Article.Text)
		if len(words) < 100 || i%3 != 0 {
			continue
		}
		it.Article.Text, it.Article.Source, it.Article.Title = strings.Join(c.make(g, words), " "), "Copyist", it.Article.Title+" | Copyist"
		original := it.Article.ID
		it.Article.ID += news.ArticleID(1_000_000 * (n + 1))
		it.Reading = news.Reading{}
		d := b.win.Add(it)
		b.places.Take(it.Article.ID, d)
		n++
		if d.Role == news.Reprint {
			reprint++
		}
		if b.places.Of(it.Article.ID) == b.places.Of(original) {
			same++
		}
	}
	if n > 0 {
		_, _ = fmt.Fprintf(w, "%-34s %6d copies, %5.1f%% called reprints, %5.1f%% in the right story\n", c.name, n, 100*float64(reprint)/float64(n), 100*float64(same)/float64(n))
	}
}
