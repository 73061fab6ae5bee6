package query

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/monitor/news"
)

// numberMark stands for a number in a rule.
const numberMark = "<#>"

// quoted reads a phrase whose text begins at start, up to the closing quote,
// and a ~n behind it.
func (p *parser) quoted(start int) (node, error) {
	at := p.pos
	end := strings.IndexFunc(p.src[start:], isQuote)
	if end < 0 {
		return nil, p.fail(at, p.src[at:]+`"`, "quote is never closed")
	}
	text := p.src[start : start+end]
	_, w := utf8.DecodeRuneInString(p.src[start+end:])
	p.pos = start + end + w
	return p.slop(at, start, text)
}

// apostrophes reads a phrase in single quotes, if they are a pair around it.
func (p *parser) apostrophes(start int) (node, bool, error) {
	at := p.pos
	for i := start; i < len(p.src); {
		r, w := utf8.DecodeRuneInString(p.src[i:])
		if isQuote(r) {
			return nil, false, nil
		}
		next, _ := utf8.DecodeRuneInString(p.src[i+w:])
		if isApostrophe(r) && (i+w >= len(p.src) || unicode.IsSpace(next) || next == ')' || next == '~') {
			p.pos = i + w
			n, err := p.slop(at, start, p.src[start:i])
			return n, true, err
		}
		i += w
	}
	return nil, false, nil
}

// slop makes the phrase, and turns "a b"~n into NEAR.
func (p *parser) slop(at, start int, text string) (node, error) {
	if p.pos < len(p.src) && p.src[p.pos] == '~' {
		digits := p.pos + 1
		for digits < len(p.src) && p.src[digits] >= '0' && p.src[digits] <= '9' {
			digits++
		}
		op, ok := nearOf("NEAR/" + p.src[p.pos+1:digits])
		if !ok || op.bare {
			return nil, p.fail(p.pos, `"..."~8`, "~ needs a number of words")
		}
		if op.distance > maxDistance {
			return nil, p.fail(p.pos, "w/p for the same paragraph", "~ is more than %d words", maxDistance)
		}
		p.pos = digits
		return p.spread(at, start, text, op)
	}
	return p.term(at, start, text, phrase)
}

// spread makes NEAR of the words of a phrase.
func (p *parser) spread(at, start int, text string, op operator) (node, error) {
	var out node
	from := 0
	for f := range strings.FieldsSeq(text) {
		i := from + strings.Index(text[from:], f)
		from = i + len(f)
		if !strings.ContainsFunc(f, wordly) {
			continue
		}
		n, err := p.term(start+i, start+i, f, phrase)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = n
			continue
		}
		if out = (&near{out, n, op.distance, false, sentence}); depth(out) > maxDepth {
			return nil, p.fail(at, "fewer words", "too many words before ~")
		}
	}
	if out == nil {
		return nil, p.fail(at, `"..."`, "empty phrase")
	}
	return out, nil
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// word reads a bare word up to a space, a parenthesis or a quote.
func (p *parser) word() (node, error) {
	at := p.pos
	end := at
	for end < len(p.src) {
		r, w := utf8.DecodeRuneInString(p.src[end:])
		if unicode.IsSpace(r) || r == '(' || r == ')' || isQuote(r) {
			break
		}
		end += w
	}
	text := p.src[at:end]
	p.pos = end
	if err := p.suspicious(at, text); err != nil {
		return nil, err
	}
	if p.exact {
		return p.term(at, at, text, exact)
	}
	return p.term(at, at, text, plain)
}

var slips = map[string]string{
	"and": `AND, or "and" for the word`, "or": `OR, or "or" for the word`, "not": `NOT, or "not" for the word`,
	"And": "AND", "Or": "OR", "Not": "NOT", "!": "NOT", "AND-NOT": "AND NOT", "ANDNOT": "AND NOT", "XOR": "OR",
}

// suspicious refuses a bare word that was meant as something else.
func (p *parser) suspicious(at int, text string) error {
	if fix, ok := slips[text]; ok {
		return p.fail(at, fix, "%s is no operator", text)
	}
	switch text[0] {
	case '+':
		return p.fail(at, "AND between words that must all stand in the text", "a + before a word has no meaning")
	case '!':
		return p.fail(at, "NOT "+text[1:], "a ! before a word has no meaning")
	case '~':
		return p.fail(at, `"a b"~8`, "~ belongs directly behind a quoted phrase")
	case '*', '?':
		return p.fail(at, "the beginning of the word, such as missil*", "a wildcard cannot begin a word")
	}
	if !strings.ContainsFunc(text, wordly) && text != numberMark {
		return p.fail(at, "a word", "%s holds no letter or digit", text)
	}
	return nil
}

