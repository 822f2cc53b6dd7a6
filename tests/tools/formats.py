#!/usr/bin/env python3
"""Holds plans in the formats of other tools to the published shape of each format, and looks for every event and every
property of the spec in every one of them.

The formats are those of Segment (draft-07 schemas), RudderStack (the rules of rudder-cli, said again here), Snowplow,
Mixpanel, GA4 and CSV. YAML is read by PyYAML, a reader of YAML 1.1, and by ruamel.yaml, a reader of YAML 1.2.

Usage: formats.py; FUNNELC is the program.
"""

import csv
import io
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

import verdicts

ROOT = Path(__file__).resolve().parents[2]
FUNNELC = os.environ.get("FUNNELC", str(ROOT / "target/debug/funnelc"))
SPECS = [*sorted((ROOT / "specs/examples").iterdir()), *sorted((ROOT / "tests/fixtures/build").iterdir())]


def verdict(name, faults):
    """Counts one check; `faults` is empty where it passed."""
    faults = list(faults)
    verdicts.verdict(name, faults and "; ".join(str(fault) for fault in faults[:5]))


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

    def json_schema_name(self, event):
        """The name of an event's schema in the Iglu registry."""
        files = (self.folder / "tracking/snowplow/schemas").rglob("1-0-0")
        schemas = (json.loads(own.read_text("utf-8")) for own in files)
        return next(own["self"]["name"] for own in schemas if own.get("x-event") == event["path"])

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


# ---- Snowplow: the rules of draft-04, of the meta-schema of Iglu, and of snowplow-cli for its resources

IGLU_META = "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#"
IGLU_URI = r"iglu:[a-zA-Z0-9_.-]+/[a-zA-Z0-9_-]+/jsonschema/[0-9]+-[0-9]+-[0-9]+"
DRAFT_04 = set(
    "$schema title description default examples type enum properties required additionalProperties items allOf anyOf not format"
    " pattern minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength minItems maxItems self".split()
)


def keywords(schema):
    """The keywords of a schema and of those inside of it."""
    for word, own in schema.items():
        yield word
        inner = own.values() if word == "properties" else own if word in ("allOf", "anyOf") else [own] if word in ("items", "not") else []
        for one in inner:
            yield from keywords(one)


def iglu_faults(path, schema):
    """What breaks the rules for self-describing schemas; `path` is below the folder of the registry."""
    own = schema["self"]
    try:
        jsonschema.Draft4Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        yield f"{path}: {error.message}"
    if schema["$schema"] != IGLU_META or set(own) != {"vendor", "name", "format", "version"}:
        yield f"{path}: it does not describe itself"
    rules = {"vendor": r"[a-zA-Z0-9_.-]+", "name": r"[a-zA-Z0-9_-]+", "format": r"[a-zA-Z0-9_-]+", "version": r"[0-9]+-[0-9]+-[0-9]+"}
    yield from (f"{path}: {key}" for key, rule in rules.items() if not matches(rule, own[key]))
    if path != f"{own['vendor']}/{own['name']}/{own['format']}/{own['version']}":
        yield f"{path} is another place than that of {own}"
    yield from (f"{path}: {word} is no word of draft-04" for word in keywords(schema) if word not in DRAFT_04 and not word.startswith("x-"))


