"""packages: Go packages for the modules of a universe (universe.py), and for the projects that import them.

    has = features(rng)                     # the odd things of this world: most worlds have few of them
    u = Universe(rng, paths=paths(rng))
    world = World(rng, u, has)              # every module version gets packages; they move between versions
    s = scene(rng, u)
    world.project(s)                        # the .go files of the main modules and of replaced directories; links
"""
import os, re

import universe as uni

MORE_PATHS = ["example.com/a/b", "example.com/a/b/c", "example.com/a/v2", "example.com/c/d"]
DIRS = ["", "", "p", "q", "p/r", "b", "b/c", "c", "d", "sub", "internal/x", "p/internal/y", "cmd/t", "testdata/u", "_v", ".w", "v2", "v2/p",
        "vendor/example.com/b"]
OWN_DIRS = ["", "s", "s/t", "internal/i", "cmd/m", "testdata/d", "_u", ".h", "n", "inner"]
STD = ["fmt", "os", "net/http", "encoding/json", "unsafe", "golang.org/x/net/http/httpguts", "cmd/go/internal/base", "internal/abi",
       "crypto/fips140", "vendor/golang.org/x/net/idna", "builtin", "C"]
NO_STD = ["nosuchstd", "fmt/nothing", "appengine", "appengine/x", "appengine_internal/y", "internal/none"]
ODD = ["./rel", "../rel", "/abs", "example.com/a@v1.0.0", "example.com/sp ace", "example.com/a/", "", "example.com//a", "example.com/a/../b",
       "std", "all", "example.com/.x", "example.com/x.", "example.com/con", "exa\\\\mple.com", "main", "example.com/a/v1", "gopkg.in/g", "example.com/\u00fc"]
FEATURES = ["moves", "internal", "odd_imports", "tags", "odd_files", "missing", "nested", "vendor", "ignore", "symlinks", "tests", "std", "tools"]


def features(rng):
    rate = rng.choice([.05, .15, .15, .35])
    return {f for f in FEATURES if rng.random() < rate}


def paths(rng):
    pool = uni.PATHS + MORE_PATHS
    return rng.sample(pool, rng.randint(2, 9))


class Source:
    """The texts of .go files."""

    def __init__(self, rng, features, imports):
        self.rng, self.has, self.imports = rng, features, imports

    def tag_lines(self):
        r = self.rng
        tag = r.choice(["linux", "windows && !linux", "ignore", "!ignore", "foo || bar", "foo && !foo", "go1.99", "cgo", "ignore || linux",
                        "linux,!cgo", "(", "a.b", "a-b", "ignore && !ignore", "!(ignore || x)", "unix", "gc"])
        plus = r.choice(["linux", "ignore", "!ignore", "foo,bar baz", "ignore,linux windows", "a-b", "!!x", ""])
        return r.choice(["//go:build %s\n\n" % tag, "// +build %s\n\n" % plus, "//go:build %s\n// +build %s\n\n" % (tag, plus),
                         "// +build %s\n" % plus, "/* x */ //go:build %s\n\n" % tag, "//go:build %s\n" % tag,
                         "// text\n\n//go:build %s\n\n" % tag, "// +build %s\n// +build %s\n\n" % (plus, r.choice(["linux", "ignore"])),
                         "//go:build %s\n//go:build linux\n\n" % tag])

    def import_lines(self, paths):
        r = self.rng
        specs = []
        for p in paths:
            name = r.choice(["", "", "_ ", ". ", "x%d " % r.randrange(9)])
            specs.append(name + ('"%s"' % p if r.random() < 0.9 else "`%s`" % p.replace("\\\\", "\\")))
        if r.random() < 0.5:
            return "".join("import %s\n" % s for s in specs)
        return "import (\n%s)\n" % "".join("\t%s\n" % s for s in specs)

    def text(self, package, n):
        r = self.rng
        paths = [self.imports() for _ in range(n)]
        head = self.tag_lines() if "tags" in self.has and r.random() < 0.3 else ""
        out = "%spackage %s\n\n%s" % (head, package, self.import_lines(paths) if paths else "")
        if "odd_files" in self.has and r.random() < 0.2:
            out = r.choice([
                lambda s: "\ufeff" + s, lambda s: s.replace("\n", "\r\n"), lambda s: s + "\x00", lambda s: "\x00" + s, lambda s: s + "func (\n",
                lambda s: s.replace("\nimport", ";import"), lambda s: s + "var x = 1\nimport \"example.com/late\"\n", lambda s: "",
                lambda s: s.replace("package", "pakage"), lambda s: "// c\n/* d\n*/\n" + s, lambda s: s.replace('"', "'"),
                lambda s: s + "import (\n\t\"example.com/b\"\n", lambda s: s + "import x y \"fmt\"\n",
                lambda s: s.replace("import (", "import () ; import ("), lambda s: s + "//go:embed none.txt\nvar e string\n",
                lambda s: s.replace("package ", "package /* x */ "), lambda s: s + "/* open", lambda s: s + 'import "fmt\n'])(out)
        return out


