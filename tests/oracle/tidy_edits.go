// Tidy_edits compares `modscope tidy` with `go mod tidy -diff` on a real project, unchanged and after many small edits.
//
//	tidy_edits -bin MODSCOPE [-only REGEXP] [-v] [-apply] PROJECT...
//
// With -apply it compares the files that `modscope apply tidy --yes` and `go mod tidy` leave.
//
// Each project is copied, without .git; an edit changes files of the copy, both programs run there, and the files are restored.
// The project's own contents and a fixed seed determine the edits, so that every run makes the same ones. Standard output and
// the exit status must agree (go's 1 for an error is modscope's 3). Go fills the module cache meanwhile; what cannot be fetched
// must fail in both. Exits with 77 and a message if go is not installed.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"time"
)

var (
	bin     = flag.String("bin", "modscope", "the program under test")
	only    = flag.String("only", "", "run only edits whose name matches")
	verbose = flag.Bool("v", false, "print differences")
	apply   = flag.Bool("apply", false, "let both write, and compare the files")
	keep    = flag.String("work", "", "work in this directory and keep it")
)

var writes int64

// A project is a copy that edits change and restore.
type project struct {
	dir    string
	saved  map[string][]byte // nil: did not exist
	mod    []string          // lines of go.mod
	direct []int             // indexes of require lines
	indir  []int
	pkgs   []string // directories with non-test Go files, relative
	r      *rand.Rand
}

type edit struct {
	name string
	args []string // further flags
	make func(p *project) bool
}

func main() {
	flag.Parse()
	if _, err := exec.LookPath("go"); err != nil {
		fmt.Fprintln(os.Stderr, "tidy_edits: SKIPPED: go is not installed")
		os.Exit(77)
	}
	bad := 0
	for _, src := range flag.Args() {
		bad += runProject(src)
	}
	if bad > 0 {
		os.Exit(1)
	}
}

func runProject(src string) int {
	work := *keep
	if work == "" {
		work, _ = os.MkdirTemp("", "tidy_edits")
		defer os.RemoveAll(work)
	}
	name := filepath.Base(src)
	p := &project{dir: filepath.Join(work, name), saved: map[string][]byte{}}
	os.RemoveAll(p.dir)
	if out, err := exec.Command("sh", "-c", `mkdir -p "$2" && cd "$1" && tar cf - --exclude=.git --exclude=node_modules . | tar xf - -C "$2"`, "sh", src, p.dir).CombinedOutput(); err != nil {
		fmt.Printf("%s: copy: %v %s\n", name, err, out)
		return 1
	}
	age(p.dir)
	p.read()
	match := regexp.MustCompile(*only)
	good, bad, withDiff := 0, 0, 0
	for _, e := range edits() {
		if !match.MatchString(e.name) {
			continue
		}
		h := fnv.New64()
		h.Write([]byte(name + e.name))
		p.r = rand.New(rand.NewSource(int64(h.Sum64())))
		if !e.make(p) {
			p.restore()
			continue
		}
		judge := compare
		if *apply {
			judge = compareFiles
		}
		ok, diff, text := judge(p, e)
		p.restore()
		if diff {
			withDiff++
		}
		if ok {
			good++
			continue
		}
		bad++
		fmt.Printf("%s: %s: DIFFERS\n", name, e.name)
		if *verbose {
			fmt.Println(text)
		}
	}
	fmt.Printf("%s: %d of %d agree, %d of them with a diff\n", name, good, good+bad, withDiff)
	return bad
}

// age makes the copy as old as a checkout, because go reads very new files differently.
func age(dir string) {
	old := time.Unix(1600000000, 0)
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			os.Chtimes(path, old, old)
		}
		return nil
	})
}

