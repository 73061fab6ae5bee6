package scan_test

import (
	"fmt"
	"testing"

	"github.com/armswatch/armswatch/matchers/scan"
	"github.com/armswatch/armswatch/matchers/scan/sample"
	"github.com/armswatch/armswatch/matchers/token"
)

func forms(n int) []scan.Form {
	out := make([]scan.Form, n)
	for i, f := range sample.Forms(1, n) {
		out[i].Text = f
	}
	return out
}

func size(texts []string) (n int64) {
	for _, t := range texts {
		n += int64(len(t))
	}
	return n
}

func BenchmarkTokens(b *testing.B) {
	for name, texts := range map[string][]string{"english": sample.English(1, 4<<20), "mixed": sample.Mixed(1, 4<<20)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size(texts))
			var tokens []token.Token
			for b.Loop() {
				for _, t := range texts {
					tokens = token.Append(tokens[:0], t)
				}
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	english, mixed := sample.English(1, 4<<20), sample.Mixed(1, 4<<20)
	for _, n := range []int{100, 1000, 10_000, 50_000} {
		x := scan.New(forms(n))
		b.Run(fmt.Sprintf("english/%d", n), func(b *testing.B) { run(b, x, english) })
		if n == 10_000 {
			b.Run(fmt.Sprintf("mixed/%d", n), func(b *testing.B) { run(b, x, mixed) })
		}
	}
}

func run(b *testing.B, x *scan.Index, texts []string) {
	b.SetBytes(size(texts))
	b.ReportAllocs()
	var tokens []token.Token
	var hits []scan.Hit
	total := 0
	for b.Loop() {
		total = 0
		for _, t := range texts {
			tokens = token.Append(tokens[:0], t)
			hits = x.Append(hits[:0], t, tokens)
			total += len(hits)
		}
	}
	b.ReportMetric(float64(total), "hits")
}

func BenchmarkNew(b *testing.B) {
	for _, n := range []int{1000, 10_000, 50_000} {
		forms := forms(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				scan.New(forms)
			}
		})
	}
}
