"""How many reports a second the store makes durable, how long each waits, and how fast a log is checked.

    python benchmarks/store.py [--reports 5000] [--clients 16] [--events 1000000] [--folder DIR] [--json]

Reports of about 600 bytes are handed in by client threads, each waiting for its acknowledgement before the
next; chain, encryption, synchronous commits and group commit are on as in the product. Then a log of
`--events` entries is checked from its first entry: every hash, every link, every column.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

from safepassage.domain.log.entry import Draft
from safepassage.store import checking
from safepassage.store.embedded import EmbeddedBackend
from safepassage.store.event_store import EventStore
from safepassage.store.group_commit import GroupWriter
from safepassage.store.keys import Secret

TEXT = "the bridge over the river is closed to lorries since the morning, cars pass one by one " * 4
SECRET = Secret(key=bytes(range(32)))


def main() -> int:
    """Measure and print; 1 when a figure is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--reports", type=int, default=5000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the store is made (default: a temporary folder)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        found = writes(Path(folder) / "writes.store", options.reports, options.clients)
        if options.events:
            found |= checks(Path(folder) / "checks.store", options.events)
    for name, value in found.items():
        print(f"{name:32} {value}", file=sys.stderr if options.json else sys.stdout)
    if options.json:
        print(json.dumps(found))
    enough = found["reports_per_s"] >= 500 and found["p99_ms"] <= 100
    return 0 if enough and found.get("check_wall_s", 0) <= 60 else 1


def new_store(path: Path) -> EventStore:
    """Return a new store with a log of its own."""
    backend = EmbeddedBackend.create(path, SECRET)
    store = EventStore(backend, lambda: time.time_ns() // 1_000_000)
    store.begin(org="bench", by="benchmark", why="measure")
    return store


def report(number: int) -> Draft:
    """Return one report of about 600 bytes on disk."""
    return Draft(
        id=f"report-{number}",
        org="bench",
        by="radio operator",
        why="called in",
        kind="report.filed",
        body={"n": number, "text": TEXT},
        about=f"bridge-{number % 50}",
    )


def writes(path: Path, reports: int, clients: int) -> dict[str, float]:
    """Return reports a second and waiting times, every acknowledgement awaited."""
    store = new_store(path)
    writer = GroupWriter(store)
    waits: list[float] = []
    each = reports // clients

    def client(who: int) -> None:
        for n in range(each):
            started = time.perf_counter()
            writer.submit(report(who * each + n)).result(60)
            waits.append(time.perf_counter() - started)

    threads = [threading.Thread(target=client, args=(who,)) for who in range(clients)]
    started, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu
    writer.close()
    size, _ = store.backend.last(store.log)
    if size != each * clients + 1:
        raise SystemExit(f"{each * clients + 1 - size} reports are missing")
    store.backend.close()
    ordered = sorted(waits)
    return {
        "reports": len(waits),
        "clients": clients,
        "reports_per_s": round(len(waits) / wall_s),
        "p50_ms": round(ordered[len(ordered) // 2] * 1000, 1),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 1),
        "worst_ms": round(ordered[-1] * 1000, 1),
        "write_wall_s": round(wall_s, 2),
        "write_cpu_s": round(cpu_s, 2),
    }


def checks(path: Path, events: int) -> dict[str, float]:
    """Return how long a log of so many entries takes to be checked whole."""
    store = new_store(path)
    started = time.perf_counter()
    for first in range(0, events - 1, 5000):
        store.append_each([report(n) for n in range(first, min(first + 5000, events - 1))])
    filled_s = time.perf_counter() - started
    started, cpu = time.perf_counter(), time.process_time()
    finding = checking.check_log(store.backend, store.log)
    wall_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu
    store.backend.close()
    if finding.size != events or finding.first_seq:
        raise SystemExit(finding.sentence)
    return {
        "events": events,
        "file_mb": round(path.stat().st_size / 1e6),
        "fill_wall_s": round(filled_s, 1),
        "check_wall_s": round(wall_s, 1),
        "check_cpu_s": round(cpu_s, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
