package extract_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/monitor/decode/markup"
	"github.com/armswatch/armswatch/monitor/extract"
)

const story = `<p>Inspectors who reached the depot on the northern shore counted forty-four launchers in their crates, the ministry said, and photographed the marks on each of them.</p>
<p>The crates had been stacked behind sacks of grain, and the papers that lay with them named a trading house which was dissolved eleven years ago, two people said.</p>
<p>Nobody has said how the launchers came there. A list of their numbers will be published when the states that made them have been asked.</p>`

var now = time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)

// page is a page with a head and what stands above the story.
func page(head, above string) string {
	return "<!doctype html><html lang=en><head>" + head + "</head><body><main><article>" + above + story + "</article></main></body></html>"
}

func read(t *testing.T, body, url string) *extract.Page {
	t.Helper()
	p, err := extract.Read([]byte(body), extract.Options{URL: url, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTitle(t *testing.T) {
	for name, c := range map[string]struct{ head, above, want string }{
		"the headline":                  {"<title>Depot held launchers | Harbour Wire</title>", "<h1>Depot held launchers</h1>", "Depot held launchers"},
		"OpenGraph":                     {`<title>x</title><meta property="og:title" content="Depot held launchers">`, "", "Depot held launchers"},
		"JSON-LD":                       {`<script type="application/ld+json">{"@type":"NewsArticle","headline":"Depot held launchers"}</script>`, "", "Depot held launchers"},
		"the title element, outlet cut": {"<title>Depot at Harrow Bay held 44 launchers - Harbour Wire</title><meta property=og:site_name content='Harbour Wire'>", "", "Depot at Harrow Bay held 44 launchers"},
		"entities and spaces":           {"", "<h1> Depot &amp;\n <em>launchers</em> </h1>", "Depot & launchers"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := read(t, page(c.head, c.above), "https://example.org/a").Title; got != c.want {
				t.Errorf("title %q, want %q", got, c.want)
			}
		})
	}
}

func TestAuthors(t *testing.T) {
	for name, c := range map[string]struct {
		head, above string
		want        []string
	}{
		"JSON-LD":                           {`<script type="application/ld+json">{"@type":"NewsArticle","author":[{"@type":"Person","name":"Ada Quill"},{"name":"Ben Marsh"}]}</script>`, "", []string{"Ada Quill", "Ben Marsh"}},
		"meta":                              {`<meta name="author" content="Ada Quill and Ben Marsh">`, "", []string{"Ada Quill", "Ben Marsh"}},
		"a byline":                          {"", `<div class="byline">By Ada Quill, Defence Correspondent</div>`, []string{"Ada Quill"}},
		"a byline whose role has no comma":  {"", `<div class="byline">By Ada Quill Senior Business Writer</div>`, []string{"Ada Quill"}},
		"last name first":                   {`<meta name="author" content="Quill, Ada">`, "", []string{"Ada Quill"}},
		"a link to the author":              {"", `<a rel="author" href="/staff/ada">Ada Quill</a>`, []string{"Ada Quill"}},
		"a link that says so in its title":  {"", `<ul><li><a href="/x">By Position Transfers</a></li></ul><a class="cnt__author" title="author" href="/u"><span>By</span> Ada Quill</a>`, []string{"Ada Quill"}},
		"an attribute for scripts":          {"", `<div data-authors="Ada Quill"><span>share</span></div>`, []string{"Ada Quill"}},
		"a company beside a person":         {`<meta name="author" content="Harbour Media Inc."><meta name="author" content="Ada Quill">`, "", []string{"Ada Quill"}},
		"the outlet is no author":           {`<meta property="og:site_name" content="Harbour Wire"><meta name="author" content="Harbour Wire">`, "", nil},
		"an address is no name":             {`<meta property="article:author" content="https://social.example/ada">`, "", nil},
		"a wire agency after a name":        {"", `<p class="byline">Ada Quill The Washington Post</p>`, []string{"Ada Quill"}},
		"German, with the same name twice":  {`<meta name="author" content="Von Ada Quill und ADA QUILL">`, "", []string{"Ada Quill"}},
		"nobody, where nobody is mentioned": {"", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := read(t, page(c.head, c.above), "https://example.org/a").Authors; !slices.Equal(got, c.want) {
				t.Errorf("authors %q, want %q", got, c.want)
			}
		})
	}
}

func TestPublished(t *testing.T) {
	for name, c := range map[string]struct{ head, above, url, want string }{
		"JSON-LD":                    {`<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2026-03-04T09:30:00+02:00"}</script>`, "", "", "2026-03-04 07:30"},
		"meta":                       {`<meta property="article:published_time" content="2026-03-04T09:30:00Z">`, "", "", "2026-03-04 09:30"},
		"the time element":           {"", `<time datetime="2026-03-04T09:30Z">yesterday</time>`, "", "2026-03-04 09:30"},
		"an element of the site":     {"", `<relative-time datetime="2026-03-04T09:30:00Z">on Mar 4</relative-time>`, "", "2026-03-04 09:30"},
		"the address":                {"", "", "https://example.org/2026/03/04/depot", "2026-03-04 00:00"},
		"the address, and its time":  {"", `<time datetime="2026-03-04T09:30Z">4 March</time>`, "https://example.org/2026/03/04/depot", "2026-03-04 09:30"},
		"near the headline":          {"", "<h1>Depot</h1><p>4 March 2026</p>", "", "2026-03-04 00:00"},
		"a line of its own, far off": {"", "<h1>Depot</h1>" + strings.Repeat("<p>word</p>", 20) + "<p>2026.03.04</p>", "", "2026-03-04 00:00"},
		"not one to come":            {`<meta property="article:published_time" content="2031-03-04T09:30:00Z">`, "", "", ""},
		"none":                       {"", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if at := read(t, page(c.head, c.above), c.url).Published; !at.IsZero() {
				got = at.UTC().Format("2006-01-02 15:04")
			}
			if got != c.want {
				t.Errorf("published %q, want %q", got, c.want)
			}
		})
	}
}

