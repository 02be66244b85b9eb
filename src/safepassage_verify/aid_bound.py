"""Sums the bounds of a distribution again from its prices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from safepassage_verify.aid_convoys import heaviest
from safepassage_verify.aid_share import dearer_than
from safepassage_verify.aidfile import NANO
from safepassage_verify.paths import UNREACHED, Paths
from safepassage_verify.roads import BUS
from safepassage_verify.snapshot import Snapshot
from safepassage_verify.verdict import Findings

MG_PER_KG, UL_PER_L, G_PER_T, MG_PER_G, PPM = 10**6, 10**6, 10**6, 1_000, 10**6
Rows = Mapping[str, Any]


def check_bounds(aid: Rows, snapshot: Snapshot, totals: Rows, findings: Findings) -> None:
    """Note bounds that claim more than their prices prove, and a plan that does what they exclude."""
    trips = _Trips(aid["given"], snapshot)
    worth, share = None, None
    for i, bound in enumerate(aid["bounds"]):
        where = f"aid.bounds[{i}]"
        holds = _stops_hold(bound, aid["given"]["rules"]["unload_base_s"])
        findings.require("AID_BOUND", where, holds=holds, message="a stop costs more than it takes")
        there_is, costs = _there_is(bound, aid["given"], trips), _cheapest(bound, aid["given"], trips)
        if bound["kind"] == "worth":
            limit = there_is + sum(
                max(0, NANO * need["worth"] - cost) for need, cost in costs if cost is not None
            )
            worth = min(totals["needed_nano"], limit)
        else:
            limit, share = there_is, bound["least_share_ppm"]
            holds = share >= PPM or dearer_than(there_is, costs, aid["given"], share + 1)
            message = f"its prices do not rule out a least share of {share + 1} ppm"
            findings.require("AID_BOUND", where, holds=holds, message=message)
        message = f"claims {bound['limit_nano']}, its prices prove {limit}"
        findings.require("AID_BOUND", where, holds=bound["limit_nano"] >= limit, message=message)
    _check_claims(aid["totals"], totals, worth, share, trips, findings)


def _check_claims(
    stated: Rows, totals: Rows, worth: int | None, share: int | None, trips: _Trips, findings: Findings
) -> None:
    where = "aid.totals"
    holds = stated["worth_bound_nano"] >= (0 if worth is None else worth)
    findings.require("AID_BOUND", where, holds=holds, message=f"the worth that is proved is {worth}")
    holds = (
        stated["least_share_bound_ppm"] == -1 if share is None else stated["least_share_bound_ppm"] >= share
    )
    findings.require("AID_BOUND", where, holds=holds, message=f"the least share that is proved is {share}")
    within = worth is None or totals["worth_nano"] <= worth
    within &= share is None or totals["least_share_ppm"] <= share
    findings.require("AID_BOUND", where, holds=within, message="the plan does what its bound excludes")
    same = set(stated["reached"]) == trips.reached
    findings.require("AID_TOTALS", f"{where}.reached", holds=same, message="not the places in reach")


class _Trips:
    """Least round trips, and the seconds that the trucks of a type have together on a day."""

    def __init__(self, given: Rows, snapshot: Snapshot) -> None:
        self.given, self.snapshot = given, snapshot
        self.crews: dict[tuple[str, int], list[Rows]] = {}
        for truck in given["trucks"]:
            self.crews.setdefault((truck["type"], truck["day"]), []).append(truck)
        self.seconds = {key: sum(map(self._span, rows)) for key, rows in self.crews.items()}
        self._paths = Paths(snapshot.roads)
        depots = sorted({lot["node"] for lot in given["lots"] if lot["node"] >= 0})
        self._out: dict[tuple[int, int], Any] = {}
        self._back: dict[tuple[int, int], Any] = {}
        together = heaviest(given["trucks"])
        self.weighs = {
            row["type"]: together.get(row.get("convoy", ""), row["weight_kg"]) for row in given["trucks"]
        }
        for rows in self.crews.values():
            for kind, base in sorted({(row["type"], row["base_node"]) for row in rows}):
                self._measure(self.weighs[kind], base, depots)
        self.goods = {row["id"]: row for row in given["goods"]}
        self._needed: dict[tuple[str, int], list[int]] = {}
        for need in given["needs"]:
            good = self.goods[need["commodity"]]
            for day in range(need["due"] + 1):
                row = self._needed.setdefault((need["place"], day), [0, 0])
                row[0] += need["amount_milli"] * good["mass_g"]
                row[1] += need["amount_milli"] * good["volume_ml"]
        self.reached = {
            need["place"] for need in given["needs"] if next(self.options(need), None) is not None
        }

    def _measure(self, weight: int, base: int, depots: list[int]) -> None:
        roads = self.snapshot.roads
        bears = (roads.max_weight_kg < 0) | (roads.max_weight_kg >= weight)
        arc = np.flatnonzero(roads.ever_open & (roads.modes & BUS != 0) & roads.empty_ok & bears)
        for depot in depots:
            if (weight, depot) not in self._out:
                self._out[weight, depot] = self._paths.times_from(arc, [(depot, 0)])
        if (weight, base) not in self._back:
            self._back[weight, base] = self._paths.times_to(arc, [(node, 0) for node in {*depots, base}])

    def _span(self, truck: Rows) -> int:
        """Return the most seconds that a truck spends on trips on its day, the first loading included."""
        first, last = truck["available_from_s"], truck["available_until_s"]
        span = last - first
        windows = self.snapshot.rules.movement_windows
        if windows:
            inside = [(max(a, first), min(b, last)) for a, b in windows if max(a, first) < min(b, last)]
            span = inside[-1][1] - inside[0][0] if inside else 0
        if truck["max_duty_s"] >= 0:
            span = min(span, truck["max_duty_s"])
        if span <= 0:
            return 0
        rules = self.given["rules"]
        loading = rules["load_base_s"] + -(-truck["payload_kg"] * 1_000 * rules["load_s_per_t"] // G_PER_T)
        return int(min(last - first, span + loading, truck["work_s"]))

    def unloads_at_most(self, place: str, truck: Rows) -> tuple[int, int]:
        """Return the most mg and µl of a stop: what the truck holds, or all that is needed from then on."""
        mg, ul = self._needed[place, truck["day"]]
        return min(truck["payload_kg"] * MG_PER_KG, mg), min(truck["volume_l"] * UL_PER_L, ul)

    def options(self, need: Rows) -> Iterator[tuple[tuple[str, int], Rows, Rows, int]]:
        """Yield (crew, truck, lot, least seconds of a round trip) by which a need may be met."""
        rules, days, good = self.given["rules"], self.given["days"], self.goods[need["commodity"]]
        if need["node"] < 0:
            return
        for lot in self.given["lots"]:
            if lot["commodity"] != need["commodity"] or lot["node"] < 0:
                continue
            for key, rows in self.crews.items():
                truck, day = rows[0], key[1]
                cold = good["cold_chain"] and not truck["cold_chain"]
                late = day > need["due"] or lot["available_from_s"] >= days[day]["until_s"]
                expired = 0 <= lot["expires_s"] <= days[need["due"]]["from_s"]
                expired |= good["shelf_days"] > 0 and need["due"] - day >= good["shelf_days"]
                if cold or late or expired or not self.seconds[key]:
                    continue
                weight_kg = self.weighs[truck["type"]]
                out = int(self._out[weight_kg, lot["node"]][need["node"]])
                back = int(self._back[weight_kg, truck["base_node"]][need["node"]])
                if max(out, back) < UNREACHED:
                    yield key, truck, lot, out + back + rules["load_base_s"]


def _there_is(bound: Rows, given: Rows, trips: _Trips) -> int:
    """Return what all seconds of trucks and all goods of lots are worth at the prices of a bound."""
    rate = {(row["type"], row["day"]): row["mass_nano_s"] + row["volume_nano_s"] for row in bound["trucks"]}
    price = {row["lot"]: row["nano_milli"] for row in bound["lots"]}
    seconds = sum(rate.get(key, 0) * seconds for key, seconds in trips.seconds.items())
    return int(seconds + sum(price.get(lot["id"], 0) * lot["quantity_milli"] for lot in given["lots"]))


def _cheapest(bound: Rows, given: Rows, trips: _Trips) -> list[tuple[Rows, int | None]]:
    """Return each need with the least that bringing all of it costs; None where nothing can bring it."""
    rate = {(row["type"], row["day"]): (row["mass_nano_s"], row["volume_nano_s"]) for row in bound["trucks"]}
    price = {row["lot"]: row["nano_milli"] for row in bound["lots"]}
    stops = {(row["place"], row["type"], row["day"]): _Stop.read(row) for row in bound["stops"]}
    rules = given["rules"]
    per_t = rules["load_s_per_t"] + rules["unload_s_per_t"]
    found: list[tuple[Rows, int | None]] = []
    for need in given["needs"]:
        good, amount = trips.goods[need["commodity"]], need["amount_milli"]
        mg, ul = amount * good["mass_g"], amount * good["volume_ml"]
        costs = []
        for key, truck, lot, trip_s in trips.options(need):
            by_mass, by_volume = rate.get(key, (0, 0))
            cost = price.get(lot["id"], 0) * amount
            cost += by_mass * trip_s * mg // (truck["payload_kg"] * MG_PER_KG)
            cost += by_volume * trip_s * ul // (truck["volume_l"] * UL_PER_L)
            cost += (by_mass + by_volume) * mg * per_t // (G_PER_T * MG_PER_G)
            plain = _Stop(by_mass * rules["unload_base_s"], by_volume * rules["unload_base_s"], {})
            stop = stops.get((need["place"], *key), plain)
            most_mg, most_ul = trips.unloads_at_most(need["place"], truck)
            cost += stop.mass * mg // most_mg + stop.volume * ul // most_ul
            costs.append(cost + stop.needs.get((need["commodity"], need["due"]), 0))
        found.append((need, min(costs, default=None)))
    return found


class _Stop(NamedTuple):
    """What a stop's base is worth by its load, and by each need (commodity, due) that is brought whole."""

    mass: int
    volume: int
    needs: Mapping[tuple[str, int], int]

    @classmethod
    def read(cls, row: Rows) -> _Stop:
        needs = {(need["commodity"], need["due"]): need["nano"] for need in row["needs"]}
        return cls(row["mass_nano"], row["volume_nano"], needs)


def _stops_hold(bound: Rows, base_s: int) -> bool:
    """Return whether no stop is priced twice, or at more than the base of unloading is worth."""
    rate = {(row["type"], row["day"]): row["mass_nano_s"] + row["volume_nano_s"] for row in bound["trucks"]}
    seen = set()
    for row in bound["stops"]:
        key = (row["type"], row["day"])
        seen.add((row["place"], *key))
        priced = row["mass_nano"] + row["volume_nano"] + sum(need["nano"] for need in row["needs"])
        once = len({(need["commodity"], need["due"]) for need in row["needs"]}) == len(row["needs"])
        if priced > rate.get(key, 0) * base_s or not once:
            return False
    return len(seen) == len(bound["stops"])
