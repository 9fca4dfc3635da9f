"""planted: each rule of the house finds the breach that is planted for it in a small tree of sources, and finds nothing in the tree
as it is. What is asked is tests/lint/run, as `make lint` does."""
import concurrent.futures, os, re, shutil, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
CC = os.environ.get("CC", "cc").split()

ASH_H = """/* ash.h - the ground. */
#pragma once
struct ash {
	int n;
};
int ash_count(const struct ash *a);
"""
ASH_C = """#include "low/ash.h"

int ash_count(const struct ash *a)
{
	return a->n;
}
"""
OAK_H = """/* oak.h - stands on ash. */
#pragma once
#include "low/ash.h"
int oak_height(const struct ash *a);
"""
OAK_C = """#include "high/oak.h"
#include "high/oak_impl.h"

int oak_height(const struct ash *a)
{
	return ash_count(a) + oak_twig(a);
}
"""
TWIG_C = """#include "high/oak_impl.h"

int oak_twig(const struct ash *a)
{
	return ash_count(a);
}
"""
TREE = {
    "core/rooms.def": 'ROOM(low, "the ground")\nROOM(high, "above")\n',
    "core/low/err.h": "/* err.h - what went wrong. */\n#pragma once\nstruct err {\n\tchar *text;\n};\n",
    "core/low/ash.h": ASH_H,
    "core/low/ash.c": ASH_C,
    "core/high/oak.h": OAK_H,
    "core/high/oak.c": OAK_C,
    "core/high/oak_impl.h": "/* oak_impl.h - oak's own. */\n#pragma once\n#include \"low/ash.h\"\nint oak_twig(const struct ash *a);\n",
    "core/high/oak_twig.c": TWIG_C,
    "views/main.c": '#include "high/oak.h"\n\nint main(void)\n{\n\tstruct ash a = { 0 };\n\n\treturn oak_height(&a);\n}\n',
    "ARCHITECTURE.md": "`core/low/` holds `ash_count()`; see `core/high/oak.h`.\n",
    "CONTRIBUTING.md": "`make`\n",
    "tests/lint/unreachable.txt": "# none\n",
    "tests/lint/circles.txt": "# none\n",
    "tests/lint/names.txt": "# none\n",
    "tests/lint/tables.txt": "# none\n",
}
LONG = "int ash_count(const struct ash *a)\n{\n" + "\t(void)a;\n" * 58 + "\treturn a->n;\n}\n"
FAIRLY_LONG = LONG.replace("\t(void)a;\n" * 58, "\t(void)a;\n" * 24)


# rule, the reported place, and the files that break the rule
PLANTS = [
    ("room_includes", r"core/low/ash.c:1: core/high/oak.h", {"core/low/ash.c": '#include "high/oak.h"\n' + ASH_C}),
    ("room_symbols", r"core/low/ash.c: oak_twig of core/high/oak_twig.c", {
        "core/low/ash.c": ASH_C.replace("int ash", "int oak_twig(const struct ash *a);\n\nint ash").replace("a->n", "oak_twig(a)")}),
    ("room_private", r"views/main.c:1: core/high/oak_impl.h", {
        "views/main.c": '#include "high/oak_impl.h"\n' + TREE["views/main.c"]}),
    ("room_folders", r"core/yew.c", {"core/yew.c": "int yew;\n"}),
    ("room_folders", r"core/deep/yew.c", {"core/deep/yew.c": "int yew;\n"}),
    ("circles", r"core/high/oak core/high/oak_twig", {
        "core/high/oak_twig.c": TWIG_C.replace("_impl.h", "_impl.h\"\n#include \"high/oak.h").replace("ash_count(a)", "oak_height(a)")}),
    ("message_branches", r"core/high/oak.c:\d+: strcmp", {
        "core/high/oak.c": "#include <string.h>\n#include \"low/err.h\"\n" + OAK_C.replace("return", "struct err e = { 0 };\n\n\tif (strcmp(\"no\", (e.text)))\n\t\treturn 1;\n\treturn")}),
    ("message_branches", r"core/high/oak.c:\d+: strstr", {
        "core/high/oak.c": "#include <string.h>\n#include \"low/err.h\"\n" + OAK_C.replace(
            "return", "struct { struct err *why; } s = { 0 };\n\n\tif (a->n && strstr(s.why->text, \"no\"))\n\t\treturn 1;\n\treturn")}),
    ("unreachable", r"core/low/ash: ash_leaf", {
        "core/low/ash.h": ASH_H + "int ash_leaf(void);\n", "core/low/ash.c": ASH_C + "\nint ash_leaf(void)\n{\n\treturn ash_leaf();\n}\n"}),
    ("name_prefixes", r"core/low/ash.h: count_ash", {
        f: TREE[f].replace("ash_count", "count_ash") for f in TREE if f.endswith((".c", ".h"))}),
    ("name_prefixes", r"core/low/ash.h: leaf", {"core/low/ash.h": ASH_H + "struct leaf {\n\tint n;\n};\n"}),
    ("own_externals", r"core/low/ash.c: ash_leaf", {
        "core/low/ash.h": ASH_H + "int ash_leaf(void);\n",
        "core/low/ash.c": ASH_C.replace("int ash", "int ash_leaf(void)\n{\n\treturn 1;\n}\n\nint ash", 1).replace("a->n", "ash_leaf()")}),
    ("file_sizes", r"core/low/ash.c: \d+ lines", {"core/low/ash.c": ASH_C + "\n" * 700}),
    ("function_sizes", r"core/low/ash.c:3: ash_count: 62 lines", {"core/low/ash.c": ASH_C[:ASH_C.index("int ash")] + LONG}),
    ("function_p90", r"core: 28 lines", {"core/low/ash.c": ASH_C[:ASH_C.index("int ash")] + FAIRLY_LONG}),
    ("documents", r"ARCHITECTURE.md: core/low/elm.h", {"ARCHITECTURE.md": "`core/low/elm.h`\n"}),
    ("documents", r"ARCHITECTURE.md: elm.c", {"ARCHITECTURE.md": "`elm.c`\n"}),
    ("documents", r"CONTRIBUTING.md: ash_fall\(\)", {"CONTRIBUTING.md": "`ash_fall()`\n"}),
    ("documents", r"CONTRIBUTING.md: the row `make oak` stands 2 times", {"CONTRIBUTING.md": "| `make oak` | a tree |\n| `make oak` | an oak |\n"}),
]
# breaches that the lists of exceptions allow
LET_PASS = [
    ({**PLANTS[5][2], "tests/lint/circles.txt": "core/high/oak core/high/oak_twig: a reason\n"}),
    ({**PLANTS[10][2], "tests/lint/names.txt": "leaf: a reason\n"}),
    ({**PLANTS[8][2], "tests/unit/ash.h": "/* uses ash_leaf */\n", "tests/lint/unreachable.txt": "ash_leaf: a reason\n"}),
    ({"core/low/ash.c": ASH_C + "\n" * 700, "tests/lint/tables.txt": "core/low/ash.c: a reason\n"}),
]


