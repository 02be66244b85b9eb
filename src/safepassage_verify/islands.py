"""Checks a plan of vessels from plain documents, and that none can end sooner, by its own search.

The document of a problem has `fleet` (per vessel name, seats, handling_ms, trips_most, first_ms, out_ms,
home_ms), `place_of_dock` and `scenarios` (name, probability, persons by place); that of a plan `trips` per
vessel (dock, harbour, persons), `last_ms` and `least_ms`. All numbers but probabilities are whole; -1 is
no way. `least_ms` is checked by following every vessel forward and keeping, vessel after vessel, what
the fleet can have fetched from each place; nothing of the planner is used, and no solver.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Counts = tuple[int, ...]


def check_islands(
    problem: Mapping[str, Any], scenario: int, plan: Mapping[str, Any], *, prove: bool = True
) -> tuple[str, ...]:
    """Return what is wrong with the plan of a scenario, in sentences; with `prove` its least time too."""
    persons = list(problem["scenarios"][scenario]["persons"])
    faults: list[str] = []
    if len(plan["trips"]) != len(problem["fleet"]):
        return ("the plan has not one list of trips for each vessel",)
    last_ms, fetched = 0, [0] * len(persons)
    for vessel, trips in zip(problem["fleet"], plan["trips"], strict=True):
        last_ms = max(last_ms, _follow(problem, vessel, trips, (fetched, faults)))
    faults += [f"place {k}: {fetched[k]} fetched of {n}" for k, n in enumerate(persons) if fetched[k] != n]
    if last_ms != plan["last_ms"]:
        faults.append(f"the last vessel has unloaded at {last_ms} ms, not {plan['last_ms']}")
    if plan["least_ms"] > last_ms:
        faults.append("the plan ends before the least time it states")
    if prove and can_end_before(problem, scenario, plan["least_ms"]):
        faults.append(f"a plan can end before the stated least time of {plan['least_ms']} ms")
    return tuple(faults)


def _follow(
    problem: Mapping[str, Any],
    vessel: Mapping[str, Any],
    trips: Iterable[Mapping[str, Any]],
    found: tuple[list[int], list[str]],
) -> int:
    """Sail one vessel's trips; return when it has unloaded for the last time."""
    fetched, faults = found
    now_ms, harbour, made = 0, -1, 0
    for trip in trips:
        where = f"{vessel['name']}, trip {made}"
        dock, to = trip["dock"], trip["harbour"]
        if not (0 <= dock < len(problem["place_of_dock"]) and 0 <= to < len(vessel["out_ms"])):
            faults.append(f"{where}: names no dock or no harbour")
            return now_ms
        out_ms = vessel["first_ms"][dock] if harbour < 0 else vessel["out_ms"][harbour][dock]
        home_ms = vessel["home_ms"][dock][to]
        if min(out_ms, home_ms) < 0:
            faults.append(f"{where}: a way that the vessel cannot go, or a dock at which it cannot lie")
        if not 0 <= trip["persons"] <= vessel["seats"]:
            faults.append(f"{where}: {trip['persons']} persons in {vessel['seats']} seats")
        fetched[problem["place_of_dock"][dock]] += trip["persons"]
        now_ms += out_ms + home_ms + 2 * vessel["handling_ms"]
        harbour, made = to, made + 1
    if made > vessel["trips_most"]:
        faults.append(f"{vessel['name']}: {made} trips of {vessel['trips_most']}")
    return now_ms


def can_end_before(problem: Mapping[str, Any], scenario: int, time_ms: int) -> bool:
    """Tell whether the fleet can have brought everybody of a scenario before a time."""
    if time_ms <= 0:
        return False
    persons = tuple(problem["scenarios"][scenario]["persons"])
    left = [k for k, need in enumerate(persons) if need]
    needs = tuple(persons[k] for k in left)
    front: set[Counts] = {tuple(0 for _ in needs)}
    for vessel in problem["fleet"]:
        loads = _largest(
            tuple(min(vessel["seats"] * counts[k], persons[k]) for k in left)
            for counts in _possible(problem, vessel, persons, time_ms)
        )
        front = _largest(
            tuple(min(a + b, need) for a, b, need in zip(before, load, needs, strict=True))
            for before in front
            for load in loads
        )
    return needs in front


def _possible(
    problem: Mapping[str, Any], vessel: Mapping[str, Any], needs: Counts, time_ms: int
) -> set[Counts]:
    """Return the trips to each place that a vessel can have ended before a time, seen forward."""
    most = tuple(-(-need // vessel["seats"]) if vessel["seats"] else 0 for need in needs)
    start = (tuple(0 for _ in needs), -1)
    soonest = {start: 0}
    layer = [start]
    for _ in range(vessel["trips_most"]):
        reached: dict[tuple[Counts, int], int] = {}
        for counts, harbour in layer:
            for dock, place in enumerate(problem["place_of_dock"]):
                if counts[place] == most[place]:
                    continue
                more = (*counts[:place], counts[place] + 1, *counts[place + 1 :])
                for to, home_ms in enumerate(vessel["home_ms"][dock]):
                    out_ms = vessel["first_ms"][dock] if harbour < 0 else vessel["out_ms"][harbour][dock]
                    if min(out_ms, home_ms) < 0:
                        continue
                    end_ms = soonest[counts, harbour] + out_ms + home_ms + 2 * vessel["handling_ms"]
                    if end_ms < min(time_ms, reached.get((more, to), time_ms)):
                        reached[more, to] = end_ms
        soonest |= reached
        layer = list(reached)
    return {counts for counts, _ in soonest}


def _largest(loads: Iterable[Counts]) -> set[Counts]:
    """Return those that no other reaches or passes at every place; those at two places are swept in order."""
    ordered = sorted(set(loads), reverse=True)
    kept: list[Counts] = []
    for load in ordered:
        # In falling order of the first place, with two places only the last one kept can pass it.
        rivals = kept[-1:] if len(load) <= 2 else kept  # noqa: PLR2004
        if not any(all(a >= b for a, b in zip(other, load, strict=True)) for other in rivals):
            kept.append(load)
    return set(kept)
