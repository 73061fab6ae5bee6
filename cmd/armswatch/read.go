package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/config"
	"github.com/armswatch/armswatch/monitor/decode"
	"github.com/armswatch/armswatch/monitor/extract"
	"github.com/armswatch/armswatch/monitor/feed"
	"github.com/armswatch/armswatch/monitor/fetch"
	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/page"
	"github.com/armswatch/armswatch/monitor/pdf"
)

// readKinds are what --as takes.
var readKinds = []string{"feed", "listing", "article", "sitemap", "pdf"}

// readOptions are the flags of the read verb.
type readOptions struct {
	json, render   bool
	as, url, lines string
}

// document is something to read: bytes and where they are from.
type document struct {
	body        []byte
	url         string
	contentType string
}

func readCommand(f *flags) *cobra.Command {
	var o readOptions
	cmd := &cobra.Command{
		Use:   "read URL|FILE",
		Short: "Show what is read from a feed, a page or an article",
		Long: "read shows what armswatch would read from an address or a file: the entries of a feed, a news sitemap or a listing\n" +
			"page, or the title, authors, date and text of an article or a PDF. What it is shows in its bytes; --as overrides that.\n" +
			"An address is fetched as a source is: politely, and never from a private network unless the config allows it. --url\n" +
			"says where a file is from: relative links stand on it, and dates may stand in it. --render fetches a page through\n" +
			"the Chrome that the config names, as `render: chrome` does at a source.\n\n" +
			"--jsonl reads many articles, one a line: {\"id\",\"path\",\"url\"}, the path from the folder of the JSONL file, and prints\n" +
			"{\"id\",\"title\",\"authors\",\"published\",\"canonical\",\"lang\",\"text\"} for each, in the same order. A line that cannot be read\n" +
			"has an \"error\" instead, and the exit code is 1.",
		Example: "  armswatch read https://example.org/news/depot-captured\n  armswatch read --as listing --url https://example.org/news/ saved.html\n  armswatch read --jsonl articles.jsonl > texts.jsonl",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(args); err != nil {
				return err
			}
			if o.lines != "" {
				return readLines(cmd.OutOrStdout(), o.lines)
			}
			d, err := obtain(cmd.Context(), f, cmd.Flags().Changed("config"), args[0], o)
			if err != nil {
				return err
			}
			return showDocument(cmd.OutOrStdout(), d, o)
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print one JSON object")
	cmd.Flags().StringVar(&o.as, "as", "", "what it is: "+strings.Join(readKinds, ", "))
	cmd.Flags().StringVar(&o.url, "url", "", "the `address` a file is from")
	cmd.Flags().BoolVar(&o.render, "render", false, "fetch a page through the Chrome at fetch.chrome")
	cmd.Flags().StringVar(&o.lines, "jsonl", "", "read the articles that a `file` lists, one JSON object a line")
	return cmd
}

func (o readOptions) check(args []string) error {
	switch {
	case o.as != "" && !slices.Contains(readKinds, o.as):
		return usage("read: --as %s: it is one of %s", clean(o.as), strings.Join(readKinds, ", "))
	case o.lines != "" && (len(args) > 0 || o.as != "" || o.url != ""):
		return usage("read: --jsonl lists what to read: leave out the address or file, --as and --url")
	case o.render && (o.as == "feed" || o.as == "sitemap" || o.as == "pdf" || o.lines != "" || len(args) == 0 || !isAddress(args[0])):
		return usage("read: --render is for the address of a page: Chrome shows no feed, sitemap, PDF or file")
	case o.lines == "" && len(args) == 0:
		return usage("read: name an address, a file, or - for the standard input")
	}
	return nil
}

// obtain fetches an address, or reads a file.
func obtain(ctx context.Context, f *flags, named bool, what string, o readOptions) (document, error) {
	if !isAddress(what) {
		d := document{url: o.url}
		in, err := open(what)
		if err != nil {
			return d, err
		}
		defer func() { _ = in.Close() }()
		if d.body, err = io.ReadAll(io.LimitReader(in, maxRead+1)); err != nil {
			return d, &exitError{exitUsage, fmt.Errorf("read %s: %w", what, err)}
		}
		if len(d.body) > maxRead {
			return d, usage("read %s: it is longer than %d MB, the most that is read of anything", clean(what), maxRead>>20)
		}
		return d, nil
	}
	cfg, err := configOrNone(f, named)
	if err != nil {
		return document{}, err
	}
	client := newFetch(cfg)
	defer client.Close()
	res, err := client.Get(ctx, fetch.Request{URL: what, For: readPurpose(o.as), Render: o.render})
	if err != nil {
		return document{}, err
	}
	d := document{body: res.Body, url: res.URL, contentType: res.ContentType}
	if o.url != "" {
		d.url = o.url
	}
	return d, nil
}

// maxRead is the longest file read, in bytes.
const maxRead = 32 << 20

func isAddress(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// readPurpose is what an address is fetched for. What nobody named is treated
// as a page is: robots.txt is asked.
func readPurpose(as string) fetch.Purpose {
	switch as {
	case "feed":
		return fetch.Feed
	case "sitemap":
		return fetch.Sitemap
	case "listing":
		return fetch.Page
	default:
		return fetch.Article
	}
}

// configOrNone is the config, or an empty one when there is none and none was named.
func configOrNone(f *flags, named bool) (*config.Config, error) {
	if _, err := os.Stat(f.config); !named && errors.Is(err, fs.ErrNotExist) {
		return &config.Config{}, nil
	}
	return loadConfig(f.config)
}

// showDocument prints what is read from a document.
func showDocument(w io.Writer, d document, o readOptions) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("read: the parser failed on this content (%v); please report it with the file", r)
		}
	}()
	kind := o.as
	if kind == "" {
		kind = guess(d)
	}
	switch kind {
	case "feed", "sitemap":
		f, err := feed.Parse(d.body, feed.Options{URL: d.url, ContentType: d.contentType, Now: time.Now()})
		if err != nil {
			return err
		}
		return showList(w, kind, f, o)
	case "listing":
		entries, err := page.List(d.body, page.Listing{URL: d.url, ContentType: d.contentType, Now: time.Now()})
		if err != nil {
			return err
		}
		return showList(w, kind, &feed.Feed{Entries: entries}, o)
	case "pdf":
		report, err := pdf.Read(d.body)
		if err != nil {
			return err
		}
		return showReport(w, d.url, report, o)
	default:
		p, err := extract.Read(d.body, extract.Options{URL: d.url, ContentType: d.contentType, Now: time.Now()})
		if err != nil {
			return asListing(err, o)
		}
		return showArticle(w, d.url, p, o)
	}
}