def write(top, files):
    for name, text in files.items():
        os.makedirs(os.path.dirname(os.path.join(top, name)), exist_ok=True)
        with open(os.path.join(top, name), "w") as f:
            f.write(text)


def build(top):
    """Builds what `make lint` builds of a tree: objects with automake's names, and unreachable.log."""
    objects = []
    for base, _, names in os.walk(top):
        for name in sorted(n for n in names if n.endswith(".c")):
            source = os.path.relpath(os.path.join(base, name), top)
            prefix = "modscope" if name == "main.c" else f"lib{source.split('/')[0]}_a"
            obj = os.path.join("build/build-lint", os.path.dirname(source), f"{prefix}-{name[:-2]}.o")
            os.makedirs(os.path.join(top, os.path.dirname(obj)), exist_ok=True)
            subprocess.run([*CC, "-O0", "-ffunction-sections", "-Icore", "-c", "-o", obj, source], cwd=top, check=True)
            objects.append(os.path.relpath(obj, "build/build-lint"))
    linked = subprocess.run([*CC, "-Wl,--gc-sections,--print-gc-sections", "-o", "out", *objects], cwd=top + "/build/build-lint",
                            capture_output=True, text=True, check=True)
    write(top, {"build/build-lint/unreachable.log": linked.stderr})


def lint(files):
    """The result of lint for the tree with these files replaced: its status and its breaches."""
    with tempfile.TemporaryDirectory() as top:
        write(top, {**TREE, **files})
        for name in ("run", "house", "tree.py"):
            shutil.copy(os.path.join(here, name), os.path.join(top, "tests/lint", name))
        build(top)
        got = subprocess.run([top + "/tests/lint/run", top], cwd=top + "/build", capture_output=True, text=True,
                             env={**os.environ, "LINT": "house"})
        return got.returncode, [line for line in got.stdout.splitlines() if line.startswith("lint: ")]


def main():
    words = dict(line.split("\t") for line in
                 subprocess.run([here + "/house", "--rules"], capture_output=True, text=True, check=True).stdout.splitlines())
    bad = [f"no breach is planted for {rule}" for rule in sorted(set(words) - {p[0] for p in PLANTS})]
    quiet = [{}, *LET_PASS]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(lint, quiet + [p[2] for p in PLANTS]))
    for files, (status, found) in zip(quiet, answers):
        if status or found:
            bad.append(f"lint finds something in {sorted(files) or 'the tree as it is'}: status {status}, {found}")
    for (rule, where, files), (status, found) in zip(PLANTS, answers[len(quiet):]):
        if status != 1 or not any(re.fullmatch(re.escape(f"lint: {words[rule]}: ") + where + ".*", line) for line in found):
            bad.append(f"{rule} is broken in {sorted(files)}, and lint ends with {status} and says {found}")
    for b in bad:
        print("FAIL:", b)
    return bool(bad)


if shutil.which("nm") is None or shutil.which(CC[0]) is None:
    print("SKIPPED: no compiler or nm")
    sys.exit(77)
sys.exit(main())
