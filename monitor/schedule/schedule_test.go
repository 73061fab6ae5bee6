package schedule_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/armswatch/armswatch/monitor/schedule"
)

func parse(t *testing.T, spec, zone string) schedule.Spec {
	t.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	s, err := schedule.Parse(spec, z)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNightsOfDaylightSaving(t *testing.T) {
	tests := []struct {
		name, spec, zone, from string
		fires, periods         []string
	}{
		{
			"a repeated hour fires once", "30 1 * * *", "America/New_York", "2026-11-01T00:00:00Z",
			[]string{"2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"},
			[]string{"2026-11-01T01:30", "2026-11-02T01:30"},
		},
		{
			"so it does in London", "30 1 * * *", "Europe/London", "2026-10-24T12:00:00Z",
			[]string{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
			[]string{"2026-10-25T01:30", "2026-10-26T01:30"},
		},
		{
			"a missing time fires after the gap", "30 2 * * *", "America/New_York", "2026-03-08T00:00:00Z",
			[]string{"2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"},
			[]string{"2026-03-08T02:30", "2026-03-09T02:30"},
		},
		{
			"a missing midnight too", "0 0 * * *", "Africa/Cairo", "2026-04-23T12:00:00Z",
			[]string{"2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"},
			[]string{"2026-04-24T00:00", "2026-04-25T00:00"},
		},
		{
			"and in Beirut", "0 0 * * *", "Asia/Beirut", "2026-03-28T12:00:00Z",
			[]string{"2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"},
			[]string{"2026-03-29T00:00", "2026-03-30T00:00"},
		},
		{
			"open hours follow real time", "*/30 * * * *", "Europe/London", "2026-10-25T00:00:00Z",
			[]string{"2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"},
			nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := parse(t, tt.spec, tt.zone)
			at, _ := time.Parse(time.RFC3339, tt.from)
			for i, want := range tt.fires {
				at = s.Next(at)
				if got := at.UTC().Format(time.RFC3339); got != want {
					t.Fatalf("fire %d at %s, want %s", i, got, want)
				}
				if tt.periods != nil && s.Period(at) != tt.periods[i] {
					t.Errorf("fire at %s is of period %s, want %s", want, s.Period(at), tt.periods[i])
				}
			}
		})
	}
}

// Every zone there is, each date around its changes of offset from 2024 to
// 2030: one fire and one period for each local date that exists.
func TestOneFireForEachLocalDate(t *testing.T) {
	zones := zoneNames(t)
	if len(zones) < 400 {
		t.Fatalf("%d zones found: the test looks in the wrong place", len(zones))
	}
	for _, name := range zones {
		for _, spec := range []string{"0 0 * * *", "30 0 * * *", "30 1 * * *", "30 2 * * *", "0 7 * * *"} {
			s := parse(t, spec, name)
			for _, change := range changes(t, name) {
				checkDays(t, s, change.Add(-3*24*time.Hour), change.Add(3*24*time.Hour))
			}
		}
	}
}

func checkDays(t *testing.T, s schedule.Spec, from, to time.Time) {
	t.Helper()
	last := ""
	for at := s.Next(from); at.Before(to); at = s.Next(at) {
		p := s.Period(at)
		if p <= last {
			t.Fatalf("%s: period %s after %s", s, p, last)
		}
		if last != "" {
			a, _ := time.Parse(schedule.PeriodLayout, last)
			b, _ := time.Parse(schedule.PeriodLayout, p)
			if b.Sub(a) != 24*time.Hour {
				t.Fatalf("%s: period %s follows %s", s, p, last)
			}
		}
		last = p
	}
	if last == "" {
		t.Fatalf("%s: no fire between %s and %s", s, from, to)
	}
}

// changes are the instants, to the hour, at which a zone's offset changes.
func changes(t *testing.T, name string) []time.Time {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	var list []time.Time
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).In(z)
	for end := at.AddDate(7, 0, 0); at.Before(end); {
		_, next := at.ZoneBounds()
		if next.IsZero() {
			break
		}
		at = next
		list = append(list, at)
	}
	if len(list) == 0 {
		list = append(list, at)
	}
	return list
}

func TestLastIsTheLatestMissed(t *testing.T) {
	s := parse(t, "0 7 * * *", "Europe/Berlin")
	from := s.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC) // over the change to summer time
	if got := s.Period(s.Last(from, now)); got != "2026-03-29T07:00" {
		t.Errorf("last period %s, want 2026-03-29T07:00", got)
	}
	if got := s.Last(from, from.Add(time.Minute)); !got.Equal(from) {
		t.Errorf("nothing came since, yet last is %s", got)
	}
	every := parse(t, "* * * * *", "UTC")
	began := time.Now()
	if got := every.Last(from, from.AddDate(40, 0, 0)); got.Before(from.AddDate(39, 11, 0)) || time.Since(began) > 5*time.Second {
		t.Errorf("a clock far ahead: last is %s after %s", got, time.Since(began))
	}
}

func TestStringNamesTheZone(t *testing.T) {
	s := parse(t, " 0 7 * * 1-5 ", "Europe/London")
	if got := s.String(); got != "CRON_TZ=Europe/London 0 7 * * 1-5" {
		t.Errorf("got %s", got)
	}
	back, err := schedule.Parse(s.String(), time.UTC)
	if err != nil || back.String() != s.String() {
		t.Errorf("read back as %s, %v", back, err)
	}
	for _, bad := range []string{"", "61 * * * *", "@every 5m", "TZ=UTC 0 7 * * *", "CRON_TZ=Nowhere/Here 0 7 * * *", "0 7 * *"} {
		if _, err := schedule.Parse(bad, time.UTC); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0 7 * * 1-5", "@daily", "CRON_TZ=Asia/Tokyo */5 * * * *", "30 2 29 2 *"} {
		f.Add(s, int64(1_800_000_000))
	}
	f.Fuzz(func(t *testing.T, text string, at int64) {
		s, err := schedule.Parse(text, time.UTC)
		if err != nil || at < 0 || at > 1<<33 {
			return
		}
		from := time.Unix(at, 0)
		if next := s.Next(from); !next.IsZero() && !next.After(from) {
			t.Errorf("%q after %s is %s", text, from, next)
		}
	})
}
