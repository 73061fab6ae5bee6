package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/armswatch/armswatch/monitor/news"
)

// This file is pure: it decides which entries are the same article, and which
// are one we have stored.
//
// An entry has up to four names: its GUID, its GUID without scheme and host,
// its URL without what does not matter in URLs, and its title with its date.
// The first that we know decides. Outlets break each of them: GUIDs change when
// a site moves, GUIDs are handed out by position, links all point at one page,
// headlines recur. So a name that would stand for several articles in one poll
// is spoiled and never decides again, and a GUID that contradicts all else is
// not believed.

// A key is one name of an article. Its source is empty when the name holds over
// all sources.
type key struct{ text, source string }

// names are the keys of an entry; a field is the zero key when the entry has no
// such name.
type names struct {
	guid, path, url, title key
	content                key // used only by an entry that has nothing better
}

func (n names) all() []key {
	return nonZero(n.guid, n.path, n.url, n.title, n.content)
}

func nonZero(keys ...key) []key {
	return slices.DeleteFunc(keys, func(k key) bool { return k == key{} })
}

// namesOf names an entry of a source.
func namesOf(source string, e news.Entry) names {
	own := func(kind, text string) key {
		if text == "" {
			return key{}
		}
		return key{kind + ":" + short(text), source}
	}
	n := names{
		guid:    own("guid", clean(strings.TrimSpace(e.GUID))),
		path:    own("path", pathOf(e.GUID)),
		title:   own("title", titleKey(e)),
		content: own("text", contentHash(e)),
	}
	if u := urlKey(e.URL); u != "" {
		n.url = key{"url:" + short(u), ""}
	}
	return n
}

// short keeps keys within what an index page of PostgreSQL takes.
func short(s string) string {
	const most = 500
	if len(s) <= most {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return clean(s[:most-70]) + "#" + hex.EncodeToString(sum[:])
}

// pathOf is a GUID that is a URL without its scheme and host; "" when nothing
// is left that could tell articles apart.
func pathOf(guid string) string {
	u, err := url.Parse(strings.TrimSpace(guid))
	if err != nil || u.Host == "" {
		return ""
	}
	path := strings.TrimRight(u.Path, "/")
	if path == "" && u.RawQuery == "" {
		return ""
	}
	return clean(path + "?" + u.RawQuery)
}

// urlKey is a URL without what does not tell articles apart: scheme, www.,
// default port, trailing slash, fragment, tracking parameters, the order of
// parameters. It is "" for what is no web URL and for the root of a site, which
// many feeds give as the link of everything.
func urlKey(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host := bareHost(raw)
	if p := u.Port(); p != "" && p != "80" && p != "443" {
		host += ":" + p
	}
	path := strings.TrimRight(u.Path, "/")
	query := withoutTracking(u.RawQuery)
	if strings.HasPrefix(u.Fragment, "!") || strings.HasPrefix(u.Fragment, ":~:") {
		path += "#" + u.Fragment // a hash-bang names the page, a text fragment a part of it
	}
	if path == "" && query == "" {
		return ""
	}
	if query != "" {
		query = "?" + query
	}
	return clean(host + path + query)
}

func bareHost(raw string) string {
	return strings.TrimPrefix(strings.TrimSuffix(news.HostOf(strings.TrimSpace(raw)), "."), "www.")
}

// withoutTracking sorts the parameters and drops those that say where a reader
// came from.
func withoutTracking(query string) string {
	var keep []string
	for p := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(p, "=")
		if p != "" && !tracking(strings.ToLower(name)) {
			keep = append(keep, p)
		}
	}
	slices.Sort(keep)
	return strings.Join(keep, "&")
}

func tracking(name string) bool {
	for _, prefix := range []string{"utm_", "at_", "pk_", "mtm_", "hsa_", "_hs"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	switch name {
	case "fbclid", "gclid", "dclid", "msclkid", "yclid", "twclid", "igshid", "mc_cid", "mc_eid", "mkt_tok",
		"ref", "ref_src", "referrer", "cmpid", "cmp", "cid_source", "icid", "ito", "ns_campaign", "ns_mchannel",
		"ns_source", "ncid", "ocid", "s_cid", "smid", "smtyp", "sr_share", "traffic_source", "wt_mc", "xtor", "rss":
		return true
	}
	return false
}

// titleKey is the normalised title with the day; without a date it is the
// title alone, if that is long enough to be nobody else's. Short titles recur
// within a day ("Morning briefing"), so they need the minute.
func titleKey(e news.Entry) string {
	t := normalTitle(e.Title)
	words := strings.Count(t, " ") + 1
	const enough = 5
	switch {
	case t == "":
		return ""
	case e.Published.IsZero() && words < enough:
		return ""
	case e.Published.IsZero():
		return t
	case words < enough:
		return t + "|" + e.Published.UTC().Format("2006-01-02T15:04")
	default:
		return t + "|" + e.Published.UTC().Format("2006-01-02")
	}
}

// normalTitle keeps the letters and digits of a title, in lower case, with one
// space between words.
func normalTitle(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(clean(s)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}), " ")
}

