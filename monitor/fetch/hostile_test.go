package fetch

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// rawServer answers each connection with what answer writes, HTTP or not.
func rawServer(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer func() { _ = c.Close() }()
				_ = c.SetDeadline(time.Now().Add(20 * time.Second))
				if _, err := c.Read(make([]byte, 4096)); err == nil {
					answer(c)
				}
			})
		}
	})
	return "http://" + l.Addr().String() + "/"
}

func text(s string) func(net.Conn) { return func(c net.Conn) { _, _ = io.WriteString(c, s) } }

// endless writes s again and again, pause apart, until nobody listens.
func endless(head, s string, pause time.Duration) func(net.Conn) {
	return func(c net.Conn) {
		_, err := io.WriteString(c, head)
		for err == nil {
			_, err = io.WriteString(c, s)
			time.Sleep(pause)
		}
	}
}

const ok = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"

// bomb is many zeros, packed.
func bomb(t *testing.T, encoding string, mb int) string {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch encoding {
	case "gzip":
		w, _ = gzip.NewWriterLevel(&b, gzip.BestSpeed)
	case "br":
		w = brotli.NewWriterLevel(&b, 1)
	case "zstd":
		w, _ = zstd.NewWriter(&b, zstd.WithWindowSize(8<<20))
	case "huge window":
		w, _ = zstd.NewWriter(&b, zstd.WithWindowSize(512<<20))
	case "zlib":
		w = zlib.NewWriter(&b)
	case "deflate":
		w, _ = flate.NewWriter(&b, flate.BestSpeed)
	}
	zeros := make([]byte, 1<<20)
	for range mb {
		_, _ = w.Write(zeros)
	}
	_ = w.Close()
	return b.String()
}

func packed(encoding, body string) func(net.Conn) {
	return text(fmt.Sprintf("%sContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", ok, encoding, len(body), body))
}

type hostileAnswer struct {
	name   string
	answer func(net.Conn)
	kinds  []Kind // any of these; none: it may be read
}

