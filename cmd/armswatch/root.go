package main

import (
	"fmt"
	"io"
	"strings"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"
)

// flags are what every verb understands.
type flags struct {
	config  string
	verbose bool
}

func root() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "armswatch",
		Short: "A news monitor for newsrooms that cover the arms trade",
		Long: "armswatch polls news sources, finds the weapon systems and reports they name, puts articles\n" +
			"about the same findings into one story, and tells Slack and mail: once, with the words that prove it.\n\n" +
			"Try `armswatch demo` first: it needs no config and no network.",
		SilenceUsage: true,
	}
	cmd.PersistentFlags().StringVarP(&f.config, "config", "c", "armswatch.yaml", "the config `file`")
	cmd.PersistentFlags().BoolVarP(&f.verbose, "verbose", "v", false, "log every step")
	cmd.AddCommand(
		runCommand(&f), onceCommand(&f), checkCommand(&f), demoCommand(&f),
		sourcesCommand(&f), discoverCommand(&f), watchlistsCommand(&f), explainCommand(&f), benchCommand(), evalCommand(), storiesCommand(), storyCommand(&f),
		matchCommand(&f), weaponsCommand(&f), readCommand(&f), backtestCommand(&f), routesCommand(&f), digestCommand(&f), sendTestCommand(&f),
	)
	sayHow(cmd)
	return cmd
}

// sayHow makes a verb that is given too much or too little say how it is written.
func sayHow(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		if check := c.Args; check != nil {
			c.Args = func(c *cobra.Command, args []string) error {
				if check(c, args) == nil {
					return nil
				}
				return usage("%s is written %s", c.Name(), c.UseLine())
			}
		}
		sayHow(c)
	}
}

// printError prints an error as one line, or as the lines it is made of: a
// person reads it first, so it carries no banner.
func printError(w io.Writer, _ fang.Styles, err error) {
	for line := range strings.Lines(err.Error()) {
		_, _ = fmt.Fprintln(w, "armswatch: "+strings.TrimRight(line, "\n"))
	}
}