class World:
    def __init__(self, rng, u, has):
        self.rng, self.u, self.has = rng, u, has
        self.dirs = {}
        for path in sorted(set(m.path for m in u.all())):
            here = rng.sample(DIRS, rng.randint(1, 4))
            for m in u.all():
                if m.path == path:
                    if "moves" in has and rng.random() < .5:
                        here = [d for d in here if rng.random() < .7] + rng.sample(DIRS, rng.randint(0, 2))
                    self.dirs[path, m.version] = list(dict.fromkeys(here)) or [""]
        self.packages = sorted({join(p, d) for (p, _), dirs in self.dirs.items() for d in dirs})
        self.reachable = [p for p in self.packages if not any(e[:1] in "._" or e in ("testdata", "vendor") for e in p.split("/"))]
        source = Source(rng, has, self.import_path)
        for m in u.all():
            files = {}
            for d in self.dirs[m.path, m.version]:
                self.package(files, d, source, False)
            m.files.update(in_zip(files))
            if "tools" in has and rng.random() < .1 and m.raw is None:
                m.extra.append("tool " + rng.choice(self.packages))
            if "ignore" in has and rng.random() < .2 and m.raw is None:
                m.extra.append("ignore " + rng.choice(["p", "./p", "q", "./d"]))

    def import_path(self):
        r, x = self.rng, self.rng.random()
        if "std" in self.has and x < .15:
            return r.choice(STD if r.random() < .6 else NO_STD)
        if "odd_imports" in self.has and x < .2:
            return r.choice(ODD)
        if "missing" in self.has and x < .25:
            return r.choice(["example.com/none", "example.com/a/none", "example.com/c/d/none", "nodot/none"])
        if x < .3:
            return r.choice(STD[:4])
        ok = self.reachable if "internal" in self.has else [p for p in self.reachable if "/internal/" not in p]
        return r.choice(self.packages if x > .97 else ok or self.packages)

    def package(self, files, d, source, main):
        """The files of one directory, sometimes with its own go.mod."""
        r = self.rng
        at = d + "/" if d else ""
        name = "main" if d.startswith("cmd/") else "p"
        files[at + "x.go"] = source.text(name, r.choice([0, 0, 1, 1, 2]))
        if r.random() < .25:
            files[at + r.choice(["y.go", "y_linux.go", "y_windows.go", "y_js_wasm.go", "y_cgo.go"])] = source.text(name, 1)
        if ("tests" in self.has or main) and r.random() < .4:
            files[at + "x_test.go"] = source.text(name, r.choice([1, 1, 2]))
        if "tests" in self.has and r.random() < .3:
            files[at + r.choice(["ext_test.go", "ext_windows_test.go"])] = source.text(name + "_test", r.choice([1, 2]))
        if "odd_files" in self.has and r.random() < .3:
            files[at + r.choice(["_skip.go", ".skip.go", "z.c", "z.s", "z.GO", "only_test.go", "a.txt"])] = source.text(name, 1)
        if "odd_files" in self.has and r.random() < .15:
            files.pop(at + "x.go")
            files[at + r.choice(["none.txt", "only.c"])] = "x\n"
        if "nested" in self.has and d and r.random() < .1:
            files[at + "go.mod"] = r.choice(["module example.com/nested\n", "", "module %s\n" % r.choice(self.u.all()).path])
        if r.random() < .03:
            files[at + "cgo.go"] = "package %s\n\n// #cgo LDFLAGS: -lx\nimport \"C\"\nimport _ \"%s\"\n" % (name, source.imports())

    def project(self, s):
        """Packages beside every go.mod of the scene."""
        r = self.rng
        self.own = []
        mods = sorted(n for n in s.files if n.endswith("/go.mod") and not n.startswith("proxy/"))
        mains = [n for n in mods if "/rep" not in n]
        for name in mods:
            top = os.path.dirname(name)
            path = module_of(s.files[name])
            main = name in mains
            dirs = r.sample(OWN_DIRS, r.randint(1, 5)) if main else r.sample(DIRS, 2) + [""]
            if main:
                self.own += [join(path, d) for d in dirs]
            files = {}
            source = Source(r, self.has, self.import_own if main else self.import_path)
            for d in dict.fromkeys(dirs):
                self.package(files, d, source, main)
            for f, text in files.items():
                s.files.setdefault(top + "/" + f, encode(text))
        if "vendor" in self.has and "proj/go.mod" in s.files:
            s.files["proj/vendor/example.com/b/b.go"] = b"package b\n\nimport _ \"example.com/c\"\n"
            s.files["proj/vendor/modules.txt"] = b"# example.com/b v1.0.0\n## explicit; go 1.17\nexample.com/b\n"
        if "symlinks" in self.has:
            s.links["proj/" + r.choice(["s/link.go", "link.go", "linkdir", "s/linkdir", "broken.go"])] = r.choice(
                ["../x.go", "x.go", "s", "../s", "nowhere", "/etc/passwd", "."])
        if "tools" in self.has and "proj/go.mod" in s.files:
            s.files["proj/go.mod"] += ("\ntool %s\n" % r.choice(self.packages + self.own)).encode()
        if "ignore" in self.has and "proj/go.mod" in s.files:
            s.files["proj/go.mod"] += ("\nignore %s\n" % r.choice(["./s", "s", "cmd", "./cmd/m", "t", "./rep0"])).encode()

    def import_own(self):
        return self.rng.choice(self.own) if self.rng.random() < .15 else self.import_path()


def join(path, d):
    return path + "/" + d if d else path


def encode(text):
    return text.encode("utf-8", "surrogatepass")


def module_of(gomod):
    m = re.search(rb'^module[ \t(\n]+"?([^\s")]+)', gomod, re.M)
    return m.group(1).decode("utf-8", "replace") if m else "example.com/none"


def in_zip(files):
    """The files that go puts into a module's zip: no nested modules, nothing vendored."""
    nested = [f[:-len("go.mod")] for f in files if f.endswith("/go.mod")]
    return {f: encode(t) for f, t in files.items() if not any(f.startswith(n) for n in nested) and "/vendor/" not in "/" + f}
