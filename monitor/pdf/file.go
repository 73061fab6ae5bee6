package pdf

import (
	"bytes"
	"slices"
)

// object is where an object stands.
type object struct {
	in  []byte // the file, or an unpacked stream of objects
	at  int
	pos int // of it, or of its stream, in the file: of two, the later counts
}

// file is a PDF whose objects were found.
type file struct {
	body     []byte
	objects  map[ref]object
	trailer  dict
	fonts    map[ref]*font
	unpacked int // bytes so far; the others too are counts of work done
	parsed   int
	operated int
	nested   int // how deep lookups are within lookups
}

// finder finds a word from a place onward, never looking at a byte twice.
type finder struct {
	b    []byte
	word string
	at   int
	done bool
}

// next is where the word stands at or after from; the length of the bytes if nowhere.
func (f *finder) next(from int) int {
	if f.done || f.at >= from && f.at > 0 {
		return f.at
	}
	i := bytes.Index(f.b[min(from, len(f.b)):], []byte(f.word))
	if i < 0 {
		f.at, f.done = len(f.b), true
		return f.at
	}
	f.at = from + i
	return f.at
}

// open finds the objects of a file: first those that stand in it, then those
// in its streams of objects.
func open(body []byte) *file {
	f := &file{body: body, objects: map[ref]object{}, trailer: dict{}, fonts: map[ref]*font{}}
	obj := finder{b: body, word: "obj"}
	endobj := finder{b: body, word: "endobj"}
	begin := finder{b: body, word: "stream"}
	finish := finder{b: body, word: "endstream"}
	var packed []object
	for at := 0; len(f.objects) < maxObjects; {
		i := obj.next(at)
		if i >= len(body) {
			break
		}
		at = i + 3
		num, ok := numberBefore(body, i)
		if !ok {
			continue
		}
		o := object{in: body, at: at, pos: at}
		f.objects[num] = o
		e, s := endobj.next(at), begin.next(at)
		if s > e {
			at = e
			continue
		}
		if f.special(o) {
			packed = append(packed, o)
		}
		at = finish.next(s) // what looks like an object within a stream is none
	}
	f.trailers()
	if f.trailer["Encrypt"] == nil {
		for _, o := range packed {
			f.unpackObjects(o)
		}
	}
	return f
}

// numberBefore reads "12 0 " backwards from i.
func numberBefore(b []byte, i int) (ref, bool) {
	back := func(is func(byte) bool) int {
		from := i
		for i > 0 && is(b[i-1]) && from-i < 12 {
			i--
		}
		return from - i
	}
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	if back(isSpace); back(digit) == 0 || back(isSpace) == 0 {
		return 0, false
	}
	n := back(digit)
	if n == 0 || n > 9 {
		return 0, false
	}
	num := 0
	for _, c := range b[i : i+n] {
		num = num*10 + int(c-'0')
	}
	return ref(num), true
}

// special looks at a stream's dictionary: a cross-reference stream is a
// trailer too. It says whether the stream holds objects.
func (f *file) special(o object) bool {
	l := lexer{b: o.in[:min(o.at+maxTrailer, len(o.in))], at: o.at}
	d, _ := l.value(maxDepth).(dict)
	if d["Type"] == name("XRef") {
		merge(f.trailer, d)
	}
	return d["Type"] == name("ObjStm")
}

// trailers reads the trailers from the last to the first, so that of two the
// later counts.
func (f *file) trailers() {
	const most = 64
	word := []byte("trailer")
	var found []dict
	for end, n := len(f.body), 0; n < most; n++ {
		i := bytes.LastIndex(f.body[:end], word)
		if i < 0 {
			break
		}
		end = i
		at := i + len(word)
		l := lexer{b: f.body[at:min(at+maxTrailer, len(f.body))]}
		if d, ok := l.value(maxDepth).(dict); ok {
			found = append(found, d)
		}
	}
	for _, d := range slices.Backward(found) {
		merge(f.trailer, d)
	}
}

// merge takes over what a later trailer says.
func merge(trailer, later dict) {
	for _, key := range []name{"Root", "Info", "Encrypt"} {
		if later[key] != nil {
			trailer[key] = later[key]
		}
	}
}

