package config

import (
	"maps"
	"net/url"
	"regexp"
	"slices"

	"github.com/armswatch/armswatch/monitor/news"
)

var (
	telegramChat = regexp.MustCompile(`^(@[A-Za-z][A-Za-z0-9_]{3,31}|-?[0-9]{4,20})$`)
	ntfyTopic    = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// smallChannel checks an address of one of the small services.
func (c *checker) smallChannel(path, scheme, target string) news.Channel {
	switch scheme {
	case "teams":
		c.hookName(path, scheme, target, c.file.Teams)
	case "discord":
		c.hookName(path, scheme, target, c.file.Discord)
	case "telegram":
		c.needs(path, "telegram", c.file.Telegram != nil)
		if !telegramChat.MatchString(target) {
			c.fail(path, "%s is no Telegram chat: write telegram:@channel, or telegram: with the chat's number", c.shown(path))
		}
	case "ntfy":
		c.needs(path, "ntfy", c.file.Ntfy != nil)
		if !ntfyTopic.MatchString(target) {
			c.fail(path, "%s is no ntfy topic: write letters, digits, - and _, at most 64", c.shown(path))
		}
	}
	return news.Channel(scheme + ":" + target)
}

// hookName checks that the section of a service has a webhook of that name.
func (c *checker) hookName(path, scheme, name string, hooks map[string]Hidden) {
	if c.needs(path, scheme, hooks != nil); hooks == nil || c.places[join("", scheme)].bad {
		return
	}
	if _, known := hooks[name]; !known {
		c.fail(path, "the section %s has no webhook called %s%s", scheme, c.shown(path),
			c.unlessExpanded(path, didYouMean(name, slices.Sorted(maps.Keys(hooks)))))
	}
}

// hooks checks the webhooks of a service, which are secrets.
func (c *checker) hooks(section string, hooks map[string]Hidden) map[string]Secret {
	out := map[string]Secret{}
	for name, value := range hooks {
		path := join(join("", section), name)
		c.nameIsPlain(path, name)
		if u, err := url.Parse(string(value)); c.ok(path) && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			c.fail(path, "this webhook of %s is no URL: it begins with https://", section)
		}
		out[name] = NewSecret(string(value))
	}
	return out
}

func (c *checker) telegram(f *FileTelegram) *Telegram {
	base := join("", "telegram")
	if f == nil || c.places[base].bad {
		return nil
	}
	t := &Telegram{Token: c.secret(base, "token", f.Token, f.TokenFile), APIURL: f.APIURL}
	if !c.given(join(base, "token_file")) && c.lacks(base, "token") {
		c.fail(base, "telegram needs token: ${TELEGRAM_TOKEN}, or token_file")
	}
	if path := join(base, "api_url"); c.ok(path) {
		c.webAddress(path, f.APIURL)
	}
	return t
}

func (c *checker) ntfy(f *FileNtfy) *Ntfy {
	base := join("", "ntfy")
	if f == nil || c.places[base].bad {
		return nil
	}
	if path := join(base, "server"); c.ok(path) {
		c.webAddress(path, f.Server)
	}
	return &Ntfy{Server: f.Server, Token: c.secret(base, "token", f.Token, f.TokenFile)}
}