def snowplow(plan):
    at = plan.folder / "tracking/snowplow"
    files = sorted(own for own in (at / "schemas").rglob("*") if own.is_file())
    schemas = {str(own.relative_to(at / "schemas")): json.loads(own.read_text("utf-8")) for own in files}
    verdict(f"{plan.name}: Iglu takes the schemas", (fault for path, own in schemas.items() for fault in iglu_faults(path, own)))
    verdict(f"{plan.name}: the Iglu schemas say everything", iglu_misses(plan, list(schemas.values())))
    verdict(f"{plan.name}: the Iglu schemas take the examples", iglu_example_faults(plan, list(schemas.values())))
    structures = [plan.yaml(f"tracking/snowplow/data-structures/{own.name}") for own in sorted((at / "data-structures").iterdir())]
    verdict(f"{plan.name}: data structures have the shape of snowplow-cli", structure_faults(structures, schemas))
    products = [plan.yaml(f"tracking/snowplow/data-products/{own.name}") for own in sorted((at / "data-products").iterdir())]
    verdict(f"{plan.name}: data products have the shape of snowplow-cli", product_faults(products))
    verdict(f"{plan.name}: data products hold every event, stage by stage", product_misses(plan, products, list(schemas.values())))


def iglu_misses(plan, schemas):
    for event in plan.events:
        schema = next((own for own in schemas if own.get("x-event") == event["path"]), None)
        if schema is None:
            yield f"no schema for {event['path']}"
            continue
        wanted = event["wire_names"].get("snowplow", event["name"])
        if schema["self"]["name"] != wanted and not plan.admits("Snowplow takes names", f"`{wanted}`", f"`{schema['self']['name']}`"):
            yield f"{event['path']} is silently called {schema['self']['name']}"
        yield from properties_missing(event["path"], all_properties(event), schema, "snowplow")
        yield from labels_missing(event, {key[2:].replace("-", "_"): words for key, words in schema.items() if key.startswith("x-")})
    for profile in plan.profiles:
        wanted = [name_in(own, "snowplow") for own in profile["traits"]]
        if not any(all(name in own["properties"] for name in wanted) for own in schemas if "x-event" not in own):
            yield f"no schema for {profile.get('group', 'people')}"


def iglu_example_faults(plan, schemas):
    by_path = {own.get("x-event"): own for own in schemas}
    for file in sorted((plan.folder / "tracking/schemas").iterdir()):
        plain = json.loads(file.read_text("utf-8"))
        event = next(own for own in plan.events if own["path"] == plain["x-event"])
        names = {own["wire_name"]: name_in(own, "snowplow") for own in all_properties(event)}
        for example in plain.get("examples", []):
            sent = {names.get(key, key): value for key, value in example.items()}
            errors = jsonschema.Draft4Validator(by_path[event["path"]]).iter_errors(sent)
            yield from (f"{event['path']}: {error.message}" for error in errors)


def structure_faults(structures, schemas):
    for own in structures:
        if set(own) != {"apiVersion", "resourceType", "meta", "data"} or own["apiVersion"] != "v1" or own["resourceType"] != "data-structure":
            yield "a head is odd"
        meta = own["meta"]
        if set(meta) != {"hidden", "schemaType", "customData"} or meta["hidden"] is not False or meta["schemaType"] not in ("event", "entity"):
            yield f"{own['data']['self']['name']}: meta"
        if not all(isinstance(words, str) for words in meta["customData"].values()):
            yield f"{own['data']['self']['name']}: custom data"
    told = sorted((own["data"] for own in structures), key=lambda own: own["self"]["name"])
    if told != sorted(schemas.values(), key=lambda own: own["self"]["name"]):
        yield "they hold other schemas than the registry"


DECLARATIONS = uuid.uuid5(uuid.NAMESPACE_URL, "https://funnelc.github.io/declarations")


def is_uuid(text):
    return str(uuid.UUID(text)) == text and uuid.UUID(text).version == 5


