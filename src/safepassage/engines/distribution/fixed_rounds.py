"""The same stops on the least driving that a search by ruin and recreate finds, by least times.

All trips of trucks alike are looked at together, those that load away from the base as well: what a stop gets
keeps the depot from which it comes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.aid.distribution import TruckDay
from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.sequence import crews_of, kind_of
from safepassage.engines.distribution.standing import Stop
from safepassage.engines.distribution.trip_ways import Way, as_driven, handling_s, room, size, together
from safepassage.kernels.tours.day_rounds import rounds_in_a_day
from safepassage.kernels.tours.rounds import Orders, Round, Trip, TruckKind

Int64 = NDArray[np.int64]
STEPS_A_STOP = 300
G_PER_KG, MG_PER_G = 1_000, 1_000


def fewer_seconds(before: Dispatcher, ways: Sequence[Way], trucks: Sequence[TruckDay]) -> list[Way]:
    """Return trips to the same stops, from the same depots, on less driving; the given ones without any.

    Parameters
    ----------
    ways : trips of trucks that are alike but for their hours.
    trucks : all such trucks of the day.
    """
    crews = crews_of(before.problem, trucks, before.windows)
    calls = [(way.depot, stop) for way in ways for stop in way.stops]
    base = trucks[0].base_node
    depots = [base, *sorted({depot for depot, _ in calls} - {base})]
    rules, kinds = before.problem.rules, [_kind(before, crew, len(depots)) for crew in crews]
    goods = np.array([[int(depot == there) for there in depots] for depot, _ in calls], dtype=np.int64)
    orders, table = _orders(before, [stop for _, stop in calls], trucks[0], depots)
    rounds = rounds_in_a_day(
        orders, kinds, [table], goods=goods, stock=np.zeros((len(depots), len(depots)), dtype=np.int64),
        bases_s=(rules.load_base_s, rules.unload_base_s), effort=(STEPS_A_STOP * len(calls), 0),
        begun=_begun(ways, crews, depots),
    )  # fmt: skip
    found = _ways(before, (rounds, crews), calls, depots)
    whole = sum(len(trip.orders) for one in rounds for trip in one.trips) == len(calls)
    holds = whole and all(min(room(before, way)) >= 0 for way in found)
    return found if holds and sum(_from_base_s(before, way) for way in found) < sum(
        _from_base_s(before, way) for way in ways
    ) else list(ways)  # fmt: skip


def _from_base_s(before: Dispatcher, way: Way) -> int:
    """Return the seconds a trip drives, with the way to its depot."""
    return before.way_s(way.truck, way.truck.base_node, way.depot) + way.seconds


def _kind(before: Dispatcher, crew: Sequence[TruckDay], depots: int) -> TruckKind:
    """Return trucks in the words of the search, in grams and millilitres."""
    kind = kind_of(before.problem, crew, before.windows, (0, tuple(range(depots)), 0))
    return kind._replace(mass_kg=kind.mass_kg * G_PER_KG, volume_l=kind.volume_l * G_PER_KG, handled=1_000)


def _orders(
    before: Dispatcher, calls: Sequence[Stop], truck: TruckDay, depots: Sequence[int]
) -> tuple[Orders, Int64]:
    """Return stops as orders that are kept, and the least seconds between depots and places."""
    rules = before.problem.rules
    sizes = np.array([size(before, [stop]) for stop in calls], dtype=np.int64).reshape(-1, 2)
    node = {stop.place: stop.node for stop in calls}
    position = {place: k for k, place in enumerate(node)}
    table = np.array(before.times.table(truck, [*depots, *node.values()]), dtype=np.int64)
    table[:, len(depots) :] += rules.unload_base_s
    np.fill_diagonal(table, 0)
    return Orders(
        stop=np.array([position[stop.place] for stop in calls], dtype=np.int64),
        mass_kg=-(-sizes[:, 0] // MG_PER_G), volume_l=-(-sizes[:, 1] // MG_PER_G),
        handling_s=np.array(
            [handling_s(before, truck, [stop]) - rules.unload_base_s for stop in calls], dtype=np.int64
        ),
        prize=np.full(len(calls), -1),
    ), table  # fmt: skip


def _begun(ways: Sequence[Way], crews: Sequence[Sequence[TruckDay]], depots: Sequence[int]) -> list[Round]:
    """Return trips in the words of the search."""
    numbers = iter(range(sum(len(way.stops) for way in ways)))
    trips: dict[str, list[Trip]] = {}
    for way in ways:
        orders = tuple(next(numbers) for _ in way.stops)
        trips.setdefault(way.truck.id, []).append(Trip(depots.index(way.depot), orders))
    return [
        Round(kind, tuple(trips[truck.id]))
        for kind, crew in enumerate(crews) for truck in crew if truck.id in trips
    ]  # fmt: skip


def _ways(
    before: Dispatcher,
    found: tuple[Sequence[Round], Sequence[Sequence[TruckDay]]],
    calls: Sequence[tuple[int, Stop]],
    depots: Sequence[int],
) -> list[Way]:
    """Return the trips of rounds, of each truck those from its base first, the heaviest of them first."""
    rounds, crews = found
    free, ways = [iter(crew) for crew in crews], list[Way]()
    for one in rounds:
        truck = next(free[one.kind])
        for trip in one.trips:
            stops = together(calls[k][1] for k in trip.orders)
            ways.append(as_driven(before, truck, depots[trip.depot], stops))
    return sorted(ways, key=lambda way: (way.depot != way.truck.base_node, -size(before, way.stops)[0]))
