package extract

import (
	"regexp"
	"strings"

	"github.com/armswatch/armswatch/monitor/decode/date"
)

// tidy drops what stands around an article's text: the headline said again,
// lines that invite to share, subscribe or read on, lists of other articles.
func tidy(blocks []block, p *Page, o Options) []string {
	if o.Selector == "" {
		blocks = withoutElsewhere(blocks)
		blocks = withoutHead(blocks, p, o)
		blocks = withoutTail(blocks)
	}
	var out []string
	for _, b := range blocks {
		out = append(out, b.text)
	}
	return out
}

// elsewhere begins a line that leads to other articles or asks for something.
var elsewhere = regexp.MustCompile(`(?i)^(?:\W*)(?:` + strings.Join([]string{
	`advertisement$`, `anzeige$`, `publicidad$`, `publicité$`, `werbung$`, `reklama$`, `ad$`,
	`read (?:more|next|also|the full|full)\b`, `(?:also|see also)\b.{0,3}(?:read|:)`, `see also\b`, `related\b`, `more (?:from|on|stories|news|about|like)\b.{0,60}$`,
	`you (?:may|might|could) (?:also )?(?:like|be interested)`, `recommended\b.{0,40}$`, `most (?:read|popular|viewed)\b`, `don['’]t miss`, `up next`, `watch(?: now| more| also)?:`,
	`share (?:this|on|via|with)\b.{0,60}$`, `follow (?:us|me)\b`, `subscribe\b`, `sign up\b`, `get (?:the|our) .{0,40}newsletter`, `newsletter\b`, `click here\b`, `tweet(?: this)?$`,
	`(?:leave a|add|post a|no|\d+) (?:reply|comments?)\b.{0,30}$`, `comments? (?:are closed|\(\d+\))`, `comments?:?$`, `print(?: this)?$`, `e-?mail(?: this)?$`, `tags?:`, `filed under\b`, `categories:`, `topics:`,
	`download (?:the|our) .{0,30}app\b`, `join (?:our|the) .{0,40}(?:telegram|whatsapp|channel|group|conversation)`, `all rights reserved`, `(?:©|copyright\b)`,
	`continue reading`, `listen to this article`, `this (?:article|story|post) (?:was|is|has been) (?:originally|first) published`, `(?:please )?support our`, `image (?:credit|source|copyright)`, `photo(?:s)?(?: credit)?:`, `\(?(?:photo|image) (?:by|courtesy)\b.{0,80}$`,
	`mehr zum thema`, `mehr (?:infos|informationen|themen|lesen|dazu|news|artikel)\b.{0,60}$`, `lesen sie (?:auch|mehr|dazu|hier)`, `lies auch`, `auch interessant`, `weitere (?:artikel|informationen|themen|nachrichten|links|infos|beiträge|meldungen)\b.{0,60}$`, `verwandte (?:artikel|themen|beiträge)`, `das könnte (?:sie|dich|ihnen)`, `zum weiterlesen`, `weiterführende`, `(?:diesen )?(?:artikel|beitrag) (?:teilen|drucken|empfehlen)`, `teilen(?: auf| via|:|$)`, `zur (?:übersicht|startseite)`, `abonnieren`, `jetzt .{0,40}(?:abonnieren|anmelden|newsletter)`, `folgen sie`, `foto:`, `bild:`, `quelle:`, `schlagw(?:ort|örter)`, `kommentare?(?:\s|$).{0,20}$`,
	`(?:à )?lire (?:aussi|également)`, `sur le même (?:sujet|thème)`, `voir aussi`, `en savoir plus`, `partager`, `abonnez-vous`, `inscrivez-vous`, `crédit`,
	`(?:te )?puede(?:s)? interesar`, `lea? (?:también|más|además)`, `leer más`, `ver también`, `también te`, `más (?:noticias|información)\b.{0,40}$`, `compartir`, `suscríbe`, `síguenos`, `temas relacionados`, `noticias relacionadas`, `foto (?:de|:)`,
	`leia (?:também|mais)`, `veja (?:também|mais)`, `saiba mais`, `compartilhe`, `leggi anche`, `potrebbe interessarti`, `condividi`, `lees (?:ook|meer)`, `czytaj (?:też|także|więcej)`, `zobacz (?:też|także)`, `читайте также`, `смотрите также`, `подписывайтесь`,
}, "|") + `)`)

// withoutElsewhere drops lines that lead elsewhere, and the links that follow
// such a line or stand in a row.
func withoutElsewhere(blocks []block) []block {
	var out []block
	after := false // a line that leads elsewhere came before
	for i, b := range blocks {
		leads := len(b.text) < 160 && elsewhere.MatchString(b.text)
		switch {
		case leads:
			after = true
		case after && (b.share() > 0.5 || b.item && b.share() > 0.3):
		case b.share() > 0.8 && (b.item || inRow(blocks, i)) && b.links > 0:
		default:
			after = false
			out = append(out, b)
		}
	}
	return out
}

// inRow says whether a block of links has one like it beside it.
func inRow(blocks []block, i int) bool {
	return i > 0 && blocks[i-1].share() > 0.8 || i+1 < len(blocks) && blocks[i+1].share() > 0.8
}

// withoutHead drops headline, byline and date above the text.
func withoutHead(blocks []block, p *Page, o Options) []block {
	const most = 6
	var kept []block
	for i, b := range blocks {
		if i >= most || len(b.text) > 200 {
			return append(kept, blocks[i:]...)
		}
		if !b.isTitle(p) && !b.isByline(p, o) {
			kept = append(kept, b)
		}
	}
	return kept
}

func (b block) isTitle(p *Page) bool {
	return p.Title != "" && (strings.EqualFold(b.text, p.Title) || b.heading && shared(b.text, p.Title) > 0.9)
}

// isByline says whether a line holds but a name or a date.
func (b block) isByline(p *Page, o Options) bool {
	if len(b.text) > 120 {
		return false
	}
	rest := strings.ToLower(b.text)
	for _, a := range p.Authors {
		rest = strings.ReplaceAll(rest, strings.ToLower(a), "")
	}
	if len(rest) < len(b.text) && len(strings.Fields(rest)) <= 4 {
		return true
	}
	if strings.HasSuffix(b.text, ".") && len(b.text) > 40 {
		return false
	}
	_, dated := date.Parse(b.text, date.Options{Now: o.Now})
	return dated && len(strings.Fields(b.text)) <= 9
}

// withoutTail drops what is left hanging below the text: headings of lists
// that are gone, lone links.
func withoutTail(blocks []block) []block {
	for n := len(blocks); n > 1; n-- {
		b := blocks[n-1]
		if !b.heading && !(b.share() > 0.8 && len(b.text) < 160) {
			return blocks[:n]
		}
	}
	return blocks[:min(len(blocks), 1)]
}
