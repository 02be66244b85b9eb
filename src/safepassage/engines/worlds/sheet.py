"""From the outcomes of worlds to what a planner reads: who is out by when, and what to confirm first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.worlds import DirectionInWorlds, FactValue, WorldsSheet
from safepassage.engines.worlds.draws import uniform_ppm
from safepassage.engines.worlds.evaluate import Outcomes, Question
from safepassage.kernels.world_runs import Int64

TAIL, PPM = 10, 1_000_000
MARKS = 12
RESAMPLES, LOW, HIGH = 200, 10, 190
MOST_SHOWN, LEAST_WORLDS = 8, 5
"""A fact that is true in fewer worlds says too little."""


def sheet(question: Question, outcomes: Outcomes) -> WorldsSheet:
    """Return a plan in many worlds."""
    n = len(outcomes.out)
    return WorldsSheet(
        worlds=n, seed=question.seed, chances=question.chances,
        directions=tuple(_direction(question, outcomes, d) for d in range(outcomes.out.shape[1])),
        broken_mean=_mean(outcomes.broken), rerouted_mean=_mean(outcomes.rerouted),
        movements=len(question.movements.trips.depart_s), exposure_mean=_mean(outcomes.exposure),
        exposure_tail=_mean(np.sort(outcomes.exposure)[-max(1, n // TAIL) :]),
        confirm=_confirm(question, outcomes),
    )  # fmt: skip


def _direction(question: Question, outcomes: Outcomes, d: int) -> DirectionInWorlds:
    name = question.problem.directions[d][0]
    rows = [row for row in question.movements.arriving if row.direction == name]
    out, last = outcomes.out[:, d], outcomes.last_s[:, d]
    times = np.sort(last[last >= 0])
    last_rows = [(k + 1) * len(times) // MARKS for k in range(MARKS)]
    marks = [int(times[min(len(times) - 1, row)]) for row in last_rows] if len(times) else []
    return DirectionInWorlds(
        direction=name, planned=sum(row.persons for row in rows), came_mean=_mean(outcomes.came[:, d]),
        planned_last_s=question.planned_last_s.get(name, -1),
        all_out=int((last >= 0).sum()),
        by=tuple((mark, int((times <= mark).sum())) for mark in sorted(set(marks))), out_mean=_mean(out),
        out_tail=_mean(np.sort(out)[: max(1, len(out) // TAIL)]), out_least=int(out.min()),
    )  # fmt: skip


def _confirm(question: Question, outcomes: Outcomes) -> tuple[FactValue, ...]:
    """Return the facts that persons out depend on most, the one that explains most first."""
    total = outcomes.out.sum(axis=1)
    found = []
    for k, fact in enumerate(question.facts):
        true = outcomes.true[:, k]
        n_true = int(true.sum())
        if min(n_true, len(true) - n_true) < LEAST_WORLDS:
            continue
        yes, no = _mean(total[true]), _mean(total[~true])
        low, high = _interval(question.seed, fact.id, total, true)
        weight = n_true * (len(true) - n_true) * (no - yes) ** 2 // len(true) ** 2
        found.append(
            FactValue(fact=fact, worlds=n_true, out_true=yes, out_false=no, low=low, high=high, weight=weight)
        )
    ranked = sorted((row for row in found if row.low > 0), key=lambda row: (-row.weight, row.fact.id))
    return tuple(ranked[:MOST_SHOWN])


def _interval(seed: int, name: str, total: Int64, true: NDArray[np.bool_]) -> tuple[int, int]:
    """Return bounds of nine tenths of resampled differences.

    The bootstrap: Efron 1979, doi:10.1214/aos/1176344552.
    """
    yes, no = total[true], total[~true]
    differences = []
    for r in range(RESAMPLES):
        picks = [
            group[uniform_ppm(seed, f"resample {name} {r} {side}", np.arange(len(group))) * len(group) // PPM]
            for side, group in (("yes", yes), ("no", no))
        ]
        differences.append(_mean(picks[1]) - _mean(picks[0]))
    differences.sort()
    return differences[LOW], differences[HIGH]


def _mean(values: Int64) -> int:
    return int(values.sum()) // max(1, len(values))