def product_faults(products):
    ids = [own["resourceName"] for own in products]
    for own in products:
        if set(own) != {"apiVersion", "resourceType", "resourceName", "data"} or own["apiVersion"] != "v1" or own["resourceType"] != "data-product":
            yield "a head is odd"
        data = own["data"]
        if not set(data) <= {"name", "domain", "owner", "description", "eventSpecifications"} or not data["name"]:
            yield f"{data['name']}: fields"
        if "owner" in data and not matches(r"[^@\s]+@[^@\s]+", data["owner"]):
            yield f"{data['name']}: the owner is no address"
        for spec in data["eventSpecifications"]:
            ids += [spec["resourceName"], *(trigger["id"] for trigger in spec["triggers"])]
            if set(spec) != {"resourceName", "name", "description", "triggers", "event"} or not spec["name"]:
                yield f"{spec['name']}: fields"
            if any(set(own) != {"id", "description"} for own in spec["triggers"]) or set(spec["event"]) != {"source"}:
                yield f"{spec['name']}: triggers"
            if not matches(IGLU_URI, spec["event"]["source"]):
                yield f"{spec['name']}: {spec['event']['source']}"
    if len(set(ids)) != len(ids) or not all(is_uuid(own) for own in ids):
        yield "an id twice, or none of version 5"


def product_misses(plan, products, schemas):
    uris = {own.get("x-event"): "iglu:{vendor}/{name}/{format}/{version}".format(**own["self"]) for own in schemas}
    specs = [(spec, own["data"]) for own in products for spec in own["data"]["eventSpecifications"]]
    for event in plan.events:
        there = [spec for spec, _ in specs if spec["event"]["source"] == uris[event["path"]]]
        stages = {feed["path"] for feed in event["feeds"] if feed["kind"] == "stage"}
        if len(there) != max(1, len(stages)):
            yield f"{event['path']} is there {len(there)} times, for {len(stages)} stages"
        ids = {str(uuid.uuid5(DECLARATIONS, f"event specification {event['path']} {stage}")) for stage in stages or {""}}
        yield from [] if {spec["resourceName"] for spec in there} == ids else [f"{event['path']} has other ids than its path and stages give"]
        words = [event.get("owner"), event["status"], *stages, *(own["pii"] for own in all_properties(event) if "pii" in own)]
        yield from (f"{event['path']}: {word} is not said" for spec in there for word in words if word and word not in spec["description"])
    if len({own["resourceName"] for own in products} & {own["id"] for own in plan.model["funnels"]}) != len(plan.model["funnels"]):
        yield "a funnel has no data product"


# ---- Mixpanel: the published shape of the Lexicon schemas API

MIXPANEL_KEYS = {"$schema", "type", "description", "required", "properties", "additionalProperties", "metadata"}
MIXPANEL_META = {"displayName", "tags", "hidden", "dropped", "contacts", "teamContacts"}


def mixpanel(plan):
    document = plan.json("tracking/mixpanel/lexicon.json")
    verdict(f"{plan.name}: the Lexicon has the shape of Mixpanel's API", lexicon_faults(document))
    verdict(f"{plan.name}: the Lexicon says everything", lexicon_misses(plan, document["entries"]))


def lexicon_faults(document):
    if set(document) != {"entries", "truncate"} or document["truncate"] is not False:
        yield "its head"
    for entry in document["entries"]:
        schema = entry["schemaJson"]
        if set(entry) != {"entityType", "name", "schemaJson"} or entry["entityType"] not in ("event", "profile"):
            yield f"{entry['name']}: fields"
        if (entry["entityType"] == "profile") != (entry["name"] == "$user"):
            yield f"{entry['name']}: a profile of what"
        if not set(schema) <= MIXPANEL_KEYS or schema["$schema"] != "http://json-schema.org/draft-07/schema":
            yield f"{entry['name']}: {set(schema)}"
        own = schema.get("metadata", {"com.mixpanel": {}})
        if set(own) != {"com.mixpanel"} or not set(own["com.mixpanel"]) <= MIXPANEL_META:
            yield f"{entry['name']}: metadata"
        for key in ("tags", "contacts", "teamContacts"):
            words = own["com.mixpanel"].get(key, ["-"])
            if not words or not all(isinstance(word, str) and word for word in words):
                yield f"{entry['name']}: {key}"
        yield from (f"{entry['name']}: {fault}" for fault in draft_07_faults({**schema, "$schema": "http://json-schema.org/draft-07/schema#"}))
        yield from (f"{entry['name']}: {word}" for word in keywords(schema) if word.startswith("x-"))


