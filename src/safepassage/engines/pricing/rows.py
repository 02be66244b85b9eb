"""Rows of the packing program: the moments at which entries of a listed arc are counted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Entries of a listed arc, in persons (`road`: mveh), weighed by step, and how much there can be of them.

    `weight[k]` is that of an entry in step `start + k`, 0 in steps beyond: 1 up to some moment, from there to
    the next falling evenly. Whatever falls is a sum of counts up to a moment, each of which has a limit.
    """

    arc: int
    road: bool
    start: int
    weight: NDArray[np.float64]
    capacity: float

    @property
    def fall(self) -> int:
        """Return the step from which on the weight falls."""
        return self.start + int(np.count_nonzero(self.weight == 1.0))

    @property
    def until(self) -> int:
        """Return the step from which on nothing weighs."""
        return self.start + len(self.weight)


def drop(row: Row, price: Int64, ratio: int) -> int:
    """Return by how much a price, by steps `ratio` times as long, falls where the weight of a row does."""
    last = (row.until - 1) // ratio
    moments = (last, last + 1) if row.fall == row.until else (row.fall // ratio, last)
    before, after = (int(price[k]) if k < len(price) else 0 for k in moments)
    return max(0, before - after)


def weights(steps: Int64, stride: int) -> list[NDArray[np.float64]]:
    """Return what entries weigh by step: a row of each opening, one of about every `stride` steps in it.

    Up to the end of an opening all weigh alike; within it the weight falls evenly between two moments. Prices
    so fall evenly while people queue, as waiting costs. Stairs instead of slopes would let all who enter
    between two moments do so at the first of them.
    """
    found = []
    for opening in np.split(steps, np.flatnonzero(np.diff(steps) > 1) + 1):
        first, end = int(opening[0]), int(opening[-1]) + 1
        parts = max(1, round((end - first) / stride))
        moments = [first + (end - first) * i // parts for i in range(parts + 1)]
        for since, until in pairwise(moments):
            n = until - since
            found.append(np.concatenate([np.ones(since), 1 - (np.arange(n) + 0.5) / n]))
        found.append(np.ones(end))
    return found
