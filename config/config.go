// Package config turns the YAML file people write into typed, checked values.
//
// It promises that a file with anything wrong is refused whole, with every
// problem at once: each with file, line and column, the reason, and the nearest
// right spelling. Secrets come from the environment or from files and print as
// <secret>. No message quotes a secret, nor anything that came out of a
// variable.
//
// The package reads the config file, the secret files it names, and the
// environment; it may not touch the network. What a weapon, a category or a
// phrase is, it asks a [Vocabulary], since it may not import the matchers.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"time"
	_ "time/tzdata" // a config must not be right on one machine and wrong on another

	"github.com/armswatch/armswatch/monitor/news"
)

// Config is a checked config.
type Config struct {
	Path       string // of the file, as given
	Timezone   string // IANA name
	Storage    string // path of a SQLite file, or postgres://...: may hold a password, see [Config.StorageName]
	Keep       time.Duration
	Sources    []news.Source
	Watchlists []Watchlist   // in the order of the file
	Weapons    []WeaponsFile // of the user's own, in the order of the file
	Routes     []news.Route
	Slack      *Slack            // nil: not configured
	Email      *Email            // nil: not configured
	Webhook    *Webhook          // nil: not configured
	Teams      map[string]Secret // webhooks by name
	Discord    map[string]Secret // webhooks by name
	Telegram   *Telegram         // nil: not configured
	Ntfy       *Ntfy             // nil: not configured
	Fetch      Fetch
	Listen     string       // host:port; "" for none
	Operators  news.Channel // "" for nowhere

	// Warnings are what is allowed but hardly meant, as file:line:col: text.
	Warnings []string

	zone *time.Location
}

// Zone is the newsroom's time zone.
func (c *Config) Zone() *time.Location { return c.zone }

// StorageName is Storage fit to be shown: without its password.
func (c *Config) StorageName() string {
	if u, err := url.Parse(c.Storage); err == nil && u.User != nil {
		return u.Redacted()
	}
	return c.Storage
}

// Watchlist is a named list of rules.
type Watchlist struct {
	Name                         string
	Weapons, Categories, Phrases []string
}

// WeaponsFile is a file of weapon systems, as it was when it was checked.
type WeaponsFile struct {
	Path string
	Data []byte
}

// Slack is how to reach Slack. Exactly one of Token and Webhook is set.
type Slack struct {
	Token    Secret
	AppToken Secret // for Socket Mode; zero for none, and with a Webhook
	Webhook  Secret // URL of an incoming webhook
	APIURL   string // ends in a slash
}

// Email is how to send mail.
type Email struct {
	SMTP     *url.URL // scheme smtp (STARTTLS) or smtps (TLS), host with port, nothing else
	From     string   // RFC 5322 mailbox
	ReplyTo  string   // RFC 5322 mailbox; "" for none
	Username string
	Password Secret
	Plain    bool // a connection without TLS is allowed

	Unsubscribe  string // https: or mailto: URL; "" for none
	DKIMSelector string // "" for none; then DKIMKey is empty
	DKIMKey      Secret // PEM
}

// Webhook is how webhooks are signed.
type Webhook struct {
	Secret  Secret
	Headers map[string]Secret
}

// Telegram is how to reach Telegram.
type Telegram struct {
	Token  Secret
	APIURL string // "" for Telegram's own
}

// Ntfy is how to reach an ntfy server.
type Ntfy struct {
	Server string // "" for https://ntfy.sh
	Token  Secret // zero for none
}

// Fetch is how pages and feeds are fetched.
type Fetch struct {
	UserAgent     string // "" for the default
	Contact       string
	AllowNetworks []netip.Prefix
	Chrome        string // http:// or ws:// URL; "" for none
	// Gap is the least time between two requests to one host. It is never 0:
	// a gap of 0s in the file becomes a nanosecond, for elsewhere 0 means "the default".
	Gap time.Duration
}

// Vocabulary answers what only the matchers know. A nil function accepts
// everything. The error's text is shown and should name the nearest right
// spelling; that of Phrase may have a method Column() int, the byte offset in the
// phrase at which it is wrong.
//
// Selector checks CSS selectors in the same way; nil: only that they are CSS.
//
// AddWeapons takes in a file of weapon systems, before anything else is asked.
// Its error names the place in the file.
type Vocabulary struct {
	Weapon, Category, Phrase, Selector, Ignore func(string) error

	AddWeapons func(path string, data []byte) error
}

// Load reads and checks the file at path with the process's environment. Its
// error is a *[Problems].
func Load(path string, v Vocabulary) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &Problems{[]Problem{{File: path, Msg: readError(err)}}}
	}
	return Parse(path, data, os.Getenv, v)
}

func readError(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file: write one, or name it with --config (`armswatch demo` needs none)"
	case errors.Is(err, fs.ErrPermission):
		return "may not be read by this user"
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	}
	return fmt.Sprintf("cannot be read: %v", err)
}

// Parse checks data, the content of the file called name; relative paths in it
// start at name's folder. Its error is a *[Problems].
func Parse(name string, data []byte, getenv func(string) string, v Vocabulary) (*Config, error) {
	root, err := parseYAML(data)
	if se, ok := errors.AsType[*syntaxError](err); ok {
		return nil, &Problems{[]Problem{{File: name, Line: se.line, Col: se.col, Msg: se.msg}}}
	}
	d := &decoder{name: name, data: bytes.TrimPrefix(data, []byte("\ufeff")), getenv: getenv, places: map[string]place{}, keys: map[string]place{}}
	var file File
	d.value(root, reflect.ValueOf(&file).Elem(), "", "the config")
	if d.values > maxValues {
		d.problem(place{}, "aliases make more than half a million values of this file")
		return nil, &Problems{d.problems}
	}
	c := &checker{decoder: d, vocabulary: v, folder: filepath.Dir(name)}
	cfg := c.config(&file)
	if len(d.problems) > 0 {
		return nil, &Problems{sortProblems(d.problems)}
	}
	cfg.Path = name
	for _, w := range sortProblems(c.warnings) {
		cfg.Warnings = append(cfg.Warnings, w.String())
	}
	return cfg, nil
}
