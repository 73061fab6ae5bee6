package config

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

var cronNames = []string{"@hourly", "@daily", "@weekly", "@monthly", "@yearly"}

var clockTime = regexp.MustCompile(`^(\d{1,2}):(\d\d)$`)

// cron checks a spec and returns it trimmed.
func (c *checker) cron(path, spec string) string {
	spec = strings.TrimSpace(spec)
	if err := checkCron(spec); err != nil {
		if c.places[path].expanded {
			c.fail(path, "%s is no cron spec", c.shown(path))
		} else {
			c.fail(path, "%s %v", c.shown(path), err)
		}
	}
	return spec
}

// checkCron says what is wrong with a spec, as the end of a sentence that
// begins with the spec.
func checkCron(spec string) error {
	switch {
	case strings.Contains(spec, "TZ="):
		return errors.New("names a time zone: that is set once, by timezone")
	case strings.HasPrefix(spec, "@every"):
		return errors.New("is an interval, not a time of day: for a source write every: 15m")
	}
	schedule, err := cron.ParseStandard(spec)
	if err != nil {
		return fmt.Errorf("is no cron spec%s", cronReason(spec, err))
	}
	// A fixed start, so that a config is right or wrong at any date.
	if schedule.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return errors.New("is a date that never comes")
	}
	return nil
}

func cronReason(spec string, err error) string {
	fields := strings.Fields(spec)
	if m := clockTime.FindStringSubmatch(spec); m != nil {
		hour, _ := strconv.Atoi(m[1])
		minute, _ := strconv.Atoi(m[2])
		return fmt.Sprintf(`: did you mean "%d %d * * *"?`, minute, hour)
	}
	if strings.HasPrefix(spec, "@") || len(fields) == 1 {
		if n := nearest(spec, cronNames); n != "" {
			return `: did you mean "` + n + `"?`
		}
	}
	switch {
	case len(fields) == 6:
		return fmt.Sprintf(": it has six fields, and seconds are not among them: did you mean %q?", strings.Join(fields[1:], " "))
	case len(fields) != 5 && !strings.HasPrefix(spec, "@"):
		return fmt.Sprintf(": it has %d field%s, and needs five: minute, hour, day of month, month, day of week", len(fields), plural(len(fields)))
	case strings.Contains(fields[len(fields)-1], "7") && strings.Contains(err.Error(), "maximum (6)"):
		return ": days of the week go from 0, Sunday, to 6, Saturday"
	}
	reason, _, _ := strings.Cut(err.Error(), ": strconv")
	return ": " + clip(reason)
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}
