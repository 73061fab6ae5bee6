package story

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"encoding/gob"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/monitor/news"
)

// The model is trained on labelled streams of articles:
//
//	go test ./monitor/story -run TestTrain -v -train '../../../shared/gold/stories/*_dev.jsonl' -write
//
// It runs each stream with the labels as stories, takes every pair of an article
// and a story that the index gives for it, and fits gradient-boosted trees to
// whether they belong together. Without -write it cross-validates instead: each
// stream of texts by a model that the two others taught, in the order of the file
// and in others; with -halves also the headlines by the texts, and each half of
// all streams by a model that the other halves taught.
var (
	trainOn = flag.String("train", "", "files to train on")
	cache   = flag.String("readings", "", "folder in which the matchers' readings are kept between runs")
	halves  = flag.Bool("halves", false, "cross-validate by halves of the streams too")
	write   = flag.Bool("write", false, "write model.txt and background.bin")
)

// example is an article and a story that may belong together.
type example struct {
	f     features
	short bool
	same  bool
	file  int
	of    news.ArticleID
}

// stream is a file of labelled articles; the label is the article's GUID.
type stream struct {
	name  string
	items []Item
}

func TestTrain(t *testing.T) {
	if *trainOn == "" {
		t.Skip("not asked to train; see the comment above")
	}
	streams := readStreams(t)
	if *write {
		writeBackground(t, streams)
		theBackground = mustRead(t, "background.bin")
		m := train(streams)
		if err := os.WriteFile("model.txt", []byte(m.text2()), 0o644); err != nil {
			t.Fatal(err)
		}
		report(t, "in sample", m, streams)
		return
	}
	var texts []stream
	for i, s := range streams {
		if s.name != "uci_titles" {
			texts = append(texts, s)
		}
		if s.name == "uci_titles" && *halves {
			report(t, "without uci_titles", train(slices.Delete(slices.Clone(streams), i, i+1)), []stream{s})
		}
	}
	for i, s := range texts {
		m := train(slices.Delete(slices.Clone(texts), i, i+1))
		report(t, "two others", m, slices.Concat([]stream{s}, dated([]stream{s})))
		shuffled(t, m, s)
	}
	if !*halves {
		return
	}
	var a, b []stream
	for _, s := range streams {
		n := len(s.items) / 2
		a, b = append(a, stream{s.name, s.items[:n]}), append(b, stream{s.name, s.items[n:]})
	}
	report(t, "second halves", train(a), slices.Concat(b, dated(b)))
	report(t, "first halves", train(b), slices.Concat(a, dated(a)))
}

// shuffled prints the least and the most of a stream's F1 when its articles come
// in other orders: each up to 48 hours late, or 48 places where there are no
// dates.
func shuffled(t *testing.T, m *model, s stream) {
	t.Helper()
	low, high := 1.0, 0.0
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 1))
		late := map[news.ArticleID]float64{}
		for i, it := range s.items {
			late[it.Article.ID] = float64(i) + 48*r.Float64()
			if at := it.Article.Published; !at.IsZero() {
				late[it.Article.ID] = float64(at.Unix())/3600 + 48*r.Float64()
			}
		}
		items := slices.SortedStableFunc(slices.Values(s.items), func(a, b Item) int {
			return cmp.Compare(late[a.Article.ID], late[b.Article.ID])
		})
		p, rec, _ := bcubed(items, m, joinAt)
		f := 2 * p * rec / (p + rec)
		low, high = min(low, f), max(high, f)
	}
	t.Logf("%-20s %-10s within 48 h in any order: F1 %.3f to %.3f", "shuffled", s.name, low, high)
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func readStreams(t *testing.T) (list []stream) {
	t.Helper()
	paths, _ := filepath.Glob(*trainOn)
	for _, p := range paths {
		name := strings.TrimSuffix(filepath.Base(p), "_dev.jsonl")
		kept := filepath.Join(*cache, name+".gob")
		var items []Item
		if f, err := os.Open(kept); *cache != "" && err == nil {
			err = gob.NewDecoder(f).Decode(&items)
			_ = f.Close()
			if err == nil {
				list = append(list, stream{name, items})
				continue
			}
		}
		items = readGold(t, p)
		if f, err := os.Create(kept); *cache != "" && err == nil {
			_ = gob.NewEncoder(f).Encode(items)
			_ = f.Close()
		}
		list = append(list, stream{name, items})
	}
	return list
}

