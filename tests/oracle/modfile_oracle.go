// modfile_oracle answers questions about Go's files and words with Go's own code, for tests/oracle/modfile.sh, which
// copies golang.org/x/mod and cmd/go/internal/gover from GOROOT to its directory. A question is a line: the name, then
// arguments in hex, separated by tabs. An answer is a line: the name and strconv.Quote of the text.
//
//	modfile_oracle gen SEED N [DIR]   writes N questions; DIR holds .mod files to start from
//	modfile_oracle                    answers the questions on stdin
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"oracle/gover"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	if len(os.Args) > 3 && os.Args[1] == "gen" {
		seed, _ := strconv.ParseInt(os.Args[2], 10, 64)
		n, _ := strconv.Atoi(os.Args[3])
		generate(out, rand.New(rand.NewSource(seed)), n, os.Args[4:])
		return
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		args := make([]string, 8)
		for i, h := range f[1:] {
			b, err := hex.DecodeString(h)
			if err != nil {
				panic(err)
			}
			args[i] = string(b)
		}
		fmt.Fprintf(out, "%s %s\n", f[0], strconv.Quote(answer(f[0], args)))
	}
}

func text(s string, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	return s
}

func check(err error) string { return text("ok", err) }

func answer(op string, a []string) (s string) {
	defer func() {
		if e := recover(); e != nil {
			s = "panic"
		}
	}()
	switch op {
	case "semver":
		v, w := a[0], a[1]
		return fmt.Sprintf("%v %v %s %s %s %s %s", semver.IsValid(v), semver.Compare(v, w), semver.Canonical(v), semver.Major(v),
			semver.MajorMinor(v), semver.Prerelease(v), semver.Build(v))
	case "gover":
		v, w := a[0], a[1]
		return fmt.Sprintf("%v %v %v %v %s|%s", gover.IsValid(v), gover.Compare(v, w), gover.IsLang(v), gover.IsPrerelease(v),
			gover.Lang(v), gover.Prev(v))
	case "toolchain":
		return fmt.Sprintf("%s|%v", gover.FromToolchain(a[0]), gover.ModCompare("toolchain", a[0], a[1]))
	case "modver":
		p, v, w := a[0], a[1], a[2]
		s := fmt.Sprintf("%v %v", gover.ModCompare(p, v, w), gover.ModIsValid(p, v))
		if gover.ModIsValid(p, v) {
			s += fmt.Sprintf(" %v %v %s", gover.ModIsPrefix(p, v), gover.ModIsPrerelease(p, v), gover.ModMajorMinor(p, v))
		}
		return s
	case "path":
		return check(module.CheckPath(a[0])) + "\n" + check(module.CheckImportPath(a[0])) + "\n" + check(module.CheckFilePath(a[0]))
	case "split":
		prefix, major, ok := module.SplitPathVersion(a[0])
		s := fmt.Sprintf("%s|%s|%v|%v|%s", prefix, major, ok, module.MatchPathMajor(a[1], major), check(module.CheckPathMajor(a[1], major)))
		return s + "|" + check(module.Check(a[0], a[1])) + "|" + module.CanonicalVersion(a[1])
	case "escape":
		return text(module.EscapePath(a[0])) + "\n" + text(module.EscapeVersion(a[0]))
	case "globs":
		return fmt.Sprint(module.MatchPrefixPatterns(a[0], a[1]))
	case "pseudo":
		t, terr := module.PseudoVersionTime(a[0])
		return fmt.Sprintf("%v|", module.IsPseudoVersion(a[0])) + text(fmt.Sprint(t.Unix()), terr)
	case "zeropseudo":
		return module.ZeroPseudoVersion(a[0])
	case "strict":
		return dump(modfile.Parse("go.mod", []byte(a[0]), nil))
	case "lax":
		return dump(modfile.ParseLax("go.mod", []byte(a[0]), nil))
	case "fixed":
		fixed := false
		s := dump(modfile.Parse("go.mod", []byte(a[0]), fixVersion(&fixed)))
		return fmt.Sprintf("%s\nfixed %v", s, fixed)
	case "work":
		return dumpWork(modfile.ParseWork("go.work", []byte(a[0]), nil))
	case "gosum":
		return goSum(a[0], a[1] == "tidy")
	case "modulestxt":
		return modulesTxt(a[0])
	case "edit":
		return edit(a[0], a[1])
	}
	panic("unknown question " + op)
}

