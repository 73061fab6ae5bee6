package config

import (
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/http/httpguts"

	"github.com/armswatch/armswatch/monitor/news"
)

func (c *checker) sources(list []FileSource) []news.Source {
	base := join("", "sources")
	names, urls := map[string]int{}, map[string]string{}
	var out []news.Source
	for i, f := range list {
		path := join(base, i)
		if !c.ok(path) {
			continue
		}
		s := c.source(path, f)
		if key := strings.ToLower(s.Name); key != "" {
			if line, twice := names[key]; twice {
				c.fail(join(path, "name"), "the name %s is taken by the source on line %d: names must differ", c.shown(join(path, "name")), line)
			} else {
				names[key] = c.places[path].line
			}
		}
		if other, twice := urls[s.URL]; twice && s.URL != "" {
			c.warn(c.places[path], "%q polls the same URL as %q", s.Name, other)
		}
		urls[s.URL] = s.Name
		out = append(out, s)
	}
	return out
}

func (c *checker) source(path string, f FileSource) news.Source {
	s := news.Source{Name: c.sourceName(path, f.Name)}
	s.Kind, s.URL = c.kind(path, f)
	s.Items = c.selector(path, "items", f.Items, s.Kind)
	s.Title = c.selector(path, "title", f.Title, s.Kind)
	s.Link = c.selector(path, "link", f.Link, s.Kind)
	s.Date = c.selector(path, "date", f.Date, s.Kind)
	s.Content = c.selector(path, "content", f.Content, news.Page)
	s.Ignore = c.ignore(path, f.Ignore, s.Kind)
	s.Render = c.render(path, f.Render)
	s.Every, s.Schedule = c.rhythm(path, f)
	s.Backfill = c.duration(join(path, "backfill"), string(f.Backfill), 0)
	s.Gap = c.gap(join(path, "gap"), string(f.Gap), 0)
	s.Headers = c.sourceHeaders(path, f.Headers, s.URL)
	return s
}

func (c *checker) sourceName(path, name string) string {
	at := join(path, "name")
	switch {
	case c.lacks(path, "name"):
		c.problem(c.places[path], "this source has no name")
	case c.ok(at):
		c.nameIsPlain(at, name)
	}
	return strings.TrimSpace(name)
}

// nameIsPlain refuses names that would break a line or a table.
func (c *checker) nameIsPlain(path, name string) {
	const most = 100
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		c.fail(path, "a name is one line of plain text")
	} else if len([]rune(name)) > most {
		c.fail(path, "a name has at most %d characters", most)
	}
}

// kind finds the one kind a source has, and checks its URL.
func (c *checker) kind(path string, f FileSource) (news.Kind, string) {
	var kind news.Kind
	var address string
	for _, k := range []struct {
		kind news.Kind
		url  string
	}{{news.Feed, f.Feed}, {news.Page, f.Page}, {news.Sitemap, f.Sitemap}, {news.Watch, f.Watch}} {
		at := join(path, k.kind)
		switch {
		case !c.given(at):
			continue
		case kind != "":
			c.fail(at, "%s and %s are both given: a source is read in one way, so make it two sources", kind, k.kind)
			continue
		}
		kind, address = k.kind, k.url
		if c.ok(at) {
			c.webAddress(at, address)
		}
	}
	if kind == "" && c.lacks(path, "feed") {
		c.problem(c.places[path], "this source has nothing to poll: give it one of feed, page, sitemap, watch")
	}
	return kind, address
}

// webAddress checks a URL to fetch. The messages never hold the URL whole: it
// may carry a token.
func (c *checker) webAddress(path, s string) {
	u, err := url.Parse(strings.TrimSpace(s))
	switch {
	case err != nil || strings.ContainsAny(s, " \t\n"):
		c.fail(path, "this is no URL: write it as a browser shows it, for example https://example.org/feed.xml")
	case u.User != nil:
		c.fail(path, "credentials in a URL are refused: send them as a header, with the secret in a ${VARIABLE}")
	case u.Scheme == "http" || u.Scheme == "https":
		if u.Hostname() == "" {
			c.fail(path, "this URL names no host")
		} else if strings.HasPrefix(u.Host, "http") && strings.Contains(u.Host, ":") && u.Port() == "" {
			c.fail(path, "this URL has its scheme twice")
		}
	default:
		c.fail(path, "a URL begins with https:// or http://%s", c.unlessExpanded(path, schemeHint(u, s)))
	}
}

