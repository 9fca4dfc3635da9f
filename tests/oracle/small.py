"""small: a file:// proxy of a few modules, an environment of its own, and a count of what passed, for the scripts of small states.

    def run(t): ...                     # t.work, t.env, t.program; t.ask(args, cwd), t.check(ok, text)
    sys.exit(small.main(run))           # [PROGRAM WORKDIR]; else MODSCOPE, in a folder that is removed
"""
import os, re, shutil, subprocess, sys, tempfile, zipfile


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def remove(path):
    subprocess.run(["chmod", "-R", "u+rwX", path], stderr=subprocess.DEVNULL)
    shutil.rmtree(path, ignore_errors=True)


def escaped(path):
    return re.sub("[A-Z]", lambda m: "!" + m.group().lower(), path)


def proxy(at, modules):
    """modules: {(path, version): the lines of go.mod, or {file: text} with these lines as ""}"""
    tags = {}
    for (path, version), files in modules.items():
        files = dict(files) if isinstance(files, dict) else {"": files, "p.go": "package p\n"}
        base = "%s/%s/@v/%s" % (at, escaped(path), version)
        mod = "module %s\n\n%s" % (path, files.pop("", ""))
        write(base + ".mod", mod)
        write(base + ".info", '{"Version":"%s","Time":"2024-01-02T03:04:05Z"}' % version)
        with zipfile.ZipFile(base + ".zip", "w") as z:
            z.writestr("%s@%s/go.mod" % (path, version), mod)
            for name, text in sorted(files.items()):
                z.writestr("%s@%s/%s" % (path, version, name), text)
        tags.setdefault(path, []).append(version)
    for path, versions in tags.items():
        write("%s/%s/@v/list" % (at, escaped(path)), "".join(v + "\n" for v in versions))


class State:
    def __init__(self, program, work):
        self.program, self.work, self.good, self.bad, self.user = program, work, 0, 0, None
        self.env = dict(os.environ, GOPATH=work + "/gopath", GOMODCACHE=work + "/cache", GOPROXY="file://" + work + "/proxy", GOSUMDB="off",
                        GOTOOLCHAIN="local", GOFLAGS="", GOENV="off", HOME=work + "/home", GOCACHE=work + "/gocache",
                        XDG_CACHE_HOME=work + "/own", LC_ALL="C.UTF-8", GOTELEMETRY="off")
        self.env.pop("GOWORK", None)
        write(work + "/home/.config/go/telemetry/mode", "off")  # otherwise go leaves a process behind

    def ask(self, args, cwd=None, **env):
        return subprocess.run(args, cwd=cwd or self.work, env=dict(self.env, **env), capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=600, user=self.user)

    def check(self, ok, text):
        self.good, self.bad = self.good + bool(ok), self.bad + (not ok)
        if not ok:
            print("FAIL " + text, flush=True)


def main(run, without_go=False):
    if not without_go and shutil.which("go") is None:
        print("SKIPPED: go is not installed")
        return 77
    own = len(sys.argv) < 3
    work = tempfile.mkdtemp() if own else os.path.abspath(sys.argv[2])
    remove(work)
    os.makedirs(work)
    t = State(os.path.abspath(os.environ.get("MODSCOPE", "./modscope") if own else sys.argv[1]), work)
    run(t)
    if own:
        remove(work)
    print("%d passed, %d failed" % (t.good, t.bad))
    return t.bad > 0