// fixVersion is modload's, without a query.
func fixVersion(fixed *bool) modfile.VersionFixer {
	return func(path, vers string) (resolved string, err error) {
		defer func() {
			if err == nil && resolved != vers {
				*fixed = true
			}
		}()
		if strings.HasPrefix(path, "gopkg.in/") && strings.Contains(vers, "-gopkgin-") {
			vers = vers[strings.Index(vers, "-gopkgin-")+len("-gopkgin-"):]
		}
		_, pathMajor, ok := module.SplitPathVersion(path)
		if !ok {
			return "", &module.ModuleError{Path: path, Err: &module.InvalidVersionError{Version: vers,
				Err: fmt.Errorf("malformed module path %q", path)}}
		}
		if vers != "" && module.CanonicalVersion(vers) == vers {
			if err := module.CheckPathMajor(vers, pathMajor); err != nil {
				return "", module.VersionError(module.Version{Path: path, Version: vers}, err)
			}
			return vers, nil
		}
		if vers == "master" {
			return "v1.2.3", nil
		}
		if vers == "inner" {
			return "", module.VersionError(module.Version{Path: path, Version: vers}, fmt.Errorf("no such revision"))
		}
		return "", fmt.Errorf("query of %s", vers)
	}
}

func dump(f *modfile.File, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	var b strings.Builder
	if f.Module != nil {
		fmt.Fprintf(&b, "module %s deprecated %q\n", f.Module.Mod.Path, f.Module.Deprecated)
	}
	if f.Go != nil {
		fmt.Fprintf(&b, "go %s\n", f.Go.Version)
	}
	if f.Toolchain != nil {
		fmt.Fprintf(&b, "toolchain %s\n", f.Toolchain.Name)
	}
	for _, r := range f.Require {
		fmt.Fprintf(&b, "require %s %s %v\n", r.Mod.Path, r.Mod.Version, r.Indirect)
	}
	for _, x := range f.Exclude {
		fmt.Fprintf(&b, "exclude %s %s\n", x.Mod.Path, x.Mod.Version)
	}
	for _, r := range f.Replace {
		fmt.Fprintf(&b, "replace %s %s %s %s\n", r.Old.Path, r.Old.Version, r.New.Path, r.New.Version)
	}
	for _, r := range f.Retract {
		fmt.Fprintf(&b, "retract %s %s %q\n", r.Low, r.High, r.Rationale)
	}
	for _, g := range f.Godebug {
		fmt.Fprintf(&b, "godebug %s %s\n", g.Key, g.Value)
	}
	for _, t := range f.Tool {
		fmt.Fprintf(&b, "tool %s\n", t.Path)
	}
	for _, t := range f.Ignore {
		fmt.Fprintf(&b, "ignore %s\n", t.Path)
	}
	return b.String() + "----\n" + string(modfile.Format(f.Syntax))
}

func dumpWork(f *modfile.WorkFile, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	var b strings.Builder
	if f.Go != nil {
		fmt.Fprintf(&b, "go %s\n", f.Go.Version)
	}
	if f.Toolchain != nil {
		fmt.Fprintf(&b, "toolchain %s\n", f.Toolchain.Name)
	}
	for _, u := range f.Use {
		fmt.Fprintf(&b, "use %s\n", u.Path)
	}
	for _, r := range f.Replace {
		fmt.Fprintf(&b, "replace %s %s %s %s\n", r.Old.Path, r.Old.Version, r.New.Path, r.New.Version)
	}
	for _, g := range f.Godebug {
		fmt.Fprintf(&b, "godebug %s %s\n", g.Key, g.Value)
	}
	return b.String() + "----\n" + string(modfile.Format(f.Syntax))
}

