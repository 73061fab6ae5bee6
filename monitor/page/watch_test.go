package page

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const watchedPage = `<!doctype html><html><head><title>Sanctions list</title></head><body>
<nav><a href="/">Home</a></nav>
<main><h1>Sanctions list</h1><p class="clock">Updated 5 minutes ago</p>
<p>Visitors today: 4711</p>
<ul><li>Alpha Arms Ltd</li><li>Beta  Ballistics</li></ul></main>
<footer>Contact us by mail at any time, we answer within two working days.</footer></body></html>`

func TestWatch(t *testing.T) {
	for _, c := range []struct {
		name string
		body string
		w    Watching
		want []string
		err  string
	}{
		{"a part", watchedPage, Watching{Selector: "main li"}, []string{"Alpha Arms Ltd", "Beta Ballistics"}, ""},
		{
			"ignoring", watchedPage,
			Watching{Selector: "main", Ignore: []string{".clock", "/^Visitors today: [0-9]+$/", "ul li:last-child"}},
			[]string{"Sanctions list", "Alpha Arms Ltd"},
			"",
		},
		{"parts within parts", watchedPage, Watching{Selector: "ul, li"}, []string{"Alpha Arms Ltd", "Beta Ballistics"}, ""},
		{"the whole page", watchedPage, Watching{Ignore: []string{"nav, footer, main p"}}, []string{"Sanctions list", "Alpha Arms Ltd", "Beta Ballistics"}, ""},
		{"nothing selected", watchedPage, Watching{Selector: ".list"}, nil, "matches nothing on the page"},
		{"nothing left", watchedPage, Watching{Selector: "ul", Ignore: []string{"li"}}, nil, "nothing is left to watch"},
		{"everything ignored", watchedPage, Watching{Selector: "ul", Ignore: []string{"/./"}}, nil, "nothing is left to watch"},
		{"a selector that is none", watchedPage, Watching{Selector: "ul["}, nil, "no CSS selector"},
		{"an expression that is none", watchedPage, Watching{Ignore: []string{"/(/"}}, nil, `ignore: "/(/" is no regular expression`},
		{
			"a login page", `<html><head><title>Log in</title></head><body><main><form><p>Your name</p><input type=password></form></main></body></html>`,
			Watching{Selector: "main"},
			nil, "login page",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Watch([]byte(c.body), c.w)
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Fatalf("error %v, want %q", err, c.err)
			}
			if !slices.Equal(got.Lines, c.want) || err == nil && got.Title != "Sanctions list" {
				t.Errorf("%q %q, want %q", got.Title, got.Lines, c.want)
			}
		})
	}
	if _, err := Watch([]byte(watchedPage), Watching{Selector: ".list"}); !errors.Is(err, ErrNothing) {
		t.Errorf("%v does not wrap ErrNothing", err)
	}
}

func TestCompare(t *testing.T) {
	past := Past{}
	for i, step := range []struct{ now, added, diff string }{
		{"a b c", "", ""}, // the first reading
		{"a b c", "", ""},
		{"a b c d", "d", "+ d"},
		{"a e", "e", "+ e,- b,- c,- d"},
		{"a b c d e", "", "+ b,+ c,+ d"}, // what comes back is nothing new
		{"a b c d e e e", "", "+ e,+ e"},
		{"c a b d e e e", "", ""}, // what moves is no change
		{"c A b d e e e", "", ""}, // capitals make no new line
		{"x y x", "x,y", "+ x,+ y,+ x,- c,- A,- b,- d,- e,- e,- e"},
	} {
		var c Change
		c, past = past.Compare(strings.Fields(step.now))
		if got := strings.Join(c.Added, ","); got != step.added {
			t.Errorf("step %d: added %q, want %q", i, got, step.added)
		}
		if got := strings.Join(c.Diff, ","); got != step.diff {
			t.Errorf("step %d: diff %q, want %q", i, got, step.diff)
		}
	}
}

// A page that changes for years is remembered within bounds.
func TestWhatIsRememberedIsBounded(t *testing.T) {
	past := Past{}
	for i := range 3 * maxSeen / 1000 {
		var now []string
		for k := range 1000 {
			now = append(now, fmt.Sprint("line ", i*1000+k))
		}
		_, past = past.Compare(now)
	}
	if len(past.Lines) != 1000 || len(past.Seen) != maxSeen {
		t.Errorf("%d lines and %d hashes remembered", len(past.Lines), len(past.Seen))
	}
	long := "<p>" + strings.Repeat("x</p><p>", 2*maxLines) + "</p>"
	if got, err := Watch([]byte(long), Watching{}); err != nil || len(got.Lines) != maxLines {
		t.Errorf("%d lines, %v", len(got.Lines), err)
	}
}

func TestLinkLeadsToTheLine(t *testing.T) {
	got := Link("https://example.org/list?a=1#top", `Beta-Ballistics, "Ltd" & sons of the old town on the river`)
	if want := `https://example.org/list?a=1#:~:text=Beta%2DBallistics%2C%20%22Ltd%22%20%26%20sons%20of%20the%20old%20town`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Whatever the page and the rules, reading ends, and comparing a page with
// itself finds nothing.
func FuzzWatch(f *testing.F) {
	f.Add([]byte(watchedPage), "main", ".clock")
	f.Add([]byte("<p>a<p>b"), "", "/a/")
	f.Fuzz(func(t *testing.T, body []byte, sel, ignore string) {
		w, err := Watch(body, Watching{Selector: sel, Ignore: []string{ignore}})
		if err != nil {
			return
		}
		_, past := Past{}.Compare(w.Lines)
		if c, _ := past.Compare(w.Lines); len(c.Added)+len(c.Diff) > 0 {
			t.Errorf("a page differs from itself: %q", c.Diff)
		}
	})
}
