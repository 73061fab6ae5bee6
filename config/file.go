package config

// The types in this file are the config file as it is written. Their comments
// are the manual: docs/config.md and schema.json are made from them by
// `go generate ./config`, and every default stands there with its reason.
// A tag `also` lists words people write for a key; they get it as a suggestion.

//go:generate go test -run ^TestGenerated$ . -update

// Duration is a length of time: a number with s, m, h, d (days) or w (weeks),
// for example 90s, 15m, 1h30m, 14d.
type Duration string

// CronSpec is a cron spec of five fields (minute, hour, day of month, month,
// day of week; Sunday is 0), or @hourly, @daily, @weekly, @monthly, @yearly. It is
// read in the newsroom's time zone.
type CronSpec string

// Selector is a CSS selector.
type Selector string

// Address is where messages go: slack:#channel, email:name@example.org,
// webhook:https://example.org/hook, teams:NAME, discord:NAME, telegram:@channel,
// ntfy:TOPIC, or terminal.
type Address string

// Number is a whole number above 0.
type Number string

// Hidden is a secret. Write it as ${VARIABLE}, or name a file that holds it
// in the key that ends in _file.
type Hidden string

// Strings is one text or a list of texts.
type Strings []string

// Addresses is one address or a list of addresses.
type Addresses []Address

// File is the whole config file. In every value, ${NAME} stands for the
// environment variable NAME, which must be set; $${ stands for a plain ${.
type File struct {
	// The newsroom's time zone, by its IANA name, for example Europe/London:
	// cron specs are read in it, and digests show times in it.
	//
	// Default: UTC, since a server's own zone differs from machine to machine.
	Timezone string `yaml:"timezone" also:"tz,zone,time_zone"`

	// The database: the path of a SQLite file, relative to this file, or
	// postgres://user:password@host/database for many machines at once.
	// Keep a password out of the file: postgres://armswatch:${PGPASSWORD}@db/armswatch.
	//
	// Default: armswatch.db, beside this file, so that one folder holds everything.
	Storage string `yaml:"storage" also:"database,db,dsn"`

	// How long articles that meet no watchlist stay searchable. Articles in
	// stories stay for ever.
	//
	// Default: 365d, since a newsroom asks "what did we have on this last year".
	Keep Duration `yaml:"keep" also:"retention,prune"`

	// The places to poll.
	Sources []FileSource `yaml:"sources" item:"a source" also:"feeds"`

	// What to look for: named lists of rules. An article that meets any rule
	// of a list is on that list.
	Watchlists map[string]FileWatchlist `yaml:"watchlists" item:"a watchlist" also:"lists,rules"`

	// Files of weapon systems of your own, in the format of docs/weapons.md: they are
	// added to the built-in catalogue, and one with a built-in id replaces it.
	// Paths are relative to this file. The files are read when this one is: send
	// SIGHUP after changing one.
	//
	// Default: none.
	WeaponsFiles Strings `yaml:"weapons_files" also:"weapons_file,catalogue,catalog,weapon_files"`

	// Which stories go where, and when.
	Routes []FileRoute `yaml:"routes" item:"a route" also:"channels,outputs"`

	// How to reach Slack. Without it, what goes to slack: prints to the
	// terminal, so that a config can be tried before anybody is told anything.
	Slack *FileSlack `yaml:"slack" item:"slack"`

	// How to send mail. Without it, what goes to email: prints to the terminal.
	Email *FileEmail `yaml:"email" item:"email" also:"mail,smtp"`

	// How webhooks are signed. Optional: without it they go unsigned.
	Webhook *FileWebhook `yaml:"webhook" item:"webhook" also:"webhooks"`

	// Webhooks of Microsoft Teams (Workflows) by names of your own: with
	// desk: ${TEAMS_DESK}, the address is teams:desk. Each is a secret.
	//
	// Default: none; what goes to teams: prints to the terminal.
	Teams map[string]Hidden `yaml:"teams" also:"msteams,microsoft_teams"`

	// Webhooks of Discord by names of your own: with desk: ${DISCORD_DESK}, the
	// address is discord:desk. Each is a secret.
	//
	// Default: none; what goes to discord: prints to the terminal.
	Discord map[string]Hidden `yaml:"discord"`

	// How to reach Telegram. Without it, what goes to telegram: prints to the terminal.
	Telegram *FileTelegram `yaml:"telegram" item:"telegram"`

	// How to reach an ntfy server. Without it, what goes to ntfy: prints to the terminal.
	Ntfy *FileNtfy `yaml:"ntfy" item:"ntfy"`

	// How pages and feeds are fetched.
	Fetch FileFetch `yaml:"fetch" item:"fetch" also:"http"`

	// Where notices to the operators go: a source that breaks, falls silent or
	// is well again, a channel that refuses messages.
	//
	// Default: nowhere; `armswatch sources` and the log tell the same.
	Operators Address `yaml:"operators" also:"operator,admin,notices"`

	// The address on which /healthz, /readyz, /metrics and, of each route,
	// /feeds/ROUTE.atom and /feeds/ROUTE.json answer, for example 127.0.0.1:9090. They
	// need no password: keep them on loopback or behind a proxy.
	//
	// Default: none; a monitor needs no open port.
	Listen string `yaml:"listen" also:"http_listen,addr,address,port"`
}

