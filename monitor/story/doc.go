package story

import (
	"cmp"
	"slices"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

const (
	titleWords = 60
	leadWords  = 90   // of the text that count as lead
	readWords  = 3000 // of the text that are read at all
	nameWords  = 600  // of the text in which names, figures and quotations are looked for
	indexed    = 30   // strongest terms by which a document is found
	// shortWords is the length of a text that tells no more than its headline.
	shortWords = 25
)

// doc is an article as the window keeps it, in about 1.5 kB.
type doc struct {
	article news.ArticleID
	story   news.StoryID
	when    int64 // Unix seconds; 0 when unknown
	source  uint32
	lang    uint16 // its two letters; 0 when unknown
	role    role
	mod     uint8 // which hashes are kept as prints: those it divides
	short   bool  // hardly more than a headline
	gone    bool  // its story is closed
	slim    bool  // a copy that keeps no more than some prints, by which to know what it copies
	nTerms  uint16
	data    []uint32 // terms, then prints, each sorted; of the window's arena once it is placed
	facts   string   // packed, see fact.go
	norms   norms
}

// role is a [news.Role] in one byte.
type role uint8

var roles = [...]news.Role{"", news.Original, news.Reprint, news.Rewrite, news.Own}

func roleOf(r news.Role) role { return role(max(slices.Index(roles[:], r), 0)) }

func (d *doc) prints() []uint32 { return d.data[d.nTerms:] }

// slimPrints are kept of a copy.
const slimPrints = 6

// thin drops what the text that d copies has too. A copy that is longer than
// what it copies keeps all: it may be the whole, and the other a part.
func (d *doc) thin(o *doc) {
	mod := uint32(max(d.mod, o.mod))
	if a, b := countMod(d.prints(), mod), countMod(o.prints(), mod); a <= b+b/4 {
		prints := d.prints()
		d.data, d.nTerms, d.facts, d.norms = prints[:min(len(prints), slimPrints)], 0, "", norms{}
		d.slim = true
	}
}

// language is the code of a language without its region.
func language(code string) uint16 {
	if len(code) < 2 {
		return 0
	}
	return uint16(code[0]|0x20)<<8 | uint16(code[1]|0x20)
}

// foreign says whether two texts are in different languages.
func foreign(a, b *doc) bool { return a.lang != b.lang && a.lang != 0 && b.lang != 0 }

func (d *doc) dated() bool { return d.when != 0 }

// gap is the time between two documents, 0 when either has no date.
func gap(a, b *doc) time.Duration {
	if !a.dated() || !b.dated() {
		return 0
	}
	return (time.Duration(a.when-b.when) * time.Second).Abs()
}

// read reduces an article. The document's data is valid until the next is read, unless
// it is placed.
func (w *Window) read(it Item) doc {
	a := it.Article
	d := doc{article: a.ID, source: w.sourceID(a.Source), when: seconds(w.dated(a)), lang: language(a.Lang)}
	r := &w.reader
	r.reset()
	title := r.scan.scan(a.Title, titleWords)
	r.title(title)
	r.words = r.words[:0]
	r.wording(title)
	text := r.scan.scan(a.Text, readWords)
	d.short = len(text) < shortWords
	r.text(text)
	if len(text) >= 2*shingle {
		r.words = r.words[:0] // else the headline is of the wording
	}
	r.wording(text)
	facts := factsOf(it.Reading)
	for _, f := range facts {
		kind := aFact
		if f.kind == system || f.kind == news.Country {
			kind = aTopic
		}
		r.add(kind, f.hash(), inLead)
	}
	d.facts = packFacts(facts)
	terms := w.pick(r.found)
	d.norms = w.norm(terms)
	var prints []uint32
	prints, d.mod = r.prints(hash(a.Source))
	r.data = r.data[:0]
	for _, t := range terms {
		r.data = append(r.data, uint32(t))
	}
	r.data = append(r.data, prints...)
	d.data, d.nTerms = r.data, uint16(len(terms))
	return d
}

// dated is when an article counts as published. A date in the future is no
// date: then it is when the article was first seen.
func (w *Window) dated(a news.Article) time.Time {
	when := a.When()
	if !a.FirstSeen.IsZero() && when.After(a.FirstSeen.Add(48*time.Hour)) {
		return a.FirstSeen
	}
	return when
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// terms of a document, without copying.
func (d *doc) terms() []uint32 { return d.data[:d.nTerms] }

// reader turns tokens into terms and prints. Its buffers are used again.
type reader struct {
	scan  scanner
	found []term
	words []uint32
	out   []uint32
	data  []uint32
}

// arena keeps the data of documents in large pieces: memory for each alone would be
// rounded up by a twentieth of it.
type arena struct{ free []uint32 }

// piece is the size of a piece, 128 kB.
const piece = 32 << 10

func (a *arena) keep(data []uint32) []uint32 {
	n := len(data)
	if n > len(a.free) {
		a.free = make([]uint32, max(piece, n))
	}
	kept := a.free[:n:n]
	a.free = a.free[n:]
	copy(kept, data)
	return kept
}

func (r *reader) reset() { r.found = r.found[:0] }

func (r *reader) add(kind int, h uint32, flags term) {
	r.found = append(r.found, newTerm(kind, h)|flags)
}

func (r *reader) wording(ts []token) {
	for _, t := range ts {
		r.words = append(r.words, t.word)
	}
}

// title takes the terms of a headline. Many houses write every word of it with
// a capital, so names are looked for only where most words have none.
func (r *reader) title(ts []token) {
	upper, last := 0, uint32(0)
	for _, t := range ts {
		if t.upper {
			upper++
		}
		if t.stem == 0 {
			last = 0
			continue
		}
		r.add(aWord, t.stem, inTitle|inLead)
		if last != 0 {
			r.add(aBigram, join2(last, t.stem), inTitle|inLead)
		}
		last = t.stem
	}
	if 2*upper < len(ts) {
		r.names(ts)
	}
	r.numbers(ts, len(ts))
	r.dates(ts)
}

// text takes the terms of a body.
func (r *reader) text(ts []token) {
	last := uint32(0)
	for i, t := range ts {
		if t.stem == 0 {
			last = 0
			continue
		}
		if i >= leadWords {
			r.add(aWord, t.stem, 0)
			continue
		}
		r.add(aWord, t.stem, inLead)
		if last != 0 {
			r.add(aBigram, join2(last, t.stem), inLead)
		}
		last = t.stem
	}
	ts = ts[:min(len(ts), nameWords)]
	r.names(ts)
	r.numbers(ts, leadWords)
	r.dates(ts)
	r.quotes(ts)
}

// names are runs of words with capitals, but for a single one that begins a
// sentence; the parts of a run count too.
func (r *reader) names(ts []token) {
	for i := 0; i < len(ts); i++ {
		if !ts[i].upper || ts[i].stem == 0 {
			continue
		}
		j := i + 1
		for j < len(ts) && j < i+4 && ts[j].upper && ts[j].glued {
			j++
		}
		if j == i+1 && ts[i].first && !ts[i].caps {
			continue
		}
		run := uint32(0)
		for k := i; k < j; k++ {
			if ts[k].stem == 0 {
				continue
			}
			if run = join2(run, ts[k].stem); k > i {
				r.add(aName, run, 0)
			}
			r.add(aName, join2(0, ts[k].stem), 0)
		}
		i = j - 1
	}
}

// numbers are figures of two digits or more, alone and with the word after
// them; the first so many words are title or lead. A year tells nothing alone.
func (r *reader) numbers(ts []token, lead int) {
	for i, t := range ts {
		if !t.digit {
			continue
		}
		var where term
		if i < lead {
			where = inLead
		}
		if !t.year {
			r.add(aNumber, t.word, where)
		}
		if i+1 < len(ts) && ts[i+1].stem != 0 {
			r.add(aNumber, join2(t.word, ts[i+1].stem), where)
		}
	}
}

// dates are the years, and the months with their days, that the text speaks of.
func (r *reader) dates(ts []token) {
	for i, t := range ts {
		switch {
		case t.year:
			r.add(aDate, t.word, 0)
		case t.month != 0 && i+1 < len(ts) && ts[i+1].day:
			r.add(aDate, join2(uint32(t.month), ts[i+1].word), 0)
		case t.month != 0 && i > 0 && ts[i-1].day:
			r.add(aDate, join2(uint32(t.month), ts[i-1].word), 0)
		}
	}
}

// quotes are the runs of four words within quotation marks.
func (r *reader) quotes(ts []token) {
	for i := 0; i+4 <= len(ts); i++ {
		if !ts[i].quote || !ts[i+3].quote {
			continue
		}
		h := ts[i].word
		for _, t := range ts[i+1 : i+4] {
			h = join2(h, t.word)
		}
		r.add(aQuote, h, 0)
	}
}

// pick keeps the terms that tell most of each kind, sorted, and marks those by
// which the document is found.
func (w *Window) pick(found []term) []term {
	slices.Sort(found)
	all := w.weighed[:0]
	for i := 0; i < len(found); {
		t, n := found[i], 1
		for i++; i < len(found) && found[i].key() == t.key(); i++ {
			t |= found[i] & (inTitle | inLead)
			n++
		}
		t |= oftenBits(n)
		all = append(all, weighed{t, w.strength(t)})
	}
	slices.SortFunc(all, func(a, b weighed) int {
		if a.by != b.by {
			return cmp.Compare(b.by, a.by)
		}
		return cmp.Compare(a.t, b.t)
	})
	w.weighed = all
	var count [kinds]int
	kept := w.kept[:0]
	for i := range all {
		t := all[i].t
		if count[t.kind()]++; count[t.kind()] > most[t.kind()] {
			continue
		}
		if len(kept) < indexed {
			t |= isIndexed
		}
		kept = append(kept, t)
	}
	slices.Sort(kept)
	w.kept = kept
	return kept
}

// weighed is a term with how much it tells.
type weighed struct {
	t  term
	by float64
}

func (w *Window) strength(t term) float64 {
	by := w.words.rarity(t.key()) * t.often()
	switch {
	case t.kind() == aFact, t.kind() == aTopic:
		return by * 1.5
	case t.has(inTitle):
		return by * 1.7
	case t.has(inLead) && t.kind() != aNumber:
		return by * 1.2
	}
	return by
}
