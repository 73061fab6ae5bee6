package news

import "strings"

// Thousands puts commas between the thousands of a whole number, for showing:
// "34900000" is "34,900,000". Anything else stays as it is.
func Thousands(s string) string {
	if len(s) < 4 || s[0] == '0' || strings.Trim(s, "0123456789") != "" {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}
