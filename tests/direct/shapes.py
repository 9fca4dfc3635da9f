"""The repositories that tests/direct/versions asks of go and of us: each function makes some and says {module path: [what to ask for]}."""
from lab import HOST, Repo

REPOS = []


def repo(make):
    REPOS.append(make)
    return make


def mod(path, more=""):
    return {"go.mod": f"module {path}\n{more}", "a.go": "package a\n"}


def grow(r, n=1, **kw):
    return [r.commit({"n": f"{r.time}\n"}, **kw) for _ in range(n)]


def pseudo(r, commit, base="v0.0.0-"):
    when = r.git("show", "-s", "--format=%cd", "--date=format-local:%Y%m%d%H%M%S", commit, TZ="UTC")
    return f"{base}{when}-{commit[:12]}"


@repo
def plain(lab):
    p = f"{HOST}/plain.git"
    r = Repo(lab, "plain")
    first = r.commit(mod(p))
    r.tag("v1.0.0")
    second, third = grow(r, 2)
    r.tag("v1.1.0", annotated=True)
    r.tag("v1.2.0-rc.1", second)
    r.tag("vbad")
    r.tag("v1")
    r.tag("v1.3")
    r.tag("v1.4.0+meta", second)
    r.tag("v0.0.0-20170714034000-" + first[:12], second)
    last = grow(r, 2)[-1]
    r.git("branch", "side", second)
    r.git("branch", "feature/x", first)
    side = grow(r, branch="side")[0]
    return {p: ["v1.0.0", "v1.1.0", "v1.2.0-rc.1", "vbad", "v1", "v1.3", "v1.4.0", "v1.4.0+meta", "main", "HEAD", "side", "feature/x", first, first[:7],
                second[:12], third, last, last[:12], side[:10], "latest", "nosuch", "v9.9.9", "v1.0.1", "abcdefabcdef", "abcdef", "0" * 40,
                pseudo(r, first), pseudo(r, last, "v1.1.1-0."), pseudo(r, last, "v1.2.1-0."), pseudo(r, last), pseudo(r, last, "v1.9.1-0."),
                pseudo(r, third, "v1.1.1-0."), pseudo(r, third, "v1.2.0-rc.1.0."), pseudo(r, side, "v1.2.0-rc.1.0."),
                pseudo(r, side, "v1.4.1-0."), pseudo(r, last, "v1.0.0-"), pseudo(r, last)[:-1], pseudo(r, last) + "0", "v0.0.0-20170714034001-" + last[:12],
                "v1.0.0+incompatible", "v2.0.0", "v1.2", "<v1.1.0", ">v1.0.0", "upgrade", "patch"]}


@repo
def nomod(lab):
    p = f"{HOST}/nomod.git"
    r = Repo(lab, "nomod")
    first = r.commit({"a.go": "package a\n"})
    r.tag("v1.0.0")
    r.tag("v2.0.0")
    second = grow(r)[0]
    r.tag("v2.1.0")
    r.tag("v3.0.0-pre")
    last = grow(r)[0]
    return {p: ["v1.0.0", "v2.0.0", "v2.0.0+incompatible", "v2.1.0+incompatible", "v3.0.0-pre", "main", first, second, "latest", last[:12],
                pseudo(r, last, "v2.1.1-0.") + "+incompatible", pseudo(r, last, "v2.1.1-0."), "v1.0.0+incompatible", "v2", "v3"],
            f"{p}/v2": ["v2.0.0", "main"], f"{p}/sub": ["v1.0.0", "main"]}


@repo
def mixed(lab):
    """+incompatible majors, then a go.mod"""
    p = f"{HOST}/mixed.git"
    r = Repo(lab, "mixed")
    r.commit({"a.go": "package a\n"})
    for v in ("v0.9.0", "v2.0.0", "v3.0.0"):
        r.tag(v)
    r.commit(mod(p + "/v3"))
    r.tag("v3.1.0")
    r.commit({"go.mod": None, "v4/go.mod": f"module {p}/v4\n"})
    r.tag("v4.0.0")
    return {p: ["v2.0.0", "v3.0.0", "v3.1.0", "v4.0.0", "v4.0.0+incompatible", "main", "latest"], f"{p}/v3": ["v3.0.0", "v3.1.0", "main"],
            f"{p}/v4": ["v4.0.0", "main", "latest"]}


