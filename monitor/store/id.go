package store

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
)

// ids makes numbers that grow and that no other process makes: 41 bits of
// milliseconds since 2020 (until 2089), 10 bits drawn by the process, 12 bits
// of counting within the millisecond.
type ids struct {
	mu      sync.Mutex
	process int64
	last    int64 // millisecond
	count   int64
}

const (
	epoch     = 1577836800000 // 2020-01-01 in Unix milliseconds
	countBits = 12
	idBits    = 22
)

// newIDs begins at the time it is made, whatever times it is asked for later: a
// process that is started again makes none of the numbers that its predecessor
// made, though it may draw the same bits.
func newIDs() *ids {
	return &ids{
		process: rand.Int64N(1 << (idBits - countBits)), //nolint:gosec // nobody gains by guessing it
		last:    time.Now().UnixMilli() - epoch,
	}
}

// next is above every number made before, also when the clock steps back.
func (g *ids) next(now time.Time) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := now.UnixMilli() - epoch
	switch {
	case t > g.last:
		g.last, g.count = t, 0
	case g.count == 1<<countBits-1:
		g.last, g.count = g.last+1, 0
	default:
		g.count++
	}
	return g.last<<idBits | g.process<<countBits | g.count
}

// NewArticleID returns an id above all that this process has made.
func (s *Store) NewArticleID(now time.Time) news.ArticleID {
	return news.ArticleID(s.ids.next(now))
}
