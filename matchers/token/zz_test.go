package token

import ("testing";"fmt";"time";"os";"encoding/json")

func TestZZ(t *testing.T) {
	b, _ := os.ReadFile("/tmp/langs.json")
	var m map[string][]string
	json.Unmarshal(b, &m)
	var toks []Token
	tot, n := 0.0, 0
	for _, l := range []string{"fr","de","tr","ru","el","ar","fa","he","hi","zh"} {
		sum, bytes := time.Duration(0), 0
		for _, x := range m[l] {
			best := time.Hour
			for range 25 {
				s := time.Now(); toks = Append(toks[:0], x); best = min(best, time.Since(s))
			}
			sum += best; bytes += len(x)
		}
		fmt.Printf("%s %.0f  ", l, float64(bytes)/sum.Seconds()/1e6)
		tot += sum.Seconds(); n += bytes
	}
	fmt.Printf("all %.0f\n", float64(n)/tot/1e6)
}