def lexicon_misses(plan, entries):
    for event in plan.events:
        name = name_in(event, "mixpanel")
        entry = next((own for own in entries if own["entityType"] == "event" and own["name"] == name and f"event: {event['path']}" in own["schemaJson"]["description"]), None)
        if entry is None:
            yield f"no entry for {event['path']}"
            continue
        schema = entry["schemaJson"]
        known = schema["metadata"]["com.mixpanel"]
        fed = [f"{feed['kind']}: {feed['path']}" for feed in event["feeds"] if feed["kind"] in ("stage", "kpi")]
        if not set(fed) <= set(known.get("tags", [])) or ("teamContacts" in known) != ("owner" in event):
            yield f"{event['path']}: tags or teams"
        yield from words_missing(event["path"], all_properties(event), schema)
        yield from labels_missing(event, dict(line.split(": ", 1) for line in schema["description"].splitlines() if ": " in line))
    for profile in plan.profiles:
        entry = next((own for own in entries if own["name"] == "$user"), None)
        if "group" in profile:
            yield from [] if plan.admits("Lexicon takes no traits of groups", profile["group"]) else ["groups are silently left out"]
        elif entry is None:
            yield "no profile"
        else:
            yield from words_missing("$user", profile["traits"], entry["schemaJson"])


def words_missing(path, properties, schema):
    """Properties, and personal data where only a description has room for it."""
    for own in properties:
        there = schema["properties"].get(name_in(own, "mixpanel"))
        if there is None:
            yield f"{path}: {own['name']} is missing"
        elif "pii" in own and f"personal_data: {own['pii']}" not in there.get("description", ""):
            yield f"{path}: nothing says that {own['name']} is personal data"


# ---- GA4: the limits that Google publishes

GA4_PREFIXES = ("_", "firebase_", "ga_", "google_", "gtag.")


def ga4_name(name, most):
    return 1 <= len(name) <= most and name[0].isalpha() and all(own.isalnum() or own == "_" for own in name) and not name.startswith(GA4_PREFIXES)


def ga4(plan):
    mapping = plan.json("tracking/ga4/mapping.json")
    verdict(f"{plan.name}: what GA4 drops is said", ga4_faults(plan, mapping))
    verdict(f"{plan.name}: the GA4 mapping says everything", ga4_misses(plan, mapping))
    rows = read_table(plan, "tracking/ga4/mapping.csv")
    told = [(own["event"], own["property"]) for own in rows if own["property"]]
    wanted = [(event["event"], own["property"]) for event in mapping["events"] for own in event["parameters"]]
    wanted += [("", own["property"]) for own in mapping["user_properties"]]
    bare = [[unguarded(part) for part in own] for own in told]
    verdict(f"{plan.name}: the GA4 table has a row for each parameter", [] if bare == [list(own) for own in wanted] else ["the rows differ"])
    document = (plan.folder / "tracking/ga4/mapping.md").read_text("utf-8")
    tables = [line for line in document.splitlines() if line.startswith("| ")]
    verdict(f"{plan.name}: no name breaks a table of the GA4 document", (line for line in tables if len(re.findall(r"(?<!\\)\|", line)) not in (6, 7, 9)))


