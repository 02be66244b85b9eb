"""Trips of trucks with the way they drive by least times, before they are booked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from safepassage.domain.aid.distribution import G_PER_T, TruckDay
from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.options import MG_PER_KG, UL_PER_L
from safepassage.engines.distribution.standing import Planned, Stop
from safepassage.kernels.tours.single_moves import in_order

OWN_TRIP = 0.001
"""Once all is planned no further trip sets out for less than this part of the worth of each of its places."""


@dataclass(slots=True)
class Way:
    """A trip of a truck in one order of its stops, with the seconds it drives from its depot on.

    The truck is ready from a second on: before, roads on the way are closed.
    """

    truck: TruckDay
    depot: int
    stops: list[Stop]
    seconds: int
    from_s: int = 0

    def planned(self) -> Planned:
        """Return the trip as it is booked."""
        return Planned(self.depot, tuple(self.stops), self.from_s)


def planned_of(ways: Iterable[Way]) -> dict[str, list[Planned]]:
    """Return trips by truck, in their order."""
    found: dict[str, list[Planned]] = {}
    for way in ways:
        found.setdefault(way.truck.id, []).append(way.planned())
    return found


def room(before: Dispatcher, way: Way) -> tuple[int, int]:
    """Return the mg and µl that a truck has free on a trip."""
    mg, ul = size(before, way.stops)
    return way.truck.payload_kg * MG_PER_KG - mg, way.truck.volume_l * UL_PER_L - ul


def size(before: Dispatcher, stops: Sequence[Stop]) -> tuple[int, int]:
    """Return the mg and µl that stops unload."""
    both = [(item.milli, before.left.good(item.need)) for stop in stops for item in stop.items]
    return sum(n * good.mass_g for n, good in both), sum(n * good.volume_ml for n, good in both)


def handling_s(before: Dispatcher, truck: TruckDay, stops: Sequence[Stop]) -> int:
    """Return the seconds that loading and unloading what stops get take of a truck like this at most."""
    rules, grams = before.problem.rules, before.left.mass_g([i for stop in stops for i in stop.items])
    per_t_s = truck.share(rules.load_s_per_t + rules.unload_s_per_t)
    return len(stops) * rules.unload_base_s + -(-grams * per_t_s // G_PER_T)


def together(stops: Iterable[Stop]) -> list[Stop]:
    """Return the stops of trips, once for each place."""
    found: dict[str, Stop] = {}
    for stop in stops:
        if stop.place in found:
            found[stop.place].items.extend(stop.items)
        else:
            found[stop.place] = Stop(stop.node, stop.place, list(stop.items))
    return list(found.values())


def as_driven(before: Dispatcher, truck: TruckDay, depot: int, stops: Sequence[Stop], from_s: int = 0) -> Way:
    """Return a trip with its stops in their order."""
    cost = np.array(before.times.table(truck, [depot, *(stop.node for stop in stops), truck.base_node]))
    return Way(truck, depot, list(stops), int(np.diagonal(cost, 1).sum()), from_s)


def in_best_order(before: Dispatcher, truck: TruckDay, depot: int, stops: Sequence[Stop]) -> Way:
    """Return a trip with its stops in an order that no single move betters."""
    cost = before.times.table(truck, [depot, *(stop.node for stop in stops), truck.base_node])
    order, seconds = in_order(cost)
    return Way(truck, depot, [stops[k - 1] for k in order], seconds)
