"""Arrays lent to a compiled loop are the caller's own; sites keep account of who arrived when."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
import pytest

from safepassage.engines.evacuate.ledger import SiteRoom
from safepassage.kernels.compiled import lent


class Arrays(NamedTuple):
    """Two arrays of different shapes."""

    row: Any
    table: Any


@numba.njit(cache=True)
def fill(arrays: Any) -> Any:
    """Write to lent arrays through views of them, and return a sum."""
    arrays = lent(arrays)
    for i in range(len(arrays.row)):
        arrays.table[i][:] = arrays.row[i]
    return arrays.table.sum()


def test_what_is_written_to_lent_arrays_is_in_those_of_the_caller():
    arrays = Arrays(np.arange(3), np.zeros((3, 2), dtype=np.int64))
    assert fill(arrays) == 6
    assert arrays.table.tolist() == [[0, 0], [1, 1], [2, 2]]


def test_the_caller_still_holds_its_arrays_afterwards():
    arrays = Arrays(np.arange(1_000), np.zeros((1_000, 50), dtype=np.int64))
    for _ in range(20):
        fill(arrays)
    assert arrays.table[:, 0].tolist() == list(range(1_000))


@pytest.mark.parametrize("capacity", [5, None])
def test_arrivals_take_places_and_add_up(capacity):
    room = SiteRoom({} if capacity is None else {"site": capacity})
    room.arrive("site", 2, 600)
    room.arrive("site", 3, 500)
    assert (room.person_s, room.last_s) == (2_700, 600)
    assert room.room("site") == (None if capacity is None else 0)
