#!/usr/bin/env python3
"""Writes a plan of Segment as companies have them: 560 events, up to 120 properties an event, most of them shared, names
with signs that break programs, empty descriptions, `type: any`. The same bytes every time.

Usage: plan.py PLAN [--plain]; with --plain the names and types that typewriter 9.2.0 cannot read are left out.
"""

import json
import random
import sys

EVENTS = 560
NOUNS = "Page Site Collection Checkout Order Template Branch Comment Member Invoice Workspace Field Style Asset".split()
VERBS = "Viewed Opened Closed Created Deleted Updated Clicked Published Duplicated Moved Shared Exported".split()
SIGNS = ['"{}" clicked?', "{} [beta]", "100% {}", "# {}", "{} — done 🎉", "{} (new)"]
WORDS = "id name type status count plan role source location mode version total page site workspace seat team item".split()


def properties(random):
    """The properties of a company, each with one type: ids and counts of everything, in three spellings."""
    made = {}
    for first in NOUNS + ["user", "session", "billing", "design", "cms"]:
        for second in WORDS:
            name = random.choice(["{} {}", "{}_{}", "{}{}"]).format(first.lower(), second)
            kind = random.choice(["string"] * 5 + ["integer"] * 3 + ["boolean"] * 2 + ["number", "any"])
            made[name] = {"type": [kind]}
            if random.random() < 0.3:
                made[name]["description"] = f"The {second} of the {first.lower()}."
            if random.random() < 0.05:
                made[name] = {"type": "array", "items": {"type": "string"}}
    return made


def main():
    path, is_plain = sys.argv[1], "--plain" in sys.argv
    own = random.Random(7)
    known = properties(own)
    names = list(known)
    groups = [own.sample(names, own.randrange(4, 30)) for _ in range(18)]
    rules = []
    for number in range(EVENTS):
        name = f"{own.choice(NOUNS)} {own.choice(VERBS)} {number}"
        if number % 9 == 0 and not is_plain:
            name = SIGNS[number // 9 % len(SIGNS)].format(name)
        taken = {name for group in own.sample(groups, own.randrange(0, 5)) for name in group}
        taken |= set(own.sample(names, own.randrange(0, 12)))
        members = {name: known[name] for name in sorted(taken)[:120]}
        if is_plain:
            members = {name: {**schema, "type": "string"} if schema["type"] == ["any"] else schema for name, schema in members.items()}
        inner = {"type": "object", "properties": members, "required": sorted(taken)[:120:17]}
        schema = {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "description": own.choice(["", "", f"Somebody did: {name}."]),
            "properties": {"context": {}, "traits": {}, "properties": inner},
        }
        rules.append({"key": name, "type": "TRACK", "version": 1, "jsonSchema": schema})
    plan = {"id": "tp_bench", "name": "Bench", "slug": "bench", "description": "", "rules": rules}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(plan, file, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main()
