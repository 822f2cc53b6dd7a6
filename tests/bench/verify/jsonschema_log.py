#!/usr/bin/env python3
"""Reads a log line by line and validates the properties of each event with jsonschema.

Usage: jsonschema_log.py LOG SCHEMAS; prints how many events are invalid and the seconds that reading and validating took.
"""

import json
import sys
import time
from pathlib import Path

import jsonschema


def main():
    log, folder = sys.argv[1:]
    validators = {}
    for file in Path(folder).glob("*.schema.json"):
        schema = json.loads(file.read_text("utf-8"))
        kind = jsonschema.Draft202012Validator
        validators[schema["x-wire-name"]] = kind(schema, format_checker=kind.FORMAT_CHECKER)
    began, events, invalid = time.perf_counter(), 0, 0
    with open(log, encoding="utf-8") as lines:
        for line in lines:
            message = json.loads(line)
            events += 1
            invalid += not validators[message["event"]].is_valid(message["properties"])
    print(json.dumps({"events": events, "invalid": invalid, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main()