// goSum is modfetch's readGoSum and, with everything kept, tidyGoSum.
func goSum(data string, tidy bool) string {
	sums := map[module.Version][]string{}
	for i, line := range strings.Split(strings.TrimSuffix(data, "\n"), "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || len(f) != 3 && tidy {
			continue
		}
		if len(f) != 3 {
			return fmt.Sprintf("error: malformed go.sum:\nFILE:%d: wrong number of fields %v", i+1, len(f))
		}
		if f[2] == "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=" {
			continue
		}
		m := module.Version{Path: f[0], Version: f[1]}
		sums[m] = append(sums[m], f[2])
	}
	var mods []module.Version
	for m := range sums {
		mods = append(mods, m)
	}
	// module.Sort leaves equal versions in any order
	sort.Slice(mods, func(i, j int) bool { return mods[i].Version < mods[j].Version })
	sort.SliceStable(mods, func(i, j int) bool {
		pair := []module.Version{mods[j], mods[i]}
		module.Sort(pair)
		return pair[0] == mods[i] && mods[i] != mods[j]
	})
	var b strings.Builder
	for _, m := range mods {
		list := sums[m]
		sort.Strings(list)
		for _, h := range slices.Compact(list) {
			fmt.Fprintf(&b, "%s %s %s\n", m.Path, m.Version, h)
		}
	}
	return b.String()
}

// modulesTxt is modload's readVendorList.
func modulesTxt(data string) string {
	type metadata struct {
		explicit    bool
		replacement module.Version
		goVersion   string
	}
	var b strings.Builder
	var mod module.Version
	meta, versions, pkgs := map[module.Version]metadata{}, map[string]string{}, map[string]module.Version{}
	for line := range strings.SplitSeq(data, "\n") {
		if strings.HasPrefix(line, "# ") {
			f := strings.Fields(line)
			if len(f) < 3 {
				continue
			}
			if semver.IsValid(f[2]) {
				mod = module.Version{Path: f[1], Version: f[2]}
				f = f[3:]
			} else if f[2] == "=>" {
				mod = module.Version{Path: f[1]}
				f = f[2:]
			} else {
				mod = module.Version{}
				continue
			}
			m := meta[mod]
			if len(f) >= 2 && f[0] == "=>" {
				if len(f) == 2 {
					m.replacement = module.Version{Path: f[1]}
					fmt.Fprintf(&b, "replaced %v\n", mod)
				} else if len(f) == 3 && semver.IsValid(f[2]) {
					m.replacement = module.Version{Path: f[1], Version: f[2]}
					fmt.Fprintf(&b, "replaced %v\n", mod)
				}
			}
			meta[mod] = m
			continue
		}
		if mod.Path == "" {
			continue
		}
		if annotations, ok := strings.CutPrefix(line, "## "); ok {
			m := meta[mod]
			for entry := range strings.SplitSeq(annotations, ";") {
				entry = strings.TrimSpace(entry)
				if entry == "explicit" {
					m.explicit = true
				}
				if goVersion, ok := strings.CutPrefix(entry, "go "); ok {
					m.goVersion = goVersion
					if gover.Compare(goVersion, gover.Local()) > 0 {
						return "error: " + (&gover.TooNewError{What: mod.Path + " in modules.txt", GoVersion: goVersion}).Error()
					}
				}
			}
			meta[mod] = m
			continue
		}
		if f := strings.Fields(line); len(f) == 1 && module.CheckImportPath(f[0]) == nil {
			pkgs[f[0]] = mod
			if v, ok := versions[mod.Path]; !ok || gover.ModCompare(mod.Path, v, mod.Version) < 0 {
				fmt.Fprintf(&b, "list %v\n", mod)
				versions[mod.Path] = mod.Version
			}
		}
	}
	var rest []string
	for mod, m := range meta {
		rest = append(rest, fmt.Sprintf("meta %v %v %s %s %s\n", mod, m.explicit, m.goVersion, m.replacement.Path, m.replacement.Version))
	}
	for p, mod := range pkgs {
		rest = append(rest, fmt.Sprintf("package %s %v\n", p, mod))
	}
	sort.Strings(rest)
	return replacedFirst(b.String()) + strings.Join(rest, "")
}

// replacedFirst orders the list as it is read: replacements, then modules.
func replacedFirst(s string) string {
	var first, second string
	for _, line := range strings.SplitAfter(s, "\n") {
		if strings.HasPrefix(line, "replaced ") {
			first += line
		} else {
			second += line
		}
	}
	return first + second
}

