"""What-ifs of a plan, each planned and bounded as a whole. Where planning and its engines meet once more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from safepassage.domain.network import RoadNetwork
from safepassage.domain.plan import Plan, Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.what_if import Contraflow, Convergent, Loss, Losses, Outcome, Stretch
from safepassage.engines.bounds.certify import Served
from safepassage.engines.bounds.commodity import COMMODITY, PERSONS
from safepassage.engines.bounds.label_cut import LabelCuts
from safepassage.engines.car_streams import led_as_flows
from safepassage.engines.evacuate.schedule import Limits
from safepassage.engines.summary import Totals, binding, direction_summaries, joint_summary, totals
from safepassage.engines.what_if import borrowed, closed, converged, departures, forks, in_use, junctions
from safepassage.engines.what_if.arrivals import arrivals
from safepassage.planning import Planned, StoppingRule, anew

__all__ = ["Scales", "Weighed", "bridges_of", "weigh_contraflow", "weigh_convergent", "weigh_losses"]

LINKS = 10
"""The most used stretches whose loss is weighed, beside every bridge (the brief of planners: ten)."""
SECOND_LOSSES = 5
PAIRS_PLANNED = 3

Check = Callable[[PlanningProblem, Plan], None]
"""Looks at every plan made here; raises where one does not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """One problem planned anew: its plan and what came of it by direction."""

    problem: PlanningProblem
    plan: Plan
    outcomes: tuple[Outcome, ...]


class Scales:
    """Plans variants of a planned problem and compares them with it."""

    def __init__(
        self, planned: Planned, *, exposure_weight: int, stop: StoppingRule, reserves: bool, check: Check
    ) -> None:
        self.planned, self._weight, self._stop, self._check = planned, exposure_weight, stop, check
        self._reserves = reserves
        self._flows = led_as_flows(planned.problem, planned.plan.schedule, reserves=reserves)
        self._last = {
            key: row.clearance_s
            for (key, _), row in zip(planned.problem.directions, planned.plan.directions, strict=True)
        }

    def itself(self) -> tuple[Outcome, ...]:
        """Return what the plan itself does, as the others are measured."""
        return self._outcomes(self.planned.problem, self.planned.plan)

    def weigh(self, problem: PlanningProblem, *, on: PlanningProblem | None = None) -> Weighed:
        """Plan a problem (on one with fewer roads, if given), bound it and have both checked."""
        return self.of(problem, self._schedule(on or problem))

    def without(self, arcs: Iterable[int]) -> Weighed:
        """Plan the problem without some arcs; a plan that uses none of them still holds."""
        gone, schedule = frozenset(arcs), self.planned.plan.schedule
        problem = closed(self.planned.problem, gone)
        uses = gone.intersection(chain.from_iterable(route.arcs for route in schedule.routes))
        rides = gone.intersection(ride.arc for ride in schedule.link_rides)
        return self.weigh(problem) if uses or rides else self.of(problem, schedule)

    def _schedule(self, problem: PlanningProblem) -> Schedule:
        """Return a schedule by the engine that planned the plan itself: what differs is the roads' alone."""
        return anew(
            problem, Limits(work=self._stop.work, expired=self._stop.expired),
            exposure_weight=self._weight, reserves=self._reserves, guide=self.planned.guide,
            fair=not self._flows,
        )  # fmt: skip

    def of(self, problem: PlanningProblem, schedule: Schedule) -> Weighed:
        """Bound a schedule of a problem and have both checked."""
        found = totals(problem, schedule)
        certificate, behind = self._stop.bounds(problem, _served(found), points=1)
        directions = direction_summaries(problem, schedule, found, certificate)
        plan = replace(
            self.planned.plan, complete=not schedule.unserved, schedule=schedule, corridors=(),
            directions=directions, modifications=(),
            joint=joint_summary(problem, schedule, found, certificate, directions),
            binding=binding(problem, certificate, behind), certificate=certificate,
        )  # fmt: skip
        self._check(problem, plan)
        return Weighed(problem=problem, plan=plan, outcomes=self._outcomes(problem, plan))

    def _outcomes(self, problem: PlanningProblem, plan: Plan) -> tuple[Outcome, ...]:
        found = []
        for (key, _), row in zip(problem.directions, plan.directions, strict=True):
            came, last_s = arrivals(problem, plan.schedule, key), self._last[key]
            found.append(
                Outcome(
                    direction=key, served=row.persons_served, unserved=row.persons_unserved,
                    later=sum(n for t, n in came if last_s is None or t > last_s),
                    clearance_s=row.clearance_s, clearance_bound_s=row.clearance_bound_s,
                    unserved_bound=row.unserved_bound, person_s=sum(t * n for t, n in came),
                )
            )  # fmt: skip
        return tuple(found)


