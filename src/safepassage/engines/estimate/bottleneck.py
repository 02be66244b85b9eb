"""What limits a plan, in words: which roads, how much they carry, who depends on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from safepassage.domain.plan import Certificate, Schedule
from safepassage.domain.planning_problem import PlanningProblem

PPM = 1_000_000
MVEH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """One road of a bottleneck: its arcs, vehicles (or persons) per hour, persons of the plan on them."""

    name: str
    arcs: tuple[int, ...]
    vehicles_h: int
    persons_h: int
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottleneck:
    """The cut behind the bound: its roads, the busiest first, and the share of all people who cross it.

    `vehicles_h` are those of all its roads; without roads it is distance that limits, from `places` on.
    """

    roads: tuple[Road, ...]
    vehicles_h: int
    persons_h: int
    persons: int
    share_ppm: int
    places: tuple[str, ...]


def bottleneck(
    problem: PlanningProblem, schedule: Schedule, direction: str,
    cuts: Mapping[str, tuple[tuple[int, ...], tuple[str, ...]]], certificate: Certificate,
) -> Bottleneck | None:  # fmt: skip
    """Return the roads of the cut that proves a direction's bound, None without a bound.

    Parameters
    ----------
    cuts
        By bound id: the arcs that the cut counts and the places behind it.
    """
    mine = [b for b in certificate.bounds if b.direction == direction]
    best = max(mine, key=lambda b: (b.clearance_s, b.id), default=None)
    if best is None:
        return None
    arcs, places = cuts.get(best.id, ((), ()))
    carried = persons_by_arc(schedule, direction)
    labels = problem.network.arcs.label
    by_name: dict[str, list[int]] = {}
    for arc in arcs:
        by_name.setdefault(str(labels[arc]), []).append(arc)
    roads = [_road(problem, name, tuple(group), carried) for name, group in by_name.items()]
    roads = sorted((r for r in roads if r.persons), key=lambda r: (-r.persons, r.name))
    crossing = _crossing(schedule, direction, frozenset(arcs))
    total = sum(row.persons for row in problem.demand if row.direction == direction)
    return Bottleneck(
        roads=tuple(roads), vehicles_h=sum(r.vehicles_h for r in roads),
        persons_h=sum(r.persons_h for r in roads), persons=crossing,
        share_ppm=crossing * PPM // total if total else 0, places=places,
    )  # fmt: skip


def persons_by_arc(schedule: Schedule, direction: str) -> dict[int, int]:
    """Return decided persons of a direction on each arc, by car and over links."""
    found: dict[int, int] = {}
    for arcs, persons in _journeys(schedule, direction):
        for arc in arcs:
            found[arc] = found.get(arc, 0) + persons
    return found


def _journeys(schedule: Schedule, direction: str) -> list[tuple[tuple[int, ...], int]]:
    rows = [
        (schedule.routes[s.route].arcs, sum(d.persons for d in s.departures))
        for s in schedule.cars if s.direction == direction and not s.reserve
    ]  # fmt: skip
    for vehicle in schedule.vehicles:
        for leg in vehicle.legs:
            persons = sum(i.persons for i in leg.load if i.direction == direction and not i.reserve)
            rows.append((schedule.routes[leg.route].arcs, persons))
    for ride in schedule.link_rides:
        persons = sum(i.persons for i in ride.load if i.direction == direction and not i.reserve)
        rows.append(((ride.arc,), persons))
    return [(arcs, persons) for arcs, persons in rows if persons]


def _crossing(schedule: Schedule, direction: str, cut: frozenset[int]) -> int:
    return sum(n for arcs, n in _journeys(schedule, direction) if not cut.isdisjoint(arcs))


def _road(problem: PlanningProblem, name: str, arcs: tuple[int, ...], carried: Mapping[int, int]) -> Road:
    columns, profiles = problem.network.arcs, problem.network.profiles
    vehicles = persons_h = 0
    for arc in arcs:
        if not carried.get(arc):
            continue
        pieces = profiles.get(arc)
        best = max(p.capacity_mveh_h for p in pieces) if pieces else int(columns.capacity_mveh_h[arc])
        if int(columns.persons_h[arc]) >= 0:
            persons_h += int(columns.persons_h[arc])
        else:
            vehicles += best // MVEH
    return Road(
        name=name, arcs=arcs, vehicles_h=vehicles, persons_h=persons_h,
        persons=sum(carried.get(arc, 0) for arc in arcs),
    )  # fmt: skip


NAMED = 3
"""Roads that a sentence names before it says "and n more"."""
NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def in_words(problem: PlanningProblem, limit: Bottleneck, bridges: frozenset[int]) -> str:
    """Return the bottleneck as one sentence without a full stop."""
    if not limit.roads:
        names = {p.id: p.name for p in problem.places}
        who = names[limit.places[0]] if limit.places else "the far end of the area"
        return f"distance alone: from {who} it takes that long on empty roads"
    arcs = [arc for road in limit.roads for arc in road.arcs]
    kind = "bridge" if all(arc in bridges for arc in arcs) else "road"
    count = len(limit.roads)
    number = NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"
    shown = ", ".join(r.name for r in limit.roads[:NAMED])
    more = f" and {count - NAMED:,} more" if count > NAMED else ""
    share = limit.share_ppm / 10_000
    percent = f"{share:.0f}" if share >= 1 else "under 1"
    these = f"this {kind}" if count == 1 else f"these {number} {kind}s"
    verb = "depend on" if count == 1 else "share"
    rates = [f"{limit.vehicles_h:,} vehicles/hour"] if limit.vehicles_h else []
    rates += [f"{limit.persons_h:,} persons/hour"] if limit.persons_h else []
    return (
        f"{percent} % of the people {verb} {these} ({shown}{more}): {' and '.join(rates) or 'by timetable'}"
    )
