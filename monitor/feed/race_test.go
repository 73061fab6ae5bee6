//go:build race

package feed_test

// mb is a megabyte of hostile input. The race detector makes each byte of it
// ten times dearer, and reading is done by one goroutine anyway.
const mb = 1 << 15
