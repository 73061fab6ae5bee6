package finding

import (
	"fmt"
	"strings"

	"github.com/armswatch/armswatch/monitor/news"
)

// CountryName is the English name of a country, by its ISO 3166-1 alpha-3 code; ""
// for a code that is unknown.
func CountryName(code string) string {
	_, rest, ok := strings.Cut("\n"+countriesText, "\n"+code+" ")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "\n")
	name, _, _ = strings.Cut(name, ";")
	return strings.TrimRight(name, "~!")
}

// CountryCode is the ISO 3166-1 alpha-3 code of a country, by its name, demonym
// or the code itself.
func CountryCode(name string) (string, error) {
	name = strings.TrimSpace(name)
	if code := strings.ToUpper(name); len(name) == 3 && strings.Contains("\n"+countriesText, "\n"+code+" ") {
		return code, nil
	}
	t := newText(theLexicon(), news.InText, name, "", nil)
	for _, m := range t.matches {
		if m.kind == country && m.first == 0 && m.last == len(t.words)-1 && len(m.value) == 3 {
			return m.value, nil
		}
	}
	return "", fmt.Errorf("no country is called %q", name)
}
