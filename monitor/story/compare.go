package story

import (
	"cmp"
	"math"
	"slices"
	"time"
)

const (
	looked   = 25  // documents that are compared
	chain    = 400 // entries of the index that are read for one term
	best     = 5   // members of a story that count
	rareFrom = 5   // rarity from which a word counts as rare
	maxFit   = 12  // stories that are scored
	// What a lead without figures, and a text without a year, leave open.
	noFigures = 0.1 // the share that agrees
	noYear    = 0.5 // the years between them
)

// pair is how alike two documents are.
type pair struct {
	other                   int32
	body, title, lead       float64        // cosines of words
	titles, inLead, inOther float64        // how much of a headline stands in the other's headline, lead, text; the better way round
	shared                  [kinds]float64 // rarity of what is shared, a logarithm
	part                    [kinds]float64 // and as a share of the smaller
	rare                    float64        // rare words shared, a logarithm
	rareBody                float64        // cosine of the rare words alone
	crossed                 float64        // how much of a headline stands in the other's lead, the worse way round
	figures                 float64        // share of the figures of their leads
	years                   float64        // how near the latest years are that they speak of, 1 when they are one
	wording                 float64        // share of the smaller one's fingerprints
	gap                     time.Duration
	sameSource              float64
	dateClash               float64
}

// alike orders pairs before the model has seen them.
func (p *pair) alike() float64 {
	return 2*p.body + p.title + p.lead + 0.5*p.part[aName] + 0.3*p.part[aFact]
}

// compare goes through the terms of two documents in one pass.
func (w *Window) compare(a *doc, other int32) pair {
	b := &w.docs[other]
	p := pair{other: other, gap: gap(a, b)}
	if a.source == b.source && w.names[a.source] != "" {
		p.sameSource = 1
	}
	var s sums
	x, y := a.terms(), b.terms()
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch k, l := x[i]>>5, y[j]>>5; {
		case k < l:
			i++
		case k > l:
			j++
		default:
			s.add(term(x[i]), term(y[j]), w.words.rarity(k))
			w.seen.in[i] |= w.seen.story
			i, j = i+1, j+1
		}
	}
	s.into(&p, &a.norms, &b.norms)
	p.wording = overlap(a, b)
	return p
}

// sums are what two documents share.
type sums struct {
	body, title, lead            float64
	aInB, bInA, aInLead, bInLead float64 // words of a headline in the other text
	titles                       float64
	rare, rareBody               float64
	figures                      float64 // of both leads
	year                         float32 // the latest that both speak of
	kind                         [kinds]float64
}

func (s *sums) add(a, b term, r float64) {
	s.kind[a.kind()] += r
	switch {
	case a.kind() == aNumber && a.has(inLead) && b.has(inLead):
		s.figures += r
	case a.kind() == aDate:
		s.year = max(s.year, years[a.key()])
	}
	if a.kind() != aWord {
		return
	}
	x := a.often() * b.often() * r * r
	s.body += x
	if r >= rareFrom {
		s.rare++
		s.rareBody += x
	}
	at, bt, al, bl := a.has(inTitle), b.has(inTitle), a.has(inLead), b.has(inLead)
	if at {
		s.aInB += r
	}
	if bt {
		s.bInA += r
	}
	if al && bl {
		s.lead += r * r
	}
	if at && bl {
		s.aInLead += r
	}
	if bt && al {
		s.bInLead += r
	}
	if at && bt {
		s.title += r * r
		s.titles += r
	}
}

func (s *sums) into(p *pair, a, b *norms) {
	p.body = cosine(s.body, a.body, b.body)
	p.title = cosine(s.title, a.title, b.title)
	p.lead = cosine(s.lead, a.lead, b.lead)
	p.titles = share(s.titles, min(a.titleSum, b.titleSum))
	p.inOther = max(share(s.aInB, a.titleSum), share(s.bInA, b.titleSum))
	p.inLead = max(share(s.aInLead, a.titleSum), share(s.bInLead, b.titleSum))
	p.crossed = min(share(s.aInLead, a.titleSum), share(s.bInLead, b.titleSum))
	p.rare = math.Log1p(s.rare)
	p.rareBody = cosine(s.rareBody, a.rare, b.rare)
	p.figures = noFigures
	if least := min(a.figures, b.figures); least > 0 {
		p.figures = share(s.figures, least)
	}
	p.years = 1 / (1 + s.apart(a.year, b.year))
	for k := range kinds {
		p.shared[k] = math.Log1p(s.kind[k])
		p.part[k] = share(s.kind[k], min(a.sum[k], b.sum[k]))
	}
	if s.kind[aDate] == 0 && a.sum[aDate] > 0 && b.sum[aDate] > 0 {
		p.dateClash = 1
	}
}

// apart is how many years lie between the latest that two texts speak of, none when
// either speaks of the other's latest.
func (s *sums) apart(a, b float32) float64 {
	switch {
	case a == 0 || b == 0:
		return noYear
	case s.year > 0 && s.year == min(a, b):
		return 0
	}
	return math.Abs(float64(a - b))
}

// overlap is the share of the smaller text's fingerprints that both have.
func overlap(a, b *doc) float64 {
	x, y := a.prints(), b.prints()
	n := 0
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] < y[j]:
			i++
		case x[i] > y[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	if n == 0 {
		return 0
	}
	return float64(n) / float64(common2(x, a.mod, y, b.mod, len(x)))
}

// scored is a story with how well an article fits it.
type scored struct {
	c    *cluster
	p    float64
	f    features
	best pair
	near []int32 // the members it was compared with
	with int32   // the member with the same findings, -1 when there is none
	veto string  // why it is refused however well it fits
}

