"""From needs, stock and trucks to trips: shares by a linear program, trips in the calendars of the roads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np

from safepassage.domain.aid.distribution import NANO, AidPlan, AidProblem, AidTotals
from safepassage.domain.crew import Answer, Beside, NoAnswerError, at_once
from safepassage.engines.distribution.again import searched_again
from safepassage.engines.distribution.announced import as_announced
from safepassage.engines.distribution.convoys import in_convoys, on_roads_for_all
from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.driving import driving
from safepassage.engines.distribution.least_times import LeastTimes
from safepassage.engines.distribution.onward import Gone, back_before
from safepassage.engines.distribution.options import Options, options_of
from safepassage.engines.distribution.orders import OrderBook
from safepassage.engines.distribution.passing import Passing
from safepassage.engines.distribution.prices import (
    Best,
    Proof,
    best_of,
    by_hand,
    dense,
    most_beside,
    most_of,
    proved,
)
from safepassage.engines.distribution.refill import refilled
from safepassage.engines.distribution.roads import Roads
from safepassage.engines.distribution.sequence import Found, Sequencer, found_by
from safepassage.engines.distribution.short import short_of
from safepassage.engines.distribution.shorten import Group, Kind, Shortening
from safepassage.engines.distribution.store import Left

PPM = 10**6
MOST_STOPS = 14
"""The most stops of trips found one by one."""
MANY_NEEDS = 4_000
"""From so many needs on trips are not sought one by one."""
STEPS, LEAST_STEPS = 200_000, 30_000
"""Steps of the search for rounds over all days, and on one day at least."""
NEAR_PPM = 20_000
"""So near to both bounds nothing more is tried."""
REFILLED, REFILLED_OF_MANY = (4, 4, 4), (1, 3)
"""So often trips are filled anew after the first search and after each further one; where needs are many."""
REFILLED_BY_ONE = 10
"""So often trips found one by one are filled anew: that is quicker than to search for rounds."""
SAME_SHARE_PPM = 5_000
"""Least shares that differ by less are alike; then more worth decides."""

SPARE_S = 300, 1_200
"""So much of a day is left for trucks that wait for each other where trips take over others; else more."""
HARDLY_PPM = 200
"""So much of all worth, and of the least share, is not worth a longer way."""
RENOTIFY_PPM = 10_000
"""So much of all worth, and of the least share, is not worth telling drivers something else."""


def distribute(
    problem: AidProblem,
    roads: Roads,
    *,
    windows: tuple[tuple[int, int], ...] = (),
    exposure_cap_ppm_s: int = -1,
    announced: tuple[AidPlan, Gone] | None = None,
    beside: Beside = at_once,
) -> AidPlan:
    """Plan which truck brings what where, beside what is on the roads already.

    The least served place comes first, then as much worth as can be; a linear program says what to bring on
    which day, and its prices prove what no plan betters. Trips are booked in whole seconds. What is not
    delivered is listed with its reason.

    Parameters
    ----------
    windows : seconds in which movement is allowed; none means always.
    exposure_cap_ppm_s : the most that the crew of a truck is exposed to in a day; -1 for no limit.
    announced : the plan gone on from, and what of it has left. Drivers go on as they were told where hardly
        more is served otherwise; numbers of legs that were announced are never used again.
    beside : who solves programs while roads are laid out and trips are sought, and seeks some of them. What
        is lost is done without: trips then aim at all that is needed, rounds are not searched, or nothing is
        proved.
    """
    # What is proved holds for trucks that need not drive together, and so for convoys.
    options = options_of(on_roads_for_all(problem), roads, windows)
    best, proof = _programs(problem, options, roads, beside)
    behind = announced[1].trucks.values() if announced is not None else ()
    back = back_before(announced[1]) if announced is not None else {}
    exposed = announced[1].exposed_ppm_s if announced is not None else {}
    given = Given(windows, exposure_cap_ppm_s, {row.id: row.legs for row in behind}, back, exposed)
    tries = _Tries(in_convoys(problem), roads, options, (best, proof), given, beside)
    totals, done = tries.best() if announced is None else tries.onward(*announced)
    found = AidPlan(
        problem=problem, routes=tuple(done.routes), trucks=done.chains(),
        deliveries=tuple(done.deliveries), short=short_of(problem, options, done.left, done.first_day),
        bounds=proof().bounds, remedies=proof().remedies, totals=totals,
    )  # fmt: skip
    at_least_s = sum(row.at_least_s for row in driving(found, roads, windows=windows))
    return replace(found, totals=replace(totals, driven_at_least_s=at_least_s))


def _programs(
    problem: AidProblem, options: Options, roads: Roads, beside: Beside
) -> tuple[Best, Callable[[], Proof]]:
    """Return what to aim at, and what waits for the proof of what no plan betters; roads are laid out."""
    asked = beside(best_of, (problem, options))
    also = beside(most_of, (problem, options)) if most_beside(options) else None
    roads.lay_out()
    best, most = _or_none(asked), None if also is None else _or_none(also)
    best = best or by_hand(problem, options)
    proof = beside(proved, (problem, options, best, most))
    return best, cache(lambda: _or_none(proof) or Proof())


def _or_none(answer: Callable[[], Answer]) -> Answer | None:
    """Wait for what was begun beside; None where it came to no end."""
    with suppress(NoAnswerError):
        return answer()
    return None


class Given(NamedTuple):
    """Windows of movement, the most exposure of a crew in a day (-1: no limit), and what lies behind.

    Before this plan: legs by truck and day, when trucks were back, what crews are exposed to.
    """

    windows: tuple[tuple[int, int], ...]
    cap_ppm_s: int
    legs_before: Mapping[str, int]
    back_before: Mapping[tuple[str, int], int]
    exposed_before: Mapping[str, int]


class _Tries:
    """Distributions, each with the roads free again: trips of each day, then filled anew."""

    def __init__(
        self, problem: AidProblem, roads: Roads, options: Options,
        programs: tuple[Best, Callable[[], Proof]], given: Given, beside: Beside,
    ) -> None:  # fmt: skip
        self._problem, self._options, self._beside = problem, options, beside
        self._aim, self._proof = programs
        self._begun = Dispatcher(
            problem, roads, Left(problem, dense(problem)), LeastTimes(problem, roads), given.cap_ppm_s,
            given.windows, legs_before=dict(given.legs_before), back_before=dict(given.back_before),
            exposed_before=dict(given.exposed_before), most_stops=MOST_STOPS,
        )  # fmt: skip
        self._few = len(problem.needs) <= MANY_NEEDS
        self._tried: list[tuple[AidTotals, Dispatcher]] = []
        self._book = OrderBook(problem, options, self._aim.shares, self._aim.least_share)
        self._sequencer = Sequencer(problem, roads, given.windows)
        self._steps = max(LEAST_STEPS, STEPS // len(problem.days))
        self._sought: Callable[[], list[Found]] | None = None

    def best(self) -> tuple[AidTotals, Dispatcher]:
        """Return the distribution that serves the least served best, then everybody.

        Where needs are few, trips are found one by one at first; then, or at once, they are rounds found by a
        search over a day's orders, which is taken up again from the best that is known.
        """
        first, *further = REFILLED if self._few else REFILLED_OF_MANY
        near = self._few and self._filled_anew(self._one_by_one(), REFILLED_BY_ONE, further=False)
        by_one = self._best() if self._few else None
        rounds = None if near else self._rounds()
        near = near or (rounds is not None and self._filled_anew(rounds, first))
        # Rounds do not know the hours of roads: where they do not better trips found one by one, which bring
        # nearly all there is to bring, further ones are not looked for.
        near = near or (by_one is self._best() and _brings_all(by_one[0]))
        for seed, times in enumerate(further):
            if near:
                break
            # Few needs are searched soon, and each day gains by what is known of the one before.
            effort, beside = (self._steps, seed), None if self._few else self._beside
            try:
                again = searched_again(self._best()[1], self._book, self._sequencer, effort, beside)
            except NoAnswerError:
                break  # the best that is known stays
            near = self._filled_anew(again, times)
        best = self._best()
        return self._passed(best[0], self._shortened(best))

    def onward(self, earlier: AidPlan, past: Gone) -> tuple[AidTotals, Dispatcher]:
        """Return the distribution that goes on as announced, or the best where that serves more."""
        if self._kept(as_announced(self._begun, earlier, past)):
            return self._tried[0]
        (before, _), best = self._tried[0], self.best()
        gained_ppm = (best[0].worth_nano - before.worth_nano) * PPM // max(1, before.needed_nano)
        hardly = max(gained_ppm, best[0].least_share_ppm - before.least_share_ppm) <= RENOTIFY_PPM
        return self._tried[0] if hardly else best

    def _shortened(self, best: tuple[AidTotals, Dispatcher]) -> tuple[AidTotals, Dispatcher]:
        """Return the best distribution, on shorter ways where hardly anything is lost by them.

        Where something would be lost, the trips of trucks alike are made shorter one group after the other.
        """
        before, ways = best[0], Shortening(best[1])
        if not self._few:
            found = self._shorter_of_many(before, ways)
            return best if found is None else self._once_more(found)
        found = self._shorter(before, ways.booked(dict.fromkeys(ways.groups, Kind.TIMED)))
        if found is not None:
            return self._once_more(found) if ways.by_least_times else found
        kept, chosen = best, dict[Group, Kind]()
        for group in ways.groups:
            for kind in (Kind.TIMED, Kind.BEST, Kind.JOINED):
                if ways.saves_s(group, kind) <= 0:
                    continue
                found = self._shorter(before, ways.booked({**chosen, group: kind}))
                if found is not None and found[0].driven_s < kept[0].driven_s:
                    kept, chosen = found, {**chosen, group: kind}
                    break
        return kept

    def _shorter_of_many(self, before: AidTotals, ways: Shortening) -> tuple[AidTotals, Dispatcher] | None:
        """Return a distribution on searched ways; who brings less by them takes the best of joined trips.

        Who brings less by these, too, keeps the trips that there were.
        """
        chosen = dict.fromkeys(ways.groups, Kind.SEARCHED)
        for kind in (Kind.BEST, None, None):
            done = ways.booked(chosen)
            found = self._shorter(before, done)
            if found is not None:
                return found
            for group in ways.bringing_less(done) & chosen.keys():
                if kind is None:
                    del chosen[group]
                else:
                    chosen[group] = kind
        return None

    def _passed(self, before: AidTotals, found: tuple[AidTotals, Dispatcher]) -> tuple[AidTotals, Dispatcher]:
        """Return a distribution in which trips that pass take what others bring, where hardly any is lost."""
        for spare_s in SPARE_S if self._few else ():
            ways = Passing(found[1], spare_s)
            if not ways.changed:
                break
            after = self._shorter(before, ways.booked())
            if after is not None and after[0].driven_s < found[0].driven_s:
                return after
        return found

    def _once_more(self, found: tuple[AidTotals, Dispatcher]) -> tuple[AidTotals, Dispatcher]:
        """Return a distribution in which what came in hours that were left free is searched, too."""
        ways = Shortening(found[1])
        done = ways.booked(dict.fromkeys(ways.groups, Kind.SEARCHED))
        return self._shorter(found[0], done) or found

    def _shorter(self, before: AidTotals, done: Dispatcher) -> tuple[AidTotals, Dispatcher] | None:
        """Keep a distribution on other ways; return it if it drives less and hardly anything is lost."""
        self._kept(done)
        after = self._tried[-1][0]
        lost_ppm = (before.worth_nano - after.worth_nano) * PPM // max(1, before.needed_nano)
        hardly = max(lost_ppm, before.least_share_ppm - after.least_share_ppm) <= HARDLY_PPM
        return self._tried[-1] if hardly and after.driven_s < before.driven_s else None

    def _one_by_one(self) -> Dispatcher:
        done = self._begun.anew()
        for day in range(len(self._problem.days)):
            done.left.ask(_wanted(self._problem, self._options, self._aim.shares, done.left, day))
            done.day(day)
        return done

    def _rounds(self) -> Dispatcher | None:
        """Return a distribution of rounds; those that were searched beside are only booked here.

        None where that search was lost: trips found one by one are there, and what ended another process
        might end this one.
        """
        if self._sought is None:
            return _in_rounds(self._rounds_of)[0]
        sought = _or_none(self._sought)
        if sought is None:
            return None
        done = self._begun.anew()
        for day, found in enumerate(sought):
            done.planned.update(self._sequencer.trips(day, found, done.left))
            done.day(day)
        return done

    @property
    def _rounds_of(self) -> _Rounds:
        return _Rounds(self._begun, self._book, self._sequencer, self._steps)

    def _filled_anew(self, done: Dispatcher, times: int, *, further: bool = True) -> bool:
        """Keep a distribution and its trips filled anew; tell whether one is near its bounds."""
        near = self._kept(done)
        for time in range(times):
            if near and (further or time >= REFILLED[0] or self._nearer()):
                break
            done = refilled(done, self._aim.least_share, further=further)
            near = self._kept(done) or near
            if not (near or further or time or self._beside is at_once):
                self._sought = self._beside(_found_in_rounds, self._rounds_of)
        return near

    def _nearer(self) -> bool:
        """Tell whether the least share of the best is as good as its bound."""
        totals = self._best()[0]
        return totals.least_share_bound_ppm - totals.least_share_ppm <= SAME_SHARE_PPM

    def _kept(self, done: Dispatcher) -> bool:
        """Free the roads and keep a distribution; tell whether it is near its bounds."""
        done.give_back()
        self._tried.append((_totals(self._problem, (self._aim, self._proof()), done.left, done), done))
        return _near(self._tried[-1][0])

    def _best(self) -> tuple[AidTotals, Dispatcher]:
        return max(self._tried, key=lambda row: (row[0].least_share_ppm // SAME_SHARE_PPM, row[0].worth_nano))


class _Rounds(NamedTuple):
    """What a search for the rounds of all days goes by: a dispatcher, orders, their search and its steps."""

    begun: Dispatcher
    book: OrderBook
    sequencer: Sequencer
    steps: int


def _in_rounds(given: _Rounds) -> tuple[Dispatcher, list[Found]]:
    """Return a distribution of rounds that are searched day by day, and these rounds."""
    done, rounds = given.begun.anew(), list[Found]()
    for day in range(len(done.problem.days)):
        orders = given.book.orders(done.left, day, given.sequencer.seconds(day))
        search = given.sequencer.search(day, orders, (given.steps, 0), done.left)
        rounds.append(Found(orders, found_by(search)))
        done.planned.update(given.sequencer.trips(day, rounds[-1], done.left))
        done.day(day)
    return done, rounds


def _found_in_rounds(given: _Rounds) -> list[Found]:
    return _in_rounds(given)[1]


def _near(totals: AidTotals) -> bool:
    """Tell whether a distribution is so near its bounds that no other is tried."""
    share = totals.least_share_bound_ppm - totals.least_share_ppm
    return share <= NEAR_PPM and _brings_all(totals)


def _brings_all(totals: AidTotals) -> bool:
    """Tell whether a distribution brings nearly as much as any can."""
    return (totals.worth_bound_nano - totals.worth_nano) * PPM <= NEAR_PPM * totals.needed_nano


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


def _totals(problem: AidProblem, programs: tuple[Best, Proof], left: Left, done: Dispatcher) -> AidTotals:
    best, proof = programs
    by_place: dict[str, list[int]] = {}
    for i, need in enumerate(problem.needs):
        row = by_place.setdefault(need.place, [0, 0])
        row[0] += need.worth_nano(need.amount_milli - left.needs[i])
        row[1] += need.worth_nano(need.amount_milli)
    worth, needed = (sum(row[k] for row in by_place.values()) for k in (0, 1))
    for past in problem.behind:
        row = by_place.setdefault(past.place, [0, 0])
        row[0], row[1] = row[0] + past.met_nano, row[1] + past.worth * NANO
    bound = {row.kind: row for row in proof.bounds}
    trivial = needed if best.places else 0
    least = min((by_place[p][0] * PPM // by_place[p][1] for p in best.places), default=-1)
    return AidTotals(
        worth_nano=worth, needed_nano=needed,
        worth_bound_nano=min(needed, bound["worth"].limit_nano) if "worth" in bound else trivial,
        least_share_ppm=least,
        least_share_bound_ppm=bound["least_share"].least_share_ppm if "least_share" in bound else -1,
        reached=best.places, driven_m=done.driven_m, driven_s=done.driven_s,
    )  # fmt: skip
