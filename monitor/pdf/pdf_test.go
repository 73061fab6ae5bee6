package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// build writes a PDF of objects numbered from 1; the first is the catalogue.
// The cross-reference table is left out, as damaged files leave it out.
func build(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Root 1 0 R %s >>\nstartxref\n0\n%%%%EOF\n", trailer)
	return b.Bytes()
}

func streamOf(dict, data string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data)
}

func packedStream(dict, data string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(data))
	_ = z.Close()
	return streamOf("/Filter /FlateDecode "+dict, b.String())
}

// page builds a PDF of one page with fonts F1 (object 5) and what more is given from object 6 on.
func page(content, font string, more ...string) []byte {
	return build("", append([]string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F1 5 0 R >> /XObject << /X1 6 0 R >> >> >>",
		"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>",
		packedStream("", content),
		font,
	}, more...)...)
}

const helvetica = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"

func TestText(t *testing.T) {
	for _, c := range []struct{ name, content, font, want string }{
		{"a string", "BT /F1 12 Tf 72 700 Td (Kornet launchers) Tj ET", helvetica, "Kornet launchers"},
		{"escapes", `BT /F1 12 Tf (a \(b\) \101\\ \
c) Tj ET`, helvetica, `a (b) A\ c`},
		{"hexadecimal", "BT /F1 12 Tf <4b6f726e6574> Tj ET", helvetica, "Kornet"},
		{"kerning that divides words and kerning that does not", "BT /F1 12 Tf [(Kor) 20 (net) -300 (depot)] TJ ET", helvetica, "Kornet depot"},
		{"lines of a paragraph", "BT /F1 12 Tf 14 TL 72 700 Td (forty-four) Tj T* (launchers) Tj ET", helvetica, "forty-four launchers"},
		{"a divided word", "BT /F1 12 Tf 14 TL 72 700 Td (disarma-) Tj T* (ment talks) Tj ET", helvetica, "disarmament talks"},
		{"a name that ends in a hyphen", "BT /F1 12 Tf 14 TL 72 700 Td (the T-) Tj T* (72 tank) Tj ET", helvetica, "the T- 72 tank"},
		{"two paragraphs", "BT /F1 12 Tf 72 700 Td (one) Tj 0 -40 Td (two) Tj ET", helvetica, "one\ntwo"},
		{"a heading", "BT /F1 20 Tf 72 700 Td (Head) Tj /F1 10 Tf 0 -15 Td (body) Tj ET", helvetica, "Head\nbody"},
		{"two columns", "BT /F1 12 Tf 14 TL 72 700 Td (left) Tj T* (side) Tj ET BT /F1 12 Tf 14 TL 300 700 Td (right) Tj T* (hand) Tj ET", helvetica, "left side\nright hand"},
		{"words set one by one", "BT /F1 10 Tf 1 0 0 1 72 700 Tm (AA) Tj 1 0 0 1 92 700 Tm (BB) Tj ET", helvetica, "AA BB"},
		{"a picture among the text", "BT /F1 12 Tf (a) Tj ET BI /W 1 ID \x00(( EI BT /F1 12 Tf 0 -40 Td (b) Tj ET", helvetica, "a\nb"},
		{"Windows letters", "BT /F1 12 Tf (\x93caf\xe9\x94 \x96 \x80) Tj ET", helvetica, "“café” – €"},
		{"names of glyphs", "BT /F1 12 Tf (abc\x01) Tj ET", "<< /Subtype /Type1 /Encoding << /Differences [97 /eacute /f_i /uni0416 1 /Scaron] >> >>", "éfiЖŠ"},
		{"a map to Unicode", "BT /F1 12 Tf <00010002> Tj ET", "<< /Subtype /Type0 /Encoding /Identity-H /ToUnicode 6 0 R >>", "Кф"},
		{"a character that shows the other way round", "BT /F1 12 Tf <000300010004> Tj ET", "<< /Subtype /Type0 /Encoding /Identity-H /ToUnicode 6 0 R >>", "Кfi"},
		{"Hebrew as it is seen", "BT /F1 12 Tf <00140013001200110010> Tj ET", "<< /Subtype /Type0 /Encoding /Identity-H /ToUnicode 6 0 R >>", "אב12ג"},
		{"Arabic in its forms", "BT /F1 12 Tf <002000210022> Tj ET", "<< /Subtype /Type0 /Encoding /Identity-H /ToUnicode 6 0 R >>", "يمن"},
		{"a form", "/X1 Do", helvetica, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			more := streamOf("", "1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <0001> <0001> <041A> endbfrange "+
				"8 beginbfchar <0010> <05D0> <0011> <05D1> <0012> <0032> <0013> <0031> <0014> <05D2> <0020> <FEE6> <0021> <FEE4> <0022> <FEF3> endbfchar "+
				"3 beginbfchar <0002> <0444> <0003> <202E> <0004> <FB01> endbfchar")
			if c.name == "a form" {
				more = packedStream("/Type /XObject /Subtype /Form", "BT /F1 12 Tf (within) Tj ET /X1 Do")
				c.want = strings.TrimSpace(strings.Repeat("within ", 1))
			}
			d, err := Read(page(c.content, c.font, more))
			if err != nil {
				t.Fatal(err)
			}
			got := d.Text
			if c.name == "a form" { // it draws itself; the limit ends it
				got, _, _ = strings.Cut(got, "\n")
				got = strings.TrimRight(got[:len(c.want)], " ")
			}
			if got != c.want {
				t.Errorf("text %q, want %q", got, c.want)
			}
		})
	}
}

