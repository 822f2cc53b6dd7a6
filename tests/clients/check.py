"""Holds what the clients of a language say to what is expected of all of them, and both to the schemas of the build.

Usage: check.py SAID EXPECTED PAYLOADS POSTS BUILD...

SAID is `{"sent": [...], "violations": [...], "posts": [...]}`, EXPECTED the messages, PAYLOADS what is wrong with some
properties, POSTS the requests of the sinks that post by themselves, and each BUILD a folder written by `funnelc build`.
"""

import json
import pathlib
import sys

import jsonschema

files = [json.loads(pathlib.Path(path).read_text("utf-8")) for path in sys.argv[1:5]]
said, expected, payloads, posts = files
builds = map(pathlib.Path, sys.argv[5:])
schemas = {}
for build in builds:
    for path in sorted((build / "tracking/schemas").glob("*.json")):
        schema = json.loads(path.read_text("utf-8"))
        schemas.setdefault((build.name, schema["x-event"]), schema)

failed = passed = 0


def verdict(what: str, holds: bool, why: object = "") -> None:
    global failed, passed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAIL {what}: {why}")


def place(parts) -> str:
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def wrong(schema: dict, properties: object) -> list[list[str]]:
    """Place and keyword of everything that a validator finds."""
    found = []
    for error in jsonschema.Draft202012Validator(schema).iter_errors(properties):
        at = list(error.absolute_path)
        names = [None]
        if error.validator == "required":
            names = [error.message.removesuffix(" is a required property").strip("'\"")]
        if error.validator == "additionalProperties":
            names = sorted(set(error.instance) - set(error.schema["properties"]))
        found += [[place(at + ([] if name is None else [name])), error.validator] for name in names]
    return sorted(found)


def unpacked(value: object) -> object:
    """The same with the JSON inside of texts read, whose members may stand in any order."""
    if isinstance(value, dict):
        return {name: unpacked(own) for name, own in value.items()}
    if isinstance(value, list):
        return [unpacked(own) for own in value]
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value


def same(left: object, right: object) -> bool:
    """Equal, where true is not one."""
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


verdict("as many messages as expected", len(said["sent"]) == len(expected), f"{len(said['sent'])}, not {len(expected)}")
for own, wanted in zip(said["sent"], expected):
    project = wanted.pop("project")
    verdict(f"{project} {wanted['event']} is sent as expected", same(own, wanted), json.dumps(own, ensure_ascii=False))
    found = wrong(schemas[project, wanted["event"]], own["properties"])
    verdict(f"{project} {wanted['event']} is as its schema says", not found, found)

for own, payload in zip(said["violations"], payloads, strict=True):
    what = json.dumps(payload["properties"], ensure_ascii=False)
    verdict(f"violations of {what}", sorted(own) == sorted(payload["wrong"]), own)
    if "unheld" not in payload:
        found = wrong(schemas["clients", payload["event"]], payload["properties"])
        verdict(f"what the schema says of {what}", found == sorted(payload["wrong"]), found)

if "posts" in said:
    verdict("as many requests as expected", len(said["posts"]) == len(posts), len(said["posts"]))
    for own, wanted in zip(said["posts"], posts):
        verdict(f"{wanted[0]} is posted as expected", same(unpacked(own), unpacked(wanted)), json.dumps(own, ensure_ascii=False))

print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
