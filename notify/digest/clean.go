package digest

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/monitor/news"
)

// accents is how many combining marks may sit on one character. Vietnamese,
// Hebrew and Thai need three; text that climbs over its neighbours has dozens.
const accents = 4

// Clean makes one line of text from the web: white space runs become one
// space; control, formatting and direction characters, lone surrogates and
// broken UTF-8 go; joiners that scripts and emoji need stay.
func Clean(s string) string {
	text, _ := CleanMarked(s, nil)
	return text
}

// CleanMarked is [Clean] for text with marked spans, given and returned as
// byte offsets. Spans that are empty, overlap an earlier one or lie outside of
// the text are dropped.
func CleanMarked(s string, marks []news.Span) (string, []news.Span) {
	var b strings.Builder
	b.Grow(len(s))
	at := make([]int, len(s)+1) // where the byte went
	stacked, space := 0, false
	for i, r := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		keep := false
		switch {
		case r == utf8.RuneError && size == 1:
		case unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' || r == 0x85:
			space = b.Len() > 0
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
			stacked++
			keep = stacked <= accents
		case shown(r):
			stacked, keep = 0, true
		}
		if keep && space {
			b.WriteByte(' ')
			space = false
		}
		for j := i; j < i+size; j++ {
			at[j] = b.Len()
		}
		if keep {
			b.WriteRune(r)
		}
	}
	at[len(s)] = b.Len()
	return b.String(), move(marks, at)
}

// shown says whether a character belongs in a line of text. Direction
// overrides, zero-width spaces, tags and byte order marks are of category Cf.
func shown(r rune) bool {
	switch {
	case r == '\u200c' || r == '\u200d':
		return true
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs):
		return false
	}
	return r&0xfffe != 0xfffe && (r < 0xfdd0 || r > 0xfdef) // noncharacters
}

func move(marks []news.Span, at []int) []news.Span {
	var moved []news.Span
	end := 0
	for _, m := range marks {
		if m.Start < 0 || m.End > len(at)-1 || m.Start >= m.End {
			continue
		}
		n := news.Span{Start: at[m.Start], End: at[m.End]}
		if n.Start >= n.End || n.Start < end {
			continue
		}
		moved, end = append(moved, n), n.End
	}
	return moved
}

// Shorten cuts text to at most n characters, at a space where one is near, and
// says so with an ellipsis.
func Shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	cut, count := 0, 0
	for i := range s {
		if count++; count == n {
			cut = i
			break
		}
	}
	if i := strings.LastIndexByte(s[:cut], ' '); i > cut*3/4 {
		cut = i
	}
	return strings.TrimRight(s[:cut], " ,;:") + "…"
}

// Link is a web address that is safe to put behind text: http or https, with a
// host, without a user name that could pass for the host, and with nothing in
// it that any channel reads as the end of a link. It is "" for anything else.
func Link(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.User = nil
	s := u.String()
	if len(s) > 2000 {
		return ""
	}
	return escape(s)
}

const hex = "0123456789ABCDEF"

// escape percent-encodes what is not printable ASCII and what ends a link in
// Slack's, HTML's or plain text's eyes.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("<>|\"'`\\^{}", c) >= 0 {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Unlinked breaks what mail and chat programs would turn into a link of the
// text's own making, by a zero-width space that no reader sees.
func Unlinked(s string) string {
	return strings.NewReplacer("://", ":\u200b//", "www.", "www\u200b.", "WWW.", "WWW\u200b.",
		"mailto:", "mailto\u200b:", "tel:", "tel\u200b:").Replace(s)
}
