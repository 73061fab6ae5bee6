package finding

import (
	"fmt"
	"strings"

	"github.com/armswatch/armswatch/monitor/news"
)

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
