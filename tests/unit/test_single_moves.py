"""Orders of stops that no single move betters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.kernels.tours.single_moves import in_order
from tests.support.effort import examples

MOST_STOPS = 6


@st.composite
def costs(draw: st.DrawFn) -> list[list[int]]:
    n = draw(st.integers(0, MOST_STOPS)) + 2
    row = st.lists(st.integers(0, 9), min_size=n, max_size=n)
    return draw(st.lists(row, min_size=n, max_size=n))


def whole(cost: list[list[int]], order: list[int]) -> int:
    return sum(cost[a][b] for a, b in pairwise([0, *order, len(cost) - 1]))


def moves(order: list[int]) -> Iterator[list[int]]:
    """Yield the orders in which one stop is elsewhere, or a part of the way is turned round."""
    for i in range(len(order)):
        rest = order[:i] + order[i + 1 :]
        for k in range(len(order)):
            yield [*rest[:k], order[i], *rest[k:]]
        for k in range(i + 2, len(order) + 1):
            yield [*order[:i], *reversed(order[i:k]), *order[k:]]


def by_whole_ways(cost: list[list[int]]) -> list[int]:
    """Return what the same search finds when it adds up the whole way of every order."""
    best = list(range(1, len(cost) - 1))
    while best:
        tried = min(moves(best), key=lambda order: whole(cost, order))
        if whole(cost, tried) >= whole(cost, best):
            break
        best = tried
    return best


@given(costs())
@settings(max_examples=examples(200))
def test_moves_are_judged_as_by_the_whole_way(cost: list[list[int]]):
    order, total = in_order(cost)
    assert order == by_whole_ways(cost)
    assert total == whole(cost, order)


def test_what_lies_on_the_way_is_called_at_on_the_way():
    at = [0, 30, 10, 20, 40]
    cost = [[abs(a - b) for b in at] for a in at]
    assert in_order(cost) == ([2, 3, 1], 40)
