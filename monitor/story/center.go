package story

import "slices"

// weight is a term of a story's centre with the sum of what it weighs in the
// members.
type weight struct {
	key uint32
	sum float32
}

// keptWeights is how many terms of a centre are kept.
const keptWeights = 150

// strand is what a story's articles in one language have in common. One that
// has a single article with content has no centre: it is that article.
type strand struct {
	lang   uint16
	size   int   // articles
	only   int32 // the article
	center []weight
	length float32 // of the centre, squared; 0: to be measured
	core   core    // of the whole centre
}

// core is a sum over the terms that a strand's articles have in common, the more
// of them a term is in the more it counts: over all, and over names.
type core struct{ all, names float64 }

func (c *core) add(key uint32, sum float32, size int, rarity float64) {
	x := min(float64(sum)/float64(size)/1.5, 1)
	x *= x * rarity
	c.all += x
	if term(key<<5).kind() == aName {
		c.names += x
	}
}

// strand is the part of a story to compare a text with: that of its language. A
// text of unknown language goes with the first, and a strand of unknown language
// with any text. It is nil when there is none.
func (c *cluster) strand(lang uint16) *strand {
	var unknown *strand
	for i := range c.strands {
		switch s := &c.strands[i]; {
		case s.lang == lang || lang == 0:
			return s
		case s.lang == 0:
			unknown = s
		}
	}
	return unknown
}

func (w *Window) centerOf(s *strand) []weight {
	if s.center != nil {
		return s.center
	}
	return weights(&w.docs[s.only])
}

// weights of a document's words, names and pairs of words.
func weights(d *doc) []weight {
	out := make([]weight, 0, d.nTerms)
	for _, x := range d.terms() {
		out = append(out, weight{x >> 5, float32(term(x).weight())})
	}
	return out
}

// learnCenter takes a member into the strand of its language.
func (w *Window) learnCenter(c *cluster, i int32) {
	d := &w.docs[i]
	if s := c.strand(d.lang); s != nil {
		w.addCenter(s, weights(d))
		s.size++
		return
	}
	c.strands = append(c.strands, strand{lang: d.lang, size: 1, only: i})
}

// learnAll takes over the strands of another story.
func (w *Window) learnAll(c *cluster, from []strand) {
	for i := range from {
		if s := c.strand(from[i].lang); s != nil {
			w.addCenter(s, w.centerOf(&from[i]))
			s.size += from[i].size
			continue
		}
		c.strands = append(c.strands, from[i])
	}
}

func (w *Window) addCenter(s *strand, more []weight) {
	old := w.centerOf(s)
	out := w.sum[:0]
	for len(old) > 0 || len(more) > 0 {
		switch {
		case len(more) == 0 || len(old) > 0 && old[0].key < more[0].key:
			out, old = append(out, old[0]), old[1:]
		case len(old) == 0 || old[0].key > more[0].key:
			out, more = append(out, more[0]), more[1:]
		default:
			out = append(out, weight{old[0].key, old[0].sum + more[0].sum})
			old, more = old[1:], more[1:]
		}
	}
	w.sum = out
	s.center = slices.Clone(w.prune(out))
	s.length = 0
}

// measure is the squared length of a centre.
func (w *Window) measure(s *strand) float32 {
	if s.length == 0 {
		s.core = core{}
		for _, x := range s.center {
			r := w.words.rarity(x.key)
			y := x.sum * float32(r)
			s.length += y * y
			s.core.add(x.key, x.sum, s.size, r)
		}
	}
	return s.length
}

// prune keeps the terms that weigh most, of two alike the first; it changes list.
func (w *Window) prune(list []weight) []weight {
	if len(list) <= keptWeights+keptWeights/2 {
		return list
	}
	by := w.by[:0]
	for _, x := range list { // all the memory is asked for at once, then reckoned with
		by = append(by, float64(w.words.count(x.key)))
	}
	for i, x := range list {
		by[i] = float64(x.sum) * w.words.rarityOf(float32(by[i]))
	}
	w.by, w.low = by, append(w.low[:0], by...)
	least := nth(w.low, keptWeights)
	alike := keptWeights // that weigh just the least and are kept
	for _, v := range by {
		if v > least {
			alike--
		}
	}
	kept := list[:0]
	for i, x := range list {
		if by[i] == least {
			alike--
		}
		if by[i] > least || by[i] == least && alike >= 0 {
			kept = append(kept, x)
		}
	}
	return kept
}

// nth is the n-th largest of a list without NaN, counted from 1; it changes the order
// of the list.
// Hoare's selection.
func nth(list []float64, n int) float64 {
	for low, high, at := 0, len(list)-1, n-1; low < high; {
		x, i, j := list[(low+high)/2], low, high
		for i <= j {
			for list[i] > x {
				i++
			}
			for list[j] < x {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case at <= j:
			high = j
		case at >= i:
			low = i
		default:
			return x
		}
	}
	return list[n-1]
}

// told is a term of the article that is being placed: its rarity, and that times
// its weight.
type told struct {
	key     uint32
	rare, x float64
}

// tell prepares the article's terms for toCenter.
func (w *Window) tell(d *doc) {
	w.told = w.told[:0]
	for _, t := range d.terms() {
		r := w.words.rarity(t >> 5)
		w.told = append(w.told, told{t >> 5, r, r * term(t).weight()})
	}
}

// toCenter compares the article with the centre of a story.
func (w *Window) toCenter(d *doc, c *cluster, f *features) {
	s := c.strand(d.lang)
	if s == nil && len(c.strands) > 0 {
		s = &c.strands[0]
	}
	switch {
	case s == nil:
		return
	case s.center == nil:
		w.toMember(&w.docs[s.only], d, f)
		return
	}
	var has core
	dot, y := 0.0, s.center
	for _, x := range w.told {
		for len(y) > 0 && y[0].key < x.key {
			y = y[1:]
		}
		if len(y) > 0 && y[0].key == x.key {
			dot += x.x * x.rare * float64(y[0].sum)
			has.add(x.key, y[0].sum, s.size, x.rare)
		}
	}
	f[fAll] = cosine(dot, d.norms.all, w.measure(s))
	f[fCore], f[fCoreNames] = has.of(s.core)
}

// of is how much of a whole a part is.
func (c core) of(whole core) (all, names float64) {
	return share(c.all, float32(whole.all)), share(c.names, float32(whole.names))
}

// toMember is the same for a strand with one member.
func (w *Window) toMember(m, d *doc, f *features) {
	var has, whole core
	dot, x := 0.0, w.told
	for _, t := range m.terms() {
		key, by := t>>5, term(t).weight()
		for len(x) > 0 && x[0].key < key {
			x = x[1:]
		}
		if len(x) > 0 && x[0].key == key {
			dot += x[0].x * x[0].rare * by
			has.add(key, float32(by), 1, x[0].rare)
			whole.add(key, float32(by), 1, x[0].rare)
		} else {
			whole.add(key, float32(by), 1, w.words.rarity(key))
		}
	}
	f[fAll] = cosine(dot, d.norms.all, m.norms.all)
	f[fCore], f[fCoreNames] = has.of(whole)
}

// size is how many articles a story has, less those in other languages.
func (c *cluster) size(lang uint16) int {
	n := len(c.members)
	if c.strand(lang) == nil {
		return n
	}
	for i := range c.strands {
		if s := &c.strands[i]; s.lang != lang && s.lang != 0 && lang != 0 {
			n -= s.size
		}
	}
	return max(n, 1)
}
