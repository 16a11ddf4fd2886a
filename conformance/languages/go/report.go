package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"slices"
	"strings"
)

var sizes = []int{1, 125, 126, 65_535, 65_536, 300_000}

var events = []any{
	"žluťoučký kůň 🎈", 42, map[string]any{"deep": []any{true, nil, map[string]any{"list": []any{}}}},
}

func sample(size int) []byte {
	bytes := make([]byte, size)
	for at := range bytes {
		bytes[at] = byte(at*7 + size)
		if bytes[at] == 0x1e {
			bytes[at] = 0x1f
		}
	}
	return bytes
}

func everyByte() []byte {
	bytes := make([]byte, 256)
	for at := range bytes {
		bytes[at] = byte(at)
	}
	return bytes
}

func parts() any {
	return map[string]any{"name": "parts", "parts": []any{sample(3), sample(1_000)}}
}

func step(name string, see func() any) {
	if slices.Contains(strings.Split(os.Args[3], ","), name) {
		return
	}
	defer func() {
		if failure := recover(); failure != nil {
			report(map[string]any{"did": name, "failed": fmt.Sprint(failure)})
		}
	}()
	report(map[string]any{"did": name, "saw": plain(see())})
}

func please(favour string) {
	report(map[string]any{"please": favour})
}

func report(line map[string]any) {
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}

func plain(value any) any {
	switch value := value.(type) {
	case []byte:
		hash := fnv.New32a()
		hash.Write(value)
		return map[string]any{"bytes": len(value), "fnv1a": hash.Sum32()}
	case io.Reader:
		bytes, err := io.ReadAll(value)
		if err != nil {
			panic(err)
		}
		return plain(bytes)
	case []any:
		list := make([]any, len(value))
		for at, one := range value {
			list[at] = plain(one)
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for key, one := range value {
			object[key] = plain(one)
		}
		return object
	}
	return value
}
