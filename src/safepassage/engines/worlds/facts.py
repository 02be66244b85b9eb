"""What is uncertain about a plan: events of its inputs, what may be shut, windows cut short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from safepassage.domain.plan import Corridor, Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.worlds import Chances, Fact, FactKind

MOST_ROADS = 40
"""So many stretches of road are uncertain: those that most of the plan's movements and corridors hang on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What reports say beside the inputs: who stands behind each event, arcs of doubtful status."""

    voices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: frozenset[int] = frozenset()
    restricted: frozenset[int] = frozenset()


def facts(
    problem: PlanningProblem,
    schedule: Schedule,
    corridors: Iterable[Corridor],
    chances: Chances,
    reported: Reported | None = None,
) -> tuple[Fact, ...]:
    """Return the facts of a plan in order of id."""
    told = reported or Reported()
    found = [*_events(problem, told.voices)]
    shut = _stretches(problem, schedule, tuple(corridors))
    gates = {label: arcs for label, arcs in shut.items() if any(problem.network.arcs.gate[a] for a in arcs)}
    found += [_shut(label, arcs, told, chances, gate=label in gates) for label, arcs in sorted(shut.items())]
    for label, arcs in sorted(gates.items()):
        words, early = f"windows at {label} end early", (chances.early_ppm,) * 3
        found.append(Fact(id=f"early {label}", kind=FactKind.EARLY, words=words, arcs=arcs, ppm=early))
    return tuple(sorted(found, key=lambda fact: fact.id))


def _shut(label: str, arcs: tuple[int, ...], told: Reported, chances: Chances, *, gate: bool) -> Fact:
    """Return that a stretch is shut: likelier where its status is unknown or restricted."""
    words, ppm = f"{label} is shut", chances.shut_gate_ppm if gate else chances.shut_road_ppm
    if not told.unknown.isdisjoint(arcs):
        words, ppm = f"{label}, whose status is unknown, is shut", chances.unknown_ppm
    elif not told.restricted.isdisjoint(arcs):
        words, ppm = f"{label}, reported as restricted, is shut", max(ppm, chances.restricted_ppm)
    return Fact(id=f"shut {label}", kind=FactKind.SHUT, words=words, arcs=arcs, ppm=(ppm,) * 3)


def _events(problem: PlanningProblem, voices: Mapping[str, tuple[str, ...]]) -> Iterable[Fact]:
    by_id: dict[str, list[int]] = {}
    ppm: dict[str, tuple[int, int, int]] = {}
    zone = {event.id: event.zone for event in problem.network.events}
    for event in problem.network.events:
        by_id.setdefault(event.id, []).extend(arc for arc, _ in event.shares)
        old = ppm.get(event.id, (0, 0, 0))
        new = (event.low_ppm, event.central_ppm, event.high_ppm)
        ppm[event.id] = (max(old[0], new[0]), max(old[1], new[1]), max(old[2], new[2]))
    for name, arcs in by_id.items():
        yield Fact(
            id=f"event {name}", kind=FactKind.HAZARD, words=f"{name} is so", arcs=tuple(sorted(set(arcs))),
            ppm=ppm[name], voices=voices.get(name, ()), zone=zone[name],
        )  # fmt: skip


def _stretches(
    problem: PlanningProblem, schedule: Schedule, corridors: tuple[Corridor, ...]
) -> dict[str, tuple[int, ...]]:
    """Return what the plan hangs on, both ways of a stretch together, by label."""
    labels = problem.network.arcs.label
    used = Counter[str]()
    for arcs, persons in _loads(schedule):
        for arc in arcs:
            used[str(labels[arc])] += persons
    for corridor in corridors:
        used.update(str(labels[arc]) for arc in corridor.cut_arcs)
    del used[""]
    gates = {str(labels[a]) for a in np.flatnonzero(problem.network.arcs.gate)}
    ranked = sorted(used, key=lambda label: (-used[label], label))
    kept = {label for label in ranked if label in gates}
    kept |= set([label for label in ranked if label not in gates][:MOST_ROADS])
    found: dict[str, list[int]] = {label: [] for label in sorted(kept)}
    for a, label in enumerate(labels.tolist()):
        if label in found:
            found[label].append(a)
    return {label: tuple(rows) for label, rows in found.items()}


def _loads(schedule: Schedule) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield the arcs of each movement and the persons on it."""
    for stream in schedule.cars:
        yield schedule.routes[stream.route].arcs, sum(car.persons for car in stream.departures)
    for chain in schedule.vehicles:
        for leg in chain.legs:
            yield schedule.routes[leg.route].arcs, sum(item.persons for item in leg.load)
    for ride in schedule.link_rides:
        yield (ride.arc,), sum(item.persons for item in ride.load)
