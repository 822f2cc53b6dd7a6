#!/usr/bin/env python3
"""Measures linear funnels with funnelc and with tools that are not ours, on the same logs, and compares the people by stage.

The conditions are disjoint and the window is the funnel's: there `windowFunnel` of ClickHouse (chdb) and a chain of ASOF
joins in DuckDB mean the same. The logs are small and drawn from few moments, so that equal times and the last moment of
the window are common. Each is written as Parquet, CSV and JSON Lines, with people as numbers and as texts.

Usage: peers.py; FUNNELC is the program.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import chdb
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from verdicts import outcome, verdict

ROOT = Path(__file__).resolve().parents[2]
FUNNELC = os.environ.get("FUNNELC", str(ROOT / "target/debug/funnelc"))
BEGIN = 1_767_225_600


def spec(steps, window):
    """A chain of so many stages with a window in hours."""
    stages = "\n".join(
        f"  stage s{at} : {'top' if at == 0 else 'bottom' if at == steps - 1 else 'middle'} "
        f"{{ enter e{at}{'; converts' if at == steps - 1 else ''} }}"
        for at in range(steps)
    )
    ways = "\n".join(f"  s{at} -> s{at + 1}" for at in range(steps - 1))
    events = "\n".join(f"event e{at} {{ sent_by web }}" for at in range(steps))
    return (
        f'project peers "Peers" {{ identity user_id }}\n'
        f'source log {{ events "log" {{ identity user_id; time moment; name event }} }}\n'
        f"{events}\nfunnel chain : standard {{\n  window {window}h\n{stages}\n{ways}\n}}\n"
    )


def draw(seed, steps, people, events, hours, text):
    """Rows in no order; a moment is a whole hour, so that many are equal."""
    dice = random.Random(seed)
    person = (lambda n: f"person-{n}") if text else (lambda n: n)
    # An event of no stage is between them.
    return [
        (person(dice.randrange(people)), BEGIN + 3_600 * dice.randrange(hours), f"e{dice.randrange(steps + 1)}")
        for _ in range(events)
    ]


def write(folder, rows):
    """The same log in every form."""
    users, times, names = zip(*rows)
    table = pa.table({"user_id": pa.array(users), "moment": pa.array(times, pa.int64()).cast(pa.timestamp("s")), "event": pa.array(names)})
    paths = {form: folder / f"log.{form}" for form in ["parquet", "csv", "jsonl"]}
    pq.write_table(table, paths["parquet"], compression="zstd", row_group_size=max(len(rows) // 3, 1))
    with open(paths["csv"], "w") as file:
        file.write("user_id,moment,event\n" + "".join(f"{user},{time},{name}\n" for user, time, name in rows))
    with open(paths["jsonl"], "w") as file:
        file.writelines(json.dumps({"event": name, "moment": time, "user_id": user}) + "\n" for user, time, name in rows)
    packed = folder / "packed.parquet"
    pq.write_table(table.cast(pa.schema([table.schema.field(0), ("moment", pa.timestamp("us", "UTC")), table.schema.field(2)])), packed, compression="snappy")
    return [*paths.values(), packed]


def clickhouse(path, steps, window):
    conditions = ", ".join(f"event = 'e{at}'" for at in range(steps))
    sql = (
        f"SELECT level, count() FROM (SELECT user_id, windowFunnel({window * 3_600})(toUInt64(toUnixTimestamp(moment)), {conditions}) "
        f"AS level FROM file('{path}', Parquet) GROUP BY user_id) GROUP BY level"
    )
    levels = {int(level): int(people) for level, people in (line.split(",") for line in str(chdb.query(sql, "CSV")).split())}
    return [sum(people for level, people in levels.items() if level > at) for at in range(steps)]


def asof(path, steps, window):
    """Each stage's rows joined to the latest row of the stage before that survived; it carries its start."""
    chain = [f"s0 AS (SELECT user_id, moment AS t, moment AS start FROM '{path}' WHERE event = 'e0')"]
    for at in range(1, steps):
        chain.append(
            f"s{at} AS (SELECT e.user_id, e.moment AS t, p.start FROM '{path}' e ASOF JOIN s{at - 1} p "
            f"ON e.user_id = p.user_id AND e.moment >= p.t WHERE e.event = 'e{at}' AND e.moment <= p.start + INTERVAL {window} HOUR)"
        )
    counts = ", ".join(f"(SELECT count(DISTINCT user_id) FROM s{at})" for at in range(steps))
    return list(duckdb.connect().execute(f"WITH {', '.join(chain)} SELECT {counts}").fetchone())


def funnelc(file, log, *more):
    done = subprocess.run([FUNNELC, "measure", str(file), "--events", str(log), "--format", "json", *more], capture_output=True, text=True)
    if done.returncode:
        return done.stderr
    return [stage["people"] for stage in json.loads(done.stdout)["funnels"][0]["stages"]]


def written(folder, file, log, people):
    """The tables of numbers, read back by DuckDB and Arrow: the same people by stage, and the same rows in both."""
    names = {form: folder / f"numbers.{form}" for form in ["csv", "parquet"]}
    for form, path in names.items():
        subprocess.run([FUNNELC, "measure", str(file), "--events", str(log), "--format", form, "--output-file", str(path)], check=True)
    sql = "SELECT value::BIGINT FROM '{}' WHERE \"of\" = 'stage' AND measure = 'people'"
    counts = {form: [row[0] for row in duckdb.connect().execute(sql.format(path)).fetchall()] for form, path in names.items()}
    for form, own in counts.items():
        verdict(f"numbers.{form}, DuckDB", "" if own == people else f"{own} is not {people}")
    rows = pq.read_table(names["parquet"]).num_rows
    lines = len(names["csv"].read_text(encoding="utf-8-sig").splitlines()) - 1
    verdict("numbers.parquet, rows", "" if rows == lines else f"{rows} is not {lines}")


def compare(folder, seed):
    dice = random.Random(seed)
    steps, window, text = dice.randint(2, 6), dice.randint(0, 30), seed % 2 == 1
    rows = draw(seed, steps, people=dice.randint(1, 200), events=dice.randint(1, 4_000), hours=dice.randint(2, 60), text=text)
    file = folder / "chain.funnel"
    # A window of nothing is no window in the language; an hour is the least.
    window = max(window, 1)
    file.write_text(spec(steps, window), encoding="utf-8")
    logs = write(folder, rows)
    witnesses = {"ClickHouse": clickhouse(logs[0], steps, window), "DuckDB": asof(logs[0], steps, window)}
    for log in logs:
        counts = funnelc(file, log)
        for name, other in witnesses.items():
            verdict(f"seed {seed}, {log.name}, {name}", "" if counts == other else f"{counts} is not {other}")
    written(folder, file, logs[0], witnesses["ClickHouse"])
    counts = funnelc(file, logs[0], "--memory", "1KB")
    verdict(f"seed {seed}, on disk", "" if counts == witnesses["ClickHouse"] else f"{counts} is not {witnesses['ClickHouse']}")


def main():
    for seed in range(16):
        with tempfile.TemporaryDirectory() as folder:
            compare(Path(folder), seed)
    sys.exit(outcome())


main()
