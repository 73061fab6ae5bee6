package feed_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/feed"
	"github.com/armswatch/armswatch/monitor/news"
)

var now = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func parse(t testing.TB, body string) *feed.Feed {
	t.Helper()
	f, err := feed.Parse([]byte(body), feed.Options{URL: "https://example.org/news/feed.xml", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func rss(items string) string {
	return `<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" ` +
		`xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>T</title><ttl>90</ttl>` + items + `</channel></rss>`
}

func atom(entries string) string {
	return `<feed xmlns="http://www.w3.org/2005/Atom">` + entries + `</feed>`
}

// What gofeed alone gets wrong, and what is made of it.
func TestEntries(t *testing.T) {
	day := time.Date(2025, 10, 3, 12, 26, 0, 0, time.UTC)
	for _, c := range []struct {
		name, body string
		want       news.Entry
	}{
		{"relative link", rss(`<item><link>../a?b=1&amp;c=2</link></item>`), news.Entry{URL: "https://example.org/a?b=1&c=2"}},
		{"xml:base names a file", atom(`<entry xml:base="http://other.example/x/index.html"><link href="a.html"/></entry>`), news.Entry{URL: "http://other.example/x/a.html"}},
		{"xml:base on xml:base", `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/x/y"><entry xml:base="z/"><link href="a"/></entry></feed>`, news.Entry{URL: "https://example.org/x/z/a"}},
		{"permalink GUID", rss(`<item><guid>https://example.org/1</guid></item>`), news.Entry{GUID: "https://example.org/1", URL: "https://example.org/1"}},
		{"origLink", rss(`<item><link>http://feeds.example/~r/1</link><feedburner:origLink>https://example.org/1</feedburner:origLink></item>`), news.Entry{URL: "https://example.org/1"}},
		{"Atom link as in RSS", atom(`<entry><link>https://example.org/1</link></entry>`), news.Entry{URL: "https://example.org/1"}},
		{"script link", rss(`<item><link>javascript:alert(1)</link><title>x</title></item>`), news.Entry{Title: "x"}},
		{"tags in a title", rss(`<item><title>&lt;b&gt;Bold&lt;/b&gt; move</title></item>`), news.Entry{Title: "Bold move"}},
		{"double escapes", rss(`<item><title>Tom &amp;amp;amp; Jerry</title></item>`), news.Entry{Title: "Tom & Jerry"}},
		{"double escaped tags", rss(`<item><title>&amp;lt;i&amp;gt;Dawn&amp;lt;/i&amp;gt; &amp;#8217;26</title></item>`), news.Entry{Title: "Dawn ’26"}},
		{"no tag at all", rss(`<item><title>List&lt;T&gt; and 3 &lt; 4</title></item>`), news.Entry{Title: "List<T> and 3 < 4"}},
		{"stray markup", rss(`<item><title>a < b & c ]]> <3 &#0;&#xB;</title></item>`), news.Entry{Title: "a < b & c ]]> <3"}},
		{"bidi and zero width", rss("<item><title>a\u202eb\u200bc\u2066d</title></item>"), news.Entry{Title: "abcd"}},
		{"windows-1252 as U+0092", rss("<item><title>don\u0092t</title></item>"), news.Entry{Title: "don’t"}},
		{"unclosed HTML", rss(`<item><description><p>One<br>two<p>three</description><title>x</title></item>`), news.Entry{Title: "x", Summary: "One\ntwo\nthree"}},
		{"ends that have no beginning", rss(`<item><title>x</b></title></i></item>`), news.Entry{Title: "x"}},
		{"names in capitals", `<RSS><CHANNEL><ITEM><TITLE>x</title></Item></CHANNEL></RSS>`, news.Entry{Title: "x"}},
		{"no root", `<channel><title>T</title><item><title>x</title></item></channel>`, news.Entry{Title: "x"}},
		{"CDF", `<CHANNEL><ITEM HREF="/1" LASTMOD="2025-10-03T12:26Z"><TITLE>x</TITLE><ABSTRACT>y</ABSTRACT></ITEM></CHANNEL>`, news.Entry{Title: "x", URL: "https://example.org/1", Summary: "y", Published: day}},
		{"body of XHTML", rss(`<item><body xmlns="http://www.w3.org/1999/xhtml"><p>Text</p></body></item>`), news.Entry{Content: "Text"}},
		{"RDF", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel/><item rdf:about="http://a.example/1"><title>x</title></item></rdf:RDF>`, news.Entry{GUID: "http://a.example/1", Title: "x"}},
		{"bad attributes", atom(`<entry><link rel=alternate href='/1' "x @y="1" z></link><title type=text>x</title></entry>`), news.Entry{Title: "x", URL: "https://example.org/1"}},
		{"language of the entry", `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><entry xml:lang="fr"><title>x</title></entry></feed>`, news.Entry{Title: "x", Lang: "fr"}},
		{"video", `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"><entry><title>x</title><media:group><media:description>y</media:description></media:group></entry></feed>`, news.Entry{Title: "x", Summary: "y"}},
		{"author with address", rss(`<item><title>x</title><dc:creator>Ann Writer &lt;ann@example.org&gt;</dc:creator></item>`), news.Entry{Title: "x", Author: "Ann Writer"}},
		{"Drupal's time", rss(`<item><title>x</title><pubDate>&lt;time datetime="2025-10-03T12:26:00Z"&gt;Friday, October 3, 2025 - 12:26&lt;/time&gt;</pubDate></item>`), news.Entry{Title: "x", Published: day}},
		{"zone by name", rss(`<item><title>x</title><pubDate>Fri, 03 Oct 2025 17:56:00 IST</pubDate></item>`), news.Entry{Title: "x", Published: day}},
		{"month in French", rss(`<item><title>x</title><pubDate>ven., 03 octobre 2025 14:26:00 +0200</pubDate></item>`), news.Entry{Title: "x", Published: day}},
		{"year 2925", rss(`<item><title>x</title><pubDate>Fri, 03 Oct 2925 12:26:00 GMT</pubDate></item>`), news.Entry{Title: "x", Published: now}},
		{"year 1925", rss(`<item><title>x</title><dc:date>1995-10-03T12:26:00Z</dc:date></item>`), news.Entry{Title: "x", Published: now.Add(-10 * 365 * 24 * time.Hour)}},
		{"JSON", `{"version":"https://jsonfeed.org/version/1","items":[7,{"id":1,"url":"/1","title":["x"],"content_text":"a < b","authors":["Ann"],"date_published":"2025-10-03T12:26:00Z"}]}`, news.Entry{GUID: "1", URL: "https://example.org/1", Content: "a < b", Author: "Ann", Published: day}},
		{"sitemap", `<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://example.org/1</loc><n:news><n:publication><n:language>en</n:language></n:publication><n:title>x</n:title><n:publication_date>2025-10-03T12:26Z</n:publication_date></n:news></url></urlset>`, news.Entry{GUID: "https://example.org/1", URL: "https://example.org/1", Title: "x", Lang: "en", Published: day}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := parse(t, c.body)
			if len(f.Entries) != 1 {
				t.Fatalf("%d entries: %+v", len(f.Entries), f)
			}
			got := f.Entries[0]
			if c.want.Updated.IsZero() {
				got.Updated = time.Time{}
			}
			if got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestRepairs(t *testing.T) {
	item := `<item><title>x</title></item>`
	long := strings.Repeat("<!-- "+strings.Repeat("x", 5000)+" -->", 2)
	for _, c := range []struct {
		name, body string
		entries    int
		cut        bool
	}{
		{"text before the prolog", "Warning: mysql " + rss(item), 1, false},
		{"a root behind 10 KB of comments", long + rss(item), 1, false},
		{"document type", `<!DOCTYPE rss [<!ENTITY a "b"> <!ELEMENT x (y)>]>` + rss(item), 1, false},
		{"XML 1.1", `<?xml version="1.1"?>` + rss(item)[21:], 1, false},
		{"unknown encoding", `<?xml version="1.0" encoding="klingon"?>` + rss(item)[21:], 1, false},
		{"control characters", rss("<item><title>a\x00\x0b\x1fb</title></item>"), 1, false},
		{"cut in an item", rss(item + item + `<item><title>y`)[:strings.LastIndex(rss(item+item+`<item><title>y`), "y")], 2, true},
		{"cut in CDATA", `<rss><channel>` + item + `<item><title><![CDATA[y`, 1, true},
		{"cut before the first item", `<rss><channel><title>T`, 0, true},
		{"cut in the last tag", `<rss><channel>` + item + `</channel></rss`, 1, false},
		{"cut JSON", `{"version":"1","items":[{"id":"1"},{"id":"2"},{"id":`, 2, true},
		{"text behind the root", rss(item) + "<script>alert(1)</script>", 1, false},
		{"no items", rss(""), 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := parse(t, c.body)
			if len(f.Entries) != c.entries || f.Cut != c.cut {
				t.Errorf("%d entries, cut %v, %q; want %d, %v", len(f.Entries), f.Cut, f.Warnings, c.entries, c.cut)
			}
			if f.Cut && len(f.Warnings) == 0 {
				t.Error("nobody was told that it is cut")
			}
		})
	}
	if f := parse(t, rss(item)); f.Title != "T" || f.TTL != 90*time.Minute || len(f.Warnings) != 0 {
		t.Errorf("a sound feed: %+v", f)
	}
}

func TestNoFeed(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"nothing", " \n", "empty"},
		{"HTML", "<!DOCTYPE html><html><body>Not found</body></html>", "HTML"},
		{"JSON", `{"error":"not found"}`, "without a list of items"},
		{"a list", `[1,2]`, "no JSON Feed"},
		{"cut JSON", `{"version":`, "cut off"},
		{"bad JSON", `{"version" 7}`, "no JSON"},
		{"text", "Service unavailable", "no XML"},
		{"OPML", "<opml/>", "OPML"},
		{"SVG", "<svg/>", "<svg>"},
		{"SOAP", "<soap:Envelope xmlns:soap='x'/>", "<envelope>"},
	} {
		_, err := feed.Parse([]byte(c.body), feed.Options{})
		var fe *feed.Error
		if !errors.As(err, &fe) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v; want one line with %q", c.name, err, c.want)
		}
	}
}

func TestSitemapIndexNewestFirst(t *testing.T) {
	for _, c := range []struct{ name, maps, want string }{
		{"by date", `<sitemap><loc>/1.xml</loc><lastmod>2025-01-01</lastmod></sitemap><sitemap><loc>/2.xml</loc><lastmod>2026-01-01</lastmod></sitemap>`, "https://example.org/2.xml"},
		{"for news", `<sitemap><loc>/zz.xml</loc></sitemap><sitemap><loc>/news.xml</loc></sitemap>`, "https://example.org/news.xml"},
		{"by number", `<sitemap><loc>/post-9.xml</loc></sitemap><sitemap><loc>/post-10.xml</loc></sitemap>`, "https://example.org/post-10.xml"},
	} {
		f := parse(t, `<sitemapindex>`+c.maps+`</sitemapindex>`)
		if len(f.Maps) != 2 || f.Maps[0].URL != c.want {
			t.Errorf("%s: %+v", c.name, f.Maps)
		}
	}
}

func TestGarbled(t *testing.T) {
	if f := parse(t, rss("<item><title>"+strings.Repeat("\ufffd", 20)+"</title></item>")); !f.Garbled {
		t.Error("a garbled feed is taken for a sound one")
	}
}

// Bodies made to hurt are refused or read, within a second.
func TestHostile(t *testing.T) {
	for _, c := range hostile() {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			f, err := feed.Parse([]byte(c.body), feed.Options{Now: now, URL: "http://example.org/"})
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			switch {
			case err != nil && strings.ContainsAny(err.Error(), "\n\r"):
				t.Errorf("not one line: %q", err)
			case err == nil && len(f.Entries) > feed.MaxEntries:
				t.Errorf("%d entries", len(f.Entries))
			}
		})
	}
}

type hostileBody struct{ name, body string }

func hostile() []hostileBody {
	many := func(s string, bytes int) string { return strings.Repeat(s, bytes/len(s)) }
	return []hostileBody{
		{"nested elements", strings.Repeat("<a>", 4*mb)},
		{"nested in an item", rss("<item>" + many("<b>", 4*mb))},
		{"nested items", "<rss><channel>" + many("<item>", 4*mb)},
		{"nested xml:base", atom(many(`<a xml:base="b/">`, 2*mb))},
		{"xml:base on each link", atom(many(`<entry><link xml:base="b/c" href="d"/></entry>`, 2*mb))},
		{"long xml:base", atom(`<entry xml:base="` + many("b/", mb) + `"><link href="x"/></entry>`)},
		{"100,000 items", rss(strings.Repeat("<item><title>x</title></item>", 100_000))},
		{"empty items", rss(many("<item/>", 4*mb))},
		{"2 million elements", rss("<item>" + many("<x/>", 8*mb) + "</item>")},
		{"attributes", "<rss " + many(`a="b" `, 4*mb) + ">"},
		{"one huge attribute", `<rss a="` + many("b", 8*mb) + `">`},
		{"attribute without end", `<rss a="` + many("<b c=", 4*mb)},
		{"quotes", many(`<a b='"`, 4*mb)},
		{"tags without end", "<rss>" + many("<a ", 4*mb)},
		{"names without end", "<rss>" + many("<", 4*mb)},
		{"ends only", "<rss>" + many("</a>", 4*mb)},
		{"ends without end", "<rss>" + many("</a", 4*mb)},
		{"namespaces", "<rss>" + many(`<a xmlns:b="c">`, mb)},
		{"namespace on each of many", rss("<item>" + many(`<a xmlns:b="c"/>`, 4*mb) + "</item>")},
		{"namespaces in force everywhere", "<rss " + namespaces(250) + ">" + many(`<a xmlns:zz="c"/>`, 2*mb)},
		{"entity bomb", `<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>` + rss("<item><title>&b;</title></item>")},
		{"external entity", `<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + rss("<item><title>&a;</title></item>")},
		{"document types", many("<!a", 4*mb)},
		{"document types with quotes", many(`<!a "`, 4*mb)},
		{"brackets", many(`<![`, 4*mb)},
		{"comments", many("<!-- -->", 4*mb) + rss("")},
		{"comments without end", many("<!--", 4*mb)},
		{"CDATA sections", rss("<item><title>" + many("<![CDATA[a]]>", 4*mb) + "</title></item>")},
		{"CDATA without end", "<rss>" + many("<![CDATA[", 4*mb)},
		{"instructions", many("<?a?>", 4*mb)},
		{"references", rss("<item><title>" + many("&#38;", 4*mb) + "</title></item>")},
		{"illegal references", rss("<item><title>" + many("&#0;", 4*mb) + "</title></item>")},
		{"references without end", rss("<item><title>" + many("&#x", 4*mb) + "</title></item>")},
		{"huge reference", rss("<item><title>&#" + many("9", mb) + ";</title></item>")},
		{"ampersands", rss("<item><title>" + many("&", 4*mb) + "</title></item>")},
		{"bodies", rss("<item><description>" + many("&lt;body a1=1&gt;", mb) + "</description></item>")},
		{"bodies under xml:base", atom(`<entry xml:base="/"><content type="html">` + many("&lt;body a1=1&gt;", mb) + "</content></entry>")},
		{"tables", rss("<item><description>" + many("&lt;table&gt;", mb) + "</description></item>")},
		{"formatting", rss("<item><description>" + many("&lt;b&gt;&lt;p&gt;", mb) + "</description></item>")},
		{"paragraphs", rss("<item><description>" + many("<p>", mb) + "</description></item>")},
		{"line breaks", rss("<item><description>" + many("<br>", mb) + "</description></item>")},
		{"long title", rss("<item><title>" + many("word ", 8*mb) + "</title></item>")},
		{"long date", rss("<item><pubDate>" + many("1 Jan ", 4*mb) + "</pubDate></item>")},
		{"long GUID", rss("<item><guid>http://" + many("a", 4*mb) + "</guid></item>")},
		{"long link", rss("<item><link>http://" + many("a/", 4*mb) + "</link></item>")},
		{"many links", rss("<item>" + many("<link>/a</link>", 4*mb) + "</item>")},
		{"many authors", atom("<entry>" + many("<author><name>a</name></author>", 4*mb) + "</entry>")},
		{"many categories", rss("<item>" + many("<category>a</category>", 4*mb) + "</item>")},
		{"many extensions", rss("<item>" + many("<dc:date>a</dc:date>", 4*mb) + "</item>")},
		{"sitemap of a million", "<urlset>" + many("<url><loc>http://a.example/</loc></url>", 9*mb)},
		{"index of a million", "<sitemapindex>" + many("<sitemap><loc>http://a.example/</loc></sitemap>", 9*mb)},
		{"nested JSON", `{"items":` + many("[", 4*mb)},
		{"nested JSON objects", many(`{"items":`, 4*mb)},
		{"JSON of a million items", `{"items":[` + many("{},", 6*mb)},
		{"JSON of a million fields", `{` + many(`"a":1,`, 4*mb)},
		{"JSON of numbers", `{"items":[{"id":` + many("9", mb) + `}]}`},
		{"NUL bytes", strings.Repeat("\x00", 4*mb)},
		{"NUL bytes in a feed", rss("<item><title>" + strings.Repeat("\x00", 4*mb) + "</title></item>")},
		{"bidi overrides", rss("<item><title>" + many("\u202e", 2*mb) + "x</title></item>")},
		{"zero width", rss("<item><title>" + many("\u200b", 2*mb) + "x</title></item>")},
		{"combining marks", rss("<item><title>a" + many("\u0301", 2*mb) + "</title></item>")},
		{"not UTF-8", rss("<item><title>" + many("\xff\xfe", 2*mb) + "</title></item>")},
		{"UTF-16 that ends early", "\xff\xfe" + many("<\x00", 2*mb) + "x"},
		{"UTF-7", `<?xml version="1.0" encoding="utf-7"?>+ADw-rss+AD4-`},
		{"gzip", "\x1f\x8b\x08" + many("\x00", mb)},
		{"PDF", "%PDF-1.7\n" + many("x", mb)},
	}
}

func namespaces(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` xmlns:n%d="u%d"`, i, i)
	}
	return b.String()
}