// term compiles words. at is where it begins in the rule, start its text.
func (p *parser) term(at, start int, text string, s style) (node, error) {
	if i, fix := badStar(text); i >= 0 {
		if fix == "" {
			return nil, p.fail(start+i, "the letters", "a wildcard can only end a word")
		}
		return nil, p.fail(start+i, fix, "a wildcard needs %d letters or more before it", minWildcard)
	}
	words := patterns(text, s)
	if len(words) == 0 {
		return nil, p.fail(at, `words between the quotes`, "empty phrase")
	}
	return &term{text: strings.Join(strings.Fields(text), " "), style: s, words: words}, nil
}

// badStar finds a * that stands in the wrong place or behind too few letters,
// with what to write instead of the latter.
func badStar(text string) (int, string) {
	letters, start := 0, 0
	for i, r := range text {
		switch {
		case r == '*':
			next, _ := utf8.DecodeRuneInString(text[i+1:])
			if letters == 0 || next == '*' || i+1 < len(text) && wordly(next) {
				return i, ""
			}
			if letters < minWildcard {
				return i, `"` + strings.Trim(text[start:i], "-") + `" or its forms one by one`
			}
		case wordly(r) || unicode.IsMark(r):
			letters++
		case unicode.IsSpace(r):
			letters, start = 0, i+utf8.RuneLen(r)
		}
	}
	return -1, ""
}

// fields are the names that may stand before a colon.
var fields = []string{"title", "text", "lang", "source", "publisher", "weapon", "category", "origin", "exact", "cs"}

var fieldName = regexp.MustCompile(`^([A-Za-z]+)(:|\()`)

// field reads name:value, exact:... and cs("..."), if one begins here.
func (p *parser) field() (node, bool, error) {
	m := fieldName.FindStringSubmatch(p.src[p.pos:])
	if m == nil {
		return nil, false, nil
	}
	at, name := p.pos, strings.ToLower(m[1])
	if m[2] == "(" {
		if name != "cs" {
			return nil, false, nil
		}
		p.pos += len("cs(")
		n, err := p.caps(at)
		return n, true, err
	}
	if strings.HasPrefix(p.src[at+len(m[0]):], "//") {
		return nil, true, p.fail(at, `source:"the name of the source"`, "a rule cannot hold an address")
	}
	p.pos += len(m[0])
	n, err := p.named(at, name)
	return n, true, err
}

func (p *parser) named(at int, name string) (node, error) {
	switch name {
	case "title", "text":
		return p.scoped(at, news.Field(name))
	case "exact":
		return p.unstemmed(at)
	case "cs":
		return nil, p.fail(at, `cs("MOAB")`, "cs takes parentheses")
	case "lang", "source", "publisher", "weapon", "category", "origin":
		return p.values(name)
	}
	suggest := "quotes around it"
	if near := nearest(name, fields); near != "" {
		suggest = near + ":"
	}
	return nil, p.fail(at, suggest, "there is no field %s:", name)
}

// unstemmed reads what stands behind exact:.
func (p *parser) unstemmed(at int) (node, error) {
	if p.done() || unicode.IsSpace(p.peek()) {
		return nil, p.fail(at, "exact:word", "exact: has nothing behind it")
	}
	if p.peek() == '(' {
		return p.group(true)
	}
	if p.open++; p.open > maxOpen {
		return nil, p.fail(at, "exact:word", "fields are nested deeper than %d", maxOpen)
	}
	was := p.exact
	p.exact = true
	n, err := p.primary()
	p.exact = was
	p.open--
	return n, err
}

// caps reads the inside of cs("...").
func (p *parser) caps(at int) (node, error) {
	p.space()
	start := p.pos
	if p.pos < len(p.src) && isQuote(p.peek()) {
		_, w := utf8.DecodeRuneInString(p.src[p.pos:])
		start += w
		end := strings.IndexFunc(p.src[start:], isQuote)
		if end < 0 {
			return nil, p.fail(p.pos, `cs("MOAB")`, "quote is never closed")
		}
		_, w = utf8.DecodeRuneInString(p.src[start+end:])
		p.pos = start + end + w
		return p.closeCaps(at, start, p.src[start:start+end])
	}
	end := strings.IndexAny(p.src[start:], ") \t\n")
	if end < 0 {
		return nil, p.fail(at, `cs("MOAB")`, "parenthesis is never closed")
	}
	p.pos = start + end
	if i := strings.IndexFunc(p.src[start:p.pos], isQuote); i >= 0 {
		return nil, p.fail(start+i, `cs("one phrase")`, "cs() holds one phrase, in quotes")
	}
	return p.closeCaps(at, start, p.src[start:p.pos])
}

