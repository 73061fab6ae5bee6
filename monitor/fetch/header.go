package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxWait caps what a server may ask us to wait.
const maxWait = 24 * time.Hour

// retryAfter reads a Retry-After header: seconds, or a date (RFC 9110, 10.2.3).
func retryAfter(v string, now time.Time) time.Duration {
	if v = strings.TrimSpace(v); v == "" {
		return 0
	}
	if n, ok := seconds(v); ok {
		return n
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(t.Sub(now), 0), maxWait)
	}
	return 0
}

// seconds reads a number of seconds, capped.
func seconds(v string) (time.Duration, bool) {
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || n != n || n < 0 {
		return 0, false
	}
	return time.Duration(min(n, maxWait.Seconds()) * float64(time.Second)), true
}

// maxAge is how long an answer stays fresh (RFC 9111, 4.2.1): max-age less the
// time it lay in caches, else Expires.
func maxAge(h http.Header, now time.Time) time.Duration {
	control := strings.ToLower(strings.Join(h.Values("Cache-Control"), ","))
	var fresh time.Duration
	found := false
	for d := range strings.SplitSeq(control, ",") {
		d = strings.TrimSpace(d)
		if d == "no-cache" || d == "no-store" {
			return 0
		}
		if v, ok := strings.CutPrefix(d, "max-age="); ok && !found {
			fresh, found = seconds(strings.Trim(v, `"`))
		}
	}
	if !found {
		return expires(h, now)
	}
	age, _ := seconds(h.Get("Age"))
	return max(fresh-age, 0)
}

func expires(h http.Header, now time.Time) time.Duration {
	end, err := http.ParseTime(h.Get("Expires"))
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date // the server's clock measures its own promise
	}
	return min(max(end.Sub(now), 0), maxWait)
}
