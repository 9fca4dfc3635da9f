"""universe: random worlds of modules for asking two programs the same question.

A Universe is a set of module versions, written as a file:// proxy. A Scene is one project in it: its files, the environment and
the directory to ask from, as plain data (path below a root -> bytes), so that it can be cut down and written out.
All randomness comes from the rng that is passed in: the same seed gives the same scene.

    u = Universe(rng)               # modules, versions, go.mod files that require one another
    for m in u.all(): m.files[...]  # packages, if wanted: zips are made when the scene is
    s = scene(rng, u)               # main module or workspace, go.sum, replacements, environment
    s.build(root)                   # the files on disk

Mostly right, with a few things that are wrong: where all is broken, only the first mistake is ever tested.
"""
import base64, hashlib, io, json, os, zipfile

PATHS = [
    "example.com/a", "example.com/b", "example.com/c", "example.com/d", "example.com/e", "example.com/a/sub",
    "example.com/b/v2", "example.com/c/v3", "example.com/d/v11", "example.com/x_y/~z.v2", "gopkg.in/w.v3-unstable", "gitlab.example.com/group/project.git", "github.com/Upper/Case", "golang.org/x/q", "gopkg.in/y.v1", "gopkg.in/y.v2",
    "gopkg.in/z.v0", "zeta.org/long-name/v2",
]
GO_LINES = [None, None, "1.12", "1.16", "1.16", "1.17", "1.17", "1.20", "1.21", "1.21.0", "1.21rc2", "1.22.3", "1.23rc1", "1.24", "1.26"]
PSEUDO = ["20200102030405-0123456789ab", "20210203040506-abcdef012345", "20220304050607-aaaabbbbcccc"]
EMPTY_MOD = "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY="


def escape(text):
    return "".join("!" + c.lower() if c.isupper() else c for c in text)


def sha(data):
    return hashlib.sha256(data).hexdigest()


def h1(pairs):
    lines = "".join("%s  %s\n" % (sha(data), name) for name, data in sorted(pairs, key=lambda p: p[0].encode()))
    return "h1:" + base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()


def canonical(path):
    """The major version of a path as a number; None for a path without one."""
    last = path.rsplit("/", 1)[-1]
    if path.startswith("gopkg.in/"):
        return int(last.rsplit(".v", 1)[1].split("-")[0])
    if last[:1] == "v" and last[1:].isdigit():
        return int(last[1:])
    return None


def version_key(v):
    """A key that orders the versions made here as semver does."""
    core = v[1:].split("+")[0]
    nums, _, pre = core.partition("-")
    ids = [(0, int(x), "") if x.isdigit() else (1, 0, x) for x in pre.split(".")] if pre else []
    return [int(x) for x in nums.split(".")], not pre, ids


class Module:
    def __init__(self, path, version):
        self.path, self.version = path, version
        self.go = self.toolchain = None
        self.requires = []      # (path, version, suffix comment)
        self.declares = path
        self.head = []          # lines above its module line
        self.extra = []         # more lines of its go.mod
        self.raw = None         # the whole go.mod, instead of the above
        self.files = {}         # files of the zip, besides go.mod: name -> bytes
        self.without = set()    # files that the proxy lacks, of {"mod", "info", "zip", "list"}
        self.info = None        # the bytes of .info, instead of the right ones

    def gomod(self):
        if self.raw is not None:
            return self.raw
        out = self.head + ["module " + self.declares, ""] + (["go " + self.go] if self.go else [])
        out += ["toolchain " + self.toolchain] if self.toolchain else []
        if len(self.requires) == 1:
            out.append(require_line(*self.requires[0]))
        elif self.requires:
            out += ["require ("] + ["\t" + require_line(*r)[len("require "):] for r in self.requires] + [")"]
        return "\n".join(out + self.extra + [""]).encode()

    def zip_entries(self):
        entries = dict(self.files)
        entries.setdefault("go.mod", self.gomod())
        return [("%s@%s/%s" % (self.path, self.version, n), d) for n, d in sorted(entries.items())]

    def zip_bytes(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
            for name, data in self.zip_entries():
                z.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), data)
        return out.getvalue()

    def info_bytes(self):
        if self.info is not None:
            return self.info
        day = int(sha((self.path + self.version).encode())[:4], 16) % 28 + 1
        return json.dumps({"Version": self.version, "Time": "2021-03-%02dT04:05:06Z" % day}).encode()

    def sums(self):
        return ["%s %s %s" % (self.path, self.version, h1(self.zip_entries())),
                "%s %s/go.mod %s" % (self.path, self.version, h1([("go.mod", self.gomod())]))]