// words splits an edit; "-" is the empty string.
func words(line string) []string {
	w := strings.Split(line, " ")
	for i := range w {
		if w[i] == "-" {
			w[i] = ""
		}
	}
	return append(w, "", "", "", "")
}

// requirements are PATH@VERSION, followed by "!" for indirect ones.
func requirements(list []string) []*modfile.Require {
	var reqs []*modfile.Require
	for _, s := range list {
		if p, v, ok := strings.Cut(s, "@"); ok {
			v, indirect := strings.CutSuffix(v, "!")
			reqs = append(reqs, &modfile.Require{Mod: module.Version{Path: p, Version: v}, Indirect: indirect})
		}
	}
	return reqs
}

func edit(data, script string) string {
	f, err := modfile.Parse("go.mod", []byte(data), nil)
	if err != nil {
		return "error: " + err.Error()
	}
	notes := ""
	for _, line := range strings.Split(strings.TrimSuffix(script, "\n"), "\n") {
		var err error
		switch w := words(line); w[0] {
		case "go":
			err = f.AddGoStmt(w[1])
		case "toolchain":
			err = f.AddToolchainStmt(w[1])
		case "droptoolchain":
			f.DropToolchainStmt()
		case "setrequire":
			f.SetRequire(requirements(w[1:]))
		case "setseparate":
			f.SetRequireSeparateIndirect(requirements(w[1:]))
		case "dropreplace":
			f.DropReplace(w[1], w[2])
		default:
			panic(line)
		}
		if err != nil {
			notes += err.Error() + "\n"
		}
		f.Cleanup()
	}
	return notes + "----\n" + string(modfile.Format(f.Syntax))
}

type generator struct {
	*rand.Rand
	files []string
}

func (g *generator) pick(list ...string) string { return list[g.Intn(len(list))] }

var versions = []string{"v1.2.3", "v0.0.0", "v1", "v1.5", "v2.0.0", "v2.0.0+incompatible", "v1.0.0-rc.1", "v1.0.0-rc.10", "v1.0.0-0.20200101000000-abcdef123456",
	"v0.0.0-20200101000000-abcdef123456", "v1.2.4-pre.0.20191231235959-abcdef123456", "v3.1.2-0.20190229000000-aaaaaaaaaaaa+incompatible", "v10.20.30", "v1.10.0",
	"v99999999999999999999.1.0", "v1.0.0-alpha.beta", "v1.0.0-1.2.3", "v1.0.0+meta.x", "v1.0.0-a+b", "master", "inner", "v0.0.0-00010101000000-000000000000",
	"v2.0.0-00010101000000-000000000000", "v1.0.0-01", "v1.0.0-0", "v2.3.4-0.20200101000000-abcdef123456", "v2.0.0-20200101000000-abcdef123456+incompatible",
	"v1.0.9-0.20210101000000-abcdef123456", "v1.0.10-0.20210101000000-abcdef123456", "v1.0.99-pre+incompatible", "", "v", "1.2.3", "v1.2.3.4", "latest"}
var goVersions = []string{"1.21", "1.21.0", "1.21rc1", "1.20", "1.20.0", "1", "1.0", "2", "1.26.8", "1.9", "1.10beta2", "1.21.3rc1", "1.021", "", "1.20.x", "v1.20.1x", "1.21.0-custom",
	"1.99999999999", "go1.21", "devel", "1.18beta", "100.1", "1.100"}
var toolchains = []string{"go1.21.0", "go1.21", "default", "go1.22rc1-suffix", "go1.21.3 x", "go1", "go1x", "local", "go1.2\\3", "go2.1", "", "1.21.5"}
var paths = []string{"example.com/m", "example.com/m/v2", "example.com/m/v1", "example.com/m/v02", "example.com/m/v2.1", "gopkg.in/yaml.v2", "gopkg.in/yaml.v1", "gopkg.in/x.v0", "gopkg.in/x",
	"gopkg.in/x.v3-unstable", "github.com/Azure/azure-sdk", "m", "go", "toolchain", "example.com/con", "example.com/aux.go", "example.com/x~1", "example.com/.hidden", "example.com/x.", "-x.y/z",
	"example.com/a b", "example.com//x", "example.com/", "/example.com", "Example.com/x", "example.com/caf\u00e9", "example.com/x+y", "example.com/...", ".", "..", "./x", "../y z", "/abs/dir", "C:\\dir",
	"./a@v1", "x@v1", ".\\w", "example.com/!x", "example.com/lpt1.txt", "a.b/c\xff", "example.com/v", "/v2", "example.com/a/v10", "x.y/\u200b", "example.com/it's", "", "a.b"}
