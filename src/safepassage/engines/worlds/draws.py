"""Draws that depend on a seed, a name and the number of a world alone: the same in any order, anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.worlds import PPM, Chances, Fact, FactKind
from safepassage.kernels.world_runs import NEVER, Drawn, Int64

PERMILLE = 1_000
LAYER_SHARES = (1, 2, 1)
"""Of four worlds one uses the low figures, two the central, one the high ones."""
DAY_S = 86_400
_MASK = np.uint64(0xFFFFFFFFFFFFFFFF)


def uniform_ppm(seed: int, name: str, worlds: Int64) -> Int64:
    """Return (n,) whole numbers in [0, 10^6), one for each world by its number.

    The mixing is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, doi:10.1145/2660193.2660195) on a counter
    that starts where SHA-256 of seed and name puts it.
    """
    start = int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:8], "big")
    with np.errstate(over="ignore"):
        step = np.uint64(0x9E3779B97F4A7C15)
        z = (np.uint64(start) + (worlds.astype(np.uint64) + np.uint64(1)) * step) & _MASK
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    found: Int64 = ((z >> np.uint64(11)) % np.uint64(PPM)).astype(np.int64)
    return found


def truths(facts: Sequence[Fact], seed: int, worlds: Int64) -> NDArray[np.bool_]:
    """Return (worlds, facts) which facts are true; those of one origin by one draw."""
    layer = np.searchsorted(np.cumsum(LAYER_SHARES) * (PPM // 4), uniform_ppm(seed, "layer", worlds), "right")
    found = np.zeros((len(worlds), len(facts)), dtype=bool)
    for k, fact in enumerate(facts):
        name = f"origin {fact.origin}" if fact.origin else f"fact {fact.id}"
        found[:, k] = uniform_ppm(seed, name, worlds) < np.asarray(fact.ppm, dtype=np.int64)[layer]
    return found


def drawn(
    facts: Sequence[Fact], vehicles: Sequence[str], n_arcs: int, chances: Chances, seed: int, worlds: Int64
) -> Drawn:
    """Return the worlds of some numbers."""
    cut = np.zeros((len(worlds), len(facts)), dtype=np.int64)
    for k, fact in enumerate(facts):
        if fact.kind == FactKind.EARLY:
            cut[:, k] = _share(seed, f"cut {fact.id}", worlds, chances.early_share_most)
    return Drawn(
        true=truths(facts, seed, worlds), cut=cut, slow=_slow(n_arcs, chances, seed, worlds),
        fails_s=_fails(vehicles, chances, seed, worlds),
    )  # fmt: skip


def staying(places: Sequence[str], chances: Chances, seed: int, worlds: Int64) -> Int64:
    """Return (worlds, places) the share, in permille, of those who wanted to leave and stay after all."""
    columns = [_share(seed, f"stay {place}", worlds, chances.stay_share_most) for place in places]
    return np.stack(columns, axis=1) if columns else np.zeros((len(worlds), 0), dtype=np.int64)


def _share(seed: int, name: str, worlds: Int64, most: int) -> Int64:
    return uniform_ppm(seed, name, worlds) * (most + 1) // PPM


def _slow(n_arcs: int, chances: Chances, seed: int, worlds: Int64) -> NDArray[np.uint16]:
    """Return (worlds, arcs) how much longer an arc takes, in permille: a part for all, a part of its own."""
    half = chances.slow_share_most // 2
    common = _share(seed, "slow", worlds, chances.slow_share_most - half)
    numbers = worlds[:, None] * n_arcs + np.arange(n_arcs, dtype=np.int64)[None, :]
    own = uniform_ppm(seed, "slow arc", numbers.ravel()).reshape(numbers.shape) * (half + 1) // PPM
    return (common[:, None] + own).astype(np.uint16)


def _fails(vehicles: Sequence[str], chances: Chances, seed: int, worlds: Int64) -> Int64:
    """Return (worlds, vehicles) the second in which a vehicle fails; its chance grows evenly with time."""
    found = np.full((len(worlds), max(1, len(vehicles))), NEVER, dtype=np.int64)
    for k, vehicle in enumerate(vehicles):
        if chances.breakdown_day_ppm:
            found[:, k] = uniform_ppm(seed, f"fails {vehicle}", worlds) * DAY_S // chances.breakdown_day_ppm
    return found
