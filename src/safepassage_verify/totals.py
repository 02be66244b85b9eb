"""Recomputes what the plan states about directions, corridors and those who do not move."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter
from typing import Any

import numpy as np

from safepassage_verify.people import Outcome
from safepassage_verify.planfile import Plan
from safepassage_verify.roads import Int64
from safepassage_verify.shape import PPM, shown
from safepassage_verify.snapshot import COMMODITY, Snapshot
from safepassage_verify.verdict import Findings

_MOST_SHARED_PPM = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionTotals:
    """The verifier's own numbers of one direction; those that end in `_of` are per commodity.

    `arrivals_of` are (second, persons) in order of time, `arrived_of` the persons up to and with each.
    """

    id: str
    name: str
    persons_demand: int
    persons_served: int
    persons_unserved: int
    persons_reserved: int
    clearance_s: int | None
    exposure_person_ppm_s: int
    min_share_ppm: int
    demand_of: Mapping[str, int]
    served_of: Mapping[str, int]
    arrivals_of: Mapping[str, tuple[tuple[int, int], ...]]
    arrived_of: Mapping[str, tuple[int, ...]]

    def arrived(self, commodity: str, t: int) -> int:
        """Return decided persons of a commodity who have arrived by second t."""
        rows = self.arrivals_of[commodity]
        number = bisect_right(rows, t, key=itemgetter(0))
        return self.arrived_of[commodity][number - 1] if number else 0

    def last_arrival(self, commodity: str) -> int | None:
        """Return the last arrival of a commodity's decided persons, None without any."""
        return max((arrive_s for arrive_s, _ in self.arrivals_of[commodity]), default=None)


def total_directions(outcome: Outcome, snapshot: Snapshot) -> tuple[DirectionTotals, ...]:
    """Return the totals of every direction, in the order of the inputs."""
    return tuple(_total(row[0], row[1], outcome, snapshot) for row in snapshot.directions)