// asListing says what else a page without an article may be.
func asListing(err error, o readOptions) error {
	if o.as == "" && errors.Is(err, extract.ErrNoText) {
		return fmt.Errorf("%w: if it lists articles, add --as listing", err)
	}
	return err
}

// guess says what a document is, by its first kilobytes. A page is taken for an article.
func guess(d document) string {
	if pdf.Is(d.body) {
		return "pdf"
	}
	text, _ := decode.XML(d.body[:min(len(d.body), 8<<10)], d.contentType)
	start := strings.ToLower(string(bytes.TrimLeft(text, "\ufeff \t\r\n")))
	if strings.HasPrefix(start, "{") {
		return "feed"
	}
	// The first of these elements decides: a page may speak of the others.
	kind, at := "article", len(start)
	for tag, k := range map[string]string{
		"<html": "article", "<!doctype html": "article", "<rss": "feed", "<feed": "feed", "<rdf:rdf": "feed",
		"<channel": "feed", "<urlset": "sitemap", "<sitemapindex": "sitemap",
	} {
		if i := strings.Index(start, tag); i >= 0 && i < at {
			kind, at = k, i
		}
	}
	return kind
}

// readArticle is an article as programs read it.
type readArticle struct {
	ID        any      `json:"id"`
	Title     string   `json:"title"`
	Authors   []string `json:"authors"`
	Published string   `json:"published"` // RFC 3339; "" when unknown
	Canonical string   `json:"canonical"`
	Lang      string   `json:"lang"`
	Text      string   `json:"text"`
	Error     string   `json:"error,omitempty"`
}

func articleRow(p *extract.Page) readArticle {
	return readArticle{
		Title: p.Title, Authors: append([]string{}, p.Authors...), Published: stamp(p.Published),
		Canonical: p.Canonical, Lang: p.Lang, Text: p.Text,
	}
}

// stamp is a time as programs read it; "" when unknown.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func showArticle(w io.Writer, from string, p *extract.Page, o readOptions) error {
	row := articleRow(p)
	if o.json {
		row.ID = from
		return printJSON(w, []readArticle{row})
	}
	return printArticle(w, row, "canonical", row.Canonical)
}

// printArticle prints an article for people, with more fields, each a name and a value.
func printArticle(w io.Writer, row readArticle, more ...string) error {
	var b strings.Builder
	fields := append([]string{
		"title", row.Title, "authors", strings.Join(row.Authors, ", "), "published", row.Published, "lang", row.Lang,
	}, more...)
	for i := 0; i < len(fields); i += 2 {
		printField(&b, fields[i], fields[i+1])
	}
	printText(&b, row.Text)
	_, err := io.WriteString(w, b.String())
	return err
}

