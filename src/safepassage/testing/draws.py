"""Reproducible draws: the same seed gives the same numbers on every machine and with every numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from numpy.random import PCG64

T = TypeVar("T")


class Draws:
    """Whole numbers drawn from a seed.

    Only `PCG64.random_raw` is used: numpy keeps the raw stream of a bit generator stable between releases,
    which it does not promise of the methods of `Generator` (NEP 19).
    """

    __slots__ = ("_bits",)

    def __init__(self, seed: int) -> None:
        if seed < 0:
            raise ValueError(f"a seed must not be negative, got {seed}")
        self._bits = PCG64(seed)

    def below(self, bound: int) -> int:
        """Return a whole number in [0, bound)."""
        if bound < 1:
            raise ValueError(f"nothing can be drawn below {bound}")
        return int(self._bits.random_raw()) * bound >> 64

    def between(self, low: int, high: int) -> int:
        """Return a whole number in [low, high], both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """Return True in `percent` cases of a hundred."""
        return self.below(100) < percent

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self.below(len(items))]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """Return `count` different items, in the order drawn."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` in proportion to whole-number weights so that the parts sum to it.

    Largest remainders (Hamilton); the earlier weight wins a tie.

    Raises
    ------
    ValueError
        When a weight is negative, or all are 0 and there is something to split.
    """
    whole = sum(weights)
    if min(weights, default=0) < 0 or (whole == 0 and total != 0):
        raise ValueError("weights must not be negative, and one must be positive")
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts
