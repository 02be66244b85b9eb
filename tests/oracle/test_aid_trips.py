"""Places next on the way, and what there is nothing for, against looking through everything each time."""

from __future__ import annotations

import random

import pytest

from safepassage.engines.distribution.dispatch import EVERY, FIRST, Dispatcher
from safepassage.engines.distribution.least_times import NEAR, LeastTimes
from safepassage.engines.distribution.options import options_of
from safepassage.engines.distribution.prices import best_of, dense
from safepassage.engines.distribution.store import ENDLESS, Aboard, Call, Left, Room
from tests.support.district_roads import district_roads


@pytest.fixture(scope="module")
def district():
    return district_roads(settlements=20, trucks=3, days=2, persons=6_000)


def nearest_by_looking(times, truck, node, asked, seen):
    """Return the place on the smallest way round among the nearest that are asked for and not seen."""
    base = truck.base_node
    rows = sorted((times.least_s(truck, node, times.node(place)), place) for place in asked - seen)[:NEAR]
    ways = [(way_s + times.least_s(truck, times.node(place), base), place) for way_s, place in rows]
    return min(ways)[1] if ways else None


@pytest.mark.parametrize("seed", range(4))
def test_places_come_in_the_order_of_looking_at_all_of_them_again(district, seed):
    problem, roads, _ = district
    times, chance = LeastTimes(problem, roads), random.Random(seed)
    places = sorted({need.place for need in problem.needs})
    truck, node = problem.trucks[0], times.node(chance.choice(places))
    asked = set(chance.sample(places, 18)) if seed else set(places)
    seen, expected = set(chance.sample(places, 3)), []
    found = list(times.onward(truck, node, asked if seed else None, set(seen)))
    while (place := nearest_by_looking(times, truck, node, asked, seen)) is not None:
        expected.append(place)
        seen.add(place)
    assert found == expected
    assert len(found) > NEAR


def begun(district):
    problem, roads, windows = district
    left = Left(problem, dense(problem))
    shares = best_of((problem, options_of(problem, roads, windows))).shares
    left.ask({i: int(milli) for i, milli in enumerate(shares.tolist()[: len(problem.needs)])})
    return Dispatcher(problem, roads, left, LeastTimes(problem, roads), -1, windows)


def test_nothing_can_be_put_aboard_where_it_is_said_to_be_in_vain(district):
    problem, _, _ = district
    done, said = begun(district), set()
    truck, late_s = problem.trucks[0], problem.days[-1].until_s
    for day in range(len(problem.days)):
        done.day(day)
        for depot in {lot.node for lot in problem.lots}:
            for place in done.left.places():
                for rounds in (FIRST, EVERY):
                    call = Call(depot, day, late_s, 0, truck.cold_chain)
                    room = Room(ENDLESS, ENDLESS)
                    vain = done.left.in_vain(place, (depot, day, truck.cold_chain), rounds)
                    assert vain == (not done.left.load(place, call, room, Aboard(), rounds))
                    said.add(vain)
    done.give_back()
    assert said == {True, False}


def test_what_is_given_back_is_no_longer_in_vain(district):
    problem, _, _ = district
    left = Left(problem, dense(problem))
    need = problem.needs[0]
    at = (problem.lots[0].node, need.due, True)
    call, room = Call(*at[:2], problem.days[-1].until_s, 0, True), Room(ENDLESS, ENDLESS)
    items = left.load(need.place, call, room, Aboard(), EVERY)
    left.hold(items)
    assert (bool(items), left.in_vain(need.place, at, EVERY)) == (True, True)
    left.free(items)
    assert not left.in_vain(need.place, at, EVERY)


@pytest.mark.slow
def test_trips_are_those_of_trying_every_place(district, monkeypatch):
    problem, _, _ = district
    plans = []
    for patched in (False, True):
        if patched:
            monkeypatch.setattr(Left, "in_vain", lambda *_: False)
        done = begun(district)
        for day in range(len(problem.days)):
            done.day(day)
        done.give_back()
        plans.append((done.deliveries, done.routes, done.chains()))
    assert plans[0] == plans[1]
    assert plans[0][0]