def require_line(path, version, comment=""):
    return "require %s %s%s" % (path, version, " " + comment if comment else "")


def pick_versions(rng, path):
    """A few versions of a module, lowest first."""
    major = canonical(path)
    n = major if major is not None else rng.choice([0, 1, 1])
    pool = ["v%d.0.0" % n, "v%d.0.1" % n, "v%d.1.0" % n, "v%d.1.1-pre" % n, "v%d.2.0-rc.1" % n, "v%d.2.0" % n, "v%d.10.0" % n]
    if n == 0:
        pool = pool[1:]
    pool += ["v%d.0.0-%s" % (n if major is not None and n > 1 else 0, PSEUDO[0]),
             "v%d.0.2-0.%s" % (n, PSEUDO[1]), "v%d.2.0-rc.1.0.%s" % (n, PSEUDO[2])]
    if major is None:
        pool += ["v2.0.0+incompatible", "v3.1.0+incompatible", "v2.1.0-pre+incompatible"] if rng.random() < .3 else []
        if n == 1:
            pool += ["v0.1.0", "v0.9.0-beta"]
    return sorted(set(rng.sample(pool, min(len(pool), rng.choice([1, 2, 2, 3, 3, 4, 6])))), key=version_key)


def wild(rng, p):
    return rng.random() < p


