package notify_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"html"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/notify"
	"github.com/armswatch/armswatch/notify/discord"
	"github.com/armswatch/armswatch/notify/ntfy"
	"github.com/armswatch/armswatch/notify/sample"
	"github.com/armswatch/armswatch/notify/teams"
	"github.com/armswatch/armswatch/notify/telegram"
)

var update = flag.Bool("update", false, "write golden files")

var morning = time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)

// A listener keeps what is posted to it, over a real socket.
type listener struct {
	status int
	header http.Header
	answer string
	url    string
	paths  []string
	auth   string
	bodies [][]byte
}

func listen(t *testing.T) *listener {
	t.Helper()
	l := &listener{status: http.StatusOK, answer: `{"id":"77","result":{"message_id":77}}`, header: http.Header{}}
	l.url = serve(t, func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		l.paths, l.bodies, l.auth = append(l.paths, r.URL.String()), append(l.bodies, body), r.Header.Get("Authorization")
		for k := range l.header {
			rw.Header().Set(k, l.header.Get(k))
		}
		rw.WriteHeader(l.status)
		_, _ = io.WriteString(rw, l.answer)
	})
	return l
}

// small are the senders of the small services, each speaking to url.
func small(url string) map[string]notify.Sender {
	hooks := map[string]string{"desk": url + "/hook-secret"}
	return map[string]notify.Sender{
		"discord:desk": discord.New(hooks), "teams:desk": teams.New(hooks),
		"telegram:@desk": telegram.New("123:hook-secret", url), "ntfy:desk": ntfy.New(url, "hook-secret"),
	}
}

func TestSmallServicesAsTheyGetMessages(t *testing.T) {
	for address := range small("") {
		t.Run(address, func(t *testing.T) {
			l := listen(t)
			ch := news.Channel(address)
			d := news.Delivery{Key: "k", Kind: news.AlertDelivery, Channel: ch, Story: 7}
			for _, m := range []news.Digest{sample.Alert(morning), sample.Update(morning), sample.Digest(morning), sample.Notice()} {
				r, err := small(l.url)[address].Send(t.Context(), d, m)
				if err != nil || r.ID == "" {
					t.Fatalf("receipt %+v, %v", r, err)
				}
				d.Thread = r.Thread
			}
			var out bytes.Buffer
			for i, b := range l.bodies {
				out.WriteString(l.paths[i] + "\n")
				check(t, json.Indent(&out, b, "", " "))
				out.WriteString("\n")
			}
			golden(t, ch.Scheme()+".golden", out.Bytes())
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		check(t, os.MkdirAll("testdata", 0o755))
		check(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	check(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("differs from %s; run with -update and look at the difference", path)
	}
}

// What services answer is sorted, and no error holds the secret that the
// address is.
func TestAnswersOfSmallServices(t *testing.T) {
	tests := []struct {
		status      int
		retry, body string
		want        string
		wait        time.Duration
	}{
		{429, "7", "", "later", 7 * time.Second},
		{429, "", `{"retry_after":1.5}`, "later", 1500 * time.Millisecond},
		{429, "", `{"parameters":{"retry_after":9}}`, "later", 9 * time.Second},
		{429, "", "", "later", time.Minute},
		{429, "1e300", "", "later", 24 * time.Hour},
		{404, "", `{"message":"Unknown Webhook"}`, "refused", 0},
		{403, "", `{"description":"bot was kicked"}`, "refused", 0},
		{302, "", "", "refused", 0},
		{500, "", "<html>", "again", 0},
		{408, "", "", "again", 0},
	}
	for _, tt := range tests {
		l := listen(t)
		l.status, l.answer = tt.status, tt.body
		if tt.retry != "" {
			l.header.Set("Retry-After", tt.retry)
		}
		for address, s := range small(l.url) {
			_, err := s.Send(t.Context(), news.Delivery{Channel: news.Channel(address)}, sample.Notice())
			got, wait := "again", time.Duration(0)
			if later, ok := errors.AsType[*notify.Later](err); ok {
				got, wait = "later", later.After
			} else if r, ok := errors.AsType[*notify.Refused](err); ok && r.Remedy != "" {
				got = "refused"
			}
			if err == nil || got != tt.want || wait != tt.wait || strings.Contains(err.Error(), "hook-secret") {
				t.Errorf("%s, %d: %s %s: %v", address, tt.status, got, wait, err)
			}
		}
	}
	for address, s := range small("http://127.0.0.1:1") {
		_, err := s.Send(t.Context(), news.Delivery{Channel: news.Channel(address)}, sample.Notice())
		if err == nil || errors.As(err, new(*notify.Refused)) || strings.Contains(err.Error(), "hook-secret") {
			t.Errorf("%s, nobody there: %v", address, err)
		}
	}
	for _, address := range []news.Channel{"discord:other", "teams:other"} {
		_, err := small("http://127.0.0.1:1")[address.Scheme()+":desk"].Send(t.Context(), news.Delivery{Channel: address}, sample.Notice())
		if !errors.As(err, new(*notify.Refused)) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

var (
	// marks are those of ours in Telegram's HTML.
	marks = strings.NewReplacer("<b>", "", "</b>", "", "</a>", "")
	// unescaped is markup that Discord would read.
	unescaped = regexp.MustCompile("(^|[^\\\\])[`_~|<]")
)

// alive is what programs make a link, mention, tag or command of.
var alive = regexp.MustCompile(`(?i)://|www\.\w|[@#]\w|\w\.(example|com|org)\b|(javascript|mailto|tel):\w`)

// Text from the web is only text, in every small service: of what was made of
// it, only our links and our marks may remain.
func TestTextFromTheWebIsOnlyText(t *testing.T) {
	ours := regexp.MustCompile(`\]\(<https://[a-z-]+\.example/report>\)|<a href="https://[a-z-]+\.example/report">`)
	for _, title := range sample.HostileTitles() {
		l := listen(t)
		for address, s := range small(l.url) {
			l.bodies = nil
			_, err := s.Send(t.Context(), news.Delivery{Channel: news.Channel(address)}, sample.Hostile(morning, title))
			check(t, err)
			for _, text := range texts(t, l.bodies[0], address) {
				text = ours.ReplaceAllString(text, "")
				if address == "telegram:@desk" {
					if strings.ContainsAny(marks.Replace(text), "<>") {
						t.Errorf("%q: a tag in %q", title, text)
					}
					text = html.UnescapeString(text)
				}
				if m := alive.FindString(text); m != "" {
					t.Errorf("%q to %s: %q is alive in %q", title, address, m, text)
				}
				if strings.ContainsAny(text, "\x00\x1b\r\u202e\u2028\u009b") {
					t.Errorf("%q to %s: control characters", title, address)
				}
				if address == "discord:desk" && unescaped.MatchString(strings.ReplaceAll(text, `\\`, "")) {
					t.Errorf("%q: markup in %q", title, text)
				}
			}
		}
	}
}

// texts are the strings of a message that a service shows.
func texts(t *testing.T, body []byte, address string) (list []string) {
	t.Helper()
	var v any
	check(t, json.Unmarshal(body, &v))
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case string:
			switch key {
			case "text", "title", "description", "message":
				list = append(list, v)
			}
		case []any:
			for _, e := range v {
				walk(key, e)
			}
		case map[string]any:
			for k, e := range v {
				walk(k, e)
			}
		}
	}
	walk("", v)
	if len(list) == 0 {
		t.Errorf("%s shows nothing", address)
	}
	return list
}
