"""Sites against every choice there is: medians, coverings and centres on cases small enough for it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from safepassage.domain.siting import NO_WAY, SitingAim, SitingProblem
from safepassage.engines.siting import site
from safepassage.kernels.sites.covering_program import hardest
from safepassage.kernels.sites.median_bound import IN, PRICE_SCALE, ascend, clients_of
from safepassage.kernels.sites.median_program import MOST_NEAR, Priced, left_to_choose
from safepassage.kernels.sites.median_tree import NearestService, best_sites

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow

LIMIT_M = 12


@st.composite
def problems(draw):
    n, m = draw(st.integers(1, 9)), draw(st.integers(1, 7))
    metres = draw(st.lists(st.integers(NO_WAY, 20), min_size=n * m, max_size=n * m))
    persons = draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    existing = draw(st.sets(st.integers(0, m - 1), max_size=1))
    count = draw(st.integers(max(1, len(existing)), m))
    problem = SitingProblem(
        clients=tuple(f"c{i}" for i in range(n)), sites=tuple(f"s{j}" for j in range(m)),
        persons=np.array(persons, np.int64), metres=np.array(metres, np.int64).reshape(n, m),
        walk_limit_m=LIMIT_M, existing=tuple(existing),
    )  # fmt: skip
    return problem, count


def value(problem, aim, chosen):
    walks = np.where(problem.in_reach, problem.metres, 10**6)[:, list(chosen)].min(axis=1)
    out = int(problem.persons[walks > LIMIT_M].sum())
    if aim is SitingAim.COVER:
        return out
    if aim is SitingAim.MEDIAN:
        return int((np.minimum(walks, 2 * LIMIT_M + 1) * problem.persons).sum())
    reachable = (problem.persons > 0) & problem.in_reach.any(axis=1)
    return int(walks[reachable].max(initial=0))


def choices(problem, count):
    for chosen in combinations(range(len(problem.sites)), count):
        if set(problem.existing) <= set(chosen):
            yield chosen


@settings(max_examples=60)
@given(problems(), st.sampled_from([SitingAim.MEDIAN, SitingAim.COVER]))
def test_no_choice_is_better(case, aim):
    problem, count = case
    plan = site(problem, count, aim)
    least = min(value(problem, aim, chosen) for chosen in choices(problem, count))
    assert plan.value == value(problem, aim, plan.chosen) == least == plan.bound
    assert set(problem.existing) <= set(plan.chosen)
    assert len(plan.chosen) == count


@settings(max_examples=60)
@given(problems())
def test_no_longest_walk_is_shorter(case):
    problem, count = case
    plan = site(problem, count, SitingAim.CENTRE)
    least = min(value(problem, SitingAim.CENTRE, chosen) for chosen in choices(problem, count))
    if least > LIMIT_M or not problem.in_reach[problem.persons > 0].any():
        assert plan.value == plan.persons_left_out == plan.bound
    else:
        assert plan.value == plan.longest_m == plan.bound == least


def added_up(costs, count, must, leaf):
    """Return what the prices of a closed part prove, worked out with plain Python."""
    fixed = dict.fromkeys(must, IN) | dict(leaf.decisions)
    gains = [
        sum(min(0, costs[i][j] * PRICE_SCALE - price) for i, price in enumerate(leaf.prices.tolist()))
        for j in range(len(costs[0]))
    ]
    inside = [j for j, word in fixed.items() if word == IN]
    free = sorted(gains[j] for j in range(len(gains)) if j not in fixed)
    return int(leaf.prices.sum()) + sum(gains[j] for j in inside) + sum(free[: count - len(inside)])


@settings(max_examples=40)
@given(problems())
def test_the_parts_of_the_tree_prove_the_bound_and_leave_no_choice_out(case):
    problem, count = case
    costs = np.where(problem.in_reach, problem.metres, 50) * problem.persons[:, None]
    answer = best_sites(NearestService(costs), count, must=problem.existing)
    rows = costs.tolist()
    for leaf in answer.leaves:
        if len(leaf.prices):
            assert -(-added_up(rows, count, problem.existing, leaf) // PRICE_SCALE) >= answer.bound
    for chosen in choices(problem, count):
        covered = [
            leaf for leaf in answer.leaves
            if all((site in chosen) == (word == IN) for site, word in leaf.decisions)
        ]  # fmt: skip
        assert covered
        if not any(len(leaf.prices) for leaf in covered):
            assert int(costs[:, list(chosen)].min(axis=1).sum()) >= answer.value


@settings(max_examples=60)
@given(problems(), st.integers(0, 60), st.integers(0, 20))
def test_what_prices_left_to_choose_holds_the_best_choice(case, rounds, over):
    problem, count = case
    costs = np.where(problem.in_reach, problem.metres, 50) * problem.persons[:, None]
    every = {chosen: int(costs[:, list(chosen)].min(axis=1).sum()) for chosen in choices(problem, count)}
    least, clients, fixed = min(every.values()), clients_of(costs), np.zeros(costs.shape[1], np.int8)
    fixed[list(problem.existing)] = IN
    found = ascend(clients, np.zeros(len(costs), np.int64), fixed, count, least + over, rounds + 1)
    hint = left_to_choose(clients, Priced(fixed, found.prices, found.bound), count, least + over)
    if hint.settled and over:
        assert every[hint.sites] == least
    if hint.sites:
        assert hint.sites in every
    # Seven sites are never too many for the program, but more than eight clients of a site are.
    assert hint.settled or len(costs) > MOST_NEAR * count


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4).filter(any), min_size=1, max_size=7))
def test_covering_the_hardest_covers_all(rows):
    covered = np.array(rows)
    kept = covered[hardest(covered)]
    for size in range(1, 5):
        for chosen in combinations(range(4), size):
            sites = list(chosen)
            assert kept[:, sites].any(axis=1).all() == covered[:, sites].any(axis=1).all()


def test_numbers_that_cannot_be_chosen_are_refused():
    problem = SitingProblem(
        clients=("c",), sites=("a", "b"), persons=np.array([1]), metres=np.array([[1, 2]]), walk_limit_m=9,
        existing=(0, 1),
    )  # fmt: skip
    with pytest.raises(ValueError, match="1 sites cannot be chosen from 2"):
        site(problem, 1, SitingAim.COVER)


@st.composite
def roomy_problems(draw):
    problem, count = draw(problems())
    room = draw(st.lists(st.integers(-1, 20), min_size=len(problem.sites), max_size=len(problem.sites)))
    return replace(problem, room_persons=tuple(room)), count


def divided(problem, chosen, left_out, costs):
    """Return the least cost of dividing persons among sites, by a solver of linear programs."""
    n, k = len(problem.clients), len(chosen)
    each = np.where(problem.in_reach, costs, 10**7)[:, list(chosen)]
    goal = np.hstack([each, np.full((n, 1), left_out)]).ravel()
    everybody = int(problem.persons.sum())
    rows = np.kron(np.eye(n), np.ones((1, k + 1)))
    rooms = np.kron(np.ones((1, n)), np.eye(k + 1)[:k])
    limits = [everybody if problem.room_persons[j] < 0 else problem.room_persons[j] for j in chosen]
    found = linprog(goal, A_eq=rows, b_eq=problem.persons, A_ub=rooms, b_ub=limits)
    return round(found.fun)


@settings(max_examples=25)
@given(roomy_problems(), st.sampled_from([SitingAim.MEDIAN, SitingAim.COVER]))
def test_no_choice_with_room_is_better(case, aim):
    problem, count = case
    left_out, costs = (1, np.zeros_like(problem.metres))
    if aim is SitingAim.MEDIAN:
        left_out, costs = 2 * LIMIT_M + 1, problem.metres
    plan = site(problem, count, aim)
    least = min(divided(problem, chosen, left_out, costs) for chosen in choices(problem, count))
    assert plan.value == least == plan.bound
    check_catchments(problem, plan)


def check_catchments(problem, plan):
    """Nobody is sent out of reach or counted twice, and no site gets more than it has room for."""
    for row in plan.catchments:
        assert problem.in_reach[row.client, row.site]
        assert row.site in plan.chosen
    for client, persons in enumerate(problem.persons.tolist()):
        assert sum(row.persons for row in plan.catchments if row.client == client) <= persons
    for position, room in enumerate(problem.room_persons):
        assert room < 0 or plan.served(position) <= room
    served = sum(row.persons for row in plan.catchments)
    assert plan.persons_left_out == int(problem.persons.sum()) - served
    if plan.aim is SitingAim.COVER:
        assert plan.persons_left_out == plan.value


@settings(max_examples=25)
@given(roomy_problems())
def test_no_longest_walk_with_room_is_shorter(case):
    problem, count = case
    plan = site(problem, count, SitingAim.CENTRE)
    check_catchments(problem, plan)
    lengths = sorted({0, *np.where(problem.in_reach, problem.metres, 0).ravel().tolist()})

    def reached(length):
        near = replace(problem, walk_limit_m=length)
        zero = np.zeros_like(problem.metres)
        lost = int(problem.persons[~problem.in_reach.any(axis=1)].sum())
        return any(divided(near, chosen, 1, zero) == lost for chosen in choices(problem, count))

    least = next((length for length in lengths if reached(length)), None)
    if least is None or not problem.in_reach[problem.persons > 0].any():
        assert plan.value == plan.persons_left_out == plan.bound
    else:
        assert plan.value == plan.bound
        assert plan.longest_m <= plan.value == least or plan.value == plan.longest_m


@settings(max_examples=40)
@given(st.one_of(problems(), roomy_problems()))
def test_fair_sites_have_the_least_longest_walk_and_then_walk_least(case):
    problem, count = case
    fair, centre = site(problem, count, SitingAim.FAIR), site(problem, count, SitingAim.CENTRE)
    assert fair.value == fair.bound
    some = problem.in_reach.any(axis=1) & (problem.persons > 0)
    lost = int(problem.persons.sum() - problem.persons[some].sum())
    if not some.any() or centre.persons_left_out > lost:
        return
    # Everybody who can walk to some site is served: to walk less all together is no reason to leave out one.
    assert fair.persons_left_out == lost
    assert fair.longest_m <= centre.value
    near = replace(
        problem, walk_limit_m=centre.value, room_persons=problem.room_persons or (-1,) * len(problem.sites)
    )
    out = 10**6
    least = min(divided(near, chosen, out, near.metres) for chosen in choices(problem, count))
    assert fair.person_metres == least - lost * out


@pytest.mark.parametrize("room", [(), (150, 101), (-1, -1)])
def test_fair_sites_leave_out_nobody_for_the_sake_of_many(room):
    problem = SitingProblem(
        clients=("many", "one"), sites=("near many", "between"), persons=np.array([100, 1]),
        metres=np.array([[0, 9], [12, 9]]), walk_limit_m=LIMIT_M, room_persons=room,
    )  # fmt: skip
    plan = site(problem, 1, SitingAim.FAIR)
    assert (plan.chosen, plan.persons_left_out, plan.longest_m) == ((1,), 0, 9)
    assert plan.value == plan.bound == 909