func readGold(t *testing.T, path string) (items []Item) {
	t.Helper()
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	matcher, err := matchers.New(matchers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var g struct{ Title, Lead, Text, Source, Date, Story string }
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		a := news.Article{ID: news.ArticleID(len(items) + 1), Title: g.Title, Text: g.Text, Source: g.Source, GUID: g.Story}
		if len(g.Lead) > len(g.Text) {
			a.Text = g.Lead
		}
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02"} {
			if at, err := time.Parse(layout, g.Date); err == nil {
				a.Published, a.FirstSeen = at, at
			}
		}
		items = append(items, Item{Article: a, Reading: matcher.Read(a)})
	}
	return items
}

// report groups streams with a model and prints B-cubed figures.
func report(t *testing.T, what string, m *model, streams []stream) {
	t.Helper()
	for _, s := range streams {
		for _, at := range []float64{0.4, joinAt, 0.5, 0.6, 0.7} {
			p, r, stories := bcubed(s.items, m, at)
			t.Logf("%-20s %-10s join %.2f  P %.3f R %.3f F1 %.3f  stories %d", what, s.name, at, p, r, 2*p*r/(p+r), stories)
		}
	}
}

func bcubed(items []Item, m *model, at float64) (precision, recall float64, stories int) {
	w := New(Options{})
	w.model, w.joinAt = m, at
	var places Places
	for _, it := range items {
		places.Take(it.Article.ID, w.Add(it))
	}
	type both struct {
		id    news.StoryID
		label string
	}
	ids, labels, n := map[news.StoryID]float64{}, map[string]float64{}, map[both]float64{}
	each := func(do func(b both)) {
		for _, it := range items {
			if it.Article.GUID != "" {
				do(both{places.Of(it.Article.ID), it.Article.GUID})
			}
		}
	}
	total := 0.0
	each(func(b both) { ids[b.id]++; labels[b.label]++; n[b]++; total++ })
	each(func(b both) { precision += n[b] / ids[b.id] / total; recall += n[b] / labels[b.label] / total })
	return precision, recall, len(ids)
}

// train teaches a first model with the labels as stories, then a second one
// that has also seen the stories that the first one makes, mistakes and all.
func train(streams []stream) *model {
	streams = slices.Concat(streams, dated(streams))
	files := make([]int, len(streams)) // a stream that is there twice weighs as one
	for i, s := range streams {
		files[i] = slices.IndexFunc(streams, func(o stream) bool { return o.name == strings.TrimSuffix(s.name, "+") })
	}
	var all []example
	for i, s := range streams {
		all = append(all, examples(s.items, files[i], nil)...)
	}
	first := &model{text: boost(all, textTrees), headline: boost(all, headlineTrees)}
	var two []example
	for i, s := range streams {
		two = append(two, pairs(s.items, files[i])...)
	}
	first.pair = boost(two, pairTrees)
	for i, s := range streams {
		all = append(all, examples(s.items, files[i], first)...)
	}
	return &model{text: boost(all, textTrees), headline: boost(all, headlineTrees), pair: first.pair}
}

// dated are the streams without dates once more, with a date every five minutes. What
// newsrooms read has dates: without these streams the model would know of dates only
// from allsides, where stories have two articles.
func dated(streams []stream) (list []stream) {
	for _, s := range streams {
		if !s.items[0].Article.Published.IsZero() {
			continue
		}
		items := slices.Clone(s.items)
		for i := range items {
			a := &items[i].Article
			a.Published = time.Date(2015, 1, 1, 0, 5*i, 0, 0, time.UTC)
			a.FirstSeen = a.Published
		}
		list = append(list, stream{s.name + "+", items})
	}
	return list
}

// pairs are those that the index gives for each text of a stream, and some of each
// story.
func pairs(items []Item, file int) (out []example) {
	w := labelled(items)
	for k := range w.docs {
		d := &w.docs[k]
		if items[k].Article.GUID == "" || d.short {
			continue
		}
		others := append(w.nearest(d), w.sample(w.stories[d.story], 10)...)
		slices.Sort(others)
		for _, j := range slices.Compact(others) {
			if o := &w.docs[j]; int(j) < k && !o.short {
				out = append(out, example{w.pairFeatures(d, j), false, o.story == d.story, file, d.article})
			}
		}
	}
	return out
}

