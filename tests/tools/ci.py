#!/usr/bin/env python3
"""Runs what CI kits run: the hooks of pre-commit by pre-commit itself, the steps of the GitHub Action and the scripts of
the GitLab template by bash, in a git repository with a clean spec, one with an error, and one with a breaking change.
Both templates are held to the published schemas that come with check-jsonschema.

Not run: GitHub and GitLab themselves, and the installation of funnelc, which is on the path here.

Usage: ci.py; FUNNELC is the program.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from verdicts import outcome, verdict

ROOT = Path(__file__).resolve().parents[2]
FUNNELC = Path(os.environ.get("FUNNELC", ROOT / "target/debug/funnelc")).resolve()
ACTION = ROOT / "editors/ci/github/action.yml"
GITLAB = ROOT / "editors/ci/gitlab.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"

SPEC = """project shop "Shop" {
  edition 2026
}

team web_team "Web"

/// Somebody bought.
event order_completed "Order completed" {
  sent_by web
  owner web_team
  status live
  prop total number required
}
"""
ERROR = SPEC.replace("owner web_team", "owner web_taem")
BREAKING = SPEC.replace("number required", "number")
UGLY = SPEC.replace("  sent_by web\n", "     sent_by   web\n")


class Repository:
    """A git repository with one commit on `main`, which is its own origin, and funnelc on the path."""

    def __init__(self, place):
        self.place = place
        (place / "specs").mkdir(parents=True)
        (place / "bin").mkdir()
        (place / "bin/funnelc").symlink_to(FUNNELC)
        names = {f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        tools = Path(sys.executable).parent
        self.env = {**os.environ, **names, "PATH": f"{place / 'bin'}:{tools}:{os.environ['PATH']}", "NO_COLOR": "1"}
        self.env["PRE_COMMIT_HOME"] = str(place / "pre-commit")
        (place / ".gitignore").write_text("bin/\npre-commit/\n*.json\n*.sarif\n")
        self.write(SPEC)
        for words in ("init --quiet --initial-branch main", "add --all", "commit --quiet --message spec", "remote add origin ."):
            self.run("git", *words.split())

    def write(self, text):
        (self.place / "specs/shop.funnel").write_text(text)

    def run(self, *command, **env):
        run = subprocess.run(command, cwd=self.place, env={**self.env, **env}, text=True, capture_output=True)
        return run.returncode, run.stdout + run.stderr


def expect(name, run, code, *words):
    found, text = run
    missing = [word for word in words if word not in text]
    verdict(name, f"exit code {found}, {missing} not in:\n{text}" if found != code or missing else "")


# ---- published schemas


def schemas():
    for file, name in ((ACTION, "vendor.github-actions"), (GITLAB, "vendor.gitlab-ci")):
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", name, str(file)]
        run = subprocess.run(command, text=True, capture_output=True)
        verdict(f"{file.name} is as {name} says", run.stdout + run.stderr if run.returncode else "")


# ---- pre-commit


def pre_commit(repository):
    run = repository.run("pre-commit", "validate-manifest", str(HOOKS))
    expect("pre-commit takes the hooks", run, 0)
    hooks = yaml.safe_load(HOOKS.read_text())
    # Installed from the repository they would be compiled; here they run what is on the path.
    local = [{**hook, "language": "system"} for hook in hooks]
    config = repository.place / ".pre-commit-config.yaml"
    config.write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": local}]}))
    repository.run("git", "add", "--all")

    def hook(name, text):
        repository.write(text)
        repository.run("git", "add", "--all")
        return repository.run("pre-commit", "run", name, "--all-files")

    expect("funnelc-check passes", hook("funnelc-check", SPEC), 0, "Passed")
    expect("funnelc-check fails", hook("funnelc-check", ERROR), 1, "unknown-name", "web_taem")
    expect("funnelc-fmt passes", hook("funnelc-fmt", SPEC), 0, "Passed")
    expect("funnelc-fmt mends", hook("funnelc-fmt", UGLY), 1, "files were modified")
    text = (repository.place / "specs/shop.funnel").read_text()
    verdict("funnelc-fmt has mended", "" if text == SPEC else text)
    expect("funnelc-breaking passes", hook("funnelc-breaking", SPEC), 0, "Passed")
    expect("funnelc-breaking fails", hook("funnelc-breaking", BREAKING), 1, "property-made-optional")


# ---- GitHub


def step(repository, name, inputs, base=""):
    """Runs a step of the action as the runner does: its expressions are in the environment and nowhere else."""
    known = {f"inputs.{key}": value for key, value in inputs.items()}
    known |= {"github.base_ref": base, "github.action_path": str(ACTION.parent)}
    own = next(own for own in yaml.safe_load(ACTION.read_text())["runs"]["steps"] if own["name"] == name)
    expression = re.compile(r"\$\{\{ *([\w.]+) *\}\}")
    env = {key: expression.sub(lambda found: known[found[1]], value) for key, value in own["env"].items()}
    verdict(f"{name}: no expression is in the script", "${{" in own["run"] and own["run"])
    return repository.run("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", own["run"], **env)


def github(repository):
    action = yaml.safe_load(ACTION.read_text())
    inputs = {key: own["default"] for key, own in action["inputs"].items()} | {"path": "specs"}
    install, check, breaking = (own["name"] for own in action["runs"]["steps"])
    repository.write(SPEC)
    expect("the action finds funnelc", step(repository, install, inputs), 0, "bin/funnelc")
    expect("the check passes", step(repository, check, inputs), 0)
    expect("advice fails where it is denied", step(repository, check, inputs | {"deny": "warnings"}), 1, "::")
    expect("nothing to compare with", step(repository, breaking, inputs), 0, "nothing to compare with")
    expect("nothing is broken", step(repository, breaking, inputs, base="main"), 0)
    repository.write(ERROR)
    expect("the check annotates", step(repository, check, inputs | {"sarif": "a.sarif"}), 1, "::error file=specs/shop.funnel,line=10")
    sarif = json.loads((repository.place / "a.sarif").read_text())
    verdict("the findings are there as SARIF", "" if sarif["runs"][0]["results"] else sarif)
    repository.write(BREAKING)
    found = ("::error file=specs/shop.funnel,line=12", "property-made-optional")
    expect("the base of a pull request", step(repository, breaking, inputs, base="main"), 1, *found)
    expect("a revision", step(repository, breaking, inputs | {"against": "HEAD"}), 1, *found)
    hostile = inputs | {"path": "specs; touch owned", "against": "$(touch owned)"}
    step(repository, check, hostile), step(repository, breaking, hostile)
    verdict("inputs are no commands", "one was run" if (repository.place / "owned").exists() else "")


# ---- GitLab


def job(repository, name, **variables):
    """The commands of a job as the runner puts them together: in one shell that stops at the first that fails."""
    template = yaml.safe_load(GITLAB.read_text())
    own = {**template[".funnelc"], **template[name]}
    env = {**template[".funnelc"]["variables"], "FUNNELC_SPEC": "specs", **variables}
    script = "\n".join(own["before_script"] + own["script"])
    return repository.run("bash", "-eo", "pipefail", "-c", script, **env)


def gitlab(repository):
    report = repository.place / "gl-code-quality-report.json"
    _, base = repository.run("git", "rev-parse", "HEAD")
    repository.write(SPEC)
    expect("the job passes", job(repository, "funnelc-check"), 0)
    merge = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base.strip()}
    expect("the merge request breaks nothing", job(repository, "funnelc-breaking", **merge), 0)
    repository.write(ERROR)
    expect("the job fails", job(repository, "funnelc-check"), 1, "web_taem")
    places = [own["location"]["path"] for own in json.loads(report.read_text())]
    verdict("the report of code quality is there", "" if "specs/shop.funnel" in places else places)
    repository.write(BREAKING)
    expect("the merge request breaks", job(repository, "funnelc-breaking", **merge), 1, "property-made-optional")


def main():
    schemas()
    with tempfile.TemporaryDirectory() as folder:
        for name, kit in (("pre-commit", pre_commit), ("github", github), ("gitlab", gitlab)):
            if not shutil.which("git"):
                raise SystemExit("git is needed")
            kit(Repository(Path(folder) / name))
    sys.exit(outcome())


if __name__ == "__main__":
    main()
