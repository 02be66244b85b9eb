"""Simulated annealing of shuttle tours, in whole numbers throughout."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from safepassage.kernels.compiled import compiled, inner
from safepassage.kernels.shuttles.shuttle_edits import (
    Memory,
    UInt64,
    copy_tour,
    draw,
    drive_changed,
    memory,
    take_back,
)
from safepassage.kernels.shuttles.shuttle_moves import move
from safepassage.kernels.shuttles.shuttle_tours import Case, Int64, Tours, total

UNITS = 1000
"""Temperatures and quantiles are in thousandths."""

# Rounding to thousandths makes the table the same whatever the machine's logarithm.
QUANTILES = np.array([round(-UNITS * math.log((k + 0.5) / 4096)) for k in range(4096)], np.int64)
"""Quantiles of the exponential distribution with mean 1, in thousandths."""


class Run(NamedTuple):
    """What a search works on and changes."""

    case: Case
    tours: Tours
    """The present tours, driven."""
    best: Tours
    """The best tours so far, driven."""
    memo: Memory
    rng: UInt64
    """(1,) state of the generator, not 0."""
    quantiles: Int64


def run_of(case: Case, tours: Tours, best: Tours, rng: UInt64) -> Run:
    """Return a search that starts from driven tours."""
    return Run(case, tours, best, memory(tours), rng, QUANTILES)


@inner
def copy_tours(source: Tours, goal: Tours) -> None:
    """Copy all tours and what is left."""
    for vehicle in range(len(source.trips)):
        copy_tour(source, vehicle, goal, vehicle)
    for group in range(len(source.left)):
        goal.left[group] = source.left[group]


@compiled
def anneal(run: Run, heat: int, moves: int) -> tuple[int, int]:
    """Try a number of moves at one temperature; return the prices of the present and the best tours.

    `heat` is in person-milliseconds. A move that costs `d` more is accepted when `d` is at most the heat
    times an exponential variate: Metropolis' rule (Kirkpatrick, Gelatt and Vecchi, "Optimization by simulated
    annealing", 1983, doi:10.1126/science.220.4598.671).
    """
    case, tours, best, memo, rng, quantiles = run
    price, least = total(case, tours), total(case, best)
    for _ in range(moves):
        if not move(case, tours, memo, rng) or not drive_changed(case, tours, memo):
            take_back(tours, memo)
            continue
        now = total(case, tours)
        if now < 0 or now - price > heat * quantiles[draw(rng, len(quantiles))] // 1000:
            take_back(tours, memo)
            continue
        price = now
        if price < least:
            least = price
            copy_tours(tours, best)
    return price, least
