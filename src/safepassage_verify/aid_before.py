"""Holds what had left before a plan against the distribution that it went on from, where that is at hand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from safepassage_verify.aid_given import SINCE
from safepassage_verify.aid_under_way import rows_of_trips, vehicle_of
from safepassage_verify.aidfile import readable
from safepassage_verify.planfile import movements_of
from safepassage_verify.snapshot import Snapshot
from safepassage_verify.trips import list_trips, travel
from safepassage_verify.verdict import Findings

CODE = "AID_BEFORE"
MILLI, MG_PER_G, G_PER_T = 1_000, 1_000, 10**6
NOT_GIVEN = (
    "whether what had left is what the distribution before announced: name the plan that was gone on from "
    "(`--previous`)"
)
NOT_NAMED = "whether what had left is what the distribution before announced: the inputs do not name it"
NOT_LIKE = (
    "whether what had left is what the distribution before announced: it was made for other places or roads"
)
Rows = Mapping[str, Any]
Legs = Sequence[Rows]


def check_before(
    table: Rows, earlier: tuple[Any, str] | None, snapshot: Snapshot, findings: Findings
) -> None:
    """Note where `past` in the inputs is not what an earlier distribution had announced up to now.

    Parameters
    ----------
    table : `aid` of the inputs, which has a `past` that was read.
    earlier : the distribution gone on from as parsed JSON, with the SHA-256 of its file; None: not at hand.
    """
    named = table["past"].get("aid_sha256", "")
    if earlier is None or not named:
        findings.not_assessed(CODE, NOT_NAMED if earlier is not None else NOT_GIVEN)
        return
    value, digest = earlier
    message = "another distribution than this was gone on from"
    findings.require(CODE, "inputs.aid.past.aid_sha256", holds=named == digest, message=message)
    scratch = Findings()
    if named != digest:
        return
    if not readable(value, snapshot, scratch) or (
        "since" in value and not SINCE(value["since"], "", scratch)
    ):
        findings.not_assessed(CODE, NOT_LIKE)
        return
    _Before(value, table, snapshot, findings).check()


class _Before:
    """An earlier distribution, and what of it had left by now."""

    def __init__(self, earlier: Rows, table: Rows, snapshot: Snapshot, findings: Findings) -> None:
        self.table, self.past, self.snapshot, self.findings = table, table["past"], snapshot, findings
        self.now_s, self.given = snapshot.now_s, earlier["given"]
        self.routes, self.since = earlier["routes"], earlier.get("since", {})
        self.trucks = {row["id"]: row for row in self.given["trucks"]}
        self.legs = {row["id"]: row["legs"] for row in earlier["trucks"] if row["legs"]}
        self.rows = earlier["deliveries"]
        self.mass_g = {row["id"]: row["mass_g"] for row in self.given["goods"]}
        self.before = {row["id"]: row for row in self.since.get("trucks", ())}
        self.begun = {name: self._begun(name) for name in self.legs}

    def check(self) -> None:
        """Note every difference."""
        lines = list(self._lines())
        self._same_lines([*self.since.get("brought", ()), *(line for _, line in lines)])
        stated, must = (Counter(map(_plain, some)) for some in (self.past["trips"], self._trips(lines)))
        self.findings.checked(CODE, must.total())
        for one in (stated - must) + (must - stated):
            self.findings.add(CODE, "inputs.aid.past.trips", f"is not as announced: {one[:60]}…")
        trucks = {row["id"]: {"exposure_ppm_s": 0, **row} for row in self.past["trucks"]}
        follow = self._so_far()
        for name in sorted(trucks.keys() | follow.keys()):
            was, must_be = trucks.get(name), follow.get(name)
            message = f"is {was}, by the distribution before {must_be}"
            self.findings.require(
                CODE, f"inputs.aid.past.trucks {name}", holds=was == must_be, message=message
            )

    def _same_lines(self, follow: Sequence[Rows]) -> None:
        """Check lines of waybills; those that the case's table of waybills names are held against that."""
        announced, stated = _grouped(follow), _grouped(self.past["brought"])
        for key in sorted(announced.keys() | stated.keys()):
            must, own = announced.get(key, []), stated.get(key, [])
            named = any(_on(one, (must or own)[0]) for one in self.table["consignments"])
            if not must:
                holds = named and all(line["counted"] for line in own)
            else:
                holds = len(own) == len(must) if named else _alike(own, must)
            message = "was announced otherwise, or not at all"
            self.findings.require(CODE, f"inputs.aid.past.brought {key[0]}", holds=holds, message=message)

    def _line(self, name: str) -> list[str]:
        """Return the trucks that drive with one, itself among them."""
        own = self.trucks[name]
        if not own.get("convoy"):
            return [name]
        return [
            one for one in sorted(self.legs)
            if (self.trucks[one].get("convoy"), self.trucks[one]["day"]) == (own["convoy"], own["day"])
        ]  # fmt: skip

    def _trips_of(self, name: str) -> Iterator[list[Rows]]:
        """Yield the trips of a truck: each ends at its base with nothing aboard its line."""
        line = self._line(name)
        at = {leg["id"]: k for one in line for k, leg in enumerate(self.legs[one], start=1)}
        aboard = [(at.get(row["loaded"], 0), at[row["leg"]]) for row in self.rows if row["truck"] in line]
        trip: list[Rows] = []
        for k, leg in enumerate(self.legs[name], start=1):
            trip.append(leg)
            home = self.routes[leg["route"]]["to_node"] == self.trucks[name]["base_node"]
            if home and not any(first < k < last for first, last in aboard):
                yield trip
                trip = []

    def _begun(self, name: str) -> list[list[Rows]]:
        """Return the trips that had left: a truck was loaded, or one that drives with it."""
        number = max(
            sum(self._loads_s(trip) < self.now_s for trip in self._trips_of(one)) for one in self._line(name)
        )
        return list(self._trips_of(name))[:number]

    def _loads_s(self, trip: Legs) -> int:
        names = {leg["id"] for leg in trip}
        grams = sum(
            row["milli"] * self.mass_g[row["commodity"]] // MILLI
            for row in self.rows if row["leg"] in names and row["loaded"] not in names
        )  # fmt: skip
        return int(trip[0]["depart_s"]) - self._seconds("load", grams)

    def _seconds(self, what: str, grams: int) -> int:
        rules = self.given["rules"]
        return int(rules[f"{what}_base_s"] - -grams * rules[f"{what}_s_per_t"] // G_PER_T) if grams else 0

    def _lines(self) -> Iterator[tuple[str, Rows]]:
        """Yield (leg, line) of the waybills of trips that had left, as they were announced."""
        left = {leg["id"] for trips in self.begun.values() for trip in trips for leg in trip}
        arrive_s = {leg["id"]: leg["arrive_s"] for legs in self.legs.values() for leg in legs}
        order = ("place", "lot", "due")
        codes, numbers = dict[tuple[str, str], int](), {k: row["loads"] for k, row in self.before.items()}
        for row in sorted(
            self.rows, key=lambda row: (row["truck"], arrive_s[row["leg"]], *(row[name] for name in order))
        ):
            truck, key = row["truck"], (row["truck"], row["loaded"])
            if key not in codes:
                codes[key] = numbers[truck] = numbers.get(truck, 0) + 1
            if row["leg"] in left:
                same = {name: row[name] for name in ("place", "commodity", "lot", "due")}
                milli = {"dispatched_milli": row["milli"], "received_milli": row["milli"]}
                yield row["leg"], {**same, **milli, "waybill": f"WB-{truck}-{codes[key]}", "counted": False}

    def _trips(self, lines: Sequence[tuple[str, Rows]]) -> Iterator[Rows]:
        """Yield the trips that were not over, as announced."""
        yield from (row for row in self.since.get("trips", ()) if row["legs"][-1]["arrive_s"] > self.now_s)
        names = ("waybill", "place", "commodity", "lot", "due")
        for truck, trips in self.begun.items():
            for trip in trips:
                own = {leg["id"] for leg in trip}
                goods = [
                    {**{name: line[name] for name in names}, "leg": leg, "milli": line["dispatched_milli"]}
                    for leg, line in lines if leg in own
                ]  # fmt: skip
                if trip[-1]["arrive_s"] > self.now_s:
                    yield {"truck": truck, "legs": [self._way(leg) for leg in trip], "goods": goods}

    def _way(self, leg: Rows) -> Rows:
        route = self.routes[leg["route"]]
        kept = {name: leg[name] for name in ("id", "depart_s", "waits", "arrive_s")}
        return {**kept, **{name: route[name] for name in ("from_node", "to_node", "arcs")}}

    def _so_far(self) -> dict[str, Rows]:
        """Return what trucks had behind them, with all trips that had left driven to their end."""
        found: dict[str, Rows] = {name: {"exposure_ppm_s": 0, **row} for name, row in self.before.items()}
        for name, trips in self.begun.items():
            legs = [leg for trip in trips for leg in trip]
            if not legs:
                continue
            before = found.get(name)
            unbroken_s, works_from_s = self._hours(name, legs, before)
            names = {leg["id"] for leg in legs}
            loads = {row["loaded"] for row in self.rows if row["truck"] == name and row["leg"] in names}
            driven_s = sum(leg["arrive_s"] - leg["depart_s"] for leg in legs)
            had = before or {"legs": 0, "loads": 0, "driven_s": 0, "free_s": 0, "exposure_ppm_s": 0}
            found[name] = {
                "id": name, "began_s": before["began_s"] if before else legs[0]["depart_s"],
                "free_s": max(had["free_s"], legs[-1]["arrive_s"]), "legs": had["legs"] + len(legs),
                "loads": had["loads"] + len(loads), "driven_s": had["driven_s"] + driven_s,
                "works_from_s": before["works_from_s"] if before else works_from_s,
                "unbroken_s": unbroken_s, "exposure_ppm_s": had["exposure_ppm_s"],
            }  # fmt: skip
        for name, exposure in self._exposed().items():
            found[name] = {**found[name], "exposure_ppm_s": found[name]["exposure_ppm_s"] + exposure}
        return found

    def _hours(self, name: str, legs: Legs, before: Rows | None) -> tuple[int, int]:
        """Return for how long a crew had driven since its break at the end, and since when it worked."""
        truck, handled = self.trucks[name], self._handled(name)
        ready_s, since_s = truck["available_from_s"], 0
        if before is not None:
            ready_s, since_s = before["free_s"], before["unbroken_s"]
        for last, leg in zip(("", *(leg["id"] for leg in legs)), legs, strict=False):
            rested = leg["depart_s"] - ready_s - handled[last] >= truck["break_s"]
            since_s = (0 if rested else since_s) + leg["arrive_s"] - leg["depart_s"]
            ready_s = leg["arrive_s"]
        return since_s, legs[0]["depart_s"] - handled[""]

    def _handled(self, name: str) -> Counter[str]:
        """Return by leg how long is unloaded and loaded at its end."""
        mg: Counter[tuple[str, str]] = Counter()
        for row in self.rows:
            if row["truck"] == name:
                for what, leg in (("unload", row["leg"]), ("load", row["loaded"])):
                    mg[what, leg] += row["milli"] * self.mass_g[row["commodity"]]
        found: Counter[str] = Counter()
        for (what, leg), some in mg.items():
            found[leg] += self._seconds(what, -(-some // MG_PER_G))
        return found

    def _exposed(self) -> Counter[str]:
        """Return by truck what its crew was exposed to on trips that were over by now, and not before."""
        over = [row for row in self.since.get("trips", ()) if row["legs"][-1]["arrive_s"] <= self.now_s]
        over += [
            {"truck": truck, "legs": [self._way(leg) for leg in trip], "goods": []}
            for truck, trips in self.begun.items() for trip in trips if trip[-1]["arrive_s"] <= self.now_s
        ]  # fmt: skip
        fleet = {trip["truck"]: vehicle_of(trip, self.trucks.get(trip["truck"])) for trip in over}
        moves = movements_of(rows_of_trips(over))
        happens = travel(
            moves, list_trips(moves, replace(self.snapshot, fleet=fleet)), self.snapshot.roads, Findings()
        )
        owners = [trip["truck"] for trip in over for _ in trip["legs"]]
        found: Counter[str] = Counter()
        if happens is not None:
            for truck, exposure in zip(owners, happens.exposure_ppm_s.tolist(), strict=True):
                found[truck] += exposure
        return found


def _grouped(lines: Sequence[Rows]) -> dict[tuple[Any, ...], list[Rows]]:
    """Return lines by what they are known by; a truck may hand out to the same place twice."""
    found: dict[tuple[Any, ...], list[Rows]] = {}
    for line in lines:
        key = tuple(line[name] for name in ("waybill", "place", "commodity", "lot", "due"))
        found.setdefault(key, []).append(line)
    return found


def _alike(some: Sequence[Rows], others: Sequence[Rows]) -> bool:
    a, b = (sorted(json.dumps(line, sort_keys=True) for line in lines) for lines in (some, others))
    return a == b


def _on(one: Rows, line: Rows) -> bool:
    """Return whether a row of the table of waybills is about a line."""
    same = all(one[name] == line[name] for name in ("waybill", "place", "commodity"))
    return same and one["lot"] in ("", line["lot"])


def _plain(trip: Rows) -> str:
    goods = sorted(json.dumps(row, sort_keys=True) for row in trip["goods"])
    return json.dumps({**trip, "goods": goods}, sort_keys=True)
