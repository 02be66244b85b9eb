"""What everybody gains at given prices: tables of several fleets are filled beside each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

from safepassage.engines.pricing import market
from safepassage.engines.pricing.listed import listed_arcs
from safepassage.engines.pricing.market import Market
from safepassage.kernels.prices import value_tables
from tests.support.planned import laid
from tests.support.sketch import Sketch

STEP_S, LATE_S = 60, 30


@pytest.fixture(scope="module")
def two_kinds():
    """A town from which people leave by car and by bus: a table for each."""
    sketch = Sketch(2, horizon_s=3_600)
    sketch.road(0, 1, 60, 900)
    sketch.town("a", 0, 20)
    sketch.people("a", 9, group="needs_transport")
    sketch.buses("bus", "a", 1, 10)
    sketch.site("s", 1)
    problem = laid(sketch).problem
    return Market(problem, listed_arcs(problem), STEP_S)


def prices_of(made):
    found = made.no_prices()
    found.people[:] = 300
    found.road[:, :20] = 40
    return found


def test_two_tables_are_filled_at_a_time_and_each_is_as_when_filled_alone(two_kinds, monkeypatch):
    prices, both, fill = prices_of(two_kinds), Barrier(2, timeout=LATE_S), market.value_table
    alone = [two_kinds.table(tables, prices) for tables in two_kinds.tables]
    assert len(alone) == 2
    assert not np.array_equal(*alone)

    def when_both_are_there(*given):
        both.wait()
        return fill(*given)

    monkeypatch.setattr(market, "value_table", when_both_are_there)
    with ThreadPoolExecutor(2) as threads:
        found = two_kinds.values(prices, threads)
    assert all(np.array_equal(a, b) for a, b in zip(found, alone, strict=True))


def test_the_loop_that_fills_them_lets_other_threads_run():
    assert value_tables._compiled()[0].targetoptions["nogil"]
