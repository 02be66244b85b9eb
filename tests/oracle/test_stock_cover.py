"""What the stock leaves short, against a maximum flow from lots to days."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from tests.unit.test_needs import DAY_S, cover, lot

DAYS = 4


def least_short(daily, lots):
    size = 2 + len(lots) + len(daily)
    capacity = np.zeros((size, size), dtype=np.int32)
    for i, one in enumerate(lots):
        capacity[0, 2 + i] = one.quantity_milli
        for day in range(len(daily)):
            there = one.available_from_s < (day + 1) * DAY_S
            good = one.expires_s is None or one.expires_s > day * DAY_S
            capacity[2 + i, 2 + len(lots) + day] = one.quantity_milli if there and good else 0
    for day, need in enumerate(daily):
        capacity[2 + len(lots) + day, 1] = need
    return sum(daily) - maximum_flow(csr_array(capacity), 0, 1).flow_value


times = st.integers(0, DAYS * DAY_S)


@given(
    st.lists(st.integers(0, 20), min_size=DAYS, max_size=DAYS).filter(any),
    st.lists(st.tuples(st.integers(0, 30), times, st.none() | times), max_size=5),
)
def test_no_use_of_the_stock_leaves_less_short(daily, rows):
    lots = [lot(f"l{i}", quantity, first, last) for i, (quantity, first, last) in enumerate(rows)]
    assert cover(daily, *lots).short_milli == least_short(daily, lots)
