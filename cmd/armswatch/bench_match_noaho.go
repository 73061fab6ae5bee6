//go:build !compare

package main

func ahoCorasickRival() []rival { return nil }
