"""From needs, stock and trucks to trips: shares by a linear program, trips in the calendars of the roads."""

from __future__ import annotations

from safepassage.domain.aid.distribution import (
    NO_ROAD,
    NO_STOCK,
    NO_TRUCK,
    NO_WINDOW,
    AidPlan,
    AidProblem,
    AidTotals,
    Short,
)
from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.options import Options, options_of
from safepassage.engines.distribution.prices import Shares, shares_of
from safepassage.engines.distribution.roads import Roads
from safepassage.engines.distribution.store import Left

PPM = 10**6


def distribute(
    problem: AidProblem,
    roads: Roads,
    *,
    windows: tuple[tuple[int, int], ...] = (),
    exposure_cap_ppm_s: int = -1,
) -> AidPlan:
    """Plan which truck brings what where, beside what is on the roads already.

    The least served place comes first, then as much worth as can be; a linear program says what to bring on
    which day, and its prices prove what no plan betters. Trips are booked in whole seconds. What is not
    delivered is listed with its reason.

    Parameters
    ----------
    windows : seconds in which movement is allowed; none means always.
    exposure_cap_ppm_s : the most that the crew of a truck is exposed to in a day; -1 for no limit.
    """
    options = options_of(problem, roads, windows)
    shares = shares_of(problem, options)
    left = Left(problem)
    dispatcher = Dispatcher(problem, roads, left, exposure_cap_ppm_s)
    for day in range(len(problem.days)):
        left.wanted = _wanted(problem, options, shares, left, day)
        dispatcher.day(day)
    return AidPlan(
        problem=problem, routes=tuple(dispatcher.routes), trucks=dispatcher.chains(),
        deliveries=tuple(dispatcher.deliveries), short=_short(problem, options, left),
        bounds=shares.bounds, remedies=shares.remedies, totals=_totals(problem, shares, left, dispatcher),
    )  # fmt: skip


def _wanted(problem: AidProblem, options: Options, shares: Shares, left: Left, day: int) -> dict[int, int]:
    """Return what the shares bring of each need up to a day, less what has been brought."""
    found: dict[int, int] = {}
    for i, k, milli in zip(options.need.tolist(), options.crew.tolist(), shares.milli.tolist(), strict=True):
        if milli and options.crews[k].day <= day:
            found[i] = found.get(i, 0) + milli
    brought = {i: problem.needs[i].amount_milli - left.needs[i] for i in found}
    return {i: milli - brought[i] for i, milli in found.items() if milli > brought[i]}


def _short(problem: AidProblem, options: Options, left: Left) -> tuple[Short, ...]:
    reached = {(problem.needs[i].place, problem.needs[i].commodity) for i in options.need.tolist()}
    places = {place for place, _ in reached}
    visited = {need.place for i, need in enumerate(problem.needs) if left.needs[i] < need.amount_milli}
    stocked = {lot.commodity for k, lot in enumerate(problem.lots) if left.lots[k] > 0}
    found = []
    for i, need in enumerate(problem.needs):
        if not left.needs[i]:
            continue
        if need.place not in places:
            reason = NO_ROAD if problem.trucks and problem.lots else NO_TRUCK if problem.lots else NO_STOCK
        elif need.commodity not in stocked:
            reason = NO_STOCK
        elif (need.place, need.commodity) not in reached:
            reason = NO_ROAD
        else:
            reason = NO_TRUCK if need.place in visited else NO_WINDOW
        found.append(
            Short(
                place=need.place, commodity=need.commodity, due=need.due, milli=left.needs[i], reason=reason
            )
        )
    return tuple(sorted(found, key=lambda row: (row.place, row.due, row.commodity)))


def _totals(problem: AidProblem, shares: Shares, left: Left, done: Dispatcher) -> AidTotals:
    by_place: dict[str, list[int]] = {}
    for i, need in enumerate(problem.needs):
        row = by_place.setdefault(need.place, [0, 0])
        row[0] += need.worth_nano(need.amount_milli - left.needs[i])
        row[1] += need.worth_nano(need.amount_milli)
    needed = sum(row[1] for row in by_place.values())
    bound = {row.kind: row for row in shares.bounds}
    least = min((by_place[p][0] * PPM // by_place[p][1] for p in shares.places), default=-1)
    return AidTotals(
        worth_nano=sum(row[0] for row in by_place.values()), needed_nano=needed,
        worth_bound_nano=min(needed, bound["worth"].limit_nano) if "worth" in bound else 0,
        least_share_ppm=least,
        least_share_bound_ppm=bound["least_share"].least_share_ppm if "least_share" in bound else -1,
        reached=shares.places, driven_m=done.driven_m, driven_s=done.driven_s,
    )  # fmt: skip