// rank scores the stories of the documents nearest to d, and of its twin if it
// has one, the best first.
func (w *Window) rank(d *doc, t twin) []scored {
	near := w.nearest(d)
	if t.doc >= 0 && !slices.Contains(near, t.doc) {
		near = slices.Insert(near, 0, t.doc)
	}
	members := map[*cluster][]int32{}
	var order []*cluster
	for _, i := range near {
		c := w.stories[w.docs[i].story]
		if c == nil || members[c] == nil && len(order) == maxFit {
			continue
		}
		if members[c] == nil {
			order = append(order, c)
		}
		members[c] = append(members[c], i)
	}
	out := make([]scored, 0, len(order))
	w.seen.reset()
	w.tell(d)
	for k, c := range order {
		w.seen.story = 1 << k
		out = append(out, w.fit(d, c, members[c]))
	}
	w.judge(d, out)
	slices.SortFunc(out, func(a, b scored) int { return cmp.Or(-cmp.Compare(a.p, b.p), cmp.Compare(a.c.id, b.c.id)) })
	return out
}

// judge gives each story its probability, which depends on the other stories
// too: a story that fits less than another fits less.
func (w *Window) judge(d *doc, list []scored) {
	facts := unpackFacts(d.facts)
	for i := range list {
		other := 0.0
		for j := range list {
			if j != i {
				other = max(other, list[j].f[fAll])
			}
		}
		s := &list[i]
		w.seen.features(w, d, &s.f, 1<<i)
		s.f[fMargin] = s.f[fAll] - other
		s.p = w.model.probability(&s.f, d.short || w.docs[s.best.other].short)
		w.bind(facts, s)
		w.refuse(d, facts, s)
	}
}

// fit makes the features of an article and a story.
func (w *Window) fit(d *doc, c *cluster, members []int32) scored {
	found := len(members)
	members = w.more(d, c, members)
	var pairs []pair
	for _, i := range w.readable(d, members) {
		pairs = append(pairs, w.compare(d, i))
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(-cmp.Compare(a.alike(), b.alike()), cmp.Compare(a.other, b.other))
	})
	s := scored{c: c, best: pairs[0], near: members, with: -1}
	s.f = w.summarise(d, c, pairs)
	s.f[fFound] = math.Log1p(float64(found))
	return s
}

// readable are the members in d's language, all when there is none.
func (w *Window) readable(d *doc, members []int32) []int32 {
	isForeign := func(i int32) bool { return foreign(d, &w.docs[i]) }
	if !slices.ContainsFunc(members, isForeign) {
		return members
	}
	if own := slices.DeleteFunc(slices.Clone(members), isForeign); len(own) > 0 {
		return own
	}
	return members
}

// more adds the first and the latest members to those that were found, so that
// a story is judged by more than what the index happened to give.
func (w *Window) more(d *doc, c *cluster, members []int32) []int32 {
	if len(members) >= best {
		return members
	}
	for _, i := range w.sampleIn(c, 2*best, d.lang) {
		if len(members) < best && !slices.Contains(members, i) {
			members = append(members, i)
		}
	}
	return members
}

// nearest are the documents that share most of d's strongest terms.
func (w *Window) nearest(d *doc) []int32 {
	for _, x := range d.terms() {
		t := term(x)
		if !t.has(isIndexed) {
			continue
		}
		by := float32(w.words.rarity(t.key()))
		w.terms.walk(t.key(), chain, func(i int32) { w.hit(i, by) })
	}
	nearer := func(a, b int32) bool { return w.hits[a] > w.hits[b] || w.hits[a] == w.hits[b] && a < b }
	out := make([]int32, 0, looked+1)
	for _, x := range w.touched {
		if len(out) == looked && !nearer(x, out[looked-1]) {
			continue
		}
		at := len(out)
		for at > 0 && nearer(x, out[at-1]) {
			at--
		}
		out = slices.Insert(out, at, x)
		out = out[:min(len(out), looked)]
	}
	w.unhit()
	return out
}

// alike says whether two stories are one: so the pairs of their texts are on
// average, or, where one has headlines only or they are in different languages, the
// latest members of the smaller fit the larger.
func (w *Window) alike(a, b *cluster) bool {
	if p, ok := w.mean(w.texts(a, 8), w.texts(b, 8)); ok {
		return p >= oneStory
	}
	if len(a.members) > len(b.members) {
		a, b = b, a
	}
	sum, n := 0.0, 0
	for _, x := range w.sample(a, 4) {
		others := w.sample(b, 8)
		if len(others) == 0 {
			continue
		}
		w.seen.reset()
		w.tell(&w.docs[x])
		w.seen.story = 1
		s := []scored{w.fit(&w.docs[x], b, others)}
		w.judge(&w.docs[x], s)
		sum += s[0].p
		n++
	}
	return n > 0 && sum/float64(n) >= mergeMean
}

// sample are up to n members that have content, half of them the first, half
// the latest.
func (w *Window) sample(c *cluster, n int) []int32 { return w.sampleIn(c, n, 0) }

// sampleIn are members in a language or of an unknown one, any if lang is 0.
func (w *Window) sampleIn(c *cluster, n int, lang uint16) (out []int32) {
	for k := 0; k < len(c.members) && len(out) < n; k++ {
		at := k / 2
		if k%2 == 1 {
			at = len(c.members) - 1 - k/2
		}
		d := &w.docs[c.members[at]]
		if d.nTerms > 0 && (lang == 0 || d.lang == 0 || d.lang == lang) {
			out = append(out, c.members[at])
		}
	}
	return out
}
