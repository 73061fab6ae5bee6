package markup

import (
	"slices"
	"strings"
	"testing"
)

// Fragment gives what Lines gives of the tree, without making one.
func TestFragment(t *testing.T) {
	for _, c := range []struct {
		piece string
		want  []string
	}{
		{"plain", []string{"plain"}},
		{"<p>One<br>two</p><p>three", []string{"One", "two", "three"}},
		{"a<b>b</b> <i>c</i>&amp;d &eacute;&#8217;", []string{"ab c&d é’"}},
		{"x<script>alert('<p>')</script>y<style>p{}</style>z", []string{"xyz"}},
		{"<div hidden>no<div>no</div>no</div>yes", []string{"yes"}},
		{`<span style="Display : none">no</span>yes`, []string{"yes"}},
		{"<pre>a\nb</pre>c\nd", []string{"a", "b", "c d"}},
		{"<table><tr><td>a<td>b<tr><td>c", []string{"a b", "c"}},
		{"<!-- no -->a<svg><text>no</text></svg>b", []string{"ab"}},
		{"<ul><li>a<li>b</ul>c", []string{"a", "b", "c"}},
		{"a<img alt='no'>b<hr/>c", []string{"ab", "c"}},
		{"caf\u00e9 \u202eevil\u200b \u0000", []string{"café evil"}},
		{"", nil},
	} {
		got := Fragment(c.piece)
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.piece, got, c.want)
		}
		doc, err := Parse([]byte(c.piece))
		if err != nil {
			t.Fatal(err)
		}
		if lines := Lines(doc); !slices.Equal(got, lines) {
			t.Errorf("%q: %q, the tree says %q", c.piece, got, lines)
		}
	}
}

func FuzzFragment(f *testing.F) {
	f.Add("<p>a<div hidden>b</div><pre>c\n</pre>&amp;<script>")
	f.Fuzz(func(t *testing.T, piece string) {
		for _, line := range Fragment(piece) {
			if line == "" || strings.ContainsAny(line, "\n\r\t\x00") {
				t.Errorf("%q gives the line %q", piece, line)
			}
		}
	})
}