// readReport is a PDF as programs read it.
type readReport struct {
	readArticle
	Pages  int    `json:"pages"`
	SHA256 string `json:"sha256"`
}

func showReport(w io.Writer, from string, d *pdf.Document, o readOptions) error {
	row := readReport{readArticle: articleRow(pageOf(d)), Pages: d.Pages, SHA256: d.SHA256}
	if o.json {
		row.ID = from
		return printJSON(w, []readReport{row})
	}
	return printArticle(w, row.readArticle, "pages", strconv.Itoa(d.Pages), "sha256", d.SHA256)
}

// pageOf is a PDF as the page of an article.
func pageOf(d *pdf.Document) *extract.Page {
	p := &extract.Page{Title: d.Title, Published: d.Created, Text: d.Text, Lang: extract.Language(d.Title + "\n" + d.Text)}
	if d.Author != "" {
		p.Authors = []string{d.Author}
	}
	return p
}

func printField(w io.Writer, name, value string) {
	if value == "" {
		value = "unknown"
	}
	_, _ = fmt.Fprintf(w, "%-10s %s\n", name, clean(value))
}

// printText prints paragraphs, an empty line between two.
func printText(w io.Writer, text string) {
	for line := range strings.Lines(text) {
		_, _ = fmt.Fprintf(w, "\n%s\n", clean(line))
	}
}

// readList is a list of articles as programs read it.
type readList struct {
	Kind     string      `json:"kind"` // feed, sitemap, listing
	Title    string      `json:"title"`
	Entries  []readEntry `json:"entries"`
	Maps     []string    `json:"sitemaps,omitempty"` // of an index, in place of entries
	Warnings []string    `json:"warnings,omitempty"`
}

type readEntry struct {
	GUID      string `json:"guid"`
	URL       string `json:"url"`
	Title     string `json:"title"`
	Author    string `json:"author"`
	Published string `json:"published"`
	Lang      string `json:"lang"`
	Summary   string `json:"summary"`
	Text      string `json:"text"`
}

func listRow(kind string, f *feed.Feed) readList {
	row := readList{Kind: kind, Title: f.Title, Entries: []readEntry{}, Warnings: f.Warnings}
	for _, e := range f.Entries {
		row.Entries = append(row.Entries, readEntry{
			GUID: e.GUID, URL: e.URL, Title: e.Title, Author: e.Author, Published: stamp(e.Published),
			Lang: e.Lang, Summary: e.Summary, Text: e.Content,
		})
	}
	for _, m := range f.Maps {
		row.Maps = append(row.Maps, m.URL)
	}
	return row
}

func showList(w io.Writer, kind string, f *feed.Feed, o readOptions) error {
	if o.json {
		return printJSON(w, []readList{listRow(kind, f)})
	}
	var b strings.Builder
	if f.Title != "" {
		_, _ = fmt.Fprintf(&b, "%s\n\n", bold(clean(f.Title)))
	}
	for _, e := range f.Entries {
		printEntry(&b, e)
	}
	for _, m := range f.Maps {
		_, _ = fmt.Fprintf(&b, "sitemap %s\n", clean(m.URL))
	}
	for _, warning := range f.Warnings {
		_, _ = fmt.Fprintf(&b, "repaired: %s\n", clean(warning))
	}
	_, _ = fmt.Fprintf(&b, "%s: %s\n", kind, counted(len(f.Entries)))
	_, err := io.WriteString(w, b.String())
	return err
}

func counted(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

func printEntry(w io.Writer, e news.Entry) {
	when := "undated"
	if !e.Published.IsZero() {
		when = e.Published.Format("2006-01-02 15:04 -07:00")
	}
	_, _ = fmt.Fprintf(w, "%s\n  %s  %s\n", clean(e.Title), when, clean(e.URL))
	text := e.Content
	if text == "" {
		text = e.Summary
	}
	if text != "" {
		_, _ = fmt.Fprintf(w, "  %s\n", shorten(clean(text), 160))
	}
	_, _ = fmt.Fprintln(w)
}

// shorten cuts a text to n characters.
func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return strings.TrimRight(string(r[:n]), " ") + "…"
}

// readPath is where a line's file is: from the folder of the list.
func readPath(list, path string) string {
	if filepath.IsAbs(path) || list == "-" {
		return path
	}
	return filepath.Join(filepath.Dir(list), filepath.FromSlash(path))
}