@repo
def lastmod(lab):
    p = f"{HOST}/lastmod.git"
    r = Repo(lab, "lastmod")
    r.commit({"a.go": "package a\n"})
    r.tag("v2.0.0")
    r.commit(mod(p))
    r.tag("v1.0.0")
    return {p: ["v1.0.0", "v2.0.0", "main", "latest", "v2.0.0+incompatible"]}


@repo
def majors(lab):
    """v2 on a branch, v3 in a directory, v4 in both (an error), v5 wrong"""
    p = f"{HOST}/majors.git"
    r = Repo(lab, "majors")
    r.commit(mod(p))
    r.tag("v1.0.0")
    r.git("branch", "v2")
    two = r.commit(mod(p + "/v2"), branch="v2")
    r.tag("v2.0.0", "v2")
    grow(r, branch="v2")
    r.commit({"v3/go.mod": f"module {p}/v3\n", "v3/a.go": "package a\n"})
    r.tag("v3.0.0")
    r.git("branch", "v4")
    r.commit({**mod(p + "/v4"), "v4/go.mod": f"module {p}/v4\n"}, branch="v4")
    r.tag("v4.0.0", "v4")
    r.git("branch", "v5")
    r.commit({"v5/go.mod": f"module {p}/v6\n"}, branch="v5")
    r.tag("v5.0.0", "v5")
    r.git("branch", "v6")
    r.commit({"v6/go.mod": "// nothing\n"}, branch="v6")
    r.tag("v6.0.0", "v6")
    return {p: ["v1.0.0", "v2.0.0", "v3.0.0", "main", "v2", "latest"], f"{p}/v2": ["v2.0.0", "v2", "main", "latest", two, "v2.1.0"],
            f"{p}/v3": ["v3.0.0", "main", "latest"], f"{p}/v4": ["v4.0.0", "v4"], f"{p}/v5": ["v5.0.0"], f"{p}/v6": ["v6.0.0"], f"{p}/v7": ["main"]}


@repo
def nested(lab):
    p = f"{HOST}/nested.git"
    r = Repo(lab, "nested")
    first = r.commit({**mod(p), "sub/go.mod": f"module {p}/sub\n", "sub/s.go": "package s\n", "sub/deep/go.mod": f"module {p}/sub/deep\n", "no/x": "x"})
    for t in ("v1.0.0", "sub/v1.0.0", "sub/deep/v0.1.0", "sub/v1.1.0", "subv9.0.0", "sub/vX", "no/v1.0.0"):
        r.tag(t)
    last = r.commit({"sub/v2/go.mod": f"module {p}/sub/v2\n", "other/go.mod": "module example.org/moved\n"})
    r.tag("sub/v2.0.0")
    r.tag("sub/v2.1.0-beta")
    grow(r)
    return {p: ["v1.0.0", "main", "latest"], f"{p}/sub": ["v1.0.0", "v1.1.0", "main", "latest", first, pseudo(r, last, "v1.1.1-0.")],
            f"{p}/sub/deep": ["v0.1.0", "main"], f"{p}/sub/v2": ["v2.0.0", "main", "latest", "v2.1.0-beta"], f"{p}/no": ["v1.0.0", "main"],
            f"{p}/none": ["main"], f"{p}/other": ["main"]}


@repo
def retracted(lab):
    p = f"{HOST}/retracted.git"
    r = Repo(lab, "retracted")
    r.commit(mod(p))
    r.tag("v1.0.0")
    grow(r)
    r.tag("v1.5.0")
    mid = grow(r)[0]
    r.commit(mod(p, "\nretract [v1.5.0, v1.9.9] // bad\n"))
    r.tag("v1.6.0")
    last = grow(r)[0]
    return {p: ["v1.5.0", "v1.6.0", "main", mid, last, "latest"]}


@repo
def diamond(lab):
    """merges, tags on side branches, the higher tag on the other parent"""
    p = f"{HOST}/diamond.git"
    r = Repo(lab, "diamond")
    base = r.commit(mod(p))
    r.tag("v0.1.0")
    r.git("branch", "left")
    r.git("branch", "right")
    left = grow(r, branch="left")[0]
    r.tag("v0.3.0", left)
    right = grow(r, branch="right")[0]
    r.tag("v0.2.0", right)
    merge = r.commit({"m": "m"}, parents=["right", "left"], branch="main")
    far = grow(r, branch="far", parents=["main"])[0]
    r.tag("v9.0.0-alpha", far)
    after = grow(r, 2)
    return {p: [base, left, right, merge, "main", "left", "right", "far", after[0], after[1][:12]]}


@repo
def moved(lab):
    """moved tags, tags of trees and blobs, a tag of a tag, odd names"""
    p = f"{HOST}/moved.git"
    r = Repo(lab, "moved")
    first = r.commit(mod(p))
    r.tag("v1.0.0")
    second = grow(r)[0]
    r.tag("v1.0.0", annotated=True)
    r.tag("v1.1.0", r.git("rev-parse", "main^{tree}"))
    r.tag("v1.2.0", r.git("rev-parse", "main:go.mod"))
    r.git("tag", "-a", "-m", "x", "v1.3.0", "v1.0.0", GIT_COMMITTER_DATE="1500000000 +0000")
    r.tag("v1.4.0+b", second)
    r.tag("v1.4.0+a", first)
    r.tag("v01.5.0")
    r.tag("v1.6.0-01")
    r.tag("main")
    return {p: ["v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0", "v1.4.0", "v1.4.0+a", "v1.4.0+b", "main", first, first[:12], second, "latest"]}


@repo
def empty(lab):
    Repo(lab, "empty")
    p = f"{HOST}/empty.git"
    return {p: ["main", "v1.0.0", "latest"]}


@repo
def odd(lab):
    """go.mod files that are hard to read; LICENSE; go lines"""
    made = {}
    for i, text in enumerate(["module \"%s\"\n", "module `%s`\n", "// x\nmodule   %s // c\n", "module\t%s\nbroken {\n", "modulex\n", "module (\n\t%s\n)\n",
                              "module \"%s\n", "module %s/v2\n", "module %s/v1\n", "module gopkg.in/x.v2\n", "module other.example/x\n", "", "module %s\ngo 1.99\n",
                              "module %s\r\n"]):
        p = f"{HOST}/odd{i}.git"
        r = Repo(lab, f"odd{i}")
        r.commit({"go.mod": text % p if "%s" in text else text, "a.go": "package a\n"})
        r.tag("v1.0.0")
        made[p] = ["v1.0.0", "main"]
    p = f"{HOST}/oddlink.git"
    r = Repo(lab, "oddlink")
    r.commit({"go.mod": ("link", "x")})
    r.tag("v1.0.0")
    made[p] = ["v1.0.0", "main"]
    return made


@repo
def unreached(lab):
    """commits that no branch or tag reaches do not exist"""
    p = f"{HOST}/unreached.git"
    r = Repo(lab, "unreached")
    r.commit(mod(p))
    r.tag("v1.0.0")
    pull = grow(r, branch=None, parents=["main"])[0]
    r.git("update-ref", "refs/pull/1/head", pull)
    return {p: [pull, pull[:12], pseudo(r, pull, "v1.0.1-0.")]}


@repo
def slashes(lab):
    """tags with slashes, some of which are prefixes of modules"""
    p = f"{HOST}/slashes.git"
    r = Repo(lab, "slashes")
    first = r.commit(dict(mod(p), **{f"{d}/{k}": v for d in ("sub", "sub/deep", "release") for k, v in mod(f"{p}/{d}").items()}))
    for name in ("a/b/v1.0.0", "release/v1.0.0", "v1.2.0/x", "sub/v1.1.0", "sub/deep/v0.1.0", "refs/tags/v1.3.0", "tags/v1.4.0", "sub/release/v1.0.0"):
        r.tag(name)
    last = grow(r)[0]
    return {p: ["v1.0.0", "v1.3.0", "latest", "a/b/v1.0.0", "tags/v1.4.0", "refs/tags/v1.3.0", last[:12]], f"{p}/sub": ["v1.1.0", "sub/v1.1.0", "latest", first[:12]],
            f"{p}/sub/deep": ["v0.1.0", "latest", "main"], f"{p}/release": ["v1.0.0", "main"]}


@repo
def tagged_objects(lab):
    """tags on trees, files and other tags"""
    p = f"{HOST}/objects.git"
    r = Repo(lab, "objects")
    first = r.commit(mod(p))
    r.git("tag", "v1.0.0", first + "^{tree}")
    r.git("tag", "v1.1.0", first + ":go.mod")
    r.tag("inner", annotated=True)
    r.git("tag", "-a", "-m", "outer", "v1.2.0", "inner", GIT_COMMITTER_DATE="1500000000 +0000")
    r.git("tag", "-a", "-m", "tree", "v1.3.0", first + "^{tree}", GIT_COMMITTER_DATE="1500000000 +0000")
    last = grow(r)[0]
    return {p: ["v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0", "latest", "inner", last[:12], "main"]}


@repo
def symbolic(lab):
    """symbolic branches and tags, packed refs under loose ones, a HEAD that leads nowhere"""
    p, q = f"{HOST}/symbolic.git", f"{HOST}/unborn.git"
    r = Repo(lab, "symbolic")
    first = r.commit(mod(p))
    r.tag("v1.0.0")
    r.tag("v1.1.0", annotated=True)
    r.git("pack-refs", "--all")
    second = grow(r)[0]
    r.git("tag", "-f", "v1.1.0", second)
    r.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
    r.git("symbolic-ref", "refs/tags/v1.2.0", "refs/tags/v1.1.0")
    r.git("symbolic-ref", "refs/heads/broken", "refs/heads/none")
    r.git("symbolic-ref", "HEAD", "refs/heads/alias")
    u = Repo(lab, "unborn")
    u.commit(mod(q))
    u.tag("v1.0.0")
    u.git("symbolic-ref", "HEAD", "refs/heads/none")
    return {p: ["v1.0.0", "v1.1.0", "v1.2.0", "alias", "broken", "HEAD", "latest", first[:12], second], q: ["v1.0.0", "main", "latest"]}


@repo
def replaced(lab):
    """refs/replace, grafts of objects from another repository"""
    p, q = f"{HOST}/replaced.git", f"{HOST}/borrows.git"
    r = Repo(lab, "replaced")
    first = r.commit(mod(p))
    r.tag("v1.0.0")
    second = r.commit({"a.go": "package other\n"})
    r.git("replace", first, second)
    b = Repo(lab, "borrows")
    with open(f"{b.dir}/objects/info/alternates", "w") as f:
        f.write(f"{r.dir}/objects\n")
    b.git("update-ref", "refs/heads/main", second)
    b.git("update-ref", "refs/tags/v1.5.0", first)
    return {p: ["v1.0.0", "main", second[:12]], q: ["v1.5.0", "main"]}


@repo
def substituted(lab):
    """export-subst with odd formats, and commits with odd authors and times"""
    p = f"{HOST}/substituted.git"
    r = Repo(lab, "substituted")
    formats = ["%H", "%h %t %p", "%an <%ae> %cn", "%ad|%ai|%aI|%at|%ar", "%d|%D", "%s|%b|%B|%f", "%x41%n%%", "%(trailers)", "%w(20,1,2)%s", "", "%", "%zz", "%C(red)x",
               "%<(20)%s|", "%G?", "%N", "%e"]
    text = "".join(f"// $Format:{f}$ .\n" for f in formats) + "// $Format:%H\n// $Format$ $Format:%H$$Format:%h$\n// $format:%H$\n"
    r.commit(dict(mod(p), **{".gitattributes": "*.txt export-subst\n", "v.txt": text, "crlf.txt": text.replace("\n", "\r\n")}))
    r.tag("v1.0.0")
    tree = r.git("rev-parse", "main^{tree}")
    for version, when in (("v1.1.0", "@0 +0000"), ("v1.2.0", "@4102444800 -1130"), ("v1.3.0", "@1500000000 +1400")):
        odd = r.git("commit-tree", tree, "-p", "main", "-m", "one\ntwo\n\nbody\n\nKey: value", GIT_AUTHOR_NAME="\u00e9 <x", GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when)
        r.git("update-ref", f"refs/tags/{version}", odd)
    return {p: ["v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0", "main"]}