func run(p *project, name string, args ...string) (stdout, stderr string, status int, d time.Duration) {
	cmd := exec.Command(name, args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local", "GOFLAGS=", "GOWORK=off", "PWD="+p.dir)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	start := time.Now()
	cmd.Run()
	return o.String(), e.String(), cmd.ProcessState.ExitCode(), time.Since(start)
}

func compare(p *project, e edit) (ok, diff bool, text string) {
	wo, we, ws, wd := run(p, "go", append([]string{"mod", "tidy", "-diff"}, e.args...)...)
	go_, ge, gs, gd := run(p, *bin, append([]string{"tidy"}, e.args...)...)
	want := ws
	if ws == 1 && wo == "" {
		want = 3
	}
	// go 1.26 crashes on some modules whose dependencies need a newer go than -go allows; then any error will do
	if strings.HasPrefix(we, "panic: go: internal error") {
		wo, want = "", 3
	}
	ok = wo == go_ && want == gs
	if *verbose {
		fmt.Printf("  %-40s go %6.2fs  ours %6.2fs  status %d/%d  %d bytes\n", e.name, wd.Seconds(), gd.Seconds(), ws, gs, len(wo))
	}
	if !ok {
		text = fmt.Sprintf("--- go (status %d)\n%s%s--- ours (status %d)\n%s%s", ws, cut(wo), cut(we), gs, cut(go_), cut(ge))
	}
	return ok, wo != "", text
}

func cut(s string) string {
	if len(s) > 3000 {
		return s[:3000] + "...\n"
	}
	return s
}

func (p *project) path(rel string) string { return filepath.Join(p.dir, rel) }

func (p *project) write(rel, text string) {
	if _, ok := p.saved[rel]; !ok {
		data, err := os.ReadFile(p.path(rel))
		if err != nil {
			data = nil
		} else if data == nil {
			data = []byte{}
		}
		p.saved[rel] = data
	}
	os.MkdirAll(filepath.Dir(p.path(rel)), 0o777)
	os.WriteFile(p.path(rel), []byte(text), 0o666)
	// go's index identifies a file by name, time and size, so each one gets its own time
	writes++
	old := time.Unix(1600000000+writes, 0)
	os.Chtimes(p.path(rel), old, old)
}

func (p *project) remove(rel string) {
	if _, ok := p.saved[rel]; !ok {
		p.saved[rel], _ = os.ReadFile(p.path(rel))
	}
	os.Remove(p.path(rel))
}

func (p *project) restore() {
	for rel, data := range p.saved {
		if data == nil {
			os.Remove(p.path(rel))
			os.Remove(filepath.Dir(p.path(rel))) // if it was created for this file
		} else {
			os.WriteFile(p.path(rel), data, 0o666)
			old := time.Unix(1600000000, 0)
			os.Chtimes(p.path(rel), old, old)
		}
	}
	p.saved = map[string][]byte{}
}

var requireLine = regexp.MustCompile(`^(?:require)?\s+([^\s"()]+\.[^\s"()]*)\s+(v[^\s]+)(\s*//\s*indirect)?`)

func (p *project) read() {
	data, _ := os.ReadFile(p.path("go.mod"))
	p.mod = strings.SplitAfter(string(data), "\n")
	block := ""
	for i, line := range p.mod {
		f := strings.Fields(line)
		if len(f) > 1 && f[1] == "(" {
			block = f[0]
		} else if len(f) > 0 && f[0] == ")" {
			block = ""
		} else if m := requireLine.FindStringSubmatch(line); m != nil && (block == "require" || f[0] == "require") && !strings.Contains(line, "=>") {
			if m[3] != "" {
				p.indir = append(p.indir, i)
			} else {
				p.direct = append(p.direct, i)
			}
		}
	}
	dirs := map[string]bool{}
	filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		rel, _ := filepath.Rel(p.dir, path)
		if n := d.Name(); d.IsDir() && rel != "." {
			_, nested := os.Stat(filepath.Join(path, "go.mod"))
			if n == "testdata" || n == "vendor" || n == "node_modules" || n[0] == '_' || n[0] == '.' || nested == nil {
				return filepath.SkipDir
			}
		}
		if strings.HasSuffix(rel, ".go") && !strings.HasSuffix(rel, "_test.go") {
			dirs[filepath.Dir(rel)] = true
		}
		return nil
	})
	for d := range dirs {
		p.pkgs = append(p.pkgs, d)
	}
	sort.Strings(p.pkgs)
}

func (p *project) text(change func(lines []string) []string) {
	p.write("go.mod", strings.Join(change(append([]string(nil), p.mod...)), ""))
}

