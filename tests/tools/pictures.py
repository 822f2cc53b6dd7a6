#!/usr/bin/env python3
"""Reads what `graph`, `completions` and `man` write with programs that are not ours, and counts what they take.

Pictures of every shipped spec in each of its languages: DOT is laid out by Graphviz, Mermaid is parsed by Mermaid, SVG is
XML that says what it shows and holds no code. Completions are read by their shells, manual pages by groff.

Usage: pictures.py; FUNNELC is the program, FUNNELC_TOOLS the folder of tools. A program that is not installed is noted;
with CI=true it fails.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from verdicts import outcome, verdict

ROOT = Path(__file__).resolve().parents[2]
FUNNELC = os.environ.get("FUNNELC", str(ROOT / "target/debug/funnelc"))
SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {SVG + tag for tag in ("svg", "title", "desc", "style", "rect", "g", "path", "polygon", "text")}


def run(*command, **options):
    return subprocess.run([str(part) for part in command], cwd=ROOT, text=True, capture_output=True, **options)


def installed(program):
    """Whether a program is here; noted where it is not, and counted as a failure where nothing may be skipped."""
    if shutil.which(program):
        return True
    print(f"NOTE: {program} is not installed; what it would read is not checked")
    if os.environ.get("CI") == "true":
        verdict(program, "not installed")
    return False


def projects():
    folders = [*(ROOT / "specs/examples").iterdir(), *(ROOT / "specs/models").iterdir(), *(ROOT / "tests/fixtures/cli").iterdir()]
    return sorted(folder for folder in folders if folder.is_dir() and list(folder.glob("*.funnel")))


def pictures(folder):
    """Every project drawn in every form and in both languages, where it has them."""
    for project in projects():
        for language in ("en", "ar"):
            for form in ("dot", "mermaid", "svg"):
                drawn = folder / f"{project.name}-{language}.{form}"
                done = run(FUNNELC, "graph", project, "--format", form, "--lang", language, "-o", drawn)
                if done.returncode != 0 and "has no language" in done.stderr:
                    continue
                verdict(drawn.name, done.stderr)


def maps(folder):
    """The maps of every project: as many of each kind for every funnel as languages, and a page that holds them all."""
    for project in projects():
        out = folder / "maps" / project.name
        done = run(FUNNELC, "build", project, "--target", "maps", "-o", out)
        drawn = sorted(out.glob("maps/*.svg"))
        pages = [page.read_text(encoding="utf-8") for page in sorted(out.glob("maps/index*.html"))]
        verdict(f"maps of {project.name}", done.stderr if done.returncode else "" if pages else "no page")
        held = sum(page.count("<svg ") for page in pages)
        verdict(f"pages of {project.name}", "" if held == len(drawn) > 0 else f"{held} of {len(drawn)} pictures")
        for svg in drawn:
            verdict(f"{svg.name} of {project.name} is a map", map_fault(svg))


def map_fault(path):
    """What is wrong with a map; nothing if it is a slide of 16:9 with words that stay on it."""
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        return str(error)
    others = {element.tag for element in root.iter()} - DRAWN
    if others or root.get("viewBox") != "0 0 1600 900" or root.get("role") != "img" or not root.get("aria-label"):
        return f"holds {others}, or is no slide"
    places = [(float(own.get("x")), float(own.get("y"))) for own in root.iter(SVG + "text")]
    return "" if all(0 <= x <= 1600 and 0 <= y <= 900 for x, y in places) else "has words beside the page"


def svg_fault(path):
    """What is wrong with a picture; nothing if it is well-formed, says what it shows and holds nothing but drawing."""
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        return str(error)
    others = {element.tag for element in root.iter()} - DRAWN
    if others:
        return f"holds {others}"
    if root.get("role") != "img" or not root.findtext(SVG + "title") or not root.findtext(SVG + "desc"):
        return "does not say what it shows"
    if any(name.startswith("on") or name.endswith("href") for element in root.iter() for name in element.keys()):
        return "holds code or links"
    return ""


def shells():
    for shell, check in (("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["--no-execute"])):
        done = run(FUNNELC, "completions", shell)
        if installed(shell):
            read = run(shell, *check, "/dev/stdin", input=done.stdout)
            verdict(f"completions {shell}", read.stderr if read.returncode or read.stderr or not done.stdout else "")
    for shell in ("powershell", "elvish"):
        done = run(FUNNELC, "completions", shell)
        verdict(f"completions {shell}", "" if "funnelc" in done.stdout else "nothing was written")


def manuals(folder):
    done = run(FUNNELC, "man", "-o", folder)
    verdict("man", done.stderr)
    if not installed("groff"):
        return
    for page in sorted(folder.glob("*.1")):
        read = run("groff", "-k", "-man", "-Tutf8", "-ww", "-z", page)
        verdict(page.name, read.stderr)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pictures(folder)
        for svg in sorted(folder.glob("*.svg")):
            verdict(f"{svg.name} is a picture", svg_fault(svg))
        if installed("dot"):
            for dot in sorted(folder.glob("*.dot")):
                done = run("dot", "-Tsvg", "-o", os.devnull, dot)
                verdict(f"{dot.name} is laid out", done.stderr)
        done = run("node", ROOT / "tests/tools/mermaid.mjs", *sorted(folder.glob("*.mermaid")))
        verdict("mermaid", done.stdout + done.stderr if done.returncode else "")
        maps(folder)
        shells()
        manuals(folder / "man")
    return outcome()


sys.exit(main())
