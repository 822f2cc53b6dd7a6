#!/usr/bin/env bash
# Does what the tutorial tells its readers to do, in English and in Arabic: the specs are taken from the page, every
# command of the page is run in its order, and exit codes, outputs shown and files named are as the page says. The lines that the page of topics names are looked up as well.
#
# Usage: FUNNELC=path/to/funnelc bash tests/tutorial.sh
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
binary=$(realpath "${FUNNELC:-$root/target/debug/funnelc}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
output=$work/output
passed=0
failed=0

verdict() { # NAME FAULT
  if [ -z "$2" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "FAIL $page: $1: $2"
    head -c 2000 "$output" | sed 's/^/    /'
  fi
}

funnelc() { "$binary" "$@"; }

# run CODE SAID COMMAND…: a command of the page, its exit code and words that it says. It runs in this shell, for `cd`.
run() {
  local code=$1 said=$2 fault=
  shift 2
  printf '$ %s\n' "$*" >>"$work/ran"
  "$@" >"$output" 2>&1 </dev/null
  local got=$?
  if [ "$got" -ne "$code" ]; then fault="exit code $got, expected $code"
  elif [ -n "$said" ] && ! grep -qF -- "$said" "$output"; then fault="does not say: $said"
  fi
  verdict "$*" "$fault"
}

# block PATTERN NUMBER: the text of a fenced block of the page
block() {
  awk -v pattern="^\`\`\`($1)\$" -v wanted="$2" '
    /^```/ { inside = 0 }
    inside { print }
    !open && $0 ~ pattern && ++seen == wanted { inside = 1 }
    /^```/ { open = !open }' "$root/book/src/tutorial/$page"
}

# The spec of that number becomes the file that the reader edits.
spec() {
  block 'funnel(,bad)?' "$1" >shop.funnel
  verdict "spec $1" "$([ -s shop.funnel ] || echo "it is not on the page")"
}

# shown NUMBER: the last command said what is in that block
shown() {
  block 'text(,[a-z]+)?' "$1" >"$work/shown"
  verdict "output $1" "$(diff "$work/shown" "$output" | head -20)"
}

appears() {
  local file
  for file in "$@"; do
    verdict "$file is written" "$([ -s "$file" ] || echo "it is not there")"
    verdict "$file is named" "$(grep -qF "$(basename "$file")" "$root/book/src/tutorial/$page" || echo "it is not on the page")"
  done
}

# follow PAGE NOTHING CONVERSION EVENT OTHER [--lang ar]: what the page calls things, and the options of its commands
follow() {
  page=$1
  local nothing=$2 conversion=$3 event=$4 other=$5
  shift 5
  rm -f "$work/ran"
  mkdir "$work/$page" && cd "$work/$page" || exit 1

  run 0 'funnelc check lamps' funnelc init lamps
  shown 1
  run 0 '' cd lamps
  run 0 "$nothing" funnelc check "$@"
  run 0 '' mv starter.funnel shop.funnel

  spec 1
  run 0 "$nothing" funnelc check --allow warnings "$@"

  spec 2
  run 1 'FN0101' funnelc check --allow warnings "$@"
  shown 2
  run 0 'FN0101' funnelc explain unknown-name "$@"
  run 1 'funnelc: applied 1 fix' funnelc check --allow warnings --fix "$@"
  verdict "one mistake is left" "$(grep -q FN0101 "$output" && echo "the spelling is as it was")"
  run 0 "$nothing" funnelc check --allow warnings --unsafe-fixes "$@"

  spec 3
  run 1 'FN0305' funnelc check --allow warnings --format plain "$@"
  shown 3

  spec 4
  run 0 "$nothing" funnelc check "$@"
  run 0 '' funnelc fmt
  run 0 'files to out' funnelc build "$@"
  appears out/tracking/plan{,".$other"}.{html,md} "out/tracking/schemas/$event.schema.json" out/model.json \
    out/funnelc-manifest.json
  run 0 'up to date' funnelc build --check "$@"
  run 0 '' funnelc graph -o funnel.svg
  appears funnel.svg
  run 0 "shop.funnel:" funnelc explain "$conversion" "$@"

  grep '^\$ ' "$root/book/src/tutorial/$page" >"$work/told"
  verdict "the commands are those of the page" "$(diff "$work/told" "$work/ran")"
}

# The page of topics: where it says `file:line` `words`, the words stand in that line.
topics() {
  page=../seeds.md
  local file line words
  : >"$output"
  verdict "every topic has a row" "$([ "$(grep -cE '^\| S[0-9]+ .*`specs/' "$root/book/src/seeds.md")" -eq 36 ] || echo "some have none")"
  while IFS=' ' read -r file line words; do
    verdict "$file:$line" "$(sed -n "${line}p" "$root/$file" | grep -qF -- "$words" || echo "does not say: $words")"
  done < <(grep -oE '`specs/[^`]+:[0-9]+` `[^`]+`' "$root/book/src/seeds.md" | tr -d '`' | sed 's/:\([0-9]*\) / \1 /')
}

follow start.md 'no findings in 1 file' shop.purchase order_completed ar
follow start.ar.md 'لا نتائج في ملف واحد' المتجر.الشراء إتمام_الطلب en --lang ar
topics

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
