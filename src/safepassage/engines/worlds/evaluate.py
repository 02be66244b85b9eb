"""What comes of a plan in worlds: who is out and when, what broke off, exposure; slice by slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.worlds import PERMILLE, Chances, Fact, FactKind
from safepassage.engines.worlds.draws import Lot, drawn, turnout
from safepassage.engines.worlds.movements import Arriving, Movements
from safepassage.kernels.worlds.world_runs import ANOTHER_WAY, BROKEN_OFF, Drawn, Int64, Roads, Trips, run
from safepassage.kernels.worlds.world_tally import Arrivals, Harm, Turnout, exposed, tallied

SLICE = 64
"""Worlds that are run at once: memory does not grow with their number."""
COUNTS = 24
"""So many times persons out are counted on the way."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Outcomes:
    """Of each world: (worlds, directions) persons out, persons who came, last arrival (-1: not everybody).

    `out_by` (worlds, directions, seconds) are persons out by each of the question's seconds. `undecided`
    (worlds, 2) are those of the undecided for whom room is held: who came, who is out of them.
    """

    out: Int64
    came: Int64
    out_by: Int64
    last_s: Int64
    undecided: Int64
    broken: Int64
    rerouted: Int64
    exposure: Int64
    true: NDArray[np.bool_]

    @classmethod
    def joined(cls, parts: Sequence[Outcomes]) -> Outcomes:
        """Return the outcomes of slices in order."""
        names = ("out", "came", "out_by", "last_s", "undecided", "broken", "rerouted", "exposure", "true")
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Question:
    """A plan with all that is uncertain about it: what a slice of `worlds` worlds is asked.

    `used` are the arcs of its ways; `trips` and `roads` know them by their positions in it. `places` are
    those people leave from, in order, and whether something is held for undecided there; `arrivals` is who
    is out with what; `noted` are steps that something harmful may lie on, `harm` is what lies there.
    """

    problem: PlanningProblem
    movements: Movements
    facts: tuple[Fact, ...]
    chances: Chances
    seed: int
    worlds: int
    planned_last_s: Mapping[str, int] = field(default_factory=dict)
    used: Int64 = field(init=False)
    trips: Trips = field(init=False)
    roads: Roads = field(init=False)
    places: Mapping[str, bool] = field(init=False)
    arrivals: Arrivals = field(init=False)
    noted: Int64 = field(init=False)
    harm: Harm = field(init=False)

    def __post_init__(self) -> None:
        trips = self.movements.trips
        used = trips.used
        dense = trips._replace(
            arcs=np.searchsorted(used, trips.arcs), other=np.searchsorted(used, trips.other)
        )
        object.__setattr__(self, "used", used)
        object.__setattr__(self, "trips", dense)
        object.__setattr__(self, "roads", _roads(self.problem, self.facts, used))
        object.__setattr__(self, "places", _places(self.movements.arriving))
        object.__setattr__(self, "arrivals", _arrivals(self.movements, [*self.places], self.directions))
        noted, harm = _harm(self)
        object.__setattr__(self, "noted", noted)
        object.__setattr__(self, "harm", harm)

    @property
    def directions(self) -> tuple[str, ...]:
        """Names of the directions, in order."""
        return tuple(key for key, _ in self.problem.directions)

    @property
    def seconds(self) -> list[int]:
        """When persons out are counted: evenly, until a tenth after the last planned arrival."""
        horizon_s = self.problem.network.horizon_s
        end = min(horizon_s, max(self.planned_last_s.values(), default=horizon_s) * 11 // 10)
        return [end * (k + 1) // COUNTS for k in range(COUNTS)]

    def lot(self, first: int, last: int) -> Lot:
        """Return worlds [first, last) of all."""
        return Lot(seed=self.seed, n=self.worlds, worlds=np.arange(first, last, dtype=np.int64))

    def drawn(self, lot: Lot) -> Drawn:
        """Return the worlds of a lot."""
        arcs = (self.used, len(self.problem.network.arcs))
        return drawn(self.facts, self.movements.vehicles, arcs, self.chances, lot)

    def turnout(self, lot: Lot) -> Turnout:
        """Return who comes, and how, in the worlds of a lot."""
        return turnout(self.places, self.directions, self.chances, lot)


def slices(worlds: int) -> list[tuple[int, int]]:
    """Return the bounds of slices; they do not depend on who works on them."""
    return [(first, min(worlds, first + SLICE)) for first in range(0, worlds, SLICE)]


def evaluated(question: Question, first: int, last: int) -> Outcomes:
    """Return what comes of the plan in worlds [first, last)."""
    lot = question.lot(first, last)
    given = question.drawn(lot)
    arrive, state, enter = run(question.roads, question.trips, given, question.noted)
    seconds = np.asarray(question.seconds, dtype=np.int64)
    tally = tallied(question.arrivals, question.turnout(lot), arrive, seconds)
    out = tally.out // PERMILLE
    return Outcomes(
        out=out, came=tally.came // PERMILLE, last_s=tally.last_s,
        out_by=np.minimum(tally.out_by // PERMILLE, out[:, :, None]), undecided=tally.undecided // PERMILLE,
        broken=(state == BROKEN_OFF).sum(axis=1), rerouted=(state == ANOTHER_WAY).sum(axis=1),
        exposure=exposed(question.harm, question.roads, given, enter), true=given.true,
    )  # fmt: skip


def forced(question: Question, facts: Sequence[int], first: int, last: int) -> Int64:
    """Return (worlds, facts, 2) persons out in all directions where each fact is not so, and where it is.

    All else is as drawn: both answers stand in the same worlds.
    """
    lot = question.lot(first, last)
    given, coming, nothing = question.drawn(lot), question.turnout(lot), np.zeros(0, dtype=np.int64)

    def persons(true: NDArray[np.bool_]) -> Int64:
        arrive, _, _ = run(question.roads, question.trips, given._replace(true=true), nothing)
        total: Int64 = tallied(question.arrivals, coming, arrive, nothing).out.sum(axis=1) // PERMILLE
        return total

    as_drawn, found = persons(given.true), np.zeros((last - first, len(facts), 2), dtype=np.int64)
    for column, fact in enumerate(facts):
        other = given.true.copy()
        other[:, fact] = ~other[:, fact]
        turned, so = persons(other), given.true[:, fact]
        found[:, column, 0] = np.where(so, turned, as_drawn)
        found[:, column, 1] = np.where(so, as_drawn, turned)
    return found


def _places(rows: Sequence[Arriving]) -> dict[str, bool]:
    reserved = {row.place for row in rows if row.reserve}
    return {place: place in reserved for place in sorted({row.place for row in rows})}


def _arrivals(movements: Movements, places: Sequence[str], directions: Sequence[str]) -> Arrivals:
    rows = movements.arriving
    place = {name: k for k, name in enumerate(places)}
    direction = {name: k for k, name in enumerate(directions)}
    return Arrivals(
        movement=_int64([row.movement for row in rows]), came_first=_bounds([len(r.came_by) for r in rows]),
        came_by=_int64([before for row in rows for before in row.came_by]),
        place=_int64([place[row.place] for row in rows]),
        direction=_int64([direction[row.direction] for row in rows]),
        persons=_int64([row.persons for row in rows]),
        reserve=np.asarray([row.reserve for row in rows], dtype=bool),
        own_car=np.asarray([row.own_car for row in rows], dtype=bool),
    )  # fmt: skip


def _harm(question: Question) -> tuple[Int64, Harm]:
    """Return the positions of steps with persons aboard that some event may lie on, and the events there."""
    column = {fact.id: k for k, fact in enumerate(question.facts)}
    dense = {arc: k for k, arc in enumerate(question.used.tolist())}
    by_arc: list[list[tuple[int, int, int, int]]] = [[] for _ in dense]
    for event in question.problem.network.events:
        for arc, share in event.shares:
            if arc in dense:
                row = (column[f"event {event.id}"], event.from_s, event.until_s, share)
                by_arc[dense[arc]].append(row)
    trips = question.trips
    persons = np.repeat(question.movements.aboard, np.diff(trips.arc_first))
    harmful = np.asarray([bool(rows) for rows in by_arc], dtype=bool)
    noted = np.flatnonzero(harmful[trips.arcs] & (persons > 0))
    rows = _int64([row for rows in by_arc for row in rows]).reshape(-1, 4)
    first = _bounds([len(rows) for rows in by_arc])
    return noted, Harm(arcs=trips.arcs[noted], persons=persons[noted], first=first, rows=rows)


def _roads(problem: PlanningProblem, facts: Sequence[Fact], used: Int64) -> Roads:
    network, dense = problem.network, {arc: k for k, arc in enumerate(used.tolist())}
    pieces: list[list[int]] = []
    first = [0]
    for arc in used.tolist():
        for piece in network.profiles.get(arc, ()):
            is_open = piece.capacity_mveh_h > 0 and piece.persons_h != 0
            pieces.append([piece.from_s, piece.until_s, int(is_open), piece.travel_s])
        first.append(len(pieces))
    rows: list[list[list[int]]] = [[] for _ in dense]
    for k, fact in enumerate(facts):
        if fact.kind != FactKind.HAZARD:
            for arc in fact.arcs:
                if arc in dense:
                    rows[dense[arc]].append([k, int(fact.kind == FactKind.EARLY)])
    return Roads(
        travel_s=_int64(network.arcs.travel_s)[used],
        piece_first=_int64(first),
        pieces=_int64(pieces).reshape(-1, 4),
        fact_first=_bounds([len(arc) for arc in rows]),
        facts=_int64([row for arc in rows for row in arc]).reshape(-1, 2),
        windows=_int64(problem.rules.movement_windows).reshape(-1, 2),
        horizon_s=network.horizon_s,
    )


def _bounds(lengths: Sequence[int]) -> Int64:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(_int64(lengths))])


def _int64(values: object) -> Int64:
    return np.asarray(values, dtype=np.int64)
