package config

import (
	"fmt"
	"strings"
)

// expand replaces ${NAME} by the value of an environment variable, in one value
// of the file after YAML has read it, never in the file's text: so that no
// value can add structure. "$${" stands for a literal "${". Names that are not
// set are returned; their values never appear in a message.
func expand(s string, getenv func(string) string) (out string, expanded bool, errs []error) {
	var b strings.Builder
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			b.WriteString(s)
			return b.String(), expanded, errs
		}
		if i > 0 && s[i-1] == '$' {
			b.WriteString(s[:i-1] + "${")
			s = s[i+2:]
			continue
		}
		name, rest, closed := strings.Cut(s[i+2:], "}")
		b.WriteString(s[:i])
		expanded = true
		switch {
		case !closed:
			return b.String(), expanded, append(errs, fmt.Errorf(`"${" without its "}": write $${ for a literal ${`))
		case !isVariable(name):
			errs = append(errs, fmt.Errorf("${%s} is no name of an environment variable: use letters, digits and _", clip(name)))
		case getenv(name) == "":
			errs = append(errs, fmt.Errorf("environment variable %s is not set, or empty", name))
		default:
			b.WriteString(getenv(name))
		}
		s = rest
	}
}

func isVariable(name string) bool {
	for i, r := range name {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

// clip shortens text from the file for a message.
func clip(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