func schemeHint(u *url.URL, s string) string {
	switch {
	case u.Scheme == "feed":
		return ": did you mean https:?"
	case u.Host != "" && nearest(u.Scheme, []string{"http", "https"}) != "":
		return `: did you mean "` + nearest(u.Scheme, []string{"https", "http"}) + `"?`
	case u.Host == "" && strings.Contains(s, "."):
		return ": did you mean https://" + clip(strings.TrimLeft(s, "/")) + "?"
	}
	return ""
}

func (c *checker) selector(path, key string, s Selector, kind news.Kind) string {
	at := join(path, key)
	if !c.ok(at) {
		return ""
	}
	if kind != news.Page && kind != "" {
		c.fail(at, "%s says where an item stands on a page: it has no meaning for a %s", key, kind)
		return ""
	}
	if check := c.vocabulary.Selector; check != nil {
		if err := check(string(s)); err != nil {
			c.rule(at, err)
		}
		return string(s)
	}
	if _, err := cascadia.Compile(string(s)); err != nil {
		c.fail(at, "%s is no CSS selector%s", c.shown(at), c.reason(at, err))
	}
	return string(s)
}

// ignore checks what a watched page is read without.
func (c *checker) ignore(path string, rules []string, kind news.Kind) []string {
	base := join(path, "ignore")
	if kind != news.Watch && kind != "" && c.given(base) {
		c.fail(base, "ignore says what of a watched page is no news: it has no meaning for a %s", kind)
		return nil
	}
	c.rules(base, rules, c.vocabulary.Ignore)
	return rules
}

// render reads the one way of rendering there is.
func (c *checker) render(path, s string) bool {
	at := join(path, "render")
	switch {
	case !c.ok(at):
		return false
	case s != "chrome":
		c.fail(at, "%s is no way to render a page: the only one is chrome", c.shown(at))
	case !c.given(join(join("", "fetch"), "chrome")):
		c.fail(at, "render needs a Chrome: name it under fetch, for example chrome: http://127.0.0.1:9222")
	}
	return true
}

// leastEvery is the shortest interval taken.
const leastEvery = time.Second

// rhythm reads every and schedule, of which at most one may be given.
func (c *checker) rhythm(path string, f FileSource) (time.Duration, string) {
	every, schedule := join(path, "every"), join(path, "schedule")
	if c.given(every) && c.given(schedule) {
		c.fail(schedule, "every and schedule are both given: keep one")
		return 0, ""
	}
	if c.ok(schedule) {
		return 0, c.cron(schedule, string(f.Schedule))
	}
	if !c.ok(every) || f.Every == "auto" {
		return 0, ""
	}
	d := c.duration(every, string(f.Every), 0)
	switch {
	case !c.ok(every):
	case d < leastEvery:
		c.fail(every, "every must be a second at least; auto lets armswatch learn it")
	case d < time.Minute:
		c.warn(c.places[every], "polling more than once a minute: the site's owner may mind")
	}
	return d, ""
}

// refused headers are the transport's own.
var refused = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Trailer", "Te", "If-None-Match", "If-Modified-Since", "Accept-Encoding", "Range"}

func (c *checker) sourceHeaders(path string, headers map[string]Hidden, address string) map[string]string {
	base := join(path, "headers")
	c.headers(base, headers)
	var out map[string]string
	for name, value := range headers {
		if out == nil {
			out = map[string]string{}
		}
		out[name] = string(value)
		if strings.HasPrefix(address, "http://") && c.places[join(base, name)].expanded {
			c.warn(c.keys[join(base, name)], "the header %s goes over http://, readable on the wire", quote(name))
		}
	}
	return out
}

// headers checks names and values. No message quotes a value.
func (c *checker) headers(base string, headers map[string]Hidden) {
	for name, value := range headers {
		at := c.keys[join(base, name)]
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			c.problem(at, "%s is no name of an HTTP header", quote(name))
		case containsFold(refused, name):
			c.problem(at, "the header %s is armswatch's own to set", quote(name))
		case !headerValue(string(value)):
			c.problem(at, "the value of header %s must be one line of plain text", quote(name))
		}
	}
}

func containsFold(list []string, s string) bool {
	for _, one := range list {
		if strings.EqualFold(one, s) {
			return true
		}
	}
	return false
}

func headerValue(s string) bool { return httpguts.ValidHeaderFieldValue(s) }
