"""The plan of tiny shuttle problems is the best there is, and the bound lies below it, by trying every plan.

The oracle lists every tour of every vehicle with its own arithmetic, keeps the best for what it fetches and
brings, and tries all combinations.
"""

from __future__ import annotations

import itertools
from dataclasses import asdict

import pytest

from safepassage.engines import shuttle
from safepassage_verify.shuttle import check_shuttle
from safepassage_verify.shuttle_bound import least_value
from tests.support.shuttles import document, random_problem

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow


def loads(problem, vehicle, left):
    """Yield every ordered load of one trip from what is left."""
    groups = problem["groups"]

    def extend(load, left):
        if load:
            yield load
        for k in range(len(groups)):
            if any(k == other for other, _ in load):
                continue
            for parties in range(1, left[k] + 1):
                more = [*load, (k, parties)]
                if all(
                    sum(n * groups[j][kind] for j, n in more) <= vehicle[kind]
                    for kind in ("seats", "wheelchair", "stretcher")
                ):
                    yield from extend(more, [n - parties * (j == k) for j, n in enumerate(left)])

    yield from extend([], left)


def trip(problem, load, first_leg, shelter, now):
    """Return (waiting, arrival, when ready, persons) of one trip that begins at `now`."""
    rules, travel, groups = problem["rules"], problem["travel"], problem["groups"]
    waiting = persons = handled = 0
    place = None
    for k, parties in load:
        here = groups[k]["place"]
        if here != place:
            now += first_leg(here) if place is None else travel["between_ms"][place][here]
            came, place = now, here
            now += rules["stop_ms"]
        people = parties * (1 + groups[k]["carers"])
        waiting += people * came * (rules["waits_until"] == "pickup")
        persons += people
        now += parties * groups[k]["board_ms"]
        handled += parties * groups[k]["board_ms"]
    now += travel["home_ms"][place][shelter]
    waiting += persons * now * (rules["waits_until"] == "shelter")
    return waiting, now, now + rules["unload_ms"] + handled, persons


def tours(problem, vehicle):
    """Return {(fetched, brought): set of (waiting, last arrival)} of every tour of one vehicle."""
    found = {}

    def extend(left, brought, waiting, last, ready, at):
        fetched = tuple(g["parties"] - n for g, n in zip(problem["groups"], left, strict=True))
        found.setdefault((fetched, tuple(brought)), set()).add((waiting, last))
        for load in loads(problem, vehicle, left):
            for shelter in range(len(problem["shelters"])):
                leg = (
                    (lambda p: vehicle["first_ms"][p])
                    if at is None
                    else (lambda p: problem["travel"]["out_ms"][at][p])
                )
                more, came, free, persons = trip(problem, load, leg, shelter, ready)
                fewer = [n - dict(load).get(k, 0) for k, n in enumerate(left)]
                there = [n + persons * (k == shelter) for k, n in enumerate(brought)]
                extend(fewer, there, waiting + more, came, free, shelter)

    extend([g["parties"] for g in problem["groups"]], [0] * len(problem["shelters"]), 0, 0, 0, None)
    return found


def optimum(problem):
    """Return the least value of any plan that fetches everybody, or None."""
    best, all_of = None, tuple(g["parties"] for g in problem["groups"])
    for choice in itertools.product(*(tours(problem, vehicle).items() for vehicle in problem["vehicles"])):
        if tuple(map(sum, zip(*(fetched for (fetched, _), _ in choice), strict=True))) != all_of:
            continue
        brought = map(sum, zip(*(there for (_, there), _ in choice), strict=True))
        over = sum(
            max(0, n - s["capacity_persons"]) for n, s in zip(brought, problem["shelters"], strict=True)
        )
        for rows in itertools.product(*(rows for _, rows in choice)):
            rules = problem["rules"]
            last = max(row[1] for row in rows) + rules["over_ms"] * over
            value = sum(row[0] for row in rows) + rules["last_persons"] * last
            best = value if best is None else min(best, value)
    return best


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_the_search_finds_the_optimum_and_the_bound_stays_below(seed, mixed):
    problem = random_problem(seed, persons=4 if not mixed else 3, mixed=mixed)
    plain = document(problem)
    best = optimum(plain)
    plan = shuttle.plan(problem, seed=seed, moves=40_000)
    check = check_shuttle(plain, asdict(plan))
    assert check.violations == ()
    if best is None:
        assert check.left_persons > 0
        return
    assert (plan.value, check.value, check.left_persons) == (best, best, 0)
    below = shuttle.bound(problem, plan.value, rounds=30)
    assert 0 < below.value <= best
    assert least_value(plain, asdict(below)) == below.value
