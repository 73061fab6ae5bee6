package config

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/armswatch/armswatch/monitor/news"
)

// schemes are the kinds of address, each with words people write for it.
var schemes = []string{"slack", "email mail", "webhook hook", "teams msteams", "discord", "telegram", "ntfy", "terminal console stdout"}

var slackID = regexp.MustCompile(`^[CGDU][A-Z0-9]{6,20}$`)

// isSlackName says whether s can be the name of a channel. (An expression for it is 80
// classes of letters long: 3 MB of memory.)
func isSlackName(s string) bool {
	name, ok := strings.CutPrefix(s, "#")
	n := utf8.RuneCountInString(name)
	return ok && n >= 1 && n <= 80 && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && r != '-' && !unicode.In(r, unicode.L, unicode.M, unicode.N)
	})
}

// channel checks an address and returns it in its one form.
func (c *checker) channel(path, s string) news.Channel {
	s = strings.TrimSpace(s)
	scheme, target, found := strings.Cut(s, ":")
	switch {
	case s == "terminal":
		return news.Channel(s)
	case scheme == "slack" && found:
		c.needs(path, "slack", c.file.Slack != nil)
		return c.slackChannel(path, target)
	case (scheme == "email" || scheme == "mailto") && found:
		c.needs(path, "email", c.file.Email != nil)
		return c.mailChannel(path, scheme, target)
	case scheme == "webhook" && found:
		return c.hookChannel(path, target)
	case found && slices.Contains([]string{"teams", "discord", "telegram", "ntfy"}, scheme):
		return c.smallChannel(path, scheme, target)
	}
	c.fail(path, "%s is no address%s", c.shown(path), c.unlessExpanded(path, addressHint(s, scheme)))
	return ""
}

// needs warns that a channel has no section of its own: its messages print.
func (c *checker) needs(path, section string, given bool) {
	if !given {
		c.warn(c.places[path], "no %s section: what goes to %s prints to the terminal", section, c.shown(path))
	}
}

func addressHint(s, scheme string) string {
	switch {
	case strings.HasPrefix(s, "#"):
		return `: did you mean "slack:` + clip(s) + `"?`
	case strings.HasPrefix(s, "https://"), strings.HasPrefix(s, "http://"):
		return ": did you mean webhook:https://...?"
	case !strings.Contains(s, ":") && strings.Contains(s, "@"):
		return `: did you mean "email:` + clip(s) + `"?`
	}
	for _, known := range schemes {
		if nearest(scheme, strings.Fields(known)) == "" {
			continue
		}
		right, _, _ := strings.Cut(known, " ")
		if right != "terminal" {
			right += s[len(scheme):]
		}
		return `: did you mean "` + clip(right) + `"?`
	}
	return ": write slack:#channel, email:name@example.org, webhook:https://..., teams:NAME, discord:NAME, telegram:@channel, ntfy:TOPIC or terminal"
}

func (c *checker) slackChannel(path, target string) news.Channel {
	lower := strings.ToLower(target)
	switch {
	case slackID.MatchString(target):
	case isSlackName(target) && target == lower:
	case isSlackName("#"+strings.TrimPrefix(lower, "#")) && !c.places[path].expanded:
		c.fail(path, `%s is no Slack channel: did you mean "slack:#%s"?`, c.shown(path), strings.TrimPrefix(lower, "#"))
	default:
		c.fail(path, "%s is no Slack channel: write slack:#name, or slack: with the channel's id", c.shown(path))
	}
	return news.Channel("slack:" + target)
}

func (c *checker) mailChannel(path, scheme, target string) news.Channel {
	a, err := mail.ParseAddress(target)
	switch {
	case scheme == "mailto":
		c.fail(path, `%s is no address: did you mean "email:" instead of "mailto:"?`, c.shown(path))
	case err != nil || a.Name != "" || strings.ContainsAny(target, "<> \t"):
		c.fail(path, "%s is no mail address: write email:name@example.org", c.shown(path))
	case !strings.Contains(a.Address[strings.LastIndexByte(a.Address, '@')+1:], ".") && !strings.HasSuffix(a.Address, "@localhost"):
		c.warn(c.places[path], "the mail address %s names no domain with a dot", c.shown(path))
	}
	return news.Channel("email:" + target)
}

