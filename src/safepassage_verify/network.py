"""Reads the network of `inputs.json` into `Roads`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from safepassage_verify.roads import NO_LIMIT, Hours, Int64, Roads, Steps, Timetable, int64
from safepassage_verify.shape import (
    COUNT,
    PPM,
    SECONDS,
    UNITS,
    column,
    flag,
    record,
    row,
    rows,
    table,
    text,
    texts,
    whole,
)
from safepassage_verify.verdict import Findings

_SECOND = (0, SECONDS)
_COLUMNS = {
    "tail": (0, COUNT),
    "head": (0, COUNT),
    "length_m": (0, COUNT),
    "travel_s": (1, SECONDS),
    "capacity_mveh_h": (0, COUNT),
    "persons_h": (NO_LIMIT, COUNT),
    "modes": (0, 31),
    "directions": (0, 2**60 - 1),
    "empty_ok": (0, 1),
    "max_weight_kg": (NO_LIMIT, COUNT),
    "gate": (0, 1),
}
_POSITION = whole(0, COUNT)
_DEGREES_E7 = (-1_800_000_000, 1_800_000_000)

NETWORK = record(
    attribution=text,
    source_sha256=text,
    schematic=flag,
    nodes=record(id=texts, lon_e7=column(*_DEGREES_E7), lat_e7=column(*_DEGREES_E7)),
    arcs=record(**{name: column(*ends) for name, ends in _COLUMNS.items()}, label=texts),
    profiles=rows(row(_POSITION, table(_SECOND, _SECOND, (0, COUNT), (NO_LIMIT, COUNT), (1, SECONDS)))),
    hazard=rows(row(_POSITION, table(_SECOND, _SECOND, (1, PPM)))),
    timetables=rows(row(_POSITION, table(_SECOND, (0, UNITS)))),
    waiting=table((0, COUNT), (0, COUNT)),
)


def read_roads(
    network: Mapping[str, Any], horizon_s: int, windows: Sequence[Sequence[int]], findings: Findings
) -> Roads | None:
    """Return the roads of a network whose shape was checked, or None with what is wrong noted."""
    before = findings.total
    _check(network, horizon_s, findings)
    if findings.total > before:
        return None
    arcs = network["arcs"]
    columns = {name: int64(arcs[name]) for name in _COLUMNS}
    hours = Hours.of(horizon_s, windows)
    profiled, steps = _profiles(network["profiles"], columns, hours)
    return Roads(
        horizon_s=horizon_s,
        n_nodes=len(network["nodes"]["id"]),
        tail=columns["tail"],
        head=columns["head"],
        length_m=columns["length_m"],
        modes=columns["modes"],
        directions=columns["directions"],
        empty_ok=columns["empty_ok"] == 1,
        max_weight_kg=columns["max_weight_kg"],
        hours=hours,
        **steps,
        hazard=hazard_steps(network["hazard"], len(columns["tail"]), horizon_s),
        run_end=_run_ends(profiled),
        limited_run=_limited_runs(profiled),
        timetable=Timetable.of(len(columns["tail"]), network["timetables"]),
        waiting=dict(network["waiting"]),
    )


def _check(network: Mapping[str, Any], horizon_s: int, findings: Findings) -> None:
    """Note columns of unequal length, ends that do not exist, and pieces out of order."""
    n_nodes = len(network["nodes"]["id"])
    for name in ("nodes", "arcs"):
        sizes = {len(values) for values in network[name].values() if isinstance(values, list | tuple)}
        where = f"inputs.network.{name}"
        findings.require("INPUTS", where, holds=len(sizes) <= 1, message="columns must be equally long")
    arcs = network["arcs"]
    n_arcs = len(arcs["tail"])
    for name in ("tail", "head"):
        holds = max(arcs[name], default=-1) < n_nodes
        findings.require(
            "REFERENCE", f"inputs.network.arcs.{name}", holds=holds, message="a node does not exist"
        )
    for name, size in (
        ("profiles", n_arcs),
        ("hazard", n_arcs),
        ("timetables", n_arcs),
        ("waiting", n_nodes),
    ):
        positions = [line[0] for line in network[name]]
        holds = max(positions, default=-1) < size and len(set(positions)) == len(positions)
        message = "every position must exist and occur once"
        findings.require("REFERENCE", f"inputs.network.{name}", holds=holds, message=message)
    for i, (_, pieces) in enumerate(network["profiles"]):
        starts, ends = [0, *(piece[1] for piece in pieces)], [*(piece[0] for piece in pieces), horizon_s]
        holds = starts == ends and all(piece[0] < piece[1] for piece in pieces)
        message = "pieces must cover the grid without gap, in order"
        findings.require("INPUTS", f"inputs.network.profiles[{i}]", holds=holds, message=message)
    for i, (_, pieces) in enumerate(network["hazard"]):
        holds = all(a[1] <= b[0] for a, b in pairwise(pieces))
        holds &= all(from_s < to_s <= horizon_s for from_s, to_s, _ in pieces)
        message = "pieces must be disjoint, in order and within the grid"
        findings.require("INPUTS", f"inputs.network.hazard[{i}]", holds=holds, message=message)
    for i, (_, departures) in enumerate(network["timetables"]):
        holds = all(a[0] < b[0] for a, b in pairwise(departures))
        message = "departures must be ascending"
        findings.require("INPUTS", f"inputs.network.timetables[{i}]", holds=holds, message=message)


def _profiles(
    profiles: Sequence[tuple[int, list[list[int]]]], columns: Mapping[str, Int64], hours: Hours
) -> tuple[list[Int64], dict[str, Steps]]:
    """Return the pieces per profile (rows from, to, capacity, persons, travel) and the steps made of them."""
    always = Hours.of(hours.horizon_s, ())
    arcs = [arc for arc, _ in profiles]
    pieces = [int64(rows_) for _, rows_ in profiles]
    persons = columns["persons_h"]

    def steps(constant: Int64, values: list[Int64], counted: Hours) -> Steps:
        return Steps.of(constant, arcs, [(p[:, 0], v) for p, v in zip(pieces, values, strict=True)], counted)

    return pieces, {
        "travel": steps(columns["travel_s"], [p[:, 4] for p in pieces], always),
        "capacity": steps(columns["capacity_mveh_h"], [p[:, 2] for p in pieces], hours),
        "persons": steps(np.maximum(persons, 0), [np.maximum(p[:, 3], 0) for p in pieces], hours),
        "unlimited": steps(
            (persons < 0).astype(np.int64), [(p[:, 3] < 0).astype(np.int64) for p in pieces], always
        ),
    }


def hazard_steps(hazard: Sequence[tuple[int, list[list[int]]]], n_arcs: int, horizon_s: int) -> Steps:
    """Return hazard in every second, 0 between the pieces."""
    arcs, breaks = [], []
    for arc, pieces in hazard:
        starts, values = [0], [0]
        for from_s, to_s, ppm in pieces:
            # Of breaks in the same second only the last one may stay.
            if starts[-1] == from_s:
                starts.pop(), values.pop()
            starts += [from_s, to_s]
            values += [ppm, 0]
        arcs.append(arc)
        breaks.append((int64(starts), int64(values)))
    return Steps.of(np.zeros(n_arcs, dtype=np.int64), arcs, breaks, Hours.of(horizon_s, ()))


def _run_ends(profiled: Sequence[Int64]) -> Int64:
    """Return per piece the second in which the arc next closes (0 for a closed piece)."""
    out: list[int] = []
    for pieces in profiled:
        ends, end = [], 0
        for _, to_s, capacity, _, _ in reversed(pieces.tolist()):
            end = (end or to_s) if capacity > 0 else 0
            ends.append(end)
        out += reversed(ends)
    return int64(out)


def _limited_runs(profiled: Sequence[Int64]) -> Int64:
    """Return per piece the number of its stretch with a person limit, -1 where there is none."""
    out: list[int] = []
    run = 0
    for pieces in profiled:
        run += 1
        for persons in pieces[:, 3].tolist():
            out.append(run if persons >= 0 else -1)
            run += persons < 0
    return int64(out)
