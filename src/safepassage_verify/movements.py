"""Checks routes, permissions, car streams and the chains of vehicles."""

from __future__ import annotations

import numpy as np

from safepassage_verify.planfile import CarStream, Leg, Plan, Route
from safepassage_verify.roads import BUS, CAR, LINK
from safepassage_verify.snapshot import Rules, Snapshot, Vehicle
from safepassage_verify.trips import Travel, Trips
from safepassage_verify.verdict import MOST_PER_CODE, Findings


def check_movements(
    plan: Plan, trips: Trips, happens: Travel, snapshot: Snapshot, findings: Findings
) -> None:
    """Note broken routes, forbidden arcs, wrong times and ends, overloaded cars, impossible chains."""
    for i, route in enumerate(plan.routes):
        _check_route(route, i, snapshot, findings)
    _check_time_limits(trips, happens, snapshot, findings)
    permissions = Permissions(plan, snapshot, findings)
    trip = 0
    for i, stream in enumerate(plan.cars):
        _check_stream(stream, i, plan, snapshot, findings)
        weight = snapshot.rules.car_weight_kg
        past = happens.passed(range(trip, trip + len(stream.departures)), snapshot.now_s)
        bit = snapshot.bit(stream.direction)
        permissions.check(stream.route, f"plan.cars[{i}]", CAR, (bit,), weight, past=past)
        trip += len(stream.departures)
    for i, (name, legs) in enumerate(plan.vehicles):
        vehicle = snapshot.fleet[name]
        arrivals = happens.arrive_s[trip : trip + len(legs)].tolist()
        first, trip = trip, trip + len(legs)
        Chain(vehicle, legs, arrivals, f"plan.vehicles[{i}]", findings).check(plan, snapshot.rules)
        for k, leg in enumerate(legs):
            bits = tuple(sorted({snapshot.bit(item.kind[1]) for item in leg.load}))
            past, where = happens.passed([first + k], snapshot.now_s), f"plan.vehicles[{i}].legs[{k}]"
            permissions.check(leg.route, where, BUS, bits, vehicle.weight_kg, past=past)
    _check_rides(plan, snapshot, findings)


def _check_route(route: Route, i: int, snapshot: Snapshot, findings: Findings) -> None:
    tail, head = snapshot.roads.tail[route.arcs], snapshot.roads.head[route.arcs]
    nodes = np.concatenate([[route.from_node], head])
    holds = bool((nodes[:-1] == tail).all()) and int(nodes[-1]) == route.to_node
    message = "its arcs do not follow one another from from_node to to_node"
    findings.require("ROUTE", f"plan.routes[{i}]", holds=holds, message=message)


def _check_time_limits(trips: Trips, happens: Travel, snapshot: Snapshot, findings: Findings) -> None:
    """Note trips and rides that end after the horizon or do not lie within one movement window."""
    rides = np.flatnonzero(happens.entries.trip < 0)
    starts = np.concatenate([trips.depart_s, happens.entries.t[rides]])
    ends = np.concatenate([happens.arrive_s, happens.entries.leave(rides)])

    def where(k: int) -> str:
        return trips.where(k) if k < len(trips) else f"plan.link_rides[{k - len(trips)}]"

    findings.checked("HORIZON", len(starts))
    for k in np.flatnonzero(ends > snapshot.horizon_s).tolist():
        findings.add("HORIZON", where(k), f"ends in second {ends[k]}, the grid in {snapshot.horizon_s}")
    windows = snapshot.rules.movement_windows
    if not windows:
        return
    findings.checked("MOVEMENT_WINDOW", len(starts))
    from_s = np.array([window[0] for window in windows])
    until_s = np.array([window[1] for window in windows])
    window = np.searchsorted(from_s, starts, side="right") - 1
    until = until_s[np.maximum(window, 0)]
    outside = (window < 0) | (ends > until) | (starts >= until)
    for n in np.flatnonzero(outside).tolist():
        findings.add("MOVEMENT_WINDOW", where(n), f"[{starts[n]}, {ends[n]}] lies in no movement window")


class Permissions:
    """Says once per kind of use what a route forbids."""

    def __init__(self, plan: Plan, snapshot: Snapshot, findings: Findings) -> None:
        self.plan, self.roads, self.findings = plan, snapshot.roads, findings
        self._known: dict[tuple[int, int, tuple[int, ...], int, int], tuple[tuple[str, str], ...]] = {}

    def check(
        self, route: int, where: str, mode: int, bits: tuple[int, ...], weight_kg: int, *, past: int
    ) -> None:
        """Note what the use of a route violates from its arc number `past` on; no bits: an empty vehicle."""
        use = (route, mode, bits, weight_kg, past)
        if use not in self._known:
            self._known[use] = self._faults(*use)
        for code in ("MODE", "DIRECTION" if bits else "EMPTY", "WEIGHT"):
            self.findings.checked(code, len(self.plan.routes[route].arcs))
        for code, message in self._known[use]:
            self.findings.add(code, where, message)

    def _faults(
        self, route: int, mode: int, bits: tuple[int, ...], weight_kg: int, past: int
    ) -> tuple[tuple[str, str], ...]:
        roads, arcs = self.roads, self.plan.routes[route].arcs[past:]
        needed = sum(bits)
        limit = roads.max_weight_kg[arcs]
        cases = [
            ("MODE", roads.modes[arcs] & mode == 0, "does not carry this kind of vehicle"),
            ("WEIGHT", (limit >= 0) & (weight_kg > limit), f"does not bear {weight_kg} kg"),
        ]
        if bits:
            cases.append(
                ("DIRECTION", roads.directions[arcs] & needed != needed, "is closed to the direction")
            )
        else:
            cases.append(("EMPTY", ~roads.empty_ok[arcs], "is closed to empty vehicles"))
        return tuple(
            (code, f"arc {arc} {what}")
            for code, bad, what in cases
            for arc in arcs[np.flatnonzero(bad)[:MOST_PER_CODE]].tolist()
        )