var globs = []string{"*.corp.example.com,rsc.io/private", "example.com/*", "example.com", "*", "example.com/m/", "ex?mple.com/[a-m]", "[^a]*.com", "a,,b", "[", "\\e*", "*/*/v2", "ex[a-", "[!-~]*", "*.com/m*"}

func (g *generator) mutate(s string, alphabet string) string {
	b := []rune(s)
	for n := g.Intn(3); n > 0; n-- {
		r := []rune(alphabet)[g.Intn(len([]rune(alphabet)))]
		i := g.Intn(len(b) + 1)
		switch g.Intn(3) {
		case 0:
			b = append(b[:i:i], append([]rune{r}, b[i:]...)...)
		case 1:
			if i < len(b) {
				b = append(b[:i:i], b[i+1:]...)
			}
		default:
			if i < len(b) {
				b[i] = r
			}
		}
	}
	return string(b)
}

func (g *generator) version() string { return g.mutate(g.pick(versions...), "v012359.-+abzA") }
func (g *generator) path() string {
	return g.mutate(g.pick(paths...), "abvVz0129./-_~!@+ \u00e9\"'`\\")
}
func (g *generator) goVersion() string { return g.mutate(g.pick(goVersions...), "0129.rcxv-") }

func (g *generator) token() string {
	switch g.Intn(12) {
	case 0:
		return strconv.Quote(g.pick(paths...))
	case 1:
		return g.pick("(", ")", "[", "]", "{", "}", ",", "=>", "\"", "`x`", "'y'", "\"\\x41\\101\\u00e9\"", "\"\\q\"", "\"a\\\nb\"", "\"\"", "x//y", "/*", "\x01", "\u2028", "\ufeff", "k=v", "a\"b=c", "k=v,w")
	case 2:
		return g.goVersion()
	case 3, 4, 5:
		return g.path()
	default:
		return g.version()
	}
}

func (g *generator) arguments(verb string) string {
	if g.Intn(8) == 0 {
		s := ""
		for n := g.Intn(5); n > 0; n-- {
			s += g.token() + g.pick(" ", " ", "  ", "\t", "")
		}
		return s
	}
	p := g.pick(paths[:12]...)
	v := g.pick(versions[:24]...)
	if g.Intn(3) > 0 {
		p, v = g.pick("example.com/a", "example.com/b", "example.com/c", "gopkg.in/d.v2"), g.pick("v1.0.0", "v1.1.0", "v0.0.0-20200101000000-abcdef123456", "v2.0.0+incompatible", "v2.1.0")
	}
	switch verb {
	case "module":
		return p
	case "go":
		return g.pick(goVersions...)
	case "toolchain":
		return g.pick(toolchains...)
	case "require", "exclude":
		return p + " " + v
	case "replace":
		old := p + g.pick("", " "+v)
		return old + " => " + g.pick("../dir", "./x y", "example.com/fork "+v, g.pick(paths...), g.pick(paths...)+" "+v)
	case "retract":
		return g.pick(v, "["+v+", "+g.pick(versions...)+"]", "[ "+v+" ,"+v+" ]", v+" x", "[v1", "["+v+" "+v+"]", "[", "[v1.0.0,", "[v1.0.0,v1.1.0")
	case "godebug":
		return g.pick("default=go1.21", "a=b", "a=b=c", "x", "a=c", "\"a=b\"", "=x")
	case "use":
		return g.pick("./a", "./b", "../c", "\"./d e\"", "/abs", ".", "./a b")
	}
	return g.pick("./x", "a/b", "example.com/a/cmd/t", "\"q r\"")
}

func (g *generator) suffix() string {
	return g.pick("", "", "", "", " // indirect", " // indirect; why", " //indirect", " // why", " //", " // Deprecated: no", "\t// indirect;", "// x\r", " // a // b")
}

