package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"github.com/armswatch/armswatch/monitor/news"
)

// maxValues bounds how many values aliases may make of one file: ten thousand
// sources have a tenth of it.
const maxValues = 500_000

// place is where a value stands in the file.
type place struct {
	line, col int
	// raw is the value as written, before ${} was replaced, for messages: an
	// expanded value may be a secret.
	raw      string
	expanded bool
	style    yaml.Style
	bad      bool // a problem was reported; checks need not add another
	odd      bool // it has keys that were not understood
}

// decoder fills a File from YAML nodes. It goes on after a problem, and
// remembers where every value stands, by path.
type decoder struct {
	name     string
	data     []byte
	getenv   func(string) string
	places   map[string]place
	keys     map[string]place // where the key of a path stands
	problems []Problem
	values   int
}

// join makes the path of a child. \x1f occurs in no key: checkBytes refuses it.
func join[T string | int | news.Kind](path string, child T) string {
	if i, ok := any(child).(int); ok {
		return path + "\x1f" + strconv.Itoa(i)
	}
	return path + "\x1f" + fmt.Sprint(child)
}

func (d *decoder) problem(p place, format string, args ...any) {
	d.problems = append(d.problems, Problem{File: d.name, Line: p.line, Col: p.col, Msg: fmt.Sprintf(format, args...)})
}

// fail reports a problem of the value at path, and marks it bad.
func (d *decoder) fail(path, format string, args ...any) {
	p := d.places[path]
	p.bad = true
	d.places[path] = p
	d.problem(p, format, args...)
}

func (d *decoder) setOdd(path string) {
	p := d.places[path]
	p.odd = true
	d.places[path] = p
}