func (p *parser) closeCaps(at, start int, text string) (node, error) {
	if p.space(); p.pos >= len(p.src) || p.src[p.pos] != ')' {
		return nil, p.fail(min(p.pos, len(p.src)), `cs("one phrase")`, "cs() holds one phrase, in quotes")
	}
	p.pos++
	return p.term(at, start, text, cased)
}

// values reads one value or a parenthesis of alternatives behind a field.
func (p *parser) values(name string) (node, error) {
	if p.pos >= len(p.src) || p.src[p.pos] != '(' {
		return p.value(name)
	}
	open := p.pos
	p.pos++
	var kids []node
	for p.space(); !p.done(); p.space() {
		here := p.pos
		if op, ok := p.operator(); ok {
			if op.kind == opOr && len(kids) > 0 {
				continue
			}
			return nil, p.fail(here, fmt2("%s:a AND NOT %s:b", name), "%s:(...) holds alternatives only", name)
		}
		n, err := p.value(name)
		if err != nil {
			return nil, err
		}
		kids = append(kids, n)
	}
	if p.pos >= len(p.src) {
		return nil, p.fail(open, p.src+")", "parenthesis is never closed")
	}
	p.pos++
	if len(kids) == 0 {
		return nil, p.fail(open, "", "empty parentheses")
	}
	return anyOf(kids), nil
}

func fmt2(format, name string) string { return strings.ReplaceAll(format, "%s", name) }

// value reads one value of a field.
func (p *parser) value(name string) (node, error) {
	start := p.pos
	var text string
	if p.pos < len(p.src) && isQuote(p.peek()) {
		_, w := utf8.DecodeRuneInString(p.src[p.pos:])
		end := strings.IndexFunc(p.src[p.pos+w:], isQuote)
		if end < 0 {
			return nil, p.fail(start, p.src[start:]+`"`, "quote is never closed")
		}
		start = p.pos + w
		text = p.src[start : start+end]
		_, w = utf8.DecodeRuneInString(p.src[start+end:])
		p.pos = start + end + w
	} else {
		for p.pos < len(p.src) {
			r, w := utf8.DecodeRuneInString(p.src[p.pos:])
			if unicode.IsSpace(r) || r == '(' || r == ')' || isQuote(r) {
				break
			}
			p.pos += w
		}
		text = p.src[start:p.pos]
	}
	text = strings.Join(strings.Fields(text), " ")
	if !strings.ContainsFunc(text, wordly) {
		return nil, p.fail(start, name+`:"..."`, "%s: has nothing behind it", name)
	}
	return p.meta(start, name, text)
}

// meta checks a value against the vocabulary.
func (p *parser) meta(at int, name, text string) (node, error) {
	m := &meta{kind: name, value: text, words: patterns(text, phrase)}
	var err error
	switch name {
	case "lang":
		m.value = strings.ToLower(text)
		if len(m.value) < 2 || len(m.value) > 3 || strings.Trim(m.value, "abcdefghijklmnopqrstuvwxyz") != "" {
			return nil, p.fail(at, "two letters, such as lang:de", "%q is no language code", text)
		}
	case "weapon":
		if f := p.vocabulary.Weapon; f != nil && !strings.EqualFold(text, anyWeapon) {
			m.ids, err = f(text)
		}
	case "category":
		if f := p.vocabulary.Category; f != nil {
			m.ids, err = f(text)
		}
	case "origin":
		m.look = p.vocabulary.Origin
		if f := p.vocabulary.Country; f != nil {
			m.value, err = f(text)
		} else if m.value = strings.ToUpper(text); len(text) != 3 {
			return nil, p.fail(at, "origin:RUS, three letters of ISO 3166", "%q is no country code", text)
		}
	}
	if err != nil {
		return nil, p.unknown(at, err)
	}
	return m, nil
}

// unknown passes on what the vocabulary says.
func (p *parser) unknown(at int, err error) error {
	var s interface{ Suggest() string }
	if errors.As(err, &s) {
		return p.fail(at, s.Suggest(), "%v", err)
	}
	return p.fail(at, "", "%v", err)
}

// nearest is the name within two letters of word, or "".
func nearest(word string, names []string) string {
	best, at := "", 3
	for _, n := range names {
		if d := distance(word, n); d < at {
			best, at = n, d
		}
	}
	return best
}

// distance is the Levenshtein distance, in bytes.
func distance(a, b string) int {
	if len(a) > 30 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			last, row[j+1] = row[j+1], min(last+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
