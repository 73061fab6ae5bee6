package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/monitor/feed"
	"github.com/armswatch/armswatch/monitor/fetch"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/page"
	"github.com/armswatch/armswatch/notify/digest"
)

func discoverCommand(f *flags) *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use:   "discover URL|FILE",
		Short: "Find the feeds of a site, else suggest how to read its page, as YAML to paste",
		Long: "discover looks for the feeds that a page declares or links to, then at the usual places for feeds and news sitemaps,\n" +
			"and tries each. Where there is none it suggests selectors for the page, with the items they take. What it prints\n" +
			"goes under sources: in the config. Requests to a host are a second apart.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := obtain(cmd.Context(), f, cmd.Flags().Changed("config"), args[0], readOptions{as: "listing", url: address})
			if err != nil {
				return err
			}
			if d.url == "" {
				return usage("discover: say with --url where the file is from: links stand on it")
			}
			x := &explorer{at: d, out: cmd.OutOrStdout(), tried: map[string]bool{}}
			if isAddress(args[0]) {
				cfg, err := configOrNone(f, cmd.Flags().Changed("config"))
				if err != nil {
					return err
				}
				x.client = newFetch(cfg)
				defer x.client.Close()
			}
			return x.explore(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&address, "url", "", "the `address` a file is from")
	return cmd
}

// explorer looks at one site.
type explorer struct {
	at     document
	client *fetch.Client // nil: only what lies here is looked at
	out    io.Writer
	tried  map[string]bool
}

// usual are the places where most sites have their feeds and news sitemaps.
var (
	usualFeeds    = []string{"/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json"}
	usualSitemaps = []string{"/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/googlenews.xml"}
)