// FileSource is one place to poll. It has exactly one of feed, page,
// sitemap and watch.
type FileSource struct {
	// What people and reports call it. Required, and unique: a story counts
	// its outlets by name.
	Name string `yaml:"name" jsonschema:"required" also:"id"`

	// The URL of an RSS, Atom or JSON feed.
	Feed string `yaml:"feed" also:"url,rss,atom,uri"`

	// The URL of a page that lists articles, for sites without a feed.
	Page string `yaml:"page" also:"listing,html,website"`

	// The URL of a news sitemap.
	Sitemap string `yaml:"sitemap"`

	// The URL of one page whose text is watched: what is added to it is news.
	Watch string `yaml:"watch"`

	// On a page: the CSS selector of one item of the list.
	//
	// Default: found by convention (article, list items with a link and a date);
	// give it when `armswatch discover` shows the wrong items.
	Items Selector `yaml:"items" also:"item,selector,css"`

	// On a page, within an item: the CSS selector of the title.
	//
	// Default: the item's heading, else the text of its link.
	Title Selector `yaml:"title"`

	// On a page, within an item: the CSS selector of the link.
	//
	// Default: the heading's link, else the item's first.
	Link Selector `yaml:"link" also:"href"`

	// On a page, within an item: the CSS selector of the date.
	//
	// Default: the item's time element, else a date in its text.
	Date Selector `yaml:"date" also:"time,published"`

	// The CSS selector of an article's text on its own page (for watch: of the
	// text that is watched).
	//
	// Default: found by its shape, as a browser's reader view does.
	Content Selector `yaml:"content" also:"body,text"`

	// Of a watched page: what changes without being news. Parts by CSS selector, lines
	// by /regular expression/, for example [".visitors", "/^Updated .* ago$/"].
	//
	// Default: nothing; a counter or a clock on the page would be news each time.
	Ignore Strings `yaml:"ignore" also:"except,exclude,skip"`

	// chrome, to fetch the source's pages and its articles' pages through the Chrome
	// that fetch.chrome names, for pages built by scripts. headers are not sent then. A
	// feed, a sitemap and a PDF are fetched plainly all the same.
	//
	// Default: none; a plain request is a hundred times cheaper.
	Render string `yaml:"render" also:"javascript,js,browser"`

	// The fixed time between two polls, or auto.
	//
	// Default: auto, which learns each source's rhythm and stays between 2 minutes and 6 hours.
	Every Duration `yaml:"every" also:"interval,poll,frequency,refresh"`

	// A cron spec instead of every, for example `"*/15 6-22 * * *"`.
	Schedule CronSpec `yaml:"schedule" also:"cron,crontab"`

	// On the first poll of a source, entries younger than this are news; older ones
	// are stored without an alert.
	//
	// Default: 0, since a new source must not flood the desk with what is old.
	Backfill Duration `yaml:"backfill" also:"since,history"`

	// The least time between two requests to this source's host.
	//
	// Default: fetch.gap.
	Gap Duration `yaml:"gap" also:"delay,wait"`

	// HTTP headers to send to this source, for example Authorization: ${FEED_AUTH}.
	// They never leave the host of the source's URL.
	Headers map[string]Hidden `yaml:"headers" also:"header,http_headers"`
}

