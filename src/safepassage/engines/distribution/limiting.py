"""Which places keep the least share from being larger, given the trips that there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from safepassage.domain.aid.distribution import AidProblem
from safepassage.engines.distribution.loads import Float, Trip, Ways, program_of, ways_of
from safepassage.engines.distribution.store import soon
from safepassage.kernels.aid_program import MANY_OPTIONS, largest_least_share

BINDS = 0.001
"""A place whose weight in the proof is less is not in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limiting:
    """The largest least share by trips, the places in the way of a larger one, and what they lack.

    `missing` is by place and day the worth that is not met and could come on that day.
    """

    least_share: float
    places: tuple[str, ...]
    missing: dict[tuple[str, int], float]


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
        missing=_missing(problem, ways, fair.parts),
    )  # fmt: skip


def _missing(problem: AidProblem, ways: Ways, parts: Float) -> dict[tuple[str, int], float]:
    met, last = np.bincount(ways.need, weights=parts, minlength=len(problem.needs)), len(problem.days) - 1
    found: dict[tuple[str, int], float] = {}
    for need, part in zip(problem.needs, met.tolist(), strict=True):
        for day in (day for day in range(need.due + 1) if soon(day, need.due, last)):
            key = need.place, day
            found[key] = found.get(key, 0.0) + need.worth * max(0.0, 1 - part)
    return found
