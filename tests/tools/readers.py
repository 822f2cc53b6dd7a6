#!/usr/bin/env python3
"""Reads what funnelc writes with readers that are not ours, and counts what they take.

Reports: SARIF (schema of the standard), GitLab Code Quality (its documented form), JUnit XML (junitparser), JSON and
JSON Lines (check-jsonschema with our published schema). Built files: every JSON Schema is one (check-jsonschema and ajv),
takes its own examples, and every Markdown page is whole tables when markdown-it reads it.

Usage: readers.py; FUNNELC is the program, FUNNELC_TOOLS the folder of tools.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import junitparser

from verdicts import outcome, verdict

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(os.environ.get("FUNNELC_TOOLS", ROOT / "tests/.cache"))
FUNNELC = os.environ.get("FUNNELC", str(ROOT / "target/debug/funnelc"))
SCHEMAS = ROOT / "book/src/schemas"
FORMATS = ["json", "jsonl", "gitlab", "junit", "sarif"]


def run(*command, **options):
    return subprocess.run([str(part) for part in command], cwd=ROOT, text=True, capture_output=True, **options)


def check_json(schema, *files):
    """What check-jsonschema says against files; nothing if they satisfy the schema."""
    done = run(sys.executable, "-m", "check_jsonschema", "--schemafile", schema, *files)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def node(script, *arguments):
    done = run("node", ROOT / "tests/tools" / script, *arguments)
    return "" if done.returncode == 0 else done.stdout + done.stderr


# ---- reports


def projects():
    """Folders of specs: faulty ones, and whole ones."""
    found = sorted(path for path in (ROOT / "tests/fixtures/check").iterdir() if path.is_dir())
    for folder in ["specs/examples", "specs/models", "tests/fixtures/language", "no/such/folder"]:
        if (ROOT / folder).is_dir() or folder.startswith("no/"):
            found.append(ROOT / folder)
    return found


def reports(project, folder):
    """Every report of a project, as files; the program must end as documented."""
    files = {}
    for form in FORMATS:
        files[form] = folder / f"{project.name}.{form}"
        done = run(FUNNELC, "check", project.relative_to(ROOT), "--format", form, "--output-file", files[form])
        odd = done.returncode not in (0, 1, 2) or not files[form].exists()
        verdict(f"{project.name}: writes {form}", done.stderr if odd else "")
    return files


def count_json(file):
    summary = json.loads(file.read_text())["summary"]
    return sum(summary[kind] for kind in ("errors", "warnings", "notes")), summary["errors"]


def junit_fault(file, findings, errors):
    """What is wrong with the JUnit report of so many findings."""
    suites = list(junitparser.JUnitXml.fromfile(str(file)))
    cases = [case for suite in suites for case in suite]
    failures = [case for case in cases if any(isinstance(result, junitparser.Failure) for result in case.result)]
    clean = [case for case in cases if case.name == "no findings"]
    counted = [sum(suite.tests for suite in suites), sum(suite.failures for suite in suites)]
    if len(cases) - len(clean) != findings or len(failures) != errors:
        return f"{len(cases) - len(clean)} findings, {len(failures)} failures; JSON has {findings} and {errors}"
    return "" if counted == [len(cases), len(failures)] else f"suites say {counted}"


def gitlab_fault(file, findings):
    issues = json.loads(file.read_text())
    prints = {issue["fingerprint"] for issue in issues}
    if len(issues) != findings:
        return f"{len(issues)} issues, {findings} findings"
    return "" if len(prints) == len(issues) else "fingerprints are not unique"


def split_lines(file, folder):
    """The findings of a JSON Lines report as files of their own, and its summary."""
    *lines, last = [json.loads(line) for line in file.read_text().splitlines()]
    whole = folder / (file.name + ".json")
    whole.write_text(json.dumps({"version": 1, "diagnostics": lines, "summary": last["summary"]}))
    return whole


def check_reports(folder):
    every = {form: [] for form in FORMATS}
    for project in projects():
        files = reports(project, folder)
        if not all(file.exists() for file in files.values()):
            continue
        for form, file in files.items():
            every[form].append(file)
        findings, errors = count_json(files["json"])
        verdict(f"{project.name}: junitparser", junit_fault(files["junit"], findings, errors))
        verdict(f"{project.name}: GitLab", gitlab_fault(files["gitlab"], findings))
    own = SCHEMAS / "diagnostics.schema.json"
    verdict("diagnostics.schema.json is a schema", node("ajv.mjs", own) or metaschema(own))
    verdict("JSON against our schema", check_json(own, *every["json"]))
    verdict("JSON Lines against our schema", check_json(own, *[split_lines(file, folder) for file in every["jsonl"]]))
    verdict("GitLab against its documented form", check_json(ROOT / "tests/tools/gitlab.schema.json", *every["gitlab"]))
    verdict("SARIF against the standard", node("check_sarif.mjs", *every["sarif"]))


# ---- built files


def metaschema(*files):
    done = run(sys.executable, "-m", "check_jsonschema", "--check-metaschema", *files)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def is_schema(file):
    """Whether a JSON file says that it is a JSON Schema of a draft that the readers know."""
    try:
        content = json.loads(file.read_text())
    except ValueError:
        return False
    return isinstance(content, dict) and "json-schema.org/" in str(content.get("$schema", ""))


def check_examples(schema, folder):
    """The examples of a schema, each against the schema."""
    examples = json.loads(schema.read_text()).get("examples", [])
    files = []
    for index, example in enumerate(examples):
        file = folder / f"{schema.stem}.example{index}.json"
        file.write_text(json.dumps(example))
        files.append(file)
    if files:
        verdict(f"{schema.name}: its examples (check-jsonschema)", check_json(schema, *files))
        verdict(f"{schema.name}: its examples (ajv)", node("ajv.mjs", schema, *files))
    return len(files)


def build(project, out):
    done = run(FUNNELC, "build", project, "-o", out)
    verdict(f"build {project}", "" if done.returncode == 0 else done.stdout + done.stderr)
    return done.returncode == 0


def tree(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def check_built(folder):
    out, again = folder / "out", folder / "again"
    example = "specs/examples/peepers"
    if not (build(example, out) and build(example, again)):
        return
    verdict("two builds are equal", "" if tree(out) == tree(again) else "they differ")
    verdict("no machine path is written", leaks(out))
    schemas = [file for file in sorted(out.rglob("*.json")) if is_schema(file)]
    pages = sorted(out.rglob("*.md"))
    verdict("there are JSON Schemas and Markdown pages", "" if schemas and pages else f"{len(schemas)}, {len(pages)}")
    if schemas:
        verdict("every JSON Schema is one (check-jsonschema)", metaschema(*schemas))
        verdict("every JSON Schema is one (ajv)", "".join(node("ajv.mjs", schema) for schema in schemas))
        taken = sum(check_examples(schema, folder) for schema in schemas)
        verdict("schemas have examples", "" if taken else "none has")
    for page in pages:
        verdict(f"{page.relative_to(out)}: markdown-it", node("markdown.mjs", page))
    for file in sorted(out.rglob("*.json")):
        verdict(f"{file.relative_to(out)}: is JSON", not_json(file))


def not_json(file):
    try:
        json.loads(file.read_text())
    except ValueError as error:
        return str(error)
    return ""


def leaks(out):
    words = [str(ROOT).encode(), str(out).encode()]
    return ", ".join(name for name, content in tree(out).items() if any(word in content for word in words))


with tempfile.TemporaryDirectory() as temporary:
    check_reports(Path(temporary))
    check_built(Path(temporary))
sys.exit(outcome())
