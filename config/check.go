package config

import (
	"bytes"
	_ "embed"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	defaultKeep = 365 * 24 * time.Hour
	defaultGap  = time.Second
)

// checker turns a decoded File into a Config.
type checker struct {
	*decoder
	vocabulary Vocabulary
	folder     string // relative paths start here
	file       *File
	at         *time.Location // the newsroom's
	warnings   []Problem
}

func (c *checker) warn(at place, format string, args ...any) {
	before := len(c.problems)
	c.problem(at, format, args...)
	c.warnings = append(c.warnings, c.problems[before])
	c.problems = c.problems[:before]
}

// ok says whether a value was given and decoded.
func (c *checker) ok(path string) bool {
	p, given := c.places[path]
	return given && !p.bad
}

// lacks says whether a key that a section needs is missing, and was not
// misspelt: then one problem is enough.
func (c *checker) lacks(section, key string) bool {
	return !c.given(join(section, key)) && !c.places[section].odd && !c.places[section].bad
}

// given says whether a key was written, rightly or not.
func (c *checker) given(path string) bool {
	_, ok := c.places[path]
	return ok
}

// shown is the value at path, quoted for a message as the file has it.
func (c *checker) shown(path string) string { return quote(c.places[path].raw) }

// reason is an error as part of a message, unless it could quote what a
// variable held.
func (c *checker) reason(path string, err error) string {
	if c.places[path].expanded {
		return ""
	}
	return ": " + clip(err.Error())
}

func (c *checker) config(f *File) *Config {
	cfg := &Config{}
	c.file = f
	if !c.ok("") {
		return cfg
	}
	c.zone(cfg, f)
	c.at = cfg.zone
	cfg.Storage = c.storage(f.Storage)
	cfg.Keep = c.keep(f.Keep)
	cfg.Sources = c.sources(f.Sources)
	cfg.Weapons = c.weaponsFiles(f.WeaponsFiles)
	cfg.Watchlists = c.watchlists(f.Watchlists)
	cfg.Routes = c.routes(f)
	cfg.Slack = c.slack(f.Slack)
	cfg.Email = c.email(f.Email)
	cfg.Webhook = c.webhook(f.Webhook)
	cfg.Teams = c.hooks("teams", f.Teams)
	cfg.Discord = c.hooks("discord", f.Discord)
	cfg.Telegram = c.telegram(f.Telegram)
	cfg.Ntfy = c.ntfy(f.Ntfy)
	cfg.Fetch = c.fetch(f.Fetch)
	cfg.Listen = c.listen(f.Listen)
	if path := join("", "operators"); c.ok(path) {
		cfg.Operators = c.channel(path, string(f.Operators))
	}
	c.notSetUp(cfg)
	return cfg
}

// zones lists the IANA names, for suggestions only.
//
//go:embed zones.txt
var zones string

func (c *checker) zone(cfg *Config, f *File) {
	cfg.Timezone, cfg.zone = "UTC", time.UTC
	path := join("", "timezone")
	if !c.ok(path) {
		if !c.given(path) && hasDigest(f.Routes) {
			c.warn(c.keys[join("", "routes")], "no timezone is set: digests go by UTC")
		}
		return
	}
	zone, err := time.LoadLocation(f.Timezone)
	if err != nil || f.Timezone == "Local" {
		c.fail(path, "unknown time zone %s%s", c.shown(path), c.unlessExpanded(path, nearestZone(f.Timezone)))
		return
	}
	cfg.Timezone, cfg.zone = f.Timezone, zone
}

func (c *checker) unlessExpanded(path, s string) string {
	if c.places[path].expanded {
		return ""
	}
	return s
}

func hasDigest(routes []FileRoute) bool {
	for _, r := range routes {
		if r.When != "" && r.When != "now" {
			return true
		}
	}
	return false
}

// nearestZone suggests a zone by its whole name or by its city.
func nearestZone(name string) string {
	all := strings.Fields(zones)
	byCity := map[string]string{}
	var cities []string
	for _, z := range all {
		city := z[strings.LastIndexByte(z, '/')+1:]
		if byCity[city] == "" {
			byCity[city] = z
			cities = append(cities, city)
		}
	}
	city := nearest(name, cities)
	if z := nearest(name, all); z != "" && !strings.EqualFold(city, name) {
		return `: did you mean "` + z + `"?`
	}
	if city == "" {
		city = nearest(name[strings.LastIndexByte(name, '/')+1:], cities)
	}
	if city != "" {
		return `: did you mean "` + byCity[city] + `"?`
	}
	return ": use an IANA name, for example Europe/London"
}

func (c *checker) storage(s string) string {
	path := join("", "storage")
	if !c.ok(path) {
		return filepath.Join(c.folder, "armswatch.db")
	}
	scheme, _, isURL := strings.Cut(s, "://")
	switch {
	case !isURL && strings.HasPrefix(s, "sqlite:"), strings.HasPrefix(scheme, "sqlite"), scheme == "file":
		c.fail(path, "for SQLite, storage is the path of the file, for example armswatch.db")
	case !isURL && filepath.IsAbs(s):
		return s
	case !isURL:
		return filepath.Join(c.folder, s)
	case scheme == "postgres" || scheme == "postgresql":
		if u, err := url.Parse(s); err != nil || (u.Host == "" && u.Query().Get("host") == "") {
			c.fail(path, "storage is no PostgreSQL URL: write postgres://user:password@host:5432/database")
		}
		return s
	default:
		c.fail(path, "storage is SQLite (a path) or PostgreSQL (postgres://...), not %s", quote(scheme))
	}
	return s
}

