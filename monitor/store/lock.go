package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A lockFile is held for as long as its process lives: the system lets go of
// it when the process dies, however it dies.
type lockFile struct{ f *os.File }

// lock takes the lock beside the database, so that one process at a time works
// on it. It writes who has it into the file.
func lock(path string) (*lockFile, error) {
	name := path + ".lock"
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644) //nolint:gosec // who holds the database is no secret
	if err != nil {
		return nil, fmt.Errorf("open %s: %s", path, folderTrouble(err, filepath.Dir(path)))
	}
	if err := tryLock(f); err != nil {
		holder, _ := io.ReadAll(io.LimitReader(f, 300))
		_ = f.Close()
		if !errors.Is(err, errHeld) {
			return nil, fmt.Errorf("lock %s: %w", name, err)
		}
		return nil, &LockedError{Path: path, Holder: orUnknown(strings.TrimSpace(string(holder)))}
	}
	l := &lockFile{f}
	if err := l.sign(); err != nil {
		_ = l.release()
		return nil, fmt.Errorf("open %s: %w", path, plain(err, name))
	}
	return l, nil
}

// errHeld is what tryLock returns when another process has the lock.
var errHeld = errors.New("held by another process")

func orUnknown(holder string) string {
	if holder == "" {
		return "a process that has not said who it is"
	}
	return holder
}

func folderTrouble(err error, folder string) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Sprintf("the folder %s does not exist", folder)
	}
	return fmt.Sprintf("cannot write in the folder %s: %v", folder, err)
}

func (l *lockFile) sign() error {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	if err := l.f.Truncate(0); err != nil {
		return err
	}
	text := fmt.Sprintf("pid %d on %s since %s\n", os.Getpid(), host, time.Now().UTC().Format(time.RFC3339))
	_, err = l.f.WriteAt([]byte(text), 0)
	return err
}

// release empties the file and lets go. The file stays: removing it would let
// two processes hold two files of one name.
func (l *lockFile) release() error {
	return errors.Join(l.f.Truncate(0), unlock(l.f), l.f.Close())
}
