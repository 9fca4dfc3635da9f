"""lab: asks go and the program the same question of the same scene, and cuts a scene down to what a difference needs.

    lab = Lab(program, root)            # root: a folder of its own; paths in it stay the same, so that messages can be compared
    lab.enter(scene, warm)              # the scene on disk; warm: go commands that fill the module cache first
    difference = lab.ask(question)      # None, or what differs
    small = reduce(lab, scene, ...)     # fewer files and lines, the same difference

A question has: kind, go (arguments), ours (arguments), and compare(question, go, ours) -> None or (class, text). An answer is
(status, stdout, stderr). Neither program may leave anything changed: go's changes are undone, the program's are a difference.
"""
import hashlib, os, re, shutil, subprocess, time

LIMIT = 30  # seconds for one command


class Question:
    def __init__(self, kind, go, ours, compare, env=None):
        self.kind, self.go, self.ours, self.compare, self.env = kind, go, ours, compare, env or {}

    def __str__(self):
        return "go " + " ".join(self.go)


def remove(path):
    """Deletes a tree that may contain read-only directories, as a module cache does."""
    for base, dirs, _ in os.walk(path):
        for d in dirs:
            full = os.path.join(base, d)
            if not os.path.islink(full) and not os.access(full, os.W_OK):
                os.chmod(full, 0o755)
    shutil.rmtree(path, ignore_errors=True)


def picture(path):
    """The files below a directory: {name: (mode, size, time)}."""
    out = {}
    for base, dirs, files in os.walk(path):
        for n in files + dirs:
            full = os.path.join(base, n)
            st = os.lstat(full)
            out[full[len(path):]] = (st.st_mode, 0, 0) if n in dirs else (st.st_mode, st.st_size, st.st_mtime_ns)
    return out


def content(path):
    out = {}
    for base, dirs, files in os.walk(path):
        for n in files:
            if os.path.islink(os.path.join(base, n)):
                continue
            with open(os.path.join(base, n), "rb") as f:
                out[os.path.join(base, n)] = f.read()
    return out


