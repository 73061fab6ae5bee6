package pdf

import "math"

// matrix is a transformation: x' = a*x + c*y + e, y' = b*x + d*y + f.
type matrix struct{ a, b, c, d, e, f float64 }

var identity = matrix{a: 1, d: 1}

// times is m, then n.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m.a*n.a + m.b*n.c, m.a*n.b + m.b*n.d,
		m.c*n.a + m.d*n.c, m.c*n.b + m.d*n.d,
		m.e*n.a + m.f*n.c + n.e, m.e*n.b + m.f*n.d + n.f,
	}
}

// state is what decides how text looks and where it stands.
type state struct {
	ctm                       matrix
	font                      *font
	size, char, word, leading float64
	scale, rise               float64
}

// artist follows the operators of a page and writes down the text they show.
type artist struct {
	f         *file
	out       *writer
	resources dict
	state
	saved    []state
	tm, line matrix
	depth    int
}

// lines is the text of pages, line by line.
func (f *file) lines(pages []sheet) []line {
	w := &writer{}
	for i, p := range pages {
		w.page = i
		a := artist{f: f, out: w, resources: p.resources, state: state{ctm: identity, scale: 1}, tm: identity, line: identity}
		a.draw(f.contents(p.dict["Contents"]))
		w.end()
	}
	return w.lines
}

func (f *file) contents(v any) []byte {
	switch v := f.resolve(v).(type) {
	case stream:
		return f.unpack(v)
	case array:
		var all []byte
		for _, part := range v[:min(len(v), 10_000)] {
			if s, ok := f.resolve(part).(stream); ok {
				all = append(append(all, f.unpack(s)...), '\n')
			}
			if len(all) > maxStream {
				break
			}
		}
		return all
	}
	return nil
}

// draw follows operators.
func (a *artist) draw(content []byte) {
	l := lexer{b: content}
	var args []any
	for {
		l.held = 0
		v := l.value(4)
		k, isWord := v.(keyword)
		if !isWord {
			if len(args) < 64 {
				args = append(args, v)
			}
			continue
		}
		if a.f.operated++; k == end || a.f.operated > maxOperators || a.out.full() {
			return
		}
		if k == "BI" {
			skipPicture(&l)
		}
		a.do(string(k), args)
		args = args[:0]
	}
}

// skipPicture passes over a picture that stands among the operators.
func skipPicture(l *lexer) {
	for at := l.at; at+3 < len(l.b); at++ {
		if isSpace(l.b[at]) && l.b[at+1] == 'E' && l.b[at+2] == 'I' && isSpace(l.b[at+3]) {
			l.at = at + 3
			return
		}
	}
	l.at = len(l.b)
}

func (a *artist) do(op string, args []any) {
	switch op {
	case "q":
		if len(a.saved) < 1024 {
			a.saved = append(a.saved, a.state)
		}
	case "Q":
		if n := len(a.saved); n > 0 {
			a.state, a.saved = a.saved[n-1], a.saved[:n-1]
		}
	case "cm":
		a.ctm = matrixOf(args).times(a.ctm)
	case "Do":
		a.form(args)
	case "BT":
		a.tm, a.line = identity, identity
	default:
		if !a.set(op, args) {
			a.text(op, args)
		}
	}
}

// set changes how text looks.
func (a *artist) set(op string, args []any) bool {
	n := number(args, 0)
	switch op {
	case "Tf":
		a.size = number(args, 1)
		if len(args) > 0 {
			k, _ := args[0].(name)
			a.font = a.f.fontOf(a.f.asDict(a.resources["Font"])[k])
		}
	case "Tc":
		a.char = n
	case "Tw":
		a.word = n
	case "Tz":
		a.scale = n / 100
	case "TL":
		a.leading = n
	case "Ts":
		a.rise = n
	default:
		return false
	}
	return true
}

// text moves to where text stands, and shows it.
func (a *artist) text(op string, args []any) {
	switch op {
	case "Td":
		a.move(number(args, 0), number(args, 1))
	case "TD":
		a.leading = -number(args, 1)
		a.move(number(args, 0), number(args, 1))
	case "Tm":
		a.tm = matrixOf(args)
		a.line = a.tm
	case "T*":
		a.move(0, -a.leading)
	case "Tj":
		a.show(last(args))
	case "'":
		a.move(0, -a.leading)
		a.show(last(args))
	case "\"":
		a.word, a.char = number(args, 0), number(args, 1)
		a.move(0, -a.leading)
		a.show(last(args))
	case "TJ":
		parts, _ := last(args).(array)
		for _, p := range parts {
			if n, ok := p.(float64); ok {
				a.advance(-n / 1000 * a.size)
			}
			a.show(p)
		}
	}
}

func (a *artist) move(x, y float64) {
	a.line = matrix{1, 0, 0, 1, x, y}.times(a.line)
	a.tm = a.line
}

func (a *artist) advance(x float64) {
	a.tm = matrix{1, 0, 0, 1, x * a.scale, 0}.times(a.tm)
}

func (a *artist) show(v any) {
	s, ok := v.(str)
	if !ok || a.font == nil {
		return
	}
	for g := range a.font.glyphs(s) {
		if a.out.full() {
			return
		}
		from := matrix{1, 0, 0, 1, 0, a.rise}.times(a.tm).times(a.ctm)
		step := g.width*a.size + a.char
		if g.space {
			step += a.word
		}
		a.advance(step)
		to := a.tm.times(a.ctm)
		a.out.put(g.text, place{
			x: from.e, y: from.f, end: to.e,
			size:    math.Abs(a.size) * math.Hypot(from.c, from.d),
			upright: math.Abs(from.b) <= math.Abs(from.a),
		})
	}
}

// form draws a form: a page within the page.
func (a *artist) form(args []any) {
	a.f.operated += 100 // it is as much work
	k, _ := last(args).(name)
	s, ok := a.f.resolve(a.f.asDict(a.resources["XObject"])[k]).(stream)
	if !ok || s.dict["Subtype"] != name("Form") || a.depth >= maxDepth/4 {
		return
	}
	inner := *a
	inner.depth++
	inner.saved = nil
	if own := a.f.asDict(s.dict["Resources"]); own != nil {
		inner.resources = own
	}
	if m, ok := a.f.resolve(s.dict["Matrix"]).(array); ok {
		inner.ctm = matrixOf(m).times(a.ctm)
	}
	inner.draw(a.f.unpack(s))
}

func number(args []any, i int) float64 {
	if i >= len(args) {
		return 0
	}
	n, _ := args[i].(float64)
	return n
}

func last(args []any) any {
	if len(args) == 0 {
		return nil
	}
	return args[len(args)-1]
}

func matrixOf(args []any) matrix {
	return matrix{number(args, 0), number(args, 1), number(args, 2), number(args, 3), number(args, 4), number(args, 5)}
}
