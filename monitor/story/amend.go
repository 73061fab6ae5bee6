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

// Amend takes in that an outlet edited an article of a story: it was read as before,
// and is read as now.
func (w *Window) Amend(id news.ArticleID, in news.StoryID, before, now news.Reading) Amendment {
	var out Amendment
	old, facts := factsOf(before), factsOf(now)
	gone, came := without(old, facts), without(facts, old)
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
	for _, f := range came {
		if f.kind == news.Author || f.kind == system && counted(came, f) {
			continue
		}
		n, said := corrected(f, &gone)
		if !said {
			var old bool
			if n, old = novelty(f, known); old {
				continue
			}
		}
		out.News = append(out.News, n)
	}
	if 2*len(gone) <= len(old) { // else the text was cut, not corrected
		for _, f := range gone {
			if n, ok := withdrawn(f); ok {
				out.News = append(out.News, n)
			}
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

// corrected says what f stands in place of, and takes that from what is gone: a
// number of the same things, or of pages.
func corrected(f fact, gone *[]fact) (n news.Novelty, ok bool) {
	if f.kind != news.Quantity && f.kind != news.Pages {
		return n, false
	}
	i := slices.IndexFunc(*gone, func(o fact) bool { return o.kind == f.kind && o.key == f.key })
	if i < 0 {
		return n, false
	}
	was := (*gone)[i].value
	*gone = slices.Delete(*gone, i, i+1)
	what := f.name
	if f.kind == news.Pages {
		what = "pages"
	}
	text := fmt.Sprintf("now says %s %s, not %s", news.Thousands(f.value), what, news.Thousands(was))
	return news.Novelty{Kind: f.kind, Text: strings.Join(strings.Fields(text), " "), Clash: true}, true
}

// withdrawn says that a number or a system is stated no more.
func withdrawn(f fact) (n news.Novelty, ok bool) {
	n = news.Novelty{Kind: f.kind, Clash: true}
	switch {
	case f.kind == news.Quantity && !f.rough:
		n.Text = strings.TrimSpace(fmt.Sprintf("no longer says %s %s", news.Thousands(f.value), f.name))
	case f.kind == system:
		n.Text = "no longer names the " + f.name
	default:
		return n, false
	}
	return n, true
}
