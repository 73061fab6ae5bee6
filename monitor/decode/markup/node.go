package markup

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Attr is the value of an attribute, trimmed; "" when the node has none.
func Attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

// HasAttr says whether an element has an attribute, whatever its value.
func HasAttr(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

// First is the first element of a kind below n, in document order; nil when
// there is none.
func First(n *html.Node, kind atom.Atom) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.DataAtom == kind {
			return d
		}
	}
	return nil
}

// Base is what the relative links of a page stand on: its own URL, changed by
// a <base href>. It is never nil.
func Base(doc *html.Node, pageURL string) *url.URL {
	base, err := url.Parse(strings.TrimSpace(pageURL))
	if err != nil {
		base = &url.URL{}
	}
	if n := First(doc, atom.Base); n != nil {
		if u, err := base.Parse(Attr(n, "href")); err == nil && isWeb(u) {
			return u
		}
	}
	return base
}

func isWeb(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// Resolve makes a link absolute. It is "" for a link that leads to no web
// page: another scheme, credentials, a place on the same page, no URL at all.
func Resolve(base *url.URL, href string) string {
	href = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f { // browsers drop these too
			return -1
		}
		return r
	}, strings.TrimSpace(href))
	if href == "" || strings.HasPrefix(href, "#") {
		return ""
	}
	u, err := base.Parse(strings.ReplaceAll(href, `\`, "/"))
	if err != nil || !isWeb(u) || u.User != nil {
		return ""
	}
	if !strings.HasPrefix(u.Fragment, "!") { // "#!/x" was an address of its own
		u.Fragment, u.RawFragment = "", ""
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

// Hidden says whether a browser would not show an element.
func Hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return a.Val != "until-found"
		case "style":
			if hides(strings.ToLower(a.Val)) {
				return true
			}
		}
	}
	return false
}

// hides says whether a style, in lower case, hides its element.
func hides(style string) bool {
	style = strings.ReplaceAll(style, " ", "")
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}
