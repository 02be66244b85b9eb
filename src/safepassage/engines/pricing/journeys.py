"""Journeys of the contracted problem as options between stations, for tables of values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Mode
from safepassage.engines.pricing.contracted import CARS, Contracted, Fleet, is_link, least_person_s
from safepassage.engines.pricing.listed import LINK_BITS
from safepassage.kernels.prices.value_tables import NO_MIXES, NO_WAY_S, Options, Timed, timed

Int64 = NDArray[np.int64]


Mix = tuple[int, int, int, int, int, int, int]
"""A row of the mixes of a value table."""


@dataclass(slots=True)
class Tables:
    """Options of one kind of traveller, and what each of them means.

    `site`, `person` and `loaded` belong to options: the site reached, the class taken along (-1: none) and
    whether somebody sits in the place; `base` are the stations journeys start from; `road_per_place` is in
    thousandths of a mveh, taken on every arc that is no link. An arrival gains its time to the horizon.
    Of those under way `arrived` says by base the second at which they stand there, and the sites of theirs
    that lie there. `mixes` are rows as of value tables.
    """

    road_per_place: int
    options: Options
    timed: Timed
    stops: NDArray[np.bool_]
    site: Int64
    person: Int64
    loaded: NDArray[np.bool_]
    base: tuple[int, ...]
    weight: tuple[int, ...]
    start_s: tuple[int, ...]
    arrived: tuple[tuple[int, tuple[int, ...]], ...] = ()
    node_row: dict[int, int] = field(default_factory=dict)
    mixes: Int64 = field(default_factory=NO_MIXES.copy)


@dataclass(slots=True)
class _Draft:
    """Collects options station by station."""

    rows: list[tuple[int, int, int, int, int, int, bool, int]] = field(default_factory=list)
    meaning: list[tuple[int, int, bool]] = field(default_factory=list)
    stops: list[bool] = field(default_factory=list)

    def station(self, *, stop: bool = False) -> int:
        self.stops.append(stop)
        return len(self.stops) - 1

    def hop(
        self, station: int, target: int, move_s: int, *, ready_s: int = 0, before_s: int = 0,
        after_s: int = 0, site: int = -1, person: int = -1,
    ) -> None:  # fmt: skip
        """Add a way of `move_s` seconds, unless there is none; at a `site` it arrives."""
        if move_s < NO_WAY_S:
            self.rows.append((station, target, ready_s, before_s, move_s, after_s, site >= 0, -1))
            self.meaning.append((site, person, site >= 0))

    def passage(self, station: int, target: int, arc: int, *, loaded: bool) -> None:
        """Add the passage of a listed arc; `arc` counts the rows for loads first, then those without."""
        self.rows.append((station, target, 0, 0, 0, 0, False, arc))
        self.meaning.append((-1, -1, loaded))

    def tables(self, problem: Contracted, last_s: int, **rest: Any) -> Tables:
        """Return the options of all stations, timed."""
        order = sorted(range(len(self.rows)), key=lambda i: self.rows[i][0])
        table = np.array([self.rows[i] for i in order], dtype=np.int64).reshape(len(order), 8)
        meaning = np.array([self.meaning[i] for i in order], dtype=np.int64).reshape(len(order), 3)
        columns = [np.ascontiguousarray(table[:, i]) for i in range(8)]
        station, target, ready_s, before_s, move_s, after_s = columns[:6]
        options = Options(
            station, target, ready_s, before_s, move_s, after_s, columns[6].astype(bool), columns[7]
        )
        gain = problem.clock.horizon_s - np.arange(last_s + 1, dtype=np.int64)
        passing = (np.tile(problem.is_open, (2, 1)), np.tile(problem.tau_s, 2))
        return Tables(
            options=options, timed=timed(problem.clock, options, len(self.stops), passing, gain),
            stops=np.array(self.stops, dtype=bool), site=meaning[:, 0].copy(),
            person=meaning[:, 1].copy(), loaded=meaning[:, 2].astype(bool), **rest,
        )  # fmt: skip


def seat_tables(problem: Contracted, fleet: Fleet) -> Tables:
    """Return what one place of a fleet can do: board, ride to a site, come back, board again.

    Stations: a pick-up for each class, an empty vehicle before and after each listed arc and at every site
    and base, a loaded one before and after each listed arc by direction; more where heads are counted.
    """
    draft = _Draft()
    people = [i for i, row in enumerate(problem.classes) if row.commodity == fleet.kind]
    pickups = {i: draft.station() for i in people}
    empty = _Arcs(draft, problem, int(Mode.BUS), -1, fleet.weights_kg[0])
    nodes = sorted({*(site.node for site in problem.sites), *(node for (node, _), _ in fleet.bases)})
    ready = {node: draft.station(stop=True) for node in nodes}
    at = [problem.classes[i].node for i in people]
    for start, station in [*ready.items(), *empty.after_nodes()]:
        for i, move_s in zip(people, problem.times(empty.mask, [start], at)[0].tolist(), strict=True):
            draft.hop(station, pickups[i], move_s)
        empty.enter(station, start)
    empty.passages(loaded=False)
    mixes: list[Mix] = []
    for d in range(len(problem.problem.directions)):
        own = {i: pickups[i] for i in people if problem.classes[i].direction == d}
        mixes += _Boarding(draft, fleet, d, empty, ready).of(own)
    return draft.tables(
        problem, fleet.until_s, road_per_place=fleet.road_per_place,
        base=tuple(ready[node] for (node, _), _ in fleet.bases), weight=tuple(n for _, n in fleet.bases),
        start_s=tuple(at_s for (_, at_s), _ in fleet.bases), node_row=ready,
        mixes=np.array(mixes, dtype=np.int64).reshape(-1, 7),
    )  # fmt: skip


class _Boarding:
    """How places of a fleet leave pick-ups of a direction.

    Where heads are counted a place leaves full with all others; or by its share of a load in part, which is
    worth at most that share of a full one that loads as few, and for the rest what an empty place is worth
    there; or with one head only, to stop once more for the others past a listed arc.
    """

    def __init__(
        self, draft: _Draft, fleet: Fleet, direction: int, empty: _Arcs, ready: dict[int, int]
    ) -> None:
        self.draft, self.fleet, self.empty, self.ready = draft, fleet, empty, ready
        self.problem, self.rules = empty.problem, empty.problem.problem.rules
        self.load_s, unload_s = least_person_s(self.rules, fleet.kind)
        self.after_s = self.rules.unload_base_s + unload_s
        self.ends = self.problem.sites_of(direction)
        mode = (int(Mode.BUS), direction, fleet.weights_kg[0])
        self.load = _Arcs(draft, self.problem, *mode)
        self.late = _Arcs(draft, self.problem, *mode) if fleet.places > 1 else None

    def of(self, pickups: dict[int, int]) -> list[Mix]:
        """Lay out all ways from pick-ups, by class; return the mixes that there are."""
        mixes = []
        for i, station in pickups.items():
            self._leave(station, i, self.fleet.places)
            if self.late is not None:
                self.late.enter(station, self.problem.classes[i].node, **self._terms(i, 1), person=i)
                mixes += self._in_part(station, i)
        for start, station in self.load.after_nodes():
            self._go_on(self.load, station, start, {})
        self.load.passages(loaded=True)
        if self.late is not None:
            rules = self.rules
            stop_s = rules.unload_base_s + rules.unload_per_person_s
            stop_s += rules.load_base_s + 2 * rules.load_per_person_s
            for start, station in self.late.after_nodes():
                self._go_on(self.load, station, start, {"before_s": stop_s})
                self.late.enter(station, start)
            self.late.passages(loaded=True)
        return mixes

    def _terms(self, i: int, heads: int) -> dict[str, int]:
        before_s = self.rules.load_base_s + self.load_s + (heads - 1) * self.rules.load_per_person_s
        return {"ready_s": self.problem.boards_s(self.problem.classes[i], before_s), "before_s": before_s}

    def _leave(self, station: int, i: int, heads: int) -> None:
        terms = self._terms(i, heads) | {"person": i}
        self._go_on(self.load, station, self.problem.classes[i].node, terms)

    def _go_on(self, load: _Arcs, station: int, node: int, terms: dict[str, int]) -> None:
        _arrive(load, station, node, self.ends, self.ready, self.after_s, terms)
        load.enter(station, node, **terms)

    def _in_part(self, pickup: int, i: int) -> list[Mix]:
        """Lay out loads in part: a share that goes as in a full load, and the rest that goes empty.

        Both leave later by what the load takes, in whole steps; of the loads that are, the largest counts.
        """
        row, places = self.problem.classes[i], self.fleet.places
        free, share = self.draft.station(stop=True), self.draft.station()
        terms, ends = self._terms(i, 1), [self.problem.sites[j].node for j in self.ends]
        times = self.problem.times(self.load.mask, [row.node], ends)[0].tolist()
        for end, move_s in zip(ends, times, strict=True):
            self.draft.hop(free, self.ready[end], move_s, after_s=self.after_s, **terms)
        self.load.enter_as(self.empty, free, row.node, terms)
        self._leave(share, i, 1)
        step_s, each_s = self.problem.clock.step_s, self.rules.load_per_person_s
        since = row.release_s // step_s if row.release_s > self.problem.now_s else 0
        largest = {(heads - 1) * each_s // step_s: heads for heads in range(1, places)}
        loads = [(0, 0), *largest.items()]
        return [(pickup, share, free, heads, places, since, later) for later, heads in loads]


def _arrive(  # noqa: PLR0917
    arcs: _Arcs, station: int, node: int, sites: list[int], then: dict[int, int], after_s: int,
    terms: dict[str, int],
) -> None:  # fmt: skip
    """Add the ways from a node to the sites; `then` are the stations a vehicle goes on from."""
    draft, problem = arcs.draft, arcs.problem
    times = problem.times(arcs.mask, [node], [problem.sites[j].node for j in sites])[0].tolist()
    for j, move_s in zip(sites, times, strict=True):
        draft.hop(station, then.get(problem.sites[j].node, -1), move_s, after_s=after_s, site=j, **terms)


class _Arcs:
    """Stations before and after each listed arc that a carrier may use."""

    def __init__(self, draft: _Draft, problem: Contracted, mode: int, direction: int, weight_kg: int) -> None:
        self.draft, self.problem = draft, problem
        self.mask = problem.permits(mode, direction, weight_kg)
        self.arcs = [row for row, arc in enumerate(problem.listed) if self.mask[arc]]
        self.after = {row: draft.station() for row in self.arcs}
        self.before = {row: draft.station() for row in self.arcs}

    def after_nodes(self) -> list[tuple[int, int]]:
        """Return (node, station) after each arc."""
        heads = self.problem.heads
        return [(heads[row], station) for row, station in self.after.items()]

    def enter(self, station: int, node: int, **terms: int) -> None:
        """Add the ways from a node to the listed arcs."""
        self.enter_as(self, station, node, terms)

    def enter_as(self, other: _Arcs, station: int, node: int, terms: dict[str, int]) -> None:
        """Add the ways from a node to the listed arcs, which are passed as another carrier."""
        tails = self.problem.tails
        times = self.problem.times(self.mask, [node], [tails[row] for row in self.arcs])[0].tolist()
        for row, move_s in zip(self.arcs, times, strict=True):
            self.draft.hop(station, other.before[row], move_s, **terms)

    def passages(self, *, loaded: bool) -> None:
        """Add the passages themselves."""
        for row in self.arcs:
            arc = row if loaded else row + len(self.problem.listed)
            self.draft.passage(self.before[row], self.after[row], arc, loaded=loaded)


def car_tables(problem: Contracted, direction: int) -> Tables | None:
    """Return what a person in the own car can do in a direction; None where there is nobody."""
    rules = problem.problem.rules
    people = _people(problem, direction, by_car=True)
    mask = (int(Mode.CAR), direction, rules.car_weight_kg)
    share = rules.car_units_mveh * 1000 // rules.persons_per_car
    return _walk(problem, people, [mask], share) if people else None


def link_tables(problem: Contracted, direction: int) -> Tables | None:
    """Return what persons can do who use a train, boat or footpath at least once; None without any.

    Their rides in vehicles cost no place here: a lower limit on what they take, so an upper one on the gain.
    """
    links = is_link(problem.problem, problem.listed)
    weights = [v.weight_kg for v in problem.problem.fleet if v.places]
    people = _people(problem, direction, by_car=False)
    if not links.any() or not people:
        return None
    share = min((v.units_mveh * 1000 // v.places for v in problem.problem.fleet if v.places), default=0)
    mode = int(Mode.BUS) | LINK_BITS if weights else LINK_BITS
    mask = (mode, direction, min(weights, default=0))
    return _walk(problem, people, [mask, mask], share)


def road_tables(problem: Contracted, direction: int, *, by_car: bool) -> Tables | None:
    """Return what those can do who are under way in a direction; None where there is nobody.

    One station for every node where somebody stands. They go on from the later of that second and now. Who
    does not drive takes any vehicle or link, and no share of the road: what they sit in pays as if empty.
    """
    rules, draft = problem.problem.rules, _Draft()
    people = [r for r in problem.on_road if r.direction == direction and (r.commodity == CARS) == by_car]
    if not people:
        return None
    mode, weight_kg = (int(Mode.CAR), rules.car_weight_kg) if by_car else (int(Mode.BUS) | LINK_BITS, 0)
    stations = {node: draft.station(stop=True) for node in sorted({row.node for row in people})}
    arcs = _Arcs(draft, problem, mode, direction, weight_kg)
    ends = problem.sites_of(direction)
    for start, station in [*stations.items(), *arcs.after_nodes()]:
        _arrive(arcs, station, start, ends, {}, 0, {})
        arcs.enter(station, start)
    arcs.passages(loaded=True)
    here = {node: tuple(j for j in ends if problem.sites[j].node == node) for node in stations}
    return draft.tables(
        problem, problem.problem.network.horizon_s,
        road_per_place=rules.car_units_mveh * 1000 // rules.persons_per_car if by_car else 0,
        base=tuple(stations[row.node] for row in people), weight=tuple(row.persons for row in people),
        start_s=tuple(max(row.release_s, problem.now_s) for row in people),
        arrived=tuple((row.release_s, here[row.node]) for row in people),
    )  # fmt: skip


def _people(problem: Contracted, direction: int, *, by_car: bool) -> list[int]:
    return [
        i for i, row in enumerate(problem.classes)
        if row.direction == direction and (row.commodity == CARS) == by_car
    ]  # fmt: skip


def _walk(problem: Contracted, people: list[int], layers: list[tuple[int, int, int]], share: int) -> Tables:
    """Return journeys over listed arcs; with two layers, from the first a link leads to the second."""
    draft = _Draft()
    sources = {i: draft.station(stop=True) for i in people}
    made = [_Arcs(draft, problem, *layer) for layer in layers]
    links = is_link(problem.problem, problem.listed)
    direction = problem.classes[people[0]].direction
    ends, last = problem.sites_of(direction), made[-1]
    for i, station in sources.items():
        row = problem.classes[i]
        made[0].enter(station, row.node, ready_s=row.release_s, person=i)
        if len(made) == 1:
            terms = {"ready_s": row.release_s, "person": i}
            _arrive(last, station, row.node, ends, {}, 0, terms)
    for start, station in last.after_nodes():
        _arrive(last, station, start, ends, {}, 0, {})
    for layer in made:
        for start, station in layer.after_nodes():
            layer.enter(station, start)
        for arc in layer.arcs:
            onto = last if links[arc] else layer
            draft.passage(layer.before[arc], onto.after[arc], arc, loaded=True)
    return draft.tables(
        problem, problem.problem.network.horizon_s, road_per_place=share,
        base=tuple(sources.values()), weight=tuple(problem.classes[i].persons for i in people),
        start_s=(0,) * len(people),
    )  # fmt: skip
