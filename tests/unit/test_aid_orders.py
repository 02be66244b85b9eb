"""Orders of a day: nothing twice, nothing scarce beyond its share, no larger than a part of a load."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.domain.crew import at_once
from safepassage.engines.distribution import prices
from safepassage.engines.distribution.again import searched_again
from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.least_times import LeastTimes
from safepassage.engines.distribution.options import options_of
from safepassage.engines.distribution.orders import PARTS_OF_A_LOAD, OrderBook
from safepassage.engines.distribution.prices import best_of, dense, most_of, proved
from safepassage.engines.distribution.sequence import Found, Sequencer, found_by
from safepassage.engines.distribution.standing import Planned
from safepassage.engines.distribution.store import Item, Left
from tests.support.district_roads import district_roads


@pytest.fixture(scope="module")
def given():
    problem, roads, windows = district_roads(settlements=6, trucks=2, days=2, persons=3_000)
    options = options_of(problem, roads, windows)
    best = best_of((problem, options))
    book = OrderBook(problem, options, best.shares, best.least_share)
    return problem, roads, windows, book, Left(problem, dense(problem))


def test_no_need_is_ordered_twice_and_no_order_is_too_large(given):
    problem, _, _, book, left = given
    orders = book.orders(left, 0, 80_000)
    asked = {}
    for order in orders:
        for need, milli in order.parts:
            assert problem.needs[need].place == order.place
            asked[need] = asked.get(need, 0) + milli
    assert asked
    assert all(milli <= problem.needs[need].amount_milli for need, milli in asked.items())
    largest = max(truck.payload_kg for truck in problem.trucks) * 10**6 // PARTS_OF_A_LOAD
    pieces = max(good.mass_g * good.step_milli for good in problem.goods)
    assert all(order.mass_mg <= max(largest, pieces) for order in orders)


def test_everybody_is_asked_for_what_everybody_can_have(given):
    problem, _, _, book, left = given
    must = [order for order in book.orders(left, 0, 0) if order.must]
    assert {order.place for order in must} == {need.place for need in problem.needs}
    assert all(order.must for order in book.orders(left, 0, 0))


def test_trips_of_a_day_hold_what_they_bring(given):
    problem, roads, windows, book, left = given
    sequencer = Sequencer(problem, roads, windows)
    before = list(left.needs)
    orders = book.orders(left, 0, sequencer.seconds(0))
    rounds = found_by(sequencer.search(0, orders, (30, 0), left))
    trips = sequencer.trips(0, Found(orders, rounds), left)
    held = [item for plans in trips.values() for plan in plans for stop in plan.stops for item in stop.items]
    assert held
    assert sum(before) - sum(left.needs) == sum(item.milli for item in held)
    assert min(left.needs) >= 0
    assert min(left.lots) >= 0
    base = {truck.id: truck.base_node for truck in problem.trucks}
    for truck, plans in trips.items():
        masses = [
            (plan.depot == base[truck], left.mass_g([i for stop in plan.stops for i in stop.items]))
            for plan in plans
        ]
        assert masses == sorted(masses, reverse=True)


def test_trucks_load_at_their_base_while_it_has_what_they_bring(given):
    problem, roads, windows, book, _ = given
    sequencer, left = Sequencer(problem, roads, windows), Left(problem, dense(problem))
    left.lots = [10 * milli for milli in left.lots]
    search = sequencer.search(0, book.orders(left, 0, sequencer.seconds(0)), (2_000, 0), left)
    rounds = found_by(search)
    assert rounds
    assert all(trip.depot == search.kinds[one.kind].base for one in rounds for trip in one.trips)


def test_trucks_whose_base_has_nothing_left_load_where_something_is(given):
    problem, roads, windows, book, _ = given
    sequencer, left = Sequencer(problem, roads, windows), Left(problem, dense(problem))
    base = problem.trucks[0].base_node
    orders = book.orders(left, 0, sequencer.seconds(0))
    left.lots = [0 if lot.node == base else k for lot, k in zip(problem.lots, left.lots, strict=True)]
    rounds = found_by(sequencer.search(0, orders, (30, 0), left))
    trips = sequencer.trips(0, Found(orders, rounds), left)
    assert trips
    assert base not in {trip.depot for plans in trips.values() for trip in plans}


def test_what_is_asked_for_twice_is_brought_once(given):
    problem, roads, windows, book, _ = given
    sequencer, left = Sequencer(problem, roads, windows), Left(problem, dense(problem))
    left.lots = [10 * milli for milli in left.lots]
    orders = book.orders(left, 0, sequencer.seconds(0))
    rounds = found_by(sequencer.search(0, orders, (30, 0), left))
    # Days that are searched beside each other do not know what the other one brings.
    assert sequencer.trips(0, Found(orders, rounds), left)
    sequencer.trips(0, Found(orders, rounds), left)
    assert min(left.needs) >= 0


def test_no_more_of_a_good_is_loaded_at_a_depot_than_lies_there(given):
    problem, roads, windows, book, _ = given
    sequencer, left = Sequencer(problem, roads, windows), Left(problem, dense(problem))
    orders = book.orders(left, 0, sequencer.seconds(0))
    left.lots = [milli // 10 for milli in left.lots]
    search = sequencer.search(0, orders, (500, 0), left)
    taken = search.stock * 0
    for one in found_by(search):
        for trip in one.trips:
            taken[trip.depot] += search.goods[list(trip.orders)].sum(axis=0)
    assert taken.any()
    assert (taken <= search.stock).all()


def test_the_way_to_another_depot_leads_by_the_base(given):
    problem, roads, windows, book, _ = given
    sequencer, left = Sequencer(problem, roads, windows), Left(problem, dense(problem))
    search = sequencer.search(0, book.orders(left, 0, sequencer.seconds(0)), (30, 0), left)
    depots = len(search.stock)
    for kind in search.kinds:
        table = search.tables_s[kind.table]
        for other in range(depots):
            ways = table[depots:, kind.base] + table[kind.base, other]
            assert (table[depots:, other] == ways).all()


def as_they_come(given):
    """Return a distribution whose trips were found one by one, without a search for rounds."""
    problem, roads, windows, _, left = given
    first = Dispatcher(problem, roads, Left(problem, left.first), LeastTimes(problem, roads), -1, windows)
    for day in range(len(problem.days)):
        first.day(day)
    first.give_back()
    return first


def test_what_is_brought_already_is_kept_when_rounds_are_searched_again(given):
    problem, roads, windows, book, _ = given
    first = as_they_come(given)
    again = searched_again(first, book, Sequencer(problem, roads, windows), (20, 0))
    again.give_back()
    assert len(again.trips) == len(again.loads)
    assert sum(again.left.needs) <= sum(first.left.needs) * 1.05
    fresh = again.anew()
    assert not fresh.trips
    assert not fresh.deliveries
    assert fresh.left.needs == [need.amount_milli for need in problem.needs]


def test_from_many_options_on_few_are_begun_with_and_as_much_is_proved(given, monkeypatch):
    problem, roads, windows, _, _ = given
    options = options_of(problem, roads, windows)
    best = best_of((problem, options))
    whole = proved((problem, options, best, None))
    known = proved((problem, options, best, most_of((problem, options))))
    assert (known.bounds, known.remedies) == (whole.bounds, whole.remedies)
    monkeypatch.setattr(prices, "MANY_OPTIONS", 0)
    begun = best_of((problem, options))
    few = proved((problem, options, begun, None))
    assert begun.begun is not None
    assert not begun.begun.all()
    assert begun.least_share == pytest.approx(best.least_share, abs=0.005)
    assert few.bounds[0].limit_nano == pytest.approx(whole.bounds[0].limit_nano, rel=0.005)
    assert few.bounds[1].least_share_ppm == pytest.approx(whole.bounds[1].least_share_ppm, abs=5_000)


def test_many_options_are_begun_with_by_every_lot_on_the_day_itself(given, monkeypatch):
    problem, roads, windows, _, _ = given
    options = options_of(problem, roads, windows)
    monkeypatch.setattr(prices, "MANY_OPTIONS", 0)
    begun = best_of((problem, options)).begun
    day = [options.crews[k].day for k in options.crew.tolist()]
    due = [problem.needs[i].due for i in options.need.tolist()]
    on_the_day = {
        (i, lot)
        for i, lot, here, then in zip(options.need.tolist(), options.lot.tolist(), day, due, strict=True)
        if here == then
    }
    rows = begun.nonzero()[0]
    assert on_the_day <= set(zip(options.need[rows].tolist(), options.lot[rows].tolist(), strict=True))


@pytest.mark.parametrize("hours", ["enough", "scarce"])
def test_of_many_options_stops_are_priced_only_where_hours_are_scarce(monkeypatch, hours):
    persons = 500 if hours == "enough" else 30_000
    problem, roads, windows = district_roads(settlements=6, trucks=2, days=2, persons=persons)
    options = options_of(problem, roads, windows)
    whole = proved((problem, options, best_of((problem, options)), None))
    monkeypatch.setattr(prices, "MANY_OPTIONS", 0)
    few = proved((problem, options, best_of((problem, options)), None))
    assert any(bound.stops for bound in few.bounds) == (hours == "scarce")
    assert few.bounds[0].limit_nano == pytest.approx(whole.bounds[0].limit_nano, rel=0.005)
    assert few.bounds[1].least_share_ppm == pytest.approx(whole.bounds[1].least_share_ppm, abs=5_000)


def test_two_days_searched_at_once_give_what_they_give_in_turn(given):
    problem, roads, windows, book, _ = given
    first = as_they_come(given)
    begun = []

    def later(task, job):
        begun.append(job)
        return lambda: task(job)

    found = []
    for beside in (at_once, later):
        again = searched_again(first, book, Sequencer(problem, roads, windows), (20, 0), beside)
        again.give_back()
        found.append((again.deliveries, again.chains()))
    assert len(begun) == len(problem.days) // 2
    assert found[0][0]
    assert found[0] == found[1]


def test_a_trip_leaves_without_goods_that_come_later_or_after_them(given):
    problem, roads, windows, _, left = given
    late = replace(
        problem,
        lots=tuple(replace(lot, available_from_s=lot.available_from_s + 50_000) for lot in problem.lots),
    )
    done = Dispatcher(late, roads, Left(late, left.first), LeastTimes(late, roads), -1, windows)
    truck, lot = late.trucks[0], late.lots[0]
    need = next(i for i, row in enumerate(late.needs) if row.commodity == lot.commodity)
    stop = done.stop(late.needs[need].place, [Item(need, 0, late.needs[need].amount_milli)])
    done.left.hold(stop.items)
    done.planned[truck.id] = [Planned(lot.node, (stop,))]
    done.day(truck.day)
    done.give_back()
    leaves = {
        (chain.id, before): leg.depart_s
        for chain in done.chains()
        for before, leg in zip(["", *(leg.id for leg in chain.legs)], chain.legs, strict=False)
    }
    assert done.deliveries
    for row in done.deliveries:
        there_s = next(x.available_from_s for x in late.lots if x.id == row.lot)
        # A truck may wait for what it loads: it leaves after that.
        assert leaves[row.truck, row.loaded] > there_s