func pick(r *rand.Rand, list []int, n int) []int {
	list = append([]int(nil), list...)
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	if len(list) > n {
		list = list[:n]
	}
	return list
}

func (p *project) dropLines(at []int) bool {
	if len(at) == 0 {
		return false
	}
	p.text(func(l []string) []string {
		for _, i := range at {
			l[i] = ""
		}
		return l
	})
	return true
}

func (p *project) goLine(v string) bool {
	done := false
	p.text(func(l []string) []string {
		for i := range l {
			if strings.HasPrefix(l[i], "go ") {
				l[i] = ""
				if v != "" {
					l[i] = "go " + v + "\n"
				}
				done = true
			}
			if strings.HasPrefix(l[i], "toolchain ") {
				l[i] = ""
			}
		}
		if !done && v != "" {
			l = append(l, "\ngo "+v+"\n")
			done = true
		}
		return l
	})
	return done
}

func (p *project) appendMod(text string) bool {
	p.text(func(l []string) []string { return append(l, "\n"+text+"\n") })
	return true
}

func (p *project) module(i int) (path, version string) {
	m := requireLine.FindStringSubmatch(p.mod[i])
	return m[1], m[2]
}

func (p *project) all() []int { return append(append([]int(nil), p.direct...), p.indir...) }

func (p *project) goSum(change func(lines []string) []string) bool {
	data, err := os.ReadFile(p.path("go.sum"))
	if err != nil {
		return false
	}
	p.write("go.sum", strings.Join(change(strings.SplitAfter(string(data), "\n")), ""))
	return true
}

// somePackage names a package of a module that is in the module cache.
func somePackage(r *rand.Rand, path, version string) string {
	out, _ := exec.Command("go", "env", "GOMODCACHE").Output()
	esc := func(s string) string {
		var b strings.Builder
		for _, c := range s {
			if c >= 'A' && c <= 'Z' {
				b.WriteString("!" + strings.ToLower(string(c)))
			} else {
				b.WriteRune(c)
			}
		}
		return b.String()
	}
	root := filepath.Join(strings.TrimSpace(string(out)), esc(path)+"@"+esc(version))
	var pkgs []string
	filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if n := d.Name(); d.IsDir() && file != root && (n == "testdata" || n == "internal" || n == "vendor" || n == "cmd" || n[0] == '_' || n[0] == '.') {
			return filepath.SkipDir
		}
		if strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") {
			rel, _ := filepath.Rel(root, filepath.Dir(file))
			if pkg := strings.TrimSuffix(path+"/"+filepath.ToSlash(rel), "/."); len(pkgs) == 0 || pkgs[len(pkgs)-1] != pkg {
				pkgs = append(pkgs, pkg)
			}
		}
		return nil
	})
	if len(pkgs) == 0 {
		return ""
	}
	return pkgs[r.Intn(len(pkgs))]
}

func (p *project) addFile(name, head string, from []int) bool {
	for _, i := range pick(p.r, from, 5) {
		path, version := p.module(i)
		if pkg := somePackage(p.r, path, version); pkg != "" {
			dir := p.pkgs[p.r.Intn(len(p.pkgs))]
			p.write(filepath.Join(dir, name), head+"package "+"p\n\nimport _ \""+pkg+"\"\n")
			return true
		}
	}
	return false
}

