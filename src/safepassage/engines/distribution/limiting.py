"""Which places keep the least share from being larger, given the trips that there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from safepassage.domain.aid.distribution import AidProblem
from safepassage.engines.distribution.loads import Float, Trip, Ways, crews_of, program_of, ways_of
from safepassage.engines.distribution.store import soon
from safepassage.kernels.aid_program import MANY_OPTIONS, Distribution, Shared, largest_least_share

BINDS = 0.001
"""A place whose weight in the proof is less is not in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limiting:
    """The largest least share by trips, the places in the way of a larger one, and what they lack.

    `missing` is by place and day the worth that is not met and could come on that day. `in_proof` are the
    prices that prove it, with (n,) what each need gains by them already.
    """

    least_share: float
    places: tuple[str, ...]
    missing: dict[tuple[str, int], float]
    in_proof: Shared
    gained: Float

    def promises(self, problem: AidProblem, trips: Sequence[Trip], calls: Sequence[Call]) -> Float:
        """Return (n,) what further calls of the trips add to the least share at most, by its prices.

        What a call brings counts as it does in the proof, less what it takes of goods, room and hours, and
        less what its needs gain already (column generation, as in `kernels.aid_program`).
        """
        alone = [replace(trips[call.trip], stops=(call.stop,)) for call in calls]
        ways = ways_of(problem, alone)
        program = program_of(problem, alone, ways)
        of_trip = np.array([call.trip for call in calls], dtype=np.int64)
        of_crew = crews_of(trips)[of_trip]
        trip = of_trip[ways.trip]
        mass, volume, hours, lots = self.in_proof.prices
        gain = program.worth[ways.need] * self.in_proof.places[program.place[ways.need]]
        rates = (mass[trip], volume[trip], hours[of_crew[ways.trip]], lots[ways.lot])
        for rate, row in zip(rates, program.resources, strict=True):
            gain = gain - rate * row.takes
        best = np.zeros((len(calls), len(problem.needs)))
        np.maximum.at(best, (ways.trip, ways.need), gain - self.gained[ways.need])
        takes_s = np.array([call.seconds for call in calls], dtype=np.float64)
        return np.asarray(best.sum(axis=1) - hours[of_crew] * takes_s, dtype=np.float64)


class Call(NamedTuple):
    """A further stop of a trip: the trip by number, place and second of arrival, what it takes of the day."""

    trip: int
    stop: tuple[str, int]
    seconds: int


def limiting(problem: AidProblem, trips: Sequence[Trip]) -> Limiting | None:
    """Return what is in the way of a larger least share, by prices; None where options are too many.

    Pieces count as parts. The places are ordered by how much they are in the way.
    """
    ways = ways_of(problem, trips)
    if not 0 < len(ways.need) <= MANY_OPTIONS:
        return None
    program = program_of(problem, trips, ways)
    fair = largest_least_share(program)
    names = sorted({need.place for need in problem.needs})
    weight = fair.places * np.bincount(program.place, weights=program.worth, minlength=len(names))
    order = np.argsort(-weight, kind="stable")
    return Limiting(
        least_share=fair.least_share, places=tuple(names[k] for k in order.tolist() if weight[k] > BINDS),
        missing=_missing(problem, ways, fair.parts), in_proof=fair, gained=_gained(program, fair),
    )  # fmt: skip


def _gained(program: Distribution, fair: Shared) -> Float:
    """Return (n,) what each need gains by the prices of a proof, on the way on which it gains most."""
    gain = program.worth[program.need] * fair.places[program.place[program.need]]
    for price, row in zip(fair.prices, program.resources, strict=True):
        gain = gain - price[row.which] * row.takes
    found = np.zeros(len(program.worth))
    np.maximum.at(found, program.need, gain)
    return found


def _missing(problem: AidProblem, ways: Ways, parts: Float) -> dict[tuple[str, int], float]:
    met, last = np.bincount(ways.need, weights=parts, minlength=len(problem.needs)), len(problem.days) - 1
    found: dict[tuple[str, int], float] = {}
    for need, part in zip(problem.needs, met.tolist(), strict=True):
        for day in (day for day in range(need.due + 1) if soon(day, need.due, last)):
            key = need.place, day
            found[key] = found.get(key, 0.0) + need.worth * max(0.0, 1 - part)
    return found