func hostileAnswers(t *testing.T) []hostileAnswer {
	gz := bomb(t, "gzip", 12)
	big := strings.Repeat("x", 11<<20)
	double := func() string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = io.WriteString(w, gz)
		_ = w.Close()
		return b.String()
	}()
	large, slow, garbled, broken := []Kind{TooLarge}, []Kind{Timeout}, []Kind{Garbled}, []Kind{Unreachable}
	return []hostileAnswer{
		{"gzip bomb", packed("gzip", gz), large},
		{"gzip bomb in gzip", packed("gzip, gzip", double), large},
		{"gzip bomb that says nothing", text(ok + "\r\n" + gz), large},
		{"gzip bomb in gzip that says half", packed("gzip", double), large},
		{"brotli bomb", packed("br", bomb(t, "br", 12)), large},
		{"zstd bomb", packed("zstd", bomb(t, "zstd", 12)), large},
		{"zstd window of 512 MB", packed("zstd", bomb(t, "huge window", 12)), []Kind{TooLarge, Garbled}},
		{"zlib bomb", packed("deflate", bomb(t, "zlib", 12)), large},
		{"deflate bomb", packed("deflate", bomb(t, "deflate", 12)), large},
		{"three encodings", packed("gzip, br, zstd", "x"), garbled},
		{"nine encodings", packed("gzip, gzip, gzip, gzip, gzip, gzip, gzip, gzip, gzip", gz), garbled},
		{"unknown encoding", packed("compress", "x"), garbled},
		{"not gzip", packed("gzip", "<rss version='2.0'></rss>"), garbled},
		{"not brotli", packed("br", "<rss version='2.0'/>"), garbled},
		{"not zstd", packed("zstd", "<rss/>"), garbled},
		{"not deflate", packed("deflate", "\xff\xff\xff<rss/>"), garbled},
		{"gzip cut off", packed("gzip", gz[:len(gz)/2]), []Kind{TooLarge, Unreachable, Garbled}},
		{"gzip of another checksum", packed("gzip", brokenSum(t)), garbled},
		{"zeros as gzip", packed("gzip", strings.Repeat("\x00", 1<<20)), garbled},
		{"body of 11 MB", text(fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", ok, len(big), big)), large},
		{"body of 11 MB, unannounced", text(ok + "\r\n" + big), large},
		{"body announced as 1 TB", text(ok + "Content-Length: 1099511627776\r\n\r\nx"), large},
		{"body announced beyond any number", text(ok + "Content-Length: 99999999999999999999999\r\n\r\nx"), garbled},
		{"negative length", text(ok + "Content-Length: -1\r\n\r\nx"), garbled},
		{"two lengths", text(ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"), garbled},
		{"length and chunks", text(ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"), nil},
		{"endless body", endless(ok+"\r\n", strings.Repeat("x", 64<<10), 0), []Kind{TooLarge, Timeout}},
		{"endless chunks", endless(ok+"Transfer-Encoding: chunked\r\n\r\n", "1000\r\n"+strings.Repeat("x", 4096)+"\r\n", 0), []Kind{TooLarge, Timeout}},
		{"chunk of no end", text(ok + "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nx"), []Kind{Unreachable, Garbled}},
		{"chunk of no size", text(ok + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"), garbled},
		{"chunk header of no end", endless(ok+"Transfer-Encoding: chunked\r\n\r\n1;", strings.Repeat("x", 4096), 0), []Kind{Garbled, TooLarge, Timeout}},
		{"unknown transfer encoding", text(ok + "Transfer-Encoding: rot13\r\n\r\nx"), garbled},
		{"body by drips", endless(ok+"\r\n", "x", 20*time.Millisecond), slow},
		{"chunks by drips", endless(ok+"Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", 20*time.Millisecond), slow},
		{"headers by drips", endless("HTTP/1.1 200 OK\r\n", "X: y\r\n", 20*time.Millisecond), slow},
		{"status line by drips", endless("", "H", 20*time.Millisecond), slow},
		{"silence", func(net.Conn) { time.Sleep(1200 * time.Millisecond) }, slow},
		{"silence after the headers", func(c net.Conn) {
			_, _ = io.WriteString(c, ok+"Content-Length: 9\r\n\r\nx")
			time.Sleep(1200 * time.Millisecond)
		}, slow},
		{"headers of 100 KB", text("HTTP/1.1 200 OK\r\n" + strings.Repeat("X: "+strings.Repeat("y", 90)+"\r\n", 1100) + "\r\n"), large},
		{"one header of 1 MB", text("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 1<<20) + "\r\n\r\n"), large},
		{"endless headers", endless("HTTP/1.1 200 OK\r\n", strings.Repeat("X: y\r\n", 100), 0), large},
		{"endless status line", endless("HTTP/1.1 200 ", strings.Repeat("y", 4096), 0), large},
		{"interim answers for ever", endless("", "HTTP/1.1 103 Early Hints\r\n\r\n", 0), []Kind{TooLarge, Garbled, Timeout, Unreachable}},
		{"not HTTP", text("SSH-2.0-OpenSSH_9.6\r\n"), garbled},
		{"NUL bytes", text(strings.Repeat("\x00", 4096)), []Kind{Garbled, Unreachable}},
		{"HTTP/0.9", text("<rss/>"), []Kind{Garbled, Unreachable}},
		{"HTTP/9.9", text("HTTP/9.9 200 OK\r\n\r\n"), nil},
		{"status 999", text("HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n"), []Kind{Status}},
		{"status 000", text("HTTP/1.1 000 None\r\nContent-Length: 0\r\n\r\n"), garbled},
		{"status of letters", text("HTTP/1.1 abc None\r\n\r\n"), garbled},
		{"101", text("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), garbled},
		{"304 to nothing", text("HTTP/1.1 304 Not Modified\r\n\r\n"), garbled},
		{"header without a colon", text("HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"), garbled},
		{"header of NUL", text("HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n"), []Kind{Garbled, ""}},
		{"header that splits", text("HTTP/1.1 200 OK\r\nETag: \"a\rSet-Cookie: b\"\r\nContent-Length: 0\r\n\r\n"), []Kind{Garbled, ""}},
		{"ETag of 60 KB", text("HTTP/1.1 200 OK\r\nETag: \"" + strings.Repeat("a", 60<<10) + "\"\r\nContent-Length: 0\r\n\r\n"), nil},
		{"Retry-After for ever", text("HTTP/1.1 503 x\r\nRetry-After: 1e400\r\nContent-Length: 0\r\n\r\n"), []Kind{Status}},
		{"body shorter than announced", text(ok + "Content-Length: 100\r\n\r\nx"), broken},
		{"connection reset", func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }, broken},
		{"closed at once", func(net.Conn) {}, broken},
		{"closed in the headers", text("HTTP/1.1 200 OK\r\nX: y"), broken},
		{"Location of 60 KB", text("HTTP/1.1 302 x\r\nLocation: /" + strings.Repeat("a", 60<<10) + "\r\nContent-Length: 0\r\n\r\n"), []Kind{Invalid, Redirects}},
		{"Location of itself", text("HTTP/1.1 302 x\r\nLocation: /\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), []Kind{Redirects}},
	}
}

func brokenSum(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, "<rss/>")
	_ = w.Close()
	s := b.Bytes()
	s[len(s)-5] ^= 1
	return string(s)
}

// Each hostile answer ends in time, within the memory that a feed may take, as
// one typed error of one line, or as a body that is no longer than allowed.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	list := hostileAnswers(t)
	if len(list) < 60 {
		t.Errorf("%d hostile answers", len(list))
	}
	for _, h := range list {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			o := Options{Timeout: 20 * time.Second}
			if slices.Contains(h.kinds, Timeout) {
				o.Timeout = time.Second
			}
			c := client(t, o)
			res, err := c.Get(t.Context(), Request{URL: rawServer(t, h.answer)})
			if err == nil {
				if len(h.kinds) > 0 && h.kinds[len(h.kinds)-1] != "" || len(res.Body) > maxFeed || len(res.ETag) > maxValidator {
					t.Errorf("got %d bytes, want %v", len(res.Body), h.kinds)
				}
				return
			}
			var fe *Error
			if !errors.As(err, &fe) || strings.ContainsAny(fe.Error(), "\n\r\x00") || len(fe.Error()) > 400 {
				t.Fatalf("%T: %q", err, err)
			}
			if !slices.Contains(h.kinds, fe.Kind) {
				t.Errorf("%s (%s), want %v", fe, fe.Kind, h.kinds)
			}
		})
	}
}

// A bomb costs no more memory than the cap and its decompressor.
func TestBombsTakeLittleMemory(t *testing.T) {
	for _, encoding := range []string{"gzip", "br", "zstd", "zlib"} {
		name := strings.Replace(encoding, "zlib", "deflate", 1)
		c := client(t, Options{})
		u := rawServer(t, packed(name, bomb(t, encoding, 24)))
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_, err := c.Get(t.Context(), Request{URL: u})
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: read", encoding)
		}
		const most = 32 << 20 // the body up to its cap, and the window
		if took := after.TotalAlloc - before.TotalAlloc; took > most {
			t.Errorf("%s: %d MB", encoding, took>>20)
		}
	}
}

// Long bodies come whole, whatever their length.
func TestLongBodies(t *testing.T) {
	for _, n := range []int{0, 1, 4095, 4096, 4097, shortBody - 1, shortBody, shortBody + 1, shortBody + chunkSize, 2<<20 + 7} {
		body := strings.Repeat("0123456789abcdef", n/16+1)[:n]
		for _, announced := range []string{"", fmt.Sprintf("Content-Length: %d\r\n", n)} {
			c := client(t, Options{})
			if res := get(t, c, Request{URL: rawServer(t, text(ok+announced+"\r\n"+body))}); string(res.Body) != body {
				t.Errorf("%d bytes, announced %q: got %d", n, announced, len(res.Body))
			}
		}
	}
}

// A host that drips holds up nobody else.
func TestADripHoldsUpNoOther(t *testing.T) {
	slow := rawServer(t, endless(ok+"\r\n", "x", 20*time.Millisecond))
	quick := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("x")) })
	c := client(t, Options{Timeout: 2 * time.Second})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = c.Get(ctx, Request{URL: strings.Replace(slow, "127.0.0.1", "127.0.0.2", 1)}) })
	began := time.Now()
	get(t, c, Request{URL: quick.URL})
	if took := time.Since(began); took > time.Second {
		t.Errorf("took %v", took)
	}
	cancel()
	wg.Wait()
}
