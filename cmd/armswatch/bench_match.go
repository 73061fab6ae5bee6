package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/matchers/scan"
	"github.com/armswatch/armswatch/matchers/scan/sample"
	"github.com/armswatch/armswatch/matchers/token"
	"github.com/armswatch/armswatch/monitor/news"
)

// matchBench says what bench match measures.
type matchBench struct {
	corpus  string
	size    int // MB
	seconds float64
	sizes   []int
	rules   int
}

func benchMatchCommand() *cobra.Command {
	var o matchBench
	cmd := &cobra.Command{
		Use:   "match",
		Short: "Measure matching: bytes a second for many phrases, beside other programs",
		Long: "bench match searches made-up news for made-up phrases and prints MB (10^6 bytes) of text a second of one core's\n" +
			"time, tokens and search together, the best of several passes; each count of hits is checked by a plain search.\n" +
			"Beside it stands Go's regexp and, in a build with -tags compare or hyperscan, an Aho-Corasick in Go and Hyperscan\n" +
			"in C. These look for one spelling of each phrase, armswatch for all.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), cmd.OutOrStdout()) },
	}
	cmd.Flags().StringVar(&o.corpus, "corpus", "", "measure on this `file` instead: text, or JSON lines with \"text\"")
	cmd.Flags().IntVar(&o.size, "size", 4, "size of the made-up text, in MB")
	cmd.Flags().Float64Var(&o.seconds, "seconds", 1, "time for each measurement")
	cmd.Flags().IntSliceVar(&o.sizes, "forms", []int{100, 1000, 10_000, 50_000}, "numbers of phrases")
	cmd.Flags().IntVar(&o.rules, "rules", 10_000, "number of rules for the whole matcher; 0 leaves it out")
	return cmd
}

func (o *matchBench) run(ctx context.Context, w io.Writer) error {
	if o.size < 1 || slices.ContainsFunc(o.sizes, func(n int) bool { return n < 1 }) {
		return usage("bench match: --size and --forms are 1 or more")
	}
	english, mixed := sample.English(1, o.size*1e6), sample.Mixed(1, o.size*1e6)
	if o.corpus != "" {
		var err error
		if english, err = readCorpus(o.corpus); err != nil {
			return err
		}
		mixed = nil
	}
	rivals := rivals()
	printRow(w, append([]string{"text", "phrases", "hits", "build ms", "bytes each", "allocs", "MB/s"}, names(rivals)...))
	for _, n := range o.sizes {
		if err := o.row(ctx, w, "english", english, n, rivals); err != nil {
			return err
		}
	}
	if mixed != nil {
		if err := o.row(ctx, w, "ten languages", mixed, 10_000, nil); err != nil {
			return err
		}
	}
	return o.matcher(w, english)
}

// printRow prints columns as soon as they are known: a run takes a minute.
func printRow(w io.Writer, cells []string) {
	for i, c := range cells {
		if i == 0 {
			_, _ = fmt.Fprintf(w, "%-14s", c)
		} else {
			_, _ = fmt.Fprintf(w, "%*s", max(10, len(c)+2), c)
		}
	}
	_, _ = fmt.Fprintln(w)
}

// row measures one number of phrases.
func (o *matchBench) row(ctx context.Context, w io.Writer, name string, texts []string, n int, rivals []rival) error {
	phrases := sample.Forms(1, n)
	forms := make([]scan.Form, n)
	for i, p := range phrases {
		forms[i].Text = p
	}
	var x *scan.Index
	build := o.best(func() { x = scan.New(forms) })
	if err := checkHits(x, phrases, texts); err != nil {
		return err
	}
	s := searcher{index: x}
	hits := 0
	took := o.best(func() { hits = s.all(texts) })
	row := []string{
		name, fmt.Sprint(n), fmt.Sprint(hits), fmt.Sprintf("%.1f", build.Seconds()*1000),
		fmt.Sprint(x.Bytes() / n), fmt.Sprintf("%.2f", s.allocations(texts)), speed(texts, took),
	}
	for _, r := range rivals {
		cell, err := o.rival(r, phrases, texts)
		if err != nil {
			return err
		}
		row = append(row, cell)
	}
	printRow(w, row)
	return ctx.Err()
}

func speed(texts []string, took time.Duration) string {
	mbs := float64(total(texts)) / 1e6 / took.Seconds()
	if mbs < 10 {
		return fmt.Sprintf("%.2g", mbs)
	}
	return fmt.Sprintf("%.0f", mbs)
}

func total(texts []string) (n int) {
	for _, t := range texts {
		n += len(t)
	}
	return n
}

// best is the shortest CPU time of some runs, two at least.
func (o *matchBench) best(f func()) time.Duration {
	best, end := time.Duration(math.MaxInt64), time.Now().Add(time.Duration(o.seconds*1e9))
	for i := 0; i < 2 || time.Now().Before(end); i++ {
		before := cpuTime()
		f()
		best = min(best, cpuTime()-before)
	}
	return best
}

// searcher finds phrases and keeps its memory between texts.
type searcher struct {
	index  *scan.Index
	tokens []token.Token
	hits   []scan.Hit
}

func (s *searcher) all(texts []string) (hits int) {
	for _, t := range texts {
		s.tokens = token.Append(s.tokens[:0], t)
		s.hits = s.index.Append(s.hits[:0], t, s.tokens)
		hits += len(s.hits)
	}
	return hits
}

// allocations counts those for each text.
func (s *searcher) allocations(texts []string) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s.all(texts)
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(len(texts))
}

// checkBytes is how much text the hits are checked on.
const checkBytes = 64_000

