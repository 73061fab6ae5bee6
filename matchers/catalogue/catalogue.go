// Package catalogue holds the weapon systems that armswatch knows, and every
// way their names are written.
//
// The systems stand in systems/CATEGORY.txt, one file a category, made to be
// reviewed line by line; they are embedded and read in some 20 ms. A
// system has an id that never changes, a name, its category after the UN
// Register of Conventional Arms, the country of origin, and its surface forms:
// each with a class that says how much the form proves by itself (SPEC of the
// classes: docs/weapons.md) and with its sources.
//
// The package is pure: no clock, network or disk.
package catalogue

import (
	"cmp"
	"embed"
	"fmt"
	"hash/maphash"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/armswatch/armswatch/matchers/number"
)

//go:embed systems/*.txt
var files embed.FS

// Class says how much a form proves by itself.
type Class string

// The classes of forms.
const (
	Strong Class = "strong" // counts alone
	Acro   Class = "acro"   // a name in capitals; needs the capitals
	Medium Class = "medium" // codes of two letters, and odd ones
	Weak   Class = "weak"   // one letter and a digit or two
	Case   Class = "case"   // a word when not in capitals: HOT, MILAN, TOW
	Word   Class = "word"   // a dictionary word, a name, a place
	Name   Class = "name"   // a word hardly used for anything else: Gepard, Chinook
	Common Class = "common" // napalm, sarin
	Quoted Class = "quoted" // a word that is the weapon in quotation marks
)

var tiers = []string{"A", "B", "G"}

var classes = []Class{Strong, Acro, Medium, Weak, Case, Word, Name, Common, Quoted}

// Form is one way a system's name is written.
type Form struct {
	Text    string
	Class   Class
	Sources []string // where the spelling was found
}

// System is a weapon system.
type System struct {
	ID       string
	Name     string
	Category string
	UNROCA   string // category in the UN Register; "-" when it has none
	Origin   string // ISO 3166-1 alpha-3
	Tier     string // A; B: variants and rare systems; G: kinds of things rather than systems, such as landmines
	Forms    []Form
}

// Group is the category that a watchlist names to have the system: its own, or,
// for what most newsrooms do not want with it, one beside that, manpads-rare or
// landmine-generic.
func (s System) Group() string {
	switch s.Tier {
	case "B":
		return s.Category + "-rare"
	case "G":
		return s.Category + "-generic"
	}
	return s.Category
}

// Catalogue is a set of systems. It is immutable and safe for concurrent use.
type Catalogue struct {
	systems    []System
	byID       map[string]int
	byName     []bearer // by hash, then system
	categories []string
}

// bearer says that a system has a name or form whose key has that hash. The keys
// themselves would take a megabyte, and are asked for by people only.
type bearer struct {
	hash   uint64
	system int32
}

var hashSeed = maphash.MakeSeed()

var embedded = sync.OnceValues(func() (*Catalogue, error) {
	systems, err := readAll(files)
	if err != nil {
		return nil, err
	}
	return build(systems)
})

// Load returns the embedded catalogue. It is read once.
func Load() (*Catalogue, error) { return embedded() }

func readAll(fsys fs.FS) ([]System, error) {
	names, err := fs.Glob(fsys, "systems/*.txt")
	if err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	var all []System
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read catalogue: %w", err)
		}
		category := strings.TrimSuffix(path.Base(name), ".txt")
		systems, err := readFile(category, string(data))
		if err != nil {
			return nil, fmt.Errorf("read catalogue: %s:%w", name, err)
		}
		all = append(all, systems...)
	}
	return all, nil
}

// readFile reads the systems of one category: a line for each system, the lines
// of its forms indented below it.
func readFile(category, text string) ([]System, error) {
	var list []System
	n := 0
	sources := map[string][]string{} // few lists, of many forms
	forms := make([]Form, 0, strings.Count(text, "\n\t"))
	var fields []string
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\n")
		fields = slices.AppendSeq(fields[:0], strings.SplitSeq(line, "\t"))
		switch {
		case line == "" || line[0] == '#':
		case fields[0] != "" && len(fields) == 5 && slices.Contains(tiers, fields[4]):
			list = append(list, System{ID: fields[0], Name: fields[1], Category: category, UNROCA: fields[2], Origin: fields[3], Tier: fields[4]})
		case fields[0] == "" && len(fields) == 4 && len(list) > 0 && slices.Contains(classes, Class(fields[2])):
			s := &list[len(list)-1]
			if _, known := sources[fields[3]]; !known {
				sources[fields[3]] = strings.Fields(fields[3])
			}
			forms = append(forms, Form{fields[1], Class(fields[2]), sources[fields[3]]})
			s.Forms = forms[len(forms)-len(s.Forms)-1 : len(forms) : len(forms)]
		default:
			return nil, fmt.Errorf("%d: neither a system (id, name, UN category, origin, tier A, B or G) nor a form (form, class, sources)", n)
		}
	}
	return list, nil
}

