"""The crew of a truck under way: what it has done by now on its trip, and whether it may drive so far on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from safepassage.domain.aid.distribution import AidProblem, TruckDay, TruckSoFar
from safepassage.domain.aid.under_way import Trip, TripLeg
from safepassage.domain.history import entries
from safepassage.domain.plan import Waits
from safepassage.domain.timed_network import TimedNetwork
from safepassage.engines.distribution.crew_hours import Crew

MG_PER_G = 1_000


class Run(NamedTuple):
    """From and until when a truck is under way."""

    depart_s: int
    arrive_s: int


def handled_s(trip: Trip, problem: AidProblem) -> dict[str, int]:
    """Return by leg how long is unloaded at its end; where nothing is, all is loaded."""
    mass_g, rules = {good.id: good.mass_g for good in problem.goods}, problem.rules
    mg: dict[str, int] = {}
    for row in trip.goods:
        mg[row.leg] = mg.get(row.leg, 0) + row.milli * mass_g[row.commodity]
    whole = -(-sum(mg.values()) // MG_PER_G)
    return {
        leg.id: rules.unloading_s(-(-mg[leg.id] // MG_PER_G)) if leg.id in mg else rules.loading_s(whole)
        for leg in trip.legs[:-1]
    }


def begun(trip: Trip, truck: TruckDay, so_far: TruckSoFar, problem: AidProblem) -> Crew:
    """Return a crew as it begins a trip, given what it has done at the end of it as announced.

    Where it has a break on the trip, as much as it may have driven without one before that is assumed.
    """
    driven_s, handling_s = 0, handled_s(trip, problem)
    since_s = so_far.unbroken_s - _driven_s(trip.legs)
    for leg, following in pairwise(trip.legs):
        driven_s += leg.arrive_s - leg.depart_s
        if following.depart_s - leg.arrive_s - handling_s[leg.id] >= truck.break_s:
            since_s = truck.break_after_s - driven_s
            break
    return Crew(so_far.works_from_s, so_far.driven_s - _driven_s(trip.legs), max(0, since_s))


def driven_by(crew: Crew, truck: TruckDay, legs: Sequence[TripLeg], handling_s: dict[str, int]) -> Crew:
    """Return a crew at the end of the first legs of its trip."""
    ready_s = legs[0].depart_s if legs else 0
    for leg in legs:
        crew = crew.after(truck, ready_s, leg)
        ready_s = leg.arrive_s + handling_s.get(leg.id, 0)
    return crew


def fits(crew: Crew, truck: TruckDay, so_far: TruckSoFar, run: Any) -> bool:
    """Tell whether a crew keeps to its hours up to the end of a run that is counted in already."""
    on_duty = truck.max_duty_s < 0 or run.arrive_s - so_far.began_s <= truck.max_duty_s
    return on_duty and run.arrive_s <= truck.available_until_s and crew.fit(truck, run)


def exposed(network: TimedNetwork, way: tuple[tuple[int, ...], Waits], since_s: int, depart_s: int) -> int:
    """Return the exposure (ppm s) of one person on a way with waits; each counts with the road waited for."""
    found, (arcs, waits) = 0, way
    for arc, (_, left_s) in zip(arcs, entries(network, arcs, depart_s, waits), strict=True):
        for piece in network.hazard.get(arc, ()):
            found += piece.ppm * max(0, min(left_s, piece.until_s) - max(since_s, piece.from_s))
        since_s = left_s
    return found


def _driven_s(legs: Sequence[TripLeg]) -> int:
    return sum(leg.arrive_s - leg.depart_s for leg in legs)
