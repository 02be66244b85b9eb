"""Nobody who knows all published numbers can confine a small one: checked by linear programs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from safepassage.kernels.suppression import hidden_cells, interval, with_margins
from tests.support.effort import examples

TABLES = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda shape: st.lists(
        st.integers(0, 30) | st.just(0) | st.integers(8, 12),
        min_size=shape[0] * shape[1],
        max_size=shape[0] * shape[1],
    ).map(lambda values: np.array(values, dtype=np.int64).reshape(shape))
)


def attacked(counts: np.ndarray, hidden: np.ndarray, cell) -> tuple[float, float]:
    """Return the least and greatest value of a hidden number, by two linear programs over the whole table."""
    rows, columns = counts.shape
    full = with_margins(counts)
    shape = full.shape
    size = full.size
    place = np.arange(size).reshape(shape)
    equations, right = [], []
    for r in range(rows + 1):
        line = np.zeros(size)
        line[place[r, :columns]] = 1
        line[place[r, columns]] = -1
        equations.append(line)
        right.append(0)
    for c in range(columns + 1):
        line = np.zeros(size)
        line[place[:rows, c]] = 1
        line[place[rows, c]] = -1
        equations.append(line)
        right.append(0)
    bounds = [(0, None) if hidden.flat[k] else (full.flat[k], full.flat[k]) for k in range(size)]
    found = []
    for sign in (1, -1):
        cost = np.zeros(size)
        cost[place[cell]] = sign
        done = linprog(cost, A_eq=np.array(equations), b_eq=right, bounds=bounds, method="highs")
        found.append(np.inf if done.status == 3 else done.x[place[cell]])
    return found[0], found[1]


@settings(max_examples=examples(20))
@given(TABLES, st.sampled_from([3, 10]))
def test_every_small_number_keeps_room_against_an_attack_on_all_that_is_published(counts, minimum):
    hidden = hidden_cells(counts, minimum)
    full = with_margins(counts)
    for r, c in np.argwhere(full < minimum):
        assert hidden[r, c]
        low, high = attacked(counts, hidden, (r, c))
        assert high - low >= minimum or hidden.all()


@settings(max_examples=examples(20))
@given(TABLES, st.sampled_from([3, 10]))
def test_our_intervals_are_those_of_the_linear_program(counts, minimum):
    hidden = hidden_cells(counts, minimum)
    full = with_margins(counts)
    for r, c in np.argwhere(hidden)[:4]:
        low, high = interval(full, hidden, (int(r), int(c)))
        expected_low, expected_high = attacked(counts, hidden, (int(r), int(c)))
        assert low == pytest.approx(expected_low)
        assert (high >= 2**50) if np.isinf(expected_high) else high == pytest.approx(expected_high)


def test_one_small_number_alone_would_be_worked_out_so_others_are_hidden_with_it():
    counts = np.array([[3, 40, 50], [60, 70, 80], [90, 100, 110]], dtype=np.int64)
    plain = with_margins(counts) < 10
    assert interval(with_margins(counts), plain, (0, 0)) == (3, 3)
    hidden = hidden_cells(counts, 10)
    assert hidden.sum() >= 4
    low, high = interval(with_margins(counts), hidden, (0, 0))
    assert high - low >= 10


def test_a_table_of_large_numbers_is_shown_whole():
    assert not hidden_cells(np.full((3, 2), 25, dtype=np.int64), 10).any()


def test_a_table_with_nobody_is_hidden_and_an_empty_one_too():
    assert hidden_cells(np.zeros((2, 2), dtype=np.int64), 10).all()
    assert hidden_cells(np.zeros((0, 0), dtype=np.int64), 10).all()
    with pytest.raises(ValueError, match="negative"):
        hidden_cells(np.array([[-1]], dtype=np.int64), 10)


def test_the_same_table_hides_the_same_cells():
    counts = np.array([[3, 40, 40], [60, 70, 80]], dtype=np.int64)
    assert (hidden_cells(counts, 10) == hidden_cells(counts.copy(), 10)).all()


def test_what_else_is_hidden_has_the_shape_of_the_table_and_only_what_is_guarded_gets_room():
    counts = np.array([[20, 30], [40, 50]], dtype=np.int64)
    mark = np.zeros((3, 3), dtype=bool)
    mark[0, 0] = True
    assert hidden_cells(counts, 10, also=mark).sum() == 1
    assert hidden_cells(counts, 10, guarded=mark).sum() >= 4
    for name in ("also", "guarded"):
        with pytest.raises(ValueError, match="shape"):
            hidden_cells(counts, 10, **{name: mark[:2]})