// FuzzParse: whatever comes in, it is read or refused, in one line, and what
// the parser saw was well formed.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		rss(`<item><title>a &lt;b&gt;</title><link>/x</link><pubDate>Fri, 03 Oct 2025 12:26:00 GMT</pubDate></item>`),
		atom(`<entry xml:base="/x/y"><link href="z"/><content type="html">&lt;p&gt;</content></entry>`),
		`{"items":[{"id":1,"content_html":"<p>"}]}`, `<!DOCTYPE a [<!ENTITY b "c">]><rss><channel><item><![CDATA[`,
		"<rss><a b='\"' c=d e></b></a><!-- -- -->]]>&#0;<?x?>", "\xff\xfe<\x00r\x00s\x00s\x00>\x00",
		`<rdf:RDF><item rdf:about="a"/></rdf:RDF>`, `<channel><item href=a lastmod="b">`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > 64<<10 {
			return
		}
		got, err := feed.Parse([]byte(body), feed.Options{URL: "https://example.org/feed", Now: now})
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("not one line: %q", err)
			}
			if strings.Contains(err.Error(), "please report") {
				t.Errorf("the parser fails on what we made: %v", err)
			}
			return
		}
		for _, e := range got.Entries {
			if strings.ContainsAny(e.Title, "\n\r\x00") || e.Published.After(now) ||
				e.URL != "" && !strings.HasPrefix(e.URL, "http") {
				t.Errorf("%+v", e)
			}
		}
	})
}

// FuzzSitemap does the same for sitemaps and their indexes.
func FuzzSitemap(f *testing.F) {
	f.Add("<urlset><url><loc>/a</loc><news><title>b</title></news></url></urlset>")
	f.Add("<sitemapindex><sitemap><loc>/a</loc><lastmod>2025</lastmod></sitemap>")
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > 64<<10 {
			return
		}
		for _, root := range []string{"urlset", "sitemapindex"} {
			got, err := feed.Parse([]byte("<"+root+">"+body), feed.Options{URL: "https://example.org/"})
			if err != nil {
				continue
			}
			for _, e := range got.Entries {
				if !strings.HasPrefix(e.URL, "http") {
					t.Errorf("%+v", e)
				}
			}
		}
	})
}
