package catalogue

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// Parse reads systems that a user adds or corrects, from YAML:
//
//   - id: shahed-238
//     name: Shahed-238
//     category: loitering-munition
//     origin: IRN
//     forms:
//   - {t: "Shahed-238", c: strong, s: [editor]}
//
// name is the file's, for messages. Everything wrong is reported at once, each
// in a line "file:line:col: what".
func Parse(name string, data []byte) ([]System, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	u := &userFile{name: name}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.SequenceNode {
		return nil, fmt.Errorf("%s:1:1: a list of systems is expected, each with id, name, category, origin and forms", name)
	}
	var list []System
	for _, n := range doc.Content[0].Content {
		s := u.system(n)
		if s.ID != "" && slices.ContainsFunc(list, func(o System) bool { return o.ID == s.ID }) {
			u.fail(n, "system %s stands twice", s.ID)
		}
		list = append(list, s)
	}
	return list, errors.Join(u.problems...)
}

// userFile collects what is wrong with a file.
type userFile struct {
	name     string
	problems []error
}

func (u *userFile) fail(n *yaml.Node, format string, args ...any) {
	u.problems = append(u.problems, fmt.Errorf("%s:%d:%d: %s", u.name, n.Line, n.Column, fmt.Sprintf(format, args...)))
}

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

func (u *userFile) system(n *yaml.Node) System {
	s := System{Tier: "A", UNROCA: "-", Origin: "-"}
	if n.Kind != yaml.MappingNode {
		u.fail(n, "a system is expected: id, name, category, origin, forms")
		return s
	}
	u.each(n, func(key, v *yaml.Node) {
		switch key.Value {
		case "id":
			s.ID = v.Value
		case "name":
			s.Name = v.Value
		case "category":
			s.Category = v.Value
		case "unroca":
			s.UNROCA = v.Value
		case "origin":
			s.Origin = v.Value
		case "tier":
			s.Tier = v.Value
		case "forms":
			s.Forms = u.forms(v)
		default:
			u.fail(key, "unknown key %q: id, name, category, unroca, origin, tier and forms are known", key.Value)
		}
	})
	switch {
	case !idForm.MatchString(s.ID):
		u.fail(n, "a system needs an id of small letters, figures and hyphens")
	case s.Name == "":
		u.fail(n, "system %s needs a name", s.ID)
	case s.Category == "":
		u.fail(n, "system %s needs a category", s.ID)
	case !slices.Contains(tiers, s.Tier):
		u.fail(n, "system %s has tier %q: A, B for rare, G for a kind of thing", s.ID, s.Tier)
	case len(s.Forms) == 0:
		s.Forms = []Form{{Text: s.Name, Class: Strong, Sources: []string{"editor"}}}
	}
	return s
}

func (u *userFile) each(n *yaml.Node, do func(key, v *yaml.Node)) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if seen[key.Value] {
			u.fail(key, "%q stands twice", key.Value)
		}
		seen[key.Value] = true
		do(key, n.Content[i+1])
	}
}

func (u *userFile) forms(n *yaml.Node) []Form {
	var list []Form
	if n.Kind != yaml.SequenceNode {
		u.fail(n, "a list of forms is expected")
		return nil
	}
	for _, e := range n.Content {
		f := Form{Class: Strong, Sources: []string{"editor"}}
		switch e.Kind {
		case yaml.ScalarNode:
			f.Text = e.Value
		case yaml.MappingNode:
			u.form(e, &f)
		default:
			u.fail(e, "a form is a text, or {t: TEXT, c: CLASS, s: [SOURCES]}")
			continue
		}
		switch {
		case e.Tag == "!!null" || e.Tag == "!!bool" || !strings.ContainsFunc(f.Text, isSign):
			u.fail(e, "a form needs a text with letters or figures, in quotation marks if YAML takes it for something else")
			continue
		case f.Class == Strong && utf8.RuneCountInString(f.Text) == 1:
			u.fail(e, "form %q of one character cannot count alone: give it another class, {t: %q, c: word}", f.Text, f.Text)
		}
		list = append(list, f)
	}
	return list
}

func isSign(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func (u *userFile) form(n *yaml.Node, f *Form) {
	u.each(n, func(key, v *yaml.Node) {
		switch key.Value {
		case "t":
			f.Text = v.Value
		case "c":
			if f.Class = Class(v.Value); !slices.Contains(classes, f.Class) {
				u.fail(v, "unknown class %q: strong, acro, medium, weak, case, word, name, common and quoted are known", v.Value)
			}
		case "s":
			if v.Kind != yaml.SequenceNode {
				u.fail(v, "a list of sources is expected: [%s]", v.Value)
			}
			f.Sources = nil
			for _, s := range v.Content {
				f.Sources = append(f.Sources, s.Value)
			}
		default:
			u.fail(key, "unknown key %q: t, c and s are known", key.Value)
		}
	})
}

// With is the catalogue with further systems. One whose id is known takes the
// place of the built-in one.
func (c *Catalogue) With(systems []System) (*Catalogue, error) {
	all := slices.Clone(c.systems)
	for _, s := range systems {
		if i, ok := c.byID[s.ID]; ok {
			all[i] = s
		} else {
			all = append(all, s)
		}
	}
	return build(all)
}
