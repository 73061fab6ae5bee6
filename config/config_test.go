package config

import (
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/armswatch/armswatch/monitor/news"
)

var update = flag.Bool("update", false, "write the golden and generated files")

// example is the config of docs/design.md.
const example = `timezone: Europe/London
storage: armswatch.db                 # or postgres://...
sources:
  - name: Amnesty International
    feed: https://www.amnesty.org/en/feed/
  - name: Conflict Armament Research
    page: https://www.conflictarm.com/publications/
    items: article.publication        # CSS; title, link and date may be given too
    every: 1h                         # or schedule: "*/15 6-22 * * *"
watchlists:
  us-made:
    weapons: [M1A1 Abrams, F-16, FIM-92 Stinger, MIM-23 Hawk]
  anti-tank:
    categories: [anti-tank-guided-missile]
  reports:
    phrases:
      - '"<#>-page report"'
      - '(captured OR seized OR looted) NEAR/8 (stockpile* OR depot* OR arsenal*)'
      - '"arms transfers" AND publisher:"Amnesty International"'
routes:
  - to: slack:#arms-desk
    watchlists: [us-made, anti-tank]
    when: now
  - to: email:desk@example.org
    when: "0 7 * * 1-5"               # a digest, by cron, in the newsroom's time zone
slack:
  token: ${SLACK_BOT_TOKEN}           # or token_file: /run/secrets/slack
email:
  smtp: smtp://mail.example.org:587
  from: armswatch <armswatch@example.org>
`

