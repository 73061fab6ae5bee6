// Package story decides, for each article as it comes, whether it is a reprint
// of one that is known, another report of a known story, or a new story, and
// says why. What is new in it, and what contradicts the others, comes with the
// decision; so does the merge of two stories that turn out to be one.
//
// The package keeps a window of recent articles in memory, each reduced to
// about 1.5 kB: terms that tell much (words, pairs of words, names, figures,
// quotations, findings), fingerprints of its wording, and the facts that its
// findings state. Candidates come from inverted indexes whose chains are read
// to a fixed length, so that the cost of an article does not grow with the
// window. A small model (model.txt) says how probably an article and a story
// belong together.
//
// The same articles in the same order give the same stories. The package is
// pure: it reads no clock, network or disk.
package story

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// Options say how to group. The zero value is right.
type Options struct {
	// Age is how long a story without new articles stays open; 0 means 30 days.
	Age time.Duration
	// After is the last story there was: new ones are numbered after it.
	After news.StoryID
}

// Item is an article to place, with what a matcher read in it.
type Item struct {
	Article news.Article
	Reading news.Reading
}

// Record is an article that was placed before.
type Record struct {
	Article   news.ArticleID
	When      time.Time
	Source    string
	Story     news.StoryID
	Role      news.Role
	Signature []byte
}

// Merged says that one story turned out to be another.
type Merged struct {
	From, Into news.StoryID
	Reasons    []string
}

// Decision is where an article belongs.
type Decision struct {
	Story     news.StoryID // before the Split
	New       bool         // the article begins the story
	Role      news.Role
	Reasons   []string
	News      []news.Novelty // what it adds to the story
	Material  bool           // something of it is worth telling again
	Merged    []Merged
	Split     []Split
	Signature []byte   // what Restore needs
	Reports   []uint32 // those that the article is the first to name, for Remember
}

// Window is the recent articles and their stories. It is not safe for
// concurrent use.
type Window struct {
	age      time.Duration
	docs     []doc
	arena    arena // of the documents' data
	stories  map[news.StoryID]*cluster
	into     map[news.StoryID]news.StoryID // merged stories
	reports  map[uint32]news.StoryID       // the story that was the first to name a report
	whole    map[news.StoryID]bool         // stories that are never split
	separate [][2]news.StoryID             // stories that are never merged
	last     news.StoryID
	prints   *postings
	terms    *postings
	words    *frequencies
	model    *model
	joinAt   float64
	sources  map[string]uint32
	names    []string // of sources
	newest   int64
	swept    int64

	reader  reader
	weighed []weighed
	kept    []term
	hits    []float32 // by document, all 0 between uses
	touched []int32
	told    []told // terms of the article that is being placed
	sum     []weight
	by, low []float64 // how much the terms of a centre tell
	seen    seen
}

// cluster is an open story.
type cluster struct {
	id      news.StoryID
	members []int32 // in the order of placing
	first   int64   // of the dates of its members
	newest  int64
	strands []strand
}

// New returns an empty window.
func New(o Options) *Window {
	if o.Age <= 0 {
		o.Age = 30 * 24 * time.Hour
	}
	return &Window{
		age: o.Age, last: o.After, stories: map[news.StoryID]*cluster{}, into: map[news.StoryID]news.StoryID{},
		reports: map[uint32]news.StoryID{}, whole: map[news.StoryID]bool{}, sources: map[string]uint32{},
		prints: newPostings(), terms: newPostings(), words: newFrequencies(), model: theModel(), joinAt: joinAt,
	}
}

// Restore puts articles back that were placed before, in the order of placing: the
// fastest in batches of some thousands. A signature that is damaged or of another
// version is kept as a member without content.
func (w *Window) Restore(records ...Record) {
	from, docs := len(w.docs), make([]doc, len(records))
	half := func(from, to int) {
		for i := from; i < to; i++ {
			docs[i] = decode(records[i].Signature)
		}
	}
	var both sync.WaitGroup
	both.Go(func() { half(0, len(records)/2) })
	half(len(records)/2, len(records))
	both.Wait()
	for i, r := range records {
		d := docs[i]
		d.article, d.source, d.when, d.role = r.Article, w.sourceID(r.Source), seconds(r.When), roleOf(r.Role)
		w.last = max(w.last, r.Story)
		w.put(d, r.Story)
	}
	// The indexes and the centres do not read each other.
	both.Go(func() {
		for i := from; i < len(w.docs); i++ {
			w.index(i)
		}
	})
	for i := from; i < len(w.docs); i++ {
		w.learn(i)
	}
	both.Wait()
}

