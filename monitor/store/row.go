package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ms is a time as the database keeps it: NULL for the zero time.
func ms(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

func at(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.UnixMilli(n.Int64).UTC()
}

// bit is a truth value in a BIGINT column, because the engines disagree on BOOLEAN.
func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// clean makes text from the web storable: PostgreSQL takes neither NUL nor
// invalid UTF-8. Each bad byte becomes one other byte, so that offsets into
// the text stay true.
func clean(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	b := []byte(s)
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			b[i] = '?'
		}
		if r == 0 {
			b[i] = ' '
		}
		i += n
	}
	return string(b)
}

// pack is v as JSON, "" when it has nothing to say.
func pack(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("pack %T: %w", v, err)
	}
	switch s := string(b); s {
	case "null", "{}", "[]":
		return "", nil
	default:
		return s, nil
	}
}

func unpack(s string, v any) error {
	if s == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(s), v); err != nil {
		return fmt.Errorf("unpack %T: %w", v, err)
	}
	return nil
}

// marks is "$from,$from+1,..." for n arguments.
func marks(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
	return b.String()
}

// chunk is how many values go into one IN list: far below what either engine
// allows, and few different statement texts.
const chunk = 400

// anys is a list as arguments of a query.
func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}
