"""From needs, stock and trucks to trips: shares by a linear program, trips in the calendars of the roads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

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
from safepassage.engines.distribution.least_times import LeastTimes
from safepassage.engines.distribution.options import Options, options_of
from safepassage.engines.distribution.orders import OrderBook
from safepassage.engines.distribution.prices import Proof, dense, proved
from safepassage.engines.distribution.refill import refilled
from safepassage.engines.distribution.roads import Roads
from safepassage.engines.distribution.sequence import Sequencer
from safepassage.engines.distribution.store import Left

PPM = 10**6
MOST_STOPS = (14, 4)
"""The most stops of trips found one by one: which serves better depends on the roads; the best is kept."""
MANY_NEEDS = 4_000
"""From so many needs on trips are not sought one by one."""
STEPS, LEAST_STEPS = 2_000, 200
"""Steps of the search for rounds over all days, and on one day at least."""
NEAR_PPM = 20_000
"""So near to both bounds nothing more is tried."""
REFILLED, REFILLED_OF_MANY = 5, 2
"""So often the trips that were found are filled anew; the second where needs are many."""
SAME_SHARE_PPM = 5_000
"""Least shares that differ by less are alike; then more worth decides."""


def distribute(
    problem: AidProblem,
    roads: Roads,
    *,
    windows: tuple[tuple[int, int], ...] = (),
    exposure_cap_ppm_s: int = -1,
    legs_before: Mapping[str, int] | None = None,
) -> AidPlan:
    """Plan which truck brings what where, beside what is on the roads already.

    The least served place comes first, then as much worth as can be; a linear program says what to bring on
    which day, and its prices prove what no plan betters. Trips are booked in whole seconds. What is not
    delivered is listed with its reason.

    Parameters
    ----------
    windows : seconds in which movement is allowed; none means always.
    exposure_cap_ppm_s : the most that the crew of a truck is exposed to in a day; -1 for no limit.
    legs_before : how many legs a truck has behind it: a number that was announced is never used again.
    """
    options = options_of(problem, roads, windows)
    proof = proved(problem, options)
    tried: list[tuple[AidTotals, Dispatcher]] = []
    for done in _tries(problem, roads, options, proof, (windows, exposure_cap_ppm_s, legs_before or {})):
        tried.append((_totals(problem, proof, done.left, done), done))
        if _near(tried[-1][0]):
            break
    totals, done = max(tried, key=_rank)
    return AidPlan(
        problem=problem, routes=tuple(done.routes), trucks=done.chains(),
        deliveries=tuple(done.deliveries), short=_short(problem, options, done.left),
        bounds=proof.bounds, remedies=proof.remedies, totals=totals,
    )  # fmt: skip


Given = tuple[tuple[tuple[int, int], ...], int, Mapping[str, int]]
"""Windows of movement, the most exposure of a crew, and legs before."""


def _tries(
    problem: AidProblem, roads: Roads, options: Options, proof: Proof, given: Given
) -> Iterator[Dispatcher]:
    """Yield distributions, each with the roads free again: trips of each day, then filled anew.

    Where needs are few, trips are found one by one at first; then, or at once, they are rounds found by a
    search over a day's orders.
    """
    windows, cap_ppm_s, legs_before = given
    times = LeastTimes(problem, roads)

    def begun() -> Dispatcher:
        done = Dispatcher(problem, roads, Left(problem, dense(problem)), times, cap_ppm_s, windows)
        done.legs_before = dict(legs_before)
        return done

    days = range(len(problem.days))
    for most_stops in MOST_STOPS if len(problem.needs) <= MANY_NEEDS else ():
        done = begun()
        done.most_stops = most_stops
        for day in days:
            done.left.ask(_wanted(problem, options, proof.shares, done.left, day))
            done.day(day)
        yield from _with_refills(done, proof)
    done = begun()
    book = OrderBook(problem, options, proof.shares, proof.least_share)
    sequencer = Sequencer(problem, roads, windows)
    steps = max(LEAST_STEPS, STEPS // len(days))
    for day in days:
        orders = book.orders(done.left, day, sequencer.seconds(day))
        done.planned.update(sequencer.trips(day, orders, done.left, steps))
        done.day(day)
    yield from _with_refills(done, proof)


def _rank(row: tuple[AidTotals, Dispatcher]) -> tuple[int, int]:
    return row[0].least_share_ppm // SAME_SHARE_PPM, row[0].worth_nano


def _with_refills(done: Dispatcher, proof: Proof) -> Iterator[Dispatcher]:
    done.give_back()
    yield done
    few = len(done.problem.needs) <= MANY_NEEDS
    for _ in range(REFILLED if few else REFILLED_OF_MANY):
        done = refilled(done, proof.least_share)
        done.give_back()
        yield done


def _near(totals: AidTotals) -> bool:
    """Tell whether a distribution is so near its bounds that no other is tried."""
    share = totals.least_share_bound_ppm - totals.least_share_ppm
    return share <= NEAR_PPM and (totals.worth_bound_nano - totals.worth_nano) * PPM <= (
        NEAR_PPM * totals.needed_nano
    )  # fmt: skip


def _wanted(
    problem: AidProblem, options: Options, shares: np.ndarray, left: Left, day: int
) -> dict[int, int]:
    """Return what the shares bring of each need up to a day, less what has been brought."""
    found: dict[int, int] = {}
    for i, k, milli in zip(options.need.tolist(), options.crew.tolist(), shares.tolist(), strict=True):
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


def _totals(problem: AidProblem, proof: Proof, left: Left, done: Dispatcher) -> AidTotals:
    by_place: dict[str, list[int]] = {}
    for i, need in enumerate(problem.needs):
        row = by_place.setdefault(need.place, [0, 0])
        row[0] += need.worth_nano(need.amount_milli - left.needs[i])
        row[1] += need.worth_nano(need.amount_milli)
    needed = sum(row[1] for row in by_place.values())
    bound = {row.kind: row for row in proof.bounds}
    least = min((by_place[p][0] * PPM // by_place[p][1] for p in proof.places), default=-1)
    return AidTotals(
        worth_nano=sum(row[0] for row in by_place.values()), needed_nano=needed,
        worth_bound_nano=min(needed, bound["worth"].limit_nano) if "worth" in bound else 0,
        least_share_ppm=least,
        least_share_bound_ppm=bound["least_share"].least_share_ppm if "least_share" in bound else -1,
        reached=proof.places, driven_m=done.driven_m, driven_s=done.driven_s,
    )  # fmt: skip