func contentHash(e news.Entry) string {
	sum := sha256.Sum256([]byte(normalTitle(e.Title) + "\n" + e.Summary + "\n" + e.Content))
	return hex.EncodeToString(sum[:16])
}

// A verdict says which stored article an entry is, or how a new article will be
// known.
type verdict struct {
	known   news.ArticleID // 0: new
	keys    []key          // that name the article and are not stored yet
	spoiled []key          // that may not decide, and are not marked so yet
	listed  []key          // stored keys of the known article that the entry still lists
}

// holder is what is stored under a key: an article, or 0 when it is spoiled.
type holder = news.ArticleID

// A listing is what one poll of a source brought, with what is stored under
// the keys of its entries.
type listing struct {
	entries  []news.Entry
	names    []names
	stored   map[key]holder
	articles map[news.ArticleID]news.Article
	spoiled  map[key]bool // by this poll
}

// judge decides for every entry of a poll.
func (l *listing) judge() []verdict {
	l.spoiled = map[key]bool{}
	l.spoil(func(n names) key { return n.guid }, l.guidDiffers)
	l.spoil(func(n names) key { return n.path }, l.guidDiffers)
	l.spoil(func(n names) key { return n.url }, l.urlDiffers)
	l.spoil(func(n names) key { return n.title }, l.titleDiffers)
	claims := l.settle(l.claims())
	out := make([]verdict, len(l.entries))
	for i := range l.entries {
		out[i] = l.verdict(i, claims[i])
	}
	return out
}

// spoil marks the keys that stand for different entries of this poll.
func (l *listing) spoil(pick func(names) key, differ func(i, j int) bool) {
	first := map[key]int{}
	titles := map[key]map[string]bool{}
	for i, n := range l.names {
		k := pick(n)
		if k == (key{}) {
			continue
		}
		if titles[k] == nil {
			titles[k] = map[string]bool{}
		}
		titles[k][normalTitle(l.entries[i].Title)] = true
		j, seen := first[k]
		switch {
		case !seen:
			first[k] = i
		case differ(i, j), len(titles[k]) > 2: // an image, a headline and a "read more" share a link
			l.spoiled[k] = true
		}
	}
}

func same(a, b key) bool   { return a == b && a != key{} }
func differ(a, b key) bool { return a != b && a != key{} && b != key{} }

func (l *listing) guidDiffers(i, j int) bool {
	a, b := l.names[i], l.names[j]
	t1, t2 := normalTitle(l.entries[i].Title), normalTitle(l.entries[j].Title)
	return !same(a.url, b.url) && t1 != t2 && (differ(a.url, b.url) || t1 != "" && t2 != "")
}

func (l *listing) urlDiffers(i, j int) bool {
	a, b := l.names[i], l.names[j]
	d1, d2 := l.entries[i].Published, l.entries[j].Published
	return !same(a.guid, b.guid) && normalTitle(l.entries[i].Title) != normalTitle(l.entries[j].Title) &&
		(differ(a.guid, b.guid) || !d1.IsZero() && !d2.IsZero() && !d1.Equal(d2))
}

func (l *listing) titleDiffers(i, j int) bool {
	a, b := l.names[i], l.names[j]
	return !same(a.guid, b.guid) && !same(a.url, b.url) && (differ(a.guid, b.guid) || differ(a.url, b.url))
}

// lookup is the article stored under a key that may decide.
func (l *listing) lookup(k key) news.ArticleID {
	if k == (key{}) || l.spoiled[k] {
		return 0
	}
	return l.stored[k]
}

// The kinds of names, in the order in which they decide.
const (
	byGUID = iota // or by its path
	byURL
	byTitle
)

// A claim says that an entry is a stored article, and how many kinds of names
// say so.
type claim struct {
	article news.ArticleID
	votes   int
	kind    int // the first of them
}

