"""Follows the people: boarding, changes, arrival at sites, conservation, reserves and exposure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from safepassage_verify.planfile import Item, Plan
from safepassage_verify.roads import int64
from safepassage_verify.snapshot import COMMODITY, OWN_VEHICLE, Key, Snapshot
from safepassage_verify.trips import Travel
from safepassage_verify.verdict import Findings

Kind = tuple[str, str, str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One leg or link ride, as people see it.

    They board from `board_s` on and may go on from `free_s` on; `vehicle` is (vehicle, leg number), None for
    a ride; `first_arc` is -1 without arcs.
    """

    id: str
    where: str
    from_node: int
    to_node: int
    depart_s: int
    board_s: int
    arrive_s: int
    free_s: int
    exposure_ppm_s: int
    first_arc: int
    vehicle: tuple[str, int] | None
    load: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the movements amount to.

    `served` counts decided persons per (place, direction, group), `reserved` the others; `arrivals` are
    (second, persons) of decided persons per direction and commodity; `exposure` sums over decided persons;
    `moved` are (place, site, persons, second) of their arrivals, `stages` all legs and rides.
    """

    served: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    reserved: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    at_site: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    arrivals: dict[tuple[str, str], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    exposure: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    moved: list[tuple[str, str, int, int]] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)

    def arrive(self, key: Key, site: str, t: int, persons: int, *, reserve: bool) -> None:
        """Note persons who reach a site."""
        self.at_site[site] += persons
        if reserve:
            self.reserved[key] += persons
            return
        self.served[key] += persons
        self.moved.append((key[0], site, persons, t))
        commodity = COMMODITY[key[2]]
        self.arrivals[key[1], commodity].append((t, persons))


def follow_people(plan: Plan, happens: Travel, snapshot: Snapshot, findings: Findings) -> Outcome:
    """Return who arrives where and when, having noted every journey that is impossible."""
    outcome = Outcome()
    _follow_cars(plan, happens, snapshot, outcome, findings)
    stages = list_stages(plan, happens, snapshot)
    known = {stage.id: stage for stage in stages}
    for stage in stages:
        for item in stage.load:
            _check_item(item, stage, known, snapshot, findings)
            if item.site:
                outcome.arrive(item.key, item.site, stage.arrive_s, item.persons, reserve=item.reserve)
    _check_changes(stages, snapshot.now_s, findings)
    outcome.stages.extend(stages)
    _follow_exposure(stages, known, snapshot, outcome, findings)
    _check_sites(outcome, snapshot, findings)
    _check_conservation(plan, outcome, snapshot, findings)
    _check_reserves(plan, outcome, snapshot, findings)
    return outcome


def _follow_cars(
    plan: Plan, happens: Travel, snapshot: Snapshot, outcome: Outcome, findings: Findings
) -> None:
    arrivals, exposures = happens.arrive_s.tolist(), happens.exposure_ppm_s.tolist()
    trip = 0
    for i, stream in enumerate(plan.cars):
        key = (stream.place, stream.direction, OWN_VEHICLE)
        for k, (depart_s, persons, _) in enumerate(stream.departures):
            if stream.site:
                outcome.arrive(key, stream.site, arrivals[trip], persons, reserve=stream.reserve)
            if not stream.reserve:
                outcome.exposure[stream.direction] += persons * exposures[trip]
            if depart_s >= snapshot.now_s:
                _check_cap(
                    exposures[trip], stream.place, f"plan.cars[{i}].departures[{k}]", snapshot, findings
                )
            trip += 1


def _check_cap(exposure_ppm_s: int, place: str, where: str, snapshot: Snapshot, findings: Findings) -> None:
    own = snapshot.places[place].exposure_cap_ppm_s
    cap = snapshot.rules.exposure_cap_ppm_s if own is None else own
    if cap >= 0:
        message = f"a journey's exposure is {exposure_ppm_s} ppm s, the cap is {cap}"
        findings.require("EXPOSURE_CAP", where, holds=exposure_ppm_s <= cap, message=message)


def list_stages(plan: Plan, happens: Travel, snapshot: Snapshot) -> list[Stage]:
    """Return all legs and link rides of a plan."""
    rules, roads = snapshot.rules, snapshot.roads
    arrivals, exposures = happens.arrive_s.tolist(), happens.exposure_ppm_s.tolist()
    trip = sum(len(stream.departures) for stream in plan.cars)
    stages = []
    for i, (name, legs) in enumerate(plan.vehicles):
        for k, leg in enumerate(legs):
            route = plan.routes[leg.route]
            before, after = legs[k - 1] if k else None, legs[k + 1] if k + 1 < len(legs) else None
            stages.append(
                Stage(
                    id=leg.id,
                    where=f"plan.vehicles[{i}].legs[{k}]",
                    from_node=route.from_node,
                    to_node=route.to_node,
                    depart_s=leg.depart_s,
                    board_s=leg.depart_s - rules.loading_s(leg.persons, leg.boarding(before)),
                    arrive_s=arrivals[trip],
                    free_s=arrivals[trip] + rules.unloading_s(leg.persons, leg.alighting(after)),
                    exposure_ppm_s=exposures[trip],
                    first_arc=int(route.arcs[0]) if len(route.arcs) else -1,
                    vehicle=(name, k),
                    load=leg.load,
                )
            )
            trip += 1
    arc = int64([ride.arc for ride in plan.rides])
    depart = int64([ride.depart_s for ride in plan.rides])
    leave = depart + roads.travel.at(arc, depart)
    exposure = roads.hazard.before(arc, leave) - roads.hazard.before(arc, depart)
    for i, ride in enumerate(plan.rides):
        stages.append(
            Stage(
                id=ride.id,
                where=f"plan.link_rides[{i}]",
                from_node=int(roads.tail[ride.arc]),
                to_node=int(roads.head[ride.arc]),
                depart_s=ride.depart_s,
                board_s=ride.depart_s,
                arrive_s=int(leave[i]),
                free_s=int(leave[i]),
                exposure_ppm_s=int(exposure[i]),
                first_arc=ride.arc,
                vehicle=None,
                load=ride.load,
            )
        )
    return stages


def _check_item(
    item: Item, stage: Stage, known: dict[str, Stage], snapshot: Snapshot, findings: Findings
) -> None:
    """Note people who board or arrive where, when or how they cannot."""
    where = stage.where
    place = snapshot.places[item.kind[0]]
    by_car = item.kind[2] == OWN_VEHICLE
    findings.require(
        "GROUP", where, holds=not by_car, message="people with a vehicle of their own travel in it"
    )
    if not item.after:
        here = place.pickup_node == stage.from_node
        message = f"board at node {stage.from_node}, the pick-up of {place.id!r} is node {place.pickup_node}"
        findings.require("BOARDING", where, holds=here, message=message)
        message = f"boarding begins in second {stage.board_s}, people may leave from {place.release_s} on"
        released = stage.board_s >= place.release_s or stage.depart_s < snapshot.now_s
        findings.require("RELEASE", where, holds=released, message=message)
    elif item.after not in known:
        findings.add("TRANSFER", where, f"people come from {item.after!r}, which does not exist")
    else:
        fault = _change_fault(known[item.after], stage)
        findings.require(
            "TRANSFER", where, holds=not fault, message=f"people come from {item.after!r}, {fault}"
        )
    if item.site:
        site = snapshot.places[item.site]
        holds = site.node == stage.to_node and site.direction == item.kind[1]
        message = f"{item.site!r} is no site of the direction at the end of the way"
        findings.require("SITE", where, holds=holds, message=message)


def _change_fault(earlier: Stage, later: Stage) -> str:
    """Return what makes a change impossible, "" if nothing does."""
    if earlier.to_node != later.from_node:
        return f"which ends at node {earlier.to_node}, not {later.from_node}"
    if later.board_s < earlier.free_s:
        return f"which lets them go in second {earlier.free_s}, after boarding begins in {later.board_s}"
    if earlier.vehicle and later.vehicle and later.vehicle != (earlier.vehicle[0], earlier.vehicle[1] + 1):
        return "a leg of a vehicle, but this is not the next leg of the same one"
    return ""


def _check_changes(stages: Iterable[Stage], now_s: int, findings: Findings) -> None:
    """Note stages after which not exactly those go on who are to.

    People who had set out before now may find no way on: they end where they are, and do not arrive.
    """
    begun: set[str] = set()
    left: dict[tuple[str, Kind], int] = defaultdict(int)
    taken: dict[tuple[str, Kind], int] = defaultdict(int)
    for stage in stages:
        if stage.depart_s < now_s:
            begun.add(stage.id)
        for item in stage.load:
            if not item.site:
                left[stage.id, item.kind] += item.persons
            if item.after:
                taken[item.after, item.kind] += item.persons
    for change in sorted(left.keys() | taken.keys()):
        before, after = left.get(change, 0), taken.get(change, 0)
        message = f"{before} persons {change[1]} end here on their way, {after} go on"
        holds = before == after or (change[0] in begun and before > after)
        findings.require("TRANSFER", f"leg or ride {change[0]!r}", holds=holds, message=message)


def _follow_exposure(
    stages: list[Stage], known: dict[str, Stage], snapshot: Snapshot, outcome: Outcome, findings: Findings
) -> None:
    """Add up exposure along journeys; where histories mix, the highest goes on."""
    before = {stage.id: {item.after for item in stage.load if item.after in known} for stage in stages}
    try:
        order = list(TopologicalSorter(before).static_order())
    except CycleError:
        findings.add("TRANSFER", "plan", "people go round in a circle of legs that take no time")
        return
    worst: dict[tuple[str, Kind], int] = {}
    begun: set[tuple[str, Kind]] = set()
    for name in order:
        stage = known[name]
        for item in stage.load:
            if stage.depart_s < snapshot.now_s or (item.after, item.kind) in begun:
                begun.add((name, item.kind))
            waited = _wait_exposure(known.get(item.after), stage, snapshot)
            own = stage.exposure_ppm_s + waited
            so_far = own + worst.get((item.after, item.kind), 0)
            worst[name, item.kind] = max(so_far, worst.get((name, item.kind), 0))
            if item.site and (name, item.kind) not in begun:
                _check_cap(so_far, item.kind[0], stage.where, snapshot, findings)
            if not item.reserve:
                outcome.exposure[item.kind[1]] += item.persons * own


def _wait_exposure(earlier: Stage | None, later: Stage, snapshot: Snapshot) -> int:
    """Return hazard times seconds between two stages, on the first arc of the later one."""
    if earlier is None or later.first_arc < 0 or later.depart_s <= earlier.arrive_s:
        return 0
    hazard, arc = snapshot.roads.hazard, int64([later.first_arc])
    return int(
        (hazard.before(arc, int64([later.depart_s])) - hazard.before(arc, int64([earlier.arrive_s])))[0]
    )


def _check_sites(outcome: Outcome, snapshot: Snapshot, findings: Findings) -> None:
    for site, persons in sorted(outcome.at_site.items()):
        capacity = snapshot.places[site].capacity_persons
        message = f"receives {persons} persons, holds {capacity}"
        findings.require(
            "SITE_CAPACITY", f"site {site!r}", holds=capacity < 0 or persons <= capacity, message=message
        )


def _check_conservation(plan: Plan, outcome: Outcome, snapshot: Snapshot, findings: Findings) -> None:
    """Note places, directions and groups whose served and unserved persons are not the demand."""
    unserved: dict[Key, int] = defaultdict(int)
    for i, line in enumerate(plan.raw["unserved"]):
        unserved[line["place"], line["direction"], line["group"]] += line["persons"]
        holds = line["reason"].startswith("UNSERVED_")
        findings.require(
            "REASON", f"plan.unserved[{i}]", holds=holds, message="the reason is no UNSERVED_ code"
        )
    for key in sorted(snapshot.decided.keys() | outcome.served.keys() | unserved.keys()):
        served, rest, demand = outcome.served.get(key, 0), unserved.get(key, 0), snapshot.decided.get(key, 0)
        message = f"{served} served and {rest} unserved are not the demand of {demand}"
        findings.require("CONSERVATION", f"demand {key}", holds=served + rest == demand, message=message)


def _check_reserves(plan: Plan, outcome: Outcome, snapshot: Snapshot, findings: Findings) -> None:
    """Note reserves beyond the undecided, and rows that differ from the movements."""
    rows: dict[Key, dict[str, Any]] = {}
    for i, line in enumerate(plan.raw["reserves"]):
        key = (line["place"], line["direction"], line["group"])
        findings.require(
            "RESERVE", f"plan.reserves[{i}]", holds=key not in rows, message="is here a second time"
        )
        rows[key] = line
    expected = {
        (place, row[0], group)
        for (place, group), persons in snapshot.undecided.items()
        if persons
        for row in snapshot.directions
    }
    for key in sorted(expected | rows.keys() | outcome.reserved.keys()):
        undecided, reserved = snapshot.undecided.get((key[0], key[2]), 0), outcome.reserved.get(key, 0)
        where = f"reserve {key}"
        message = f"{reserved} are held for, {undecided} have not decided"
        findings.require("RESERVE", where, holds=reserved <= undecided, message=message)
        stated = (rows[key]["persons"], rows[key]["reserved"]) if key in rows else None
        message = f"the row must state {undecided} undecided and {reserved} reserved, states {stated}"
        findings.require("RESERVE", where, holds=stated == (undecided, reserved), message=message)