class Universe:
    """modules[(path, version)]; trouble is the probability that something is wrong with a module version."""

    def __init__(self, rng, paths=None, trouble=.02, go_lines=None):
        self.rng, self.trouble = rng, trouble
        self.go_lines = go_lines or (GO_LINES if wild(rng, .7) else rng.sample(GO_LINES, 2))
        self.modules = {}
        self.lists = {}         # path -> the lines of @v/list, instead of the right ones
        self.latest = {}        # path -> the bytes of @latest
        paths = paths or rng.sample(PATHS, rng.randint(2, 10))
        for path in sorted(paths):
            for v in pick_versions(rng, path):
                self.modules[path, v] = Module(path, v)
        for m in self.all():
            self.fill(m)
        for m in self.all():
            if wild(rng, self.trouble):
                self.spoil(m)
        for path in sorted(set(p for p, _ in self.modules)):
            if wild(rng, self.trouble):
                self.lists[path] = rng.choice([[], ["v1.0.0", "bogus", "v9.9.9"], ["v2.0.0"], None, ["v1.0.0 2020-01-01T00:00:00Z"]])

    def all(self):
        return [self.modules[k] for k in sorted(self.modules, key=lambda k: (k[0], version_key(k[1])))]

    def some(self):
        return self.rng.choice(self.all())

    def versions(self, path):
        return [m.version for m in self.all() if m.path == path]

    def fill(self, m):
        rng = self.rng
        m.go = rng.choice(self.go_lines)
        if m.version.endswith("+incompatible"):
            m.raw = b"module %s\n" % m.path.encode()
            return
        if m.go and wild(rng, .1):
            m.toolchain = rng.choice(["go1.22.0", "go1.26.0", "default", "go1.99.0", "local"])
        for _ in range(rng.choice([0, 0, 1, 1, 2, 2, 3, 5])):
            r = self.some()
            comment = rng.choice(["", "", "// indirect", "//indirect", "// indirect; why", "// a comment"])
            m.requires.append((r.path, self.odd_version(r.version), comment))
        if wild(rng, .15):
            m.extra.append(self.retract(m.path))
        if wild(rng, .08):
            m.head.append(rng.choice(["// Deprecated: use b", "// Deprecated: use another <&> one.\n// And more.", "// A module.\n//\n// Deprecated: in two\n// lines\n//\n// end",
                                      "// Deprecated: far\n", "//Deprecated: near", "// deprecated: small"]))
        if wild(rng, .08):
            m.extra.append(rng.choice([
                "exclude example.com/a v1.0.0", "replace example.com/b => ../b", "replace zz zz", "tool %s/cmd/x" % m.path, "ignore ./x",
                "godebug default=go1.21", "frob (\n\tx\n)", "retract bogus", "exclude what ever is", "// a comment", "ignore (\n\t./a\n\tb\n)"]))

    def odd_version(self, v):
        """Sometimes another form of a version, which go reads in a dependency's go.mod as the canonical one."""
        rng = self.rng
        if v.count(".") == 2 and "-" not in v and "+" not in v and wild(rng, .03):
            nums = v.split(".")
            return rng.choice([v + "+meta", ".".join(nums[:2]) if nums[2] == "0" else v, nums[0] if nums[1:] == ["0", "0"] else v])
        return v

    def retract(self, path):
        rng, vs = self.rng, self.versions(path)
        low, high = sorted([rng.choice(vs), rng.choice(vs)], key=version_key)
        why = rng.choice(["", " // broken", " // <bad> & \"worse\""])
        return "retract %s%s" % (rng.choice([low, "[%s, %s]" % (low, high)]), why)

    def spoil(self, m):
        rng = self.rng
        kind = rng.choice(["mod", "info", "zip", "list", "lie", "notjson", "path", "go", "parse", "gone", "crlf", "quote", "require", "time", "future", "mangle", "mangle"])
        text = m.gomod()
        if kind in ("mod", "info", "zip", "list"):
            m.without.add(kind)
        elif kind == "gone":
            m.without |= {"mod", "info", "zip"}
        elif kind == "lie":
            m.info = json.dumps({"Version": self.some().version, "Time": "2021-03-04T04:05:06Z"}).encode()
        elif kind == "notjson":
            m.info = rng.choice([b"", b"{", b"null", b"[]", b'{"Version":7}', b"not json"])
        elif kind == "time":
            m.info = b'{"Version":"%s"%s}' % (m.version.encode(), rng.choice([
                b"", b',"Time":""', b',"Time":"2021-01-01T00:00:00.5+02:00"', b',"Time":"yesterday"', b',"Name":"x","Short":"y"', b',"time":"2020-01-01T00:00:00Z"']))
        elif kind == "path":
            m.raw = text.replace(m.path.encode(), self.some().path.encode(), 1)
        elif kind == "go":
            m.raw = text + rng.choice([b"go 1.20.x\n", b"go foo\n", b"go v1.18\n", b"go 1.27\n", b"go 1.99.1\n", b"go 1.18\ngo 1.19\n", b"go 1.021\n", b"go 1.20.0.1\n"])
        elif kind == "parse":
            m.raw = text + rng.choice([b"require x\n", b"require (\n", b"require example.com/a/v2 v1.0.0\n", b"\x01\n", b'module "x\n', b"require example.com/a master\n",
                                       b"require gopkg.in/y v1.0.0\n", b"require example.com/a v1.0.0 v1.0.0\n", b"module z\n", b"require ( )\n", b"/* c */\n", b"`x`\n"])
        elif kind == "mangle":
            m.raw = mangle(rng, text)
        elif kind == "crlf":
            m.raw = text.replace(b"\n", b"\r\n")
        elif kind == "quote":
            m.raw = text.replace(m.path.encode(), b'"%s"' % m.path.encode(), 1)
        elif kind == "require":
            m.requires.append((rng.choice(["example.com/none", m.path]), "v1.0.0", ""))
            m.raw = None
        elif kind == "future":
            m.go, m.raw = "1.27", None

    # --- the proxy

    def proxy_files(self, keep=lambda m: True):
        """{path below the proxy: bytes} for the modules that keep accepts."""
        out, listed = {}, {}
        for m in self.all():
            if not keep(m):
                continue
            base = escape(m.path) + "/@v/"
            at = base + escape(m.version)
            pseudo = any(m.version.endswith(t) for t in PSEUDO)
            listed.setdefault(base, [])
            if not pseudo and "list" not in m.without:
                listed[base].append(m.version)
            for kind, data in (("mod", m.gomod), ("info", m.info_bytes), ("zip", m.zip_bytes)):
                if kind not in m.without:
                    out["%s.%s" % (at, kind)] = data()
        for base, versions in listed.items():
            out[base + "list"] = "".join(v + "\n" for v in versions).encode()
        for path, lines in self.lists.items():
            name = escape(path) + "/@v/list"
            if lines is None:
                out.pop(name, None)
            elif name in out:
                out[name] = "".join(v + "\n" for v in lines).encode()
        for path, data in self.latest.items():
            out[escape(path) + "/@latest"] = data
        return out

    def sums(self):
        return sorted(line for m in self.all() for line in m.sums() if not line.endswith("/go.mod " + EMPTY_MOD))