// FileWatchlist is a named list of rules; it needs at least one.
type FileWatchlist struct {
	// Weapon systems by any of their names; all spellings are found
	// (`armswatch weapons` lists them).
	Weapons []string `yaml:"weapons" also:"weapon,systems,system"`

	// Categories of weapon systems, for example anti-tank-guided-missile
	// (`armswatch weapons` lists them).
	Categories []string `yaml:"categories" also:"category,class,classes"`

	// Rules in the query language: phrases in quotes, AND, OR, NOT, NEAR/8, `word*`,
	// title:, publisher:. In YAML, put each rule in single quotes.
	Phrases []string `yaml:"phrases" also:"phrase,query,queries,keywords,words,terms"`
}

// FileRoute says which stories go where, and when.
type FileRoute struct {
	// The route's name, in `armswatch explain` and in the delivery's key.
	//
	// Default: made of to and when; two routes that share both need names.
	Name string `yaml:"name"`

	// Where the stories go, one address or several.
	To Addresses `yaml:"to" jsonschema:"required" also:"channel,channels,target,recipients,send_to"`

	// The watchlists whose stories go this way.
	//
	// Default: all.
	Watchlists Strings `yaml:"watchlists" also:"watchlist,lists,list"`

	// now, for an alert as soon as a story begins; or a cron spec, for a digest,
	// for example `"0 7 * * 1-5"`.
	//
	// Default: now, since an alert that was not wanted is noticed and a digest that never comes is not.
	When string `yaml:"when" also:"schedule,cron,every,at"`

	// Send the digest even when there is nothing in it.
	//
	// Default: false, since an empty mail every morning is soon filtered away.
	SendEmpty bool `yaml:"send_empty" also:"empty"`

	// The names of the sources whose articles count.
	//
	// Default: all.
	Sources Strings `yaml:"sources" also:"source,feeds,outlets"`

	// The languages whose articles count, by their ISO 639-1 codes, for example [en, fr].
	//
	// Default: all.
	Languages Strings `yaml:"languages" also:"lang,language,langs"`

	// Tell a story only when so many outlets carry it.
	//
	// Default: 1, since the desk that is first wants the first.
	MinOutlets Number `yaml:"min_outlets" also:"outlets,min_sources"`

	// What of a story is told: original, once the original report is in it; update,
	// what later articles add. Without update, a story is told once and never again.
	//
	// Default: everything: a story as soon as it begins, and what is added to it.
	Only Strings `yaml:"only" also:"tell,kinds"`

	// A time of day in which alerts wait, for example "22:00-06:30", in the newsroom's
	// zone. When it ends they come as one message.
	//
	// Default: none.
	Quiet string `yaml:"quiet" also:"quiet_hours,silent,mute"`

	// An embargo: nothing is told before this date and time, for example
	// "2026-12-01 00:01", in the newsroom's zone. With sources, it holds these.
	//
	// Default: none.
	HoldUntil string `yaml:"hold_until" also:"embargo,not_before,hold"`

	// The most alerts an hour: those beyond it come as one message when the hour ends,
	// the best first.
	//
	// Default: 60, more than a desk reads, so that an outlet which dates its archive
	// anew cannot flood it.
	MaxPerHour Number `yaml:"max_per_hour" also:"limit,rate,max"`
}

// FileSlack is how to reach Slack: by a bot token, or by an incoming webhook,
// which can neither thread nor update.
type FileSlack struct {
	// The bot token (xoxb-...), with the scopes chat:write and channels:history.
	Token Hidden `yaml:"token" also:"bot_token,api_key"`

	// A file that holds the token, for example /run/secrets/slack.
	TokenFile string `yaml:"token_file"`

	// The app-level token (xapp-...), with the scope connections:write. With it,
	// messages on stories have buttons, and /armswatch answers in Slack, over a
	// connection that armswatch opens itself (Socket Mode).
	//
	// Default: none; messages have no buttons.
	AppToken Hidden `yaml:"app_token" also:"socket_token,xapp"`

	// A file that holds the app-level token.
	//
	// Default: none.
	AppTokenFile string `yaml:"app_token_file"`

	// The URL of an incoming webhook, instead of a token. It is a secret too.
	Webhook Hidden `yaml:"webhook" also:"webhook_url,incoming_webhook,url"`

	// A file that holds the webhook's URL.
	WebhookFile string `yaml:"webhook_file"`

	// The URL of Slack's API, for tests and proxies.
	//
	// Default: https://slack.com/api/
	APIURL string `yaml:"api_url"`
}