func env(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

type wrongAt struct{ column int }

func (e wrongAt) Error() string { return `unexpected "?"` }
func (e wrongAt) Column() int   { return e.column }

// words is a small vocabulary of the tests' own.
var words = Vocabulary{
	Weapon:   known("weapon", "F-16", "M1A1 Abrams", "FIM-92 Stinger", "MIM-23 Hawk", "9M133 Kornet", "Kornet"),
	Category: known("category", "anti-tank-guided-missile", "manpads"),
	AddWeapons: func(path string, data []byte) error {
		if strings.HasPrefix(string(data), "systems:") {
			return nil
		}
		return fmt.Errorf("%s:1:1: no systems in this file", filepath.Base(path))
	},
	Phrase: func(s string) error {
		if i := strings.IndexByte(s, '?'); i >= 0 {
			return wrongAt{i}
		}
		return nil
	},
	Ignore: func(s string) error {
		if i := strings.IndexByte(s, '?'); i >= 0 {
			return wrongAt{i}
		}
		return nil
	},
}

func known(what string, names ...string) func(string) error {
	return func(s string) error {
		if slices.Contains(names, s) {
			return nil
		}
		return fmt.Errorf("unknown %s %q%s", what, s, didYouMean(s, names))
	}
}

func parse(t *testing.T, text string, values map[string]string) *Config {
	t.Helper()
	cfg, err := Parse("dir/armswatch.yaml", []byte(text), env(values), words)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestExampleOfTheDesign(t *testing.T) {
	cfg := parse(t, example, map[string]string{"SLACK_BOT_TOKEN": "xoxb-1"})
	want := []news.Source{
		{Name: "Amnesty International", Kind: news.Feed, URL: "https://www.amnesty.org/en/feed/"},
		{
			Name: "Conflict Armament Research", Kind: news.Page, URL: "https://www.conflictarm.com/publications/",
			Items: "article.publication", Every: time.Hour,
		},
	}
	if d := cmp.Diff(want, cfg.Sources); d != "" {
		t.Error(d)
	}
	routes := []news.Route{
		{Name: "slack:#arms-desk now", Channel: "slack:#arms-desk", Watchlists: []string{"us-made", "anti-tank"}, Now: true, MaxPerHour: 60},
		{Name: "email:desk@example.org 0 7 * * 1-5", Channel: "email:desk@example.org", Schedule: "0 7 * * 1-5"},
	}
	if d := cmp.Diff(routes, cfg.Routes); d != "" {
		t.Error(d)
	}
	var lists []string
	for _, w := range cfg.Watchlists {
		lists = append(lists, w.Name)
	}
	if d := cmp.Diff([]string{"us-made", "anti-tank", "reports"}, lists); d != "" {
		t.Errorf("watchlists in the order of the file: %s", d)
	}
	switch {
	case cfg.Zone().String() != "Europe/London", cfg.Timezone != "Europe/London":
		t.Errorf("zone %v", cfg.Zone())
	case cfg.Storage != filepath.Join("dir", "armswatch.db"):
		t.Errorf("storage %q is not beside the config", cfg.Storage)
	case cfg.Slack.Token.Reveal() != "xoxb-1", cfg.Slack.APIURL != "https://slack.com/api/":
		t.Errorf("slack %+v", cfg.Slack)
	case cfg.Email.SMTP.String() != "smtp://mail.example.org:587", cfg.Email.From != `"armswatch" <armswatch@example.org>`:
		t.Errorf("email %+v", cfg.Email)
	case cfg.Keep != 365*24*time.Hour, cfg.Fetch.Gap != time.Second:
		t.Errorf("defaults: keep %v, gap %v", cfg.Keep, cfg.Fetch.Gap)
	}
}

func TestEveryKey(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "hook-key"), "hook-secret\n")
	text := `timezone: America/New_York
storage: postgres://armswatch:${PGPASSWORD}@db/armswatch
keep: 90d
listen: 127.0.0.1:9090
operators: slack:#newsbot
fetch: {user_agent: "watch/1", contact: desk@example.org, gap: 0s, chrome: "http://127.0.0.1:9222", allow_networks: [10.1.2.3/16, 127.0.0.1, "fd00::/8"]}
sources:
  - {name: "1984", feed: "https://a.example/", schedule: "@daily", backfill: 2d, gap: 1h30m, headers: {Authorization: "Bearer ${KEY}"}, content: .body, render: chrome}
  - {name: B, page: "https://b.example/", items: li, title: h3, link: a, date: time, every: 90s}
  - {name: C, sitemap: "https://c.example/news.xml", every: auto}
  - {name: D, watch: "https://d.example/", content: "#main"}
watchlists: {us: {weapons: [F-16]}}
routes:
  - {name: desk, to: ["slack:C0123ABCD", "webhook:https://hooks.example/x", terminal], watchlists: us, when: "@weekly", send_empty: yes}
slack: {webhook: "https://hooks.slack.com/services/${KEY}", api_url: "http://127.0.0.1:1/api"}
email: {smtp: smtps://mail.example.org, from: a@example.org, reply_to: b@example.org, username: u, password: "${KEY}", plain: true}
webhook: {secret_file: hook-key, headers: {X-Key: "${KEY}"}}
`
	cfg, err := Parse(filepath.Join(dir, "a.yaml"), []byte(text), env(map[string]string{"PGPASSWORD": "p", "KEY": "[evil: &x"}), words)
	if err != nil {
		t.Fatal(err)
	}
	want := []news.Source{
		{
			Name: "1984", Kind: news.Feed, URL: "https://a.example/", Schedule: "@daily", Backfill: 48 * time.Hour, Gap: 90 * time.Minute,
			Headers: map[string]string{"Authorization": "Bearer [evil: &x"}, Content: ".body", Render: true,
		},
		{Name: "B", Kind: news.Page, URL: "https://b.example/", Items: "li", Title: "h3", Link: "a", Date: "time", Every: 90 * time.Second},
		{Name: "C", Kind: news.Sitemap, URL: "https://c.example/news.xml"},
		{Name: "D", Kind: news.Watch, URL: "https://d.example/", Content: "#main"},
	}
	if d := cmp.Diff(want, cfg.Sources); d != "" {
		t.Error(d)
	}
	var names []string
	for _, r := range cfg.Routes {
		names = append(names, r.Name)
	}
	if d := cmp.Diff([]string{"desk to slack:C0123ABCD", "desk to webhook:https://hooks.example/x", "desk to terminal"}, names); d != "" {
		t.Error(d)
	}
	networks := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("fd00::/8")}
	if !reflect.DeepEqual(cfg.Fetch.AllowNetworks, networks) {
		t.Errorf("networks %v", cfg.Fetch.AllowNetworks)
	}
	switch {
	case cfg.Fetch.Chrome != "http://127.0.0.1:9222":
		t.Errorf("chrome %q", cfg.Fetch.Chrome)
	case cfg.Fetch.Gap != time.Nanosecond:
		t.Errorf("gap 0s became %v", cfg.Fetch.Gap)
	case cfg.StorageName() != "postgres://armswatch:xxxxx@db/armswatch":
		t.Errorf("StorageName %q", cfg.StorageName())
	case cfg.Slack.Webhook.Reveal() != "https://hooks.slack.com/services/[evil: &x", cfg.Slack.APIURL != "http://127.0.0.1:1/api/":
		t.Errorf("slack %+v", cfg.Slack)
	case cfg.Email.SMTP.Host != "mail.example.org:465", cfg.Email.Password.Reveal() != "[evil: &x", !cfg.Email.Plain:
		t.Errorf("email %+v", cfg.Email)
	case cfg.Webhook.Secret.Reveal() != "hook-secret", cfg.Webhook.Headers["X-Key"].Reveal() != "[evil: &x":
		t.Errorf("webhook %+v", cfg.Webhook)
	case cfg.Operators != "slack:#newsbot", cfg.Keep != 90*24*time.Hour, cfg.Listen != "127.0.0.1:9090":
		t.Errorf("%+v", cfg)
	}
}