func build(systems []System) (*Catalogue, error) {
	names := len(systems)
	for _, s := range systems {
		names += len(s.Forms)
	}
	c := &Catalogue{systems: systems, byID: make(map[string]int, len(systems)), byName: make([]bearer, 0, names)}
	for i := range systems {
		s := &systems[i]
		if _, twice := c.byID[s.ID]; twice {
			return nil, fmt.Errorf("build catalogue: id %s stands twice", s.ID)
		}
		c.byID[s.ID] = i
		c.name(s.Name, i)
		for _, f := range s.Forms {
			c.name(f.Text, i)
		}
		if !slices.Contains(c.categories, s.Group()) {
			c.categories = append(c.categories, s.Group())
		}
	}
	slices.Sort(c.categories)
	slices.SortFunc(c.byName, func(a, b bearer) int {
		if a.hash != b.hash {
			return cmp.Compare(a.hash, b.hash)
		}
		return cmp.Compare(a.system, b.system)
	})
	c.byName = slices.Clone(slices.Compact(c.byName))
	return c, nil
}

func (c *Catalogue) name(text string, i int) {
	c.byName = append(c.byName, bearer{maphash.String(hashSeed, key(text)), int32(i)})
}

// called lists the systems that have a name or form.
func (c *Catalogue) called(name string) []int {
	k := key(name)
	hash := maphash.String(hashSeed, k)
	first, _ := slices.BinarySearchFunc(c.byName, hash, func(n bearer, h uint64) int { return cmp.Compare(n.hash, h) })
	var found []int
	for _, n := range c.byName[first:] {
		if n.hash != hash {
			break
		}
		if c.systems[n.system].far(k) == 0 {
			found = append(found, int(n.system))
		}
	}
	return found
}

// key is a name without case, marks, spaces and punctuation.
func key(s string) string {
	s = number.Fold(s)
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '_', '.', '\'', '"', '/', '(', ')', '«', '»', '“', '”', '‐', '‑', '–':
			return -1
		}
		return r
	}, s)
}

// Systems lists all systems. The caller may not change them.
func (c *Catalogue) Systems() []System { return c.systems }

// Categories lists the groups of systems in alphabetical order: see System.Group.
func (c *Catalogue) Categories() []string { return c.categories }

// System is the system with that id.
func (c *Catalogue) System(id string) (System, bool) {
	i, ok := c.byID[id]
	if !ok {
		return System{}, false
	}
	return c.systems[i], true
}

// Resolve gives the ids a name stands for: an id, a name or any surface form.
// The error for an unknown name says the nearest right spelling.
func (c *Catalogue) Resolve(name string) ([]string, error) {
	if i, ok := c.byID[strings.TrimSpace(name)]; ok {
		return []string{c.systems[i].ID}, nil
	}
	found := c.called(name)
	if len(found) == 0 {
		return nil, c.unknown(name)
	}
	// A system that bears the very name comes before those that are also called so.
	var ids, named []string
	for _, i := range found {
		if key(c.systems[i].Name) == key(name) {
			named = append(named, c.systems[i].ID)
		}
		ids = append(ids, c.systems[i].ID)
	}
	if len(named) > 0 {
		return named, nil
	}
	return ids, nil
}

// ResolveCategory gives the ids of the systems in the group that a name stands for.
func (c *Catalogue) ResolveCategory(name string) ([]string, error) {
	group, err := c.Category(name)
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range c.systems {
		if c.systems[i].Group() == group {
			ids = append(ids, c.systems[i].ID)
		}
	}
	return ids, nil
}

// Category gives the group that a name stands for.
func (c *Catalogue) Category(name string) (string, error) {
	k := key(name)
	for _, cat := range c.categories {
		if kc := key(cat); kc == k || kc+"s" == k {
			return cat, nil
		}
	}
	return "", &UnknownError{What: "category", Name: name, Nearest: nearest(name, slices.Values(c.categories))}
}

// CheckName says whether a weapon system is known by a name.
func (c *Catalogue) CheckName(name string) error {
	_, err := c.Resolve(name)
	return err
}

// CheckCategory says whether there is such a category.
func (c *Catalogue) CheckCategory(name string) error {
	_, err := c.Category(name)
	return err
}
