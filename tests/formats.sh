#!/usr/bin/env bash
# Plans in the formats of other tools, read by those tools: Typewriter 9.2.0 makes a client of the Segment plan of every
# example, and the TypeScript compiler takes it. What no tool can be asked about here is held to the shape that is
# published (tests/tools/formats.py).
#
# Usage: FUNNELC=path/to/funnelc FUNNELC_TOOLS=folder bash tests/formats.sh
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
funnelc=${FUNNELC:-$root/target/debug/funnelc}
tools=${FUNNELC_TOOLS:-$root/tests/.cache}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

verdict() { # NAME FAULT
  if [ -z "$2" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "FAIL $1: $2"
    tail -n 20 "$work/output" | sed 's/^/    /'
  fi
}

# expect NAME COMMAND…: a command that succeeds
expect() {
  local name=$1
  shift
  "$@" >"$work/output" 2>&1 </dev/null
  local code=$?
  verdict "$name" "$([ $code -eq 0 ] || echo "exit code $code")"
}

# The value of a key at the top of a JSON file, or the number of track rules whose event a program must know.
field() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"; }
tracked() { python3 -c 'import json, sys; print(sum(rule["type"] == "TRACK" for rule in json.load(open(sys.argv[1]))["rules"]))' "$1"; }

typewriter() { (cd "$1" && "$tools/typewriter/node_modules/.bin/typewriter" build -m "$2" -l typescript -s analytics-node); }

# The client is compiled beside Typewriter's own folder, where its modules are found.
compile() { (cd "$1" && "$tools/typewriter/node_modules/.bin/tsc" --noEmit --strict --skipLibCheck --target es2020 --module commonjs --moduleResolution node --esModuleInterop segment.ts); }

# every_event NAME FOLDER: the client has a function for every track rule, and two of its own
every_event() {
  local functions
  functions=$(grep -c '^ *export function' "$2/segment.ts")
  verdict "$1: a function for every event" "$([ "$functions" -eq $(($(tracked "$2/plan.json") + 1)) ] || echo "$functions functions")"
}

segment() { # SPEC
  local name=${1##*/} at
  at=$tools/typewriter/plans/$name
  rm -rf "$at" && mkdir -p "$at"
  expect "$name: builds" "$funnelc" build "$1" --target segment -o "$work/$name"
  cp "$work/$name/tracking/segment/plan.json" "$at/plan.json"
  printf 'client:\n  language: typescript\n  sdk: analytics-node\n  languageOptions: {}\ntrackingPlans:\n  - id: %s\n    path: .\n' \
    "$(field "$at/plan.json" id)" >"$at/typewriter.yml"
  for mode in prod dev; do
    rm -f "$at/segment.ts"
    expect "$name: Typewriter builds it ($mode)" typewriter "$at" "$mode"
    expect "$name: TypeScript compiles it ($mode)" compile "$at"
    every_event "$name ($mode)" "$at"
  done
}

for example in "$root"/specs/examples/*/; do
  segment "${example%/}"
done

python=$tools/python/bin/python
[ -x "$python" ] || python=python3
FUNNELC=$funnelc "$python" "$root/tests/tools/formats.py" || failed=$((failed + 1))

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