func TestTextIsTheArticles(t *testing.T) {
	body := `<!doctype html><html lang=en><body><nav><a href="/">Home</a> <a href="/s">Subscribe now</a></nav>
<main><article><h1>Depot</h1>` + story + `<aside class="related"><h3>Related stories</h3><ul><li><a href="/1">Ferry runs again</a></li><li><a href="/2">Grain price falls</a></li></ul></aside>
<div class="share"><a href="#">Share this</a></div></article></main><footer><p>Copyright Harbour Wire. All rights reserved.</p></footer><script>var x = "scripted words"</script></body></html>`
	got := read(t, body, "https://example.org/a").Text
	if n := strings.Count(got, "\n") + 1; n != 3 {
		t.Errorf("%d paragraphs, want 3:\n%s", n, got)
	}
	for _, noise := range []string{"Subscribe", "Related", "Ferry", "Share", "Copyright", "scripted", "<"} {
		if strings.Contains(got, noise) {
			t.Errorf("the text holds %q:\n%s", noise, got)
		}
	}
}

func TestSelectorOverrides(t *testing.T) {
	body := page("", "<div class=lead>The lead.</div>")
	p, err := extract.Read([]byte(body), extract.Options{Selector: ".lead"})
	if err != nil || p.Text != "The lead." {
		t.Errorf("got %+v, %v", p, err)
	}
	if _, err := extract.Read([]byte(body), extract.Options{Selector: ".gone"}); !errors.Is(err, extract.ErrNoText) || !strings.Contains(err.Error(), `".gone"`) {
		t.Errorf("a selector that selects nothing: %v", err)
	}
	if _, err := extract.Read([]byte(body), extract.Options{Selector: "[["}); err == nil || !strings.Contains(err.Error(), `"[["`) {
		t.Errorf("a selector that is none: %v", err)
	}
}

func TestCanonicalLangReports(t *testing.T) {
	p := read(t, page(`<link rel=canonical href="/a?page=1#top">`, `<a href="files/Report.PDF">Report</a> <a href="files/Report.PDF#page=2">again</a> <a href="javascript:x.pdf">no</a>`)+
		`<footer><a href="/terms.pdf">Terms</a></footer>`, "https://example.org/news/a")
	if p.Lang != "en" || !strings.HasPrefix(p.Canonical, "https://example.org/a") {
		t.Errorf("language %q, canonical %q", p.Lang, p.Canonical)
	}
	if want := []string{"https://example.org/news/files/Report.PDF"}; !slices.Equal(p.Reports, want) {
		t.Errorf("reports %q, want %q", p.Reports, want)
	}
	if p := read(t, page(`<link rel=canonical href="/">`, ""), "https://example.org/a"); p.Canonical != "" {
		t.Errorf("the front page is taken for the article's address: %q", p.Canonical)
	}
}

