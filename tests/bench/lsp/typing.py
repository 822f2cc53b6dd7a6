"""Types into a project of 1 MB in 40 files as a person does, and tells what the language server needs.

The project is that of `tests/support/generate.rs`, several cells a file. A keystroke is one character of a new stage, of a text
or of a number, in one file after another, and is sent when the findings of the one before are there. Told are the milliseconds
from the keystroke to what is said of the edited file first (reading it is done, checking the project is not), to the findings
of the whole project, to the answer of a hover sent with it, the time from the start to the first findings, and the memory of
the process right after the last keystroke and when nobody has typed for a while.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
FILES, BYTES = 40, 1_000_000
REST = 3  # seconds
TYPED = ["\n  stage extra : middle {\n    enter page_viewed", " // why this is here", "12"]


def constant(source: str, name: str) -> str:
    return re.search(rf'const {name}: &str = r#"(.*?)"#;', source, re.S).group(1)


def project(folder: pathlib.Path) -> dict[str, str]:
    source = (HERE / "../../support/generate.rs").read_text(encoding="utf-8")
    head, cell = constant(source, "HEAD"), constant(source, "CELL")
    cells, size = [], len(head.encode())
    while size < BYTES:
        at = len(cells)
        text = f"// Cell {at}.\n" + cell.replace("@", str(at))
        if at:
            text += f"\nhandover store{at - 1}.loyal -> store{at}.awareness rate 5% within 30d owner growth\n"
        cells.append(text)
        size += len(text.encode())
    per_file = -(-len(cells) // (FILES - 1))
    texts = {"main.funnel": head}
    for at in range(FILES - 1):
        own = cells[at * per_file : (at + 1) * per_file]
        if own:
            texts[f"c{at:02}.funnel"] = "\n".join(own)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return texts


class Server:
    def __init__(self, program: str, root: pathlib.Path):
        self.process = subprocess.Popen([program, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.asked, self.root = 0, root

    def send(self, message: dict) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def ask(self, method: str, params: dict) -> int:
        self.asked += 1
        self.send({"id": self.asked, "method": method, "params": params})
        return self.asked

    def hear(self) -> dict:
        length = 0
        while (line := self.process.stdout.readline().strip()) != b"":
            key, value = line.split(b":")
            length = int(value) if key.lower() == b"content-length" else length
        return json.loads(self.process.stdout.read(length))

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri()

    def memory(self) -> int:
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) * 1024


def keystrokes(texts: dict[str, str], count: int):
    """File, line, column and character, one after another."""
    names = sorted(name for name in texts if name != "main.funnel")
    done = 0
    while True:
        for name in names:
            typed = TYPED[done % len(TYPED)]
            lines = texts[name].split("\n")
            line = next(at for at, text in enumerate(lines) if text.startswith("funnel "))
            column = len(lines[line])
            for character in typed:
                yield name, line, column, character
                done += 1
                if done == count:
                    return
                line, column = (line + 1, 0) if character == "\n" else (line, column + 1)


def told(name: str, times: list[float]) -> None:
    times = sorted(times)
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    print(f"{name:34} p50 {times[len(times) // 2]:7.1f} ms   p99 {p99:7.1f} ms   worst {times[-1]:7.1f} ms")


def main() -> None:
    program, count = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name).resolve()
        texts = project(root)
        size = sum(len(text.encode()) for text in texts.values())
        begin = time.perf_counter()
        server = Server(program, root)
        params = {"processId": None, "capabilities": {}, "rootUri": root.as_uri()}
        server.ask("initialize", params)
        while server.hear().get("method") != "textDocument/publishDiagnostics":
            pass
        started = (time.perf_counter() - begin) * 1000
        for name, text in texts.items():
            document = {"uri": server.uri(name), "languageId": "funnel", "version": 0, "text": text}
            server.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        early, findings, answers = [], [], []
        for version, (name, line, column, character) in enumerate(keystrokes(texts, count), 1):
            uri, place = server.uri(name), {"line": line, "character": column}
            change = {"range": {"start": place, "end": place}, "text": character}
            document = {"uri": uri, "version": version}
            begin = time.perf_counter()
            params = {"textDocument": document, "contentChanges": [change]}
            server.send({"method": "textDocument/didChange", "params": params})
            asked = server.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": place})
            waiting = ["hover", "findings", "early"]
            while waiting:
                message = server.hear()
                passed = (time.perf_counter() - begin) * 1000
                if message.get("id") == asked:
                    waiting.remove("hover")
                    answers.append(passed)
                params = message.get("params", {})
                if params.get("uri") == uri and params.get("version") == version:
                    # Once when it is read, and once when the project is checked.
                    (early if waiting.pop() == "early" else findings).append(passed)
        print(f"{len(texts)} files, {size / 1e6:.2f} MB, {count} keystrokes, {os.cpu_count()} cores")
        told("keystroke to the edited file", early)
        told("keystroke to the project", findings)
        told("keystroke to hover", answers)
        print(f"{'start to first findings':34} {started:11.1f} ms")
        for when, pause in (("memory", 0), ("memory after a rest", REST)):
            time.sleep(pause)
            memory = server.memory()
            print(f"{when:34} {memory / 1e6:11.1f} MB, {memory / size:.0f} bytes per byte of text")
        server.process.kill()


main()
