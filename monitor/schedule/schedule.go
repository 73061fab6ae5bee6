// Package schedule says when a cron spec fires in a time zone: once for each
// local date and time that the spec names, whatever daylight saving does to
// that night.
//
// robfig/cron reads the specs and finds the local times; which instants those
// are is decided here. A time that a night leaves out (02:30 when the clocks go
// forward) fires at the first instant after the gap; one that it repeats fires
// the first time only. A spec whose hours are open, such as "*/15 * * * *",
// follows real time instead: it fires through both of the repeated hours.
//
// The package is pure: it reads no clock.
package schedule

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// PeriodLayout is how a period is written: the local date and time of the spec.
const PeriodLayout = "2006-01-02T15:04"

const zonePrefix = "CRON_TZ="

// maxGap is the longest time that a change of offset leaves out or repeats: the
// islands that crossed the date line skipped a day.
const maxGap = 25 * time.Hour

// Spec is a cron spec in a time zone. Make one with [Parse].
type Spec struct {
	text string
	zone *time.Location
	// real fires over real time, for specs with open hours; else it is nil and
	// local fires over local times, written as if they were UTC.
	real, local cron.Schedule
}

// Parse reads a spec of five fields, or @hourly, @daily, @weekly, @monthly,
// @yearly. A spec that names its time zone, as [Spec.String] writes it, is read
// in that one, any other in zone.
func Parse(spec string, zone *time.Location) (Spec, error) {
	spec = strings.TrimSpace(spec)
	if rest, ok := strings.CutPrefix(spec, zonePrefix); ok {
		name, text, _ := strings.Cut(rest, " ")
		z, err := time.LoadLocation(name)
		if err != nil {
			return Spec{}, fmt.Errorf("parse cron spec %q: %w", spec, err)
		}
		spec, zone = strings.TrimSpace(text), z
	}
	if zone == nil {
		zone = time.UTC
	}
	if strings.Contains(spec, "TZ=") || strings.HasPrefix(spec, "@every") {
		return Spec{}, fmt.Errorf("parse cron spec %q: only five fields, or @hourly, @daily, @weekly, @monthly, @yearly", spec)
	}
	s := Spec{text: spec, zone: zone}
	read, into := "UTC", &s.local
	if openHours(spec) {
		read, into = zone.String(), &s.real
	}
	var err error
	if *into, err = cron.ParseStandard(zonePrefix + read + " " + spec); err != nil {
		return Spec{}, fmt.Errorf("parse cron spec %q: %w", spec, err)
	}
	return s, nil
}

// openHours says whether a spec leaves the hour open.
func openHours(spec string) bool {
	fields := strings.Fields(spec)
	return spec == "@hourly" || len(fields) == 5 && strings.HasPrefix(fields[1], "*")
}

// String is the spec with its time zone, so that [Parse] needs no other.
func (s Spec) String() string { return zonePrefix + s.zone.String() + " " + s.text }

// Next is the first fire after t, the zero time if there is none within five
// years.
func (s Spec) Next(t time.Time) time.Time {
	if s.real != nil {
		return s.real.Next(t)
	}
	// Local times can run back by maxGap, so begin well before.
	for l := s.local.Next(s.toLocal(t).Add(-maxGap)); !l.IsZero(); l = s.local.Next(l) {
		if at := s.instant(l); at.After(t) {
			return at
		}
	}
	return time.Time{}
}

// Last is the last fire up to now, given that from was one. It is from when
// none came since.
func (s Spec) Last(from, now time.Time) time.Time {
	if now.Sub(from) > 32*24*time.Hour {
		// Not through every quarter of an hour of a long downtime.
		if at := s.Next(now.Add(-32 * 24 * time.Hour)); !at.IsZero() && !at.After(now) {
			from = at
		}
	}
	last := from
	for at := s.Next(last); !at.IsZero() && !at.After(now); at = s.Next(last) {
		last = at
	}
	return last
}

// Period is the local date and time of the spec that fires at t, in
// [PeriodLayout]. On a night that leaves the time out it is the time that was
// left out.
func (s Spec) Period(t time.Time) string {
	if s.local == nil {
		return t.In(s.zone).Format(PeriodLayout)
	}
	for l := s.local.Next(s.toLocal(t).Add(-maxGap)); !l.IsZero(); l = s.local.Next(l) {
		at := s.instant(l)
		if at.Equal(t) {
			return l.Format(PeriodLayout)
		}
		if at.After(t) {
			break
		}
	}
	return t.In(s.zone).Format(PeriodLayout)
}

// toLocal is what the clock on the wall says at t, written as if it were UTC.
func (s Spec) toLocal(t time.Time) time.Time {
	l := t.In(s.zone)
	return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), l.Nanosecond(), time.UTC)
}

// instant is when the clock on the wall says l: the first time on a night that
// repeats it, the first instant after the gap on one that leaves it out.
func (s Spec) instant(l time.Time) time.Time {
	_, before := l.Add(-maxGap).In(s.zone).Zone()
	_, after := l.Add(maxGap).In(s.zone).Zone()
	first := l.Add(-time.Duration(max(before, after)) * time.Second).In(s.zone)
	if s.toLocal(first).Equal(l) {
		return first
	}
	if second := l.Add(-time.Duration(min(before, after)) * time.Second).In(s.zone); s.toLocal(second).Equal(l) {
		return second
	}
	return s.change(l)
}

// change is the first instant at which the clock on the wall says l or more.
func (s Spec) change(l time.Time) time.Time {
	from, to := l.Add(-maxGap), l.Add(maxGap)
	for to.Sub(from) > time.Second {
		if mid := from.Add(to.Sub(from) / 2).Truncate(time.Second); s.toLocal(mid).Before(l) {
			from = mid
		} else {
			to = mid
		}
	}
	return to.In(s.zone)
}
