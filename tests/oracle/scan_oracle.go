// Scan_oracle prints what go reads from directories of Go files, for comparison with core/packages/imports.h.
//
//	scan_oracle [-index] < list of directories
//
// One line for each directory: DIR, "go" or "nogo" or "error", imports, test imports, separated by tabs. It follows
// cmd/go/internal/imports (or, with -index, cmd/go/internal/modindex) with the tags {"*"}, on top of the public go/parser,
// go/build/constraint and go/build, so that it shares no code with the program under test.
//
//	scan_oracle -table GOROOT > assets/gostd_table.h
//
// writes the table of the standard library's packages.
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"unicode"
)

var (
	indexed = flag.Bool("index", false, "the rules of the module index")
	table   = flag.String("table", "", "write the table of this GOROOT")
)

func main() {
	flag.Parse()
	if *table != "" {
		writeTable(*table)
		return
	}
	in := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		state, imps, tests := scan(in.Text())
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", in.Text(), state, strings.Join(imps, " "), strings.Join(tests, " "))
	}
}

func tagOK(name string) bool {
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' && c != '.' {
			return false
		}
	}
	return name != "" && name != "ignore"
}

func eval(x constraint.Expr, prefer bool) bool {
	switch x := x.(type) {
	case *constraint.TagExpr:
		return tagOK(x.Tag) && prefer
	case *constraint.NotExpr:
		return !eval(x.X, !prefer)
	case *constraint.AndExpr:
		return eval(x.X, prefer) && eval(x.Y, prefer)
	case *constraint.OrExpr:
		return eval(x.X, prefer) || eval(x.Y, prefer)
	}
	panic("unknown expression")
}

// verdict is "build", "skip" or "multiple".
func verdict(content []byte) string {
	var goBuild, plus []string
	var pending []string
	ended, inComment := false, false
lines:
	for _, raw := range strings.SplitAfter(string(content), "\n") {
		line := strings.TrimSpace(raw)
		if line == "" {
			// a +build line counts only if a blank line (with its newline) follows somewhere before the code
			if !ended && strings.HasSuffix(raw, "\n") {
				plus = append(plus, pending...)
				pending = nil
			}
			continue
		}
		if !strings.HasPrefix(line, "//") {
			ended = true
		}
		if !inComment && constraint.IsGoBuild(line) {
			goBuild = append(goBuild, line)
		} else if !ended && constraint.IsPlusBuild(line) {
			pending = append(pending, line)
		}
		for rest := line; rest != ""; {
			if inComment {
				_, after, ok := strings.Cut(rest, "*/")
				if !ok {
					continue lines
				}
				inComment, rest = false, strings.TrimSpace(after)
			} else if strings.HasPrefix(rest, "//") {
				continue lines
			} else if strings.HasPrefix(rest, "/*") {
				inComment, rest = true, strings.TrimSpace(rest[2:])
			} else {
				break lines
			}
		}
	}
	if len(goBuild) > 1 {
		return "multiple"
	}
	if len(goBuild) == 1 {
		plus = goBuild
	}
	for _, line := range plus {
		x, err := constraint.Parse(line)
		if err != nil && len(goBuild) == 1 {
			return "skip"
		}
		if err == nil && !eval(x, true) {
			return "skip"
		}
	}
	return "build"
}

func validImport(s string) bool {
	const illegal = `!"#$%&'()*,:;<=>?[\]^{|}` + "`\uFFFD"
	for _, r := range s {
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) || strings.ContainsRune(illegal, r) {
			return false
		}
	}
	return s != ""
}

// header is the source up to the end of the imports according to go/parser; ok is false if it reports an error there.
func parseImports(name string, src []byte) (imps []string, ok bool) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, parser.ImportsOnly)
	ok = err == nil
	if f == nil {
		return nil, false
	}
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil || !validImport(p) {
			ok = false
			continue
		}
		imps = append(imps, p)
	}
	return imps, ok
}

func scan(dir string) (state string, imps, tests []string) {
	sets := [2]map[string]bool{{}, {}}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "error", nil, nil
	}
	n := 0
	for _, d := range entries {
		name := d.Name()
		if d.Type()&fs.ModeSymlink != 0 {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				continue
			}
			d = fs.FileInfoToDirEntry(info)
		}
		if !d.Type().IsRegular() || name[0] == '_' || name[0] == '.' || !strings.HasSuffix(name, ".go") {
			continue
		}
		src, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return "error", nil, nil
		}
		src = bytes.TrimPrefix(src, []byte("\ufeff"))
		list, ok := parseImports(name, src)
		v := verdict(src)
		if *indexed {
			if v == "multiple" {
				n++
				continue
			}
			if !ok {
				list = nil
			}
		} else if !ok {
			state = "odd"
		}
		if v != "build" {
			continue
		}
		n++
		which := 0
		if strings.HasSuffix(name, "_test.go") {
			which = 1
		}
		for _, p := range list {
			sets[which][p] = true
		}
	}
	if state == "" {
		state = "go"
		if n == 0 {
			state = "nogo"
		}
	}
	return state, keys(sets[0]), keys(sets[1])
}

func keys(m map[string]bool) []string {
	var list []string
	for k := range m {
		if k != "C" && k != "appengine" && !strings.HasPrefix(k, "appengine/") &&
			k != "appengine_internal" && !strings.HasPrefix(k, "appengine_internal/") {
			list = append(list, k)
		}
	}
	sort.Strings(list)
	return list
}

func hasGo(dir string) bool {
	entries, _ := os.ReadDir(dir)
	for _, d := range entries {
		if d.Type().IsRegular() && strings.HasSuffix(d.Name(), ".go") {
			return true
		}
	}
	return false
}

func writeTable(goroot string) {
	src := filepath.Join(goroot, "src")
	version, err := os.ReadFile(filepath.Join(goroot, "VERSION"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	word, _, _ := strings.Cut(string(version), "\n")
	fmt.Printf("/* Made by tests/oracle/scan_oracle.go -table; do not edit. Sorted by path. */\n")
	fmt.Printf("#define GOSTD_TABLE_VERSION %q\n", word)
	fmt.Printf("static const struct std_row std_table[] = {\n")
	var rows []string
	filepath.WalkDir(src, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() || path == src {
			return nil
		}
		if n := d.Name(); n == "testdata" || n[0] == '_' || n[0] == '.' {
			return filepath.SkipDir
		}
		if !hasGo(path) {
			return nil
		}
		rel := filepath.ToSlash(path[len(src)+1:])
		state, imps, tests := scan(path)
		if state == "nogo" {
			rows = append(rows, fmt.Sprintf("\t{ %q, NULL, NULL },\n", rel))
		} else {
			rows = append(rows, fmt.Sprintf("\t{ %q, %q, %q },\n", rel, strings.Join(imps, " "), strings.Join(tests, " ")))
		}
		return nil
	})
	sort.Strings(rows)
	for _, r := range rows {
		fmt.Print(r)
	}
	fmt.Printf("};\n")
}
