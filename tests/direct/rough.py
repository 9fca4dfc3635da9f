"""Repositories of random shape from a seed: a history with merges and tags of all kinds, modules in directories and majors, files that git treats apart."""
import random
import subprocess

from lab import HOST

DIRS = ["", "sub", "sub/deep", "v2", "v3", "sub/v2", "other", "Upper/x", "a/b/c", "sub/v3/in"]
EOL = ["*.txt eol=crlf", "*.txt text=auto", "*.bin binary", "* text=auto", "*.sh eol=lf", "sub/** eol=crlf", "*.txt export-ignore", "/other export-ignore",
       "*.go export-subst", "*.txt -text", "*.lfs filter=lfs diff=lfs merge=lfs -text", "*.id ident", "vendor/** linguist-vendored", "[attr]dos eol=crlf",
       "*.md dos", "*.u16 working-tree-encoding=UTF-16LE-BOM", "sub export-ignore", "go.mod eol=crlf", "LICENSE eol=crlf"]
BAD_NAMES = ["a:b", "NUL", "x.", "te|xt", "\u00e4\u00f6.txt", "sp ace", "caf\u0065\u0301", b"\xff\xfe.txt", b"lat\xe9n", "A.go", "a.GO", "Sub/x", "con.txt", "q?", "`b`",
             "semi;colon", "dollar$", "~tilde", "-dash", "#hash", "{b}", "comma,", "a+b=c", "%41", "!bang", "@at", "x\ty"]


def quote(path):
    raw = path if isinstance(path, bytes) else path.encode()
    return b'"' + b"".join(bytes([c]) if 32 <= c < 127 and c not in b'"\\' else b"\\%03o" % c for c in raw) + b'"'


