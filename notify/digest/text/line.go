package text

import (
	"strings"

	"github.com/clipperhouse/displaywidth"

	"github.com/armswatch/armswatch/notify/digest"
)

// style is how a run of text looks.
type style int

const (
	plain style = iota
	bold
	dim
	mark // the words that prove
	warn // what contradicts or fails
)

// escapes are the SGR sequences of the styles. The 16 colours follow the
// reader's own theme, light or dark.
func (s style) escape() string {
	switch s {
	case bold:
		return "\x1b[1m"
	case dim:
		return "\x1b[2m"
	case mark:
		return "\x1b[1;33m"
	case warn:
		return "\x1b[1;31m"
	}
	return ""
}

// run is text in one style.
type run struct {
	text  string
	style style
}

// word is what stands between two spaces, in pieces of one style each.
type word struct {
	runs  []run
	width int
}

func (p *page) line() { p.b.WriteByte('\n') }

// rule is a line across with a title in it.
func (p *page) rule(title string) {
	title = digest.Shorten(p.safe(title), p.o.Width-8)
	rest := max(p.o.Width-displaywidth.String(title)-4, 0)
	p.put(run{"── ", dim})
	p.put(run{title, bold})
	p.put(run{" " + strings.Repeat("─", rest), dim})
	p.line()
}

// entry is a label in the left column and text beside it; a label that is too
// long gets a line of its own.
func (p *page) entry(name string, s style, runs ...run) {
	name = p.safe(name)
	indent := label + 2
	if w := displaywidth.String(name); w < label {
		p.b.WriteString("  ")
		p.put(run{name, s})
		p.b.WriteString(strings.Repeat(" ", label-w))
		p.wrap(indent, indent, runs)
		return
	}
	p.para(2, 2, run{name, s})
	p.b.WriteString(strings.Repeat(" ", indent))
	p.wrap(indent, indent, runs)
}

// beside writes names down the left column, in bold, and text down the right.
func (p *page) beside(names []string, runs []run) {
	var left []string
	for _, n := range names {
		left = append(left, p.lines(label-1, run{n, bold})...)
	}
	right := p.lines(p.o.Width-label-2, runs...)
	for i := range max(len(left), len(right)) {
		name, text := at(left, i), at(right, i)
		p.b.WriteString("  " + name)
		if text != "" {
			p.b.WriteString(strings.Repeat(" ", label-displaywidth.Options{ControlSequences: true}.String(name)) + text)
		}
		p.line()
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// lines wraps runs to lines of a width of their own.
func (p *page) lines(width int, runs ...run) []string {
	q := &page{o: p.o, zone: p.zone}
	q.o.Width = width
	q.wrap(0, 0, runs)
	return strings.Split(strings.TrimSuffix(q.b.String(), "\n"), "\n")
}

// para is a paragraph, its first line and the others indented as told.
func (p *page) para(first, others int, runs ...run) {
	p.b.WriteString(strings.Repeat(" ", first))
	p.wrap(first, others, runs)
}

// link is an address on its own line, never broken: a broken one cannot be clicked.
func (p *page) link(address string) {
	if l := digest.Link(address); l != "" {
		p.put(run{l, dim})
		p.line()
	}
}

func (p *page) indented(address string) {
	if digest.Link(address) != "" {
		p.b.WriteString(strings.Repeat(" ", label+2))
		p.link(address)
	}
}

// wrap writes words until the line is full, then goes on in the next. at is
// where the first line begins.
func (p *page) wrap(at, indent int, runs []run) {
	used, start := at, true
	for _, w := range p.words(runs) {
		if !start && used+1+w.width > p.o.Width {
			p.line()
			p.b.WriteString(strings.Repeat(" ", indent))
			used, start = indent, true
		}
		if !start {
			p.b.WriteByte(' ')
			used++
		}
		for _, r := range w.runs {
			p.put(r)
		}
		used += w.width
		start = false
	}
	p.line()
}

// words splits runs at their spaces; a word longer than half a line is cut.
func (p *page) words(runs []run) []word {
	var list []word
	var w word
	flush := func() {
		if w.width > 0 {
			list, w = append(list, w), word{}
		}
	}
	longest := p.o.Width - label - 2
	if longest < label { // the left column itself
		longest = p.o.Width
	}
	for _, r := range runs {
		for i, part := range strings.Split(p.keepSpaces(r.text), " ") {
			if i > 0 {
				flush()
			}
			for part != "" {
				piece := part
				if w.width+displaywidth.String(part) > longest {
					piece = displaywidth.TruncateString(part, longest-w.width, "")
				}
				if piece == "" { // a character wider than what is left
					if w.width == 0 {
						part = ""
					}
					flush()
					continue
				}
				w.runs = append(w.runs, run{piece, r.style})
				w.width += displaywidth.String(piece)
				part = part[len(piece):]
				if part != "" {
					flush()
				}
			}
		}
	}
	flush()
	return list
}

// keepSpaces cleans a run without losing the space that joins it to its neighbours.
func (p *page) keepSpaces(s string) string {
	clean := p.safe(s)
	if clean == "" {
		return strings.Repeat(" ", min(len(s), 1))
	}
	if s[0] == ' ' {
		clean = " " + clean
	}
	if s[len(s)-1] == ' ' {
		clean += " "
	}
	return clean
}

// safe is text without anything a terminal or a mail program would obey.
func (p *page) safe(s string) string {
	s = digest.Clean(s)
	if p.o.Links {
		return digest.Unlinked(s)
	}
	return s
}

func (p *page) put(r run) {
	if !p.o.Color || r.style == plain {
		p.b.WriteString(r.text)
		return
	}
	p.b.WriteString(r.style.escape())
	p.b.WriteString(r.text)
	p.b.WriteString("\x1b[0m")
}