// claims finds, for each entry, the stored articles that its names know: first
// the one that most of them know; of equal ones the first in their order.
func (l *listing) claims() [][]claim {
	out := make([][]claim, len(l.entries))
	for i, n := range l.names {
		guid := cmp.Or(l.lookup(n.guid), l.lookup(n.path))
		var cs []claim
		for kind, id := range []news.ArticleID{guid, l.lookup(n.url), l.lookup(n.title)} {
			at := slices.IndexFunc(cs, func(c claim) bool { return c.article == id })
			switch {
			case id == 0:
			case at >= 0:
				cs[at].votes++
			default:
				cs = append(cs, claim{id, 1, kind})
			}
		}
		cs = slices.DeleteFunc(cs, func(c claim) bool { return c.votes == 1 && l.contradicts(i, c) })
		slices.SortStableFunc(cs, func(a, b claim) int { return b.votes - a.votes })
		if len(cs) == 0 && l.nameless(n) {
			if id := l.stored[n.content]; id != 0 {
				cs = []claim{{id, 1, byTitle}}
			}
		}
		out[i] = cs
	}
	return out
}

// contradicts says that an entry shares one name with a stored article while
// all else differs: it has another title, another time, and another URL where
// the GUID is shared, another GUID where the URL is. Then the outlet uses the
// name again. A GUID known only without its host must have the title or the
// URL on its side.
func (l *listing) contradicts(i int, c claim) bool {
	a, ok := l.articles[c.article]
	if !ok || c.kind == byTitle || !l.otherTitle(i, a) {
		return false
	}
	e, ours := l.entries[i], l.names[i]
	theirs := namesOf(a.Source, news.Entry{GUID: a.GUID, URL: a.URL})
	const rounding = time.Minute // what databases and sloppy feeds drop
	when := !e.Published.IsZero() && !a.Published.IsZero() && e.Published.Sub(a.Published).Abs() >= rounding
	switch {
	case c.kind == byURL:
		return when && differ(ours.guid, theirs.guid) && !same(ours.path, theirs.path)
	case l.lookup(ours.guid) != c.article:
		return !same(ours.url, theirs.url)
	default:
		return when && differ(ours.url, theirs.url)
	}
}

func (l *listing) otherTitle(i int, a news.Article) bool {
	return normalTitle(l.entries[i].Title) != normalTitle(a.Title)
}

// nameless says that none of an entry's names may decide.
func (l *listing) nameless(n names) bool {
	for _, k := range nonZero(n.guid, n.path, n.url, n.title) {
		if id, there := l.stored[k]; !l.spoiled[k] && (!there || id != 0) {
			return false
		}
	}
	return true
}

// settle gives each article to the entries that claim it best. An entry that
// claims it by one name and under another title, while another entry has more
// to say, takes its next claim: GUIDs that are positions in the list move from
// article to article.
func (l *listing) settle(claims [][]claim) []news.ArticleID {
	best := map[news.ArticleID]int{}
	for _, cs := range claims {
		if len(cs) > 0 {
			best[cs[0].article] = max(best[cs[0].article], cs[0].votes)
		}
	}
	out := make([]news.ArticleID, len(claims))
	for i, cs := range claims {
		for _, c := range cs {
			if c.votes == 1 && best[c.article] > 1 && l.otherTitle(i, l.articles[c.article]) {
				continue
			}
			out[i] = c.article
			break
		}
	}
	return out
}

// verdict sorts the keys of entry i, now that we know which article it is.
func (l *listing) verdict(i int, known news.ArticleID) verdict {
	n, v := l.names[i], verdict{known: known}
	keys := nonZero(n.guid, n.path, n.url, n.title)
	if l.nameless(n) {
		keys = append(keys, n.content)
	}
	for _, k := range keys {
		id, there := l.stored[k]
		switch {
		case there && id == 0: // spoiled before
		case l.spoiled[k]:
			v.spoiled = append(v.spoiled, k)
		case !there:
			v.keys = append(v.keys, k)
		case id == known:
			v.listed = append(v.listed, k)
		case known == 0, k == n.guid, k == n.path:
			v.spoiled = append(v.spoiled, k) // it names another article
		}
	}
	if known == 0 && len(v.keys) == 0 {
		// Every name is another article's: known by its content alone.
		if v.known = l.stored[n.content]; v.known == 0 {
			v.keys = append(v.keys, n.content)
		}
	}
	return v
}
