package main

import (
	"fmt"
	"hash/fnv"
	"io"
	"math/bits"
	"slices"
	"strings"
	"time"
	"unicode"
)

// baseline is a simple way of grouping, to compare with.
type baseline struct {
	name  string
	group func(rows []storyRow) []int
}

var baselines = []baseline{
	{"exact title", byTitle},
	{"SimHash, 3 of 64 bits", bySimHash},
	{"MinHash, 64 hashes, >= .5", byMinHash},
	{"title Jaccard >= .6, single link", byJaccard},
}

// evalBaselines prints the figures of the baselines beside ours.
func evalBaselines(w io.Writer, rows []storyRow) {
	for _, b := range baselines {
		began := time.Now()
		groups := b.group(rows)
		var got, want []string
		for i, r := range rows {
			if r.Story != "" {
				got, want = append(got, fmt.Sprint(groups[i])), append(want, string(r.Story))
			}
		}
		printFigures(w, "  "+b.name, got, want, time.Since(began))
	}
}

func byTitle(rows []storyRow) []int {
	at := map[string]int{}
	out := make([]int, len(rows))
	for i, r := range rows {
		key := strings.Join(plainWords(string(r.Title)), " ")
		if _, ok := at[key]; !ok {
			at[key] = i
		}
		out[i] = at[key]
	}
	return out
}

func plainWords(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func hash64(s string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, s)
	x := h.Sum64()
	x ^= x >> 31
	x *= 0x9e3779b97f4a7c15
	return x ^ x>>29
}

// bySimHash links texts whose hashes (Charikar 2002) differ in 3 bits at most.
func bySimHash(rows []storyRow) []int {
	hashes := make([]uint64, len(rows))
	for i, r := range rows {
		var sum [64]int
		for _, word := range plainWords(string(r.Title + " " + r.Text)) {
			h := hash64(word)
			for b := range sum {
				sum[b] += int(h>>b&1)*2 - 1
			}
		}
		for b, n := range sum {
			if n > 0 {
				hashes[i] |= 1 << b
			}
		}
	}
	return link(len(rows), func(i, j int) bool { return bits.OnesCount64(hashes[i]^hashes[j]) <= 3 })
}

// byMinHash links texts of which 32 of 64 least hashes of words in threes are
// equal (Broder 1997).
func byMinHash(rows []storyRow) []int {
	least := make([][64]uint64, len(rows))
	for i, r := range rows {
		words := plainWords(string(r.Title + " " + r.Text))
		for k := range least[i] {
			least[i][k] = ^uint64(0)
		}
		for n := 0; n+3 <= len(words); n++ {
			h := hash64(strings.Join(words[n:n+3], " "))
			for k := range least[i] {
				x := (h ^ uint64(k)*0x9e3779b97f4a7c15) * 0xd6e8feb86659fd93
				least[i][k] = min(least[i][k], x^x>>32)
			}
		}
	}
	return link(len(rows), func(i, j int) bool {
		same := 0
		for k := range least[i] {
			if least[i][k] == least[j][k] {
				same++
			}
		}
		return same >= 32
	})
}

// byJaccard links titles that share six of ten words.
func byJaccard(rows []storyRow) []int {
	sets := make([][]uint64, len(rows))
	for i, r := range rows {
		for _, word := range plainWords(string(r.Title)) {
			sets[i] = append(sets[i], hash64(word))
		}
		slices.Sort(sets[i])
		sets[i] = slices.Compact(sets[i])
	}
	return link(len(rows), func(i, j int) bool {
		a, b, both := sets[i], sets[j], 0
		for x, y := 0, 0; x < len(a) && y < len(b); {
			switch {
			case a[x] < b[y]:
				x++
			case a[x] > b[y]:
				y++
			default:
				x, y, both = x+1, y+1, both+1
			}
		}
		return both > 0 && 10*both >= 6*(len(a)+len(b)-both)
	})
}

// link makes groups of all that are alike, directly or through others.
func link(n int, alike func(i, j int) bool) []int {
	group := make([]int, n)
	var find func(i int) int
	find = func(i int) int {
		if group[i] != i {
			group[i] = find(group[i])
		}
		return group[i]
	}
	for i := range group {
		group[i] = i
		for j := range i {
			if alike(i, j) {
				group[find(i)] = find(j)
			}
		}
	}
	for i := range group {
		group[i] = find(i)
	}
	return group
}
