"""Nobody who subtracts one release from the next learns of a change of few persons."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.engines.figures import successive_table
from safepassage.kernels.suppression import interval, with_margins

SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 3))
MINIMUM = 10


@st.composite
def histories(draw):
    """Return counts of one table at several times; most numbers change little, some much, some not."""
    rows, columns = draw(SHAPES)
    size = rows * columns
    first = draw(st.lists(st.integers(0, 60), min_size=size, max_size=size))
    found = [np.array(first, dtype=np.int64).reshape(rows, columns)]
    for _ in range(draw(st.integers(1, 4))):
        step = st.sampled_from([0, 0, 1, -1, 3, -4, 9, 12, -15, 40])
        steps = draw(st.lists(step, min_size=size, max_size=size))
        found.append(np.maximum(0, found[-1] + np.array(steps, dtype=np.int64).reshape(rows, columns)))
    return found


def released(history):
    """Release a table at each time, each after the one before."""
    tables = []
    for counts in history:
        rows, columns = counts.shape
        names = [f"r{n}" for n in range(rows)], [f"c{n}" for n in range(columns)]
        tables.append(successive_table("t", *names, counts, MINIMUM, earlier=tables))
    return tables


def cells(table):
    return itertools.product(range(len(table.rows) + 1), range(len(table.columns) + 1))


@settings(max_examples=150)
@given(histories())
def test_a_published_number_changes_only_when_it_has_changed_by_the_minimum(history):
    tables = released(history)
    for before, after, counts in zip(tables, tables[1:], history[1:], strict=False):
        now = with_margins(counts)
        for r, c in cells(after):
            old, new = before.persons[r][c], after.persons[r][c]
            if old is not None and new is not None and old != new:
                assert abs(int(now[r, c]) - before.base[r][c]) >= MINIMUM
            # However slowly it drifts, what is shown is never further off than the minimum and the rounding.
            if new is not None:
                assert abs(int(now[r, c]) - new) < MINIMUM + 3


@settings(max_examples=150)
@given(histories())
def test_of_any_two_releases_numbers_are_the_same_or_their_counts_lie_apart(history):
    """Also of two between which the number was another one, or hidden."""
    for before, after in itertools.combinations(released(history), 2):
        for r, c in cells(after):
            old, new = before.persons[r][c], after.persons[r][c]
            if old is not None and new is not None and old != new:
                assert abs(after.base[r][c] - before.base[r][c]) >= MINIMUM


def test_a_release_in_between_does_not_tell_that_three_people_left_since_last_week():
    counts = [[100, 200]], [[130, 240]], [[103, 200]]
    last_week, _, today = released([np.array(one, dtype=np.int64) for one in counts])
    assert today.persons == last_week.persons


def test_what_was_hidden_last_week_is_not_told_by_what_was_free_yesterday():
    """Of 55 five were hidden among fifty; with 25 and 52 now whoever knows the fifty learns the five."""
    counts = [[[5], [50], [90]], [[30], [80], [120]], [[25], [52], [90]]]
    last_week, yesterday, today = released([np.array(one, dtype=np.int64) for one in counts])
    hidden = [row[0] is None for row in last_week.persons]
    assert hidden[0]
    assert sum(hidden) > 1
    assert not any(row[0] is None for row in yesterday.persons)
    assert [row[0] is None for row in today.persons] == hidden


@settings(max_examples=150)
@given(histories())
def test_what_was_hidden_comes_back_only_when_all_hidden_with_it_have_changed_by_the_minimum(history):
    tables = released(history)
    for before, after, counts in zip(tables, tables[1:], history[1:], strict=False):
        now = with_margins(counts)
        hidden = [(r, c) for r, c in cells(before) if before.persons[r][c] is None]
        if any(after.persons[r][c] is not None for r, c in hidden):
            assert all(abs(int(now[r, c]) - before.base[r][c]) >= MINIMUM for r, c in hidden)


@settings(max_examples=100)
@given(histories())
def test_at_every_time_small_numbers_keep_their_room(history):
    for table, counts in zip(released(history), history, strict=True):
        full = with_margins(counts)
        hidden = np.array([[number is None for number in row] for row in table.persons])
        for r, c in np.argwhere(full < MINIMUM):
            assert hidden[r, c]
            low, high = interval(full, hidden, (int(r), int(c)))
            assert high - low >= MINIMUM or hidden.all()


@settings(max_examples=100)
@given(histories(), st.data())
def test_who_knows_that_one_group_changed_by_a_few_sees_no_change_at_all(history, data):
    """The attack by subtraction: the rest is known to stand still, so every change shown is that group's."""
    tables = released(history)
    counts = history[-1].copy()
    large = np.argwhere(counts >= 2 * MINIMUM)
    if not len(large):
        return
    r, c = large[data.draw(st.integers(0, len(large) - 1))]
    last = tables[-1]
    names = last.rows, last.columns
    made = successive_table("t", *names, counts, MINIMUM, earlier=[last])
    counts[r, c] += data.draw(st.sampled_from([-4, -1, 1, 4]))
    after = successive_table("t", *names, counts, MINIMUM, earlier=[made])
    drifted = abs(with_margins(counts) - np.array(made.base)) >= MINIMUM
    shown = np.array([[number is not None for number in row] for row in made.persons])
    if not (drifted & shown).any() and not _freed(made, counts):
        assert after.persons == made.persons


def _freed(table, counts):
    now = with_margins(counts)
    hidden = [(r, c) for r, c in cells(table) if table.persons[r][c] is None]
    return all(abs(int(now[r, c]) - table.base[r][c]) >= MINIMUM for r, c in hidden) and bool(hidden)


def test_a_release_day_by_day_does_not_tell_that_three_people_left():
    first = np.array([[40, 60], [80, 100]], dtype=np.int64)
    second = first.copy()
    second[0, 0] -= 3
    tables = released([first, second])
    assert tables[0].persons == tables[1].persons
    alone = successive_table("t", ("r0", "r1"), ("c0", "c1"), second, MINIMUM)
    assert alone.persons != tables[0].persons


def test_another_table_is_no_hindrance():
    first = np.array([[3, 60]], dtype=np.int64)
    (table,) = released([first])
    grown = np.array([[30, 61]], dtype=np.int64)
    other = successive_table("u", ("r0",), ("c0", "c1"), grown, MINIMUM, earlier=[table])
    assert None not in other.persons[0]


@pytest.mark.parametrize("closed", [(), ("r0",)])
def test_a_row_that_partners_do_not_see_in_all_is_hidden_and_given_room(closed):
    counts = np.array([[80], [90], [100]], dtype=np.int64)
    table = successive_table("t", ("r0", "r1", "r2"), ("c0",), counts, 50, closed=closed)
    assert (table.persons[0][0] is None) is bool(closed)


@settings(max_examples=60)
@given(histories())
def test_the_same_counts_released_again_are_the_same_table(history):
    last = released(history)[-1]
    again = successive_table("t", last.rows, last.columns, history[-1], MINIMUM, earlier=[last])
    if not _freed(last, history[-1]):
        assert again.persons == last.persons
