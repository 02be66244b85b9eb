"""Hours of crews: how long they drive without a break and in a day, and what of that lies behind them.

All time under way counts as driving, what a truck waits on the road included. A break is taken between two
ways, after what is unloaded and loaded there; the first loading of a day is work, and is done as late as it
can be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from safepassage.domain.aid.distribution import AidPlan, TruckDay, TruckSoFar
from safepassage.domain.plan import Leg, VehicleChain

MG_PER_G = 1_000


@dataclass(frozen=True, slots=True)
class Crew:
    """What a crew has done on a day: since when it works (-1: not yet), seconds driven, and since a break.

    `loading_s` is how long the trip that is planned takes to load at the base.
    """

    began_s: int = -1
    driven_s: int = 0
    since_s: int = 0
    loading_s: int = 0

    def after(self, truck: TruckDay, ready_s: int, run: Any) -> Crew:
        """Return what it has done at the end of a run for which it was ready at a second."""
        under_way_s = run.arrive_s - run.depart_s
        since_s = 0 if run.depart_s - ready_s >= truck.break_s else self.since_s
        began_s = self.began_s if self.began_s >= 0 else run.depart_s - self.loading_s
        return Crew(began_s, self.driven_s + under_way_s, since_s + under_way_s, self.loading_s)

    def tired(self, truck: TruckDay) -> bool:
        """Tell whether it has driven for too long without a break."""
        return truck.break_s > 0 and self.since_s > truck.break_after_s

    def fit(self, truck: TruckDay, run: Any) -> bool:
        """Tell whether it keeps to its hours of driving and of work up to the end of a run."""
        on_time = run.arrive_s - self.began_s <= truck.work_s
        return on_time and self.driven_s <= truck.max_drive_s and not self.tired(truck)


def worked(chain: VehicleChain, legs: Sequence[Leg], plan: AidPlan, before: TruckSoFar | None) -> Crew:
    """Return what a crew has done by the first legs of its day in a plan, given what it did before that."""
    truck = next(one for one in plan.problem.trucks if one.id == chain.id)
    handled_s, crew, ready_s = _handled_s(chain, plan), Crew(), truck.available_from_s
    if before is not None:
        crew, ready_s = Crew(since_s=before.unbroken_s), before.free_s
    for at, leg in zip(("", *(leg.id for leg in legs)), legs, strict=False):
        handling_s = handled_s.get(at, 0)
        crew = replace(crew, loading_s=handling_s).after(truck, ready_s + handling_s, leg)
        ready_s = leg.arrive_s
    return crew


def _handled_s(chain: VehicleChain, plan: AidPlan) -> Mapping[str, int]:
    """Return how long a truck unloads and loads at the end of each leg ("": at its base, at first)."""
    mass_g = {good.id: good.mass_g for good in plan.problem.goods}
    rules, mg = plan.problem.rules, dict[tuple[str, str], int]()
    for row in plan.deliveries:
        if row.truck == chain.id:
            for kind, leg in (("unload", row.leg), ("load", row.loaded)):
                mg[kind, leg] = mg.get((kind, leg), 0) + row.milli * mass_g[row.commodity]
    found: dict[str, int] = {}
    for (kind, leg), some in mg.items():
        grams = -(-some // MG_PER_G)
        seconds = rules.loading_s(grams) if kind == "load" else rules.unloading_s(grams)
        found[leg] = found.get(leg, 0) + seconds
    return found
