"""Why something is not delivered."""

from __future__ import annotations

from safepassage.domain.aid.distribution import NO_STOCK, NO_TRUCK, NO_WINDOW
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
    rows = short_of(problem, options, left)
    assert [(row.place, row.milli, row.reason) for row in rows] == [
        (problem.needs[water[0]].place, problem.needs[water[0]].amount_milli, NO_TRUCK),
        (problem.needs[water[1]].place, 690, NO_STOCK),
        (problem.needs[water[1]].place, 10, NO_TRUCK),
    ]


def test_a_place_that_nobody_came_to_had_no_window():
    problem, roads, windows = district_roads(settlements=2, trucks=1, days=1, persons=200)
    left = Left(problem, [False] * len(problem.needs))
    rows = short_of(problem, options_of(problem, roads, windows), left)
    assert {row.reason for row in rows if row.commodity == "drinking_water"} == {NO_WINDOW}
    assert {row.reason for row in rows if row.commodity == "diesel"} == {NO_STOCK}
