package markup

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Wall names what stands in front of a page instead of it.
type Wall string

// The walls. Each is reported and none evaded.
const (
	NoWall      Wall = ""
	LoginWall   Wall = "a login page"
	ConsentWall Wall = "a consent page"
	BotWall     Wall = "a check for robots"
)

// wallText is the length of visible text, in bytes, above which a page is taken
// to be itself: real walls say little.
const wallText = 2_500

// FindWall says whether a page is a wall: little text, and the marks of one.
func FindWall(doc *html.Node) Wall {
	title := ""
	if n := First(doc, atom.Title); n != nil && n.FirstChild != nil {
		title = strings.ToLower(Clean(n.FirstChild.Data))
	}
	text := strings.ToLower(strings.Join(Lines(doc), "\n"))
	if len(text) > wallText {
		return NoWall
	}
	switch {
	case containsAny(title, botTitles) || containsAny(text, botTexts):
		return BotWall
	case len(text) < wallText/2 && (hasPassword(doc) || containsAny(title, loginTitles)):
		return LoginWall
	case containsAny(title, consentTitles) || count(text, consentTexts) >= 3:
		return ConsentWall
	}
	return NoWall
}

var (
	botTitles = []string{
		"just a moment", "attention required!", "access denied", "are you a robot", "are you human", "pardon our interruption",
		"security check", "ddos-guard", "bot verification", "robot check", "human verification", "one more step",
		"vercel security checkpoint", "challenge validation", "request rejected",
	}
	botTexts = []string{
		"verify you are human", "verifying you are human", "verify that you are not a robot", "checking your browser before",
		"enable javascript and cookies to continue", "unusual traffic from your computer", "complete the captcha",
		"complete the security check", "incapsula incident id", "you have been blocked", "please confirm you are a human",
		"our systems have detected unusual",
	}
	loginTitles   = []string{"log in", "login", "sign in", "signin", "anmelden", "connexion", "iniciar sesi", "accedi", "войти"}
	consentTitles = []string{
		"before you continue", "we value your privacy", "your privacy choices", "cookie consent", "consent page",
		"yahoo is part of the yahoo family", "bevor sie fortfahren", "avant de continuer", "datenschutzeinstellungen",
	}
	consentTexts = []string{
		"cookies", "accept all", "reject all", "consent", "our partners", "privacy policy", "manage options",
		"alle akzeptieren", "tout accepter", "aceptar todo", "legitimate interest", "personal data",
	}
)

func containsAny(s string, parts []string) bool { return count(s, parts) > 0 }

func count(s string, parts []string) int {
	n := 0
	for _, p := range parts {
		if strings.Contains(s, p) {
			n++
		}
	}
	return n
}

func hasPassword(doc *html.Node) bool {
	for d := range doc.Descendants() {
		if d.DataAtom == atom.Input && strings.EqualFold(Attr(d, "type"), "password") {
			return true
		}
	}
	return false
}