// Add places an article.
func (w *Window) Add(it Item) Decision {
	d := w.read(it)
	w.sweep(d.when)
	facts := unpackFacts(d.facts)
	out := w.decide(&d, facts)
	c := w.stories[out.Story]
	if c == nil { // it is new, or had closed
		c = &cluster{id: out.Story}
	}
	if out.New {
		out.Role = news.Original
	} else {
		out.News, out.Material = w.novelties(c, facts)
		if out.Role == "" {
			out.Role = w.role(c, &d, facts, out.News)
		}
	}
	if out.Role == news.Original && !out.New {
		own := news.Novelty{Kind: news.Publisher, Text: "is the original, by " + it.Article.Source}
		out.News, out.Material = append([]news.Novelty{own}, out.News...), true
	}
	d.role = roleOf(out.Role)
	out.Signature = d.encode()
	w.join(d, out.Story)
	out.Reports = w.named(facts, out.Story)
	if out.Role != news.Reprint {
		out.Split = w.split(w.stories[w.now(out.Story)])
	}
	return out
}

// decide finds the story of d, a new one when none fits.
func (w *Window) decide(d *doc, facts []fact) Decision {
	twin := w.twin(d)
	if twin.by >= copied {
		return w.copyOf(d, twin)
	}
	ranked := w.rank(d, twin)
	if len(ranked) > 0 && ranked[0].p >= w.joinAt {
		best := ranked[0]
		if twin.doc >= 0 && w.docs[twin.doc].story == best.c.id {
			return w.copyOf(d, twin)
		}
		out := Decision{Reasons: w.reasons(facts, best)}
		out.Merged = w.mergeRunnersUp(facts, ranked)
		out.Story = w.now(best.c.id)
		return out
	}
	if id := w.reopened(facts); id != 0 {
		return Decision{Story: id, Reasons: []string{"takes up the report of a story that had closed"}}
	}
	w.last++
	out := Decision{Story: w.last, New: true, Reasons: []string{"nothing like it in the last " + days(w.age)}}
	if len(ranked) > 0 {
		near := ranked[0]
		out.Reasons = []string{fmt.Sprintf("the nearest, story %s, fits too little (%.2f)", near.c.id, near.p)}
		if near.veto != "" {
			out.Reasons = append(out.Reasons, near.veto)
		}
		if near.p >= nearly {
			out.Reasons = append(out.Reasons, w.against(d, &near.best)...)
		}
	}
	return out
}

// mergeRunnersUp merges the stories that the article fits too, if they are
// alike by themselves.
func (w *Window) mergeRunnersUp(facts []fact, ranked []scored) (list []Merged) {
	best := ranked[0].c
	for _, r := range ranked[1:min(len(ranked), 4)] {
		if r.p < w.joinAt || w.parted(best.id, r.c.id) || !w.alike(best, r.c) {
			continue
		}
		from, into := best, r.c
		if from.id < into.id {
			from, into = into, from
		}
		w.merge(from, into)
		list = append(list, Merged{From: from.id, Into: into.id, Reasons: append([]string{"an article fits both"}, w.reasons(facts, r)...)})
		best = into
	}
	return list
}

// merge makes one story of two, under the older number.
func (w *Window) merge(from, into *cluster) {
	for _, i := range from.members {
		w.docs[i].story = into.id
	}
	w.learnAll(into, from.strands)
	into.members = append(into.members, from.members...)
	slices.Sort(into.members)
	into.newest, into.first = max(into.newest, from.newest), earlier(into.first, from.first)
	delete(w.stories, from.id)
	w.into[from.id] = into.id
	w.whole[into.id] = w.whole[into.id] || w.whole[from.id]
}

// now is the story that a story is after merges.
func (w *Window) now(id news.StoryID) news.StoryID {
	for n, ok := w.into[id]; ok; n, ok = w.into[id] {
		id = n
	}
	return id
}

// reopened is the closed story that was the first to name a report which the facts
// name, 0 if there is none.
func (w *Window) reopened(facts []fact) news.StoryID {
	for _, f := range facts {
		if f.kind != news.Report {
			continue
		}
		if id, ok := w.reports[f.hash()]; ok && w.stories[w.now(id)] == nil {
			return w.now(id)
		}
	}
	return 0
}

// MaxReports is how many reports a window remembers.
const MaxReports = 50_000

// named remembers which story was the first to name a report, and returns the reports
// that are new.
func (w *Window) named(facts []fact, id news.StoryID) (list []uint32) {
	for _, f := range facts {
		if f.kind != news.Report || len(w.reports) >= MaxReports {
			continue
		}
		h := f.hash()
		if _, known := w.reports[h]; !known {
			w.reports[h] = id
			list = append(list, h)
		}
	}
	return list
}

// Remember has the stories that were the first to name reports known, also those that
// closed long ago: a new article on such a report opens its story again.
func (w *Window) Remember(reports map[uint32]news.StoryID) { maps.Copy(w.reports, reports) }