def ga4_faults(plan, mapping):
    for event in mapping["events"]:
        path = event["event"]
        if not ga4_name(event["name"], 40) and not plan.admits("Google Analytics", f"`{path}`", "name"):
            yield f"{path}: {event['name']}"
        own = [parameter for parameter in event["parameters"] if parameter["scope"] == "event"]
        if len([parameter for parameter in own if parameter["type"] != "items"]) > 25 and not plan.admits("25 parameters", f"`{path}`"):
            yield f"{path}: more than 25 parameters"
        names = {parameter["name"] for parameter in own}
        if "value" in names and "currency" not in names and not plan.admits("only beside `currency`", f"`{path}`"):
            yield f"{path}: value without currency"
        items = [parameter["name"] for parameter in event["parameters"] if parameter["scope"] == "item"]
        if items and not {"item_id", "item_name"} & set(items) and not plan.admits("`item_id` or `item_name`", f"`{path}."):
            yield f"{path}: items without a name"
        yield from ga4_parameter_faults(plan, event["parameters"], 40)
    yield from ga4_parameter_faults(plan, mapping["user_properties"], 24)
    if len(mapping["user_properties"]) > 25 and not plan.admits("25 user properties"):
        yield "more than 25 user properties"


def ga4_parameter_faults(plan, parameters, most):
    for own in parameters:
        if not ga4_name(own["name"], most) and not plan.admits("Google Analytics drops", f"`{own['property']}`"):
            yield f"{own['property']}: {own['name']}"
        if own["personal_data"] in ("contact", "identity") and not plan.admits("Google forbids", f"`{own['property']}`"):
            yield f"{own['property']}: personal data"


def ga4_misses(plan, mapping):
    events = {own["event"]: own for own in mapping["events"]}
    for event in plan.events:
        own = events.get(event["path"])
        if own is None or own["name"] != name_in(event, "ga4") or own["owner"] != event.get("owner", "") or own["status"] != event["status"]:
            yield f"{event['path']} is other"
            continue
        fed = [feed["path"] for feed in event["feeds"] if feed["kind"] in ("stage", "kpi")]
        if not set(fed) == set(own["stages"]) | set(own["kpis"]):
            yield f"{event['path']}: stages and KPIs"
        there = {one["property"]: one for one in own["parameters"]}
        for one in all_properties(event):
            if there.get(one["path"], {}).get("name") != name_in(one, "ga4") or there[one["path"]]["personal_data"] != one.get("pii", ""):
                yield f"{one['path']} is other"
    traits = [own["path"] for profile in plan.profiles if "group" not in profile for own in profile["traits"]]
    yield from [] if traits == [own["property"] for own in mapping["user_properties"]] else ["user properties"]


# ---- CSV: RFC 4180, and what spreadsheets take for a formula

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def unguarded(cell):
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*FORMULA, "'")) else cell


def read_table(plan, path):
    """The rows by heading; the file must be UTF-8 with its mark, with lines as in RFC 4180, and hold no formula."""
    data = (plan.folder / path).read_bytes()
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    faults = [] if data.startswith(b"\xef\xbb\xbf") and data.endswith(b"\r\n") else ["no mark, or no end of a line"]
    faults += [] if data.decode("utf-8-sig").count("\r\n") >= len(lines) else ["other ends of lines"]
    faults += ["a row is of another length"] if len({len(own) for own in lines}) != 1 else []
    cells = [cell for row in lines for cell in row]
    faults += [f"a formula: {cell!r}" for cell in cells if cell.startswith(FORMULA) and not matches(r"-[0-9.]+", cell)]
    verdict(f"{plan.name}: {path} is a table without formulas", faults)
    return [dict(zip(lines[0], row)) for row in lines[1:]]


def table(plan):
    rows = read_table(plan, "tracking/plan.csv")
    rows = [{key: unguarded(cell) for key, cell in row.items()} for row in rows]
    verdict(f"{plan.name}: the table says everything", table_misses(plan, rows))


