package demo

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

//go:embed web.txtar
var archive []byte

// outlet is one site of the demo's web.
type outlet struct {
	id, name string
	feed     string // rss, atom, json, page
	whole    bool   // the feed carries whole texts
	articles []article
}

type article struct {
	slug, title, author string
	age                 time.Duration // before now
	paragraphs          []string
}

// outlets reads the web from its archive.
func outlets(data []byte) ([]outlet, error) {
	var all []outlet
	texts := map[string][]string{}
	for _, f := range txtar.Parse(data).Files {
		id, name, _ := strings.Cut(f.Name, "/")
		head, paragraphs := split(string(f.Data))
		if name == "outlet" {
			all = append(all, outlet{id: id, name: head["name"], feed: head["feed"], whole: head["text"] == "full"})
			continue
		}
		if len(all) == 0 || all[len(all)-1].id != id {
			return nil, fmt.Errorf("read demo: %s stands before its outlet", f.Name)
		}
		a, err := newArticle(name, head, paragraphs, texts)
		if err != nil {
			return nil, fmt.Errorf("read demo: %s: %w", f.Name, err)
		}
		texts[f.Name] = a.paragraphs
		o := &all[len(all)-1]
		o.articles = append(o.articles, a)
	}
	return all, nil
}

func newArticle(slug string, head map[string]string, paragraphs []string, texts map[string][]string) (article, error) {
	age, err := time.ParseDuration(head["age"])
	if err != nil {
		return article{}, fmt.Errorf("age: %w", err)
	}
	a := article{slug: slug, title: head["title"], author: head["author"], age: age}
	if from := head["copy"]; from != "" {
		words, _ := strconv.Atoi(head["words"])
		a.paragraphs = trim(texts[from], words)
	}
	a.paragraphs = append(a.paragraphs, paragraphs...)
	if a.title == "" || len(a.paragraphs) == 0 {
		return article{}, fmt.Errorf("no title or no text")
	}
	return a, nil
}

// split takes a file apart into its headers and its paragraphs.
func split(text string) (head map[string]string, paragraphs []string) {
	top, body, _ := strings.Cut(text, "\n\n")
	head = map[string]string{}
	for line := range strings.Lines(top) {
		key, value, _ := strings.Cut(line, ":")
		head[key] = strings.TrimSpace(value)
	}
	for p := range strings.SplitSeq(body, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			paragraphs = append(paragraphs, p)
		}
	}
	return head, paragraphs
}

// trim cuts paragraphs after so many words; 0 keeps all.
func trim(paragraphs []string, words int) []string {
	var out []string
	for _, p := range paragraphs {
		fields := strings.Fields(p)
		if words > 0 && len(fields) >= words {
			return append(out, strings.Join(fields[:words], " "))
		}
		words -= min(words, len(fields))
		out = append(out, p)
	}
	return out
}
