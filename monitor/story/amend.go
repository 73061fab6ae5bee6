package story

import (
	"fmt"
	"slices"
	"strings"

	"github.com/armswatch/armswatch/monitor/news"
)

// Amendment is what the edit of an article that was placed changes.
type Amendment struct {
	News      []news.Novelty // what it corrects, and what it adds to the story
	Signature []byte         // as of now; nil when its facts are as they were, or it has left the window
}

// Edit is what an outlet did to an article of a story.
type Edit struct {
	Before, Now news.Reading
	Cut         bool // most of the text went: nothing that went with it is taken back
}

// Amend takes in that an outlet edited an article of a story.
func (w *Window) Amend(id news.ArticleID, in news.StoryID, e Edit) Amendment {
	var out Amendment
	old, facts := factsOf(e.Before), factsOf(e.Now)
	gone, came := without(old, facts), without(facts, old)
	if e.Cut {
		facts, gone = append(facts, gone...), nil
	}
	if len(gone)+len(came) == 0 {
		return out
	}
	known := without(old, gone)
	if c := w.stories[w.now(in)]; c != nil {
		d := w.member(c, id)
		if d != nil {
			d.facts = packFacts(known)
		}
		known = append(known, w.known(c)...)
		if d != nil {
			d.facts = packFacts(facts)
			out.Signature = d.encode()
		}
	}
	was := gone
	for _, f := range came {
		if f.kind == news.Author || f.kind == system && counted(came, f) {
			continue
		}
		n, said := corrected(f, came, &gone)
		if !said {
			var old bool
			if n, old = novelty(f, known); old {
				continue
			}
		}
		out.News = append(out.News, n)
	}
	for _, f := range gone {
		if n, ok := withdrawn(f, was); ok {
			out.News = append(out.News, n)
		}
	}
	return out
}

// member is an article of a story, nil when it is not in it.
func (w *Window) member(c *cluster, id news.ArticleID) *doc {
	for _, i := range c.members {
		if w.docs[i].article == id {
			return &w.docs[i]
		}
	}
	return nil
}

// without are the facts of a that b does not have.
func without(a, b []fact) []fact {
	return slices.DeleteFunc(slices.Clone(a), func(f fact) bool { return slices.ContainsFunc(b, f.same) })
}

// corrected says what f stands in place of, and takes that from what is gone: the one
// number of these things, or of pages, that there was, where there is one now.
func corrected(f fact, came []fact, gone *[]fact) (n news.Novelty, ok bool) {
	alike := func(o fact) bool { return o.kind == f.kind && o.key == f.key }
	i := slices.IndexFunc(*gone, alike)
	if f.kind != news.Quantity && f.kind != news.Pages || i < 0 || several(came, alike) || several(*gone, alike) {
		return n, false
	}
	was := (*gone)[i].value
	*gone = slices.Delete(slices.Clone(*gone), i, i+1)
	what := f.name
	if f.kind == news.Pages {
		what = "pages"
	}
	text := fmt.Sprintf("now says %s %s, not %s", news.Thousands(f.value), what, news.Thousands(was))
	return news.Novelty{Kind: f.kind, Text: strings.Join(strings.Fields(text), " "), Clash: true}, true
}

func several(list []fact, f func(fact) bool) bool {
	i := slices.IndexFunc(list, f)
	return i >= 0 && slices.ContainsFunc(list[i+1:], f)
}

// withdrawn says that a number or a system is stated no more; of a system that is
// gone, not also how many there were.
func withdrawn(f fact, gone []fact) (n news.Novelty, ok bool) {
	n = news.Novelty{Kind: f.kind, Clash: true}
	switch {
	case f.kind == news.Quantity && slices.ContainsFunc(gone, func(o fact) bool { return o.kind == system && o.value == f.key }):
		return n, false
	case f.kind == news.Quantity && !f.rough:
		n.Text = strings.TrimSpace(fmt.Sprintf("no longer says %s %s", news.Thousands(f.value), f.name))
	case f.kind == system:
		n.Text = "no longer names the " + f.name
	default:
		return n, false
	}
	return n, true
}
