package weapon_test

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/armswatch/armswatch/matchers/weapon"
	"github.com/armswatch/armswatch/monitor/news"
)

//go:embed testdata/sentences.txt
var sentencesText string

var marked = regexp.MustCompile(`\[([^=\]]+)=([^\]]+)\]`)

// label is a mention that a sentence has.
type label struct {
	start, end int
	system     string
}

// labelled parts a sentence from its labels.
func labelled(line string) (text string, labels []label) {
	for at := 0; ; {
		m := marked.FindStringSubmatchIndex(line[at:])
		if m == nil {
			return text + line[at:], labels
		}
		text += line[at : at+m[0]]
		start := len(text)
		text += line[at+m[2] : at+m[3]]
		labels = append(labels, label{start, len(text), line[at+m[4] : at+m[5]]})
		at += m[1]
	}
}

func (l label) is(m news.Mention) bool {
	return m.Accepted && m.System == l.system && m.Start < l.end && l.start < m.End
}

// The sentences hold what is known to go wrong too, so that it is seen what a change
// costs; the rest may not fall behind.
func TestSentences(t *testing.T) {
	f := finder(t)
	right, wrong, missed := 0, 0, 0
	for line := range strings.Lines(sentencesText) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		text, labels := labelled(line)
		found := f.Find(weapon.Doc{Text: text})
		for _, l := range labels {
			if slices.ContainsFunc(found, l.is) {
				right++
			} else {
				missed++
				t.Logf("misses %q: %s", text[l.start:l.end], text)
			}
		}
		for _, m := range found {
			if m.Accepted && !slices.ContainsFunc(labels, func(l label) bool { return l.is(m) }) {
				wrong++
				t.Logf("takes %q for %s: %s", m.Surface, m.System, text)
			}
		}
	}
	precision, recall := float64(right)/float64(right+wrong), float64(right)/float64(right+missed)
	t.Logf("%d right, %d wrong, %d missed: precision %.3f, recall %.3f", right, wrong, missed, precision, recall)
	if precision < .97 || recall < .96 {
		t.Errorf("precision %.3f, recall %.3f; want .970 and .960 at least", precision, recall)
	}
}
