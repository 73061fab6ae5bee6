package config

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// settle is how long a file must rest before it is read: editors write in
	// several steps.
	settle = 200 * time.Millisecond
	// look is how often the file is compared without an event, for mounts that
	// send none (network file systems, a single file mounted into a container).
	look = 10 * time.Second
)

// Watch calls onChange each time the content of the file at path has changed
// and come to rest. It watches the folder, so it survives editors that
// replace the file, and the swapped links of a Kubernetes ConfigMap. It returns
// when ctx ends, with its error, or when the folder cannot be watched.
func Watch(ctx context.Context, path string, onChange func()) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch %s: %w", path, err)
	}
	defer func() { _ = w.Close() }()
	folders := foldersOf(path)
	for folder := range folders {
		if err := w.Add(folder); err != nil {
			return fmt.Errorf("watch %s: %w", folder, err)
		}
	}
	return watch(ctx, w, path, onChange)
}

func watch(ctx context.Context, w *fsnotify.Watcher, path string, onChange func()) error {
	last, _ := hash(path)
	rest := time.NewTimer(settle)
	defer rest.Stop()
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, open := <-w.Events:
			switch {
			case !open:
				return errors.New("watch " + path + ": watcher closed")
			case concerns(e, path):
				rest.Reset(settle)
			}
		case _, open := <-w.Errors: // an overflow: events were lost, so look
			if !open {
				return errors.New("watch " + path + ": watcher closed")
			}
			rest.Reset(settle)
		case <-ticker.C:
			rest.Reset(settle)
		case <-rest.C:
			// A file that is gone is being replaced: the next event tells.
			if sum, err := hash(path); err == nil && sum != last {
				last = sum
				onChange()
			}
		}
	}
}

// foldersOf are the folder of path and, if it is a link, that of its target.
func foldersOf(path string) map[string]bool {
	folders := map[string]bool{filepath.Dir(path): true}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		folders[filepath.Dir(target)] = true
	}
	return folders
}

// concerns keeps the database's own writes, in the same folder, from making us
// read the config over and over.
func concerns(e fsnotify.Event, path string) bool {
	name := filepath.Base(e.Name)
	if name == filepath.Base(path) || name == "..data" {
		return true
	}
	target, err := filepath.EvalSymlinks(path)
	return err == nil && name == filepath.Base(target)
}

func hash(path string) ([sha256.Size]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return [sha256.Size]byte{}, fmt.Errorf("read config: %w", err)
	}
	return sha256.Sum256(data), nil
}
