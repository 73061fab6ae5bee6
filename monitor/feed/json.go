package feed

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/mmcdole/gofeed"
)

// json reads a JSON Feed so that a field of the wrong type costs only itself:
// numbers and booleans where text belongs become text, anything else is left
// out. gofeed would refuse the feed, or take any JSON for one.
func (r *reader) json(text []byte) (*Feed, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	head, items, cut, err := jsonFeed(d)
	if err != nil {
		return nil, err
	}
	f := &gofeed.Feed{Title: field(head, "title"), Language: field(head, "language")}
	for _, it := range items {
		f.Items = append(f.Items, jsonItem(it))
	}
	switch {
	case cut:
		r.warn("the feed is cut off after %d whole entries", len(items))
	case len(items) == MaxEntries:
		r.warn("the feed is longer than %d entries; the first ones are read", len(items))
	}
	out := r.feed(f, &document{})
	out.Cut, out.More = cut, len(items) == MaxEntries
	return out, nil
}

// jsonFeed reads the fields of a feed one by one, so that one that was cut off
// keeps its whole items.
func jsonFeed(d *json.Decoder) (head map[string]any, items []map[string]any, cut bool, err error) {
	head = map[string]any{}
	t, err := d.Token()
	if t != json.Delim('{') {
		return nil, nil, false, notJSON(err, "it is JSON, but no JSON Feed")
	}
	found := false
	for err == nil && d.More() {
		t, err = d.Token()
		switch name, _ := t.(string); {
		case err != nil:
		case name == "items":
			found = true
			items, err = jsonItems(d)
		default:
			var v any
			err = d.Decode(&v)
			head[name] = v
		}
	}
	if err == nil {
		_, err = d.Token()
	}
	switch {
	case !found && err != nil:
		return nil, nil, false, notJSON(err, "it is no JSON")
	case !found:
		return nil, nil, false, &Error{"it is JSON without a list of items", "look at the address in a browser"}
	}
	return head, items, err != nil, nil
}

func notJSON(err error, msg string) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return &Error{"it is JSON that was cut off", "the next poll may bring it whole"}
	}
	return &Error{msg, "look at the address in a browser"}
}

func jsonItems(d *json.Decoder) ([]map[string]any, error) {
	t, err := d.Token()
	if t != json.Delim('[') {
		return nil, cmp.Or(err, errNoList)
	}
	var items []map[string]any
	for d.More() {
		var v any
		if err := d.Decode(&v); err != nil {
			return items, err
		}
		if m, ok := v.(map[string]any); ok && len(items) < MaxEntries {
			items = append(items, m)
		}
	}
	_, err = d.Token()
	return items, err
}

var errNoList = errors.New("items is no list")

func jsonItem(m map[string]any) *gofeed.Item {
	it := &gofeed.Item{
		GUID: field(m, "id"), Title: field(m, "title"),
		Link:        cmp.Or(field(m, "url"), field(m, "external_url")),
		Description: field(m, "summary"),
		Content:     cmp.Or(field(m, "content_html"), escape(field(m, "content_text"))),
		Published:   field(m, "date_published"), Updated: field(m, "date_modified"),
	}
	people, ok := m["authors"].([]any)
	if !ok {
		people = []any{m["author"]}
	}
	for _, p := range people {
		switch p := p.(type) {
		case string:
			it.Authors = append(it.Authors, &gofeed.Person{Name: p})
		case map[string]any:
			it.Authors = append(it.Authors, &gofeed.Person{Name: cmp.Or(field(p, "name"), field(p, "url"))})
		}
	}
	return it
}

// escape makes plain text stand in a place for HTML.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", "\n", "<br>").Replace(s)
}

// field is a field as text; "" when it is none.
func field(m map[string]any, name string) string {
	switch v := m[name].(type) {
	case string:
		return strings.TrimSpace(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}