// A page that is something else is an error that says what.
func TestWalls(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"a login":       {`<title>Log in</title><form action="/login"><input type=email name=user><input type=password name=pass><button>Log in</button></form>`, "login"},
		"a robot check": {`<title>Just a moment...</title><div id="cf-challenge"><h1>Checking your browser</h1><noscript>Enable JavaScript and cookies to continue</noscript></div>`, "robot"},
		"no text":       {`<title>Nothing</title>`, "no article text"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := extract.Read([]byte("<!doctype html><html><body>"+c.body+"</body></html>"), extract.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want one that says %q", err, c.want)
			}
		})
	}
}

func TestHostile(t *testing.T) {
	const many = 20_000
	for name, body := range map[string]string{
		"deep":                strings.Repeat("<div>", many) + story,
		"deep, in links":      strings.Repeat("<a><b>", many) + story,
		"huge attribute":      "<p class=\"" + strings.Repeat("byline author ", many) + "\">By x</p>" + story,
		"many attributes":     "<p " + strings.Repeat("a=1 ", many) + ">" + story,
		"many bodies":         strings.Repeat("<body a=1>", many) + story,
		"many paragraphs":     strings.Repeat("<p>", many) + story,
		"long line":           "<p>" + strings.Repeat("launchers ", many) + "</p>",
		"long headline":       "<h1>" + strings.Repeat("launchers ", many) + "</h1>" + story,
		"long byline":         "<p class=byline>By " + strings.Repeat("Ada and ", many) + "</p>" + story,
		"deep JSON-LD":        `<script type="application/ld+json">` + strings.Repeat(`{"author":[`, many) + "</script>" + story,
		"wide JSON-LD":        `<script type="application/ld+json">{"author":[` + strings.Repeat(`{"name":"Ada"},`, many) + `1]}</script>` + story,
		"many links to PDFs":  strings.Repeat(`<a href="x.pdf">x</a>`, many) + story,
		"many times":          strings.Repeat(`<time datetime="2026-03-04">x</time>`, many) + story,
		"unclosed everything": `<a href="<p title='<!--<script>` + story,
		"a table in a table":  strings.Repeat("<table><tr><td>", many/10) + story,
	} {
		t.Run(name, func(t *testing.T) {
			p, err := extract.Read([]byte(body), extract.Options{URL: "https://example.org/a", Now: now})
			if err != nil && !errors.Is(err, extract.ErrNoText) && !errors.Is(err, markup.ErrRefused) {
				t.Errorf("got %v", err)
			}
			check(t, p)
		})
	}
}

// A reader looks at text once for each element around it, so much text in deep nesting
// would take minutes; a long page as sites make them is read.
func TestMuchTextInDeepNestingIsRefused(t *testing.T) {
	for depth, want := range map[int]error{40: nil, 250: markup.ErrRefused} {
		body := strings.Repeat("<div>", depth) + strings.Repeat(story, 1_000)
		_, err := extract.Read([]byte(body), extract.Options{URL: "https://example.org/a", Now: now})
		if !errors.Is(err, want) {
			t.Errorf("depth %d: %v, want %v", depth, err, want)
		}
	}
}

// What no reader sees, or sees in another place than it stands, is taken out.
func TestInvisible(t *testing.T) {
	p := read(t, page("", "<h1>De\x00pot\u202e held\u2066 44\u200b launchers\x1b[31m</h1><p class=byline>By Ada\u202e Quill</p>"), "https://example.org/a")
	for _, s := range append(p.Authors, p.Title, p.Text) {
		if i := strings.IndexFunc(s, invisible); i >= 0 {
			t.Errorf("%q holds %U", s, []rune(s[i:])[0])
		}
	}
	if !strings.Contains(p.Title, "44 launchers") {
		t.Errorf("title %q", p.Title)
	}
}

func invisible(r rune) bool {
	return r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) && r != '\u200e' && r != '\u200f' && r != '\u061c' || r == '\u200b'
}

