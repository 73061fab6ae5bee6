package terminal_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify/sample"
	"github.com/armswatch/armswatch/notify/terminal"
)

var update = flag.Bool("update", false, "write golden files")

var now = time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)

func printed(t *testing.T, m news.Digest, color bool, width int) []byte {
	t.Helper()
	var out bytes.Buffer
	r, err := terminal.New(&out, color, width).Send(t.Context(), news.Delivery{Channel: "terminal"}, m)
	if err != nil || r.ID == "" {
		t.Fatalf("receipt %+v, %v", r, err)
	}
	return out.Bytes()
}

func TestMessagesAsTheyPrint(t *testing.T) {
	for name, out := range map[string][]byte{
		"alert.golden": printed(t, sample.Alert(now), false, 0), "update.golden": printed(t, sample.Update(now), false, 0),
		"digest.golden": printed(t, sample.Digest(now), false, 60), "notice.golden": printed(t, sample.Notice(), false, 0),
		"color.golden": printed(t, sample.Digest(now), true, 100),
	} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, out, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(out, want) {
			t.Errorf("differs from %s; run with -update and look at the difference", path)
		}
	}
}

// Text from the web moves no cursor, sets no colour and makes no line of its own.
func TestTextFromTheWebIsOnlyText(t *testing.T) {
	plain := strings.Count(string(printed(t, sample.Hostile(now, "a title"), false, 0)), "\n")
	for _, title := range sample.HostileTitles() {
		out := string(printed(t, sample.Hostile(now, title), false, 0))
		if i := strings.IndexFunc(out, func(r rune) bool {
			return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r >= 0x202a && r <= 0x202e
		}); i >= 0 {
			t.Errorf("%q: a control character at %d", title, i)
		}
		if n := strings.Count(out, "\n"); len(title) < 40 && n > plain+6 { // the title stands in six places and may wrap in each
			t.Errorf("%q makes %d lines, want about %d", title, n, plain)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the pipe is closed") }

func TestAPipeThatIsClosedIsAnError(t *testing.T) {
	if _, err := terminal.New(broken{}, false, 0).Send(t.Context(), news.Delivery{Key: "k"}, sample.Notice()); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("error %v", err)
	}
}
