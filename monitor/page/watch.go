package page

import (
	"fmt"
	"hash/fnv"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/armswatch/armswatch/monitor/decode/markup"
)

// maxLines is the most lines of a page that are watched, the first of them.
const maxLines = 5_000

// Watching says which text of a page is watched.
type Watching struct {
	// Selector selects the parts whose text is watched. Empty: the whole page.
	Selector string
	// Ignore leaves out what changes without being news: parts by CSS selector,
	// lines by /regular expression/.
	Ignore []string

	ContentType string // as the server gave it
}

// Watched is the text of a watched page.
type Watched struct {
	Title string   // of the page, one line; may be empty
	Lines []string // in the order of the page, none empty
}

// Watch reads the watched text of a page. Errors are those of [List]: that
// nothing is left to watch is one that wraps [ErrNothing], so that a page which
// changed its layout, or stands behind a login, is never one that lost its text.
func Watch(body []byte, w Watching) (Watched, error) {
	c, err := compileWatching(w)
	if err != nil {
		return Watched{}, err
	}
	doc, err := parse(body, w.ContentType)
	if err != nil {
		return Watched{}, err
	}
	if wall := markup.FindWall(doc); wall != markup.NoWall {
		return Watched{}, &WallError{Wall: wall}
	}
	var out Watched
	if n := markup.First(doc, atom.Title); n != nil && n.FirstChild != nil {
		out.Title = markup.Clean(n.FirstChild.Data)
	}
	parts := []*html.Node{doc}
	if c.parts != nil {
		if parts = c.parts.all(doc); len(parts) == 0 {
			return Watched{}, fmt.Errorf("content selector %q %w", w.Selector, ErrNothing)
		}
	}
	for _, s := range c.without {
		for _, n := range s.all(doc) {
			if n.Parent != nil {
				n.Parent.RemoveChild(n)
			}
		}
	}
	for i, n := range parts {
		if slices.ContainsFunc(parts[:i], func(outer *html.Node) bool { return within(n, outer) }) {
			continue
		}
		out.Lines = append(out.Lines, c.lines(n)...)
	}
	if len(out.Lines) == 0 {
		return Watched{}, fmt.Errorf("nothing is left to watch: what is watched, without what is ignored, %w", ErrNothing)
	}
	out.Lines = out.Lines[:min(len(out.Lines), maxLines)]
	return out, nil
}

func within(n, outer *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == outer {
			return true
		}
	}
	return false
}

// watching is a Watching ready for use.
type watching struct {
	parts   *selector
	without []*selector
	not     []*regexp.Regexp
}

func compileWatching(w Watching) (c watching, err error) {
	if w.Selector != "" {
		if c.parts, err = compileSelector(w.Selector); err != nil {
			return c, fmt.Errorf("content: %w", err)
		}
	}
	for _, rule := range w.Ignore {
		if err := c.ignore(rule); err != nil {
			return c, fmt.Errorf("ignore: %w", err)
		}
	}
	return c, nil
}

func (c *watching) ignore(rule string) error {
	if len(rule) > 2 && strings.HasPrefix(rule, "/") && strings.HasSuffix(rule, "/") {
		re, err := regexp.Compile(rule[1 : len(rule)-1])
		if err != nil {
			return fmt.Errorf("%q is no regular expression: %w", rule, err)
		}
		c.not = append(c.not, re)
		return nil
	}
	s, err := compileSelector(rule)
	c.without = append(c.without, s)
	return err
}

// CheckIgnore says whether a text is a rule of [Watching.Ignore]: a CSS
// selector, or a regular expression in slashes.
func CheckIgnore(rule string) error { return new(watching).ignore(rule) }

func (c watching) lines(n *html.Node) []string {
	return slices.DeleteFunc(markup.Lines(n), func(line string) bool {
		return slices.ContainsFunc(c.not, func(re *regexp.Regexp) bool { return re.MatchString(line) })
	})
}

// Past is what is remembered of a watched page. The zero value is a page that
// was never read.
type Past struct {
	Lines []string `json:"lines"` // of the last version
	Seen  []uint64 `json:"seen"`  // hashes of lines that were there once and are not in it, the latest last
}

// maxSeen is how many lines are remembered that are gone from a page.
const maxSeen = 10_000

// Change is what happened to a watched page.
type Change struct {
	Added []string // lines that were never there before, in the order of the page
	Diff  []string // lines added and removed, with "+ " or "- " before each
}

// Compare says what a page has gained, and what to remember of it. A line that
// comes back or moves is nothing new. At the first reading nothing is.
func (p Past) Compare(now []string) (Change, Past) {
	if p.Lines == nil {
		return Change{}, Past{Lines: now}
	}
	known := map[uint64]bool{} // lines that are there or were once
	for _, h := range p.Seen {
		known[h] = true
	}
	gone := maps.Clone(known)
	before, after := tally(p.Lines), tally(now)
	for h := range before {
		known[h] = true
	}
	var c Change
	for _, line := range now {
		h := hash(line)
		if before[h]--; before[h] >= 0 {
			continue
		}
		c.Diff = append(c.Diff, "+ "+line)
		if !known[h] {
			known[h] = true
			c.Added = append(c.Added, line)
		}
	}
	for _, line := range p.Lines {
		h := hash(line)
		if after[h]--; after[h] >= 0 {
			continue
		}
		c.Diff = append(c.Diff, "- "+line)
		if !gone[h] {
			gone[h] = true
			p.Seen = append(slices.Clip(p.Seen), h)
		}
	}
	return c, Past{Lines: now, Seen: p.Seen[max(0, len(p.Seen)-maxSeen):]}
}

func tally(lines []string) map[uint64]int {
	n := map[uint64]int{}
	for _, l := range lines {
		n[hash(l)]++
	}
	return n
}

// hash is of the words of a line: spaces and capitals make no new line.
func hash(line string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strings.ToLower(strings.Join(strings.Fields(line), " "))))
	return h.Sum64()
}

// Link leads to a line of a page: browsers scroll to it and mark it (WICG,
// text fragments).
func Link(pageURL, line string) string {
	words := strings.Fields(line)
	text := url.PathEscape(strings.Join(words[:min(len(words), 8)], " "))
	text = strings.NewReplacer("-", "%2D", ",", "%2C", "&", "%26").Replace(text)
	base, _, _ := strings.Cut(pageURL, "#")
	return base + "#:~:text=" + text
}
