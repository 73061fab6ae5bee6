package story

import (
	_ "embed"
	"encoding/binary"
	"math"
)

// postings find documents by a hash: chains in two flat arrays, the newest
// document first. An entry is the document (24 bits), the next entry (32) and 8
// more bits of the hash, which tell foreign entries of a chain apart.
type postings struct {
	heads   []uint32 // entry + 1, by hash
	entries []uint64
}

const (
	maxDocs  = 1 << 24
	maxHeads = 1 << 25
)

func newPostings() *postings { return &postings{heads: make([]uint32, 1<<12)} }

func (p *postings) slot(h uint32) (head *uint32, tag uint64) {
	h = mix(h)
	return &p.heads[h&uint32(len(p.heads)-1)], uint64(h >> 24)
}

func (p *postings) add(h uint32, doc int32) {
	head, tag := p.slot(h)
	p.entries = push(p.entries, uint64(doc)<<40|tag<<32|uint64(*head))
	*head = uint32(len(p.entries))
}

// push is append to a list that grows by a sixteenth: append would leave more empty.
func push[T any](list []T, x T) []T {
	if n := len(list); n == cap(list) {
		list = append(make([]T, 0, n+n/16+64), list...)
	}
	return append(list, x)
}

// full says that chains have become long and the index must be made anew.
func (p *postings) full() bool { return len(p.entries) > 3*len(p.heads) && len(p.heads) < maxHeads }

// clear empties the index and makes room for so many entries.
func (p *postings) clear(room int) {
	size := 1 << 12
	for size < room/2 && size < maxHeads {
		size *= 2
	}
	p.heads = make([]uint32, size)
	p.entries = make([]uint64, 0, room+room/16)
}

// walk calls do with the documents of a hash, the newest first, at most so many.
func (p *postings) walk(h uint32, most int, do func(doc int32)) {
	head, tag := p.slot(h)
	for e := *head; e != 0 && most > 0; {
		x := p.entries[e-1]
		if x>>32&0xff == tag {
			do(int32(x >> 40))
			most--
		}
		e = uint32(x)
	}
}

// collect appends the documents of a hash to list as long as they fit, and says
// whether there are more.
func (p *postings) collect(h uint32, list []int32) ([]int32, bool) {
	head, tag := p.slot(h)
	for e := *head; e != 0; {
		x := p.entries[e-1]
		if x>>32&0xff == tag {
			if len(list) == cap(list) {
				return list, true
			}
			list = append(list, int32(x>>40))
		}
		e = uint32(x)
	}
	return list, false
}

// frequencies count in how many documents each term stands: a count-min sketch
// (Cormode and Muthukrishnan 2005) of 4 MB, whatever the window holds. It
// begins with a background of news articles, which the newsroom's own outweigh
// in time.
type frequencies struct {
	docs float32
	of   []float32
	ln   float64 // of docs
}

//go:embed background.bin
var theBackground []byte

const (
	sketch = 1 << 20
	// belief is how many documents the background counts for.
	belief = 3000
	// maxRarity bounds what one term can tell, so that the figures stay
	// comparable when the window grows.
	maxRarity = 8.5
)

// A background entry is the key of a term and a byte: the logarithm of the share
// of documents that have it, one step being 1/24 octave.
func newFrequencies() *frequencies {
	f := &frequencies{docs: belief, ln: math.Log(belief + 1), of: make([]float32, sketch)}
	for b := theBackground; len(b) >= 5; b = b[5:] {
		f.add(binary.LittleEndian.Uint32(b), float32(belief*math.Exp2(-float64(b[4])/24)))
	}
	return f
}

func (f *frequencies) slots(key uint32) (a, b uint32) {
	h := key * 0x9e3779b1
	return (h >> 12) & (sketch - 1), mix(h) & (sketch - 1)
}

func (f *frequencies) add(key uint32, n float32) {
	a, b := f.slots(key)
	least := min(f.of[a], f.of[b]) + n
	f.of[a], f.of[b] = max(f.of[a], least), max(f.of[b], least) // conservative update
}

func (f *frequencies) learn(d *doc) {
	f.docs++
	f.ln = math.Log(float64(f.docs) + 1)
	for _, t := range d.terms() {
		f.add(t>>5, 1)
	}
}

// rarity is the logarithm of how few documents have a term, from 0 to maxRarity.
func (f *frequencies) rarity(key uint32) float64 { return f.rarityOf(f.count(key)) }

// count is in how many documents a term stands, at most.
func (f *frequencies) count(key uint32) float32 {
	a, b := f.slots(key)
	return min(f.of[a], f.of[b])
}

func (f *frequencies) rarityOf(count float32) float64 {
	return min(max(f.ln-ln(count+1), 0), maxRarity)
}

// logs are the logarithms from 1 to 2.
var logs = func() (table [1<<10 + 1]float64) {
	for i := range table {
		table[i] = math.Log1p(float64(i) / (1 << 10))
	}
	return
}()

// ln is the logarithm of a positive number, to 2 in ten million: a fifth of all
// time went into better ones.
func ln(x float32) float64 {
	const fraction, index = 23, 10 // bits
	b := math.Float32bits(x)
	i := b >> (fraction - index) & (1<<index - 1)
	rest := float64(b&(1<<(fraction-index)-1)) / (1 << (fraction - index))
	return float64(int(b>>fraction)-127)*math.Ln2 + logs[i] + rest*(logs[i+1]-logs[i])
}
