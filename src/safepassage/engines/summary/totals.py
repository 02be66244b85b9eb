"""Who arrives when and how exposed, added up per direction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from safepassage.domain.case import Group
from safepassage.domain.plan import Certificate, DirectionSummary, JointSummary, Leg, Load, Schedule, Waits
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.timed_network import LAYERS, HazardPiece, TimedNetwork

PPM = 1_000_000


@dataclass(slots=True)
class Totals:
    """One direction: (decided persons, last arrival) by group, their exposure; persons reserved for."""

    reserved: int = 0
    arrival_person_s: int = 0
    exposure_person_ppm_s: int = 0
    by_group: dict[str, tuple[int, int]] = field(default_factory=dict)

    def arrive(self, group: str, persons: int, at_s: int) -> None:
        """Count an arrival at a site."""
        served, last_s = self.by_group.get(group, (0, 0))
        self.by_group[group] = (served + persons, max(last_s, at_s))
        self.arrival_person_s += persons * at_s

    @property
    def served(self) -> int:
        """Decided persons who arrive."""
        return sum(n for n, _ in self.by_group.values())

    @property
    def clearance_s(self) -> int | None:
        """When the last of them arrives, None if nobody does."""
        return max((t for _, t in self.by_group.values()), default=None)


class Walk:
    """A run over a network: when each arc is reached, entered and left."""

    def __init__(self, network: TimedNetwork) -> None:
        self._network = network
        self._travel_s = network.arcs.travel_s.tolist()
        self._known: dict[tuple[int, ...], tuple[int | None, bool]] = {}

    def _route(self, arcs: tuple[int, ...]) -> tuple[int | None, bool]:
        """Return (time of a run without waits, None if it depends on the hour; whether a hazard is on it)."""
        if arcs not in self._known:
            network = self._network
            steady = not any(arc in network.profiles for arc in arcs)
            duration = sum(self._travel_s[arc] for arc in arcs) if steady else None
            self._known[arcs] = (duration, any(arc in network.hazard for arc in arcs))
        return self._known[arcs]

    def steps(self, arcs: tuple[int, ...], depart_s: int, waits: Waits) -> Iterable[tuple[int, int, int]]:
        """Yield (arc, reached, left) for each arc, waiting included."""
        t, waited = depart_s, dict(waits)
        for position, arc in enumerate(arcs):
            entered = t + waited.get(position, 0)
            left = entered + self._travel(arc, entered)
            yield arc, t, left
            t = left

    def _travel(self, arc: int, t: int) -> int:
        pieces = self._network.profiles.get(arc)
        if pieces is None:
            return int(self._travel_s[arc])
        return next((p.travel_s for p in pieces if p.from_s <= t < p.until_s), pieces[-1].travel_s)

    def exposure_ppm_s(
        self, arcs: tuple[int, ...], depart_s: int, waits: Waits, since_s: int | None = None
    ) -> int:
        """Return the exposure of one person, who waits for the first arc since `since_s`."""
        hazard = self._network.hazard
        if not self._route(arcs)[1]:
            return 0
        total = 0
        for position, (arc, reached, left) in enumerate(self.steps(arcs, depart_s, waits)):
            start = since_s if position == 0 and since_s is not None else reached
            total += sum(_overlap(piece, start, left) for piece in hazard.get(arc, ()))
        return total

    def arrive_s(self, arcs: tuple[int, ...], depart_s: int, waits: Waits) -> int:
        """Return when the last arc is left."""
        duration_s = self._route(arcs)[0]
        if duration_s is not None:
            return depart_s + duration_s + sum(wait_s for _, wait_s in waits)
        t = depart_s
        for _arc, _reached, left in self.steps(arcs, depart_s, waits):
            t = left
        return t


def _overlap(piece: HazardPiece, start: int, end: int) -> int:
    return piece.ppm * max(0, min(end, piece.until_s) - max(start, piece.from_s))


def totals(problem: PlanningProblem, schedule: Schedule) -> dict[str, Totals]:
    """Return totals by direction id."""
    found = {name: Totals() for name, _ in problem.directions}
    walk = Walk(problem.network)
    _add_cars(found, schedule, walk)
    arrivals: dict[str, int] = {}
    for arcs, leg in loaded_legs(schedule, walk):
        arrivals[leg.id] = leg.arrive_s
        for item in leg.load:
            _add_item(found[item.direction], item, leg, arcs, walk, arrivals)
    return found


def loaded_legs(schedule: Schedule, walk: Walk) -> list[tuple[tuple[int, ...], Leg]]:
    """Return (arcs, leg) of legs with people aboard, in order of time; a link ride is a leg, too."""
    rides: list[tuple[tuple[int, ...], Leg]] = [
        (schedule.routes[leg.route].arcs, leg) for v in schedule.vehicles for leg in v.legs if leg.load
    ]
    for ride in schedule.link_rides:
        arrive_s = walk.arrive_s((ride.arc,), ride.depart_s, ())
        leg = Leg(id=ride.id, route=-1, depart_s=ride.depart_s, waits=(), arrive_s=arrive_s, load=ride.load)
        rides.append(((ride.arc,), leg))
    return sorted(rides, key=lambda row: (row[1].depart_s, row[1].arrive_s, row[1].id))


def _add_cars(found: dict[str, Totals], schedule: Schedule, walk: Walk) -> None:
    for stream in schedule.cars:
        arcs = schedule.routes[stream.route].arcs
        total = found[stream.direction]
        for car in stream.departures:
            if stream.reserve:
                total.reserved += car.persons if stream.site else 0
                continue
            if stream.site:
                arrive_s = walk.arrive_s(arcs, car.depart_s, car.waits)
                total.arrive(str(Group.OWN_VEHICLE), car.persons, arrive_s)
            exposure = walk.exposure_ppm_s(arcs, car.depart_s, car.waits)
            total.exposure_person_ppm_s += car.persons * exposure


def _add_item(
    total: Totals, item: Load, leg: Leg, arcs: tuple[int, ...], walk: Walk, arrivals: dict[str, int]
) -> None:
    if item.reserve:
        total.reserved += item.persons if item.site else 0
        return
    since = arrivals.get(item.after) if item.after else None
    total.exposure_person_ppm_s += item.persons * walk.exposure_ppm_s(arcs, leg.depart_s, leg.waits, since)
    if item.site:
        total.arrive(item.group, item.persons, leg.arrive_s)


def direction_summaries(
    problem: PlanningProblem, schedule: Schedule, found: dict[str, Totals], certificate: Certificate
) -> tuple[DirectionSummary, ...]:
    """Return what the plan does per direction beside what no plan can better."""
    layers = exposure_layers(problem, schedule)
    return tuple(
        replace(
            _summary(problem, schedule, key, name, found[key], certificate),
            exposure_layers=None if layers is None else layers[key],
        )
        for key, name in problem.directions
    )


def exposure_layers(problem: PlanningProblem, schedule: Schedule) -> dict[str, tuple[int, int, int]] | None:
    """Return the exposure of each direction in the low, central and high layer."""
    network = problem.network
    if not network.events:
        return None
    sums = {}
    for layer in LAYERS:
        under = replace(problem, network=replace(network, hazard=network.hazard_in(layer)))
        sums[layer] = {key: t.exposure_person_ppm_s for key, t in totals(under, schedule).items()}
    low, central, high = (sums[layer] for layer in LAYERS)
    return {key: (low[key], central[key], high[key]) for key, _ in problem.directions}


def joint_summary(
    problem: PlanningProblem,
    schedule: Schedule,
    found: dict[str, Totals],
    certificate: Certificate,
    directions: tuple[DirectionSummary, ...],
) -> JointSummary:
    """Return what the plan takes for all directions together beside what no plan can better."""
    unserved = sum(row.persons for row in schedule.unserved)
    person_s = unserved * problem.network.horizon_s + sum(t.arrival_person_s for t in found.values())
    priced = max((b.person_seconds for b in certificate.priced), default=0)
    bound = max(priced, sum(_waited_s(problem, key, certificate) for key, _ in problem.directions)) or None
    last = max((d.clearance_s for d in directions if d.clearance_s is not None), default=None)
    last_bound = max(
        (d.clearance_bound_s for d in directions if d.clearance_bound_s is not None), default=None
    )
    return JointSummary(
        person_seconds=person_s, person_seconds_bound=bound, person_seconds_gap_ppm=_gap(person_s, bound),
        last_arrival_s=last, last_arrival_bound_s=last_bound, last_arrival_gap_ppm=_gap(last, last_bound),
    )  # fmt: skip


def _waited_s(problem: PlanningProblem, direction: str, certificate: Certificate) -> int:
    """Return the least sum of all arrivals of a direction that the arrival envelope leaves.

    In each second those wait who cannot have arrived by then: by a point of the envelope, or by a later one.
    """
    demand = sum(
        row.persons for row in problem.demand if row.direction == direction and row.basis != "assumption"
    )
    rows = sorted((p.t_s, p.persons_at_most) for p in certificate.envelope if p.direction == direction)
    if not rows:
        return 0
    t_s, most = np.array(rows, dtype=np.int64).T
    waiting = demand - np.minimum(demand, np.minimum.accumulate(most[::-1])[::-1])
    until_s = np.minimum(t_s, problem.network.horizon_s - 1)
    return int((waiting * np.diff(until_s, prepend=-1)).sum())


def _gap(value: int | None, bound: int | None) -> int | None:
    return None if value is None or not bound else (value - bound) * PPM // bound


def _summary(
    problem: PlanningProblem, schedule: Schedule, key: str, name: str, total: Totals, certificate: Certificate
) -> DirectionSummary:
    demand: dict[str, int] = {}
    for row in problem.demand:
        if row.direction == key and row.basis != "assumption":
            demand[row.place] = demand.get(row.place, 0) + row.persons
    missing: dict[str, int] = {}
    for unserved in schedule.unserved:
        if unserved.direction == key:
            missing[unserved.place] = missing.get(unserved.place, 0) + unserved.persons
    clearance = total.clearance_s
    best = max(
        (b for b in certificate.bounds if b.direction == key), key=lambda b: b.clearance_s, default=None
    )
    bound = best.clearance_s if best is not None and clearance is not None else None
    last = max((p for p in certificate.envelope if p.direction == key), key=lambda p: p.t_s, default=None)
    total_demand = sum(demand.values())
    return DirectionSummary(
        name=name, persons_demand=total_demand, persons_served=total.served,
        persons_unserved=sum(missing.values()), persons_reserved=total.reserved,
        clearance_s=clearance, clearance_bound_s=bound,
        gap_ppm=None if bound is None or clearance is None else (clearance - bound) * PPM // bound,
        bound_kind=best.kind if best is not None and bound is not None else "",
        unserved_bound=0 if last is None else total_demand - last.persons_at_most,
        exposure_person_ppm_s=total.exposure_person_ppm_s,
        min_share_ppm=min(((n - missing.get(p, 0)) * PPM // n for p, n in demand.items() if n), default=PPM),
    )  # fmt: skip
