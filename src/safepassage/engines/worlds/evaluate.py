"""What comes of a plan in worlds: who is out and when, what broke off, exposure; slice by slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.timed_network import HazardEvent
from safepassage.domain.worlds import PERMILLE, PPM, Chances, Fact, FactKind
from safepassage.engines.worlds.draws import Lot, carless, coming, drawn, undecided
from safepassage.engines.worlds.movements import Arriving, Movements
from safepassage.kernels.worlds.world_runs import ANOTHER_WAY, BROKEN_OFF, Drawn, Int64, Roads, Trips, run

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

    `used` are the arcs of its ways; `trips` and `roads` know them by their positions in it.
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

    def __post_init__(self) -> None:
        trips = self.movements.trips
        used = trips.used
        dense = trips._replace(
            arcs=np.searchsorted(used, trips.arcs), other=np.searchsorted(used, trips.other)
        )
        object.__setattr__(self, "used", used)
        object.__setattr__(self, "trips", dense)
        object.__setattr__(self, "roads", _roads(self.problem, self.facts, used))

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


def slices(worlds: int) -> list[tuple[int, int]]:
    """Return the bounds of slices; they do not depend on who works on them."""
    return [(first, min(worlds, first + SLICE)) for first in range(0, worlds, SLICE)]


def evaluated(question: Question, first: int, last: int) -> Outcomes:
    """Return what comes of the plan in worlds [first, last)."""
    lot = question.lot(first, last)
    given = question.drawn(lot)
    touched = _touched(question)
    arrive, state, enter = run(question.roads, question.trips, given, touched)
    came, out, last_s = _tally(question, arrive, lot)
    return Outcomes(
        out=out // PERMILLE, came=came // PERMILLE, last_s=last_s,
        out_by=np.minimum(_out_by(question, arrive, lot), out[:, :, None] // PERMILLE),
        undecided=_undecided(question, arrive, lot), broken=(state == BROKEN_OFF).sum(axis=1),
        rerouted=(state == ANOTHER_WAY).sum(axis=1), exposure=_exposure(question, given, touched, enter),
        true=given.true,
    )  # fmt: skip


def forced(question: Question, facts: Sequence[int], first: int, last: int) -> Int64:
    """Return (worlds, facts, 2) persons out in all directions where each fact is not so, and where it is.

    All else is as drawn: both answers stand in the same worlds.
    """
    lot = question.lot(first, last)
    given, nothing = question.drawn(lot), np.zeros(0, dtype=np.int64)

    def persons(true: NDArray[np.bool_]) -> Int64:
        arrive, _, _ = run(question.roads, question.trips, given._replace(true=true), nothing)
        _, out, _ = _tally(question, arrive, lot)
        total: Int64 = out.sum(axis=1) // PERMILLE
        return total

    as_drawn, found = persons(given.true), np.zeros((last - first, len(facts), 2), dtype=np.int64)
    for column, fact in enumerate(facts):
        other = given.true.copy()
        other[:, fact] = ~other[:, fact]
        turned, so = persons(other), given.true[:, fact]
        found[:, column, 0] = np.where(so, turned, as_drawn)
        found[:, column, 1] = np.where(so, as_drawn, turned)
    return found


def _there(row: Arriving, arrive: Int64) -> NDArray[np.bool_]:
    """Return (worlds,) whether persons arrive: their movement does, and all that brought them to it."""
    found: NDArray[np.bool_] = arrive[:, row.movement] >= 0
    for before in row.came_by:
        found &= arrive[:, before] >= 0
    return found


def _tally(question: Question, arrive: Int64, lot: Lot) -> tuple[Int64, Int64, Int64]:
    """Return (worlds, directions) thousandths of persons come and out, and the last arrival (-1: not all)."""
    rows = [row for row in question.movements.arriving if not row.reserve]
    shares = coming({row.place for row in rows}, question.chances, lot)
    column = {key: d for d, (key, _) in enumerate(question.problem.directions)}
    shape = (len(lot.worlds), len(column))
    out, came = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    last_s, whole = np.full(shape, -1, dtype=np.int64), np.ones(shape, dtype=bool)
    for row in rows:
        d, there, persons = column[row.direction], _there(row, arrive), row.persons * shares[row.place]
        came[:, d] += persons
        out[:, d] += np.where(there, persons, 0)
        whole[:, d] &= there
        last_s[:, d] = np.maximum(last_s[:, d], np.where(there, arrive[:, row.movement], -1))
    if question.chances.carless_share_most:
        for (_, direction), behind in _left_behind(question, rows, shares, lot).items():
            d = column[direction]
            whole[:, d] &= behind == 0
            out[:, d] = np.maximum(0, out[:, d] - behind)
    return came, out, np.where(whole, last_s, -1)


def _out_by(question: Question, arrive: Int64, lot: Lot) -> Int64:
    """Return (worlds, directions, seconds) persons out by each second of the question, reserves left out."""
    rows = [row for row in question.movements.arriving if not row.reserve]
    shares = coming({row.place for row in rows}, question.chances, lot)
    keys, seconds = [key for key, _ in question.problem.directions], question.seconds
    found = np.zeros((len(lot.worlds), len(keys), len(seconds)), dtype=np.int64)
    for d, key in enumerate(keys):
        mine = [row for row in rows if row.direction == key]
        if not mine:
            continue
        there = np.stack([_there(row, arrive) for row in mine], axis=1)
        persons = np.stack([row.persons * shares[row.place] for row in mine], axis=1) * there
        arrived_s = arrive[:, [row.movement for row in mine]]
        for k, second in enumerate(seconds):
            found[:, d, k] = (persons * (arrived_s <= second)).sum(axis=1)
    return found // PERMILLE


def _left_behind(
    question: Question, rows: Sequence[Arriving], shares: Mapping[str, Int64], lot: Lot
) -> dict[tuple[str, str], Int64]:
    """Return by place and direction (worlds,) thousandths of persons without a car for whom no seat is free.

    Free are the seats of those who stay after all.
    """
    without = carless(shares, question.chances, lot)
    found: dict[tuple[str, str], Int64] = {}
    for row in rows:
        come = shares[row.place]
        lacking = come * without[row.place] // PERMILLE if row.own_car else come - PERMILLE
        key = row.place, row.direction
        found[key] = found.get(key, np.zeros(len(lot.worlds), dtype=np.int64)) + row.persons * lacking
    return {key: np.maximum(0, lacking) for key, lacking in sorted(found.items())}


def _undecided(question: Question, arrive: Int64, lot: Lot) -> Int64:
    """Return (worlds, 2) undecided persons who come for what is held for them, and those of them who are out.

    Room is held in every direction; a place's undecided are shared out between directions by lot.
    """
    rows = [row for row in question.movements.arriving if row.reserve]
    keys = [key for key, _ in question.problem.directions]
    places = {row.place for row in rows}
    shares = {place: undecided(place, keys, question.chances, lot) for place in sorted(places)}
    found = np.zeros((len(lot.worlds), 2), dtype=np.int64)
    for row in rows:
        persons = row.persons * shares[row.place][:, keys.index(row.direction)]
        found[:, 0] += persons
        found[:, 1] += np.where(_there(row, arrive), persons, 0)
    return found // PERMILLE


def _touched(question: Question) -> Int64:
    """Return the positions of arcs with persons aboard that some event may lie on."""
    trips = question.movements.trips
    harmful = np.zeros(len(question.problem.network.arcs), dtype=bool)
    for event in question.problem.network.events:
        harmful[[arc for arc, _ in event.shares]] = True
    persons = np.repeat(question.movements.aboard, np.diff(trips.arc_first))
    return np.flatnonzero(harmful[trips.arcs] & (persons > 0))


def _exposure(question: Question, given: Drawn, touched: Int64, enter: Int64) -> Int64:
    """Return (worlds,) person-seconds on arcs in what is harmful there when they are entered.

    Of several events on one arc the one that covers most of it counts.
    """
    network, trips = question.problem.network, question.movements.trips
    column = {fact.id: k for k, fact in enumerate(question.facts)}
    by_arc: dict[int, list[tuple[int, HazardEvent, int]]] = {}
    for event in network.events:
        for arc, share in event.shares:
            by_arc.setdefault(arc, []).append((column[f"event {event.id}"], event, share))
    persons = np.repeat(question.movements.aboard, np.diff(trips.arc_first))
    total = np.zeros(len(enter), dtype=np.int64)
    for place, step in enumerate(touched.tolist()):
        arc, t = int(trips.arcs[step]), enter[:, place]
        worst = np.zeros(len(enter), dtype=np.int64)
        for k, event, share in by_arc[arc]:
            during = given.true[:, k] & (t >= event.from_s) & (t < event.until_s)
            worst = np.maximum(worst, np.where(during, share, 0))
        slow = given.slow[:, question.trips.arcs[step]].astype(np.int64)
        seconds = int(network.arcs.travel_s[arc]) * (PERMILLE + slow) // PERMILLE
        total += worst * seconds * int(persons[step]) // PPM
    return total


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
    flat = [row for arc in rows for row in arc]
    bounds = np.concatenate([[0], np.cumsum([len(arc) for arc in rows])])
    return Roads(
        travel_s=np.asarray(network.arcs.travel_s, dtype=np.int64)[used],
        piece_first=np.asarray(first, dtype=np.int64),
        pieces=np.asarray(pieces, dtype=np.int64).reshape(-1, 4), fact_first=bounds.astype(np.int64),
        facts=np.asarray(flat, dtype=np.int64).reshape(-1, 2),
        windows=np.asarray(problem.rules.movement_windows, dtype=np.int64).reshape(-1, 2),
        horizon_s=network.horizon_s,
    )  # fmt: skip
