package main

import (
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
)

// benchServeCommand is the other process of `bench poll`: it serves feeds on
// loopback and prints its port. Its control interface is part of that of the
// project's load generator, newsfarm, so that either will do.
func benchServeCommand() *cobra.Command {
	f := &benchFarm{born: time.Now().Add(-time.Hour)}
	cmd := &cobra.Command{
		Use:    "serve",
		Short:  "Serve feeds for bench poll",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			listeners, port, err := listenAll(cmd.Context())
			if err != nil {
				return err
			}
			f.port = port
			srv := &http.Server{Handler: f.handler(), ReadHeaderTimeout: 5 * time.Second}
			failed := make(chan error, len(listeners))
			for _, l := range listeners {
				go func() { failed <- srv.Serve(l) }()
			}
			if _, err := fmt.Fprintln(os.Stdout, port); err != nil {
				return err
			}
			parent := make(chan struct{})
			go func() { // its pipe ends when it dies, however it dies
				_, _ = io.Copy(io.Discard, os.Stdin)
				close(parent)
			}()
			select {
			case <-parent:
				return srv.Close()
			case <-cmd.Context().Done():
				return srv.Close()
			case err := <-failed:
				return err
			}
		},
	}
	cmd.Flags().IntVar(&f.feeds, "feeds", 1000, "number of feeds")
	cmd.Flags().IntVar(&f.items, "items", 20, "items in each feed")
	return cmd
}

// benchFarm serves feeds that change when they are told to.
type benchFarm struct {
	feeds, items, port int
	born               time.Time
	first              atomic.Int64 // Unix nanoseconds of the first request
	median, tail       atomic.Int64 // nanoseconds

	mu    sync.Mutex
	added map[int]int // items published since, by feed
}

func (f *benchFarm) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /first", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, f.first.Load()) })
	mux.HandleFunc("GET /urls", f.serveURLs)
	mux.HandleFunc("POST /publish", f.publish)
	mux.HandleFunc("POST /latency", f.latency)
	mux.HandleFunc("GET /feed/{n}", f.serveFeed)
	return mux
}

func (f *benchFarm) serveURLs(w http.ResponseWriter, _ *http.Request) {
	for i := range f.feeds {
		_, _ = fmt.Fprintf(w, "http://127.0.0.%d:%d/feed/%d\n", 2+i%199, f.port, i)
	}
}

// publish adds items to a share of the feeds: ?share=0.05&items=2.
func (f *benchFarm) publish(_ http.ResponseWriter, r *http.Request) {
	share, _ := strconv.ParseFloat(r.URL.Query().Get("share"), 64)
	items, _ := strconv.Atoi(r.URL.Query().Get("items"))
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.added == nil {
		f.added = map[int]int{}
	}
	for i := range int(share * float64(f.feeds)) {
		f.added[i] += items
	}
}

// latency makes answers slow: ?spec=tail:80ms,2s is 80 ms, and 2 s for one in a
// hundred; anything else is at once.
func (f *benchFarm) latency(_ http.ResponseWriter, r *http.Request) {
	var median, tail time.Duration
	if spec, ok := strings.CutPrefix(r.URL.Query().Get("spec"), "tail:"); ok {
		a, b, _ := strings.Cut(spec, ",")
		median, _ = time.ParseDuration(a)
		tail, _ = time.ParseDuration(b)
	}
	f.median.Store(int64(median))
	f.tail.Store(int64(tail))
}

func (f *benchFarm) serveFeed(w http.ResponseWriter, r *http.Request) {
	f.first.CompareAndSwap(0, time.Now().UnixNano())
	n, _ := strconv.Atoi(r.PathValue("n"))
	f.mu.Lock()
	added := f.added[n]
	f.mu.Unlock()
	f.wait(n)
	etag := fmt.Sprintf(`"%d-%d"`, n, added)
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	_, _ = w.Write([]byte(f.feed(r.Host, n, added)))
}

func (f *benchFarm) wait(n int) {
	d := time.Duration(f.median.Load())
	if n%100 == 99 {
		d = time.Duration(f.tail.Load())
	}
	time.Sleep(d)
}

func (f *benchFarm) feed(host string, n, added int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Feed %d</title>`, n)
	for i := added + f.items - 1; i >= added; i-- {
		id := fmt.Sprintf("%d-%d", n, i)
		at := f.born.Add(time.Duration(i) * time.Minute)
		fmt.Fprintf(&b, "<item><title>Council meets for the %s time on %s</title><link>http://%s/article/%s</link>"+
			"<guid isPermaLink=\"false\">%s</guid><pubDate>%s</pubDate><description>%s</description></item>",
			id, benchTopic(id), host, id, id, at.Format(time.RFC1123Z), benchText)
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

func benchTopic(id string) string {
	topics := []string{"roads and schools", "the northern bridge", "bus fares", "the harbour wall", "school meals"}
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return topics[h.Sum32()%uint32(len(topics))]
}

const benchText = "The council met on Tuesday to hear what the county would pay for. Members asked how long the work " +
	"on the northern road would take, and were told that the bridge comes first. A teacher said that two schools " +
	"share one bus, and that parents drive the rest. The chair promised an answer before the end of the month. " +
	"Nobody had counted how many lorries cross the old bridge in a day, the engineer said, but the cracks had been " +
	"measured twice since the spring and had not grown. A second reading follows in the new year, when the tenders are in. " +
	"Until then the road stays closed to anything heavier than a van."
