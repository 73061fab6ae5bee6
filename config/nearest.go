package config

import (
	"strings"
	"unicode"
)

// nearest is the candidate a wrong word most likely meant: equal but for case,
// spaces and punctuation, else within a third of its letters by edit distance
// (Damerau's, so that swapped letters count once). It is "" when none is near.
func nearest(word string, candidates []string) string {
	w := squash(word)
	best, bestDistance := "", len(w)/3+1
	for _, c := range candidates {
		if d := distance(w, squash(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// squash keeps letters and digits only, in lower case.
func squash(s string) []rune {
	var out []rune
	for _, r := range strings.ToLower(s) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			out = append(out, r)
		}
		if len(out) == 64 { // keeps hostile words cheap; no key or name needs more
			break
		}
	}
	return out
}

// distance is the optimal string alignment distance.
func distance(a, b []rune) int {
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		now[0] = i + 1
		for j := range b {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			now[j+1] = min(last[j+1]+1, now[j]+1, last[j]+change)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				now[j+1] = min(now[j+1], before[j-1]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}

// didYouMean is the end of a message about a wrong word.
func didYouMean(word string, candidates []string) string {
	if n := nearest(word, candidates); n != "" {
		return `: did you mean "` + n + `"?`
	}
	return ""
}
