package story

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const (
	joinAt    = 0.45 // probability at which an article fits a story
	mergeMean = 0.6  // at which the headlines of one story fit another
)

// model is three sets of gradient-boosted regression trees (Friedman 2001): for a
// text and a story, for a headline alone and a story, and for two texts.
type model struct{ text, headline, pair []tree }

// tree is a tree of nodes; the first is its root.
type tree []node

// node asks whether a feature is below a limit; a leaf has no feature and adds
// its value to the logarithm of the odds.
type node struct {
	feature   int // -1: a leaf
	limit     float64
	low, high int // where to go on
	value     float64
}

//go:embed model.txt
var modelText string

// theModel is read once and never written after.
var theModel = sync.OnceValue(func() *model {
	m, err := readModel(modelText)
	if err != nil {
		return &model{} // a test reads the embedded text, so this cannot be
	}
	return m
})

// readModel reads the form that writeTo of the trainer writes: "text",
// "headline" or "pair" begins a set, "tree" a tree, then a node a line.
func readModel(text string) (*model, error) {
	m := &model{}
	set := &m.text
	n := 0
	for line := range strings.Lines(text) {
		n++
		f := strings.Fields(line)
		var err error
		switch {
		case len(f) == 0 || f[0] == "#":
		case f[0] == "text":
			set = &m.text
		case f[0] == "headline":
			set = &m.headline
		case f[0] == "pair":
			set = &m.pair
		case f[0] == "tree":
			*set = append(*set, nil)
		case len(*set) == 0:
			err = fmt.Errorf("a node before the first tree")
		default:
			err = (*set)[len(*set)-1].read(f)
		}
		if err != nil {
			return nil, fmt.Errorf("model line %d: %w", n, err)
		}
	}
	return m, nil
}

// read appends a node: "FEATURE LIMIT LOW HIGH" or "= VALUE".
func (t *tree) read(f []string) (err error) {
	nd := node{feature: -1}
	switch {
	case len(f) == 2 && f[0] == "=":
		nd.value, err = strconv.ParseFloat(f[1], 64)
	case len(f) == 4:
		if nd.feature = slices.Index(featureNames[:], f[0]); nd.feature < 0 {
			return fmt.Errorf("unknown feature %q", f[0])
		}
		if nd.limit, err = strconv.ParseFloat(f[1], 64); err != nil {
			break
		}
		if nd.low, err = strconv.Atoi(f[2]); err != nil {
			break
		}
		nd.high, err = strconv.Atoi(f[3])
		if err == nil && (nd.low <= len(*t) || nd.high <= len(*t)) {
			err = fmt.Errorf("a node that goes back")
		}
	default:
		err = fmt.Errorf("neither node nor leaf")
	}
	*t = append(*t, nd)
	return err
}

func (t tree) value(f *features) float64 {
	for i := 0; i < len(t); {
		n := &t[i]
		switch {
		case n.feature < 0:
			return n.value
		case f[n.feature] < n.limit:
			i = n.low
		default:
			i = n.high
		}
	}
	return 0
}

// probability is the model's that article and story belong together.
func (m *model) probability(f *features, short bool) float64 {
	if short {
		return probability(m.headline, f)
	}
	return probability(m.text, f)
}

func probability(trees []tree, f *features) float64 {
	z := 0.0
	for _, t := range trees {
		z += t.value(f)
	}
	return 1 / (1 + math.Exp(-z))
}