// unpackObjects notes the objects of a stream of objects.
func (f *file) unpackObjects(o object) {
	s, ok := f.read(o).(stream)
	if !ok {
		return
	}
	data := f.unpack(s)
	first := f.whole(s.dict["First"])
	l := lexer{b: data[:min(max(first, 0), len(data))]}
	for len(f.objects) < maxObjects {
		num, ok1 := l.value(1).(float64)
		off, ok2 := l.value(1).(float64)
		if !ok1 || !ok2 {
			return
		}
		at := first + int(off)
		if at < 0 || at >= len(data) || f.objects[ref(num)].pos > o.pos {
			continue
		}
		f.objects[ref(num)] = object{in: data, at: at, pos: o.pos}
	}
}

// read reads the object that stands somewhere.
func (f *file) read(o object) any {
	if f.parsed > maxParsed {
		return nil
	}
	l := lexer{b: o.in, at: o.at}
	defer func() { f.parsed += l.at - o.at }()
	v := l.value(maxDepth)
	if n, ok := v.(float64); ok { // an object may be a reference
		save := l.at
		if _, ok := l.value(1).(float64); ok && l.value(1) == keyword("R") {
			return ref(n)
		}
		l.at = save
	}
	d, ok := v.(dict)
	if !ok {
		return v
	}
	if l.skipSpace(); !bytes.HasPrefix(l.b[min(l.at, len(l.b)):], []byte("stream")) {
		return v
	}
	l.at += len("stream")
	if bytes.HasPrefix(l.b[l.at:], []byte("\r\n")) {
		l.at += 2
	} else if bytes.HasPrefix(l.b[l.at:], []byte("\n")) || bytes.HasPrefix(l.b[l.at:], []byte("\r")) {
		l.at++
	}
	return stream{dict: d, data: f.extent(l.b[l.at:], d)}
}

// extent cuts a stream's data to its length; where that is wrong, to the word that ends it.
func (f *file) extent(rest []byte, d dict) []byte {
	word := []byte("endstream")
	if n, ok := f.resolve(d["Length"]).(float64); ok && n >= 0 && int(n) <= len(rest) {
		if bytes.HasPrefix(bytes.TrimLeft(rest[int(n):min(int(n)+16, len(rest))], "\r\n "), word) {
			return rest[:int(n)]
		}
	}
	if i := bytes.Index(rest, word); i >= 0 {
		rest = rest[:i]
	}
	f.parsed += len(rest)
	return rest
}

// resolve follows references to a value.
func (f *file) resolve(v any) any {
	f.nested++
	defer func() { f.nested-- }()
	for n := 0; n < 8 && f.nested < maxDepth; n++ {
		r, ok := v.(ref)
		if !ok {
			return v
		}
		o, ok := f.objects[r]
		if !ok {
			return nil
		}
		v = f.read(o)
	}
	return nil
}

// whole is a number as an int; 0 when it is none.
func (f *file) whole(v any) int {
	n, _ := f.resolve(v).(float64)
	return int(n)
}

// asDict is a value's dictionary, a stream's included; nil when it has none.
func (f *file) asDict(v any) dict {
	switch v := f.resolve(v).(type) {
	case dict:
		return v
	case stream:
		return v.dict
	default:
		return nil
	}
}

// sheet is one page.
type sheet struct {
	dict      dict
	resources dict
}

// pages walks the page tree.
func (f *file) pages() []sheet {
	root := f.asDict(f.trailer["Root"])
	if root["Pages"] == nil {
		root = f.catalogue()
	}
	w := walk{f: f, seen: map[ref]bool{}}
	w.node(root["Pages"], nil, maxDepth)
	return w.pages
}

// catalogue finds the root of a file whose trailer is lost.
func (f *file) catalogue() dict {
	var nums []ref
	for num := range f.objects {
		nums = append(nums, num)
	}
	slices.Sort(nums)
	for _, num := range nums {
		if d, ok := f.read(f.objects[num]).(dict); ok && d["Type"] == name("Catalog") && d["Pages"] != nil {
			return d
		}
	}
	return nil
}

type walk struct {
	f     *file
	seen  map[ref]bool
	pages []sheet
}

func (w *walk) node(v any, resources dict, depth int) {
	r, isRef := v.(ref)
	if depth == 0 || len(w.pages) >= maxPages || isRef && w.seen[r] {
		return
	}
	if isRef {
		w.seen[r] = true
	}
	d := w.f.asDict(v)
	if own := w.f.asDict(d["Resources"]); own != nil {
		resources = own
	}
	kids, ok := w.f.resolve(d["Kids"]).(array)
	switch {
	case ok:
		for _, k := range kids {
			w.node(k, resources, depth-1)
		}
	case d != nil && d["Type"] != name("Pages"):
		w.pages = append(w.pages, sheet{dict: d, resources: resources})
	}
}
