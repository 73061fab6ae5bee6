// Package weapon finds the weapon systems that an article names, and says for
// each name found whether it is really the weapon: not the city of Milan, not
// hot weather, not Senator Abrams.
//
// Every candidate is kept with a verdict, a score and the reasons for it, and
// with byte offsets into the original field. Time is linear in the text. The
// package is pure: no clock, network or disk.
package weapon

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/armswatch/armswatch/matchers/catalogue"
	"github.com/armswatch/armswatch/matchers/scan"
	"github.com/armswatch/armswatch/matchers/token"
	"github.com/armswatch/armswatch/monitor/news"
)

// Doc is an article to look through.
type Doc struct {
	Title, Text string
	Lang        string // ISO 639-1; "" when unknown
	// The tokens of title and text when they are at hand; nil: made here.
	TitleTokens, TextTokens []token.Token
}

// Finder finds the systems of a catalogue. It is safe for concurrent use.
type Finder struct {
	catalogue *catalogue.Catalogue
	index     *scan.Index
	forms     []form // the first of the index; phrases of the caller follow
	lexicon   *lexicon
	scratch   sync.Pool // of *field
}

// form is a surface form of the index, perhaps inflected.
type form struct {
	text   string
	class  catalogue.Class
	system int
	known  int   // how many sources write the system so
	code   bool  // holds a figure
	plural bool  // the plural of another form
	warned []int // of a namesake: the systems whose name it bears
	firm   bool  // a namesake that makes the system: Barrett Firearms
}

// bare says that a form is a word or a name that others bear too.
func (f *form) bare() bool {
	return f.class == catalogue.Word || f.class == catalogue.Name || f.class == catalogue.Quoted
}

// New prepares a finder. Phrases given beside the catalogue are found in the same
// pass over the text, by [Finder.FindAlso].
func New(c *catalogue.Catalogue, also ...scan.Form) *Finder {
	f := &Finder{catalogue: c, lexicon: theLexicon()}
	var texts []scan.Form
	for i, s := range c.Systems() {
		for _, sf := range s.Forms {
			for _, text := range inflections(sf) {
				f.forms = append(f.forms, form{system: i, text: sf.Text, class: sf.Class, code: hasDigit(sf.Text), known: len(sf.Sources), plural: text != sf.Text && strings.HasSuffix(text, "s") || plural(&s, sf.Text)})
				texts = append(texts, scan.Form{Text: text})
			}
		}
	}
	f.index = scan.New(append(f.namesakes(texts), also...))
	f.forms = slices.Clone(f.forms) // without room to grow
	return f
}

// plural says whether a form of a system is the plural of another.
func plural(s *catalogue.System, text string) bool {
	single, ok := strings.CutSuffix(text, "s")
	return ok && slices.ContainsFunc(s.Forms, func(f catalogue.Form) bool { return f.Text == single })
}

// field is one field of a document while it is looked through.
type field struct {
	*Finder
	name      news.Field
	text      string
	tokens    []token.Token
	room      []token.Token // kept from document to document
	hits      []scan.Hit
	also      []int32 // phrases of the caller that stand in the text
	sentences []int32
	found     []candidate
	doubtful  []int // systems whose namesakes are named
	firms     []int // systems whose makers of the same name are named
	small     bool  // no capitals at all
	shouting  bool  // hardly a small letter
	lang      string
}

// candidate is a name found.
type candidate struct {
	form        *form
	first, last int // tokens
	start, end  int // bytes
	score       int
	reasons     []string
	vetoed      bool
	accepted    bool
	sure        bool // names its system by itself
	exact       bool // written as the form is
	person      bool // somebody's name
	civil       bool // beside a word of peace: Fox News
	quoted      bool // in quotation marks
	lower       bool // in small letters
	raised      bool // in capitals that its form has not
	apart       bool // a code with a space where its form has none
	noun        int  // how near a class noun stands: 3 beside it, 2 in the sentence
	nearest     int  // tokens to the nearest class noun, reach+1 without one
}

// Find lists the names of systems in an article, in the order of title and
// text. Only Mentions with Accepted count.
func (f *Finder) Find(d Doc) []news.Mention {
	mentions, _ := f.FindAlso(nil, d)
	return mentions
}

