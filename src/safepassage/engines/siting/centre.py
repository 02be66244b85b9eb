"""The least longest walk: distances are tried, found long enough by a search or refused by prices.

A distance is too short when prices prove that somebody stays uncovered (Minieka, "The m-center problem",
1970, doi:10.1137/1012016, for covering problems in place of the centre).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from safepassage.domain.siting import NO_LIMIT, Int64, SitingProblem
from safepassage.kernels.sites.cover_search import cover_all, reach_of
from safepassage.kernels.sites.covering_program import Bool, CoverAll, hardest
from safepassage.kernels.sites.median_bound import IN, Int8
from safepassage.kernels.sites.median_tree import NearestService, Start, best_sites
from safepassage.kernels.sites.roomy_sites import RoomyService

Stop = Callable[[], bool]
NEARLY = 1e-6
FINE = 1_000
"""Weight of a client where all have to be covered, so that rounding prices loses nothing that decides."""
STEPS = 60_000


def least_longest(problem: SitingProblem, count: int, stop: Stop) -> tuple[tuple[int, ...], int, int]:
    """Return sites, their longest walk and the least there may be; no sites where not all can be reached."""
    walkers = (problem.persons > 0) & problem.in_reach.any(axis=1)
    if not walkers.any():
        return (), 0, 0
    metres = np.where(problem.in_reach, problem.metres, -1)[walkers]
    distances = np.unique(metres[metres >= 0])
    trial = (_RoomyTrial if problem.limited else _Trial)(problem, metres, problem.persons[walkers], count)
    return _search(trial, distances, stop)


def _search(trial: _Trial, distances: Int64, stop: Stop) -> tuple[tuple[int, ...], int, int]:
    """Halve the range of distances, first with what costs little, then with proofs."""
    first = _halved(distances, 0, lambda position: not trial.refused_at_once(int(distances[position])))
    refused = first - 1
    best: tuple[int, ...] = ()
    low, high = first, len(distances)
    while low < high:
        middle = (low + high) // 2
        found = trial.found(int(distances[middle]))
        if found:
            best, high = found, middle
        else:
            low = middle + 1
    answer = high
    low, high = refused, answer
    while high - low > 1 and not stop():
        # Whatever lies between has neither been reached nor refused: what is proved in the middle halves it.
        middle = (low + high) // 2
        found, impossible = trial.decided(int(distances[middle]), stop)
        if found:
            best, answer, high = found, middle, middle
        elif impossible:
            low = refused = middle
        else:
            break
    if not best:
        return (), 0, 0
    return best, int(distances[answer]), int(distances[refused + 1])


def _halved(distances: Int64, low: int, holds: Callable[[int], bool]) -> int:
    """Return the first position from `low` on at which something holds that goes on holding."""
    high = len(distances) - 1
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


@dataclass
class _Trial:
    """One distance after the other, where sites have room for all."""

    problem: SitingProblem
    metres: Int64
    persons: Int64
    count: int

    def _reach(self, distance: int) -> Bool:
        reach: Bool = (self.metres >= 0) & (self.metres <= distance)
        return reach

    def _fixed(self) -> Int8:
        fixed = np.zeros(len(self.problem.sites), np.int8)
        fixed[list(self.problem.existing)] = IN
        return fixed

    def refused_at_once(self, distance: int) -> bool:
        """Tell whether a linear program asks for more sites than there may be."""
        reach = self._reach(distance)
        if not reach.any(axis=1).all():
            return True
        program = CoverAll(reach[hardest(reach)], FINE)
        return program.least(self._fixed()) > self.count + NEARLY

    def found(self, distance: int) -> tuple[int, ...]:
        """Return sites that a search finds within a distance."""
        reach = self._reach(distance)
        if not reach.any(axis=1).all():
            return ()
        must = (self._fixed() == IN).astype(np.int8)
        chosen = cover_all(reach_of(reach[hardest(reach)]), must, self.count, STEPS, 0)
        return tuple(int(j) for j in np.flatnonzero(chosen))

    def decided(self, distance: int, stop: Stop) -> tuple[tuple[int, ...], bool]:
        """Return sites within a distance, if some are found, and whether it is proved that there are none."""
        reach = self._reach(distance)
        if not reach.any(axis=1).all():
            return (), True
        hard = reach[hardest(reach)]
        program = CoverAll(hard, FINE)
        answer = best_sites(
            NearestService(np.where(hard, 0, np.int64(FINE))), self.count, must=self.problem.existing,
            start=Start(relax=program.relax), enough=1, stop=stop,
        )  # fmt: skip
        return (answer.chosen, False) if answer.value == 0 else ((), answer.bound >= 1)


class _RoomyTrial(_Trial):
    """One distance after the other, where sites have limited room."""

    def _service(self, distance: int) -> RoomyService:
        everybody = int(self.problem.persons.sum())
        room = [everybody if r == NO_LIMIT else min(r, everybody) for r in self.problem.room_persons]
        costs = np.where(self._reach(distance), 0, np.int64(1))
        return RoomyService(costs, self.persons, np.array(room, np.int64), 1)

    def refused_at_once(self, distance: int) -> bool:
        """Tell whether prices of the first part show that somebody finds no room."""
        if super().refused_at_once(distance):
            return True
        service = self._service(distance)
        found = service.ascend(service.first_prices, self._fixed(), self.count, 1, 100)
        return found.bound > 0

    def found(self, distance: int) -> tuple[int, ...]:
        """Return sites with room for all within a distance that interchange finds."""
        must = (self._fixed() == IN).astype(np.int8)
        chosen, value = self._service(distance).first(must, self.count, 0)
        return tuple(int(j) for j in np.flatnonzero(chosen)) if value == 0 else ()

    def decided(self, distance: int, stop: Stop) -> tuple[tuple[int, ...], bool]:
        """Return sites within a distance, if some are found, and whether it is proved that there are none."""
        answer = best_sites(
            self._service(distance), self.count, must=self.problem.existing, enough=1, stop=stop
        )
        return (answer.chosen, False) if answer.value == 0 else ((), answer.bound >= 1)
