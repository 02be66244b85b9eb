"""`simulation.json` and `driven.json`: a plan in a simulator of traffic, and how vehicles drove there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from safepassage.domain.errors import FormatError
from safepassage.domain.simulation import Compared, Driven, SimulationSheet
from safepassage.formats.containers import canonical_json

SCHEMA = "safepassage.simulation/1"
DRIVEN = "safepassage.driven/1"


def document(sheets: Sequence[SimulationSheet], *, inputs_sha256: str, plan_sha256: str) -> dict[str, Any]:
    """Return sheets of one plan as plain values, class RESTRICTED."""
    return {
        "schema": SCHEMA, "class": "RESTRICTED", "inputs_sha256": inputs_sha256, "plan_sha256": plan_sha256,
        "runs": [_run(sheet) for sheet in sheets],
    }  # fmt: skip


def _run(sheet: SimulationSheet) -> dict[str, Any]:
    found = asdict(sheet)
    del found["arrivals"]
    return {
        **found, "directions": [_compared(row) for row in sheet.directions],
        "places": [_compared(row) for row in sheet.places], "arrivals": _arrivals(sheet),
    }  # fmt: skip


def _compared(row: Compared) -> dict[str, Any]:
    return {**asdict(row), "ratio_permille": row.ratio_permille}


def _arrivals(sheet: SimulationSheet) -> list[list[Any]]:
    """Return (direction, second, persons as planned, persons as simulated) that have arrived by then."""
    steps: dict[tuple[str, int], list[int]] = {}
    for row in sheet.arrivals:
        steps.setdefault((row.direction, row.planned_s), [0, 0])[0] += row.persons
        if row.simulated_s >= 0:
            steps.setdefault((row.direction, row.simulated_s), [0, 0])[1] += row.persons
    totals: dict[str, list[int]] = {}
    found = []
    for (direction, second), (planned, simulated) in sorted(steps.items()):
        total = totals.setdefault(direction, [0, 0])
        total[0] += planned
        total[1] += simulated
        found.append([direction, second, *total])
    return found


def driven(records: Sequence[Driven], *, by: str, plan_sha256: str) -> dict[str, Any]:
    """Return what happened to each movement of a plan: (arc, second of entry) rows and its arrival."""
    rows = [
        {
            "movement": row.movement,
            "entries": [list(pair) for pair in row.entries_s],
            "arrive_s": row.arrive_s,
        }
        for row in records
    ]
    return {"schema": DRIVEN, "class": "RESTRICTED", "by": by, "plan_sha256": plan_sha256, "movements": rows}


def read_driven(data: bytes, *, file: str, plan_sha256: str) -> tuple[str, tuple[Driven, ...]]:
    """Return who recorded what happened, and the records.

    Raises
    ------
    FormatError
        When it is no such record, or one of another plan.
    """
    try:
        document = canonical_json.decode(data)
        if document["schema"] != DRIVEN:
            raise ValueError(f"its schema is not {DRIVEN}")
        if document["plan_sha256"] != plan_sha256:
            raise ValueError("it is a record of another plan")
        rows = tuple(_driven(row) for row in document["movements"])
        if len({row.movement for row in rows}) < len(rows):
            raise ValueError("a movement stands there twice")
        return str(document["by"]), rows
    except (KeyError, TypeError, ValueError) as fault:
        what = f"lacks {fault}" if isinstance(fault, KeyError) else str(fault)
        raise FormatError(file=file, what=what, remedy="hand in a driven.json of this plan") from None


def _driven(row: Any) -> Driven:
    entries = tuple((arc, second) for arc, second in row["entries"])
    numbers = [row["arrive_s"], *(n for pair in entries for n in pair)]
    if not all(type(n) is int and abs(n) < 10**9 for n in numbers):
        raise ValueError("arcs and seconds are whole numbers")
    return Driven(movement=str(row["movement"]), entries_s=entries, arrive_s=row["arrive_s"])
