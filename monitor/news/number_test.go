package news

import "testing"

func TestThousands(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "7": "7", "681": "681", "2011": "2,011", "34900000": "34,900,000", "100000": "100,000",
		"007000": "007000", "1.5": "1.5", "12-15": "12-15", "١٢٣٤": "١٢٣٤", "-4000": "-4000",
	} {
		if got := Thousands(s); got != want {
			t.Errorf("Thousands(%q) = %q, want %q", s, got, want)
		}
	}
}