class Rough:
    """A history, written as one stream for git fast-import."""

    def __init__(self, lab, name, seed, path=None):
        self.rnd = random.Random(seed)
        self.path = path or f"{HOST}/{name}.git"
        self.lab, self.name = lab, name
        self.out, self.marks, self.time = [], 0, 1400000000 + self.rnd.randrange(200000000)
        self.heads = {}  # branch -> commit
        self.tags = {}  # name -> (commit, annotated)
        self.dirs = [""] + self.rnd.sample(DIRS[1:], self.rnd.randrange(0, 5))
        self.hashes = []

    def module_path(self, d):
        rnd = self.rnd
        good = self.path + ("/" + d if d else "")
        return rnd.choice([good] * 12 + [good + "/v2", good + "/v3", "example.org/moved", good + "x", self.path, "gopkg.in/x.v2", good + "/v0", good + "/v1",
                                         good.upper(), good + ".v2"])

    def gomod(self, d):
        rnd = self.rnd
        path = self.module_path(d)
        line = rnd.choice(["module %s\n"] * 12 + ['module "%s"\n', "module `%s`\n", "// c\nmodule %s // d\n", "module (\n\t%s\n)\n", "%s\n", "module %s\n}{\n",
                                                  "module %s\r\n", "\ufeffmodule %s\n", "  module\t%s\n", "", "module '%s'\n"])
        text = line % path if "%s" in line else line
        if rnd.random() < 0.5:
            text += "\ngo " + rnd.choice(["1.11", "1.17", "1.20", "1.23", "1.24", "1.24rc1", "1.25.0", "1.99", "bad"]) + "\n"
        if rnd.random() < 0.15:
            text += rnd.choice(["\nretract v1.0.0 // bad\n", "\nretract [v0.0.0, v1.1.1]\n", "\nretract (\n\tv1.2.0\n\t[v1.0.0, v1.0.9] // r\n)\n",
                                "\n// gone\nretract v0.1.0\n", "\nretract [v0.0.0, v9.9.9]\n"])
        if rnd.random() < 0.1:
            text = "// Deprecated: use the other.\n" + text
        return text

    def content(self):
        rnd = self.rnd
        return rnd.choice(["x\n", "one\ntwo\n", "one\r\ntwo\r\n", "mixed\r\nend\n", "no end", "", "\r", "\0bin\n", "$Id$\n", "$Format:%H %h %an%d$\n", "gr\u00fc\u00df\n",
                           "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n", "package a\n", f"{rnd.random()}\n" * rnd.randrange(1, 40)])

    def change(self):
        """One line of a commit: a change of one file."""
        rnd = self.rnd
        d = rnd.choice(self.dirs)
        at = d + "/" if d else ""
        kind = rnd.randrange(20)
        if kind < 6:
            return at + "go.mod", "100644", self.gomod(d)
        if kind < 9:
            return at + rnd.choice(["a.go", "b.txt", "c.sh", "d.md", "e.id", "f.lfs", "g.bin", "h.u16", "in/x.go", "README"]), "100644", self.content()
        if kind == 9:
            return at + "run.sh", "100755", "#!/bin/sh\n"
        if kind == 10:
            return at + rnd.choice(["link", "go.mod", "LICENSE", "dir/l"]), "120000", rnd.choice(["a.go", "../x", "/etc/passwd"])
        if kind == 11:
            return at + "third", "160000", "1" * 40
        if kind == 12:
            return rnd.choice(["", at]) + ".gitattributes", "100644", "".join(line + "\n" for line in rnd.sample(EOL, rnd.randrange(1, 5)))
        if kind == 13:
            return rnd.choice(["", at]) + "LICENSE", "100644", f"licence {rnd.random()}\n"
        if kind == 14:
            return at + rnd.choice(["vendor/modules.txt", "vendor/x/x.go", "in/vendor/v.go", "vendor/vendor/v.go"]), "100644", "x\n"
        if kind == 15 and rnd.random() < 0.3:
            return rnd.choice(BAD_NAMES), "100644", self.content()
        if kind == 16:
            return at + rnd.choice(["a.go", "b.txt", "in", "go.mod", "LICENSE"]), None, None
        if kind == 17 and rnd.random() < 0.2:
            return at + rnd.choice(["in/go.mod", "GO.MOD", "in/GO.mod", ".hg_archival.txt", ".git_archival.txt", ".gitmodules"]), "100644", "module x\n"
        return at + "n.txt", "100644", f"{rnd.random()}\n"

    def commit(self, branch, parents):
        rnd = self.rnd
        self.marks += 1
        self.time += rnd.choice([0, 1, 60, 3600, 86400, 8640000, -5000])
        zone = rnd.choice(["+0000", "+0200", "-0730"])
        message = rnd.choice([b"change", b"l\xe4tin", "gr\u00fc\u00df".encode(), b""])
        self.out += [b"commit refs/heads/%s" % branch.encode(), b"mark :%d" % self.marks, b"committer c <c@example.com> %d %s" % (self.time, zone.encode()),
                     b"data %d" % len(message), message]
        if parents:
            self.out.append(b"from :%d" % parents[0])
            self.out += [b"merge :%d" % p for p in parents[1:]]
        changes = dict((c[0], c) for c in (self.change() for _ in range(rnd.randrange(1, 7))))
        if not parents and rnd.random() < 0.9:
            for d in self.dirs:
                at = (d + "/" if d else "") + "go.mod"
                if rnd.random() < 0.8:
                    changes[at] = (at, "100644", self.gomod(d))
            changes["a.go"] = ("a.go", "100644", "package a\n")
        for path, mode, text in changes.values():
            if mode is None:
                self.out.append(b"D " + quote(path))
            elif mode == "160000":
                self.out.append(b"M 160000 %s " % text.encode() + quote(path))
            else:
                self.out += [b"M %s inline " % mode.encode() + quote(path), b"data %d" % len(text.encode()), text.encode()]
        self.heads[branch] = self.marks
        return self.marks

    def version(self):
        rnd = self.rnd
        v = "v%d.%d.%d" % (rnd.choice([0, 0, 1, 1, 1, 2, 2, 3]), rnd.randrange(3), rnd.randrange(3))
        return v + rnd.choice([""] * 9 + ["-rc.1", "-0", "-alpha.0.2", "+incompatible", "+meta", "-pre+m", "-0.20200101000000-abcdefabcdef", "-rc.01", "-"])

    def tag_name(self):
        rnd = self.rnd
        d = rnd.choice(self.dirs)
        if d.split("/")[-1] in ("v2", "v3") and rnd.random() < 0.8:
            d = "/".join(d.split("/")[:-1])
        v = rnd.choice([self.version()] * 12 + ["v1", "v1.2", "vX", "1.2.3", "v01.2.3", "V1.0.0", "release", "v1.2.3.4", "sub"])
        return (d + "/" if d else "") + v.removesuffix("-")

    def grow(self):
        rnd = self.rnd
        names = ["main", "dev", "feature/x", "v2", "v1.0.0", "release-1.0", "abcdef1", "master", "v1.9", "side"]
        main = rnd.choice(["main", "main", "master"])
        self.commit(main, [])
        for _ in range(rnd.randrange(2, 25)):
            what = rnd.randrange(10)
            branch = rnd.choice(list(self.heads))
            head = self.heads[branch]
            if what < 3:
                self.commit(branch, [head])
            elif what == 3:
                self.commit(rnd.choice(names), [rnd.randrange(1, self.marks + 1)])
            elif what == 4 and len(self.heads) > 1:
                others = [h for h in set(self.heads.values()) if h != head]
                if others:
                    self.commit(branch, [head] + rnd.sample(others, rnd.randrange(1, min(3, len(others) + 1))))
            elif what == 5 and rnd.random() < 0.1:
                self.commit("orphan", [])
            else:
                name = self.tag_name()
                if not any(t.startswith(name + "/") or name.startswith(t + "/") for t in self.tags):
                    self.tags[name] = (rnd.randrange(1, self.marks + 1), rnd.random() < 0.4)
        self.main = main

    def write(self):
        directory = f"{self.lab.root}/repos/{self.name}.git"
        git = ["git", "--git-dir", directory]
        run = lambda *args, **kw: subprocess.run([*git, *args], env=self.lab.env, check=True, capture_output=True, **kw).stdout
        run("init", "-q", "--bare", "-b", self.main)
        for name, (at, annotated) in self.tags.items():
            if annotated:
                self.out += [b"tag %s" % name.encode(), b"from :%d" % at, b"tagger t <t@example.com> %d +0100" % (self.time + 5), b"data 3", b"tag"]
            else:
                self.out += [b"reset refs/tags/%s" % name.encode(), b"from :%d" % at, b""]
        marks = f"{self.lab.root}/marks"
        run("fast-import", "--quiet", "--force", f"--export-marks={marks}", input=b"\n".join(self.out) + b"\n")
        ids = dict(line.split() for line in open(marks))
        self.hashes = [ids[f":{i + 1}"] for i in range(self.marks)]
        self.times = dict(line.split() for line in run("log", "--all", "--format=%H %cd", "--date=format-local:%Y%m%d%H%M%S").decode("utf-8").splitlines())
        rnd, odd = self.rnd, self.rnd.randrange(20)
        if odd == 0:
            run("symbolic-ref", "HEAD", "refs/heads/nothing")
        elif odd == 1:
            run("update-ref", "--no-deref", "HEAD", rnd.choice(self.hashes))
        elif odd == 2:
            run("update-ref", "refs/pull/1/head", rnd.choice(self.hashes))
        elif odd == 3:
            run("tag", "v1.7.0", run("rev-parse", f"{self.main}^{{tree}}").decode().strip())
        elif odd == 4 and self.tags:
            run("tag", "-a", "-m", "again", "v1.8.0", "refs/tags/" + rnd.choice(list(self.tags)))
        elif odd == 5:
            run("branch", "-D", rnd.choice(list(self.heads)))
        elif odd == 6:
            run("gc", "-q")
        elif odd == 7:
            run("config", "uploadpack.allowFilter", "true")

    def modules(self):
        """Module paths that may exist."""
        rnd, found = self.rnd, [self.path]
        for d in self.dirs:
            found.append(self.path + ("/" + d if d else ""))
            if d.split("/")[-1] not in ("v2", "v3"):
                found.append(found[-1] + rnd.choice(["/v2", "/v3"]))
        found = list(dict.fromkeys(found))
        return found[:1] + rnd.sample(found[1:], min(len(found) - 1, 3))

    def pseudo(self):
        rnd = self.rnd
        commit = rnd.choice(self.hashes)
        when = self.times.get(commit, "20200101000000")
        base = rnd.choice(["v0.0.0-"] * 5 + ["v1.0.0-", "v2.0.0-", "v3.0.0-"] + [f"v{rnd.randrange(4)}.{rnd.randrange(3)}.{rnd.randrange(4)}-0." for _ in range(5)] + ["v1.0.1-rc.1.0.", "v1.0.0-rc.1.0."])
        told = f"{base}{when}-{commit[:12]}"
        return told + rnd.choice(["", "", "", "+incompatible"])

    def question(self):
        rnd = self.rnd
        return rnd.choice([
            lambda: rnd.choice(["latest", "upgrade", "patch", "HEAD", "v1", "v2", "v0.1", "<v1.1.0", ">=v1.0.0", ">v0.1.0", "nosuch", "v9.9.9", "v1.0.0+incompatible"]),
            lambda: rnd.choice(["latest", "latest", "upgrade"]),
            lambda: rnd.choice(list(self.heads)),
            lambda: rnd.choice(self.hashes),
            lambda: rnd.choice(self.hashes)[:rnd.choice([7, 12, 12, 20, 39])],
            lambda: rnd.choice(list(self.tags) or ["v1.0.0"]).split("/")[-1],
            lambda: rnd.choice(list(self.tags) or ["v1.0.0"]).split("/")[-1] + "+incompatible",
            lambda: rnd.choice(list(self.tags) or ["v1.0.0"]),
            self.pseudo, self.pseudo])()

    def questions(self, each):
        """{module path: versions to ask for}"""
        return {path: list(dict.fromkeys(self.question() for _ in range(each))) for path in self.modules()}


def make(lab, name, seed, path=None):
    r = Rough(lab, name, seed, path)
    r.grow()
    r.write()
    return r
