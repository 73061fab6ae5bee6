package fetch

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// robotsRules are the rules of one robots.txt that apply to us (RFC 9309). The
// zero value allows everything.
//
// They are read here rather than by a library, since the one in use elsewhere
// lets a wildcard match in the middle of a path, gives equal matches to the
// first rule instead of to allow, takes "arm" for us, and refuses a file that has
// a rule before its first group.
type robotsRules struct {
	rules []robotsRule
	delay time.Duration // Crawl-delay, which is no standard but common; at most 30 s
}

type robotsRule struct {
	allow   bool
	pattern string // normalised; may hold * and a final $
}

const (
	maxRobotsRules = 10_000
	maxRobotsDelay = 30 * time.Second
)

// parseRobots reads a robots.txt for the product token agent, in lower case.
func parseRobots(text []byte, agent string) robotsRules {
	var own, others robotsRules
	var named bool          // a group names us
	var us, all, rules bool // the group at hand: is for us, for all, has rules
	for line := range bytes.FieldsFuncSeq(bytes.TrimPrefix(text, []byte("\uFEFF")), func(r rune) bool { return r == '\n' || r == '\r' }) {
		key, value := robotsLine(line)
		switch key {
		case "user-agent", "useragent":
			if rules { // a new group begins
				us, all, rules = false, false, false
			}
			us = us || isAgent(value, agent)
			named = named || us
			all = all || value == "*"
		case "allow", "disallow", "crawl-delay":
			rules = true
			if us {
				own.add(key, value)
			} else if all {
				others.add(key, value)
			}
		}
	}
	if named {
		return own
	}
	return others
}

// robotsLine splits a line into its key, in lower case, and its value.
func robotsLine(line []byte) (key, value string) {
	if i := bytes.IndexByte(line, '#'); i >= 0 {
		line = line[:i]
	}
	k, v, ok := bytes.Cut(line, []byte(":"))
	if !ok {
		return "", ""
	}
	return strings.ToLower(string(bytes.TrimSpace(k))), string(bytes.TrimSpace(v))
}

// isAgent says whether a User-agent line names us: the token alone counts, not
// what stands behind it.
func isAgent(value, agent string) bool {
	end := strings.IndexFunc(value, func(r rune) bool { return !isToken(r) })
	if end >= 0 {
		value = value[:end]
	}
	return value != "" && strings.EqualFold(value, agent)
}

func isToken(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_'
}

// productToken is what a robots.txt calls us: "armswatch" if the User-Agent has
// it, else the User-Agent's first word.
func productToken(userAgent string) string {
	const own = "armswatch"
	if strings.Contains(strings.ToLower(userAgent), own) {
		return own
	}
	end := strings.IndexFunc(userAgent, func(r rune) bool { return !isToken(r) })
	if end > 0 {
		userAgent = userAgent[:end]
	}
	return strings.ToLower(userAgent)
}

func (r *robotsRules) add(key, value string) {
	if key == "crawl-delay" {
		if n, err := strconv.ParseFloat(value, 64); err == nil && n > 0 {
			r.delay = time.Duration(min(n, maxRobotsDelay.Seconds()) * float64(time.Second))
		}
		return
	}
	if value == "" || len(r.rules) >= maxRobotsRules {
		return // an empty rule says nothing
	}
	if value[0] != '/' && value[0] != '*' {
		value = "/" + value
	}
	r.rules = append(r.rules, robotsRule{allow: key == "allow", pattern: normalPath(value)})
}

// allowed says whether a URL may be fetched: the longest matching rule decides,
// and allow wins over disallow of the same length.
func (r robotsRules) allowed(u *url.URL) bool {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	path = normalPath(path)
	if path == "/robots.txt" {
		return true
	}
	best, allow := -1, true
	for _, rule := range r.rules {
		if n := len(rule.pattern); (n > best || n == best && rule.allow) && rule.matches(path) {
			best, allow = n, rule.allow
		}
	}
	return allow
}

// matches compares a pattern with the start of a path; * stands for anything,
// a final $ for the path's end.
func (r robotsRule) matches(path string) bool {
	pattern, whole := strings.CutSuffix(r.pattern, "$")
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(path, parts[0]) {
		return false
	}
	path = path[len(parts[0]):]
	if len(parts) == 1 {
		return !whole || path == ""
	}
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(path, part)
		if i < 0 {
			return false
		}
		path = path[i+len(part):]
	}
	if whole {
		return strings.HasSuffix(path, last)
	}
	return strings.Contains(path, last)
}

// normalPath makes equal what RFC 9309 calls equal: an unreserved character
// stands for itself, any other byte beyond ASCII for its percent-encoding, in
// capitals.
func normalPath(path string) string {
	const hex = "0123456789ABCDEF"
	plain := true
	for i := range len(path) {
		if path[i] == '%' || path[i] >= 0x80 || path[i] <= ' ' {
			plain = false
			break
		}
	}
	if plain {
		return path
	}
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		c, encoded := path[i], false
		if c == '%' && i+2 < len(path) {
			if n, err := strconv.ParseUint(path[i+1:i+3], 16, 8); err == nil {
				c, encoded, i = byte(n), true, i+2
			}
		}
		switch {
		case unreserved(c), !encoded && c > ' ' && c < 0x80:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}
