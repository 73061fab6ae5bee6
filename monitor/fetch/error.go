package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// Kind says what sort of failure an [Error] is.
type Kind string

// The kinds of failure.
const (
	Invalid     Kind = "invalid"     // the URL or a header is no good
	Blocked     Kind = "blocked"     // an address, port or scheme we do not connect to
	Unresolved  Kind = "unresolved"  // the host's name is unknown
	Unreachable Kind = "unreachable" // nothing answers there, or it broke off
	BadTLS      Kind = "tls"         // the certificate or the handshake is no good
	Timeout     Kind = "timeout"     // no whole answer in time
	TooLarge    Kind = "too large"   // body or headers
	Redirects   Kind = "redirects"   // too many, in a circle, or to nowhere
	Garbled     Kind = "garbled"     // not HTTP, or not in the encoding it claims
	Refused     Kind = "refused"     // 401, 403, 407, 451
	Missing     Kind = "missing"     // 404
	Gone        Kind = "gone"        // 410: stop asking
	Limited     Kind = "limited"     // 429: ask less often
	Status      Kind = "status"      // any other status of 400 and more
	Disallowed  Kind = "robots"      // robots.txt says no, or cannot be read
)

// Error is why a request failed, in one line fit for a log and for people: it
// shows the host, never the path, the query or a header, since any of these
// may hold a secret.
type Error struct {
	Kind       Kind
	URL        string        // redacted
	Status     int           // 0 unless the server answered
	RetryAfter time.Duration // as the server asked, at most 24 h; 0 if it did not
	Msg        string        // what is wrong and which setting may help
	Lasting    bool          // trying again soon will not help

	cause error
}

func (e *Error) Error() string { return "fetch " + e.URL + ": " + e.Msg }

// Unwrap gives the cause, for errors.Is. Its own text is not redacted.
func (e *Error) Unwrap() error { return e.cause }

// Redact is a URL fit to be shown: scheme and host, and a sign that more
// follows. Paths and queries of feeds hold access tokens.
func Redact(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" {
		return "(no valid URL)"
	}
	return redact(u)
}

func redact(u *url.URL) string {
	s := printable(u.Scheme, 10) + "://" + printable(u.Host, 100)
	if len(u.Path) > 1 || u.RawQuery != "" {
		s += "/…"
	}
	return s
}

// printable is text of a stranger's making fit for one line.
func printable(s string, limit int) string {
	n := 0
	return strings.Map(func(r rune) rune {
		if n++; n > limit || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}

func fail(kind Kind, u *url.URL, format string, args ...any) *Error {
	return &Error{Kind: kind, URL: redact(u), Msg: fmt.Sprintf(format, args...)}
}

// lasting marks a failure that trying again soon will not mend.
func (e *Error) lasting() *Error {
	e.Lasting = true
	return e
}

func (e *Error) because(cause error) *Error {
	e.cause = cause
	return e
}

// exchangeError makes one clear line of what net/http says.
func exchangeError(u *url.URL, timeout time.Duration, err error) *Error {
	var blocked *blockedError
	var own *Error
	if e := resolveError(u, err); e != nil {
		return e.because(err)
	}
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &blocked):
		return fail(Blocked, u, "%s", blocked.msg).lasting().because(err)
	case isDialTimeout(err):
		return fail(Timeout, u, "nothing answers there within %v", dialTimeout).because(err)
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return fail(Timeout, u, "no whole answer within %v; if the host is always this slow, give the source a longer every", timeout).because(err)
	}
	if e := tlsError(u, err); e != nil {
		return e.because(err)
	}
	return wireError(u, err).because(err)
}

func isTimeout(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}

func isDialTimeout(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial" && op.Timeout()
}

func resolveError(u *url.URL, err error) *Error {
	var dns *net.DNSError
	if !errors.As(err, &dns) {
		return nil
	}
	if dns.IsNotFound {
		return fail(Unresolved, u, "no host has this name; check the spelling of the source's URL")
	}
	return fail(Unresolved, u, "the host's name could not be resolved; check this machine's DNS")
}

func tlsError(u *url.URL, err error) *Error {
	var (
		unknown  x509.UnknownAuthorityError
		invalid  x509.CertificateInvalidError
		hostname x509.HostnameError
		record   tls.RecordHeaderError
		alert    tls.AlertError
	)
	switch {
	case errors.As(err, &unknown):
		return fail(BadTLS, u, "its certificate is signed by nobody this machine trusts; install the authority's certificate on this machine if it is your own")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fail(BadTLS, u, "its certificate has expired, or this machine's clock is wrong")
	case errors.As(err, &invalid):
		return fail(BadTLS, u, "its certificate is not valid")
	case errors.As(err, &hostname):
		return fail(BadTLS, u, "its certificate is for another host; check the host in the source's URL")
	case errors.As(err, &record):
		return fail(BadTLS, u, "it does not speak TLS on this port; try http:// in the source's URL")
	case errors.As(err, &alert), strings.Contains(err.Error(), "tls: "):
		return fail(BadTLS, u, "the TLS handshake failed")
	}
	return nil
}

func wireError(u *url.URL, err error) *Error {
	text := err.Error()
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fail(Unreachable, u, "nothing listens there (connection refused)")
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return fail(Unreachable, u, "there is no route to it; check this machine's network")
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fail(Unreachable, u, "the connection broke off before the answer was whole")
	case strings.Contains(text, "server response headers exceeded"), strings.Contains(text, "response header list"),
		strings.Contains(text, "too many 1xx"), strings.Contains(text, "header list too large"), strings.Contains(text, "RESPONSE_HEADER"):
		return fail(TooLarge, u, "its headers are larger than %d KB", maxHeaders>>10)
	case strings.Contains(text, "malformed"), strings.Contains(text, "line too long"), strings.Contains(text, "http2"), strings.Contains(text, "stream error"),
		strings.Contains(text, "transfer encoding"), strings.Contains(text, "chunk"), strings.Contains(text, "Content-Length"),
		strings.Contains(text, "HTTP response"), strings.Contains(text, "http: "):
		return fail(Garbled, u, "it answered with something that is not HTTP")
	case strings.Contains(text, "proxyconnect"):
		return fail(Unreachable, u, "the proxy cannot be reached")
	}
	return fail(Unreachable, u, "the connection failed")
}

// statusError is the failure a status of 400 or more stands for.
func statusError(u *url.URL, status int, challenged bool) *Error {
	var e *Error
	switch {
	case challenged:
		e = fail(Refused, u, "it asks for a browser (a check for robots, %d); ask the site for access, or use another feed of it", status)
	case status == 401, status == 407:
		e = fail(Refused, u, "it asks for a login (%d); give the source headers, for example Authorization", status)
	case status == 403:
		e = fail(Refused, u, "it refuses us (403); set fetch.contact so that it knows who asks, or give the source headers")
	case status == 404:
		e = fail(Missing, u, "there is no such page (404); check the source's URL, `armswatch discover` may find the new one")
	case status == 410:
		e = fail(Gone, u, "it is gone for good (410); remove the source or give its new URL")
	case status == 429:
		e = fail(Limited, u, "it gets too many requests from us (429); raise the source's every or gap")
	case status == 451:
		e = fail(Refused, u, "it is withheld for legal reasons (451)")
	case status >= 500:
		e = fail(Status, u, "the server failed (%d)", status)
	default:
		e = fail(Status, u, "it answered with status %d", status)
	}
	e.Status = status
	e.Lasting = status < 500 && status != 429 && status != 408 && status != 425
	return e
}
