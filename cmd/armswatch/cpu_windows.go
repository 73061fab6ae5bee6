package main

import (
	"time"

	"golang.org/x/sys/windows"
)

// cpuTime is the user and system time this process has used.
func cpuTime() time.Duration {
	var began, ended, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(windows.CurrentProcess(), &began, &ended, &kernel, &user); err != nil {
		return 0
	}
	ticks := func(f windows.Filetime) int64 { return int64(f.HighDateTime)<<32 | int64(f.LowDateTime) } // of 100 ns
	return time.Duration((ticks(kernel) + ticks(user)) * 100)
}
