package extract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/armswatch/armswatch/monitor/decode/markup"
)

// Paragraphs within paragraphs are read once, not once for each around them.
func TestNestedParagraphsAreReadOnce(t *testing.T) {
	const deep, lines = 200, 100
	var page strings.Builder
	page.WriteString("<!doctype html><html lang=en><body>" + strings.Repeat(`<p class="a"><marquee>`, deep))
	for i := range lines {
		fmt.Fprintf(&page, "<div>Line %d: inspectors who reached the depot counted launchers in crates, and photographed the marks.</div>", i)
	}
	doc, err := markup.Parse([]byte(page.String()))
	if err != nil {
		t.Fatal(err)
	}
	allocs := testing.AllocsPerRun(1, func() {
		if n := len(paragraphs(doc)); n != lines {
			t.Errorf("%d paragraphs, want %d", n, lines)
		}
	})
	if allocs > 50*lines {
		t.Errorf("%.0f allocations for %d lines", allocs, lines)
	}
}

// A paragraph that the page repeats does not move those put back.
func TestRejoinByTheFirstOfTwo(t *testing.T) {
	line := func(name string) string {
		return name + ": inspectors who reached the depot counted launchers in crates, and photographed the marks on each."
	}
	var page, found string
	for _, name := range []string{"one", "two", "three", "four", "two"} {
		page += `<p class="text">` + line(name) + "</p>"
	}
	doc, err := markup.Parse([]byte(page))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []block
	for _, name := range []string{"one", "two", "three"} {
		blocks = append(blocks, block{text: line(name)})
	}
	for _, b := range rejoin(blocks, paragraphs(doc)) {
		found += strings.Split(b.text, ":")[0] + " "
	}
	if want := "one two three four "; found != want {
		t.Errorf("%q, want %q", found, want)
	}
}
