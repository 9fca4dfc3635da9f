// Tidy_reasons checks the causes that `modscope --json tidy` names: undoing them must make the line disappear.
//
//	tidy_reasons -bin MODSCOPE [-v] PROJECT...
//
// A project is copied, and some requirements of go.mod are dropped, added and marked wrongly; then each changed line of go.mod is checked in
// turn. A cause in go.mod or go.sum is undone by removing that line (or by correcting a wrong mark), a cause in a
// .go file by removing the import; then the diff must no longer have the line. Causes in dependencies cannot be undone
// and are counted; changes of layout have no causes. Skipped with a message without go.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

var (
	bin     = flag.String("bin", "modscope", "the program under test")
	verbose = flag.Bool("v", false, "print each step")
	limit   = flag.Int("n", 40, "lines to check in each project and edit")
)

type cause struct {
	File string
	Line int
}

type change struct {
	File, Op, Text, Rule, Reason, Path string
	Causes                             []cause
}

type doc struct {
	Changes []change `json:"changes"`
}

func tidy(dir string) []change {
	cmd := exec.Command(*bin, "--json", "tidy")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "PWD="+dir)
	out, _ := cmd.Output()
	var d doc
	if err := json.Unmarshal(out, &d); err != nil {
		fmt.Printf("%s: no answer: %v\n", dir, err)
	}
	return d.Changes
}

// undo changes files so that the causes are gone, and returns a function that restores them. ok is false if a cause is in a dependency.
func undo(dir string, c change) (restore func(), ok bool) {
	saved := map[string][]byte{}
	restore = func() {
		for f, data := range saved {
			os.WriteFile(f, data, 0o666)
		}
	}
	byFile := map[string][]int{}
	for _, k := range c.Causes {
		if strings.Contains(k.File, "@") || filepath.IsAbs(k.File) || k.Line == 0 {
			return restore, false
		}
		byFile[k.File] = append(byFile[k.File], k.Line)
	}
	for file, lines := range byFile {
		path := filepath.Join(dir, file)
		data, err := os.ReadFile(path)
		if err != nil {
			return restore, false
		}
		saved[path] = data
		text := strings.SplitAfter(string(data), "\n")
		sort.Ints(lines)
		for _, n := range lines {
			if n > len(text) {
				return restore, false
			}
			line := text[n-1]
			switch {
			case strings.HasSuffix(file, ".go") && strings.HasPrefix(strings.TrimSpace(line), "import "):
				text[n-1] = "\n"
			case strings.HasSuffix(file, ".go"):
				text[n-1] = "\n"
			case c.Rule == "mark" && strings.Contains(line, "// indirect"):
				text[n-1] = strings.Replace(line, " // indirect", "", 1)
			case c.Rule == "mark":
				text[n-1] = strings.TrimRight(line, "\n") + " // indirect\n"
			default:
				text[n-1] = ""
			}
		}
		os.WriteFile(path, []byte(strings.Join(text, "")), 0o666)
	}
	return restore, len(byFile) > 0
}

func has(list []change, c change) bool {
	for _, x := range list {
		if x.File == c.File && x.Op == c.Op && strings.TrimSpace(x.Text) == strings.TrimSpace(c.Text) {
			return true
		}
	}
	return false
}

func check(name, dir string) (good, bad, other int) {
	for i, c := range tidy(dir) {
		if c.Rule == "layout" || c.Rule == "sum-order" || i > 400 || good+bad >= *limit {
			continue
		}
		restore, ok := undo(dir, c)
		if !ok {
			restore()
			other++
			continue
		}
		if has(tidy(dir), c) {
			bad++
			fmt.Printf("%s: still there: %s %s %q (%s; %d causes)\n", name, c.File, c.Op, c.Text, c.Reason, len(c.Causes))
		} else {
			good++
			if *verbose {
				fmt.Printf("%s: gone: %s %q (%s)\n", name, c.Op, c.Text, c.Reason)
			}
		}
		restore()
	}
	return
}

// edits of go.mod: drops every k-th requirement, inverts marks, and adds one.
func edit(lines []string, k int) []string {
	var out []string
	for i, l := range lines {
		f := strings.Fields(l)
		req := strings.HasPrefix(l, "\t") && len(f) >= 2 && strings.HasPrefix(f[1], "v") && !strings.Contains(l, "=>")
		switch {
		case req && i%11 == k:
			continue
		case req && i%11 == k+1 && strings.Contains(l, "// indirect"):
			l = strings.Replace(l, " // indirect", "", 1)
		case req && i%11 == k+1:
			l = strings.TrimRight(l, "\n") + " // indirect\n"
		}
		out = append(out, l)
	}
	return append(out, "\nrequire rsc.io/quote v1.5.2\n")
}

func main() {
	flag.Parse()
	if _, err := exec.LookPath("go"); err != nil {
		fmt.Fprintln(os.Stderr, "tidy_reasons: SKIPPED: go is not installed")
		os.Exit(77)
	}
	failed := false
	for _, src := range flag.Args() {
		work, _ := os.MkdirTemp("", "tidy_reasons")
		dir := filepath.Join(work, filepath.Base(src))
		exec.Command("sh", "-c", `mkdir -p "$2" && cd "$1" && tar cf - --exclude=.git --exclude=node_modules . | tar xf - -C "$2"`, "sh", src, dir).Run()
		data, _ := os.ReadFile(filepath.Join(dir, "go.mod"))
		var good, bad, other int
		for k := 0; k < 3; k++ {
			os.WriteFile(filepath.Join(dir, "go.mod"), []byte(strings.Join(edit(strings.SplitAfter(string(data), "\n"), k), "")), 0o666)
			g, b, o := check(filepath.Base(src), dir)
			good, bad, other = good+g, bad+b, other+o
		}
		fmt.Printf("%s: %d reasons hold, %d do not, %d cannot be undone\n", filepath.Base(src), good, bad, other)
		failed = failed || bad > 0
		os.RemoveAll(work)
	}
	if failed {
		os.Exit(1)
	}
}
