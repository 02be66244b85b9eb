"""Why something is not delivered."""

from __future__ import annotations

from dataclasses import replace

from safepassage.domain.aid.distribution import NO_STOCK, NO_TRUCK, NO_WINDOW
from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.least_times import LeastTimes
from safepassage.engines.distribution.options import options_of
from safepassage.engines.distribution.short import short_of
from safepassage.engines.distribution.store import Left
from tests.support.district_roads import district_roads


def test_what_goes_beyond_the_stock_is_not_laid_to_the_trucks():
    problem, roads, windows = district_roads(settlements=2, trucks=1, days=1, persons=200)
    options, left = options_of(problem, roads, windows), Left(problem, [False] * len(problem.needs))
    water = [i for i, need in enumerate(problem.needs) if need.commodity == "drinking_water"]
    left.needs = [0] * len(problem.needs)
    left.needs[water[0]], left.needs[water[1]] = problem.needs[water[0]].amount_milli, 700
    left.lots = [
        problem.needs[water[0]].amount_milli + 10
        if lot.commodity == "drinking_water" and lot.depot == "depot0" else 0
        for lot in problem.lots
    ]  # fmt: skip
    rows = short_of(problem, options, left, lambda _: 0)
    assert [(row.place, row.milli, row.reason) for row in rows] == [
        (problem.needs[water[0]].place, problem.needs[water[0]].amount_milli, NO_TRUCK),
        (problem.needs[water[1]].place, 690, NO_STOCK),
        (problem.needs[water[1]].place, 10, NO_TRUCK),
    ]


def _rows(max_duty_s=-1, **sizes):
    """Return why a distribution in which nobody has set out brings nothing."""
    problem, roads, windows = district_roads(**sizes)
    trucks = [replace(truck, max_duty_s=max_duty_s) for truck in problem.trucks]
    problem = replace(problem, trucks=tuple(trucks))
    roads.lay_out()
    left = Left(problem, [False] * len(problem.needs))
    idle = Dispatcher(problem, roads, left, LeastTimes(problem, roads), -1, windows)
    return short_of(problem, options_of(problem, roads, windows), left, idle.first_day)


def test_a_place_that_a_truck_could_come_to_had_no_truck():
    rows = _rows(settlements=2, trucks=1, days=1, persons=200)
    assert {row.reason for row in rows if row.commodity == "drinking_water"} == {NO_TRUCK}
    assert {row.reason for row in rows if row.commodity == "diesel"} == {NO_STOCK}


def test_a_place_from_which_no_truck_is_home_within_its_hours_had_no_window():
    rows = _rows(settlements=2, trucks=1, days=1, persons=200, max_duty_s=60)
    assert {row.reason for row in rows if row.commodity == "drinking_water"} == {NO_WINDOW}


def test_a_need_before_the_first_day_on_which_a_truck_could_come_had_no_window():
    problem, roads, windows = district_roads(settlements=2, trucks=1, days=2, persons=200)
    left = Left(problem, [False] * len(problem.needs))
    rows = short_of(problem, options_of(problem, roads, windows), left, lambda _: 1)
    assert {(row.due, row.reason) for row in rows if row.commodity == "drinking_water"} == {
        (0, NO_WINDOW), (1, NO_TRUCK),
    }  # fmt: skip