// value decodes n into v.
func (d *decoder) value(n *yaml.Node, v reflect.Value, path, what string) {
	if d.values++; d.values > maxValues {
		return
	}
	at := place{line: n.Line, col: n.Column, raw: n.Value, style: n.Style}
	for hops := 0; n.Kind == yaml.AliasNode && hops < 10; hops++ {
		n = n.Alias
		at.raw, at.style = n.Value, n.Style
	}
	d.places[path] = at
	if n.Style&yaml.TaggedStyle != 0 && n.Tag != "!!str" {
		d.fail(path, "%s: the tag %s is not read here: leave it out", what, quote(n.Tag))
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if want := wants(v); want != kindOf(n) && !isNull(n) && !(oneOrMany(v) && n.Kind == yaml.ScalarNode) {
		d.fail(path, "%s must be %s, not %s%s", what, want, kindOf(n), hint(n, v))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.section(n, v, path, what)
	case reflect.Map:
		d.mapping(n, v, path, what)
	case reflect.Slice:
		d.list(n, v, path, what)
	case reflect.Bool:
		d.flag(n, v, path, what)
	default:
		d.text(n, v, path, what)
	}
}

// section decodes a mapping with known keys.
func (d *decoder) section(n *yaml.Node, v reflect.Value, path, what string) {
	fields := fieldsOf(v.Type())
	d.pairs(n, path, what, func(key string, at place, val *yaml.Node) {
		f, ok := fields[key]
		if !ok {
			d.setOdd(path)
			d.problem(at, "unknown key %s in %s%s", quote(key), what, suggestKey(key, v.Type()))
			return
		}
		child := f.Tag.Get("item")
		if child == "" || f.Type.Kind() == reflect.Slice || f.Type.Kind() == reflect.Map {
			child = key
		}
		d.value(val, v.FieldByIndex(f.Index), join(path, key), child)
	})
}

// mapping decodes a mapping whose keys are the user's.
func (d *decoder) mapping(n *yaml.Node, v reflect.Value, path, what string) {
	v.Set(reflect.MakeMap(v.Type()))
	d.pairs(n, path, what, func(key string, _ place, val *yaml.Node) {
		elem := reflect.New(v.Type().Elem()).Elem()
		d.value(val, elem, join(path, key), singular(what)+" "+quote(key))
		v.SetMapIndex(reflect.ValueOf(key), elem)
	})
}

// pairs calls f for each key and value of a mapping, having refused repeated
// and non-text keys.
func (d *decoder) pairs(n *yaml.Node, path, what string, f func(key string, at place, val *yaml.Node)) {
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content) && d.values <= maxValues; i += 2 {
		k := n.Content[i]
		at := place{line: k.Line, col: k.Column}
		switch {
		case k.Tag == "!!merge":
			d.setOdd(path)
			d.problem(at, `merge keys ("<<") are not read: write the values out`)
			continue
		case k.Kind != yaml.ScalarNode || isNull(k) || k.Value == "":
			d.problem(at, "a key of %s must be plain text", what)
			continue
		case first[k.Value] != 0:
			d.problem(at, "duplicate key %s in %s: it stands on line %d already", quote(k.Value), what, first[k.Value])
			continue
		}
		first[k.Value] = k.Line
		d.keys[join(path, k.Value)] = at
		f(k.Value, at, n.Content[i+1])
	}
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, path, what string) {
	if isNull(n) && oneOrMany(v) {
		d.noValue(path, what)
		return
	}
	items := n.Content
	if n.Kind == yaml.ScalarNode && !isNull(n) {
		items = []*yaml.Node{n}
	}
	if d.values+len(items) > maxValues {
		d.values = maxValues + 1
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	for i, item := range items {
		d.value(item, v.Index(i), join(path, i), itemOf(v.Type().Elem(), what))
	}
}

// oneOrMany says whether a list may also be written as its one item.
func oneOrMany(v reflect.Value) bool {
	return v.Type() == reflect.TypeFor[Strings]() || v.Type() == reflect.TypeFor[Addresses]()
}

// itemOf is what one item of a list is called in messages.
func itemOf(t reflect.Type, list string) string {
	switch t {
	case reflect.TypeFor[FileSource]():
		return "a source"
	case reflect.TypeFor[FileRoute]():
		return "a route"
	}
	return "an item of " + list
}

func singular(s string) string { return strings.TrimSuffix(s, "s") }

func (d *decoder) text(n *yaml.Node, v reflect.Value, path, what string) {
	if isNull(n) {
		d.noValue(path, what)
		return
	}
	out, expanded, errs := expand(n.Value, d.getenv)
	for _, err := range errs {
		d.fail(path, "%s: %v", what, err)
	}
	p := d.places[path]
	p.expanded = expanded
	d.places[path] = p
	if len(errs) > 0 {
		return
	}
	if strings.TrimSpace(out) == "" {
		d.fail(path, "%s is empty", what)
		return
	}
	v.SetString(out)
}

func (d *decoder) noValue(path, what string) {
	p := d.places[path]
	rest := strings.TrimSpace(from(lineOf(d.data, p.line), p.col))
	if after := strings.TrimPrefix(rest, "#"); after != rest && !strings.HasPrefix(after, " ") {
		d.fail(path, `%s has no value: "#" after a space begins a comment, so put the value in quotes`, what)
		return
	}
	d.fail(path, "%s has no value", what)
}

func (d *decoder) flag(n *yaml.Node, v reflect.Value, path, what string) {
	out, expanded, errs := expand(n.Value, d.getenv)
	for _, err := range errs {
		d.fail(path, "%s: %v", what, err)
	}
	switch strings.ToLower(out) {
	case "true", "yes", "on":
		v.SetBool(true)
	case "false", "no", "off":
	default:
		got := ", not " + quote(clip(n.Value))
		if expanded || len(errs) > 0 {
			got = ""
		}
		if len(errs) == 0 {
			d.fail(path, "%s must be true or false%s", what, got)
		}
	}
}

// fieldsOf are the fields of a struct by their YAML keys.
func fieldsOf(t reflect.Type) map[string]reflect.StructField {
	fields := map[string]reflect.StructField{}
	for f := range t.Fields() {
		fields[f.Tag.Get("yaml")] = f
	}
	return fields
}

// suggestKey is the end of a message about an unknown key: the key that was
// most likely meant, else all there are.
func suggestKey(key string, t reflect.Type) string {
	var names []string
	for f := range t.Fields() {
		name := f.Tag.Get("yaml")
		for also := range strings.SplitSeq(f.Tag.Get("also"), ",") {
			if also != "" && string(squash(also)) == string(squash(key)) {
				return `: did you mean "` + name + `"?`
			}
		}
		names = append(names, name)
	}
	if s := didYouMean(key, names); s != "" {
		return s
	}
	return ": its keys are " + strings.Join(names, ", ")
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// wants says in words what YAML must hold for v.
func wants(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Struct, reflect.Map:
		return "a mapping"
	case reflect.Slice:
		return "a list"
	default:
		return "text"
	}
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		return "text"
	default:
		return "an alias"
	}
}

// hint says how the right kind of value is written, when that is clear.
func hint(n *yaml.Node, v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.String && n.Kind == yaml.ScalarNode:
		return ": write [" + clip(n.Value) + "]"
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		return `: begin each item with "- "`
	case v.Kind() == reflect.String && n.Kind == yaml.MappingNode:
		return `: ": " makes a mapping, so put the value in quotes`
	}
	return ""
}

func quote(s string) string { return strconv.Quote(clip(s)) }
