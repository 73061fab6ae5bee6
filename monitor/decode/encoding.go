package decode

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// lookup finds an encoding by any name in use for it; nil for an unknown one.
func lookup(label string) (encoding.Encoding, string) {
	switch strings.NewReplacer("-", "", "_", "").Replace(label) {
	case "utf8", "u8", "utf", "unicode11utf8":
		return unicode.UTF8, "utf-8"
	case "utf16", "u16", "utf16le", "unicodelittle":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16le"
	case "utf16be", "unicodebig":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf-16be"
	case "utf32", "u32", "utf32be", "ucs4", "iso10646ucs4":
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM), "utf-32be"
	case "utf32le":
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), "utf-32le"
	}
	if enc, name := charset.Lookup(label); enc != nil && name != "replacement" {
		return enc, name
	}
	if enc, err := ianaindex.IANA.Encoding(label); err == nil && enc != nil {
		return enc, label
	}
	return nil, ""
}

// byMark decodes a text that begins with a byte order mark, or with the "<" of
// an encoding of two or four bytes a character.
func byMark(body []byte) ([]byte, string, bool) {
	switch {
	case bytes.HasPrefix(body, []byte("\xEF\xBB\xBF")):
		body = body[3:]
		if text, ok := validUTF8(body); ok {
			return text, "utf-8", true
		}
		return mixed(body), "utf-8", true
	case has(body, "\x00\x00\xFE\xFF"), has(body, "\x00\x00\x00<"):
		return convert(utf32.UTF32(utf32.BigEndian, utf32.UseBOM), body), "utf-32be", true
	case has(body, "\xFF\xFE\x00\x00"), has(body, "<\x00\x00\x00"):
		return convert(utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), body), "utf-32le", true
	case has(body, "\xFE\xFF"), has(body, "\x00<\x00"):
		return convert(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), body), "utf-16be", true
	case has(body, "\xFF\xFE"), len(body) > 3 && body[0] == '<' && body[1] == 0 && body[3] == 0:
		return convert(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), body), "utf-16le", true
	case has(body, "\x4C\x6F\xA7\x94"): // "<?xm" in EBCDIC
		return ebcdic(body), "ibm037", true
	}
	return nil, "", false
}

func has(body []byte, prefix string) bool { return bytes.HasPrefix(body, []byte(prefix)) }

func ebcdic(body []byte) []byte {
	text := convert(charmap.CodePage037, body)
	if enc, _ := lookup(xmlDeclared(head(text))); enc != nil {
		if again := convert(enc, body); has(again, "<?xml") {
			return again
		}
	}
	return text
}

// sevenBit decodes the encodings whose text is valid ASCII to the eye of a
// UTF-8 check: they need their label to be believed first.
func sevenBit(body []byte, header string, declared func([]byte) string) ([]byte, string, bool) {
	if !bytes.Contains(body, []byte("\x1b$")) && !bytes.Contains(body, []byte("~{")) {
		return nil, "", false
	}
	for _, label := range []string{header, declared(head(body))} {
		switch label {
		case "iso-2022-jp", "csiso2022jp":
			enc, name := lookup("iso-2022-jp")
			return convert(enc, body), name, true
		case "hz-gb-2312", "hz":
			enc, err := ianaindex.IANA.Encoding("hz-gb-2312")
			if err == nil && enc != nil {
				return convert(enc, body), "hz-gb-2312", true
			}
		}
	}
	return nil, "", false
}

// mostlyUTF8 says whether characters of two bytes or more outnumber the bytes
// that belong to none.
func mostlyUTF8(body []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && size == 1 {
			bad++
		} else {
			good++
		}
		i += size
	}
	return good > bad
}

// mixed keeps what is UTF-8 and reads every other byte as windows-1252.
func mixed(body []byte) []byte {
	out := make([]byte, 0, len(body)+len(body)/16)
	for i := 0; i < len(body); {
		r, size := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && size == 1 {
			out = utf8.AppendRune(out, charmap.Windows1252.DecodeByte(body[i]))
		} else {
			out = append(out, body[i:i+size]...)
		}
		i += size
	}
	return out
}

func windows1252(body []byte) []byte {
	out := make([]byte, 0, len(body)+len(body)/8)
	for _, c := range body {
		if c < utf8.RuneSelf {
			out = append(out, c)
		} else {
			out = utf8.AppendRune(out, charmap.Windows1252.DecodeByte(c))
		}
	}
	return out
}
