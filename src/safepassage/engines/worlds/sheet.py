"""From the outcomes of worlds to what a planner reads: who is out by when, and what to confirm first."""

from __future__ import annotations

import numpy as np

from safepassage.domain.worlds import PPM, DirectionInWorlds, FactKind, FactValue, WorldsSheet
from safepassage.engines.worlds.evaluate import Outcomes, Question
from safepassage.kernels.worlds.world_draws import uniform_ppm
from safepassage.kernels.worlds.world_runs import Int64

TAIL = 10
MARKS = 12
RESAMPLES, LOW, HIGH = 200, 10, 190
MOST_SHOWN, MOST_ASKED = 8, 12
PAIRED = 256
"""In so many worlds both answers to a doubt are tried."""


def sheet(
    question: Question, outcomes: Outcomes, asked: tuple[int, ...] = (), answers: Int64 | None = None
) -> WorldsSheet:
    """Return a plan in many worlds; `answers` (worlds, asked, 2) are what `forced` says of facts asked."""
    n = len(outcomes.out)
    return WorldsSheet(
        worlds=n, seed=question.seed, chances=question.chances,
        directions=tuple(_direction(question, outcomes, d) for d in range(outcomes.out.shape[1])),
        held=sum(row.persons for row in question.movements.arriving if row.reserve),
        undecided_came=_mean(outcomes.undecided[:, 0]), undecided_out=_mean(outcomes.undecided[:, 1]),
        broken_mean=_mean(outcomes.broken), rerouted_mean=_mean(outcomes.rerouted),
        movements=len(question.movements.trips.depart_s), exposure_mean=_mean(outcomes.exposure),
        exposure_tail=_mean(np.sort(outcomes.exposure)[-max(1, n // TAIL) :]),
        confirm=() if answers is None else _confirm(question, outcomes, asked, answers),
    )  # fmt: skip


def doubts(question: Question, outcomes: Outcomes) -> tuple[int, ...]:
    """Return the facts worth asking both ways: those that may shut what is used, the most telling first.

    What is told apart is the persons out where a fact is so and where it is not, times the probability of
    either answer, over all worlds.
    """
    total, found = outcomes.out.sum(axis=1), []
    for k, fact in enumerate(question.facts):
        true = outcomes.true[:, k]
        n_true, n = int(true.sum()), len(true)
        if fact.kind == FactKind.HAZARD or not 0 < n_true < n:
            continue
        difference = _mean(total[~true]) - _mean(total[true])
        found.append((-n_true * (n - n_true) * difference * abs(difference), fact.id, k))
    return tuple(k for _, _, k in sorted(found)[:MOST_ASKED])


def _direction(question: Question, outcomes: Outcomes, d: int) -> DirectionInWorlds:
    name = question.problem.directions[d][0]
    rows = [row for row in question.movements.arriving if row.direction == name and not row.reserve]
    out, last = outcomes.out[:, d], outcomes.last_s[:, d]
    times = np.sort(last[last >= 0])
    last_rows = [(k + 1) * len(times) // MARKS for k in range(MARKS)]
    marks = [int(times[min(len(times) - 1, row)]) for row in last_rows] if len(times) else []
    return DirectionInWorlds(
        direction=name, planned=sum(row.persons for row in rows), came_mean=_mean(outcomes.came[:, d]),
        planned_last_s=question.planned_last_s.get(name, -1),
        all_out=int((last >= 0).sum()),
        by=tuple((mark, int((times <= mark).sum())) for mark in sorted(set(marks))), out_mean=_mean(out),
        out_by=_out_by(question, outcomes, d),
        out_tail=_mean(np.sort(out)[: max(1, len(out) // TAIL)]), out_least=int(out.min()),
    )  # fmt: skip


def _out_by(question: Question, outcomes: Outcomes, d: int) -> tuple[tuple[int, int, int], ...]:
    """Return (second, persons out by then on average, and in the worst tenth of worlds for that second)."""
    found = []
    for k, second in enumerate(question.seconds):
        persons = np.sort(outcomes.out_by[:, d, k])
        found.append((second, _mean(persons), _mean(persons[: max(1, len(persons) // TAIL)])))
    return tuple(found)


def _confirm(
    question: Question, outcomes: Outcomes, asked: tuple[int, ...], answers: Int64
) -> tuple[FactValue, ...]:
    """Return the facts that persons out depend on most, the one that explains most first."""
    found = []
    for column, k in enumerate(asked):
        fact, n_true, n = question.facts[k], int(outcomes.true[:, k].sum()), len(outcomes.true)
        differences = answers[:, column, 0] - answers[:, column, 1]
        low, high = interval(question.seed, fact.id, differences)
        mean = _mean(differences)
        found.append(
            FactValue(
                fact=fact, worlds=n_true, paired=len(differences), difference=mean, low=low, high=high,
                weight=n_true * (n - n_true) * mean**2 // n**2,
            )
        )  # fmt: skip
    ranked = sorted((row for row in found if row.low > 0), key=lambda row: (-row.weight, row.fact.id))
    return tuple(ranked[:MOST_SHOWN])


def interval(seed: int, name: str, values: Int64) -> tuple[int, int]:
    """Return bounds of nine tenths of resampled means (Efron 1979, doi:10.1214/aos/1176344552)."""
    n = len(values)
    if not n:
        return 0, 0
    picks = uniform_ppm(seed, f"resample {name}", np.arange(RESAMPLES * n)) * n // PPM
    means = np.sort(values[picks].reshape(RESAMPLES, n).sum(axis=1) // n)
    return int(means[LOW]), int(means[HIGH])


def _mean(values: Int64) -> int:
    return int(values.sum()) // max(1, len(values))
