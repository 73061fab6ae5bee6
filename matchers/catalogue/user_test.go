package catalogue

import (
	"strings"
	"testing"
)

// What is wrong with a user's file is said with its place.
func TestParseSaysWhatIsWrong(t *testing.T) {
	for file, want := range map[string]string{
		"{id: x}": "own.yaml:1:1: a list of systems is expected",
		"- {id: x, name: Foo, category: uav}\n- {id: x, name: Bar, category: uav}\n": "own.yaml:2:3: system x stands twice",
		"- {id: x, name: Foo, category: uav, forms: {t: Bar}}\n":                     "own.yaml:1:44: a list of forms is expected",
		"- {id: x, name: Foo, category: uav, forms: Bar}\n":                          "own.yaml:1:44: a list of forms is expected",
		"- {id: x, name: Foo, category: uav, forms: [null]}\n":                       "own.yaml:1:45: a form needs a text",
		"- {id: x, name: Foo, category: uav, forms: [true]}\n":                       "own.yaml:1:45: a form needs a text",
		"- {id: x, name: Foo, category: uav, forms: ['?']}\n":                        "own.yaml:1:45: a form needs a text",
		"- {id: x, name: Foo, category: uav, forms: [A]}\n":                          "own.yaml:1:45: form \"A\" of one character",
		"- {id: x, name: Foo, category: uav, forms: [{t: Bar, s: web}]}\n":           "own.yaml:1:57: a list of sources is expected: [web]",
		"- {id: x, name: Foo, category: uav, forms: [{t: Bar, c: sure}]}\n":          "own.yaml:1:57: unknown class \"sure\"",
		"- {id: x, nam: Foo, category: uav}\n":                                       "own.yaml:1:11: unknown key \"nam\"",
	} {
		_, err := Parse("own.yaml", []byte(file))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", file, err, want)
		}
	}
}