// report is a PDF of n pages.
func report(n int, trailer string, more ...string) []byte {
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "", helvetica}
	var kids strings.Builder
	for i := range n {
		num := 4 + 2*i
		fmt.Fprintf(&kids, "%d 0 R ", num)
		objects = append(objects,
			fmt.Sprintf("<< /Type /Page /Parent 2 0 R /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>", num+1),
			packedStream("", fmt.Sprintf("BT /F1 24 Tf 72 700 Td (Harrow Bay depots) Tj /F1 10 Tf 0 -40 Td (Page %d of the report.) Tj ET", i+1)))
	}
	objects[1] = "<< /Type /Pages /Kids [" + kids.String() + "] >>"
	return build(trailer, append(objects, more...)...)
}

func TestPagesTitleHash(t *testing.T) {
	body := report(44, "/Info 92 0 R", "<< /Title (\xfe\xff\x00D\x00e\x00p\x00o\x00t\x00s\x00 \x00I\x00I) /Author (Ada Quill) /CreationDate (D:20260304093000+01'00') >>")
	d, err := Read(body)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body)
	if d.Pages != 44 || d.Title != "Depots II" || d.Author != "Ada Quill" || d.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("got %d pages, title %q, author %q, hash %s", d.Pages, d.Title, d.Author, d.SHA256)
	}
	if want := time.Date(2026, 3, 4, 8, 30, 0, 0, time.UTC); !d.Created.Equal(want) {
		t.Errorf("created %v, want %v", d.Created, want)
	}
	if !strings.Contains(d.Text, "Page 44 of the report.") {
		t.Errorf("the last page is missing: %q", d.Text)
	}
	d, err = Read(report(2, "/Info 8 0 R", "<< /Title (Microsoft Word - report_final2.docx) >>"))
	if err != nil || d.Title != "Harrow Bay depots Harrow Bay depots" && d.Title != "Harrow Bay depots" {
		t.Errorf("title %q, %v; want the largest letters of the first page", d.Title, err)
	}
}

