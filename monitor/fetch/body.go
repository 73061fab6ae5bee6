package fetch

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxLayers is how many encodings may lie over each other.
const maxLayers = 2

var (
	errTooLarge = errors.New("too large")
	errEncoding = errors.New("unknown encoding")
)

// unpackers keeps decompressors for reuse: a gzip reader alone is 40 KB.
type unpackers struct {
	gzip, brotli, zstd sync.Pool
	long               long
}

// read reads a body whole: decompressed, and no larger than its purpose
// allows, before decompression and after.
func (p *unpackers) read(ctx context.Context, u *url.URL, res *http.Response, purpose Purpose) ([]byte, error) {
	limit := purpose.limit()
	if purpose == Article && isReport(res) {
		limit = maxReport
	}
	if res.ContentLength > limit && purpose != robots {
		return nil, tooLarge(u, limit)
	}
	body, err := p.unpack(ctx, &capped{r: res.Body, left: limit}, res.Header.Values("Content-Encoding"), limit)
	if err == nil && isGzip(body) && purpose != Page && purpose != Article { // sitemap.xml.gz
		body, err = p.unpack(ctx, bytes.NewReader(body), []string{"gzip"}, limit)
	}
	switch {
	case err == nil:
		return body, nil
	case errors.Is(err, errTooLarge) && purpose == robots:
		return body[:min(int64(len(body)), limit)], nil // RFC 9309 reads the beginning
	case errors.Is(err, errTooLarge):
		return nil, tooLarge(u, limit)
	case errors.Is(err, errEncoding):
		return nil, fail(Garbled, u, "its body is in an encoding we did not ask for").because(err)
	case isCorrupt(err):
		return nil, fail(Garbled, u, "its body is not in the encoding it claims, or damaged").because(err)
	}
	return nil, err
}

func tooLarge(u *url.URL, limit int64) error {
	return fail(TooLarge, u, "its body is larger than %s when decompressed; name a smaller feed or page", size(limit)).lasting()
}

func size(n int64) string {
	return strconv.FormatInt(n>>20, 10) + " MB"
}

// isReport says whether the server sends a PDF.
func isReport(res *http.Response) bool {
	kind, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "application/pdf")
}

func isGzip(body []byte) bool {
	return len(body) > 2 && body[0] == 0x1f && body[1] == 0x8b && body[2] == 8
}

// isCorrupt says whether an error came out of a decompressor.
func isCorrupt(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.As(err, &corrupt) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) ||
		errors.Is(err, zlib.ErrHeader) || errors.Is(err, zlib.ErrChecksum) ||
		strings.HasPrefix(err.Error(), "brotli") || strings.Contains(err.Error(), "zstd") ||
		errors.Is(err, zstd.ErrMagicMismatch) || errors.Is(err, zstd.ErrCRCMismatch) || errors.Is(err, zstd.ErrReservedBlockType) ||
		errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeTooSmall) || errors.Is(err, zstd.ErrDecoderSizeExceeded)
}

func (p *unpackers) unpack(ctx context.Context, r io.Reader, encodings []string, limit int64) ([]byte, error) {
	names := layers(encodings)
	if len(names) > maxLayers {
		return nil, errEncoding
	}
	for _, name := range slices.Backward(names) {
		layer, done, err := p.layer(name, r)
		if err != nil {
			return nil, err
		}
		defer done()
		r = &capped{r: layer, left: limit}
	}
	return p.long.readAll(ctx, r)
}

// layers are the encodings of a body, in the order in which they were put on.
func layers(values []string) []string {
	var out []string
	for _, v := range values {
		for name := range strings.SplitSeq(v, ",") {
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" && name != "identity" && name != "utf-8" && name != "none" {
				out = append(out, name)
			}
		}
	}
	return out
}

// layer opens one encoding. done gives its decompressor back.
func (p *unpackers) layer(name string, r io.Reader) (out io.Reader, done func(), err error) {
	switch name {
	case "gzip", "x-gzip":
		return p.gzipLayer(r)
	case "br":
		z, ok := p.brotli.Get().(*brotli.Reader)
		if !ok {
			z = brotli.NewReader(nil)
		}
		if err := z.Reset(r); err != nil {
			return nil, nil, err
		}
		return z, func() { _ = z.Reset(nil); p.brotli.Put(z) }, nil
	case "zstd":
		return p.zstdLayer(r)
	case "deflate":
		return deflateLayer(r)
	}
	return nil, nil, errEncoding
}

func (p *unpackers) gzipLayer(r io.Reader) (io.Reader, func(), error) {
	br := bufio.NewReader(r)
	if head, err := br.Peek(1); len(head) == 0 && errors.Is(err, io.EOF) {
		return br, func() {}, nil // an empty body needs no header
	}
	z, ok := p.gzip.Get().(*gzip.Reader)
	if !ok {
		z = new(gzip.Reader)
	}
	if err := z.Reset(br); err != nil {
		return nil, nil, err
	}
	return z, func() { p.gzip.Put(z) }, nil
}

func (p *unpackers) zstdLayer(r io.Reader) (io.Reader, func(), error) {
	z, ok := p.zstd.Get().(*zstd.Decoder)
	if !ok {
		var err error
		// RFC 8878 asks decoders for windows of 8 MB; nobody may ask for more.
		z, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderMaxMemory(maxFeed+1))
		if err != nil {
			return nil, nil, err
		}
	}
	if err := z.Reset(r); err != nil {
		return nil, nil, err
	}
	return z, func() { _ = z.Reset(nil); p.zstd.Put(z) }, nil
}

// deflateLayer reads what servers mean by deflate: zlib as the standard says,
// or bare deflate as some do.
func deflateLayer(r io.Reader) (io.Reader, func(), error) {
	br := bufio.NewReader(r)
	head, err := br.Peek(2)
	if len(head) == 0 && errors.Is(err, io.EOF) {
		return br, func() {}, nil
	}
	if len(head) == 2 && head[0]&0x0f == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0 {
		z, err := zlib.NewReader(br)
		return z, func() {}, err
	}
	return flate.NewReader(br), func() {}, nil
}

// capped reads at most left bytes; the next one is errTooLarge.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return n, errTooLarge
	}
	return n, err
}