func TestWeaponsFilesAreReadAndHandedOn(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "own.yaml"), "systems: []")
	text := "weapons_files: own.yaml\n"
	cfg, err := Parse(filepath.Join(dir, "armswatch.yaml"), []byte(text), env(nil), words)
	if err != nil {
		t.Fatal(err)
	}
	want := []WeaponsFile{{Path: filepath.Join(dir, "own.yaml"), Data: []byte("systems: []")}}
	if d := cmp.Diff(want, cfg.Weapons); d != "" {
		t.Error(d)
	}
}

// TestBad reads one bad file per rule. What the variable FEED_KEY holds stands
// for a secret, and so does hunter2: neither may appear in a message.
func TestBad(t *testing.T) {
	files, _ := filepath.Glob("testdata/bad/*.yaml")
	if len(files) < 50 {
		t.Fatalf("found %d files", len(files))
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse(path, data, env(map[string]string{"FEED_KEY": "leaked[["}), words)
			if _, ok := errors.AsType[*Problems](err); !ok {
				t.Fatalf("not refused as *Problems: %v", err)
			}
			got := strings.ReplaceAll(err.Error(), "testdata/bad/", "") + "\n"
			if strings.Contains(got, "leaked") || strings.Contains(got, "hunter2") {
				t.Errorf("a message shows a secret:\n%s", got)
			}
			golden(t, strings.TrimSuffix(path, ".yaml")+".golden", got)
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		write(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s is not what came out (-want +got); -update writes it:\n%s", path, d)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWarnings(t *testing.T) {
	cfg := parse(t, `sources:
  - {name: A, feed: "http://a.example/", every: 10s, headers: {X-Key: "${KEY}"}}
  - {name: B, feed: "http://a.example/"}
watchlists:
  us: {weapons: [F-16, F-16]}
  them: {weapons: [Kornet]}
routes:
  - {to: "slack:#a", watchlists: [us], send_empty: true}
  - {to: "email:desk@example", watchlists: [us], when: "@daily"}
listen: ":9090"
operators: slack:#newsbot
fetch: {allow_networks: [0.0.0.0/0]}
`, map[string]string{"KEY": "k"})
	golden(t, "testdata/warnings.golden", strings.ReplaceAll(strings.Join(cfg.Warnings, "\n"), "dir/", "")+"\n")

	idle := parse(t, "timezone: UTC\nwatchlists: {us: {weapons: [F-16]}}\nroutes: [{to: terminal}]", nil)
	golden(t, "testdata/warnings-idle.golden", strings.ReplaceAll(strings.Join(idle.Warnings, "\n"), "dir/", "")+"\n")
}

func TestGoodFileGivesNoWarning(t *testing.T) {
	cfg := parse(t, strings.Replace(example, `    when: "0 7`, "    watchlists: [us-made, anti-tank, reports]\n    when: \"0 7", 1), map[string]string{"SLACK_BOT_TOKEN": "xoxb-1"})
	if len(cfg.Warnings) > 0 {
		t.Errorf("%q", cfg.Warnings)
	}
}

func TestBOMAndWindowsLines(t *testing.T) {
	cfg := parse(t, "\ufefftimezone: Europe/London\r\nkeep: 3d\r\n", nil)
	if cfg.Timezone != "Europe/London" || cfg.Keep != 72*time.Hour {
		t.Errorf("%+v", cfg)
	}
}

func TestSelectorsOfTheVocabulary(t *testing.T) {
	v := Vocabulary{Selector: func(s string) error { return fmt.Errorf("wrapped: %w", wrongAt{strings.IndexByte(s, '?')}) }}
	_, err := Parse("a.yaml", []byte("sources:\n  - {name: A, page: 'https://a.example/', items: 'li ?'}\n"), env(nil), v)
	if want := `a.yaml:2:54: wrapped: unexpected "?"`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestDollarEscape(t *testing.T) {
	cfg := parse(t, `fetch: {user_agent: "a $${B} $5 ${C}"}`, map[string]string{"C": "${D}"})
	if cfg.Fetch.UserAgent != "a ${B} $5 ${D}" {
		t.Errorf("%q: what a variable holds must stay as it is", cfg.Fetch.UserAgent)
	}
}

func TestAnchorsMayBeUsed(t *testing.T) {
	cfg := parse(t, "watchlists:\n  a: {weapons: &w [F-16]}\n  b: {weapons: *w}\n", nil)
	if d := cmp.Diff([]string{"F-16"}, cfg.Watchlists[1].Weapons); d != "" {
		t.Error(d)
	}
}

func TestAliasBombIsRefusedSoon(t *testing.T) {
	text := "watchlists:\n  a0: &a {phrases: &p [" + strings.Repeat("x,", 20000) + "]}\n"
	for i := range 2000 {
		text += fmt.Sprintf("  b%d: *a\n", i)
	}
	start := time.Now()
	_, err := Parse("bomb.yaml", []byte(text), env(nil), Vocabulary{})
	if err == nil || !strings.Contains(err.Error(), "million") {
		t.Errorf("%.200v", err)
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	}
}

func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(dir, "none.yaml"): "no such file",
		dir:                             "cannot be read",
	} {
		_, err := Load(path, words)
		var problems *Problems
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("Load(%s) = %v, want %q", path, err, want)
		}
	}
}

