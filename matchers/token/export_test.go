package token

// AppendBlocks is Append as it is on machines without what readAhead needs.
func AppendBlocks(dst []Token, text string) []Token {
	s := scanner{src: []byte(text), text: text, out: dst}
	for base := 0; base <= len(s.src); {
		base = s.mend(s.block(base))
	}
	return s.out
}
