"""The order of a few stops between two ends that no single move betters.

A move puts one stop elsewhere, or turns a part of the way round (Lin, "Computer solutions of the traveling
salesman problem", 1965, doi:10.1002/j.1538-7305.1965.tb04146.x). It is judged by the ways that it changes,
which may take longer in one direction than in the other. The move that saves most is made, the first of those
that save as much.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

MOST_MOVES = 50
Cost = Sequence[Sequence[int]]


def in_order(cost: Cost) -> tuple[list[int], int]:
    """Return the stops 1 to n in an order that no single move betters, and what the whole way costs.

    Parameters
    ----------
    cost : (n + 2, n + 2) whole costs between the start (0), stops as given (1 to n) and the end (n + 1).
    """
    way = list(range(len(cost)))
    total = sum(cost[a][b] for a, b in pairwise(way))
    for _ in range(MOST_MOVES):
        more, place, moved = min(_moves(cost, way), key=lambda row: row[0], default=(0, 0, way))
        if more >= 0:
            break
        total += more
        way[place : place + len(moved)] = moved
    return way[1:-1], total


def _moves(cost: Cost, way: list[int]) -> Iterator[tuple[int, int, list[int]]]:
    """Yield what a move costs more, where the part of the way that it changes begins, and this part after."""
    back = [0, *accumulate(cost[b][a] - cost[a][b] for a, b in pairwise(way))]
    last = len(way) - 1
    for i in range(1, last):
        a, stop, b = way[i - 1 : i + 2]
        saved = cost[a][stop] + cost[stop][b] - cost[a][b]
        for k in range(1, last):
            if k != i:
                a, b = (way[k - 1], way[k]) if k < i else (way[k], way[k + 1])
                more = cost[a][stop] + cost[stop][b] - cost[a][b] - saved
                part = [stop, *way[k:i]] if k < i else [*way[i + 1 : k + 1], stop]
                yield more, min(i, k), part
        for k in range(i + 1, last):
            more = cost[way[i - 1]][way[k]] + cost[way[i]][way[k + 1]] + back[k] - back[i]
            more -= cost[way[i - 1]][way[i]] + cost[way[k]][way[k + 1]]
            yield more, i, way[i : k + 1][::-1]