// labelled is a window with the labels as stories.
func labelled(items []Item) *Window {
	w := New(Options{})
	ids := map[string]news.StoryID{}
	for _, it := range items {
		d := w.read(it)
		id, ok := ids[it.Article.GUID]
		if !ok || it.Article.GUID == "" {
			w.last++
			id = w.last
			ids[it.Article.GUID] = id
		}
		w.join(d, id)
	}
	return w
}

// examples runs a stream with its labels as stories, or with those of a model. A
// story then belongs to the label that most of its members have.
func examples(items []Item, file int, m *model) (out []example) {
	w := New(Options{})
	ids := map[string]news.StoryID{}
	labels := map[news.StoryID]map[string]int{}
	byID := map[news.ArticleID]string{}
	for _, it := range items {
		byID[it.Article.ID] = it.Article.GUID
		d := w.read(it)
		label := it.Article.GUID
		twin := w.twin(&d)
		ranked := w.rank(&d, twin)
		for _, s := range ranked {
			if label != "" && (m == nil || twin.by < copied) {
				same := m == nil && ids[label] == s.c.id || m != nil && commonest(labels[s.c.id]) == label
				out = append(out, example{s.f, d.short || w.docs[s.best.other].short, same, file, it.Article.ID})
			}
		}
		if m != nil {
			w.model = m
			a := w.Add(it)
			for _, g := range a.Merged {
				for l, n := range labels[g.From] {
					countIn(labels, g.Into, l, n)
				}
			}
			countIn(labels, a.Story, label, 1)
			for _, g := range a.Split {
				for _, id := range g.Articles {
					l := byID[id]
					countIn(labels, g.From, l, -1)
					countIn(labels, g.Into, l, 1)
				}
			}
			continue
		}
		id, ok := ids[label]
		if !ok || label == "" {
			w.last++
			if id = w.last; label != "" {
				ids[label] = id
			}
		}
		if twin.doc >= 0 && w.docs[twin.doc].story == id {
			d.thin(&w.docs[twin.doc])
		}
		w.join(d, id)
	}
	return out
}

func countIn(m map[news.StoryID]map[string]int, id news.StoryID, label string, n int) {
	if m[id] == nil {
		m[id] = map[string]int{}
	}
	m[id][label] += n
}

// commonest is the label that counts most, the first by name of two.
func commonest(m map[string]int) (best string) {
	for l, n := range m {
		if l != "" && (best == "" || n > m[best] || n == m[best] && l < best) {
			best = l
		}
	}
	return best
}

const (
	trees     = 120
	depth     = 4
	bins      = 48
	rate      = 0.1
	leafLeast = 20.0 // of hessian, in examples
	favour    = 3.0  // what the story that a text would join weighs beside another
	rowPart   = 0.7  // of the examples that a tree is grown on
	askPart   = 0.5  // of the features that a tree may ask about
)

// free are the features that may count either way; all others may only speak for
// belonging together.
var free = map[int]bool{fFound: true, fSize: true, fDated: true, fSource: true, fFirst: true, fDateClash: true}

// ofTexts are the features that are asked of texts only: of a headline they say
// again what others do, and the few long streams of headlines are learnt by heart.
var ofTexts = map[int]bool{fRareBody: true, fRareBodyMean: true, fCrossed: true, fCrossedMean: true, fLeadFigures: true, fLeadFiguresMean: true, fYears: true, fYearsMean: true}

// What a set of trees judges.
const (
	textTrees     = iota // a text and a story
	headlineTrees        // a headline and a story
	pairTrees            // two texts
)

// boost fits regression trees to the logistic loss by Newton steps over
// histograms, each file weighing the same. Each tree sees some of the examples
// and of the features only, as in Friedman (2002).
func boost(all []example, what int) (out []tree) {
	var ex []example
	perFile := map[int]float64{}
	for _, e := range all {
		if e.short == (what == headlineTrees) {
			ex = append(ex, e)
			perFile[e.file]++
		}
	}
	if len(ex) == 0 {
		return nil
	}
	b := newBooster(ex, perFile)
	b.short = what == headlineTrees
	if what == textTrees {
		b.byArticle()
	}
	out = append(out, tree{{feature: -1, value: b.base()}})
	for range trees {
		out = append(out, b.tree())
	}
	return out
}

