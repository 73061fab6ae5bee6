package story

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/armswatch/armswatch/monitor/news"
)

// Split says that some articles of a story turned out to be another one.
type Split struct {
	From, Into news.StoryID
	Articles   []news.ArticleID // in the order of placing
	Reasons    []string
}

const (
	// oneStory is the mean probability from which the pairs of two groups of texts
	// say that these are one story.
	oneStory = 0.5
	// ownStory is how many texts make a story of their own beside the rest.
	ownStory = 3
	// splitMost texts of a story are compared with each other, the first and the
	// latest: 780 pairs.
	splitMost = 40
	// exemplars are how many texts of a group stand for it.
	exemplars = 5
)

// Keep has stories never split, because a person made them what they are.
func (w *Window) Keep(ids ...news.StoryID) {
	for _, id := range ids {
		w.whole[id] = true
	}
}

// Part has pairs of stories never merged, because a person made two of them.
func (w *Window) Part(pairs ...[2]news.StoryID) { w.separate = append(w.separate, pairs...) }

// parted says whether a person made two of these stories, or of what was merged into
// them.
func (w *Window) parted(a, b news.StoryID) bool {
	return slices.ContainsFunc(w.separate, func(p [2]news.StoryID) bool {
		x, y := w.now(p[0]), w.now(p[1])
		return x == a && y == b || x == b && y == a
	})
}

// split looks at a story that grew, and takes out of it what is another one: the
// first article of a new claim about the same people is often taken for one of
// the old claim, and only those that follow show that it was not.
func (w *Window) split(c *cluster) (list []Split) {
	if !due(len(c.members)) || w.whole[c.id] {
		return nil
	}
	texts := w.ofOneLanguage(w.texts(c, splitMost))
	groups := slices.DeleteFunc(w.group(texts), func(g []int32) bool { return len(g) < ownStory })
	if len(groups) < 2 {
		return nil
	}
	parts := make([][]int32, len(groups))
	for _, i := range c.members {
		k := w.nearestGroup(i, groups)
		parts[k] = append(parts[k], i)
	}
	w.remake(c, parts[0]) // the oldest stay
	for k, part := range parts[1:] {
		w.last++
		w.stories[w.last] = &cluster{id: w.last}
		w.remake(w.stories[w.last], part)
		s := Split{From: c.id, Into: w.last, Reasons: []string{w.apart(groups[k+1], groups[0], c.id)}}
		for _, i := range part {
			s.Articles = append(s.Articles, w.docs[i].article)
		}
		list = append(list, s)
	}
	return list
}

// due says whether a story that has grown to n members is looked at: each time it
// is larger by a fifth, so that the cost for an article does not grow with the
// story.
func due(n int) bool {
	step := func(n int) int { return int(4 * math.Log2(float64(n))) }
	return n >= 2*ownStory && step(n) != step(n-1)
}

// texts are up to n members that are more than a headline, the oldest first.
func (w *Window) texts(c *cluster, n int) []int32 {
	list := slices.DeleteFunc(w.sample(c, n), func(i int32) bool { return w.docs[i].short })
	slices.Sort(list)
	return list
}

// ofOneLanguage are the texts in the language that most of them are in, and those
// in an unknown one. Others are unlike them whatever they say.
func (w *Window) ofOneLanguage(texts []int32) []int32 {
	count := map[uint16]int{}
	var most uint16
	for _, i := range texts { // the first that reaches the highest count
		l := w.docs[i].lang
		if count[l]++; l != 0 && count[l] > count[most] {
			most = l
		}
	}
	return slices.DeleteFunc(texts, func(i int32) bool { l := w.docs[i].lang; return l != most && l != 0 })
}

// remake gives a story its members anew.
func (w *Window) remake(c *cluster, members []int32) {
	*c = cluster{id: c.id, members: members}
	for _, i := range members {
		d := &w.docs[i]
		d.story = c.id
		c.newest, c.first = max(c.newest, d.when), earlier(c.first, d.when)
		w.learnIn(c, i)
	}
}

