package main

import (
	"github.com/armswatch/armswatch/config"
	"github.com/armswatch/armswatch/matchers"
	"github.com/armswatch/armswatch/matchers/catalogue"
	"github.com/armswatch/armswatch/monitor/page"
)

// loadConfig reads and checks the config file. Every problem is reported at
// once, and the process exits 2.
func loadConfig(path string) (*config.Config, error) {
	v, err := vocabulary()
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load(path, v)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	return cfg, nil
}

// vocabulary answers what config cannot know by itself: which weapons and
// categories there are, the user's own among them, whether a phrase can be
// parsed, and what a page can select.
func vocabulary() (config.Vocabulary, error) {
	cat, err := catalogue.Load()
	if err != nil {
		return config.Vocabulary{}, err
	}
	return config.Vocabulary{
		AddWeapons: func(path string, data []byte) error {
			more, err := addWeapons(cat, path, data)
			if err == nil {
				cat = more
			}
			return err
		},
		Weapon:   func(name string) error { return cat.CheckName(name) },
		Category: func(name string) error { return cat.CheckCategory(name) },
		Phrase:   func(rule string) error { _, err := matchers.Vocabulary(cat).Parse(rule); return err },
		Selector: page.CheckSelector,
		Ignore:   page.CheckIgnore,
	}, nil
}

// weapons is the built-in catalogue with the user's own systems.
func weapons(cfg *config.Config) (*catalogue.Catalogue, error) {
	cat, err := catalogue.Load()
	for _, f := range cfg.Weapons {
		if err == nil {
			cat, err = addWeapons(cat, f.Path, f.Data)
		}
	}
	return cat, err
}

func addWeapons(cat *catalogue.Catalogue, path string, data []byte) (*catalogue.Catalogue, error) {
	systems, err := catalogue.Parse(path, data)
	if err != nil {
		return cat, err
	}
	return cat.With(systems)
}
