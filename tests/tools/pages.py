#!/usr/bin/env python3
"""Checks README.md and the book as a reader would use them: commands run, links to headings lead there, every code is explained.

A block ```console (or ```sh) holds commands; those in RUNNABLE are run in one folder for each page, and what they print
must be what the page says where it says anything. A block ```funnel before them is the spec they work
on; a first line `// NAME.funnel` names its file. Whether specs in pages compile is checked by tests/book.rs.

Usage: pages.py; FUNNELC is the program.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from verdicts import outcome, verdict

ROOT = Path(__file__).resolve().parents[2]
FUNNELC = os.environ.get("FUNNELC", str(ROOT / "target/debug/funnelc"))
BOOK = ROOT / "book/src"
FENCE = re.compile(r"^(?P<ticks>`{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=ticks)[ ]*$", re.M | re.S)
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
RUNNABLE = ("funnelc ", "cat ", "cp ", "cd ", "mkdir ", "ls ")


def pages():
    own = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    return [page for page in own if page.exists()] + sorted(BOOK.rglob("*.md"))


def slug(heading):
    """The anchor that mdBook and GitHub give a heading."""
    words = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", lambda match: match[1] or "", heading)
    words = re.sub(r"[^\w\s-]", "", words.strip().lower())
    return re.sub(r"\s", "-", words)


def headings(page):
    text = FENCE.sub("", page.read_text())
    found = {slug(match[1]) for match in re.finditer(r"^#{1,6}\s+(.*)$", text, re.M)}
    return found | set(re.findall(r'<a id="([^"]+)"', text)) | set(re.findall(r'<a name="([^"]+)"', text))


def check_links(page):
    text = re.sub(r"`[^`\n]*`", "", FENCE.sub("", page.read_text()))
    faults = []
    for target in LINK.findall(text):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            faults.append(f"`{target}` leads nowhere")
        elif anchor and file.suffix == ".md" and anchor not in headings(file):
            faults.append(f"`{target}` is no heading")
    verdict(f"{page.relative_to(ROOT)}: links", "; ".join(faults))


def run(command, folder):
    environment = dict(os.environ, PATH=f"{Path(FUNNELC).parent}:{os.environ['PATH']}", COLUMNS="100")
    return subprocess.run(["bash", "-c", command], cwd=folder, env=environment, text=True, capture_output=True, timeout=120)


def keep_spec(body, folder):
    titled = re.match(r"// ([\w./-]+\.funnel)\n", body)
    file = folder / (titled[1] if titled else "spec.funnel")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(body)


def commands(body):
    """Commands with what the page says they print."""
    found = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append([line[2:], []])
        elif found and found[-1][0].endswith("\\") and not found[-1][1]:
            found[-1][0] = found[-1][0][:-1] + line.strip()
        elif found:
            found[-1][1].append(line)
    return [(command, "\n".join(lines).strip()) for command, lines in found]


def alike(said, printed):
    """Whether a page shows what was printed; `…` on a line of its own stands for any lines."""
    parts = [re.escape(part.strip("\n")) for part in re.split(r"^…$", said, flags=re.M)]
    return re.fullmatch(r"\s*" + r"[\s\S]*".join(parts) + r"\s*", re.sub(r"[ \t]+$", "", printed, flags=re.M)) is not None


def check_console(name, body, folder):
    for command, said in commands(body):
        if not command.startswith(RUNNABLE):
            continue
        done = run(command, folder)
        printed = done.stdout + done.stderr
        title = f"{name}: {command}"
        if done.returncode not in ((0, 1) if "check" in command else (0,)):
            verdict(title, f"exit code {done.returncode}\n{printed}")
        elif said and not alike(said, printed):
            verdict(title, f"the page says\n{said}\nit prints\n{printed}")
        else:
            verdict(title, "")


def check_blocks(page):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        text = page.read_text()
        if re.search(r"^(\$ )?(funnelc|cp|cat|ls) .*specs/", text, re.M):
            (folder / "specs").symlink_to(ROOT / "specs")
        for match in FENCE.finditer(text):
            info = re.split(r"[\s,]+", match["info"].strip())
            line = text.count("\n", 0, match.start()) + 1
            name = f"{page.relative_to(ROOT)}:{line}"
            if info[0] == "funnel" and "fragment" not in info:
                keep_spec(match["body"], folder)
            # The tutorials are run whole, step by step, by tests/tutorial.sh.
            elif info[0] in ("console", "sh") and "ignore" not in info and page.parent.name != "tutorial":
                check_console(name, match["body"], folder)


def check_codes():
    """Every code that the program knows has a page in the book, under the address that reports give."""
    listing = subprocess.run([FUNNELC, "explain", "--all"], text=True, capture_output=True).stdout
    names = re.findall(r"^FN\d{4}\s+(\S+)", listing, re.M)
    missing = [name for name in names if not (BOOK / f"codes/{name}.md").exists()]
    verdict("every code has a page", ", ".join(missing) if names else "`explain --all` lists none")
    for name in names:
        done = subprocess.run([FUNNELC, "explain", name], text=True, capture_output=True)
        verdict(f"explain {name}", "" if done.returncode == 0 and done.stdout.strip() else done.stderr or "says nothing")


if not (ROOT / "README.md").exists():
    verdict("README.md", "is missing")
for page in pages():
    check_links(page)
    check_blocks(page)
check_codes()
sys.exit(outcome())
