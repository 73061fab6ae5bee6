package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/armswatch/armswatch/matchers/catalogue"
)

// weaponsOptions are the flags of the weapons verb.
type weaponsOptions struct {
	json             bool
	category, origin string
}

func weaponsCommand(f *flags) *cobra.Command {
	var o weaponsOptions
	cmd := &cobra.Command{
		Use:   "weapons [QUERY]",
		Short: "Show which weapon systems are known, and how they are written",
		Long: "weapons lists the categories of the catalogue. With a query it lists the systems whose id, name or spelling holds it,\n" +
			"whatever the case, accents, spaces and hyphens: f16 finds F-16. One system called exactly so, or found alone, is shown\n" +
			"whole: each spelling with its class, script and sources, and what must stand around it to count. The systems of the\n" +
			"config's weapons_files are among them. --json prints one object a line.",
		Example: "  armswatch weapons kornet\n  armswatch weapons --category manpads --origin CHN\n  armswatch weapons --json shahed",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			cat, err := catalogueFor(f, cmd.Flags().Changed("config"))
			if err != nil {
				return err
			}
			return showWeapons(cmd.OutOrStdout(), cat, strings.Join(args, " "), len(args) > 0, o)
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print one JSON object a line")
	cmd.Flags().StringVar(&o.category, "category", "", "only systems of this `category`")
	cmd.Flags().StringVar(&o.origin, "origin", "", "only systems of this `country`, as a code of three letters: RUS")
	return cmd
}

// catalogueFor is the catalogue with the config's own systems. Without a
// config, unless one was named, it is the built-in one.
func catalogueFor(f *flags, named bool) (*catalogue.Catalogue, error) {
	if _, err := os.Stat(f.config); !named && errors.Is(err, fs.ErrNotExist) {
		return catalogue.Load()
	}
	cfg, err := loadConfig(f.config)
	if err != nil {
		return nil, err
	}
	return weapons(cfg)
}

func showWeapons(w io.Writer, cat *catalogue.Catalogue, query string, asked bool, o weaponsOptions) error {
	keep, err := o.filter(cat)
	if err != nil {
		return err
	}
	var list []catalogue.System
	switch {
	case !asked && o.category == "" && o.origin == "":
		return printCategories(w, cat, o.json)
	case !asked:
		list = slices.DeleteFunc(slices.Clone(cat.Systems()), func(s catalogue.System) bool { return !keep(s) })
	default:
		found := cat.Search(query)
		list = slices.DeleteFunc(slices.Clone(found), func(s catalogue.System) bool { return !keep(s) })
		if len(list) == 0 {
			return notFound(cat, query, found)
		}
		if ids, err := cat.Resolve(query); err == nil && len(ids) == 1 && list[0].ID == ids[0] {
			list = list[:1]
		}
	}
	switch {
	case len(list) == 0:
		return usage("weapons: no system of category %q comes from %q", o.category, o.origin)
	case o.json:
		return printJSON(w, weaponRows(list))
	case len(list) == 1:
		printWeapon(w, list[0])
	default:
		printWeapons(w, list)
	}
	return nil
}

// filter is the test that --category and --origin ask for.
func (o *weaponsOptions) filter(cat *catalogue.Catalogue) (func(catalogue.System) bool, error) {
	if o.category != "" {
		group, err := cat.Category(o.category)
		if err != nil {
			return nil, usage("weapons: --category: %w; `armswatch weapons` lists them", err)
		}
		o.category = group
	}
	o.origin = strings.ToUpper(o.origin)
	if o.origin != "" && !slices.ContainsFunc(cat.Systems(), func(s catalogue.System) bool { return s.Origin == o.origin }) {
		return nil, usage("weapons: --origin: no system comes from %q; give a country's code of three letters, such as RUS", o.origin)
	}
	return func(s catalogue.System) bool {
		return (o.category == "" || s.Group() == o.category) && (o.origin == "" || s.Origin == o.origin)
	}, nil
}

// notFound is the error for a query without a hit.
func notFound(cat *catalogue.Catalogue, query string, elsewhere []catalogue.System) error {
	if len(elsewhere) > 0 {
		s := elsewhere[0]
		return usage("weapons: %q is found, but not with this category and origin: %s is %s, %s", clean(query), s.Name, s.Group(), s.Origin)
	}
	if near := cat.Nearest(query, 5); len(near) > 0 {
		return usage("weapons: nothing is called %q; near by: %s", clean(query), strings.Join(near, ", "))
	}
	return usage("weapons: nothing is called %q, nor nearly so; add it in a file of weapons_files, docs/weapons.md says how", clean(query))
}

// categoryRow is a category as programs read it.
type categoryRow struct {
	Category  string `json:"category"`
	Systems   int    `json:"systems"`
	Spellings int    `json:"spellings"`
}

func printCategories(w io.Writer, cat *catalogue.Catalogue, asJSON bool) error {
	var rows []categoryRow
	all := categoryRow{Category: "all"}
	for _, name := range cat.Categories() {
		row := categoryRow{Category: name}
		for _, s := range cat.Systems() {
			if s.Group() == name {
				row.Systems++
				row.Spellings += len(s.Forms)
			}
		}
		rows = append(rows, row)
		all.Systems += row.Systems
		all.Spellings += row.Spellings
	}
	if asJSON {
		return printJSON(w, rows)
	}
	t := newTable("category", "systems", "spellings")
	for _, r := range append(rows, all) {
		t.Row(r.Category, fmt.Sprint(r.Systems), fmt.Sprint(r.Spellings))
	}
	printTable(w, t, "")
	return nil
}

// weaponRow is a system as programs read it.
type weaponRow struct {
	ID        string        `json:"id"`
	Name      string        `json:"name"`
	Category  string        `json:"category"`
	Tier      string        `json:"tier"`
	UNROCA    string        `json:"unroca"`
	Origin    string        `json:"origin"`
	Spellings []spellingRow `json:"spellings"`
}

type spellingRow struct {
	Text    string          `json:"text"`
	Class   catalogue.Class `json:"class"`
	Script  string          `json:"script"`
	Sources []string        `json:"sources"`
}

func weaponRows(list []catalogue.System) []weaponRow {
	var rows []weaponRow
	for _, s := range list {
		row := weaponRow{ID: s.ID, Name: s.Name, Category: s.Category, Tier: s.Tier, UNROCA: s.UNROCA, Origin: s.Origin}
		for _, f := range s.Forms {
			row.Spellings = append(row.Spellings, spellingRow{f.Text, f.Class, script(f.Text), append([]string{}, f.Sources...)})
		}
		rows = append(rows, row)
	}
	return rows
}

func printWeapons(w io.Writer, list []catalogue.System) {
	t := newTable("name", "category", "origin", "spellings", "id")
	for _, s := range list {
		t.Row(s.Name, s.Group(), s.Origin, fmt.Sprint(len(s.Forms)), s.ID)
	}
	printTable(w, t, "")
}

// printWeapon shows one system, its spellings by what they prove.
func printWeapon(w io.Writer, s catalogue.System) {
	_, _ = fmt.Fprintf(w, "%s\n", s.Name)
	head := newTable()
	head.Row("id", s.ID)
	head.Row("category", s.Group())
	head.Row("origin", s.Origin)
	if s.UNROCA != "-" {
		head.Row("UN Register", "category "+s.UNROCA)
	}
	printTable(w, head, "  ")
	var needs []catalogue.Class
	t := newTable("spelling", "class", "script", "sources")
	for _, f := range s.Forms {
		t.Row(f.Text, string(f.Class), script(f.Text), strings.Join(f.Sources, ", "))
		if !slices.Contains(needs, f.Class) {
			needs = append(needs, f.Class)
		}
	}
	printTable(w, t, "  ")
	_, _ = fmt.Fprintln(w, "What each class needs to count:")
	notes := newTable()
	for _, c := range needs {
		notes.Row(string(c), c.Needs())
	}
	printTable(w, notes, "  ")
}

// script is the script of a text's letters, the first that is not Latin before
// Latin; "figures" when it has none.
func script(text string) string {
	found := ""
	for _, r := range text {
		for _, name := range []string{"Cyrillic", "Arabic", "Han", "Hebrew", "Hangul", "Greek"} {
			if unicode.Is(unicode.Scripts[name], r) {
				return name
			}
		}
		if unicode.IsLetter(r) {
			found = "Latin"
		}
	}
	return cmp.Or(found, "figures")
}
