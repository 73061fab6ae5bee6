package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/armswatch/armswatch/"

// arrows says which packages of the house each part may import. A part is a
// folder with all below it, the longest that fits decides. "monitor/*" stands
// for the children of monitor. docs/design.md draws the same picture.
var arrows = map[string][]string{
	"cmd":              {"*"},
	"config":           {"monitor/news"},
	"matchers":         {"matchers", "monitor/news"},
	"monitor":          {"monitor"},
	"monitor/news":     {},
	"monitor/schedule": {},
	"monitor/decode":   {"monitor/decode"},
	"monitor/pdf":      {"monitor/decode", "monitor/pdf"},
	"monitor/feed":     {"monitor/news", "monitor/decode"},
	"monitor/page":     {"monitor/news", "monitor/decode"},
	"monitor/extract":  {"monitor/news", "monitor/decode", "monitor/pdf"},
	"monitor/fetch":    {"monitor/news"},
	"monitor/story":    {"monitor/news", "monitor/story"},
	"monitor/store":    {"monitor/news", "monitor/store"},
	"notify":           {"monitor/news", "notify"},
	"notify/digest":    {"monitor/news", "notify/digest"},
}

// pure lists the parts that think: no network, no disk, no clock of their own.
var pure = []string{
	"matchers", "monitor/news", "monitor/schedule", "monitor/decode", "monitor/feed", "monitor/page",
	"monitor/pdf", "monitor/extract", "monitor/story", "notify/digest",
}

// doors lists what a pure package may not import. embed is no door: it is read
// at build time.
var doors = []string{"net", "net/http", "os", "os/exec", "database/sql", "log/slog", "io/ioutil", "syscall"}

type goPackage struct {
	ImportPath string
	Name       string
	Imports    []string
}

func TestArrows(t *testing.T) {
	all := packages(t)
	if len(all) < 10 {
		t.Fatalf("go list found %d packages: the test looks in the wrong place", len(all))
	}
	for _, p := range all {
		part := strings.TrimPrefix(p.ImportPath, module)
		for _, path := range p.Imports {
			to, ours := strings.CutPrefix(path, module)
			switch {
			case ours && !mayImport(part, to):
				t.Errorf("%s imports %s: the arrows in this file do not allow it", part, to)
			case part == "monitor/news" && strings.Contains(path, "."):
				t.Errorf("monitor/news imports %s: it may import the standard library only", path)
			case p.Name != "main" && within(part, pure) && slices.Contains(doors, path):
				t.Errorf("%s imports %s: a package that thinks touches no network, disk or log", part, path)
			}
		}
	}
}

func TestOnlyStoreKnowsSQL(t *testing.T) {
	for _, p := range packages(t) {
		part := strings.TrimPrefix(p.ImportPath, module)
		for _, path := range p.Imports {
			sql := path == "database/sql" || strings.Contains(path, "pgx") || strings.Contains(path, "riverqueue")
			if sql && !strings.HasPrefix(part, "monitor/store") {
				t.Errorf("%s imports %s: only monitor/store knows SQL and the queue", part, path)
			}
		}
	}
}

func mayImport(from, to string) bool {
	part := from
	for arrows[part] == nil {
		i := strings.LastIndexByte(part, '/')
		if i < 0 {
			return false
		}
		part = part[:i]
	}
	for _, a := range arrows[part] {
		if a == "*" || to == a || strings.HasPrefix(to, a+"/") {
			return true
		}
	}
	return false
}

func within(part string, parts []string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return part == p || strings.HasPrefix(part, p+"/") })
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Name,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
