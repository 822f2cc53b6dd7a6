"""Answers one funnel with several tools, each in a process of its own, and prints how long each took.

Usage: compare.py FUNNELC EVENTS; compare.py TOOL EVENTS answers with one tool.

The funnel: six steps in this order within seven days of the chain's own start (inclusive), people who get to each step;
at equal times the earlier step comes first. The start that helps most wins.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STEPS = ["visited", "viewed", "added", "began", "paid", "praised"]
WINDOW = 7 * 86_400
ROUNDS = 3

SPEC = """project bench "Bench" {{ identity user_id }}
source log {{ events "analytics.events" {{ identity user_id; time occurred_at; name event }} }}
measure {{ mature all }}
{events}
funnel steps "Steps" : standard {{
  window 7d
{stages}
{ways}
}}
"""


def spec():
    events = "\n".join(f"event {step} {{ sent_by web }}" for step in STEPS)
    layers = ["top", *["middle"] * (len(STEPS) - 2), "bottom"]
    stages = "\n".join(
        f"  stage s{at} : {layer} {{ enter {step}{'; converts' if layer == 'bottom' else ''} }}"
        for at, (step, layer) in enumerate(zip(STEPS, layers))
    )
    ways = "\n".join(f"  s{at} -> s{at + 1}  within 7d" for at in range(len(STEPS) - 1))
    return SPEC.format(events=events, stages=stages, ways=ways)


def duckdb_asof(path):
    """Each step's rows joined to the latest row of the step before that survived; it carries its start."""
    import duckdb

    connection = duckdb.connect()
    steps = [f"s1 AS (SELECT user_id, occurred_at AS t, occurred_at AS start FROM read_parquet('{path}') WHERE event = '{STEPS[0]}')"]
    for at, step in enumerate(STEPS[1:], 2):
        steps.append(
            f"s{at} AS (SELECT e.user_id, e.occurred_at AS t, p.start FROM (SELECT user_id, occurred_at FROM read_parquet('{path}') "
            f"WHERE event = '{step}') e ASOF JOIN s{at - 1} p ON e.user_id = p.user_id AND e.occurred_at >= p.t "
            f"WHERE e.occurred_at <= p.start + INTERVAL {WINDOW} SECOND)"
        )
    counts = ", ".join(f"(SELECT count(DISTINCT user_id) FROM s{at})" for at in range(1, len(STEPS) + 1))
    return lambda: list(connection.execute(f"WITH {', '.join(steps)} SELECT {counts}").fetchone())


def clickhouse(path):
    """The function of ClickHouse for this question."""
    import chdb

    conditions = ", ".join(f"event = '{step}'" for step in STEPS)
    named = ", ".join(f"'{step}'" for step in STEPS)
    sql = (
        f"SELECT level, count() FROM (SELECT user_id, windowFunnel({WINDOW})(toUInt64(toUnixTimestamp(occurred_at)), {conditions}) "
        f"AS level FROM file('{path}', Parquet) WHERE event IN ({named}) GROUP BY user_id) GROUP BY level"
    )

    def answer():
        levels = dict(line.split(",") for line in str(chdb.query(sql, "CSV")).split())
        return [sum(int(people) for level, people in levels.items() if int(level) >= at) for at in range(1, len(STEPS) + 1)]

    return answer


def polars_asof(path):
    """The chain of joins again, in Polars."""
    import polars as pl

    def answer():
        log = pl.scan_parquet(path).with_columns(pl.col("event").cast(pl.String))
        rows = lambda step: log.filter(pl.col("event") == step).select("user_id", "occurred_at").sort("occurred_at").collect()
        before = rows(STEPS[0]).with_columns(start=pl.col("occurred_at"))
        counts = [before["user_id"].n_unique()]
        for step in STEPS[1:]:
            joined = rows(step).join_asof(before, on="occurred_at", by="user_id", strategy="backward", check_sortedness=False)
            before = joined.filter(pl.col("occurred_at") <= pl.col("start") + pl.duration(seconds=WINDOW))
            counts.append(before["user_id"].n_unique())
        return counts

    return answer


PEERS = {"DuckDB, chain of ASOF joins": duckdb_asof, "ClickHouse (chdb), windowFunnel": clickhouse, "Polars, chain of join_asof": polars_asof}


def alone(tool, path):
    """One tool in this process: its counts, how long each round took, and the most memory it held."""
    answer = PEERS[tool](path)
    taken = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        counts = answer()
        taken.append(time.perf_counter() - begin)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"counts": counts, "seconds": taken, "mebibytes": peak}))


def funnelc(program, path):
    """The whole program, process start and checks included."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.funnel"
        file.write_text(spec(), encoding="utf-8")
        command = [program, "measure", str(file), "--events", path, "--format", "json"]
        taken = []
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            taken.append(time.perf_counter() - begin)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    stages = json.loads(done.stdout)["funnels"][0]["stages"]
    return {"counts": [stage["people"] for stage in stages], "seconds": taken, "mebibytes": peak}


def main():
    tool, path = sys.argv[1], str(Path(sys.argv[2]).resolve())
    if tool in PEERS:
        return alone(tool, path)
    results = {"funnelc measure": funnelc(tool, path)}
    for peer in PEERS:
        done = subprocess.run([sys.executable, __file__, peer, path], capture_output=True, text=True, check=True)
        results[peer] = json.loads(done.stdout.splitlines()[-1])
    ours = statistics.median(results["funnelc measure"]["seconds"])
    print(f"{Path(path).name}: {Path(path).stat().st_size / 1e6:.0f} MB, {os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}, medians of {ROUNDS}\n")
    print("| tool | median | times funnelc | peak memory |\n|---|--:|--:|--:|")
    for name, result in results.items():
        median = statistics.median(result["seconds"])
        print(f"| {name} | {median:.2f} s | {median / ours:.1f} | {result['mebibytes']:.0f} MiB |")
    counts = {tuple(result["counts"]) for result in results.values()}
    print(f"\npeople by step: {results['funnelc measure']['counts']}")
    if len(counts) != 1:
        sys.exit(f"the tools disagree: { {name: result['counts'] for name, result in results.items()} }")


main()
