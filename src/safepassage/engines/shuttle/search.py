"""Search for a plan: a dispatcher's plan first, then annealing until the work or the time is used up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.shuttle import ShuttlePlan, ShuttleProblem
from safepassage.engines.shuttle.arrays import case_of, plan_of
from safepassage.kernels.shuttles import shuttle_search, shuttle_tours
from safepassage.kernels.shuttles.shuttle_dispatch import dispatch
from safepassage.kernels.shuttles.shuttle_tours import Case, Tours

MOVES = 10_000_000
"""The work limit where none is given: moves tried."""
ROUND = 20_000
"""Moves at one temperature; between two rounds the clock is asked."""
HOT, COLD = 0.003, 0.00002
"""First and last temperature as shares of the value of the dispatcher's plan."""
HOT_PERSONS = 0.3
"""The first temperature is higher by the share of so many persons: of few, each counts more."""
COOLINGS = 4
"""The search is heated up again so often, and the best of all coolings counts: single ones differ by luck."""
MOST_STOPS = 6
"""A trip calls at no more places."""


def plan(
    problem: ShuttleProblem, *, seed: int = 0, moves: int = MOVES, clock: Callable[[], float] | None = None
) -> ShuttlePlan:
    """Return the best plan found within a number of moves, the same for the same seed.

    `clock` says what share of the time allowed is used up (1.0: all): the search cools by whichever of work
    and time is further on, and ends when one is used up. With a clock the plan depends on the machine.
    """
    case = case_of(problem)
    tours, best = _dispatched(problem, case), _dispatched(problem, case)
    worth = int(shuttle_tours.total(case._replace(left_price=0), tours))
    run = shuttle_search.run_of(case, tours, best, _generator(seed))
    hot = HOT + HOT_PERSONS / problem.persons if problem.persons else HOT
    tried, share = 0, 0.0
    while share < 1 and problem.vehicles:
        heat = round(worth * hot * (COLD / hot) ** (share * COOLINGS % 1))
        count = min(ROUND, moves - tried)
        shuttle_search.anneal(run, heat, count)
        tried += count
        share = max(tried / moves, clock() if clock else 0.0)
    return plan_of(best, case)


def _dispatched(problem: ShuttleProblem, case: Case) -> Tours:
    """Return the tours a dispatcher makes."""
    parties = np.array([group.parties for group in problem.groups], np.int64)
    fleet = max(1, int(case.seats.sum()))
    trips = 3 * -(-problem.persons // fleet) + 10
    tours = shuttle_tours.no_tours(case, parties, trips, min(len(parties), MOST_STOPS))
    dispatch(case, tours, np.zeros(len(problem.vehicles), np.int64))
    return tours


def _generator(seed: int) -> NDArray[np.uint64]:
    """Return the state of a generator that starts from a seed: never 0."""
    words = np.random.SeedSequence(seed).generate_state(1, np.uint64)
    return np.maximum(words, np.uint64(1))
