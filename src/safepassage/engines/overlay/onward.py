"""A planning problem that goes on from an earlier one: as it was before now, as reported after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from safepassage.domain.counts import people
from safepassage.domain.errors import HistoryError
from safepassage.domain.history import History, counted_before
from safepassage.domain.planning_problem import PlanningProblem, Vehicle
from safepassage.domain.timed_network import HazardEvent, TimedNetwork, hazard_of

SAME = ("case_id", "epoch", "directions")


def onward(earlier: PlanningProblem, reported: PlanningProblem, history: History) -> PlanningProblem:
    """Return the problem with a history: its network is the earlier one before now, the reported one after.

    Raises
    ------
    HistoryError
        When the two are not of one case and network, or fewer people are reported than have already left.
    """
    _require_same(earlier, reported)
    _require_people(reported, history)
    return replace(
        reported,
        network=_joined(earlier.network, reported.network, history.now_s),
        fleet=_fleet(earlier, reported, history),
        history=history,
    )


def _require_same(earlier: PlanningProblem, reported: PlanningProblem) -> None:
    for name in SAME:
        if getattr(earlier, name) != getattr(reported, name):
            raise HistoryError(f"the earlier plan was made for another {name.replace('_', ' ')}")
    a, b = earlier.network, reported.network
    same = a.horizon_s == b.horizon_s and np.array_equal(a.node_id, b.node_id)
    same = same and np.array_equal(a.arcs.tail, b.arcs.tail) and np.array_equal(a.arcs.head, b.arcs.head)
    if not same or a.source_sha256 != b.source_sha256:
        raise HistoryError("the earlier plan was made for other roads, crossings or hours")
    ends = [{p.id: (p.node, p.pickup_node, p.direction) for p in of.places} for of in (earlier, reported)]
    lost = sorted(name for name, at in ends[0].items() if ends[1].get(name) != at)
    if lost:
        raise HistoryError(f"the place {lost[0]} is not where it was when the earlier plan was made")


def _require_people(reported: PlanningProblem, history: History) -> None:
    demand: dict[tuple[str, str, str, bool], int] = {}
    for row in reported.demand:
        undecided = row.direction == "undecided" or row.basis == "assumption"
        for direction, _ in reported.directions if undecided else ((row.direction, ""),):
            key = (row.place, direction, row.group, undecided)
            demand[key] = demand.get(key, 0) + row.persons
    for key, persons in sorted(counted_before(history).items()):
        if persons > demand.get(key, 0):
            place, direction, group, _ = key
            raise HistoryError(
                f"{people(persons)} ({group}) {'has' if persons == 1 else 'have'} already left {place} for "
                f"{direction}, "
                f"but only {demand.get(key, 0)} are reported: count those who have left, too"
            )


def _joined(a: TimedNetwork, b: TimedNetwork, now_s: int) -> TimedNetwork:
    """Return network b with what network a was before now."""
    profiles = dict(b.profiles)
    for arc in _changed(a, b):
        pieces = _cut(a.pieces_of(arc), b.pieces_of(arc), now_s)
        profiles[arc] = pieces or b.profiles[arc]
    timetables = _timetables(a, b, now_s)
    if a.layer == b.layer and (a.events or not a.hazard) and (b.events or not b.hazard):
        events = _events(a, b, now_s)
        hazard = hazard_of(events, b.layer, b.horizon_s)
        return replace(b, profiles=profiles, hazard=hazard, events=events, timetables=timetables)
    hazard = {}
    for arc in sorted({*a.hazard, *b.hazard}):
        found = _cut(a.hazard.get(arc, ()), b.hazard.get(arc, ()), now_s)
        if found:
            hazard[arc] = found
    return replace(b, profiles=profiles, hazard=hazard, events=(), timetables=timetables)


def _events(a: TimedNetwork, b: TimedNetwork, now_s: int) -> tuple[HazardEvent, ...]:
    """Return what network a had up to now and what network b has from now on; the same stays whole."""
    same = [event for event in a.events if event in b.events]
    old = [replace(e, until_s=min(e.until_s, now_s)) for e in a.events if e not in same and e.from_s < now_s]
    new = [replace(e, from_s=max(e.from_s, now_s)) for e in b.events if e not in same and e.until_s > now_s]
    return tuple(sorted([*same, *old, *new], key=lambda e: (e.id, e.from_s)))


def _changed(a: TimedNetwork, b: TimedNetwork) -> list[int]:
    """Return the arcs that are not the same at all times."""
    differs = np.zeros(len(b.arcs), dtype=bool)
    for name in ("capacity_mveh_h", "persons_h", "travel_s"):
        differs |= getattr(a.arcs, name) != getattr(b.arcs, name)
    both = {*a.profiles, *b.profiles}
    constant = [int(arc) for arc in np.flatnonzero(differs) if int(arc) not in both]
    return sorted([*constant, *(arc for arc in both if a.profiles.get(arc) != b.profiles.get(arc))])


def _cut(before: tuple[Any, ...], after: tuple[Any, ...], now_s: int) -> tuple[Any, ...]:
    """Return the pieces of `before` up to now and those of `after` from now on."""
    old = [replace(p, until_s=min(p.until_s, now_s)) for p in before if p.from_s < now_s]
    new = [replace(p, from_s=max(p.from_s, now_s)) for p in after if p.until_s > now_s]
    touch = bool(old and new) and old[-1].until_s == new[0].from_s
    if touch and replace(old[-1], from_s=0, until_s=1) == replace(new[0], from_s=0, until_s=1):
        new[0] = replace(new[0], from_s=old.pop().from_s)
    return (*old, *new)


def _timetables(a: TimedNetwork, b: TimedNetwork, now_s: int) -> Mapping[int, tuple[tuple[int, int], ...]]:
    found = {}
    for arc in sorted({*a.timetables, *b.timetables}):
        gone = [row for row in a.timetables.get(arc, ()) if row[0] < now_s]
        found[arc] = (*gone, *(row for row in b.timetables.get(arc, ()) if row[0] >= now_s))
    return found


def _fleet(earlier: PlanningProblem, reported: PlanningProblem, history: History) -> tuple[Vehicle, ...]:
    """Return the reported fleet; vehicles that have left their base stay what they are until free."""
    known = {v.id: v for v in earlier.fleet}
    fleet = {v.id: v for v in reported.fleet}
    for chain in history.vehicles:
        vehicle, last_s = known[chain.id], max(leg.arrive_s for leg in chain.legs)
        now = fleet.get(chain.id)
        until_s = last_s if now is None else now.available_until_s
        if until_s >= 0:
            until_s = max(until_s, last_s)
        fleet[chain.id] = replace(vehicle, available_until_s=until_s)
    return tuple(fleet[name] for name in sorted(fleet))


def without(problem: PlanningProblem, lost: Mapping[str, int]) -> PlanningProblem:
    """Return the problem with vehicles that are not available from a second on.

    Raises
    ------
    HistoryError
        When a vehicle is named that the fleet does not have.
    """
    strange = sorted(set(lost) - {v.id for v in problem.fleet})
    if strange:
        raise HistoryError(f"the fleet has no vehicle {strange[0]}")
    fleet = tuple(
        v if v.id not in lost else replace(v, available_until_s=_sooner(v.available_until_s, lost[v.id]))
        for v in problem.fleet
    )
    return replace(problem, fleet=fleet)


def _sooner(until_s: int, lost_s: int) -> int:
    return lost_s if until_s < 0 else min(until_s, lost_s)
