"""The frontier of clearance and exposure: many plans of one case, and those that none betters.

Where planning and its engines meet for plans side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from safepassage.domain.errors import NoSuchPlanError
from safepassage.domain.frontier import Frontier, FrontierPoint, Leaning, Worths
from safepassage.domain.network import RoadNetwork
from safepassage.domain.objectives import chosen
from safepassage.domain.plan import Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.situation import Situation
from safepassage.engines.frontier import (
    Worlds,
    best_of,
    expected,
    leanings,
    least_exposure,
    losses,
    served_as_many,
    tail,
)
from safepassage.engines.summary import exposure_layers, stays, totals, worst_journey_ppm_s
from safepassage.planning import Ground, Making, Planned, concluded, prepare, scheduled

__all__ = ["WORLDS", "Pick", "make_frontier", "worth_of"]

WORLDS = 1_000
SEED = 0
TRIES_PER_POINT = 3
PHASE = "frontier"

Check = Callable[[Planned], None]
"""Looks at every plan of the frontier; raises where one does not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Which plan of a frontier is written: the one of a number, or the one that objectives choose in order.

    With neither, the plan of the case, or the first that betters it in everything.
    """

    number: int | None = None
    order: tuple[str, ...] = ()
    slack_percent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketched:
    """A schedule that was tried, with how it leans and what it is worth."""

    leaning: Leaning
    schedule: Schedule
    worth: Worths


def make_frontier(
    network: RoadNetwork,
    situation: Situation,
    *,
    points: int,
    pick: Pick,
    check: Check,
    making: Making,
) -> tuple[Frontier, Planned]:
    """Return up to `points` plans that none betters, every one checked, and the one picked as a whole plan.

    Plans are tried until there are enough or `TRIES_PER_POINT` times as many were made. Only plans that serve
    as many as the plan of the case count. What was tried is looked at in its order, so the frontier is the
    same whoever makes the plans.

    Raises
    ------
    NoSuchPlanError
        When there is no plan of the number to pick.
    """
    ground = prepare(network, situation, stop=making.stop, seed=making.seed)
    tried = [_sketched(ground, Leaning(weight=ground.case.settings.exposure_weight))]
    case_plan = tried[0]
    worst = worst_journey_ppm_s(ground.problem, case_plan.schedule)
    todo = list(leanings(case_plan.leaning.weight, worst))[1:]
    more = making.each(_sketched, ground, todo)

    def enough() -> bool:
        late = making.stop is not None and making.stop.expired is not None and making.stop.expired()
        return late or len(_kept(tried)) >= points or len(tried) >= TRIES_PER_POINT * points

    while not enough() and (sketched := next(more, None)) is not None:
        tried.append(sketched)
        if making.observer is not None:
            making.observer.served(PHASE, len(tried), min(len(todo) + 1, TRIES_PER_POINT * points))
    more.close()
    kept = _kept(tried)[:points]
    found: list[Planned] = []
    for planned in making.each(concluded, ground, [tried[position].schedule for position in kept]):
        check(planned)
        found.append(planned)
    picked = _pick(pick, [tried[k] for k in kept], case_plan)
    rows = tuple(
        FrontierPoint(number=i, leaning=tried[k].leaning, worth=tried[k].worth)
        for i, k in enumerate(kept, start=1)
    )
    most = case_plan.worth.unserved
    frontier = Frontier(
        points=rows, tried=len(tried), fewer=sum(t.worth.unserved > most for t in tried), worlds=WORLDS,
        seed=SEED, picked=picked,
        narrow=tuple(sorted(1 + k for k in best_of([p.worth.clearance_and_exposure for p in rows]))),
        order=pick.order, slack_percent=pick.slack_percent if pick.order else 0,
    )  # fmt: skip
    return frontier, found[picked - 1]


def _kept(tried: list[Sketched]) -> list[int]:
    among = served_as_many([t.worth for t in tried], tried[0].worth.unserved)
    return [among[k] for k in best_of([tried[k].worth.traded for k in among])]


def _pick(pick: Pick, kept: list[Sketched], case_plan: Sketched) -> int:
    if pick.number is not None:
        if not 1 <= pick.number <= len(kept):
            raise NoSuchPlanError(f"There is no plan {pick.number} to pick: the frontier has {len(kept)}.")
        return pick.number
    if pick.order:
        return 1 + chosen([sketched.worth for sketched in kept], pick.order, slack_percent=pick.slack_percent)
    for number, sketched in enumerate(kept, start=1):
        if all(a <= b for a, b in zip(sketched.worth.traded, case_plan.worth.traded, strict=True)):
            return number
    return 1


def _sketched(ground: Ground, leaning: Leaning) -> Sketched:
    schedule = scheduled(ground, leaning)
    worlds = Worlds.of(ground.problem.network, n=WORLDS, seed=SEED)
    return Sketched(leaning=leaning, schedule=schedule, worth=worth_of(ground.problem, worlds, schedule))


def worth_of(problem: PlanningProblem, worlds: Worlds, schedule: Schedule) -> Worths:
    """Return what a schedule is worth."""
    found = totals(problem, schedule)
    unserved = sum(row.persons for row in schedule.unserved)
    loss = losses(problem.network, worlds, stays(problem, schedule))
    by_layer = exposure_layers(problem, schedule)
    layers = None
    if by_layer is not None:
        low, central, high = (sum(row[k] for row in by_layer.values()) for k in range(3))
        layers = (low, central, high)
    served: dict[tuple[str, str, str], int] = {}
    for row in problem.demand:
        if row.basis != "assumption" and row.direction in found:
            key = (row.place, row.direction, row.group)
            served[key] = served.get(key, 0) + row.persons
    for lost in schedule.unserved:
        served[lost.place, lost.direction, lost.group] -= lost.persons
    return Worths(
        unserved=unserved, clearance_s=max((t.clearance_s or 0 for t in found.values()), default=0),
        person_s=unserved * problem.network.horizon_s + sum(t.arrival_person_s for t in found.values()),
        exposure=sum(t.exposure_person_ppm_s for t in found.values()), layers=layers,
        expected=expected(loss), tail=tail(loss), least=least_exposure(problem, served),
    )  # fmt: skip
