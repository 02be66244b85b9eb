"""Our intervals for a number that one report states, against how far reports of one event lie apart.

    python benchmarks/quantities.py [FILE ...] [--json]

FILE is UCDP event data: GED columns as CSV (`low`, `best`, `high`), JSON lines or an Arrow stream with
`deaths_low`, `deaths_high` (Arrow needs pyarrow and is passed over without it). Without FILE those of the
shared folder are read (SAFEPASSAGE_SHARED, else `../shared`); if it is absent, the script says so and
measures nothing.

For every event with 0 < low < high one report is imagined that states the low number, the best (where
coded; it is most often the low one), the middle (geometric) or the high number, ungraded and unreviewed.
Counted is how often the default 80 % interval of that one report holds the middle of what was coded, and
all of it. Nothing is fitted here; the default spread was set from the median of high/low, so the far end is
the harder test.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from safepassage.domain.claims.claim import CivilianClaim
from safepassage.domain.claims.values import Chain, Link, Quantity, Span
from safepassage.domain.claims.words import Predicate
from safepassage.engines.conflicts.versions import estimate

SHARED = Path(os.environ.get("SAFEPASSAGE_SHARED", "../shared"))
FILES = ("data/attribution/ucdp_aec/data/UCDP-AEC-ids", "data/humanitarian/ucdp_conflict_data_BGD.csv")
Z95 = 1.959964


class Event(NamedTuple):
    """Low, best (None where it is not coded) and high number of deaths."""

    low: float
    best: float | None
    high: float


def events_of(path: Path) -> Iterator[Event]:
    """Yield the events of a file that have numbers."""
    if path.suffix == ".jsonl":
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            yield Event(float(row["deaths_low"]), None, float(row["deaths_high"]))
        return
    if path.suffix == ".arrow":
        table = import_module("pyarrow.ipc").open_stream(path.read_bytes()).read_all()
        columns = (table["deaths_low"].to_pylist(), table["deaths_high"].to_pylist())
        yield from (Event(float(low), None, float(high)) for low, high in zip(*columns, strict=True))
        return
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (row.get("low") or "").isdigit() and (row.get("high") or "").isdigit():
                yield Event(float(row["low"]), float(row["best"]), float(row["high"]))


def interval(value: float) -> tuple[float, float]:
    """Return the default 80 % interval of a number that one report nobody graded states."""
    words = f"{value:g}"
    claim = CivilianClaim(
        report="r-1", span=Span(start=0, end=len(words), text=words), predicate=Predicate.PERSONS_HARMED,
        chain=Chain(links=(Link(name="a report"),)),
    )  # fmt: skip
    found = estimate([(claim, Quantity(low=value, high=value, unit="persons", text=words))])
    if found is None:
        raise ValueError("a number above 0 has an interval")
    return found.low, found.high


def measure(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Return a row for each number that the one report may state."""
    contested = [e for e in events if 0 < e.low < e.high]
    stated = {
        "low": [(e, e.low) for e in contested],
        "best": [(e, e.best) for e in contested if e.best is not None and e.low <= e.best <= e.high],
        "middle": [(e, math.sqrt(e.low * e.high)) for e in contested],
        "high": [(e, e.high) for e in contested],
    }
    return [_row(name, pairs) for name, pairs in stated.items() if pairs]


def _row(name: str, pairs: list[tuple[Event, float]]) -> dict[str, Any]:
    middle = both = 0
    for event, value in pairs:
        low, high = interval(value)
        middle += low <= math.sqrt(event.low * event.high) <= high
        both += low <= event.low and event.high <= high
    n = len(pairs)
    return {"stated": name, "events": n, "middle": _share(middle, n), "range": _share(both, n)}


def _share(hits: int, n: int) -> dict[str, float]:
    """Return a share in per cent with its 95 % interval (Wilson 1927)."""
    p, z2 = hits / n, Z95 * Z95
    centre, half = (p + z2 / (2 * n)) / (1 + z2 / n), Z95 * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    half /= 1 + z2 / n
    return {"share": 100 * p, "low": 100 * (centre - half), "high": 100 * (centre + half)}


def spread(events: Sequence[Event]) -> dict[str, float]:
    """Return how many events are contested and the quartiles of high/low among them."""
    ratios = sorted(e.high / e.low for e in events if 0 < e.low < e.high)
    at = {f"q{q}": ratios[min(len(ratios) - 1, len(ratios) * q // 100)] for q in (25, 50, 75, 90) if ratios}
    return {"events": len(events), "contested": len(ratios), **at}


def main(argv: Sequence[str] | None = None) -> int:
    """Print coverage, or that there are no data to measure it on."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    paths = [p for part in args.files or [SHARED / f for f in FILES] for p in _files(part)]
    if not paths:
        print("No UCDP event data were found: name a file, or set SAFEPASSAGE_SHARED. Nothing was measured.")
        return 0
    events = [event for path in paths for event in events_of(path)]
    head, rows = spread(events), measure(events)
    if args.json:
        print(json.dumps({"files": [path.name for path in paths], "spread": head, "rows": rows}, indent=1))
        return 0
    print(", ".join(f"{name} {value:g}" for name, value in head.items()))
    print("| one report states | events | holds the middle | holds low and high |\n|---|---|---|---|")
    for row in rows:
        cells = [
            f"{row[k]['share']:.1f} % ({row[k]['low']:.1f}–{row[k]['high']:.1f})" for k in ("middle", "range")
        ]
        print(f"| {row['stated']} | {row['events']} | {' | '.join(cells)} |")
    return 0


def _files(part: Path) -> list[Path]:
    if part.is_dir():
        arrow = sorted(part.glob("**/*.arrow")) if find_spec("pyarrow") else []
        return [*sorted(part.glob("*.jsonl")), *arrow]
    return [part] if part.exists() else []


if __name__ == "__main__":
    sys.exit(main())
