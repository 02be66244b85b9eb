"""Rounds of trucks that reload on the way, where stops have hours: which orders, in which sequence.

PyVRP's iterated local search finds them (Wouda, Lan and Kool, "PyVRP: a high-performance VRP solver package",
2024, doi:10.1287/ijoc.2023.0055): several trips with reloading, unlike trucks, orders left for their prize.
Nothing is proved here. The search ends after so many steps, so that the same input gives the same rounds.
Rounds of a day without hours are found by `day_rounds`, in the same words.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
MOST_RELOADS = 8
ANY_TIME_S = np.iinfo(np.int64).max
NO_LIMIT_S = 2**40
WHOLE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Orders:
    """Orders as columns (n,): at which stop, how heavy and large, how long handled, what they are worth.

    `prize` is in seconds of trucks: an order is left out where it costs more, and never where it is -1.
    Kilograms and litres are rounded down, so that what just fits on a truck is not found to be too much.
    `hours` (n, 2) are the first and the last second in which handling begins; None means any.
    """

    stop: Int64
    mass_kg: Int64
    volume_l: Int64
    handling_s: Int64
    prize: Int64
    hours: Int64 | None = None


class TruckKind(NamedTuple):
    """So many trucks alike: base, room, hours, which table of times they go by, and where they load again.

    `driven` is the table of what is to be little: seconds on the road; below 0 all seconds of the day are.
    A driver is on the road for at most `drive_s`, and has a break of `break_s` for each `after_s` of these;
    `handled` of `WHOLE` parts of its time is what an order is handled for. Rounds that keep to hours
    (`rounds_of`) do not look at this.
    """

    trucks: int
    base: int
    mass_kg: int
    volume_l: int
    from_s: int
    until_s: int
    most_s: int
    table: int
    reloads: tuple[int, ...]
    driven: int = -1
    drive_s: int = NO_LIMIT_S
    after_s: int = NO_LIMIT_S
    break_s: int = 0
    handled: int = WHOLE


class Trip(NamedTuple):
    """A depot, and orders by position in the sequence in which they are unloaded."""

    depot: int
    orders: tuple[int, ...]


class Round(NamedTuple):
    """The trips of one truck of a kind, and the second from which it is loaded for the first."""

    kind: int
    trips: tuple[Trip, ...]
    from_s: int = 0


def rounds_of(
    orders: Orders,
    kinds: Sequence[TruckKind],
    tables_s: Sequence[Int64],
    *,
    depots: int,
    load_s: int,
    steps: int,
    begun: Sequence[Round] = (),
) -> list[Round]:
    """Return rounds that leave out as little as they can, then take little time.

    Parameters
    ----------
    tables_s : seconds between places, (depots + stops, depots + stops) each; the first are the depots.
    load_s : the base of loading, at the beginning of each trip.
    steps : so many steps of the search.
    begun : rounds to go on from; without any, the search makes its own.
    """
    if not len(orders.stop) or not kinds:
        return []
    import pyvrp  # noqa: PLC0415 - solvers load when first used
    from pyvrp.exceptions import PenaltyBoundWarning  # noqa: PLC0415
    from pyvrp.stop import MaxIterations  # noqa: PLC0415

    columns = (orders.stop, orders.mass_kg, orders.volume_l, orders.handling_s, orders.prize)
    any_time = np.tile(np.array([0, ANY_TIME_S]), (len(orders.stop), 1))
    hours = any_time if orders.hours is None else orders.hours
    clients = [
        pyvrp.Client(
            depots + stop, delivery=[kg, litres], service_duration=wait_s, prize=max(0, prize),
            required=prize < 0, tw_early=first_s, tw_late=last_s,
        )
        for stop, kg, litres, wait_s, prize, first_s, last_s in zip(
            *(column.tolist() for column in (*columns, *hours.T)), strict=True
        )
    ]  # fmt: skip
    driven = {kind.table: kind.driven for kind in kinds if kind.driven >= 0}
    few_s: list[Any] = [tables_s[driven.get(k, k)] for k in range(len(tables_s))]
    data = pyvrp.ProblemData(
        [pyvrp.Location(0, 0) for _ in tables_s[0]], clients,
        [pyvrp.Depot(k, service_duration=load_s) for k in range(depots)],
        [_vehicles(pyvrp, kind) for kind in kinds], few_s, list[Any](tables_s),
    )  # fmt: skip
    first = _solution(pyvrp, data, kinds, begun) if begun else None
    with warnings.catch_warnings():
        # Trucks that are full to the last kilogram make the search warn that little else is feasible.
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        found = pyvrp.solve(data, MaxIterations(steps), seed=0, collect_stats=False, initial_solution=first)
    return [_round(route) for route in found.best.routes()] if found.is_feasible() else []


def _vehicles(pyvrp: Any, kind: TruckKind) -> Any:
    return pyvrp.VehicleType(
        kind.trucks, capacity=[kind.mass_kg, kind.volume_l], start_depot=kind.base, end_depot=kind.base,
        tw_early=kind.from_s, tw_late=kind.until_s, shift_duration=kind.most_s,
        unit_distance_cost=int(kind.driven >= 0), unit_duration_cost=int(kind.driven < 0),
        profile=kind.table, reload_depots=list(kind.reloads), max_reloads=MOST_RELOADS,
    )  # fmt: skip


def _solution(pyvrp: Any, data: Any, kinds: Sequence[TruckKind], rounds: Sequence[Round]) -> Any:
    """Return rounds in the words of the search, which names neither the depot at the start nor at the end."""
    routes = []
    for one in rounds:
        acts: list[Any] = []
        for trip in one.trips:
            if acts or trip.depot != kinds[one.kind].base:
                acts.append(pyvrp.Activity(pyvrp.ActivityType.DEPOT, trip.depot))
            acts += [pyvrp.Activity(pyvrp.ActivityType.CLIENT, order) for order in trip.orders]
        routes.append(pyvrp.Route(data, acts, one.kind))
    return pyvrp.Solution(data, routes)


def _round(route: Any) -> Round:
    trips: list[tuple[int, list[int]]] = []
    for activity in route.schedule():
        if activity.is_depot():
            trips.append((activity.idx, []))
        else:
            trips[-1][1].append(activity.idx)
    served = tuple(Trip(depot, tuple(rows)) for depot, rows in trips if rows)
    return Round(route.vehicle_type(), served, int(route.start_time()))