class Scene:
    """files: {path below the root: bytes}; env: values may contain $ROOT; cwd: below the root; project: the directory that must not change."""

    def __init__(self):
        self.files, self.env, self.cwd, self.project = {}, {}, "proj", "proj"
        self.links = {}  # path below the root: target of a symbolic link
        self.notes = []

    def copy(self):
        s = Scene()
        s.files, s.env, s.links = dict(self.files), dict(self.env), dict(self.links)
        s.cwd, s.project, s.notes = self.cwd, self.project, list(self.notes)
        return s

    def build(self, root):
        for name, data in self.files.items():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(data.replace(b"$ROOT", root.encode()) if b"$ROOT" in data else data)
        for name, target in self.links.items():
            path = os.path.join(root, name)
            if not os.path.lexists(path):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                os.symlink(target, path)
        os.makedirs(os.path.realpath(os.path.join(root, self.cwd)), exist_ok=True)

    def environment(self, root):
        return {k: v.replace("$ROOT", root) for k, v in self.env.items()}


# --- projects

class Sketch:
    """The statements of one go.mod as lines: require, exclude, replace and the rest, which are combined in some layout."""

    def __init__(self, path, go):
        self.path, self.go, self.toolchain = path, go, None
        self.requires, self.excludes, self.replaces, self.extra = [], [], [], []

    def text(self, rng):
        out = [rng.choice(["module %s", "module %s", "module %s // the main one", "module \"%s\"", "module (\n\t%s\n)"]) % self.path]
        if self.go is not None:
            out.append("go " + self.go)
        if self.toolchain is not None:
            out.append("toolchain " + self.toolchain)
        out += self.block(rng, "require", self.requires) + self.block(rng, "exclude", self.excludes)
        out += self.block(rng, "replace", self.replaces) + self.extra
        if wild(rng, .1):
            rng.shuffle(out)
        text = rng.choice(["\n\n", "\n\n", "\n", "\n// between\n"]).join(out) + "\n"
        if wild(rng, .05):
            text = text.replace("\n", "\r\n")
        if wild(rng, .03):
            text = text.rstrip("\n")
        if wild(rng, .05):
            text = text.replace(" v", "   v").replace("\t", "    ")
        return text.encode()

    def block(self, rng, verb, items):
        if not items:
            return []
        if wild(rng, .3):
            return ["%s %s" % (verb, i) for i in items]
        cut = rng.randint(0, len(items)) if wild(rng, .4) else len(items)
        return ["%s (\n%s)" % (verb, "".join("\t%s\n" % i for i in part)) for part in (items[:cut], items[cut:]) if part]