def table_misses(plan, rows):
    for event in plan.events:
        own = [row for row in rows if row["event name"] == event["path"] and row["event type"] == event["class"]]
        if [row["property name"] for row in own if row["property name"]] != [one["name"] for one in all_properties(event)]:
            yield f"{event['path']}: its properties"
        if not own:
            continue
        first = own[0]
        lists = {"stage": first["stages"].splitlines(), "kpi": first["kpis"].splitlines()}
        wanted = [event["wire_name"], event.get("owner", ""), event["status"], event["docs"], ", ".join(event["sent_by"])]
        if [first[key] for key in ("event", "owner", "status", "event description", "sent by")] != wanted:
            yield f"{event['path']}: what is known of it"
        for kind, paths in lists.items():
            if paths != [feed["path"] for feed in event["feeds"] if feed["kind"] == kind]:
                yield f"{event['path']}: {kind}"
        for at, lang in enumerate(plan.model["languages"]):
            if first["event label" if at == 0 else f"event label ({lang})"] != event["label"].get(lang, ""):
                yield f"{event['path']}: its label in {lang}"
        for row, one in zip(own, all_properties(event)):
            purpose = one.get("purpose", {})
            purpose = purpose.get("ref", {}).get("path", "") or purpose.get("string", "")
            told = [row["property"], row["required"] == "yes", row["personal data"], row["purpose"], row["property description"]]
            if told != [one["wire_name"], one["required"], one.get("pii", ""), purpose, one["docs"]]:
                yield f"{one['path']}: {told}"
    traits = [own["name"] for profile in plan.profiles for own in profile["traits"]]
    if [row["property name"] for row in rows if row["event type"] in ("profile", "group profile") and not row["event"]] != traits:
        yield "its traits"


# ---- round trips: what is imported again says the same

FORMS = {"iglu": "tracking/snowplow/data-structures", "mixpanel": "tracking/mixpanel/lexicon.json", "csv": "tracking/plan.csv"}


def round_trips(plan):
    for form, path in FORMS.items():
        with tempfile.TemporaryDirectory() as work:
            again = Path(work) / "spec"
            run = subprocess.run([FUNNELC, "import", form, plan.folder / path, "-o", again], text=True, capture_output=True)
            if run.returncode:
                verdict(f"{plan.name}: {form} can be imported", [run.stdout + run.stderr])
                continue
            run = subprocess.run([FUNNELC, "build", again, "-o", Path(work) / "out", "--target", "model"], text=True, capture_output=True)
            verdict(f"{plan.name}: the import of {form} can be built", [run.stdout + run.stderr] if run.returncode else [])
            model = json.loads((Path(work) / "out/model.json").read_text("utf-8"))
            verdict(f"{plan.name}: {form} survives a round trip", trip_faults(plan, form, model))


def pii(event, name, destination):
    """The personal data that is sent under a name."""
    return next((own.get("pii") for own in all_properties(event) if name_in(own, destination) == name), None)


def trip_faults(plan, form, model):
    destination = {"iglu": "snowplow"}.get(form, form)
    told = {own["wire_name"]: own for own in model["events"]}
    twice = [name_in(own, destination) for own in plan.events]
    for event in plan.events:
        name = name_in(event, destination)
        if form == "iglu":
            name = plan.json_schema_name(event)
        own = told.get(name)
        if own is None:
            yield f"{event['path']} is missing as {name}"
        elif twice.count(name) == 1:
            needed = {name_in(one, destination): one["required"] for one in event["properties"]}
            there = {one["wire_name"]: one["required"] for one in own["properties"]}
            if form != "mixpanel":  # there it is a line of a description
                needed = {key: (required, pii(event, key, destination)) for key, required in needed.items()}
                there = {key: (required, pii(own, key, None)) for key, required in there.items()}
            if not all(there.get(key) == required for key, required in needed.items()):
                yield f"{event['path']}: {needed} became {there}"


FORMATS_CHECKED = [segment, rudderstack, snowplow, mixpanel, ga4, table, round_trips]


def main():
    with tempfile.TemporaryDirectory() as work:
        for at, spec in enumerate(SPECS):
            plan = Plan(spec, Path(work) / str(at))
            for check in FORMATS_CHECKED:
                check(plan)
    sys.exit(verdicts.outcome())


if __name__ == "__main__":
    main()
