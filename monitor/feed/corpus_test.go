package feed_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"

	"github.com/armswatch/armswatch/monitor/feed"
)

// corpora are third-party files that may not be shipped.
const corpora = "../../../shared/corpora/feeds"

// noFeeds are the files of the corpora that do not give the entries they seem
// to hold, each with its reason; docs/sources.md lists them too.
var noFeeds = map[string]string{
	"illformed__rss_empty_document.xml":                                      "holds a comment only",
	"illformed__rss_incomplete_cdata.xml":                                    "ends within its only item",
	"wellformed__namespace__unknown-namespace.xml":                           "an item of RSS in a feed of Atom",
	"wellformed__base__http_entry_contributor_url_base_content_location.xml": "an Atom entry in a feed of no namespace and another root",
	"wellformed__base__http_entry_contributor_url_base_docuri.xml":           "the same",
}

var (
	headerLine = regexp.MustCompile(`(?m)^\s*Header:\s+Content-type:\s*(\S.*)$`)
	itemTag    = regexp.MustCompile(`<(?:\w+:)?(?i:item|entry)[\s>/]`)
)

// Every feed of the corpora gives the entries that it holds, and never fewer
// than gofeed finds by itself.
func TestCorpora(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(corpora, "*", "*"))
	if len(files) == 0 {
		t.Skipf("the corpora are not beside the repository, at %s", corpora)
	}
	whole := 0
	for _, name := range files {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, want := 0, len(itemTag.FindAllIndex(body, -1))
		f, err := feed.Parse(body, feed.Options{URL: "http://127.0.0.1:8097/feed.xml", ContentType: contentType(body)})
		if f != nil {
			got = len(f.Entries)
		}
		if strings.HasSuffix(name, ".json") {
			want = got
		}
		if alone, err := gofeed.NewParser().Parse(bytes.NewReader(body)); err == nil && len(alone.Items) > got {
			t.Errorf("%s: gofeed alone finds %d entries, we %d", name, len(alone.Items), got)
		}
		switch reason := noFeeds[filepath.Base(name)]; {
		case got == want && err == nil:
			whole++
		case reason == "":
			t.Errorf("%s: %d entries of %d, %v", name, got, want, err)
		}
	}
	t.Logf("%d of %d files give the entries they hold", whole, len(files))
	if whole*1000 < len(files)*995 {
		t.Errorf("only %d of %d files give the entries they hold", whole, len(files))
	}
}

// contentType is the header that a test file of feedparser was served with.
func contentType(body []byte) string {
	if m := headerLine.FindSubmatch(body); m != nil {
		return string(bytes.TrimSpace(m[1]))
	}
	return ""
}
