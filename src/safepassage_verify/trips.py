"""Drives every car and leg along its route: entries of arcs, waits, arrivals and exposure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from safepassage_verify.planfile import Plan, Waits
from safepassage_verify.roads import Int64, Roads, Steps, int64
from safepassage_verify.snapshot import Snapshot
from safepassage_verify.verdict import Findings

Int32 = NDArray[np.int32]
MOST_ENTRIES = 120_000_000
"""Arc entries that are kept in memory at once (1.5 GB); a larger plan is refused, not thinned."""
BLOCK = 1_000_000
"""Arc entries that are looked at together, if no arc has more."""
LATEST = np.iinfo(np.int32).max
"""Seconds from here on, far beyond any grid, are all the same."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Trips:
    """All cars, then all legs, as columns of shape (n_trips,). `place` is where in the plan a trip stands."""

    route: Int64
    depart_s: Int64
    units_mveh: Int64
    persons: Int64
    waits: tuple[Waits, ...]
    place: tuple[tuple[str, int, int], ...]

    def __len__(self) -> int:
        return len(self.route)

    def where(self, trip: int) -> str:
        """Return the path of a trip in the plan."""
        kind, i, k = self.place[trip]
        return f"plan.cars[{i}].departures[{k}]" if kind == "car" else f"plan.vehicles[{i}].legs[{k}]"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Block:
    """Entries of some arcs, all that these have, as columns; `trip` is -1 - position for link rides."""

    arc: Int64
    t: Int64
    leave: Int64
    units_mveh: Int64
    persons: Int64
    trip: Int64


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Entries:
    """Entries of arcs, as columns; `trip` is -1 - position for link rides.

    `units_of` and `persons_of` have a row for each trip and, after them, for each ride, the last one first.
    When an arc is left follows from `travel`, the seconds that arcs take when they are entered.
    """

    arc: Int32
    t: Int32
    trip: Int32
    units_of: Int64
    persons_of: Int64
    travel: Steps

    def __len__(self) -> int:
        return len(self.arc)

    @property
    def heaviest(self) -> int:
        """The most units or persons of any trip or ride."""
        return max(int(self.units_of.max(initial=0)), int(self.persons_of.max(initial=0)))

    def leave(self, rows: Int64) -> Int64:
        """Return the seconds in which the arcs of these entries are left."""
        t = self.t[rows].astype(np.int64)
        left: Int64 = t + self.travel.at(self.arc[rows].astype(np.int64), t)
        return left

    def blocks(self) -> Iterator[Block]:
        """Yield all entries, those of an arc together."""
        if len(self) <= BLOCK:
            yield self._block(np.arange(len(self)))
            return
        until = np.cumsum(np.bincount(self.arc))
        first = 0
        while first < len(until):
            before = until[first - 1] if first else 0
            after = max(first + 1, int(np.searchsorted(until, before + BLOCK, side="right")))
            yield self._block(np.flatnonzero((self.arc >= first) & (self.arc < after)))
            first = after

    def _block(self, rows: Int64) -> Block:
        trip = self.trip[rows].astype(np.int64)
        return Block(
            arc=self.arc[rows].astype(np.int64),
            t=self.t[rows].astype(np.int64),
            leave=self.leave(rows),
            units_mveh=self.units_of[trip],
            persons=self.persons_of[trip],
            trip=trip,
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Stays:
    """Waits of trips at nodes in [from_s, until_s), as columns; the arc before was entered in `before_s`."""

    before_s: Int64
    node: Int64
    from_s: Int64
    until_s: Int64
    trip: Int64

    def __len__(self) -> int:
        return len(self.node)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Travel:
    """What happens: entries and stays; per trip the arrival and one person's exposure (ppm times seconds)."""

    entries: Entries
    stays: Stays
    arrive_s: Int64
    exposure_ppm_s: Int64
    _runs: dict[int, Mapping[int, tuple[tuple[int, int, int], ...]]] = field(default_factory=dict, init=False)

    def passed(self, trips: Iterable[int], now_s: int) -> int:
        """Return how many arcs every one of these trips entered before `now_s`."""
        return min((len(self.runs(now_s).get(trip, ())) for trip in trips), default=0)

    def runs(self, before_s: int) -> Mapping[int, tuple[tuple[int, int, int], ...]]:
        """Return (arc, entered, left) of what each trip entered before a second; rides are negative."""
        if before_s not in self._runs:
            rows = np.flatnonzero(self.entries.t < before_s)
            entered = self.entries
            columns = (entered.trip[rows], entered.arc[rows], entered.t[rows], entered.leave(rows))
            found: dict[int, list[tuple[int, int, int]]] = {}
            for trip, arc, t, leave in zip(*(column.tolist() for column in columns), strict=True):
                found.setdefault(trip, []).append((arc, t, leave))
            self._runs[before_s] = {trip: tuple(run) for trip, run in found.items()}
        return self._runs[before_s]


def list_trips(plan: Plan, snapshot: Snapshot) -> Trips:
    """Return the trips of a plan in its order: cars, then legs."""
    route, depart, units, persons = [], [], [], []
    waits: list[Waits] = []
    place: list[tuple[str, int, int]] = []
    for i, stream in enumerate(plan.cars):
        for k, departure in enumerate(stream.departures):
            route.append(stream.route)
            depart.append(departure[0])
            units.append(snapshot.rules.car_units_mveh)
            persons.append(departure[1])
            waits.append(departure[2])
            place.append(("car", i, k))
    for i, (vehicle, legs) in enumerate(plan.vehicles):
        for k, leg in enumerate(legs):
            route.append(leg.route)
            depart.append(leg.depart_s)
            units.append(snapshot.fleet[vehicle].units_mveh)
            persons.append(leg.persons)
            waits.append(leg.waits)
            place.append(("leg", i, k))
    return Trips(
        route=int64(route),
        depart_s=int64(depart),
        units_mveh=int64(units),
        persons=int64(persons),
        waits=tuple(waits),
        place=tuple(place),
    )


def travel(plan: Plan, trips: Trips, roads: Roads, findings: Findings) -> Travel | None:
    """Return what happens, or None where the plan is too large."""
    sizes = int64([len(route.arcs) for route in plan.routes])
    n_entries = int(sizes[trips.route].sum()) + len(plan.rides) if len(trips) else len(plan.rides)
    message = f"{n_entries} arc entries are more than {MOST_ENTRIES}"
    findings.require("SIZE", "plan", holds=n_entries <= MOST_ENTRIES, message=message)
    if n_entries > MOST_ENTRIES:
        return None
    arrive = trips.depart_s.copy()
    exposure = np.zeros(len(trips), dtype=np.int64)
    columns = tuple(np.empty(n_entries, dtype=np.int32) for _ in range(3))
    filled = _fill(columns, 0, _ride_entries(plan))
    stays = [np.zeros((0, len(fields(Stays))), dtype=np.int64)]
    for members in _by_route(trips.route):
        arcs = plan.routes[int(trips.route[members[0]])].arcs
        if not len(arcs):
            continue
        waits = _waits(members, trips)
        entry, leave = _drive(arcs, trips.depart_s[members], waits, roads)
        arrive[members] = leave[:, -1]
        exposure[members] = _exposure(arcs, trips.depart_s[members], leave, roads)
        stays.append(_stays(roads.tail[arcs], members, entry, waits))
        owner = np.repeat(members, len(arcs))
        rows = (np.tile(arcs, len(members)), entry.ravel(), owner)
        filled = _fill(columns, filled, rows)
    units_of, persons_of = _who(plan, trips)
    entries = Entries(
        arc=columns[0],
        t=columns[1],
        trip=columns[2],
        units_of=units_of,
        persons_of=persons_of,
        travel=roads.travel,
    )
    waits_of = np.concatenate(stays).T
    held = Stays(**dict(zip(Stays.__slots__, waits_of, strict=True)))
    return Travel(entries=entries, stays=held, arrive_s=arrive, exposure_ppm_s=exposure)


def _fill(columns: tuple[Int32, ...], first: int, rows: tuple[Int64, ...]) -> int:
    """Write rows into columns from a position on; return the position after them."""
    after = first + len(rows[0])
    for column, values in zip(columns, rows, strict=True):
        column[first:after] = np.minimum(values, LATEST)
    return after


def _by_route(route: Int64) -> Iterator[Int64]:
    """Yield the trips of each route that is used."""
    order = np.argsort(route, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(route[order])) + 1) if len(order) else ()