func (g *generator) comment() string {
	return g.pick("", "", "", "// note\n", "// one\n// two\n", "\n", "\n\n", "//\n", "  // indented\n", "// Deprecated: use x\n", "// a\n\n// b\n", "// Deprecated: p\n//\n// q\n", "//Deprecated:  \n")
}

var modVerbs = []string{"module", "go", "toolchain", "require", "require", "require", "require", "exclude", "replace", "replace", "retract", "godebug", "tool", "ignore", "frob"}
var workVerbs = []string{"go", "toolchain", "use", "use", "replace", "godebug", "require"}

func (g *generator) file(verbs []string) string {
	s := ""
	if g.Intn(3) > 0 && verbs[0] == "module" {
		s = g.comment() + "module " + g.pick("example.com/m", "example.com/m/v2", "\"example.com/m\"") + g.suffix() + "\n\ngo 1.21\n"
	}
	for n := g.Intn(8); n > 0; n-- {
		verb := g.pick(verbs...)
		s += g.comment()
		if g.Intn(3) > 0 {
			s += verb + " " + g.arguments(verb) + g.suffix() + g.pick("\n", "\n", "\n\n", "\r\n")
			continue
		}
		s += verb + g.pick(" (", " (", "(", " x (", " ( // c") + g.pick("\n", "\n", "\n", "\n\n", " )\n", " ) x\n", " y\n")
		for m := g.Intn(5); m > 0; m-- {
			s += g.comment() + g.pick("\t", "\t", "", "  ") + g.arguments(verb) + g.suffix() + "\n"
		}
		s += g.comment() + g.pick(")\n", ")\n", ")\n", ")\n", ") // end\n", ") x\n", "", ")")
	}
	return s + g.pick("", "", "", "// last", "// last\n", "\n\n", "x")
}

func (g *generator) data(verbs []string) string {
	s := ""
	if len(g.files) > 0 && g.Intn(4) == 0 && verbs[0] == "module" {
		b, _ := os.ReadFile(g.pick(g.files...))
		s = string(b)
	} else {
		s = g.file(verbs)
	}
	if g.Intn(4) == 0 {
		s = g.mutate(s, " \t\r\n(),[]\"`/*v1.x\x01\u00e9=>'")
	}
	return s
}

func (g *generator) goSum() string {
	s := ""
	for n := g.Intn(8); n > 0; n-- {
		s += g.pick("example.com/a", "example.com/b", "example.com/A") + g.pick(" ", " ", " ", "  ", "\t", "\u00a0", " x ") +
			g.pick("v1.0.0", "v1.0.0+incompatible", "v1.10.0", "v1.9.0", "x") + g.pick("", "/go.mod", "/go.mod", "/x") + g.pick(" ", " ", " ", "\v", "") +
			g.pick("h1:a", "h1:b", "h1:a", "z9:c", "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=") + g.pick("\n", "\n", "\n", "\r\n", " \n", "\n\n", "")
	}
	return s
}

func (g *generator) modulesTxt() string {
	s := g.pick("", "## workspace\n")
	for n := g.Intn(6); n > 0; n-- {
		p, v := g.pick("example.com/a", "example.com/b", "go"), g.pick("v1.0.0", "v1.2.0", "v1.10.0", "1.2", "")
		s += g.pick("# ", "# ", "# ", "#", "#  ") + p + " " + v + g.pick("", "", " => ../x", " => example.com/f v1.0.0", " => example.com/f x", " => ", " => a v1 b") + g.pick("\n", "\n", "\r\n")
		s += g.pick("", "## explicit\n", "## explicit; go 1.21\n", "## go 1.99\n", "## go 1.20;explicit ;x\n", "##\n", "## explicit\n## go 1.18\n")
		for m := g.Intn(3); m > 0; m-- {
			s += g.pick("example.com/a", "example.com/a/x", "example.com/b/y", "bad path", "b\"d", " spaced/x ", "fmt", "") + "\n"
		}
	}
	return s
}

