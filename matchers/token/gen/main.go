// Command gen writes fold.bin, the table by which package token reads the
// letters beyond ASCII. Run it with `go generate ./matchers/token`.
package main

import (
	"fmt"
	"os"

	"github.com/armswatch/armswatch/matchers/token/foldtable"
)

func main() {
	if err := os.WriteFile("fold.bin", foldtable.Build(), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