def _ride_entries(plan: Plan) -> tuple[Int64, Int64, Int64]:
    arc = int64([ride.arc for ride in plan.rides])
    t = int64([ride.depart_s for ride in plan.rides])
    return arc, t, -1 - np.arange(len(arc))


def _who(plan: Plan, trips: Trips) -> tuple[Int64, Int64]:
    """Return units and persons of each trip and ride; link rides take no road."""
    n = len(plan.rides)
    aboard = [sum(item.persons for item in ride.load) for ride in plan.rides]
    # Rides count from the end, as their negative positions do.
    units = np.concatenate([trips.units_mveh, np.zeros(n, dtype=np.int64)])
    persons = np.concatenate([trips.persons, int64(aboard[::-1])])
    return units, persons


def _waits(members: Int64, trips: Trips) -> Int64:
    """Return rows (line among the members, position in the route, seconds)."""
    rows = [
        (line, pos, wait_s) for line, trip in enumerate(members.tolist()) for pos, wait_s in trips.waits[trip]
    ]
    return int64(rows).reshape(-1, 3)


def _drive(arcs: Int64, start: Int64, waits: Int64, roads: Roads) -> tuple[Int64, Int64]:
    """Return entry and leaving times of shape (trips, arcs).

    Constant arcs and waits add up at once; only arcs with a profile are walked in order.
    """
    free = roads.travel.constant[arcs]
    stepped = np.flatnonzero(roads.travel.rank[arcs] >= 0).tolist()
    shape = (len(start), len(arcs))
    if not stepped and not len(waits):
        leave = start[:, None] + np.cumsum(free)
        return leave - np.broadcast_to(free, shape), leave
    taken, waited = np.tile(free, (len(start), 1)), np.zeros(shape, dtype=np.int64)
    waited[waits[:, 0], waits[:, 1]] = waits[:, 2]
    held = np.cumsum(waited, axis=1)
    before = np.concatenate([[0], np.cumsum(free)])
    delay = np.zeros(len(start), dtype=np.int64)
    for pos in stepped:
        reached = start + before[pos] + held[:, pos] + delay
        taken[:, pos] = roads.travel.at(np.full(len(start), arcs[pos]), reached)
        delay += taken[:, pos] - free[pos]
    leave = start[:, None] + held + np.cumsum(taken, axis=1)
    return leave - taken, leave


def _exposure(arcs: Int64, start: Int64, leave: Int64, roads: Roads) -> Int64:
    """Return each trip's hazard times seconds, on every arc and while waiting for it."""
    hazardous = np.flatnonzero(roads.hazard.rank[arcs] >= 0)
    total = np.zeros(len(start), dtype=np.int64)
    if not len(hazardous):
        return total
    arrive = np.concatenate([start[:, None], leave[:, :-1]], axis=1)[:, hazardous]
    arc = np.broadcast_to(arcs[hazardous], arrive.shape)
    for_arc = roads.hazard.before(arc.ravel(), leave[:, hazardous].ravel()) - roads.hazard.before(
        arc.ravel(), arrive.ravel()
    )
    total += for_arc.reshape(arrive.shape).sum(axis=1)
    return total


def _stays(tail: Int64, members: Int64, entry: Int64, waits: Int64) -> Int64:
    """Return the waits of these trips as rows of `Stays`; `tail` is where each arc of the route begins."""
    line, pos, wait_s = waits[waits[:, 2] > 0].T
    until = entry[line, pos]
    return np.stack([entry[line, pos - 1], tail[pos], until - wait_s, until, members[line]], axis=1)
