package weapon

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/armswatch/armswatch/matchers/catalogue"
	"github.com/armswatch/armswatch/matchers/scan"
	"github.com/armswatch/armswatch/matchers/token"
)

//go:embed namesakes.txt
var namesakesText string

// noSystem is the system of a namesake.
const noSystem = -1

// namesakes adds to the index what bears the name of a system and is another
// thing. It is looked for like a name, so that the longest wins.
func (f *Finder) namesakes(texts []scan.Form) []scan.Form {
	bare := map[string][]int{}
	for i, s := range f.catalogue.Systems() {
		for _, form := range s.Forms {
			if form.Class == catalogue.Word || form.Class == catalogue.Name {
				key := token.Fold(form.Text)
				bare[key] = append(bare[key], i)
			}
		}
	}
	for line := range strings.Lines(namesakesText) {
		kind, list, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || line[0] == '#' {
			continue
		}
		for text := range strings.SplitSeq(list, "; ") {
			var warned []int
			for word := range strings.FieldsSeq(text) {
				warned = append(warned, bare[token.Fold(word)]...)
				warned = append(warned, bare[token.Fold(strings.TrimSuffix(word, "s"))]...)
			}
			f.forms = append(f.forms, form{system: noSystem, text: text, class: catalogue.Strong, warned: warned, firm: kind == "brand"})
			texts = append(texts, scan.Form{Text: text})
		}
	}
	return texts
}

// dropNamesakes takes the namesakes out of the candidates. The systems whose
// names they bear are doubtful in the article.
func (d *field) dropNamesakes() {
	var small []int // where a kind of thing is named in small letters
	d.found = slices.DeleteFunc(d.found, func(c candidate) bool {
		if kind := token.CaseOf(c.form.text).AllLower(); c.form.system == noSystem && kind && c.lower {
			small = append(small, c.first)
		} else if c.form.system == noSystem && c.form.firm {
			d.firms = append(d.firms, c.form.warned...)
		} else if c.form.system == noSystem {
			d.doubtful = append(d.doubtful, c.form.warned...)
		}
		return c.form.system == noSystem
	})
	d.found = slices.DeleteFunc(d.found, func(c candidate) bool {
		_, is := slices.BinarySearch(small, c.first)
		return is && c.lower
	})
}
