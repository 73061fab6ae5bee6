// Package docs_test holds the documents to the tree they speak of.
package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestPromisesNameTestsThatExist(t *testing.T) {
	text := read(t, "promises.md")
	if n := strings.Count(text, "\n## "); n != 14 {
		t.Errorf("%d promises, want 14", n)
	}
	named := regexp.MustCompile(`(?m)^- (\S+) ((?:Test|Fuzz)\w+)$`).FindAllStringSubmatch(text, -1)
	if len(named) < 10 {
		t.Fatalf("found %d tests named", len(named))
	}
	for _, m := range named {
		files, _ := filepath.Glob(filepath.Join("..", m[1], "*_test.go"))
		found := false
		for _, path := range files {
			found = found || strings.Contains(read(t, path), "\nfunc "+m[2]+"(")
		}
		if !found {
			t.Errorf("promises.md names %s %s, which is not there", m[1], m[2])
		}
	}
	for _, section := range strings.Split(text, "\n## ")[1:] {
		if !strings.Contains(section, "\n- ") {
			t.Errorf("promise %q names no test, nor says that there is none", strings.SplitN(section, "\n", 2)[0])
		}
	}
}

// TestLinksLead checks the links between documents.
func TestLinksLead(t *testing.T) {
	files, _ := filepath.Glob("*.md")
	more, _ := filepath.Glob("*/*.md")
	files = append(append(files, more...), "../README.md", "../CHANGELOG.md")
	link := regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	for _, path := range files {
		for _, m := range link.FindAllStringSubmatch(read(t, path), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", path, m[1], err)
			}
		}
	}
}
