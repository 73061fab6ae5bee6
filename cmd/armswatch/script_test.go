package main

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite"
)

// TestMain makes this test binary the armswatch that scripts run: what they
// test is the process, with its exit codes, signals and files.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"armswatch": main})
}

// TestScript runs the scripts of testdata/script, one process of ours after
// the other, against sites on loopback.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("NO_COLOR", "1")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"await": await, "exits": exits, "oneline": oneLine, "port": freePort,
			"serve": serveFolder, "smalldisk": smallDisk, "sql": runSQL, "subst": subst,
		},
		Condition: func(name string) (bool, error) {
			if name == "mount" {
				return mayMount(), nil
			}
			return false, fmt.Errorf("unknown condition %s", name)
		},
	})
}

// patience is how long await waits: far longer than anything takes, because a
// machine may be busy.
const patience = 60 * time.Second

// exits CODE PROGRAM ARGS... runs a program that must exit with the code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		code = e.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// await FILE PATTERN waits until a file holds what the pattern matches; await
// URL PATTERN until the answer of a URL does. With !, until it does not.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] await FILE|URL PATTERN")
	}
	re := regexp.MustCompile(args[1])
	var last string
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if last = content(ts, args[0]); re.MatchString(last) != neg {
			return
		}
	}
	ts.Fatalf("%s never came to %q; it holds:\n%s", args[0], args[1], last)
}

func content(ts *testscript.TestScript, name string) string {
	if !strings.HasPrefix(name, "http://") {
		data, _ := os.ReadFile(ts.MkAbs(name))
		return string(data)
	}
	res, err := http.Get(name)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	var b strings.Builder
	fmt.Fprintln(&b, res.Status)
	_ = res.Write(&b)
	return b.String()
}

// oneline stdout|stderr|FILE PATTERN wants exactly one line that matches.
func oneLine(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: oneline stdout|stderr|FILE PATTERN")
	}
	re, n := regexp.MustCompile(args[1]), 0
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		if re.MatchString(line) {
			n++
		}
	}
	if n != 1 {
		ts.Fatalf("%d lines of %s match %q, want 1", n, args[0], args[1])
	}
}

// serve NAME FOLDER serves a folder on loopback as a well-kept site would, and
// puts its address into $NAME. A file may change while it is served.
func serveFolder(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: serve NAME FOLDER")
	}
	dir := ts.MkAbs(args[1])
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(filepath.Clean("/"+r.URL.Path))))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		text := strings.ReplaceAll(string(data), "SITE", "http://"+r.Host)
		text = strings.ReplaceAll(text, "NOW", time.Now().UTC().Truncate(time.Minute).Format(time.RFC1123Z))
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(data)))
		http.ServeContent(w, r, r.URL.Path, time.Time{}, strings.NewReader(text))
	}))
	ts.Defer(srv.Close)
	ts.Setenv(args[0], srv.URL)
}

// port NAME puts a free port of loopback into $NAME.
func freePort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: port NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	ts.Check(l.Close())
}

// subst FILE... replaces $NAME and ${NAME} in files, which armswatch would
// take for its own.
func subst(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), func(v string) string {
			if v == "$" {
				return "$"
			}
			return ts.Getenv(v)
		})
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
}

// sql FILE STATEMENT changes a SQLite database behind armswatch's back.
func runSQL(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sql FILE STATEMENT")
	}
	db, err := sql.Open("sqlite", "file:"+ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(args[1])
	ts.Check(err)
}
