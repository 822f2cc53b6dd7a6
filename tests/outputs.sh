#!/usr/bin/env bash
# Output folders and templates that nobody should have, and that somebody will. Whatever happens, what an earlier build
# wrote stays as it was, nothing outside of the folder changes, and the exit code and a clear sentence say what is wrong.
#
# Usage: FUNNELC=path/to/funnelc bash tests/outputs.sh
set -uo pipefail
funnelc=${FUNNELC:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/target/debug/funnelc}
work=$(mktemp -d)
watching=
trap '[ -z "$watching" ] || kill "$watching" 2>/dev/null; chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
cd "$work"
passed=0
failed=0

verdict() { # NAME FAULT
  if [ -z "$2" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "FAIL $1: $2"
    head -c 2000 "$work/output" | sed 's/^/    /'
  fi
}

# expect NAME CODE PATTERN COMMAND…: the exit code and what is said
expect() {
  local name=$1 code=$2 pattern=$3 fault=
  shift 3
  "$@" >"$work/output" 2>&1 </dev/null
  local got=$?
  if grep -aq 'panicked' "$work/output"; then fault="panics"
  elif [ "$got" -ne "$code" ]; then fault="exit code $got, expected $code"
  elif [ -n "$pattern" ] && ! grep -aqE -- "$pattern" "$work/output"; then fault="does not say: $pattern"
  fi
  verdict "$name" "$fault"
}

# What is in a tree: paths, links and bytes.
tree() { (cd "$1" && find . -printf '%P %y %l\n' | sort && find . -type f -print0 | sort -z | xargs -0 -r sha256sum); }

# stays NAME FOLDER CODE PATTERN COMMAND…: the same, and the folder is as it was
stays() {
  local name=$1 folder=$2 before
  shift 2
  before=$(tree "$folder")
  expect "$name" "$@"
  [ "$before" = "$(tree "$folder")" ]
  verdict "$name: the old tree stays" "$([ "$before" = "$(tree "$folder")" ] || echo "it changed")"
}

build() { "$funnelc" build spec.funnel --allow warnings "$@"; }

spec() { printf 'project shop "Shop" { languages en, ar; currency USD }\nevent %s "Bought" { sent_by web; prop x string }\n' "$1"; }

spec bought >spec.funnel
expect "a first build" 0 'wrote' build -o out
expect "the same again is up to date" 0 'up to date' build -o out --check

# ---- what is there is not what would be written

spec paid >spec.funnel
stays "an out-of-date folder fails a check" out 1 'missing: tracking/schemas/paid.schema.json' build -o out --check
expect "and the leftover is named" 1 'no longer written: tracking/schemas/bought.schema.json' build -o out --check
expect "the next build clears it away" 0 'wrote' build -o out
expect "it is gone" 1 '' test -e out/tracking/schemas/bought.schema.json
echo mine >out/notes.txt
stays "a file of others is named, and no fault" out 0 'not of this build: notes.txt' build -o out --check
echo changed >>out/tracking/plan.html
stays "a file changed by hand fails a check" out 1 'out of date: tracking/plan.html' build -o out --check
build -o out >/dev/null 2>&1

# ---- folders that cannot be written

echo text >file
expect "a file where the folder belongs" 2 'is a file' build -o file
expect "it keeps its text" 0 '^text$' cat file

mkdir foreign && echo mine >foreign/model.json
stays "a file of somebody else stands in the way" foreign 2 'was not written by funnelc' build -o foreign

mkdir -p blocked/model.json
stays "a folder stands where a file belongs" blocked 2 'model.json' build -o blocked

mkdir -p elsewhere leads && ln -s ../elsewhere leads/tracking
stays "a link that leads out" elsewhere 2 'outside' build -o leads
expect "nothing is written beside it" 1 '' test -e leads/model.json

ln -s "$work/elsewhere/plan.html" linked.html
mkdir -p filelink/tracking && ln -s ../../elsewhere/made.html filelink/tracking/plan.html
stays "a link in place of a file" elsewhere 2 'was not written by funnelc|outside' build -o filelink

mkdir -p "$work/turned" && build -o turned >/dev/null 2>&1
rm -rf elsewhere/* turned/tracking && ln -s ../elsewhere turned/tracking
spec other >spec.funnel
stays "a folder that became a link" elsewhere 2 'outside' build -o turned
spec paid >spec.funnel

if [ "$(id -u)" -ne 0 ]; then
  chmod -R a-w out
  spec other >spec.funnel
  stays "a folder without permission" out 2 'cannot be written.*what was there stays' build -o out
  chmod -R u+w out
fi
# Root may write anywhere; the kernel's own folders refuse everybody.
expect "a folder that takes no files" 2 'cannot be written' build -o /proc/self/fdinfo

# ---- a disk that runs full: no file may be longer than a block, so that the first big one fails after small ones

spec other >spec.funnel
full() { (trap '' XFSZ; ulimit -f 4; build -o "$1"); }
stays "a disk that runs full" out 2 'cannot be written.*what was there stays' full out
expect "and leaves no half files" 1 '' bash -c 'find out -name ".funnelc-*" | grep .'
expect "with room again it is written" 0 'wrote' build -o out

# ---- a spec with errors

echo 'event {' >spec.funnel
stays "a spec with errors" out 1 'nothing was written' build -o out
spec other >spec.funnel

# ---- templates

expect "targets are listed" 0 'tracking/plan\{lang\}.html' "$funnelc" template list
expect "a target is written for editing" 0 'wrote target.yaml' "$funnelc" template eject tracking -o own
expect "the ejected target writes the same" 0 'up to date' build -o out --check --templates own
expect "a target that is not there" 2 'did you mean `tracking`' "$funnelc" template eject trackin
echo '{{lable}}' >own/tracking/plan.md.hbs
stays "what was changed is not overwritten" own 2 'there already' "$funnelc" template eject tracking -o own
stays "a template that wants a missing field" out 2 '^funnelc: own/tracking/plan.md.hbs:1:1: there is no `lable`' build -o out --templates own
expect "the line is shown" 2 '  1 \| \{\{lable\}\}' build -o out --templates own
expect "and the fields" 2 'the fields here are .*lang' build -o out --templates own
printf '{{#if rtl}}\n' >own/tracking/plan.md.hbs
stays "a template that does not end" out 2 'own/tracking/plan.md.hbs' build -o out --templates own
printf '{{> plan}}\n' >own/tracking/plan.md.hbs
stays "a template that calls itself" out 2 'calls itself' build -o out --templates own
printf '\xff\n' >own/tracking/plan.md.hbs
stays "a template that is no text" out 2 'own/tracking/plan.md.hbs.*not UTF-8' build -o out --templates own
rm own/tracking/*.hbs
printf 'x' >own/tracking/plann.md.hbs
stays "a template with a wrong name" out 2 'did you mean `plan.md.hbs`' build -o out --templates own
stays "a folder of templates that is not there" out 2 'cannot be read' build -o out --templates nowhere
mkdir -p escaping/x && printf 'name: x\nabout: x\nfiles: [{path: ../../x, template: t.hbs}]\n' >escaping/x/target.yaml && echo >escaping/x/t.hbs
stays "a target that leads out" out 2 'leads out of the output folder' build -o out --templates escaping
# ---- schemas of an older draft

expect "schemas in draft-07" 0 'wrote' build -o seven --schema-draft 07
expect "say so" 0 'draft-07/schema#' cat seven/tracking/schemas/other.schema.json
expect "a draft that is not there" 2 'possible values: 2020-12, 07' build -o seven --schema-draft 04

# ---- watching

# until PATTERN: waits until the watching one says so again
until_said() {
  local count=$1 pattern=$2
  for _ in $(seq 200); do
    [ "$(grep -c -- "$pattern" "$work/output")" -ge "$count" ] && return 0
    sleep 0.1
  done
  return 1
}

watch() { # NAME VERB…
  "$funnelc" "$@" --watch >"$work/output" 2>&1 </dev/null &
  watching=$!
}

mkdir watched && mv spec.funnel watched/spec.funnel
# A background job of a script ignores Ctrl-C, so the signal has to be let through.
set -m
watch build watched -o watched/out --allow warnings
verdict "watch: builds at once" "$(until_said 1 'wrote' || echo 'it does not')"
spec second >watched/spec.funnel
verdict "watch: builds again" "$(until_said 2 'wrote' || echo 'it does not')"
echo 'event {' >watched/spec.funnel
verdict "watch: survives a broken spec" "$(until_said 1 'nothing was written' || echo 'it does not')"
rm watched/spec.funnel
verdict "watch: survives a deleted spec" "$(until_said 2 'nothing was written' || echo 'it does not')"
spec third >watched/spec.funnel
verdict "watch: goes on" "$(until_said 3 'wrote' || echo 'it does not')"
sleep 0.6
verdict "watch: does not see its own outputs" "$([ "$(grep -c 'wrote' "$work/output")" -eq 3 ] || echo 'it builds for ever')"
kill -INT "$watching"
wait "$watching"; code=$?; watching=
verdict "watch: Ctrl-C ends it" "$([ $code -eq 0 ] || echo "exit code $code")"
watch check watched/spec.funnel --allow warnings
verdict "watch: checks at once" "$(until_said 1 'no findings' || echo 'it does not')"
echo 'event {' >watched/spec.funnel
verdict "watch: checks again" "$(until_said 1 'error' || echo 'it does not')"
kill -INT "$watching"
wait "$watching"; code=$?; watching=
verdict "watch: Ctrl-C ends a check" "$([ $code -eq 0 ] || echo "exit code $code")"

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
