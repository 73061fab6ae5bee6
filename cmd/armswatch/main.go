// Command armswatch watches news sources for weapon systems and reports, and
// tells Slack channels and mailboxes about them: once, with the words that
// prove why.
//
// One file per verb. This package parses flags, handles signals and wires the
// parts together; it decides nothing.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the binary must know its time zones on an empty image

	"charm.land/fang/v2"
	"github.com/spf13/cobra"
)

// Exit codes, after sysexits(3) where there is one.
const (
	exitFailed = 1
	exitUsage  = 2  // bad config or bad arguments
	exitLocked = 75 // EX_TEMPFAIL: another process holds the database
)

// version is set at build time with -ldflags "-X main.version=...".
var version = "dev"

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	began := false
	cmd := root()
	cmd.PersistentPreRun = func(*cobra.Command, []string) { began = true }
	err := fang.Execute(ctx, cmd, fang.WithVersion(version), fang.WithErrorHandler(printError))
	if err != nil && !began {
		return exitUsage // cobra refused the arguments
	}
	return exitCode(err)
}

// exitError is an error that decides the exit code.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func exitCode(err error) int {
	var e *exitError
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return 0
	case errors.As(err, &e):
		return e.code
	default:
		return exitFailed
	}
}

func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}
