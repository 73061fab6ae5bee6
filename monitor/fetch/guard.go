package fetch

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
)

// ports are the ones fetched from without leave.
var ports = []uint16{80, 443, 8080, 8443}

// deniedV4 adds to the special-purpose ranges of IANA, which package ssrf
// denies: Azure's metadata and DNS service has a public address.
var deniedV4 = []netip.Prefix{netip.MustParsePrefix("168.63.129.16/32")}

// guard decides which addresses may be connected to.
type guard struct {
	allow    []netip.Prefix
	rules    *ssrf.Guardian
	resolver Resolver
	dialer   net.Dialer
	proxied  bool
}

func newGuard(o Options) *guard {
	g := &guard{resolver: o.Resolver, proxied: o.Proxy != nil}
	for _, p := range o.Allow {
		g.allow = append(g.allow, unmap(p.Masked()))
	}
	g.rules = ssrf.New(ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(deniedV4...))
	g.dialer = net.Dialer{Timeout: dialTimeout, Control: g.control}
	return g
}

// unmap makes ::ffff:127.0.0.0/104 into 127.0.0.0/8, as addresses are compared.
func unmap(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p
}

func tlsConfig(o Options) *tls.Config {
	return &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12}
}

// blockedError is the guard's refusal, on its way through net and net/http.
type blockedError struct{ msg string }

func (e *blockedError) Error() string { return e.msg }

func blocked(format string, args ...any) error {
	return &blockedError{fmt.Sprintf(format, args...)}
}

// control is called by the dialer with the address it is about to connect to,
// after the name was resolved: nothing can change between check and use.
func (g *guard) control(network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return blocked("network %q is not used", network)
	}
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return blocked("its address cannot be read")
	}
	return g.check(ap)
}

// check says whether an address may be connected to.
func (g *guard) check(ap netip.AddrPort) error {
	addr := ap.Addr().Unmap()
	for _, p := range g.allow {
		if p.Contains(addr) {
			return nil
		}
	}
	if g.rules.SafeAddr(ap.Addr()) != nil || g.rules.SafeAddr(addr) != nil || g.embeds(addr) {
		return blocked("%s is not a public address; add its network to fetch.allow_networks if you mean it", addr)
	}
	if !slices.Contains(ports, ap.Port()) {
		return blocked("port %d is not fetched from (80, 443, 8080 and 8443 are); add the host's address to fetch.allow_networks if you mean it", ap.Port())
	}
	return nil
}

// embeds says whether a public IPv6 prefix carries a private IPv4 address the
// ISATAP way (RFC 5214). The other ways of embedding (mapped, compatible, NAT64,
// 6to4, Teredo) have ranges of their own, all denied.
func (g *guard) embeds(addr netip.Addr) bool {
	if !addr.Is6() {
		return false
	}
	b := addr.As16()
	if b[8]&^2 != 0 || b[9] != 0 || b[10] != 0x5e || b[11] != 0xfe {
		return false
	}
	return g.rules.SafeAddr(netip.AddrFrom4([4]byte(b[12:]))) != nil
}

// dial connects to a host by name or address.
func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if g.resolver == nil {
		return g.dialer.DialContext(ctx, network, address)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addrs, err := g.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	for _, a := range addrs {
		var conn net.Conn
		if conn, err = g.dialer.DialContext(ctx, network, net.JoinHostPort(a.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

func (g *guard) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	r := g.resolver
	if r == nil {
		r = net.DefaultResolver
	}
	addrs, err := r.LookupNetIP(ctx, "ip", host)
	if err == nil && len(addrs) == 0 {
		err = &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return addrs, err
}

// beforeProxy checks where a proxy would connect to, as far as we can know.
func (g *guard) beforeProxy(ctx context.Context, u *url.URL) error {
	if !g.proxied {
		return nil
	}
	port, err := strconv.ParseUint(portOf(u), 10, 16)
	if err != nil {
		return blocked("its port is no number")
	}
	addrs, err := g.lookup(ctx, u.Hostname())
	if err != nil {
		return nil //nolint:nilerr // the proxy may know names that we do not
	}
	for _, a := range addrs {
		if err := g.check(netip.AddrPortFrom(a, uint16(port))); err != nil {
			return err
		}
	}
	return nil
}

func portOf(u *url.URL) string {
	switch p := u.Port(); {
	case p != "":
		return p
	case u.Scheme == "https":
		return "443"
	default:
		return "80"
	}
}

// parseURL reads a URL and refuses the ones that no web page has.
func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || len(raw) > maxURL {
		return nil, &Error{Kind: Invalid, URL: "(no valid URL)", Msg: "it cannot be read as a URL; check the source's URL", Lasting: true}
	}
	u.Scheme = strings.ToLower(u.Scheme)
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, &Error{Kind: Blocked, URL: "(" + printable(u.Scheme, 20) + ": URL)", Msg: "only http:// and https:// are fetched", Lasting: true}
	case u.Hostname() == "" || u.Opaque != "":
		return nil, &Error{Kind: Invalid, URL: "(URL without a host)", Msg: "it names no host; check the source's URL", Lasting: true}
	case u.User != nil:
		return nil, fail(Blocked, u, "credentials in a URL are not used; put them in the source's headers, for example Authorization").lasting()
	case oddAddress(u.Hostname()):
		return nil, fail(Blocked, u, "its address is not written in the usual way (like 192.0.2.1 or [2001:db8::1])").lasting()
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n == 0 {
			return nil, fail(Invalid, u, "its port is not between 1 and 65535").lasting()
		}
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// oddAddress says whether a host is an IPv4 address in a form that some
// resolvers read and we do not: 2130706433, 0x7f.1, 0177.0.0.1, 127.1.
func oddAddress(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	last := strings.ToLower(labels[len(labels)-1])
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		_, err := strconv.ParseUint("0"+hex, 16, 64)
		return err == nil
	}
	_, err := strconv.ParseUint(last, 10, 64)
	return err == nil
}

func origin(u *url.URL) string {
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + portOf(u)
}
