package config

import (
	"io"
	"os"
	"path/filepath"
)

// maxWeapons is the largest file of weapon systems read, in bytes: the
// built-in catalogue has a tenth of it.
const maxWeapons = 10 << 20

// weaponsFiles reads the user's own weapon systems and adds them to the
// vocabulary, so that watchlists may name them.
func (c *checker) weaponsFiles(names []string) []WeaponsFile {
	base := join("", "weapons_files")
	var out []WeaponsFile
	for i, name := range names {
		path := join(base, i)
		if !c.ok(path) {
			continue
		}
		if !filepath.IsAbs(name) {
			name = filepath.Join(c.folder, name)
		}
		data, err := readAtMost(name, maxWeapons)
		if err != nil {
			c.fail(path, "weapons_files: %s", fileError(c.places[path].raw, err))
			continue
		}
		if add := c.vocabulary.AddWeapons; add != nil {
			if err := add(name, data); err != nil {
				c.fail(path, "weapons_files: %v", err)
				continue
			}
		}
		out = append(out, WeaponsFile{Path: name, Data: data})
	}
	return out
}

func readAtMost(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, most))
}
