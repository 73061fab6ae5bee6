package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// dropProgram lets go of the pages of the program itself: those that only the
// start needed stay away, the others come back from the system's cache as they
// are used. They are a third of what a process with a thousand sources holds.
func dropProgram() {
	path, err := os.Executable()
	if err != nil {
		return
	}
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return
	}
	for _, m := range readOnly(string(smaps), path) {
		// A refusal costs nothing but the memory.
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, m.from, m.to-m.from, unix.MADV_DONTNEED)
	}
}

// mapping is a range of addresses.
type mapping struct{ from, to uintptr }

// readOnly finds, in the text of /proc/self/smaps, the mappings of the file at
// path that hold what the file holds and nothing else: they cannot be written,
// and no page of them was before (as the linker of the system does to some in
// a program that may stand anywhere: "Anonymous" in proc(5), or "Swap" once they
// are swapped out).
func readOnly(smaps, path string) []mapping {
	var found []mapping
	var m mapping
	ours, written := false, false
	for line := range strings.Lines(smaps) {
		f := strings.Fields(line)
		switch {
		case len(f) >= 5 && strings.Contains(f[0], "-"):
			_, err := fmt.Sscanf(f[0], "%x-%x", &m.from, &m.to)
			name := strings.Join(f[5:], " ")
			ours, written = err == nil && name == path && !strings.Contains(f[1], "w"), false
		case len(f) < 2:
		case f[0] == "Anonymous:":
			written = f[1] != "0"
		case f[0] == "Swap:" && f[1] == "0" && ours && !written: // behind Anonymous
			found = append(found, m)
		}
	}
	return found
}
