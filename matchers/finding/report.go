package finding

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/monitor/news"
)

// maxTitle is the longest title of a report, in bytes.
const maxTitle = 160

var quotes = map[rune]string{'"': "\"", '“': "”", '„': "“”", '«': "»", '‘': "’"}

// readTitle reads the title of a report: words in quotation marks behind "titled",
// "report" or the like.
func (t *text) readTitle(i int) {
	m, ok := t.find(i, titled)
	if !ok {
		if m, ok = t.find(i, document); !ok {
			return
		}
	}
	gap := t.after(m.last)
	at := strings.IndexFunc(gap, func(r rune) bool { return quotes[r] != "" })
	if at < 0 || strings.Trim(gap[:at], " ,:\u00a0") != "" {
		return
	}
	open, size := utf8.DecodeRuneInString(gap[at:])
	start := t.words[m.last].end + at + size
	rest := t.s[start:min(len(t.s), start+maxTitle)]
	end := strings.IndexAny(rest, quotes[open])
	if end <= 0 || strings.ContainsRune(rest[:end], '\n') {
		return
	}
	title := strings.TrimLeft(rest[:end], " \u00a0\u202f")
	start += end - len(title)
	title = strings.TrimRight(title, " \u00a0\u202f,.;:")
	if r, _ := utf8.DecodeRuneInString(title); !unicode.IsUpper(r) && !unicode.IsDigit(r) && unicode.IsLetter(r) && unicode.ToUpper(r) != r {
		return
	}
	if title != "" {
		t.add(news.Finding{Kind: news.Report, Value: title}, start, start+len(title))
	}
}

// readAuthor reads who wrote a report: a name beside "author of the report",
// behind "report written by" or before "wrote the report".
func (t *text) readAuthor(i int) {
	if m, ok := t.find(i, wrote); ok {
		t.readWriter(m)
		return
	}
	m, ok := t.find(i, author)
	if !ok {
		return
	}
	if !t.near(m.last, 5, document) {
		return
	}
	// "Ines Halvorsen, the author of the report" and "the report's author, X".
	if first, last, named := t.nameBefore(m.first); named {
		t.addPerson(first, last)
		return
	}
	if m.last+1 < len(t.words) && strings.TrimSpace(t.after(m.last)) == "," {
		t.addName(m.last + 1)
	}
}

func (t *text) readWriter(m match) {
	if b, ok := t.find(m.last+1, by); ok {
		if t.near(m.first, 5, document) {
			t.addName(b.last + 1)
		}
		return
	}
	if !t.near(m.last, 3, document) {
		return
	}
	if last := m.first - 1; last > 0 && t.words[last].fold == "who" {
		if first, last, ok := t.nameBefore(last); ok {
			t.addPerson(first, last)
		}
	} else if first := t.nameStart(last); first < last && t.joined(m.first) {
		t.addPerson(first, last)
	}
}

func (t *text) addPerson(first, last int) {
	t.add(news.Finding{Kind: news.Author, Value: t.s[t.words[first].start:t.words[last].end]}, t.words[first].start, t.words[last].end)
}

// nameStart is where the name that ends at word last begins; behind last when
// there is none.
func (t *text) nameStart(last int) int {
	first := last + 1
	for first > 0 && last-first < 3 && t.words[first-1].upper && !t.words[first-1].caps && (first-1 == last || t.joined(first)) {
		first--
	}
	return first
}

// addName records the name that begins at word i: two to four words with capitals.
func (t *text) addName(i int) {
	last := i - 1
	for last+1 < len(t.words) && last-i < 3 && t.words[last+1].upper && !t.words[last+1].caps && (last < i || t.joined(last+1)) {
		last++
	}
	if last > i {
		t.addPerson(i, last)
	}
}

// nameBefore finds a name that ends a few words before word i, behind a comma.
func (t *text) nameBefore(i int) (first, last int, ok bool) {
	for k := i; k > max(i-5, 0); k-- {
		if t.words[k].sentence != t.words[k-1].sentence {
			return 0, 0, false
		}
		if strings.TrimSpace(t.gap(k)) == "," {
			last = k - 1
			first = t.nameStart(last)
			return first, last, last > first
		}
	}
	return 0, 0, false
}

// readPublisher reads who published a report. Organisations whose business is
// findings count wherever they speak, others only beside a report.
func (t *text) readPublisher(d *article, i int) {
	m, ok := t.find(i, publisher)
	if !ok {
		return
	}
	beside := t.near(m.last, 12, document)
	full := m.last > m.first
	switch {
	case m.flag == '=' && !beside && !d.full[m.value]:
		return
	case m.flag == '?' && !(beside && t.publishes(m)):
		return
	case m.flag == '+' && !full && !beside && !d.full[m.value] && !t.speaks(m):
		return
	}
	t.add(news.Finding{Kind: news.Publisher, Value: m.value}, t.words[m.first].start, t.words[m.last].end)
}

// publishes says that the words around speak of publishing. That a body answers a
// report is not enough.
func (t *text) publishes(m match) bool {
	if _, its := t.find(m.last+1, document); its { // a Pentagon report
		return true
	}
	for _, k := range []kind{published, by, accord} {
		if t.near(m.first, 4, k) || t.near(m.last, 4, k) {
			return true
		}
	}
	return false
}

// speaks says that an organisation is quoted.
func (t *text) speaks(m match) bool {
	return t.near(m.last, 4, says) || t.near(m.first, 4, accord)
}

// readCountries reads countries by name or demonym, each once: where it stands
// beside a weapon or a quantity, if it does. It says of countries and of sums of
// the text which are aside from those.
func (t *text) readCountries(d *article) {
	telling := map[int32]bool{} // sentences with a weapon or a quantity
	for _, m := range t.mentions {
		telling[t.words[m.first].sentence] = true
	}
	for _, f := range t.found {
		if f.Kind == news.Quantity {
			telling[t.sentence(f)] = true
		}
	}
	for i, f := range t.found {
		t.found[i].Aside = f.Kind == news.Money && t.field == news.InText && !telling[t.sentence(f)]
	}
	best := map[string]news.Finding{}
	for i := range t.words {
		c, ok := t.country(d, i)
		if !ok {
			continue
		}
		c.Aside = t.field == news.InText && !telling[t.words[i].sentence]
		if have, there := best[c.Value]; !there || have.Aside && !c.Aside {
			best[c.Value] = c
		}
	}
	for _, c := range best { // sorted puts them in order
		c.Unit = theLexicon().names[c.Value]
		t.add(c, c.Start, c.End)
	}
}

// country is the country whose name or demonym begins at word i.
func (t *text) country(d *article, i int) (f news.Finding, ok bool) {
	m, ok := t.find(i, country)
	if !ok || m.value == "-" || t.mentioned(i) {
		return f, false
	}
	if m.flag == '!' && !d.sure[m.value] { // a doubtful name does not stand alone
		return f, false
	}
	end := t.words[m.last].end
	if m.last > m.first && t.gap(m.last) == "." && strings.HasPrefix(t.s[end:], ".") { // U.S.
		end++
	}
	return news.Finding{Kind: news.Country, Value: m.value, Start: t.words[m.first].start, End: end}, true
}

// sentence is the number of the one in which a finding begins.
func (t *text) sentence(f news.Finding) int32 {
	i := sort.Search(len(t.words), func(i int) bool { return t.words[i].end > f.Start })
	return t.words[min(i, len(t.words)-1)].sentence
}
