package main

import (
	"os"
	"reflect"
	"testing"
)

func TestReadOnlyMappings(t *testing.T) {
	const smaps = `00400000-013ee000 r-xp 00000000 fe:00 42   /opt/our news/armswatch
Size:              16312 kB
Anonymous:             0 kB
Swap:                  0 kB
VmFlags: rd ex mr mw me
013ee000-023ee000 r--p 00fee000 fe:00 42   /opt/our news/armswatch
Size:              16384 kB
Anonymous:            16 kB
Swap:                  0 kB
023ee000-026b1000 r--p 01fee000 fe:00 42   /opt/our news/armswatch
Size:               2828 kB
Anonymous:             0 kB
Swap:                 16 kB
026b1000-028cc000 rw-p 022b1000 fe:00 42   /opt/our news/armswatch
Size:               2156 kB
Anonymous:             0 kB
Swap:                  0 kB
028cc000-028cd000 r--p 00000000 00:00 0
Anonymous:             0 kB
Swap:                  0 kB
7f811831e000-7f8118690000 r--p 00000000 fe:00 43   /lib/libc.so.6
Anonymous:             0 kB
Swap:                  0 kB
`
	got := readOnly(smaps, "/opt/our news/armswatch")
	if want := []mapping{{0x400000, 0x13ee000}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%x, want %x: only what cannot be written and never was, and is ours", got, want)
	}
}

func TestRestGivesPagesBack(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Skip("no /proc/self/smaps here:", err)
	}
	if len(readOnly(string(smaps), self)) == 0 {
		t.Fatal("no mapping of our own program found")
	}
	before := memoryMB("RssFile:")
	rest()
	if after := memoryMB("RssFile:"); after >= before {
		t.Errorf("%.1f MB of the program before, %.1f after", before, after)
	}
}
