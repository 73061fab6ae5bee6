// Package pdf reads the text of a PDF report, its title, its page count and its
// hash.
//
// It promises to end soon and small on any bytes: nothing is read twice, every
// stream and the sum of all are bounded when they are unpacked, nesting, pages,
// operators and text are bounded too, and the cross-reference table, which says
// where things are and is the part most often broken or forged, is not used:
// objects are found where they stand. What is beyond the limits is left out.
//
// It reads no scan, no encrypted file, no text in fonts that do not say which
// characters their glyphs are, and no text that is drawn as shapes. The package
// is pure: no clock, no network, no disk.
package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// The limits. The longest report met has 600 pages and 1.5 MB of text.
const (
	maxUnpacked  = 128 << 20 // bytes of all streams together
	maxStream    = 32 << 20  // of one
	maxObjects   = 1_000_000
	maxPages     = 10_000
	maxText      = 8 << 20    // bytes
	maxOperators = 10_000_000 // of all pages together
	maxHeld      = 1 << 20    // values in one array or dictionary, with all in it
	maxParsed    = 256 << 20  // bytes of objects, each as often as it is looked up
	maxTrailer   = 64 << 10   // bytes of a trailer, or of a stream's dictionary
	maxCodes     = 1 << 18    // of one font
	maxDepth     = 32         // of arrays and dictionaries, page trees, forms in forms
)

// Document is what a PDF says.
type Document struct {
	Text    string // plain text, a line for each paragraph
	Title   string // "" when unknown
	Author  string // "" when unknown
	Pages   int
	Created time.Time // zero when unknown
	SHA256  string    // of the file, in hexadecimal
}

// The reasons why a PDF cannot be read; errors wrap them.
var (
	ErrNoPDF     = errors.New("it is no PDF, or is damaged beyond reading")
	ErrEncrypted = errors.New("the PDF is encrypted")
	ErrNoText    = errors.New("the PDF holds no text: it may be a scan")
)

// Is says whether bytes claim to be a PDF.
func Is(body []byte) bool {
	return bytes.Contains(body[:min(len(body), 1024)], []byte("%PDF-"))
}

// Read reads a PDF. Its errors wrap [ErrNoPDF], [ErrEncrypted] or [ErrNoText];
// the last comes with the rest of the document.
func Read(body []byte) (*Document, error) {
	if !Is(body) {
		return nil, fmt.Errorf("read PDF: %w", ErrNoPDF)
	}
	f := open(body)
	if f.trailer["Encrypt"] != nil {
		return nil, fmt.Errorf("read PDF: %w", ErrEncrypted)
	}
	pages := f.pages()
	if len(pages) == 0 {
		return nil, fmt.Errorf("read PDF: %w", ErrNoPDF)
	}
	sum := sha256.Sum256(body)
	d := &Document{Pages: len(pages), SHA256: hex.EncodeToString(sum[:])}
	lines := f.lines(pages)
	d.Text = paragraphs(lines)
	f.describe(d, lines)
	if d.Text == "" {
		return d, fmt.Errorf("read PDF: %w", ErrNoText)
	}
	return d, nil
}

// describe fills in what the file says of itself, and what its first page shows
// in the largest letters.
func (f *file) describe(d *Document, lines []line) {
	info, _ := f.resolve(f.trailer["Info"]).(dict)
	d.Title = ownTitle(textString(f.resolve(info["Title"])))
	d.Author = textString(f.resolve(info["Author"]))
	d.Created = date(textString(f.resolve(info["CreationDate"])))
	if d.Title == "" {
		d.Title = largest(lines)
	}
}

// ownTitle drops the titles that programs make up from file names.
func ownTitle(s string) string {
	low := strings.ToLower(s)
	if strings.HasPrefix(low, "microsoft ") || strings.HasPrefix(low, "untitled") || !strings.Contains(s, " ") {
		return ""
	}
	for _, ending := range []string{".doc", ".docx", ".indd", ".pdf", ".qxd", ".rtf", ".odt", ".ppt", ".pptx"} {
		if strings.HasSuffix(low, ending) {
			return ""
		}
	}
	return s
}

// largest is the text in the largest letters of the first page, if it is short
// enough for a title.
func largest(lines []line) string {
	size := 0.0
	for _, l := range lines {
		if l.page == 0 && len(l.text) > 3 {
			size = max(size, l.size)
		}
	}
	var parts []string
	for _, l := range lines {
		if l.page == 0 && l.size > size*.95 && len(l.text) > 1 {
			parts = append(parts, l.text)
		}
	}
	title := strings.Join(parts, " ")
	if len(title) > 300 {
		return ""
	}
	return title
}

// date reads a PDF's date, D:20260304093000+01'00'.
func date(s string) time.Time {
	s = strings.ReplaceAll(strings.TrimPrefix(s, "D:"), "'", "")
	for _, layout := range []string{"20060102150405-0700", "20060102150405Z0000", "20060102150405Z", "20060102150405", "20060102"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}
