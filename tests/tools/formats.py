#!/usr/bin/env python3
"""Holds plans in the formats of other tools to the published shape of each format, and looks for every event and every
property of the spec in every one of them.

The formats are those of Segment (draft-07 schemas), RudderStack (the rules of rudder-cli, said again here), Snowplow,
Mixpanel, GA4 and CSV. YAML is read by PyYAML, a reader of YAML 1.1, and by ruamel.yaml, a reader of YAML 1.2.

Usage: formats.py; FUNNELC is the program.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

import jsonschema
import yaml
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
FUNNELC = os.environ.get("FUNNELC", str(ROOT / "target/debug/funnelc"))
SPECS = [*sorted((ROOT / "specs/examples").iterdir()), *sorted((ROOT / "tests/fixtures/build").iterdir())]

passed, failed = 0, 0


def verdict(name, faults):
    """Counts one check; `faults` is empty where it passed."""
    global passed, failed
    faults = list(faults)
    if faults:
        failed += 1
        print(f"FAIL {name}: {'; '.join(str(fault) for fault in faults[:5])}")
    else:
        passed += 1


class Plan:
    """What a build says: the model, and every other file by its path."""

    def __init__(self, spec, folder):
        self.name = spec.name
        self.folder = folder
        run = subprocess.run([FUNNELC, "build", spec, "-o", folder, "--format", "jsonl"], text=True, capture_output=True)
        if run.returncode:
            raise SystemExit(f"{spec} cannot be built:\n{run.stdout}{run.stderr}")
        found = [json.loads(line) for line in run.stdout.splitlines()]
        # What the build says that a format cannot hold.
        self.losses = [own["message"] for own in found if own.get("name") == "approximated"]
        self.model = self.json("model.json")
        self.events = self.model["events"]
        self.profiles = self.model["profiles"]
        self.types = self.model["types"]

    def admits(self, *words):
        """Whether the build says so of a format."""
        return any(all(word in loss for word in words) for loss in self.losses)

    def json(self, path):
        return json.loads((self.folder / path).read_text("utf-8"))

    def yaml(self, path):
        """The file as both readers understand it; they must agree."""
        text = (self.folder / path).read_text("utf-8")
        old, new = yaml.safe_load(text), YAML(typ="safe", pure=True).load(text)
        verdict(f"{self.name}: {path} is the same in YAML 1.1 and 1.2", [] if old == new else ["the readers differ"])
        return old


def name_in(own, destination):
    return own["wire_names"].get(destination, own["wire_name"])


def all_properties(event):
    return event["properties"] + [own for variant in event["variants"] for own in variant["properties"]]


def all_members(plan):
    """Every property of events, every trait, and every member of a type."""
    yield from (own for event in plan.events for own in all_properties(event))
    yield from (own for profile in plan.profiles for own in profile["traits"])
    yield from (own for kind in plan.types for own in kind["members"])


def refused(plan, what, declared, destination, name):
    """Whether the build says of what is called so that the destination refuses its name."""
    owners = [own["path"] for own in declared if name_in(own, destination) == name]
    return any(plan.admits("refuses names", what, f"`{path}`") for path in owners)


def draft_07_faults(schema):
    try:
        jsonschema.Draft7Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        return [error.message]
    return []


# ---- Segment


def segment(plan):
    document = plan.json("tracking/segment/plan.json")
    faults = [key for key in ("id", "name", "slug", "description", "rules") if not isinstance(document.get(key), (str, list))]
    faults += [] if document["id"].startswith("tp_") else ["the id is none of Segment's"]
    kinds = {"COMMON", "GROUP", "IDENTIFY", "PAGE", "SCREEN", "TRACK"}
    for rule in document["rules"]:
        schema = rule["jsonSchema"]
        faults += [] if rule["type"] in kinds and rule["version"] == 1 and rule["key"] else [f"a rule is odd: {rule['key']}"]
        faults += [] if set(schema["properties"]) == {"context", "traits", "properties"} else [f"{rule['key']}: parts"]
        faults += [] if all(isinstance(label, str) for label in schema["labels"].values()) else [f"{rule['key']}: labels"]
        faults += draft_07_faults(schema)
    verdict(f"{plan.name}: the Segment plan has the shape of the Public API", faults)
    verdict(f"{plan.name}: the Segment plan says everything", segment_misses(plan, document))


def segment_misses(plan, document):
    kinds = {"page": "PAGE", "screen": "SCREEN", "identify": "IDENTIFY", "group": "GROUP"}
    for event in plan.events:
        kind = kinds.get(event["class"], "TRACK")
        rule = next((own for own in document["rules"] if own["jsonSchema"]["labels"].get("event") == event["path"]), None)
        if rule is None or rule["key"] != name_in(event, "segment") or rule["type"] != kind:
            yield f"no rule for {event['path']}"
            continue
        part = "traits" if kind in ("IDENTIFY", "GROUP") else "properties"
        sent, labels = rule["jsonSchema"]["properties"][part], rule["jsonSchema"]["labels"]
        yield from properties_missing(event["path"], all_properties(event), sent, "segment")
        yield from labels_missing(event, labels)
    for profile in plan.profiles:
        key, kind = profile.get("group", "Identify"), "GROUP" if "group" in profile else "IDENTIFY"
        rule = next((own for own in document["rules"] if own["type"] == kind and own["key"] == key), None)
        sent = rule and rule["jsonSchema"]["properties"]["traits"]
        yield from properties_missing(key, profile["traits"], sent or {"properties": {}}, "segment")


def properties_missing(path, properties, sent, destination):
    for own in properties:
        there = sent["properties"].get(name_in(own, destination))
        if there is None:
            yield f"{path}: {own['name']} is missing"
        elif there.get("x-pii") != own.get("pii"):
            yield f"{path}: {own['name']} is other personal data"
    needed = {name_in(own, destination) for own in properties if own["required"]}
    if not needed.issuperset(sent.get("required", [])):
        yield f"{path}: {sent['required']} are required"


def labels_missing(event, labels):
    """Owner, stages, KPIs and personal data, where there is room for labels."""
    wanted = {"owner": [event.get("owner")], "status": [event["status"]]}
    wanted["stages"] = [feed["path"] for feed in event["feeds"] if feed["kind"] == "stage"]
    wanted["kpis"] = [feed["path"] for feed in event["feeds"] if feed["kind"] == "kpi"]
    wanted["personal_data"] = [own["pii"] for own in all_properties(event) if "pii" in own]
    for key, words in wanted.items():
        if any(word and word not in labels.get(key, "") for word in words):
            yield f"{event['path']}: its labels do not say {key}"


# ---- RudderStack: the rules of rudder-cli for `rudder/v1`

PRIMITIVES = {"string", "number", "integer", "boolean", "null", "array", "object"}
FORMATS = {"date-time", "date", "time", "email", "uuid", "hostname", "ipv4", "ipv6"}
CONFIG = {
    "string": {"enum", "min_length", "max_length", "pattern", "format"},
    "integer": {"enum", "minimum", "maximum", "exclusive_minimum", "exclusive_maximum", "multiple_of"},
    "number": {"enum", "minimum", "maximum", "exclusive_minimum", "exclusive_maximum", "multiple_of"},
    "boolean": {"enum"},
    "array": {"min_items", "max_items", "unique_items", "item_types"},
}
DISPLAY_NAME = r"[A-Z_a-z][ \w,.-]{1,63}[\w,.-]"
KINDS = {
    "properties": ("properties", {"id", "name", "description", "type", "types", "item_type", "item_types", "config"}),
    "custom-types": ("types", {"id", "name", "description", "type", "item_type", "item_types", "config", "properties", "variants"}),
    "categories": ("categories", {"id", "name"}),
    "events": ("events", {"id", "name", "event_type", "description", "category"}),
}


def matches(pattern, text):
    return re.fullmatch(pattern, text, re.ASCII) is not None


def refers(kind, text, known):
    return matches(rf"#{kind}:[a-zA-Z0-9_-]+", text) and text.split(":", 1)[1] in known


def description_faults(own, starts_with_letter=True):
    text = own.get("description")
    if text is None:
        return
    if not 3 <= len(text) <= 2000 or (starts_with_letter and not matches(r"[a-zA-Z][\s\S]*", text)):
        yield f"{own['id']}: description"


def shape_faults(own, types):
    kind, item = own.get("type", ""), own.get("item_type", "")
    for word in filter(None, (kind, item)):
        if word not in PRIMITIVES and not refers("custom-type", word, types):
            yield f"{own['id']}: type {word}"
    if item and kind != "array":
        yield f"{own['id']}: items of no list"
    config = own.get("config", {})
    if not set(config) <= CONFIG.get(kind, set()):
        yield f"{own['id']}: {kind} does not take {set(config)}"
    if config.get("format", "date") not in FORMATS:
        yield f"{own['id']}: format {config['format']}"
    enum = [json.dumps(value) for value in config.get("enum", [])]
    if len(set(enum)) != len(enum):
        yield f"{own['id']}: the same value twice"


def rudderstack(plan):
    at = "tracking/rudderstack"
    faults, catalog = [], {}
    for kind, (key, fields) in KINDS.items():
        document = plan.yaml(f"{at}/{kind}.yaml")
        faults += rudder_head(document, kind)
        catalog[kind] = document["spec"][key]
        faults += [f"{kind}: {set(own) - fields}" for own in catalog[kind] if not set(own) <= fields]
        ids = [own["id"] for own in catalog[kind]]
        faults += [f"{kind}: an id twice or odd"] if len(set(ids)) != len(ids) or not all(matches(r"[a-zA-Z0-9_-]+", own) for own in ids) else []
    rules = plan.yaml(f"{at}/tracking-plan.yaml")
    faults += rudder_head(rules, "tracking-plan")
    faults += [*rudder_catalog(catalog, plan), *rudder_rules(rules["spec"], catalog)]
    verdict(f"{plan.name}: the RudderStack catalog keeps the rules of rudder-cli", faults)
    verdict(f"{plan.name}: the RudderStack catalog says everything", rudder_misses(plan, catalog, rules["spec"]))
    api = plan.json(f"{at}/plan.json")
    faults = [fault for event in api["rules"]["events"] for fault in draft_07_faults(event["rules"])]
    names = {(event["name"], event["eventType"]) for event in api["rules"]["events"]}
    for event in plan.events:
        is_track = event["class"] not in ("page", "screen", "identify", "group")
        wanted = (name_in(event, "rudderstack"), "track") if is_track else ("", event["class"])
        faults += [] if wanted in names else [f"{event['path']} is missing"]
    verdict(f"{plan.name}: the RudderStack plan holds schemas of every event", faults)


def rudder_head(document, kind):
    is_right = set(document) == {"version", "kind", "metadata", "spec"} and document["version"] == "rudder/v1"
    return [] if is_right and document["kind"] == kind and document["metadata"]["name"] else [f"{kind}: its head"]


def rudder_catalog(catalog, plan):
    properties = {own["id"] for own in catalog["properties"]}
    types = {own["id"] for own in catalog["custom-types"]}
    told = [(own["name"], own.get("type"), own.get("item_type")) for own in catalog["properties"]]
    yield from (f"property {own} twice" for own in set(told) if told.count(own) > 1)
    for own in catalog["properties"]:
        fits = 1 <= len(own["name"]) <= 65 and own["name"].strip() == own["name"]
        if fits == refused(plan, "of properties", all_members(plan), "rudderstack", own["name"]):
            yield f"{own['id']}: name"
        yield from [*description_faults(own, False), *shape_faults(own, types)]
    names = [own["name"] for own in catalog["custom-types"]]
    for own in catalog["custom-types"]:
        if not 2 <= len(own["name"]) <= 65 or not matches("[A-Z][A-Za-z0-9_-]*", own["name"]) or names.count(own["name"]) > 1:
            yield f"{own['id']}: name"
        if own["type"] not in PRIMITIVES:
            yield f"{own['id']}: a custom type of a custom type"
        yield from [*description_faults(own), *shape_faults(own, types)]
        yield from (f"{own['id']}: {use}" for use in own.get("properties", []) if not refers("property", use["property"], properties))
    yield from (f"category {own}" for own in catalog["categories"] if not matches(DISPLAY_NAME, own["name"]))
    categories = {own["id"] for own in catalog["categories"]}
    for own in catalog["events"]:
        if own["event_type"] not in ("track", "screen", "identify", "group", "page"):
            yield f"{own['id']}: class"
        name = own.get("name", "")
        fits = (1 <= len(name.encode()) <= 64) if own["event_type"] == "track" else not name
        if fits == refused(plan, "of events", plan.events, "rudderstack", name):
            yield f"{own['id']}: name"
        if "category" in own and not refers("category", own["category"], categories):
            yield f"{own['id']}: category"
        yield from description_faults(own)
    calls = [(own.get("name"), own["event_type"]) for own in catalog["events"]]
    yield from (f"event {own} twice" for own in set(calls) if calls.count(own) > 1)


def rudder_rules(spec, catalog):
    properties, events = ({own["id"] for own in catalog[kind]} for kind in ("properties", "events"))
    if not matches(DISPLAY_NAME, spec["display_name"]):
        yield "display name"
    yield from description_faults(spec)
    for key in ("id", "event"):
        values = [rule[key] for rule in spec["rules"]]
        yield from [f"the same {key} twice"] if len(set(values)) != len(values) else []
    for rule in spec["rules"]:
        if rule["type"] != "event_rule" or not refers("event", rule["event"], events):
            yield f"{rule['id']}: event"
        if rule.get("identity_section", "traits") not in ("properties", "traits", "context.traits"):
            yield f"{rule['id']}: section"
        used = [use["property"] for use in rule["properties"]]
        if len(set(used)) != len(used) or not all(refers("property", use, properties) for use in used):
            yield f"{rule['id']}: properties"
        for variant in rule.get("variants", []):
            if variant["type"] != "discriminator" or variant["discriminator"] not in used or not variant["cases"]:
                yield f"{rule['id']}: discriminator"
            for case in variant["cases"]:
                named = [use["property"] for use in case["properties"]]
                if not named or not case["match"] or len(set(named)) != len(named) or not all(refers("property", use, properties) for use in named):
                    yield f"{rule['id']}: case {case['display_name']}"


def rudder_misses(plan, catalog, spec):
    names = {f"#property:{own['id']}": own for own in catalog["properties"]}
    rules = {rule["event"]: rule for rule in spec["rules"]}
    calls = {(own.get("name"), own["event_type"]): own for own in catalog["events"]}
    for event in plan.events:
        is_track = event["class"] not in ("page", "screen", "identify", "group")
        call = calls.get((name_in(event, "rudderstack"), "track") if is_track else (None, event["class"]))
        if call is None:
            yield f"{event['path']} is missing"
            continue
        rule = rules[f"#event:{call['id']}"]
        cases = [case for variant in rule.get("variants", []) for case in variant["cases"]]
        there = {names[use["property"]]["name"] for part in [rule, *cases] for use in part["properties"]}
        yield from (f"{own['path']} is missing" for own in all_properties(event) if name_in(own, "rudderstack") not in there)
        said = call.get("description", "")
        yield from (f"{event['path']}: its description does not say {word}" for word in [event.get("owner"), event["status"]] if word and word not in said and not plan.admits(call["id"], "is cut there"))
    told = {own["name"]: own.get("description", "") for own in catalog["properties"]}
    for event in plan.events:
        for own in all_properties(event):
            if own.get("pii") and f"personal_data: {own['pii']}" not in told.get(name_in(own, "rudderstack"), ""):
                yield f"{own['path']}: nothing says that it is personal data"


FORMATS_CHECKED = [segment, rudderstack]


def main():
    with tempfile.TemporaryDirectory() as work:
        for at, spec in enumerate(SPECS):
            plan = Plan(spec, Path(work) / str(at))
            for check in FORMATS_CHECKED:
                check(plan)
    print(f"\n{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
