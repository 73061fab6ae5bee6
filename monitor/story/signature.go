package story

import (
	"encoding/binary"
	"math"
	"slices"
)

// version of the signature's form. Signatures of other versions are not read:
// their articles stay in their stories, but nothing new is compared with them.
const version = 8

// encode writes what Restore needs: little-endian numbers, sorted lists as
// differences in uvarints.
func (d *doc) encode() []byte {
	out := make([]byte, 0, 48+4*len(d.data)+len(d.facts))
	out = append(out, version, d.mod, asByte(d.short)|asByte(d.slim)<<1, byte(d.lang>>8), byte(d.lang))
	for _, x := range d.norms.list() {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(*x))
	}
	out = appendSorted(out, d.terms())
	out = appendSorted(out, d.prints())
	return append(out, d.facts...)
}

// list are the norms one by one, for writing and reading.
func (n *norms) list() []*float32 {
	l := []*float32{&n.body, &n.lead, &n.title, &n.all, &n.titleSum, &n.rare, &n.figures, &n.year}
	for k := range n.sum {
		l = append(l, &n.sum[k])
	}
	return l
}

func appendSorted(out []byte, list []uint32) []byte {
	out = binary.AppendUvarint(out, uint64(len(list)))
	prev := uint32(0)
	for _, h := range list {
		out = binary.AppendUvarint(out, uint64(h-prev))
		prev = h
	}
	return out
}

// decode reads a signature; of a damaged one nothing is kept.
func decode(data []byte) doc {
	var n norms
	floats := n.list()
	head := 5 + 4*len(floats)
	if len(data) < head || data[0] != version {
		return doc{mod: 1}
	}
	for i, x := range floats {
		*x = math.Float32frombits(binary.LittleEndian.Uint32(data[5+4*i:]))
		if *x < 0 || *x != *x || *x > 1e9 {
			return doc{mod: 1}
		}
	}
	terms, rest, ok := readSorted(data[head:], maxTerms)
	prints, rest, ok2 := readSorted(rest, maxPrints)
	mod := data[1]
	if !ok || !ok2 || mod == 0 || mod > 16 || mod&(mod-1) != 0 || len(rest) > maxFacts*5*(maxFactText+1) || !known(terms) {
		return doc{mod: 1}
	}
	return doc{
		mod: mod, short: data[2]&1 != 0, slim: data[2]&2 != 0, lang: uint16(data[3])<<8 | uint16(data[4]), norms: n, nTerms: uint16(len(terms)),
		data: slices.Concat(terms, prints), facts: string(rest),
	}
}

// known says whether all terms are of kinds there are.
func known(terms []uint32) bool {
	return !slices.ContainsFunc(terms, func(t uint32) bool { return term(t).kind() >= kinds })
}

func readSorted(data []byte, most int) (list []uint32, rest []byte, ok bool) {
	n, size := binary.Uvarint(data)
	if size <= 0 || n > uint64(most) {
		return nil, nil, false
	}
	data = data[size:]
	list = make([]uint32, n)
	sum := uint64(0)
	for i := range list {
		v, size := binary.Uvarint(data)
		if size <= 0 || v > math.MaxUint32 || i > 0 && v == 0 {
			return nil, nil, false
		}
		if sum += v; sum > math.MaxUint32 {
			return nil, nil, false
		}
		list[i], data = uint32(sum), data[size:]
	}
	return list, data, true
}
