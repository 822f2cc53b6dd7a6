#!/usr/bin/env bash
# Inputs that nobody should make, and that somebody will. Each must end with exit code 1 or 2 and a clear sentence, within
# limits of time and memory, without a panic, and without touching anything outside the output folder.
#
# Usage: FUNNELC=path/to/funnelc bash tests/hostile.sh
set -uo pipefail
funnelc=${FUNNELC:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/target/debug/funnelc}
work=$(mktemp -d)
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
cd "$work"

seconds=30    # for one run of a build with debug assertions on a busy machine
kilobytes=6000000
passed=0
failed=0

verdict() { # NAME FAULT
  if [ -z "$2" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "FAIL $1: $2"
    head -c 2000 "$work/output" | sed 's/^/    /'
  fi
}

# limited COMMAND…: runs it with limits; output to $work/output, exit code to $code
limited() {
  (ulimit -v $kilobytes; exec timeout --kill-after=5 $seconds "$@") >"$work/output" 2>&1 </dev/null
  code=$?
}

# fault CODES PATTERN: what is wrong with the last run
fault() {
  if grep -aqE 'panicked|overflowed its stack|RUST_BACKTRACE|memory allocation|entered unreachable' "$work/output"; then echo "panics"
  elif [ "$code" -ge 124 ]; then echo "exit code $code (124: over $seconds s)"
  elif ! grep -qw "$code" <<<"$1"; then echo "exit code $code, expected $1"
  elif ! grep -aqE -- "$2" "$work/output"; then echo "does not say: $2"
  fi
}

# expect NAME CODES PATTERN COMMAND…
expect() {
  local name=$1 codes=$2 pattern=$3
  shift 3
  limited "$@"
  verdict "$name" "$(fault "$codes" "$pattern")"
}

check() { # NAME CODES PATTERN PATH…
  local name=$1 codes=$2 pattern=$3
  shift 3
  expect "$name" "$codes" "$pattern" "$funnelc" check --format plain "$@"
}

repeat() { # TEXT COUNT
  head -c $((${#1} * $2)) < <(yes "$1" | tr -d '\n')
}

valid='team a "A"'

# ---- files that are no specs

echo "$valid" >unreadable.funnel
chmod 000 unreadable.funnel
if [ "$(id -u)" -ne 0 ]; then
  check "a file without permission" "2" 'cannot be read.*ermission' unreadable.funnel
fi
ln -s /proc/self/mem broken-disk.funnel
check "a file whose reading fails" "2" 'cannot be read' broken-disk.funnel
rm -f unreadable.funnel broken-disk.funnel

check "a file that is not there" "2" 'cannot be read|there is no' nowhere.funnel
check "a folder that is not there" "2" 'cannot be read|there is no' no/where
mkdir -p empty-folder; check "a folder without specs" "2" 'no .*funnel' empty-folder
: >empty.funnel; check "an empty file" "1 2" 'nothing to check' empty.funnel
printf '\n\n// nothing\n' >comment.funnel; check "only a comment" "0 1 2" '' comment.funnel
printf '\xef\xbb\xbfteam a "A"\n' >bom.funnel; check "a byte order mark" "0" '' bom.funnel
printf 'team a "\xff\xfe"\n' >latin.funnel; check "bytes that are no UTF-8" "2" 'not UTF-8.*line 1' latin.funnel
printf 'team a "A"\r\nteam b "B"\r\n' >windows.funnel; check "Windows line endings" "0" '' windows.funnel
printf '\x7fELF\x00\x01\x02\xff' >binary.funnel; check "a binary file" "2" 'not a text file' binary.funnel
head -c 200000 /dev/urandom >noise.funnel; check "noise" "2" 'not (a text|UTF-8)' noise.funnel
head -c 200000 /dev/urandom | base64 >letters.funnel; check "200,000 random letters" "1" 'error' letters.funnel
printf 'team a "A\x00B"\n' >nul.funnel; check "a NUL in a text" "0 1 2" '' nul.funnel
printf 'team \x00 "A"\n' >nul-name.funnel; check "a NUL for a name" "1 2" 'error|character' nul-name.funnel
mkfifo pipe.funnel; check "a pipe" "2" 'not a file' pipe.funnel
rm -f pipe.funnel
mkdir folder.funnel; check "a folder with the name of a spec" "2" 'no .*funnel' folder.funnel
mkdir loop && ln -s ../loop loop/again && echo "$valid" >loop/a.funnel
check "a loop of links" "0 1 2" 'loop|no findings' loop
ln -s self.funnel self.funnel; check "a link to itself" "2" 'cannot be read' self.funnel
rm -f self.funnel
mkdir device && ln -s /dev/zero device/zero.funnel; check "an endless device" "2" 'not a file' device/zero.funnel

# ---- size

truncate -s 100M huge.funnel; check "a file of 100 MB" "2" '100 MiB; a spec may have' huge.funnel
rm -f huge.funnel
seconds=120
yes 'event e "E" { owner x }' | head -c 15000000 >many.funnel
check "650,000 declarations of one name" "1" 'declared twice' many.funnel
yes 'nonsense' | head -n 1000000 >errors.funnel
check "1,000,000 errors" "1" 'not shown' errors.funnel
# The report goes to a file; its beginning is looked at. A JSON document of a million findings has more than a gigabyte.
kilobytes=9000000
to_file='"$0" check --format "$1" --output-file report "$2"; code=$?; head -c 2000 report; exit $code'
expect "1,000,000 errors as JSON" "1" '"diagnostics"' bash -c "$to_file" "$funnelc" json errors.funnel
expect "1,000,000 errors for people" "1" 'nonsense' bash -c "$to_file" "$funnelc" full errors.funnel
kilobytes=6000000
rm -f many.funnel errors.funnel report
seconds=30
{ printf 'team a "'; repeat 'x' 8000000; printf '" { led "x" }\n'; } >wide.funnel
expect "a line of 8 MB" "1" 'led' "$funnelc" check --format full wide.funnel
{ printf 'team '; repeat 'x' 1000000; printf ' "A" { owner y }\n'; } >name.funnel
check "a name of 1 MB" "0 1" '' name.funnel
{ printf 'segment s "S" { where trait a == 1'; repeat ' and trait a == 1' 50000; echo ' }'; } >terms.funnel
check "50,000 terms of a condition" "0 1" '' terms.funnel
{ printf 'segment s "S" { where '; repeat 'not ' 50000; echo 'trait a == 1 }'; } >nots.funnel
check "50,000 times not" "0 1" '' nots.funnel
{ printf 'kpi k { value '; repeat '-' 50000; echo '1 }'; } >minus.funnel
check "50,000 minus signs" "1" 'error' minus.funnel
{ printf 'kpi k { value 1'; repeat ' + 1' 50000; echo ' }'; } >sum.funnel
check "50,000 summands" "0 1" '' sum.funnel
{ printf 'kpi k { value '; repeat '9' 5000; echo ' }'; } >digits.funnel
check "5,000 digits" "0 1" '' digits.funnel
{ echo 'traits { a string }'; printf 'event e0 "E" { sent_by web }\n'
  for i in $(seq 1 3000); do echo "event e$i extends e$((i - 1)) { }"; done; } >chain.funnel
check "3,000 times extends" "0 1" '' chain.funnel
{ for i in $(seq 0 2000); do echo "event e$i extends e$(((i + 1) % 2001)) { }"; done; } >circle.funnel
check "a circle of 2,001 extends" "1" 'leads back to itself' circle.funnel
{ echo 'event e "E" { sent_by web }'; echo 'funnel f "F" {'; echo ' stage s0 "S" : top { enter e }'
  for i in $(seq 1 3000); do echo " stage s$i \"S\" : middle { enter e }"; echo " s$((i - 1)) -> s$i rate 50% within 1d"; done
  echo '}'; } >path.funnel
check "a path of 3,000 stages" "0 1" '' path.funnel
{ echo 'event e "E" { sent_by web }'; echo 'funnel f "F" {'
  for i in $(seq 0 199); do echo " stage s$i \"S\" : middle { enter e }"; done
  for i in $(seq 0 199); do for j in $(seq 0 199); do echo " s$i -> s$j rate 1% within 1d"; done; done
  echo '}'; } >dense.funnel
check "every stage leads to every other, 40,000 transitions" "0 1" '' dense.funnel
repeat '“' 300000 >quotes.funnel; check "300,000 typographic quotes" "1" 'error' quotes.funnel
repeat '"' 300001 >straight.funnel; check "300,001 quotes" "1" 'error' straight.funnel
repeat 'event ' 300000 >keywords.funnel; check "300,000 words without a line" "1" 'error' keywords.funnel
repeat '// funnelc: allow(x) -- y
' 20000 >directives-line.funnel; check "one directive 20,000 times on a line" "0 1 2" '' directives-line.funnel
yes '// funnelc: allow(mixed-script-name) -- y' | head -n 20000 >directives.funnel
echo 'team a "A"' >>directives.funnel; check "20,000 directives" "0 1" '' directives.funnel

# ---- depth

for pair in '{ }' '( )' '[ ]'; do
  read -r open close <<<"$pair"
  { printf 'segment s "S" { where '; repeat "$open" 10000; printf 'x'; repeat "$close" 10000; echo ' }'; } >deep.funnel
  check "10,000 times $open" "1" 'nested deeper' deep.funnel
  { printf 'segment s "S" { where '; repeat "$open" 1000000; echo; } >open.funnel
  check "1,000,000 times $open, never closed" "1" 'error' open.funnel
  repeat "$close" 1000000 >closed.funnel
  check "1,000,000 times $close" "1" 'closes nothing' closed.funnel
done
{ repeat 'event e { ' 10000; } >blocks.funnel; check "10,000 open blocks" "1" 'error' blocks.funnel
{ printf 'event e { prop p '; repeat 'list(' 10000; printf 'string'; repeat ')' 10000; echo ' }'; } >lists.funnel
check "10,000 lists of lists" "1" 'nested deeper' lists.funnel

# ---- names and uses

printf 'event caf\xc3\xa9 "1" { sent_by web }\nevent cafe\xcc\x81 "2" { sent_by web }\n' >normal.funnel
check "names equal after normalisation" "1" 'declared twice' normal.funnel
printf 'use "nowhere.funnel"\n' >missing.funnel; check "use of a missing file" "1" 'no file .nowhere.funnel' missing.funnel
printf 'use "b.funnel"\nteam a "A"\n' >a.funnel; printf 'use "a.funnel"\nteam b "B"\n' >b.funnel
check "uses in a circle" "0" '' a.funnel
printf 'use "me.funnel"\nteam a "A"\n' >me.funnel; check "use of itself" "0" '' me.funnel
mkdir inner; printf 'use "../a.funnel"\n' >inner/up.funnel
check "use of a file outside" "1" 'leads out of the project' inner/up.funnel
printf 'use "/etc/passwd"\n' >inner/root.funnel; check "use of an absolute path" "1" 'leads out of the project' inner/root.funnel
ln -s /etc inner/etc; printf 'use "etc/passwd"\n' >inner/link.funnel
check "use through a link to the outside" "1" 'leads out of the project' inner/link.funnel
printf 'use "."\nuse ""\nuse "\\u{0}"\nuse "a\\nb"\n' >inner/odd.funnel; check "uses of no file" "1 2" 'error' inner/odd.funnel
mkdir chain; for i in $(seq 0 4999); do echo "use \"$((i + 1)).funnel\"" >chain/$i.funnel; done; echo "$valid" >chain/5000.funnel
check "5,000 files that use one another in a row" "0 1 2" '' chain/0.funnel

# ---- what is said to people

printf 'team a "\x1b[31mred\x1b]8;;http://x\x07" { owner \x1b[2J }\n' >escape.funnel
for form in full concise plain github; do
  expect "escape sequences, $form" "1" '' "$funnelc" check --format $form escape.funnel
  grep -aq "$(printf '\x1b')" output && verdict "no escape sequence is passed on, $form" "one is"
done

# ---- arguments

expect "no verb" "2" 'Usage|usage' "$funnelc"
expect "an unknown verb" "2" 'chekc' "$funnelc" chekc
expect "an unknown format" "2" 'pretty' "$funnelc" check --format pretty a.funnel
expect "an unknown lint" "2" 'nothing-like-it' "$funnelc" check --deny nothing-like-it a.funnel
expect "an error cannot be allowed" "2" 'cannot be switched off' "$funnelc" check --allow unknown-name a.funnel
expect "an unknown code" "2" 'FN9999' "$funnelc" explain FN9999
expect "a baseline that is none" "2" 'no baseline|cannot be read' "$funnelc" check --baseline b.funnel a.funnel
expect "a report that cannot be written" "2" 'cannot be written' "$funnelc" check --output-file a.funnel/report a.funnel

# ---- plans of other tools

# import_of NAME CODES PATTERN FORMAT FILE…: an import that must say so, and write nothing
import_of() {
  local name=$1 codes=$2 pattern=$3
  shift 3
  rm -rf imported
  expect "$name" "$codes" "$pattern" "$funnelc" import "$@" -o imported --format plain
  verdict "$name: nothing is written" "$([ -e imported ] && ls -A imported | head -3)"
}

rule='{"key":"Cart Viewed","type":"TRACK","version":1,"jsonSchema":{"type":"object","properties":'
printf '{"name":"Shop","rules":[%s{"a":{"type":"str' "$rule" >cut.json
import_of "a plan that ends in the middle" "1" 'no JSON.*' segment cut.json
import_of "it names the event" "1" 'Cart Viewed' segment cut.json
printf '{"name":"Shop","rules":[%s{"a":{"type":"string","type":"number"}}}}]}' "$rule" >twice.json
import_of "a key that stands twice" "1" 'Cart Viewed' segment twice.json
printf '{"name":"Shop","rules":[%s{"a":{"$ref":"#/properties/b"},"b":{"$ref":"#/properties/a"}}}}]}' "$rule" >ring.json
import_of 'a $ref that leads back' "1" 'leads back to itself' segment ring.json
import_of "it names the event" "1" 'Cart Viewed' segment ring.json
printf '{"name":"Shop","rules":[{"key":"Cart\\u0000 Viewed","type":"TRACK","version":1,"jsonSchema":{"type":"object","properties":{"a":{"type":"string"}}}}]}' >nul.json
import_of "a NUL in a name" "1" 'U\+0000' segment nul.json
printf '{"name":"Sh\x00op"}' >raw-nul.json
import_of "a NUL in the file" "1 2" 'no JSON|not a text' segment raw-nul.json
{ printf '{"rules":[%s' "$rule"; repeat '{"a":{"type":"object","properties":' 5000; } >nested.json
import_of "5,000 objects in one another, cut" "1" 'no JSON|nested' segment nested.json
{ printf '{"rules":'; repeat '[' 200000; repeat ']' 200000; printf '}'; } >brackets.json
import_of "200,000 brackets" "1" 'nested|recursion' segment brackets.json
truncate -s 201M plan.json
import_of "a plan of 201 MB" "2" 'MiB' segment plan.json
rm -f plan.json
{ echo 'a0: &a0 [x, x]'; for i in $(seq 1 40); do echo "a$i: &a$i [*a$((i - 1)), *a$((i - 1)), *a$((i - 1))]"; done; } >bomb.yaml
import_of "a bomb of YAML" "1" 'aliases stand for more' rudderstack bomb.yaml
printf 'kind: events\nspec: &s\n  events: [*s]\n' >self.yaml
import_of "YAML that holds itself" "1" 'holds it' rudderstack self.yaml
printf '\xff\xfe{\x00}\x00' >utf16.json
import_of "bytes that are no UTF-8" "1 2" 'not UTF-8|not a text' segment utf16.json
printf '[]' >empty.json
import_of "a plan of nothing" "1" 'no plan of Segment' segment empty.json
: >nothing.csv
import_of "a table of nothing" "1" 'no column' csv nothing.csv
import_of "a plan that is not there" "2" 'cannot be read|there is no' segment nowhere.json
import_of "a folder without a plan" "1 2" 'no event' json-schema empty-folder

# Names are names, whatever they look like, and a pattern that would hang a matcher is never run.
cat >odd.json <<'PLAN'
{"name": "../../etc", "rules": [
  {"key": "../../../tmp/owned", "type": "TRACK", "version": 1, "jsonSchema": {"type": "object", "properties": {
    "__proto__": {"type": "string", "pattern": "^(a+)+$"}, "constructor": {"type": "string", "pattern": "(x+x+)+y"},
    "$(touch owned)": {"type": "string"}}}},
  {"key": "__proto__", "type": "TRACK", "version": 1, "jsonSchema": {"type": "object", "properties": {
    "</script>": {"type": "string", "description": "*/ } event x {"}}}}]}
PLAN
rm -rf imported; before=$(find . -path ./imported -prune -o -path ./output -prune -o -printf '%p %s\n' | LC_ALL=C sort | sha256sum)
expect "names that are paths, and patterns that hang" "0" 'wrote 2 events' "$funnelc" import segment odd.json -o imported
expect "the spec made of them has no errors" "0" '' "$funnelc" check imported
expect "and is built" "0" '' "$funnelc" build imported -o imported-out
rm -rf imported-out
after=$(find . -path ./imported -prune -o -path ./output -prune -o -printf '%p %s\n' | LC_ALL=C sort | sha256sum)
verdict "nothing but the folder is written" "$([ "$before" = "$after" ] || echo 'something is')"

# A million properties are more than a spec may have; 120 properties for each of 300 events are everyday.
seconds=120
python3 - <<'MAKE'
import json
def rule(name, properties):
    members = {f"property {n}": {"type": "string"} for n in range(properties)}
    return {"key": name, "type": "TRACK", "version": 1, "jsonSchema": {"type": "object", "properties": members}}
json.dump({"name": "Big", "rules": [rule(f"Event {n}", 2000) for n in range(260)]}, open("million.json", "w"))
json.dump({"name": "Big", "rules": [rule(f"Event {n}", 120) for n in range(300)]}, open("many.json", "w"))
MAKE
import_of "520,000 properties" "1" 'more properties than a spec may have' segment million.json
rm -rf imported
expect "300 events of 120 properties" "0" 'wrote 300 events' "$funnelc" import segment many.json -o imported
rm -rf imported million.json many.json
seconds=30

# ---- nothing is written but the output

snapshot() { find . -path ./out -prune -o -path ./output -prune -o -printf '%p %s %l\n' | LC_ALL=C sort | sha256sum; }

cat >labels.funnel <<'SPEC'
project labels "<script>alert(1)</script> ../../escape `x` {{x}} ${x} ]]> \" ' % | # =1+1" {
  edition 2026
  currency USD
  timezone "Europe/Berlin"
}
team growth "=HYPERLINK(\"http://x\")" { lead "\"><img src=x onerror=alert(1)>" }

/// */ <!-- --> ]]> ``` """ ''' {{#if}} <%= 1 %> \
event visited "-2+3+cmd|' /C calc'!A0" {
  named "../../../../tmp/visited'; DROP TABLE events; --"
  sent_by web
  owner growth
  status live
  prop url string required named "a.b[0]\"'`$(id)"
}
event bought "@SUM(1+1)\n=2" { named "con/aux:*?<>|" ; sent_by web; owner growth; status live; prop total money required }
kpi reach "| --- | \\| <b>" { value people(store.visit); per month; target >= 10; owner growth; review monthly }
funnel store "</title><script>alert(2)</script>" {
  cycle 7d
  window 30d
  stage visit "]]></text>" : top { enter visited; kpis reach }
  stage order "\u{202E}" : bottom { enter bought; converts }
  visit -> order rate 2% within 30d
}
SPEC
sed -i 's/\\u{202E}/a\&b/' labels.funnel
before=$(snapshot)
expect "a build with hostile labels" "0" '' "$funnelc" build labels.funnel -o out
[ "$before" = "$(snapshot)" ]; verdict "nothing is written outside the output folder" "$([ "$before" = "$(snapshot)" ] || echo 'something is')"
raw=$(grep -rlE '<script>alert|<img src=x' out --include='*.html' --include='*.svg' --include='*.mjml' 2>/dev/null | head -3)
verdict "no label becomes markup" "${raw:+in $raw}"
# A cell that begins so is a formula; a line inside a quoted cell is none.
formula=$(find out -name '*.csv' -exec python3 -c '
import csv, sys
for path in sys.argv[1:]:
    for row in csv.reader(open(path, encoding="utf-8-sig", newline="")):
        print(*(f"{path}: {cell!r}" for cell in row if cell[:1] in tuple("=+-@\t\r")), sep="\n", end="")
' {} + | head -3)
verdict "no label becomes a formula" "${formula:+$formula}"
odd=$(find out -name '*[<>:|?*]*' 2>/dev/null | head -3)
verdict "no file has an odd name" "${odd:+$odd}"

mkdir -p outside trap; before=$(snapshot)
rm -rf out; mkdir out; for name in tracking schemas plan events json-schema email; do ln -s "$work/outside" out/$name; done
expect "an output folder that leads elsewhere" "0 1 2" '' "$funnelc" build labels.funnel -o out
verdict "nothing goes through links in the output folder" "$(find outside -mindepth 1 | head -3)"
rm -rf out; echo 'mine' >out
expect "an output folder that is a file" "2" 'out' "$funnelc" build labels.funnel -o out
verdict "the file in the way is left alone" "$([ "$(cat out)" = mine ] || echo 'it is not')"
rm -f out
printf 'team a "A" { owner x }\nteam a "B"\n' >broken.funnel
expect "a build of a spec with errors" "1" 'error' "$funnelc" build broken.funnel -o out
verdict "writes nothing" "$([ -e out ] && ls out | head -3)"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