// check is what holds for every page.
func check(t *testing.T, p *extract.Page) {
	t.Helper()
	if p == nil {
		return
	}
	for _, s := range append(slices.Clone(p.Authors), p.Title, p.Canonical, p.Lang) {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\n\x00") {
			t.Errorf("not one line of valid text: %.80q", s)
		}
	}
	if !utf8.ValidString(p.Text) || strings.ContainsRune(p.Text, 0) {
		t.Errorf("not valid text: %.80q", p.Text)
	}
	if len(p.Reports) > 3 || len(p.Lang) > 3 || p.Published.After(now.Add(48*time.Hour)) {
		t.Errorf("%d reports, language %q, published %v", len(p.Reports), p.Lang, p.Published)
	}
}

func FuzzExtract(f *testing.F) {
	f.Add([]byte(page(`<title>x</title><script type="application/ld+json">{"author":"Ada Quill","datePublished":"2026-03-04"}</script>`, `<p class=byline>By Ada Quill and Ben Marsh, 4 March 2026</p>`)), "text/html")
	f.Add([]byte("<body><table><tr><a href=x.pdf><time datetime=1>"), "text/html; charset=utf-16")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		p, err := extract.Read(body, extract.Options{URL: "https://example.org/2026/03/04/a", ContentType: contentType, Now: now})
		if err == nil && p.Text == "" {
			t.Error("no text and no error")
		}
		check(t, p)
	})
}

// A page that sets its first paragraphs in a section of their own, as some do
// around a film or a list of links, gives them all, in order.
func TestAnArticleInPiecesIsWhole(t *testing.T) {
	piece := func(from, to int) string {
		var b strings.Builder
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, `<p class="story__text">Paragraph %d: inspectors who reached the depot counted launchers in crates, and photographed the marks on each, the ministry said.</p>`, i)
		}
		return b.String()
	}
	body := `<!doctype html><html lang=en><body><section class="lead"><div class="grid"><div class="story">` + piece(1, 3) + `</div></div></section>
<section class="links"><ul><li><a href="/1">Ferry runs again</a></li><li><a href="/2">Grain price falls</a></li></ul>
<p class="promo__text">Our correspondents abroad write each week about what they have seen, and readers may ask them questions about anything they like.</p></section>
<section class="rest"><div class="grid"><div class="story">` + piece(3, 14) + `</div></div></section></body></html>`
	lines := strings.Split(read(t, body, "https://example.org/a").Text, "\n")
	if len(lines) != 13 {
		t.Errorf("%d paragraphs, want 13", len(lines))
	}
	for i, l := range lines {
		if want := fmt.Sprintf("Paragraph %d:", i+1); !strings.HasPrefix(l, want) {
			t.Errorf("line %d is %.40q, want %s", i+1, l, want)
		}
	}
}

// What is styled like the article but stands outside its element is no part of it.
func TestOnlyTheArticleIsRejoined(t *testing.T) {
	piece := func(name string, from, to int) string {
		var b strings.Builder
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, `<p class="text">%s %d: inspectors who reached the depot counted launchers in crates, and photographed the marks on each, the ministry said.</p>`, name, i)
		}
		return b.String()
	}
	const between = `<section><ul><li><a href="/1">Ferry runs again</a></li><li><a href="/2">Grain price falls</a></li></ul></section>`
	for name, body := range map[string]string{
		"comments": `<article><div class="c">` + piece("Main", 1, 16) + `</div></article><section><ol><li><div class="c">` + piece("Reader", 1, 2) +
			`</div></li><li><div class="c">` + piece("Reader", 2, 3) + `</div></li></ol></section>`,
		"next article": `<div><article><div class="c">` + piece("Main", 1, 16) + `</div></article></div>` + between +
			`<section><div><article><div class="c">` + piece("Other", 1, 5) + `</div></article></div></section>`,
	} {
		lines := strings.Split(read(t, `<!doctype html><html lang=en><body><main>`+body+`</main></body></html>`, "https://example.org/a").Text, "\n")
		if len(lines) != 15 {
			t.Errorf("%s: %d paragraphs, want 15", name, len(lines))
		}
		for i, l := range lines {
			if want := fmt.Sprintf("Main %d:", i+1); !strings.HasPrefix(l, want) {
				t.Errorf("%s: line %d is %.12q, want %s", name, i+1, l, want)
			}
		}
	}
}
