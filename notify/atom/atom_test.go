package atom_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify/atom"
	"github.com/armswatch/armswatch/notify/digest"
	"github.com/armswatch/armswatch/notify/sample"
)

var update = flag.Bool("update", false, "write golden files")

var now = time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)

func feed(m news.Digest) atom.Feed {
	return atom.Feed{Title: "armswatch: morning", Self: "http://127.0.0.1:9090/feeds/morning.atom", Updated: now, Message: m}
}

func TestFeedsAsReadersGetThem(t *testing.T) {
	for name, write := range map[string]func(atom.Feed) ([]byte, error){"feed.atom": atom.Atom, "feed.json": atom.JSON} {
		got, err := write(feed(sample.Digest(now)))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("differs from %s; run with -update and look at the difference", path)
		}
	}
}

func TestTextFromTheWebIsOnlyText(t *testing.T) {
	for _, title := range sample.HostileTitles() {
		m := sample.Hostile(now, title)
		m.Stories = m.Updates
		page, err := atom.Atom(feed(m))
		if err != nil {
			t.Fatal(err)
		}
		onlyOurElements(t, title, page)
		data, err := atom.JSON(feed(m))
		if err != nil || !json.Valid(data) {
			t.Errorf("%q: %v", title, err)
		}
		var f struct{ Items []struct{ URL, Title string } }
		if err := json.Unmarshal(data, &f); err != nil || f.Items[0].URL != digest.Link(m.Stories[0].URL) {
			t.Errorf("%q: link %q, %v", title, f.Items[0].URL, err)
		}
		if strings.ContainsAny(string(page)+string(data), "\x00\x1b\r\u202e\u2028\u009b") {
			t.Errorf("%q: control characters", title)
		}
	}
}

// onlyOurElements holds that the page is XML of elements and attributes of ours
// alone.
func onlyOurElements(t *testing.T, title string, page []byte) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(page))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", title, err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			if !strings.Contains(" feed title id updated link entry published author name summary ", " "+e.Name.Local+" ") {
				t.Errorf("%q: an element <%s>", title, e.Name.Local)
			}
			for _, a := range e.Attr {
				if a.Name.Local == "href" && !strings.HasPrefix(a.Value, "http://127.0.0.1:9090/feeds/") && a.Value != "https://tracewell-institute.example/report" && !strings.HasPrefix(strings.ToLower(title), "http") {
					t.Errorf("%q: a link to %q", title, a.Value)
				}
			}
		case xml.Comment, xml.Directive:
			t.Errorf("%q: a comment or directive", title)
		}
	}
}
