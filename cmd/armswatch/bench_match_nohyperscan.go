//go:build !hyperscan

package main

func hyperscanRival() []rival { return nil }
