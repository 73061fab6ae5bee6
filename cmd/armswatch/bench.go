package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/monitor/store/bare"
)

func benchCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "bench", Short: "Measure this build on this machine, over loopback only"}
	cmd.AddCommand(benchPollCommand(), benchStoriesCommand(), benchMatchCommand(), benchServeCommand())
	return cmd
}

// benchOptions say what `bench poll` measures.
type benchOptions struct {
	feeds, items int
	farm         string // URL of the control interface of a farm that runs; "" for one of its own
	bare         bool
}

func benchPollCommand() *cobra.Command {
	var o benchOptions
	cmd := &cobra.Command{
		Use:   "poll",
		Short: "Measure polling: CPU per poll, memory with many sources, start to first poll",
		Long: "poll runs the real line against feeds on loopback that another process serves, so that what is measured is ours alone.\n" +
			"With --bare it runs the least that a poller must do instead: net/http, gofeed and one SQLite transaction for each answer.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return benchPoll(cmd.Context(), cmd.OutOrStdout(), o) },
	}
	cmd.Flags().IntVar(&o.feeds, "feeds", 1000, "number of feeds")
	cmd.Flags().IntVar(&o.items, "items", 20, "items in each feed")
	cmd.Flags().StringVar(&o.farm, "farm", "", "control interface of a newsfarm that serves the feeds, for example http://127.0.0.1:8084")
	cmd.Flags().BoolVar(&o.bare, "bare", false, "measure the bare loop, to compare with")
	return cmd
}

func benchPoll(ctx context.Context, w io.Writer, o benchOptions) error {
	if o.feeds < 1 || o.items < 1 {
		return usage("bench poll: --feeds and --items are 1 or more")
	}
	dir, err := os.MkdirTemp("", "armswatch-bench")
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	own := o.farm == ""
	if own {
		port, stop, err := startBenchServer(ctx, o)
		if err != nil {
			return err
		}
		defer stop()
		o.farm = fmt.Sprintf("http://127.0.0.1:%d", port)
	}
	urls, err := askFarm(ctx, http.MethodGet, o.farm+"/urls")
	if err != nil {
		return err
	}
	b := &benchRun{w: w, options: o, urls: strings.Fields(urls), dir: dir}
	if o.bare {
		return b.bare(ctx)
	}
	if err := os.WriteFile(b.config(), []byte(benchConfig(filepath.Join(dir, "bench.db"), b.urls)), 0o600); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	if own {
		if err := b.start(ctx); err != nil {
			return err
		}
	}
	return b.line(ctx)
}

func benchConfig(db string, urls []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "storage: %s\nfetch:\n  allow_networks: [127.0.0.0/8]\n  gap: 0s\nsources:\n", db)
	for i, u := range urls {
		fmt.Fprintf(&b, "  - {name: feed-%d, feed: %q, every: 1h}\n", i, u)
	}
	b.WriteString("watchlists:\n  anti-tank:\n    categories: [anti-tank-guided-missile]\n")
	b.WriteString("routes:\n  - {to: webhook:http://127.0.0.1:1/, watchlists: [anti-tank], when: \"0 7 1 1 *\"}\n")
	return b.String()
}

// benchRun is one run of the benchmark.
type benchRun struct {
	w       io.Writer
	options benchOptions
	urls    []string
	dir     string
}

func (b *benchRun) config() string { return filepath.Join(b.dir, "armswatch.yaml") }

// start measures from the start of a fresh process to its first request.
func (b *benchRun) start(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, "run", "--config", b.config())
	cmd.Stderr, cmd.Stdout = io.Discard, io.Discard
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("bench: start %s: %w", self, err)
	}
	first, err := firstRequest(ctx, b.options.farm)
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait()
	if err != nil {
		return err
	}
	b.print("process start to first poll", "%8.0f ms", first.Sub(began).Seconds()*1000)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(filepath.Join(b.dir, "bench.db") + suffix)
	}
	return nil
}

