package token

import "golang.org/x/sys/cpu"

// quick says that the machine has what readAhead needs.
var quick = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasBMI2

// readAhead does what block does for one block after the other, until the next
// begins behind last, out has no room for it, or a token waits that may be no plain
// word; behind any that waits it reads at most 256 bytes more. It knows words of
// letters of two bytes, and takes most punctuation beyond ASCII for what it is.
//
//go:noescape
func readAhead(s *scanner, base, last int) (next, bare int)

// ahead reads one block or more from base on.
func (s *scanner) ahead(base int) (next, bare int) {
	const (
		beyond = 80      // what a block and the hash of its last run may read
		most   = 1 << 16 // in one go: the scheduler cannot interrupt it
	)
	if !quick || base+beyond > len(s.src) {
		return s.block(base)
	}
	s.out = s.room()
	return readAhead(s, base, min(len(s.src)-beyond, base+most))
}
