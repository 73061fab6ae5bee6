package config

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	yaml "go.yaml.in/yaml/v4"
)

func TestSecretPrintsNowhere(t *testing.T) {
	const value = "xoxb-hunter2"
	s := NewSecret(value)
	type hides struct {
		Public  Secret
		private Secret
		pointer *Secret
	}
	h := hides{s, s, &s}
	out := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%T", "%10.3s"} {
		out[verb] = fmt.Sprintf(verb+verb+verb+verb, s, &s, h, []any{s, h, map[string]Secret{"a": s}})
	}
	for name, marshal := range map[string]func(any) ([]byte, error){"json": json.Marshal, "yaml": yaml.Marshal, "xml": xml.Marshal} {
		text, err := marshal(struct{ S Secret }{s})
		if err != nil && name != "xml" { // xml refuses the anonymous struct
			t.Errorf("%s: %v", name, err)
		}
		out[name] = string(text)
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("x", "secret", s, "struct", h, "pointer", &s, "any", []Secret{s})
	}
	out["slog"] = log.String()
	for name, text := range out {
		if strings.Contains(text, "hunter2") || strings.Contains(text, "68756e746572") {
			t.Errorf("%s shows it: %s", name, text)
		}
	}
	if got := fmt.Sprint(s); got != "<secret>" {
		t.Errorf("prints %q", got)
	}
	if s.Reveal() != value || s.IsZero() || !(Secret{}).IsZero() || NewSecret("").Reveal() != "" {
		t.Error("Reveal and IsZero")
	}
}