// join makes d a member of a story, learns from it and indexes it.
func (w *Window) join(d doc, id news.StoryID) {
	i := w.put(d, id)
	w.learn(i)
	w.index(i)
}

// put makes d a member of a story.
func (w *Window) put(d doc, id news.StoryID) int {
	id = w.now(id)
	c := w.stories[id]
	if c == nil {
		c = &cluster{id: id, first: d.when}
		w.stories[id] = c
	}
	d.story, d.data = id, w.arena.keep(d.data)
	i := len(w.docs)
	w.docs = push(w.docs, d)
	w.hits = push(w.hits, 0)
	c.members = append(c.members, int32(i))
	c.newest, c.first = max(c.newest, d.when), earlier(c.first, d.when)
	if d.when < w.newest+int64((48*time.Hour).Seconds()) || w.newest == 0 {
		w.newest = max(w.newest, d.when)
	}
	return i
}

// learn takes a document into its story's centre and into the frequencies.
func (w *Window) learn(i int) {
	d := &w.docs[i]
	if d.nTerms == 0 {
		return
	}
	w.learnIn(w.stories[d.story], int32(i))
	w.words.learn(d)
}

// learnIn takes a member into the centre of its story.
func (w *Window) learnIn(c *cluster, i int32) {
	if d := &w.docs[i]; d.nTerms > 0 && (roles[d.role] != news.Reprint || c.strand(d.lang) == nil) {
		w.learnCenter(c, i)
	}
}

// earlier of two dates, of which either may be unknown.
func earlier(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// index has a document found by its terms and prints.
func (w *Window) index(i int) {
	if i >= maxDocs {
		return // a window of 30 GB
	}
	if w.terms.full() || w.prints.full() {
		w.reindex(i + 1)
		return
	}
	d := &w.docs[i]
	if d.slim {
		return
	}
	for _, h := range d.prints() {
		w.prints.add(h, int32(i))
	}
	for _, t := range d.terms() {
		if term(t).has(isIndexed) {
			w.terms.add(t>>5, int32(i))
		}
	}
}

// reindex makes the indexes of the first n documents anew, with room to grow.
func (w *Window) reindex(n int) {
	prints, terms := 0, 0
	for i := range w.docs[:n] {
		prints += len(w.docs[i].prints())
		terms += min(len(w.docs[i].terms()), indexed)
	}
	w.prints.clear(prints)
	w.terms.clear(terms)
	for i := range n {
		w.index(i)
	}
}

// sweep closes the stories that had no article for long, once a day of the
// articles' time. A date far in the future closes nothing.
func (w *Window) sweep(now int64) {
	age := int64(w.age.Seconds())
	if now == 0 || now-w.swept < 24*3600 || w.newest != 0 && now > w.newest+age {
		return
	}
	w.swept = now
	gone := 0
	for id, c := range w.stories {
		if c.newest == 0 || now-c.newest <= age {
			continue
		}
		gone += len(c.members)
		for _, i := range c.members {
			w.docs[i].gone = true
		}
		delete(w.stories, id)
	}
	if gone > 0 {
		w.compact()
	}
}

// compact drops the documents of closed stories and numbers the others anew.
func (w *Window) compact() {
	at := make([]int32, len(w.docs))
	kept := w.docs[:0]
	w.arena = arena{}
	for i := range w.docs {
		at[i] = int32(len(kept))
		if d := w.docs[i]; !d.gone {
			d.data = w.arena.keep(d.data)
			kept = append(kept, d)
		}
	}
	clear(w.docs[len(kept):])
	w.docs, w.hits = kept, w.hits[:len(kept)]
	for _, c := range w.stories {
		for j, i := range c.members {
			c.members[j] = at[i]
		}
		for j := range c.strands {
			c.strands[j].only = at[c.strands[j].only]
		}
	}
	w.reindex(len(w.docs))
}

func (w *Window) sourceID(name string) uint32 {
	id, ok := w.sources[name]
	if !ok {
		id = uint32(len(w.names))
		w.names = append(w.names, name)
		w.sources[name] = id
	}
	return id
}

func (w *Window) sourceName(d *doc) string {
	return cmp.Or(w.names[d.source], "an earlier article")
}

// hit adds to a document's score and remembers that it has one.
func (w *Window) hit(i int32, by float32) {
	if w.hits[i] == 0 {
		w.touched = append(w.touched, i)
	}
	w.hits[i] += by
}

func (w *Window) unhit() {
	for _, i := range w.touched {
		w.hits[i] = 0
	}
	w.touched = w.touched[:0]
}

func days(d time.Duration) string { return fmt.Sprintf("%d days", int(d.Hours()/24)) }
