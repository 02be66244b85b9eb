"""Shares of what plans of several regions use together, so that plans made apart hold together.

Direct distribution (ten Kate 1972, "Decomposition of linear programs by direct distribution", Econometrica
40): nobody is told prices; each region gets a part of what is scarce, plans within it, and the
parts move towards those who fill theirs. Plans that keep to their parts fit together whatever each does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.regions import RegionUse, SharedHour, SharedSite, Shares, Thing
from safepassage.domain.timed_network import PPM

LEAST_PPM = 10_000
"""Nobody's part falls below a hundredth: who has nothing cannot show that more would help."""


def limited(problem: PlanningProblem, mine: Mapping[Thing, int]) -> PlanningProblem:
    """Return a region's problem with its part (ppm) of shared roads and sites; what is open stays open."""
    network = problem.network
    names, tail, head = network.node_id.tolist(), network.arcs.tail.tolist(), network.arcs.head.tolist()
    parts = {
        arc: mine[ends]
        for arc, ends in enumerate((str(names[t]), str(names[h])) for t, h in zip(tail, head, strict=True))
        if ends in mine
    }
    capacity = np.array(network.arcs.capacity_mveh_h)
    for arc, ppm in parts.items():
        capacity[arc] = _part(int(capacity[arc]), ppm)
    profiles = {
        arc: tuple(replace(p, capacity_mveh_h=_part(p.capacity_mveh_h, parts[arc])) for p in pieces)
        if arc in parts
        else pieces
        for arc, pieces in network.profiles.items()
    }
    places = tuple(
        replace(place, capacity_persons=place.capacity_persons * mine[place.id,] // PPM)
        if (place.id,) in mine
        else place
        for place in problem.places
    )
    arcs = replace(network.arcs, capacity_mveh_h=capacity)
    return replace(problem, network=replace(network, arcs=arcs, profiles=profiles), places=places)


def next_shares(
    before: Shares, uses: Mapping[str, RegionUse], hours: Sequence[SharedHour], sites: Sequence[SharedSite]
) -> Shares:
    """Return the parts (ppm) of the next round, at most the whole of each thing.

    What is scarce for the first time is divided by what each region sends there in the hours that are too
    full, as if it were alone. What is divided already moves towards regions that fill their part.
    """
    found: dict[Thing, Mapping[str, int]] = {}
    for thing, mine in before.items():
        found[thing] = _divided({name: ppm * uses[name].filled(thing, ppm) for name, ppm in mine.items()})
    wanted: dict[Thing, dict[str, int]] = {}
    for row in hours:
        if row.over_mveh and row.ends not in before:
            _add(wanted.setdefault(row.ends, {}), row.loads)
    for place in sites:
        if place.over_persons and (place.id,) not in before:
            _add(wanted.setdefault((place.id,), {}), place.loads)
    return dict(sorted((found | {thing: _divided(rows) for thing, rows in wanted.items()}).items()))


def _part(capacity: int, ppm: int) -> int:
    return max(1, capacity * ppm // PPM) if capacity > 0 else capacity


def _add(total: dict[str, int], loads: Iterable[tuple[str, int]]) -> None:
    for name, load in loads:
        total[name] = total.get(name, 0) + load


def _divided(weights: Mapping[str, int]) -> dict[str, int]:
    """Return parts in proportion to weights, none below LEAST_PPM, at most the whole together."""
    rest, total = PPM - LEAST_PPM * len(weights), max(1, sum(weights.values()))
    return {name: LEAST_PPM + rest * weight // total for name, weight in sorted(weights.items())}
