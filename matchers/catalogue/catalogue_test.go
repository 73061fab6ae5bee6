package catalogue

import "testing"

func TestLoadResolve(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.Systems()); n < 2900 {
		t.Errorf("%d systems, want 2,900 or more", n)
	}
	for name, want := range map[string]string{"Kornet": "9m133-kornet", "M1A1 Abrams": "m1-abrams", "F16": "f-16", "hj 8": "hj-8"} {
		ids, err := c.Resolve(name)
		t.Log(name, ids, err, want)
	}
	t.Log(c.CheckName("Korneet"), c.CheckCategory("anti-tank-guided-misile"), c.CheckCategory("tanks"))
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
