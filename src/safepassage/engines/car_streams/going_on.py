"""Cars of an announced plan that flows made, once a road closes: led round it, or led anew as flows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Int64
from safepassage.domain.plan import Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.timed_network import Piece, TimedNetwork
from safepassage.engines.car_streams.all_cars import by_car_alone
from safepassage.engines.car_streams.from_the_road import OnTheRoad, led_anew
from safepassage.engines.car_streams.live import live_streams, schedule_of_live
from safepassage.engines.car_streams.streams import car_roads
from safepassage.kernels.booking.live_cars import LiveCars

UNREACHABLE, CUT_OFF = "UNSERVED_UNREACHABLE", "UNSERVED_CUT_OFF"
SPARE_PERCENT = 150
"""Cars are led round within so much of the time in which all arrive, as announced or led anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedOn:
    """What becomes of an announced plan: those concerned led round, or all led anew (None: no flow)."""

    kept: Schedule
    fresh: Schedule | None


def lead_on(
    before: PlanningProblem,
    announced: Schedule,
    problem: PlanningProblem,
    *,
    reserves: bool,
    expired: Callable[[], bool] | None = None,
) -> LedOn | None:
    """Return how the cars of an announced plan go on after closures; None for any other news or plan.

    Kept are all cars that drive over none of the roads that close from now on. `problem` has the history of
    the announced plan, which answered `before`.
    """
    direction = _by_cars_still(before, announced, problem, reserves=reserves)
    if direction is None or problem.history is None:
        return None
    now_s = problem.history.now_s
    shut = _shut(before, problem, direction, now_s)
    if shut is None:
        return None
    told = _as_announced(before, problem, shut)
    try:
        live, place, persons = live_streams(told, announced, direction)
    except ValueError:
        # Roads carry less than they did: not only closures are to be dealt with.
        return None
    standing = OnTheRoad.of(live, place, persons, now_s)
    gone = _gone(problem.network, now_s)
    gone[shut] = True
    fresh = led_anew(_with_capacity(problem, ~gone), problem, direction, standing, expired)
    hours, kept = _hours(problem, now_s, (announced, fresh)), announced
    for until_s in hours:
        live, _, _ = live_streams(_until(told, until_s), announced, direction)
        live.closed |= ~car_roads(problem, direction) | gone
        kept = _led_round(problem, direction, live, (place, persons), (shut, now_s))
        if all(row.reason == UNREACHABLE for row in kept.unserved):
            break
    return LedOn(kept=kept, fresh=fresh)


def _led_round(
    problem: PlanningProblem, direction: str, live: LiveCars, who: tuple[Int64, Int64],
    shut_since: tuple[Int64, int],
) -> Schedule:  # fmt: skip
    """Return the schedule once those who were to drive over roads that shut are led round them."""
    if len(shut_since[0]):
        live.close(*shut_since)
    kept, reaches = schedule_of_live(problem, direction, live, *who), live.reaches()
    node = {place.id: place.node for place in problem.places}
    rows = tuple(
        row if row.reason == CUT_OFF or reaches[node[row.place]] else replace(row, reason=UNREACHABLE)
        for row in kept.unserved
    )
    return replace(kept, unserved=rows)


def _hours(problem: PlanningProblem, now_s: int, plans: tuple[Schedule | None, ...]) -> list[int]:
    """Return until when cars are led round: so long that all should arrive, and if not, to the horizon.

    Ways are looked for anew in every part of it, so that hours in which nobody drives cost quality and time.
    """
    last_s = max((_last_s(problem, plan) for plan in plans if plan is not None), default=now_s)
    soon_s, horizon_s = now_s + (last_s - now_s) * SPARE_PERCENT // 100, problem.network.horizon_s
    return [soon_s, horizon_s] if now_s < soon_s < horizon_s else [horizon_s]


def _last_s(problem: PlanningProblem, plan: Schedule) -> int:
    """Return a second by which all have arrived: the last departures, with all their waits."""
    travel_s, last_s = problem.network.arcs.travel_s, 0
    for stream in plan.cars:
        car, way = stream.departures[-1], list(plan.routes[stream.route].arcs)
        last_s = max(last_s, car.depart_s + sum(s for _, s in car.waits) + int(travel_s[way].sum()))
    return last_s


