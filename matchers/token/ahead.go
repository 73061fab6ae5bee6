//go:build !amd64

package token

// ahead reads the block at base.
func (s *scanner) ahead(base int) (next int, r runs) { return s.block(base) }
