// Package storetest starts what tests of a store need: a PostgreSQL server of
// their own, made from the machine's binaries, gone with the test. It touches
// only the test's temporary folder and one port of 127.0.0.1.
package storetest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	neturl "net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// password is asked for by the server, so that tests can look for it in errors
// and logs.
const password = "hunter2-not-for-logs"

// Password is the database password that must appear in no error and no log.
func Password() string { return password }

// Postgres starts a server and returns the URL of an empty database in it. It
// skips the test when the machine has no PostgreSQL binaries, and fails it
// when CI is set, where they must be.
func Postgres(t testing.TB) string {
	t.Helper()
	bin := binaries()
	if bin == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no PostgreSQL binaries (initdb, postgres) under /usr/lib/postgresql or in PATH, and CI is set")
		}
		t.Skip("no PostgreSQL binaries (initdb, postgres) under /usr/lib/postgresql or in PATH")
	}
	owner, err := serverOwner()
	if err != nil {
		t.Skip("PostgreSQL does not run as root: ", err)
	}
	dir, err := os.MkdirTemp("", "armswatch-pg-") //nolint:usetesting // the server's user may not look into the test's folder
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := owner.give(dir); err != nil {
		t.Fatal(err)
	}
	s := server{t: t, bin: bin, dir: dir, owner: owner, port: freePort(t)}
	s.initialise()
	s.start()
	return fmt.Sprintf("postgres://armswatch:%s@127.0.0.1:%d/postgres?sslmode=disable", password, s.port)
}

type server struct {
	t        testing.TB
	bin, dir string
	owner    owner
	port     int
}

// binaries is the folder of the newest server on the machine; "" when none.
func binaries() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	newest, version := "", 0
	for _, f := range found {
		var v int
		if _, err := fmt.Sscanf(f, "/usr/lib/postgresql/%d/", &v); err == nil && v > version {
			newest, version = filepath.Dir(f), v
		}
	}
	if newest != "" {
		return newest
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p)
	}
	return ""
}

func (s server) command(name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(context.Background(), filepath.Join(s.bin, name), args...)
	c.Dir = s.dir
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + s.dir}
	s.owner.use(c)
	return c
}

func (s server) initialise() {
	s.t.Helper()
	pw := filepath.Join(s.dir, "password")
	if err := os.WriteFile(pw, []byte(password), 0o644); err != nil { //nolint:gosec // read by the server's user, gone with the test
		s.t.Fatal(err)
	}
	out, err := s.command("initdb", "-D", s.data(), "-U", "armswatch", "-A", "scram-sha-256", "--pwfile", pw,
		"-E", "UTF8", "--no-sync", "--no-instructions").CombinedOutput()
	if err != nil {
		s.t.Fatalf("initdb: %v\n%s", err, out)
	}
}

func (s server) data() string { return filepath.Join(s.dir, "data") }

// start runs the server until the test ends. It does not sync to disk: the
// tests kill our processes, not the machine.
func (s server) start() {
	s.t.Helper()
	var log bytes.Buffer
	c := s.command("postgres", "-D", s.data(), "-p", fmt.Sprint(s.port), "-h", "127.0.0.1", "-k", "",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "shared_buffers=16MB",
		"-c", "max_connections=60")
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		s.t.Fatalf("start postgres: %v", err)
	}
	var exit error
	exited := make(chan struct{})
	go func() { exit = c.Wait(); close(exited) }()
	s.t.Cleanup(func() {
		_ = c.Process.Signal(os.Interrupt) // fast shutdown: ends connections
		select {
		case <-exited:
		case <-time.After(10 * time.Second):
			_ = c.Process.Kill()
			<-exited
		}
	})
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		select {
		case <-exited:
			s.t.Fatalf("postgres ended: %v\n%s", exit, log.String())
		default:
		}
		if s.ready() {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatal("postgres does not answer after 30 s")
		}
	}
}

func (s server) ready() bool {
	out, err := s.command("pg_isready", "-h", "127.0.0.1", "-p", fmt.Sprint(s.port)).Output()
	return err == nil && strings.Contains(string(out), "accepting")
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// Database makes a new, empty database on the server that url names and
// returns its URL.
func Database(t testing.TB, server string) string {
	t.Helper()
	return create(t, server, "")
}

// Copy makes a copy of the database that url names, to which nobody may be
// connected, and returns its URL.
func Copy(t testing.TB, url string) string {
	t.Helper()
	u, err := neturl.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	u.Path = "/postgres"
	return create(t, u.String(), " TEMPLATE "+name)
}

func create(t testing.TB, server, with string) string {
	t.Helper()
	c, err := pgx.Connect(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.Background()) }()
	name := fmt.Sprintf("t%d", time.Now().UnixNano())
	if _, err := c.Exec(t.Context(), "CREATE DATABASE "+name+with); err != nil {
		t.Fatal(err)
	}
	return strings.Replace(server, "/postgres?", "/"+name+"?", 1)
}
