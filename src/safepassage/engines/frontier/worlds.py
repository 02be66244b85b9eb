"""Sampled worlds: in each, what may be harmful is so for certain or is not, and exposure follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.frontier import Stay
from safepassage.domain.timed_network import HazardPiece, TimedNetwork
from safepassage.kernels.worlds.world_draws import Teller, happens, stratified_ppm

PPM = 1_000_000
TAIL = 10
"""The tail is the worst tenth of worlds: conditional value at risk at 0.9."""
NESTED = ""

Int64 = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Worlds:
    """Which events happen in each of `n` worlds: `happens[id]` (n,) bool.

    Where the network states no events, zones are nested by one draw: an arc is harmful in a world when its
    hazard is above `nested_ppm` (n,). Worlds are drawn as for a plan in many worlds, stratified: of n worlds,
    an event with probability p happens in about p n.
    """

    n: int
    happens: Mapping[str, Bools]
    nested_ppm: Int64

    @classmethod
    def of(cls, network: TimedNetwork, *, n: int, seed: int) -> Worlds:
        """Return n worlds; the same network, n and seed give the same."""
        numbers = np.arange(n, dtype=np.int64)
        so: dict[str, Bools] = {}
        for event in network.events:
            ppm = (event.low_ppm, event.central_ppm, event.high_ppm)
            teller = Teller(name=f"event {event.id}", zone=event.zone)
            drawn = happens(seed, teller, ppm, numbers, n)
            so[event.id] = so.get(event.id, np.zeros(n, dtype=bool)) | drawn
        return cls(n=n, happens=so, nested_ppm=stratified_ppm(seed, NESTED, numbers, n))


def losses(network: TimedNetwork, worlds: Worlds, stays: Iterable[Stay]) -> Int64:
    """Return (n,) exposure in each world: persons times seconds in what is harmful there, times 10^6."""
    if not network.events:
        return _nested(network, worlds, stays)
    spans: dict[int, list[tuple[int, int, int, str]]] = {}
    for event in network.events:
        for arc, share_ppm in event.shares:
            spans.setdefault(arc, []).append((event.from_s, event.until_s, share_ppm, event.id))
    amounts: dict[tuple[tuple[int, str], ...], int] = {}
    for stay in stays:
        for share, seconds in _cells(spans.get(stay.arc, ()), stay):
            amounts[share] = amounts.get(share, 0) + stay.persons * seconds
    out = np.zeros(worlds.n, dtype=np.int64)
    for shares, person_s in sorted(amounts.items()):
        worst = np.zeros(worlds.n, dtype=np.int64)
        for share_ppm, event_id in shares:
            worst = np.maximum(worst, np.where(worlds.happens[event_id], share_ppm, 0))
        out += person_s * worst
    return out


def _cells(
    spans: Iterable[tuple[int, int, int, str]], stay: Stay
) -> Iterable[tuple[tuple[tuple[int, str], ...], int]]:
    """Yield what covers an arc (share, event) and for how many seconds of a stay."""
    near = [s for s in spans if s[0] < stay.until_s and s[1] > stay.from_s]
    cuts = {stay.from_s, stay.until_s}
    cuts.update(t for s in near for t in s[:2] if stay.from_s < t < stay.until_s)
    ordered = sorted(cuts)
    for a, b in pairwise(ordered):
        active = tuple(sorted((s[2], s[3]) for s in near if s[0] <= a and s[1] >= b))
        if active:
            yield active, b - a


def _nested(network: TimedNetwork, worlds: Worlds, stays: Iterable[Stay]) -> Int64:
    amounts: dict[int, int] = {}
    for stay in stays:
        for piece in network.hazard.get(stay.arc, ()):
            seconds = _overlap(piece, stay)
            if seconds:
                amounts[piece.ppm] = amounts.get(piece.ppm, 0) + stay.persons * seconds
    out = np.zeros(worlds.n, dtype=np.int64)
    for ppm, person_s in sorted(amounts.items()):
        out += np.where(worlds.nested_ppm < ppm, person_s * PPM, 0)
    return out


def _overlap(piece: HazardPiece, stay: Stay) -> int:
    return max(0, min(piece.until_s, stay.until_s) - max(piece.from_s, stay.from_s))


def expected(loss: Int64) -> int:
    """Return the mean over worlds, rounded down."""
    total: int = sum(loss.tolist())
    return total // max(1, len(loss))


def tail(loss: Int64) -> int:
    """Return the mean of the worst tenth of worlds, rounded down.

    It is the conditional value at risk (Rockafellar and Uryasev 2000, doi:10.21314/JOR.2000.038).
    """
    worst: list[int] = sorted(loss.tolist())[-max(1, len(loss) // TAIL) :]
    return sum(worst) // len(worst)
