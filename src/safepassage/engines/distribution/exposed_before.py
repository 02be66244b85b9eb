"""What crews were exposed to before a plan goes on, on trips of their day that are over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from safepassage.domain.aid.distribution import AidPlan
from safepassage.domain.plan import Waits
from safepassage.domain.timed_network import TimedNetwork
from safepassage.engines.distribution.crew_under_way import exposed
from safepassage.engines.distribution.onward import Gone, trips_of

Drive = tuple[tuple[int, ...], int, Waits]
"""A way, when it was departed, and the waits on it."""


def with_exposure(past: Gone, earlier: AidPlan, network: TimedNetwork) -> Gone:
    """Return what had left with the exposure of crews on trips that are over, by hazards as known now.

    Each trip counts once, in the first plan that goes on after its end.
    """
    trucks = dict(past.trucks)
    for name, (arcs, depart_s, waits) in _over(past, earlier):
        before = trucks[name]
        own = exposed(network, (arcs, waits), depart_s, depart_s)
        trucks[name] = replace(before, exposure_ppm_s=before.exposure_ppm_s + own)
    return replace(past, trucks=trucks)


def _over(past: Gone, earlier: AidPlan) -> Iterator[tuple[str, Drive]]:
    """Yield what trucks drove on trips that are over and had not been before."""
    for trip in earlier.since.trips if earlier.since is not None else ():
        if trip.over_s <= past.now_s:
            for one in trip.legs:
                yield trip.truck, (one.arcs, one.depart_s, one.waits)
    for chain in earlier.trucks:
        for legs in trips_of(chain, earlier):
            if legs[0] in past.legs.get(chain.id, ()) and legs[-1].arrive_s <= past.now_s:
                for leg in legs:
                    yield chain.id, (earlier.routes[leg.route].arcs, leg.depart_s, leg.waits)