// Objects in streams of objects, an update that replaces one, and a length that is wrong.
func TestStructure(t *testing.T) {
	inner := "<< /Type /Catalog /Pages 2 0 R >> << /Type /Pages /Kids [3 0 R] >> "
	second := strings.Index(inner, "<< /Type /Pages")
	body := "%PDF-1.5\n" +
		"9 0 obj\n" + packedStream("/Type /ObjStm /N 2 /First 9 /Pad null", fmt.Sprintf("1 0 2 %d  ", second)[:9]+inner) + "\nendobj\n" +
		"3 0 obj << /Type /Page /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >> endobj\n" +
		"4 0 obj << /Length 3 >> stream\nBT /F1 9 Tf (old) Tj ET\nendstream endobj\n" +
		"5 0 obj " + helvetica + " endobj\n" +
		"8 0 obj " + streamOf("/Type /XRef /Root 1 0 R", "?") + " endobj\n" +
		"4 0 obj << /Length 3 >> stream\nBT /F1 9 Tf (new) Tj ET\nendstream endobj\n%%EOF"
	d, err := Read([]byte(body))
	if err != nil || d.Text != "new" || d.Pages != 1 {
		t.Fatalf("got %+v, %v; want the text \"new\"", d, err)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name string
		body []byte
		want error
	}{
		{"empty", nil, ErrNoPDF},
		{"a page", []byte("<html>"), ErrNoPDF},
		{"cut off at once", []byte("%PDF-1.7\n1 0 obj <<"), ErrNoPDF},
		{"encrypted", report(1, "/Encrypt << /Filter /Standard >>"), ErrEncrypted},
		{"a scan", page("q 1 0 0 1 0 0 cm /X1 Do Q", helvetica, streamOf("/Subtype /Image", "\xff")), ErrNoText},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Read(c.body); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// hostile are files that make careless readers slow, large or dead.
func hostile() map[string][]byte {
	const n = 1 << 20
	return map[string][]byte{
		"nested arrays":        page("BT /F1 9 Tf (x) Tj ET", strings.Repeat("[", n)),
		"nested dictionaries":  page("BT /F1 9 Tf (x) Tj ET", strings.Repeat("<</A", n)),
		"nested in content":    page(strings.Repeat("[<<", n), helvetica),
		"open strings":         page(strings.Repeat("(", n), helvetica),
		"length of itself":     build("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Kids [3 0 R] >>", "<< /Contents 4 0 R >>", "<< /Length 4 0 R >> stream\nx\nendstream"),
		"reference to itself":  build("", "<< /Type /Catalog /Pages 2 0 R >>", "2 0 R"),
		"page tree in circle":  build("", "<< /Pages 2 0 R >>", "<< /Kids [2 0 R 3 0 R 2 0 R] >>", "<< /Kids [2 0 R] >>"),
		"a million pages":      build("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Kids ["+strings.Repeat("<</Type/Page>>", n)+"] >>"),
		"form in itself":       page("/X1 Do /X1 Do", helvetica, packedStream("/Subtype /Form", strings.Repeat("/X1 Do ", 1000))),
		"font again and again": page(strings.Repeat("/F1 1 Tf ", n), "<< /Subtype /Type0 /ToUnicode 6 0 R >>", packedStream("", strings.Repeat("1 beginbfrange <0000> <ffff> <0041> endbfrange ", 1000))),
		"bomb":                 page(strings.Repeat(" ", 16*n), helvetica),
		"text bomb":            page("BT /F1 9 Tf "+strings.Repeat("("+strings.Repeat("x", 1000)+") Tj ", 12_000), helvetica),
		"objects without end":  []byte("%PDF-1.7\n" + strings.Repeat("1 0 obj ", n)),
		"stream without end":   []byte("%PDF-1.7\n" + strings.Repeat("1 0 obj<<>>stream ", n/2)),
		"trailers":             []byte("%PDF-1.7\n" + strings.Repeat("trailer<<", n)),
		"wide widths":          page("BT /F1 9 Tf <0001> Tj ET", "<< /Subtype /Type0 /DescendantFonts [<< /W ["+strings.Repeat("0 999999 5 ", 100_000)+"] >>] >>"),
		"saved states":         page(strings.Repeat("q ", n), helvetica),
		"numbers":              page("BT /F1 1e999 Tf 99999999999999999999999 -1e400 Td (x) Tj 1 0 0 0 nan inf Tm (y) Tj ET", helvetica),
		"object stream of itself": build("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Kids [3 0 R] >>",
			packedStream("/Type /ObjStm /First 3 0 R /N 999999999", strings.Repeat("4 999999999 ", n))),
	}
}

func TestHostile(t *testing.T) {
	for name, body := range hostile() {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Read(body)
			runtime.ReadMemStats(&after)
			if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 1500 {
				t.Errorf("took %d MB in all (%v)", got, err)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(report(2, ""))
	f.Add(page("BT /F1 12 Tf [(Kor) 20 (net)] TJ ET /X1 Do", helvetica, packedStream("/Subtype /Form", "BT /F1 12 Tf (within) Tj ET")))
	f.Add(page("BT /F1 12 Tf <0001> Tj ET", "<< /Subtype /Type0 /ToUnicode 6 0 R >>", streamOf("", "1 beginbfrange <0000> <ffff> <0041> endbfrange")))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := Read(body)
		if err == nil && (d.Text == "" || d.Pages < 1 || len(d.SHA256) != 64) {
			t.Errorf("no error, but %+v", d)
		}
		if d != nil && len(d.Text) > 2*maxText {
			t.Errorf("%d bytes of text", len(d.Text))
		}
	})
}
