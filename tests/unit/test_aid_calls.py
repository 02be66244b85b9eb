"""Further calls: where trips keep all from being served better, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.engines.distribution.calls import called_where_it_binds
from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.least_times import LeastTimes
from safepassage.engines.distribution.limiting import Call, limiting
from safepassage.engines.distribution.loads import Trip
from safepassage.engines.distribution.store import Left
from tests.support.district_roads import district_roads

HOURS_S = 30_000


@pytest.fixture(scope="module")
def before() -> Dispatcher:
    problem, roads, windows = district_roads(settlements=4, trucks=2, days=1, persons=400)
    left = Left(problem, [False] * len(problem.needs))
    return Dispatcher(problem, roads, left, LeastTimes(problem, roads), -1, windows)


def trips(before: Dispatcher, spare_s: int) -> list[Trip]:
    """Return a lorry to all places but the last, and another that brings the last next to nothing."""
    truck, *_ = before.problem.trucks
    *most, last = before.left.places()
    small = replace(truck, id=f"{truck.id}-small", payload_kg=60)
    one = Trip(
        truck=truck, depot=truck.base_node, loads_s=truck.available_from_s,
        stops=tuple((place, truck.available_from_s + 3_600) for place in most), spare_s=spare_s,
    )  # fmt: skip
    return [one, replace(one, truck=small, stops=((last, truck.available_from_s + 3_600),), spare_s=HOURS_S)]


def test_the_place_that_keeps_all_from_more_is_named_and_only_that(before):
    found = limiting(before.problem, trips(before, HOURS_S))
    last = before.left.places()[-1]
    assert found.places == (last,)
    assert found.missing[last, 0] > 0


def test_a_call_there_serves_all_better(before):
    given, last = trips(before, HOURS_S), before.left.places()[-1]
    after, found = called_where_it_binds(before, given, 1.0)
    assert sorted(place for place, _ in after[0].stops) == before.left.places()
    assert after[1].stops == given[1].stops
    assert after[0].spare_s < given[0].spare_s
    shares = [limiting(before.problem, rows).least_share for rows in (given, after)]
    assert shares[0] + 0.05 < shares[1] == found.least_share
    assert last not in dict(given[0].stops)


def test_nobody_is_called_where_there_are_no_hours_or_nothing_to_gain(before):
    late = [replace(trip, spare_s=10) for trip in trips(before, HOURS_S)]
    assert called_where_it_binds(before, late, 1.0)[0] == late
    content = trips(before, HOURS_S)
    share = limiting(before.problem, content).least_share
    assert called_where_it_binds(before, content, share)[0] == content


def test_a_trip_of_which_no_stop_is_left_is_passed_over(before):
    given = trips(before, HOURS_S)
    empty = replace(given[0], truck=replace(given[0].truck, id="empty"), stops=())
    after, _ = called_where_it_binds(before, [empty, *given], 1.0)
    assert after[0] == empty
    assert sorted(place for place, _ in after[1].stops) == before.left.places()


def test_no_call_brings_more_than_the_prices_promise(before):
    problem, places = before.problem, before.left.places()
    given = trips(before, HOURS_S)
    found = limiting(problem, given)
    calls = [
        Call(k, (place, trip.loads_s + 3_600), 300)
        for k, trip in enumerate(given) for place in places if place not in dict(trip.stops)
    ]  # fmt: skip
    promised = found.promises(problem, given, calls)
    for call, most in zip(calls, promised.tolist(), strict=True):
        trip = given[call.trip]
        spare_s = trip.spare_s - call.seconds
        more = [replace(row, spare_s=spare_s) if row.truck.id == trip.truck.id else row for row in given]
        more[call.trip] = replace(more[call.trip], stops=(*trip.stops, call.stop))
        assert limiting(problem, more).least_share <= found.least_share + max(0.0, most) + 1e-6
    at_last = [
        most for call, most in zip(calls, promised.tolist(), strict=True) if call.stop[0] == places[-1]
    ]
    assert max(at_last) > 0.05
    assert max(set(promised.tolist()) - set(at_last)) <= 1e-6
