//go:build unix

package config

import (
	"os"
	"syscall"
)

// keepOwner gives a file the owner and group of another, where they differ.
func keepOwner(f *os.File, of os.FileInfo) error {
	mine, err := f.Stat()
	if err != nil {
		return err
	}
	theirs, ok := of.Sys().(*syscall.Stat_t)
	ours, also := mine.Sys().(*syscall.Stat_t)
	if !ok || !also || theirs.Uid == ours.Uid && theirs.Gid == ours.Gid {
		return nil
	}
	return f.Chown(int(theirs.Uid), int(theirs.Gid))
}
