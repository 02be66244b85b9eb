"""Checks the distribution of aid: trucks on the roads beside everybody else, and what they carry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from safepassage_verify.aid_bound import check_bounds
from safepassage_verify.aid_convoys import check_convoys
from safepassage_verify.aid_given import check_given
from safepassage_verify.aid_hours import Worked, check_hours, check_rest, worked_before
from safepassage_verify.aid_needs import Moved
from safepassage_verify.aid_under_way import UnderWay
from safepassage_verify.aidfile import NANO, readable
from safepassage_verify.flows import check_flows
from safepassage_verify.movements import check_movements
from safepassage_verify.named import Named
from safepassage_verify.planfile import Leg, Plan, check_movement_references, movements_of
from safepassage_verify.snapshot import Snapshot, Vehicle
from safepassage_verify.trips import Travel, list_trips, travel
from safepassage_verify.verdict import Findings

MG_PER_KG, UL_PER_L, MG_PER_G, G_PER_T, PPM = 10**6, 10**6, 1_000, 10**6, 10**6
Rows = Mapping[str, Any]


def check_aid(
    aid: Any,
    plan: Plan,
    snapshot: Snapshot,
    hashes: tuple[str, str],
    findings: Findings,
    *,
    tables: tuple[Rows, list[Moved]] | None = None,
) -> tuple[dict[str, Any], ...]:
    """Note what is wrong with a distribution beside a plan; return the recomputed totals as one row.

    Parameters
    ----------
    hashes : those of the inputs and the plan that the distribution has to name.
    tables : the inputs, and (place, site, persons, second) of all arrivals; None where it is not asked
        what the distribution was given.
    """
    named = Named(findings, ("plan.vehicles", "aid.trucks"), ("plan.", "aid."))
    if not readable(aid, snapshot, findings):
        return ()
    for name, digest in zip(("inputs_sha256", "plan_sha256"), hashes, strict=True):
        message = "was made beside another plan"
        findings.require("HASH", f"aid.{name}", holds=aid[name] == digest, message=message)
    before, past = findings.total, list[Worked]()
    beside = None
    if tables is not None:
        beside = check_given(aid, tables[0], snapshot, tables[1], findings)
        past += () if beside is None or findings.total > before else worked_before(beside.past)
    # Trucks are vehicles without places; the evacuation's rules for empty vehicles hold for them.
    with_trucks = replace(snapshot, fleet={row["id"]: _vehicle(row) for row in aid["given"]["trucks"]})
    rows = {"routes": aid["routes"], "cars": [], "vehicles": aid["trucks"], "link_rides": []}
    before = findings.total
    check_movement_references(rows, with_trucks, named)
    if findings.total > before or any(leg["load"] for truck in aid["trucks"] for leg in truck["legs"]):
        named.require("REFERENCE", "plan.vehicles", holds=findings.total > before, message="persons aboard")
        return ()
    trucks = movements_of(rows)
    _check_roads((trucks, plan, beside), snapshot, with_trucks, named, aid["given"])
    carried = Carried(aid, trucks, named)
    carried.worked += past
    carried.check()
    totals = _totals(aid, carried, trucks, snapshot)
    check_bounds(aid, snapshot, totals, findings)
    for name, value in totals.items():
        message = f"states {aid['totals'][name]}, recomputed are {value}"
        findings.require(
            "AID_TOTALS", f"aid.totals.{name}", holds=aid["totals"][name] == value, message=message
        )
    return (totals,)


def _vehicle(row: Rows) -> Vehicle:
    names = (
        "id",
        "base_node",
        "units_mveh",
        "weight_kg",
        "available_from_s",
        "available_until_s",
        "max_duty_s",
    )
    return Vehicle(**{name: row[name] for name in names}, seats=0, wheelchair=0, stretcher=0)


def _check_roads(
    drive: tuple[Plan, Plan, UnderWay | None],
    snapshot: Snapshot,
    with_trucks: Snapshot,
    named: Findings,
    given: Rows,
) -> None:
    """Check the trucks' runs by themselves, then the roads with everybody on them.

    `drive` are the trucks of the distribution, the plan beside it, and trips under way that go another way.
    """
    trucks, plan, beside = drive
    trips = list_trips(trucks, with_trucks)
    happens = travel(trucks, trips, snapshot.roads, named)
    if happens is None:
        return
    check_movements(trucks, trips, happens, with_trucks, named)
    _check_headway(happens, given["rules"]["headway_s"], named)
    check_convoys(given, trucks, happens, named)
    cap, trip = snapshot.rules.exposure_cap_ppm_s, 0
    behind = {} if beside is None else beside.exposed_ppm_s
    for i, (name, legs) in enumerate(trucks.vehicles):
        own, before = int(happens.exposure_ppm_s[trip : trip + len(legs)].sum()), behind.get(name, 0)
        trip += len(legs)
        of_it = f" on its day, {before} before" if before else ""
        message = f"its crew is exposed to {before + own} ppm s{of_it}, the cap is {cap}"
        holds = cap < 0 or before + own <= cap or not own
        named.require("EXPOSURE_CAP", f"plan.vehicles[{i}]", holds=holds, message=message)
    together = _with(plan, trucks)
    everybody = replace(snapshot, fleet={**snapshot.fleet, **with_trucks.fleet})
    if beside is not None and beside.moves is not None:
        together = _with(together, beside.moves)
        everybody = replace(everybody, fleet={**everybody.fleet, **beside.fleet})
    trips = list_trips(together, everybody)
    happens = travel(together, trips, snapshot.roads, named)
    if happens is not None:
        check_flows(trips, happens, everybody, named)


def _with(plan: Plan, trucks: Plan) -> Plan:
    """Return a plan in which trucks drive, too."""
    shifted = tuple(
        (name, tuple(replace(leg, route=leg.route + len(plan.routes)) for leg in legs))
        for name, legs in trucks.vehicles
    )
    return replace(plan, routes=(*plan.routes, *trucks.routes), vehicles=(*plan.vehicles, *shifted))


def _check_headway(happens: Travel, headway_s: int, named: Findings) -> None:
    """Check that trucks enter each road one after the other with the headway between them."""
    if not headway_s:
        return
    arc, entered_s = happens.entries.arc, happens.entries.t
    order = np.lexsort((entered_s, arc))
    apart = np.diff(entered_s[order])
    same = np.diff(arc[order]) == 0
    named.checked("AID_HEADWAY", int(same.sum()))
    for k in np.flatnonzero(same & (apart < headway_s)).tolist():
        message = f"trucks enter {apart[k]} s after each other in second {entered_s[order[k + 1]]}"
        named.add("AID_HEADWAY", f"inputs.network.arcs {arc[order[k]]}", message)


class Carried:
    """What is loaded and unloaded where, truck by truck."""

    def __init__(self, aid: Rows, trucks: Plan, findings: Findings) -> None:
        given = aid["given"]
        self.aid, self.trucks, self.findings = aid, trucks, findings
        self.rules, self.days = given["rules"], given["days"]
        self.goods = {row["id"]: row for row in given["goods"]}
        self.lots = {row["id"]: row for row in given["lots"]}
        self.needs = {(row["place"], row["commodity"], row["due"]): row for row in given["needs"]}
        self.given = {row["id"]: row for row in given["trucks"]}
        self.delivered: Counter[tuple[str, str, int]] = Counter()
        self.worked: list[Worked] = []

    def check(self) -> None:
        """Note everything that cannot be."""
        by_truck: dict[str, list[tuple[str, Rows]]] = {}
        used: Counter[str] = Counter()
        for i, row in enumerate(self.aid["deliveries"]):
            where = f"aid.deliveries[{i}]"
            if self._known(row, where):
                by_truck.setdefault(row["truck"], []).append((where, row))
                used[row["lot"]] += row["milli"]
                self.delivered[row["place"], row["commodity"], row["due"]] += row["milli"]
        for name, milli in sorted(used.items()):
            most = self.lots[name]["quantity_milli"]
            self._require(
                "AID_LOT", f"aid.given.lots {name}", f"{milli} of {most} are used", holds=milli <= most
            )
        for name, legs in self.trucks.vehicles:
            self._truck(name, legs, by_truck.pop(name, []))
        check_rest(self.worked, self.findings)
        for rows in by_truck.values():
            for where, _ in rows:
                self._require("AID_STOP", where, "its truck does not move", holds=False)
        self._check_short()

    def _require(self, code: str, where: str, message: str, *, holds: bool) -> None:
        self.findings.require(code, where, holds=holds, message=message)

    def _known(self, row: Rows, where: str) -> bool:
        """Return whether truck, lot and need of a delivery exist and fit together."""
        lot, need = self.lots.get(row["lot"]), self.needs.get((row["place"], row["commodity"], row["due"]))
        known = row["truck"] in self.given
        self._require("AID_STOP", where, "there is no such truck", holds=known)
        fits = lot is not None and lot["commodity"] == row["commodity"]
        self._require("AID_LOT", where, "there is no such lot of this good", holds=fits)
        self._require("AID_NEED", where, "there is no such need", holds=need is not None)
        return known and fits and need is not None

    def _truck(self, name: str, legs: tuple[Leg, ...], rows: list[tuple[str, Rows]]) -> None:
        truck = self.given[name]
        position = {"": -1} | {leg.id: k for k, leg in enumerate(legs)}
        ends = {k: self.trucks.routes[leg.route].to_node for k, leg in enumerate(legs)}
        ends[-1] = truck["base_node"]
        loaded: Counter[int] = Counter()
        unloaded: Counter[int] = Counter()
        aboard: list[tuple[int, int, Rows]] = []
        begun: list[tuple[str, int, Rows]] = []
        for where, row in rows:
            first, last = position.get(row["loaded"]), position.get(row["leg"])
            if first is None or last is None or not first < last:
                self._require("AID_STOP", where, "is not loaded before it is unloaded", holds=False)
                continue
            mass = row["milli"] * self.goods[row["commodity"]]["mass_g"]
            loaded[first] += mass
            unloaded[last] += mass
            aboard.append((first, last, row))
            begun.append((where, first, row))
            self._delivery(where, row, legs, ends, (first, last))
        for where, first, row in begun:
            begin_s = legs[first + 1].depart_s - self._seconds("load", loaded[first])
            self._there(where, row, begin_s)
        self._loads(truck, aboard, len(legs))
        self._handling(truck, legs, loaded, unloaded)
        back = not legs or ends[len(legs) - 1] == truck["base_node"]
        self._require("AID_RETURN", f"aid.trucks {name}", "ends its day away from its depot", holds=back)

    def _delivery(
        self, where: str, row: Rows, legs: tuple[Leg, ...], ends: Mapping[int, int], at: tuple[int, int]
    ) -> None:
        truck, lot = self.given[row["truck"]], self.lots[row["lot"]]
        need, good = self.needs[row["place"], row["commodity"], row["due"]], self.goods[row["commodity"]]
        arrive_s = legs[at[1]].arrive_s
        ends_there = ends[at[0]] == lot["node"] and ends[at[1]] == need["node"]
        self._require("AID_STOP", where, "the truck is elsewhere", holds=ends_there)
        kept = lot["expires_s"] < 0 or lot["expires_s"] > max(arrive_s, self.days[row["due"]]["from_s"])
        self._require("AID_EXPIRED", where, "the lot has expired by then", holds=kept)
        days = row["due"] - truck["day"] + 1
        fresh = days <= (good["shelf_days"] or days)
        self._require("AID_EXPIRED", where, f"the good does not keep for {days} days", holds=fresh)
        in_time = arrive_s <= self.days[row["due"]]["until_s"] and row["milli"] % good["step_milli"] == 0
        self._require("AID_NEED", where, "comes after its day, or in broken pieces", holds=in_time)
        cooled = truck["cold_chain"] or not good["cold_chain"]
        self._require("AID_LOAD", where, "cold goods travel without cooling", holds=cooled)

    def _there(self, where: str, row: Rows, begin_s: int) -> None:
        """Check that a lot is there when loading begins at the latest: a truck may wait for it."""
        there = self.lots[row["lot"]]["available_from_s"] <= begin_s
        self._require("AID_LOT", where, f"the lot is not there in second {begin_s}", holds=there)

    def _loads(self, truck: Rows, aboard: list[tuple[int, int, Rows]], n_legs: int) -> None:
        mass, room = [0] * n_legs, [0] * n_legs
        for first, last, row in aboard:
            good = self.goods[row["commodity"]]
            for k in range(first + 1, last + 1):
                mass[k] += row["milli"] * good["mass_g"]
                room[k] += row["milli"] * good["volume_ml"]
        for k in range(n_legs):
            holds = mass[k] <= truck["payload_kg"] * MG_PER_KG and room[k] <= truck["volume_l"] * UL_PER_L
            message = f"carries {mass[k]} mg and {room[k]} µL"
            self._require("AID_LOAD", f"aid.trucks {truck['id']} leg {k}", message, holds=holds)

    def _handling(
        self, truck: Rows, legs: tuple[Leg, ...], loaded: Counter[int], unloaded: Counter[int]
    ) -> None:
        handled = [
            self._seconds("unload", unloaded[k - 1]) + self._seconds("load", loaded[k - 1])
            for k in range(len(legs))
        ]
        self.worked += check_hours(truck, legs, handled, self.findings)
        for k, leg in enumerate(legs):
            ready_s = truck["available_from_s"] if k == 0 else legs[k - 1].arrive_s
            ready_s += handled[k]
            message = f"departs in second {leg.depart_s}, is ready in {ready_s}"
            where = f"aid.trucks {truck['id']} leg {k}"
            self._require("AID_HANDLING", where, message, holds=leg.depart_s >= ready_s)

    def _seconds(self, kind: str, mg: int) -> int:
        """Return how long it takes to handle so much; grams and seconds are rounded up."""
        if not mg:
            return 0
        grams = -(-mg // MG_PER_G)
        base, per_t = int(self.rules[f"{kind}_base_s"]), int(self.rules[f"{kind}_s_per_t"])
        return base + -(-grams * per_t // G_PER_T)

    def _check_short(self) -> None:
        short: Counter[tuple[str, str, int]] = Counter()
        for i, row in enumerate(self.aid["short"]):
            key = (row["place"], row["commodity"], row["due"])
            short[key] += row["milli"]
            holds = key in self.needs and bool(row["reason"])
            self._require("AID_SHORT", f"aid.short[{i}]", "no such need, or no reason", holds=holds)
        for key, need in self.needs.items():
            brought, missing = self.delivered[key], short[key]
            message = f"{brought} delivered and {missing} short of {need['amount_milli']}"
            holds = brought + missing == need["amount_milli"]
            self._require("AID_SHORT", f"aid.given.needs {' '.join(map(str, key))}", message, holds=holds)
            self._require("AID_NEED", "aid.deliveries", message, holds=brought <= need["amount_milli"])


def _totals(aid: Rows, carried: Carried, trucks: Plan, snapshot: Snapshot) -> dict[str, Any]:
    """Return the totals of the distribution, without bounds; shares count what lies behind too."""
    by_place: dict[str, list[int]] = {}
    for key, need in carried.needs.items():
        row = by_place.setdefault(need["place"], [0, 0])
        row[0] += need["worth"] * NANO * carried.delivered[key] // need["amount_milli"]
        row[1] += need["worth"] * NANO
    worth, needed = (sum(row[k] for row in by_place.values()) for k in (0, 1))
    for past in aid["given"].get("behind", []):
        row = by_place.setdefault(past["place"], [0, 0])
        row[0], row[1] = row[0] + past["met_nano"], row[1] + past["worth"] * NANO
    reached = [place for place in aid["totals"]["reached"] if place in by_place]
    least = min((by_place[p][0] * PPM // by_place[p][1] for p in reached), default=-1)
    legs = [leg for _, legs in trucks.vehicles for leg in legs]
    length = snapshot.roads.length_m
    return {
        "worth_nano": worth,
        "needed_nano": needed,
        "least_share_ppm": least,
        "driven_m": sum(int(length[trucks.routes[leg.route].arcs].sum()) for leg in legs),
        "driven_s": sum(leg.arrive_s - leg.depart_s for leg in legs),
    }
