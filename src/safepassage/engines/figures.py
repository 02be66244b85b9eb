"""Figures for an audience: small numbers hidden, others rounded, times in waves, places on a coarse grid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

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
_Name = tuple[str, str]
_Cells = dict[_Name, int]
_Told = dict[_Name, tuple[int | None, int]]
CAPACITY_STEP = 10
WAVES, MOVED = "Persons leaving by direction and wave (± 3 h)", "moved"


def figures(
    inputs: Document, plan: Document, audience: Audience, earlier: Sequence[FigureTable] = ()
) -> Figures:
    """Return what an audience may know in numbers of a plan, after what it was told before.

    Parties are told what the public is told, as late: needs, capacities and waves are not theirs. `earlier`
    are the tables of all releases to the same audience, the oldest first. A number is another one only when
    it differs by the minimum from whatever was shown in its place before; what was hidden stays hidden until
    all that was hidden with it has changed by as much: otherwise two releases could be subtracted, also those
    of today and of last week.
    """
    waves = _waves(inputs, plan)
    if audience not in {Audience.PARTNERS, Audience.PLANNING_TEAM}:
        return _public(plan, waves, audience, earlier)
    names = {place["id"]: place["name"] for place in inputs["places"]}
    needs: _Cells = defaultdict(int)
    for row in inputs["demand"]:
        needs[names.get(row["place"], row["place"]), row["group"]] += row["persons"]
    tables = (
        _table("Persons by settlement and need", needs, MINIMUM_PERSONS, earlier),
        _table(WAVES, waves, MINIMUM_PERSONS, earlier),
    )
    return Figures(audience=audience, tables=tables, places=tuple(_places(inputs)), not_before_s=0)


def _waves(inputs: Document, plan: Document) -> _Cells:
    ways = {direction["id"]: direction["name"] for direction in inputs["directions"]}
    waves: _Cells = defaultdict(int)
    for direction, depart_s, persons in _departures(plan):
        waves[ways.get(direction, direction), _wave(inputs["epoch"], depart_s)] += persons
    return waves


def _public(plan: Document, waves: _Cells, audience: Audience, earlier: Sequence[FigureTable]) -> Figures:
    """Return persons moved by direction, a day after the last arrival; no place, no time.

    A total that stays hidden from partners stays hidden here, too: whoever has both would subtract.
    """
    cells: _Cells = {(row["name"], MOVED): row["persons_served"] for row in plan["directions"]}
    last_s = max((row["clearance_s"] or 0 for row in plan["directions"]), default=0)
    shared = _table(WAVES, waves, MINIMUM_PERSONS, ())
    closed = {name for name, row in zip(shared.rows, shared.persons, strict=False) if row[-1] is None}
    table = _table("Persons moved by direction", cells, MINIMUM_PUBLIC, earlier, closed)
    return Figures(audience=audience, tables=(table,), places=(), not_before_s=last_s + PUBLIC_DELAY_S)


def _table(
    title: str, cells: _Cells, minimum: int, earlier: Sequence[FigureTable],
    closed: Collection[str] = (),
) -> FigureTable:  # fmt: skip
    """Return a table with its margins; the rows of `closed` stay hidden."""
    rows = tuple(dict.fromkeys(row for row, _ in sorted(cells)))
    columns = tuple(sorted({column for _, column in cells}))
    counts = np.array(
        [[cells.get((row, column), 0) for column in columns] for row in rows], dtype=np.int64
    ).reshape(len(rows), len(columns))
    return successive_table(title, rows, columns, counts, minimum, earlier=earlier, closed=closed)


def successive_table(
    title: str, rows: Sequence[str], columns: Sequence[str], counts: npt.NDArray[np.int64], minimum: int,
    *, earlier: Sequence[FigureTable] = (), closed: Collection[str] = (),
) -> FigureTable:  # fmt: skip
    """Return the next release of a table of counts (rows x columns); `earlier` holds those before it.

    Rows named in `closed` stay hidden.
    """
    full = with_margins(counts)
    names = [[(row, column) for column in (*columns, "")] for row in (*rows, "")]
    told = [_told(table) for table in earlier if table.title == title]
    now = {name: int(full[r, c]) for r, line in enumerate(names) for c, name in enumerate(line)}
    still: _Cells = {}
    for before in told:
        still |= _still_hidden(before, now, minimum)
    also = np.array([[name in still for name in line] for line in names], dtype=bool)
    guarded = np.array([[name[0] in closed for name in line] for line in names], dtype=bool)
    hidden = hidden_cells(counts, minimum, also=also, guarded=guarded)
    base = [
        [
            still.get(name, now[name]) if hidden[r, c] else _shown_before(told, name, now[name], minimum)
            for c, name in enumerate(line)
        ]
        for r, line in enumerate(names)
    ]
    persons = tuple(
        tuple(None if hidden[r, c] else _rounded(count) for c, count in enumerate(line))
        for r, line in enumerate(base)
    )
    return FigureTable(
        title=title, rows=tuple(rows), columns=tuple(columns), persons=persons, base=tuple(map(tuple, base))
    )


def _told(table: FigureTable) -> _Told:
    """Return what was published and the count it was made from, by names of row and column ("": total)."""
    return {
        (row, column): (table.persons[r][c], table.base[r][c])
        for r, row in enumerate((*table.rows, ""))
        for c, column in enumerate((*table.columns, ""))
    }


def _still_hidden(before: _Told, now: Mapping[_Name, int], minimum: int) -> _Cells:
    """Return what one release hid and has to stay so: all of it, until each has changed by the minimum."""
    hidden = {name: count for name, (shown, count) in before.items() if shown is None and name in now}
    free = all(abs(now[name] - count) >= minimum for name, count in hidden.items())
    return {} if free else hidden


def _shown_before(told: Sequence[_Told], name: _Name, count: int, minimum: int) -> int:
    """Return the newest count shown in a place from which this one differs by less than the minimum."""
    for before in reversed(told):
        shown, was = before.get(name, (None, 0))
        if shown is not None and abs(count - was) < minimum:
            return was
    return count


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
