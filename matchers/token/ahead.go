//go:build !amd64

package token

// ahead reads the block at base.
func (s *scanner) ahead(base int) (next, bare int) { return s.block(base) }
