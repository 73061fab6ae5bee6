package pdf

import (
	"iter"
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// font says which characters codes are, and how wide.
type font struct {
	wide    bool           // codes of two bytes
	unicode bool           // the codes are UTF-16
	chars   map[int]string // code to text
	widths  map[int]float64
	usual   float64 // width of what widths lacks, in em; 0: unknown
	codes   int     // read so far, each as often as it is said
}

// glyph is one code of a string.
type glyph struct {
	text  string
	width float64 // in em
	space bool    // the code is that of a space, to which word spacing is added
}

// glyphs gives the codes of a string.
func (t *font) glyphs(s str) iter.Seq[glyph] {
	step := 1
	if t.wide {
		step = 2
	}
	return func(yield func(glyph) bool) {
		for i := 0; i+step <= len(s); i += step {
			code := int(s[i])
			if t.wide {
				code = code<<8 | int(s[i+1])
			}
			if !yield(t.glyph(code)) {
				return
			}
		}
	}
}

func (t *font) glyph(code int) glyph {
	g := glyph{text: t.chars[code], space: !t.wide && code == ' '}
	if g.text == "" && t.unicode {
		g.text = string(utf16.Decode([]uint16{uint16(code)}))
	}
	if w, ok := t.widths[code]; ok {
		g.width = w
	} else if g.width = t.usual; g.width == 0 {
		g.width = likely(g.text)
	}
	return g
}

// likely is about how wide a character of a common typeface is, in em.
func likely(s string) float64 {
	for _, r := range s {
		switch {
		case strings.ContainsRune(" .,;:!|'iIjlt()[]-/", r):
			return .29
		case strings.ContainsRune("mwMW@", r):
			return .85
		case r >= 'A' && r <= 'Z':
			return .67
		}
	}
	return .52
}

// fontOf reads a font once.
func (f *file) fontOf(v any) *font {
	r, isRef := v.(ref)
	if isRef && f.fonts[r] != nil {
		return f.fonts[r]
	}
	t := f.newFont(f.asDict(v))
	if isRef {
		f.fonts[r] = t
	}
	return t
}

func (f *file) newFont(d dict) *font {
	f.operated += 1000 // it is as much work
	t := &font{chars: map[int]string{}, widths: map[int]float64{}}
	if d["Subtype"] == name("Type0") {
		t.wide = true
		encoding, _ := f.resolve(d["Encoding"]).(name)
		t.unicode = strings.Contains(string(encoding), "UCS2") || strings.Contains(string(encoding), "UTF16")
		f.wideWidths(t, d)
	} else {
		f.encoding(t, d)
		f.narrowWidths(t, d)
	}
	if s, ok := f.resolve(d["ToUnicode"]).(stream); ok {
		t.learn(f.unpack(s))
	}
	return t
}

// narrowWidths reads the widths of a font with codes of one byte.
func (f *file) narrowWidths(t *font, d dict) {
	scale := .001
	if m, ok := f.resolve(d["FontMatrix"]).(array); ok && len(m) > 0 {
		if x, ok := f.resolve(m[0]).(float64); ok && x > 0 {
			scale = x
		}
	}
	first := f.whole(d["FirstChar"])
	widths, _ := f.resolve(d["Widths"]).(array)
	for i, w := range widths[:min(len(widths), 256)] {
		if w, ok := f.resolve(w).(float64); ok {
			t.widths[first+i] = w * scale
		}
	}
}

// wideWidths reads "code [w w w]" and "from to w".
func (f *file) wideWidths(t *font, d dict) {
	t.usual = 1
	kids, _ := f.resolve(d["DescendantFonts"]).(array)
	if len(kids) == 0 {
		return
	}
	kid := f.asDict(kids[0])
	if w, ok := f.resolve(kid["DW"]).(float64); ok {
		t.usual = w / 1000
	}
	ws, _ := f.resolve(kid["W"]).(array)
	for i := 0; i+1 < len(ws); {
		from := f.whole(ws[i])
		if list, ok := f.resolve(ws[i+1]).(array); ok {
			for j, w := range list[:min(len(list), 1<<16)] {
				t.widen(from+j, float64(f.whole(w))/1000)
			}
			i += 2
			continue
		}
		if i+2 < len(ws) {
			to, width := f.whole(ws[i+1]), float64(f.whole(ws[i+2]))/1000
			for code := from; code <= to && t.codes < maxCodes; code++ {
				t.widen(code, width)
			}
		}
		i += 3
	}
}

func (t *font) widen(code int, width float64) {
	if t.codes++; t.codes < maxCodes {
		t.widths[code] = width
	}
}

// encoding fills in the characters of a font with codes of one byte.
func (f *file) encoding(t *font, d dict) {
	base, differences := f.resolve(d["Encoding"]), array(nil)
	if e, ok := base.(dict); ok {
		base = f.resolve(e["BaseEncoding"])
		differences, _ = f.resolve(e["Differences"]).(array)
	}
	page := charmap.Windows1252
	if base == name("MacRomanEncoding") {
		page = charmap.Macintosh
	}
	for code := 32; code < 256; code++ {
		t.chars[code] = string(page.DecodeByte(byte(code)))
	}
	if base == nil { // Adobe's own encoding writes quotation marks so
		t.chars['\''], t.chars['`'] = "’", "‘"
	}
	code := 0
	for _, v := range differences[:min(len(differences), 1024)] {
		switch v := f.resolve(v).(type) {
		case float64:
			code = int(v)
		case name:
			t.chars[code] = character(string(v))
			code++
		}
	}
}

// learn reads a ToUnicode map.
func (t *font) learn(cmap []byte) {
	l := lexer{b: cmap}
	var args []any
	for {
		v := l.value(2)
		k, isWord := v.(keyword)
		switch {
		case !isWord:
			if args = append(args, v); len(args) > 1<<16 {
				return
			}
			continue
		case k == end:
			return
		case k == "endbfchar":
			for i := 0; i+1 < len(args); i += 2 {
				t.know(code(args[i]), args[i+1], 0)
			}
		case k == "endbfrange":
			t.ranges(args)
		case k == "endcodespacerange" && len(args) > 0:
			if s, ok := args[0].(str); ok {
				t.wide = len(s) == 2
			}
		}
		args = args[:0]
	}
}

func (t *font) ranges(args []any) {
	for i := 0; i+2 < len(args); i += 3 {
		from, to := code(args[i]), code(args[i+1])
		list, isList := args[i+2].(array)
		for c := from; c <= to && t.codes < maxCodes; c++ {
			if !isList {
				t.know(c, args[i+2], c-from)
			} else if c-from < len(list) {
				t.know(c, list[c-from], 0)
			}
		}
	}
}

func code(v any) int {
	s, _ := v.(str)
	n := 0
	for _, c := range []byte(s[:min(len(s), 4)]) {
		n = n<<8 | int(c)
	}
	return n
}

// know notes the text of a code: UTF-16, its last unit plus add.
func (t *font) know(code int, v any, add int) {
	s, _ := v.(str)
	t.codes++
	if len(s) < 2 || len(s) > 64 || code < 0 || code >= 1<<16 {
		return
	}
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = uint16(s[2*i])<<8 | uint16(s[2*i+1])
	}
	units[len(units)-1] += uint16(add)
	t.chars[code] = string(utf16.Decode(units))
}

