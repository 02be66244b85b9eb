"""The best trips for the stops of a few, exactly, and which truck drives each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.tours.few_stops import MOST_STOPS, Limits, best_rounds

Int64 = NDArray[np.int64]
PAIR_STOPS = 10
"""Two trips of so many stops together are looked at, at most."""
NEAREST = 4
"""So many trips that lie nearest are tried beside each."""


class Trip(NamedTuple):
    """A trip of a truck: its stops in order, by number, and the seconds it drives."""

    truck: str
    stops: tuple[int, ...]
    seconds: int


class Stops(NamedTuple):
    """Stops from one depot by number.

    `cost` (n + 1, n + 1) are seconds of ways, from the base by way of the depot in row 0 and to the base in
    column 0; `loads` (n, 3) mass, volume and seconds of handling; `load_s` is the base of loading.
    """

    cost: Int64
    loads: Int64
    limits: Limits
    load_s: int


def trip_of(truck: str, order: Sequence[int], stops: Stops) -> Trip:
    """Return a trip of a truck to stops in order."""
    way = [0, *(stop + 1 for stop in order), 0]
    return Trip(truck, tuple(order), int(stops.cost[way[:-1], way[1:]].sum()))


def bettered(trips: Sequence[Trip], stops: Stops, left_s: dict[str, int]) -> list[Trip]:
    """Return trips to the same stops on less driving: all anew where they are few, else two after two.

    Parameters
    ----------
    left_s : seconds that are left of the day of each truck beside these trips; kept up to date.
    """
    found = list(trips)
    if sum(len(trip.stops) for trip in trips) <= MOST_STOPS:
        return _anew(found, stops, left_s) or found
    tried: set[tuple[Trip, Trip]] = set()
    while True:
        for pair in _pairs(found, stops):
            better = [] if pair in tried else _anew(pair, stops, left_s)
            tried.add(pair)
            if better:
                found = [trip for trip in found if trip not in pair] + better
                break
        else:
            return found


def _pairs(trips: Sequence[Trip], stops: Stops) -> Iterator[tuple[Trip, Trip]]:
    """Yield two trips whose stops are few enough, each beside those that come nearest to one of its own."""
    near: set[tuple[int, int]] = set()
    apart: dict[int, list[tuple[int, int]]] = {k: [] for k in range(len(trips))}
    for a, b in combinations(range(len(trips)), 2):
        if len(trips[a].stops) + len(trips[b].stops) <= PAIR_STOPS:
            one, other = (np.array(trips[k].stops) + 1 for k in (a, b))
            away = int(stops.cost[np.ix_(one, other)].min())
            apart[a].append((away, b))
            apart[b].append((away, a))
    for a, rows in apart.items():
        near |= {(min(a, b), max(a, b)) for _, b in sorted(rows)[:NEAREST]}
    for a, b in sorted(near):
        yield trips[a], trips[b]


def _anew(trips: Sequence[Trip], stops: Stops, left_s: dict[str, int]) -> list[Trip]:
    """Return the best trips to the stops of some; none where they save nothing or their trucks are late."""
    rows = np.array([stop for trip in trips for stop in trip.stops], dtype=np.int64)
    ends = np.append(0, rows + 1)
    rounds = best_rounds(stops.cost[np.ix_(ends, ends)], stops.loads[rows], stops.limits)
    ways = [trip_of("", rows[order].tolist(), stops) for order in rounds]
    if not ways or sum(way.seconds for way in ways) >= sum(trip.seconds for trip in trips):
        return []
    left = {trip.truck: left_s[trip.truck] for trip in trips}
    for trip in trips:
        left[trip.truck] += _takes_s(trip, stops)
    found: list[Trip] = []
    for way in sorted(ways, key=lambda way: (-_takes_s(way, stops), way)):
        truck = max(sorted(left), key=left.__getitem__)
        left[truck] -= _takes_s(way, stops)
        found.append(way._replace(truck=truck))
    if min(left.values()) < 0:
        return []
    left_s.update(left)
    return found


def _takes_s(trip: Trip, stops: Stops) -> int:
    """Return what a trip takes of the day of its truck."""
    return trip.seconds + stops.load_s + int(stops.loads[list(trip.stops), 2].sum())
