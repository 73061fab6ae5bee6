package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"io"
)

// unpack undoes a stream's filters. What cannot be unpacked, and what is beyond
// the limits, is left out.
func (f *file) unpack(s stream) []byte {
	filters, ok := f.resolve(s.dict["Filter"]).(array)
	if !ok && s.dict["Filter"] != nil {
		filters = array{s.dict["Filter"]}
	}
	if len(filters) > 4 {
		return nil
	}
	data := s.data
	for _, v := range filters {
		filter, _ := f.resolve(v).(name)
		data = f.undo(filter, data)
	}
	return data
}

func (f *file) undo(filter name, data []byte) []byte {
	switch filter {
	case "FlateDecode", "Fl":
		z, err := zlib.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil
		}
		return f.bounded(z)
	case "ASCII85Decode", "A85":
		data, _, _ = bytes.Cut(bytes.TrimPrefix(data, []byte("<~")), []byte("~"))
		return f.bounded(ascii85.NewDecoder(bytes.NewReader(data)))
	case "ASCIIHexDecode", "AHx":
		l := lexer{b: data}
		return []byte(l.hex())
	default: // pictures, and what nobody has used for text in decades
		return nil
	}
}

// bounded reads what is left of the limits. A stream that breaks off is read
// as far as it goes.
func (f *file) bounded(r io.Reader) []byte {
	data, _ := io.ReadAll(io.LimitReader(r, int64(max(0, min(maxStream, maxUnpacked-f.unpacked)))))
	f.unpacked += len(data) + 8<<10 // empty ones are no gift either
	return data
}
