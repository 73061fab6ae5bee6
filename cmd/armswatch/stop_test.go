package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A site that never answers does not hold up SIGTERM, and its source is polled
// again at the next start.
func TestSIGTERMStopsWithinTenSeconds(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 10)
	hang := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { close(hang); srv.Close() })
	path := filepath.Join(t.TempDir(), "armswatch.yaml")
	config := fmt.Sprintf("sources: [{name: Tar pit, feed: %s/feed}]\nfetch: {allow_networks: [127.0.0.0/8]}\n", srv.URL)
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		cmd := startRun(t, path)
		<-asked
		began := time.Now()
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("stopped with %v", err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("took %s to stop", took)
		}
	}
}
