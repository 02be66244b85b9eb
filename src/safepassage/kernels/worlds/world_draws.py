"""Draws that depend on a seed, a name and a world's number alone: the same in any order, on any machine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
PPM = 1_000_000
LAYER_SHARES = (1, 2, 1)
"""Of four worlds one uses the low figures of a voice, two the central, one the high ones (an assumption of
this project, to be reviewed by the planning team)."""


def _start(seed: int, name: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:8], "big"))


def uniform_ppm(seed: int, name: str, worlds: Int64) -> Int64:
    """Return (n,) whole numbers in [0, 10^6), one for each world by its number.

    A counter that starts where SHA-256 of seed and name puts it is mixed.
    """
    from safepassage.kernels.worlds.draw_loops import fill_uniform  # noqa: PLC0415 - numba loads slowly

    found = np.empty(len(worlds), dtype=np.int64)
    fill_uniform(_start(seed, name), worlds, found)
    return found


def stratum(seed: int, name: str, worlds: Int64, n: int) -> Int64:
    """Return (worlds,) where each of the worlds 0 to n - 1 stands in a permutation of them by seed and name.

    There is no state, so any world can be asked alone.
    """
    from safepassage.kernels.worlds.draw_loops import fill_strata  # noqa: PLC0415 - numba loads slowly

    found = np.empty(len(worlds), dtype=np.int64)
    fill_strata(_start(seed, f"order {name}"), worlds, n, found)
    return found


def stratified_ppm(seed: int, name: str, worlds: Int64, n: int) -> Int64:
    """Return (worlds,) whole numbers in [0, 10^6), one from each of n equal strata over worlds 0 to n - 1.

    Of n worlds, an event with probability p is so in p n of them, to within one.
    """
    where = stratum(seed, name, worlds, n)
    return (where * PPM + uniform_ppm(seed, f"within {name}", worlds)) // n


def level(seed: int, voices: Sequence[str], name: str, worlds: Int64, n: int) -> Int64:
    """Return (worlds,) whether the low (0), central (1) or high (2) figures of an event hold.

    A voice (an origin, or a side whose origins speak as one) is as credible for all it says in a world; where
    several stand behind an event, one of them is asked by lot, so that each level keeps its share.
    """
    ends = np.cumsum(LAYER_SHARES) * (PPM // sum(LAYER_SHARES))
    asked = uniform_ppm(seed, f"voice {name}", worlds) * len(voices) // PPM
    found = np.zeros(len(worlds), dtype=np.int64)
    for k, voice in enumerate(voices):
        mine = asked == k
        drawn = stratified_ppm(seed, f"level {voice}", worlds, n)
        found[mine] = np.searchsorted(ends, drawn[mine], "right")
    return found


class Teller(NamedTuple):
    """An event by name, the voices behind it, and the zone that it is a version of, if any."""

    name: str
    voices: tuple[str, ...] = ()
    zone: str = ""

    @property
    def weighed_by(self) -> tuple[str, ...]:
        """Whose level of credibility the event has; a zone has one for all its versions."""
        return (f"zone {self.zone}",) if self.zone else self.voices or (f"event {self.name}",)

    @property
    def lot(self) -> str:
        """Name of the draw that decides the event."""
        own = self.weighed_by
        return f"so {own[0]}" if len(own) == 1 else f"so event {self.name}"


def happens(seed: int, event: Teller, ppm: tuple[int, int, int], worlds: Int64, n: int) -> NDArray[np.bool_]:
    """Return (worlds,) whether an event is so.

    Versions of one zone, and other events of one voice alone, are decided by one draw each: they stand or
    fall together, and the less probable is so only where the more probable is.
    """
    drawn = stratified_ppm(seed, event.lot, worlds, n)
    if len(set(ppm)) == 1:
        return drawn < ppm[0]
    return drawn < np.asarray(ppm, dtype=np.int64)[level(seed, event.weighed_by, event.name, worlds, n)]