def _until(problem: PlanningProblem, until_s: int) -> PlanningProblem:
    """Return the problem with an earlier end of its hours."""
    network = problem.network
    profiles = {
        arc: tuple(replace(p, until_s=min(p.until_s, until_s)) for p in pieces if p.from_s < until_s)
        for arc, pieces in network.profiles.items()
    }
    shorter = replace(network, horizon_s=until_s, profiles=profiles, hazard={}, events=(), timetables={})
    return replace(problem, network=shorter)


def _by_cars_still(
    before: PlanningProblem, announced: Schedule, problem: PlanningProblem, *, reserves: bool
) -> str | None:
    """Return the direction where both problems are of cars alone and nothing but roads differs."""
    same = all(getattr(before, name) == getattr(problem, name) for name in ("places", "demand", "rules"))
    cars_only = not (announced.vehicles or announced.link_rides or problem.network.waiting)
    if not same or not cars_only or not announced.cars:
        return None
    ways = {by_car_alone(replace(p, history=None), reserves=reserves) for p in (before, problem)}
    return ways.pop() if len(ways) == 1 else None


def _shut(before: PlanningProblem, after: PlanningProblem, direction: str, now_s: int) -> Int64 | None:
    """Return the arcs that close from now on; None where a road is worse in any other way."""
    a, b = before.network, after.network
    differs = (a.arcs.capacity_mveh_h != b.arcs.capacity_mveh_h) | (a.arcs.travel_s != b.arcs.travel_s)
    changed = {*np.flatnonzero(differs).tolist(), *a.profiles, *b.profiles}
    shut = set(np.flatnonzero(car_roads(before, direction) & ~car_roads(after, direction)).tolist())
    for arc in sorted(changed - shut):
        then, now = _from_now(a, arc, now_s), _from_now(b, arc, now_s)
        marks = sorted({piece.from_s for piece in (*then, *now)})
        pairs = [(_at(then, t), _at(now, t)) for t in marks]
        if not any(new.capacity_mveh_h for _, new in pairs):
            if any(old.capacity_mveh_h for old, _ in pairs):
                shut.add(arc)
        elif any(_worse(old, new) for old, new in pairs):
            return None
    return np.array(sorted(shut), dtype=np.int64)


def _worse(old: Piece, new: Piece) -> bool:
    slower = old.capacity_mveh_h > 0 and new.travel_s != old.travel_s
    return slower or new.capacity_mveh_h < old.capacity_mveh_h


def _from_now(network: TimedNetwork, arc: int, now_s: int) -> list[Piece]:
    return [replace(p, from_s=max(p.from_s, now_s)) for p in network.pieces_of(arc) if p.until_s > now_s]


def _at(pieces: list[Piece], t: int) -> Piece:
    return next((p for p in pieces if p.from_s <= t < p.until_s), pieces[-1])


def _gone(network: TimedNetwork, now_s: int) -> NDArray[np.bool_]:
    """Return (n_arcs,) what is closed from now on, whenever it closed."""
    gone = network.arcs.capacity_mveh_h <= 0
    for arc in network.profiles:
        gone[arc] = not any(piece.capacity_mveh_h for piece in _from_now(network, arc, now_s))
    return np.asarray(gone)


def _as_announced(before: PlanningProblem, after: PlanningProblem, shut: Iterable[int]) -> PlanningProblem:
    """Return the problem with what shuts as it was when the plan was announced."""
    a, b, arcs = before.network, after.network, np.array(list(shut), dtype=np.int64)
    capacity, travel_s = b.arcs.capacity_mveh_h.copy(), b.arcs.travel_s.copy()
    capacity[arcs], travel_s[arcs] = a.arcs.capacity_mveh_h[arcs], a.arcs.travel_s[arcs]
    shuts = frozenset(arcs.tolist())
    profiles = {arc: pieces for arc, pieces in b.profiles.items() if arc not in shuts}
    profiles |= {arc: a.profiles[arc] for arc in sorted(shuts) if arc in a.profiles}
    network = replace(
        b, profiles=profiles, arcs=replace(b.arcs, capacity_mveh_h=capacity, travel_s=travel_s)
    )  # fmt: skip
    return replace(after, network=network)


def _with_capacity(problem: PlanningProblem, open_: NDArray[np.bool_]) -> PlanningProblem:
    """Return the problem for flows, which know roads only as they are without reports that change."""
    arcs = problem.network.arcs
    capacity = np.where(open_, arcs.capacity_mveh_h, 0)
    return replace(problem, network=replace(problem.network, arcs=replace(arcs, capacity_mveh_h=capacity)))
