package schedule_test

import (
	"archive/zip"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// zoneNames lists the zones of Go's own time zone database.
func zoneNames(t *testing.T) []string {
	t.Helper()
	var names []string
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	if z, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip")); err == nil {
		defer func() { _ = z.Close() }()
		for _, f := range z.File {
			if !f.FileInfo().IsDir() {
				names = append(names, f.Name)
			}
		}
		return names
	}
	t.Skipf("Go's time zone database is not under GOROOT, %s", root)
	return nil
}
