"""What comes of a plan in worlds: who is out and when, what broke off, exposure; slice by slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.timed_network import HazardEvent
from safepassage.domain.worlds import PPM, Chances, Fact, FactKind
from safepassage.engines.worlds.draws import PERMILLE, drawn, staying
from safepassage.engines.worlds.movements import Movements
from safepassage.kernels.world_runs import ANOTHER_WAY, BROKEN_OFF, Drawn, Int64, Roads, run

SLICE = 64
"""Worlds that are run at once: memory does not grow with their number."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Outcomes:
    """Of each world: (worlds, directions) persons out, persons who came, last arrival (-1: not everybody)."""

    out: Int64
    came: Int64
    last_s: Int64
    broken: Int64
    rerouted: Int64
    exposure: Int64
    true: NDArray[np.bool_]

    @classmethod
    def joined(cls, parts: Sequence[Outcomes]) -> Outcomes:
        """Return the outcomes of slices in order."""
        names = ("out", "came", "last_s", "broken", "rerouted", "exposure", "true")
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Question:
    """A plan with all that is uncertain about it: what a slice of worlds is asked."""

    problem: PlanningProblem
    movements: Movements
    facts: tuple[Fact, ...]
    chances: Chances
    seed: int
    planned_last_s: Mapping[str, int] = field(default_factory=dict)


def slices(worlds: int) -> list[tuple[int, int]]:
    """Return the bounds of slices; they do not depend on who works on them."""
    return [(first, min(worlds, first + SLICE)) for first in range(0, worlds, SLICE)]


def evaluated(question: Question, first: int, last: int) -> Outcomes:
    """Return what comes of the plan in worlds [first, last)."""
    problem, movements = question.problem, question.movements
    worlds = np.arange(first, last, dtype=np.int64)
    n_arcs = len(problem.network.arcs)
    given = drawn(question.facts, movements.vehicles, n_arcs, question.chances, question.seed, worlds)
    arrive, state, enter = run(_roads(problem, question.facts), movements.trips, given)
    out, came, last_s = _tally(question, arrive, worlds)
    return Outcomes(
        out=out // PERMILLE, came=came // PERMILLE, last_s=last_s, broken=(state == BROKEN_OFF).sum(axis=1),
        rerouted=(state == ANOTHER_WAY).sum(axis=1), exposure=_exposure(question, given, enter),
        true=given.true,
    )  # fmt: skip


def _tally(question: Question, arrive: Int64, worlds: Int64) -> tuple[Int64, Int64, Int64]:
    """Return (worlds, directions) thousandths of persons out and come, and the last arrival (-1: not all)."""
    rows = question.movements.arriving
    places = sorted({row.place for row in rows})
    stay = staying(places, question.chances, question.seed, worlds)
    number = {place: k for k, place in enumerate(places)}
    column = {key: d for d, (key, _) in enumerate(question.problem.directions)}
    shape = (len(worlds), len(column))
    out, came = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    last_s, whole = np.full(shape, -1, dtype=np.int64), np.ones(shape, dtype=bool)
    for row in rows:
        d, there = column[row.direction], arrive[:, row.movement] >= 0
        persons = row.persons * (PERMILLE - stay[:, number[row.place]])
        for before in row.came_by:
            there &= arrive[:, before] >= 0
        came[:, d] += persons
        out[:, d] += np.where(there, persons, 0)
        whole[:, d] &= there
        last_s[:, d] = np.maximum(last_s[:, d], np.where(there, arrive[:, row.movement], -1))
    return out, came, np.where(whole, last_s, -1)


def _exposure(question: Question, given: Drawn, enter: Int64) -> Int64:
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
    touched = np.flatnonzero(np.isin(trips.arcs, list(by_arc)) & (persons > 0))
    for step in touched.tolist():
        arc, t = int(trips.arcs[step]), enter[:, step]
        worst = np.zeros(len(enter), dtype=np.int64)
        for k, event, share in by_arc[arc]:
            during = given.true[:, k] & (t >= event.from_s) & (t < event.until_s)
            worst = np.maximum(worst, np.where(during, share, 0))
        seconds = (
            int(network.arcs.travel_s[arc]) * (PERMILLE + given.slow[:, arc].astype(np.int64)) // PERMILLE
        )
        total += worst * seconds * int(persons[step]) // PPM
    return total


def _roads(problem: PlanningProblem, facts: Sequence[Fact]) -> Roads:
    network = problem.network
    n_arcs = len(network.arcs)
    pieces: list[list[int]] = []
    first = [0]
    for arc in range(n_arcs):
        for piece in network.profiles.get(arc, ()):
            is_open = piece.capacity_mveh_h > 0 and piece.persons_h != 0
            pieces.append([piece.from_s, piece.until_s, int(is_open), piece.travel_s])
        first.append(len(pieces))
    rows: list[list[list[int]]] = [[] for _ in range(n_arcs)]
    for k, fact in enumerate(facts):
        if fact.kind != FactKind.HAZARD:
            for arc in fact.arcs:
                rows[arc].append([k, int(fact.kind == FactKind.EARLY)])
    flat = [row for arc in rows for row in arc]
    bounds = np.concatenate([[0], np.cumsum([len(arc) for arc in rows])])
    return Roads(
        travel_s=np.asarray(network.arcs.travel_s, dtype=np.int64),
        piece_first=np.asarray(first, dtype=np.int64),
        pieces=np.asarray(pieces, dtype=np.int64).reshape(-1, 4), fact_first=bounds.astype(np.int64),
        facts=np.asarray(flat, dtype=np.int64).reshape(-1, 2),
        windows=np.asarray(problem.rules.movement_windows, dtype=np.int64).reshape(-1, 2),
        horizon_s=network.horizon_s,
    )  # fmt: skip