func (c *checker) hookChannel(path, target string) news.Channel {
	u, err := url.Parse(target)
	switch {
	case c.places[path].expanded:
		c.fail(path, "a webhook's address is shown and stored, so it may not hold a ${VARIABLE}: send a secret by webhook.headers, or sign with webhook.secret")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		c.fail(path, "%s is no webhook: write webhook:https://example.org/hook", c.shown(path))
	case u.User != nil:
		c.fail(path, "credentials in a URL are refused: send them by webhook.headers")
	}
	return news.Channel("webhook:" + target)
}

const slackAPI = "https://slack.com/api/"

func (c *checker) slack(f *FileSlack) *Slack {
	base := join("", "slack")
	if f == nil || c.places[base].bad {
		return nil
	}
	s := &Slack{
		Token: c.secret(base, "token", f.Token, f.TokenFile), AppToken: c.secret(base, "app_token", f.AppToken, f.AppTokenFile),
		Webhook: c.secret(base, "webhook", f.Webhook, f.WebhookFile), APIURL: slackAPI,
	}
	token := c.given(join(base, "token")) || c.given(join(base, "token_file"))
	app := c.given(join(base, "app_token")) || c.given(join(base, "app_token_file"))
	hook := c.given(join(base, "webhook")) || c.given(join(base, "webhook_file"))
	switch {
	case token && hook:
		c.fail(base, "slack has a token and a webhook: keep the token, which can also thread and update")
	case !token && !hook && c.lacks(base, "token"):
		c.fail(base, "slack needs token: ${SLACK_BOT_TOKEN}, or token_file")
	case hook && app:
		c.fail(base, "an incoming webhook cannot have buttons: slack.app_token needs a token beside it")
	case hook:
		c.slackHook(base, s)
	}
	if path := join(base, "api_url"); c.ok(path) {
		c.webAddress(path, f.APIURL)
		s.APIURL = strings.TrimSuffix(f.APIURL, "/") + "/"
	}
	if v := s.Token.Reveal(); s.APIURL == slackAPI && v != "" && !strings.HasPrefix(v, "xoxb-") {
		c.warn(c.places[base], "the Slack token does not begin with xoxb-: a bot token is needed")
	}
	if v := s.AppToken.Reveal(); s.APIURL == slackAPI && v != "" && !strings.HasPrefix(v, "xapp-") {
		c.warn(c.places[base], "slack.app_token does not begin with xapp-: an app-level token is needed")
	}
	return s
}

func (c *checker) slackHook(base string, s *Slack) {
	u, err := url.Parse(s.Webhook.Reveal())
	if !s.Webhook.IsZero() && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		c.fail(base, "slack's webhook is no URL: it begins with https://hooks.slack.com/")
		return
	}
	c.warn(c.places[base], "an incoming webhook posts to its own channel, and cannot thread or update: a bot token can")
}

func (c *checker) email(f *FileEmail) *Email {
	base := join("", "email")
	if f == nil || c.places[base].bad {
		return nil
	}
	e := &Email{
		From: c.mailbox(base, "from", f.From), ReplyTo: c.mailbox(base, "reply_to", f.ReplyTo), Username: f.Username,
		Password: c.secret(base, "password", f.Password, f.PasswordFile), Plain: f.Plain,
	}
	for _, key := range []string{"smtp", "from"} {
		if c.lacks(base, key) {
			c.problem(c.places[base], "email needs %s", key)
		}
	}
	if path := join(base, "smtp"); c.ok(path) {
		e.SMTP = c.mailServer(path, f.SMTP)
	}
	if withUser, withPassword := f.Username != "", c.given(join(base, "password")) || c.given(join(base, "password_file")); withUser != withPassword {
		c.fail(base, "email needs username and password (or password_file) together")
	}
	c.mailHeaders(base, f, e)
	return e
}

