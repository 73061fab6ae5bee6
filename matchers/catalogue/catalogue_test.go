package catalogue

import (
	"slices"
	"strings"
	"testing"
)

func TestLoadResolve(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.Systems()); n < 2900 {
		t.Errorf("%d systems, want 2,900 or more", n)
	}
	for name, want := range map[string]string{"Kornet": "9m133-kornet", "M1A1 Abrams": "m1-abrams", "F16": "f-16-fighting-falcon", "hj 8": "hj-8"} {
		if ids, err := c.Resolve(name); err != nil || !slices.Contains(ids, want) {
			t.Errorf("%s: %q, %v; want %s", name, ids, err, want)
		}
	}
	for want, err := range map[string]error{
		"Kornet": c.CheckName("Korneet"), "anti-tank-guided-missile": c.CheckCategory("anti-tank-guided-misile"),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: does not suggest %s", err, want)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		systems, err := readAll(files)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := build(systems); err != nil {
			b.Fatal(err)
		}
	}
}

// A category is what a newsroom means by it: rare systems and kinds of things
// stand beside it, to be asked for.
func TestRareAndGenericStandBeside(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct{ in, out string }{
		"landmine":         {"pmn", "landmine-generic"},
		"Landmine generic": {"landmine-generic", "pmn"},
	} {
		ids, err := c.ResolveCategory(name)
		if err != nil || !slices.Contains(ids, want.in) || slices.Contains(ids, want.out) {
			t.Errorf("%s: %d systems, %v; want %s in and %s out", name, len(ids), err, want.in, want.out)
		}
	}
	in := map[string]int{}
	for _, s := range c.Systems() {
		group, err := c.Category(s.Group())
		if err != nil || group != s.Group() {
			t.Errorf("%s: group %s: %q, %v", s.ID, s.Group(), group, err)
		}
		if in[s.Tier]++; s.Tier != "A" && s.Group() == s.Category {
			t.Errorf("%s of tier %s is in %s", s.ID, s.Tier, s.Group())
		}
	}
	if in["B"] < 400 || in["G"] < 30 {
		t.Errorf("tiers: %v", in)
	}
}
