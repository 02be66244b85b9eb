"""How places leave pick-ups in a priced bound: one after the other, or with all heads of a load counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from safepassage_verify.roads import Int64

MANY_PLACES = 8
"""From so many places of a kind on heads are counted, where a certificate says that loads are."""
Key = tuple[str, str, int, int]
"""Direction, commodity, origin and release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boarding:
    """Places of vehicles with `places` of the kind each (1: heads do not count), in one direction.

    `loaded` and `late` are the listed arcs with somebody in the place (`late`: one head was loaded), `empty`
    those without; `ready` the stations at sites, `ends` (seconds after an arrival, last arrival).
    """

    bound: Any
    kind: str
    places: int
    direction: str
    usable: Any
    loaded: Any
    late: Any
    empty: Any
    ready: Mapping[int, int]
    ends: tuple[int, int]

    def lay_out(self, pickups: Mapping[Key, int]) -> None:
        """Add all ways from pick-ups on."""
        for key, station in pickups.items():
            self._ride(station, key[2], self._terms(key, self.places))
            if self.places > 1:
                self.late.enter(station, key[2], self._terms(key, 1))
                self._in_part(station, key)
        for node, station in self.loaded.after():
            self._ride(station, node, (0, 0, 0))
        if self.places > 1:
            self._stop_again()

    def _terms(self, key: Key, heads: int) -> tuple[int, int, int]:
        """Return (not before, seconds of loading so many, price) of a class."""
        bound, rules = self.bound, self.bound.snapshot.rules
        rest_s = rules.load_base_s + rules.of_kind(self.kind)[0] + (heads - 1) * rules.load_per_person_s
        return bound.boards_s(key[3], rest_s), rest_s, bound.price.get(key, 0)

    def _ride(self, station: int, node: int, terms: tuple[int, int, int]) -> None:
        """Add the ways from a node to sites, and to listed arcs that lead there."""
        self.bound.arrivals(station, node, self.direction, self.usable, terms, self.ready, self.ends)
        self.loaded.enter(station, node, terms)

    def _stop_again(self) -> None:
        """Add the ways past a listed arc: on with one head, or unload one, load two and go on with all."""
        rules = self.bound.snapshot.rules
        stop_s = rules.unloading_s(1, {}) + rules.loading_s(2, {})
        for node, station in self.late.after():
            self._ride(station, node, (0, stop_s, 0))
            self.late.enter(station, node)

    def _in_part(self, pickup: int, key: Key) -> None:
        """Add loads in part: the taken share of places goes as if full, the rest as if empty."""
        bound, node = self.bound, key[2]
        share, free = bound.graph.station(), bound.graph.station(stop=True)
        terms = self._terms(key, 1)
        self._ride(share, node, terms)
        unpriced = (*terms[:2], 0)
        for site in bound.snapshot.sites(self.direction):
            move_s = int(bound.times(self.usable, site.node)[node])
            bound.graph.ride(free, self.ready[site.node], move_s, terms=unpriced, after_s=self.ends[0])
        self.loaded.enter(free, node, unpriced, onto=self.empty)
        since = key[3] // bound.step_s if key[3] > bound.snapshot.now_s else 0
        each_s = bound.snapshot.rules.load_per_person_s
        bound.graph.mixes.append((pickup, since, 0, share, 0, free, 1))
        for heads in range(1, self.places):
            later = (heads - 1) * each_s // bound.step_s
            if heads + 1 == self.places or heads * each_s // bound.step_s > later:
                bound.graph.mixes.append((pickup, since, later, share, heads, free, self.places))


def mixed(table: Int64, k: int, mixes: Int64) -> None:
    """Raise stations in step `k` to what mixes of two others are worth, rounded up.

    `mixes` (7, n) are columns of station, from step, later, this, its share, that, whole.
    """
    station, since, later, this, part, that, whole = mixes
    then = np.minimum(np.maximum(since, k) + later, len(table) - 1)
    worth = part * table[then, this] + (whole - part) * table[then, that]
    np.maximum.at(table[k], station, -(-worth // whole))
