package config

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxDuration is the longest duration taken: beyond it is a slip.
const maxDuration = 100 * 365 * 24 * time.Hour

// units are the units a duration may be written in, and the words people use
// for them instead.
var units = []struct {
	name  string
	size  time.Duration
	words []string
}{
	{"w", 7 * 24 * time.Hour, []string{"week", "weeks", "wk"}},
	{"d", 24 * time.Hour, []string{"day", "days"}},
	{"h", time.Hour, []string{"hour", "hours", "hr", "hrs"}},
	{"ms", time.Millisecond, []string{"millisecond", "milliseconds"}},
	{"m", time.Minute, []string{"minute", "minutes", "min", "mins"}},
	{"s", time.Second, []string{"second", "seconds", "sec", "secs"}},
}

// ParseDuration reads "90s", "1h30m", "14d": Go's form, with d and w added, for
// people speak of days. It refuses negative ones.
func ParseDuration(s string) (time.Duration, error) {
	if s == "0" {
		return 0, nil
	}
	var total float64
	rest := s
	for rest != "" {
		n := strings.IndexFunc(rest, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
		if n <= 0 {
			return 0, durationError(s)
		}
		value, err := strconv.ParseFloat(rest[:n], 64)
		size, after := cutUnit(rest[n:])
		if err != nil || size == 0 {
			return 0, durationError(s)
		}
		total += value * float64(size)
		rest = after
	}
	switch {
	case s == "":
		return 0, durationError(s)
	case total > float64(maxDuration):
		return 0, errors.New("is longer than 100 years")
	}
	return time.Duration(total), nil
}

func cutUnit(s string) (time.Duration, string) {
	for _, u := range units {
		if rest, ok := strings.CutPrefix(s, u.name); ok {
			return u.size, rest
		}
	}
	return 0, s
}

// durationError says how the duration is written rightly, when that is clear.
func durationError(s string) error {
	const form = "is no duration: write a number with s, m, h, d or w, for example 90s, 15m, 1h30m or 14d"
	number := strings.TrimLeft(s, "0123456789.")
	value := s[:len(s)-len(number)]
	switch word := strings.ToLower(strings.TrimSpace(number)); {
	case strings.HasPrefix(s, "-"):
		return errors.New("must not be negative")
	case value == "":
		return errors.New(form)
	case word == "":
		return errors.New("needs a unit: did you mean " + value + "s or " + value + "m?")
	default:
		for _, u := range units {
			if slices.Contains(append(u.words, u.name), word) {
				return errors.New("is no duration: did you mean " + value + u.name + "?")
			}
		}
	}
	return errors.New(form)
}
