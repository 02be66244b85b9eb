"""Figures for an audience: small numbers hidden, others rounded, times in waves, places on a coarse grid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from safepassage.domain.figures import (
    COARSE_E7,
    MINIMUM_PERSONS,
    MINIMUM_PUBLIC,
    PUBLIC_DELAY_S,
    ROUND_TO,
    WAVE_S,
    Figures,
    FigureTable,
    RoughPlace,
)
from safepassage.domain.release import Audience
from safepassage.kernels.suppression import hidden_cells, with_margins

Document = Mapping[str, Any]
_Cells = dict[tuple[str, str], int]
CAPACITY_STEP = 10


def figures(inputs: Document, plan: Document, audience: Audience) -> Figures:
    """Return what an audience may know in numbers of a plan.

    Raises
    ------
    ValueError
        For parties: they get the notification addressed to them, and no figures.
    """
    if audience is Audience.PUBLIC:
        return _public(inputs, plan)
    if audience not in {Audience.PARTNERS, Audience.PLANNING_TEAM}:
        raise ValueError("a party gets the notification addressed to it, and no figures")
    names = {place["id"]: place["name"] for place in inputs["places"]}
    needs: _Cells = defaultdict(int)
    for row in inputs["demand"]:
        needs[names.get(row["place"], row["place"]), row["group"]] += row["persons"]
    ways = {direction["id"]: direction["name"] for direction in inputs["directions"]}
    waves: _Cells = defaultdict(int)
    for direction, depart_s, persons in _departures(plan):
        waves[ways.get(direction, direction), _wave(inputs["epoch"], depart_s)] += persons
    tables = (
        _table("Persons by settlement and need", needs, MINIMUM_PERSONS),
        _table("Persons leaving by direction and wave (± 3 h)", waves, MINIMUM_PERSONS),
    )
    return Figures(audience=audience, tables=tables, places=tuple(_places(inputs)), not_before_s=0)


def _public(inputs: Document, plan: Document) -> Figures:
    """Return persons moved by direction, a day after the last arrival; no place, no time."""
    del inputs
    cells: _Cells = {(row["name"], "moved"): row["persons_served"] for row in plan["directions"]}
    last_s = max((row["clearance_s"] or 0 for row in plan["directions"]), default=0)
    table = _table("Persons moved by direction", cells, MINIMUM_PUBLIC)
    return Figures(audience=Audience.PUBLIC, tables=(table,), places=(), not_before_s=last_s + PUBLIC_DELAY_S)


def _table(title: str, cells: _Cells, minimum: int) -> FigureTable:
    rows = tuple(dict.fromkeys(row for row, _ in sorted(cells)))
    columns = tuple(sorted({column for _, column in cells}))
    counts = np.array(
        [[cells.get((row, column), 0) for column in columns] for row in rows], dtype=np.int64
    ).reshape(len(rows), len(columns))
    hidden = hidden_cells(counts, minimum)
    shown = with_margins(counts)
    persons = tuple(
        tuple(None if hidden[r, c] else _rounded(int(shown[r, c])) for c in range(shown.shape[1]))
        for r in range(shown.shape[0])
    )
    return FigureTable(title=title, rows=rows, columns=columns, persons=persons)


def _rounded(persons: int) -> int:
    return (persons + ROUND_TO // 2) // ROUND_TO * ROUND_TO


def _departures(plan: Document) -> Iterator[tuple[str, int, int]]:
    """Yield direction, second and persons of all who leave their place, by car, vehicle or link."""
    for stream in plan["cars"]:
        for depart_s, persons, _ in stream["departures"]:
            yield stream["direction"], depart_s, persons
    moves = [leg for vehicle in plan["vehicles"] for leg in vehicle["legs"]]
    for move in (*moves, *plan["link_rides"]):
        for item in move["load"]:
            if item["after"] == "":
                yield item["direction"], move["depart_s"], item["persons"]


def _wave(epoch: str, depart_s: int) -> str:
    """Return the middle of the six hours in which somebody leaves, as UTC to the hour."""
    middle_s = depart_s // WAVE_S * WAVE_S + WAVE_S // 2
    middle = datetime.fromisoformat(epoch) + timedelta(seconds=middle_s)
    return middle.strftime("%Y-%m-%d %H:00Z")


def _places(inputs: Document) -> Iterator[RoughPlace]:
    nodes = inputs["network"]["nodes"]
    for place in inputs["places"]:
        if place["node"] < 0:
            continue
        capacity = place["capacity_persons"] if place["direction"] else -1
        yield RoughPlace(
            name=place["name"],
            kind=place["kind"],
            lon_e7=coarse(nodes["lon_e7"][place["node"]]),
            lat_e7=coarse(nodes["lat_e7"][place["node"]]),
            capacity_persons=None if capacity < 0 else capacity // CAPACITY_STEP * CAPACITY_STEP,
        )


def coarse(value_e7: int) -> int:
    """Return a coordinate on the coarse grid."""
    return (value_e7 + COARSE_E7 // 2) // COARSE_E7 * COARSE_E7