type booster struct {
	ex     []example
	weight []float64
	score  []float64
	grad   []float64
	hess   []float64
	limits [featureCount][]float64
	bin    [][featureCount]uint8
	r      *rand.Rand
	ask    [featureCount]bool // features that the tree may ask about
	short  bool               // the examples are headlines
	ends   []int              // of the examples of each article; nil when all weigh alike
}

func newBooster(ex []example, perFile map[int]float64) *booster {
	n := len(ex)
	b := &booster{ex: ex, weight: make([]float64, n), score: make([]float64, n), grad: make([]float64, n), hess: make([]float64, n), bin: make([][featureCount]uint8, n), r: rand.New(rand.NewPCG(0, 2))}
	for i, e := range ex {
		b.weight[i] = float64(n) / perFile[e.file] / float64(len(perFile))
	}
	for k := range featureCount {
		values := make([]float64, n)
		for i, e := range ex {
			values[i] = e.f[k]
		}
		slices.Sort(values)
		for q := 1; q < bins; q++ {
			v := between(values, q*n/bins)
			if l := b.limits[k]; len(l) == 0 || v > l[len(l)-1] {
				b.limits[k] = append(l, v)
			}
		}
		for i, e := range ex {
			j, found := slices.BinarySearch(b.limits[k], e.f[k])
			if found {
				j++
			}
			b.bin[i][k] = uint8(j) // below limits[j], not below limits[j-1]
		}
	}
	return b
}

// between is a limit of six figures halfway between a value and the next smaller
// one, so that neither is where the writing down of the limit could move it.
func between(values []float64, at int) float64 {
	v := values[at]
	if i, _ := slices.BinarySearch(values, v); i > 0 {
		v = (v + values[i-1]) / 2
	}
	v, _ = strconv.ParseFloat(fmt.Sprintf("%.6g", v), 64)
	return v
}

func (b *booster) base() float64 {
	pos, all := 0.0, 0.0
	for i, e := range b.ex {
		all += b.weight[i]
		if e.same {
			pos += b.weight[i]
		}
	}
	z := math.Log(pos / (all - pos))
	for i := range b.score {
		b.score[i] = z
	}
	return z
}

// byArticle has the examples of an article weigh together as one, so that what is
// compared with many stories does not teach more than what is compared with few. Its
// examples stand together.
func (b *booster) byArticle() {
	perFile := map[int]float64{} // articles
	for i := range b.ex {
		if i+1 == len(b.ex) || b.ex[i+1].of != b.ex[i].of {
			b.ends = append(b.ends, i+1)
			perFile[b.ex[i].file]++
		}
	}
	from := 0
	for _, end := range b.ends {
		for i := from; i < end; i++ {
			b.weight[i] = float64(len(b.ex)) / perFile[b.ex[i].file] / float64(len(perFile)) / float64(end-from)
		}
		from = end
	}
}

// focus has the story that fits an article best so far count for more than the
// others: only whether that one is right decides where the article goes.
func (b *booster) focus() {
	from := 0
	for _, end := range b.ends {
		best := from
		for i := from; i < end; i++ {
			if b.score[i] > b.score[best] {
				best = i
			}
		}
		n := float64(end - from)
		for i := from; i < end; i++ {
			by := n / (n - 1 + favour)
			if i == best {
				by *= favour
			}
			b.grad[i], b.hess[i] = b.grad[i]*by, b.hess[i]*by
		}
		from = end
	}
}

func (b *booster) tree() tree {
	for i, e := range b.ex {
		p := 1 / (1 + math.Exp(-b.score[i]))
		y := 0.0
		if e.same {
			y = 1
		}
		b.grad[i], b.hess[i] = b.weight[i]*(y-p), b.weight[i]*p*(1-p)
	}
	b.focus()
	var t tree
	var rows, others []int
	for i := range b.ex {
		if b.r.Float64() < rowPart {
			rows = append(rows, i)
		} else {
			others = append(others, i)
		}
	}
	for k := range b.ask {
		b.ask[k] = b.r.Float64() < askPart && !(b.short && ofTexts[k])
	}
	b.grow(&t, rows, depth)
	for _, i := range others {
		b.score[i] += t.value(&b.ex[i].f)
	}
	return t
}

