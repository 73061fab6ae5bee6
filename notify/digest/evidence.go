package digest

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/monitor/news"
)

// maxSentence is how much of a sentence is shown, in bytes around its first
// mark: two lines of a mail, five of a phone.
const maxSentence = 280

// proof is a sentence that may stand as evidence, with how good it is.
type proof struct {
	evidence news.Evidence
	score    int
}

// systems lists the weapon systems that the articles name, each with the best
// sentence: those the route watches first, then by how many articles name them.
func systems(members []news.Member, r news.Route, o orgs) []news.SystemCard {
	best := map[string]proof{}
	watched, count := map[string]bool{}, map[string]int{}
	var list []news.SystemCard
	for i, m := range members {
		seen := map[string]bool{}
		for _, men := range m.Reading.Mentions {
			if !men.Accepted {
				continue
			}
			p := prove(m, men.Field, men.Start, men.End, i, o)
			if old, known := best[men.System]; !known {
				list = append(list, news.SystemCard{ID: men.System, Name: Clean(men.Name), Category: Clean(men.Category)})
				best[men.System] = p
			} else if p.score > old.score {
				best[men.System] = p
			}
			if !seen[men.System] {
				seen[men.System] = true
				count[men.System]++
			}
		}
		for _, match := range m.Reading.Matches {
			if match.System != "" && takes(r, match.Watchlist) {
				watched[match.System] = true
			}
		}
	}
	for i := range list {
		list[i].Evidence = best[list[i].ID].evidence
	}
	slices.SortStableFunc(list, func(a, b news.SystemCard) int {
		return cmp.Or(-compareBool(watched[a.ID], watched[b.ID]), -cmp.Compare(count[a.ID], count[b.ID]))
	})
	return list[:min(len(list), maxSystems)]
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

// prove makes evidence of the sentence around a span of an article. Text says
// more than a headline, the lead article more than its copies, a sentence with
// a number more than one without, and a short one is read.
func prove(m news.Member, field news.Field, start, end, rank int, o orgs) proof {
	text := m.Article.Text
	if field == news.InTitle {
		text = m.Article.Title
	}
	sentence, mark := around(text, start, end)
	p := proof{evidence: evidence(o.name(m.Article), "", sentence, []news.Span{mark})}
	if field != news.InTitle {
		p.score += 8
	}
	switch {
	case rank == 0:
		p.score += 4
	case m.Role == news.Own || m.Role == news.Original:
		p.score += 2
	}
	if strings.ContainsFunc(sentence, unicode.IsDigit) {
		p.score++
	}
	if len(sentence) > maxSentence {
		p.score -= 2
	}
	return p
}

// phrases is the evidence of the rules that are no weapon's, each rule once.
func phrases(members []news.Member, r news.Route, o orgs) []news.Evidence {
	var list []news.Evidence
	seen := map[string]bool{}
	for _, m := range members {
		for _, match := range m.Reading.Matches {
			if match.System != "" || match.Excerpt == "" || !takes(r, match.Watchlist) || seen[match.Rule] {
				continue
			}
			seen[match.Rule] = true
			if len(list) < maxRules {
				list = append(list, evidence(o.name(m.Article), match.Rule, match.Excerpt, match.Marks))
			}
		}
	}
	return list
}

func evidence(outlet, rule, text string, marks []news.Span) news.Evidence {
	slices.SortFunc(marks, func(a, b news.Span) int { return cmp.Compare(a.Start, b.Start) })
	text, marks = CleanMarked(text, marks)
	text, marks = window(text, marks)
	return news.Evidence{Outlet: outlet, Rule: Shorten(Clean(rule), 120), Text: text, Marks: marks}
}

// around is the sentence of text that holds a span, and the span within it.
// Offsets that do not fit the text, which an edited article may cause, give no
// sentence.
func around(text string, start, end int) (string, news.Span) {
	if start < 0 || end > len(text) || start >= end {
		return "", news.Span{}
	}
	from := strings.LastIndexByte(text[:start], '\n') + 1
	to := len(text)
	if i := strings.IndexByte(text[end:], '\n'); i >= 0 {
		to = end + i
	}
	for i := start - 1; i > from; i-- {
		if ends(text, i) {
			from = i
			break
		}
	}
	for i := end; i < to; i++ {
		if ends(text, i) {
			to = i
			break
		}
	}
	return text[from:to], news.Span{Start: start - from, End: end - from}
}

// ends says whether a sentence ends before byte i: a stop, perhaps a closing
// quotation mark, a space, and then no small letter. Initials and "No. 5" end
// none.
func ends(text string, i int) bool {
	if text[i] != ' ' || i+1 >= len(text) {
		return false
	}
	before := strings.TrimRight(text[:i], "\"'”’»)")
	if before == "" || strings.IndexByte(".!?", before[len(before)-1]) < 0 && !strings.HasSuffix(before, "…") {
		return false
	}
	word := before[strings.LastIndexAny(before, " \n")+1:]
	if strings.HasSuffix(word, ".") && (utf8.RuneCountInString(word) <= 2 || abbreviated(word)) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(text[i+1:])
	return !unicode.IsLower(r)
}

func abbreviated(word string) bool {
	switch strings.ToLower(strings.TrimLeft(word, "(\"“'")) {
	case "mr.", "mrs.", "ms.", "dr.", "no.", "nos.", "gen.", "lt.", "col.", "maj.", "sgt.", "capt.", "st.", "vs.", "u.s.", "u.k.", "u.n.", "e.g.", "i.e.", "sen.", "rep.", "gov.", "prof.":
		return true
	}
	return false
}

// window cuts a long sentence to the part around its first mark.
func window(text string, marks []news.Span) (string, []news.Span) {
	if len(text) <= maxSentence {
		return text, marks
	}
	from := 0
	if len(marks) > 0 && marks[0].End > maxSentence*2/3 {
		from = wordStart(text, max(marks[0].Start-maxSentence/3, 0))
	}
	to := len(text)
	if to-from > maxSentence {
		to = wordEnd(text, from+maxSentence)
	}
	head, tail := "", ""
	if from > 0 {
		head = "… "
	}
	if to < len(text) {
		tail = " …"
	}
	var kept []news.Span
	for _, m := range marks {
		if m.Start >= from && m.Start < to { // a mark may reach over the end
			kept = append(kept, news.Span{Start: m.Start - from + len(head), End: min(m.End, to) - from + len(head)})
		}
	}
	return head + text[from:to] + tail, kept
}

// wordStart is the start of a word near i, and always a character's start.
func wordStart(text string, i int) int {
	if s := strings.IndexByte(text[i:min(i+30, len(text))], ' '); s >= 0 {
		return i + s + 1
	}
	for !utf8.RuneStart(text[i]) {
		i++
	}
	return i
}

func wordEnd(text string, i int) int {
	if s := strings.LastIndexByte(text[i-30:i], ' '); s >= 0 {
		return i - 30 + s
	}
	for !utf8.RuneStart(text[i]) {
		i--
	}
	return i
}

// Proved is a sentence with the names of the systems it names.
type Proved struct {
	Systems  []string
	Evidence news.Evidence
}

// Sentences puts systems that one sentence names beside that sentence, all of
// them marked in it. The order is that of the first system of each.
func Sentences(systems []news.SystemCard) []Proved {
	var list []Proved
	for _, s := range systems {
		i := slices.IndexFunc(list, func(p Proved) bool {
			return p.Evidence.Outlet == s.Evidence.Outlet && p.Evidence.Text == s.Evidence.Text
		})
		if i < 0 {
			i = len(list)
			list = append(list, Proved{Evidence: s.Evidence})
			list[i].Evidence.Marks = nil
		}
		list[i].Systems = append(list[i].Systems, s.Name)
		list[i].Evidence.Marks = append(list[i].Evidence.Marks, s.Evidence.Marks...)
	}
	for _, p := range list {
		slices.SortFunc(p.Evidence.Marks, func(a, b news.Span) int { return cmp.Compare(a.Start, b.Start) })
	}
	return list
}
