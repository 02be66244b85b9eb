"""Who travels where in a plan: persons by stretch of road and direction, joined to lines of one number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from safepassage.domain.plan import Schedule

Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Arcs in a row that the same number of persons of one direction travel along."""

    direction: str
    persons: int
    arcs: tuple[int, ...]


def persons_by_arc(schedule: Schedule) -> dict[str, dict[int, int]]:
    """Return persons by direction and arc, over all hours; empty rides carry nobody."""
    found: dict[str, dict[int, int]] = {}

    def add(direction: str, route: int, persons: int) -> None:
        counted = found.setdefault(direction, {})
        for arc in schedule.routes[route].arcs:
            counted[arc] = counted.get(arc, 0) + persons

    for stream in schedule.cars:
        add(stream.direction, stream.route, sum(car.persons for car in stream.departures))
    for chain in schedule.vehicles:
        for leg in chain.legs:
            for load in leg.load:
                add(load.direction, leg.route, load.persons)
    return found


def flows(schedule: Schedule, ends: dict[int, Stretch]) -> Iterator[Flow]:
    """Yield the flows of a schedule, direction by direction; `ends` are tail and head of each arc."""
    for direction, counted in sorted(persons_by_arc(schedule).items()):
        used = {arc: persons for arc, persons in counted.items() if persons}
        yield from _joined(direction, used, ends)


def differing(before: Schedule, after: Schedule, ends: dict[int, Stretch]) -> Iterator[Flow]:
    """Yield where more (positive) or fewer persons travel in the second of two schedules of one network."""
    one, two = persons_by_arc(before), persons_by_arc(after)
    for direction in sorted({*one, *two}):
        was, now = one.get(direction, {}), two.get(direction, {})
        change = {arc: now.get(arc, 0) - was.get(arc, 0) for arc in {*was, *now}}
        yield from _joined(direction, {arc: persons for arc, persons in change.items() if persons}, ends)


def _joined(direction: str, used: dict[int, int], ends: dict[int, Stretch]) -> Iterator[Flow]:
    """Join arcs of one number where nothing joins or leaves between them."""
    out: dict[int, list[int]] = {}
    into: dict[int, list[int]] = {}
    for arc in sorted(used):
        tail, head = ends[arc]
        out.setdefault(tail, []).append(arc)
        into.setdefault(head, []).append(arc)

    def after(arc: int) -> int | None:
        head = ends[arc][1]
        on = out.get(head, [])
        if len(on) != 1 or len(into[head]) != 1 or used[on[0]] != used[arc]:
            return None
        return on[0] if ends[on[0]][1] != ends[arc][0] else None

    follows = {after(arc) for arc in used}
    done: set[int] = set()
    # Rings have no first arc: what is left after the open chains begins at its lowest.
    for first in (*(arc for arc in sorted(used) if arc not in follows), *sorted(used)):
        chain: list[int] = []
        here: int | None = first
        while here is not None and here not in done:
            done.add(here)
            chain.append(here)
            here = after(here)
        if chain:
            yield Flow(direction=direction, persons=used[first], arcs=tuple(chain))
