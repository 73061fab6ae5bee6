package main

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify/atom"
	"github.com/armswatch/armswatch/notify/digest"
)

// feedStories is how many stories a feed holds.
const feedStories = 50

// feeds serves the latest stories of each route as /feeds/ROUTE.atom and
// /feeds/ROUTE.json, with an ETag that changes when a story is placed.
func (a *app) feeds(w http.ResponseWriter, r *http.Request) {
	name, write, kind := feedFormat(r.PathValue("file"))
	route, ok := a.routeNamed(name)
	if !ok || write == nil {
		http.NotFound(w, r)
		return
	}
	stories, seq, err := a.store.Latest(r.Context(), route, feedStories)
	if err != nil {
		a.log.Error("feed", "route", route.Name, "error", err)
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	etag := fmt.Sprintf(`"%d"`, seq)
	w.Header().Set("ETag", etag)
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	page, err := write(feedOf(r, route, stories, a.monitor.Setup().Zone))
	if err != nil {
		a.log.Error("feed", "route", route.Name, "error", err)
		http.Error(w, "the feed cannot be written", http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(page)
}

func feedFormat(file string) (name string, write func(atom.Feed) ([]byte, error), kind string) {
	if name, ok := strings.CutSuffix(file, ".atom"); ok {
		return name, atom.Atom, "application/atom+xml"
	}
	if name, ok := strings.CutSuffix(file, ".json"); ok {
		return name, atom.JSON, "application/feed+json"
	}
	return "", nil, ""
}

func (a *app) routeNamed(name string) (news.Route, bool) {
	for _, r := range a.monitor.Setup().Routes {
		if r.Name == name {
			return r, true
		}
	}
	return news.Route{}, false
}

// feedOf is a feed of stories in their order, the latest first.
func feedOf(r *http.Request, route news.Route, stories []news.Story, zone *time.Location) atom.Feed {
	f := atom.Feed{
		Title: "armswatch: " + route.Name,
		Self:  (&url.URL{Scheme: "http", Host: cmp.Or(r.Host, "localhost"), Path: r.URL.Path, RawPath: r.URL.RawPath}).String(),
	}
	for _, s := range stories {
		f.Message.Stories = append(f.Message.Stories, digest.Alert(s, route, zone).Stories...)
		if at := s.Members[len(s.Members)-1].Article.FirstSeen; at.After(f.Updated) {
			f.Updated = at
		}
	}
	return f
}
