// Package finding reads what identifies a finding out of a text: how many of
// what, the page count, title, publisher and author of a report, countries,
// dates and sums of money.
//
// It promises byte offsets into the original field for everything it finds,
// values in one normal form whatever the language, time linear in the text and
// no panic on any bytes. It errs towards silence: what is not said in so many
// words is not found. It is pure: no clock, network or disk. The words it knows
// stand in the *.txt files beside it, one line each, for review.
package finding

import (
	"cmp"
	"slices"

	"github.com/armswatch/armswatch/matchers/number"
	"github.com/armswatch/armswatch/monitor/news"
)

// Input is an article to read.
type Input struct {
	Title, Text string
	// Mentions are the weapon systems found in it; only accepted ones count.
	Mentions []news.Mention
	// Lang is its language, ISO 639-1; "" when unknown.
	Lang string
}

// Find gives the findings of an article: first those of the title, then those of
// the text, each in the order of the text. What is said twice in a field is given
// once, where it is said first; a country where it is said first beside a weapon
// or a quantity, if it is.
func Find(in Input) []news.Finding {
	d := newArticle(in)
	return append(d.title.findings(d), d.text.findings(d)...)
}

// Publishers gives the publishers alone, at less cost.
func Publishers(in Input) []news.Finding {
	d := newArticle(in)
	for _, t := range []*text{d.title, d.text} {
		for i := range t.words {
			t.readPublisher(d, i)
		}
	}
	return append(d.title.sorted(), d.text.sorted()...)
}

func newArticle(in Input) *article {
	l, lang := theLexicon(), number.Base(in.Lang)
	d := &article{
		title: newText(l, news.InTitle, in.Title, lang, in.Mentions),
		text:  newText(l, news.InText, in.Text, lang, in.Mentions),
		full:  map[string]bool{}, sure: map[string]bool{},
	}
	for _, t := range []*text{d.title, d.text} {
		for _, m := range t.matches {
			switch {
			case m.kind == publisher && m.last > m.first:
				d.full[m.value] = true
			case m.kind == country && m.flag != '!':
				d.sure[m.value] = true
			}
		}
	}
	return d
}

// article is what one field may ask about the whole.
type article struct {
	title, text *text
	full        map[string]bool // publishers that are named in full
	sure        map[string]bool // countries that are named beyond doubt
}

// findings runs every reader over one field.
func (t *text) findings(d *article) []news.Finding {
	for i := range t.words {
		t.readNumber(i)
		t.readDate(i)
		t.readTitle(i)
		t.readAuthor(i)
		t.readPublisher(d, i)
	}
	t.readCountries(d)
	return t.sorted()
}

// add records what stands from byte start to end.
func (t *text) add(f news.Finding, start, end int) {
	f.Field, f.Start, f.End, f.Text = t.field, start, end, t.s[start:end]
	key := f
	key.Start, key.End, key.Text = 0, 0, ""
	if !t.seen[key] {
		t.seen[key] = true
		t.found = append(t.found, f)
	}
}

func (t *text) sorted() []news.Finding {
	slices.SortStableFunc(t.found, func(a, b news.Finding) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.Kind, b.Kind))
	})
	return t.found
}
