//go:build !linux

package main

// dropProgram does nothing here.
func dropProgram() {}
