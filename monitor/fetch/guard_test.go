package fetch

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// privateAddresses are hosts as URLs write them: one at least of every
// special-purpose range of IANA, in v4, in v6, in v6 that carries v4, and
// addresses in the forms that only some resolvers read.
var privateAddresses = []string{
	// IPv4: the special-purpose registry, and what clouds answer on.
	"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.2", "127.255.255.254",
	"168.63.129.16", "169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1",
	"192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255",
	"198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
	// IPv6.
	"[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[64:ff9b:1::1]", "[100::1]", "[2001::1]", "[2001:2::1]", "[2001:10::1]", "[2001:20::1]",
	"[2001:db8::1]", "[3fff::1]", "[5f00::1]", "[fc00::1]", "[fd00:ec2::254]", "[fe80::1]", "[fe80::1%25lo]", "[fec0::1]", "[ff02::1]",
	// IPv4 inside IPv6: mapped, compatible, NAT64, 6to4, Teredo, ISATAP.
	"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::ffff:10.0.0.1]", "[::127.0.0.1]", "[::a9fe:a9fe]",
	"[64:ff9b::7f00:1]", "[64:ff9b::169.254.169.254]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
	"[2606:4700::5efe:7f00:1]", "[2606:4700::200:5efe:a00:1]",
	// Other ways of writing 127.0.0.1.
	"2130706433", "0x7f000001", "017700000001", "127.1", "127.0.1", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.0x1", "127.0.0.1.", "①②⑦.⓪.⓪.①",
}

func TestPrivateAddressesAreNotReached(t *testing.T) {
	var hits atomic.Int32
	s := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	port := s.URL[strings.LastIndexByte(s.URL, ':')+1:]
	c := New(Options{Timeout: 2 * time.Second})
	defer c.Close()
	tried := 0
	for _, host := range privateAddresses {
		for _, u := range []string{"http://" + host + "/", "http://" + host + ":" + port + "/", "https://" + host + "/latest/meta-data/"} {
			tried++
			if e := fails(t, c, Request{URL: u}); e.Kind != Blocked || !e.Lasting {
				t.Errorf("%s: %s (%s)", u, e, e.Kind)
			}
		}
	}
	if hits.Load() != 0 || tried < 60 {
		t.Errorf("%d requests arrived, %d vectors", hits.Load(), tried)
	}
}

// Every hop is checked, whatever is allowed for the first.
func TestRedirectsToPrivateAddresses(t *testing.T) {
	var target atomic.Value
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", target.Load().(string))
		w.WriteHeader(http.StatusFound)
	})
	c := New(Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Timeout: 2 * time.Second})
	defer c.Close()
	for _, host := range privateAddresses {
		for _, to := range []string{"http://" + host + "/", "//" + host + "/"} {
			target.Store(to)
			e := fails(t, c, Request{URL: s.URL})
			own := strings.Contains(host, "127.0.0.1]") || strings.Contains(host, "7f00:1]") || strings.Contains(host, "①") // maps to what is allowed, on port 80
			if e.Kind != Blocked && (!own || e.Kind != Unreachable) {
				t.Errorf("redirect to %s: %v (%s)", to, e, e.Kind)
			}
		}
	}
	for _, to := range []string{
		"file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "data:text/xml,<rss/>", "ftp://127.0.0.1/", "jar:http://a!/", "dict://127.0.0.1:11211/",
		"ldap://127.0.0.1/", "unix:///var/run/docker.sock", "javascript:alert(1)", "http://user:pass@127.0.0.1/", "HTTP://169.254.169.254/",
		"http:\\\\169.254.169.254/", "http://169.254.169.254#@example.org/", "http://example.org@169.254.169.254/",
		"http://127.0.0.1:22/", "http://127.0.0.1:6379/", "http://[::1]:80/",
	} {
		target.Store(to)
		e := fails(t, c, Request{URL: s.URL})
		allowed := strings.HasPrefix(to, "http://127.0.0.1:") // the operator allowed it, on any port
		if e.Kind != Blocked && e.Kind != Redirects && e.Kind != Invalid && e.Kind != Unresolved && !allowed {
			t.Errorf("redirect to %s: %v (%s)", to, e, e.Kind)
		}
	}
}

func TestPortsAndSchemes(t *testing.T) {
	c := New(Options{Timeout: time.Second, Resolver: names{"public.example": {"93.184.215.14"}}})
	defer c.Close()
	for _, port := range []string{"22", "25", "53", "81", "445", "3306", "5432", "6379", "9200", "11211", "27017", "65535"} {
		if e := fails(t, c, Request{URL: "http://public.example:" + port + "/"}); e.Kind != Blocked {
			t.Errorf("port %s: %v (%s)", port, e, e.Kind)
		}
	}
	for _, u := range []string{"", "x", "http://", "http:///path", "http://:80/", "//host/", "http://a.example:0/", "http://a.example:99999/", "file:///etc/passwd", "ftp://a.example/"} {
		if e := fails(t, c, Request{URL: u}); e.Kind != Blocked && e.Kind != Invalid {
			t.Errorf("%q: %v (%s)", u, e, e.Kind)
		}
	}
}

// names resolves names to the addresses of a test.
type names map[string][]string

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	var list []netip.Addr
	for _, a := range n[host] {
		list = append(list, netip.MustParseAddr(a))
	}
	return list, nil
}

func TestNamesOfPrivateAddresses(t *testing.T) {
	var hits atomic.Int32
	s := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	port := s.URL[strings.LastIndexByte(s.URL, ':')+1:]
	list := names{
		"loop.example": {"127.0.0.1"}, "loop6.example": {"::1"}, "mapped.example": {"::ffff:127.0.0.1"}, "meta.example": {"169.254.169.254"},
		"home.example": {"192.168.1.1"}, "both.example": {"10.0.0.1", "fd00::1"}, "localhost": {"127.0.0.1", "::1"},
		"nat64.example": {"64:ff9b::a9fe:a9fe"}, "any.example": {"0.0.0.0"}, "metadata.google.internal": {"169.254.169.254"},
	}
	c := New(Options{Timeout: 2 * time.Second, Resolver: list})
	defer c.Close()
	for host := range list {
		for _, u := range []string{"http://" + host + "/", "http://" + host + ":" + port + "/", "http://" + strings.ToUpper(host) + "./"} {
			if e := fails(t, c, Request{URL: u}); e.Kind != Blocked && e.Kind != Unresolved {
				t.Errorf("%s: %v (%s)", u, e, e.Kind)
			}
		}
	}
	if hits.Load() != 0 {
		t.Errorf("%d requests arrived", hits.Load())
	}
}

// rebinding gives a public address first and a private one from then on.
type rebinding struct{ asked atomic.Int32 }

func (r *rebinding) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	if r.asked.Add(1) == 1 {
		return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil // of TEST-NET-1: nobody answers there, and it is denied too
	}
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

func TestRebinding(t *testing.T) {
	var hits atomic.Int32
	s := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	c := New(Options{Timeout: 2 * time.Second, Resolver: &rebinding{}})
	defer c.Close()
	for range 3 {
		fails(t, c, Request{URL: "http://rebind.example:" + s.URL[strings.LastIndexByte(s.URL, ':')+1:] + "/"})
	}
	if hits.Load() != 0 {
		t.Error("a name that changed its address led inside")
	}
}
