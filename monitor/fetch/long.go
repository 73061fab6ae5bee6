package fetch

import (
	"context"
	"errors"
	"io"
	"sync"
)

const (
	// shortBody is what any body may take. Of real feeds and pages one in
	// twenty is longer.
	shortBody = 256 << 10
	// longBodies is how many bodies may grow longer at once, so that fifty
	// bombs take the memory of two.
	longBodies = 2
	chunkSize  = 64 << 10
)

// long reads bodies whole. The memory it needs is bounded: shortBody for each
// that is being read, and the cap of its purpose for longBodies of them.
type long struct {
	once   sync.Once
	slots  chan struct{}
	chunks sync.Pool // of *[chunkSize]byte
}

// readAll reads r to its end, in chunks, which are used again: a body that grows
// too long leaves no garbage. With an error it returns what came before, unless
// that is longer than a robots.txt may be.
func (l *long) readAll(ctx context.Context, r io.Reader) ([]byte, error) {
	var chunks []*[chunkSize]byte
	defer func() {
		for _, c := range chunks {
			l.chunks.Put(c)
		}
	}()
	for size := 0; ; {
		if size == shortBody {
			done, err := l.slot(ctx)
			if err != nil {
				return nil, err
			}
			defer done()
		}
		c, ok := l.chunks.Get().(*[chunkSize]byte)
		if !ok {
			c = new([chunkSize]byte)
		}
		chunks = append(chunks, c)
		n, err := fill(r, c[:])
		size += n
		switch {
		case errors.Is(err, io.EOF):
			return join(chunks, size), nil
		case err != nil && size > maxRobots+1:
			return nil, err
		case err != nil:
			return join(chunks, size), err
		}
	}
}

// slot waits for one of longBodies. The caller gives it back with the function
// returned.
func (l *long) slot(ctx context.Context) (done func(), err error) {
	l.once.Do(func() { l.slots = make(chan struct{}, longBodies) })
	select {
	case l.slots <- struct{}{}:
		return func() { <-l.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// fill reads until the buffer is full or r ends. (io.ReadFull would not tell the
// end of r from an end before its time.)
func fill(r io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var m int
		m, err = r.Read(buf[n:])
		n += m
	}
	return n, err
}

func join(chunks []*[chunkSize]byte, size int) []byte {
	out := make([]byte, 0, size)
	for _, c := range chunks {
		out = append(out, c[:min(chunkSize, size-len(out))]...)
	}
	return out
}
