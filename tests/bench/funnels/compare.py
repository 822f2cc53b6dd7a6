"""Answers one funnel with several tools, each in a process of its own, and prints how long each took.

Usage: compare.py FUNNELC DECODE EVENTS    all of them, in turns
       compare.py --large FUNNELC EVENTS LARGER    funnelc alone on a log and on a larger one
       compare.py TOOL EVENTS    one of the others

The funnel: six steps in this order within seven days of the chain's own start (inclusive), people who get to each step;
at equal times the earlier step comes first. The start that helps most wins. DECODE only reads the three columns: what
nobody can go below. The branching funnel has the same events, ways past steps, loops and an amount.
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
ROUNDS = 5
COLUMNS = ["user_id", "occurred_at", "event"]

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


def branching():
    """Ways past steps, four loops through the second most frequent event, and a property that it must have."""
    return """project bench "Bench" { identity user_id }
source log { events "analytics.events" { identity user_id; time occurred_at; name event } }
measure { mature all }
event visited { sent_by web } event added { sent_by web } event began { sent_by web } event paid { sent_by web }
event praised { sent_by web } event viewed { sent_by web; prop amount integer }
funnel steps "Steps" : hourglass {
  window 7d
  stage visit : top { enter visited }
  stage praise : middle { enter praised }
  stage add : bottom { enter added; converts }
  stage view : loyalty { enter viewed(amount >= 50) }
  stage begin : loyalty { enter began }
  stage pay : loyalty { enter paid }
  visit -> praise  within 7d
  visit -> add     within 7d
  visit -> view    within 7d
  praise -> add    within 7d
  add -> view      within 7d
  add -> begin     within 7d
  view -> view     within 7d
  view -> begin    within 7d
  view -> pay      within 7d
  begin -> view    within 7d
  begin -> pay     within 7d
  pay -> view      within 7d
  pay -> begin     within 7d
}
"""


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
    """One tool in this process: its counts, the better of two rounds, and the most memory it held."""
    answer = PEERS[tool](path)
    rounds = []
    for _ in range(2):
        begin, worked = time.perf_counter(), time.process_time()
        counts = answer()
        rounds.append((time.perf_counter() - begin, time.process_time() - worked))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds, worked = min(rounds)
    print(json.dumps({"counts": counts, "seconds": seconds, "worked": worked, "mebibytes": peak}))


def run(command):
    """What a program printed; how long it took from its start to its end, how long its threads worked, the most memory."""
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    printed = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{command} failed")
    seconds = time.perf_counter() - begin
    return printed, {"seconds": seconds, "worked": usage.ru_utime + usage.ru_stime, "mebibytes": usage.ru_maxrss / 1024}


def funnelc(program, spec, path):
    """The whole program, process start and checks included."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.funnel"
        file.write_text(spec, encoding="utf-8")
        printed, cost = run([program, "measure", str(file), "--events", path, "--format", "json"])
    stages = json.loads(printed)["funnels"][0]["stages"]
    return {"counts": [stage["people"] for stage in stages], **cost}


def decode(program, path):
    """The three columns are decoded and nothing more is done."""
    return run([program, path, *COLUMNS])[1]


def peer(tool, path):
    return json.loads(run([sys.executable, __file__, tool, path])[0].splitlines()[-1])


def table(contestants, path):
    """Lets contestants take turns; prints the medians and gives the counts of each."""
    load = os.getloadavg()[0]
    runs = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, contestant in contestants.items():
            runs[name].append(contestant())
    middle = lambda own, what: statistics.median(run[what] for run in own)
    ours = middle(next(iter(runs.values())), "seconds")
    size = Path(path).stat().st_size / 1e6
    print(f"{Path(path).name}: {size:.0f} MB, {os.cpu_count()} cores, load before {load:.1f}, medians of {ROUNDS} in turns\n")
    print("| tool | median | fastest | all threads | times funnelc | peak memory |\n|---|--:|--:|--:|--:|--:|")
    for name, own in runs.items():
        least, peak = min(run["seconds"] for run in own), max(run["mebibytes"] for run in own)
        seconds, worked = middle(own, "seconds"), middle(own, "worked")
        print(f"| {name} | {seconds:.2f} s | {least:.2f} s | {worked:.2f} s | {seconds / ours:.2f} | {peak:.0f} MiB |")
    return {name: own[0].get("counts") for name, own in runs.items()}


def large(program, path, larger):
    """Ten times the log must not take more than twelve times the time."""
    table({"funnelc measure": lambda: funnelc(program, spec(), path), f"the same, {Path(larger).name}": lambda: funnelc(program, spec(), larger)}, path)


def main():
    if sys.argv[1] == "--large":
        return large(*sys.argv[2:])
    if sys.argv[1] in PEERS:
        return alone(sys.argv[1], sys.argv[2])
    program, decoder, path = sys.argv[1], sys.argv[2], str(Path(sys.argv[3]).resolve())
    contestants = {
        "funnelc measure": lambda: funnelc(program, spec(), path),
        "decoding the columns alone": lambda: decode(decoder, path),
        "funnelc measure, branching": lambda: funnelc(program, branching(), path),
    }
    contestants |= {name: lambda name=name: peer(name, path) for name in PEERS}
    counts = table(contestants, path)
    ours = counts["funnelc measure"]
    print(f"\npeople by step: {ours}; branching: {counts['funnelc measure, branching']}")
    wrong = {name: counts[name] for name in PEERS if counts[name] != ours}
    if wrong:
        sys.exit(f"the tools disagree: {wrong}")


main()