func TestManyProblemsAreCounted(t *testing.T) {
	_, err := Parse("a.yaml", []byte("sources:\n"+strings.Repeat("  - {name: A, feed: x.example}\n", 300)), env(nil), words)
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != maxShown+1 || !strings.Contains(lines[maxShown], "and 499 more") {
		t.Errorf("%d lines, last %q", len(lines), lines[len(lines)-1])
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "1h30m": 90 * time.Minute, "14d": 14 * 24 * time.Hour, "2w": 14 * 24 * time.Hour,
		"1.5h": 90 * time.Minute, "0": 0, "0s": 0, "250ms": 250 * time.Millisecond, "1d12h": 36 * time.Hour,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "h", "1", "1x", "1..2h", "-1h", "1h ", "99999999999999999999w", "1e9h", "٣h"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("ParseDuration(%q) = %v, want an error", text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/bad/*.yaml")
	for _, path := range files {
		data, _ := os.ReadFile(path)
		f.Add(data)
	}
	f.Add([]byte(example))
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		cfg, err := Parse("a.yaml", data, env(map[string]string{"SLACK_BOT_TOKEN": "hunter2-hunter2"}), words)
		if took := time.Since(start); took > 3*time.Second {
			t.Fatalf("%d bytes took %v", len(data), took)
		}
		if (cfg == nil) == (err == nil) {
			t.Fatalf("config %v with error %v", cfg, err)
		}
		if err == nil {
			return
		}
		if strings.Contains(err.Error(), "hunter2-hunter2") {
			t.Fatalf("a message shows what a variable holds: %v", err)
		}
		var problems *Problems
		if !errors.As(err, &problems) || len(problems.List) == 0 {
			t.Fatalf("%T is no list of problems", err)
		}
		lines := strings.Count(string(data), "\n") + strings.Count(string(data), "\r") + strings.Count(string(data), "\u2028") +
			strings.Count(string(data), "\u2029") + strings.Count(string(data), "\u0085") + 2
		for _, p := range problems.List {
			if p.Msg == "" || p.Line < 0 || p.Line > lines {
				t.Fatalf("%+v in a file of %d lines", p, lines)
			}
		}
	})
}
