package demo_test

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/armswatch/armswatch/cmd/armswatch/demo"
	"github.com/armswatch/armswatch/config"
	"github.com/armswatch/armswatch/monitor/news"
)

func serve(t *testing.T, now time.Time) *demo.Web {
	t.Helper()
	w, err := demo.Serve(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func get(t *testing.T, url, etag string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestEveryFeedParsesAndItsLinksLead(t *testing.T) {
	now := time.Now()
	w := serve(t, now)
	if len(w.Outlets) < 12 {
		t.Errorf("%d outlets, want about a dozen", len(w.Outlets))
	}
	formats := map[string]bool{}
	for _, o := range w.Outlets {
		res, body := get(t, o.URL, "")
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", o.URL, res.Status)
		}
		again, _ := get(t, o.URL, res.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified || res.Header.Get("Last-Modified") == "" {
			t.Errorf("%s: a second poll gives %s", o.URL, again.Status)
		}
		var links []string
		if o.Kind == "page" {
			formats["page"] = true
			for _, m := range regexp.MustCompile(`<h2><a href="([^"]+)"`).FindAllStringSubmatch(body, -1) {
				links = append(links, o.Base+m[1])
			}
		} else {
			feed, err := gofeed.NewParser().ParseString(body)
			if err != nil {
				t.Fatalf("%s: %v", o.URL, err)
			}
			formats[feed.FeedType] = true
			for _, item := range feed.Items {
				if item.PublishedParsed == nil || item.PublishedParsed.After(now) || now.Sub(*item.PublishedParsed) > 48*time.Hour {
					t.Errorf("%s: %s is dated %v", o.Name, item.Title, item.Published)
				}
				links = append(links, item.Link)
			}
		}
		for _, link := range links {
			if res, page := get(t, link, ""); res.StatusCode != http.StatusOK || !strings.Contains(page, "<article>") {
				t.Errorf("%s: %s", link, res.Status)
			}
		}
		if len(links) == 0 {
			t.Errorf("%s lists nothing", o.Name)
		}
	}
	if len(formats) != 4 {
		t.Errorf("formats %v, want rss, atom, json and a page", formats)
	}
}

func TestReprintsAreWordForWord(t *testing.T) {
	w := serve(t, time.Now())
	bases := map[string]string{}
	for _, o := range w.Outlets {
		bases[o.Name] = o.Base
	}
	text := func(url string) string {
		_, body := get(t, url, "")
		return strings.Join(regexp.MustCompile(`(?s)<p>.*?</p>`).FindAllString(body, -1), "\n")
	}
	wire, _, _ := strings.Cut(text(bases["Meridian Wire"]+"/captured-depots"), "<footer>")
	whole := text(bases["The Harbour Courier"] + "/captured-depots")
	paragraph := "Deliveries went on all the same. Between 2011 and 2013 Washington signed contracts for 140 M1A1 Abrams tanks, F-16 aircraft, 681 Stinger units"
	if !strings.Contains(wire, paragraph) || !strings.Contains(whole, paragraph) {
		t.Error("the reprint lacks a paragraph of the wire copy")
	}
	trimmed := text(bases["The Lakeside Post"] + "/in-brief")
	if !strings.Contains(trimmed, "eleven months with photographs") || strings.Contains(trimmed, "Deliveries went on") {
		t.Errorf("the trimmed reprint is not trimmed:\n%s", trimmed)
	}
	if !strings.Contains(text(bases["Quayside Daily"]+"/stingers"), "861 Stinger") {
		t.Error("nobody gives the wrong number")
	}
}

func TestConfigIsGood(t *testing.T) {
	w := serve(t, time.Now())
	cfg, err := config.Parse("armswatch.yaml", []byte(demo.Config(w)), func(string) string { return "" }, config.Vocabulary{})
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Sources) != len(w.Outlets) || len(cfg.Routes) != 1 || len(cfg.Warnings) > 0 {
		t.Errorf("%d sources, %d routes, warnings %q", len(cfg.Sources), len(cfg.Routes), cfg.Warnings)
	}
	hosts := map[string]bool{}
	for _, s := range cfg.Sources {
		hosts[news.HostOf(s.URL)] = true
	}
	if len(hosts) != len(cfg.Sources) && !hosts["127.0.0.1"] {
		out, _ := json.Marshal(hosts)
		t.Errorf("hosts %s for %d outlets", out, len(cfg.Sources))
	}
}

func TestTheSameNowGivesTheSameWeb(t *testing.T) {
	now := time.Date(2026, 2, 3, 4, 5, 6, 7, time.UTC)
	a, b := serve(t, now), serve(t, now)
	for i := range a.Outlets {
		_, first := get(t, a.Outlets[i].URL, "")
		_, second := get(t, b.Outlets[i].URL, "")
		port := regexp.MustCompile(`127\.0\.0\.\d+:\d+`)
		if port.ReplaceAllString(first, "") != port.ReplaceAllString(second, "") {
			t.Errorf("%s differs", a.Outlets[i].Name)
		}
	}
}