// checkHits compares the hits that are spelt as their phrase with what a search
// for each phrase, character by character, gives.
func checkHits(x *scan.Index, phrases, texts []string) error {
	var tokens []token.Token
	for size, i := 0, 0; size < checkBytes && i < len(texts); i++ {
		text := texts[i]
		size += len(text)
		tokens = token.Append(tokens[:0], text)
		var got []scan.Hit
		for _, h := range x.Append(nil, text, tokens) {
			if start, end := tokens[h.First].Start, tokens[h.Last].End; strings.EqualFold(text[start:end], phrases[h.Form]) {
				got = append(got, scan.Hit{Form: h.Form, First: start, Last: end})
			}
		}
		want := plainHits(phrases, text)
		order := func(a, b scan.Hit) int { return slices.Compare([]int32{a.Form, a.First}, []int32{b.Form, b.First}) }
		slices.SortFunc(got, order)
		slices.SortFunc(want, order)
		if !slices.Equal(got, want) {
			return fmt.Errorf("bench: text %d: %d hits, a plain search has %d", i, len(got), len(want))
		}
	}
	return nil
}

// plainHits are the places, as bytes, where phrases stand as words of their own.
func plainHits(phrases []string, text string) (hits []scan.Hit) {
	text = asciiLower(text)
	for f, p := range phrases {
		p = strings.ToLower(p)
		for from := 0; ; {
			i := strings.Index(text[from:], p)
			if i < 0 {
				break
			}
			start := from + i
			from = start + 1
			if parted(text, start) && parted(text, start+len(p)) {
				hits = append(hits, scan.Hit{Form: int32(f), First: int32(start), Last: int32(start + len(p))})
			}
		}
	}
	return hits
}

// asciiLower keeps all lengths as they are.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] |= 0x20
		}
	}
	return string(b)
}

// parted says that no run of letters and none of digits goes on at byte i.
func parted(text string, i int) bool {
	a, _ := utf8.DecodeLastRuneInString(text[:i])
	b, _ := utf8.DecodeRuneInString(text[i:])
	letters := unicode.IsLetter(a) && (unicode.IsLetter(b) || unicode.IsMark(b))
	return !letters && (!unicode.IsDigit(a) || !unicode.IsDigit(b))
}

// rival is another way to search for phrases.
type rival struct {
	name string
	// compile gives a function that counts hits in a text.
	compile func(phrases []string) (count func(text string) int, closer func(), err error)
	// most is the number of phrases beyond which it takes too long.
	most int
	// lower says that it is given text in small letters.
	lower bool
}

func rivals() []rival {
	return slices.Concat(hyperscanRival(), ahoCorasickRival(), []rival{{name: "regexp", compile: compileRegexp, most: 1000}})
}

func names(rivals []rival) (out []string) {
	for _, r := range rivals {
		out = append(out, r.name)
	}
	return out
}

func (o *matchBench) rival(r rival, phrases, texts []string) (string, error) {
	if len(phrases) > r.most {
		return "-", nil
	}
	if r.lower {
		texts = slices.Clone(texts)
		for i := range texts {
			texts[i] = asciiLower(texts[i])
		}
	}
	count, closer, err := r.compile(phrases)
	if err != nil {
		return "", err
	}
	defer closer()
	if r.name == "regexp" {
		texts = texts[:max(1, min(len(texts), 100/len(phrases)))]
	}
	return speed(texts, o.best(func() {
		for _, t := range texts {
			count(t)
		}
	})), nil
}

func compileRegexp(phrases []string) (func(string) int, func(), error) {
	quoted := make([]string, len(phrases))
	for i, p := range phrases {
		quoted[i] = regexp.QuoteMeta(p)
	}
	re, err := regexp.Compile(`(?i)\b(?:` + strings.Join(quoted, "|") + `)\b`)
	if err != nil {
		return nil, nil, fmt.Errorf("bench: %w", err)
	}
	return func(text string) int { return len(re.FindAllStringIndex(text, -1)) }, func() {}, nil
}

// matcher measures the whole matcher without rules and with them.
func (o *matchBench) matcher(w io.Writer, texts []string) error {
	if o.rules <= 0 {
		return nil
	}
	phrases := make([]string, o.rules)
	for i, p := range sample.Forms(2, 2*o.rules) {
		if i%2 == 0 {
			phrases[i/2] = `"` + p + `"`
		} else {
			phrases[i/2] += ` AND "` + p + `"`
		}
	}
	var times [2]time.Duration
	for i, list := range [][]matchers.Watchlist{nil, {{Name: "bench", Phrases: phrases}}} {
		m, err := matchers.New(matchers.Options{Watchlists: list})
		if err != nil {
			return err
		}
		times[i] = o.best(func() {
			for _, t := range texts {
				m.Match(news.Article{Text: t, Lang: "en"})
			}
		})
	}
	_, _ = fmt.Fprintf(w, "\nthe whole matcher: %s MB/s; with %d rules %s MB/s\n", speed(texts, times[0]), o.rules, speed(texts, times[1]))
	return nil
}

// readCorpus reads texts of some 4 KB, or one a line of JSON.
func readCorpus(path string) ([]string, error) {
	if strings.HasSuffix(path, ".jsonl") {
		var texts []string
		err := eachJSON(path, func(a struct {
			Text string `json:"text"`
		},
		) error {
			texts = append(texts, a.Text)
			return nil
		})
		return texts, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	var texts []string
	for len(data) > 0 {
		n := min(4096, len(data))
		for n < len(data) && !utf8.RuneStart(data[n]) {
			n++
		}
		texts, data = append(texts, string(data[:n])), data[n:]
	}
	return texts, nil
}
