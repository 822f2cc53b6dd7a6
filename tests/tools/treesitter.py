"""The grammar of tree-sitter, in tree-sitter: that it reads every text as the compiler does, and that its queries say so.

    python tests/tools/treesitter.py [EDITS] [SEED]

"The same" is meant so. The compiler cuts a text into pieces, a declaration each. Of every piece that it reads as written
the grammar must find the same statements, with the same parts, blocks, brackets and comments, at the same bytes. A piece
in which a brace, a bracket or a text is never closed the compiler mends before it reads it; inside of it the grammar may
read otherwise, but in 19 of 20 its outermost statements must stand at the same places, and the pieces around it must
agree. No text makes tree-sitter report an error.
"""

import ctypes
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tree_sitter import Language, Parser, Point, Query, QueryCursor

from verdicts import outcome, verdict

ROOT = Path(__file__).resolve().parents[2]
GRAMMAR = ROOT / "editors/tree-sitter-funnel"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
COMPILER = TARGET / "debug/examples/syntax_tree"


def language(folder):
    """The committed parser, compiled as an editor would."""
    library = Path(folder) / "funnel.so"
    sources = [GRAMMAR / "src/parser.c", GRAMMAR / "src/scanner.c"]
    flags = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-shared", "-fPIC"]
    subprocess.run(["cc", *flags, f"-I{GRAMMAR / 'src'}", *sources, "-o", library], check=True)
    function = ctypes.CDLL(str(library)).tree_sitter_funnel
    function.restype = ctypes.c_void_p
    named = ctypes.pythonapi.PyCapsule_New
    named.restype = ctypes.py_object
    named.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
    return Language(named(function(), b"tree_sitter.Language", None))


