"""Distributions of aid drawn by a seed, and what the verifier says of them: goods, trucks, tours, prices."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from safepassage.testing.tiny_plans import TinyPlan
from safepassage_verify.aid import check_aid
from safepassage_verify.aid_bound import _Trips
from safepassage_verify.aid_share import dearer_than
from safepassage_verify.aidfile import NANO, TOTAL
from safepassage_verify.planfile import read_plan
from safepassage_verify.snapshot import Snapshot
from safepassage_verify.verdict import Findings, Verdict
from tests.support.drawn_plans import BUS, SLIPS, Drawn
from tests.support.drawn_sums import read

Row = dict[str, Any]
HASHES = ("inputs", "plan")
HORIZON_S = 60
"""Enough for a truck to load, bring, come back and do so again."""


class Distribution:
    """What is needed, what lies where, and trucks that bring it as early as they can, or a second beside."""

    def __init__(self, chance: random.Random, inputs: Row) -> None:
        self.chance = chance
        self.inputs = inputs
        self.rules = {
            "load_base_s": chance.choice([0, 1, 2]), "unload_base_s": chance.choice([0, 1, 2]),
            "load_s_per_t": chance.choice([0, 400, 1_000]), "unload_s_per_t": chance.choice([0, 300, 1_000]),
            "headway_s": chance.choice([0, 0, 1, 60]),
            "weights": [8, 4, 2, 1],
        }  # fmt: skip
        self.days = self._days()
        self.goods = [self._good(name) for name in ("water", "bread")]
        self.needs = [self._need(*key) for key in self._chosen_needs()]
        self.store = chance.choice(inputs["places"])
        self.lots = [self._lot(f"lot{k}") for k in range(chance.randint(2, 5))]
        self.trucks = self._trucks()
        self.left = {row["id"]: row["quantity_milli"] for row in self.lots}
        self.missing = [row["amount_milli"] for row in self.needs]
        self.plan = TinyPlan(inputs)
        self.deliveries: list[Row] = []

    def slip(self) -> int:
        return self.chance.choice(SLIPS)

    def _days(self) -> list[Row]:
        cuts = self.chance.choice([[0, HORIZON_S], [0, 31, HORIZON_S], [5, 30, 58]])
        days = [{"from_s": a, "until_s": b, "date": ""} for a, b in pairwise(cuts)]
        if len(days) > 1 and self.chance.random() < 0.3:
            days[1]["from_s"] += 1
        return days

    def _good(self, name: str) -> Row:
        chance = self.chance
        return {
            "id": name, "name": name, "unit": "kg", "mass_g": chance.choice([900, 1_000, 1_001]),
            "volume_ml": chance.choice([800, 1_000, 1_700]), "cold_chain": chance.random() < 0.3,
            "step_milli": chance.choice([1, 1, 500, 1_000]), "shelf_days": chance.choice([0, 0, 1, 2]),
        }  # fmt: skip

    def _chosen_needs(self) -> list[tuple[Row, str, int]]:
        keys = [(place, good["id"], day) for place in self.inputs["places"] for good in self.goods
                for day in range(len(self.days))]  # fmt: skip
        return self.chance.sample(keys, min(len(keys), self.chance.randint(2, 6)))

    def _need(self, place: Row, commodity: str, due: int) -> Row:
        return {
            "place": place["id"], "node": place["node"], "commodity": commodity, "due": due, "priority": 1,
            "amount_milli": self.chance.choice([500, 1_000, 2_000]), "persons": 1,
            "worth": self.chance.randint(1, 9),
        }  # fmt: skip

    def _lot(self, name: str) -> Row:
        chance = self.chance
        place = self.store
        if chance.random() < 0.3:
            place = chance.choice([*self.inputs["places"], {"id": "elsewhere", "node": -1}])
        starts = [day["from_s"] for day in self.days]
        ends = [day["until_s"] for day in self.days]
        return {
            "id": name, "depot": place["id"], "node": place["node"],
            "commodity": chance.choice(self.goods)["id"],
            "quantity_milli": chance.choice([500, 2_000, 4_000]),
            "available_from_s": chance.choice([0, 0, 0, chance.choice(ends) - chance.choice([0, 1])]),
            "expires_s": chance.choice([-1, -1, -1, 0, chance.choice(starts) + chance.choice([0, 1]), 40]),
        }  # fmt: skip

    def _trucks(self) -> list[Row]:
        chance, found = self.chance, []
        for kind in range(chance.randint(1, 2)):
            depot = chance.choice(self.lots)
            same = {
                "type": f"type{kind}", "depot": depot["depot"], "base_node": max(0, depot["node"]),
                "payload_kg": chance.choice([1, 2, 5]), "volume_l": chance.choice([1, 3, 5]),
                "weight_kg": chance.choice([3_000, 3_001]), "units_mveh": chance.choice([1_000, 2_000]),
                "cold_chain": chance.random() < 0.5,
            }  # fmt: skip
            for number, day in enumerate(self.days):
                for k in range(chance.choice([0, 1, 1, 2])):
                    own = {
                        "id": f"t{kind}{number}{k}", "truck": f"t{kind}{k}", "day": number,
                        "available_from_s": day["from_s"] + chance.choice([0, 0, 3]),
                        "available_until_s": day["until_s"] - chance.choice([0, 0, 2]),
                        "max_duty_s": chance.choice([-1, -1, 0, 9, 20]),
                        "max_drive_s": chance.choice([60, 60, 12]),
                        "break_after_s": chance.choice([60, 8, 4]), "break_s": chance.choice([0, 0, 2]),
                        "work_s": chance.choice([60, 60, 25]), "rest_s": chance.choice([0, 0, 5]),
                        "unbroken_s": chance.choice([0, 0, 3]),
                    }  # fmt: skip
                    found.append(same | own)
        return found

    def handling_s(self, kind: str, mg: int) -> int:
        """Return the seconds of loading or unloading so much, as a person would count them."""
        grams = (mg + 999) // 1_000
        per_t = self.rules[f"{kind}_s_per_t"]
        return self.rules[f"{kind}_base_s"] + (grams * per_t + 999_999) // 1_000_000 if mg else 0

    def drive(self, drawn: Drawn, truck: Row) -> None:
        """Let a truck bring one need after the other from lots at hand, and come home."""
        at, now, last, unloading = truck["base_node"], truck["available_from_s"], "", 0
        order = [(need, lot) for need in range(len(self.needs)) for lot in self.lots]
        self.chance.shuffle(order)
        for number, lot in order[:12]:
            need = self.needs[number]
            good = next(good for good in self.goods if good["id"] == need["commodity"])
            milli = min(self.missing[number], self.left[lot["id"]])
            milli = min(milli, truck["payload_kg"] * 10**6 // good["mass_g"])
            milli = min(milli, truck["volume_l"] * 10**6 // good["volume_ml"])
            milli = milli // good["step_milli"] * good["step_milli"] + (self.chance.random() < 0.04)
            fits = lot["commodity"] == good["id"] or self.chance.random() < 0.01
            if not fits or lot["node"] != at or milli <= 0 or need["node"] == at:
                continue
            there = drawn.way(at, {need["node"]}, BUS, 0)
            back = drawn.way(need["node"], {at}, BUS, 0)
            if not there or not back:
                continue
            mg = milli * good["mass_g"]
            now = max(0, now + unloading + self.handling_s("load", mg) + self.slip())
            out = self.plan.leg(truck["id"], self.plan.route(*there), now)
            self.deliveries.append({
                "truck": truck["id"], "leg": out, "loaded": last, "place": need["place"],
                "commodity": good["id"], "lot": lot["id"], "due": need["due"], "milli": milli,
            })  # fmt: skip
            now = self.plan.vehicles[truck["id"]][-1]["arrive_s"] + self.handling_s("unload", mg)
            self.missing[number] -= milli
            self.left[lot["id"]] -= milli
            if self.chance.random() < 0.97:
                last = self.plan.leg(truck["id"], self.plan.route(*back), max(0, now + self.slip()))
                now = self.plan.vehicles[truck["id"]][-1]["arrive_s"]
            else:
                at = need["node"]
            unloading = 0

    def bound(self, kind: str) -> Row:
        """Return prices; what they prove is not known yet."""
        chance = self.chance
        types = sorted({(row["type"], row["day"]) for row in self.trucks})
        rates = [{"type": name, "day": day, "mass_nano_s": chance.choice([0, NANO // 7, NANO // 20]),
                  "volume_nano_s": chance.choice([0, 0, NANO // 9])} for name, day in types]  # fmt: skip
        return {
            "kind": kind, "limit_nano": -TOTAL,
            "least_share_ppm": chance.choice([-1, 0, 250_000, 10**6 - 1, 10**6]),
            "trucks": [row for row in rates if chance.random() < 0.9],
            "lots": [{"lot": row["id"], "nano_milli": chance.randint(0, 10**6)} for row in self.lots
                     if chance.random() < 0.5],
            "stops": [row for rate in rates for row in self._stops(rate)],
        }  # fmt: skip

    def _stops(self, rate: Row) -> Iterator[Row]:
        """Yield what stops are priced at: together just what their base is worth, or a little beside."""
        chance = self.chance
        whole = (rate["mass_nano_s"] + rate["volume_nano_s"]) * self.rules["unload_base_s"]
        for place in sorted({row["place"] for row in self.needs}):
            if chance.random() < 0.5:
                continue
            mass = whole // chance.choice([1, 2, 3])
            volume = (whole - mass) // chance.choice([1, 2])
            needs = [row for row in self.needs if row["place"] == place][: chance.choice([0, 1, 1])]
            rest = max(0, whole - mass - volume + chance.choice([0, 0, 0, 0, 1]))
            yield {
                "place": place, "type": rate["type"], "day": rate["day"], "mass_nano": mass,
                "volume_nano": volume,
                "needs": [{"commodity": n["commodity"], "due": n["due"], "nano": rest} for n in needs],
            }  # fmt: skip

    def document(self) -> Row:
        """Return the whole file, with totals that are not known yet."""
        missing = [
            {name: row[name] for name in ("place", "commodity", "due")}
            | {"milli": milli, "reason": "AID_NO_TIME" if self.chance.random() < 0.98 else ""}
            for row, short in zip(self.needs, self.missing, strict=True)
            if (milli := short + (self.chance.random() < 0.02)) > 0
        ]
        kinds = self.chance.sample(["worth", "least_share"], self.chance.randint(0, 2))
        return {
            "schema": "safepassage.aid/1", "class": "RESTRICTED", "inputs_sha256": HASHES[0],
            "plan_sha256": HASHES[1],
            "given": {"days": self.days, "goods": self.goods, "needs": self.needs, "lots": self.lots,
                      "trucks": self.trucks, "rules": self.rules},
            "routes": self.plan.routes,
            "trucks": [{"id": name, "legs": legs} for name, legs in self.plan.vehicles.items()],
            "deliveries": self.deliveries, "short": missing, "bounds": [self.bound(kind) for kind in kinds],
            "remedies": [],
            "totals": {"worth_nano": -1, "needed_nano": -1, "worth_bound_nano": -1, "least_share_ppm": -1,
                       "least_share_bound_ppm": -1, "reached": [], "driven_m": -1, "driven_s": -1},
        }  # fmt: skip


def drawn_aid(chance: random.Random) -> tuple[Row, Row, Snapshot]:
    """Return a distribution beside a plan of people: document, plan and snapshot."""
    inputs = Drawn(chance).inputs
    _widened(inputs, chance)
    people = Drawn(chance, inputs)
    distribution = Distribution(chance, inputs)
    for truck in distribution.trucks:
        distribution.drive(people, truck)
    return distribution.document(), people.written(), read(inputs)


def _widened(inputs: Row, chance: random.Random) -> None:
    """Leave time for aid, with what is as it is at the end going on, and let most roads lead both ways."""
    inputs["horizon_s"] = HORIZON_S
    network = inputs["network"]
    rows = [pieces for name in ("profiles", "hazard") for _, pieces in network[name]]
    for row in (*rows, inputs["rules"]["movement_windows"]):
        if row:
            row[-1][1] = HORIZON_S
    arcs = network["arcs"]
    for arc in range(len(arcs["tail"])):
        if arcs["modes"][arc] & BUS and chance.random() < 0.9:
            tail, head = arcs["tail"][arc], arcs["head"][arc]
            for name, column in arcs.items():
                column.append({"tail": head, "head": tail, "empty_ok": 1}.get(name, column[arc]))


def said_of(document: Row, plan: Row, snapshot: Snapshot) -> tuple[Verdict, Row]:
    """Return what is said of a distribution, and its totals as they are summed again."""
    findings = Findings()
    beside = read_plan(plan, snapshot, Findings())
    if beside is None:
        return findings.verdict(recomputed={}, hashes={}), {}
    totals = check_aid(document, beside, snapshot, HASHES, findings)
    return findings.verdict(recomputed={"aid": totals}, hashes={}), totals[0] if totals else {}


def tightened(document: Row, verdict: Verdict, totals: Row, chance: random.Random) -> None:
    """State what was summed, or one more or less: just what the prices prove, and what follows from it."""
    stated = document["totals"]
    for name, value in totals.items():
        stated[name] = value + chance.choice([0] * 20 + [1])
    proved = [int(n) for v in verdict.violations for n in re.findall(r"prices prove (-?\d+)", v.message)]
    for bound, limit in zip(document["bounds"], proved, strict=False):
        bound["limit_nano"] = limit + chance.choice([*[0] * 9, -1])
        if bound["kind"] == "worth":
            stated["worth_bound_nano"] = min(totals["needed_nano"], limit) + chance.choice([*[0] * 9, -1])
        else:
            bound["least_share_ppm"] = max(bound["least_share_ppm"], totals["least_share_ppm"])
            stated["least_share_bound_ppm"] = max(-1, bound["least_share_ppm"] - chance.choice([*[0] * 9, 1]))
    if chance.random() < 0.95:
        stated["worth_bound_nano"] = max(0, stated["worth_bound_nano"])


def distributions(chance: random.Random) -> Iterator[str]:
    """Yield what is said of a distribution with nothing stated, then with what follows from it."""
    document, plan, snapshot = drawn_aid(chance)
    places = sorted({row["place"] for row in document["given"]["needs"]})
    document["totals"]["reached"] = chance.sample(places, chance.randint(0, len(places)))
    for _ in range(2):
        verdict, totals = said_of(document, plan, snapshot)
        yield json.dumps([dict(verdict.counts), verdict.record()], sort_keys=True, ensure_ascii=False)
        if not totals:
            return
        tightened(document, verdict, totals, chance)
        document["totals"]["reached"] = sorted(_Trips(document["given"], snapshot).reached)


def shares(chance: random.Random) -> Iterator[int]:
    """Yield the least share that costs more than there is, for places with whole pieces and with parts."""
    for _ in range(4):
        goods = [{"id": f"g{k}", "step_milli": chance.choice([1, 2, 100, 250, 300])} for k in range(3)]
        needs = [
            {"place": f"p{chance.randrange(2)}", "commodity": chance.choice(goods)["id"],
             "amount_milli": chance.choice([4, 300, 500, 1_000]), "worth": chance.choice([1, 1, 5, 90])}
            for _ in range(chance.randint(1, 5))
        ]  # fmt: skip
        costs = [(need, chance.choice([None, *[chance.randint(0, 99) for _ in range(7)]])) for need in needs]
        there_is = chance.randint(0, 60 * len(needs))
        least, most = -1, 10**6 + 2
        while most - least > 1:
            middle = (least + most) // 2
            dear = dearer_than(there_is, costs, {"goods": goods}, middle)
            least, most = (least, middle) if dear else (middle, most)
        yield most
