package page

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// SelectorError says that a text is no CSS selector.
type SelectorError struct {
	Selector string
	Pos      int    // byte offset of the first thing wrong
	Msg      string // what is wrong there
}

func (e *SelectorError) Error() string {
	return fmt.Sprintf("%q is no CSS selector: at character %d: %s", e.Selector, len([]rune(e.Selector[:e.Pos]))+1, e.Msg)
}

// Column is the byte offset of the first thing wrong.
func (e *SelectorError) Column() int { return e.Pos }

// CheckSelector says whether a text is a CSS selector that List, Watch and
// extract.Read take. The error is a [*SelectorError].
func CheckSelector(sel string) error {
	_, err := compileSelector(sel)
	return err
}

// selector is a compiled CSS selector, for the parts of a list too.
type selector struct {
	text  string
	match goquery.Matcher
}

func compileSelector(sel string) (*selector, error) {
	const longest = 2_000
	if strings.TrimSpace(sel) == "" {
		return nil, &SelectorError{Selector: sel, Msg: "it is empty"}
	}
	if len(sel) > longest {
		return nil, &SelectorError{Selector: sel[:20], Msg: fmt.Sprintf("it is longer than %d bytes", longest)}
	}
	match, err := cascadia.Compile(sel)
	if err != nil {
		return nil, &SelectorError{Selector: sel, Pos: wrongAt(sel), Msg: plain(err)}
	}
	return &selector{sel, match}, nil
}

// plain is a parser's message in words for people who write CSS.
func plain(err error) string {
	msg := strings.TrimPrefix(err.Error(), "parsing selector: ")
	switch {
	case strings.Contains(msg, "bytes left over"):
		return "something stands here that does not belong"
	case strings.Contains(msg, "EOF"), strings.Contains(msg, "end of string"):
		return "it ends too early"
	}
	return msg
}

// wrongAt is where a broken selector stops being one: behind the longest
// beginning that is. The parser itself says no position.
func wrongAt(sel string) int {
	for k := len(sel) - 1; k > 0; k-- {
		if _, err := cascadia.ParseGroup(sel[:k]); err == nil {
			rest := sel[k:]
			return k + len(rest) - len(strings.TrimLeft(rest, " \t\n>+~,"))
		}
	}
	return 0
}

// all are the elements selected below n, in document order.
func (s *selector) all(n *html.Node) []*html.Node {
	return goquery.NewDocumentFromNode(n).FindMatcher(s.match).Nodes
}

// first is the first element selected below n or n itself; nil for none.
func (s *selector) first(n *html.Node) *html.Node {
	if s.match.Match(n) {
		return n
	}
	for _, found := range goquery.NewDocumentFromNode(n).FindMatcher(goquery.SingleMatcher(s.match)).Nodes {
		return found
	}
	return nil
}

// compiled is a Listing ready for use; a selector not given is nil.
type compiled struct {
	items, title, link, date *selector
	pattern                  *regexp.Regexp
	path                     bool // the pattern is compared with path and query
}

func compile(l Listing) (*compiled, error) {
	c := &compiled{}
	var errs []error
	for _, f := range []struct {
		name, sel string
		to        **selector
	}{{"items", l.Items, &c.items}, {"title", l.Title, &c.title}, {"link", l.Link, &c.link}, {"date", l.Date, &c.date}} {
		if f.sel == "" {
			continue
		}
		s, err := compileSelector(f.sel)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", f.name, err))
		}
		*f.to = s
	}
	if l.Pattern != "" {
		c.pattern, c.path = glob(l.Pattern), strings.HasPrefix(l.Pattern, "/")
	}
	return c, errors.Join(errs...)
}

// glob is the regular expression of a pattern with stars.
func glob(pattern string) *regexp.Regexp {
	parts := strings.Split(strings.ToValidUTF8(pattern, "\ufffd"), "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile("^" + strings.Join(parts, ".*") + "$")
}

func (c *compiled) fits(url string) bool {
	if c.pattern == nil {
		return true
	}
	if c.path {
		if _, rest, ok := strings.Cut(url, "://"); ok {
			_, path, _ := strings.Cut(rest, "/")
			url = "/" + path
		}
	}
	return c.pattern.MatchString(url)
}
