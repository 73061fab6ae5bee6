package scan

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/armswatch/armswatch/matchers/token"
)

// key is what a phrase is looked up by: one token, or two adjacent ones. A zero
// before says one.
type key struct{ before, hash uint64 }

func single(h uint64) key       { return key{0, plain(h)} }
func pair(before, h uint64) key { return key{plain(before), plain(h)} }

// sum is the key as one number, by which the table knows it.
func (k key) sum() uint64 {
	hi, lo := bits.Mul64(k.before^0x9e3779b97f4a7c15, k.hash^0xd1b54a32d192ed03)
	return hi ^ lo
}

// keyed is the key of a phrase with what the table holds for it.
type keyed struct {
	key
	entry
}

// entry is a phrase and the place of its key's last token in it.
type entry struct{ form, last int32 }

// keys chooses the key of each phrase: the pair that fewest phrases hold, and of
// equal ones the longer words, as those are rarer in texts. In a phrase with a
// number one of the two is a number, so that the Latin reading of a Cyrillic
// word matters beside numbers only.
func (p *phrases) keys(lengths []uint8) []keyed {
	count := make(map[uint64]int32, len(p.hashes))
	for form := range p.numbered {
		h := p.at(form).hashes
		for i := 1; i < len(h); i++ {
			count[pair(h[i-1], h[i]).sum()]++
		}
	}
	out := make([]keyed, 0, len(p.numbered))
	for form := range p.numbered {
		if q := p.at(form); len(q.hashes) > 0 {
			k, last := q.rarest(count, lengths[p.starts[form]:])
			out = append(out, keyed{k, entry{int32(form), int32(last)}})
		}
	}
	return out
}

func (p *phrase) rarest(count map[uint64]int32, lengths []uint8) (best key, last int) {
	best = single(p.hashes[0])
	fewest, longest := int32(0), 0
	for i := 1; i < len(p.hashes); i++ {
		a, b := p.hashes[i-1], p.hashes[i]
		if p.numbered && !isNumber(a|b) {
			continue
		}
		k := pair(a, b)
		n, length := count[k.sum()], int(lengths[i-1])+int(lengths[i])
		if last == 0 || n < fewest || n == fewest && length > longest {
			best, last, fewest, longest = k, i, n, length
		}
	}
	return best, last
}

// table is a hash table with open addressing from keys to phrases.
type table struct {
	slots   []slot
	shift   uint
	entries []entry // in order of their keys' sums
}

// slot holds the entries from from to to for a key. Nothing there: to is zero.
type slot struct {
	sum      uint64
	from, to uint32
}

// newTable sorts the keys.
func newTable(keys []keyed) table {
	slices.SortFunc(keys, func(a, b keyed) int {
		return cmp.Or(cmp.Compare(a.sum(), b.sum()), cmp.Compare(a.form, b.form))
	})
	n := bits.Len(uint(len(keys) + len(keys)/3))
	t := table{slots: make([]slot, 1<<n), shift: uint(64 - n), entries: make([]entry, len(keys))}
	for i := range keys {
		t.entries[i] = keys[i].entry
		if sum := keys[i].sum(); i == 0 || keys[i-1].sum() != sum {
			*t.slot(sum) = slot{sum, uint32(i), uint32(i + 1)}
		} else {
			t.slot(sum).to++
		}
	}
	return t
}

// slot is where a key stands, or would stand. There is always room: at most
// three quarters of the slots are taken.
func (t *table) slot(sum uint64) *slot {
	for i := sum >> t.shift; ; i++ {
		s := &t.slots[i&uint64(len(t.slots)-1)]
		if s.to == 0 || s.sum == sum {
			return s
		}
	}
}

func (t *table) find(k key) []entry {
	s := t.slot(k.sum())
	return t.entries[s.from:s.to]
}

// filter is a blocked Bloom filter: both bits of a key stand in one word, which
// both its tokens choose, so that a word that ends many phrases fills none.
type filter struct {
	words []uint64
	shift uint
}

// bitsPerKey lets few tokens through that are no key: a look into the table costs
// more than a larger filter does, even one beyond the first-level cache.
const bitsPerKey = 40

func newFilter(keys int) filter {
	n := max(bits.Len(uint(keys*bitsPerKey/64)), 8) // 2 KB at least, that few keys are passed by
	return filter{make([]uint64, 1<<n), uint(64 - n)}
}

// mark is the two bits by which a key is known whose first token has this hash.
func mark(h uint64) uint64 { return 1<<(h>>14&63) | 1<<(h>>20&63) }

func (k key) mark() uint64 {
	if k.before == 0 {
		return mark(k.hash)
	}
	return mark(k.before)
}

func (f *filter) add(k key) { f.words[(k.before^k.hash)>>f.shift] |= k.mark() }

// has says whether a key may have been added: no is certain.
func (f *filter) has(k key) bool { return k.mark()&^f.words[(k.before^k.hash)>>f.shift] == 0 }

// next gives the first token from i on at which a key may end, or their number.
func (f *filter) next(tokens []token.Token, i int) int {
	words, shift := f.words, f.shift&63
	before, marked := uint64(0), ^uint64(0)
	if i > 0 {
		before = tokens[i-1].Hash
		marked = mark(before)
	}
	for ; i < len(tokens); i++ {
		h := tokens[i].Hash
		m := mark(h)
		if m&^words[h>>shift] == 0 || marked&^words[(before^h)>>shift] == 0 || readsLatin(before, h) {
			break
		}
		before, marked = h, m
	}
	return i
}