class Lab:
    def __init__(self, program, root, go="go"):
        self.program, self.root, self.go = os.path.abspath(program), os.path.abspath(root), go
        self.cache, self.saved = os.path.join(self.root, "gopath/pkg/mod"), os.path.join(self.root, "saved")
        self.asked = 0
        self.go_seconds = self.our_seconds = 0.0
        keep = ("PATH", "GOROOT", "TMPDIR", "LANG")
        self.base = {k: os.environ[k] for k in keep if k in os.environ}
        home = self.root + "-home"
        os.makedirs(home + "/.config/go/telemetry", exist_ok=True)
        with open(home + "/.config/go/telemetry/mode", "w") as f:
            f.write("off")  # otherwise go leaves a process behind that writes to HOME
        self.base.update(HOME=home, GOPATH=os.path.join(self.root, "gopath"), GOTOOLCHAIN="local", GOENV="off", GOVCS="*:off",
                         GOCACHE=self.root + "-gocache", LC_ALL="C.UTF-8", NO_COLOR="1")

    def enter(self, scene, warm=(), damage=None):
        """Builds the scene. Calls damage(directory of the module cache) after warm has filled it."""
        remove(self.root)
        scene.build(self.root)
        self.scene = scene
        self.at = os.path.join(self.root, scene.cwd)
        self.before = content(os.path.join(self.root, scene.project))
        self.warm = bool(warm)
        for args in warm:
            self.run([self.go] + args, scene.environment(self.root))
            self.restore_project()
        if damage and os.path.isdir(self.cache):
            damage(self.cache)
        if self.warm and os.path.isdir(self.cache):
            shutil.copytree(self.cache, self.saved, symlinks=True)
        self.cached = picture(self.cache)

    def run(self, argv, env):
        full = dict(self.base, PWD=self.at)
        full.update(env)
        try:
            p = subprocess.run(argv, cwd=self.at, env=full, capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return None
        return p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")

    def restore_project(self):
        """Undoes what a command wrote into the project; returns the names that changed."""
        now = content(os.path.join(self.root, self.scene.project))
        changed = [n for n in now if now[n] != self.before.get(n)] + [n for n in self.before if n not in now]
        for name in changed:
            if name in self.before:
                with open(name, "wb") as f:
                    f.write(self.before[name])
            else:
                os.remove(name)
        return changed

    def restore_cache(self):
        if picture(self.cache) != self.cached:
            remove(self.cache)
            if self.warm and os.path.isdir(self.saved):
                subprocess.run(["cp", "-a", self.saved, self.cache], check=True)
                self.cached = picture(self.cache)
            return True
        return False

    def answers(self, q):
        """go's answer and the program's, and what the program changed."""
        env = self.scene.environment(self.root)
        env.update({k: v.replace("$ROOT", self.root) for k, v in q.env.items()})
        t = time.time()
        go = self.run([self.go] + q.go, env)
        self.go_seconds += time.time() - t
        self.restore_project()
        self.restore_cache()
        if go is None:
            return None, None, []
        env["XDG_CACHE_HOME"] = os.path.join(self.root, "xdg")
        remove(env["XDG_CACHE_HOME"])
        t = time.time()
        ours = self.run([self.program] + q.ours, env)
        self.our_seconds += time.time() - t
        wrote = self.restore_project()
        if self.restore_cache():
            wrote.append("the module cache")
        self.asked += 1
        return go, ours, wrote

    def ask(self, q):
        """None if both answers agree, else (class, text)."""
        go, ours, wrote = self.answers(q)
        if go is None or go[0] == 2 and "\ngoroutine " in go[2] or "go: internal error: " in go[2]:
            return None  # go hangs or crashes: no comparison
        if ours is None:
            return "time", "takes over %d s" % LIMIT
        if ours[0] < 0 or ours[0] >= 126:
            return "crash", "ends with %d: %s" % (ours[0], ours[2][-300:])
        if wrote:
            return "writes", "has changed " + " ".join(wrote[:3])
        return q.compare(q, go, ours)


# --- comparing

NOISE = re.compile(r"^(go: downloading |go: finding |go: found |warning: |go: warning: |\[notice\])")


def first_error(text):
    """The first line of standard error that does not report progress."""
    for line in text.split("\n"):
        if line.strip() and not NOISE.match(line):
            return line
    return ""


def first_difference(want, have):
    a, b = want.split("\n"), have.split("\n")
    for i in range(max(len(a), len(b))):
        x, y = a[i] if i < len(a) else "<end>", b[i] if i < len(b) else "<end>"
        if x != y:
            return "line %d of %d\n    go:   %s\n    ours: %s" % (i + 1, len(a) - 1, x, y)
    return "the same text"


def compare_text(q, go, ours):
    """Compares status class and stdout if go answers; if it refuses, we must refuse with its first line."""
    if (go[0] == 0) != (ours[0] == 0):
        return "status", "go %d, ours %d\n    go:   %s\n    ours: %s" % (go[0], ours[0], go[2].strip()[-400:], ours[2].strip()[-400:])
    if go[0] == 0 and go[1] != ours[1]:
        return "stdout", first_difference(go[1], ours[1])
    if go[0] != 0:
        return compare_words(go, ours)
    return None


def compare_words(go, ours):
    if go[0] == 2:
        return None  # wrong usage: each program has its own message
    want = first_error(go[2])
    if want and want not in ours[2].split("\n"):
        return "words", "\n    go:   %s\n    ours: %s" % (go[2].strip().replace("\n", "\n          "), ours[2].strip().replace("\n", "\n          "))
    return None


# --- reducing

def reduce(scene, still, limit=150):
    """The smallest scene found in at most limit tries that still(scene) says differs in the same way."""
    tries = 0

    def attempt(s):
        nonlocal tries
        tries += 1
        return tries <= limit and still(s)

    names = sorted(scene.files, key=lambda n: (not n.startswith("proxy/"), n))
    step = max(1, len(names) // 2)
    while step >= 1 and tries < limit:  # files, by halves
        i = 0
        while i < len(names) and tries < limit:
            s = scene.copy()
            for n in names[i:i + step]:
                del s.files[n]
            if attempt(s):
                scene, names = s, names[:i] + names[i + step:]
            else:
                i += step
        step //= 2
    for key in sorted(scene.env):
        s = scene.copy()
        if s.env[key] and key not in ("GOPROXY", "GOSUMDB"):
            del s.env[key]
            if attempt(s):
                scene = s
    for name in sorted(scene.files, key=lambda n: (n.startswith("proxy/"), n)):  # lines
        if name.endswith(".zip"):
            continue
        lines = scene.files[name].split(b"\n")
        step = max(1, len(lines) // 2)
        while step >= 1 and tries < limit:
            i = 0
            while i < len(lines) and tries < limit:
                s = scene.copy()
                s.files[name] = b"\n".join(lines[:i] + lines[i + step:])
                if attempt(s):
                    scene, lines = s, lines[:i] + lines[i + step:]
                else:
                    i += step
            step //= 2
    return scene


def write_reproduction(at, lab, scene, warm, q, difference, damage_text=""):
    """A directory with the scene, and run.sh, which runs both."""
    remove(at)
    root = os.path.join(at, "root")
    os.makedirs(root)
    scene.build(root)
    env = {k: v for k, v in lab.base.items() if k not in ("PATH", "LANG", "HOME")}
    env.update(scene.env)
    env.update(q.env)
    lines = ["#!/bin/bash", "# %s: %s" % (difference[0], difference[1].replace("\n", "\n# ")), 'root=$(cd "$(dirname "$0")" && pwd)/root',
             'chmod -R u+w "$root/gopath" 2>/dev/null; rm -rf "$root/gopath" "$root/xdg"', 'cd "$root/%s" || exit' % scene.cwd,
             'cp -a "$root" "$root.before"']
    for k, v in sorted(env.items()):
        lines.append("export %s=%s" % (k, sh(v.replace(lab.root, "$ROOT"))))
    for args in warm:
        lines.append("go %s >/dev/null 2>&1" % " ".join(sh(a) for a in args))
    lines += ["# " + line for line in damage_text.split("\n") if line]
    lines += ["echo '--- go'", "go %s; echo \"status $?\"" % " ".join(sh(a) for a in q.go),
              'rm -rf "$root/%s"; cp -a "$root.before/%s" "$root/%s"; rm -rf "$root.before"' % (scene.project, scene.project, scene.project),
              'cd "$root/%s"' % scene.cwd]
    if not warm:
        lines.append('chmod -R u+w "$root/gopath" 2>/dev/null; rm -rf "$root/gopath"')
    lines += ["echo '--- ours'", "export XDG_CACHE_HOME=$root/xdg",
              "${MODSCOPE:-%s} %s; echo \"status $?\"" % (lab.program, " ".join(sh(a) for a in q.ours))]
    with open(os.path.join(at, "run.sh"), "w") as f:
        f.write("\n".join(lines) + "\n")
    os.chmod(os.path.join(at, "run.sh"), 0o755)


def sh(word):
    return '"%s"' % re.sub(r'(["\\`])', r"\\\1", word).replace("$ROOT", "$root")


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12]