def mangle(rng, text):
    """A text with one or two small mistakes, as an editor or a merge makes."""
    for _ in range(rng.choice([1, 1, 2])):
        lines = text.split(b"\n")
        i, at = rng.randrange(len(lines)), rng.randint(0, len(text))
        kind = rng.choice(["drop", "double", "swap", "char", "cut", "insert", "insert", "space", "join", "comment"])
        if kind == "drop":
            del lines[i]
            text = b"\n".join(lines)
        elif kind == "double":
            lines.insert(i, lines[i])
            text = b"\n".join(lines)
        elif kind == "swap":
            j = rng.randrange(len(lines))
            lines[i], lines[j] = lines[j], lines[i]
            text = b"\n".join(lines)
        elif kind == "char" and text:
            text = text[:at] + text[at + 1:]
        elif kind == "cut":
            text = text[:at]
        elif kind == "insert":
            text = text[:at] + rng.choice([b"\xef\xbb\xbf", b"\x00", b"\xff", "\u00e9".encode(), b"(", b")", b"\"", b"`", b"'", b"//", b"/*", b"\r", b"\t", b",", b"[", b"=>", b"@", b"\\",
                                           b"v", b"1", b".", b"-", b"+", b" ", b"\n", b"<<<<<<< HEAD\n", "\u2028".encode(), "\u00a0".encode(), b"\x0c", b"\x0b"]) + text[at:]
        elif kind == "space":
            text = text.replace(b" ", rng.choice([b"  ", b"\t"]), 1)
        elif kind == "join" and i + 1 < len(lines):
            lines[i:i + 2] = [lines[i] + b" " + lines[i + 1]]
            text = b"\n".join(lines)
        elif kind == "comment":
            lines[i] += rng.choice([b" // x", b"//x", b" // indirect", b" //", b" # x"])
            text = b"\n".join(lines)
    return text


def quoted(rng, word):
    return '"%s"' % word if wild(rng, .03) else word


def sketch(rng, u, path, trouble=.05, go_lines=None):
    """A possible go.mod of a project: requirements on the universe's modules, tidy or not."""
    s = Sketch(path, rng.choice(go_lines or u.go_lines + ["1.26", "1.24", "1.17", "1.16"]))
    if s.go and wild(rng, .15):
        s.toolchain = rng.choice(["go1.22.0", "go1.24.0", "go1.26.8", "go1.26.0", "default", "go1.20", "go" + s.go])
    paths = sorted(set(m.path for m in u.all()))
    for p in rng.sample(paths, rng.randint(0, len(paths))):
        v = rng.choice(u.versions(p))
        if wild(rng, trouble):
            v = rng.choice(["latest", "v1", "v1.0", ">=v1.0.0", "<v1.2.0", "master", "v1.0.0+meta", "upgrade", "v9.9.9", "0123456789ab", "none", "v2.0.0", "v1.0.0-bad", "patch"])
        mark = rng.choice(["", "", "", " // indirect", " // indirect", " //indirect", " // indirect; x", " // why"])
        s.requires.append("%s %s%s" % (quoted(rng, p), quoted(rng, v), mark))
    if s.requires and wild(rng, trouble):
        s.requires.append(rng.choice([rng.choice(s.requires), "%s %s" % (rng.choice(paths), "v1.0.0"), "example.com/none v1.0.0", path + " v1.0.0"]))
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        m = u.some()
        s.excludes.append("%s %s" % (m.path, m.version))
    if wild(rng, .1):
        s.extra.append(rng.choice(["ignore ./x", "tool example.com/a/cmd", "tool (\n\texample.com/a\n\texample.com/b/cmd/b\n)", "godebug panicnil=1", "godebug default=go1.21",
                                   "godebug (\n\ta=b\n\tc=d\n)", "retract v1.0.0", "retract [v1.0.0, v1.2.0] // bad", "ignore (\n\tb\n\ta\n)", "// a comment"]))
    if wild(rng, trouble):
        s.extra.append(rng.choice(["frob x", "require x", "go 1.20", "exclude x", "replace x", "retract x", "godebug x", "tool", "ignore", "module y", "toolchain x",
                                   "replace (\n\texample.com/a v1.0.0\n)", "require (\n", "exclude example.com/b v2.0.0", "replace example.com/a => b", "/* x */", "go 1.27", "ignore /x/../y"]))
    return s


