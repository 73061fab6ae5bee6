package extract

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/armswatch/armswatch/monitor/decode/markup"
)

// prune takes out of a page what is no part of its article wherever it stands:
// menus, forms, captions, and what its own name gives away as share bars,
// newsletters, cookie notices, lists of other articles. What holds much of the
// page's text stays: then the name lies.
func prune(doc *html.Node) {
	sizes := map[*html.Node]int{}
	all := measure(doc, sizes)
	cut(doc, sizes, all)
}

// measure fills in the length of the text in paragraphs below each element
// that has any, and returns it for n.
func measure(n *html.Node, sizes map[*html.Node]int) int {
	size := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			if s := strings.TrimSpace(c.Data); len(s) > 40 {
				size += len(s)
			}
		case c.Type == html.ElementNode && c.DataAtom != atom.Script && c.DataAtom != atom.Style && c.DataAtom != atom.A:
			size += measure(c, sizes)
		}
	}
	if size > 0 {
		sizes[n] = size
	}
	return size
}

func cut(n *html.Node, sizes map[*html.Node]int, all int) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case c.Type == html.CommentNode:
			n.RemoveChild(c)
		case c.Type == html.ElementNode && unwanted(c, sizes[c], all):
			n.RemoveChild(c)
		default:
			cut(c, sizes, all)
		}
		c = next
	}
}

// unwanted says whether an element goes. Size is the text in it, all that of
// the page.
func unwanted(n *html.Node, size, all int) bool {
	small := size*4 < all
	switch n.DataAtom {
	case atom.Html, atom.Head, atom.Body, atom.Main, atom.Article, atom.Title, atom.Meta, atom.Link, atom.Base,
		atom.H1, atom.Td, atom.Tr, atom.Tbody, atom.Table:
		return false
	case atom.Script, atom.Style, atom.Template, atom.Button, atom.Input, atom.Select, atom.Textarea, atom.Dialog,
		atom.Iframe, atom.Object, atom.Embed, atom.Svg, atom.Figcaption, atom.Label:
		return true
	case atom.Nav, atom.Aside, atom.Footer, atom.Form, atom.Menu:
		return small
	}
	if markup.Hidden(n) {
		return small
	}
	return small && noisy(n, size)
}

// noiseNames are words in the class, id or role of what is no article.
var noiseNames = words(noiseWords)

// captionNames are words in the class or id of what is said of a picture.
var captionNames = words("caption credit credits bildunterschrift copyright photocredit imagecredit bildnachweis legende gallery slideshow carousel")

func words(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}

const noiseWords = `
	share sharing shares sharebar sharedaddy addthis social socials socialmedia related relatedposts recommended recommendations recirc recirculation
	newsletter newsletters subscribe subscription signup optin paywall cookie cookies consent gdpr advert adverts advertisement ads adslot
	sponsored promo promos promotion breadcrumb breadcrumbs pagination pager navigation navbar nav menu footer sidebar
	comment comments disqus respond replies trending popular mostread outbrain taboola teaser teasers tags taglist tagcloud
	toolbar print printlink followus popup modal banner skip toc bio authorbio authorbox aboutauthor byline dateline metadata postmeta
	readmore readnext morefrom morestories alsoread jp-relatedposts donate donation feedback rating ratings poll login
	ratings disclaimer screenreader screen-reader-text visually-hidden visuallyhidden sr-only complementary contentinfo`

// noisy says whether the names of an element are those of noise.
func noisy(n *html.Node, size int) bool {
	const longestCaption = 600
	for _, a := range n.Attr {
		switch a.Key {
		case "class", "id", "role", "data-component", "data-testid":
		default:
			continue
		}
		for name := range strings.FieldsSeq(a.Val) {
			if noiseNames[strings.ToLower(name)] {
				return true
			}
			for part := range nameParts(name) {
				if noiseNames[part] || captionNames[part] && size < longestCaption {
					return true
				}
			}
		}
	}
	return false
}

// nameParts splits a name at its dashes, underscores and capitals.
func nameParts(name string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		start := 0
		for i, r := range name {
			switch {
			case r == '-' || r == '_' || r == ':' || r == '.':
				if i > start && !yield(strings.ToLower(name[start:i])) {
					return
				}
				start = i + 1
			case unicode.IsUpper(r) && i > start && name[i-1] >= 'a' && name[i-1] <= 'z':
				if !yield(strings.ToLower(name[start:i])) {
					return
				}
				start = i
			}
		}
		if start < len(name) {
			yield(strings.ToLower(name[start:]))
		}
	}
}