// FileEmail is how to send mail.
type FileEmail struct {
	// The mail server: smtp://host:587 speaks STARTTLS, smtps://host:465 TLS from
	// the first byte. The port may be left out.
	SMTP string `yaml:"smtp" jsonschema:"required" also:"server,host,url"`

	// The sender, for example `armswatch <armswatch@example.org>`.
	From string `yaml:"from" jsonschema:"required" also:"sender"`

	// Where answers go.
	//
	// Default: the sender.
	ReplyTo string `yaml:"reply_to"`

	// The user name at the mail server.
	//
	// Default: none, for servers that know us by our address.
	Username string `yaml:"username" also:"user,login"`

	// The password at the mail server.
	Password Hidden `yaml:"password" also:"pass"`

	// A file that holds the password.
	PasswordFile string `yaml:"password_file"`

	// Allow a connection without TLS, with everything readable on the wire.
	//
	// Default: false; only for a relay on the same machine, or a test server.
	Plain bool `yaml:"plain" also:"insecure,no_tls"`

	// Where readers unsubscribe, an https: or mailto: URL for List-Unsubscribe. Of an
	// https: one mail programs make a button: they post to it once, as RFC 8058 says.
	//
	// Default: none, since routes name their readers.
	Unsubscribe string `yaml:"unsubscribe" also:"list_unsubscribe"`

	// Sign mails by DKIM, for the domain of from: the selector whose public key is in
	// its DNS.
	//
	// Default: none, since most mail servers sign by themselves.
	DKIMSelector string `yaml:"dkim_selector"`

	// The file of the private key for DKIM: PEM, RSA or Ed25519.
	//
	// Default: none; with a selector it is needed.
	DKIMKeyFile string `yaml:"dkim_key_file" also:"dkim_key"`
}

// FileWebhook is how webhooks are signed.
type FileWebhook struct {
	// The key of the HMAC-SHA-256 that signs each body.
	Secret Hidden `yaml:"secret" also:"key,hmac,token"`

	// A file that holds the key.
	SecretFile string `yaml:"secret_file"`

	// HTTP headers to send with each webhook, for example Authorization: ${HOOK_AUTH}.
	Headers map[string]Hidden `yaml:"headers" also:"header"`
}

// FileTelegram is how to reach Telegram.
type FileTelegram struct {
	// The bot's token, from @BotFather.
	Token Hidden `yaml:"token" also:"bot_token,api_key"`

	// A file that holds the token.
	TokenFile string `yaml:"token_file"`

	// The URL of Telegram's interface, for tests and proxies.
	//
	// Default: https://api.telegram.org
	APIURL string `yaml:"api_url"`
}

// FileNtfy is how to reach an ntfy server.
type FileNtfy struct {
	// The server's URL.
	//
	// Default: https://ntfy.sh, where a topic's name is all that protects it.
	Server string `yaml:"server" also:"url,host"`

	// The access token, for servers that ask for one.
	Token Hidden `yaml:"token"`

	// A file that holds the token.
	TokenFile string `yaml:"token_file"`
}

// FileFetch is how pages and feeds are fetched.
type FileFetch struct {
	// The whole User-Agent header.
	//
	// Default: armswatch/VERSION (+contact).
	UserAgent string `yaml:"user_agent" also:"agent"`

	// A URL or mail address where a site's owner reaches you; it goes into the
	// User-Agent. Polite, and sites that know whom to ask block less.
	//
	// Default: none.
	Contact string `yaml:"contact"`

	// Private networks that may be fetched from, for example 10.1.0.0/16.
	//
	// Default: none, so that no feed can make us read your intranet.
	AllowNetworks []string `yaml:"allow_networks" also:"allow,networks,allowed_networks"`

	// The remote-debugging address of a Chrome that you run, for sources with
	// render: chrome; for example http://127.0.0.1:9222. See docs/reading.md for
	// what of it is guarded.
	//
	// Default: none.
	Chrome string `yaml:"chrome" also:"browser,chromium"`

	// The least time between two requests to one host.
	//
	// Default: 1s, what a careful reader would do.
	Gap Duration `yaml:"gap" also:"delay,wait"`
}
