package main

import (
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"
	"github.com/mattn/go-isatty"
)

// logger writes for a person when w is a terminal, else JSON.
func logger(w *os.File, verbose bool) *slog.Logger {
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(handler(w, isTerminal(w), level))
}

// quietLogger is for verbs that print their own result: it says only what goes
// wrong, unless asked for every step.
func quietLogger(w *os.File, verbose bool) *slog.Logger {
	if verbose {
		return logger(w, true)
	}
	return slog.New(handler(w, isTerminal(w), slog.LevelWarn))
}

func handler(w io.Writer, tty bool, level slog.Level) slog.Handler {
	if !tty {
		return slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})
	}
	return tint.NewTextHandler(w, &tint.Options{Level: level, TimeFormat: time.TimeOnly, NoColor: os.Getenv("NO_COLOR") != ""})
}

func isTerminal(f *os.File) bool { return isatty.IsTerminal(f.Fd()) }

func colored(f *os.File) bool { return isTerminal(f) && os.Getenv("NO_COLOR") == "" }
