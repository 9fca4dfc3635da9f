"""tree: the sources and objects of modscope, as the rules in house see them.

    tree = Tree(srcdir, objdir)     # objdir: a folder that was built in, compiled without optimisation

A file is named by its path below srcdir ("core/graph/query.c"). A room is a folder below core or views, or tui.
"""
import collections, os, re, subprocess

LIBRARIES = ("core", "tui", "views")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
TYPE = re.compile(r"^(?:typedef )?(?:struct|enum|union) (\w+) \{", re.M)
DECLARED = re.compile(r"^(?!\s|static|#|typedef|(?:struct|enum|union) \w+;)[^;{}()=]*?\b(\w+)\s*(?:\[[^;{}]*|\((?:[^(){};]|\([^(){};]*\))*\)[^;{}]*)?;", re.M)
INLINE = re.compile(r"^static inline [^;{=]*?(\w+)\(", re.M)

Function = collections.namedtuple("Function", "file line name lines")


def blank(match):
    """Replaces a comment or string by spaces of the same shape, so that lines keep their numbers."""
    text = match.group(0)
    if text[0] == '"':
        return '"' + " " * (len(text) - 2) + '"'
    return re.sub(r"[^\n]", " ", text)


def name_of_header(path):
    """The prefix of the names in a header: its own name, without _impl and _private."""
    return re.sub(r"_(impl|private)$", "", os.path.basename(path)[:-2])


class Tree:
    def __init__(self, srcdir, objdir):
        self.srcdir, self.objdir = srcdir, objdir
        self.text, self.code = {}, {}
        for library in LIBRARIES:
            for base, _, names in os.walk(os.path.join(srcdir, library)):
                for name in names:
                    if name.endswith((".c", ".h")):
                        self.read(os.path.relpath(os.path.join(base, name), srcdir))
        self.files = sorted(self.text)
        self.words = {h: set(DECLARED.findall(self.code[h])) for h in self.files if h.endswith(".h")}
        self.rooms = self.read_rooms()
        self.defined, self.wanted = {}, {}  # file: symbols with external linkage
        for file in self.files:
            if file.endswith(".c"):
                self.read_symbols(file)

    def read(self, file):
        with open(os.path.join(self.srcdir, file), encoding="utf-8") as f:
            self.text[file] = f.read()
        self.code[file] = COMMENT.sub(blank, self.text[file])

    def read_rooms(self):
        with open(os.path.join(self.srcdir, "core/rooms.def")) as f:
            return re.findall(r"^ROOM\((\w+),", f.read(), re.M)

    def read_symbols(self, file):
        folder, name = os.path.split(file)
        library = "modscope" if file == "views/main.c" else f"lib{file.split('/')[0]}_a"
        path = os.path.join(self.objdir, folder, f"{library}-{name[:-2]}.o")
        out = subprocess.run(["nm", path], capture_output=True, text=True, check=True).stdout
        rows = [line.split() for line in out.splitlines()]
        self.defined[file] = {r[-1] for r in rows if r[-2] in "TDBRVWC"}
        self.wanted[file] = {r[-1] for r in rows if r[-2] in "Uw"}

    def room(self, file):
        """"base" for core/base/err.h; None for a file outside core's rooms."""
        parts = file.split("/")
        return parts[1] if parts[0] == "core" and len(parts) > 2 else None

    def includes(self, file):
        """Our own files that a file includes, with the line."""
        text = self.text[file]
        for match in INCLUDE.finditer(text):
            for folder in (os.path.dirname(file), *LIBRARIES):
                path = os.path.normpath(os.path.join(folder, match.group(1)))
                if path in self.text:
                    yield path, text.count("\n", 0, match.start()) + 1
                    break

    def owner(self):
        """{symbol: the file that defines it}"""
        return {s: file for file, symbols in self.defined.items() for s in symbols}

    def headers(self):
        return [f for f in self.files if f.endswith(".h")]

    def types(self, header):
        return TYPE.findall(self.code[header])

    def inlines(self, header):
        return INLINE.findall(self.code[header])

    def functions(self):
        """Each function, from its first line to its closing brace. clang-format puts both braces in column 0."""
        for file in self.files:
            lines = self.code[file].split("\n")
            opened = None
            for at, line in enumerate(lines):
                if line == "{":
                    opened = at
                elif line == "}" and opened is not None:
                    head = opened - 1
                    while head and lines[head - 1].strip() and lines[head - 1][0] not in "}#/ ":
                        head -= 1
                    name = re.search(r"(\w+)\(", " ".join(lines[head:opened]))
                    if name:
                        yield Function(file, head + 1, name.group(1), at - head + 1)
                    opened = None
