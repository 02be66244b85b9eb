"""Plans under worlds: candidates that hedge, weighed in the same worlds, one chosen, judged in fresh ones.

Where planning and worlds meet. The sample average (Kleywegt, Shapiro and Homem-de-Mello 2002,
doi:10.1137/S1052623499363220) and conditional value at risk (Rockafellar and Uryasev 2000,
doi:10.21314/JOR.2000.038) are optimised over a finite set of whole plans, not over all plans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from safepassage.domain.crew import Each
from safepassage.domain.hedge import Care, HedgeRow, HedgeSheet
from safepassage.domain.network import RoadNetwork
from safepassage.domain.observer import Observer
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
"""So many of the stretches that a plan's outcome hangs on most are each planned without."""
ROUNDS = 2
"""After the plan of the case, so many times the best plan so far is hedged further."""
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
    """How a plan is made otherwise than the reports say: less of each window, and without some stretches."""

    margin_permille: int = 0
    without: tuple[str, ...] = ()
    shut: tuple[int, ...] = ()
    """Arcs of the stretches."""

    @property
    def words(self) -> str:
        """What a planner reads."""
        margin = f"through {self.margin_permille // 10} % before windows end" if self.margin_permille else ""
        without = f"without {', '.join(self.without)}" if self.without else ""
        return ", ".join(part for part in (margin, without) if part) or "as planned from the reports"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    hedge: _Hedge
    schedule: Schedule
    ways: tuple[Corridor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """What is asked of plans of one problem, and who looks for the answers."""

    ground: Ground
    told: Reported
    weighing: Weighing
    each: Each

    def questions(self, found: Sequence[_Candidate], *, fresh: bool = False) -> list[Question]:
        """Return each plan in the worlds it is chosen by, or in fresh ones; all meet the same worlds."""
        problem, chances, asked = self.ground.problem, self.weighing.chances, dict[str, Fact]()
        for row in found:
            for fact in facts(problem, row.schedule, row.ways, chances, self.told):
                asked.setdefault(fact.id, fact)
        every = tuple(asked[name] for name in sorted(asked))
        return [
            Question(
                problem=problem, movements=movements(problem, row.schedule, row.ways), facts=every,
                chances=chances, seed=self.weighing.seed + int(fresh),
                worlds=self.weighing.fresh if fresh else self.weighing.worlds,
            )
            for row in found
        ]  # fmt: skip

    def outcomes(self, questions: Sequence[Question]) -> list[Outcomes]:
        """Return what comes of each question."""
        jobs = [(k, bounds) for k, asked in enumerate(questions) for bounds in slices(asked.worlds)]
        parts: list[list[Outcomes]] = [[] for _ in questions]
        for (k, _), found in zip(jobs, self.each(_evaluated, questions, jobs), strict=True):
            parts[k].append(found)
        return [Outcomes.joined(rows) for rows in parts]

    def value(self, outcomes: Outcomes) -> int:
        """Return persons out on average, or in the worst tenth of worlds, as is asked for."""
        out = outcomes.out.sum(axis=1)
        return _mean(out) if self.weighing.care is Care.MEAN else _tail(out)


def make_hedged(
    network: RoadNetwork,
    situation: Situation,
    *,
    weighing: Weighing,
    reported: Callable[[Ground], Reported],
    making: Making,
) -> tuple[HedgeSheet, Planned]:
    """Return plans under worlds side by side, and the one chosen as a whole plan.

    The plan of the case comes first; the others keep a margin before windows end, do without stretches that
    much hangs on, or both. All are plans of the same problem. They are weighed in the same worlds, and judged
    in worlds of another seed that nothing was chosen by.
    """
    ground = prepare(network, situation, stop=making.stop, seed=making.seed)
    asking = _Asking(ground=ground, told=reported(ground), weighing=weighing, each=making.each)
    found = _searched(asking, making.observer)
    worlds, fresh = asking.questions(found), asking.questions(found, fresh=True)
    outcomes = asking.outcomes([*worlds, *fresh])
    chosen_by, judged = outcomes[: len(found)], outcomes[len(found) :]
    rows = tuple(
        _row(asking, row, (question, tried, later, judged[0]))
        for row, question, tried, later in zip(found, fresh, chosen_by, judged, strict=True)
    )
    values = [asking.value(tried) for tried in chosen_by]
    picked = values.index(max(values))
    sheet = HedgeSheet(
        care=weighing.care, worlds=weighing.worlds, fresh=weighing.fresh, seed=weighing.seed, rows=rows,
        picked=picked, optimism=values[picked] - asking.value(judged[picked]),
    )  # fmt: skip
    return sheet, concluded(ground, found[picked].schedule, observer=making.observer)


def _searched(asking: _Asking, observer: Observer | None) -> list[_Candidate]:
    """Return the plan of the case and plans that hedge: each round goes on from the best so far."""
    found, best = [_candidate(asking.ground, _Hedge())], -1
    for _ in range(ROUNDS):
        questions = asking.questions(found)
        outcomes = asking.outcomes(questions)
        values = [asking.value(one) for one in outcomes]
        if values.index(max(values)) == best:
            break
        best = values.index(max(values))
        tried = [row.hedge for row in found]
        hedges = [h for h in _hedges(tried[best], questions[best], outcomes[best]) if h not in tried]
        for candidate in asking.each(_candidate, asking.ground, hedges):
            found.append(candidate)
            if observer is not None:
                observer.served(PHASE, len(found), len(tried) + len(hedges))
    return found


def _candidate(ground: Ground, hedge: _Hedge) -> _Candidate:
    """Return a plan of the problem that is made as a hedge says."""
    problem = closed(with_margin(ground.problem, hedge.margin_permille), hedge.shut)
    schedule = scheduled(replace(ground, problem=problem))
    ways, routes = corridors(ground.problem, schedule, exposure_weight=ground.case.settings.exposure_weight)
    return _Candidate(hedge=hedge, schedule=replace(schedule, routes=routes), ways=ways)


def _hedges(plain: _Hedge, question: Question, outcomes: Outcomes) -> Iterator[_Hedge]:
    """Yield how plans hedge, beyond what one does already, against what that one hangs on in its worlds."""
    for permille in MARGINS_PERMILLE:
        yield replace(plain, margin_permille=permille)
    most = [question.facts[k] for k in doubts(question, outcomes)]
    for fact in [fact for fact in most if fact.id.startswith("shut ")][:WITHOUT]:
        without = (*plain.without, fact.id.removeprefix("shut "))
        yield replace(plain, without=without, shut=(*plain.shut, *fact.arcs))


def _evaluated(questions: Sequence[Question], job: tuple[int, tuple[int, int]]) -> Outcomes:
    """Return what comes of one of the questions in a slice of its worlds."""
    return evaluated(questions[job[0]], *job[1])


def _row(asking: _Asking, row: _Candidate, seen: tuple[Question, Outcomes, Outcomes, Outcomes]) -> HedgeRow:
    """Return what is said of a plan, `seen` where it was chosen, in fresh worlds, and the first one there."""
    question, tried, judged, plain = seen
    out, before, persons = (one.out.sum(axis=1) for one in (judged, plain, tried))
    gains = out - before
    low, high = interval(asking.weighing.seed, f"hedge {row.hedge.words}", gains)
    found = totals(asking.ground.problem, row.schedule).values()
    return HedgeRow(
        words=row.hedge.words, unserved=sum(lost.persons for lost in row.schedule.unserved),
        last_s=max((total.clearance_s or 0 for total in found), default=0), in_mean=_mean(persons),
        in_tail=_tail(persons), mean=_mean(out), tail=_tail(out), all_out=_all_out(question, judged),
        gain=_mean(gains), low=low, high=high, tail_gain=_tail(out) - _tail(before),
    )  # fmt: skip


def _all_out(question: Question, outcomes: Outcomes) -> int:
    """Return in how many worlds all who come are out in every direction that anybody takes."""
    taken = {arriving.direction for arriving in question.movements.arriving}
    served = [d for d, (key, _) in enumerate(question.problem.directions) if key in taken]
    return int((outcomes.last_s[:, served] >= 0).all(axis=1).sum())


def _mean(values: Int64) -> int:
    return int(values.sum()) // max(1, len(values))


def _tail(values: Int64) -> int:
    """Return the mean of the worst tenth."""
    return _mean(np.sort(values)[: max(1, len(values) // TAIL)])
