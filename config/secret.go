package config

import (
	"fmt"
	"log/slog"
)

const hidden = "<secret>"

// Secret is a value nobody may read by accident: it prints as <secret> in
// every fmt verb, in slog, JSON, YAML and text. Only [Secret.Reveal] gives it.
// The zero Secret is empty.
type Secret struct {
	// A pointer, so that even printing a struct with an unexported Secret
	// field, where fmt cannot call our methods, shows an address only.
	value *string
}

// NewSecret makes a Secret of a plain value.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{&value}
}

// Reveal gives the value; call it where the value leaves for its service and
// nowhere else.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero says whether there is no value.
func (s Secret) IsZero() bool { return s.value == nil }

// String implements [fmt.Stringer].
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return hidden
}

// Format implements [fmt.Formatter] for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, s.String()) }

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText implements [encoding.TextMarshaler], which JSON uses too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML implements the YAML package's Marshaler.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }
