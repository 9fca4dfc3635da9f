"""Repositories that a test makes, and go's own direct on them: git over file://, by way of insteadOf."""
import json
import os
import subprocess

HOST = "example.com"
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "GO"))}


def git_env(home):
    return dict(CLEAN, HOME=home, GIT_CONFIG_NOSYSTEM="1", GIT_ATTR_NOSYSTEM="1", GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@example.com",
                GIT_COMMITTER_NAME="c", GIT_COMMITTER_EMAIL="c@example.com", XDG_CONFIG_HOME=home, LC_ALL="C.UTF-8")


class Repo:
    """A repository that grows by commits with given times; files are {path: bytes or str, ("link", target), ("exec", text), None}."""

    def __init__(self, lab, name):
        self.lab, self.name = lab, name
        self.dir = os.path.join(lab.root, "repos", name + ".git")
        os.makedirs(self.dir)
        self.time = 1500000000
        self.git("init", "-q", "--bare", "-b", "main")

    def git(self, *args, data=None, **env):
        return subprocess.run(["git", "--git-dir", self.dir, *args], env=dict(self.lab.env, **env), input=data, check=True,
                              capture_output=True).stdout.decode("utf-8", "surrogateescape").strip()

    def commit(self, files, parents=None, branch="main", on=None):
        """A commit on a branch: the files of its first parent with changes."""
        self.time += 3600
        heads = self.git("for-each-ref", "--format=%(refname)").split()
        if parents is None:
            parents = ["refs/heads/" + branch] if "refs/heads/" + branch in heads else []
        index = os.path.join(self.lab.root, "index")
        if os.path.exists(index):
            os.unlink(index)
        env = {"GIT_INDEX_FILE": index}
        if parents:
            self.git("read-tree", parents[0], **env)
        lines = []
        for path, content in files.items():
            mode = "100644"
            if isinstance(content, tuple):
                mode = {"link": "120000", "exec": "100755", "module": "160000"}[content[0]]
                content = content[1]
            raw = path if isinstance(path, bytes) else path.encode()
            if content is None:
                lines.append(b"0 " + b"0" * 40 + b"\t" + raw)
                continue
            blob = content if mode == "160000" else self.git(
                "hash-object", "-w", "--stdin", data=content if isinstance(content, bytes) else content.encode())
            lines.append(f"{mode} {blob}\t".encode() + raw)
        self.git("update-index", "-z", "--add", "--index-info", data=b"\0".join(lines) + b"\0", **env)
        tree = self.git("write-tree", **env)
        when = f"{self.time} +0200"
        args = [a for p in parents for a in ("-p", p)]
        commit = self.git("commit-tree", tree, *args, "-m", "change", GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when)
        if branch:
            self.git("update-ref", "refs/heads/" + branch, commit)
        return commit

    def tag(self, name, at="main", annotated=False):
        env = {"GIT_COMMITTER_DATE": f"{self.time + 60} +0000"}
        self.git("tag", "-f", *(["-a", "-m", "release"] if annotated else []), name, at, **env)


class Lab:
    def __init__(self, root):
        self.root = root
        self.env = git_env(root)
        os.makedirs(os.path.join(root, "repos"))

    def go_env(self, cache="go"):
        return dict(self.env, GOPATH=os.path.join(self.root, cache), GOPROXY="direct", GONOSUMDB="*", GOFLAGS="-modcacherw", GO111MODULE="on",
                    GOTOOLCHAIN="local", GOCACHE=os.path.join(self.root, "build"), GIT_CONFIG_COUNT="1",
                    GIT_CONFIG_KEY_0=f"url.file://{self.root}/repos/.insteadOf", GIT_CONFIG_VALUE_0=f"https://{HOST}/", PATH=os.environ["PATH"])

    def go(self, *args, cache="go"):
        empty = os.path.join(self.root, "empty")
        os.makedirs(empty, exist_ok=True)
        return subprocess.run(["go", *args], cwd=empty, env=self.go_env(cache), capture_output=True, text=True)

    def download(self, modules):
        """The answer of go mod download -json for each PATH@VERSION: its fields, or {"Error": text}."""
        out = self.go("mod", "download", "-json", *modules).stdout
        found, decoder, at = [], json.JSONDecoder(), 0
        while at < len(out.rstrip()):
            one, at = decoder.raw_decode(out, at)
            found.append(one)
            while at < len(out) and out[at].isspace():
                at += 1
        return found

    def h1(self, file):
        """dirhash.HashZip, from its definition."""
        import base64
        import hashlib
        import zipfile
        z = zipfile.ZipFile(file)
        lines = "".join(f"{hashlib.sha256(z.read(n)).hexdigest()}  {n}\n" for n in sorted(z.namelist(), key=lambda n: n.encode()))
        return "h1:" + base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()


class Over:
    """The lab as our side sees it: its repositories at another address."""

    def __init__(self, lab, base, **more):
        self.root, self.lab, self.base, self.more = lab.root, lab, base, more

    def go_env(self, cache="go"):
        return dict(self.lab.go_env(cache), GIT_CONFIG_KEY_0=f"url.{self.base}.insteadOf", **self.more)

    def h1(self, file):
        return self.lab.h1(file)