func (b *booster) grow(t *tree, rows []int, left int) int {
	at := len(*t)
	*t = append(*t, node{feature: -1})
	k, j := -1, 0
	if left > 0 {
		k, j = b.split(rows)
	}
	if k < 0 {
		g, h := b.sum(rows)
		v := rate * g / (h + 1)
		(*t)[at].value = v
		for _, i := range rows {
			b.score[i] += v
		}
		return at
	}
	var low, high []int
	for _, i := range rows {
		if int(b.bin[i][k]) <= j {
			low = append(low, i)
		} else {
			high = append(high, i)
		}
	}
	l := b.grow(t, low, left-1)
	h := b.grow(t, high, left-1)
	(*t)[at] = node{feature: k, limit: b.limits[k][j], low: l, high: h}
	return at
}

func (b *booster) sum(rows []int) (g, h float64) {
	for _, i := range rows {
		g, h = g+b.grad[i], h+b.hess[i]
	}
	return g, h
}

// split finds the feature and the bin that gain most; -1 when nothing gains.
func (b *booster) split(rows []int) (feature, bin int) {
	type cell struct{ g, h float64 }
	var hist [featureCount][bins]cell
	for _, i := range rows {
		for k, j := range b.bin[i] {
			hist[k][j].g += b.grad[i]
			hist[k][j].h += b.hess[i]
		}
	}
	g, h := b.sum(rows)
	feature = -1
	best := 1.0
	for k := range featureCount {
		if !b.ask[k] {
			continue
		}
		var lg, lh float64
		for j := range b.limits[k] {
			lg, lh = lg+hist[k][j].g, lh+hist[k][j].h
			rg, rh := g-lg, h-lh
			if lh < leafLeast/8 || rh < leafLeast/8 || !free[k] && lg/(lh+1) > rg/(rh+1) {
				continue
			}
			if gain := lg*lg/(lh+1) + rg*rg/(rh+1) - g*g/(h+1); gain > best {
				best, feature, bin = gain, k, j
			}
		}
	}
	return feature, bin
}

// text2 is the model as model.txt has it.
func (m *model) text2() string {
	var b strings.Builder
	b.WriteString("# Gradient-boosted trees, made by TestTrain (train_test.go). A line is a node: \"FEATURE LIMIT LOW HIGH\" goes on at\n" +
		"# node LOW of the tree (0 is its first line) when the feature is below the limit, else at HIGH; \"= VALUE\" adds to the\n# logarithm of the odds.\n")
	for _, set := range []struct {
		name  string
		trees []tree
	}{{"text", m.text}, {"headline", m.headline}, {"pair", m.pair}} {
		fmt.Fprintln(&b, set.name)
		for _, t := range set.trees {
			fmt.Fprintln(&b, "tree")
			for _, n := range t {
				if n.feature < 0 {
					fmt.Fprintf(&b, "= %.4f\n", n.value)
				} else {
					fmt.Fprintf(&b, "%s %.6g %d %d\n", featureNames[n.feature], n.limit, n.low, n.high)
				}
			}
		}
	}
	return b.String()
}

// writeBackground counts in how many articles each term stands and keeps the
// commonest, by hash: no text can be read from it. Each stream weighs the same
// as the others for each of its articles.
func writeBackground(t *testing.T, streams []stream) {
	t.Helper()
	theBackground = nil
	count := map[uint32]int{}
	docs := 0
	w := New(Options{})
	for _, s := range streams {
		for _, it := range s.items {
			d := w.read(it)
			docs++
			for _, x := range d.terms() {
				count[x>>5]++
			}
		}
	}
	type entry struct {
		key uint32
		n   int
	}
	var list []entry
	for k, n := range count {
		if n >= 4 {
			list = append(list, entry{k, n})
		}
	}
	slices.SortFunc(list, func(a, b entry) int {
		if a.n != b.n {
			return b.n - a.n
		}
		return int(a.key) - int(b.key)
	})
	var out []byte
	for _, e := range list[:min(len(list), 60_000)] {
		step := -24 * math.Log2(float64(e.n)/float64(docs))
		out = append(binary.LittleEndian.AppendUint32(out, e.key), byte(min(max(step, 0), 255)))
	}
	if err := os.WriteFile("background.bin", out, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("background of %d terms from %d articles, %d bytes", len(out)/5, docs, len(out))
}
