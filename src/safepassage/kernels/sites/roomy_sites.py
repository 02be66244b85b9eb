"""Sites with limited room: how a choice is valued, made better and bounded, for the tree over sites."""

from __future__ import annotations

import numpy as np

from safepassage.kernels.sites.median_bound import OUT, PRICE_SCALE, Ascent, Int8, Int64
from safepassage.kernels.sites.median_program import Hint, Priced
from safepassage.kernels.sites.median_search import search
from safepassage.kernels.sites.median_tree import one_after_the_other
from safepassage.kernels.sites.roomy_bound import ascend_roomy, rooms_of
from safepassage.kernels.sites.roomy_search import Room, accept_worse
from safepassage.kernels.sites.shared_transport import divide, worth_of_room

KICKS, ROUNDS, TRIED, DESCENTS = 6, 600, 12, 40
NEVER = 2**40
WORK, SLOWER = 150_000_000, 20
"""Costs looked at in a longer search; a division by metres takes so many times one that counts persons."""


class RoomyService:
    """Everybody goes where there is room, so that all together walk least; who finds none is left out.

    Parameters
    ----------
    costs : (n, m) whole costs of one person of each client at each site.
    persons : (n,) of each client.
    room : (m,) persons for whom each site has room.
    left_out : cost of a person who is served nowhere; no other cost counts above it.
    """

    def __init__(self, costs: Int64, persons: Int64, room: Int64, left_out: int) -> None:
        self._persons = persons.astype(np.int64)
        self._room = np.minimum(room, max(1, int(self._persons.sum()))).astype(np.int64)
        self._costs = np.minimum(costs, left_out).astype(np.int64)
        self._left_out, self.sites = left_out, costs.shape[1]
        self._rooms = rooms_of(self._costs, self._persons, self._room, left_out)
        nearest = np.sort(self._costs, axis=1)[:, min(1, self.sites - 1)]
        self.first_prices: Int64 = nearest * PRICE_SCALE
        self._known: dict[bytes, int] = {}

    def value(self, chosen: Int8) -> int:
        """Return the cost of the cheapest division of persons among the chosen sites."""
        key = chosen.tobytes()
        if key not in self._known:
            self._known[key] = int(divide(*self._parts(chosen)).cost)
        return self._known[key]

    def division(self, chosen: Int8) -> tuple[Int64, Int64]:
        """Return (k,) the chosen sites and (n, k) the persons of each client who go to each."""
        there = divide(*self._parts(chosen)).there
        return np.flatnonzero(chosen), there[:, :-1]

    def _parts(self, chosen: Int8) -> tuple[Int64, Int64, Int64]:
        """Return costs, persons and room of the chosen sites and, in the last column, of being left out."""
        sites = np.flatnonzero(chosen)
        last = np.full((len(self._persons), 1), self._left_out, np.int64)
        # A walk that costs no less than being left out costs more here, so that nobody is sent there.
        there = self._costs[:, sites]
        there = np.where(there >= self._left_out, 2 * self._left_out + 1, there)
        costs = np.ascontiguousarray(np.hstack([there, last]))
        return costs, self._persons, np.append(self._room[sites], self._persons.sum())

    def first(self, must: Int8, count: int, seed: int) -> tuple[Int8, int]:
        """Return a choice made as if there were room for all, then by swaps that look at it, with kicks."""
        costs = self._costs * self._persons[:, None]
        best = one_after_the_other(costs, must, count)
        search(costs, best, must, KICKS, seed)
        free = np.zeros(self.sites, np.int8)
        value = self._swapped(best, free, must)
        rng, size = np.random.default_rng(seed), 1
        movable = int((best > must).sum())
        for _ in range(KICKS if movable and count < self.sites else 0):
            trial = best.copy()
            swaps = min(1 + size, movable, self.sites - count)
            trial[rng.choice(np.flatnonzero(best > must), swaps, replace=False)] = 0
            trial[rng.choice(np.flatnonzero(best == 0), swaps, replace=False)] = 1
            found = self._swapped(trial, free, must)
            best, value, size = (trial, found, 1) if found < value else (best, value, 1 + size % 3)
        return best, value

    def deeper(self, chosen: Int8, must: Int8, seed: int) -> int:
        """Improve a choice by swaps that may cost something first, for a few seconds or so."""
        if not (chosen > must).any() or chosen.all():
            return self.value(chosen)
        costs = np.where(self._costs >= self._left_out, 2 * self._left_out + 1, self._costs)
        counts = not ((self._costs > 0) & (self._costs < self._left_out)).any()
        steps = WORK // (len(costs) * (int(chosen.sum()) + 1) * (1 if counts else SLOWER))
        given = Room(np.ascontiguousarray(costs), self._persons, self._room, self._left_out)
        return int(accept_worse(given, chosen, must, steps, seed))

    def left(self, priced: Priced, count: int, most: int) -> Hint:
        """Find nothing: what prices leave to choose is no small program where sites have room for so many."""
        del priced, count, most
        return Hint((), settled=False)

    def better(self, chosen: Int8, fixed: Int8, must: Int8) -> int:
        """Improve a choice by swaps of a site for another."""
        return self._swapped(chosen, fixed, must)

    def _swapped(self, chosen: Int8, fixed: Int8, must: Int8) -> int:
        value = self.value(chosen)
        for _ in range(DESCENTS):
            for leave, take in self._promising(chosen, fixed, must):
                trial = chosen.copy()
                trial[leave], trial[take] = 0, 1
                found = self.value(trial)
                if found < value:
                    chosen[:], value = trial, found
                    break
            else:
                break
        return value

    def _promising(self, chosen: Int8, fixed: Int8, must: Int8) -> list[tuple[int, int]]:
        """Return the swaps that look best: room is charged at what it is worth where it is full."""
        costs, persons, room = self._parts(chosen)
        there = divide(costs, persons, room).there
        worth = worth_of_room(costs, there, room)
        priced = np.minimum(costs + worth, self._left_out)
        two = np.sort(priced, axis=1)[:, :2] if priced.shape[1] > 1 else np.repeat(priced, 2, axis=1)
        sites = np.flatnonzero(chosen)
        takes = np.flatnonzero((chosen == 0) & (fixed != OUT))
        leaves = [k for k, site in enumerate(sites.tolist()) if not must[site]]
        loss = {k: int((there[:, k] * (two[:, 1] - costs[:, k])).sum()) for k in leaves}
        found: list[tuple[int, int, int]] = []
        for take in takes.tolist():
            gain = np.maximum(priced.min(axis=1) - self._costs[:, take], 0)
            order = np.argsort(-gain, kind="stable")
            held = np.minimum(np.cumsum(persons[order]), self._room[take])
            taken = np.diff(held, prepend=0)
            best = int((taken * gain[order]).sum())
            found += [(loss[k] - best, int(sites[k]), take) for k in leaves]
        found.sort()
        return [(leave, take) for _, leave, take in found[:TRIED]]

    def ascend(self, prices: Int64, fixed: Int8, count: int, most: int, rounds: int) -> Ascent:
        """Raise the bound from the given prices."""
        return ascend_roomy(self._rooms, prices, fixed, count, most, min(rounds, ROUNDS))
