package config

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// changes starts watching path and returns what says of each change.
func changes(t *testing.T, path string) <-chan struct{} {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	seen := make(chan struct{}, 100)
	done := make(chan error, 1)
	go func() { done <- Watch(ctx, path, func() { seen <- struct{}{} }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Watch = %v", err)
		}
	})
	time.Sleep(100 * time.Millisecond) // let it take the first hash
	return seen
}

func wantChanges(t *testing.T, seen <-chan struct{}, want int, after string) {
	t.Helper()
	got := 0
	for deadline := time.After(1200 * time.Millisecond); ; {
		select {
		case <-seen:
			got++
		case <-deadline:
			if got != want {
				t.Errorf("after %s: %d changes, want %d", after, got, want)
			}
			return
		}
	}
}

func TestWatchSeesEditorsAtWork(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "armswatch.yaml")
	write(t, path, "a")
	seen := changes(t, path)
	write(t, filepath.Join(dir, "armswatch.db-wal"), "x")
	write(t, path, "a")
	wantChanges(t, seen, 0, "other files and the same content")
	write(t, path, "b")
	write(t, path, "bb")
	wantChanges(t, seen, 1, "two quick writes")
	write(t, path+".new", "c")
	must(t, os.Rename(path+".new", path))
	wantChanges(t, seen, 1, "rename over it")
	must(t, os.Rename(path, path+"~"))
	write(t, path, "d")
	wantChanges(t, seen, 1, "backup and new file")
	must(t, os.Remove(path))
	wantChanges(t, seen, 0, "removal")
	write(t, path, "e")
	wantChanges(t, seen, 1, "return")
}

func TestWatchSeesAConfigMap(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, v := range []string{"v1", "v2"} {
		must(t, os.Mkdir(filepath.Join(dir, v), 0o700))
		write(t, filepath.Join(dir, v, "armswatch.yaml"), v)
	}
	must(t, os.Symlink("v1", filepath.Join(dir, "..data")))
	path := filepath.Join(dir, "armswatch.yaml")
	must(t, os.Symlink("..data/armswatch.yaml", path))
	seen := changes(t, path)
	must(t, os.Symlink("v2", filepath.Join(dir, "..tmp")))
	must(t, os.Rename(filepath.Join(dir, "..tmp"), filepath.Join(dir, "..data")))
	wantChanges(t, seen, 1, "swapped link")
}

func TestWatchRefusesAMissingFolder(t *testing.T) {
	err := Watch(t.Context(), filepath.Join(t.TempDir(), "none", "a.yaml"), func() {})
	if err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("Watch = %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
