package token

import "golang.org/x/sys/cpu"

// quick says that the machine has what readAhead needs.
var quick = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasBMI2

// readAhead emits the tokens of whole blocks of plain ASCII from base on, as
// long as no word has 16 letters, a block begins at last or before, and out has
// room for it. It gives the place of the block that it leaves; seen says that the
// masks are those of that block.
//
//go:noescape
func readAhead(s *scanner, base, last int) (next int, letters, digits, special uint64, seen bool)

// ahead reads blocks as long as that is easy, and gives the place and the masks
// of the first that needs a closer look.
func (s *scanner) ahead(base int) (next int, letters, digits, special uint64) {
	const (
		beyond = 80      // what a block and the hash of its last word may read
		most   = 1 << 16 // in one go, as nothing stops it
	)
	for quick && base+beyond <= len(s.src) {
		s.out = s.room()
		var seen bool
		base, letters, digits, special, seen = readAhead(s, base, min(len(s.src)-beyond, base+most))
		if seen {
			return base, letters, digits, special
		}
	}
	if base+64 <= len(s.src) {
		letters, digits, special = classify((*[64]byte)(s.src[base:]))
	}
	return base, letters, digits, special
}
