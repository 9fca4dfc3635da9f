"""The same question to go's own direct and to us: version, .info, go.mod, h1 of the zip, or the words."""
import json
import os
import re
import shutil
import subprocess


def go_info(lab, path, rev, number, *flags):
    """go's answers for a version with a new cache: list -m, .info, .mod, h1, or its error."""
    cache = f"cache-{number}"
    listed = lab.go("list", "-m", "-json", *flags, f"{path}@{rev}", cache=cache)
    shutil.rmtree(os.path.join(lab.root, cache), ignore_errors=True)
    out = lab.go("mod", "download", "-json", f"{path}@{rev}", cache=cache)
    shown = json.loads(out.stdout) if out.stdout else {"Error": out.stderr}
    told = {"list": without_files(listed.stdout) + listed.stderr, "info": open(shown["Info"]).read() if "Info" in shown else "",
            "mod": open(shown["GoMod"], newline="").read() if "GoMod" in shown else "", "sum": shown.get("Sum", ""), "error": shown.get("Error", "")}
    shutil.rmtree(os.path.join(lab.root, cache), ignore_errors=True)
    return told


def without_files(text):
    """A listing without the names of files, which depend on the cache's place."""
    kept = "".join(line for line in text.splitlines(True) if not line.lstrip().startswith(('"GoMod":', '"Dir":')))
    return kept.replace(",\n}", "\n}")


def go_list(lab, path, number):
    cache = f"cache-{number}"
    out = lab.go("list", "-m", "-retracted", "-versions", path, cache=cache)
    shutil.rmtree(os.path.join(lab.root, cache), ignore_errors=True)
    return out.stdout + out.stderr


def our_list(lab, program, what, number, flags="-json"):
    root = os.path.join(lab.root, f"ours-{number}")
    env = dict(lab.go_env(f"ours-{number}/go"), XDG_CACHE_HOME=root, GOFLAGS=flags)
    out = subprocess.run([program, "list", what], cwd=os.path.join(lab.root, "empty"), env=env, capture_output=True, text=True,
                         errors="replace")
    shutil.rmtree(root, ignore_errors=True)
    return without_files(out.stdout) + out.stderr


def cleaned(info):
    """writeDiskStat: the part of an origin that an .info file keeps."""
    told = json.loads(info)
    for name in ("TagSum", "TagPrefix", "RepoSum"):
        told.get("Origin", {}).pop(name, None)
    if re.search(r"-\d{14}-", told["Version"].replace(".0.", "-").replace("-0.", "-")):
        told.get("Origin", {}).pop("Ref", None)
    return json.dumps(told, separators=(",", ":"))


class Probe:
    """Starts a process for each request, because the answer for a commit that was asked for before has other words."""

    def __init__(self, lab, program):
        self.env = dict(lab.go_env("ours"), XDG_CACHE_HOME=os.path.join(lab.root, "own"))
        self.program = program

    def ask(self, *words):
        out = subprocess.run([self.program], env=self.env, input=(" ".join(words) + "\n").encode(), stdout=subprocess.PIPE).stdout
        head, body = out.split(b"\n", 1)
        return head.startswith(b"ok"), body.decode("utf-8", "replace")


def differs(what, go, ours):
    if go == ours:
        return 0
    print(f"{what}: go says\n{go}\nwe say\n{ours}")
    return 1


def words(path, error):
    """go's text without the prefixes of its callers."""
    error = error.strip()
    for lead in (f"go: module {path}: ", f"module {path}: ", "go: "):
        error = error.removeprefix(lead)
    return re.sub("^" + re.escape(path) + r"@[^ ]*: ", "", error)


def is_query(rev):
    """Requests that the list of versions answers."""
    return rev in ("latest", "upgrade", "patch") or rev[0] in "<>" or re.fullmatch(r"v\d+(\.\d+)?", rev)


# of git archive, after its command line, which has the names of go's directories
GIT_WORDS = ["true/false are no valid working-tree-encodings"]


def compare_info(lab, probe, path, rev, go, ours):
    query = is_query(rev)
    if "git fetch --unshallow" in go["list"] + go["error"]:
        return 0  # git fails if HEAD leads nowhere, and so does go
    if "git fetch -f --end-of-options" in go["list"] and " is shallow: " in ours:
        return 0  # git's own message, with the names of go's directories
    bad = differs(f"{path}@{rev}: list -m -json", go["list"], ours)
    if bad or not go["info"]:
        return bad
    version = json.loads(go["info"])["Version"]
    ok, info = probe.ask("info", path, version if query else rev)
    bad += differs(f"{path}@{version}: .info", go["info"], cleaned(info) if ok else info)
    bad += differs(f"{path}@{version}: .mod", go["mod"], probe.ask("mod", path, version)[1])
    out = os.path.join(lab.root, "out.zip")
    ok, text = probe.ask("zip", path, version, out)
    if any(w in go["error"] and w in text for w in GIT_WORDS):
        return bad > 0
    if go["sum"]:
        bad += differs(f"{path}@{version}: zip", go["sum"], lab.h1(out) if ok else text)
    else:
        bad += differs(f"{path}@{version}: zip", words(path, go["error"]), text)
    return bad > 0
