"""The loops of draws: one world after the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.compiled import compiled, inlined

PPM = 1_000_000
ROUNDS = 6
STEP = np.uint64(0x9E3779B97F4A7C15)
ONE = np.uint64(1)
A, B, C = np.uint64(30), np.uint64(27), np.uint64(31)
TIMES, TIMES_MORE = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@inlined
def mixed(z: Any) -> Any:
    """Return SplitMix64's mixing (Steele, Lea and Flood, OOPSLA 2014, doi:10.1145/2660193.2660195)."""
    z = (z ^ (z >> A)) * TIMES
    z = (z ^ (z >> B)) * TIMES_MORE
    return z ^ (z >> C)


@compiled
def fill_uniform(start: Any, numbers: Any, found: Any) -> None:
    """Fill (n,) whole numbers in [0, 10^6): a counter that begins at `start` is mixed."""
    for k in range(len(numbers)):
        z = mixed(start + (np.uint64(numbers[k]) + ONE) * STEP)
        found[k] = np.int64((z >> np.uint64(11)) % np.uint64(PPM))


@compiled
def fill_strata(start: Any, numbers: Any, n: int, found: Any) -> None:
    """Fill (n,) where numbers stand in a permutation of 0 to n - 1.

    A Feistel network on the least even number of bits that holds n, walked until it is back below n (Black
    and Rogaway 2002, doi:10.1007/3-540-45760-7_9).
    """
    half = ONE
    while (ONE << (half + half)) < np.uint64(n):
        half += ONE
    mask, n_all = (ONE << half) - ONE, np.uint64(n)
    for k in range(len(numbers)):
        z = np.uint64(numbers[k])
        while True:
            left, right = z >> half, z & mask
            for r in range(ROUNDS):
                salt = start + np.uint64(r + 1) * STEP
                left, right = right, left ^ (mixed(right + salt) & mask)
            z = (left << half) | right
            if z < n_all:
                break
        found[k] = np.int64(z)