func edits() []edit {
	var l []edit
	add := func(name string, make func(p *project) bool, args ...string) {
		l = append(l, edit{name, args, make})
	}
	same := func(p *project) bool { return true }
	add("unchanged", same)
	for k := 0; k < 4; k++ {
		add(fmt.Sprintf("drop direct require %d", k), func(p *project) bool { return p.dropLines(pick(p.r, p.direct, 1)) })
		add(fmt.Sprintf("drop indirect require %d", k), func(p *project) bool { return p.dropLines(pick(p.r, p.indir, 1)) })
		add(fmt.Sprintf("remove imports %d", k), func(p *project) bool {
			dir := p.pkgs[p.r.Intn(len(p.pkgs))]
			files, _ := filepath.Glob(p.path(filepath.Join(dir, "*.go")))
			for _, f := range files {
				p.remove(filepath.Join(dir, filepath.Base(f)))
			}
			return len(files) > 0
		})
		add(fmt.Sprintf("add import %d", k), func(p *project) bool { return p.addFile("zz_added.go", "", p.indir) })
		add(fmt.Sprintf("flip marks %d", k), func(p *project) bool {
			p.text(func(l []string) []string {
				for _, i := range pick(p.r, p.all(), 3) {
					if strings.Contains(l[i], "// indirect") {
						l[i] = strings.Replace(l[i], " // indirect", "", 1)
					} else {
						l[i] = strings.TrimRight(l[i], "\n") + " // indirect\n"
					}
				}
				return l
			})
			return len(p.all()) > 0
		})
	}
	add("drop ten requires", func(p *project) bool { return p.dropLines(pick(p.r, p.all(), 10)) })
	add("drop all indirect requires", func(p *project) bool { return p.dropLines(p.indir) })
	for _, v := range []string{"1.13", "1.16", "1.17", "1.20", "1.21", "1.22.0", "1.24", "1.26"} {
		v := v
		add("go line "+v, func(p *project) bool { return p.goLine(v) })
	}
	add("no go line", func(p *project) bool { return p.goLine("") })
	for k := 0; k < 2; k++ {
		add(fmt.Sprintf("replace by a directory %d", k), func(p *project) bool {
			for _, i := range pick(p.r, p.direct, 1) {
				path, _ := p.module(i)
				p.write("zz_replaced/go.mod", "module "+path+"\n\ngo 1.20\n")
				p.write("zz_replaced/x.go", "package x\n")
				return p.appendMod("replace " + path + " => ./zz_replaced")
			}
			return false
		})
		add(fmt.Sprintf("replace by itself %d", k), func(p *project) bool {
			for _, i := range pick(p.r, p.all(), 1) {
				path, version := p.module(i)
				return p.appendMod("replace " + path + " => " + path + " " + version)
			}
			return false
		})
	}
	add("replace unused", func(p *project) bool { return p.appendMod("replace example.com/unused => ../nowhere") })
	add("drop go.sum lines", func(p *project) bool {
		return p.goSum(func(l []string) []string {
			p.r.Shuffle(len(l), func(i, j int) { l[i], l[j] = l[j], l[i] })
			return l[:len(l)*9/10]
		})
	})
	add("drop go.sum", func(p *project) bool { p.remove("go.sum"); return true })
	add("shuffle go.sum", func(p *project) bool {
		return p.goSum(func(l []string) []string {
			l = l[:len(l)-1]
			p.r.Shuffle(len(l), func(i, j int) { l[i], l[j] = l[j], l[i] })
			return l
		})
	})
	add("odd go.sum lines", func(p *project) bool {
		return p.goSum(func(l []string) []string {
			return append(l, "example.com/x v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", "too few\n", l[0], l[1])
		})
	})
	for k := 0; k < 3; k++ {
		add(fmt.Sprintf("add test import %d", k), func(p *project) bool { return p.addFile("zz_added_test.go", "", p.indir) })
		add(fmt.Sprintf("add tagged import %d", k), func(p *project) bool {
			return p.addFile("zz_added_plan9.go", "//go:build foo && !foo\n\n", p.indir)
		})
	}
	add("add ignored import", func(p *project) bool { return p.addFile("zz_added.go", "//go:build ignore\n\n", p.indir) })
	add("add import of nothing", func(p *project) bool {
		p.write("zz/zz.go", "package zz\n\nimport _ \"example.invalid/nothing/here\"\n")
		return true
	})
	add("add import of nothing -e", func(p *project) bool {
		p.write("zz/zz.go", "package zz\n\nimport _ \"example.invalid/nothing/here\"\n")
		return true
	}, "-e")
	add("add import of a missing package", func(p *project) bool {
		for _, i := range pick(p.r, p.direct, 1) {
			path, _ := p.module(i)
			p.write("zz/zz.go", "package zz\n\nimport _ \""+path+"/no/such/package\"\n")
			return true
		}
		return false
	})
	add("add std import", func(p *project) bool {
		p.write("zz/zz.go", "package zz\n\nimport (\n\t_ \"net/http\"\n\t_ \"no/such/std\"\n)\n")
		return true
	})
	add("add broken file", func(p *project) bool {
		p.write(filepath.Join(p.pkgs[0], "zz.go"), "package zz\n\nimport \"fmt\" import\n")
		return true
	})
	add("add tool", func(p *project) bool {
		for _, i := range pick(p.r, p.indir, 5) {
			path, version := p.module(i)
			if pkg := somePackage(p.r, path, version); pkg != "" {
				return p.appendMod("tool " + pkg)
			}
		}
		return false
	})
	add("ignore a directory", func(p *project) bool {
		dir := p.pkgs[p.r.Intn(len(p.pkgs))]
		return dir != "." && p.appendMod("ignore ./"+dir)
	})
	add("exclude selected", func(p *project) bool {
		for _, i := range pick(p.r, p.indir, 1) {
			path, version := p.module(i)
			return p.appendMod("exclude " + path + " " + version)
		}
		return false
	})
	add("exclude duplicates", func(p *project) bool {
		return p.appendMod("exclude (\n\texample.com/b v1.10.0\n\texample.com/b v1.9.0\n\texample.com/b v1.9.0\n\texample.com/a v1.0.0\n)")
	})
	add("duplicate requires", func(p *project) bool {
		for _, i := range pick(p.r, p.all(), 1) {
			path, version := p.module(i)
			return p.appendMod("require " + path + " " + version)
		}
		return false
	})
	add("toolchain line", func(p *project) bool { return p.appendMod("toolchain go1.26.8") || true })
	add("ugly formatting", func(p *project) bool {
		p.text(func(l []string) []string {
			for i := range l {
				l[i] = strings.Replace(l[i], "\t", "    ", 1)
			}
			return append(l, "\n\n\n")
		})
		return true
	})
	add("require unused", func(p *project) bool { return p.appendMod("require golang.org/x/text v0.14.0") })
	add("one block", func(p *project) bool {
		p.text(func(l []string) []string {
			var reqs []string
			for _, i := range p.all() {
				reqs = append(reqs, "\t"+strings.TrimPrefix(strings.TrimSpace(l[i]), "require ")+"\n")
				l[i] = ""
			}
			p.r.Shuffle(len(reqs), func(i, j int) { reqs[i], reqs[j] = reqs[j], reqs[i] })
			return append(append(append(l, "\nrequire (\n"), reqs...), ")\n")
		})
		return true
	})
	add("-go=1.16", same, "-go=1.16")
	add("-go=1.17", same, "-go=1.17")
	add("-go=1.26", same, "-go=1.26")
	add("-compat=1.16", same, "-compat=1.16")
	add("-compat=1.17", same, "-compat=1.17")
	return l
}

