"""Plans under worlds: candidates that hedge, weighed in the same worlds, one chosen, judged in fresh ones.

Where planning and worlds meet. The sample average (Kleywegt, Shapiro and Homem-de-Mello 2002,
doi:10.1137/S1052623499363220) and conditional value at risk (Rockafellar and Uryasev 2000,
doi:10.21314/JOR.2000.038) are optimised over a finite set of whole plans, not over all plans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from safepassage.domain.crew import Each
from safepassage.domain.hedge import Care, HedgeRow, HedgeSheet
from safepassage.domain.network import RoadNetwork
from safepassage.domain.plan import Corridor, Schedule
from safepassage.domain.situation import Situation
from safepassage.domain.worlds import Chances, Fact
from safepassage.engines.corridors import corridors
from safepassage.engines.summary import totals
from safepassage.engines.what_if import closed
from safepassage.engines.worlds import (
    Outcomes,
    Question,
    Reported,
    doubts,
    evaluated,
    facts,
    interval,
    movements,
    slices,
    with_margin,
)
from safepassage.kernels.worlds.world_runs import Int64
from safepassage.planning import Ground, Making, Planned, concluded, prepare, scheduled

__all__ = ["Weighing", "make_hedged"]

MARGINS_PERMILLE = (100, 250)
WITHOUT = 2
"""So many of the stretches that the plan's outcome hangs on most are each planned without."""
TAIL = 10
PHASE = "worlds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """How plans are weighed: worlds to choose by, fresh ones to judge in, and what counts."""

    worlds: int
    fresh: int
    care: Care
    chances: Chances
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hedge:
    """How a plan is made otherwise than the reports say: less of each window, or without some arcs."""

    words: str
    margin_permille: int = 0
    without: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    words: str
    schedule: Schedule
    ways: tuple[Corridor, ...]


def make_hedged(
    network: RoadNetwork,
    situation: Situation,
    *,
    weighing: Weighing,
    reported: Callable[[Ground], Reported],
    making: Making,
) -> tuple[HedgeSheet, Planned]:
    """Return plans under worlds side by side, and the one chosen as a whole plan.

    The plan of the case comes first; the others keep a margin before windows end, or do without a stretch
    that much hangs on. All are plans of the same problem. They are weighed in the same worlds, and judged in
    worlds of another seed that nothing was chosen by.
    """
    ground = prepare(network, situation, stop=making.stop, seed=making.seed)
    told = reported(ground)
    found = [_candidate(ground, _Hedge(words="as planned from the reports"))]
    asked = _facts(ground, found, told, weighing.chances)
    hedges = list(_hedges(_question(ground, found[0], asked, weighing), making.each))
    for candidate in making.each(_candidate, ground, hedges):
        found.append(candidate)
        if making.observer is not None:
            making.observer.served(PHASE, len(found), 1 + len(hedges))
    asked = _facts(ground, found, told, weighing.chances)
    worlds = [_question(ground, row, asked, weighing) for row in found]
    fresh = [_question(ground, row, asked, weighing, fresh=True) for row in found]
    outcomes = _outcomes([*worlds, *fresh], making.each)
    chosen_by, judged = outcomes[: len(found)], outcomes[len(found) :]
    rows = tuple(
        _row(ground, row, tried, later, judged[0], weighing)
        for row, tried, later in zip(found, chosen_by, judged, strict=True)
    )
    values = [row.in_mean if weighing.care is Care.MEAN else row.in_tail for row in rows]
    picked = values.index(max(values))
    later_value = rows[picked].mean if weighing.care is Care.MEAN else rows[picked].tail
    sheet = HedgeSheet(
        care=weighing.care, worlds=weighing.worlds, fresh=weighing.fresh, seed=weighing.seed, rows=rows,
        picked=picked, optimism=values[picked] - later_value,
    )  # fmt: skip
    return sheet, concluded(ground, found[picked].schedule, observer=making.observer)


def _candidate(ground: Ground, hedge: _Hedge) -> _Candidate:
    """Return a plan of the problem that is made as a hedge says."""
    problem = closed(with_margin(ground.problem, hedge.margin_permille), hedge.without)
    schedule = scheduled(replace(ground, problem=problem))
    ways, routes = corridors(ground.problem, schedule, exposure_weight=ground.case.settings.exposure_weight)
    return _Candidate(words=hedge.words, schedule=replace(schedule, routes=routes), ways=ways)


def _hedges(plain: Question, each: Each) -> Iterator[_Hedge]:
    """Yield how plans hedge against what the plan of the case, asked in worlds, hangs on."""
    for permille in MARGINS_PERMILLE:
        yield _Hedge(words=f"through {permille // 10} % before windows end", margin_permille=permille)
    outcomes = Outcomes.joined(list(each(_evaluated, [plain], _shared_out([plain]))))
    most = [plain.facts[k] for k in doubts(plain, outcomes)]
    for fact in [fact for fact in most if fact.id.startswith("shut ")][:WITHOUT]:
        yield _Hedge(words=f"without {fact.id.removeprefix('shut ')}", without=fact.arcs)


def _facts(
    ground: Ground, candidates: list[_Candidate], told: Reported, chances: Chances
) -> tuple[Fact, ...]:
    """Return what is uncertain about any of the plans: each meets the same worlds."""
    found: dict[str, Fact] = {}
    for row in candidates:
        for fact in facts(ground.problem, row.schedule, row.ways, chances, told):
            found.setdefault(fact.id, fact)
    return tuple(found[name] for name in sorted(found))


def _question(
    ground: Ground, row: _Candidate, asked: tuple[Fact, ...], weighing: Weighing, *, fresh: bool = False
) -> Question:
    return Question(
        problem=ground.problem, movements=movements(ground.problem, row.schedule, row.ways), facts=asked,
        chances=weighing.chances, seed=weighing.seed + int(fresh),
        worlds=weighing.fresh if fresh else weighing.worlds,
    )  # fmt: skip


Slice = tuple[int, tuple[int, int]]


def _shared_out(questions: Sequence[Question]) -> list[Slice]:
    """Return the slices of all questions: which question, which worlds."""
    return [(k, bounds) for k, question in enumerate(questions) for bounds in slices(question.worlds)]


def _evaluated(questions: Sequence[Question], job: Slice) -> Outcomes:
    return evaluated(questions[job[0]], *job[1])


def _outcomes(questions: Sequence[Question], each: Each) -> list[Mapping[str, Int64]]:
    """Return of each question by name (worlds,): decided persons out, and whether all who come are."""
    jobs = _shared_out(questions)
    parts: list[list[Outcomes]] = [[] for _ in questions]
    for (k, _), found in zip(jobs, each(_evaluated, questions, jobs), strict=True):
        parts[k].append(found)
    return [
        _persons(question, Outcomes.joined(rows)) for question, rows in zip(questions, parts, strict=True)
    ]


def _persons(question: Question, outcomes: Outcomes) -> Mapping[str, Int64]:
    served = [
        d
        for d, (key, _) in enumerate(question.problem.directions)
        if any(arriving.direction == key for arriving in question.movements.arriving)
    ]
    whole = (outcomes.last_s[:, served] >= 0).all(axis=1)
    return {"out": outcomes.out.sum(axis=1), "whole": whole.astype(np.int64)}


def _row(
    ground: Ground,
    row: _Candidate,
    tried: Mapping[str, Int64],
    judged: Mapping[str, Int64],
    plain: Mapping[str, Int64],
    weighing: Weighing,
) -> HedgeRow:
    gains = judged["out"] - plain["out"]
    low, high = interval(weighing.seed, f"hedge {row.words}", gains)
    found = totals(ground.problem, row.schedule).values()
    return HedgeRow(
        words=row.words, unserved=sum(lost.persons for lost in row.schedule.unserved),
        last_s=max((total.clearance_s or 0 for total in found), default=0), in_mean=_mean(tried["out"]),
        in_tail=_tail(tried["out"]), mean=_mean(judged["out"]), tail=_tail(judged["out"]),
        all_out=int(judged["whole"].sum()), gain=_mean(gains), low=low, high=high,
        tail_gain=_tail(judged["out"]) - _tail(plain["out"]),
    )  # fmt: skip


def _mean(values: Int64) -> int:
    return int(values.sum()) // max(1, len(values))


def _tail(values: Int64) -> int:
    """Return the mean of the worst tenth."""
    return _mean(np.sort(values)[: max(1, len(values) // TAIL)])
