package monitor

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/page"
)

// mostDiff is how much of what changed on a watched page is kept, in bytes.
const mostDiff = 64 << 10

// gained makes an entry of what a watched page has gained since it was last
// read, and remembers the page. At the first reading nothing is news.
func (m *memory) gained(src news.Source, w page.Watched, now time.Time) []news.Entry {
	var past page.Past
	if m.Page != nil {
		past = *m.Page
	}
	change, next := past.Compare(w.Lines)
	m.Page = &next
	if len(change.Added) == 0 {
		return nil
	}
	text := strings.Join(change.Added, "\n")
	sum := sha256.Sum256([]byte(text))
	headline := telling(change.Added)
	title := headline
	if w.Title != "" {
		title = w.Title + ": " + title
	}
	const most = 200
	if r := []rune(title); len(r) > most {
		title = string(r[:most-1]) + "…"
	}
	diff := strings.Join(change.Diff, "\n")
	if len(diff) > mostDiff {
		diff = strings.ToValidUTF8(diff[:mostDiff], "") + "…"
	}
	return []news.Entry{{
		GUID: "watched:" + hex.EncodeToString(sum[:16]), URL: page.Link(src.URL, headline),
		Title: title, Content: text, Published: now, Diff: diff,
	}}
}

// telling is the line that stands for those that were added: the first that
// says more than a label or a date does, else the longest.
func telling(added []string) string {
	const enough = 25 // characters
	best := added[0]
	for _, line := range added {
		n := utf8.RuneCountInString(line)
		if n >= enough {
			return line
		}
		if n > utf8.RuneCountInString(best) {
			best = line
		}
	}
	return best
}
