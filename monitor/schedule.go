package monitor

import (
	"context"
	"fmt"
	"time"

	"github.com/armswatch/armswatch/monitor/schedule"
	"github.com/armswatch/armswatch/monitor/store"
)

// pruneSpec is when old rows go: at an hour when few newsrooms send digests.
const pruneSpec = "17 3 * * *"

// ticks are the lines of the schedule table that a setup asks for. A line's
// spec names its time zone, so that a change of zone is a change of spec.
func ticks(s *Setup, now time.Time) ([]store.Tick, error) {
	specs := map[string]string{"prune": pruneSpec}
	names := []string{"prune"}
	for _, r := range s.Routes {
		if !r.Now {
			specs["digest/"+r.Name] = r.Schedule
			names = append(names, "digest/"+r.Name)
		}
	}
	var out []store.Tick
	for _, name := range names {
		spec, err := schedule.Parse(specs[name], s.Zone)
		if err != nil {
			return nil, fmt.Errorf("schedule %s: %w", name, err)
		}
		out = append(out, store.Tick{Name: name, Spec: spec.String(), NextAt: spec.Next(now)})
	}
	return out, nil
}

// fire enqueues what the schedule table says is due. A line that was missed
// while nobody ran fires once, late, for the last period it missed.
func (m *Monitor) fire(ctx context.Context, now time.Time) error {
	var bad error
	next := m.nextTick(now, &bad)
	period := func(t store.Tick) string {
		spec, err := schedule.Parse(t.Spec, m.Setup().Zone)
		if err != nil {
			return t.NextAt.Format(schedule.PeriodLayout)
		}
		return spec.Period(spec.Last(t.NextAt, now))
	}
	if err := m.o.Store.Fire(ctx, now, next, period); err != nil {
		return err
	}
	return bad
}

// nextTick gives the time of a line after now, and puts what is wrong with one
// into bad.
func (m *Monitor) nextTick(now time.Time, bad *error) func(store.Tick) time.Time {
	return func(t store.Tick) time.Time {
		spec, err := schedule.Parse(t.Spec, m.Setup().Zone)
		if err != nil {
			*bad = fmt.Errorf("schedule %s: %w", t.Name, err)
			return now.Add(24 * time.Hour)
		}
		return spec.Next(now)
	}
}

// clockBack is how far the clock must go back to be called wrong before: time
// servers correct less every day.
const clockBack = time.Minute

// rewind puts right what a clock that ran ahead has put off: at the start, and
// when the clock goes back while we run.
func (m *Monitor) rewind(ctx context.Context, now time.Time) error {
	var bad error
	if err := m.o.Store.Rewind(ctx, now, m.nextTick(now, &bad)); err != nil {
		return err
	}
	return bad
}
