package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	invopop "github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
	yaml "go.yaml.in/yaml/v4"
)

// TestGenerated holds schema.json and docs/config.md to the comments of file.go.
func TestGenerated(t *testing.T) {
	comments := commentsOf(t, "file.go")
	golden(t, "schema.json", schema(t, comments))
	golden(t, filepath.Join("..", "docs", "config.md"), manual(comments))
}

// commentsOf reads the comments of a file's types ("File") and their fields
// ("File.Sources").
func commentsOf(t *testing.T, name string) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	comments := map[string]string{}
	for _, d := range file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok || decl.Tok != token.TYPE {
			continue
		}
		spec := decl.Specs[0].(*ast.TypeSpec)
		comments[spec.Name.Name] = decl.Doc.Text()
		if s, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range s.Fields.List {
				comments[spec.Name.Name+"."+f.Names[0].Name] = f.Doc.Text()
			}
		}
	}
	return comments
}

// paragraphs are the paragraphs of a comment, each as one line.
func paragraphs(comment string) []string {
	var out []string
	for p := range strings.SplitSeq(strings.TrimSpace(comment), "\n\n") {
		out = append(out, strings.ReplaceAll(p, "\n", " "))
	}
	return out
}

func schema(t *testing.T, comments map[string]string) string {
	t.Helper()
	r := invopop.Reflector{
		FieldNameTag: "yaml", RequiredFromJSONSchemaTags: true, Anonymous: true, ExpandedStruct: true,
		Namer: func(t reflect.Type) string {
			return strings.ToLower(strings.TrimPrefix(t.Name(), "File"))
		},
		LookupComment: func(t reflect.Type, field string) string {
			text := strings.Join(paragraphs(comments[strings.TrimSuffix(t.Name()+"."+field, ".")]), "\n\n")
			return sentence(text)
		},
		Mapper: mapType,
	}
	s := r.Reflect(&File{})
	s.ID = ""
	s.Title = "armswatch.yaml"
	source := s.Definitions["source"]
	for _, kind := range []string{"feed", "page", "sitemap", "watch"} {
		source.OneOf = append(source.OneOf, &invopop.Schema{Required: []string{kind}})
	}
	s.Definitions["watchlist"].AnyOf = []*invopop.Schema{{Required: []string{"weapons"}}, {Required: []string{"categories"}}, {Required: []string{"phrases"}}}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// mapType gives the schemas of our own text types. ${VARIABLE} is allowed
// wherever text is.
func mapType(t reflect.Type) *invopop.Schema {
	switch t {
	case reflect.TypeFor[Duration]():
		return &invopop.Schema{Type: "string", Pattern: `^(auto|0|([0-9.]+(ms|s|m|h|d|w))+|.*\$\{.*)$`}
	case reflect.TypeFor[CronSpec]():
		return &invopop.Schema{Type: "string", Pattern: `^(@(hourly|daily|midnight|weekly|monthly|yearly|annually)|\S+( +\S+){4}|.*\$\{.*)$`}
	case reflect.TypeFor[Number]():
		return &invopop.Schema{OneOf: []*invopop.Schema{{Type: "integer", Minimum: "1"}, {Type: "string", Pattern: `^([1-9][0-9]*|.*\$\{.*)$`}}}
	case reflect.TypeFor[Address]():
		return &invopop.Schema{Type: "string", Pattern: `^(slack:|email:|webhook:|teams:|discord:|telegram:|ntfy:|terminal$|.*\$\{)`}
	case reflect.TypeFor[Selector](), reflect.TypeFor[Hidden]():
		return &invopop.Schema{Type: "string"}
	case reflect.TypeFor[Addresses]():
		return &invopop.Schema{OneOf: []*invopop.Schema{mapType(reflect.TypeFor[Address]()), {Type: "array", Items: mapType(reflect.TypeFor[Address]())}}}
	case reflect.TypeFor[Strings]():
		return &invopop.Schema{OneOf: []*invopop.Schema{{Type: "string"}, {Type: "array", Items: &invopop.Schema{Type: "string"}}}}
	}
	return nil
}

const manualHead = `# The config file

<!-- Made from the comments of config/file.go by "go generate ./config"; a test holds it to them. -->

One YAML file says everything. armswatch refuses a file with anything wrong and names every problem at once, with line,
column, reason and the nearest right spelling; "armswatch check" does only that. A file that changes while armswatch
runs is picked up, a bad one is refused and the old one stays. [schema.json](../config/schema.json) gives editors
completion and checks; with the YAML language server, begin the file with

    # yaml-language-server: $schema=PATH/TO/config/schema.json

In every value, ${NAME} stands for the environment variable NAME, which must be set; $${ stands for a plain ${. Variables
are put in after the file is read, so what they hold never becomes structure. Lengths of time are numbers with s, m, h,
d (days) or w (weeks), such as 90s, 1h30m, 14d. Cron specs have five fields: minute, hour, day of month, month, day of
week (Sunday is 0); or say @hourly, @daily, @weekly, @monthly, @yearly. They are read in the newsroom's time zone.

`

// manual writes the keys in the order of the types, sections after the
// top level.
func manual(comments map[string]string) string {
	var b strings.Builder
	b.WriteString(manualHead)
	keys(&b, reflect.TypeFor[File](), comments)
	for f := range reflect.TypeFor[File]().Fields() {
		t := f.Type
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			continue
		}
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", f.Tag.Get("yaml"), sentence(paragraphs(comments[t.Name()])[0]))
		keys(&b, t, comments)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// sentence drops the type's name from the head of its comment.
func sentence(comment string) string {
	what := regexp.MustCompile(`^File\w* is `).ReplaceAllString(comment, "")
	what = regexp.MustCompile(`^File\w* says (\w+ stories)`).ReplaceAllString(what, "$1")
	return strings.ToUpper(what[:min(1, len(what))]) + what[min(1, len(what)):]
}

func keys(b *strings.Builder, t reflect.Type, comments map[string]string) {
	for f := range t.Fields() {
		required := ""
		if strings.Contains(f.Tag.Get("jsonschema"), "required") {
			required = ", required"
		}
		fmt.Fprintf(b, "- **%s** (%s%s): %s\n", f.Tag.Get("yaml"), typeName(f), required,
			strings.Join(paragraphs(comments[t.Name()+"."+f.Name]), "\n\n  "))
	}
	b.WriteString("\n")
}

func typeName(f reflect.StructField) string {
	switch f.Type {
	case reflect.TypeFor[Duration]():
		return "time"
	case reflect.TypeFor[CronSpec]():
		return "cron"
	case reflect.TypeFor[Number]():
		return "number"
	case reflect.TypeFor[Selector]():
		return "CSS selector"
	case reflect.TypeFor[Address]():
		return "address"
	case reflect.TypeFor[Hidden]():
		return "secret"
	case reflect.TypeFor[Strings]():
		return "text or list"
	case reflect.TypeFor[Addresses]():
		return "address or list"
	}
	switch f.Type.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "list"
	case reflect.Map, reflect.Struct, reflect.Pointer:
		return "mapping"
	}
	return "text"
}

func TestEveryKeySaysWhatItIsAndItsDefault(t *testing.T) {
	comments := commentsOf(t, "file.go")
	// Keys whose absence needs no default: they are required, alternatives of
	// each other, or lists and sections that may be empty.
	none := map[string]bool{
		"Feed": true, "Page": true, "Sitemap": true, "Watch": true, "Schedule": true, "Headers": true,
		"Token": true, "TokenFile": true, "Webhook": true, "Telegram": true, "Ntfy": true, "WebhookFile": true, "Password": true, "PasswordFile": true,
		"Secret": true, "SecretFile": true, "Sources": true, "Watchlists": true, "Routes": true, "Slack": true, "Email": true,
		"Fetch": true, "Weapons": true, "Categories": true, "Phrases": true,
	}
	for name, comment := range comments {
		typeName, field, isField := strings.Cut(name, ".")
		if comment == "" {
			t.Errorf("%s has no comment", name)
		}
		if !isField || none[field] && typeName != "FileRoute" {
			continue
		}
		structType := map[string]reflect.Type{
			"File": reflect.TypeFor[File](), "FileSource": reflect.TypeFor[FileSource](), "FileRoute": reflect.TypeFor[FileRoute](),
			"FileEmail": reflect.TypeFor[FileEmail](), "FileSlack": reflect.TypeFor[FileSlack](), "FileFetch": reflect.TypeFor[FileFetch](), "FileWebhook": reflect.TypeFor[FileWebhook](),
			"FileTelegram": reflect.TypeFor[FileTelegram](), "FileNtfy": reflect.TypeFor[FileNtfy](),
		}[typeName]
		f, _ := structType.FieldByName(field)
		if !strings.Contains(comment, "Default: ") && !strings.Contains(f.Tag.Get("jsonschema"), "required") {
			t.Errorf("%s does not say its default", name)
		}
	}
}

func compile(t *testing.T) *validator.Schema {
	t.Helper()
	data, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := validator.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(s *validator.Schema, text string) error {
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		return fmt.Errorf("read YAML: %w", err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("convert: %w", err)
	}
	doc, err := validator.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("convert: %w", err)
	}
	return s.Validate(doc)
}

// examples are the configs users meet: the one of this test's head, and every
// YAML block of the README and docs that names sources.
func examples(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{"docs/design.md": example}
	files, _ := filepath.Glob("../docs/*/*.yaml")
	for _, path := range append(files, "../README.md") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, ".yaml") {
			if strings.Contains(string(data), "watchlists:") {
				all[path] = string(data)
			}
			continue
		}
		for i, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(data), -1) {
			if strings.Contains(m[1], "sources:") {
				all[fmt.Sprintf("%s block %d", path, i)] = m[1]
			}
		}
	}
	return all
}

func TestExamplesAreGoodAndMeetTheSchema(t *testing.T) {
	s := compile(t)
	for name, text := range examples(t) {
		if err := validate(s, text); err != nil {
			t.Errorf("%s: schema: %v", name, err)
		}
		dir := t.TempDir()
		write(t, filepath.Join(dir, "secret"), "xoxb-1")
		text = regexp.MustCompile(`(_file: ).*`).ReplaceAllString(text, "${1}secret")
		if _, err := Parse(filepath.Join(dir, "a.yaml"), []byte(text), func(string) string { return "xoxb-1" }, Vocabulary{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchemaRefusesWhatWeRefuse(t *testing.T) {
	s := compile(t)
	for _, name := range []string{
		"unknown-key", "wrong-types", "wrong-types-deep", "source-two-kinds", "source-no-kind", "source-no-name",
		"every-bad", "cron-bad", "route-bad-address", "operators-bad", "unknown-key-far", "watchlists-no-item",
	} {
		data, err := os.ReadFile("testdata/bad/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(s, string(data)); err == nil {
			t.Errorf("the schema accepts %s.yaml", name)
		}
	}
}
