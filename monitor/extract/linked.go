package extract

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// linkedData is what the JSON-LD of a page says about its article.
type linkedData struct {
	articles []map[string]any
	byID     map[string]map[string]any // what other objects refer to by @id
}

const maxLinkedObjects = 2_000

// add reads one script. What no JSON reader takes is repaired the ways sites
// break it, else left out.
func (l *linkedData) add(s string) {
	var v any
	if json.Unmarshal([]byte(s), &v) != nil && json.Unmarshal([]byte(repairJSON(s)), &v) != nil {
		return
	}
	queue := []any{v}
	for n := 0; len(queue) > 0 && n < maxLinkedObjects; n++ {
		v, queue = queue[0], queue[1:]
		switch v := v.(type) {
		case []any:
			queue = append(queue, v...)
		case map[string]any:
			if id, ok := v["@id"].(string); ok && len(v) > 1 {
				if l.byID == nil {
					l.byID = map[string]map[string]any{}
				}
				l.byID[id] = v
			}
			if isArticle(v["@type"]) {
				l.articles = append(l.articles, v)
			}
			queue = append(queue, v["@graph"], v["mainEntity"], v["mainEntityOfPage"])
		}
	}
}

var (
	jsonWrapping = regexp.MustCompile(`^\s*(?:<!--|/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|/\*\s*\]\]>\s*\*/|//\s*\]\]>|\]\]>|;)\s*$`)
	jsonComma    = regexp.MustCompile(`,\s*([}\]])`)
)

// repairJSON takes off comments around, commas too many, and raw control
// characters, which are the faults that occur.
func repairJSON(s string) string {
	s = jsonWrapping.ReplaceAllString(s, "")
	s = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
	return jsonComma.ReplaceAllString(s, "$1")
}

func isArticle(t any) bool {
	if list, ok := t.([]any); ok {
		return slices.ContainsFunc(list, isArticle)
	}
	s, _ := t.(string)
	return strings.HasSuffix(s, "Article") || strings.HasSuffix(s, "Posting") || s == "Report" || s == "Review"
}

// text is the first of the articles' values for a key that is a text.
func (l *linkedData) text(key string) string {
	for _, a := range l.articles {
		if s, ok := a[key].(string); ok && s != "" {
			return s
		}
	}
	return ""
}

// moment is like text, for a time: some sites write it as seconds or
// milliseconds since 1970.
func (l *linkedData) moment(key string) string {
	for _, a := range l.articles {
		switch v := a[key].(type) {
		case string:
			if v != "" {
				return v
			}
		case float64:
			return strconv.FormatInt(int64(v), 10)
		}
	}
	return ""
}

// people are the names of the article's authors: persons, and organisations.
func (l *linkedData) people() (persons, others []string) {
	for _, a := range l.articles {
		if persons, others = l.namesOf(a["author"], 0); len(persons)+len(others) > 0 {
			break
		}
	}
	return persons, others
}

func (l *linkedData) namesOf(v any, depth int) (persons, others []string) {
	const deepest = 4
	if depth > deepest {
		return nil, nil
	}
	switch v := v.(type) {
	case string:
		return namesIn(v), nil
	case []any:
		for _, p := range v {
			a, b := l.namesOf(p, depth+1)
			persons, others = append(persons, a...), append(others, b...)
		}
	case map[string]any:
		if v["name"] == nil {
			id, _ := v["@id"].(string)
			if v = l.byID[id]; v == nil {
				return nil, nil
			}
		}
		names, more := l.namesOf(v["name"], depth+1)
		names = append(names, more...)
		if t, _ := v["@type"].(string); t == "Organization" || t == "NewsMediaOrganization" {
			return nil, names
		}
		return names, nil
	}
	return persons, others
}
