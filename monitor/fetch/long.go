package fetch

import (
	"context"
	"errors"
	"io"
	"sync"
)

const (
	// shortBody is what any body may take. Nearly all real feeds and pages are
	// shorter.
	shortBody = 512 << 10
	// longBodies is how many bodies may grow longer at once, so that fifty
	// bombs take the memory of two.
	longBodies = 2
	chunkSize  = 256 << 10
)

// long reads bodies whole. The memory it needs is bounded: shortBody for each
// that is being read, and the cap of its purpose for longBodies of them.
type long struct {
	once   sync.Once
	slots  chan struct{}
	chunks sync.Pool // of *[chunkSize]byte
}

// readAll reads r to its end. hint is how long the body says it is, if it does.
// With an error it returns the beginning.
func (l *long) readAll(ctx context.Context, r io.Reader, hint int64) ([]byte, error) {
	const least = 4 << 10
	first := make([]byte, 0, min(max(hint+1, least), shortBody))
	for {
		if len(first) == cap(first) {
			if len(first) >= shortBody {
				return l.rest(ctx, r, first)
			}
			first = append(make([]byte, 0, min(4*cap(first), shortBody)), first...)
		}
		n, err := r.Read(first[len(first):cap(first)])
		first = first[:len(first)+n]
		if err != nil {
			return first, unlessEnd(err)
		}
	}
}

// rest reads on in chunks, which are used again: a body that grows too long
// leaves no garbage.
func (l *long) rest(ctx context.Context, r io.Reader, first []byte) ([]byte, error) {
	l.once.Do(func() { l.slots = make(chan struct{}, longBodies) })
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-ctx.Done():
		return first, ctx.Err()
	}
	var chunks []*[chunkSize]byte
	defer func() {
		for _, c := range chunks {
			l.chunks.Put(c)
		}
	}()
	for size := len(first); ; {
		c, ok := l.chunks.Get().(*[chunkSize]byte)
		if !ok {
			c = new([chunkSize]byte)
		}
		chunks = append(chunks, c)
		n, err := fill(r, c[:])
		if size += n; err == nil {
			continue
		}
		if err = unlessEnd(err); err != nil {
			return first, err
		}
		return join(first, chunks, size), nil
	}
}

// fill reads until the buffer is full or r ends.
func fill(r io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var m int
		m, err = r.Read(buf[n:])
		n += m
	}
	return n, err
}

func join(first []byte, chunks []*[chunkSize]byte, size int) []byte {
	out := append(make([]byte, 0, size), first...)
	for _, c := range chunks {
		out = append(out, c[:min(chunkSize, size-len(out))]...)
	}
	return out
}

func unlessEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