def _total(direction: str, name: str, outcome: Outcome, snapshot: Snapshot) -> DirectionTotals:
    demand = dict.fromkeys(COMMODITY.values(), 0)
    by_place: dict[str, list[int]] = {}
    for key, persons in snapshot.decided.items():
        if key[1] == direction:
            demand[COMMODITY[key[2]]] += persons
            share = by_place.setdefault(key[0], [0, 0])
            share[0] += outcome.served.get(key, 0)
            share[1] += persons
    arrivals = {c: tuple(outcome.arrivals.get((direction, c), ())) for c in demand}
    served = {c: sum(persons for _, persons in rows) for c, rows in arrivals.items()}
    arrivals["persons"] = tuple(row for rows in arrivals.values() for row in rows)
    arrivals = {c: tuple(sorted(rows)) for c, rows in arrivals.items()}
    arrived = {c: tuple(accumulate(persons for _, persons in rows)) for c, rows in arrivals.items()}
    demand["persons"], served["persons"] = sum(demand.values()), sum(served.values())
    shares = [done * PPM // asked for done, asked in by_place.values() if asked]
    return DirectionTotals(
        id=direction,
        name=name,
        persons_demand=demand["persons"],
        persons_served=served["persons"],
        persons_unserved=demand["persons"] - served["persons"],
        persons_reserved=sum(persons for key, persons in outcome.reserved.items() if key[1] == direction),
        clearance_s=max((t for t, _ in arrivals["persons"]), default=None),
        exposure_person_ppm_s=outcome.exposure.get(direction, 0),
        min_share_ppm=min(shares, default=PPM),
        demand_of=demand,
        served_of=served,
        arrivals_of=arrivals,
        arrived_of=arrived,
    )


def check_totals(plan: Plan, totals: tuple[DirectionTotals, ...], findings: Findings) -> None:
    """Note stated totals that differ, and a wrong `complete`."""
    stated = plan.raw["directions"]
    names = [row["name"] for row in stated]
    expected = [row.name for row in totals]
    message = "must have one row per direction of the inputs, in their order"
    findings.require("TOTALS", "plan.directions", holds=names == expected, message=message)
    numbers = (
        *("persons_demand", "persons_served", "persons_unserved", "persons_reserved"),
        *("clearance_s", "exposure_person_ppm_s", "min_share_ppm"),
    )
    for i, (row, own) in enumerate(zip(stated, totals, strict=False)):
        for name in numbers:
            message = f"states {shown(row[name])}, is {shown(getattr(own, name))}"
            where = f"plan.directions[{i}].{name}"
            findings.require("TOTALS", where, holds=row[name] == getattr(own, name), message=message)
    complete = all(own.persons_unserved == 0 for own in totals)
    message = f"states {plan.raw['complete']}, is {complete}"
    findings.require("COMPLETE", "plan.complete", holds=plan.raw["complete"] is complete, message=message)


def check_hold(plan: Plan, snapshot: Snapshot, findings: Findings) -> None:
    """Note rows of `hold` that are not for all persons at a place, and places with people that have none."""
    missing = {place: persons for place, persons in snapshot.present.items() if persons}
    for i, row in enumerate(plan.raw["hold"]):
        present = missing.pop(row["place"], None)
        holds = row["persons"] == present and min(row["water_l_day"], row["food_kg_day"]) >= 0
        message = f"is for {shown(row['persons'])} persons, at the place are {shown(present)} without a row"
        findings.require("HOLD", f"plan.hold[{i}]", holds=holds, message=message)
    message = f"{len(missing)} places with people have no row"
    findings.require("HOLD", "plan.hold", holds=not missing, message=message)


def check_corridors(plan: Plan, snapshot: Snapshot, findings: Findings) -> None:
    """Note corridors whose stated numbers are not those of their route."""
    worst = snapshot.roads.hazard.extreme(largest=True)
    widest = snapshot.roads.capacity.extreme(largest=True)
    for i, corridor in enumerate(plan.raw["corridors"]):
        _Corridor(corridor, f"plan.corridors[{i}]", plan, snapshot, findings).check(worst, widest)


class _Corridor:
    """One corridor and the arcs of its route."""

    def __init__(
        self, stated: Mapping[str, Any], where: str, plan: Plan, snapshot: Snapshot, findings: Findings
    ) -> None:
        self.stated, self.where, self.findings = stated, where, findings
        self.plan, self.snapshot, self.roads = plan, snapshot, snapshot.roads
        self.route = plan.routes[stated["route"]]

    def _require(self, message: str, *, holds: bool) -> None:
        self.findings.require("CORRIDOR", self.where, holds=holds, message=message)

    def _require_number(self, name: str, value: int) -> None:
        self._require(
            f"states {name} {shown(self.stated[name])}, is {value}", holds=self.stated[name] == value
        )

    def check(self, worst: Int64, widest: Int64) -> None:
        """Note every number that differs; `worst` are the arcs' largest hazards, `widest` capacities."""
        place, site = (self.snapshot.places[self.stated[name]] for name in ("place", "site"))
        starts = self.route.from_node in (place.node, place.pickup_node)
        ends = self.route.to_node == site.node and site.direction == self.stated["direction"]
        self._require(
            "its route does not lead from the place to a site of the direction", holds=starts and ends
        )
        arcs = self.route.arcs
        self._require("an arc is never open", holds=bool(self.roads.ever_open[arcs].all()))
        taken = np.where(self.roads.ever_open, self.roads.least_travel_s, 0)[arcs].tolist()
        self._require_number("length_m", sum(self.roads.length_m[arcs].tolist()))
        self._require_number("travel_s", sum(taken))
        exposure = sum(t * ppm for t, ppm in zip(taken, worst[arcs].tolist(), strict=True))
        self._require_number("exposure_ppm_s", exposure)
        self._check_capacity(widest[arcs].tolist())
        self._check_alternative(place.id)

    def _check_capacity(self, widest: list[int]) -> None:
        stated, bottleneck = self.stated["capacity_veh_h"], self.stated["bottleneck_arc"]
        holds = stated >= 0 and (not widest or stated <= min(widest) // 1000)
        self._require(
            f"states {shown(stated)} vehicles per hour, more than an arc of it carries", holds=holds
        )
        on_way = bottleneck in self.route.arcs.tolist() if widest else bottleneck == -1
        self._require("its bottleneck is not on its way", holds=on_way)

    def _check_alternative(self, place: str) -> None:
        alternative, shared_ppm = self.stated["alternative"], self.stated["alternative_shared_ppm"]
        if alternative < 0:
            self._require(
                "there is no alternative and no reason for it", holds=bool(self.stated["no_alternative"])
            )
            self._require("states a share without an alternative", holds=shared_ppm == -1)
            return
        other = self.plan.routes[alternative]
        starts = other.from_node in (
            self.snapshot.places[place].node,
            self.snapshot.places[place].pickup_node,
        )
        ends = any(site.node == other.to_node for site in self.snapshot.sites(self.stated["direction"]))
        self._require(
            "its alternative does not lead from the place to a site of the direction", holds=starts and ends
        )
        self._require(
            "an arc of its alternative is never open", holds=bool(self.roads.ever_open[other.arcs].all())
        )
        own = self.route.arcs
        length = sum(self.roads.length_m[own].tolist())
        shared = sum(self.roads.length_m[own[np.isin(own, other.arcs)]].tolist())
        share = shared * PPM // length if length else 0
        self._require_number("alternative_shared_ppm", share)
        self._require(f"its alternative shares {share} ppm, more than half", holds=share <= _MOST_SHARED_PPM)