// line measures the line in this process.
func (b *benchRun) line(ctx context.Context) error {
	cfg, err := loadConfig(b.config())
	if err != nil {
		return err
	}
	a, err := newApp(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer a.close()
	if err := b.phases(ctx, a.pollAll); err != nil {
		return err
	}
	states, err := a.store.Sources(ctx)
	if err != nil {
		return err
	}
	stored := 0
	for _, s := range states {
		stored += s.Articles
	}
	return b.summary(ctx, stored, a.pollAll)
}

// bare measures the bare loop in this process.
func (b *benchRun) bare(ctx context.Context) error {
	l, err := bare.Open(ctx, filepath.Join(b.dir, "bare.db"), b.urls)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	if err := b.phases(ctx, l.Poll); err != nil {
		return err
	}
	stored, err := l.Stored(ctx)
	if err != nil {
		return err
	}
	return b.summary(ctx, stored, l.Poll)
}

// phases polls all feeds as often as there are rows in the table.
func (b *benchRun) phases(ctx context.Context, pollAll func(context.Context) error) error {
	for _, p := range []struct{ name, before string }{
		{fmt.Sprintf("first poll of %d feeds", len(b.urls)), ""},
		{"all answered 304", ""},
		{"all answered 304, again", ""},
		{"5% changed, 2 new items each", "/publish?share=0.05&items=2&salt=1"},
		{"80 ms median, 2 s tail, all 304", "/latency?spec=tail:80ms,2s"},
	} {
		if p.before != "" {
			if _, err := askFarm(ctx, http.MethodPost, b.options.farm+p.before); err != nil {
				return err
			}
		}
		cpu, wall, err := measure(func() error { return pollAll(ctx) })
		if err != nil {
			return err
		}
		b.print(p.name, "%8.2f s CPU %7.2f s wall %8.0f us CPU a poll", cpu.Seconds(), wall.Seconds(),
			float64(cpu.Microseconds())/float64(len(b.urls)))
	}
	_, err := askFarm(ctx, http.MethodPost, b.options.farm+"/latency?spec=fixed:0ms")
	return err
}

// summary prints what was stored, and the memory as `run` gives it back once a
// minute and as a round of polls takes it again.
func (b *benchRun) summary(ctx context.Context, stored int, pollAll func(context.Context) error) error {
	b.print("entries stored", "%8d", stored)
	rest()
	b.print(fmt.Sprintf("memory, at rest with %d sources", len(b.urls)), "%8.0f MB", memoryMB("VmRSS:"))
	if err := pollAll(ctx); err != nil {
		return err
	}
	b.print("memory, after all answered 304 again", "%8.0f MB", memoryMB("VmRSS:"))
	b.print("memory, at most", "%8.0f MB", memoryMB("VmHWM:"))
	return nil
}

func (b *benchRun) print(name, format string, args ...any) {
	_, _ = fmt.Fprintf(b.w, "%-40s "+format+"\n", append([]any{name}, args...)...)
}

// pollAll makes every source due and works until nothing is left.
func (a *app) pollAll(ctx context.Context) error {
	if err := a.store.MakeDue(ctx, time.Now()); err != nil {
		return err
	}
	return a.monitor.Once(ctx)
}

func measure(f func() error) (cpu, wall time.Duration, err error) {
	start, before := time.Now(), cpuTime()
	err = f()
	return cpuTime() - before, time.Since(start), err
}

// memoryMB is what the system says of this process's memory in MB (10^6 bytes), 0
// where it says nothing.
func memoryMB(what string) float64 {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if v, ok := strings.CutPrefix(line, what); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(v)[0], 64)
			return kb * 1024 / 1e6
		}
	}
	return 0
}

func startBenchServer(ctx context.Context, o benchOptions) (port int, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, nil, fmt.Errorf("bench: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, "bench", "serve", "--feeds", strconv.Itoa(o.feeds), "--items", strconv.Itoa(o.items))
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, nil, fmt.Errorf("bench: %w", err)
	}
	in, err := cmd.StdinPipe() // held open: the server ends with us
	if err != nil {
		return 0, nil, fmt.Errorf("bench: %w", err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return 0, nil, fmt.Errorf("bench: start server: %w", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err == nil {
		port, err = strconv.Atoi(strings.TrimSpace(line))
	}
	stop = func() { _ = in.Close(); _ = cmd.Process.Kill(); _ = cmd.Wait() }
	if err != nil {
		stop()
		return 0, nil, fmt.Errorf("bench: server did not start: %w", err)
	}
	return port, stop, nil
}

// firstRequest waits for the farm's first request and says when it came.
func firstRequest(ctx context.Context, farm string) (time.Time, error) {
	for {
		text, err := askFarm(ctx, http.MethodGet, farm+"/first")
		if err != nil {
			return time.Time{}, err
		}
		if n, _ := strconv.ParseInt(text, 10, 64); n != 0 {
			return time.Unix(0, n), nil
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func askFarm(ctx context.Context, method, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return "", fmt.Errorf("bench: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("bench: ask the farm: %w", err)
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil || res.StatusCode >= 400 {
		return "", fmt.Errorf("bench: ask the farm: %s %w", res.Status, err)
	}
	return string(body), nil
}

// listenAll listens on one port of 127.0.0.1 to 127.0.0.200.
func listenAll(ctx context.Context) ([]net.Listener, int, error) {
	var lc net.ListenConfig
	first, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, 0, fmt.Errorf("bench: %w", err)
	}
	port := first.Addr().(*net.TCPAddr).Port
	all := []net.Listener{first}
	for i := 2; i <= 200; i++ {
		l, err := lc.Listen(ctx, "tcp", fmt.Sprintf("127.0.0.%d:%d", i, port))
		if err != nil {
			return nil, 0, fmt.Errorf("bench: %w (this benchmark needs all of 127.0.0.0/8 on loopback, as on Linux)", err)
		}
		all = append(all, l)
	}
	return all, port, nil
}