class Compiler:
    """The compiler's parser, asked text by text."""

    def __init__(self):
        self.process = subprocess.Popen([COMPILER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def pieces(self, text):
        self.process.stdin.write(json.dumps(text).encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


# ---- what tree-sitter has read, in the form of `examples/syntax_tree.rs`

STATEMENTS = {"statement", "transition"}
COMMENTS = {"comment", "doc_comment"}
LEAVES = {
    "word": "word",
    "joiner": "word",
    "handover": "word",
    "number": "number",
    "string": "string",
    "text": "text",
    "operator": "operator",
    "bad": "bad",
    "stray": "bad",
    "open_string": "bad",
}
HOLDERS = {"parentheses", "brackets"}


def statement(node, comments):
    parts = [part for child in node.children if (part := read_part(child, comments))]
    return ["statement", node.start_byte, node.end_byte, parts]


def statements(node, comments):
    found = []
    for child in node.children:
        if child.type in STATEMENTS:
            found.append(statement(child, comments))
        elif child.type in COMMENTS:
            comments.append([child.start_byte, child.end_byte])
    return found


def read_part(node, comments):
    kind = node.type
    if kind in LEAVES:
        return [LEAVES[kind], node.start_byte, node.end_byte]
    if kind in HOLDERS:
        inner = [part for child in node.children[1:-1] if (part := read_part(child, comments))]
        return [kind, node.start_byte, node.end_byte, inner]
    if kind == "block":
        return ["block", node.start_byte, node.end_byte, statements(node, comments)]
    if kind in COMMENTS:
        comments.append([node.start_byte, node.end_byte])
        return None
    return [f"?{kind}", node.start_byte, node.end_byte]


def same_part(ours, theirs):
    """A number the compiler cannot read is bad in its eyes only."""
    if ours[0] == "bad" and theirs[0] in ("number", "bad"):
        return ours[1:3] == theirs[1:3]
    if ours[:3] != theirs[:3] or len(ours) != len(theirs):
        return False
    return len(ours) < 4 or same_parts(ours[3], theirs[3])


def same_parts(ours, theirs):
    return len(ours) == len(theirs) and all(map(same_part, ours, theirs))


GAP = re.compile(r"(?:[\s;؛\u200e\u200f\u061c\ufeff]|//[^\n]*(?=\n|\Z))*")


def same_places(ours, theirs, data):
    """Whether statements stand at the same places, but for space and comments at their ends."""
    def is_gap(start, end):
        return GAP.fullmatch(data[min(start, end) : max(start, end)].decode())

    return len(ours) == len(theirs) and all(
        own[1] == their[1] and is_gap(own[2], their[2]) for own, their in zip(ours, theirs)
    )


class Tally:
    """How many pieces were compared, and of how many mended ones the statements stood where the compiler has them."""

    whole = mended = placed = 0


def agreement(pieces, tree, data, tally):
    """The first piece read otherwise, as words."""
    comments = []
    found = statements(tree.root_node, comments)
    if tree.root_node.has_error:
        return "tree-sitter reports an error"
    for piece in pieces:
        start, end = piece["range"]
        end = end if piece is not pieces[-1] else end + 1
        own = [statement for statement in found if start <= statement[1] < end]
        own_comments = [comment for comment in comments if start <= comment[0] < end]
        if not piece["whole"]:
            tally.mended += 1
            tally.placed += same_places(piece["stmts"], own, data)
            continue
        tally.whole += 1
        if not same_parts(piece["stmts"], own) or piece["comments"] != sorted(own_comments):
            ours, theirs = f"{piece['stmts']} {piece['comments']}", f"{own} {own_comments}"
            return f"bytes {start}..{end}:\n  compiler    {ours}\n  tree-sitter {theirs}"
    return ""


# A case of the corpus, in the format of `tree-sitter test`.
CASE = re.compile(r"^=+\n(?P<name>[^\n]+)\n=+\n\n(?P<text>.*?)\n?---\n\n(?P<tree>.*?)(?=\n=+\n|\Z)", re.M | re.S)

# ---- texts: all of the repository, and edits of them


def texts():
    """Every spec of the repository, every example in the book, and the corpus."""
    found = {}
    for path in sorted(ROOT.glob("**/*.funnel")):
        if not {"target", ".cache", "node_modules"} & set(path.relative_to(ROOT).parts):
            found[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8", errors="replace")
    for path in sorted((ROOT / "book/src").glob("**/*.md")):
        for index, block in enumerate(re.findall(r"^```funnel[^\n]*\n(.*?)^```", path.read_text(), re.M | re.S)):
            found[f"{path.relative_to(ROOT)} {index + 1}"] = block
    for path in sorted((GRAMMAR / "test/corpus").glob("*.txt")):
        found |= {f"{path.name}: {case['name']}": case["text"] for case in CASE.finditer(path.read_text())}
    return found


SIGNS = list('{}()[]"";,\n') + ['"""', "//", "///", " ", "->", "..", "and", "or", "within", "owner", "\n\n", "\n  "]
SIGNS += ["؛", "،", "٣٠", "اسم", "\u200f", "\u00a0", "\ufeff", "é", "e\u0301", "🎈", "\\", "\x00", "\r", "{{", "}}", "|"]
SIGNS += ["event ", "\nevent x {\n", "\nstage y", "\nuse", "handover a -> b", " \"open }", " \"open {", "5%", "-5", "+", "*", "/"]


def edit(text, chance, others):
    """One edit: where, how much goes, what comes."""
    at = chance.randrange(len(text) + 1)
    kind = chance.random()
    if kind < 0.35:
        return at, 0, chance.choice(SIGNS)
    if kind < 0.65:
        return at, min(len(text) - at, chance.choice([1, 1, 1, 2, 5, 40])), ""
    if kind < 0.8:
        marks = [found.start() for found in re.finditer(r'[{}()\[\]"]', text)]
        return (chance.choice(marks), 1, "") if marks else (at, 0, "{")
    if kind < 0.9:
        lines = [found.start() for found in re.finditer(r"\n[ \t]+", text)]
        where = chance.choice(lines) + 1 if lines else at
        return where, len(re.match(r"[ \t]*", text[where:]).group()), ""
    other = chance.choice(others)
    start = chance.randrange(len(other) + 1)
    return at, 0, other[start : start + chance.choice([3, 20, 200])]


def point(data, byte):
    row = data.count(b"\n", 0, byte)
    return Point(row, byte - (data.rfind(b"\n", 0, byte) + 1))


def edited(tree, old, at, gone, come):
    """The old tree, told of an edit."""
    before = old[:at]
    start, old_end, new_end = (len(text.encode()) for text in (before, old[: at + gone], before + come))
    old_data, new_data = old.encode(), (before + come).encode()
    tree.edit(start, old_end, new_end, point(old_data, start), point(old_data, old_end), point(new_data, new_end))
    return tree


def changed(parser, tree, old, at, gone, come):
    """The text after an edit, and its tree by way of the old one."""
    new = old[:at] + come + old[at + gone :]
    return new, parser.parse(new.encode(), edited(tree, old, at, gone, come))


def shape(node):
    """All nodes and where they stand."""
    cursor, found = node.walk(), []
    while True:
        own = cursor.node
        found.append((own.type, own.start_byte, own.end_byte, own.start_point, own.end_point, cursor.field_name))
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return found


def fuzz(parser, compiler, count, seed):
    """Runs of edits, each on top of the one before."""
    chance = random.Random(seed)
    pool = [text for text in texts().values() if text]
    faults = {"agrees": [], "incremental": []}
    tally, spent, bytes_read, done = Tally(), 0, 0, 0
    while done < count:
        text = chance.choice(pool)
        if len(text) > 3000:
            lines = text.splitlines(keepends=True)
            start = chance.randrange(len(lines))
            text = "".join(lines[start : start + chance.choice([5, 20, 60])])
        tree = parser.parse(text.encode())
        for _ in range(chance.choice([1, 2, 4, 8])):
            at, gone, come = edit(text, chance, pool)
            old = text
            text, tree = changed(parser, tree, text, at, gone, come)
            began = time.perf_counter()
            fresh = parser.parse(text.encode())
            spent += time.perf_counter() - began
            bytes_read += len(text.encode())
            if shape(fresh.root_node) != shape(tree.root_node):
                faults["incremental"].append((old, at, gone, come))
            fault = agreement(compiler.pieces(text), fresh, text.encode(), tally)
            if fault:
                faults["agrees"].append((text, fault))
            done += 1
            if fault:
                break
    return faults, tally, spent / done, bytes_read / done


# ---- the corpus


def pretty(node, field="", depth=0):
    """A node as `tree-sitter parse` would print it, without places."""
    inner = [
        "\n" + pretty(child, node.field_name_for_child(index) or "", depth + 1)
        for index, child in enumerate(node.children)
        if child.is_named
    ]
    label = f"{field}: " if field else ""
    return f"{'  ' * depth}{label}({node.type}{''.join(inner)})"


def check_corpus(parser):
    for path in sorted((GRAMMAR / "test/corpus").glob("*.txt")):
        written = path.read_text()
        cases = list(CASE.finditer(written))
        verdict(f"{path.name} holds cases", "" if cases else "none")
        blessed = []
        for case in cases:
            tree = parser.parse(case["text"].encode()).root_node
            verdict(f"corpus: {case['name']}", "" if case["tree"].split() == pretty(tree).split() else pretty(tree))
            line = "=" * 80
            blessed.append(f"{line}\n{case['name']}\n{line}\n\n{case['text']}\n---\n\n{pretty(tree)}\n")
        if os.environ.get("FUNNELC_BLESS"):
            path.write_text("\n".join(blessed))


# ---- queries


def check_queries(tongue, parser):
    """Each compiles, also those of single editors; the highlights of the sample are those that stand beside it."""
    own = GRAMMAR / "queries"
    folders = [own, *(GRAMMAR.parent / folder for folder in ("neovim/queries/funnel", "helix/queries/funnel", "zed/languages/funnel"))]
    for path in [path for folder in folders for path in sorted(folder.glob("*.scm"))]:
        name = path.relative_to(GRAMMAR.parent)
        try:
            Query(tongue, path.read_text())
            verdict(f"{name} is a query of this grammar", "")
        except (ValueError, SyntaxError, NameError, TypeError) as fault:
            verdict(f"{name} is a query of this grammar", repr(fault))
        if path.name in ("highlights.scm", "injections.scm", "locals.scm"):
            verdict(f"{name} is the one there is", "" if path.read_text() == (own / path.name).read_text() else "it differs")
    folder = GRAMMAR / "test/highlight"
    text = (folder / "sample.funnel").read_bytes()
    shown = "\n".join(highlights(tongue, parser.parse(text), text)) + "\n"
    if os.environ.get("FUNNELC_BLESS"):
        (folder / "sample.txt").write_text(shown)
    verdict("the sample is highlighted", "" if (folder / "sample.txt").read_text() == shown else shown)
    used = set(re.findall(r"@([a-z][a-z.]*)", (GRAMMAR / "queries/highlights.scm").read_text()))
    seen = {line.split("  ")[0].strip() for line in shown.splitlines()}
    verdict("every kind of highlight is in the sample", sorted(used - seen))


def highlights(tongue, tree, text):
    """Every token with the name that the last fitting pattern gives it."""
    query = Query(tongue, (GRAMMAR / "queries/highlights.scm").read_text())
    named = {}
    for pattern, captures in QueryCursor(query).matches(tree.root_node):
        for name, nodes in captures.items():
            for node in nodes:
                place = (node.start_byte, node.end_byte)
                if not name.startswith("_") and named.get(place, (-1,))[0] <= pattern:
                    named[place] = (pattern, name)
    for (start, end), (_, name) in sorted(named.items()):
        yield f"{name:24}  {text[start:end].decode().splitlines()[0]}"


# ---- all of it


def check_texts(parser, compiler):
    """Agreement on every text of the repository, each as it is and cut off in the middle."""
    spent = size = 0
    for name, text in texts().items():
        for shown, whole in [(name, text), (f"{name}, half", text[: len(text) // 2])]:
            data = whole.encode()
            began = time.perf_counter()
            tree = parser.parse(data)
            spent, size = spent + time.perf_counter() - began, size + len(data)
            verdict(shown, agreement(compiler.pieces(whole), tree, data, Tally()))
    print(f"NOTE: tree-sitter reads {size / spent / 1e6:.1f} MB a second")


HOSTILE = {
    "blocks in blocks": "a { " * 150,
    "blocks never closed": "event a {\n" * 1_000,
    "brackets in brackets": "a " + "(" * 200 + "[" * 100,
    "brackets that fit": "a = " + "([" * 120 + "])" * 120 + "\n",
    "quotes": '"' * 20_001 + "\nb\n",
    "long texts never closed": 'a """\n' * 9_999,
    "comments where a line runs on": "a,\n" + "//\n" * 5_000 + "b\n",
    "braces": "}" * 20_000,
    "one long line": "a " * 50_000,
    "signs of nothing": "\x00\u0301\u2066@" * 5_000,
    "placeholders": 'a "' + "{{" * 5_000 + "}}" * 5_000 + '"\n',
}


def check_hostile(parser, compiler):
    deep = parser.parse(b"a { " * 50_000).root_node
    verdict("no depth is too deep", "" if deep.descendant_count > 100_000 and not deep.has_error else deep.descendant_count)
    for name, text in HOSTILE.items():
        began = time.perf_counter()
        tree = parser.parse(text.encode())
        spent = time.perf_counter() - began
        verdict(f"{name}: agrees", agreement(compiler.pieces(text), tree, text.encode(), Tally()))
        verdict(f"{name}: read in time", "" if spent < 10 else f"{spent:.1f} s for {len(text)} signs")


def check_edits(parser, compiler, count, seed):
    faults, tally, spent, size = fuzz(parser, compiler, count, seed)
    for text, fault in sorted(faults["agrees"], key=lambda found: len(found[0]))[:3]:
        print(f"FAIL seed {seed}: {text!r}\n{fault}")
    for found in sorted(faults["incremental"], key=lambda found: len(found[0]))[:3]:
        print(f"FAIL seed {seed}: an edit is read otherwise than the text it makes: {found!r}")
    verdict("edits agree", len(faults["agrees"]))
    verdict("edits are read as new texts are", len(faults["incremental"]))
    verdict("most pieces are compared", "" if tally.whole > 2 * tally.mended > 0 else vars(tally))
    verdict("mended pieces hold the same statements", "" if tally.placed >= 0.95 * tally.mended else vars(tally))
    print(f"NOTE: {count} edits: {tally.whole} pieces read alike; {tally.placed} of {tally.mended} mended ones hold the same statements")
    print(f"NOTE: {spent * 1e6:.0f} µs for {size:.0f} bytes")


def say_speed(parser, seed):
    """What one key costs in the longest spec there is."""
    chance = random.Random(seed)
    text = max(texts().values(), key=len)
    times = []
    for _ in range(100):
        tree = parser.parse(text.encode())
        at = chance.randrange(len(text))
        new, told = (text[:at] + "a" + text[at:]).encode(), edited(tree, text, at, 0, "a")
        began = time.perf_counter()
        parser.parse(new, told)
        times.append((time.perf_counter() - began) * 1e6)
    times.sort()
    print(f"NOTE: a key in {len(text.encode())} bytes: half of them {times[50]:.0f} µs, the slowest {times[-1]:.0f} µs")


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 2026
    with tempfile.TemporaryDirectory() as folder:
        tongue = language(folder)
        parser, compiler = Parser(tongue), Compiler()
        check_corpus(parser)
        check_queries(tongue, parser)
        check_texts(parser, compiler)
        check_hostile(parser, compiler)
        check_edits(parser, compiler, count, seed)
        say_speed(parser, seed)
    return outcome()


if __name__ == "__main__":
    sys.exit(main())
