package sample_test

import (
	"slices"
	"testing"

	"github.com/armswatch/armswatch/matchers/scan/sample"
	"github.com/armswatch/armswatch/matchers/token"
)

func TestSameSeedSameText(t *testing.T) {
	if !slices.Equal(sample.English(7, 50_000), sample.English(7, 50_000)) || slices.Equal(sample.English(7, 9000), sample.English(8, 9000)) {
		t.Error("English does not follow its seed")
	}
	if !slices.Equal(sample.Mixed(7, 50_000), sample.Mixed(7, 50_000)) {
		t.Error("Mixed does not follow its seed")
	}
}

// TestEnglishHasTokensLikeNews: six bytes each, as in 8 MB of real news.
func TestEnglishHasTokensLikeNews(t *testing.T) {
	bytes, tokens := 0, 0
	for _, text := range sample.English(1, 500_000) {
		bytes += len(text)
		tokens += len(token.Append(nil, text))
	}
	if n := float64(bytes) / float64(tokens); n < 5.8 || n > 6.2 {
		t.Errorf("%.2f bytes a token", n)
	}
}

func TestFormsDiffer(t *testing.T) {
	forms := sample.Forms(1, 20_000)
	slices.Sort(forms)
	if n := len(slices.Compact(forms)); n != 20_000 {
		t.Errorf("%d of 20000 forms differ", n)
	}
}
