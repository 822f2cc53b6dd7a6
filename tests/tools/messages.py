#!/usr/bin/env python3
"""Reads the plan of messages of every example with readers that are not ours: the workbook (openpyxl), the calendar
(icalendar), the tables (csv), the charts (Mermaid) and the briefs (markdown-it). The examples are joined by a spec whose
texts mean something to each of these formats.

Usage: messages.py; FUNNELC is the program, FUNNELC_TOOLS the folder of tools.
"""

import csv
import datetime
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import icalendar
import openpyxl

from verdicts import outcome, verdict

ROOT = Path(__file__).resolve().parents[2]
FUNNELC = os.environ.get("FUNNELC", str(ROOT / "target/debug/funnelc"))
ANCHOR = datetime.date(2026, 12, 1)
RIGHT_TO_LEFT = {"ar"}
HOSTILE = "=HYPERLINK(\\\"x\\\")\\nBEGIN:VEVENT; , | <b>x</b> {{name|you}} `a` %%"


def run(*command):
    return subprocess.run([str(part) for part in command], cwd=ROOT, text=True, capture_output=True)


def hostile(folder):
    """A project whose texts try to be more than text."""
    project = folder / "hostile"
    project.mkdir()
    (project / "spec.funnel").write_text(
        f"""project hostile "{HOSTILE}" {{ languages en, ar; currency USD }}
event joined {{ sent_by web; owner web; status live; prop name string required }}
channel paper "{HOSTILE}" : offline {{ cost 1 USD / message; lead_time 2d..4d }}
sequence tricks "{HOSTILE}" {{
  start joined
  basis legitimate_interest
  email first {{ subject "{HOSTILE}"; preview "+1"; says "@SUM(A1)"; cta "-1" -> "https://example.com/?a=1&b=<x>" }}
  wait 2 workdays
  split coin {{ 50% {{ post card {{ via paper; says "{HOSTILE}" }} }} 50% {{ nothing }} }}
}}
"""
    )
    return project


def projects(folder):
    found = [path for path in sorted((ROOT / "specs/examples").iterdir()) if path.is_dir()]
    return [*found, hostile(folder)]


def rows_of(file):
    with open(file, encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def check_workbook(name, file, model, messages):
    book = openpyxl.load_workbook(file)
    sheets = book.worksheets
    verdict(f"{name}: a sheet for each language", "" if len(sheets) == len(model["languages"]) else book.sheetnames)
    for sheet, lang in zip(sheets, model["languages"]):
        verdict(f"{name}, {lang}: a row for each message", "" if sheet.max_row == 1 + messages else sheet.max_row)
        is_rtl = bool(sheet.sheet_view.rightToLeft)
        verdict(f"{name}, {lang}: runs its way", "" if is_rtl == (lang in RIGHT_TO_LEFT) else is_rtl)
        cells = [cell for row in sheet.iter_rows() for cell in row]
        formulas = [cell.coordinate for cell in cells if cell.data_type == "f"]
        verdict(f"{name}, {lang}: no formula", formulas)


def check_calendar(name, file, messages):
    calendar = icalendar.Calendar.from_ical(file.read_bytes())
    events = calendar.walk("VEVENT")
    verdict(f"{name}: an event for each message", "" if len(events) == messages else len(events))
    faults = [fault for event in events for fault in event.errors]
    verdict(f"{name}: whole events", faults)
    verdict(f"{name}: numbers of their own", "" if len({str(event["UID"]) for event in events}) == messages else "twice")
    early = [str(event["SUMMARY"]) for event in events if event.decoded("DTSTART") < ANCHOR]
    verdict(f"{name}: nothing before the first day", early)
    empty = [str(event["SUMMARY"]) for event in events if event.decoded("DTEND") <= event.decoded("DTSTART")]
    verdict(f"{name}: events have days", empty)


def check(project, folder):
    out = folder / f"out-{project.name}"
    done = run(FUNNELC, "build", project, "--target", "email,model", "--anchor", ANCHOR.isoformat(), "-o", out)
    verdict(f"build {project.name}", done.stdout + done.stderr if done.returncode else "")
    if done.returncode:
        return []
    model = json.loads((out / "model.json").read_text())
    messages = [message for sequence in model["sequences"] for message in sequence["messages"]]
    count, languages = len(messages), model["languages"]
    name = project.name
    verdict(f"{name}: rows", "" if len(rows_of(out / "email/plan.csv")) == count * len(languages) else "too few or many")
    check_workbook(f"{name}: workbook", out / "email/plan.xlsx", model, count)
    for index, lang in enumerate(languages):
        suffix = "" if index == 0 else f".{lang}"
        check_calendar(f"{name}, {lang}: calendar", out / f"email/calendar{suffix}.ics", count)
    paper = sum(message["kind"] == "post" for message in messages)
    printed = len(rows_of(out / "email/print.csv")) if paper else int((out / "email/print.csv").exists())
    verdict(f"{name}: the printer's list", "" if printed == paper * len(languages) else printed)
    briefs = sorted((out / "email/briefs").glob("*.md")) if count else []
    verdict(f"{name}: briefs", "" if len(briefs) == count * len(languages) else len(briefs))
    done = run("node", ROOT / "tests/tools/markdown.mjs", *briefs) if briefs else None
    verdict(f"{name}: briefs are Markdown", done.stdout + done.stderr if done and done.returncode else "")
    return sorted((out / "email").rglob("*.mmd"))


def main():
    with tempfile.TemporaryDirectory() as folder:
        charts = [chart for project in projects(Path(folder)) for chart in check(project, Path(folder))]
        verdict("there are charts", "" if charts else "none")
        done = run("node", ROOT / "tests/tools/mermaid.mjs", *charts)
        verdict("charts are Mermaid", done.stdout + done.stderr if done.returncode else "")
    return outcome()


sys.exit(main())
