package story

import (
	"math"
	"math/bits"
	"time"
)

// The features of an article and a story, by name as model.txt has them. "Best"
// is of the member that is nearest in that respect, "mean" of the nearest five.
const (
	fBody = iota
	fBodyMean
	fTitle
	fTitleMean
	fLead
	fLeadMean
	fTitles
	fInLead
	fInOther
	fBigram
	fBigramPart
	fName
	fNamePart
	fNameMean
	fNumber
	fNumberPart
	fQuote
	fFact
	fFactPart
	fDatePart
	fDateClash // both speak of dates, and of none in common
	fRare
	fRareMean
	fRareBody // cosine of the rare words alone
	fRareBodyMean
	fCrossed // how much of either headline stands in the other's lead
	fCrossedMean
	fLeadFigures
	fLeadFiguresMean
	fYears // how near the latest years are that they speak of
	fYearsMean
	fWording
	fAll          // cosine to the story's centre
	fCore         // how much of what its articles have in common the article has
	fCoreNames    // of the names among it
	fMargin       // how much more than to any other story's
	fCovered      // share of the article's title and lead that some member has
	fTitleCovered // of its title
	fApart        // of what tells the nearest stories apart, the share that speaks for this one
	fFound        // how many of the nearest documents are of the story, a logarithm
	fSize         // members, a logarithm
	fNear         // days to the nearest member, as a Gaussian of three days
	fFirst        // days to the first, of five
	fDated        // whether there are dates
	fSource       // the nearest is of the same source
	featureCount
)

var featureNames = [featureCount]string{
	"body", "body-mean", "title", "title-mean", "lead", "lead-mean", "titles", "title-in-lead", "title-in-other", "pairs", "pairs-part",
	"names", "names-part", "names-mean", "figures", "figures-part", "quotes", "facts", "facts-part", "dates-part", "dates-clash", "rare", "rare-mean",
	"rare-body", "rare-body-mean", "title-and-lead", "title-and-lead-mean", "lead-figures", "lead-figures-mean", "years", "years-mean", "wording",
	"centre", "core", "core-names", "margin", "covered", "title-covered", "apart", "found", "size", "near", "first", "dated", "same-source",
}

type features [featureCount]float64

// summarise makes the features of d and a story of its pairs, the best first.
// Margin is filled in when all stories are known.
func (w *Window) summarise(d *doc, c *cluster, pairs []pair) (f features) {
	n := float64(min(len(pairs), best))
	nearest := time.Duration(math.MaxInt64)
	for i := range pairs[:int(n)] {
		p := &pairs[i]
		f[fBodyMean] += p.body / n
		f[fTitleMean] += p.title / n
		f[fLeadMean] += p.lead / n
		f[fNameMean] += p.part[aName] / n
		f[fRareMean] += p.rare / n
		f[fRareBodyMean] += p.rareBody / n
		f[fCrossedMean] += p.crossed / n
		f[fLeadFiguresMean] += p.figures / n
		f[fYearsMean] += p.years / n
		f[fDateClash] += p.dateClash / n
		f.atLeast(p)
		nearest = min(nearest, p.gap)
	}
	w.toCenter(d, c, &f)
	f[fSize] = math.Log(float64(c.size(d.lang)))
	f[fNear], f[fFirst] = 1, 1
	if d.dated() && c.first != 0 {
		f[fDated] = 1
		f[fNear] = gaussian(nearest, 3)
		f[fFirst] = gaussian(time.Duration(d.when-c.first)*time.Second, 5)
	}
	return f
}

// atLeast raises the features that are the best of several pairs.
func (f *features) atLeast(p *pair) {
	for _, x := range [...]struct {
		i int
		v float64
	}{
		{fBody, p.body},
		{fTitle, p.title},
		{fLead, p.lead},
		{fTitles, p.titles},
		{fInLead, p.inLead},
		{fInOther, p.inOther},
		{fBigram, p.shared[aBigram]},
		{fBigramPart, p.part[aBigram]},
		{fName, p.shared[aName]},
		{fNamePart, p.part[aName]},
		{fNumber, p.shared[aNumber]},
		{fNumberPart, p.part[aNumber]},
		{fQuote, p.shared[aQuote]},
		{fFact, p.shared[aFact]},
		{fFactPart, p.part[aFact]},
		{fDatePart, p.part[aDate]},
		{fRare, p.rare},
		{fRareBody, p.rareBody},
		{fCrossed, p.crossed},
		{fLeadFigures, p.figures},
		{fYears, p.years},
		{fWording, p.wording},
		{fSource, p.sameSource},
	} {
		f[x.i] = max(f[x.i], x.v)
	}
}

func gaussian(d time.Duration, days float64) float64 {
	x := d.Hours() / 24 / days
	return math.Exp(-x * x / 2)
}

// seen says in which of the nearest stories each term of an article is.
type seen struct {
	story uint32 // the bit of the story that is being compared
	in    [maxTerms]uint32
}

func (s *seen) reset() { *s = seen{} }

// features fills in what only a look at all members, or at all stories, tells, of
// the article that was last told.
func (s *seen) features(w *Window, d *doc, f *features, story uint32) {
	var lead, title, apart sumOf
	for i, x := range d.terms() {
		t := term(x)
		k := t.kind()
		if k == aQuote || k == aBigram {
			continue
		}
		r := w.told[i].rare
		here := s.in[i]&story != 0
		if t.has(inLead) && k != aNumber {
			lead.add(r, here)
		}
		if t.has(inTitle) {
			title.add(r, here)
		}
		if n := bits.OnesCount32(s.in[i]); n > 0 {
			apart.add(r/float64(n*n), here)
		}
	}
	f[fCovered], f[fTitleCovered], f[fApart] = lead.share(), title.share(), apart.share()
}

// sumOf is a part of a whole.
type sumOf struct{ part, all float64 }

func (s *sumOf) add(x float64, part bool) {
	s.all += x
	if part {
		s.part += x
	}
}

func (s *sumOf) share() float64 {
	if s.all == 0 {
		return 0
	}
	return s.part / s.all
}