def add_replaces(rng, u, s, files, at, odds=.4, trouble=.1):
    """Adds replacements by version, by path and by directory to the sketch and to files (below at, the directory of its go.mod)."""
    while wild(rng, odds):
        odds *= .7
        old, new = u.some(), u.some()
        left = old.path if wild(rng, .5) else "%s %s" % (old.path, old.version)
        if wild(rng, .5):
            version = new.version if not wild(rng, trouble) else rng.choice(["v9.9.9", "v1", "master", "latest"])
            s.replaces.append("%s => %s %s" % (left, rng.choice([new.path, old.path]) if wild(rng, .3) else new.path, version))
            continue
        n = len(s.replaces)
        folder = rng.choice(["./rep%d", "../rep%d", "./deep/rep%d", "./rep%d/", "../x/../rep%d"]) % n
        s.replaces.append("%s => %s" % (left, quoted(rng, folder)))
        kind = rng.choice(["new", "new", "new", "old", "missing", "bad"]) if wild(rng, trouble * 3) else "new"
        if kind == "missing":
            continue
        inner = Module(old.path if wild(rng, .8) else new.path, "")
        inner.go = rng.choice(u.go_lines)
        inner.requires = [(m.path, m.version, rng.choice(["", "// indirect"])) for m in (u.some() for _ in range(rng.choice([0, 1, 1, 2, 3])))]
        text = inner.gomod() if kind == "new" else old.gomod() if kind == "old" else b"module x\nrequire y\n"
        files[os.path.normpath(os.path.join(at, folder, "go.mod"))] = text
        files[os.path.normpath(os.path.join(at, folder, "x.go"))] = b"package x\n"


def sum_text(rng, u, state):
    lines = u.sums()
    if state == "partial":
        lines = [l for l in lines if wild(rng, .8)]
    elif state == "mods":
        lines = [l for l in lines if "/go.mod " in l]
    elif state == "wrong" and lines:
        i = rng.randrange(len(lines))
        lines[i] = lines[i][:-6] + "AAAAA="
    elif state == "doubled" and lines:
        i = rng.randrange(len(lines))
        lines.append(lines[i][:-6] + "AAAAA=")
    elif state == "strange" and lines:
        i = rng.randrange(len(lines))
        lines[i] = lines[i].replace(" h1:", " h2:")
    elif state == "malformed":
        lines.insert(rng.randint(0, len(lines)), rng.choice(["a b", "a b c d", "x", "\x00", "<<<<<<< HEAD"]))
    elif state == "shuffled":
        rng.shuffle(lines)
    text = "".join(l + "\n" for l in lines)
    if wild(rng, .05):
        text = text.replace("\n", "\r\n")
    if wild(rng, .05):
        text = text.replace("\n", "\n\n", 2).rstrip("\n")
    return text.encode()


SUM_STATES = ["full"] * 12 + ["partial", "mods", "wrong", "doubled", "strange", "malformed", "shuffled", "absent", "absent"]


def put_sum(rng, u, files, name, states=SUM_STATES):
    state = rng.choice(states)
    if state != "absent":
        files[name] = sum_text(rng, u, state)
    return state


def scene(rng, u, workspace=None, trouble=.05):
    """A project in the universe; workspace: True, False, or None for either."""
    s = Scene()
    if workspace if workspace is not None else wild(rng, .25):
        make_workspace(rng, u, s, trouble)
    else:
        make_module(rng, u, s, "proj", rng.choice(["example.com/main", "example.com/main", "main", "example.com/main/v2", "example.com/a"] if wild(rng, trouble * 2)
                                                  else ["example.com/main"]), trouble)
        put_sum(rng, u, s.files, "proj/go.sum")
    environment(rng, u, s, trouble)
    if wild(rng, trouble):
        strange_places(rng, s)
    if wild(rng, trouble * 2):
        name = rng.choice(sorted(n for n in s.files if n.endswith((".mod", ".sum", ".work")) and not n.startswith("proxy/")))
        s.files[name] = mangle(rng, s.files[name])
    return s


