"""`simulation.json` and `driven.json`: a plan in a simulator of traffic, and how vehicles drove there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from safepassage.domain.simulation import Compared, SimulationSheet, Traffic, Trajectory

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


def driven(
    traffic: Traffic, trajectories: Sequence[Trajectory], *, simulator: str, plan_sha256: str
) -> dict[str, Any]:
    """Return what happened to each movement in a simulator: (arc, second of entry) rows and its arrival.

    The form is that of a record of what happened: it names movements of the plan, and can be set beside it.
    """
    ways = {vehicle.id: vehicle for vehicle in traffic.vehicles}
    by_name = {row.vehicle: row for row in trajectories}
    rows = []
    for stage in traffic.stages:
        way, row = ways.get(stage.vehicle), by_name.get(stage.vehicle)
        if way is None or row is None or stage.first == stage.last:
            continue
        starts = (row.depart_s, *row.exits_s)
        until = min(stage.last, len(starts))
        entries = [[way.arcs[k], starts[k]] for k in range(stage.first, until) if starts[k] >= 0]
        halts = row.halts_s
        at_halt = halts[stage.hold] if 0 <= stage.hold < len(halts) else -1
        rows.append(
            {
                "movement": stage.movement, "entries": entries,
                "arrive_s": row.arrive_s if stage.hold < 0 else at_halt,
            }
        )  # fmt: skip
    return {
        "schema": DRIVEN, "class": "RESTRICTED", "by": simulator, "plan_sha256": plan_sha256,
        "movements": sorted(rows, key=lambda row: str(row["movement"])),
    }  # fmt: skip
