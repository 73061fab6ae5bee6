package fetch

import (
	"net/url"
	"testing"
	"time"
)

// FuzzRobots: any file gives rules that answer for any path, and never forbid
// robots.txt itself.
func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /a*b$\nAllow: /%7Ea\nCrawl-delay: 3", "/a/b?c")
	f.Add("\ufeffuser-agent:armswatch # x\rallow:\ndisallow:*", "/")
	f.Add("Disallow: /\nUser-agent: other", "/%zz")
	f.Fuzz(func(t *testing.T, file, path string) {
		if len(file) > 64<<10 || len(path) > 4<<10 {
			return
		}
		r := parseRobots([]byte(file), "armswatch")
		if r.delay < 0 || r.delay > maxRobotsDelay {
			t.Errorf("delay %v", r.delay)
		}
		if u, err := url.Parse("http://example.org" + path); err == nil {
			r.allowed(u)
		}
		if !r.allowed(&url.URL{Path: "/robots.txt"}) {
			t.Error("robots.txt is disallowed")
		}
	})
}

// FuzzURL: what is accepted as a URL to fetch has a host, no credentials, and
// shows no more than its host when redacted.
func FuzzURL(f *testing.F) {
	for _, s := range []string{"http://a.example:80/b?c#d", "HTTP://[::1%25lo]/", "http:\\\\a", "http://0x7f.1/", "//a", "http://a@b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := parseURL(raw)
		if err != nil {
			return
		}
		if u.Hostname() == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
			t.Errorf("%q is taken for %q", raw, u)
		}
		Redact(raw)
	})
}

// FuzzHeaders: what servers write into headers never makes us wait for longer
// than a day, nor less than nothing.
func FuzzHeaders(f *testing.F) {
	f.Add("120", "max-age=60, no-cache", "5")
	f.Add("Fri, 31 Dec 2099 23:59:59 GMT", `max-age="1e9"`, "-1")
	f.Fuzz(func(t *testing.T, after, control, age string) {
		now := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
		h := map[string][]string{"Cache-Control": {control}, "Age": {age}, "Expires": {after}}
		for _, d := range []time.Duration{retryAfter(after, now), maxAge(h, now)} {
			if d < 0 || d > maxWait {
				t.Errorf("%q, %q, %q: %v", after, control, age, d)
			}
		}
	})
}
