package query_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/armswatch/armswatch/matchers/query"
)

func TestCanonicalForm(t *testing.T) {
	for _, test := range []struct{ rule, want string }{
		{`missile`, `missile`},
		{`"arms transfers"`, `"arms transfers"`},
		{`“arms  transfers”`, `"arms transfers"`},
		{`«arms transfers»`, `"arms transfers"`},
		{`„arms transfers“`, `"arms transfers"`},
		{`'arms transfers'`, `"arms transfers"`},
		{`‘arms transfers’`, `"arms transfers"`},
		{`a b c`, `a OR b OR c`},
		{`a OR (b OR c)`, `a OR b OR c`},
		{`a AND b OR c`, `(a AND b) OR c`},
		{`a b AND c`, `a OR (b AND c)`},
		{`a AND (b AND c)`, `a AND b AND c`},
		{`a && b || c`, `(a AND b) OR c`},
		{`a -b`, `a AND NOT b`},
		{`a –b`, `a AND NOT b`},
		{`-b a c`, `(a OR c) AND NOT b`},
		{`a NOT b`, `a AND NOT b`},
		{`a OR b NOT c`, `(a OR b) AND NOT c`},
		{`a AND NOT b OR c`, `(a AND NOT b) OR c`},
		{`a AND (NOT b)`, `a AND NOT b`},
		{`NOT b AND a`, `a AND NOT b`},
		{`a AND NOT (b OR c)`, `a AND NOT (b OR c)`},
		{`a -(b c)`, `a AND NOT (b OR c)`},
		{`stockpile*`, `stockpile*`},
		{`"captured stockpile*"`, `"captured stockpile*"`},
		{`a NEAR/8 b`, `a NEAR/8 b`},
		{`a near/8 b`, `a NEAR/8 b`},
		{`a w/8 b`, `a NEAR/8 b`},
		{`a W/8 b`, `a NEAR/8 b`},
		{`a NEAR/8f b`, `a ONEAR/8 b`},
		{`a ONEAR/8 b`, `a ONEAR/8 b`},
		{`a NEAR/8p b`, `a NEAR/8p b`},
		{`a NEAR/8fp b`, `a ONEAR/8p b`},
		{`a w/s b`, `a NEAR/s b`},
		{`a w/p b`, `a NEAR/p b`},
		{`"a b"~5`, `"a" NEAR/5 "b"`},
		{`"a b c"~5`, `("a" NEAR/5 "b") NEAR/5 "c"`},
		{`a NEAR/3 b NEAR/4 c`, `(a NEAR/3 b) NEAR/4 c`},
		{`a NEAR/3 b AND c`, `(a NEAR/3 b) AND c`},
		{`title:kornet`, `title:kornet`},
		{`TITLE:(kornet milan)`, `title:(kornet OR milan)`},
		{`text:"arms transfers"`, `text:"arms transfers"`},
		{`lang:DE missile`, `lang:"de" OR missile`},
		{`source:(Reuters OR "BBC News") AND a`, `(source:"Reuters" OR source:"BBC News") AND a`},
		{`weapon:Kornet`, `weapon:"Kornet"`},
		{`weapon:“9M133 Kornet”`, `weapon:"9M133 Kornet"`},
		{`category:manpads AND origin:rus`, `category:"manpads" AND origin:"RUS"`},
		{`cs("MOAB")`, `cs("MOAB")`},
		{`cs(MOAB)`, `cs("MOAB")`},
		{`exact:arms`, `exact:arms`},
		{`exact:(arms transfers)`, `exact:arms OR exact:transfers`},
		{`"<#>-page report"`, `"<#>-page report"`},
		{`<#>-page`, `<#>-page`},
		{`<#> NEAR/2 rifles`, `<#> NEAR/2 rifles`},
		{`(captured OR seized OR looted) NEAR/8 (stockpile* OR depot* OR arsenal*)`, `(captured OR seized OR looted) NEAR/8 (stockpile* OR depot* OR arsenal*)`},
		{`"arms transfers" AND publisher:"Amnesty International"`, `"arms transfers" AND publisher:"Amnesty International"`},
		{`weapon:Kornet NEAR/5 captured`, `weapon:"Kornet" NEAR/5 captured`},
		{"a\nb", `a OR b`},
		{`anti-tank`, `anti-tank`},
		{`F-16`, `F-16`},
		{`don't`, `don't`},
		{`12:30`, `12:30`},
		{`导弹`, `导弹`},
	} {
		e, err := query.Parse(test.rule)
		if err != nil {
			t.Errorf("Parse(%q): %v", test.rule, err)
			continue
		}
		if got := e.String(); got != test.want {
			t.Errorf("Parse(%q) = %s, want %s", test.rule, got, test.want)
		}
		again, err := query.Parse(e.String())
		if err != nil || again.String() != e.String() {
			t.Errorf("Parse(%q) = %q, %v: the canonical form does not stand", e.String(), again.String(), err)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, test := range []struct {
		rule, msg, suggest string
		pos                int
	}{
		{``, "empty rule", "word", 0},
		{`   `, "empty rule", "word", 0},
		{`-a`, "only what must not", "missile AND NOT a", 0},
		{`NOT (a OR b)`, "only what must not", "NOT (a OR b)", 0},
		{`-a -b`, "only what must not", "", 0},
		{`a OR NOT b`, "NOT after OR", "AND NOT", 5},
		{`a OR (NOT b)`, "NOT after OR", "AND NOT", 5},
		{`a AND`, "nothing on its right", "", 2},
		{`AND a`, "nothing on its left", "", 0},
		{`OR a`, "nothing on its left", "", 0},
		{`a OR`, "nothing on its right", "", 2},
		{`a OR OR b`, "nothing on its left", "", 5},
		{`a AND OR b`, "directly after AND", "AND", 6},
		{`a NOT`, "nothing on its right", "", 2},
		{`a AND NOT NOT b`, "NOT twice", "", 10},
		{`a AND --b`, "NOT twice", "", 7},
		{`abc*`, "4 letters", `"abc"`, 3},
		{`"the abc* war"`, "4 letters", `"abc"`, 8},
		{`*abc`, "cannot begin", "missil*", 0},
		{`mis*le`, "only end a word", "", 3},
		{`""`, "empty phrase", "words", 0},
		{`"..."`, "empty phrase", "words", 0},
		{`""~3`, "empty phrase", "", 0},
		{`"arms`, "never closed", `"arms"`, 0},
		{`a AND "arms`, "never closed", `"arms"`, 6},
		{`(a b`, "never closed", `(a b)`, 0},
		{`a b)`, "without an opening", "", 3},
		{`()`, "empty parentheses", "", 0},
		{`a NEAR b`, "needs a number", "NEAR/8", 2},
		{`a NEAR/x b`, "needs a number", "NEAR/8", 2},
		{`a NEAR/8`, "nothing on its right", "", 2},
		{`NEAR/8 a`, "nothing on its left", "", 0},
		{`a NEAR/8 NOT b`, "beside NEAR/8", "AND NOT", 9},
		{`a NEAR/8 -b`, "beside NEAR/8", "AND NOT", 9},
		{`a NEAR/99999 b`, "more than 500", "w/p", 2},
		{`(a AND b) NEAR/8 c`, "inside NEAR/8", "a NEAR/8 c AND b NEAR/8 c", 0},
		{`a NEAR/8 title:b`, "inside NEAR/8", "title:(a NEAR/8 b)", 9},
		{`a NEAR/8 lang:de`, "no place in the text", "AND lang:", 9},
		{`captured and looted`, "no operator", "AND", 9},
		{`titel:kornet`, "no field titel", "title:", 0},
		{`http://example.org`, "address", "source:", 0},
		{`foobar:x`, "no field foobar", "quotes", 0},
		{`title:`, "nothing behind", `title:"..."`, 0},
		{`weapon: Kornet`, "nothing behind", `weapon:"..."`, 7},
		{`lang:german`, "language code", "lang:de", 5},
		{`origin:russia`, "country code", "RUS", 7},
		{`cs:MOAB`, "parentheses", `cs("MOAB")`, 0},
		{`cs("")`, "empty phrase", "", 0},
		{`cs("a" "b")`, "one phrase", "", 7},
		{`cs(MO"AB)`, "in quotes", `cs("one phrase")`, 5},
		{`+a +b`, "no meaning", "AND", 0},
		{`a !b`, "no meaning", "NOT b", 2},
		{`a ~ b`, "belongs directly behind", "", 2},
		{`a & & b`, "directly after", "", 4},
		{`a AND ...`, "no letter", "", 6},
		{"a\x00b", "no text", "", 1},
		{"a\xffb", "no text", "", 1},
		{`<#>`, "almost every article", "", 0},
		{`missile <#>`, "almost every article", "", 8},
		{strings.Repeat("(", 100000), "longer than", "", 32768},
		{strings.Repeat("(", 10000), "nested deeper", "", 200},
		{strings.Repeat("title:", 5000) + "a", "nested deeper", "", 1200},
		{strings.Repeat("exact:", 5000) + "a", "nested deeper", "", 1200},
		{strings.Repeat("a NEAR/1 ", 3000) + "a", "in a row", "", 578},
		{strings.Repeat("-", 5000) + "a", "NOT twice", "", 1},
	} {
		_, err := query.Parse(test.rule)
		var e *query.Error
		if !errors.As(err, &e) {
			t.Errorf("Parse(%.40q) is accepted, want %q", test.rule, test.msg)
			continue
		}
		if !strings.Contains(e.Msg, test.msg) || !strings.Contains(e.Suggest, test.suggest) || e.Column() != test.pos {
			t.Errorf("Parse(%.40q): %d %.200s | %.100s, want %d %s | %s", test.rule, e.Pos, e.Msg, e.Suggest, test.pos, test.msg, test.suggest)
		}
	}
}

type hint struct{ word string }

func (h hint) Error() string   { return "there is no weapon " + h.word }
func (h hint) Suggest() string { return `weapon:"9M133 Kornet"` }

func TestVocabulary(t *testing.T) {
	v := query.Vocabulary{Weapon: func(name string) ([]string, error) {
		if name == "Kornet" {
			return []string{"9m133-kornet"}, nil
		}
		return nil, hint{name}
	}}
	if _, err := v.Parse(`captured NEAR/5 weapon:Kornet`); err != nil {
		t.Error(err)
	}
	_, err := v.Parse(`captured NEAR/5 weapon:(Kornet Kornat)`)
	var e *query.Error
	if !errors.As(err, &e) || e.Pos != 31 || e.Suggest != `weapon:"9M133 Kornet"` {
		t.Errorf("unknown weapon: %+v, want column 31 with its suggestion", err)
	}
}
