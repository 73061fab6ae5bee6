//go:build !race

package feed_test

// mb is a megabyte of hostile input, or half of one, which hurts as much.
const mb = 1 << 19