// mailHeaders checks what goes into the headers of mails beside the addresses.
func (c *checker) mailHeaders(base string, f *FileEmail, e *Email) {
	if path := join(base, "unsubscribe"); c.ok(path) {
		u, err := url.Parse(f.Unsubscribe)
		if err != nil || u.Scheme != "https" && u.Scheme != "mailto" || u.Host == "" && u.Opaque == "" || strings.ContainsAny(f.Unsubscribe, "<> ") {
			c.fail(path, "%s is no https: or mailto: URL", c.shown(path))
		}
		e.Unsubscribe = f.Unsubscribe
	}
	if (f.DKIMSelector != "") != (f.DKIMKeyFile != "") {
		c.fail(base, "email needs dkim_selector and dkim_key_file together")
		return
	}
	if path := join(base, "dkim_selector"); c.ok(path) {
		if !dkimSelector.MatchString(f.DKIMSelector) {
			c.fail(path, "%s is no DKIM selector: letters, digits, hyphens and dots", c.shown(path))
		}
		e.DKIMSelector, e.DKIMKey = f.DKIMSelector, c.secret(base, "dkim_key", "", f.DKIMKeyFile)
		c.signingKey(join(base, "dkim_key_file"), e.DKIMKey)
	}
}

var dkimSelector = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?$`)

// signingKey checks that a file that was read holds a private key.
func (c *checker) signingKey(path string, key Secret) {
	if key.IsZero() {
		return // said already
	}
	if _, err := ParseSigningKey(key.Reveal()); err != nil {
		c.fail(path, "dkim_key_file: %s", err)
	}
}

// ParseSigningKey reads an RSA or Ed25519 private key in PEM, as PKCS #8 or
// PKCS #1. The error says nothing of the key.
func ParseSigningKey(text string) (crypto.Signer, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("the file holds no key in PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("the file holds no private key that can be read: PKCS #8 or PKCS #1, without a password")
	}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return key, nil
	case ed25519.PrivateKey:
		return key, nil
	}
	return nil, errors.New("DKIM takes an RSA or Ed25519 key")
}

// mailServer checks the SMTP URL and fills in the port.
func (c *checker) mailServer(path, s string) *url.URL {
	u, err := url.Parse(s)
	switch {
	case err != nil || !strings.Contains(s, "://"):
		c.fail(path, "%s is no mail server: write smtp://host:587 (STARTTLS) or smtps://host:465 (TLS)", c.shown(path))
		return nil
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		c.fail(path, "smtp begins with smtp:// (STARTTLS) or smtps:// (TLS), not %s", c.unlessExpanded(path, u.Scheme+"://"))
	case u.User != nil:
		c.fail(path, "credentials in a URL are refused: use username and password_file")
	case u.Hostname() == "":
		c.fail(path, "smtp names no host")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "":
		c.fail(path, "smtp is a host and a port, nothing after it")
	}
	if u.Port() == "" {
		u.Host += map[string]string{"smtp": ":587", "smtps": ":465"}[u.Scheme]
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}
}

func (c *checker) mailbox(base, key, s string) string {
	path := join(base, key)
	if !c.ok(path) {
		return ""
	}
	a, err := mail.ParseAddress(s)
	if err != nil || strings.ContainsAny(s, "\r\n") {
		c.fail(path, `%s is no mail address: write "armswatch <armswatch@example.org>"`, c.shown(path))
		return ""
	}
	return a.String()
}

func (c *checker) webhook(f *FileWebhook) *Webhook {
	base := join("", "webhook")
	if f == nil || c.places[base].bad {
		return nil
	}
	w := &Webhook{Secret: c.secret(base, "secret", f.Secret, f.SecretFile), Headers: map[string]Secret{}}
	c.headers(join(base, "headers"), f.Headers)
	for name, value := range f.Headers {
		w.Headers[name] = NewSecret(string(value))
	}
	return w
}