// The files that tidy writes, after a command; they are restored.
func written(p *project, name string, args ...string) (files [2]string, said string, status int) {
	var old [2][]byte
	for i, f := range []string{"go.mod", "go.sum"} {
		old[i], _ = os.ReadFile(filepath.Join(p.dir, f))
	}
	out, err, status, _ := run(p, name, args...)
	for i, f := range []string{"go.mod", "go.sum"} {
		now, _ := os.ReadFile(filepath.Join(p.dir, f))
		files[i] = string(now)
		os.WriteFile(filepath.Join(p.dir, f), old[i], 0o666)
	}
	return files, out + err, status
}

func compareFiles(p *project, e edit) (ok, diff bool, text string) {
	if len(e.args) > 0 && e.args[0] == "-diff" {
		return true, false, ""
	}
	before, _, _ := written(p, "true")
	want, said, ws := written(p, "go", append([]string{"mod", "tidy"}, e.args...)...)
	got, ours, gs := written(p, *bin, append([]string{"apply", "tidy", "--yes"}, e.args...)...)
	if strings.HasPrefix(said, "panic: go: internal error") {
		want, ws = before, 1
	}
	ok = want == got && (ws == 0) == (gs == 0)
	if !ok {
		text = fmt.Sprintf("--- go (status %d)\n%s--- ours (status %d)\n%s", ws, cut(said), gs, cut(ours))
	}
	return ok, want != before, text
}
