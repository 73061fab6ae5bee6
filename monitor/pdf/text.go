package pdf

import (
	"cmp"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// place is where a glyph stands on its page, in points.
type place struct {
	x, y, end float64
	size      float64
	upright   bool
}

// line is a line of text as it stands on the page.
type line struct {
	text string
	page int
	y    float64
	size float64
}

// writer gathers glyphs into lines.
type writer struct {
	lines []line
	page  int
	b     strings.Builder
	at    place
	right int     // letters of Arabic and Hebrew drawn to the right of the last, less those to the left
	size  float64 // of the line's largest letters
	total int
}

func (w *writer) full() bool { return w.total > maxText }

// put writes a glyph: on the line, after a space where there is a gap, or on a
// new line.
func (w *writer) put(text string, p place) {
	if w.b.Len() > 0 {
		gap, height := p.x-w.at.end, math.Max(w.size, 1)
		switch {
		case p.upright && (math.Abs(p.y-w.at.y) > height*.5 || gap < -height*1.5):
			w.end()
		case p.upright && gap > height*.18:
			w.b.WriteByte(' ')
		}
	}
	if w.b.Len() == 0 {
		w.at.y = p.y
	} else if first, _ := utf8.DecodeRuneInString(text); isRTL(first) {
		w.right += cmp.Compare(p.x, w.at.x)
	}
	w.at.x = p.x
	w.b.WriteString(text)
	w.total += len(text) + 1
	w.at.end, w.size = p.end, math.Max(w.size, p.size)
}

func (w *writer) end() {
	text := tidy(w.b.String())
	if w.right > 0 {
		text = logical(text)
	}
	if text != "" {
		w.lines = append(w.lines, line{text: text, page: w.page, y: w.at.y, size: w.size})
	}
	w.b.Reset()
	w.size, w.right = 0, 0
}

// ligatures are written as the letters they are.
var ligatures = strings.NewReplacer("ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl", "ﬃ", "ffi", "ﬄ", "ffl", "ﬅ", "st", "ﬆ", "st")

// tidy is a text on one line, without control characters.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Bidi_Control, r):
			return -1
		default:
			return r
		}
	}, s)
	return strings.Join(strings.Fields(ligatures.Replace(s)), " ")
}

// paragraphs joins lines that follow each other closely, in letters of one
// size. A word that was divided becomes one again.
func paragraphs(lines []line) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 && !joins(lines[i-1], l) {
			b.WriteByte('\n')
		} else if i > 0 && !divided(lines[i-1].text, l.text) {
			b.WriteByte(' ')
		}
		text := l.text
		if i+1 < len(lines) && joins(l, lines[i+1]) && divided(text, lines[i+1].text) {
			text = strings.TrimRight(text, "-\u00ad\u2010")
		}
		b.WriteString(text)
	}
	return strings.ReplaceAll(b.String(), "\u00ad", "")
}

func joins(a, b line) bool {
	drop := a.y - b.y
	return a.page == b.page && math.Abs(a.size-b.size) < .1*a.size && drop > 0 && drop < 1.65*a.size
}

// divided says whether a word goes on from one line to the next.
func divided(a, b string) bool {
	r := []rune(a)
	if len(r) < 2 || !strings.ContainsRune("-\u00ad\u2010", r[len(r)-1]) || !unicode.IsLower(r[len(r)-2]) {
		return false
	}
	for _, first := range b {
		return unicode.IsLower(first)
	}
	return false
}