@repo
def names(lab):
    """collisions of case, names that Windows reserves, odd modes"""
    p = f"{HOST}/names2.git"
    r = Repo(lab, "names2")
    r.commit(mod(p))
    for i, files in enumerate(({"A.go": "package a\n"}, {"A.go": None, "aux.go": ""}, {"aux.go": None, "Dir/x": "", "dir/y": ""}, {"Dir/x": None, "x y/\u00e9.go": "package a\n"},
                               {"trailing.": ""}, {"trailing.": None, "LICENSE": ("link", "a.go")}, {"LICENSE": None, "go.mod": ("exec", f"module {p}\n")},
                               {"go.mod": ("link", "a.go")}, {"go.mod": None, "GO.MOD": f"module {p}\n"})):
        r.commit(files)
        r.tag(f"v1.{i}.0")
    return {p: [f"v1.{i}.0" for i in range(9)] + ["latest"]}


@repo
def encoded(lab):
    """working-tree-encoding without a value, with an unknown one; attributes that are links"""
    p = f"{HOST}/encoded.git"
    r = Repo(lab, "encoded")
    r.commit(mod(p))
    for i, line in enumerate(("*.txt working-tree-encoding", "*.txt -working-tree-encoding", "*.txt working-tree-encoding=", "*.txt working-tree-encoding=nonsense",
                              "*.none working-tree-encoding", "*.txt working-tree-encoding=UTF-8", "*.txt !working-tree-encoding")):
        r.commit({".gitattributes": line + "\n", "x.txt": "caf\u00e9\n"})
        r.tag(f"v1.{i}.0")
    r.commit({".gitattributes": ("link", "x.txt"), "x.txt": "*.txt export-ignore\n"})
    r.tag("v1.9.0")
    return {p: [f"v1.{i}.0" for i in range(7)] + ["v1.9.0"]}


@repo
def extended(lab):
    """extensions of the repository's format that change nothing in objects and refs"""
    asked = {}
    for name, value in {"worktreeConfig": "true", "preciousObjects": "true", "partialClone": "true", "noop": "true", "objectFormat": "sha1", "unknown": "true"}.items():
        p = f"{HOST}/ext-{name}.git"
        r = Repo(lab, f"ext-{name}")
        r.commit(mod(p))
        r.tag("v1.0.0")
        r.git("config", "core.repositoryformatversion", "1")
        r.git("config", f"extensions.{name}", value)
        asked[p] = ["latest", "v1.0.0"]
    return asked


@repo
def hidden(lab):
    """refs that upload-pack does not show: transfer.hideRefs, uploadpack.hideRefs"""
    asked = {}
    for name, patterns in {"one": ["refs/tags/v1.1.0", "refs/heads/secret/"], "but": ["refs/tags", "!refs/tags/v1.1.0"], "head": ["HEAD"], "full": ["^refs/tags/v1.0.0"],
                           "last": ["!refs/tags/v1.1.0", "refs/tags/v1"], "part": ["refs/tags/v1.1", "refs/heads/sec"]}.items():
        p = f"{HOST}/hide-{name}.git"
        r = Repo(lab, f"hide-{name}")
        r.commit(mod(p))
        r.tag("v1.0.0")
        grow(r)
        r.tag("v1.1.0", annotated=True)
        secret = grow(r, branch="secret/x", parents=["main"])[0]
        for i, pattern in enumerate(patterns):
            r.git("config", "--add", f"{'transfer' if i % 2 else 'uploadpack'}.hideRefs", pattern)
        asked[p] = ["latest", "main", "v1.0.0", "v1.1.0", "secret/x", secret[:12]]
    return asked


