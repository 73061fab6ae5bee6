package token

import "golang.org/x/sys/cpu"

// quick says that the machine has what readAhead needs.
var quick = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasBMI2

// readAhead does what block does for one block after the other, until one leaves
// runs without their hash, the next begins behind last, or out has no room for it.
//
//go:noescape
func readAhead(s *scanner, base, last int) (next int, r runs)

// ahead reads blocks from base on, to one that leaves runs without their hash, and
// gives the place of the next.
func (s *scanner) ahead(base int) (next int, r runs) {
	const (
		beyond = 80      // what a block and the hash of its last run may read
		most   = 1 << 16 // in one go, as nothing stops it
	)
	if !quick || base+beyond > len(s.src) {
		return s.block(base)
	}
	s.out = s.room()
	return readAhead(s, base, min(len(s.src)-beyond, base+most))
}