def strange_places(rng, s):
    """Other files where go looks for its own."""
    kind = rng.choice(["parent", "nested", "work-above", "folder", "outside", "repository", "link", "link-in"])
    if kind == "parent":
        s.files["go.mod"] = b"module example.com/above\n\ngo 1.20\n"
    elif kind == "nested":
        s.files["proj/inner/go.mod"] = rng.choice([b"", b"module example.com/inner\n\ngo 1.21\n", b"module go\n", b"module example.com/inner // x\nrequire example.com/a v1.0.0\n"])
    elif kind == "work-above":
        s.files["go.work"] = rng.choice([b"go 1.26\nuse ./proj\n", b"go 1.21\n", b"", b"go 1.26\nuse ./elsewhere\n"])
    elif kind == "folder":
        s.files["proj/inner/go.mod/x"] = b""
        s.files["proj/inner/go.work/x"] = b""
    elif kind == "outside":
        s.cwd = "elsewhere"
    elif kind == "link":
        s.links["way/in"] = "../proj"
        s.cwd = s.cwd.replace("proj", "way/in", 1)
    elif kind == "link-in":
        s.links["proj/rep0"] = "../elsewhere"
        s.files.setdefault("elsewhere/go.mod", b"module example.com/elsewhere\n\ngo 1.20\n")
    elif kind == "repository":
        s.cwd = "elsewhere/deep"
        s.files[rng.choice(["elsewhere", "elsewhere/deep"]) + "/.git/config"] = b""


def make_module(rng, u, s, at, path, trouble):
    k = sketch(rng, u, path, trouble)
    add_replaces(rng, u, k, s.files, at, trouble=trouble)
    s.files[at + "/go.mod"] = k.text(rng)
    s.files[at + "/main.go"] = b"package main\n"
    s.files[at + "/inner/x.go"] = b"package inner\n"
    if wild(rng, .15):
        s.cwd = at + "/inner"
    return k


def make_workspace(rng, u, s, trouble):
    members = rng.sample(["one", "two", "three/deep", "../out"], rng.choice([1, 2, 2, 3]))
    k = Sketch("", rng.choice(["1.26", "1.26", "1.24", "1.21", "1.18", None, "1.26.8"]))
    for i, folder in enumerate(members):
        at = os.path.normpath("proj/" + folder)
        path = "example.com/%s" % folder.rsplit("/")[-1] if not wild(rng, trouble) else rng.choice(["example.com/one", "example.com/a"])
        make_module(rng, u, s, at, path, trouble * .7)
        if wild(rng, .5):
            put_sum(rng, u, s.files, at + "/go.sum", ["full", "mods", "partial"])
    add_replaces(rng, u, k, s.files, "proj", odds=.2, trouble=trouble)
    if wild(rng, .7):
        put_sum(rng, u, s.files, "proj/go.work.sum")
    if wild(rng, trouble):
        uses_extra = rng.choice(["$ROOT/proj/one", "./one/../one", "one/.", "\"./one\"", "./three", "/nowhere", "C:\\x"])
    else:
        uses_extra = None
    uses = [quoted(rng, f if f.startswith(".") else rng.choice(["./%s", "%s", "./%s/"]) % f) for f in members]
    if wild(rng, trouble):
        uses.append(rng.choice([uses[0], "./missing", "."]))
    uses += [uses_extra] if uses_extra else []
    out = (["go " + k.go] if k.go else []) + (["toolchain " + rng.choice(["go1.26.0", "go1.20", "default"])] if wild(rng, .1) else [])
    out += k.block(rng, "use", uses) + k.block(rng, "replace", k.replaces)
    if wild(rng, .05):
        out.append(rng.choice(["godebug default=go1.21", "frob x", "// comment", "go 1.20", "require example.com/a v1.0.0", "use"]))
    s.files["proj/go.work"] = ("\n\n".join(out) + "\n").encode()
    s.cwd = rng.choice(["proj", "proj", s.cwd])