// FindAlso is Find that appends to dst the phrases given to [New] that stand in
// the article, by their place in that list, each as often as it stands there.
func (f *Finder) FindAlso(dst []int32, d Doc) ([]news.Mention, []int32) {
	title, text := f.field(news.InTitle, d.Title, d.TitleTokens), f.field(news.InText, d.Text, d.TextTokens)
	defer f.scratch.Put(title)
	defer f.scratch.Put(text)
	dst = append(append(dst, title.also...), text.also...)
	if len(title.found)+len(text.found) == 0 {
		return nil, dst
	}
	title.lang, text.lang = d.Lang, d.Lang
	j := newJudge(title, text)
	j.judge()
	return append(title.mentions(), text.mentions()...), dst
}

// field tokenises a text, unless that is done, and collects the candidates in it.
func (f *Finder) field(name news.Field, text string, tokens []token.Token) *field {
	d, _ := f.scratch.Get().(*field)
	if d == nil {
		d = &field{}
	}
	room := d.room
	if tokens == nil {
		room = token.Append(room[:0], text)
		tokens = room
	}
	*d = field{
		Finder: f, name: name, text: text, tokens: tokens, room: room,
		hits: d.hits[:0], also: d.also[:0], sentences: d.sentences[:0], found: d.found[:0], doubtful: d.doubtful[:0], firms: d.firms[:0],
	}
	d.hits = f.index.Append(d.hits, text, d.tokens)
	d.takeAlso()
	if len(d.hits) == 0 {
		return d
	}
	d.small, d.shouting = letters(text)
	for _, h := range d.hits {
		if c, ok := d.candidate(h); ok {
			d.found = append(d.found, c)
		}
	}
	if len(d.found) == 0 {
		return d
	}
	d.sentences = token.Sentences(d.sentences, text, d.tokens)
	d.found = longest(d.found)
	d.dropNamesakes()
	return d
}

// takeAlso moves the hits on phrases of the caller to also.
func (d *field) takeAlso() {
	own := d.hits[:0]
	for _, h := range d.hits {
		if n := h.Form - int32(len(d.forms)); n >= 0 {
			d.also = append(d.also, n)
		} else {
			own = append(own, h)
		}
	}
	d.hits = own
}

// longest keeps of overlapping candidates the leftmost and longest. Homonyms,
// which cover the same words, all stay.
func longest(found []candidate) []candidate {
	slices.SortStableFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.first, b.first), -cmp.Compare(a.last, b.last), -compareBool(a.exact, b.exact),
			cmp.Compare(rank(a.form.class), rank(b.form.class)))
	})
	kept := found[:0]
	end, first := -1, -1
	for _, c := range found {
		switch {
		case c.first > end:
			first, end = c.first, c.last
		case c.first != first || c.last != end:
			continue
		}
		last := kept[max(0, len(kept)-8):]
		if k := slices.IndexFunc(last, func(k candidate) bool { return k.first == c.first && k.form.system == c.form.system }); k < 0 {
			kept = append(kept, c)
		} else if c.provesMore(&last[k]) {
			last[k] = c
		}
	}
	return kept
}

// provesMore says whether of two forms of a system that cover the same words c
// is the one to go by: spaces and hyphens are equal, so that a Kilo-class boat is
// as sure as a Kilo class one; quotation marks count where they stand.
// A spelling in small letters is the one for a name in small letters.
func (c *candidate) provesMore(than *candidate) bool {
	if small := token.CaseOf(c.form.text).AllLower(); c.lower && small != token.CaseOf(than.form.text).AllLower() {
		return small
	}
	switch c.form.class {
	case catalogue.Strong:
		return than.form.class != catalogue.Strong
	case catalogue.Quoted:
		return c.quoted && than.form.class == catalogue.Word
	}
	return c.form.class == catalogue.Word && than.form.class == catalogue.Quoted && !than.quoted
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func rank(c catalogue.Class) int {
	switch c {
	case catalogue.Strong:
		return 0
	case catalogue.Acro, catalogue.Medium:
		return 1
	case catalogue.Quoted, catalogue.Case:
		return 2
	}
	return 3
}

func (d *field) mentions() []news.Mention {
	var out []news.Mention
	for _, c := range d.found {
		s := &d.catalogue.Systems()[c.form.system]
		out = append(out, news.Mention{
			Field: d.name, Start: c.start, End: c.end, Surface: d.text[c.start:c.end],
			System: s.ID, Name: s.Name, Category: s.Category, Class: string(c.form.class),
			Accepted: c.accepted, Score: c.score, Reasons: c.reasons,
		})
	}
	return out
}
