"""Real editors on a real project: Neovim and Emacs, without a screen, with the set-ups of `editors/`.

Each opens a copy of `tests/editors/project`, whose two files have one error, on a line with Arabic and an emoji before
it. It looks at the error, applies its fix, completes, hovers, goes to a definition, renames across both files, formats
and saves; then the files must be those of `tests/editors/expected`, and compile. The scripts in `tests/editors` say what
each step has to answer. Neovim counts positions in bytes, Emacs in UTF-16. Helix and Zed are not here; their manifests
are read.

Usage: editors.py [neovim] [emacs] [manifests]; FUNNELC is the program.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from verdicts import outcome, verdict

ROOT = Path(__file__).resolve().parents[2]
EDITORS, OWN = ROOT / "editors", ROOT / "tests/editors"
FUNNELC = Path(os.environ.get("FUNNELC", ROOT / "target/debug/funnelc")).resolve()


def home(folder):
    """A project to work in, `funnelc` on the path, and nothing of whoever runs this."""
    project = folder / "project"
    shutil.copytree(OWN / "project", project)
    (folder / "bin").mkdir()
    (folder / "bin/funnelc").symlink_to(FUNNELC)
    places = {name: str(folder / name.lower()) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    return project, os.environ | places | {"HOME": str(folder), "PATH": path, "LANG": "C.UTF-8"}


def drive(editor, command, project, environment):
    """Runs an editor and counts what its script says."""
    done = subprocess.run(command, cwd=project, env=environment, text=True, capture_output=True, timeout=120)
    lines = done.stdout.splitlines()
    said = [line for line in lines if line.startswith(("ok ", "FAIL "))]
    for line in said:
        name, _, fault = line.partition(" ")[2].partition(": ")
        verdict(f"{editor}: {name}", "" if line.startswith("ok ") else fault or "no")
    verdict(f"{editor} said something", "" if said else done.stdout + done.stderr)
    verdict(f"{editor} left in peace", done.stderr[-2000:] if done.returncode else "")
    for wanted in sorted((OWN / "expected").iterdir()):
        found = (project / wanted.name).read_text()
        if os.environ.get("FUNNELC_BLESS"):
            wanted.write_text(found)
        verdict(f"{editor}: {wanted.name} as expected", "" if found == wanted.read_text() else f"\n{found}")
    check = subprocess.run([FUNNELC, "check", project], env=environment, text=True, capture_output=True)
    verdict(f"{editor}: the project compiles", check.stdout + check.stderr if check.returncode else "")


def neovim(folder):
    program = shutil.which("nvim", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if missing("Neovim", program):
        return
    project, environment = home(folder)
    parser = folder / "runtime/parser"
    parser.mkdir(parents=True)
    source = EDITORS / "tree-sitter-funnel/src"
    compiler = ["cc", "-O2", "-shared", "-fPIC", f"-I{source}", source / "parser.c", source / "scanner.c"]
    subprocess.run([*compiler, "-o", parser / "funnel.so"], check=True)
    runtime = f"set runtimepath^={folder / 'runtime'},{EDITORS / 'neovim'}"
    drive("neovim", [program, "--headless", "--clean", "--cmd", runtime, "-S", OWN / "neovim.lua"], project, environment)


def emacs(folder):
    program = shutil.which("emacs")
    if missing("Emacs", program):
        return
    project, environment = home(folder)
    mode = folder / "funnel-mode.el"
    shutil.copy(EDITORS / "emacs/funnel-mode.el", mode)
    strict = "(setq byte-compile-error-on-warn t)"
    done = subprocess.run(
        [program, "-Q", "--batch", "--eval", strict, "-f", "batch-byte-compile", mode], text=True, capture_output=True
    )
    verdict("emacs: the mode compiles without a warning", done.stdout + done.stderr if done.returncode else "")
    environment["FUNNEL_EXAMPLES"] = str(ROOT / "specs/examples")
    # What Debian installs beside Emacs is found by site-start, so there is no `-Q`.
    command = [program, "--batch", "--no-init-file", "-L", folder, "-l", "funnel-mode", "-l", OWN / "emacs.el"]
    drive("emacs", command, project, environment)


def manifests(_):
    """What can be said of editors that are not here: their manifests name what there is."""
    helix = tomllib.loads((EDITORS / "helix/languages.toml").read_text())
    language, grammar = helix["language"][0], helix["grammar"][0]
    verdict("helix: its server is defined", "" if set(language["language-servers"]) <= set(helix["language-server"]) else language)
    verdict("helix: its grammar is there", "" if (ROOT / grammar["source"]["subpath"] / "src/parser.c").exists() else grammar)
    verdict("helix: one name", "" if language["name"] == grammar["name"] == "funnel" else language)
    zed = tomllib.loads((EDITORS / "zed/extension.toml").read_text())
    config = tomllib.loads((EDITORS / "zed/languages/funnel/config.toml").read_text())
    verdict("zed: its grammar is defined", "" if config["grammar"] in zed["grammars"] else config)
    verdict("zed: its grammar is there", "" if (ROOT / zed["grammars"]["funnel"]["path"] / "src/parser.c").exists() else zed)
    served = zed["language_servers"]["funnelc"]["languages"]
    verdict("zed: the server serves the language", "" if config["name"] in served else served)
    versions = {tomllib.loads((ROOT / path).read_text())["package"]["version"] for path in ("Cargo.toml", "editors/zed/Cargo.toml")}
    verdict("zed: one version", "" if versions == {zed["version"]} else versions)


def missing(name, program):
    """Where nothing may be missing, a missing editor is a fault; elsewhere it is said."""
    if program is None and os.environ.get("CI"):
        verdict(f"{name} is installed", "it is not")
    elif program is None:
        print(f"NOTE: {name} is not installed: not driven")
    return program is None


def main():
    wanted = sys.argv[1:] or ["neovim", "emacs", "manifests"]
    for part in (neovim, emacs, manifests):
        if part.__name__ in wanted:
            with tempfile.TemporaryDirectory() as folder:
                part(Path(folder).resolve())
    return outcome()


sys.exit(main())