func (c *checker) duration(path, s string, absent time.Duration) time.Duration {
	if !c.ok(path) {
		return absent
	}
	d, err := ParseDuration(strings.TrimSpace(s))
	switch {
	case err != nil && c.places[path].expanded:
		c.fail(path, "%s is no duration", c.shown(path))
	case err != nil:
		c.fail(path, "%s %v", c.shown(path), err)
	}
	return d
}

// keep refuses what would forget articles while their feeds still list them.
func (c *checker) keep(s Duration) time.Duration {
	path := join("", "keep")
	d := c.duration(path, string(s), defaultKeep)
	if c.ok(path) && d < 24*time.Hour {
		c.fail(path, "keep must be a day at least: feeds list their articles for days")
	}
	return d
}

// gap is a duration that is never 0, see [Fetch.Gap].
func (c *checker) gap(path, s string, absent time.Duration) time.Duration {
	if !c.ok(path) {
		return absent
	}
	return max(c.duration(path, s, absent), time.Nanosecond)
}

func (c *checker) fetch(f FileFetch) Fetch {
	base := join("", "fetch")
	out := Fetch{UserAgent: f.UserAgent, Contact: f.Contact, Gap: c.gap(join(base, "gap"), string(f.Gap), defaultGap)}
	for _, key := range []string{"user_agent", "contact"} {
		if value := map[string]string{"user_agent": f.UserAgent, "contact": f.Contact}[key]; !headerValue(value) {
			c.fail(join(base, key), "%s goes into a header: one line of plain ASCII text", key)
		}
	}
	out.Chrome = c.chrome(join(base, "chrome"), f.Chrome)
	for i, s := range f.AllowNetworks {
		path := join(join(base, "allow_networks"), i)
		if !c.ok(path) {
			continue
		}
		prefix, err := parseNetwork(s)
		if err != nil {
			c.fail(path, "%s is no network: write an address with its length, for example 10.1.0.0/16", c.shown(path))
			continue
		}
		if prefix.Bits() == 0 {
			c.warn(c.places[path], "%s allows every private network", c.shown(path))
		}
		out.AllowNetworks = append(out.AllowNetworks, prefix)
	}
	return out
}

func (c *checker) chrome(path, s string) string {
	if !c.ok(path) {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "ws" && u.Scheme != "wss" {
		c.fail(path, "chrome is the address of Chrome's remote debugging, for example http://127.0.0.1:9222")
	}
	return s
}

func parseNetwork(s string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(s); err == nil && addr.Zone() == "" {
		return addr.Prefix(addr.BitLen())
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err
}

func (c *checker) listen(s string) string {
	path := join("", "listen")
	if !c.ok(path) {
		return ""
	}
	if _, err := strconv.ParseUint(s, 10, 16); err == nil {
		c.fail(path, "listen needs an address too: did you mean 127.0.0.1:%s?", s)
		return ""
	}
	host, port, err := net.SplitHostPort(s)
	if n, numErr := strconv.ParseUint(port, 10, 16); err != nil || numErr != nil || n == 0 {
		c.fail(path, "%s is no address to listen on: write host:port, for example 127.0.0.1:9090", c.shown(path))
		return ""
	}
	if addr, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !addr.IsLoopback()) {
		c.warn(c.places[path], "listen is open beyond this machine, and asks for no password")
	}
	return s
}

// maxSecret is the largest secret file read, in bytes.
const maxSecret = 64 << 10

// secret takes a secret from its key or from the file its _file key names.
func (c *checker) secret(base, key string, value Hidden, file string) Secret {
	direct, byFile := join(base, key), join(base, key+"_file")
	if c.given(direct) && c.given(byFile) {
		c.fail(byFile, "%s and %s_file are both given: keep one", key, key)
		return Secret{}
	}
	if !c.ok(byFile) {
		return NewSecret(string(value))
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(c.folder, file)
	}
	f, err := os.Open(file)
	if err != nil {
		c.fail(byFile, "%s_file: %s", key, fileError(c.places[byFile].raw, err))
		return Secret{}
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	text := string(bytes.TrimSpace(data))
	switch {
	case err != nil:
		c.fail(byFile, "%s_file: %s", key, fileError(c.places[byFile].raw, err))
	case len(data) > maxSecret:
		c.fail(byFile, "%s_file: %s is larger than 64 kB: that is no secret", key, quote(c.places[byFile].raw))
	case text == "":
		c.fail(byFile, "%s_file: %s is empty", key, quote(c.places[byFile].raw))
	}
	return NewSecret(text)
}

func fileError(name string, err error) string {
	switch {
	case os.IsNotExist(err):
		return quote(name) + " does not exist"
	case os.IsPermission(err):
		return quote(name) + " may not be read by this user"
	}
	return quote(name) + " cannot be read"
}

// notSetUp warns of what lets the program run and do nothing.
func (c *checker) notSetUp(cfg *Config) {
	at := place{}
	switch {
	case len(cfg.Sources) == 0:
		c.warn(at, "no sources: nothing is polled")
	case len(cfg.Watchlists) == 0:
		c.warn(at, "no watchlists: nothing is looked for")
	case len(cfg.Routes) == 0:
		c.warn(at, "no routes: nobody is told")
	}
}
