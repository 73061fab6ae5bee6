//go:build hyperscan

package main

/*
#cgo LDFLAGS: -lhs
#include <stdlib.h>
#include <hs/hs.h>

static int count_hit(unsigned int id, unsigned long long from, unsigned long long to, unsigned int flags, void *hits) {
	++*(unsigned long long *)hits;
	return 0;
}

static unsigned long long count_hits(const hs_database_t *db, const char *text, unsigned int size, hs_scratch_t *scratch) {
	unsigned long long hits = 0;
	hs_scan(db, text, size, 0, scratch, count_hit, &hits);
	return hits;
}
*/
import "C"

import (
	"errors"
	"unsafe"
)

// hyperscanRival is Hyperscan, from Debian's libhyperscan-dev, looking for
// literals whatever the case, without the place where a hit begins: the least
// work it can be given. It takes minutes to compile 50,000 phrases.
func hyperscanRival() []rival {
	return []rival{{name: "Hyperscan (C)", compile: compileHyperscan, most: 10_000}}
}

func compileHyperscan(phrases []string) (func(string) int, func(), error) {
	n := len(phrases)
	texts := unsafe.Slice((**C.char)(C.malloc(C.size_t(n)*8)), n)
	flags := unsafe.Slice((*C.uint)(C.malloc(C.size_t(n)*4)), n)
	sizes := unsafe.Slice((*C.size_t)(C.malloc(C.size_t(n)*8)), n)
	for i, p := range phrases {
		texts[i], sizes[i], flags[i] = C.CString(p), C.size_t(len(p)), C.HS_FLAG_CASELESS
	}
	defer func() {
		for _, t := range texts {
			C.free(unsafe.Pointer(t))
		}
		C.free(unsafe.Pointer(&texts[0]))
		C.free(unsafe.Pointer(&flags[0]))
		C.free(unsafe.Pointer(&sizes[0]))
	}()
	var db *C.hs_database_t
	var problem *C.hs_compile_error_t
	if C.hs_compile_lit_multi(&texts[0], &flags[0], nil, &sizes[0], C.uint(n), C.HS_MODE_BLOCK, nil, &db, &problem) != C.HS_SUCCESS {
		defer C.hs_free_compile_error(problem)
		return nil, nil, errors.New("bench: hyperscan: " + C.GoString(problem.message))
	}
	var scratch *C.hs_scratch_t
	if C.hs_alloc_scratch(db, &scratch) != C.HS_SUCCESS {
		return nil, nil, errors.New("bench: hyperscan: no scratch memory")
	}
	count := func(text string) int {
		return int(C.count_hits(db, (*C.char)(unsafe.Pointer(unsafe.StringData(text))), C.uint(len(text)), scratch))
	}
	return count, func() { C.hs_free_scratch(scratch); C.hs_free_database(db) }, nil
}
