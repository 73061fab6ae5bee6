package decode

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

func in(t *testing.T, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatalf("encode %q: %v", s, err)
	}
	return out
}

func TestHTML(t *testing.T) {
	const meta = `<meta charset="%">`
	page := func(charset, s string) string { return strings.Replace(meta, "%", charset, 1) + s }
	for _, c := range []struct{ name, body, header, want, encoding string }{
		{"valid UTF-8 beats a wrong header", "Zürich", "text/html; charset=iso-8859-1", "Zürich", "utf-8"},
		{"valid UTF-8 beats a wrong meta", page("windows-1251", "Zürich"), "", page("windows-1251", "Zürich"), "utf-8"},
		{"mark beats all", "\xEF\xBB\xBFZürich", "text/html; charset=koi8-r", "Zürich", "utf-8"},
		{"mark, with a stray byte", "\xEF\xBB\xBFZürich Espa\xF1a", "", "Zürich España", "utf-8"},
		{"UTF-16 mark", in(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "<p>Žižek"), "", "<p>Žižek", "utf-16le"},
		{"UTF-16 without a mark", in(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "<p>Žižek"), "", "<p>Žižek", "utf-16be"},
		{"header", in(t, charmap.Windows1251, "Танк"), "text/html; charset=windows-1251", "Танк", "windows-1251"},
		{"header beats meta", page("koi8-r", in(t, charmap.Windows1251, "Танк")), `text/html;charset="windows-1251"`, page("koi8-r", "Танк"), "windows-1251"},
		{"header of no form", in(t, charmap.Windows1251, "Танк"), "text/html; ; charset=windows-1251; =", "Танк", "windows-1251"},
		{"unknown header, meta", page("euc-kr", in(t, korean.EUCKR, "전차")), "text/html; charset=bogus", page("euc-kr", "전차"), "euc-kr"},
		{
			"meta http-equiv", `<meta http-equiv="Content-Type" content="text/html; charset=gb2312">` + in(t, simplifiedchinese.GBK, "坦克"), "",
			`<meta http-equiv="Content-Type" content="text/html; charset=gb2312">坦克`, "gbk",
		},
		{"meta that cannot be true", page("utf-16", "caf\xE9"), "", page("utf-16", "café"), "windows-1252"},
		{"nothing said", "caf\xE9 \x93quoted\x94", "", "café “quoted”", "windows-1252"},
		{"header says UTF-8, a few stray bytes", "Zürich für Köln \x93so\x94", "text/html; charset=utf-8", "Zürich für Köln “so”", "utf-8"},
		{"header says UTF-8 and lies", "caf\xE9", "text/html; charset=utf-8", "café", "windows-1252"},
		{"iso-2022-jp is ASCII to the eye", page("iso-2022-jp", in(t, japanese.ISO2022JP, "戦車")), "", page("iso-2022-jp", "戦車"), "iso-2022-jp"},
		{"cut within a character", "Zürich \xC3", "", "Zürich ", "utf-8"},
		{"empty", "", "", "", "utf-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, enc := HTML([]byte(c.body), c.header)
			if string(got) != c.want || enc != c.encoding {
				t.Errorf("got %q in %s, want %q in %s", got, enc, c.want, c.encoding)
			}
		})
	}
}

func TestXML(t *testing.T) {
	decl := func(enc string) string { return `<?xml version="1.0" encoding="` + enc + `"?><a>` }
	for _, c := range []struct{ name, body, header, want, encoding string }{
		{"declared", decl("iso-8859-2") + in(t, charmap.ISO8859_2, "Žižek"), "", decl("utf-8") + "Žižek", "iso-8859-2"},
		{"declared, but UTF-8", decl("iso-8859-1") + "Žižek", "", decl("utf-8") + "Žižek", "utf-8"},
		{"header beats declaration", decl("utf-8") + in(t, charmap.Windows1251, "Танк"), "text/xml; charset=windows-1251", decl("utf-8") + "Танк", "windows-1251"},
		{"text/xml alone says nothing", decl("utf-8") + "Žižek", "text/xml", decl("utf-8") + "Žižek", "utf-8"},
		{"big5", decl("big5") + in(t, traditionalchinese.Big5, "坦克"), "", decl("utf-8") + "坦克", "big5"},
		{"utf-32", in(t, utf32.UTF32(utf32.BigEndian, utf32.UseBOM), decl("utf-32")+"Žižek"), "", decl("utf-8") + "Žižek", "utf-32be"},
		{"ebcdic", in(t, charmap.CodePage037, decl("cp037")+"abc"), "", decl("utf-8") + "abc", "ibm037"},
		{"bogus", decl("bogus") + "caf\xE9", "", decl("utf-8") + "café", "windows-1252"},
		{"single quotes", `<?xml version='1.0' encoding='windows-1251' ?>` + in(t, charmap.Windows1251, "Танк"), "", `<?xml version='1.0' encoding='utf-8' ?>Танк`, "windows-1251"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, enc := XML([]byte(c.body), c.header)
			if string(got) != c.want || enc != c.encoding {
				t.Errorf("got %q in %s, want %q in %s", got, enc, c.want, c.encoding)
			}
		})
	}
}

func TestValidTextIsNotCopied(t *testing.T) {
	body := []byte(`<?xml version="1.0" encoding="utf-8"?><a>Žižek</a>`)
	if n := testing.AllocsPerRun(10, func() { HTML(body, "") }); n > 0 {
		t.Errorf("HTML allocates %v times for text that needs nothing", n)
	}
	if got, _ := XML(body, ""); &got[0] != &body[0] {
		t.Error("XML copied a text that needs nothing")
	}
}

// FuzzDecode: whatever comes in, valid UTF-8 comes out.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("\xEF\xBB\xBFx"), "text/html; charset=utf-8")
	f.Add([]byte("\xFF\xFE<\x00"), "")
	f.Add([]byte(`<?xml encoding="utf-16"?>`), "text/xml; charset=")
	f.Add([]byte("\x1b$B"), "text/html; charset=iso-2022-jp")
	f.Add([]byte("<meta charset=gbk>\x81"), `a; charset="`)
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		before := string(body)
		for _, read := range []func([]byte, string) ([]byte, string){HTML, XML} {
			text, name := read(body, contentType)
			if !utf8.Valid(text) {
				t.Errorf("%q as %s is not UTF-8: %q", body, name, text)
			}
			if name == "" {
				t.Error("no name for the encoding")
			}
		}
		if string(body) != before {
			t.Error("the caller's bytes were changed")
		}
	})
}
