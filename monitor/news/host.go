package news

import (
	"net/url"
	"strings"
)

// HostOf is the host of a URL as armswatch makes visits by it: lower case,
// without port. It is "" for a URL that has none.
func HostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