def _served(sums: Mapping[str, Totals]) -> dict[str, Served]:
    served = {}
    for name, total in sums.items():
        rows: dict[str, tuple[int, int]] = {}
        for group, (persons, last_s) in total.by_group.items():
            n, t = rows.get(COMMODITY[group], (0, 0))
            rows[COMMODITY[group]] = (n + persons, max(t, last_s))
        served[name] = Served(rows)
    return served


def bridges_of(network: RoadNetwork) -> frozenset[int]:
    """Return the arcs of a network that are bridges."""
    return frozenset(int(arc) for arc in network.arcs.bridge.nonzero()[0])


def weigh_losses(scales: Scales, bridges: frozenset[int]) -> Losses:
    """Return what the plan is worth without each bridge in use, each of the ten most used stretches, a pair.

    Without them everything is planned anew from the start, as if the loss were known before anybody leaves.
    A pair is one of these and a stretch that its replacement plan uses most: all such pairs are ranked by
    their proved bounds, the first few are planned, and the worst of those is told.
    """
    planned = scales.planned
    problem = planned.problem
    stretches, unused = in_use(problem, planned.plan.schedule, bridges, most=LINKS)
    singles: list[Loss] = []
    pairs: list[tuple[Stretch, Stretch]] = []
    for stretch in stretches:
        weighed = scales.without(stretch.arcs)
        singles.append(Loss(lost=(stretch,), outcomes=weighed.outcomes))
        pairs.extend((stretch, other) for other in _next(weighed, bridges, stretch))
    ranked = sorted(_distinct(pairs), key=lambda pair: _bounded(problem, planned, pair))
    planned_pairs = [
        Loss(lost=pair, outcomes=scales.without((*pair[0].arcs, *pair[1].arcs)).outcomes)
        for pair in ranked[:PAIRS_PLANNED]
    ]
    return Losses(
        singles=tuple(sorted(singles, key=lambda loss: tuple(-n for n in loss.harm))),
        pair=max(planned_pairs, key=lambda loss: loss.harm, default=None), pairs_bounded=len(ranked),
        pairs_planned=len(planned_pairs), bridges_unused=unused,
    )  # fmt: skip


def _next(weighed: Weighed, bridges: frozenset[int], lost: Stretch) -> list[Stretch]:
    """Return the stretches that matter most once one is lost."""
    found, _ = in_use(weighed.problem, weighed.plan.schedule, bridges, most=SECOND_LOSSES)
    others = [s for s in found if not set(s.arcs) & set(lost.arcs)]
    return sorted(others, key=lambda s: (-s.persons, s.name, s.arcs))[:SECOND_LOSSES]


def _distinct(pairs: list[tuple[Stretch, Stretch]]) -> Iterator[tuple[Stretch, Stretch]]:
    seen = set()
    for pair in pairs:
        key = tuple(sorted((*pair[0].arcs, *pair[1].arcs)))
        if key not in seen:
            seen.add(key)
            yield pair


def _bounded(
    problem: PlanningProblem, planned: Planned, pair: tuple[Stretch, Stretch]
) -> tuple[int, int, tuple[int, ...]]:
    """Return how many can be out at all and by the plan's last arrivals, at most, without a pair."""
    without = closed(problem, (*pair[0].arcs, *pair[1].arcs))
    whole = soon = 0
    for (key, _), row in zip(problem.directions, planned.plan.directions, strict=True):
        cuts = LabelCuts(without, key, PERSONS)
        whole += min(cuts.demand, cuts.cut(problem.network.horizon_s).phi)
        soon += min(cuts.demand, cuts.cut(row.clearance_s or problem.network.horizon_s).phi)
    return whole, soon, (*pair[0].arcs, *pair[1].arcs)


def weigh_convergent(scales: Scales) -> tuple[Convergent, Weighed]:
    """Return the plan without forks beside the free one, and that plan.

    It is a plan of the same problem: its bounds are those of the free optimum, so that its gap says what at
    most is given up.
    """
    planned = scales.planned
    problem = planned.problem
    weighed = scales.weigh(problem, on=converged(problem))
    left = forks(weighed.plan.schedule, problem)
    if any(left.values()):
        raise ArithmeticError("the plan without forks has a fork")
    before = sum(len(nodes) for nodes in forks(planned.plan.schedule, problem).values())
    found = Convergent(
        outcomes=weighed.outcomes, forks_before=before, lines=departures(problem, weighed.plan.schedule),
        junctions=junctions(problem, weighed.plan.schedule),
    )  # fmt: skip
    return found, weighed


def weigh_contraflow(scales: Scales, road: str) -> tuple[Contraflow, Weighed | None]:
    """Return what the inward lanes of a road would gain outwards, and what they cost those who come in."""
    planned = scales.planned
    after, lanes, aid = borrowed(planned.problem, planned.plan.schedule, road)
    weighed = scales.weigh(after) if lanes else None
    outcomes = () if weighed is None else weighed.outcomes
    return Contraflow(road=road, lanes=lanes, outcomes=outcomes, aid=aid), weighed