func (g *generator) script() string {
	s := ""
	p := func() string {
		return g.pick("example.com/a", "example.com/b", "example.com/c", "example.com/d", "gopkg.in/d.v2", "a b")
	}
	list := func() string {
		s, seen := "", map[string]bool{}
		for n := g.Intn(7); n > 0; n-- {
			q := g.pick("example.com/a", "example.com/b", "example.com/c", "example.com/d", "example.com/e", "gopkg.in/d.v2", "gopkg.in/yaml.v2")
			if !seen[q] {
				s += " " + q + "@" + g.pick("v1.0.0", "v1.2.0", "v0.0.1") + g.pick("", "!")
			}
			seen[q] = true
		}
		return s
	}
	for n := 1 + g.Intn(3); n > 0; n-- {
		e := []string{"go " + g.pick(goVersions...), "toolchain " + g.pick("go1.21.0", "default", "bad"), "droptoolchain", "dropreplace " + p() + " " + g.pick("-", "v1.0.0"),
			"setrequire" + list(), "setrequire" + list(), "setseparate" + list(), "setseparate" + list(), "setseparate" + list(), "setseparate" + list()}
		s += g.pick(e...) + "\n"
	}
	return s
}

func generate(out *bufio.Writer, r *rand.Rand, n int, dirs []string) {
	g := &generator{Rand: r}
	for _, dir := range dirs {
		filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(file, ".mod") {
				if info, err := d.Info(); err == nil && info.Size() < 20000 {
					g.files = append(g.files, file)
				}
			}
			return nil
		})
	}
	ask := func(op string, args ...string) {
		fmt.Fprint(out, op)
		for _, a := range args {
			fmt.Fprint(out, "\t", hex.EncodeToString([]byte(a)))
		}
		fmt.Fprintln(out)
	}
	for i := 0; i < n; i++ {
		ask("semver", g.version(), g.version())
		ask("gover", g.goVersion(), g.goVersion())
		ask("toolchain", g.mutate(g.pick(toolchains...), "go12.-r "), g.pick(toolchains...))
		ask("modver", g.pick("go", "toolchain", "example.com/m"), g.pick(g.version(), g.goVersion(), g.pick(toolchains...)), g.pick(g.version(), g.goVersion(), g.pick(toolchains...)))
		ask("path", g.path())
		ask("split", g.path(), g.version())
		ask("escape", g.pick(g.path(), g.version()))
		ask("globs", g.mutate(g.pick(globs...), "*?[]^-\\,/ae"), g.path())
		ask("pseudo", g.version())
		ask("zeropseudo", g.pick("", "v0", "v2"))
		ask(g.pick("strict", "lax", "fixed", "strict", "lax", "fixed"), g.data(modVerbs))
		ask(g.pick("strict", "lax", "fixed"), g.data(modVerbs))
		ask("work", g.data(workVerbs))
		ask("edit", g.file(modVerbs), g.script())
		ask("edit", "module example.com/m\n\n"+g.pick("go 1.21\n\n", "", "go 1.16\n")+g.requireBlocks(), g.script())
		ask("gosum", g.goSum(), g.pick("", "tidy"))
		ask("modulestxt", g.modulesTxt())
	}
}

// requireBlocks makes blocks for SetRequireSeparateIndirect to rearrange.
func (g *generator) requireBlocks() string {
	s := ""
	for n := g.Intn(4); n > 0; n-- {
		s += g.pick("", "", "// block\n")
		line := func() string {
			return g.pick("example.com/a", "example.com/b", "example.com/c", "example.com/d", "gopkg.in/yaml.v2") + " " + g.pick("v1.0.0", "v1.1.0")
		}
		mark := g.pick("", " // indirect", " // why", "mix")
		pick := func() string {
			if mark == "mix" {
				return g.pick("", " // indirect", " // indirect; x")
			}
			return mark
		}
		fix := func(l string) string {
			if strings.HasPrefix(l, "gopkg.in") {
				return "gopkg.in/yaml.v2 v2.2.0"
			}
			return l
		}
		if g.Intn(3) == 0 {
			s += "require " + fix(line()) + pick() + "\n" + g.pick("", "\n")
			continue
		}
		s += "require (\n"
		for m := g.Intn(4); m > 0; m-- {
			s += g.pick("", "", "", "\n", "\t// above\n") + "\t" + fix(line()) + pick() + "\n"
		}
		s += ")\n" + g.pick("", "\n", "exclude example.com/x v1.0.0\n")
	}
	return s
}
