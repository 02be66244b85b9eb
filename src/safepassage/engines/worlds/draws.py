"""The worlds of a plan: which facts are so, how slow everybody is, which vehicles fail, who comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.worlds import PERMILLE, PPM, Chances, Fact, FactKind
from safepassage.kernels.worlds.world_draws import Teller, happens, stratified_ppm, uniform_ppm
from safepassage.kernels.worlds.world_runs import NEVER, Drawn, Int64
from safepassage.kernels.worlds.world_tally import Turnout

DAY_S = 86_400


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lot:
    """Which worlds are drawn: their numbers among all `n`, and the seed."""

    seed: int
    n: int
    worlds: Int64

    def share(self, name: str, most: int) -> Int64:
        """Return (worlds,) a share from 0 to `most`, each as likely."""
        return stratified_ppm(self.seed, name, self.worlds, self.n) * (most + 1) // PPM


def truths(facts: Sequence[Fact], lot: Lot) -> NDArray[np.bool_]:
    """Return (worlds, facts) which facts are true; those of one zone or of one voice alone by one draw."""
    found = np.zeros((len(lot.worlds), len(facts)), dtype=bool)
    for k, fact in enumerate(facts):
        teller = Teller(name=fact.id, voices=fact.voices, zone=fact.zone)
        found[:, k] = happens(lot.seed, teller, fact.ppm, lot.worlds, lot.n)
    return found


def drawn(
    facts: Sequence[Fact], vehicles: Sequence[str], arcs: tuple[Int64, int], chances: Chances, lot: Lot
) -> Drawn:
    """Return the worlds of a lot; `arcs` are those in use and how many there are in all."""
    cut = np.zeros((len(lot.worlds), len(facts)), dtype=np.int64)
    for k, fact in enumerate(facts):
        if fact.kind == FactKind.EARLY:
            cut[:, k] = lot.share(f"cut {fact.id}", chances.early_share_most)
    return Drawn(
        true=truths(facts, lot), cut=cut, slow=_slow(*arcs, chances, lot),
        fails_s=_fails(vehicles, chances, lot),
    )  # fmt: skip


def turnout(places: Mapping[str, bool], directions: Sequence[str], chances: Chances, lot: Lot) -> Turnout:
    """Return who comes of those counted, who has no car, and which undecided come, by place (permille).

    `places` says of each in order whether something is held for its undecided; nobody comes for nothing.
    """
    shape = (len(lot.worlds), len(places))
    coming, without = np.empty(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    undecided = np.zeros((*shape, len(directions)), dtype=np.int64)
    for k, (place, held) in enumerate(places.items()):
        coming[:, k] = PERMILLE - lot.share(f"stay {place}", chances.stay_share_most)
        if chances.carless_share_most:
            without[:, k] = lot.share(f"carless {place}", chances.carless_share_most)
        if held:
            undecided[:, k] = _undecided(place, directions, chances, lot)
    return Turnout(coming=coming, carless=without, undecided=undecided)


def _undecided(place: str, directions: Sequence[str], chances: Chances, lot: Lot) -> Int64:
    """Return (worlds, directions) the share in permille of a place's undecided who come, by direction."""
    names = [f"undecided {place} {direction}" for direction in directions]
    pulls = np.stack([1 + lot.share(name, PERMILLE) for name in names], axis=1)
    whole = lot.share(f"undecided {place}", chances.undecided_share_most)
    found: Int64 = pulls * whole[:, None] // pulls.sum(axis=1, keepdims=True)
    return found


def _slow(used: Int64, n_arcs: int, chances: Chances, lot: Lot) -> NDArray[np.uint16]:
    """Return (worlds, arcs used) how much longer an arc takes (permille): a part for all, one of its own."""
    half = chances.slow_share_most // 2
    common = lot.share("slow", chances.slow_share_most - half)
    numbers = lot.worlds[:, None] * n_arcs + used[None, :]
    own = uniform_ppm(lot.seed, "slow arc", numbers.ravel()).reshape(numbers.shape) * (half + 1) // PPM
    return (common[:, None] + own).astype(np.uint16)


def _fails(vehicles: Sequence[str], chances: Chances, lot: Lot) -> Int64:
    """Return (worlds, vehicles) the second in which a vehicle fails; its chance grows evenly with time."""
    found = np.full((len(lot.worlds), max(1, len(vehicles))), NEVER, dtype=np.int64)
    for k, vehicle in enumerate(vehicles):
        if chances.breakdown_day_ppm:
            drawn_ppm = stratified_ppm(lot.seed, f"fails {vehicle}", lot.worlds, lot.n)
            found[:, k] = drawn_ppm * DAY_S // chances.breakdown_day_ppm
    return found