// nearestGroup is the group that a document is in, or else most like: the first
// when it is like none.
func (w *Window) nearestGroup(i int32, groups [][]int32) int {
	best, most := 0, 0.0
	for k, g := range groups {
		if slices.Contains(g, i) {
			return k
		}
		by, _ := w.mean([]int32{i}, g[:min(len(g), exemplars)])
		if w.docs[i].slim {
			by = w.wording(i, g)
		}
		if by > most {
			best, most = k, by
		}
	}
	return best
}

// wording is the most that a copy's fingerprints agree with a text of a group.
func (w *Window) wording(i int32, group []int32) (most float64) {
	for _, o := range group {
		most = max(most, overlap(&w.docs[i], &w.docs[o]))
	}
	return most
}

// apart says why one group is not of the story of another.
func (w *Window) apart(group, other []int32, id news.StoryID) string {
	group, other = group[:min(len(group), exemplars)], other[:min(len(other), exemplars)]
	within, _ := w.mean(group, group)
	between, _ := w.mean(group, other)
	return fmt.Sprintf("its articles are like each other (%.2f) and unlike the first of story %s (%.2f)", within, id, between)
}

// mean is the mean probability that a text of one list and a text of the other,
// which is not itself, are of one story; ok is false when none are comparable:
// texts in different languages are only when they state the same findings.
func (w *Window) mean(a, b []int32) (p float64, ok bool) {
	n := 0
	for _, x := range a {
		for _, y := range b {
			if x == y {
				continue
			}
			if q := w.same(x, y); q >= bound || !foreign(&w.docs[x], &w.docs[y]) {
				p, n = p+q, n+1
			}
		}
	}
	return p / float64(max(n, 1)), n > 0
}

// same is the probability that two texts are of one story, judged by themselves.
func (w *Window) same(a, b int32) float64 {
	f := w.pairFeatures(&w.docs[a], b)
	p := probability(w.model.pair, &f)
	if p < bound && w.docs[a].facts != "" && w.docs[b].facts != "" &&
		sameFindings(unpackFacts(w.docs[a].facts), unpackFacts(w.docs[b].facts)) {
		return bound
	}
	return p
}

// pairFeatures are those of a text and a story that has one other. That they are of
// one source says little: in the sets that teach, sources write of a story once.
func (w *Window) pairFeatures(d *doc, other int32) (f features) {
	p := w.compare(d, other)
	p.sameSource = 0
	f.atLeast(&p)
	f[fDateClash] = p.dateClash
	return f
}

// group puts texts together whose pairs are on average probably of one story:
// average linkage (Sokal and Michener 1958). Each group is sorted, and they are by
// their first.
func (w *Window) group(texts []int32) [][]int32 {
	n := len(texts)
	groups := make([][]int32, n)
	sum := make([][]float64, n) // over the pairs of two groups
	for i := range n {
		groups[i], sum[i] = texts[i:i+1:i+1], make([]float64, n)
		for j := range i {
			sum[i][j] = w.same(texts[i], texts[j])
			sum[j][i] = sum[i][j]
		}
	}
	for {
		a, b, most := -1, -1, oneStory
		for i := range n {
			for j := range i {
				if pairs := len(groups[i]) * len(groups[j]); pairs > 0 && sum[i][j] >= most*float64(pairs) {
					a, b, most = j, i, sum[i][j]/float64(pairs)
				}
			}
		}
		if a < 0 {
			break
		}
		groups[a], groups[b] = append(groups[a], groups[b]...), nil
		for k := range n {
			sum[a][k] += sum[b][k]
			sum[k][a] = sum[a][k]
		}
	}
	groups = slices.DeleteFunc(groups, func(g []int32) bool { return len(g) == 0 })
	for _, g := range groups {
		slices.Sort(g)
	}
	slices.SortFunc(groups, func(a, b []int32) int { return cmp.Compare(a[0], b[0]) })
	return groups
}