def environment(rng, u, s, trouble):
    """The proxy tree and the relevant settings, mostly plain ones."""
    env = s.env
    env.update(GOPROXY="file://$ROOT/proxy", GOSUMDB="off", GOFLAGS="", GOWORK="")
    for name, data in u.proxy_files().items():
        s.files["proxy/" + name] = data
    if wild(rng, trouble * 2):
        env["GOPROXY"] = rng.choice(["file://$ROOT/none,file://$ROOT/proxy", "file://$ROOT/proxy,off", "off", "file://$ROOT/none|file://$ROOT/proxy",
                                     "off,file://$ROOT/proxy", " file://$ROOT/proxy , ", ",", "foo", "file://$ROOT/proxy/", "file:$ROOT/proxy", "file://$ROOT/none"])
    if wild(rng, trouble * 2):  # two proxies, each with a part of the modules
        only = {p: rng.random() < .5 for p in sorted(set(m.path for m in u.all()))} if wild(rng, .5) else {}
        left = {k: rng.random() < .5 for k in sorted(u.modules)}
        for name, data in u.proxy_files(lambda m: only.get(m.path, left[m.path, m.version])).items():
            s.files["proxy2/" + name] = data
        for name, data in u.proxy_files(lambda m: not only.get(m.path, left[m.path, m.version])).items():
            s.files["proxy3/" + name] = data
        env["GOPROXY"] = "file://$ROOT/proxy2%sfile://$ROOT/proxy3%s" % (rng.choice(",,|"), rng.choice(["", ",off", "|off"]))
    if wild(rng, trouble * 3):
        env["GOFLAGS"] = rng.choice(["-mod=mod", "-mod=readonly", "-mod=vendor", "-modfile=other.mod", "-modfile=$ROOT/proj/other.mod", "-mod=bad", "-modcacherw",
                                     "-tags=x", "mod", "-frob", "'-mod=mod'", "-mod=mod -mod=readonly", "--mod=mod", "-e", "-x", "-go=1.20", "-mod=", "-mod"])
        if "modfile" in env["GOFLAGS"]:
            k = sketch(rng, u, "example.com/main", trouble)
            s.files["proj/other.mod"] = k.text(rng)
            put_sum(rng, u, s.files, "proj/other.sum")
    if wild(rng, trouble):
        env["GOWORK"] = rng.choice(["off", "off", "$ROOT/proj/go.work", "$ROOT/nowhere/go.work", "relative/go.work", "auto", "$ROOT/proj/go.mod"])
    if wild(rng, trouble):
        name, value = rng.choice([("GO111MODULE", "off"), ("GO111MODULE", "auto"), ("GO111MODULE", "bad"), ("GONOSUMDB", "*"), ("GONOSUMCHECK", "1"), 
                                  ("GOPRIVATE", "other.org/*"), ("GOINSECURE", "*"), ("GONOPROXY", "none"), ("GOTOOLCHAIN", "go1.26.8"), ("GOTOOLCHAIN", "local+auto"), ("GOTOOLCHAIN", "auto"), ("GOTOOLCHAIN", "path"), ("GOTOOLCHAIN", "go1.24.0+path")])
        env[name] = value
        if value == "off":
            env["GOFLAGS"] = ""
    if wild(rng, trouble):
        s.files["home/env"] = rng.choice([b"GOFLAGS=-mod=mod\n", b"GOPROXY=off\n", b"# c\nGOSUMDB=off\nGOPROXY=off\r\n", b"GOWORK=off\n", b" GOPROXY=off\n", b"GO111MODULE=off\n"])
        env["GOENV"] = "$ROOT/home/env"
        if wild(rng, .5):
            for key in ("GOFLAGS", "GOWORK"):
                env.pop(key)