def _check_stream(stream: CarStream, i: int, plan: Plan, snapshot: Snapshot, findings: Findings) -> None:
    where, route = f"plan.cars[{i}]", plan.routes[stream.route]
    place = snapshot.places[stream.place]
    if stream.site:
        site = snapshot.places[stream.site]
        ends, serves = route.to_node == site.node, site.direction == stream.direction
        findings.require("SITE", where, holds=serves, message="the site does not belong to the direction")
    else:
        # Only those who had left before their way was closed may end elsewhere; they do not arrive.
        ends = all(depart_s < snapshot.now_s for depart_s, _, _ in stream.departures)
    ends &= route.from_node == place.node
    findings.require("ENDS", where, holds=ends, message="the route does not lead from the place to the site")
    most = snapshot.rules.persons_per_car
    findings.checked("CAR_LOAD", len(stream.departures))
    findings.checked("RELEASE", len(stream.departures))
    for k, (depart_s, persons, _) in enumerate(stream.departures):
        if not 1 <= persons <= most:
            findings.add(
                "CAR_LOAD", f"{where}.departures[{k}]", f"{persons} persons in a car for 1 to {most}"
            )
        if max(snapshot.now_s, 0) <= depart_s < place.release_s:
            message = f"departs in second {depart_s}, people may leave from {place.release_s} on"
            findings.add("RELEASE", f"{where}.departures[{k}]", message)


class Chain:
    """The legs of one vehicle, in order."""

    def __init__(
        self, vehicle: Vehicle, legs: tuple[Leg, ...], arrivals: list[int], where: str, findings: Findings
    ) -> None:
        self.vehicle, self.legs, self.arrivals = vehicle, legs, arrivals
        self.where, self.findings = where, findings

    def check(self, plan: Plan, rules: Rules) -> None:
        """Note breaks in place and time, overload, and hours beyond availability and duty."""
        node, ready_s = self.vehicle.base_node, self.vehicle.available_from_s
        for k, (leg, arrive_s) in enumerate(zip(self.legs, self.arrivals, strict=True)):
            where, route = f"{self.where}.legs[{k}]", plan.routes[leg.route]
            self._require(
                "CHAIN", where, f"starts elsewhere than at node {node}", holds=route.from_node == node
            )
            message = f"states second {leg.arrive_s}, arrives in {arrive_s}"
            self._require("ARRIVAL", where, message, holds=leg.arrive_s == arrive_s)
            before = self.legs[k - 1] if k else None
            after = self.legs[k + 1] if k + 1 < len(self.legs) else None
            earliest = ready_s + rules.loading_s(leg.persons, leg.boarding(before))
            code = "DWELL" if k else "AVAILABILITY"
            message = f"departs in second {leg.depart_s}, is ready in {earliest}"
            self._require(code, where, message, holds=leg.depart_s >= earliest)
            self._check_places(leg, where)
            node, ready_s = route.to_node, arrive_s + rules.unloading_s(leg.persons, leg.alighting(after))
        if self.legs:
            self._check_hours()

    def _require(self, code: str, where: str, message: str, *, holds: bool) -> None:
        self.findings.require(code, where, holds=holds, message=message)

    def _check_places(self, leg: Leg, where: str) -> None:
        aboard = {"seats": 0, "wheelchair": 0, "stretcher": 0}
        for item in leg.load:
            group = item.kind[2]
            aboard[group if group in aboard else "seats"] += item.persons
        for kind, persons in aboard.items():
            places = getattr(self.vehicle, kind)
            message = f"{persons} persons for {places} places ({kind})"
            self._require("SEATS", where, message, holds=persons <= places)

    def _check_hours(self) -> None:
        last, until = max(self.arrivals), self.vehicle.available_until_s
        message = f"arrives in second {last}, is available until {until}"
        self._require("AVAILABILITY", self.where, message, holds=until < 0 or last <= until)
        duty, most = last - self.legs[0].depart_s, self.vehicle.max_duty_s
        self._require(
            "DUTY", self.where, f"is on duty for {duty} s of {most}", holds=most < 0 or duty <= most
        )


def _check_rides(plan: Plan, snapshot: Snapshot, findings: Findings) -> None:
    roads = snapshot.roads
    for i, ride in enumerate(plan.rides):
        where = f"plan.link_rides[{i}]"
        carries = bool(roads.modes[ride.arc] & LINK)
        findings.require(
            "MODE", where, holds=carries, message=f"arc {ride.arc} is no train, boat or footpath"
        )
        for item in ride.load:
            bit = snapshot.bit(item.kind[1])
            permitted = bool(roads.directions[ride.arc] & bit)
            message = f"arc {ride.arc} is closed to the direction"
            findings.require("DIRECTION", where, holds=permitted, message=message)
