"""Writes a log of events to Parquet: the same bytes for the same arguments.

Usage: generate.py MILLIONS int|uuid FILE

A twentieth as many people as events, sixty days, six steps that grow rarer and events of no step between them, in no
order of people. Times are whole seconds, so that every tool sees the same ties. An amount is there for those who ask.
"""

import sys
import uuid

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

STEPS = ["visited", "viewed", "added", "began", "paid", "praised", "scrolled"]
SHARES = [0.32, 0.26, 0.14, 0.08, 0.04, 0.01, 0.15]
DAYS = 60
BEGIN = 1_750_000_000
BATCH = 1_000_000


def batches(events, ids):
    draw = np.random.Generator(np.random.PCG64(2027))
    people = max(events // 20, 1)
    names = pa.array([str(uuid.UUID(int=(person * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**128)) for person in range(people)]) if ids == "uuid" else None
    for begin in range(0, events, BATCH):
        size = min(BATCH, events - begin)
        person = draw.integers(0, people, size)
        time = BEGIN + draw.integers(0, DAYS * 86_400, size)
        step = draw.choice(len(STEPS), size, p=SHARES).astype(np.int32)
        yield pa.record_batch(
            {
                "user_id": pa.array(person, pa.int64()) if names is None else names.take(pa.array(person)),
                "occurred_at": pa.array(time, pa.int64()).cast(pa.timestamp("s")).cast(pa.timestamp("us")),
                "amount": pa.array(draw.integers(0, 200, size).astype(np.int32)),
                "event": pa.DictionaryArray.from_arrays(pa.array(step), pa.array(STEPS)),
            }
        )


def main():
    millions, ids, path = sys.argv[1:]
    writer = None
    for batch in batches(int(float(millions) * 1_000_000), ids):
        writer = writer or pq.ParquetWriter(path, batch.schema, compression="zstd")
        writer.write_batch(batch)
    writer.close()


main()