@repo
def broken(lab):
    """refs that are no refs: files that are empty or have something else, names that git would not give, objects that are not there"""
    p = f"{HOST}/broken.git"
    r = Repo(lab, "broken")
    r.commit(mod(p))
    r.tag("v1.0.0")
    head = grow(r)[0]
    for name, text in {"v1..2": head, "@{x": head, ".hidden": head, "-x": head, "v1.2.0.lock": head, "v1.3.0": head + " more", "v1.4.0-rc.1": head.upper(),
                       "none": "1" * 40, "zero": "0" * 40, "symbolic": "ref: refs/heads/none", "space d": head}.items():
        with open(f"{r.dir}/refs/tags/{name}", "w") as f:
            f.write(text + "\n")
    return {p: ["latest", "main", "v1.0.0", "v1.2.0", "v1.3.0", "v1.4.0-rc.1", "symbolic", "-x"]}


@repo
def times(lab):
    """committers' times: without one, not digits, without a zone, too large, far away"""
    asked = {}
    for name, when in {"negative": "-1 +0000", "far": "99999999999 +0000", "zone": "1500000000 +9999", "nozone": "1500000000", "large": "18446744073709551615 +0000", "none": "",
                       "part": "1500000000.5 +0000", "spaces": "   1500000000    -0000  x", "mail": "> 1500000000 +0000"}.items():
        p = f"{HOST}/time-{name}.git"
        r = Repo(lab, f"time-{name}")
        tree = r.git("rev-parse", r.commit(mod(p)) + "^{tree}")
        committer = f"committer c <c@d> {when}\n" if when else ""
        text = f"tree {tree}\nauthor a <a@b> 1500000000 +0000\n{committer}\nx\n"
        commit = r.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", data=text.encode())
        for ref in ("heads/main", "heads/x", "tags/v1.0.0"):
            with open(f"{r.dir}/refs/{ref}", "w") as f:
                f.write(commit + "\n")
        asked[p] = ["main", "v1.0.0", commit[:12]]
    return asked


@repo
def large(lab):
    """a go.mod above the limit that zips have"""
    p = f"{HOST}/large.git"
    r = Repo(lab, "large")
    text = f"module {p}\n//" + "x" * (16 << 20) + "\n"
    r.commit({"go.mod": text, "a.go": "package a\n"})
    r.tag("v1.0.0")
    r.tag("v2.0.0")
    return {p: ["latest", "v1.0.0", "v2.0.0+incompatible"]}


@repo
def elsewhere(lab):
    """.git files, worktrees, repositories with a work tree, a repository inside of another's directory"""
    import os
    import shutil
    top = os.path.join(lab.root, "repos")
    asked = {}

    def made(name, version="v1.0.0"):
        r = Repo(lab, name + "-real")
        r.commit(mod(f"{HOST}/{name}.git"))
        r.tag(version)
        r.commit({"b.go": "package a\n"})
        asked[f"{HOST}/{name}.git"] = [version, "main", "latest"]
        return r, os.path.join(top, name)

    def point(name, at, text):
        os.makedirs(os.path.dirname(at), exist_ok=True)
        with open(at, "w") as f:
            f.write(text)

    r, at = made("gitfile")
    point("gitfile", at + "/.git", "gitdir: ../gitfile-real.git\n")
    r, at = made("absolute")
    point("absolute", at + "/.git", f"gitdir: {r.dir}\r\n\n")
    r, at = made("itself")
    point("itself", at, f"gitdir: {r.dir}")
    r, at = made("nowhere")
    point("nowhere", at + "/.git", "gitdir: ../none.git\n")
    r, at = made("nonsense")
    point("nonsense", at + "/.git", f"gitdir:{r.dir}\n")
    shutil.copytree(r.dir, at + ".git")
    r, at = made("worktree")
    r.git("worktree", "add", "-q", "-b", "other", at, "v1.0.0")
    asked[f"{HOST}/worktree.git"].append("other")
    r, at = made("withtree")
    shutil.copytree(r.dir, at + "/.git")
    r, at = made("inner")
    shutil.copytree(r.dir, at + ".git/.git")
    r, at = made("dotted")
    shutil.copytree(r.dir, at + ".git")
    r, at = made("detached")
    shutil.copytree(r.dir, at)
    r.git("--git-dir", at, "update-ref", "--no-deref", "HEAD", "v1.0.0")
    return asked
