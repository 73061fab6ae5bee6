package number

import (
	"unicode"
	"unicode/utf8"
)

// maxDigits bounds what is read as one number; more digits are an identifier.
const maxDigits = 18

// group is a run of digits and the separator before it (0 for the first).
type group struct {
	sep    rune
	value  uint64
	digits int
	end    int
}

// figures reads digits, their separators, and a multiplier after them.
func figures(text string, i int, lang string) (Number, int, bool) {
	groups := groupsAt(text, i)
	if groups == nil {
		return Number{}, 0, false
	}
	whole := thousands(groups, lang)
	n, end := join(groups[:whole]), groups[whole-1].end
	if whole+1 < len(groups) && isPoint(groups[whole].sep) && isPoint(groups[whole+1].sep) && groups[whole].sep != ',' {
		return Number{}, 0, false // 15.01.2016, 192.168.1.1
	}
	if whole < len(groups) && isPoint(groups[whole].sep) {
		n, end = fraction(n, groups[whole]), groups[whole].end
	} else if whole == 2 && groups[1].sep == point(lang) && scaleFollows(text, end, lang) {
		n = fraction(join(groups[:1]), groups[1])
	}
	if m, e, ok := suffix(text, end); ok {
		return n.times(1, m), e, true
	}
	if r, _ := utf8.DecodeRuneInString(text[end:]); end < len(text) && unicode.IsLetter(r) && !isWide(r) {
		return Number{}, 0, false
	}
	for {
		s, e, ok := scaleAt(text, end, lang)
		if !ok {
			return n, end, true
		}
		n, end = n.times(s.factor, s.exp), e
	}
}

// groupsAt reads runs of digits with one separator between them. It gives nil
// for what is too long to be a number.
func groupsAt(text string, i int) []group {
	var groups []group
	total := 0
	sep := rune(0)
	for {
		g := group{sep: sep, end: i}
		for {
			d, w := digitAt(text, g.end)
			if w == 0 {
				break
			}
			if total++; total > maxDigits {
				return nil
			}
			g.value, g.digits, g.end = g.value*10+d, g.digits+1, g.end+w
		}
		if g.digits == 0 {
			return groups
		}
		groups = append(groups, g)
		r, w := utf8.DecodeRuneInString(text[g.end:])
		if !isPoint(r) && !isSpace(r) && r != '\'' && r != '’' && r != '٬' {
			return groups
		}
		if _, next := digitAt(text, g.end+w); next == 0 {
			return groups
		}
		sep, i = r, g.end+w
	}
}

func isPoint(r rune) bool { return r == '.' || r == ',' || r == '٫' }

// point is the decimal mark of a language.
func point(lang string) rune {
	switch lang {
	case "", "en", "zh", "ja", "ko", "he", "hi", "th":
		return '.'
	}
	return ','
}

// thousands says how many groups, from the first, make up the whole part: as
// long as the same separator is followed by three digits.
func thousands(groups []group, lang string) int {
	if groups[0].digits > 3 || groups[0].digits == 1 && groups[0].value == 0 || len(groups) == 1 {
		return 1
	}
	sep := groups[1].sep
	if sep == ' ' && (lang == "" || lang == "en") {
		return 1
	}
	k := 1
	for k < len(groups) && groups[k].sep == sep && groups[k].digits == 3 {
		k++
	}
	if sep == ',' && k < len(groups) {
		if lakh := lakhs(groups); lakh > k {
			return lakh
		}
	}
	if k < len(groups) && groups[k].sep == sep && isPoint(sep) {
		return 1 // 1.5.2016, 1,2,3: a date or a list
	}
	return k
}

// lakhs reads the Indian form: 1,00,000.
func lakhs(groups []group) int {
	for k := 1; k < len(groups) && groups[k].sep == ','; k++ {
		if groups[k].digits == 3 {
			return k + 1
		}
		if groups[k].digits != 2 {
			return 0
		}
	}
	return 0
}

func join(groups []group) Number {
	var v uint64
	for _, g := range groups {
		for range g.digits {
			v *= 10
		}
		v += g.value
	}
	return Number{mantissa: v}
}

func fraction(n Number, g group) Number {
	for range g.digits {
		n.mantissa *= 10
	}
	n.mantissa += g.value
	n.exp = -g.digits
	return n
}

// suffix reads a multiplier glued to the figures: 5k, 1.8bn. A bare m or b may
// be metres or bytes and is left to the reader of money.
func suffix(text string, i int) (exp, end int, ok bool) {
	j := i
	for j < len(text) && j < i+4 && (text[j]|0x20 >= 'a' && text[j]|0x20 <= 'z') {
		j++
	}
	if r, _ := utf8.DecodeRuneInString(text[j:]); j < len(text) && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return 0, 0, false
	}
	switch lowerASCII(text[i:j]) {
	case "k":
		return 3, j, true
	case "mn", "mln", "mio":
		return 6, j, true
	case "bn", "bln", "mrd", "mds":
		return 9, j, true
	case "tn", "trn":
		return 12, j, true
	}
	return 0, 0, false
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

// scaleFollows says that a word such as million comes next, so that "1.234
// billion" has a fraction where "1.234 rifles" has thousands.
func scaleFollows(text string, i int, lang string) bool {
	if _, _, ok := suffix(text, i); ok {
		return true
	}
	s, _, ok := scaleAt(text, i, lang)
	return ok && s.exp >= 6
}