func (x *explorer) explore(ctx context.Context) error {
	if f, err := x.parse(x.at); err == nil {
		x.print("what is there", x.at, f)
		return nil
	}
	links, err := page.Feeds(x.at.body, x.source())
	if err != nil {
		return fmt.Errorf("discover %s: %w", clean(x.at.url), err)
	}
	found := false
	for _, l := range links {
		how := "linked to by the page"
		if l.Declared {
			how = "declared by the page"
		}
		found = x.try(ctx, l.URL, how) || found
	}
	if found || ctx.Err() != nil {
		return ctx.Err()
	}
	found = slices.ContainsFunc(usualFeeds, func(path string) bool { return x.try(ctx, x.resolve(path), "at a usual place") }) || x.sitemaps(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	// What lies at a usual place is the whole site's, and the page may be a part
	// of it that is wanted alone.
	err = x.suggest(found)
	if found {
		return nil
	}
	return err
}

func (x *explorer) source() page.Source {
	return page.Source{URL: x.at.url, ContentType: x.at.contentType, Now: time.Now()}
}

func (x *explorer) parse(d document) (*feed.Feed, error) {
	f, err := feed.Parse(d.body, feed.Options{URL: d.url, ContentType: d.contentType, Now: time.Now()})
	if err == nil && len(f.Entries)+len(f.Maps) == 0 {
		err = errors.New("it lists nothing")
	}
	return f, err
}

func (x *explorer) resolve(path string) string {
	base, err := url.Parse(x.at.url)
	if err != nil {
		return ""
	}
	return base.ResolveReference(&url.URL{Path: path}).String()
}

// try looks at one address, and prints it if a feed or sitemap is there.
func (x *explorer) try(ctx context.Context, address, how string) bool {
	if address == "" || x.tried[address] {
		return false
	}
	x.tried[address] = true
	if x.client == nil {
		if how == "declared by the page" {
			_, _ = fmt.Fprintf(x.out, "# declared by the page; not tried, since only a file was looked at\n- {name: %s, feed: %s}\n", quoted(x.name("")), quoted(address))
			return true
		}
		return false
	}
	d, err := x.fetch(ctx, address)
	if err != nil {
		return false
	}
	f, err := x.parse(d)
	if err != nil {
		return false
	}
	x.print(how, d, f)
	return true
}

func (x *explorer) fetch(ctx context.Context, address string) (document, error) {
	if isTerminal(os.Stderr) {
		_, _ = fmt.Fprintf(os.Stderr, "looking at %s\n", clean(address))
	}
	res, err := x.client.Get(ctx, fetch.Request{URL: address, For: fetch.Feed})
	if err != nil {
		return document{}, err
	}
	return document{body: res.Body, url: res.URL, contentType: res.ContentType}, nil
}

// sitemaps tries those that robots.txt names, then the usual places. Only news
// sitemaps count: the others list every page a site ever had.
func (x *explorer) sitemaps(ctx context.Context) bool {
	if x.client == nil {
		return false
	}
	var named []string
	if d, err := x.fetch(ctx, x.resolve("/robots.txt")); err == nil {
		named = sitemapsOf(d.body)
	}
	for _, address := range named {
		if strings.Contains(strings.ToLower(address), "news") && x.try(ctx, address, "named in robots.txt") {
			return true
		}
	}
	return slices.ContainsFunc(usualSitemaps, func(path string) bool { return x.try(ctx, x.resolve(path), "at a usual place") })
}

// sitemapsOf are the sitemaps that a robots.txt names (sitemaps.org).
func sitemapsOf(robots []byte) (list []string) {
	lines := bufio.NewScanner(bytes.NewReader(robots))
	for lines.Scan() && len(list) < 20 {
		key, value, ok := strings.Cut(lines.Text(), ":")
		if value = strings.TrimSpace(value); ok && strings.EqualFold(strings.TrimSpace(key), "sitemap") && isAddress(value) {
			list = append(list, value)
		}
	}
	return list
}

// print shows a feed or sitemap, as a source of the config.
func (x *explorer) print(how string, d document, f *feed.Feed) {
	kind := news.Feed
	if guess(d) == "sitemap" {
		kind = news.Sitemap
	}
	_, _ = fmt.Fprintf(x.out, "# %s: %s\n", how, digest.Count(len(f.Entries), "entry", "entries"))
	x.preview(f.Entries)
	_, _ = fmt.Fprintf(x.out, "- {name: %s, %s: %s}\n", quoted(x.name(f.Title)), kind, quoted(d.url))
}

func (x *explorer) preview(entries []news.Entry) {
	const most = 3
	for _, e := range entries[:min(len(entries), most)] {
		date := "no date"
		if !e.Published.IsZero() {
			date = e.Published.Format(time.DateOnly)
		}
		_, _ = fmt.Fprintf(x.out, "#   %-10s  %s\n", date, digest.Shorten(clean(e.Title), 100))
	}
}

// name is what to call the source: as it calls itself, else by its host.
func (x *explorer) name(title string) string {
	if title = digest.Shorten(clean(title), 60); title != "" {
		return title
	}
	return strings.TrimPrefix(news.HostOf(x.at.url), "www.")
}

// suggest prints the likeliest lists of the page.
func (x *explorer) suggest(found bool) error {
	list, err := page.Suggest(x.at.body, x.source())
	if err != nil {
		return fmt.Errorf("discover %s: no feed, no news sitemap, and %w", clean(x.at.url), err)
	}
	if found {
		_, _ = fmt.Fprintln(x.out, "\n# or the page itself, by its likeliest lists, the likeliest first")
	} else {
		_, _ = fmt.Fprintln(x.out, "# no feed and no news sitemap was found; the likeliest lists of the page, the likeliest first")
	}
	const most = 3
	for i, s := range list[:min(len(list), most)] {
		if i > 0 {
			_, _ = fmt.Fprintln(x.out, "\n# or")
		}
		_, _ = fmt.Fprintf(x.out, "# %s\n", digest.Count(len(s.Entries), "entry", "entries"))
		x.preview(s.Entries)
		_, _ = fmt.Fprintf(x.out, "- name: %s\n  page: %s\n  items: %s\n", quoted(x.name("")), quoted(x.at.url), quoted(s.Items))
		if s.Link != "" {
			_, _ = fmt.Fprintf(x.out, "  link: %s\n", quoted(s.Link))
		}
	}
	return nil
}

// quoted is text as YAML: between single quotes unless it is plain.
func quoted(s string) string {
	plain := s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./") == ""
	if plain {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
