"""Holds what a compiler says of some files to the remarks in them: `// error: WORDS` or `// warning: WORDS` at the end of
a line. It must say so of that line, with those words, and nothing of any other line.

Usage: remarks.py LOG FILE...
"""

import pathlib
import re
import sys

log, *files = map(pathlib.Path, sys.argv[1:])
text = log.read_text("utf-8")
said = re.findall(r"^(.+?):(\d+):\d+: (error|warning): (.*)$", text, re.MULTILINE)
wanted = {
    (str(file), number, kind): words
    for file in files
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
    for kind, words in re.findall(r" // (error|warning): (.+)$", line)
}
wrong = list(re.findall(r"^(?:error|warning|exception): .*$", text, re.MULTILINE))
for file, number, kind, words in said:
    remark = wanted.pop((file, int(number), kind), None)
    if remark is None or remark not in words:
        wrong.append(f"{file}:{number}: {kind}: {words}")
wrong += [f"{file}:{number}: no {kind}: {words}" for (file, number, kind), words in wanted.items()]
print(*wrong, sep="\n")
sys.exit(bool(wrong))
