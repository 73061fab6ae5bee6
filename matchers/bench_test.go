package matchers

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/armswatch/armswatch/matchers/scan/sample"
	"github.com/armswatch/armswatch/matchers/token"
	"github.com/armswatch/armswatch/monitor/news"
)

// manyRules makes n rules as editors write them: phrases, wildcards, proximity
// and words of their own, most about things that an article seldom holds.
func manyRules(n int) []string {
	random := rand.New(rand.NewPCG(7, 7))
	names := sample.Forms(3, 2*n)
	name := func() string {
		return strings.NewReplacer(`"`, "", "*", "", ":", " ").Replace(names[random.IntN(len(names))])
	}
	rare := func() string {
		b := make([]byte, 6+random.IntN(5))
		for i := range b {
			b[i] = "bcdfghjklmnprstvz"[random.IntN(17)]
			if i%2 == 1 {
				b[i] = "aeiou"[random.IntN(5)]
			}
		}
		return string(b)
	}
	out := make([]string, n)
	for i := range out {
		switch i % 6 {
		case 0:
			out[i] = `"` + name() + ` deliveries"`
		case 1:
			out[i] = rare()
		case 2:
			out[i] = rare() + `* NEAR/8 (stockpile* OR depot*)`
		case 3:
			out[i] = `("` + name() + `" OR "` + name() + ` batteries") AND ` + rare()
		case 4:
			out[i] = `exact:` + rare() + ` AND NOT lang:de`
		default:
			out[i] = `"<#> ` + rare() + ` ` + rare() + `"`
		}
	}
	return out
}

// phrasePairs makes the rules of `armswatch bench match`: two phrases each.
func phrasePairs(n int) []string {
	names := sample.Forms(2, 2*n)
	out := make([]string, n)
	for i := range out {
		out[i] = `"` + names[2*i] + `" AND "` + names[2*i+1] + `"`
	}
	return out
}

func BenchmarkMatch(b *testing.B) {
	texts := sample.English(1, 4<<20)
	size := 0
	for _, t := range texts {
		size += len(t)
	}
	for _, set := range []struct {
		name  string
		rules []string
	}{{"rules=0", nil}, {"pairs=10000", phrasePairs(10_000)}, {"rules=100", manyRules(100)}, {"rules=10000", manyRules(10_000)}} {
		m, err := New(Options{Watchlists: []Watchlist{{Name: "desk", Phrases: set.rules}}})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(set.name, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			met := 0
			for b.Loop() {
				met = 0
				for _, t := range texts {
					if len(m.Match(news.Article{Text: t, Lang: "en"}).Matches) > 0 {
						met++
					}
				}
			}
			b.ReportMetric(float64(met)/float64(len(texts)), "met/article")
		})
	}
}

// BenchmarkCandidates is the part of Match that the number of rules touches, on
// texts that are tokenised.
func BenchmarkCandidates(b *testing.B) {
	texts := sample.English(1, 1<<20)
	size := 0
	scratches := make([]scratch, len(texts))
	for i, t := range texts {
		size += len(t)
		scratches[i] = scratch{texts: [2]string{"", t}, tokens: [2][]token.Token{nil, token.Append(nil, t)}}
	}
	for _, n := range []int{100, 10_000} {
		m, err := New(Options{Watchlists: []Watchlist{{Name: "desk", Phrases: manyRules(n)}}})
		if err != nil {
			b.Fatal(err)
		}
		x := m.index("en")
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			b.SetBytes(int64(size))
			rules := 0
			var found []int32
			for b.Loop() {
				rules = 0
				for i := range scratches {
					found = x.candidates(found[:0], &scratches[i], nil)
					rules += len(found)
				}
			}
			b.ReportMetric(float64(rules)/float64(len(texts)), "rules/article")
		})
	}
}