// marks are the endings of glyph names that are marks on a letter.
var marks = map[string]string{
	"acute": "\u0301", "grave": "\u0300", "circumflex": "\u0302", "dieresis": "\u0308", "tilde": "\u0303",
	"ring": "\u030a", "cedilla": "\u0327", "caron": "\u030c", "ogonek": "\u0328", "breve": "\u0306",
	"macron": "\u0304", "dotaccent": "\u0307", "hungarumlaut": "\u030b", "commaaccent": "\u0326",
}

// characters are the glyph names that are neither letters nor made of them.
var characters = map[string]string{
	"space": " ", "exclam": "!", "quotedbl": "\"", "numbersign": "#", "dollar": "$", "percent": "%", "ampersand": "&",
	"quotesingle": "'", "quoteright": "’", "quoteleft": "‘", "parenleft": "(", "parenright": ")", "asterisk": "*",
	"plus": "+", "comma": ",", "hyphen": "-", "period": ".", "slash": "/", "colon": ":", "semicolon": ";", "less": "<",
	"equal": "=", "greater": ">", "question": "?", "at": "@", "bracketleft": "[", "backslash": "\\", "bracketright": "]",
	"underscore": "_", "braceleft": "{", "bar": "|", "braceright": "}", "asciitilde": "~", "asciicircum": "^",
	"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
	"quotedblleft": "“", "quotedblright": "”", "quotedblbase": "„", "quotesinglbase": "‚", "guillemotleft": "«", "guillemotright": "»",
	"guilsinglleft": "‹", "guilsinglright": "›", "endash": "–", "emdash": "—", "bullet": "•", "ellipsis": "…", "section": "§",
	"paragraph": "¶", "degree": "°", "copyright": "©", "registered": "®", "trademark": "™", "Euro": "€", "sterling": "£", "yen": "¥",
	"cent": "¢", "germandbls": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "oslash": "ø", "Oslash": "Ø", "lslash": "ł", "Lslash": "Ł",
	"dotlessi": "ı", "eth": "ð", "Eth": "Ð", "thorn": "þ", "Thorn": "Þ", "ff": "ff", "fi": "fi", "fl": "fl", "ffi": "ffi", "ffl": "ffl",
	"f_f": "ff", "f_i": "fi", "f_l": "fl", "f_f_i": "ffi", "nbspace": " ", "minus": "−", "multiply": "×", "periodcentered": "·",
	"exclamdown": "¡", "questiondown": "¿", "ordfeminine": "ª", "ordmasculine": "º", "onehalf": "½", "onequarter": "¼", "threequarters": "¾",
}

// character is the text of a glyph's name; "" when unknown.
func character(glyph string) string {
	glyph, _, _ = strings.Cut(glyph, ".")
	if s, ok := characters[glyph]; ok {
		return s
	}
	if len(glyph) == 1 {
		return glyph
	}
	if mark, ok := marks[glyph[min(len(glyph), 1):]]; ok {
		return norm.NFC.String(glyph[:1] + mark)
	}
	for _, prefix := range []string{"uni", "u"} {
		if n, err := strconv.ParseUint(strings.TrimPrefix(glyph, prefix), 16, 21); err == nil && strings.HasPrefix(glyph, prefix) {
			return string(rune(n))
		}
	}
	return ""
}

// textString decodes a string of the file's structure.
func textString(v any) string {
	s, _ := v.(str)
	b := []byte(s[:min(len(s), 4096)])
	switch {
	case len(b) >= 2 && b[0] == 0xfe && b[1] == 0xff:
		units := make([]uint16, 0, len(b)/2)
		for i := 2; i+1 < len(b); i += 2 {
			units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
		}
		return tidy(string(utf16.Decode(units)))
	case strings.HasPrefix(string(b), "\xef\xbb\xbf"):
		return tidy(strings.ToValidUTF8(string(b[3:]), ""))
	default:
		out, _ := charmap.Windows1252.NewDecoder().Bytes(b)
		return tidy(string(out))
	}
}
